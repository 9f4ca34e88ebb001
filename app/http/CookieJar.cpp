// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/http/CookieJar.h"

#include "app/base/Encoding.h"
#include "app/http/SetCookie.h"

#include <QtCore/QDateTime>
#include <QtNetwork/QHostAddress>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr qint64 expiredStaysMs = 24LL * 3600 * 1000;
constexpr qsizetype maxRejected = 64;

bool hasPrefix(QByteArrayView text, QByteArrayView prefix)
{
    return text.size() >= prefix.size() && equalsIgnoreCase(text.first(prefix.size()), prefix);
}

CookieVerdict verdictOf(const Cookie &cookie, CookieDecision decision, const CookieDeviation &why = {})
{
    CookieVerdict verdict;
    verdict.decision = decision;
    verdict.name = cookie.name;
    verdict.domain = cookie.domain;
    verdict.hostOnly = cookie.hostOnly;
    verdict.path = cookie.path;
    verdict.secure = cookie.secure;
    verdict.httpOnly = cookie.httpOnly;
    verdict.sameSite = cookie.sameSite;
    verdict.expiresAt = cookie.expiresAt;
    verdict.reasonId = why.id;
    verdict.reason = why.text;
    return verdict;
}

QByteArray pathOf(const Url &url) { return url.path.isEmpty() ? "/"_ba : url.path; }

QString timeText(qint64 seconds)
{
    return QDateTime::fromSecsSinceEpoch(seconds, Qt::UTC).toString(u"yyyy-MM-dd HH:mm:ss 'UTC'"_s);
}

bool hasControl(QByteArrayView text)
{
    return std::ranges::any_of(text, [](char c) { return (c >= 0 && c < 0x20 && c != '\t') || c == 0x7f; });
}

// The prefixes of RFC 6265bis section 4.1.3, as section 5.7 checks them. hostPath: Path=/ was written.
CookieDeviation whyNotPrefixed(const Cookie &cookie, bool hostPath)
{
    if (hasPrefix(cookie.name, "__Secure-") && !cookie.secure)
        return {u"prefix-secure"_s, u"its name begins with __Secure-, and it is not Secure"_s};
    if (hasPrefix(cookie.name, "__Host-")) {
        if (!cookie.secure)
            return {u"prefix-host"_s, u"its name begins with __Host-, and it is not Secure"_s};
        if (!cookie.hostOnly)
            return {u"prefix-host"_s, u"its name begins with __Host-, and it has a Domain"_s};
        if (!hostPath || cookie.path != "/")
            return {u"prefix-host"_s, u"its name begins with __Host-, and it does not have Path=/"_s};
    }
    if (cookie.name.isEmpty() && (hasPrefix(cookie.value, "__Secure-") || hasPrefix(cookie.value, "__Host-")))
        return {u"prefix-nameless"_s, u"it has no name, and its value looks like a name with the prefix __Secure- or __Host-"_s};
    return {};
}

} // namespace

bool domainMatches(const QString &host, const QString &domain)
{
    return host == domain || (host.size() > domain.size() && host.endsWith(domain)
                              && host.at(host.size() - domain.size() - 1) == u'.' && !isIpAddress(host));
}

bool pathMatches(QByteArrayView requestPath, QByteArrayView cookiePath)
{
    if (requestPath == cookiePath)
        return true;
    return requestPath.startsWith(cookiePath)
        && (cookiePath.endsWith('/') || (requestPath.size() > cookiePath.size() && requestPath[cookiePath.size()] == '/'));
}

QByteArray defaultCookiePath(const Url &url)
{
    const qsizetype slash = url.path.lastIndexOf('/');
    return slash <= 0 || !url.path.startsWith('/') ? "/"_ba : url.path.first(slash);
}

bool isTrustworthy(const Url &url)
{
    if (url.isSecure() || url.host == "localhost"_L1 || url.host.endsWith(".localhost"_L1))
        return true;
    return isIpAddress(url.host) && QHostAddress(url.host).isLoopback();
}

