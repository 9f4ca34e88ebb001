// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/practice/PracticeProof.h"

#include "app/base/Encoding.h"
#include "app/http/Url.h"
#include "app/practice/PracticeToken.h"

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr SignatureAlgorithm es256{SignatureForm::EcdsaRaw, HashAlgorithm::Sha256};
constexpr qint64 maxAgeSeconds = 300;

QJsonObject publicJwk(const AsymmetricKey &key)
{
    const PublicNumbers numbers = key.publicNumbers();
    return {{u"crv"_s, u"P-256"_s},
            {u"kty"_s, u"EC"_s},
            {u"x"_s, QString::fromLatin1(encodeBase64Url(numbers.x))},
            {u"y"_s, QString::fromLatin1(encodeBase64Url(numbers.y))}};
}

// RFC 7638 section 3: the members that a key needs, in the order of their names, which QJsonObject keeps anyway.
QString thumbprint(const QJsonObject &jwk)
{
    QJsonObject needed;
    for (const char *name : {"crv", "kty", "x", "y"})
        needed.insert(QLatin1StringView(name), jwk.value(QLatin1StringView(name)));
    return QString::fromLatin1(encodeBase64Url(hash(HashAlgorithm::Sha256, compactJson(needed))));
}

QString hashText(const QByteArray &accessToken)
{
    return QString::fromLatin1(encodeBase64Url(hash(HashAlgorithm::Sha256, accessToken)));
}

bool isSameAddress(const QString &htu, const QString &address)
{
    const Result<Url> named = Url::parse(htu);
    const Result<Url> asked = Url::parse(address);
    return named && asked && named->origin() == asked->origin() && named->path == asked->path;
}

} // namespace

Result<AsymmetricKey> practiceProofKey(const QJsonObject &jwk)
{
    const auto number = [&jwk](QLatin1StringView name) {
        return decodeBase64Url(jwk.value(name).toString().toLatin1()).value_or(QByteArray());
    };
    return AsymmetricKey::ec(jwk.value("crv"_L1).toString().toLatin1(), number("x"_L1), number("y"_L1), number("d"_L1));
}

Result<QByteArray> makePracticeProof(const QJsonObject &claims, const ProofPolicy &policy, const QByteArray &accessToken,
                                     qint64 nowSeconds)
{
    Result<QJsonObject> filled = withTimes(claims, nowSeconds);
    if (!filled)
        return filled.error();
    filled->insert("ath"_L1, hashText(accessToken));
    if (!filled->contains("jti"_L1))
        filled->insert("jti"_L1, hashText(compactJson(*filled)).left(22));
    const QJsonObject header{{u"typ"_s, u"dpop+jwt"_s}, {u"alg"_s, u"ES256"_s}, {u"jwk"_s, publicJwk(policy.key)}};
    const QByteArray signedPart = encodeBase64Url(compactJson(header)) + '.' + encodeBase64Url(compactJson(*filled));
    const Result<QByteArray> signature = policy.key.sign(es256, signedPart);
    if (!signature)
        return signature.error();
    return QByteArray(signedPart + '.' + encodeBase64Url(*signature));
}

QString judgePracticeProof(const ProvenRequest &request, const ProofPolicy &policy, qint64 nowSeconds)
{
    const std::optional<TokenParts> proof = splitToken(request.proof);
    if (!proof)
        return u"malformed"_s;
    const QJsonObject jwk = proof->header.value("jwk"_L1).toObject();
    const Result<AsymmetricKey> key = practiceProofKey(jwk);
    if (proof->header.value("typ"_L1).toString() != u"dpop+jwt"_s || proof->header.value("alg"_L1).toString() != u"ES256"_s || !key
        || key->isPrivate() || key->curve() != "P-256")
        return u"algorithm"_s;
    if (!key->verify(es256, proof->signedPart, proof->signature))
        return u"signature"_s;
    if (proof->claims.value("htm"_L1).toString() != QString::fromLatin1(request.method))
        return u"method"_s;
    if (!isSameAddress(proof->claims.value("htu"_L1).toString(), request.address))
        return u"address"_s;
    if (!policy.nonce.isEmpty() && proof->claims.value("nonce"_L1).toString() != QString::fromLatin1(policy.nonce))
        return u"nonce"_s;
    if (std::abs(proof->claims.value("iat"_L1).toInteger() - nowSeconds) > maxAgeSeconds)
        return u"time"_s;
    if (proof->claims.value("ath"_L1).toString() != hashText(request.accessToken))
        return u"hash"_s;
    const std::optional<TokenParts> token = splitToken(request.accessToken);
    if (!token || token->claims.value("cnf"_L1).toObject().value("jkt"_L1).toString() != thumbprint(jwk))
        return u"binding"_s;
    return u"ok"_s;
}

} // namespace realmscope
