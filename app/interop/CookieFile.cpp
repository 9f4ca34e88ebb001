// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/interop/CookieFile.h"

#include "app/http/SetCookie.h"

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

// "domain tailmatch path secure expires name value", tabs between; nullopt when it is not that.
std::optional<Cookie> netscapeCookie(QByteArray line, qint64 nowMs)
{
    // "#HttpOnly_" is no comment: it marks cookies that scripts can't read.
    const bool httpOnly = line.startsWith("#HttpOnly_");
    if (httpOnly)
        line.remove(0, 10);
    QList<QByteArray> fields = line.split('\t');
    if (fields.size() == 6)
        fields.append(QByteArray()); // an empty value
    bool isNumber = false;
    const qint64 expires = fields.value(4).toLongLong(&isNumber);
    if (fields.size() != 7 || !isNumber || fields.at(5).isEmpty())
        return std::nullopt;
    Cookie cookie;
    QByteArray domain = fields.at(0).toLower();
    if (domain.startsWith('.'))
        domain.remove(0, 1);
    cookie.domain = QString::fromLatin1(domain);
    cookie.hostOnly = fields.at(1).toUpper() != "TRUE";
    cookie.path = fields.at(2).startsWith('/') ? fields.at(2) : "/"_ba;
    cookie.secure = fields.at(3).toUpper() == "TRUE";
    cookie.httpOnly = httpOnly;
    if (expires != 0)
        cookie.expiresAt = expires;
    cookie.name = fields.at(5);
    cookie.value = fields.at(6);
    cookie.createdAtMs = nowMs;
    cookie.usedAtMs = nowMs;
    return cookie;
}

Cookie headerCookie(const SetCookie &set, qint64 nowMs)
{
    Cookie cookie;
    cookie.name = set.name;
    cookie.value = set.value;
    cookie.domain = QString::fromLatin1(set.domain);
    cookie.hostOnly = false;
    cookie.path = set.path.value_or("/"_ba);
    cookie.secure = set.secure;
    cookie.httpOnly = set.httpOnly;
    cookie.sameSite = set.sameSite;
    if (set.maxAge)
        cookie.expiresAt = *set.maxAge <= 0 ? 0 : nowMs / 1000 + std::min(*set.maxAge, CookieJar::maxAgeSeconds);
    else
        cookie.expiresAt = set.expires;
    cookie.createdAtMs = nowMs;
    cookie.usedAtMs = nowMs;
    return cookie;
}

} // namespace

CookieFileReport readCookieFile(QByteArrayView file, qint64 nowMs, bool withSessionCookies, CookieJar &jar)
{
    CookieFileReport report;
    const auto keep = [&](const Cookie &cookie) {
        if (cookie.isExpired(nowMs) || (!cookie.expiresAt && !withSessionCookies))
            return;
        if (!jar.put(cookie))
            ++report.unread;
    };
    for (QByteArray line : file.toByteArray().split('\n')) {
        if (line.endsWith('\r'))
            line.chop(1);
        if (line.trimmed().isEmpty() || (line.startsWith('#') && !line.startsWith("#HttpOnly_")))
            continue;
        const qsizetype colon = line.indexOf(':');
        if (colon > 0 && equalsIgnoreCase(line.first(colon), "Set-Cookie")) {
            const SetCookie set = parseSetCookie(QByteArrayView(line).sliced(colon + 1));
            if (set.isIgnored())
                ++report.unread;
            else if (set.domain.isEmpty())
                ++report.withoutDomain;
            else
                keep(headerCookie(set, nowMs));
        } else if (const std::optional<Cookie> cookie = netscapeCookie(line, nowMs)) {
            keep(*cookie);
        } else if (!line.startsWith("HTTP/") && (colon <= 0 || !isToken(line.first(colon)))) {
            ++report.unread; // no other line of a header dump either
        }
    }
    return report;
}

QByteArray toCookieFile(const CookieJar &jar, qint64 nowMs, int *left)
{
    QByteArray out = "# Netscape HTTP Cookie File\n"
                     "# Written by Realmscope; curl -b reads it. It holds secrets.\n\n"_ba;
    for (const Cookie &cookie : jar.cookies()) {
        if (cookie.isExpired(nowMs))
            continue;
        if (cookie.name.isEmpty() || cookie.name.contains('\t') || cookie.value.contains('\t') || cookie.path.contains('\t')) {
            if (left)
                ++*left;
            continue;
        }
        const QList<QByteArray> fields{(cookie.httpOnly ? "#HttpOnly_"_ba : QByteArray()) + (cookie.hostOnly ? "" : ".") + cookie.domain.toLatin1(),
                                       cookie.hostOnly ? "FALSE"_ba : "TRUE"_ba,
                                       cookie.path,
                                       cookie.secure ? "TRUE"_ba : "FALSE"_ba,
                                       QByteArray::number(cookie.expiresAt.value_or(0)),
                                       cookie.name,
                                       cookie.value};
        out += fields.join('\t') + '\n';
    }
    return out;
}

} // namespace realmscope
