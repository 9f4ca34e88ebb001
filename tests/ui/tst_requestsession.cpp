// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/session/RequestSession.h"

#include "RequestFixture.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

using namespace Qt::StringLiterals;

namespace realmscope {

// Answers 401 until it sees this Authorization line.
static ScriptServer::Answer wants(const QByteArray &authorization)
{
    return [authorization](const QByteArray &request) {
        if (request.contains("\r\nAuthorization: " + authorization + "\r\n"))
            return response(200, "OK", "Content-Type: text/plain\r\n", "welcome");
        return response(401, "Unauthorized", "WWW-Authenticate: Basic realm=\"lab\"\r\n", "no");
    };
}

class RequestSessionTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        qRegisterMetaType<Evidence>();
        qRegisterMetaType<Error>();
        qRegisterMetaType<Fix>();
    }

    void sendsAndKeepsWhatCame()
    {
        ScriptServer server([](const QByteArray &) { return response(200, "OK", {}, "hello"); });
        RequestFixture fixture;
        RequestSession session(fixture.context);
        RequestSpec spec;
        spec.url = server.url(u"/a?b=c"_s);
        session.setSpec(spec);
        QSignalSpy states(&session, &RequestSession::stateChanged);
        session.send();
        QCOMPARE(session.state(), RequestSession::State::Sending);
        session.send(); // one at a time
        QTRY_VERIFY(session.hasResult());
        QCOMPARE(server.requests().size(), 1);
        QVERIFY(server.requests().first().startsWith("GET /a?b=c HTTP/1.1\r\n"));
        QCOMPARE(session.trace().exchanges.size(), 1);
        QCOMPARE(session.trace().exchanges.first().response.status, 200);
        QCOMPARE(session.trace().exchanges.first().rawRequest.all(), server.requests().first());
        QCOMPARE(session.currentExchange(), 0);
        QVERIFY(!session.sendError());
        QVERIFY(states.size() >= 2);
        QVERIFY(!session.previous());
    }

    // Each of these stops the send with a sentence, sends nothing and keeps what was typed.
    void badInputSendsNothing_data()
    {
        QTest::addColumn<QString>("method");
        QTest::addColumn<QString>("url");
        QTest::addColumn<QString>("headerName");
        QTest::addColumn<QString>("headerValue");
        QTest::addColumn<int>("code");
        const auto row = [](const char *name, const QString &method, const QString &url, const QString &header,
                            const QString &value, ErrorCode code) {
            QTest::newRow(name) << method << url << header << value << static_cast<int>(code);
        };
        const QString good = u"{base}/"_s;
        row("no URL", u"GET"_s, {}, {}, {}, ErrorCode::InvalidUrl);
        row("port is no number", u"GET"_s, u"http://127.0.0.1:80x/"_s, {}, {}, ErrorCode::InvalidUrl);
        row("other scheme", u"GET"_s, u"gopher://127.0.0.1/"_s, {}, {}, ErrorCode::InvalidUrl);
        row("method with a space", u"GE T"_s, good, {}, {}, ErrorCode::InvalidMethod);
        row("method with a line break", u"GET\r\nX: y"_s, good, {}, {}, ErrorCode::InvalidMethod);
        row("line break in a header value", u"GET"_s, good, u"X-A"_s, u"b\r\nInjected: yes"_s, ErrorCode::InvalidHeader);
        row("NUL in a header value", u"GET"_s, good, u"X-A"_s, u"b"_s + QChar(u'\0') + u"c"_s, ErrorCode::InvalidHeader);
        row("header name with a colon", u"GET"_s, good, u"X-A:"_s, u"b"_s, ErrorCode::InvalidHeader);
        row("header name with a line break", u"GET"_s, good, u"X\nA"_s, u"b"_s, ErrorCode::InvalidHeader);
        row("unknown variable in the URL", u"GET"_s, u"{{nowhere}}/x"_s, {}, {}, ErrorCode::UnresolvedVariable);
        row("unknown variable in a header", u"GET"_s, good, u"X-A"_s, u"{{token}}"_s, ErrorCode::UnresolvedVariable);
    }
    void badInputSendsNothing()
    {
        QFETCH(QString, method);
        QFETCH(QString, url);
        QFETCH(QString, headerName);
        QFETCH(QString, headerValue);
        QFETCH(int, code);
        ScriptServer server([](const QByteArray &) { return response(200, "OK", {}, {}); });
        RequestFixture fixture;
        RequestSession session(fixture.context);
        RequestSpec spec;
        spec.method = method;
        spec.url = url.replace(u"{base}"_s, server.origin());
        if (!headerName.isEmpty())
            spec.headers.append({headerName, headerValue, true});
        session.setSpec(spec);
        session.send();
        QTRY_COMPARE(session.state(), RequestSession::State::Idle);
        QVERIFY(session.sendError());
        QCOMPARE(errorCodeId(session.sendError()->code), errorCodeId(static_cast<ErrorCode>(code)));
        QVERIFY(!session.sendError()->message.isEmpty());
        QVERIFY(session.spec() == spec);
        QCOMPARE(server.requests().size(), 0);
    }

    void profileIsResolvedOnceAndMasked()
    {
        // "alice:Quartz-58" in Base64, from: printf 'alice:Quartz-58' | base64
        ScriptServer server(wants("Basic YWxpY2U6UXVhcnR6LTU4"));
        RequestFixture fixture;
        fixture.addProfile(u"alice"_s, u"basic"_s, {{u"username"_s, u"alice"_s}}, {{u"password"_s, u"Quartz-58"_s}},
                           {server.origin()});
        RequestSession session(fixture.context);
        RequestSpec spec;
        spec.url = server.url();
        spec.profileName = u"alice"_s;
        session.setSpec(spec);
        session.send();
        QTRY_VERIFY(session.hasResult());
        QCOMPARE(session.trace().final()->response.status, 200);
        QVERIFY(!session.redactor().text("x Quartz-58 y"_ba).contains("Quartz-58"));
        QVERIFY(!session.redactor().text("YWxpY2U6UXVhcnR6LTU4"_ba).contains("YWxpY2U6UXVhcnR6LTU4"));
    }

    void missingSecretIsTold()
    {
        ScriptServer server(wants("Basic x"));
        RequestFixture fixture;
        CredentialProfile profile = CredentialProfile::create(u"alice"_s, u"basic"_s);
        profile.fields.insert(u"username"_s, u"alice"_s);
        profile.secretFields = {u"password"_s}; // said to be stored, and is not
        profile.origins = {server.origin()};
        QVERIFY(fixture.context.profiles->put(profile));
        RequestSession session(fixture.context);
        RequestSpec spec;
        spec.url = server.url();
        spec.profileName = u"alice"_s;
        session.setSpec(spec);
        session.send();
        QTRY_VERIFY(session.sendError().has_value());
        QCOMPARE(session.state(), RequestSession::State::Idle);
        QCOMPARE(errorCodeId(session.sendError()->code), u"secret-not-found"_s);
        QVERIFY2(session.sendError()->message.contains("alice"_L1), qPrintable(session.sendError()->message));
        QCOMPARE(server.requests().size(), 0);
    }

    void unknownProfileIsTold()
    {
        RequestFixture fixture;
        RequestSession session(fixture.context);
        RequestSpec spec;
        spec.url = u"http://127.0.0.1:9/"_s;
        spec.profileName = u"nobody"_s;
        session.setSpec(spec);
        session.send();
        QVERIFY(session.sendError());
        QVERIFY(session.sendError()->message.contains("nobody"_L1));
    }

    void otherOriginIsRefusedUntilAllowed()
    {
        ScriptServer server(wants("Basic YWxpY2U6UXVhcnR6LTU4"));
        RequestFixture fixture;
        fixture.addProfile(u"alice"_s, u"basic"_s, {{u"username"_s, u"alice"_s}}, {{u"password"_s, u"Quartz-58"_s}},
                           {u"https://api.example.com"_s});
        RequestSession session(fixture.context);
        RequestSpec spec;
        spec.url = server.url();
        spec.profileName = u"alice"_s;
        session.setSpec(spec);
        session.send();
        QTRY_VERIFY(session.sendError().has_value());
        QCOMPARE(errorCodeId(session.sendError()->code), u"origin-not-allowed"_s);
        QCOMPARE(server.requests().size(), 0);
        session.allowOrigin(true);
        QTRY_VERIFY(session.hasResult());
        QVERIFY(!session.sendError());
        QCOMPARE(session.trace().final()->response.status, 200);
        // The old origin stays, and the file on disk has both.
        ProfileStore stored(fixture.context.profiles->path());
        QVERIFY(stored.load());
        QCOMPARE(stored.findByName(u"alice"_s)->origins,
                 (QStringList{u"https://api.example.com"_s, server.origin()}));
    }

    void cancelKeepsWhatCame()
    {
        ScriptServer server([](const QByteArray &) { return QByteArray(); }); // never answers
        RequestFixture fixture;
        RequestSession session(fixture.context);
        RequestSpec spec;
        spec.url = server.url();
        session.setSpec(spec);
        session.send();
        QTRY_COMPARE(server.requests().size(), 1);
        QCOMPARE(session.state(), RequestSession::State::Sending);
        session.cancel();
        QTRY_COMPARE(session.state(), RequestSession::State::Idle);
        QVERIFY(session.hasResult());
        QCOMPARE(session.trace().exchanges.size(), 1);
        QCOMPARE(session.trace().exchanges.first().rawRequest.all(), server.requests().first());
        QVERIFY(session.trace().exchanges.first().error);
        QCOMPARE(errorCodeId(session.trace().exchanges.first().error->code), u"cancelled"_s);
        // And the session is good for another one.
        session.send();
        QTRY_COMPARE(server.requests().size(), 2);
        session.cancel();
        QTRY_COMPARE(session.state(), RequestSession::State::Idle);
    }

    void cancelWhileTheKeychainIsAsked()
    {
        ScriptServer server(wants("Basic YWxpY2U6UXVhcnR6LTU4"));
        RequestFixture fixture;
        fixture.addProfile(u"alice"_s, u"basic"_s, {{u"username"_s, u"alice"_s}}, {{u"password"_s, u"Quartz-58"_s}},
                           {server.origin()});
        RequestSession session(fixture.context);
        RequestSpec spec;
        spec.url = server.url();
        spec.profileName = u"alice"_s;
        session.setSpec(spec);
        session.send(); // the store answers from the event loop, so not yet
        session.cancel();
        QCOMPARE(session.state(), RequestSession::State::Idle);
        QCOMPARE(errorCodeId(session.sendError()->code), u"cancelled"_s);
        QSignalSpy states(&session, &RequestSession::stateChanged);
        // The answer that comes too late changes nothing: an own read through the same store comes after it.
        bool isRead = false;
        fixture.context.keychain->read(u"any"_s, &session, [&](const Result<Secret> &) { isRead = true; });
        QTRY_VERIFY(isRead);
        QCOMPARE(states.size(), 0);
        QCOMPARE(server.requests().size(), 0);
    }

    void previousAttemptIsKept()
    {
        int count = 0;
        ScriptServer server([&count](const QByteArray &) {
            return ++count == 1 ? response(404, "Not Found", "X-One: 1\r\n", "a") : response(200, "OK", {}, "b");
        });
        RequestFixture fixture;
        RequestSession session(fixture.context);
        session.setAutomaticProbes(false);
        RequestSpec spec;
        spec.url = server.url(u"/first"_s);
        session.setSpec(spec);
        session.send();
        QTRY_VERIFY(session.hasResult());
        spec.url = server.url(u"/second"_s);
        session.setSpec(spec);
        session.send();
        QTRY_VERIFY(session.hasResult() && session.trace().final()->response.status == 200);
        QVERIFY(session.previous());
        QCOMPARE(session.previous()->spec.url, server.url(u"/first"_s));
        QCOMPARE(session.previous()->trace.final()->response.status, 404);
        QCOMPARE(session.sentSpec().url, server.url(u"/second"_s));
    }

    void fixStoresTheSecretAndResends()
    {
        ScriptServer server(wants("Basic YWxpY2U6UXVhcnR6LTU4"));
        RequestFixture fixture;
        fixture.addProfile(u"alice"_s, u"basic"_s, {{u"username"_s, u"alice"_s}}, {{u"password"_s, u"Quartz-58 "_s}},
                           {server.origin()});
        RequestSession session(fixture.context);
        session.setAutomaticProbes(false);
        RequestSpec spec;
        spec.url = server.url();
        spec.profileName = u"alice"_s;
        session.setSpec(spec);
        session.send();
        QTRY_VERIFY(session.hasResult());
        QCOMPARE(session.trace().final()->response.status, 401);
        QVERIFY(session.diagnosis().outcome.isRefusal());
        Fix fix;
        fix.id = u"trim-credential"_s;
        fix.title = u"Remove the space"_s;
        fix.automatic = true;
        fix.edits = {{EditKind::SetProfileSecret, "password"_ba, "Quartz-58"_ba}, {EditKind::Resend, {}, {}}};
        QSignalSpy applied(&session, &RequestSession::fixApplied);
        QSignalSpy failed(&session, &RequestSession::fixFailed);
        session.applyFix(fix, true);
        QTRY_COMPARE(server.requests().size(), 2);
        QTRY_VERIFY(session.hasResult());
        QCOMPARE(session.trace().final()->response.status, 200);
        QCOMPARE(applied.size(), 1);
        QCOMPARE(failed.size(), 0);
        QVERIFY(session.isFixedResult());
        QCOMPARE(session.previous()->trace.final()->response.status, 401);
        // The secret is in the store, not in the file.
        QFile file(fixture.context.profiles->path());
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY(!file.readAll().contains("Quartz"));
        bool isRead = false;
        const CredentialProfile *profile = fixture.context.profiles->findByName(u"alice"_s);
        fixture.context.keychain->read(profile->secretKey(u"password"_s), &session, [&](const Result<Secret> &secret) {
            QVERIFY(secret);
            QCOMPARE(secret->revealText(), u"Quartz-58"_s);
            isRead = true;
        });
        QTRY_VERIFY(isRead);
    }

    void fixThatNeedsTheUserAsks()
    {
        RequestFixture fixture;
        fixture.addProfile(u"alice"_s, u"basic"_s, {{u"username"_s, u"alice"_s}}, {{u"password"_s, u"x1y2"_s}}, {});
        RequestSession session(fixture.context);
        RequestSpec spec;
        spec.url = u"http://127.0.0.1:9/"_s;
        spec.profileName = u"alice"_s;
        session.setSpec(spec);
        Fix fix;
        fix.automatic = true;
        fix.edits = {{EditKind::EditCredential, "password"_ba, {}}};
        QSignalSpy needed(&session, &RequestSession::credentialNeeded);
        session.applyFix(fix, true);
        QCOMPARE(needed.size(), 1);
        QCOMPARE(needed.first().at(0).toString(), u"alice"_s);
        QCOMPARE(needed.first().at(1).toString(), u"password"_s);
        QCOMPARE(session.state(), RequestSession::State::Idle);
    }

    void variablesComeFromTheEnvironment()
    {
        ScriptServer server([](const QByteArray &) { return response(200, "OK", {}, {}); });
        RequestFixture fixture;
        QFile file(fixture.context.workspace->environmentsPath());
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("{\"schema\":\"realmscope.environments/1\",\"environments\":{\"Lab\":{\"base\":\""
                   + server.origin().toUtf8() + "\"}},\"shared\":{\"id\":\"42\"}}");
        file.close();
        QVERIFY(fixture.context.workspace->reload());
        RequestSession session(fixture.context);
        RequestSpec spec;
        spec.url = u"{{base}}/things/{{id}}"_s;
        session.setSpec(spec);
        session.send();
        QVERIFY(session.sendError()); // no environment is chosen
        session.setEnvironment(u"Lab"_s);
        session.send();
        QTRY_VERIFY(session.hasResult());
        QVERIFY(server.requests().first().startsWith("GET /things/42 HTTP/1.1\r\n"));
        QVERIFY(!session.sendError());
    }

    void savesAndKnowsWhatIsModified()
    {
        RequestFixture fixture;
        RequestSession session(fixture.context);
        QVERIFY(!session.isModified());
        RequestSpec spec;
        spec.name = u"List invoices"_s;
        spec.url = u"https://api.example.com/invoices"_s;
        session.setSpec(spec);
        QVERIFY(session.isModified());
        QVERIFY(session.save());
        QVERIFY(!session.isModified());
        QVERIFY(QFile::exists(QDir(fixture.folder()).filePath(session.filePath())));
        spec.method = u"POST"_s;
        session.setSpec(spec);
        QVERIFY(session.isModified());
        QVERIFY(session.save());
        const Result<RequestSpec> loaded = fixture.context.workspace->load(session.filePath(), session.fileIndex());
        QVERIFY(loaded);
        QCOMPARE(loaded->method, u"POST"_s);
        QCOMPARE(loaded->url, spec.url);
    }

    void evidenceChoosesTheExchange()
    {
        ScriptServer server([](const QByteArray &request) {
            return request.startsWith("GET /a ") ? response(302, "Found", "Location: /b\r\n", {})
                                                 : response(200, "OK", {}, "b");
        });
        RequestFixture fixture;
        RequestSession session(fixture.context);
        RequestSpec spec;
        spec.url = server.url(u"/a"_s);
        spec.settings.followRedirects = true;
        session.setSpec(spec);
        session.send();
        QTRY_VERIFY(session.hasResult());
        QCOMPARE(session.trace().exchanges.size(), 2);
        QCOMPARE(session.currentExchange(), 1);
        QSignalSpy requested(&session, &RequestSession::evidenceRequested);
        Evidence evidence;
        evidence.exchange = 0;
        evidence.part = EvidencePart::ResponseHeader;
        evidence.name = "Location";
        session.showEvidence(evidence);
        QCOMPARE(session.currentExchange(), 0);
        QCOMPARE(requested.size(), 1);
    }

    void unreachableServerIsAResult()
    {
        quint16 port = 0;
        {
            QTcpServer gone;
            QVERIFY(gone.listen(QHostAddress::LocalHost));
            port = gone.serverPort();
        }
        RequestFixture fixture;
        RequestSession session(fixture.context);
        RequestSpec spec;
        spec.url = u"http://127.0.0.1:%1/"_s.arg(port);
        session.setSpec(spec);
        session.send();
        QTRY_VERIFY(session.hasResult());
        QVERIFY(session.trace().exchanges.first().error);
        QCOMPARE(errorCodeId(session.trace().exchanges.first().error->code), u"connect-failed"_s);
        QVERIFY(!session.diagnosis().outcome.isRefusal());
    }

    void destroyedWhileSending()
    {
        ScriptServer server([](const QByteArray &) { return QByteArray(); });
        RequestFixture fixture;
        auto session = std::make_unique<RequestSession>(fixture.context);
        RequestSpec spec;
        spec.url = server.url();
        session->setSpec(spec);
        session->send();
        QTRY_COMPARE(server.requests().size(), 1);
        session.reset();
        QCoreApplication::processEvents();
    }
};

} // namespace realmscope

QTEST_GUILESS_MAIN(realmscope::RequestSessionTest)
#include "tst_requestsession.moc"
