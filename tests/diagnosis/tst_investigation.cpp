// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/Jose.h"
#include "app/auth/SchemeRegistry.h"
#include "app/base/Random.h"
#include "app/diagnosis/Diagnoser.h"
#include "app/diagnosis/probes/Probe.h"
#include "tests/diagnosis/TraceBuilder.h"
#include "tests/runner/FakeTransport.h"

#include <QtCore/QDir>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace realmscope;

namespace {

RunJob jobOf(const QString &method, const QString &url, const QList<SpecHeader> &headers = {})
{
    RunJob job;
    job.spec.method = method;
    job.spec.url = url;
    job.spec.headers = headers;
    return job;
}

Response jsonResponse(const QJsonObject &json)
{
    Response response = FakeTransport::response(200, {{"Content-Type", "application/json"}});
    response.body = RecordedBytes(QJsonDocument(json).toJson());
    return response;
}

bool isSafe(const QByteArray &method) { return method == "GET" || method == "HEAD" || method == "OPTIONS"; }

} // namespace

class InvestigationTest : public QObject
{
    Q_OBJECT

    // The requests that went out, the one of the job first.
    QList<Request> investigate(const RunJob &job, const FakeTransport::Answer &answer, const InvestigationOptions &options = {},
                               Diagnosis *diagnosis = nullptr)
    {
        FakeTransport transport(answer);
        const FixedClock clock(fixtureNow * 1000);
        SystemRandom random;
        Runner runner(transport, clock, random);
        DiagnosisContext context;
        context.nowMs = clock.nowMs();
        Investigation investigation(runner, job, context, options);
        QSignalSpy finished(&investigation, &Investigation::finished);
        investigation.start();
        if (finished.isEmpty() && !finished.wait(10'000))
            qFatal("the investigation does not end");
        if (diagnosis)
            *diagnosis = investigation.diagnosis();
        return transport.requests;
    }

private Q_SLOTS:
    // RFC 7662 section 2: the endpoint that the profile names, the client's own credential, the answer of a dead token.
    void issuerIsAskedAboutTheToken()
    {
        RunJob job = jobOf(u"GET"_s, u"https://api.example.com/me"_s);
        RunCredential credential;
        credential.profile.id = u"p"_s;
        credential.profile.schemeId = u"oauth2"_s;
        credential.profile.origins = QStringList{u"https://api.example.com"_s};
        for (const SchemeField &field : findScheme(u"oauth2"_s)->fields()) {
            if (field.kind != FieldKind::Secret)
                credential.values.setText(field.id, field.defaultValue);
        }
        credential.values.setText(u"token-url"_s, u"https://server.example.com/token"_s);
        credential.values.setText(u"introspection-url"_s, u"https://server.example.com/introspect"_s);
        credential.values.setText(u"client-id"_s, u"s6BhdRkqt3"_s);
        credential.values.setSecret(u"client-secret"_s, Secret("gX1fBat3bV"));
        job.credential = credential;
        FakeTransport transport([](const Request &request) {
            const QString path = QString::fromUtf8(request.url.requestTarget());
            if (path == "/token"_L1)
                return jsonResponse({{u"access_token"_s, u"mF_9.B5f-4.1JqM"_s}, {u"token_type"_s, u"Bearer"_s}, {u"expires_in"_s, 3600}});
            if (path == "/introspect"_L1)
                return jsonResponse({{u"active"_s, false}});
            return FakeTransport::response(401, {{"WWW-Authenticate", "Bearer realm=\"example\""}});
        });
        const FixedClock clock(fixtureNow * 1000);
        SystemRandom random;
        Runner runner(transport, clock, random);
        DiagnosisContext context;
        context.nowMs = clock.nowMs();
        context.profile = credential.profile;
        InvestigationOptions options;
        options.maxProbes = 0;
        Investigation investigation(runner, job, context, options);
        QSignalSpy finished(&investigation, &Investigation::finished);
        investigation.start();
        QVERIFY(finished.wait(10'000));
        for (const Request &request : transport.requests)
            QVERIFY(request.url.requestTarget() != "/introspect"); // only when somebody asks for it
        finished.clear();
        investigation.runProbe(u"introspection"_s);
        QVERIFY(finished.wait(10'000));
        const Request asked = transport.requests.last();
        QCOMPARE(asked.url.toString(), u"https://server.example.com/introspect"_s);
        QCOMPARE(asked.method, "POST"_ba);
        QCOMPARE(asked.headers.value("Authorization"), "Basic czZCaGRSa3F0MzpnWDFmQmF0M2JW"_ba); // RFC 6749 section 4.4.2
        QCOMPARE(asked.body, "token=mF_9.B5f-4.1JqM&token_type_hint=access_token"_ba);          // RFC 7662 section 2.1
        QVERIFY(investigation.diagnosis().primary());
        QCOMPARE(investigation.diagnosis().primary()->cause, u"token-revoked"_s);
        QVERIFY(investigation.diagnosis().probes.first().concluded.contains(u"not active"_s));
    }

    // Over every case there is: what would be sent is safe, goes to the same origin and stays within the budget.
    void plansAreSafeAndStayAtTheOrigin()
    {
        const QDir dir(QStringLiteral(REALMSCOPE_SOURCE_DIR "/tests/diagnosis/cases"));
        int planned = 0;
        for (const QString &name : dir.entryList({u"*.txt"_s}, QDir::Files)) {
            QString error;
            for (const RuleCase &one : readRuleCases(dir.filePath(name), &error)) {
                const Diagnosis diagnosis = diagnose(one.trace, one.context);
                if (!one.trace.final())
                    continue;
                RunJob job;
                job.prepared = one.trace.final()->request;
                for (const ProbePlan &plan : planProbes(one.trace, diagnosis, job, one.context)) {
                    ++planned;
                    QVERIFY(plan.job.prepared.has_value());
                    QVERIFY2(isSafe(plan.job.prepared->method), qPrintable(name + u' ' + plan.id));
                    QVERIFY2(plan.job.prepared->body.isEmpty(), qPrintable(name + u' ' + plan.id));
                    QVERIFY2(plan.job.prepared->url.origin() == one.trace.final()->request.url.origin(), qPrintable(name + u' ' + plan.id));
                    QVERIFY(!plan.job.spec.settings.followRedirects);
                    QVERIFY(!plan.title.isEmpty() && !plan.why.isEmpty() && !plan.request.isEmpty());
                    // A handshake that was broken off is no answer; there, one probe shows whether it was the certificate.
                    QVERIFY2(diagnosis.outcome.isRefusal() || plan.id == u"without-certificate"_s, qPrintable(name + u' ' + plan.id));
                    QVERIFY2(!diagnosis.primary() || diagnosis.primary()->verdict != Verdict::Proven, qPrintable(name + u' ' + plan.id));
                    QVERIFY2(one.trace.final()->response.status != 429, qPrintable(name));
                }
            }
        }
        QVERIFY(planned > 20);
    }

    void aWrongPasswordIsSentOnce()
    {
        const QList<Request> sent = investigate(jobOf(u"GET"_s, u"http://a.example/x"_s, {{u"Authorization"_s, u"Basic YW5uOkhlZGdlLTE3"_s}, {u"Cookie"_s, u"theme=dark"_s}}),
                                                [](const Request &) { return FakeTransport::response(401, {{"WWW-Authenticate", "Basic realm=\"a\""}}); });
        QVERIFY(sent.size() >= 2);
        const auto withPassword = std::ranges::count_if(sent, [](const Request &request) { return request.headers.contains("Authorization"); });
        // One of the probes may repeat it once, to see whether a cookie is in the way; never a second time.
        QVERIFY2(withPassword <= 2, qPrintable(QString::number(withPassword)));
        QVERIFY(sent.size() <= 7);
    }

    void aPostIsNotRepeated()
    {
        const QList<Request> sent = investigate(jobOf(u"POST"_s, u"http://a.example/x"_s, {{u"Authorization"_s, u"Basic YW5uOkhlZGdlLTE3"_s}}),
                                                [](const Request &) { return FakeTransport::response(401, {{"WWW-Authenticate", "Basic realm=\"a\""}}); });
        for (qsizetype i = 1; i < sent.size(); ++i) {
            QVERIFY(isSafe(sent.at(i).method));
            QVERIFY(sent.at(i).body.isEmpty());
        }
    }

    void theBudgetHolds_data()
    {
        QTest::addColumn<int>("most");
        QTest::newRow("none") << 0;
        QTest::newRow("one") << 1;
        QTest::newRow("six") << 6;
    }
    void theBudgetHolds()
    {
        QFETCH(int, most);
        InvestigationOptions options;
        options.maxProbes = most;
        options.garbage = true;
        const QList<Request> sent = investigate(jobOf(u"GET"_s, u"http://a.example/x"_s, {{u"Authorization"_s, u"bearer 57ab9921"_s}, {u"Cookie"_s, u"sid=1"_s}}),
                                                [](const Request &) { return FakeTransport::response(401); }, options);
        QVERIFY2(sent.size() <= 1 + most, qPrintable(QString::number(sent.size())));
    }

    void probesCanBeOff()
    {
        InvestigationOptions options;
        options.probes = false;
        const QList<Request> sent = investigate(jobOf(u"GET"_s, u"http://a.example/x"_s, {{u"Authorization"_s, u"Bearer 57ab9921"_s}}),
                                                [](const Request &) { return FakeTransport::response(401); }, options);
        QCOMPARE(sent.size(), 1);
    }

    void nothingIsProbedAfterASignOfALimit_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QByteArray>("value");
        QTest::newRow("429") << 429 << QByteArray() << QByteArray();
        QTest::newRow("Retry-After") << 401 << "Retry-After"_ba << "60"_ba;
        QTest::newRow("a CAPTCHA is asked for") << 401 << "X-Authentication-Denied-Reason"_ba << "CAPTCHA_CHALLENGE"_ba;
        QTest::newRow("a used up limit") << 403 << "X-RateLimit-Remaining"_ba << "0"_ba;
    }
    void nothingIsProbedAfterASignOfALimit()
    {
        QFETCH(int, status);
        QFETCH(QByteArray, name);
        QFETCH(QByteArray, value);
        Headers headers;
        if (!name.isEmpty())
            headers.append(name, value);
        const QList<Request> sent = investigate(jobOf(u"GET"_s, u"http://a.example/x"_s, {{u"Authorization"_s, u"Bearer 57ab9921"_s}}),
                                                [&](const Request &) { return FakeTransport::response(status, headers); });
        QCOMPARE(sent.size(), 1);
    }

    void a429ToAProbeEndsIt()
    {
        int count = 0;
        InvestigationOptions options;
        options.garbage = true;
        const QList<Request> sent = investigate(jobOf(u"GET"_s, u"http://a.example/x"_s, {{u"Authorization"_s, u"Bearer 57ab9921"_s}, {u"Cookie"_s, u"sid=1"_s}}),
                                                [&](const Request &) { return FakeTransport::response(count++ == 0 ? 401 : 429); }, options);
        QCOMPARE(sent.size(), 2);
    }

    void nonsenseOnlyWhenAskedFor()
    {
        for (const bool garbage : {false, true}) {
            InvestigationOptions options;
            options.garbage = garbage;
            const QList<Request> sent = investigate(jobOf(u"GET"_s, u"http://a.example/x"_s, {{u"Authorization"_s, u"Bearer 57ab9921"_s}}),
                                                    [](const Request &) { return FakeTransport::response(401, {{"WWW-Authenticate", "Bearer"}}); }, options);
            const bool hasNonsense = std::ranges::any_of(sent, [](const Request &request) {
                return request.headers.contains("Authorization") && request.headers.value("Authorization") != "Bearer 57ab9921";
            });
            QCOMPARE(hasNonsense, garbage);
        }
    }

    void aroundTheProxyOnlyWhenAskedFor_data()
    {
        QTest::addColumn<QByteArray>("authorization");
        QTest::addColumn<bool>("direct");
        QTest::newRow("a token, not asked for") << "Bearer 57ab9921"_ba << false;
        QTest::newRow("a token, asked for") << "Bearer 57ab9921"_ba << true;
        QTest::newRow("a password, asked for") << "Basic YW5uOkhlZGdlLTE3"_ba << true;
    }
    void aroundTheProxyOnlyWhenAskedFor()
    {
        QFETCH(QByteArray, authorization);
        QFETCH(bool, direct);
        RunJob job = jobOf(u"GET"_s, u"http://a.example/x"_s, {{u"Authorization"_s, QString::fromLatin1(authorization)}});
        job.spec.settings.proxy = u"http://proxy.example:3128"_s;
        FakeTransport transport([](const Request &) { return FakeTransport::response(401, {{"WWW-Authenticate", "Bearer, Basic realm=\"a\""}}); });
        transport.finish = [&transport](Exchange &exchange) {
            if (transport.options.last().proxy)
                exchange.connection.proxy = u"http://proxy.example:3128"_s;
        };
        const FixedClock clock(fixtureNow * 1000);
        SystemRandom random;
        Runner runner(transport, clock, random);
        DiagnosisContext context;
        context.nowMs = clock.nowMs();
        InvestigationOptions options;
        options.direct = direct;
        options.maxProbes = 10;
        Investigation investigation(runner, job, context, options);
        QSignalSpy finished(&investigation, &Investigation::finished);
        investigation.start();
        QVERIFY(finished.wait(10'000));
        QList<Request> around;
        for (qsizetype i = 0; i < transport.requests.size(); ++i) {
            if (!transport.options.at(i).proxy)
                around.append(transport.requests.at(i));
        }
        QCOMPARE(around.size(), direct ? 1 : 0);
        const QList<ProbePlan> open = investigation.openProbes();
        const bool isOffered = std::ranges::any_of(open, [](const ProbePlan &plan) { return plan.id == u"direct"_s; });
        QCOMPARE(isOffered, !direct); // by a button
        if (direct)
            QCOMPARE(around.first().headers.value("Authorization"), authorization.startsWith("Bearer") ? authorization : QByteArray());
    }

    // The key once where the server says that it looks; a password never, and no other header whatever the server says.
    void theKeyIsTriedWhereTheServerLooks_data()
    {
        QTest::addColumn<QString>("header");
        QTest::addColumn<QByteArray>("challenge");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QByteArray>("sent"); // name: value; empty: nothing
        QTest::newRow("the challenge asks for Bearer") << u"X-Api-Key: 57ab9921"_s << "Bearer realm=\"a\""_ba << QByteArray() << "Authorization: Bearer 57ab9921"_ba;
        QTest::newRow("its words name a header") << u"Authorization: Bearer 57ab9921"_s << QByteArray() << "Send your key in the X-Api-Key header"_ba << "X-Api-Key: 57ab9921"_ba;
        QTest::newRow("its words name a header of the message") << u"X-Api-Key: 57ab9921"_s << QByteArray() << "Put it into the Content-Length header"_ba << QByteArray();
        QTest::newRow("a password") << u"Authorization: Basic YW5uOkhlZGdlLTE3"_s << QByteArray() << "Send your key in the X-Api-Key header"_ba << QByteArray();
    }
    void theKeyIsTriedWhereTheServerLooks()
    {
        QFETCH(QString, header);
        QFETCH(QByteArray, challenge);
        QFETCH(QByteArray, body);
        QFETCH(QByteArray, sent);
        const QList<Request> requests = investigate(
            jobOf(u"GET"_s, u"http://a.example/x"_s, {{header.section(u": "_s, 0, 0), header.section(u": "_s, 1)}}), [&](const Request &) {
                Response response = FakeTransport::response(401, {{"Content-Type", "text/plain"}});
                if (!challenge.isEmpty())
                    response.headers.append("WWW-Authenticate", challenge);
                response.body = RecordedBytes(body);
                return response;
            });
        int moved = 0;
        for (const Request &request : requests) {
            QVERIFY(!request.headers.contains("Content-Length"));
            const qsizetype colon = sent.indexOf(": ");
            moved += colon > 0 && request.headers.value(sent.left(colon)) == sent.mid(colon + 2) ? 1 : 0;
            if (header.contains(u"Basic"_s))
                QVERIFY(!request.headers.contains("X-Api-Key"));
        }
        QCOMPARE(moved, sent.isEmpty() ? 0 : 1);
    }

    void theAnonymousProbeHasNoCredential()
    {
        const QList<Request> sent = investigate(jobOf(u"GET"_s, u"http://a.example/x?size=2&api_key=57ab9921"_s, {{u"X-Api-Key"_s, u"57ab9921"_s}, {u"Cookie"_s, u"sid=1"_s}}),
                                                [](const Request &) { return FakeTransport::response(403); });
        QVERIFY(sent.size() >= 2);
        QVERIFY(!sent.at(1).headers.contains("X-Api-Key"));
        QVERIFY(!sent.at(1).headers.contains("Cookie"));
        QCOMPARE(sent.at(1).url.query.value_or(QByteArray()), "size=2"_ba);
    }

    void anAnswerThatIsAcceptedIsNotProbed()
    {
        Diagnosis diagnosis;
        const QList<Request> sent = investigate(jobOf(u"GET"_s, u"http://a.example/x"_s), [](const Request &) { return FakeTransport::response(200); }, {}, &diagnosis);
        QCOMPARE(sent.size(), 1);
        QCOMPARE(diagnosis.outcome.kind, OutcomeKind::Accepted);
    }

    // The token's issuer at the same origin: its description, its keys, then the signature (RFC 7515, RFC 7517).
    void theIssuersKeysSettleTheSignature_data()
    {
        QTest::addColumn<QString>("keys");
        QTest::addColumn<QString>("cause");
        QTest::newRow("the key that signed it") << u"same"_s << QString();
        QTest::newRow("another key of that id") << u"other"_s << u"token-signature-invalid"_s;
        QTest::newRow("no key of that id") << u"renamed"_s << u"token-unknown-key"_s;
    }
    void theIssuersKeysSettleTheSignature()
    {
        QFETCH(QString, keys);
        QFETCH(QString, cause);
        const Result<AsymmetricKey> signer = AsymmetricKey::generate(KeyType::Ec);
        const Result<AsymmetricKey> other = AsymmetricKey::generate(KeyType::Ec);
        QVERIFY(signer && other);
        JoseKey key;
        key.asymmetric = *signer;
        const Result<QByteArray> token = signJws("ES256", {{u"kid"_s, u"k1"_s}}, "{\"iss\":\"http://a.example/tenant/\",\"sub\":\"ann\",\"exp\":1895530000}", key);
        QVERIFY(token);
        QJsonObject jwk = publicJwk(keys == "other"_L1 ? *other : *signer);
        jwk.insert(u"kid"_s, keys == "renamed"_L1 ? u"k2"_s : u"k1"_s);
        Diagnosis diagnosis;
        const QList<Request> sent = investigate(
            jobOf(u"GET"_s, u"http://a.example/x"_s, {{u"Authorization"_s, u"Bearer "_s + QString::fromLatin1(*token)}}),
            [&](const Request &request) {
                Response response = FakeTransport::response(401, {{"WWW-Authenticate", "Bearer"}});
                if (request.url.path == "/tenant/.well-known/openid-configuration")
                    response = jsonResponse({{u"issuer"_s, u"http://a.example/tenant/"_s}, {u"jwks_uri"_s, u"http://a.example/tenant/keys"_s}});
                else if (request.url.path == "/tenant/keys")
                    response = jsonResponse({{u"keys"_s, QJsonArray{jwk}}});
                return response;
            },
            {}, &diagnosis);
        for (const Request &request : sent) {
            if (request.url.path.startsWith("/tenant/"))
                QVERIFY(!request.headers.contains("Authorization"));
        }
        const auto record = std::ranges::find_if(diagnosis.probes, [](const ProbeRecord &probe) { return probe.id == u"jwks"_s; });
        QVERIFY(record != diagnosis.probes.end());
        const bool isProven = diagnosis.primary() && diagnosis.primary()->verdict == Verdict::Proven;
        if (cause.isEmpty()) {
            QVERIFY(record->concluded.contains(u"genuine"_s));
            QVERIFY(!isProven);
            return;
        }
        QCOMPARE(diagnosis.primary()->cause, cause);
        QVERIFY(isProven);
    }

    void anIssuerElsewhereIsNotAsked()
    {
        const QList<Request> sent = investigate(jobOf(u"GET"_s, u"http://a.example/x"_s, {{u"Authorization"_s, u"Bearer "_s + QString::fromLatin1(expandFixture("{jwt:{\"alg\":\"ES256\"}.{\"iss\":\"http://login.example\",\"exp\":1895530000}}"))}}),
                                                [](const Request &) { return FakeTransport::response(401, {{"WWW-Authenticate", "Bearer"}}); });
        for (const Request &request : sent)
            QCOMPARE(request.url.host, u"a.example"_s);
    }

    // Repeated is a token, never a password; what then differs is the server.
    void onlyATokenIsRepeated()
    {
        Diagnosis diagnosis;
        int withToken = 0;
        (void)investigate(jobOf(u"GET"_s, u"http://a.example/x"_s, {{u"Authorization"_s, u"Bearer 57ab9921"_s}}),
                          [&](const Request &request) {
                              const bool isLetIn = request.headers.contains("Authorization") && ++withToken > 1;
                              return FakeTransport::response(isLetIn ? 200 : 401, {{"WWW-Authenticate", "Bearer"}});
                          },
                          {}, &diagnosis);
        QCOMPARE(diagnosis.primary()->cause, u"intermittent"_s);
        QCOMPARE(diagnosis.primary()->verdict, Verdict::Proven);
        QCOMPARE(withToken, 2);

        const QList<Request> sent = investigate(jobOf(u"GET"_s, u"http://a.example/x"_s, {{u"Authorization"_s, u"Basic YW5uOkhlZGdlLTE3"_s}}),
                                                [](const Request &) { return FakeTransport::response(401, {{"WWW-Authenticate", "Basic realm=\"a\""}}); });
        QCOMPARE(std::ranges::count_if(sent, [](const Request &request) { return request.headers.contains("Authorization"); }), 1);
    }

    void aMissingPathIsAskedForWithoutCredential()
    {
        Diagnosis diagnosis;
        const QList<Request> sent = investigate(jobOf(u"GET"_s, u"http://a.example/v2/x"_s, {{u"Authorization"_s, u"Bearer 57ab9921"_s}}),
                                                [](const Request &) { return FakeTransport::response(403); }, {}, &diagnosis);
        const auto probe = std::ranges::find_if(sent, [](const Request &request) { return request.url.path.startsWith("/v2/no-such"); });
        QVERIFY(probe != sent.end());
        QVERIFY(!probe->headers.contains("Authorization"));
        const auto record = std::ranges::find_if(diagnosis.probes, [](const ProbeRecord &one) { return one.id == u"other-path"_s; });
        QVERIFY(record->concluded.contains(u"403 as well"_s));
    }

    // Fetch Standard section 4.8: the question names method and headers, and never carries a credential.
    void thePreflightAsksAsABrowserDoes()
    {
        const QList<Request> sent = investigate(jobOf(u"GET"_s, u"http://a.example/x"_s,
                                                      {{u"Authorization"_s, u"Bearer 57ab9921"_s}, {u"Origin"_s, u"http://shop.example"_s}, {u"X-Trace"_s, u"1"_s}, {u"Accept"_s, u"*/*"_s}}),
                                                [](const Request &) { return FakeTransport::response(403); });
        const auto asked = std::ranges::find_if(sent, [](const Request &request) { return request.method == "OPTIONS"; });
        QVERIFY(asked != sent.end());
        QCOMPARE(asked->headers.value("Access-Control-Request-Method"), "GET"_ba);
        QCOMPARE(asked->headers.value("Access-Control-Request-Headers"), "authorization,x-trace"_ba);
        QCOMPARE(asked->headers.value("Origin"), "http://shop.example"_ba);
        QVERIFY(!asked->headers.contains("Authorization") && !asked->headers.contains("X-Trace"));
    }

    // The same letters in other bytes are a second password for the server.
    void theOtherEncodingOnlyWhenAskedFor()
    {
        const QByteArray utf8 = QByteArray("ann:Gr\xc3\xbc\xc3\x9f").toBase64();
        for (const bool garbage : {false, true}) {
            InvestigationOptions options;
            options.garbage = garbage;
            const QList<Request> sent = investigate(jobOf(u"GET"_s, u"http://a.example/x"_s, {{u"Authorization"_s, u"Basic "_s + QString::fromLatin1(utf8)}}),
                                                    [](const Request &) { return FakeTransport::response(401, {{"WWW-Authenticate", "Basic realm=\"a\""}}); }, options);
            const bool hasTwin = std::ranges::any_of(sent, [](const Request &request) { return request.headers.value("Authorization") == "Basic " + QByteArray("ann:Gr\xfc\xdf").toBase64(); });
            QCOMPARE(hasTwin, garbage);
        }
    }

    void cancelEndsIt()
    {
        FakeTransport transport([](const Request &) { return FakeTransport::response(401); });
        transport.silent = true;
        const FixedClock clock(fixtureNow * 1000);
        SystemRandom random;
        Runner runner(transport, clock, random);
        Investigation investigation(runner, jobOf(u"GET"_s, u"http://a.example/x"_s), DiagnosisContext{}, {});
        QSignalSpy finished(&investigation, &Investigation::finished);
        investigation.start();
        QTRY_COMPARE(transport.requests.size(), 1);
        investigation.cancel();
        QVERIFY(!finished.isEmpty() || finished.wait(5'000));
        QCOMPARE(transport.requests.size(), 1);
    }
};

QTEST_GUILESS_MAIN(InvestigationTest)
#include "tst_investigation.moc"
