// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/http/SocketTransport.h"
#include "app/runner/Runner.h"
#include "tests/peers/Peer.h"

#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

using namespace realmscope;
using namespace Qt::StringLiterals;

// The session login against Apache's mod_auth_form: a real login handler, a real session cookie.
class tst_PeersSession : public QObject
{
    Q_OBJECT
private:
    std::unique_ptr<Peer> m_peer;
    QString m_missing, m_why;
    SystemClock m_clock;
    SystemRandom m_random;
    SocketTransport m_transport{m_clock};
    Runner m_runner{m_transport, m_clock, m_random};

    void startApache()
    {
        const QString executable = Peer::program(u"apache2"_s);
        const QString htpasswd = Peer::program(u"htpasswd"_s);
        if (executable.isEmpty() || htpasswd.isEmpty() || !QFile::exists(u"/usr/lib/apache2/modules/mod_auth_form.so"_s)) {
            m_missing = u"Apache with mod_auth_form and htpasswd"_s;
            return;
        }
        auto peer = std::make_unique<Peer>();
        peer->write(u"www/private/index.html"_s, "private\n");
        peer->write(u"www/login.html"_s, "<html><form method=post action=\"/dologin\"><input name=httpd_username><input type=password name=httpd_password></form></html>\n");
        QProcess hash;
        hash.start(htpasswd, {u"-nb"_s, QString::fromLatin1(Peer::user), QString::fromLatin1(Peer::password)});
        QVERIFY(hash.waitForFinished(10'000));
        peer->write(u"htpasswd"_s, hash.readAllStandardOutput().trimmed() + '\n');
        QByteArray config = "ServerName 127.0.0.1\nListen 127.0.0.1:" + QByteArray::number(peer->port()) + "\nPidFile " + peer->path(u"pid"_s).toUtf8()
            + "\nErrorLog " + peer->path(u"error.log"_s).toUtf8() + "\nDefaultRuntimeDir " + peer->path(u"."_s).toUtf8() + '\n';
        for (const char *module : {"mpm_event", "authn_core", "authn_file", "authz_core", "authz_user", "auth_form", "request", "session", "session_cookie", "dir", "mime"})
            config += "LoadModule " + QByteArray(module) + "_module /usr/lib/apache2/modules/mod_" + module + ".so\n";
        config += "TypesConfig /etc/mime.types\nDocumentRoot " + peer->path(u"www"_s).toUtf8() + "\nDirectoryIndex index.html\nSession On\nSessionCookieName peer path=/\nSessionMaxAge 2\n";
        const QByteArray form = "AuthType form\nAuthName \"Peer Form\"\nAuthFormProvider file\nAuthUserFile " + peer->path(u"htpasswd"_s).toUtf8() + '\n';
        config += "<Location /private>\n" + form + "AuthFormLoginRequiredLocation /login.html\nRequire valid-user\n</Location>\n"
            + "<Location /dologin>\nSetHandler form-login-handler\n" + form
            + "AuthFormLoginRequiredLocation /login.html\nAuthFormLoginSuccessLocation /private/\nRequire valid-user\n</Location>\n";
        if (qEnvironmentVariable("USER") == "root"_L1 || qEnvironmentVariableIsEmpty("USER"))
            config += "User www-data\nGroup www-data\n";
        peer->write(u"apache.conf"_s, config);
        if (peer->start(executable, {u"-f"_s, peer->path(u"apache.conf"_s), u"-DFOREGROUND"_s}, &m_why))
            m_peer = std::move(peer);
    }

    Trace send(const QString &password, const QString &profileId)
    {
        RunJob job;
        job.spec.url = m_peer->url(u"/private/"_s);
        RunCredential credential;
        credential.profile.id = profileId;
        credential.profile.name = u"form"_s;
        credential.profile.schemeId = u"session"_s;
        credential.profile.origins = QStringList{m_peer->url({})};
        for (const auto &[id, value] : {std::pair{u"login-url"_s, u"/dologin"_s}, {u"username"_s, QString::fromLatin1(Peer::user)}, {u"format"_s, u"form"_s},
                                        {u"username-field"_s, u"httpd_username"_s}, {u"password-field"_s, u"httpd_password"_s}, {u"csrf"_s, u"none"_s}, {u"page-url"_s, u"/login.html"_s}})
            credential.values.setText(id, value);
        credential.values.setSecret(u"password"_s, Secret::fromString(password));
        job.credential = credential;
        const std::unique_ptr<Run> run(m_runner.start(job));
        QSignalSpy finished(run.get(), &Run::finished);
        if (finished.isEmpty())
            finished.wait(20'000);
        return run->trace();
    }

private Q_SLOTS:
    void initTestCase() { startApache(); }
    void cleanupTestCase() { m_peer.reset(); }

    void init()
    {
        if (m_peer)
            return;
        QVERIFY2(m_why.isEmpty(), qPrintable(m_why));
        QSKIP(qPrintable(u"REALMSCOPE-TEST-SKIPPED, because %1 is not installed"_s.arg(m_missing)));
    }

    void logsInOnceAndAgainWhenItIsOver()
    {
        const QString password = QString::fromLatin1(Peer::password);
        const Trace first = send(password, u"right"_s);
        QVERIFY2(!first.error, qPrintable(first.error ? first.error->message : QString()));
        QCOMPARE(first.exchanges.size(), 2);
        QCOMPARE(first.exchanges.first().role, ExchangeRole::Token);
        QCOMPARE(first.exchanges.first().response.status, 302);
        QCOMPARE(first.final()->response.status, 200);
        QCOMPARE(first.final()->response.body.all(), "private\n"_ba);

        const Trace second = send(password, u"right"_s);
        QCOMPARE(second.exchanges.size(), 1);
        QCOMPARE(second.final()->response.status, 200);

        QTest::qWait(3100); // SessionMaxAge
        const Trace third = send(password, u"right"_s);
        QCOMPARE(third.exchanges.size(), 3);
        QCOMPARE(third.exchanges.first().response.status, 302); // to the login page
        QCOMPARE(third.final()->response.status, 200);
    }

    void wrongPassword()
    {
        const Trace trace = send(u"not-it-at-all"_s, u"wrong"_s);
        QVERIFY(trace.error);
        QCOMPARE(trace.error->code, ErrorCode::AuthFailed);
        QVERIFY2(trace.error->message.contains("the login was refused"_L1), qPrintable(trace.error->message));
        QCOMPARE(trace.exchanges.size(), 1);
    }
};

QTEST_GUILESS_MAIN(tst_PeersSession)
#include "tst_peers_session.moc"