QByteArray CookieSelection::header() const
{
    QByteArray value;
    for (const Cookie &cookie : cookies) {
        if (!value.isEmpty())
            value += "; ";
        value += cookie.name.isEmpty() ? cookie.value : cookie.name + '=' + cookie.value;
    }
    return value;
}

CookieJar::CookieJar(PublicSuffixes suffixes) : m_suffixes(std::move(suffixes)) {}

bool CookieJar::isCrossSite(const CookieContext &context) const
{
    if (!context.initiator)
        return false;
    const Result<Url> from = Url::parse(QString::fromUtf8(*context.initiator));
    return !from || !context.initiator->contains("://") || from->scheme != context.url.scheme
        || m_suffixes.registrableDomain(from->host) != m_suffixes.registrableDomain(context.url.host);
}

// RFC 6265bis section 5.7, from the domain on; the steps are in its order.
CookieDeviation CookieJar::whyNotStored(const SetCookie &set, Cookie &cookie, const CookieContext &context) const
{
    const QString host = context.url.host;
    cookie.domain = host;
    cookie.path = set.path.value_or(defaultCookiePath(context.url));
    cookie.secure = set.secure;
    cookie.httpOnly = set.httpOnly;
    cookie.sameSite = set.sameSite;
    if (std::ranges::any_of(set.domain, [](char c) { return c < 0; }))
        return {u"domain-not-ascii"_s, u"its Domain holds characters that are no ASCII; an international name is written as xn--…"_s};
    const QString domain = QString::fromLatin1(set.domain);
    if (!domain.isEmpty() && !(m_suffixes.isPublic(domain) && domain == host)) {
        if (m_suffixes.isPublic(domain))
            return {u"public-suffix"_s, u"its Domain, %1, is a public suffix: sites of many owners would get it"_s.arg(displayText(set.domain))};
        if (!domainMatches(host, domain))
            return {u"domain-mismatch"_s, u"its Domain, %1, does not hold the host that set it, %2"_s.arg(displayText(set.domain), host)};
        cookie.domain = domain;
        cookie.hostOnly = false;
    }
    const bool isSecureHere = isTrustworthy(context.url);
    if (cookie.secure && !isSecureHere)
        return {u"secure-over-http"_s, u"it is Secure, and came over http"_s};
    if (!cookie.secure && !isSecureHere) {
        for (const Cookie &other : m_cookies) {
            if (other.secure && other.name == cookie.name && !other.isExpired(context.nowMs)
                && (domainMatches(other.domain, cookie.domain) || domainMatches(cookie.domain, other.domain))
                && pathMatches(cookie.path, other.path))
                return {u"secure-exists"_s, u"it came over http, and would cover a Secure cookie of that name (%1%2)"_s.arg(
                                                other.domain, displayText(other.path))};
        }
    }
    if (cookie.sameSite != SameSite::None && isCrossSite(context))
        return {u"same-site-cross"_s, u"it is %1, and the request came from another site, %2"_s.arg(
                                          cookie.sameSite == SameSite::Default ? u"Lax (the default of SameSite)"_s
                                                                               : u"SameSite=%1"_s.arg(sameSiteText(cookie.sameSite)),
                                          displayText(*context.initiator))};
    if (cookie.sameSite == SameSite::None && !cookie.secure)
        return {u"same-site-none-insecure"_s, u"it is SameSite=None, and not Secure"_s};
    return whyNotPrefixed(cookie, set.path.has_value());
}

