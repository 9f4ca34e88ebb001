// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/runner/Runner.h"

#include <QtTest/QTest>

using namespace Qt::StringLiterals;
using namespace realmscope;

// RFC 9110 section 15.4 as a table.
class RedirectTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    // RFC 9110 section 15.4: each status, each method, with and without a body, to the same and to another origin.
    void method_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<bool>("crossOrigin");
        QTest::addColumn<QByteArray>("next");
        static const QList<QByteArray> methods{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "PROPFIND"};
        static const QList<std::pair<int, QList<QByteArray>>> table{
            {301, {"GET", "HEAD", "GET", "PUT", "PATCH", "DELETE", "PROPFIND"}},
            {302, {"GET", "HEAD", "GET", "PUT", "PATCH", "DELETE", "PROPFIND"}},
            {303, {"GET", "HEAD", "GET", "GET", "GET", "GET", "GET"}},
            {307, {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "PROPFIND"}},
            {308, {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "PROPFIND"}},
        };
        for (const auto &[status, nexts] : table) {
            for (qsizetype i = 0; i < methods.size(); ++i) {
                for (const QByteArray &body : {QByteArray(), QByteArray("text"), QByteArray("\0\xff", 2)}) {
                    for (const bool crossOrigin : {false, true})
                        QTest::addRow("%d %s, %d bytes, %s origin", status, methods.at(i).constData(), int(body.size()), crossOrigin ? "other" : "same")
                            << status << methods.at(i) << body << crossOrigin << nexts.at(i);
                }
            }
        }
    }
    void method()
    {
        QFETCH(int, status);
        QFETCH(QByteArray, method);
        QFETCH(QByteArray, body);
        QFETCH(bool, crossOrigin);
        QFETCH(QByteArray, next);
        Request request = make(u"http://a.example/x"_s);
        request.method = method;
        request.body = body;
        static const QList<QByteArray> ofContent{"Content-Type", "Content-Length", "Content-Encoding", "Content-Language", "Content-Location",
                                                 "Digest", "Last-Modified"};
        if (!body.isEmpty()) {
            for (const QByteArray &name : ofContent)
                request.headers.append(name, "4"_ba, HeaderSource::User);
        }
        request.headers.append("X-Own"_ba, "1"_ba, HeaderSource::User);
        request.headers.append("Authorization"_ba, "Bearer t"_ba, HeaderSource::User);
        const RedirectDecision decision = decide(request, status, crossOrigin ? "http://b.example/y" : "/y");
        QVERIFY(decision.follow);
        QCOMPARE(decision.crossOrigin, crossOrigin);
        QCOMPARE(decision.next.method, next);
        QCOMPARE(decision.next.url.toString(), crossOrigin ? u"http://b.example/y"_s : u"http://a.example/y"_s);
        const bool changed = next != method;
        QCOMPARE(decision.next.body, changed ? QByteArray() : body);
        for (const QByteArray &name : ofContent)
            QCOMPARE(decision.next.headers.contains(name), !changed && !body.isEmpty());
        QCOMPARE(has(decision, DecisionKind::MethodChanged), changed);
        QVERIFY(decision.next.headers.contains("X-Own"));
        QCOMPARE(decision.next.headers.contains("Authorization"), !crossOrigin);
    }

    // What curl's --post301, --post302, --post303 and -X change.
    void keptMethod_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<QByteArray>("flags"); // 1, 2, 3: --post30x; X: -X
        QTest::addColumn<QByteArray>("next");
        QTest::addColumn<bool>("bodyStays");
        const auto row = [](int status, const char *method, const char *flags, const char *next, bool bodyStays) {
            QTest::addRow("%d %s %s", status, method, flags) << status << QByteArray(method) << QByteArray(flags) << QByteArray(next) << bodyStays;
        };
        row(301, "POST", "1", "POST", true);
        row(301, "POST", "23", "GET", false);
        row(302, "POST", "2", "POST", true);
        row(302, "POST", "13", "GET", false);
        row(303, "POST", "3", "POST", true);
        row(303, "POST", "12", "GET", false);
        row(303, "PUT", "123", "GET", false); // for POST alone
        row(301, "POST", "X", "POST", false);
        row(302, "POST", "X", "POST", false);
        row(303, "POST", "X", "POST", false);
        row(303, "DELETE", "X", "DELETE", false);
        row(302, "DELETE", "X", "DELETE", true);
        row(307, "POST", "X", "POST", true);
        row(301, "POST", "1X", "POST", true);
    }
    void keptMethod()
    {
        QFETCH(int, status);
        QFETCH(QByteArray, method);
        QFETCH(QByteArray, flags);
        QFETCH(bool, bodyStays);
        RequestSettings settings;
        settings.followRedirects = true;
        settings.keepPost301 = flags.contains('1');
        settings.keepPost302 = flags.contains('2');
        settings.keepPost303 = flags.contains('3');
        settings.keepMethod = flags.contains('X');
        Request request = make(u"http://a.example/x"_s);
        request.method = method;
        request.body = "body"_ba;
        Response response;
        response.status = status;
        response.headers.append("Location"_ba, "/y"_ba);
        const RedirectDecision decision = decideRedirect(request, response, settings, 0, {});
        QTEST(decision.next.method, "next");
        QCOMPARE(decision.next.body, bodyStays ? "body"_ba : QByteArray());
        QCOMPARE(has(decision, DecisionKind::MethodChanged), decision.next.method != method);
    }

    // RFC 3986 section 5 and RFC 9110 section 10.2.2, and what servers really send.
    void location_data()
    {
        QTest::addColumn<QByteArray>("location");
        QTest::addColumn<QString>("next"); // empty: not followed
        const auto row = [](const char *what, const QByteArray &location, const char *next) {
            QTest::newRow(what) << location << QString::fromUtf8(next);
        };
        row("absolute path", "/y", "http://a.example/y#frag");
        row("relative path", "y", "http://a.example/dir/y#frag");
        row("query", "?z", "http://a.example/dir/page?z#frag");
        row("fragment of its own", "y#own", "http://a.example/dir/y#own");
        row("empty fragment of its own", "y#", "http://a.example/dir/y#");
        row("only a fragment", "#own", "http://a.example/dir/page?q=1#own");
        row("dot segments", "../../../x/./y", "http://a.example/x/y#frag");
        row("dot segments, absolute", "/a/../b", "http://a.example/b#frag");
        row("other host", "http://b.example/z", "http://b.example/z#frag");
        row("no path", "http://b.example", "http://b.example#frag");
        row("scheme-relative", "//b.example/z", "http://b.example/z#frag");
        row("scheme in capitals", "HTTPS://B.Example/z", "https://b.example/z#frag");
        row("user name", "http://eve:pw@b.example/", "http://b.example/#frag");
        row("white space around", " /y\t", "http://a.example/y#frag");
        row("space inside", "/a b", "http://a.example/a%20b#frag");
        row("UTF-8", "/\xc3\xa4", "http://a.example/%C3%A4#frag");
        row("Latin-1", "/\xe4", "http://a.example/%E4#frag");
        row("percent signs stay", "/%zz%41", "http://a.example/%zz%41#frag");
        row("international host", "http://b\xc3\xbc" "cher.example/", "http://xn--bcher-kva.example/#frag");
        row("IPv6", "http://[::1]/", "http://[::1]/#frag");
        row("colon in a path", "/a:b", "http://a.example/a:b#frag");
        row("empty", "", "");
        row("only white space", "  ", "");
        row("no slashes", "http:b", "");
        row("no host", "http:///b", "");
        row("half an address", "http://[::1/", "");
        row("port out of range", "http://b.example:99999/", "");
        row("space in the host", "http://b example/", "");
        row("ftp", "ftp://b.example/", "");
        row("mailto", "mailto:a@b.example", "");
        row("data", "data:text/plain,x", "");
        row("javascript", "javascript:alert(1)", "");
        row("app", "myapp://callback?code=1", "");
    }
    void location()
    {
        QFETCH(QByteArray, location);
        QFETCH(QString, next);
        const RedirectDecision decision = decide(make(u"http://a.example/dir/page?q=1#frag"_s), 302, location);
        QCOMPARE(decision.follow, !next.isEmpty());
        QCOMPARE(has(decision, DecisionKind::RedirectNotFollowed), next.isEmpty());
        if (next.isEmpty())
            return;
        QCOMPARE(decision.next.url.toString(), next);
        QVERIFY(!decision.next.url.userInfo);
        QCOMPARE(has(decision, DecisionKind::Note), location.contains('@'));
        // The password of a Location is not told on.
        for (const Decision &d : decision.decisions)
            QVERIFY(!d.text.contains("pw"_L1));
    }

    void severalLocations()
    {
        RequestSettings settings;
        settings.followRedirects = true;
        Response response;
        response.status = 302;
        response.headers = {{"Location", "/y"}, {"location", "/y"}};
        QVERIFY(!has(decideRedirect(make(u"http://a.example/"_s), response, settings, 0, {}), DecisionKind::Note));
        response.headers.append("Location"_ba, "/z"_ba);
        const RedirectDecision decision = decideRedirect(make(u"http://a.example/"_s), response, settings, 0, {});
        QCOMPARE(decision.next.url.path, "/y"_ba);
        QVERIFY(has(decision, DecisionKind::Note));
    }

    void notFollowed_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("location"); // null: none
        QTest::addColumn<bool>("follow");
        QTest::addColumn<int>("sofar");
        QTest::addColumn<bool>("says"); // a decision is recorded
        QTest::newRow("200") << 200 << "/x"_ba << true << 0 << false;
        QTest::newRow("304") << 304 << "/x"_ba << true << 0 << false;
        QTest::newRow("no Location") << 302 << QByteArray() << true << 0 << true;
        QTest::newRow("not http") << 302 << "javascript:alert(1)"_ba << true << 0 << true;
        QTest::newRow("file") << 302 << "file:///etc/passwd"_ba << true << 0 << true;
        QTest::newRow("not asked for") << 302 << "/x"_ba << false << 0 << true;
        QTest::newRow("limit") << 302 << "/x"_ba << true << 10 << true;
    }
    void notFollowed()
    {
        QFETCH(int, status);
        QFETCH(QByteArray, location);
        QFETCH(bool, follow);
        QFETCH(int, sofar);
        QFETCH(bool, says);
        RequestSettings settings;
        settings.followRedirects = follow;
        Response response;
        response.status = status;
        if (!location.isNull())
            response.headers.append("Location"_ba, location);
        const RedirectDecision decision = decideRedirect(make(u"http://a.example/x"_s), response, settings, sofar, {});
        QVERIFY(!decision.follow);
        QCOMPARE(has(decision, DecisionKind::RedirectNotFollowed), says);
    }

    void credentialsStayAtTheirOrigin_data()
    {
        QTest::addColumn<QByteArray>("location");
        QTest::addColumn<bool>("kept");
        QTest::newRow("same origin") << "/y"_ba << true;
        QTest::newRow("same origin, port written") << "http://a.example:80/y"_ba << true;
        QTest::newRow("other host") << "http://b.example/y"_ba << false;
        QTest::newRow("subdomain") << "http://x.a.example/y"_ba << false;
        QTest::newRow("other port") << "http://a.example:8080/y"_ba << false;
        QTest::newRow("other scheme") << "https://a.example/y"_ba << false;
        QTest::newRow("scheme-relative") << "//b.example/y"_ba << false;
    }
    void credentialsStayAtTheirOrigin()
    {
        QFETCH(QByteArray, location);
        QFETCH(bool, kept);
        Request request = make(u"http://a.example/x"_s);
        for (const char *name : {"Authorization", "Cookie", "Proxy-Authorization", "X-Api-Key", "X-Own-Secret"})
            request.headers.append(name, "s3cret-value"_ba, HeaderSource::User);
        request.headers.append("X-Harmless"_ba, "1"_ba, HeaderSource::User);
        const RedirectDecision decision = decide(request, 307, location, {"x-own-secret"});
        QVERIFY(decision.follow);
        QCOMPARE(decision.crossOrigin, !kept);
        for (const char *name : {"Authorization", "Cookie", "Proxy-Authorization", "X-Api-Key", "X-Own-Secret"})
            QCOMPARE(decision.next.headers.contains(name), kept);
        QVERIFY(decision.next.headers.contains("X-Harmless"));
        int withheld = 0;
        for (const Decision &d : decision.decisions) {
            withheld += int(d.kind == DecisionKind::CredentialWithheld);
            QVERIFY(!d.text.contains("s3cret"_L1));
            if (d.kind == DecisionKind::CredentialWithheld)
                QVERIFY(d.text.contains("http://a.example"_L1) && d.text.contains(decision.next.url.origin().toString()));
        }
        QCOMPARE(withheld, kept ? 0 : 5);
    }

    void trusted()
    {
        RequestSettings settings;
        settings.followRedirects = true;
        settings.locationTrusted = true;
        Request request = make(u"http://a.example/x"_s);
        request.headers.append("Authorization"_ba, "Bearer t"_ba, HeaderSource::User);
        Response response;
        response.status = 302;
        response.headers.append("Location"_ba, "http://b.example/"_ba);
        QVERIFY(decideRedirect(request, response, settings, 0, {}).next.headers.contains("Authorization"));
    }

    void details()
    {
        Request request = make(u"https://a.example/x#frag"_s);
        request.headers.append("Host"_ba, "a.example"_ba, HeaderSource::Default);
        const RedirectDecision decision = decide(request, 302, "http://user:pw@b.example:81/y");
        QCOMPARE(decision.next.headers.value("Host"), "b.example:81"_ba);
        QVERIFY(!decision.next.url.userInfo); // a server does not choose our credentials
        QCOMPARE(decision.next.url.fragment, std::optional("frag"_ba)); // RFC 9110 section 10.2.2
        QVERIFY(has(decision, DecisionKind::Note)); // https to http
        QCOMPARE(decide(request, 302, "/z#own").next.url.fragment, std::optional("own"_ba));
    }

private:
    static Request make(const QString &url)
    {
        Request request;
        request.url = Url::parse(url).value();
        return request;
    }
    static RedirectDecision decide(const Request &request, int status, const QByteArray &location, const QList<QByteArray> &names = {})
    {
        RequestSettings settings;
        settings.followRedirects = true;
        Response response;
        response.status = status;
        response.headers.append("Location"_ba, location);
        return decideRedirect(request, response, settings, 0, names);
    }
    static bool has(const RedirectDecision &decision, DecisionKind kind)
    {
        return std::ranges::any_of(decision.decisions, [&](const Decision &d) { return d.kind == kind; });
    }
};

QTEST_GUILESS_MAIN(RedirectTest)
#include "tst_redirect.moc"
