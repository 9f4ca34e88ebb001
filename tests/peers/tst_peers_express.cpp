// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/SchemeRegistry.h"
#include "app/http/SocketTransport.h"
#include "app/runner/Runner.h"
#include "tests/peers/Peer.h"

#include <QtCore/QStandardPaths>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

using namespace realmscope;
using namespace Qt::StringLiterals;

// The session login against Express: express-session and csurf.
class tst_PeersExpress : public QObject
{
    Q_OBJECT
private:
    using Map = QMap<QString, QString>;
    QProcess m_peer;
    QString m_whyNot;
    QString m_origin;
    SystemClock m_clock;
    SystemRandom m_random;
    SocketTransport m_transport{m_clock};
    Runner m_runner{m_transport, m_clock, m_random};

    Trace send(const QString &id, const QString &method, const QString &path, const Map &texts, const QString &password = QString::fromLatin1(Peer::password))
    {
        RunJob job;
        job.spec.method = method;
        job.spec.url = m_origin + path;
        job.credential.emplace();
        job.credential->profile.id = id;
        job.credential->profile.name = id;
        job.credential->profile.schemeId = u"session"_s;
        job.credential->profile.origins = QStringList{m_origin};
        FieldValues &values = job.credential->values;
        for (const SchemeField &field : findScheme(u"session"_s)->fields()) {
            if (field.kind != FieldKind::Secret)
                values.setText(field.id, field.defaultValue);
        }
        for (const auto &[field, value] : Map{{u"username"_s, QString::fromLatin1(Peer::user)}, {u"username-field"_s, u"user"_s}, {u"password-field"_s, u"pass"_s}}.asKeyValueRange())
            values.setText(field, value);
        for (const auto &[field, value] : texts.asKeyValueRange())
            values.setText(field, value);
        values.setSecret(u"password"_s, Secret::fromString(password));
        const std::unique_ptr<Run> run(m_runner.start(job));
        QSignalSpy finished(run.get(), &Run::finished);
        if (!finished.wait(20'000))
            return {};
        return run->trace();
    }

    static QString inWords(const Trace &trace)
    {
        QString words;
        for (const Exchange &exchange : trace.exchanges)
            words += u"%1 %2 %3 → %4 %5\n"_s.arg(exchangeRoleId(exchange.role), QString::fromUtf8(exchange.request.method), exchange.request.url.toString())
                         .arg(exchange.response.status).arg(QString::fromUtf8(exchange.response.body.head(200)));
        return words + (trace.error ? trace.error->message : QString());
    }

    static Map formLogin() { return {{u"login-url"_s, u"/form/login"_s}, {u"csrf"_s, u"page"_s}, {u"csrf-header"_s, u"X-CSRF-Token"_s}, {u"session-cookie"_s, u"sid"_s}}; }
    static Map jsonLogin()
    {
        return {{u"login-url"_s, u"/api/login"_s}, {u"page-url"_s, u"/api/hello"_s}, {u"format"_s, u"json"_s}, {u"csrf"_s, u"cookie"_s},
                {u"csrf-name"_s, u"XSRF-TOKEN"_s}, {u"csrf-header"_s, u"X-XSRF-TOKEN"_s}, {u"session-cookie"_s, u"sid"_s}};
    }

private Q_SLOTS:
    void initTestCase()
    {
        const QString folder = QString::fromUtf8(REALMSCOPE_BINARY_DIR) + u"/peers"_s;
        const QString node = QStandardPaths::findExecutable(u"node"_s);
        if (node.isEmpty() || !QFile::exists(folder + u"/node_modules/csurf"_s) || !QFile::exists(folder + u"/node_modules/express-session"_s)) {
            m_whyNot = u"REALMSCOPE-TEST-SKIPPED, because node or its packages are not installed (packaging/test.sh does it)"_s;
            return;
        }
        const QString script = folder + u"/session.cjs"_s; // beside the modules, so that require() finds them
        QFile::remove(script);
        QVERIFY(QFile::copy(QString::fromUtf8(REALMSCOPE_SOURCE_DIR) + u"/tests/peers/session.cjs"_s, script));
        const quint16 port = Peer::freePort();
        m_origin = u"http://127.0.0.1:%1"_s.arg(port);
        m_peer.start(node, {script, QString::number(port)});
        while (!m_peer.canReadLine())
            QVERIFY2(m_peer.waitForReadyRead(30'000), m_peer.readAllStandardError().constData());
        QCOMPARE(m_peer.readLine().trimmed(), "ready"_ba);
    }
    void init()
    {
        if (!m_whyNot.isEmpty())
            QSKIP(qPrintable(m_whyNot));
    }
    void cleanupTestCase()
    {
        m_peer.closeWriteChannel();
        if (m_peer.state() != QProcess::NotRunning && !m_peer.waitForFinished(5000))
            m_peer.kill();
    }

    void logsIn_data()
    {
        QTest::addColumn<QMap<QString, QString>>("texts");
        QTest::addColumn<QString>("path");
        QTest::newRow("form, token in the page") << formLogin() << u"/form/things"_s;
        QTest::newRow("JSON, token in a cookie") << jsonLogin() << u"/api/things"_s;
    }
    void logsIn()
    {
        QFETCH(Map, texts);
        QFETCH(QString, path);
        const QString id = QString::fromLatin1(QTest::currentDataTag());
        const Trace first = send(id, u"GET"_s, path, texts);
        QVERIFY2(!first.error && first.final() && first.final()->response.status == 200, qPrintable(inWords(first)));
        QCOMPARE(first.final()->response.body.all(), "GET by alice"_ba);
        QVERIFY(first.exchanges.size() >= 3); // the page with the token, the login, the request
        // What changes something needs the token as well, and no second login.
        const Trace second = send(id, u"POST"_s, path, texts);
        QVERIFY2(second.final() && second.final()->response.body.all() == "POST by alice", qPrintable(inWords(second)));
        QCOMPARE(second.exchanges.size(), 1);
        QTest::qWait(3200); // the session is over
        const Trace third = send(id, u"GET"_s, path, texts);
        QVERIFY2(third.final() && third.final()->response.body.all() == "GET by alice", qPrintable(inWords(third)));
        QVERIFY(third.exchanges.size() >= 3);
    }

    void refused_data()
    {
        QTest::addColumn<QMap<QString, QString>>("texts");
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("password");
        QTest::addColumn<int>("status"); // of the login
        Map withoutToken = formLogin();
        withoutToken[u"csrf"_s] = u"none"_s;
        QTest::newRow("form, wrong password") << formLogin() << u"/form/things"_s << u"not-it-at-all"_s << 401;
        QTest::newRow("form, no token") << withoutToken << u"/form/things"_s << QString::fromLatin1(Peer::password) << 403;
        QTest::newRow("JSON, wrong password") << jsonLogin() << u"/api/things"_s << u"not-it-at-all"_s << 401;
    }
    void refused()
    {
        QFETCH(Map, texts);
        QFETCH(QString, path);
        QFETCH(QString, password);
        QFETCH(int, status);
        const Trace trace = send(u"refused "_s + QString::fromLatin1(QTest::currentDataTag()), u"GET"_s, path, texts, password);
        QVERIFY2(trace.error && trace.error->message.contains(u"the login was refused"_s), qPrintable(inWords(trace)));
        QCOMPARE(trace.exchanges.last().response.status, status);
        for (const Exchange &exchange : trace.exchanges)
            QVERIFY(!exchange.request.url.path.endsWith("/things"));
    }
};

QTEST_GUILESS_MAIN(tst_PeersExpress)
#include "tst_peers_express.moc"
