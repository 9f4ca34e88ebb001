// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/SchemeRegistry.h"
#include "app/http/SocketTransport.h"
#include "app/runner/Runner.h"
#include "tests/peers/FreePort.h"
#include "tests/peers/Peer.h"

#include <QtCore/QStandardPaths>
#include <QtCore/QTemporaryDir>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include <map>

using namespace realmscope;
using namespace Qt::StringLiterals;

// The session login against Express (express-session, csurf) and Django (its own login view and middleware).
class tst_PeersLogin : public QObject
{
    Q_OBJECT
private:
    using Map = QMap<QString, QString>;
    struct Server
    {
        QProcess process;
        QString whyNot;
        QString origin;
    };
    QTemporaryDir m_folder;
    std::map<QString, Server> m_servers;
    SystemClock m_clock;
    SystemRandom m_random;
    SocketTransport m_transport{m_clock};
    Runner m_runner{m_transport, m_clock, m_random};

    // Starts it; what is missing is said by the tests.
    void start(const QString &name, const QString &program, const QStringList &arguments, const QString &missing)
    {
        Server &server = m_servers[name];
        if (!missing.isEmpty()) {
            server.whyNot = u"REALMSCOPE-TEST-SKIPPED, because %1 is not installed (packaging/test.sh does it)"_s.arg(missing);
            return;
        }
        const quint16 port = realmscope::test::freePort();
        server.origin = u"http://127.0.0.1:%1"_s.arg(port);
        QStringList words = arguments;
        words.insert(1, QString::number(port));
        server.process.start(program, words);
        while (!server.process.canReadLine())
            QVERIFY2(server.process.waitForReadyRead(30'000), server.process.readAllStandardError().constData());
        QCOMPARE(server.process.readLine().trimmed(), "ready"_ba);
    }

    Trace send(const QString &server, const QString &id, const QString &method, const QString &path, const Map &texts, const QString &password = QString::fromLatin1(Peer::password))
    {
        const QString origin = m_servers[server].origin;
        RunJob job;
        job.spec.method = method;
        job.spec.url = origin + path;
        job.credential.emplace();
        job.credential->profile.id = id;
        job.credential->profile.name = id;
        job.credential->profile.schemeId = u"session"_s;
        job.credential->profile.origins = QStringList{origin};
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
    static Map djangoLogin()
    {
        return {{u"login-url"_s, u"/login/"_s}, {u"username-field"_s, u"username"_s}, {u"password-field"_s, u"password"_s}, {u"csrf"_s, u"cookie"_s},
                {u"csrf-name"_s, u"csrftoken"_s}, {u"csrf-header"_s, u"X-CSRFToken"_s}, {u"session-cookie"_s, u"sessionid"_s}};
    }

private Q_SLOTS:
    void initTestCase()
    {
        const QString folder = QString::fromUtf8(REALMSCOPE_BINARY_DIR) + u"/peers"_s;
        const QString node = QStandardPaths::findExecutable(u"node"_s);
        const bool hasPackages = QFile::exists(folder + u"/node_modules/csurf"_s) && QFile::exists(folder + u"/node_modules/express-session"_s);
        const QString script = folder + u"/session_express.cjs"_s; // beside the modules, so that require() finds them
        const QString sources = QString::fromUtf8(REALMSCOPE_SOURCE_DIR) + u"/tests/peers/"_s;
        if (hasPackages) {
            QFile::remove(script);
            QVERIFY(QFile::copy(sources + u"session_express.cjs"_s, script));
        }
        start(u"express"_s, node, {script}, node.isEmpty() || !hasPackages ? u"node with its packages"_s : QString());
        QString python = QStandardPaths::findExecutable(u"python3"_s, {u"/usr/bin"_s}); // the one that the packages of the system are for
        if (python.isEmpty())
            python = QStandardPaths::findExecutable(u"python3"_s);
        QProcess asked;
        asked.start(python, {u"-c"_s, u"import django"_s});
        const bool hasDjango = asked.waitForFinished(30'000) && asked.exitCode() == 0;
        start(u"django"_s, python, {sources + u"session_django.py"_s, m_folder.path()}, hasDjango ? QString() : u"Django"_s);
    }
    void cleanupTestCase()
    {
        for (auto &[name, server] : m_servers) {
            server.process.closeWriteChannel();
            if (server.process.state() != QProcess::NotRunning && !server.process.waitForFinished(5000))
                server.process.kill();
        }
    }

    void logsIn_data()
    {
        QTest::addColumn<QString>("server");
        QTest::addColumn<QMap<QString, QString>>("texts");
        QTest::addColumn<QString>("path");
        QTest::newRow("Express, form, token in the page") << u"express"_s << formLogin() << u"/form/things"_s;
        QTest::newRow("Express, JSON, token in a cookie") << u"express"_s << jsonLogin() << u"/api/things"_s;
        QTest::newRow("Django, token in a cookie") << u"django"_s << djangoLogin() << u"/things/"_s;
    }
    void logsIn()
    {
        QFETCH(QString, server);
        QFETCH(Map, texts);
        QFETCH(QString, path);
        if (!m_servers[server].whyNot.isEmpty())
            QSKIP(qPrintable(m_servers[server].whyNot));
        const QString id = QString::fromLatin1(QTest::currentDataTag());
        const Trace first = send(server, id, u"GET"_s, path, texts);
        QVERIFY2(!first.error && first.final() && first.final()->response.status == 200, qPrintable(inWords(first)));
        QCOMPARE(first.final()->response.body.all(), "GET by alice"_ba);
        QVERIFY(first.exchanges.size() >= 3); // the page with the token, the login, the request
        // What changes something needs the token as well, and no second login.
        const Trace second = send(server, id, u"POST"_s, path, texts);
        QVERIFY2(second.final() && second.final()->response.body.all() == "POST by alice", qPrintable(inWords(second)));
        QCOMPARE(second.exchanges.size(), 1);
        QTest::qWait(3200); // the session is over
        const Trace third = send(server, id, u"GET"_s, path, texts);
        QVERIFY2(third.final() && third.final()->response.body.all() == "GET by alice", qPrintable(inWords(third)));
        QVERIFY(third.exchanges.size() >= 3);
    }

    void refused_data()
    {
        QTest::addColumn<QString>("server");
        QTest::addColumn<QMap<QString, QString>>("texts");
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("password");
        QTest::addColumn<int>("status"); // of the login
        Map withoutToken = formLogin();
        withoutToken[u"csrf"_s] = u"none"_s;
        QTest::newRow("Express, form, wrong password") << u"express"_s << formLogin() << u"/form/things"_s << u"not-it-at-all"_s << 401;
        QTest::newRow("Express, form, no token") << u"express"_s << withoutToken << u"/form/things"_s << QString::fromLatin1(Peer::password) << 403;
        QTest::newRow("Express, JSON, wrong password") << u"express"_s << jsonLogin() << u"/api/things"_s << u"not-it-at-all"_s << 401;
        QTest::newRow("Django, wrong password") << u"django"_s << djangoLogin() << u"/things/"_s << u"not-it-at-all"_s << 200; // the form again
        Map bare = djangoLogin();
        bare[u"csrf"_s] = u"none"_s;
        QTest::newRow("Django, no token") << u"django"_s << bare << u"/things/"_s << QString::fromLatin1(Peer::password) << 403;
    }
    void refused()
    {
        QFETCH(QString, server);
        QFETCH(Map, texts);
        QFETCH(QString, path);
        QFETCH(QString, password);
        QFETCH(int, status);
        if (!m_servers[server].whyNot.isEmpty())
            QSKIP(qPrintable(m_servers[server].whyNot));
        const Trace trace = send(server, u"refused "_s + QString::fromLatin1(QTest::currentDataTag()), u"GET"_s, path, texts, password);
        QVERIFY2(trace.error && trace.error->message.contains(u"login"_s), qPrintable(inWords(trace)));
        QCOMPARE(trace.exchanges.last().response.status, status);
        for (const Exchange &exchange : trace.exchanges)
            QVERIFY(!exchange.request.url.path.contains("/things"));
    }
};

QTEST_GUILESS_MAIN(tst_PeersLogin)
#include "tst_peers_login.moc"
