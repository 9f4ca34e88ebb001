// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/practice/PracticeToken.h"

#include "app/base/Crypto.h"
#include "app/base/Encoding.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QRegularExpression>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

Result<QJsonValue> claimValue(const QString &name, const QJsonValue &declared, qint64 nowSeconds)
{
    static const QRegularExpression time(u"^now(?:([+-])([0-9]{1,12}))?$"_s);
    if (!declared.isString())
        return QJsonValue(declared);
    const QString text = declared.toString();
    if (!text.startsWith(u"now"_s))
        return QJsonValue(declared);
    const QRegularExpressionMatch match = time.match(text);
    if (!match.hasMatch())
        return Error{ErrorCode::Parse, u"claim %1: \"%2\" is not a time"_s.arg(name, text), {},
                     u"Write now, now+SECONDS or now-SECONDS."_s};
    const qint64 offset = match.captured(2).toLongLong();
    return QJsonValue(match.captured(1) == u"-"_s ? nowSeconds - offset : nowSeconds + offset);
}

bool hasAudience(const QJsonValue &claim, const QString &audience)
{
    // RFC 7519 section 4.1.3: one string or an array of them.
    if (claim.isArray())
        return claim.toArray().contains(QJsonValue(audience));
    return claim.toString() == audience;
}

} // namespace

QByteArray compactJson(const QJsonObject &object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

static std::optional<QJsonObject> decodeTokenPart(const QByteArray &part)
{
    const std::optional<QByteArray> bytes = decodeBase64Url(part);
    if (!bytes)
        return std::nullopt;
    const QJsonDocument document = QJsonDocument::fromJson(*bytes);
    if (!document.isObject())
        return std::nullopt;
    return document.object();
}

std::optional<TokenParts> splitToken(const QByteArray &token)
{
    const QList<QByteArray> parts = token.split('.');
    if (parts.size() != 3)
        return std::nullopt;
    const std::optional<QJsonObject> header = decodeTokenPart(parts.at(0));
    const std::optional<QJsonObject> claims = decodeTokenPart(parts.at(1));
    const std::optional<QByteArray> signature = decodeBase64Url(parts.at(2));
    if (!header || !claims || !signature)
        return std::nullopt;
    return TokenParts{*header, *claims, *signature, parts.at(0) + '.' + parts.at(1)};
}

Result<QJsonObject> withTimes(const QJsonObject &declared, qint64 nowSeconds)
{
    QJsonObject claims;
    for (auto claim = declared.begin(); claim != declared.end(); ++claim) {
        const Result<QJsonValue> value = claimValue(claim.key(), claim.value(), nowSeconds);
        if (!value)
            return value.error();
        claims.insert(claim.key(), *value);
    }
    return claims;
}

Result<QByteArray> makePracticeToken(const QJsonObject &declaration, const QByteArray &roomKey, qint64 nowSeconds)
{
    QJsonObject header = declaration.value("header"_L1).toObject();
    if (!header.contains("alg"_L1))
        header.insert("alg"_L1, u"HS256"_s);
    if (!header.contains("typ"_L1))
        header.insert("typ"_L1, u"JWT"_s);

    const Result<QJsonObject> claims = withTimes(declaration.value("claims"_L1).toObject(), nowSeconds);
    if (!claims)
        return claims.error();
    const QByteArray signedPart = encodeBase64Url(compactJson(header)) + '.' + encodeBase64Url(compactJson(*claims));
    if (header.value("alg"_L1).toString() == u"none"_s)
        return QByteArray(signedPart + '.');
    const QByteArray key =
        declaration.contains("key"_L1) ? declaration.value("key"_L1).toString().toUtf8() : roomKey;
    return QByteArray(signedPart + '.' + encodeBase64Url(hmac(HashAlgorithm::Sha256, key, signedPart)));
}

QString judgePracticeToken(const QByteArray &token, const TokenPolicy &policy, qint64 nowSeconds)
{
    const std::optional<TokenParts> parts = splitToken(token);
    if (!parts)
        return u"malformed"_s;
    if (parts->header.value("alg"_L1).toString() != u"HS256"_s)
        return u"algorithm"_s;
    if (!constantTimeEquals(parts->signature, hmac(HashAlgorithm::Sha256, policy.key, parts->signedPart)))
        return u"signature"_s;
    const QJsonValue expires = parts->claims.value("exp"_L1);
    if (expires.isDouble() && expires.toInteger() <= nowSeconds)
        return u"expired"_s;
    const QJsonValue notBefore = parts->claims.value("nbf"_L1);
    if (notBefore.isDouble() && notBefore.toInteger() > nowSeconds)
        return u"early"_s;
    if (!policy.issuer.isEmpty() && parts->claims.value("iss"_L1).toString() != policy.issuer)
        return u"issuer"_s;
    // Only ID tokens carry these (OpenID Connect Core 1.0 section 2 and 3.1.3.6).
    if (parts->claims.contains("at_hash"_L1) || parts->claims.contains("nonce"_L1))
        return u"type"_s;
    if (!policy.audience.isEmpty() && !hasAudience(parts->claims.value("aud"_L1), policy.audience))
        return u"audience"_s;
    if (parts->claims.value("cnf"_L1).toObject().contains("jkt"_L1)) // RFC 9449 section 6.1
        return u"bound"_s;
    if (!policy.scope.isEmpty()
        && !parts->claims.value("scope"_L1).toString().split(u' ', Qt::SkipEmptyParts).contains(policy.scope))
        return u"scope"_s;
    return u"ok"_s;
}

} // namespace realmscope
