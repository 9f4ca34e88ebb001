// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/Jose.h"
#include "app/auth/schemes/CredentialText.h"
#include "app/auth/schemes/OneShotFlow.h"
#include "app/auth/schemes/Schemes.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr int asapLongestLifetime = 3600; // S2S Authentication specification, "exp"

// Atlassian S2S Authentication Protocol: a short-lived JWT whose key ID begins with its issuer.
class AsapScheme final : public AuthScheme
{
public:
    QString id() const override { return u"asap"_s; }
    QString whenItFails() const override
    {
        return u"The server fetches the public key by the key ID: it has to be published under that name. Compare the audience with the service's own name, and the clocks: a token lives for a minute."_s;
    }
    QString title() const override { return u"Atlassian ASAP"_s; }
    QString summary() const override { return u"Makes a short-lived JWT that names issuer, audience and key, for each request."_s; }
    QString safety() const override { return u"The key stays here; whoever reads the token can use it at its audience until it expires."_s; }
    QStringList sources() const override { return {u"Atlassian S2S Authentication Protocol"_s, u"RFC 7519"_s}; }
    QList<SchemeField> fields() const override
    {
        return {{.id = u"issuer"_s, .label = u"Issuer"_s, .required = true},
                {.id = u"key-id"_s, .label = u"Key ID"_s, .required = true, .help = u"Begins with the issuer and a slash."_s, .placeholder = u"my-service/key-1"_s},
                {.id = u"audience"_s, .label = u"Audience"_s, .required = true, .help = u"Several with commas between."_s},
                {.id = u"subject"_s, .label = u"Subject"_s, .help = u"Empty: the issuer."_s},
                {.id = u"private-key"_s, .label = u"Private key"_s, .kind = FieldKind::Secret, .required = true, .help = u"PEM or JWK."_s},
                {.id = u"passphrase"_s, .label = u"Passphrase of the key"_s, .kind = FieldKind::Secret},
                {.id = u"algorithm"_s, .label = u"Algorithm"_s, .kind = FieldKind::Choice, .defaultValue = u"RS256"_s,
                 .choices = {{u"RS256"_s, u"RS256"_s}, {u"RS384"_s, u"RS384"_s}, {u"RS512"_s, u"RS512"_s}, {u"ES256"_s, u"ES256"_s},
                             {u"ES384"_s, u"ES384"_s}, {u"ES512"_s, u"ES512"_s}, {u"PS256"_s, u"PS256"_s}, {u"PS384"_s, u"PS384"_s}, {u"PS512"_s, u"PS512"_s}}},
                {.id = u"lifetime"_s, .label = u"Expires after"_s, .defaultValue = u"60"_s, .help = u"Seconds, at most 3600."_s}};
    }
    QList<QByteArray> credentialHeaders(const FieldValues &) const override { return {"authorization"_ba}; }

    Result<void> validate(const FieldValues &values) const override
    {
        if (const Result<void> base = AuthScheme::validate(values); !base)
            return base;
        if (!values.text(u"key-id"_s).startsWith(values.text(u"issuer"_s) + u'/'))
            return Error{ErrorCode::InvalidInput, u"ASAP: the key ID \"%1\" does not begin with the issuer and a slash"_s.arg(values.text(u"key-id"_s)), {},
                         u"Write it as %1/…; servers refuse another."_s.arg(values.text(u"issuer"_s))};
        bool ok = false;
        const QString lifetime = values.text(u"lifetime"_s);
        if (!lifetime.isEmpty() && (lifetime.toInt(&ok) < 1 || !ok || lifetime.toInt() > asapLongestLifetime))
            return Error{ErrorCode::InvalidInput, u"ASAP: the lifetime \"%1\" is not a number of seconds from 1 to %2"_s.arg(lifetime).arg(asapLongestLifetime), {},
                         u"Write for example 60."_s};
        const Result<JoseKey> key = privateKeyFromText(u"ASAP: Private key"_s, values.secret(u"private-key"_s), values.secret(u"passphrase"_s));
        if (!key)
            return key.error();
        return {};
    }

    std::unique_ptr<AuthFlow> start(AuthContext context) const override
    {
        if (const Result<void> valid = validate(context.values); !valid)
            return std::make_unique<OneShotFlow>(valid.error());
        const FieldValues &values = context.values;
        const qint64 now = context.clock->nowSeconds();
        const QString issuer = values.text(u"issuer"_s);
        QJsonArray audience;
        for (const QString &one : values.text(u"audience"_s).split(u',', Qt::SkipEmptyParts))
            audience.append(one.trimmed());
        const int lifetime = values.text(u"lifetime"_s).isEmpty() ? 60 : values.text(u"lifetime"_s).toInt();
        const QJsonObject claims{{u"iss"_s, issuer},
                                 {u"sub"_s, values.text(u"subject"_s).isEmpty() ? issuer : values.text(u"subject"_s)},
                                 {u"aud"_s, audience.size() == 1 ? audience.first() : QJsonValue(audience)},
                                 {u"iat"_s, now},
                                 {u"exp"_s, now + lifetime},
                                 {u"jti"_s, QString::fromLatin1(context.random->hex(16))}};
        const Result<JoseKey> key = privateKeyFromText(u"ASAP: Private key"_s, values.secret(u"private-key"_s), values.secret(u"passphrase"_s));
        if (!key)
            return std::make_unique<OneShotFlow>(key.error());
        const QByteArray algorithm = values.text(u"algorithm"_s).isEmpty() ? "RS256"_ba : values.text(u"algorithm"_s).toLatin1();
        const QByteArray payload = QJsonDocument(claims).toJson(QJsonDocument::Compact);
        const Result<QByteArray> token = signJws(algorithm, {{u"kid"_s, values.text(u"key-id"_s)}, {u"typ"_s, u"JWT"_s}}, payload, *key);
        if (!token)
            return std::make_unique<OneShotFlow>(token.error());
        SendStep step;
        step.request = std::move(context.request);
        step.request.headers.set(credentialHeaderName(context.proxy), "Bearer " + *token, HeaderSource::Profile);
        step.carriesCredential = true;
        step.derivation = {{u"claims"_s, payload, false}};
        return std::make_unique<OneShotFlow>(std::move(step));
    }
};

} // namespace

std::unique_ptr<AuthScheme> makeAsapScheme() { return std::make_unique<AsapScheme>(); }

} // namespace realmscope
