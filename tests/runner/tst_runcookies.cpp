// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/base/Clock.h"
#include "app/base/Random.h"
#include "app/runner/Runner.h"
#include "tests/runner/FakeTransport.h"

#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace realmscope;

namespace {

constexpr qint64 now = 1'700'000'000'000;

QStringList told(const Exchange &exchange)
{
    QStringList list;
    for (const CookieVerdict &verdict : exchange.cookies)
        list << cookieDecisionId(verdict.decision) + u' ' + QString::fromUtf8(verdict.name)
                + (verdict.reasonId.isEmpty() ? QString() : u": "_s + verdict.reasonId);
    return list;
}

} // namespace

// What a run does with its jar, hop by hop.
class RunCookiesTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { m_jar = std::make_shared<CookieJar>(); }

    void keptAndSentBack()
    {
        FakeTransport transport([](const Request &) { return FakeTransport::response(200, {{"Set-Cookie", "sid=1; Path=/"}, {"set-cookie", "b=2"}}); });
        Trace trace = run(transport, job(u"http://a.example/x/y"_s));
        QCOMPARE(told(trace.exchanges.first()), (QStringList{u"stored sid"_s, u"stored b"_s}));
        QVERIFY(!transport.requests.first().headers.contains("Cookie"));
        trace = run(transport, job(u"http://a.example/x/z"_s));
        const HeaderField *field = transport.requests.last().headers.find("Cookie");
        QVERIFY(field);
        QCOMPARE(field->value, "b=2; sid=1"_ba); // the longer path first
        QCOMPARE(field->source, HeaderSource::CookieJar);
        QCOMPARE(field->sourceDetail, u"2 of 2"_s);
        QCOMPARE(told(trace.exchanges.first()), (QStringList{u"sent b"_s, u"sent sid"_s, u"replaced sid"_s, u"replaced b"_s}));
        trace = run(transport, job(u"http://a.example/"_s));
        QCOMPARE(transport.requests.last().headers.find("Cookie")->sourceDetail, u"1 of 2"_s);
        QCOMPARE(told(trace.exchanges.first()).first(2), (QStringList{u"sent sid"_s, u"withheld b: path-mismatch"_s}));
        QVERIFY(trace.exchanges.first().hasDecision(DecisionKind::CookieWithheld));
    }

    // A refusal's cookies count like any other's; so do those of a redirect, at once.
    void everyExchangeCounts()
    {
        FakeTransport transport([](const Request &request) {
            if (request.url.path == "/login")
                return FakeTransport::response(303, {{"Set-Cookie", "sid=new; Path=/"}, {"Location", "/home"}});
            return request.headers.value("Cookie") == "sid=new" ? FakeTransport::response(200)
                                                                 : FakeTransport::response(401, {{"Set-Cookie", "trace=1"}});
        });
        RunJob login = job(u"http://a.example/login"_s);
        login.spec.method = u"POST"_s;
        login.spec.settings.followRedirects = true;
        QCOMPARE(run(transport, login).final()->response.status, 200);
        m_jar->clear();
        QCOMPARE(told(run(transport, job(u"http://a.example/home"_s)).exchanges.first()), QStringList{u"stored trace"_s});
    }

    // A challenge round: what the 401 sets goes along with the answer to it.
    void challengeRound()
    {
        FakeTransport transport([](const Request &request) {
            return request.headers.contains("Authorization")
                ? FakeTransport::response(200)
                : FakeTransport::response(401, {{"WWW-Authenticate", "Digest realm=\"r\", nonce=\"n\", qop=\"auth\""}, {"Set-Cookie", "lb=7; Path=/"}});
        });
        RunJob wanted = job(u"http://a.example/x"_s);
        RunCredential credential;
        credential.profile.schemeId = u"digest"_s;
        credential.profile.origins = QStringList{u"http://a.example"_s};
        credential.values.setText(u"username"_s, u"alice"_s);
        credential.values.setSecret(u"password"_s, Secret("Quartz-58"));
        wanted.credential = credential;
        (void)run(transport, wanted);
        QCOMPARE(transport.requests.size(), 2);
        QCOMPARE(transport.requests.last().headers.value("Cookie"), "lb=7"_ba);
    }

    void eachHopIsJudgedAnew()
    {
        FakeTransport transport([](const Request &request) {
            return request.url.host == "www.a.example"_L1 ? FakeTransport::response(307, {{"Location", "http://api.b.example/y"}})
                                                          : FakeTransport::response(200);
        });
        CookieContext context{Url::parse(u"http://www.a.example/"_s).value(), "GET"_ba, now, std::nullopt};
        m_jar->store("a=1", context);
        context.url = Url::parse(u"http://api.b.example/"_s).value();
        m_jar->store("b=2", context);
        RunJob wanted = job(u"http://www.a.example/x"_s);
        wanted.spec.settings.followRedirects = true;
        wanted.spec.headers = {{u"Cookie"_s, u"mine=0"_s}};
        (void)run(transport, wanted);
        QCOMPARE(transport.requests.at(0).headers.value("Cookie"), "a=1; mine=0"_ba);
        QCOMPARE(transport.requests.at(1).headers.value("Cookie"), "b=2"_ba); // the written one stays at its origin
    }

    void writtenCookies_data()
    {
        QTest::addColumn<QList<SpecHeader>>("headers");
        QTest::addColumn<QByteArray>("sent");
        QTest::addColumn<QStringList>("decisions");
        QTest::newRow("none") << QList<SpecHeader>{} << "a=1; b=2"_ba << QStringList{u"sent a"_s, u"sent b"_s};
        QTest::newRow("another name") << QList<SpecHeader>{{u"cookie"_s, u"c=3"_s}} << "a=1; b=2; c=3"_ba << QStringList{u"sent a"_s, u"sent b"_s};
        QTest::newRow("the same name wins") << QList<SpecHeader>{{u"Cookie"_s, u"a=mine; c=3"_s}} << "b=2; a=mine; c=3"_ba
                                            << QStringList{u"sent b"_s, u"withheld a: own-cookie"_s};
        QTest::newRow("all the same names: the line stays as it is") << QList<SpecHeader>{{u"Cookie"_s, u"b=;a=x"_s}} << "b=;a=x"_ba
                                            << QStringList{u"withheld a: own-cookie"_s, u"withheld b: own-cookie"_s};
        QTest::newRow("two lines become one") << QList<SpecHeader>{{u"Cookie"_s, u"c=3"_s}, {u"Cookie"_s, u"d=4"_s}} << "a=1; b=2; c=3; d=4"_ba
                                            << QStringList{u"sent a"_s, u"sent b"_s};
    }
    void writtenCookies()
    {
        QFETCH(QList<SpecHeader>, headers);
        FakeTransport transport([](const Request &) { return FakeTransport::response(200); });
        const CookieContext context{Url::parse(u"http://a.example/"_s).value(), "GET"_ba, now, std::nullopt};
        m_jar->store("a=1", context);
        m_jar->store("b=2", context);
        RunJob wanted = job(u"http://a.example/"_s);
        wanted.spec.headers = headers;
        const Trace trace = run(transport, wanted);
        QTEST(transport.requests.first().headers.value("Cookie"), "sent");
        QCOMPARE(transport.requests.first().headers.values("Cookie").size(), 1);
        QTEST(told(trace.exchanges.first()), "decisions");
        QCOMPARE(transport.requests.first().headers.find("Cookie")->source,
                 headers.isEmpty() ? HeaderSource::CookieJar : HeaderSource::User);
    }

    // Not used, and yet told: the reason of a refusal may be just that.
    void notUsed_data()
    {
        QTest::addColumn<bool>("hasJar");
        QTest::addColumn<QString>("reason");
        QTest::newRow("switched off") << true << u"cookies-off"_s;
        QTest::newRow("no jar") << false << u"no-jar"_s;
    }
    void notUsed()
    {
        QFETCH(bool, hasJar);
        QFETCH(QString, reason);
        FakeTransport transport([](const Request &request) {
            return request.url.path == "/login" ? FakeTransport::response(302, {{"Set-Cookie", "sid=1"}, {"Location", "/"}}) : FakeTransport::response(401);
        });
        RunJob wanted = job(u"http://a.example/login"_s);
        wanted.spec.settings.followRedirects = true;
        wanted.spec.settings.useCookies = false;
        if (!hasJar)
            wanted.cookies.reset();
        const Trace trace = run(transport, wanted);
        QVERIFY(!transport.requests.last().headers.contains("Cookie"));
        QCOMPARE(told(trace.exchanges.at(0)), QStringList{u"rejected sid: "_s + reason});
        QCOMPARE(told(trace.exchanges.at(1)), QStringList{u"withheld sid: "_s + reason});
        QVERIFY(!trace.exchanges.at(1).hasDecision(DecisionKind::CookieWithheld));
        QVERIFY(m_jar->isEmpty());
    }

    void probesLeaveTheJarAlone()
    {
        FakeTransport transport([](const Request &) { return FakeTransport::response(200, {{"Set-Cookie", "new=1"}}); });
        m_jar->store("a=1", {Url::parse(u"http://a.example/"_s).value(), "GET"_ba, now, std::nullopt});
        RunJob probe = job(u"http://a.example/"_s);
        probe.role = ExchangeRole::Probe;
        const Trace trace = run(transport, probe);
        QVERIFY(!transport.requests.first().headers.contains("Cookie"));
        QCOMPARE(m_jar->cookies().size(), 1);
        QVERIFY(trace.exchanges.first().cookies.isEmpty());
    }

    // The request of a page's script, as a browser would treat it.
    void originHeaderMakesItCrossSite()
    {
        FakeTransport transport([](const Request &) { return FakeTransport::response(200); });
        m_jar->store("a=1", {Url::parse(u"http://api.one.example/"_s).value(), "GET"_ba, now, std::nullopt});
        RunJob wanted = job(u"http://api.one.example/"_s);
        wanted.spec.headers = {{u"Origin"_s, u"http://app.two.example"_s}};
        const Trace trace = run(transport, wanted);
        QVERIFY(!transport.requests.first().headers.contains("Cookie"));
        QCOMPARE(told(trace.exchanges.first()), QStringList{u"withheld a: same-site"_s});
    }

    // A credential that is a cookie and the jar share one line.
    void credentialCookie()
    {
        FakeTransport transport([](const Request &) { return FakeTransport::response(200); });
        const CookieContext context{Url::parse(u"http://a.example/"_s).value(), "GET"_ba, now, std::nullopt};
        m_jar->store("a=1", context);
        m_jar->store("key=old", context);
        RunJob wanted = job(u"http://a.example/"_s);
        RunCredential credential;
        credential.profile.schemeId = u"api-key"_s;
        credential.profile.origins = QStringList{u"http://a.example"_s};
        credential.values.setText(u"location"_s, u"cookie"_s);
        credential.values.setText(u"name"_s, u"key"_s);
        credential.values.setSecret(u"key"_s, Secret("k-4711"));
        wanted.credential = credential;
        const Trace trace = run(transport, wanted);
        QCOMPARE(transport.requests.first().headers.value("Cookie"), "a=1; key=k-4711"_ba);
        QCOMPARE(transport.requests.first().headers.find("Cookie")->source, HeaderSource::Profile);
        QCOMPARE(told(trace.exchanges.first()), (QStringList{u"sent a"_s, u"withheld key: own-cookie"_s}));
    }

private:
    [[nodiscard]] RunJob job(const QString &url) const
    {
        RunJob job;
        job.spec.url = url;
        job.cookies = m_jar;
        return job;
    }
    Trace run(FakeTransport &transport, const RunJob &job)
    {
        Runner runner(transport, m_clock, m_random);
        const std::unique_ptr<Run> run(runner.start(job));
        QSignalSpy spy(run.get(), &Run::finished);
        if (!spy.wait(5000))
            qFatal("the run does not end");
        return run->trace();
    }

    FixedClock m_clock{now};
    SystemRandom m_random;
    std::shared_ptr<CookieJar> m_jar;
};

QTEST_GUILESS_MAIN(RunCookiesTest)
#include "tst_runcookies.moc"
