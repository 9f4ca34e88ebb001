// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
// First byte: the response that the value of Set-Cookie comes with. The rest is the value.
#include "app/http/CookieJar.h"
#include "app/http/SetCookie.h"

#include "tests/fuzz/Fuzz.h"

#include <algorithm>

using namespace realmscope;
using namespace realmscope::fuzz;

namespace {

constexpr qint64 now = 1'700'000'000; // seconds

// RFC 6265bis section 5.6: what is ignored, and nothing else is.
bool isToBeIgnored(const QByteArray &value, const SetCookie &cookie)
{
    return std::ranges::any_of(value, [](char c) { return (c >= 0 && c < 0x20 && c != '\t') || c == 0x7f; })
        || (cookie.name.isEmpty() && cookie.value.isEmpty()) || cookie.name.size() + cookie.value.size() > 4096;
}

// As section 4.1.1 has it, with what was read.
QByteArray written(const SetCookie &cookie)
{
    QByteArray out = cookie.name + '=' + cookie.value;
    if (cookie.expires)
        out += "; Expires=" + formatHttpDate(*cookie.expires);
    if (cookie.maxAge)
        out += "; Max-Age=" + QByteArray::number(*cookie.maxAge);
    if (!cookie.domain.isEmpty()) {
        // One dot is taken off, and white space goes before that.
        const bool needsDot = QByteArrayView(". \t").contains(cookie.domain.front());
        out += (needsDot ? "; Domain=." : "; Domain=") + cookie.domain;
    }
    if (cookie.path)
        out += "; Path=" + *cookie.path;
    if (cookie.secure)
        out += "; Secure";
    if (cookie.httpOnly)
        out += "; HttpOnly";
    if (cookie.sameSite != SameSite::Default)
        out += "; SameSite=" + sameSiteText(cookie.sameSite).toLatin1();
    return out;
}

void checkReading(const QByteArray &value, const SetCookie &cookie)
{
    require(cookie.isIgnored() == isToBeIgnored(value, cookie), "what the RFC ignores is ignored, and nothing else");
    require(value.contains(cookie.name) && value.contains(cookie.value), "name and value are what came");
    require(!cookie.name.contains('=') && !cookie.name.contains(';') && !cookie.value.contains(';'), "name and value end where they must");
    if (cookie.isIgnored())
        return;
    require(cookie.domain.size() <= 1024 && (!cookie.path || cookie.path->size() <= 1024), "an attribute keeps to its limit");
    require(!cookie.path || cookie.path->startsWith('/'), "a path is absolute");
    if (cookie.domain.size() == 1024)
        return; // no room for the dot
    const SetCookie again = parseSetCookie(written(cookie));
    require(!again.isIgnored(), "a cookie written by the grammar is taken");
    require(again.name == cookie.name && again.value == cookie.value, "name and value are read as they were");
    require(again.expires == cookie.expires && again.maxAge == cookie.maxAge, "a lifetime is read as it was");
    require(again.domain == cookie.domain && again.path == cookie.path, "domain and path are read as they were");
    require(again.secure == cookie.secure && again.httpOnly == cookie.httpOnly && again.sameSite == cookie.sameSite,
            "flags are read as they were");
}

CookieContext context(const char *url)
{
    CookieContext out;
    out.url = Url::parse(QString::fromLatin1(url)).value();
    out.nowMs = now * 1000;
    return out;
}

// Whatever the attributes say, a cookie goes nowhere but to its own site (section 5.1.3), and what is Secure not into the open.
void checkJar(const QByteArray &value, const SetCookie &set, const char *origin)
{
    static const PublicSuffixes suffixes = PublicSuffixes::system();
    CookieJar jar(suffixes);
    const CookieContext from = context(origin);
    const CookieVerdict verdict = jar.store(value, from);
    require(verdict.decision != CookieDecision::Sent && verdict.decision != CookieDecision::Withheld, "a Set-Cookie is taken or not");
    require(jar.cookies().size() <= 1, "one Set-Cookie is one cookie");
    if (set.isIgnored())
        require(verdict.decision == CookieDecision::Rejected && jar.isEmpty(), "what is ignored is not stored");
    for (const Cookie &cookie : jar.cookies()) {
        const QString &host = from.url.host;
        require(cookie.hostOnly ? cookie.domain == host : host == cookie.domain || host.endsWith(u'.' + cookie.domain),
                "a cookie belongs to the host that set it, or to a domain above it");
        require(!suffixes.isPublic(cookie.domain) || cookie.hostOnly, "no cookie is for a public suffix");
        require(!cookie.expiresAt || *cookie.expiresAt <= now + CookieJar::maxAgeSeconds, "no cookie lives longer than 400 days");
        require(!cookie.secure || origin[4] == 's', "a Secure cookie is set on https only");
        require(!cookie.name.toLower().startsWith("__host-") || (cookie.secure && cookie.hostOnly && cookie.path == "/"),
                "a __Host- cookie is Secure, for one host and all its paths");
        require(!cookie.name.toLower().startsWith("__secure-") || cookie.secure, "a __Secure- cookie is Secure");
    }
    for (const char *other : {"https://other.test/a/b", "https://notexample.com/a/b", "https://co.uk/", "https://com/", "https://127.0.0.1/a/b"})
        require(jar.select(context(other)).cookies.isEmpty(), "a cookie never goes to another site");
    for (const Cookie &cookie : jar.select(context("http://app.example.com/a/b")).cookies)
        require(!cookie.secure, "a Secure cookie never goes into the open");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    const QByteArray value = bytes(data + 1, size - 1);
    const SetCookie cookie = parseSetCookie(value);
    checkReading(value, cookie);
    static const char *const origins[] = {"https://app.example.com/a/b", "http://app.example.com/a/b", "https://example.co.uk/a/b",
                                          "https://192.0.2.7/a/b"};
    checkJar(value, cookie, origins[data[0] % 4]);
    return 0;
}
