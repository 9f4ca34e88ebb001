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
    void method_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<QByteArray>("next");
        const auto row = [](int status, const char *method, const char *next) {
            QTest::addRow("%d %s", status, method) << status << QByteArray(method) << QByteArray(next);
        };
        row(301, "POST", "GET");
        row(302, "POST", "GET");
        row(303, "POST", "GET");
        row(303, "PUT", "GET");
        row(303, "HEAD", "HEAD");
        row(301, "PUT", "PUT");
        row(302, "DELETE", "DELETE");
        row(307, "POST", "POST");
        row(308, "POST", "POST");
        row(301, "GET", "GET");
    }
    void method()
    {
        QFETCH(int, status);
        QFETCH(QByteArray, method);
        QFETCH(QByteArray, next);
        Request request = make(u"http://a.example/x"_s);
        request.method = method;
        request.body = "body"_ba;
        request.headers.append("Content-Type"_ba, "text/plain"_ba, HeaderSource::User);
        request.headers.append("Content-Length"_ba, "4"_ba, HeaderSource::Default);
        const RedirectDecision decision = decide(request, status, "/y");
        QVERIFY(decision.follow);
        QVERIFY(!decision.crossOrigin);
        QCOMPARE(decision.next.method, next);
        QCOMPARE(decision.next.url.toString(), u"http://a.example/y"_s);
        const bool changed = next != method;
        QCOMPARE(decision.next.body.isEmpty(), changed);
        QCOMPARE(decision.next.headers.contains("Content-Type"), !changed);
        QCOMPARE(decision.next.headers.contains("Content-Length"), !changed);
        QCOMPARE(has(decision, DecisionKind::MethodChanged), changed);
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