CookieVerdict CookieJar::store(QByteArrayView setCookie, const CookieContext &context)
{
    const SetCookie set = parseSetCookie(setCookie);
    Cookie cookie;
    cookie.name = set.name;
    cookie.value = set.value;
    cookie.createdAtMs = context.nowMs;
    cookie.usedAtMs = context.nowMs;
    const qint64 now = context.nowMs / 1000;
    QList<CookieDeviation> deviations = set.deviations;
    if (set.maxAge)
        cookie.expiresAt = *set.maxAge <= 0 ? 0 : now + std::min(*set.maxAge, maxAgeSeconds);
    else if (set.expires)
        cookie.expiresAt = std::min(*set.expires, now + maxAgeSeconds);
    if (set.maxAge.value_or(0) > maxAgeSeconds || (!set.maxAge && set.expires.value_or(now) > now + maxAgeSeconds))
        deviations.append({u"lifetime-cut"_s, u"it would live for more than 400 days, and is kept for 400"_s});

    CookieDeviation why = set.fault;
    if (set.isIgnored()) {
        cookie.domain = context.url.host;
        cookie.path = defaultCookiePath(context.url);
    } else {
        why = whyNotStored(set, cookie, context);
    }
    const auto refuse = [&] {
        CookieVerdict verdict = verdictOf(cookie, CookieDecision::Rejected, why);
        verdict.deviations = deviations;
        rememberRejected(verdict, context.url.host);
        return verdict;
    };
    if (!why.id.isEmpty())
        return refuse();

    m_rejected.removeIf([&](const Rejected &old) { return old.host == context.url.host && old.verdict.name == cookie.name; });
    const CookieKey key = cookie.key();
    const auto old = std::ranges::find_if(m_cookies, [&](const Cookie &other) { return other.key() == key; });
    const bool existed = old != m_cookies.end() && !old->isExpired(context.nowMs);
    CookieVerdict verdict = verdictOf(cookie, existed ? CookieDecision::Replaced : CookieDecision::Stored);
    verdict.deviations = deviations;
    ++m_revision;
    if (cookie.isExpired(context.nowMs)) {
        // A cookie that comes expired takes away the one of its key.
        if (old != m_cookies.end())
            m_cookies.erase(old);
        verdict.decision = CookieDecision::Removed;
        verdict.reasonId = u"expired"_s;
        verdict.reason = existed ? u"the server took it away: its expiry is in the past"_s
                                 : u"its expiry is in the past, and there was none to take away"_s;
        return verdict;
    }
    if (old != m_cookies.end()) {
        cookie.createdAtMs = old->createdAtMs; // it keeps its place in the Cookie header
        *old = cookie;
    } else {
        m_cookies.append(cookie);
    }
    evict(cookie.domain, context.nowMs);
    if (!find(key)) {
        why = {u"jar-full"_s, u"the jar is full, and it was the one to give way"_s};
        return refuse();
    }
    return verdict;
}

// RFC 6265bis section 5.8.3.
CookieDeviation CookieJar::whyNotSent(const Cookie &cookie, const CookieContext &context) const
{
    const QString host = context.url.host;
    if (cookie.hostOnly && host != cookie.domain)
        return {u"host-only"_s, u"it belongs to %1 alone, and this is %2 (the server set no Domain)"_s.arg(cookie.domain, host)};
    if (!domainMatches(host, cookie.domain))
        return {u"domain-mismatch"_s, u"it belongs to %1 and below, and this is %2"_s.arg(cookie.domain, host)};
    if (cookie.isExpired(context.nowMs))
        return {u"expired"_s, u"it expired at %1"_s.arg(timeText(*cookie.expiresAt))};
    if (!pathMatches(pathOf(context.url), cookie.path))
        return {u"path-mismatch"_s, u"its Path is %1, and the request's is %2"_s.arg(displayText(cookie.path), displayText(pathOf(context.url)))};
    if (cookie.secure && !isTrustworthy(context.url))
        return {u"secure-only"_s, u"it is Secure, and this request goes over http"_s};
    if (cookie.sameSite != SameSite::None && isCrossSite(context))
        return {u"same-site"_s, u"it is %1, and by its Origin header the request comes from another site, %2"_s.arg(
                                    cookie.sameSite == SameSite::Default ? u"Lax (the default of SameSite)"_s
                                                                         : u"SameSite=%1"_s.arg(sameSiteText(cookie.sameSite)),
                                    displayText(*context.initiator))};
    return {};
}

