// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/Challenge.h"
#include "app/http/SocketTransport.h"
#include "app/runner/Runner.h"
#include "tests/peers/Peer.h"

#include <QtNetwork/QTcpServer>
#include <QtNetwork/QTcpSocket>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include <algorithm>

using namespace realmscope;
using namespace Qt::StringLiterals;

namespace {

// RFC 7804 around GNU SASL, or Authen::SCRAM for what it has not: they make and check every message, this only carries them in
// headers.
class ScramServer
{
public:
    ~ScramServer() { endSasl(); }
    ScramServer(const QStringList &command, const QByteArray &mechanism) : m_command(command), m_mechanism(mechanism)
    {
        if (!m_server.listen(QHostAddress::LocalHost))
            qFatal("no port");
        QObject::connect(&m_server, &QTcpServer::newConnection, &m_server, [this] {
            while (QTcpSocket *socket = m_server.nextPendingConnection()) {
                QObject::connect(socket, &QTcpSocket::readyRead, &m_server, [this, socket] {
                    m_head += socket->readAll();
                    if (m_head.endsWith("\r\n\r\n"))
                        socket->write(answer(std::exchange(m_head, {})));
                });
            }
        });
    }
    [[nodiscard]] QString url() const { return u"http://127.0.0.1:%1/"_s.arg(m_server.serverPort()); }
    int loggedIn = 0;

private:
    static QByteArray message(const QByteArray &status, const QByteArray &headers) { return "HTTP/1.1 " + status + "\r\n" + headers + "Content-Length: 0\r\n\r\n"; }

    QByteArray answer(const QByteArray &head)
    {
        const qsizetype at = head.indexOf("\r\nAuthorization: ");
        const Challenge sent = at < 0 ? Challenge() : parseCredentials(head.mid(at + 17, head.indexOf("\r\n", at + 17) - at - 17));
        if (!sent.is(m_mechanism))
            return message("401 Unauthorized", "WWW-Authenticate: " + m_mechanism + " realm=\"peer\"\r\n");
        const bool isFirst = sent.value("sid").isEmpty();
        if (isFirst) {
            endSasl();
            m_sasl = std::make_unique<QProcess>();
            m_sasl->start(m_command.first(), m_command.mid(1));
            (void)said(); // the mechanism
            (void)said(); // the empty first word of a server that waits for the client
        }
        m_sasl->write(sent.value("data") + '\n');
        const QByteArray data = said();
        if (data.isEmpty())
            return message("401 Unauthorized", "WWW-Authenticate: " + m_mechanism + " realm=\"peer\"\r\n");
        if (isFirst)
            return message("401 Unauthorized", "WWW-Authenticate: " + m_mechanism + " sid=7f1c, data=" + data + "\r\n");
        ++loggedIn;
        return message("200 OK", "Authentication-Info: sid=7f1c, data=" + data + "\r\n");
    }

    void endSasl()
    {
        if (!m_sasl)
            return;
        m_sasl->kill();
        m_sasl->waitForFinished(5000);
    }

