// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/Jose.h"

#include "app/base/Encoding.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

struct JwsRow
{
    const char *name;
    bool isHmac;
    HashAlgorithm hash;
    SignatureForm form;
    const char *curve;
};
constexpr std::array jwsRows{JwsRow{"HS256", true, HashAlgorithm::Sha256, SignatureForm::RsaPkcs1, ""},
                                JwsRow{"HS384", true, HashAlgorithm::Sha384, SignatureForm::RsaPkcs1, ""},
                                JwsRow{"HS512", true, HashAlgorithm::Sha512, SignatureForm::RsaPkcs1, ""},
                                JwsRow{"RS256", false, HashAlgorithm::Sha256, SignatureForm::RsaPkcs1, ""},
                                JwsRow{"RS384", false, HashAlgorithm::Sha384, SignatureForm::RsaPkcs1, ""},
                                JwsRow{"RS512", false, HashAlgorithm::Sha512, SignatureForm::RsaPkcs1, ""},
                                JwsRow{"PS256", false, HashAlgorithm::Sha256, SignatureForm::RsaPss, ""},
                                JwsRow{"PS384", false, HashAlgorithm::Sha384, SignatureForm::RsaPss, ""},
                                JwsRow{"PS512", false, HashAlgorithm::Sha512, SignatureForm::RsaPss, ""},
                                JwsRow{"ES256", false, HashAlgorithm::Sha256, SignatureForm::EcdsaRaw, "P-256"},
                                JwsRow{"ES384", false, HashAlgorithm::Sha384, SignatureForm::EcdsaRaw, "P-384"},
                                JwsRow{"ES512", false, HashAlgorithm::Sha512, SignatureForm::EcdsaRaw, "P-521"},
                                JwsRow{"ES256K", false, HashAlgorithm::Sha256, SignatureForm::EcdsaRaw, "secp256k1"},
                                JwsRow{"EdDSA", false, HashAlgorithm::Sha512, SignatureForm::EdDsa, ""}};

Error joseInvalid(const QString &message, const QString &action) { return {ErrorCode::InvalidInput, message, {}, action}; }

bool jwsGoesWith(const JwsAlgorithm &algorithm, const JoseKey &key)
{
    if (algorithm.isHmac)
        return key.asymmetric.isNull() && !key.symmetric.isEmpty();
    return !key.asymmetric.isNull() && key.asymmetric.fits({algorithm.form, algorithm.hash})
        && (algorithm.curve.isEmpty() || key.asymmetric.curve() == algorithm.curve);
}

QString jwsKeyWords(const JwsAlgorithm &algorithm)
{
    if (algorithm.isHmac)
        return u"a shared secret"_s;
    switch (algorithm.form) {
    case SignatureForm::RsaPkcs1:
    case SignatureForm::RsaPss:
        return u"an RSA key"_s;
    case SignatureForm::EcdsaRaw:
    case SignatureForm::EcdsaDer:
        return u"an EC key on %1"_s.arg(QString::fromLatin1(algorithm.curve));
    case SignatureForm::EdDsa:
        break;
    }
    return u"an Ed25519 or Ed448 key"_s;
}

struct JwsParts
{
    QJsonObject header;
    QByteArray signedPart, signature;
};

// The JWS taken apart; a check that is not NotReadable-by-default says why it can't be.
std::optional<JwsParts> takeJwsApart(QByteArrayView token, JwsCheck &check)
{
    const QList<QByteArray> parts = token.trimmed().toByteArray().split('.');
    if (parts.size() == 5) {
        check = {JwsVerdict::Encrypted, u"The token is encrypted (JWE); only its recipient can read it."_s, {}};
        return std::nullopt;
    }
    const std::optional<QByteArray> head = parts.size() == 3 ? decodeBase64Url(parts.at(0)) : std::nullopt;
    const std::optional<QByteArray> signature = parts.size() == 3 ? decodeBase64Url(parts.at(2)) : std::nullopt;
    const QJsonDocument header = QJsonDocument::fromJson(head.value_or(QByteArray()));
    if (!head || !signature || !header.isObject()) {
        check = {JwsVerdict::NotReadable, u"The text is no signed token (three base64url parts, the first a JSON object)."_s, {}};
        return std::nullopt;
    }
    return JwsParts{header.object(), parts.at(0) + '.' + parts.at(1), *signature};
}