CookieSelection CookieJar::select(const CookieContext &context) const
{
    CookieSelection selection;
    QList<CookieVerdict> withheld;
    const QString site = m_suffixes.registrableDomain(context.url.host);
    for (const Cookie &cookie : m_cookies) {
        const CookieDeviation why = whyNotSent(cookie, context);
        if (why.id.isEmpty())
            selection.cookies.append(cookie);
        else if (cookie.domain.endsWith(site) && m_suffixes.registrableDomain(cookie.domain) == site)
            withheld.append(verdictOf(cookie, CookieDecision::Withheld, why));
    }
    // Longer paths first, then the older ones; the list is in order of creation.
    std::ranges::stable_sort(selection.cookies, [](const Cookie &a, const Cookie &b) {
        return a.path.size() != b.path.size() ? a.path.size() > b.path.size() : a.createdAtMs < b.createdAtMs;
    });
    for (const Cookie &cookie : selection.cookies)
        selection.verdicts.append(verdictOf(cookie, CookieDecision::Sent));
    for (const Rejected &rejected : m_rejected) {
        const bool isSent = std::ranges::any_of(selection.cookies, [&](const Cookie &c) { return c.name == rejected.verdict.name; });
        if (rejected.host != context.url.host || isSent)
            continue;
        CookieVerdict verdict = rejected.verdict;
        verdict.decision = CookieDecision::Withheld;
        verdict.reason = u"it was not kept when the server set it: %1"_s.arg(verdict.reason);
        verdict.deviations.clear();
        withheld.append(verdict);
    }
    selection.verdicts += withheld;
    return selection;
}

CookieSelection CookieJar::take(const CookieContext &context)
{
    CookieSelection selection = select(context);
    for (const Cookie &sent : std::as_const(selection.cookies)) {
        for (Cookie &cookie : m_cookies) {
            if (cookie.key() == sent.key())
                cookie.usedAtMs = context.nowMs;
        }
    }
    return selection;
}

const Cookie *CookieJar::find(const CookieKey &key) const
{
    const auto found = std::ranges::find_if(m_cookies, [&](const Cookie &cookie) { return cookie.key() == key; });
    return found == m_cookies.end() ? nullptr : &*found;
}

Result<void> CookieJar::put(const Cookie &cookie)
{
    const auto invalid = [&](const QString &what, const QString &action) -> Error {
        return {ErrorCode::InvalidInput, u"the cookie %1 can't be kept: %2"_s.arg(displayText(cookie.name), what), {}, action};
    };
    if (cookie.name.isEmpty() && cookie.value.isEmpty())
        return invalid(u"it has neither a name nor a value"_s, u"Give it a name."_s);
    if (hasControl(cookie.name) || hasControl(cookie.value) || cookie.name.contains(';') || cookie.value.contains(';')
        || cookie.name.contains('='))
        return invalid(u"its name or value holds a character that ends it"_s,
                       u"Leave out semicolons, control characters, and = in the name."_s);
    if (cookie.name.size() + cookie.value.size() > maxCookieLength)
        return invalid(u"name and value have more than %1 bytes together"_s.arg(maxCookieLength), u"Shorten the value."_s);
    const Result<Url> host = Url::parse(u"http://"_s + (cookie.domain.contains(u':') ? u'[' + cookie.domain + u']' : cookie.domain));
    if (cookie.domain.isEmpty() || !host || host->host != cookie.domain || host->portWritten || !host->path.isEmpty())
        return invalid(u"\"%1\" is no host name"_s.arg(cookie.domain), u"Write the domain as example.com, in lower case and without a dot in front."_s);
    if (!cookie.hostOnly && m_suffixes.isPublic(cookie.domain))
        return invalid(u"%1 is a public suffix: sites of many owners would get it"_s.arg(cookie.domain),
                       u"Name the site itself, or let the cookie be for this host alone."_s);
    if (!cookie.path.startsWith('/') || hasControl(cookie.path) || cookie.path.contains(';'))
        return invalid(u"\"%1\" is no path"_s.arg(displayText(cookie.path)), u"Let it begin with a slash."_s);
    if (cookie.sameSite == SameSite::None && !cookie.secure)
        return invalid(u"it is SameSite=None, and not Secure"_s, u"Make it Secure, or choose Lax."_s);
    if (const CookieDeviation why = whyNotPrefixed(cookie, true); !why.id.isEmpty())
        return invalid(why.text, u"Choose another name, or set what the prefix asks for."_s);

    ++m_revision;
    const auto old = std::ranges::find_if(m_cookies, [&](const Cookie &other) { return other.key() == cookie.key(); });
    if (old != m_cookies.end())
        *old = cookie;
    else
        m_cookies.append(cookie);
    evict(cookie.domain, std::max(cookie.createdAtMs, cookie.usedAtMs));
    return {};
}

