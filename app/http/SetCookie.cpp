// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/http/SetCookie.h"

#include "app/base/Encoding.h"

#include <QtCore/QDateTime>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

bool isDigit(char c) { return c >= '0' && c <= '9'; }

QByteArrayView trimmedWsp(QByteArrayView text)
{
    while (!text.isEmpty() && (text.front() == ' ' || text.front() == '\t'))
        text = text.sliced(1);
    while (!text.isEmpty() && (text.back() == ' ' || text.back() == '\t'))
        text = text.chopped(1);
    return text;
}

// RFC 6265bis section 4.1.1: what a server may put into a value, within quotes or without.
bool isCookieOctets(QByteArrayView text)
{
    if (text.size() >= 2 && text.front() == '"' && text.back() == '"')
        text = text.sliced(1, text.size() - 2);
    return std::ranges::all_of(text, [](char c) {
        return c > 0x20 && c < 0x7f && c != '"' && c != ',' && c != ';' && c != '\\';
    });
}

// Reads up to `most` digits, and what follows must be no digit: 1*2DIGIT [ non-digit *OCTET ].
std::optional<int> leadingNumber(QByteArrayView token, qsizetype least, qsizetype most, QByteArrayView *rest = nullptr)
{
    qsizetype count = 0;
    int number = 0;
    while (count < token.size() && isDigit(token[count])) {
        if (++count > most)
            return std::nullopt;
        number = number * 10 + (token[count - 1] - '0');
    }
    if (count < least)
        return std::nullopt;
    if (rest)
        *rest = token.sliced(count);
    return number;
}

std::optional<QTime> timeToken(QByteArrayView token, bool &isTime)
{
    int parts[3] = {};
    QByteArrayView rest = token;
    for (int i = 0; i < 3; ++i) {
        if (i > 0) {
            if (!rest.startsWith(':'))
                return std::nullopt;
            rest = rest.sliced(1);
        }
        const std::optional<int> part = leadingNumber(rest, 1, 2, &rest);
        if (!part)
            return std::nullopt;
        parts[i] = *part;
    }
    isTime = true;
    const QTime time(parts[0], parts[1], parts[2]); // not valid above 23:59:59
    return time.isValid() ? std::optional(time) : std::nullopt;
}

std::optional<int> monthToken(QByteArrayView token)
{
    static constexpr std::array names{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"};
    if (token.size() < 3)
        return std::nullopt;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (equalsIgnoreCase(token.first(3), names.at(i)))
            return int(i) + 1;
    }
    return std::nullopt;
}

class AttributeReader
{
public:
    explicit AttributeReader(SetCookie &cookie) : m_cookie(cookie) {}

    void read(QByteArrayView text)
    {
        const qsizetype equals = text.indexOf('=');
        const QByteArrayView name = trimmedWsp(equals < 0 ? text : text.first(equals));
        const QByteArrayView value = equals < 0 ? QByteArrayView() : trimmedWsp(text.sliced(equals + 1));
        if (name.isEmpty() && value.isEmpty())
            return; // "a=b;;" and "a=b;"
        if (value.size() > maxCookieAttribute) {
            note("attribute-too-long", u"%1 has %2 bytes, more than %3, and was left out"_s.arg(displayText(name)).arg(value.size()).arg(maxCookieAttribute));
            return;
        }
        const QByteArray lower = name.toByteArray().toLower();
        if (lower == "expires")
            readExpires(value);
        else if (lower == "max-age")
            readMaxAge(value);
        else if (lower == "domain")
            readDomain(value);
        else if (lower == "path")
            readPath(value);
        else if (lower == "secure")
            readFlag("Secure", m_cookie.secure, equals >= 0 && !value.isEmpty());
        else if (lower == "httponly")
            readFlag("HttpOnly", m_cookie.httpOnly, equals >= 0 && !value.isEmpty());
        else if (lower == "samesite")
            readSameSite(value);
        else
            note("attribute-unknown", u"the attribute %1 is not known and was left out"_s.arg(displayText(name)));
        if (m_seen.contains(lower))
            note("attribute-repeated", u"%1 is there more than once; the last one counts"_s.arg(displayText(name)));
        m_seen.append(lower);
    }

private:
    void note(const char *id, const QString &text) { m_cookie.deviations.append({QString::fromLatin1(id), text}); }

