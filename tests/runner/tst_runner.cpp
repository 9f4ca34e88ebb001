// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/SchemeRegistry.h"
#include "app/runner/Runner.h"
#include "tests/runner/FakeTransport.h"

#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

using namespace Qt::StringLiterals;
using namespace realmscope;

class RunnerTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void plain()
    {
        FakeTransport transport([](const Request &) { return FakeTransport::response(200); });
        const Trace trace = run(transport, job(u"http://a.example/x"_s));
        QCOMPARE(trace.exchanges.size(), 1);
        QCOMPARE(trace.exchanges.first().role, ExchangeRole::Final);
        QVERIFY(!trace.error);
        QVERIFY(!transport.requests.first().headers.contains("Authorization"));
    }

    void basicGoesToItsOriginOnly_data()
    {
        QTest::addColumn<QString>("url");
        QTest::addColumn<bool>("allowed");
        QTest::newRow("its origin") << u"http://a.example/x"_s << true;
        QTest::newRow("other port") << u"http://a.example:81/x"_s << false;
        QTest::newRow("https") << u"https://a.example/x"_s << false;
        QTest::newRow("other host") << u"http://b.example/x"_s << false;
    }
    void basicGoesToItsOriginOnly()
    {
        QFETCH(QString, url);
        QFETCH(bool, allowed);
        FakeTransport transport([](const Request &) { return FakeTransport::response(200); });
        RunJob wanted = job(url);
        wanted.credential = credential(u"basic"_s, {u"http://a.example"_s});
        const Trace trace = run(transport, wanted);
        if (allowed) {
            // RFC 7617: Base64 of "alice:Quartz-58"
            QCOMPARE(transport.requests.first().headers.value("Authorization"), "Basic YWxpY2U6UXVhcnR6LTU4"_ba);
            QCOMPARE(transport.requests.first().headers.find("Authorization")->source, HeaderSource::Profile);
            QVERIFY(trace.exchanges.first().hasDecision(DecisionKind::CredentialSent));
            return;
        }
        QVERIFY(trace.exchanges.isEmpty());
        QVERIFY(transport.requests.isEmpty());
        QVERIFY(trace.error);
        QCOMPARE(trace.error->code, ErrorCode::OriginNotAllowed);
        QVERIFY(trace.error->message.contains(Url::parse(url)->origin().toString()));
        QVERIFY(trace.error->message.contains("staff"_L1)); // the profile
        QVERIFY(!trace.error->action.isEmpty());
    }

    void redirectToAnotherOriginGoesWithout()
    {
        FakeTransport transport([](const Request &request) {
            return request.url.host == "a.example"_L1 ? FakeTransport::response(302, {{"Location", "http://b.example/y"}})
                                                      : FakeTransport::response(401);
        });
        RunJob wanted = job(u"http://a.example/x"_s);
        wanted.spec.settings.followRedirects = true;
        wanted.spec.headers = {{u"Cookie"_s, u"a=b"_s}};
        wanted.credential = credential(u"basic"_s, {u"http://a.example"_s});
        const Trace trace = run(transport, wanted);
        QCOMPARE(trace.exchanges.size(), 2);
        QCOMPARE(trace.exchanges.at(0).role, ExchangeRole::Redirect);
        QVERIFY(trace.exchanges.at(0).hasDecision(DecisionKind::RedirectFollowed));
        QCOMPARE(trace.exchanges.at(1).role, ExchangeRole::Final);
        QVERIFY(trace.exchanges.at(1).hasDecision(DecisionKind::CredentialWithheld));
        QVERIFY(transport.requests.at(0).headers.contains("Authorization"));
        QVERIFY(!transport.requests.at(1).headers.contains("Authorization"));
        QVERIFY(!transport.requests.at(1).headers.contains("Cookie"));
        QCOMPARE(transport.requests.at(1).headers.value("Host"), "b.example"_ba);
    }

    void whatGoesAlongStaysWithItsOrigins_data()
    {
        QTest::addColumn<QStringList>("origins"); // of the signature
        QTest::addColumn<QString>("location");    // of the signature: its own header or Authorization
        QTest::addColumn<int>("sent");
        QTest::addColumn<QString>("error");
        QTest::newRow("allowed") << QStringList{u"http://a.example"_s} << u"signature"_s << 1 << QString();
        QTest::newRow("not allowed") << QStringList{u"http://b.example"_s} << u"signature"_s << 0 << u"profile seal may not be sent to http://a.example"_s;
        QTest::newRow("both want Authorization") << QStringList{u"http://a.example"_s} << u"authorization"_s << 0 << u"both want the Authorization header"_s;
    }
    void whatGoesAlongStaysWithItsOrigins()
    {
        QFETCH(QStringList, origins);
        QFETCH(QString, location);
        QFETCH(int, sent);
        QFETCH(QString, error);
        FakeTransport transport([](const Request &request) {
            return request.url.host == "a.example"_L1 ? FakeTransport::response(302, {{"Location", "http://b.example/y"}}) : FakeTransport::response(401);
        });
        RunJob wanted = job(u"http://a.example/x"_s);
        wanted.spec.settings.followRedirects = true;
        wanted.credential = credential(u"basic"_s, {u"http://a.example"_s});
        RunCredential seal;
        seal.profile.name = u"seal"_s;
        seal.profile.schemeId = u"cavage"_s;
        seal.profile.origins = origins;
        for (const SchemeField &field : findScheme(u"cavage"_s)->fields())
            seal.values.setText(field.id, field.defaultValue);
        seal.values.setText(u"algorithm"_s, u"hmac-sha256"_s);
        seal.values.setText(u"key-id"_s, u"k1"_s);
        seal.values.setText(u"location"_s, location);
        seal.values.setSecret(u"key"_s, Secret("Opal-73-river"));
        wanted.credential->together.push_back(seal);
        const Trace trace = run(transport, wanted);
        QCOMPARE(trace.error.has_value(), !error.isEmpty());
        if (sent == 0) {
            QVERIFY2(trace.error->message.contains(error), qPrintable(trace.error->message));
            QVERIFY(transport.requests.isEmpty());
            return;
        }
        QVERIFY(transport.requests.first().headers.contains("Signature"));
        QVERIFY(transport.requests.first().headers.contains("Authorization"));
        QCOMPARE(transport.requests.first().headers.find("Signature")->sourceDetail, u"seal"_s);
        QVERIFY(!trace.exchanges.first().derivation.isEmpty());
        // The redirect leads elsewhere: neither goes there, and the trace says so of both.
        QCOMPARE(transport.requests.size(), 2);
        QVERIFY(!transport.requests.last().headers.contains("Signature"));
        QVERIFY(!transport.requests.last().headers.contains("Authorization"));
        const auto withheld = std::ranges::count_if(trace.exchanges.last().decisions, [](const Decision &decision) { return decision.kind == DecisionKind::CredentialWithheld; });
        QCOMPARE(withheld, 2);
    }

    // A server that only adds a slash gives the whole query back, the credential in it too.
    void credentialOfTheQueryIsMadeAnewAfterARedirect()
    {
        FakeTransport transport([](const Request &request) {
            const QByteArray path = request.url.path;
            return path == "/x" ? FakeTransport::response(301, {{"Location", "/x/?" + *request.url.query}})
                : path == "/x/" ? FakeTransport::response(302, {{"Location", "http://b.example/y?" + *request.url.query}})
                                : FakeTransport::response(200);
        });
        RunJob wanted = job(u"http://a.example/x?page=2&key=mine"_s);
        wanted.spec.settings.followRedirects = true;
        wanted.credential = credential(u"api-key"_s, {u"http://a.example"_s});
        wanted.credential->values.setText(u"location"_s, u"query"_s);
        wanted.credential->values.setText(u"name"_s, u"key"_s);
        wanted.credential->values.setSecret(u"key"_s, Secret("Opal-73-river"));
        const Trace trace = run(transport, wanted);
        QVERIFY(!trace.error);
        QStringList urls;
        for (const Request &request : transport.requests)
            urls << request.url.toString();
        QCOMPARE(urls, (QStringList{u"http://a.example/x?page=2&key=mine&key=Opal-73-river"_s, u"http://a.example/x/?page=2&key=mine&key=Opal-73-river"_s, u"http://b.example/y?page=2&key=mine"_s}));
    }

    // RFC 9421 section 4.3: several signatures, each with its label.
    void twoSignaturesOfOneRequest()
    {
        FakeTransport transport([](const Request &) { return FakeTransport::response(200); });
        const auto seal = [](const QString &name, const QString &label) {
            RunCredential made;
            made.profile.id = made.profile.name = name;
            made.profile.schemeId = u"http-signature"_s;
            made.profile.origins = QStringList{u"http://a.example"_s};
            for (const SchemeField &field : findScheme(u"http-signature"_s)->fields()) {
                if (field.kind != FieldKind::Secret)
                    made.values.setText(field.id, field.defaultValue);
            }
            made.values.setText(u"algorithm"_s, u"hmac-sha256"_s);
            made.values.setText(u"label"_s, label);
            made.values.setText(u"components"_s, u"@method"_s);
            made.values.setSecret(u"key"_s, Secret("Opal-73-river"));
            return made;
        };
        RunJob wanted = job(u"http://a.example/x"_s);
        wanted.credential = seal(u"one"_s, u"a"_s);
        wanted.credential->together = {seal(u"two"_s, u"b"_s)};
        const Trace trace = run(transport, wanted);
        QVERIFY2(!trace.error, trace.error ? qPrintable(trace.error->message) : "");
        const Headers &headers = transport.requests.first().headers;
        QVERIFY(headers.value("Signature-Input").startsWith("a=(\"@method\")") && headers.value("Signature-Input").contains(", b=(\"@method\")"));
        QVERIFY(headers.value("Signature").startsWith("a=:") && headers.value("Signature").contains(", b=:"));
        wanted.credential->together = {seal(u"two"_s, u"a"_s)};
        const Trace clash = run(transport, wanted);
        QVERIFY(clash.error && clash.error->message.contains(u"the label a already"_s));
    }

    // RFC 9449 section 9, and RFC 9421 over all of it: the server asks for a nonce, and what goes along is made anew with it.
    void proofGoesAlongAndIsMadeAgain()
    {
        FakeTransport transport([](const Request &request) {
            const QByteArray proof = request.headers.value("DPoP");
            const QByteArray claims = QByteArray::fromBase64(proof.split('.').value(1), QByteArray::Base64UrlEncoding);
            if (claims.contains("\"nonce\":\"n-1\""))
                return FakeTransport::response(200);
            return FakeTransport::response(401, {{"WWW-Authenticate", "DPoP error=\"use_dpop_nonce\""}, {"DPoP-Nonce", "n-1"}});
        });
        RunJob wanted = job(u"http://a.example/x"_s);
        wanted.credential = credential(u"bearer"_s, {u"http://a.example"_s});
        wanted.credential->values.setSecret(u"token"_s, Secret("mF_9.B5f-4.1JqM"));
        const auto along = [](const QString &name, const QString &scheme) {
            RunCredential made;
            made.profile.id = made.profile.name = name;
            made.profile.schemeId = scheme;
            made.profile.origins = QStringList{u"http://a.example"_s};
            for (const SchemeField &field : findScheme(scheme)->fields()) {
                if (field.kind != FieldKind::Secret)
                    made.values.setText(field.id, field.defaultValue);
            }
            return made;
        };
        RunCredential seal = along(u"seal"_s, u"http-signature"_s); // named first, made last
        seal.values.setText(u"algorithm"_s, u"hmac-sha256"_s);
        seal.values.setText(u"key-id"_s, u"k1"_s);
        seal.values.setText(u"components"_s, u"@method dpop authorization"_s);
        seal.values.setSecret(u"key"_s, Secret("Opal-73-river"));
        RunCredential proof = along(u"proof"_s, u"dpop"_s);
        // The key of RFC 9449's examples would do as well; this one is RFC 7515 appendix A.3's.
        proof.values.setSecret(u"key"_s, Secret("{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\",\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\",\"d\":\"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI\"}"));
        wanted.credential->together = {seal, proof};
        const Trace trace = run(transport, wanted);
        QVERIFY2(!trace.error, trace.error ? qPrintable(trace.error->message) : "");
        QCOMPARE(transport.requests.size(), 2);
        QCOMPARE(trace.exchanges.first().role, ExchangeRole::Challenge);
        QVERIFY(trace.exchanges.first().hasDecision(DecisionKind::ChallengeAnswered));
        QCOMPARE(trace.exchanges.last().response.status, 200);
        for (const Request &request : transport.requests) {
            QCOMPARE(request.headers.values("Authorization"), QList{"DPoP mF_9.B5f-4.1JqM"_ba});
            // Section 4.2: ath is the hash of the token; computed with `printf mF_9.B5f-4.1JqM | openssl dgst -sha256 -binary | basenc --base64url`.
            const QByteArray claims = QByteArray::fromBase64(request.headers.value("DPoP").split('.').value(1), QByteArray::Base64UrlEncoding);
            QVERIFY2(claims.contains("\"ath\":\"uOFIVFsTx4vHTaLxpydd1x5W3ezhKdfS97PswG95lNo\""), claims.constData());
            QVERIFY(request.headers.value("Signature-Input").contains("\"@method\" \"dpop\" \"authorization\""));
        }
        QVERIFY(transport.requests.first().headers.value("Signature") != transport.requests.last().headers.value("Signature"));
        // Without a token there is nothing to prove.
        wanted.credential = credential(u"none"_s, {u"http://a.example"_s});
        wanted.credential->together = {proof};
        const Trace without = run(transport, wanted);
        QVERIFY(without.error && without.error->message.contains(u"no token"_s));
        QCOMPARE(transport.requests.size(), 2);
    }

    void redirectBackStartsAgainWithTheCredential()
    {
        FakeTransport transport([](const Request &request) {
            return request.url.path == "/x" ? FakeTransport::response(302, {{"Location", "/y"}}) : FakeTransport::response(200);
        });
        RunJob wanted = job(u"http://a.example/x"_s);
        wanted.spec.settings.followRedirects = true;
        wanted.credential = credential(u"basic"_s, {u"http://a.example"_s});
        const Trace trace = run(transport, wanted);
        QCOMPARE(trace.exchanges.size(), 2);
        QVERIFY(transport.requests.at(1).headers.contains("Authorization"));
    }

    void trustedRedirectCarriesTheCredential()
    {
        FakeTransport transport([](const Request &request) {
            return request.url.host == "a.example"_L1 ? FakeTransport::response(302, {{"Location", "http://b.example/y"}})
                                                      : FakeTransport::response(200);
        });
        RunJob wanted = job(u"http://a.example/x"_s);
        wanted.spec.settings.followRedirects = true;
        wanted.spec.settings.locationTrusted = true;
        wanted.credential = credential(u"basic"_s, {u"http://a.example"_s});
        (void)run(transport, wanted);
        QVERIFY(transport.requests.at(1).headers.contains("Authorization"));
    }

    void circleEnds()
    {
        FakeTransport transport([](const Request &) { return FakeTransport::response(302, {{"Location", "/x"}}); });
        RunJob wanted = job(u"http://a.example/x"_s);
        wanted.spec.settings.followRedirects = true;
        wanted.spec.settings.maxRedirects = 50;
        const Trace trace = run(transport, wanted);
        QVERIFY(trace.exchanges.size() < 6);
        QCOMPARE(trace.exchanges.last().role, ExchangeRole::Final);
        QVERIFY(trace.exchanges.last().hasDecision(DecisionKind::RedirectNotFollowed));
    }

    void limitEnds()
    {
        int count = 0;
        FakeTransport transport([&](const Request &) {
            return FakeTransport::response(302, {{"Location", "/" + QByteArray::number(++count)}});
        });
        RunJob wanted = job(u"http://a.example/x"_s);
        wanted.spec.settings.followRedirects = true;
        wanted.spec.settings.maxRedirects = 4;
        const Trace trace = run(transport, wanted);
        QCOMPARE(trace.exchanges.size(), 5);
        QVERIFY(trace.exchanges.last().hasDecision(DecisionKind::RedirectNotFollowed));
    }

    void digestAnswersTheChallenge()
    {
        FakeTransport transport([](const Request &request) {
            return request.headers.contains("Authorization")
                ? FakeTransport::response(200)
                : FakeTransport::response(401, {{"WWW-Authenticate", "Digest realm=\"r\", nonce=\"n\", qop=\"auth\""}});
        });
        RunJob wanted = job(u"http://a.example/x"_s);
        wanted.credential = credential(u"digest"_s, {u"http://a.example"_s});
        Runner runner(transport, m_clock, m_random);
        const Trace trace = run(runner, wanted);
        QCOMPARE(trace.exchanges.size(), 2);
        QCOMPARE(trace.exchanges.at(0).role, ExchangeRole::Challenge);
        QVERIFY(trace.exchanges.at(0).hasDecision(DecisionKind::ChallengeAnswered));
        QVERIFY(!transport.requests.at(0).headers.contains("Authorization"));
        QVERIFY(transport.requests.at(1).headers.value("Authorization").startsWith("Digest username=\"alice\""));
        QVERIFY(!trace.exchanges.at(1).derivation.isEmpty());
        // The nonce is remembered for the next run (RFC 7616 section 3.6), until it is forgotten.
        QCOMPARE(run(runner, wanted).exchanges.size(), 1);
        runner.forget(wanted.credential->profile.id);
        QCOMPARE(run(runner, wanted).exchanges.size(), 2);
    }

    void anyPicksTheStrongest_data()
    {
        QTest::addColumn<QByteArray>("challenge");
        QTest::addColumn<QByteArray>("answer"); // its beginning; empty: none
        QTest::newRow("basic") << "Basic realm=\"r\""_ba << "Basic "_ba;
        QTest::newRow("both") << "Basic realm=\"r\", Digest realm=\"r\", nonce=\"n\", qop=\"auth\""_ba << "Digest "_ba;
        QTest::newRow("a digest that can't be answered") << "Digest realm=\"r\", nonce=\"n\", algorithm=SHA-9, Basic realm=\"r\""_ba << "Basic "_ba;
        QTest::newRow("neither") << "Bearer realm=\"r\""_ba << QByteArray();
    }
    void anyPicksTheStrongest()
    {
        QFETCH(QByteArray, challenge);
        QFETCH(QByteArray, answer);
        FakeTransport transport([&](const Request &request) {
            return request.headers.contains("Authorization") ? FakeTransport::response(200)
                                                             : FakeTransport::response(401, {{"WWW-Authenticate", challenge}});
        });
        RunJob wanted = job(u"http://a.example/x"_s);
        wanted.credential = credential(u"any"_s, {u"http://a.example"_s});
        const Trace trace = run(transport, wanted);
        QVERIFY(!transport.requests.first().headers.contains("Authorization"));
        QCOMPARE(trace.exchanges.size(), answer.isEmpty() ? 1 : 2);
        if (answer.isEmpty())
            QVERIFY(trace.exchanges.last().hasDecision(DecisionKind::ChallengeNotAnswered));
        else
            QVERIFY(transport.requests.last().headers.value("Authorization").startsWith(answer));
    }

    // RFC 9113 section 7, HTTP_1_1_REQUIRED.
    void fallsBackToHttp11Once_data()
    {
        QTest::addColumn<HttpVersion>("version");
        QTest::addColumn<bool>("always"); // refused on HTTP/1.1 as well
        QTest::addColumn<QList<HttpVersion>>("sent");
        QTest::newRow("left to the server") << HttpVersion::Auto << false << QList{HttpVersion::Auto, HttpVersion::Http11};
        QTest::newRow("2 wished") << HttpVersion::Http2 << false << QList{HttpVersion::Http2, HttpVersion::Http11};
        QTest::newRow("2 insisted on") << HttpVersion::Http2PriorKnowledge << false << QList{HttpVersion::Http2PriorKnowledge};
        QTest::newRow("no end") << HttpVersion::Auto << true << QList{HttpVersion::Auto, HttpVersion::Http11};
    }
    void fallsBackToHttp11Once()
    {
        QFETCH(HttpVersion, version);
        QFETCH(bool, always);
        QFETCH(QList<HttpVersion>, sent);
        FakeTransport transport([](const Request &) { return FakeTransport::response(200); });
        transport.finish = [always](Exchange &exchange) {
            if (exchange.request.version == HttpVersion::Http11 && !always)
                return;
            exchange.response = {};
            exchange.http2 = Http2Facts{};
            exchange.http2->resetCode = 0xd;
            exchange.error = Error{ErrorCode::ConnectionClosed, u"reset"_s, {}, {}};
        };
        RunJob wanted = job(u"https://a.example/x"_s);
        wanted.spec.settings.version = version;
        const Trace trace = run(transport, wanted);
        QList<HttpVersion> versions;
        for (const Request &request : transport.requests)
            versions << request.version;
        QCOMPARE(versions, sent);
        QCOMPARE(trace.exchanges.size(), sent.size());
        QCOMPARE(trace.exchanges.first().hasDecision(DecisionKind::Retried), sent.size() > 1);
        if (sent.size() > 1)
            QCOMPARE(trace.exchanges.first().role, ExchangeRole::Challenge);
        QCOMPARE(trace.exchanges.last().role, ExchangeRole::Final);
    }

    void userInfoOfTheUrl()
    {
        FakeTransport transport([](const Request &) { return FakeTransport::response(200); });
        const Trace trace = run(transport, job(u"http://alice:Quartz-58@a.example/x"_s));
        QCOMPARE(transport.requests.first().headers.value("Authorization"), "Basic YWxpY2U6UXVhcnR6LTU4"_ba);
        QVERIFY(!transport.requests.first().url.userInfo);
        QVERIFY(trace.exchanges.first().hasDecision(DecisionKind::Note));
    }

    void nothingIsSentWhenTheRequestIsWrong()
    {
        FakeTransport transport([](const Request &) { return FakeTransport::response(200); });
        RunJob wanted = job(u"http://a.example/"_s);
        wanted.spec.headers = {{u"X-A"_s, u"1\r\nX-B: 2"_s}};
        const Trace trace = run(transport, wanted);
        QVERIFY(transport.requests.isEmpty());
        QCOMPARE(trace.error->code, ErrorCode::InvalidHeader);
        wanted = job(u"http://a.example/"_s);
        wanted.credential = credential(u"no-such-scheme"_s, {u"http://a.example"_s});
        QCOMPARE(run(transport, wanted).error->code, ErrorCode::Unsupported);
        wanted = job(u"http://a.example/"_s);
        wanted.spec.settings.caFile = u"does-not-exist"_s;
        QCOMPARE(run(transport, wanted).error->code, ErrorCode::FileUnreadable);
        QVERIFY(transport.requests.isEmpty());
    }

    void settingsReachTheTransport()
    {
        FakeTransport transport([](const Request &) { return FakeTransport::response(200); });
        RunJob wanted = job(u"http://a.example/"_s);
        wanted.spec.settings.verifyTls = false;
        wanted.spec.settings.connectTimeoutMs = 1234;
        wanted.spec.settings.totalTimeoutMs = 5678;
        wanted.spec.settings.addressFamily = 6;
        wanted.spec.settings.resolve.insert(u"a.example:80"_s, u"127.0.0.1"_s);
        (void)run(transport, wanted);
        const TransportOptions &options = transport.options.first();
        QVERIFY(!options.verifyTls);
        QCOMPARE(options.limits.connectTimeoutMs, 1234);
        QCOMPARE(options.limits.totalTimeoutMs, 5678);
        QCOMPARE(options.addressFamily, 6);
        QCOMPARE(options.resolveOverrides.value(u"a.example:80"_s), u"127.0.0.1"_s);
    }

    void cancel_data()
    {
        QTest::addColumn<bool>("underWay");
        QTest::newRow("before it begins") << false;
        QTest::newRow("under way") << true;
    }
    void cancel()
    {
        QFETCH(bool, underWay);
        FakeTransport transport([](const Request &) { return FakeTransport::response(200); });
        transport.silent = true;
        Runner runner(transport, m_clock, m_random);
        std::unique_ptr<Run> run(runner.start(job(u"http://a.example/"_s)));
        QSignalSpy started(run.get(), &Run::exchangeStarted);
        QSignalSpy finished(run.get(), &Run::finished);
        if (underWay)
            QVERIFY(started.wait());
        run->cancel();
        run->cancel();
        QCOMPARE(finished.size(), 1);
        QVERIFY(run->trace().error);
        QCOMPARE(run->trace().error->code, ErrorCode::Cancelled);
        QCOMPARE(run->trace().exchanges.size(), underWay ? 1 : 0);
    }

private:
    static RunJob job(const QString &url)
    {
        RunJob job;
        job.spec.url = url;
        return job;
    }
    static RunCredential credential(const QString &scheme, const QStringList &origins)
    {
        RunCredential credential;
        credential.profile = CredentialProfile::create(u"staff"_s, scheme);
        credential.profile.origins = origins;
        credential.values.setText(u"username"_s, u"alice"_s);
        credential.values.setSecret(u"password"_s, Secret::fromString(u"Quartz-58"_s));
        return credential;
    }
    static Trace run(Runner &runner, const RunJob &job)
    {
        const std::unique_ptr<Run> run(runner.start(job));
        QSignalSpy finished(run.get(), &Run::finished);
        if (finished.isEmpty() && !finished.wait())
            qFatal("the run does not end");
        return run->trace();
    }
    Trace run(Transport &transport, const RunJob &job)
    {
        Runner runner(transport, m_clock, m_random);
        return run(runner, job);
    }

    SystemClock m_clock;
    SystemRandom m_random;
};

QTEST_GUILESS_MAIN(RunnerTest)
#include "tst_runner.moc"