bool CookieJar::remove(const CookieKey &key)
{
    const bool removed = m_cookies.removeIf([&](const Cookie &cookie) { return cookie.key() == key; }) > 0;
    m_revision += removed ? 1 : 0;
    return removed;
}

qsizetype CookieJar::removeSite(const QString &domain)
{
    const qsizetype removed = m_cookies.removeIf([&](const Cookie &cookie) { return cookie.domain == domain; });
    m_rejected.removeIf([&](const Rejected &rejected) { return rejected.host == domain; });
    m_revision += removed > 0 ? 1 : 0;
    return removed;
}

void CookieJar::removeSessionCookies()
{
    if (m_cookies.removeIf([](const Cookie &cookie) { return !cookie.expiresAt; }) > 0)
        ++m_revision;
}

void CookieJar::clear()
{
    m_rejected.clear();
    if (m_cookies.isEmpty())
        return;
    m_cookies.clear();
    ++m_revision;
}

// RFC 6265bis section 5.7: expired ones first, then those of a domain that has too many (the ones that are not Secure
// before the others), then all; among equals the one that was not used for the longest time.
void CookieJar::evict(const QString &domain, qint64 nowMs)
{
    m_cookies.removeIf([&](const Cookie &cookie) {
        return cookie.isExpired(nowMs) && *cookie.expiresAt * 1000 + expiredStaysMs <= nowMs;
    });
    const auto removeOldest = [this](const auto &counts) {
        auto oldest = m_cookies.end();
        for (auto it = m_cookies.begin(); it != m_cookies.end(); ++it) {
            if (counts(*it) && (oldest == m_cookies.end() || it->usedAtMs < oldest->usedAtMs))
                oldest = it;
        }
        if (oldest == m_cookies.end())
            return false;
        m_cookies.erase(oldest);
        return true;
    };
    const auto isHere = [&](const Cookie &cookie) { return cookie.domain == domain; };
    qsizetype here = std::ranges::count_if(m_cookies, isHere);
    for (; here > maxPerDomain; --here) {
        const bool done = removeOldest([&](const Cookie &c) { return isHere(c) && c.isExpired(nowMs); })
            || removeOldest([&](const Cookie &c) { return isHere(c) && !c.secure; }) || removeOldest(isHere);
        if (!done)
            break;
    }
    while (m_cookies.size() > maxCookies) {
        if (!removeOldest([&](const Cookie &c) { return c.isExpired(nowMs); }) && !removeOldest([](const Cookie &) { return true; }))
            break;
    }
}

void CookieJar::rememberRejected(const CookieVerdict &verdict, const QString &host)
{
    m_rejected.removeIf([&](const Rejected &old) { return old.host == host && old.verdict.name == verdict.name; });
    m_rejected.append({host, verdict});
    if (m_rejected.size() > maxRejected)
        m_rejected.removeFirst();
}

} // namespace realmscope