    // The next line that gsasl prints; empty when it ends.
    QByteArray said()
    {
        while (!m_sasl->canReadLine()) {
            if (m_sasl->state() == QProcess::NotRunning || !m_sasl->waitForReadyRead(10'000))
                return {};
        }
        return m_sasl->readLine().trimmed();
    }

    QTcpServer m_server;
    QByteArray m_head;
    QStringList m_command;
    QByteArray m_mechanism;
    std::unique_ptr<QProcess> m_sasl;
};

} // namespace

class tst_PeersScram : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void logsIn_data()
    {
        QTest::addColumn<QByteArray>("mechanism");
        QTest::addColumn<QString>("user");
        QTest::addColumn<QString>("password");
        QTest::addColumn<QString>("wanted");
        QTest::newRow("SHA-256") << "SCRAM-SHA-256"_ba << u"user"_s << u"pencil"_s << u"pencil"_s;
        QTest::newRow("SHA-256, wrong") << "SCRAM-SHA-256"_ba << u"user"_s << u"pencil"_s << u"crayon"_s;
        QTest::newRow("SHA-1") << "SCRAM-SHA-1"_ba << u"user"_s << u"pencil"_s << u"pencil"_s;
        QTest::newRow("SHA-1, wrong") << "SCRAM-SHA-1"_ba << u"user"_s << u"pencil"_s << u"crayon"_s;
        QTest::newRow("SHA-512") << "SCRAM-SHA-512"_ba << u"user"_s << u"pencil"_s << u"pencil"_s;
        QTest::newRow("SHA-512, wrong") << "SCRAM-SHA-512"_ba << u"user"_s << u"pencil"_s << u"crayon"_s;
        QTest::newRow("SHA-512, comma and equals sign, prepared") << "SCRAM-SHA-512"_ba << u"a,b=c"_s << u"pen\u00a0c\u00adil\u20ac"_s << u"pen cil\u20ac"_s;
        QTest::newRow("comma and equals sign") << "SCRAM-SHA-256"_ba << u"a,b=c"_s << u"p,e=n"_s << u"p,e=n"_s;
        // RFC 4013: a non-breaking space becomes a space, the soft hyphen goes.
        QTest::newRow("prepared") << "SCRAM-SHA-256"_ba << u"user"_s << u"pen\u00a0c\u00adil"_s << u"pen cil"_s;
    }
    void logsIn()
    {
        QFETCH(QByteArray, mechanism);
        QFETCH(QString, user);
        QFETCH(QString, password);
        QFETCH(QString, wanted);
        QStringList command{Peer::program(u"gsasl"_s), u"--server"_s, u"--quiet"_s, u"--mechanism"_s, QString::fromLatin1(mechanism), u"--password"_s, wanted};
        if (mechanism == "SCRAM-SHA-512") { // which GNU SASL has not
            command = {Peer::program(u"perl"_s), QString::fromUtf8(REALMSCOPE_SOURCE_DIR) + u"/tests/peers/scram.pl"_s, QString::fromLatin1(mechanism), wanted};
            QProcess module;
            module.start(command.first(), {u"-MAuthen::SCRAM::Server"_s, u"-e1"_s});
            if (command.first().isEmpty() || !module.waitForFinished(20'000) || module.exitCode() != 0)
                QSKIP("REALMSCOPE-TEST-SKIPPED, because Authen::SCRAM of Perl is not installed (packaging/test.sh does it)");
        } else if (command.first().isEmpty()) {
            QSKIP("REALMSCOPE-TEST-SKIPPED, because gsasl is not installed (packaging/test.sh does it)");
        }
        ScramServer server(command, mechanism);
        SystemClock clock;
        SystemRandom random;
        SocketTransport transport(clock);
        Runner runner(transport, clock, random);
        RunJob job;
        job.spec.url = server.url();
        job.credential.emplace();
        job.credential->profile = CredentialProfile::create(u"user"_s, u"scram"_s);
        job.credential->profile.origins = QStringList{u"http://127.0.0.1:*"_s};
        job.credential->values.setText(u"username"_s, user);
        job.credential->values.setSecret(u"password"_s, Secret::fromString(password));
        const std::unique_ptr<Run> run(runner.start(job));
        QSignalSpy finished(run.get(), &Run::finished);
        QVERIFY(finished.wait(20'000));
        const Trace &trace = run->trace();
        QVERIFY2(!trace.error, qPrintable(trace.error ? trace.error->message : QString()));
        QCOMPARE(trace.exchanges.size(), 3); // asked, named, proved
        const bool isRight = !QByteArray(QTest::currentDataTag()).contains("wrong");
        QCOMPARE(trace.final()->response.status, isRight ? 200 : 401);
        QCOMPARE(server.loggedIn, isRight ? 1 : 0);
        const auto isSaid = [&](const QString &text) {
            return std::ranges::any_of(trace.final()->decisions, [&](const Decision &decision) { return decision.text.contains(text); });
        };
        QCOMPARE(isSaid(u"the server proved that it knows the password"_s), isRight);
    }
};

QTEST_GUILESS_MAIN(tst_PeersScram)
#include "tst_peers_scram.moc"
