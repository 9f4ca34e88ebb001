// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/Cookie.h"
#include "app/http/PublicSuffixes.h"
#include "app/http/Url.h"

namespace realmscope {

struct SetCookie;

// What identifies a cookie in a jar (RFC 6265bis section 5.7, the last steps).
struct CookieKey
{
    QByteArray name;
    QString domain;
    bool hostOnly = true;
    QByteArray path;
    bool operator==(const CookieKey &) const = default;
};

struct Cookie
{
    QByteArray name; // may be empty
    QByteArray value;
    QString domain;  // lower case, no leading dot
    bool hostOnly = true;
    QByteArray path = QByteArrayLiteral("/");
    bool secure = false;
    bool httpOnly = false;
    SameSite sameSite = SameSite::Default;
    std::optional<qint64> expiresAt; // seconds since the epoch; none: a session cookie
    qint64 createdAtMs = 0;
    qint64 usedAtMs = 0;

    [[nodiscard]] CookieKey key() const { return {name, domain, hostOnly, path}; }
    [[nodiscard]] bool isExpired(qint64 nowMs) const { return expiresAt && *expiresAt * 1000 <= nowMs; }
};

// The request that a cookie comes from or goes to.
struct CookieContext
{
    Url url;
    QByteArray method = QByteArrayLiteral("GET");
    qint64 nowMs = 0;
    // The Origin header of a request that plays a page's script ("https://app.example"). A request without one is what
    // the user typed, which is never cross-site.
    std::optional<QByteArray> initiator;
};

// What goes along with a request.
struct CookieSelection
{
    QList<Cookie> cookies;         // in the order they are sent
    QList<CookieVerdict> verdicts; // those sent in that order, then those withheld
    [[nodiscard]] QByteArray header() const; // value of the Cookie header; empty: none
};

// A cookie jar by RFC 6265bis (draft 20), with the public suffix list. A value: no files, no clock. Each decision is
// told with its reason.
//
// Where the RFC leaves room: a connection to this computer (localhost, *.localhost, 127.0.0.0/8, ::1) counts as secure,
// as in browsers and curl; a lifetime is cut to 400 days; SameSite "Default" is Lax without the two minutes of grace
// for POST that browsers know. Cookies that have expired stay for a day so that their absence can be explained.
class CookieJar
{
public:
    explicit CookieJar(PublicSuffixes suffixes = PublicSuffixes::system());

    // Takes in one Set-Cookie value (sections 5.6 and 5.7). Never Sent or Withheld.
    CookieVerdict store(QByteArrayView setCookie, const CookieContext &context);

    // The cookies for a request (section 5.8.3). Those of the same site that do not go along are told as well, also
    // cookies that this host tried to set and that were rejected.
    [[nodiscard]] CookieSelection select(const CookieContext &context) const;
    // The same, and notes that they were used, which decides what is evicted first.
    CookieSelection take(const CookieContext &context);

    [[nodiscard]] const QList<Cookie> &cookies() const { return m_cookies; } // oldest first; also expired ones
    [[nodiscard]] bool isEmpty() const { return m_cookies.isEmpty(); }
    [[nodiscard]] const Cookie *find(const CookieKey &key) const;

    // By hand or from a file; replaces the cookie of that key. Error: InvalidInput for what no server could set.
    Result<void> put(const Cookie &cookie);
    bool remove(const CookieKey &key);
    qsizetype removeSite(const QString &domain); // every cookie of that domain; how many went
    void removeSessionCookies();
    void clear();

    // Grows with every change that a file would want to know of.
    [[nodiscard]] quint64 revision() const { return m_revision; }

    static constexpr qint64 maxAgeSeconds = 400LL * 24 * 3600;
    static constexpr qsizetype maxPerDomain = 180;
    static constexpr qsizetype maxCookies = 3000;

private:
    [[nodiscard]] bool isCrossSite(const CookieContext &context) const; // not the same site, or no known one
    // Both: an id and a sentence; no id where nothing stands against it.
    [[nodiscard]] CookieDeviation whyNotStored(const SetCookie &set, Cookie &cookie, const CookieContext &context) const;
    [[nodiscard]] CookieDeviation whyNotSent(const Cookie &cookie, const CookieContext &context) const;
    void evict(const QString &domain, qint64 nowMs);
    void rememberRejected(const CookieVerdict &verdict, const QString &host);

    struct Rejected
    {
        QString host;
        CookieVerdict verdict;
    };
    PublicSuffixes m_suffixes;
    QList<Cookie> m_cookies;
    QList<Rejected> m_rejected; // the latest; for explanations, never kept in a file
    quint64 m_revision = 0;
};

// RFC 6265bis section 5.1.3. Both in lower case.
[[nodiscard]] bool domainMatches(const QString &host, const QString &domain);
// Section 5.1.4.
[[nodiscard]] bool pathMatches(QByteArrayView requestPath, QByteArrayView cookiePath);
[[nodiscard]] QByteArray defaultCookiePath(const Url &url);
// https, or this computer.
[[nodiscard]] bool isTrustworthy(const Url &url);

} // namespace realmscope
