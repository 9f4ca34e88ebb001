// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/SignedTime.h"

#include <QtCore/QDateTime>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

std::optional<qint64> epochOf(const QByteArray &text)
{
    bool ok = false;
    const qint64 seconds = text.trimmed().toLongLong(&ok);
    return ok && seconds > 0 ? std::optional(seconds) : std::nullopt;
}

// "20261124T142000Z", and EdgeGrid's "20261124T14:20:00+0000".
std::optional<qint64> basicIsoOf(QByteArray text)
{
    text = text.trimmed();
    text.replace(":", "");
    const QDateTime time = QDateTime::fromString(QString::fromLatin1(text.left(15)), u"yyyyMMdd'T'HHmmss"_s);
    if (!time.isValid())
        return std::nullopt;
    return QDateTime(time.date(), time.time(), Qt::UTC).toSecsSinceEpoch();
}

QByteArray queryValue(const Facts &facts, QByteArrayView name)
{
    for (const NamedValue &item : splitForm(facts.request().url.query.value_or(QByteArray()))) {
        if (equalsIgnoreCase(item.name, name))
            return item.value;
    }
    return {};
}

std::optional<SignedTime> inAuthorization(const Facts &facts, const AuthorizationLine &line)
{
    struct Place
    {
        const char *scheme;
        const char *param;
        qint64 tolerance;
        bool isIso;
    };
    static constexpr std::array places{Place{"OAuth", "oauth_timestamp", 300, false}, Place{"Hawk", "ts", 60, false},
                                       Place{"EG1-HMAC-SHA256", "timestamp", 60, true}};
    for (const Place &place : places) {
        if (!line.is(place.scheme))
            continue;
        QByteArray value = line.parsed.value(place.param);
        if (value.isEmpty()) { // EdgeGrid separates with semicolons
            for (const QByteArray &part : line.credentials.split(';')) {
                if (part.trimmed().startsWith(place.param + QByteArray("=")))
                    value = part.trimmed().mid(qsizetype(qstrlen(place.param)) + 1);
            }
        }
        const std::optional<qint64> at = place.isIso ? basicIsoOf(value) : epochOf(value);
        if (!at)
            return std::nullopt;
        return SignedTime{*at, std::nullopt, place.tolerance, QString::fromLatin1(place.param),
                          facts.requestHeader(line.field, u"%1 is %2"_s.arg(QString::fromLatin1(place.param), utcTime(*at)))};
    }
    return std::nullopt;
}

std::optional<SignedTime> inUrl(const Facts &facts)
{
    for (const auto &prefix : {"X-Amz-"_ba, "X-Goog-"_ba}) {
        const std::optional<qint64> at = basicIsoOf(queryValue(facts, prefix + "Date"));
        if (!at || queryValue(facts, prefix + "Signature").isEmpty())
            continue;
        SignedTime time{*at, std::nullopt, 900, QString::fromLatin1(prefix + "Date"), facts.requestLine(u"the URL was signed at %1"_s.arg(utcTime(*at)))};
        if (const std::optional<qint64> seconds = epochOf(queryValue(facts, prefix + "Expires")))
            time.until = *at + *seconds;
        return time;
    }
    return std::nullopt;
}

} // namespace

std::optional<SignedTime> readSignedTime(const Facts &facts)
{
    if (!facts.final)
        return std::nullopt;
    const AuthorizationLine *line = facts.authorization();
    if (line) {
        if (const std::optional<SignedTime> time = inAuthorization(facts, *line))
            return time;
        const HeaderField *date = facts.request().headers.find("X-Amz-Date");
        const std::optional<qint64> at = line->is("AWS4-HMAC-SHA256") && date ? basicIsoOf(date->value) : std::nullopt;
        if (at)
            return SignedTime{*at, std::nullopt, 900, u"X-Amz-Date"_s, facts.requestHeader(*date, u"X-Amz-Date is %1"_s.arg(utcTime(*at)))};
    }
    if (const HeaderField *proof = facts.request().headers.find("DPoP")) {
        const std::optional<DecodedJwt> jwt = decodeJwt(proof->value.trimmed());
        if (const std::optional<qint64> at = jwt ? jwt->time(u"iat"_s) : std::nullopt)
            return SignedTime{*at, std::nullopt, 300, u"iat"_s, facts.requestHeader(*proof, u"the proof's iat is %1"_s.arg(utcTime(*at)))};
    }
    return inUrl(facts);
}

} // namespace realmscope
