// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/Jwt.h"

#include "app/base/Encoding.h"

#include <QtCore/QJsonDocument>
#include <QtCore/QList>

#include <cmath>

using namespace Qt::StringLiterals;

namespace realmscope {

QString DecodedJwt::algorithm() const { return header.value("alg"_L1).toString(); }

std::optional<qint64> DecodedJwt::time(const QString &claim) const
{
    const QJsonValue value = claims.value(claim);
    if (!value.isDouble())
        return std::nullopt;
    const double seconds = std::floor(value.toDouble());
    if (!(std::abs(seconds) < 1e15)) // milliseconds of it must fit
        return std::nullopt;
    return static_cast<qint64>(seconds);
}

std::optional<DecodedJwt> decodeJwt(QByteArrayView token)
{
    const QList<QByteArray> parts = token.trimmed().toByteArray().split('.');
    if (parts.size() != 3 && parts.size() != 5)
        return std::nullopt;
    const auto object = [](const QByteArray &part) -> std::optional<QJsonObject> {
        const std::optional<QByteArray> bytes = decodeBase64Url(part);
        if (!bytes)
            return std::nullopt;
        const QJsonDocument document = QJsonDocument::fromJson(*bytes);
        return document.isObject() ? std::optional(document.object()) : std::nullopt;
    };
    const std::optional<QJsonObject> header = object(parts.at(0));
    if (!header)
        return std::nullopt;
    DecodedJwt jwt;
    jwt.header = *header;
    if (parts.size() == 5) {
        jwt.encrypted = true;
        return jwt;
    }
    const std::optional<QJsonObject> claims = object(parts.at(1));
    const std::optional<QByteArray> signature = decodeBase64Url(parts.at(2));
    if (!claims || !signature)
        return std::nullopt;
    jwt.claims = *claims;
    jwt.signature = *signature;
    jwt.signedPart = parts.at(0) + '.' + parts.at(1);
    return jwt;
}

QByteArray claimsWith(const QByteArray &object, const QJsonObject &added)
{
    const QByteArray text = object.trimmed();
    const QByteArray more = QJsonDocument(added).toJson(QJsonDocument::Compact);
    const QByteArray inside = text.size() >= 2 ? text.sliced(1, text.size() - 2).trimmed() : QByteArray();
    if (inside.isEmpty())
        return more;
    return added.isEmpty() ? text : text.chopped(1).trimmed() + ',' + more.sliced(1);
}

} // namespace realmscope
