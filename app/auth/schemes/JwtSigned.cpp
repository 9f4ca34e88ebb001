// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/Jose.h"
#include "app/auth/Jwt.h"
#include "app/auth/schemes/CredentialText.h"
#include "app/auth/schemes/OneShotFlow.h"
#include "app/auth/schemes/Placement.h"
#include "app/auth/schemes/Schemes.h"
#include "app/base/Encoding.h"

#include <QtCore/QJsonDocument>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

Error jwtInvalid(const QString &message, const QString &action) { return {ErrorCode::InvalidInput, u"JWT: "_s + message, {}, action}; }

Result<QJsonObject> jwtObjectOf(const FieldValues &values, const QString &field, const QString &label)
{
    const QByteArray text = values.text(field).trimmed().toUtf8();
    if (text.isEmpty())
        return QJsonObject();
    QJsonParseError problem;
    const QJsonDocument document = QJsonDocument::fromJson(text, &problem);
    if (problem.error != QJsonParseError::NoError)
        return jwtInvalid(u"%1 is no JSON: %2 at byte %3"_s.arg(label, problem.errorString()).arg(problem.offset), u"Correct it there."_s);
    if (!document.isObject())
        return jwtInvalid(u"%1 is JSON, but no object"_s.arg(label), u"Write it in braces, for example {\"sub\": \"alice\"}."_s);
    return document.object();
}

// A token made for each request (RFC 7519): the claims of the user, with the times put in.
class JwtScheme final : public AuthScheme
{
public:
    QString id() const override { return u"jwt"_s; }
    QString whenItFails() const override
    {
        return u"Compare alg, iss, aud and kid with what the server expects, and that it has the public key that belongs to this private one. exp and nbf count by the server's clock."_s;
    }
    QString title() const override { return u"JWT made here"_s; }
    QString summary() const override { return u"Makes and signs a JSON Web Token out of your claims for each request."_s; }
    QString safety() const override { return u"The key stays here; whoever reads the token can use it until it expires, so keep its life short."_s; }
    QStringList sources() const override { return {u"RFC 7519"_s, u"RFC 7515"_s, u"RFC 7518"_s, u"RFC 8037"_s}; }
    QList<SchemeField> fields() const override
    {
        QList<FieldChoice> choices;
        for (const QString &name : jwsAlgorithmNames())
            choices.append({name, name});
        return {{.id = u"algorithm"_s, .label = u"Algorithm"_s, .kind = FieldKind::Choice, .required = true, .defaultValue = u"HS256"_s, .choices = choices},
                {.id = u"key"_s, .label = u"Key"_s, .kind = FieldKind::Secret, .required = true,
                 .help = u"HS: the shared secret. Others: the private key in PEM or as a JWK."_s},
                {.id = u"passphrase"_s, .label = u"Passphrase of the key"_s, .kind = FieldKind::Secret},
                {.id = u"key-encoding"_s, .label = u"The shared secret is"_s, .kind = FieldKind::Choice, .defaultValue = u"text"_s,
                 .choices = {{u"text"_s, u"Text"_s}, {u"base64"_s, u"Base64 or base64url"_s}}},
                {.id = u"claims"_s, .label = u"Claims"_s, .kind = FieldKind::MultiLine, .help = u"A JSON object; iat and exp are added where it has none."_s,
                 .placeholder = u"{\"iss\": \"me\", \"sub\": \"alice\", \"aud\": \"https://api.example.com\"}"_s},
                {.id = u"lifetime"_s, .label = u"Expires after"_s, .defaultValue = u"300"_s, .help = u"Seconds; empty: no iat and exp are added."_s},
                {.id = u"jti"_s, .label = u"Add a new jti each time"_s, .kind = FieldKind::Flag, .defaultValue = u"false"_s},
                {.id = u"header"_s, .label = u"More header members"_s, .kind = FieldKind::MultiLine, .help = u"A JSON object, for example {\"kid\": \"2024-1\"}."_s},
                {.id = u"location"_s, .label = u"Sent in"_s, .kind = FieldKind::Choice, .defaultValue = u"header"_s,
                 .choices = {{u"header"_s, u"Header"_s}, {u"query"_s, u"Query"_s}}},
                {.id = u"prefix"_s, .label = u"Scheme word"_s, .defaultValue = u"Bearer"_s},
                {.id = u"name"_s, .label = u"Query parameter"_s, .defaultValue = u"token"_s}};
    }
    QList<QByteArray> credentialHeaders(const FieldValues &values) const override
    {
        if (values.text(u"location"_s) == "query"_L1)
            return {values.text(u"name"_s).isEmpty() ? "token"_ba : values.text(u"name"_s).toUtf8().toLower()};
        return {"authorization"_ba};
    }

