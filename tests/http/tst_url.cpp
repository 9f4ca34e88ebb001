// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/http/TargetUri.h"
#include "app/http/Url.h"

#include <QtTest/QTest>

using namespace realmscope;
using namespace Qt::StringLiterals;

class tst_Url : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void parse_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("origin");
        QTest::addColumn<QByteArray>("target");
        QTest::addColumn<QByteArray>("host");
        const auto row = [](const char *name, const QString &text, const char *origin, const char *target, const char *host) {
            QTest::newRow(name) << text << QString::fromUtf8(origin) << QByteArray(target) << QByteArray(host);
        };
        row("plain", u"http://example.org/a"_s, "http://example.org", "/a", "example.org");
        row("no path", u"https://example.org"_s, "https://example.org", "/", "example.org");
        row("query without path", u"http://example.org?a=b"_s, "http://example.org", "/?a=b", "example.org");
        row("empty query", u"http://example.org/?"_s, "http://example.org", "/?", "example.org");
        row("port", u"http://example.org:8080/"_s, "http://example.org:8080", "/", "example.org:8080");
        row("default port", u"https://example.org:443/"_s, "https://example.org", "/", "example.org");
        row("upper case", u"HTTP://EXAMPLE.org/A"_s, "http://example.org", "/A", "example.org");
        row("no scheme, as curl", u"example.org/a"_s, "http://example.org", "/a", "example.org");
        row("host and port, no scheme", u"localhost:3000/a"_s, "http://localhost:3000", "/a", "localhost:3000");
        row("odd bytes stay", u"http://example.org/a//b;c=%7E'(x)[1]?q=a+b&&c"_s, "http://example.org", "/a//b;c=%7E'(x)[1]?q=a+b&&c", "example.org");
        row("dot segments stay", u"http://example.org/a/../b"_s, "http://example.org", "/a/../b", "example.org");
        row("space and UTF-8 are encoded", u"http://example.org/a b/\u00e9?q=\u00e9"_s, "http://example.org", "/a%20b/%C3%A9?q=%C3%A9", "example.org");
        row("fragment is not sent", u"http://example.org/a#b?c"_s, "http://example.org", "/a", "example.org");
        row("user info", u"http://alice:se%40cret@example.org/"_s, "http://example.org", "/", "example.org");
        row("at sign in the path", u"http://example.org/@a"_s, "http://example.org", "/@a", "example.org");
        row("IPv4", u"http://127.0.0.1:1/"_s, "http://127.0.0.1:1", "/", "127.0.0.1:1");
        row("IPv6", u"http://[::1]:8080/"_s, "http://[::1]:8080", "/", "[::1]:8080");
        row("underscore", u"http://my_host/"_s, "http://my_host", "/", "my_host");
        // https://unicode.org/reports/tr46: b\u00fccher.example is xn--bcher-kva.example
        row("internationalised", u"http://b\u00fccher.example/"_s, "http://xn--bcher-kva.example", "/", "xn--bcher-kva.example");
        row("white space around", u"  http://example.org/a \n"_s, "http://example.org", "/a", "example.org");
    }
    void parse()
    {
        QFETCH(QString, text);
        QFETCH(QString, origin);
        QFETCH(QByteArray, target);
        QFETCH(QByteArray, host);
        const Result<Url> url = Url::parse(text);
        QVERIFY2(bool(url), url ? "" : qPrintable(url.error().message));
        QCOMPARE(url->origin().toString(), origin);
        QCOMPARE(url->requestTarget(), target);
        QCOMPARE(url->hostHeader(), host);
    }

    void refused_data()
    {
        QTest::addColumn<QString>("text");
        for (const char *text : {"", "   ", "http://", "http:///a", "https://:80/", "ftp://example.org/", "javascript://x", "http:example.org",
                                 "http://exa mple.org/", "http://example.org:99999/", "http://example.org:0/", "http://example.org:x/",
                                 "http://[::1/", "http://[zz]/", "http://[fe80::1%25eth0]/", "http://a\tb/", "http://example.org/a\nb",
                                 "http://exa<mple.org/", "http://%00/"})
            QTest::newRow(text) << QString::fromUtf8(text);
    }
    void refused()
    {
        QFETCH(QString, text);
        const Result<Url> url = Url::parse(text);
        QVERIFY(!url);
        QCOMPARE(url.error().code, ErrorCode::InvalidUrl);
        QVERIFY(!url.error().message.isEmpty());
    }

    // RFC 3986 section 5.4.1 and 5.4.2, with http for the base's scheme.
    void resolve_data()
    {
        QTest::addColumn<QByteArray>("reference");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char *reference, const char *expected) {
            QTest::newRow(reference) << QByteArray(reference) << QString::fromLatin1(expected);
        };
        row("g", "http://a/b/c/g");
        row("./g", "http://a/b/c/g");
        row("g/", "http://a/b/c/g/");
        row("/g", "http://a/g");
        row("//g", "http://g");
        row("?y", "http://a/b/c/d;p?y");
        row("g?y", "http://a/b/c/g?y");
        row("#s", "http://a/b/c/d;p?q#s");
        row("g#s", "http://a/b/c/g#s");
        row("g?y#s", "http://a/b/c/g?y#s");
        row(";x", "http://a/b/c/;x");
        row("g;x", "http://a/b/c/g;x");
        row("g;x?y#s", "http://a/b/c/g;x?y#s");
        row("", "http://a/b/c/d;p?q");
        row(".", "http://a/b/c/");
        row("./", "http://a/b/c/");
        row("..", "http://a/b/");
        row("../", "http://a/b/");
        row("../g", "http://a/b/g");
        row("../..", "http://a/");
        row("../../", "http://a/");
        row("../../g", "http://a/g");
        row("../../../g", "http://a/g");
        row("../../../../g", "http://a/g");
        row("/./g", "http://a/g");
        row("/../g", "http://a/g");
        row("g.", "http://a/b/c/g.");
        row(".g", "http://a/b/c/.g");
        row("g..", "http://a/b/c/g..");
        row("..g", "http://a/b/c/..g");
        row("./../g", "http://a/b/g");
        row("./g/.", "http://a/b/c/g/");
        row("g/./h", "http://a/b/c/g/h");
        row("g/../h", "http://a/b/c/h");
        row("g;x=1/./y", "http://a/b/c/g;x=1/y");
        row("g;x=1/../y", "http://a/b/c/y");
        row("https://b.example:444/x", "https://b.example:444/x");
        row("/a b", "http://a/a%20b");
        row("/caf\xc3\xa9", "http://a/caf%C3%A9");
    }
    void resolve()
    {
        QFETCH(QByteArray, reference);
        QFETCH(QString, expected);
        const Result<Url> url = Url::parse(u"http://a/b/c/d;p?q"_s).value().resolve(reference);
        QVERIFY(url);
        QCOMPARE(url->toString(), expected);
    }

    void otherSchemesAreNotFollowed()
    {
        const Url base = Url::parse(u"http://a/"_s).value();
        for (const char *reference : {"javascript:alert(1)", "file:///etc/passwd", "ftp://a/", "data:text/html,x"})
            QVERIFY2(!base.resolve(reference), reference);
    }

    void userInfoIsKeptApart()
    {
        const Url url = Url::parse(u"http://alice:pw@example.org/"_s).value();
        QCOMPARE(*url.userInfo, "alice:pw");
        QCOMPARE(url.toString(), u"http://example.org/"_s);
        QCOMPARE(url.toString(true), u"http://alice:pw@example.org/"_s);
    }

    // RFC 9110 section 7.1
    void targetUris_data()
    {
        QTest::addColumn<QString>("url");
        QTest::addColumn<QByteArray>("host");
        QTest::addColumn<QString>("target"); // empty: refused
        const QString url = u"https://127.0.0.1:8443/a?b=c"_s;
        QTest::newRow("no Host") << url << QByteArray() << url;
        QTest::newRow("name") << url << "api.example"_ba << u"https://api.example/a?b=c"_s;
        QTest::newRow("name and port") << url << "API.example:444"_ba << u"https://api.example:444/a?b=c"_s;
        QTest::newRow("default port") << url << "api.example:443"_ba << u"https://api.example/a?b=c"_s;
        QTest::newRow("IPv6") << url << "[::1]:81"_ba << u"https://[::1]:81/a?b=c"_s;
        QTest::newRow("path") << url << "api.example/x"_ba << QString();
        QTest::newRow("user") << url << "u@api.example"_ba << QString();
        QTest::newRow("space") << url << "not a host"_ba << QString();
    }
    void targetUris()
    {
        QFETCH(const QString, url);
        QFETCH(const QByteArray, host);
        QFETCH(const QString, target);
        Request request;
        request.url = Url::parse(url).value();
        if (!host.isEmpty())
            request.headers.append("Host", host);
        const Result<Url> found = targetUri(request);
        QCOMPARE(bool(found), !target.isEmpty());
        if (found)
            QVERIFY(found->origin() == Url::parse(target)->origin() && found->requestTarget() == Url::parse(target)->requestTarget());
    }
};

QTEST_APPLESS_MAIN(tst_Url)
#include "tst_url.moc"
