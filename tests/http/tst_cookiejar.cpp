// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/http/CookieJar.h"

#include <QtTest/QTest>

#include <algorithm>
#include <functional>

using namespace Qt::StringLiterals;
using namespace realmscope;

namespace {

constexpr qint64 now = 1'700'000'000'000; // 2023-11-14T22:13:20Z

CookieContext at(const QByteArray &url, qint64 nowMs = now)
{
    const Result<Url> parsed = Url::parse(QString::fromUtf8(url));
    if (!parsed)
        qFatal("not a URL: %s", url.constData());
    return {parsed.value(), "GET"_ba, nowMs, std::nullopt};
}
CookieContext from(const QByteArray &url, const QByteArray &origin)
{
    CookieContext context = at(url);
    context.initiator = origin;
    return context;
}

// "stored", or the reason why not.
QString outcome(const CookieVerdict &verdict)
{
    return verdict.decision == CookieDecision::Rejected ? verdict.reasonId : cookieDecisionId(verdict.decision);
}
QString reasonOf(const CookieSelection &selection, const QByteArray &name)
{
    for (const CookieVerdict &verdict : selection.verdicts) {
        if (verdict.name == name)
            return verdict.decision == CookieDecision::Sent ? u"sent"_s : verdict.reasonId;
    }
    return u"(not told)"_s;
}

} // namespace