    void readExpires(QByteArrayView value)
    {
        const std::optional<qint64> seconds = parseCookieDate(value);
        if (!seconds) {
            note("expires-unreadable", u"the date of Expires can't be read (\"%1\"), so it does not count"_s.arg(displayText(value)));
            return;
        }
        if (!parseHttpDate(value))
            note("expires-form", u"the date of Expires has an unusual form (\"%1\")"_s.arg(displayText(value)));
        m_cookie.expires = seconds;
    }

    void readMaxAge(QByteArrayView value)
    {
        const QByteArrayView digits = value.startsWith('-') ? value.sliced(1) : value;
        if (value.isEmpty() || !std::ranges::all_of(digits, isDigit)) {
            note("max-age-unreadable", u"Max-Age is not a whole number (\"%1\"), so it does not count"_s.arg(displayText(value)));
            return;
        }
        bool fits = false;
        const qint64 seconds = value.toLongLong(&fits);
        const bool isNegative = value.startsWith('-');
        m_cookie.maxAge = fits ? seconds : isNegative ? 0 : std::numeric_limits<qint64>::max();
    }

    void readDomain(QByteArrayView value)
    {
        if (value.startsWith('.')) {
            note("domain-leading-dot", u"Domain begins with a dot, which means nothing"_s);
            value = value.sliced(1);
        } else if (value.isEmpty()) {
            note("domain-empty", u"Domain is empty: the cookie is for this host alone"_s);
        }
        m_cookie.domain = value.toByteArray().toLower();
    }

    void readPath(QByteArrayView value)
    {
        if (value.startsWith('/')) {
            m_cookie.path = value.toByteArray();
            return;
        }
        note("path-not-absolute", u"Path does not begin with / (\"%1\"), so the request's folder is taken"_s.arg(displayText(value)));
        m_cookie.path.reset();
    }

    void readFlag(const char *name, bool &flag, bool hasValue)
    {
        if (hasValue)
            note("flag-with-value", u"%1 has a value, which means nothing: it is set"_s.arg(QLatin1StringView(name)));
        flag = true;
    }

    void readSameSite(QByteArrayView value)
    {
        if (equalsIgnoreCase(value, "None"))
            m_cookie.sameSite = SameSite::None;
        else if (equalsIgnoreCase(value, "Lax"))
            m_cookie.sameSite = SameSite::Lax;
        else if (equalsIgnoreCase(value, "Strict"))
            m_cookie.sameSite = SameSite::Strict;
        else {
            note("same-site-unknown", u"SameSite is \"%1\", which is not known: the default, Lax, counts"_s.arg(displayText(value)));
            m_cookie.sameSite = SameSite::Default;
        }
    }

    SetCookie &m_cookie;
    QList<QByteArray> m_seen;
};

} // namespace

QString sameSiteText(SameSite sameSite)
{
    switch (sameSite) {
    case SameSite::Default:
        return {};
    case SameSite::None:
        return u"None"_s;
    case SameSite::Lax:
        return u"Lax"_s;
    case SameSite::Strict:
        return u"Strict"_s;
    }
    return {};
}

QString cookieDecisionId(CookieDecision decision)
{
    switch (decision) {
    case CookieDecision::Sent:
        return u"sent"_s;
    case CookieDecision::Withheld:
        return u"withheld"_s;
    case CookieDecision::Stored:
        return u"stored"_s;
    case CookieDecision::Replaced:
        return u"replaced"_s;
    case CookieDecision::Removed:
        return u"removed"_s;
    case CookieDecision::Rejected:
        return u"rejected"_s;
    }
    return {};
}

bool CookieVerdict::isByRule() const { return reasonId != "no-jar"_L1 && reasonId != "cookies-off"_L1 && reasonId != "own-cookie"_L1; }

