// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/oauth2/DpopProof.h"

#include "app/auth/Challenge.h"
#include "app/auth/oauth2/TokenResponse.h"
#include "app/base/Crypto.h"
#include "app/base/Encoding.h"

#include <QtCore/QJsonDocument>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

QString nonceKey(const Origin &origin) { return u"dpop nonce "_s + origin.toString(); }

KeyType dpopKeyType(const QByteArray &algorithm)
{
    if (algorithm == "EdDSA" || algorithm == "Ed25519")
        return KeyType::Ed25519;
    return algorithm.startsWith("ES") ? KeyType::Ec : KeyType::Rsa;
}

} // namespace

QByteArray DpopKey::thumbprint() const { return jwkThumbprint(publicJwk(key.asymmetric)); }

QList<FieldChoice> dpopAlgorithmChoices()
{
    return {{u"ES256"_s, u"ES256"_s}, {u"RS256"_s, u"RS256"_s}, {u"PS256"_s, u"PS256"_s}, {u"EdDSA"_s, u"EdDSA (Ed25519)"_s}};
}

Result<DpopKey> dpopKey(const QByteArray &algorithm, const Secret &secret, const Secret &passphrase, AuthMemory &memory)
{
    DpopKey key{algorithm, {}};
    if (!secret.isEmpty()) {
        const Result<JoseKey> own = privateKeyFromText(u"DPoP: Key"_s, secret, passphrase);
        if (!own)
            return own.error();
        key.key = *own;
        return key;
    }
    const QString name = u"dpop "_s + QString::fromLatin1(algorithm);
    if (!memory.keys.contains(name)) {
        const Result<AsymmetricKey> made = AsymmetricKey::generate(dpopKeyType(algorithm));
        if (!made)
            return made.error();
        memory.keys.insert(name, *made);
    }
    key.key.asymmetric = memory.keys.value(name);
    return key;
}

Result<DpopProof> makeDpopProof(const DpopKey &key, const DpopProofInput &input, const Clock &clock, Random &random)
{
    Url target = input.url;
    target.query.reset();
    target.fragment.reset();
    target.userInfo.reset();
    if (target.path.isEmpty())
        target.path = "/"_ba;
    QJsonObject claims{{u"jti"_s, QString::fromLatin1(random.hex(16))},
                       {u"htm"_s, QString::fromLatin1(input.method)},
                       {u"htu"_s, target.toString()},
                       {u"iat"_s, clock.nowSeconds()}};
    if (!input.accessToken.isEmpty())
        claims.insert(u"ath"_s, QString::fromLatin1(encodeBase64Url(hash(HashAlgorithm::Sha256, input.accessToken.reveal()))));
    if (!input.nonce.isEmpty())
        claims.insert(u"nonce"_s, QString::fromLatin1(input.nonce));
    const QJsonObject header{{u"typ"_s, u"dpop+jwt"_s}, {u"jwk"_s, publicJwk(key.key.asymmetric)}};
    const QByteArray payload = QJsonDocument(claims).toJson(QJsonDocument::Compact);
    const Result<QByteArray> jwt = signJws(key.algorithm, header, payload, key.key);
    if (!jwt)
        return jwt.error();
    return DpopProof{*jwt, {{u"DPoP proof claims"_s, payload, false}, {u"DPoP key thumbprint (jkt)"_s, key.thumbprint(), false}}};
}

QByteArray dpopNonce(const AuthMemory &memory, const Origin &origin) { return memory.values.value(nonceKey(origin)).toByteArray(); }

void takeDpopNonce(AuthMemory &memory, const Exchange &exchange)
{
    if (const QByteArray nonce = exchange.response.headers.value("DPoP-Nonce"); !nonce.isEmpty())
        memory.values.insert(nonceKey(exchange.request.url.origin()), nonce);
}

bool wantsDpopNonce(const Response &response)
{
    if (!response.headers.contains("DPoP-Nonce"))
        return false;
    if (response.status == 401) {
        const ChallengeList list = parseChallenges(response.headers.values("WWW-Authenticate"));
        if (const Challenge *challenge = list.find("DPoP"))
            return challenge->value("error") == "use_dpop_nonce";
    }
    const std::optional<OAuthError> error = readOAuthError(response);
    return error && error->code == "use_dpop_nonce"_L1;
}

} // namespace realmscope