// RFC 6265bis section 5.7 (storing) and 5.8.3 (retrieving).
class CookieJarTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void storing_data()
    {
        QTest::addColumn<QByteArray>("url");
        QTest::addColumn<QByteArray>("cookie");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char *what, const char *url, const char *cookie, const char *expected) {
            QTest::newRow(what) << QByteArray(url) << QByteArray(cookie) << QString::fromLatin1(expected);
        };
        // Domain
        row("no Domain", "https://www.example.com/", "a=b", "stored");
        row("own host", "https://www.example.com/", "a=b; Domain=www.example.com", "stored");
        row("parent", "https://www.example.com/", "a=b; Domain=example.com", "stored");
        row("parent, dot and case", "https://www.example.com/", "a=b; Domain=.EXAMPLE.com", "stored");
        row("child", "https://example.com/", "a=b; Domain=www.example.com", "domain-mismatch");
        row("sibling", "https://www.example.com/", "a=b; Domain=api.example.com", "domain-mismatch");
        row("other site", "https://www.example.com/", "a=b; Domain=example.org", "domain-mismatch");
        row("ends alike, no dot between", "https://badexample.com/", "a=b; Domain=example.com", "domain-mismatch");
        row("trailing dot", "https://www.example.com/", "a=b; Domain=example.com.", "domain-mismatch");
        row("not ASCII", "https://xn--bcher-kva.example/", "a=b; Domain=b\xc3\xbc" "cher.example", "domain-not-ascii");
        row("A-labels", "https://xn--bcher-kva.example/", "a=b; Domain=xn--bcher-kva.example", "stored");
        row("IPv4, own", "http://127.0.0.1/", "a=b; Domain=127.0.0.1", "stored");
        row("IPv4, part of it", "http://127.0.0.1/", "a=b; Domain=0.0.1", "domain-mismatch");
        row("IPv6, none", "http://[::1]/", "a=b", "stored");
        row("with a port", "https://www.example.com/", "a=b; Domain=example.com:443", "domain-mismatch");
        // Supercookies: nothing for a public suffix.
        row("com", "https://www.example.com/", "a=b; Domain=com", "public-suffix");
        row(".com", "https://www.example.com/", "a=b; Domain=.com", "public-suffix");
        row("co.uk", "https://www.example.co.uk/", "a=b; Domain=co.uk", "public-suffix");
        row("github.io", "https://alice.github.io/", "a=b; Domain=github.io", "public-suffix");
        row("own host is a public suffix", "https://github.io/", "a=b; Domain=github.io", "stored");
        row("wildcard rule *.ck", "https://shop.example.ck/", "a=b; Domain=example.ck", "public-suffix");
        row("exception rule !www.ck", "https://a.www.ck/", "a=b; Domain=www.ck", "stored");
        row("a suffix that nobody knows", "https://host.internal/", "a=b; Domain=internal", "public-suffix");
        row("below one", "https://a.host.internal/", "a=b; Domain=host.internal", "stored");
        row("localhost itself", "http://localhost/", "a=b; Domain=localhost", "stored");
        row("amazonaws region", "https://bucket.s3.amazonaws.com/", "a=b; Domain=s3.amazonaws.com", "public-suffix");
        // Secure
        row("Secure over https", "https://www.example.com/", "a=b; Secure", "stored");
        row("Secure over http", "http://www.example.com/", "a=b; Secure", "secure-over-http");
        row("Secure on localhost", "http://localhost:8080/", "a=b; Secure", "stored");
        row("Secure below localhost", "http://app.localhost:8080/", "a=b; Secure", "stored");
        row("Secure on 127.0.0.1", "http://127.0.0.1/", "a=b; Secure", "stored");
        row("Secure on 127.1.2.3", "http://127.1.2.3/", "a=b; Secure", "stored");
        row("Secure on ::1", "http://[::1]/", "a=b; Secure", "stored");
        row("Secure on a private address", "http://192.168.0.1/", "a=b; Secure", "secure-over-http");
        row("a name that only ends so", "http://notlocalhost/", "a=b; Secure", "secure-over-http");
        row("localhost.example.com", "http://localhost.example.com/", "a=b; Secure", "secure-over-http");
        // Prefixes
        row("__Secure-", "https://www.example.com/", "__Secure-a=b; Secure", "stored");
        row("__Secure-, not Secure", "https://www.example.com/", "__Secure-a=b", "prefix-secure");
        row("__Secure-, case", "https://www.example.com/", "__SECURE-a=b", "prefix-secure");
        row("__Secure-, over http", "http://www.example.com/", "__Secure-a=b; Secure", "secure-over-http");
        row("__Host-", "https://www.example.com/", "__Host-a=b; Secure; Path=/", "stored");
        row("__Host-, no Path at the top", "https://www.example.com/", "__Host-a=b; Secure", "prefix-host");
        row("__Host-, other path", "https://www.example.com/", "__Host-a=b; Secure; Path=/x", "prefix-host");
        row("__Host-, Domain", "https://www.example.com/", "__Host-a=b; Secure; Path=/; Domain=www.example.com", "prefix-host");
        row("__Host-, empty Domain", "https://www.example.com/", "__Host-a=b; Secure; Path=/; Domain=", "stored");
        row("__Host-, not Secure", "https://www.example.com/", "__Host-a=b; Path=/", "prefix-host");
        row("__Host-, case", "https://www.example.com/", "__hOST-a=b; Path=/", "prefix-host");
        row("no name, value like a prefix", "https://www.example.com/", "=__Secure-a=b", "prefix-nameless");
        row("no equals sign, value like a prefix", "https://www.example.com/", "__host-a; Secure; Path=/", "prefix-nameless");
        row("prefix inside", "https://www.example.com/", "x__Host-a=b", "stored");
        // SameSite
        row("None, Secure", "https://www.example.com/", "a=b; SameSite=None; Secure", "stored");
        row("None, not Secure", "https://www.example.com/", "a=b; SameSite=None", "same-site-none-insecure");
        row("Strict", "https://www.example.com/", "a=b; SameSite=Strict", "stored");
        // The rest
        row("no name", "https://www.example.com/", "=b", "stored");
        row("nothing", "https://www.example.com/", "", "empty");
        row("control character", "https://www.example.com/", "a=\x01", "control-character");
        row("expired already", "https://www.example.com/", "a=b; Max-Age=0", "removed");
        row("expired long ago", "https://www.example.com/", "a=b; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "removed");
        row("Max-Age before Expires", "https://www.example.com/", "a=b; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "stored");
    }
    void storing()
    {
        QFETCH(QByteArray, url);
        QFETCH(QByteArray, cookie);
        CookieJar jar;
        const CookieVerdict verdict = jar.store(cookie, at(url));
        QTEST(outcome(verdict), "expected");
        QCOMPARE(jar.isEmpty(), verdict.decision != CookieDecision::Stored);
        QCOMPARE(jar.revision() > 0, verdict.decision != CookieDecision::Rejected);
        if (verdict.decision == CookieDecision::Rejected)
            QVERIFY(!verdict.reason.isEmpty());
        // What came stays told, never its value.
        QCOMPARE(verdict.name.isEmpty(), cookie.startsWith('=') || !cookie.contains('=') || cookie.startsWith("__host-a;"));
    }

    void sending_data()
    {
        QTest::addColumn<QByteArray>("setAt");
        QTest::addColumn<QByteArray>("cookie");
        QTest::addColumn<QByteArray>("sentTo");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char *what, const char *setAt, const char *cookie, const char *sentTo, const char *expected) {
            QTest::newRow(what) << QByteArray(setAt) << QByteArray(cookie) << QByteArray(sentTo) << QString::fromLatin1(expected);
        };
        row("same", "https://www.example.com/", "a=b", "https://www.example.com/", "sent");
        row("other port", "https://www.example.com/", "a=b", "https://www.example.com:8443/", "sent");
        row("host only, other host", "https://www.example.com/", "a=b", "https://example.com/", "host-only");
        row("host only, child", "https://example.com/", "a=b", "https://www.example.com/", "host-only");
        row("domain, child", "https://example.com/", "a=b; Domain=example.com", "https://a.b.example.com/", "sent");
        row("domain, itself", "https://www.example.com/", "a=b; Domain=example.com", "https://example.com/", "sent");
        row("domain, above it", "https://a.www.example.com/", "a=b; Domain=www.example.com", "https://example.com/", "domain-mismatch");
        row("another site is not told of", "https://www.example.com/", "a=b", "https://www.example.org/", "(not told)");
        row("neighbours on a public suffix are other sites", "https://alice.github.io/", "a=b", "https://bob.github.io/", "(not told)");
        row("host that is a public suffix: for itself", "https://github.io/", "a=b; Domain=github.io", "https://alice.github.io/", "(not told)");
        row("IPv4: no tail match", "http://127.0.0.1/", "a=b; Domain=127.0.0.1", "http://127.0.0.1:81/", "sent");
        row("path, same", "https://e.example/a/b", "a=b; Path=/a", "https://e.example/a", "sent");
        row("path, below", "https://e.example/", "a=b; Path=/a", "https://e.example/a/b", "sent");
        row("path, begins alike", "https://e.example/", "a=b; Path=/a", "https://e.example/ab", "path-mismatch");
        row("path with slash, same without", "https://e.example/", "a=b; Path=/a/", "https://e.example/a", "path-mismatch");
        row("path with slash, below", "https://e.example/", "a=b; Path=/a/", "https://e.example/a/", "sent");
        row("path, case", "https://e.example/", "a=b; Path=/A", "https://e.example/a", "path-mismatch");
        row("path, not decoded", "https://e.example/", "a=b; Path=/%61", "https://e.example/a", "path-mismatch");
        row("path, query is not looked at", "https://e.example/", "a=b; Path=/a", "https://e.example/a?x=/b", "sent");
        row("default path, top", "https://e.example/page", "a=b", "https://e.example/other/", "sent");
        row("default path, folder", "https://e.example/dir/page", "a=b", "https://e.example/dir/other", "sent");
        row("default path, folder itself", "https://e.example/dir/page", "a=b", "https://e.example/dir", "sent");
        row("default path, outside", "https://e.example/dir/page", "a=b", "https://e.example/", "path-mismatch");
        row("default path ends before the last slash", "https://e.example/dir/sub/", "a=b", "https://e.example/dir/subway", "path-mismatch");
        row("default path, no path", "https://e.example", "a=b", "https://e.example/x/y", "sent");
        row("Secure, https", "https://e.example/", "a=b; Secure", "https://e.example/", "sent");
        row("Secure, http", "https://e.example/", "a=b; Secure", "http://e.example/", "secure-only");
        row("Secure, http on this computer", "https://localhost/", "a=b; Secure", "http://localhost/", "sent");
        row("not Secure, set over http, https", "http://e.example/", "a=b", "https://e.example/", "sent");
        row("Strict, typed", "https://e.example/", "a=b; SameSite=Strict", "https://e.example/", "sent");
        row("rejected before", "http://e.example/", "a=b; Secure", "http://e.example/", "secure-over-http");
        row("rejected before, other host", "http://e.example/", "a=b; Secure", "http://www.e.example/", "(not told)");
    }
    void sending()
    {
        QFETCH(QByteArray, setAt);
        QFETCH(QByteArray, cookie);
        QFETCH(QByteArray, sentTo);
        QFETCH(QString, expected);
        CookieJar jar;
        jar.store(cookie, at(setAt));
        const CookieSelection selection = jar.select(at(sentTo));
        QCOMPARE(reasonOf(selection, "a"), expected);
        QCOMPARE(selection.header(), expected == "sent"_L1 ? "a=b"_ba : QByteArray());
    }

    // As RFC 6265bis section 5.2 and 5.8.3 have it: the request of a page's script, which names the page in Origin.
    void sameSite_data()
    {
        QTest::addColumn<QByteArray>("attribute");
        QTest::addColumn<QByteArray>("origin");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char *attribute, const char *origin, const char *expected) {
            QTest::addRow("%s from %s", attribute, origin) << QByteArray(attribute) << QByteArray(origin) << QString::fromLatin1(expected);
        };
        for (const char *attribute : {"", "SameSite=Lax", "SameSite=Strict"}) {
            row(attribute, "https://app.example.co.uk", "sent");
            row(attribute, "https://app.example.co.uk:3000", "sent");
            row(attribute, "http://app.example.co.uk", "same-site"); // the scheme is part of the site
            row(attribute, "https://other.co.uk", "same-site");
            row(attribute, "null", "same-site");
        }
        row("SameSite=None; Secure", "https://other.co.uk", "sent");
        row("SameSite=None; Secure", "null", "sent");
    }
    void sameSite()
    {
        QFETCH(QByteArray, attribute);
        QFETCH(QByteArray, origin);
        QFETCH(QString, expected);
        CookieJar jar;
        QCOMPARE(outcome(jar.store("a=b; " + attribute, at("https://api.example.co.uk/"))), u"stored"_s);
        QCOMPARE(reasonOf(jar.select(from("https://api.example.co.uk/", origin)), "a"), expected);
        // The answer to such a request may not set it either.
        CookieJar other;
        QCOMPARE(outcome(other.store("a=b; " + attribute, from("https://api.example.co.uk/", origin))),
                 expected == "sent"_L1 ? u"stored"_s : u"same-site-cross"_s);
    }

    // Section 5.7: what comes over http does not cover a Secure cookie.
    void leaveSecureCookiesAlone_data()
    {
        QTest::addColumn<QByteArray>("secure");
        QTest::addColumn<QByteArray>("plain");
        QTest::addColumn<QByteArray>("url");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char *what, const char *secure, const char *plain, const char *url, const char *expected) {
            QTest::newRow(what) << QByteArray(secure) << QByteArray(plain) << QByteArray(url) << QString::fromLatin1(expected);
        };
        const char *http = "http://www.example.com/login/x";
        row("same", "a=1; Secure; Path=/", "a=2; Path=/", http, "secure-exists");
        row("below its path", "a=1; Secure; Path=/login", "a=2; Path=/login/en", http, "secure-exists");
        row("above its path", "a=1; Secure; Path=/login", "a=2; Path=/", http, "stored");
        row("begins alike", "a=1; Secure; Path=/login", "a=2; Path=/login2", http, "stored");
        row("other name", "a=1; Secure; Path=/", "b=2; Path=/", http, "stored");
        row("domain above", "a=1; Secure; Path=/", "a=2; Path=/; Domain=example.com", http, "secure-exists");
        row("domain below", "a=1; Secure; Path=/; Domain=example.com", "a=2; Path=/", http, "secure-exists");
        row("sibling host", "a=1; Secure; Path=/", "a=2; Path=/", "http://api.example.com/", "stored");
        row("over https", "a=1; Secure; Path=/", "a=2; Path=/", "https://www.example.com/", "replaced");
    }
    void leaveSecureCookiesAlone()
    {
        QFETCH(QByteArray, secure);
        QFETCH(QByteArray, plain);
        QFETCH(QByteArray, url);
        CookieJar jar;
        QCOMPARE(outcome(jar.store(secure, at("https://www.example.com/"))), u"stored"_s);
        QTEST(outcome(jar.store(plain, at(url))), "expected");
    }

    void order()
    {
        CookieJar jar;
        const auto set = [&](const char *cookie, qint64 later) { jar.store(cookie, at("https://www.example.com/a/b/c", now + later)); };
        set("short=1; Path=/", 0);
        set("middle=2; Path=/a", 1000);
        set("long=3; Path=/a/b", 2000);
        set("young=4; Path=/a", 3000);
        set("same-moment=5; Path=/a", 3000);
        QCOMPARE(jar.select(at("https://www.example.com/a/b/", now + 9000)).header(),
                 "long=3; middle=2; young=4; same-moment=5; short=1"_ba);
        // A new value keeps the place of the old one.
        set("middle=22; Path=/a", 8000);
        QCOMPARE(jar.select(at("https://www.example.com/a/b/", now + 9000)).header(),
                 "long=3; middle=22; young=4; same-moment=5; short=1"_ba);
        // Another path or domain is another cookie.
        set("middle=x; Path=/", 8500);
        set("middle=y; Path=/a; Domain=example.com", 8600);
        QCOMPARE(jar.select(at("https://www.example.com/a/b/", now + 9000)).header(),
                 "long=3; middle=22; young=4; same-moment=5; middle=y; short=1; middle=x"_ba);
    }

    void nameless()
    {
        CookieJar jar;
        jar.store("first", at("https://e.example/"));
        QCOMPARE(jar.select(at("https://e.example/")).header(), "first"_ba);
        QCOMPARE(outcome(jar.store("=second", at("https://e.example/"))), u"replaced"_s);
        jar.store("a=b", at("https://e.example/"));
        QCOMPARE(jar.select(at("https://e.example/")).header(), "second; a=b"_ba);
    }

    void lifetime_data()
    {
        QTest::addColumn<QByteArray>("attributes");
        QTest::addColumn<qint64>("seconds"); // from now; 0: a session cookie
        QTest::addColumn<bool>("cut");
        const qint64 year400 = 400LL * 86400;
        QTest::newRow("session") << ""_ba << 0LL << false;
        QTest::newRow("max-age") << "Max-Age=3600"_ba << 3600LL << false;
        QTest::newRow("expires") << "Expires=Tue, 14 Nov 2023 23:13:20 GMT"_ba << 3600LL << false;
        QTest::newRow("max-age wins, whatever the order") << "Max-Age=10; Expires=Tue, 14 Nov 2023 23:13:20 GMT"_ba << 10LL << false;
        QTest::newRow("unreadable max-age, then expires counts") << "Max-Age=x; Expires=Tue, 14 Nov 2023 23:13:20 GMT"_ba << 3600LL << false;
        QTest::newRow("both unreadable: session") << "Max-Age=; Expires=0"_ba << 0LL << false;
        QTest::newRow("400 days") << "Max-Age=34560000"_ba << year400 << false;
        QTest::newRow("more than 400 days") << "Max-Age=34560001"_ba << year400 << true;
        QTest::newRow("a thousand years") << "Expires=Fri, 31 Dec 3023 23:59:59 GMT"_ba << year400 << true;
        QTest::newRow("beyond all numbers") << "Max-Age=99999999999999999999999"_ba << year400 << true;
    }
    void lifetime()
    {
        QFETCH(QByteArray, attributes);
        QFETCH(qint64, seconds);
        QFETCH(bool, cut);
        CookieJar jar;
        const CookieVerdict verdict = jar.store("a=b; " + attributes, at("https://e.example/"));
        QCOMPARE(outcome(verdict), u"stored"_s);
        QCOMPARE(verdict.expiresAt.has_value(), seconds != 0);
        if (seconds != 0)
            QCOMPARE(*verdict.expiresAt, now / 1000 + seconds);
        QCOMPARE(std::ranges::any_of(verdict.deviations, [](const CookieDeviation &d) { return d.id == u"lifetime-cut"; }), cut);
    }

    void expiry()
    {
        CookieJar jar;
        jar.store("a=b; Max-Age=60", at("https://e.example/"));
        QCOMPARE(reasonOf(jar.select(at("https://e.example/", now + 59'999)), "a"), u"sent"_s);
        const CookieSelection later = jar.select(at("https://e.example/", now + 60'000));
        QCOMPARE(reasonOf(later, "a"), u"expired"_s);
        QVERIFY2(later.verdicts.first().reason.contains("2023-11-14 22:14:20 UTC"_L1), qPrintable(later.verdicts.first().reason));
        // A new one of the same key is not a replacement any more.
        QCOMPARE(outcome(jar.store("a=c", at("https://e.example/", now + 61'000))), u"stored"_s);
        // Gone for good after a day.
        jar.store("x=y; Max-Age=60", at("https://e.example/"));
        jar.store("z=1", at("https://e.example/", now + 25LL * 3600 * 1000));
        QCOMPARE(reasonOf(jar.select(at("https://e.example/", now + 25LL * 3600 * 1000)), "x"), u"(not told)"_s);
    }

    void removal()
    {
        CookieJar jar;
        jar.store("a=b; Path=/", at("https://www.example.com/"));
        QCOMPARE(outcome(jar.store("a=; Max-Age=0; Path=/other", at("https://www.example.com/"))), u"removed"_s);
        QCOMPARE(jar.cookies().size(), 1); // another path is another cookie
        QCOMPARE(outcome(jar.store("a=; Max-Age=0; Path=/; Domain=www.example.com", at("https://www.example.com/"))), u"removed"_s);
        QCOMPARE(jar.cookies().size(), 1); // so is one with a Domain
        const CookieVerdict verdict = jar.store("a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/", at("https://www.example.com/"));
        QCOMPARE(outcome(verdict), u"removed"_s);
        QVERIFY(verdict.reason.startsWith("the server took it away"_L1));
        QVERIFY(jar.isEmpty());
    }

    void limits()
    {
        CookieJar jar;
        QCOMPARE(outcome(jar.store("keep=1; Secure", at("https://www.example.com/", now))), u"stored"_s);
        for (int i = 0; i < CookieJar::maxPerDomain; ++i)
            jar.store("c" + QByteArray::number(i) + "=x", at("https://www.example.com/", now + 1 + i));
        QCOMPARE(jar.cookies().size(), CookieJar::maxPerDomain);
        // The one that was not used for the longest time went, and the Secure one stayed though it is older.
        QVERIFY(jar.find({"keep", u"www.example.com"_s, true, "/"}));
        QVERIFY(!jar.find({"c0", u"www.example.com"_s, true, "/"}));
        QVERIFY(jar.find({"c1", u"www.example.com"_s, true, "/"}));
        // What is sent was used.
        jar.store("page=1; Path=/p", at("https://www.example.com/", now));
        QVERIFY(!jar.find({"page", u"www.example.com"_s, true, "/p"})); // it was the oldest itself
        // Another domain is not touched by it, the whole jar has a limit of its own.
        for (int i = 0; jar.cookies().size() < CookieJar::maxCookies; ++i)
            jar.store("a=1", at("https://h" + QByteArray::number(i) + ".example/", now + 5000 + i));
        jar.store("last=1", at("https://last.example/", now + 999'999));
        QCOMPARE(jar.cookies().size(), CookieJar::maxCookies);
        QVERIFY(!jar.find({"keep", u"www.example.com"_s, true, "/"}));
        QVERIFY(jar.find({"last", u"last.example"_s, true, "/"}));
    }

    void used()
    {
        CookieJar jar;
        jar.store("a=b", at("https://e.example/"));
        const quint64 before = jar.revision();
        QCOMPARE(jar.take(at("https://e.example/", now + 5000)).header(), "a=b"_ba);
        QCOMPARE(jar.cookies().first().usedAtMs, now + 5000);
        QCOMPARE(jar.revision(), before); // no reason to write a file
    }

    void rejectedIsForgottenOnceKept()
    {
        CookieJar jar;
        jar.store("a=b; Secure", at("http://e.example/"));
        QCOMPARE(reasonOf(jar.select(at("http://e.example/")), "a"), u"secure-over-http"_s);
        QVERIFY(jar.select(at("http://e.example/")).verdicts.first().reason.startsWith("it was not kept when the server set it: "_L1));
        jar.store("a=b", at("http://e.example/"));
        QCOMPARE(reasonOf(jar.select(at("http://e.example/")), "a"), u"sent"_s);
        QCOMPARE(jar.select(at("http://e.example/")).verdicts.size(), 1);
    }

    void byHand_data()
    {
        QTest::addColumn<Cookie>("cookie");
        QTest::addColumn<bool>("ok");
        const auto row = [](const char *what, bool ok, const std::function<void(Cookie &)> &change) {
            Cookie cookie;
            cookie.name = "a";
            cookie.value = "b";
            cookie.domain = u"example.com"_s;
            change(cookie);
            QTest::newRow(what) << cookie << ok;
        };
        row("fine", true, [](Cookie &) {});
        row("no name", true, [](Cookie &c) { c.name.clear(); });
        row("nothing", false, [](Cookie &c) { c.name.clear(); c.value.clear(); });
        row("semicolon", false, [](Cookie &c) { c.value = "b; c"; });
        row("line end", false, [](Cookie &c) { c.value = "b\r\nX: y"; });
        row("equals sign in the name", false, [](Cookie &c) { c.name = "a=b"; });
        row("equals sign in the value", true, [](Cookie &c) { c.value = "a=b"; });
        row("too long", false, [](Cookie &c) { c.value = QByteArray(5000, 'x'); });
        row("no domain", false, [](Cookie &c) { c.domain.clear(); });
        row("upper case", false, [](Cookie &c) { c.domain = u"Example.com"_s; });
        row("domain with a path", false, [](Cookie &c) { c.domain = u"example.com/x"_s; });
        row("domain with a port", false, [](Cookie &c) { c.domain = u"example.com:81"_s; });
        row("IPv6", true, [](Cookie &c) { c.domain = u"::1"_s; });
        row("public suffix and below", false, [](Cookie &c) { c.domain = u"co.uk"_s; c.hostOnly = false; });
        row("public suffix alone", true, [](Cookie &c) { c.domain = u"github.io"_s; });
        row("relative path", false, [](Cookie &c) { c.path = "x"; });
        row("SameSite=None", false, [](Cookie &c) { c.sameSite = SameSite::None; });
        row("SameSite=None, Secure", true, [](Cookie &c) { c.sameSite = SameSite::None; c.secure = true; });
        row("__Host-", false, [](Cookie &c) { c.name = "__Host-a"; });
        row("__Host-, right", true, [](Cookie &c) { c.name = "__Host-a"; c.secure = true; });
    }
    void byHand()
    {
        QFETCH(Cookie, cookie);
        QFETCH(bool, ok);
        CookieJar jar;
        const Result<void> put = jar.put(cookie);
        QCOMPARE(put.hasValue(), ok);
        QCOMPARE(jar.isEmpty(), !ok);
        if (!ok) {
            QCOMPARE(put.error().code, ErrorCode::InvalidInput);
            QVERIFY(!put.error().action.isEmpty());
            return;
        }
        QVERIFY(jar.find(cookie.key()));
        QVERIFY(jar.remove(cookie.key()));
        QVERIFY(!jar.remove(cookie.key()));
    }

    void clearing()
    {
        CookieJar jar;
        jar.store("a=1", at("https://one.example/"));
        jar.store("b=1; Max-Age=60", at("https://one.example/"));
        jar.store("c=1; Max-Age=60", at("https://two.example/"));
        QCOMPARE(jar.removeSite(u"two.example"_s), 1);
        jar.removeSessionCookies();
        QCOMPARE(jar.cookies().size(), 1);
        QCOMPARE(jar.cookies().first().name, "b"_ba);
        jar.clear();
        QVERIFY(jar.isEmpty());
    }
};

QTEST_GUILESS_MAIN(CookieJarTest)
#include "tst_cookiejar.moc"