JwsCheck checkJws(const JwsParts &parts, const JoseKey &key)
{
    const QByteArray name = parts.header.value("alg"_L1).toString().toUtf8();
    if (name == "none")
        return {JwsVerdict::Unsigned, u"The token is not signed (alg is none)."_s, {}};
    const std::optional<JwsAlgorithm> algorithm = jwsAlgorithm(name);
    if (!algorithm)
        return {JwsVerdict::UnknownAlgorithm, u"The signature algorithm \"%1\" is not known."_s.arg(QString::fromUtf8(name)), {}};
    if (!jwsGoesWith(*algorithm, key))
        return {JwsVerdict::WrongKey,
                u"%1 needs %2, and the key is %3."_s.arg(QString::fromLatin1(name), jwsKeyWords(*algorithm),
                                                       key.asymmetric.isNull() ? u"a shared secret"_s : key.asymmetric.description()),
                key.keyId};
    const bool isGood = algorithm->isHmac
        ? constantTimeEquals(hmac(algorithm->hash, key.symmetric.reveal(), parts.signedPart), parts.signature)
        : key.asymmetric.verify({algorithm->form, algorithm->hash}, parts.signedPart, parts.signature);
    return isGood ? JwsCheck{JwsVerdict::Valid, u"The signature is right for this key."_s, key.keyId}
                  : JwsCheck{JwsVerdict::WrongSignature, u"The signature does not belong to this token and key."_s, key.keyId};
}

} // namespace

std::optional<JwsAlgorithm> jwsAlgorithm(QByteArrayView name)
{
    const auto *it = std::ranges::find_if(jwsRows, [&](const JwsRow &row) { return name == QByteArrayView(row.name); });
    if (it == jwsRows.end())
        return std::nullopt;
    return JwsAlgorithm{it->name, it->isHmac, it->hash, it->form, it->curve};
}

QStringList jwsAlgorithmNames()
{
    QStringList names;
    for (const JwsRow &row : jwsRows)
        names << QString::fromLatin1(row.name);
    return names;
}

Result<JoseKey> keyFromJwk(const QJsonObject &jwk)
{
    JoseKey key;
    key.keyId = jwk.value("kid"_L1).toString();
    key.algorithm = jwk.value("alg"_L1).toString();
    bool isGood = true;
    const auto member = [&](QLatin1StringView name) -> QByteArray {
        if (!jwk.contains(name))
            return {};
        const std::optional<QByteArray> bytes = decodeBase64Url(jwk.value(name).toString().toLatin1());
        isGood = isGood && bytes.has_value();
        return bytes.value_or(QByteArray());
    };
    const QString type = jwk.value("kty"_L1).toString();
    const QString action = u"Give the JWK as its issuer wrote it."_s;
    if (type == "oct"_L1) {
        const QByteArray bytes = member("k"_L1);
        if (!isGood || bytes.isEmpty())
            return joseInvalid(u"the JWK has no member k in base64url"_s, action);
        key.symmetric = Secret(bytes);
        return key;
    }
    std::optional<Result<AsymmetricKey>> made;
    if (type == "RSA"_L1) {
        AsymmetricKey::RsaNumbers numbers{member("n"_L1), member("e"_L1), member("d"_L1), member("p"_L1), member("q"_L1), member("dp"_L1), member("dq"_L1), member("qi"_L1)};
        if (isGood)
            made = AsymmetricKey::rsa(numbers);
    } else if (type == "EC"_L1) {
        const QByteArray x = member("x"_L1);
        const QByteArray y = member("y"_L1);
        const QByteArray d = member("d"_L1);
        if (isGood)
            made = AsymmetricKey::ec(jwk.value("crv"_L1).toString().toLatin1(), x, y, d);
    } else if (type == "OKP"_L1) {
        const QString curve = jwk.value("crv"_L1).toString();
        if (curve != "Ed25519"_L1 && curve != "Ed448"_L1)
            return Error{ErrorCode::Unsupported, u"the JWK's curve \"%1\" is not for signatures"_s.arg(curve), {}, u"Use Ed25519 or Ed448."_s};
        const QByteArray x = member("x"_L1);
        const QByteArray d = member("d"_L1);
        if (isGood)
            made = AsymmetricKey::edwards(curve == "Ed448"_L1 ? KeyType::Ed448 : KeyType::Ed25519, x, d);
    } else {
        return Error{ErrorCode::Unsupported, u"the JWK's kty \"%1\" is not known"_s.arg(type), {}, u"Use RSA, EC, OKP or oct."_s};
    }
    if (!made)
        return joseInvalid(u"a member of the JWK is not base64url"_s, action);
    if (!*made)
        return made->error();
    key.asymmetric = made->value();
    return key;
}