SetCookie parseSetCookie(QByteArrayView text)
{
    SetCookie cookie;
    const auto note = [&](const char *id, const QString &what) { cookie.deviations.append({QString::fromLatin1(id), what}); };
    const qsizetype semicolon = text.indexOf(';');
    const QByteArrayView pair = semicolon < 0 ? text : text.first(semicolon);
    const qsizetype equals = pair.indexOf('=');
    cookie.name = equals < 0 ? QByteArray() : trimmedWsp(pair.first(equals)).toByteArray();
    cookie.value = trimmedWsp(equals < 0 ? pair : pair.sliced(equals + 1)).toByteArray();

    if (std::ranges::any_of(text, [](char c) { return (c >= 0 && c < 0x20 && c != '\t') || c == 0x7f; })) {
        cookie.fault = {u"control-character"_s, u"it holds a control character"_s};
        return cookie;
    }
    if (cookie.name.isEmpty() && cookie.value.isEmpty()) {
        cookie.fault = {u"empty"_s, u"it has neither a name nor a value"_s};
        return cookie;
    }
    if (cookie.name.size() + cookie.value.size() > maxCookieLength) {
        cookie.fault = {u"too-long"_s, u"name and value have %1 bytes together, and the limit is %2"_s
                                           .arg(cookie.name.size() + cookie.value.size()).arg(maxCookieLength)};
        return cookie;
    }
    if (equals < 0)
        note("no-equals", u"there is no \"=\": all of it is the value of a cookie without a name"_s);
    else if (cookie.name.isEmpty())
        note("name-empty", u"the cookie has no name"_s);
    else if (!isToken(cookie.name))
        note("name-odd", u"the name holds characters that a name may not have"_s);
    if (!isCookieOctets(cookie.value))
        note("value-odd", u"the value holds characters that a value may not have (a space, a comma, a quote, a backslash or no ASCII)"_s);

    AttributeReader attributes(cookie);
    QByteArrayView rest = semicolon < 0 ? QByteArrayView() : text.sliced(semicolon + 1);
    while (!rest.isEmpty()) {
        const qsizetype end = rest.indexOf(';');
        attributes.read(end < 0 ? rest : rest.first(end));
        rest = end < 0 ? QByteArrayView() : rest.sliced(end + 1);
    }
    return cookie;
}

std::optional<qint64> parseCookieDate(QByteArrayView text)
{
    const auto isDelimiter = [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte == 0x09 || (byte >= 0x20 && byte <= 0x2f) || (byte >= 0x3b && byte <= 0x40)
            || (byte >= 0x5b && byte <= 0x60) || (byte >= 0x7b && byte <= 0x7e);
    };
    bool foundTime = false;
    std::optional<QTime> time;
    std::optional<int> day;
    std::optional<int> month;
    std::optional<int> year;
    qsizetype at = 0;
    while (at < text.size()) {
        while (at < text.size() && isDelimiter(text[at]))
            ++at;
        const qsizetype begin = at;
        while (at < text.size() && !isDelimiter(text[at]))
            ++at;
        const QByteArrayView token = text.sliced(begin, at - begin);
        if (token.isEmpty())
            continue;
        if (!foundTime) {
            time = timeToken(token, foundTime);
            if (foundTime)
                continue;
        }
        if (!day && (day = leadingNumber(token, 1, 2)))
            continue;
        if (!month && (month = monthToken(token)))
            continue;
        if (!year)
            year = leadingNumber(token, 2, 4);
    }
    if (!time || !day || !month || !year)
        return std::nullopt;
    const int fullYear = *year >= 70 && *year <= 99 ? *year + 1900 : *year <= 69 ? *year + 2000 : *year;
    const QDate date(fullYear, *month, *day); // not valid where there is no such day
    if (fullYear < 1601 || !date.isValid())
        return std::nullopt;
    return QDateTime(date, *time, Qt::UTC).toSecsSinceEpoch();
}

} // namespace realmscope
