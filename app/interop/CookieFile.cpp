// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/interop/CookieFile.h"

#include <QtCore/QList>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

struct Cookie
{
    QByteArray path;
    QByteArray pair;
};

bool domainMatches(QByteArray domain, bool withSubdomains, const QByteArray &host)
{
    if (domain.startsWith('.'))
        domain.remove(0, 1);
    domain = domain.toLower();
    return host == domain || (withSubdomains && host.endsWith('.' + domain));
}

// RFC 6265 section 5.1.4.
bool pathMatches(const QByteArray &cookiePath, const QByteArray &path)
{
    if (cookiePath.isEmpty() || cookiePath == "/" || cookiePath == path)
        return true;
    return path.startsWith(cookiePath) && (cookiePath.endsWith('/') || path.mid(cookiePath.size()).startsWith('/'));
}

} // namespace

QByteArray cookiesFromFile(QByteArrayView file, const Url &url, qint64 nowSeconds, bool withSessionCookies, int *unread)
{
    const QByteArray host = url.host.toLatin1();
    const QByteArray path = url.path.isEmpty() ? "/"_ba : url.path;
    const bool isLocal = host == "localhost" || host == "127.0.0.1" || host == "::1"; // trustworthy, as in curl
    QList<Cookie> cookies;
    for (QByteArray line : file.toByteArray().split('\n')) {
        if (line.endsWith('\r'))
            line.chop(1);
        // "#HttpOnly_" is no comment: it marks cookies that scripts can't read.
        if (line.startsWith("#HttpOnly_"))
            line.remove(0, 10);
        else if (line.trimmed().isEmpty() || line.startsWith('#'))
            continue;
        QList<QByteArray> fields = line.split('\t');
        if (fields.size() == 6)
            fields.append(QByteArray()); // an empty value
        bool isNumber = false;
        const qint64 expires = fields.value(4).toLongLong(&isNumber);
        if (fields.size() != 7 || !isNumber || fields.at(5).isEmpty()) {
            if (unread)
                ++*unread;
            continue;
        }
        const bool isSecure = fields.at(3).toUpper() == "TRUE";
        if (!domainMatches(fields.at(0), fields.at(1).toUpper() == "TRUE", host) || !pathMatches(fields.at(2), path)
            || (isSecure && !url.isSecure() && !isLocal) || (expires != 0 && expires < nowSeconds)
            || (expires == 0 && !withSessionCookies))
            continue;
        cookies.append({fields.at(2), fields.at(5) + '=' + fields.at(6)});
    }
    std::ranges::stable_sort(cookies, std::ranges::greater{}, [](const Cookie &cookie) { return cookie.path.size(); });
    QByteArray value;
    for (const Cookie &cookie : cookies)
        value += (value.isEmpty() ? "" : "; ") + cookie.pair;
    return value;
}

} // namespace realmscope