Result<JoseKey> privateKeyFromText(const QString &what, const Secret &text, const Secret &passphrase)
{
    const QByteArray bytes = text.revealBytes().trimmed();
    if (bytes.startsWith('{')) {
        QJsonParseError problem;
        const QJsonDocument document = QJsonDocument::fromJson(bytes, &problem);
        if (!document.isObject())
            return joseInvalid(u"%1 begins like a JWK, and is no JSON: %2 at byte %3"_s.arg(what, problem.errorString()).arg(problem.offset),
                           u"Give a JWK or PEM."_s);
        Result<JoseKey> key = keyFromJwk(document.object());
        if (key && !key->asymmetric.isNull() && !key->asymmetric.isPrivate())
            return joseInvalid(u"%1 is a public JWK, and a signature needs the private one"_s.arg(what), u"Give the JWK with its member d."_s);
        return key;
    }
    const Result<AsymmetricKey> key = AsymmetricKey::privateFromPem(what, text, passphrase);
    if (!key)
        return key.error();
    JoseKey made;
    made.asymmetric = *key;
    return made;
}

Result<JoseKey> keyFromX5c(const QJsonObject &header)
{
    const QByteArray base64 = header.value("x5c"_L1).toArray().first().toString().toLatin1(); // Base64, not base64url
    if (base64.isEmpty() || !decodeBase64(base64))
        return joseInvalid(u"x5c holds no certificate in Base64"_s, u"Look at how the token was made."_s);
    const Result<AsymmetricKey> key = AsymmetricKey::publicFromPem(u"x5c"_s, "-----BEGIN CERTIFICATE-----\n" + base64 + "\n-----END CERTIFICATE-----\n");
    if (!key)
        return key.error();
    JoseKey made;
    made.asymmetric = *key;
    return made;
}

QJsonObject publicJwk(const AsymmetricKey &key)
{
    const PublicNumbers numbers = key.publicNumbers();
    const auto text = [](const QByteArray &bytes) { return QString::fromLatin1(encodeBase64Url(bytes)); };
    switch (key.type()) {
    case KeyType::Rsa:
    case KeyType::RsaPss:
        return {{u"kty"_s, u"RSA"_s}, {u"n"_s, text(numbers.n)}, {u"e"_s, text(numbers.e)}};
    case KeyType::Ec:
        return {{u"kty"_s, u"EC"_s}, {u"crv"_s, QString::fromLatin1(key.curve())}, {u"x"_s, text(numbers.x)}, {u"y"_s, text(numbers.y)}};
    case KeyType::Ed25519:
    case KeyType::Ed448:
        return {{u"kty"_s, u"OKP"_s}, {u"crv"_s, key.description()}, {u"x"_s, text(numbers.x)}};
    case KeyType::Other:
        break;
    }
    return {};
}

