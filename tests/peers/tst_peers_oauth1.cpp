// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/SchemeRegistry.h"
#include "app/auth/schemes/Placement.h"
#include "app/base/Encoding.h"
#include "app/credentials/Redactor.h"
#include "app/http/SocketTransport.h"
#include "app/runner/Runner.h"
#include "tests/peers/FreePort.h"
#include "tests/peers/Peer.h"

#include <QtCore/QElapsedTimer>
#include <QtCore/QPointer>
#include <QtCore/QStandardPaths>
#include <QtCore/QTimer>
#include <QtNetwork/QTcpSocket>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

using namespace realmscope;
using namespace Qt::StringLiterals;

// The three legs of OAuth 1.0a; passport-http-oauth looks at every signature. (Its PLAINTEXT is encoded twice, unlike RFC 5849
// section 3.4.4: that is verified by oauthlib, in tst_peers_signers.)
class tst_PeersOAuth1 : public QObject
{
    Q_OBJECT
private:
    using Map = QMap<QString, QString>;
    QProcess m_peer;
    QString m_whyNot;
    QString m_origin;
    SystemClock m_clock;
    SystemRandom m_random;
    std::unique_ptr<SocketTransport> m_transport;
    std::unique_ptr<Runner> m_runner;
    int m_browserOpened = 0;
    QByteArray m_token, m_tokenSecret;

    RunJob job(const QString &id, const Map &texts, const QByteArray &secret = "K&y=1 2") const
    {
        RunJob result;
        result.spec.url = m_origin + u"/things?a=1"_s;
        result.credential.emplace();
        CredentialProfile &profile = result.credential->profile;
        profile.id = id;
        profile.name = id;
        profile.schemeId = u"oauth1"_s;
        profile.origins = QStringList{m_origin};
        FieldValues &values = result.credential->values;
        for (const SchemeField &field : findScheme(u"oauth1"_s)->fields()) {
            if (field.kind != FieldKind::Secret)
                values.setText(field.id, field.defaultValue);
        }
        values.setText(u"consumer-key"_s, u"app"_s);
        values.setSecret(u"consumer-secret"_s, Secret(secret));
        values.setText(u"flow"_s, u"three-legged"_s);
        values.setText(u"request-token-url"_s, m_origin + u"/request"_s);
        values.setText(u"authorization-url"_s, m_origin + u"/authorize"_s);
        values.setText(u"access-token-url"_s, m_origin + u"/access"_s);
        for (const auto &[field, value] : texts.asKeyValueRange())
            values.setText(field, value);
        return result;
    }