    Result<void> validate(const FieldValues &values) const override
    {
        if (const Result<void> base = AuthScheme::validate(values); !base)
            return base;
        if (const QString prefix = values.text(u"prefix"_s); !prefix.isEmpty() && !isToken(prefix.toLatin1()))
            return jwtInvalid(u"the scheme word \"%1\" is not one word"_s.arg(prefix), u"Write the word alone, for example Bearer."_s);
        bool ok = false;
        if (const QString lifetime = values.text(u"lifetime"_s); !lifetime.isEmpty() && (lifetime.toInt(&ok) < 1 || !ok))
            return jwtInvalid(u"the lifetime \"%1\" is not a number of seconds"_s.arg(lifetime), u"Write for example 300, or leave it empty."_s);
        // With variables in it, it is JSON only once they have their values.
        const Result<QJsonObject> claims = jwtObjectOf(values, u"claims"_s, u"Claims"_s);
        if (!claims && !values.text(u"claims"_s).contains(u"{{"_s))
            return claims.error();
        if (claims && claims->contains("jti"_L1) && values.flag(u"jti"_s))
            return jwtInvalid(u"the claims have a jti of their own, and a new one is to be added each time"_s, u"Take it out of the claims, or switch that off."_s);
        const Result<QJsonObject> header = jwtObjectOf(values, u"header"_s, u"More header members"_s);
        if (!header)
            return header.error();
        if (header->contains("alg"_L1))
            return jwtInvalid(u"More header members may not name alg"_s, u"Choose the algorithm in its own field."_s);
        if (const Result<JoseKey> key = keyOf(values); !key)
            return key.error();
        return {};
    }

    std::unique_ptr<AuthFlow> start(AuthContext context) const override
    {
        if (const Result<void> valid = validate(context.values); !valid)
            return std::make_unique<OneShotFlow>(valid.error());
        const FieldValues &values = context.values;
        const Result<QJsonObject> claims = jwtObjectOf(values, u"claims"_s, u"Claims"_s);
        if (!claims)
            return std::make_unique<OneShotFlow>(claims.error());
        QJsonObject added;
        if (const QString lifetime = values.text(u"lifetime"_s); !lifetime.isEmpty()) {
            const qint64 now = context.clock->nowSeconds();
            if (!claims->contains("iat"_L1))
                added.insert(u"iat"_s, now);
            if (!claims->contains("exp"_L1))
                added.insert(u"exp"_s, now + lifetime.toInt());
        }
        if (values.flag(u"jti"_s))
            added.insert(u"jti"_s, QString::fromLatin1(context.random->hex(16)));
        QJsonObject header = *jwtObjectOf(values, u"header"_s, {});
        if (!header.contains("typ"_L1))
            header.insert(u"typ"_s, u"JWT"_s);
        const Result<JoseKey> key = keyOf(values);
        if (!header.contains("kid"_L1) && !key->keyId.isEmpty())
            header.insert(u"kid"_s, key->keyId);
        const QByteArray payload = claimsWith(values.text(u"claims"_s).toUtf8(), added);
        const Result<QByteArray> token = signJws(values.text(u"algorithm"_s).toLatin1(), header, payload, *key);
        if (!token)
            return std::make_unique<OneShotFlow>(token.error());
        SendStep step;
        step.request = std::move(context.request);
        step.carriesCredential = true;
        step.derivation = {{u"claims"_s, payload, false},
                           {u"signing input"_s, token->left(token->lastIndexOf('.')), false},
                           {u"key"_s, (key->asymmetric.isNull() ? u"shared secret"_s : key->asymmetric.description()).toUtf8(), false}};
        if (values.text(u"location"_s) == "query"_L1) {
            const QByteArray name = values.text(u"name"_s).isEmpty() ? "token"_ba : values.text(u"name"_s).toUtf8();
            appendQueryItem(step.request, percentEncode(name) + '=' + *token);
        } else {
            const QByteArray prefix = values.text(u"prefix"_s).isEmpty() ? "Bearer"_ba : values.text(u"prefix"_s).toLatin1();
            step.request.headers.set(credentialHeaderName(context.proxy), prefix + ' ' + *token, HeaderSource::Profile);
        }
        return std::make_unique<OneShotFlow>(std::move(step));
    }

private:
    static Result<JoseKey> keyOf(const FieldValues &values)
    {
        const std::optional<JwsAlgorithm> algorithm = jwsAlgorithm(values.text(u"algorithm"_s).toLatin1());
        const Secret text = values.secret(u"key"_s);
        if (!algorithm || !algorithm->isHmac || text.revealBytes().trimmed().startsWith('{'))
            return privateKeyFromText(u"JWT: Key"_s, text, values.secret(u"passphrase"_s));
        JoseKey key;
        key.symmetric = text;
        if (values.text(u"key-encoding"_s) == "base64"_L1) {
            const QByteArray trimmed = text.revealBytes().trimmed();
            std::optional<QByteArray> bytes = decodeBase64(trimmed);
            if (!bytes)
                bytes = decodeBase64Url(trimmed);
            if (!bytes || bytes->isEmpty())
                return jwtInvalid(u"Key is not Base64"_s, u"Correct it, or say that the shared secret is text."_s);
            key.symmetric = Secret(*bytes);
        }
        return key;
    }
};

} // namespace

std::unique_ptr<AuthScheme> makeJwtScheme() { return std::make_unique<JwtScheme>(); }

} // namespace realmscope