QByteArray jwkThumbprint(const QJsonObject &jwk)
{
    const QString type = jwk.value("kty"_L1).toString();
    const QStringList names = type == "RSA"_L1 ? QStringList{u"e"_s, u"kty"_s, u"n"_s}
        : type == "EC"_L1                      ? QStringList{u"crv"_s, u"kty"_s, u"x"_s, u"y"_s}
        : type == "OKP"_L1                     ? QStringList{u"crv"_s, u"kty"_s, u"x"_s}
        : type == "oct"_L1                     ? QStringList{u"k"_s, u"kty"_s}
                                               : QStringList();
    QByteArray text;
    for (const QString &name : names) {
        if (!jwk.value(name).isString())
            return {};
        text += (text.isEmpty() ? "{\"" : ",\"") + name.toUtf8() + "\":\"" + jwk.value(name).toString().toUtf8() + '"';
    }
    return text.isEmpty() ? QByteArray() : encodeBase64Url(hash(HashAlgorithm::Sha256, text + '}'));
}

Result<QByteArray> signJws(const QByteArray &algorithmName, QJsonObject header, QByteArrayView payload, const JoseKey &key)
{
    const std::optional<JwsAlgorithm> algorithm = jwsAlgorithm(algorithmName);
    if (!algorithm)
        return Error{ErrorCode::Unsupported, u"the signature algorithm \"%1\" is not known"_s.arg(QString::fromUtf8(algorithmName)), {},
                     u"Use one of: %1."_s.arg(jwsAlgorithmNames().join(", "_L1))};
    if (!jwsGoesWith(*algorithm, key))
        return joseInvalid(u"%1 needs %2, and the key is %3"_s.arg(QString::fromLatin1(algorithmName), jwsKeyWords(*algorithm),
                                                             key.asymmetric.isNull() ? u"a shared secret"_s : key.asymmetric.description()),
                       u"Choose the algorithm for the key, or the other way round."_s);
    header.insert(u"alg"_s, QString::fromLatin1(algorithmName));
    const QByteArray signedPart = encodeBase64Url(QJsonDocument(header).toJson(QJsonDocument::Compact)) + '.' + encodeBase64Url(payload);
    if (algorithm->isHmac)
        return signedPart + '.' + encodeBase64Url(hmac(algorithm->hash, key.symmetric.reveal(), signedPart));
    const Result<QByteArray> signature = key.asymmetric.sign({algorithm->form, algorithm->hash}, signedPart);
    if (!signature)
        return signature.error();
    return signedPart + '.' + encodeBase64Url(*signature);
}

JwsCheck verifyJws(QByteArrayView token, const JoseKey &key)
{
    JwsCheck check;
    const std::optional<JwsParts> parts = takeJwsApart(token, check);
    return parts ? checkJws(*parts, key) : check;
}

JwsCheck verifyJws(QByteArrayView token, const QJsonObject &jwkOrSet)
{
    JwsCheck check;
    const std::optional<JwsParts> parts = takeJwsApart(token, check);
    if (!parts)
        return check;
    const QJsonArray keys = jwkOrSet.contains("keys"_L1) ? jwkOrSet.value("keys"_L1).toArray() : QJsonArray{jwkOrSet};
    const QString wanted = parts->header.value("kid"_L1).toString();
    check = {JwsVerdict::NoKey,
             wanted.isEmpty() ? u"The key set holds no key that fits the token's algorithm."_s
                              : u"The key set holds no key with the token's kid \"%1\"."_s.arg(wanted),
             {}};
    for (const QJsonValue &value : keys) {
        const QJsonObject jwk = value.toObject();
        const QString id = jwk.value("kid"_L1).toString();
        if (!wanted.isEmpty() && jwkOrSet.contains("keys"_L1) && id != wanted)
            continue;
        const Result<JoseKey> key = keyFromJwk(jwk);
        if (!key)
            continue;
        const JwsCheck one = checkJws(*parts, *key);
        if (one.verdict == JwsVerdict::Valid || one.verdict == JwsVerdict::Unsigned || one.verdict == JwsVerdict::UnknownAlgorithm)
            return one;
        if (check.verdict == JwsVerdict::NoKey || one.verdict == JwsVerdict::WrongSignature)
            check = one;
    }
    return check;
}

} // namespace realmscope