    Trace run(const RunJob &what)
    {
        const std::unique_ptr<Run> running(m_runner->start(what));
        QSignalSpy finished(running.get(), &Run::finished);
        if (!finished.wait(30'000))
            return {};
        return running->trace();
    }

    // GET, and the page or where it leads.
    static QByteArray fetch(const QUrl &url, QUrl *location = nullptr)
    {
        QTcpSocket socket;
        socket.connectToHost(url.host(), quint16(url.port()));
        socket.write("GET " + url.toEncoded(QUrl::RemoveScheme | QUrl::RemoveAuthority) + " HTTP/1.0\r\nHost: " + url.authority().toLatin1() + "\r\n\r\n");
        QByteArray got;
        QElapsedTimer timer;
        timer.start();
        while (socket.state() != QAbstractSocket::UnconnectedState && timer.elapsed() < 20'000) {
            QTest::qWait(5);
            got += socket.readAll();
        }
        got += socket.readAll();
        const qsizetype at = got.indexOf("\r\nLocation: ");
        if (location && at >= 0)
            *location = QUrl::fromEncoded(got.mid(at + 12, got.indexOf("\r\n", at + 12) - at - 12));
        return got.mid(got.indexOf("\r\n\r\n") + 4);
    }

    static QString inWords(const Trace &trace)
    {
        QString words;
        for (const Exchange &exchange : trace.exchanges)
            words += u"%1 %2 %3 → %4 %5\n"_s.arg(exchangeRoleId(exchange.role), QString::fromUtf8(exchange.request.method), exchange.request.url.toString())
                         .arg(exchange.response.status).arg(QString::fromUtf8(exchange.response.body.head(200)));
        return words + (trace.error ? trace.error->message : QString());
    }

private Q_SLOTS:
    void initTestCase()
    {
        const QString folder = QString::fromUtf8(REALMSCOPE_BINARY_DIR) + u"/peers"_s;
        const QString node = QStandardPaths::findExecutable(u"node"_s);
        if (node.isEmpty() || !QFile::exists(folder + u"/node_modules/passport-http-oauth"_s)) {
            m_whyNot = u"REALMSCOPE-TEST-SKIPPED, because node or its packages are not installed (packaging/test.sh does it)"_s;
            return;
        }
        const QString script = folder + u"/oauth1.cjs"_s; // beside the modules, so that require() finds them
        QFile::remove(script);
        QVERIFY(QFile::copy(QString::fromUtf8(REALMSCOPE_SOURCE_DIR) + u"/tests/peers/oauth1.cjs"_s, script));
        const quint16 port = realmscope::test::freePort();
        m_origin = u"http://127.0.0.1:%1"_s.arg(port);
        m_peer.start(node, {script, QString::number(port)});
        while (!m_peer.canReadLine())
            QVERIFY2(m_peer.waitForReadyRead(30'000), m_peer.readAllStandardError().constData());
        QCOMPARE(m_peer.readLine().trimmed(), "ready"_ba);
        m_transport = std::make_unique<SocketTransport>(m_clock);
        m_runner = std::make_unique<Runner>(*m_transport, m_clock, m_random);
    }
    void init()
    {
        if (!m_whyNot.isEmpty())
            QSKIP(qPrintable(m_whyNot));
        m_browserOpened = 0;
        m_runner->disconnect(this);
        connect(m_runner.get(), &Runner::browserWanted, this, [this](Run *run, const BrowserTask &task) {
            ++m_browserOpened;
            const QPointer<Run> waiting = run;
            QTimer::singleShot(0, this, [this, waiting, task] {
                QUrl location;
                const QByteArray page = fetch(task.url, &location);
                if (!waiting)
                    return;
                if (!location.isValid())
                    waiting->pasteBrowserUrl(QString::fromUtf8(page)); // the code that the page shows
                else
                    (void)fetch(location);
            });
        });
    }
    void cleanupTestCase()
    {
        m_peer.closeWriteChannel();
        if (m_peer.state() != QProcess::NotRunning && !m_peer.waitForFinished(5000))
            m_peer.kill();
    }

    void threeLegs_data()
    {
        QTest::addColumn<QMap<QString, QString>>("texts");
        QTest::newRow("back to this computer") << Map{};
        QTest::newRow("a code to paste") << Map{{u"redirect-uri"_s, u"oob"_s}};
        QTest::newRow("parameters in the query") << Map{{u"location"_s, u"query"_s}};
    }
    void threeLegs()
    {
        QFETCH(Map, texts);
        RunJob what = job(QString::fromLatin1(QTest::currentDataTag()), texts);
        QSignalSpy renewed(m_runner.get(), &Runner::fieldsRenewed);
        const Trace trace = run(what);
        QVERIFY2(trace.final() && trace.final()->response.status == 200 && !trace.error, qPrintable(inWords(trace)));
        QVERIFY(trace.final()->response.body.all().contains("\"user\":\"alice\""));
        QCOMPARE(m_browserOpened, 1);
        QVERIFY(trace.exchanges.size() >= 3);
        for (qsizetype i = 0; i + 1 < trace.exchanges.size(); ++i)
            QCOMPARE(trace.exchanges.at(i).role, ExchangeRole::Token);
        QVERIFY(trace.exchanges.first().derivation.first().value.startsWith("POST&"));

        // No token or secret is shown.
        Redactor redactor;
        redactor.learnFrom(trace);
        const QByteArray answer = trace.exchanges.at(trace.exchanges.size() - 2).response.body.all();
        const QByteArray secret = answer.mid(answer.indexOf("oauth_token_secret=") + 19);
        QVERIFY(secret.size() > 10);
        QVERIFY(!redactor.text(answer).contains(secret));
        QVERIFY(!redactor.text(QByteArray("the secret is " + percentDecode(secret))).contains(percentDecode(secret)));

        // Once more: the token is there. And it is given to whoever keeps the profile.
        QCOMPARE(run(what).exchanges.size(), 1);
        QCOMPARE(m_browserOpened, 1);
        QCOMPARE(renewed.size(), 1);
        const auto fields = renewed.first().at(1).value<QMap<QString, Secret>>();
        QVERIFY(fields.contains(u"access"_s));
        what.credential->profile.id += u" kept"_s;
        what.credential->values.setSecret(u"access"_s, fields.value(u"access"_s));
        const Trace later = run(what);
        QVERIFY2(later.final() && later.final()->response.status == 200 && later.exchanges.size() == 1, qPrintable(inWords(later)));
        QCOMPARE(m_browserOpened, 1);
    }

    // The token of a login, used by hand: right, and with another secret, token or key.
    void tokenAtHand_data()
    {
        QTest::addColumn<QMap<QString, QString>>("texts");
        QTest::addColumn<QByteArray>("secret");
        QTest::addColumn<QByteArray>("more"); // behind the token's secret
        QTest::addColumn<QByteArray>("problem"); // in the server's words; empty: it is taken
        const QByteArray right = "K&y=1 2"_ba;
        for (const QString &method : {u"HMAC-SHA1"_s, u"HMAC-SHA256"_s}) {
            for (const QString &place : {u"header"_s, u"query"_s}) {
                const Map texts{{u"signature-method"_s, method}, {u"location"_s, place}};
                const QString name = method + u" in the "_s + place;
                QTest::newRow(qPrintable(name)) << texts << right << QByteArray() << QByteArray();
                QTest::newRow(qPrintable(name + u", another token secret"_s)) << texts << right << "x"_ba << "signature_invalid"_ba;
                QTest::newRow(qPrintable(name + u", another client secret"_s)) << texts << "K&y=1 3"_ba << QByteArray() << "signature_invalid"_ba;
            }
        }
        QTest::newRow("another token") << Map{{u"token"_s, u"nobody's"_s}} << right << QByteArray() << "token_rejected"_ba;
        QTest::newRow("another client") << Map{{u"consumer-key"_s, u"apx"_s}} << right << QByteArray() << "consumer_key_rejected"_ba;
    }
    void tokenAtHand()
    {
        QFETCH(Map, texts);
        QFETCH(QByteArray, secret);
        QFETCH(QByteArray, more);
        QFETCH(QByteArray, problem);
        if (m_token.isEmpty()) {
            const Trace login = run(job(u"login"_s, {}));
            QVERIFY2(login.exchanges.size() >= 3, qPrintable(inWords(login)));
            for (const auto &[name, value] : formPairs(login.exchanges.at(login.exchanges.size() - 2).response.body.all()))
                (name == "oauth_token" ? m_token : m_tokenSecret) = value;
        }
        QVERIFY(!m_token.isEmpty() && !m_tokenSecret.isEmpty());
        texts.insert(u"flow"_s, u"token"_s);
        if (!texts.contains(u"token"_s))
            texts.insert(u"token"_s, QString::fromUtf8(m_token));
        RunJob what = job(QString::fromLatin1(QTest::currentDataTag()), texts, secret);
        what.credential->values.setSecret(u"token-secret"_s, Secret(m_tokenSecret + more));
        const Trace trace = run(what);
        QVERIFY2(trace.final() && !trace.error && trace.exchanges.size() == 1, qPrintable(inWords(trace)));
        if (problem.isEmpty()) {
            QCOMPARE(trace.final()->response.status, 200);
            QVERIFY(trace.final()->response.body.all().contains("\"user\":\"alice\""));
            return;
        }
        QCOMPARE(trace.final()->response.status, 401);
        const QByteArray said = trace.final()->response.headers.value("WWW-Authenticate");
        QVERIFY2(said.contains("oauth_problem=\"" + problem + '"'), said.constData());
    }

    void refused_data()
    {
        QTest::addColumn<QMap<QString, QString>>("texts");
        QTest::addColumn<QByteArray>("secret");
        QTest::addColumn<QString>("message");
        QTest::newRow("wrong secret") << Map{} << "something else"_ba << u"the server gave no temporary token: status 401"_s;
        QTest::newRow("the user says no") << Map{{u"authorization-url"_s, m_origin + u"/refuse"_s}} << "K&y=1 2"_ba << u"the server said no: user_refused"_s;
        QTest::newRow("before 1.0a") << Map{{u"request-token-url"_s, m_origin + u"/request?old=1"_s}} << "K&y=1 2"_ba << u"did not confirm the callback"_s;
        QTest::newRow("no token there") << Map{{u"access-token-url"_s, m_origin + u"/nowhere"_s}} << "K&y=1 2"_ba << u"the server gave no token: status 404"_s;
    }
    void refused()
    {
        QFETCH(Map, texts);
        QFETCH(QByteArray, secret);
        QFETCH(QString, message);
        const Trace trace = run(job(QString::fromLatin1(QTest::currentDataTag()), texts, secret));
        QVERIFY2(trace.error && trace.error->message.contains(message), qPrintable(inWords(trace)));
        QVERIFY(!trace.error->action.isEmpty());
        QVERIFY(!trace.exchanges.isEmpty()); // the legs so far stay
        for (const Exchange &exchange : trace.exchanges)
            QVERIFY(!exchange.request.url.path.startsWith("/things"));
    }

    void badFields_data()
    {
        QTest::addColumn<QMap<QString, QString>>("texts");
        QTest::addColumn<QString>("message");
        QTest::newRow("a URL is missing") << Map{{u"access-token-url"_s, QString()}} << u"the token URL is missing"_s;
        QTest::newRow("a URL is none") << Map{{u"authorization-url"_s, u"ftp://api.example.com/authorize"_s}} << u"the authorization URL is none: ftp://api.example.com/authorize"_s;
    }
    void badFields()
    {
        QFETCH(Map, texts);
        QFETCH(QString, message);
        const Trace trace = run(job(QString::fromLatin1(QTest::currentDataTag()), texts));
        QVERIFY2(trace.error && trace.error->message.contains(message), qPrintable(inWords(trace)));
        QVERIFY(trace.exchanges.isEmpty());
    }
};

QTEST_GUILESS_MAIN(tst_PeersOAuth1)
#include "tst_peers_oauth1.moc"
