// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/oauth2/ClientAuthentication.h"

#include "app/auth/Jose.h"
#include "app/auth/Jwt.h"
#include "app/base/Encoding.h"

#include <QtCore/QJsonDocument>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr qint64 assertionSeconds = 60;
constexpr auto assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

Result<JoseKey> assertionKey(const FieldValues &values, bool isHmac)
{
    if (isHmac) {
        JoseKey key;
        key.symmetric = values.secret(u"client-secret"_s);
        return key;
    }
    return privateKeyFromText(u"OAuth 2.0: Private key"_s, values.secret(u"key"_s), values.secret(u"key-passphrase"_s));
}

} // namespace

QList<FieldChoice> clientAuthenticationChoices()
{
    return {{u"client_secret_basic"_s, u"Basic header"_s},
            {u"client_secret_basic_raw"_s, u"Basic header, not form-encoded"_s},
            {u"client_secret_post"_s, u"In the form"_s},
            {u"client_secret_jwt"_s, u"JWT signed with the secret"_s},
            {u"private_key_jwt"_s, u"JWT signed with a private key"_s},
            {u"tls_client_auth"_s, u"Client certificate (RFC 8705)"_s},
            {u"none"_s, u"None (public client)"_s}};
}

QByteArray encodeForm(const FormItems &form)
{
    QByteArray text;
    for (const auto &[name, value] : form) {
        if (!text.isEmpty())
            text += '&';
        text += formEncode(name) + '=' + formEncode(value);
    }
    return text;
}

Result<SignedAssertion> signAssertion(const FieldValues &values, const QByteArray &algorithm, QJsonObject claims, const Clock &clock, Random &random, const QByteArray &written)
{
    const std::optional<JwsAlgorithm> known = jwsAlgorithm(algorithm);
    if (!known)
        return invalidInput(u"OAuth 2.0: the algorithm \"%1\" is not known"_s.arg(QString::fromUtf8(algorithm)), u"Choose one of the list."_s);
    const Result<JoseKey> key = assertionKey(values, known->isHmac);
    if (!key)
        return key.error();
    const qint64 now = clock.nowSeconds();
    const QJsonObject own = QJsonDocument::fromJson(written).object();
    for (const auto &[name, value] : {std::pair{u"iat"_s, QJsonValue(now)}, std::pair{u"exp"_s, QJsonValue(now + assertionSeconds)},
                                      std::pair{u"jti"_s, QJsonValue(QString::fromLatin1(random.hex(16)))}}) {
        if (!claims.contains(name) && !own.contains(name))
            claims.insert(name, value);
    }
    QJsonObject header{{u"typ"_s, u"JWT"_s}};
    const QString keyId = values.text(u"key-id"_s).isEmpty() ? key->keyId : values.text(u"key-id"_s);
    if (!keyId.isEmpty())
        header.insert(u"kid"_s, keyId);
    const QByteArray payload = claimsWith(written, claims);
    const Result<QByteArray> jwt = signJws(algorithm, header, payload, *key);
    if (!jwt)
        return jwt.error();
    return SignedAssertion{*jwt, payload};
}

Result<QList<DerivationLine>> authenticateClient(const FieldValues &values, const QString &audience, const Clock &clock, Random &random,
                                                 Headers &headers, FormItems &form)
{
    const QString method = values.text(u"client-auth"_s);
    const QByteArray id = values.text(u"client-id"_s).toUtf8();
    const QByteArray secret = values.secret(u"client-secret"_s).revealBytes();
    if (method == "client_secret_basic"_L1 || method == "client_secret_basic_raw"_L1) {
        // RFC 6749 section 2.3.1 wants both form-encoded first; many servers compare without decoding.
        const bool isRaw = method == "client_secret_basic_raw"_L1;
        const QByteArray pair = isRaw ? id + ':' + secret : formEncode(id) + ':' + formEncode(secret);
        headers.set("Authorization"_ba, "Basic " + pair.toBase64(), HeaderSource::Profile);
        return QList<DerivationLine>{{u"client authentication"_s, (isRaw ? "Base64(client ID:secret)"_ba : "Base64(form-encoded client ID:secret)"_ba), false}};
    }
    if (!id.isEmpty())
        form.append({"client_id"_ba, id});
    if (method == "client_secret_post"_L1) {
        form.append({"client_secret"_ba, secret});
        return QList<DerivationLine>{};
    }
    if (method == "client_secret_jwt"_L1 || method == "private_key_jwt"_L1) {
        const QString wanted = values.text(u"assertion-audience"_s);
        const QByteArray algorithm = values.text(method == "client_secret_jwt"_L1 ? u"secret-algorithm"_s : u"key-algorithm"_s).toLatin1();
        const Result<SignedAssertion> assertion = signAssertion(
            values, algorithm, {{u"iss"_s, QString::fromUtf8(id)}, {u"sub"_s, QString::fromUtf8(id)}, {u"aud"_s, wanted.isEmpty() ? audience : wanted}}, clock, random);
        if (!assertion)
            return assertion.error();
        form.append({"client_assertion_type"_ba, assertionType});
        form.append({"client_assertion"_ba, assertion->jwt});
        return QList<DerivationLine>{{u"client assertion claims"_s, assertion->claims, false}};
    }
    return QList<DerivationLine>{};
}

} // namespace realmscope
