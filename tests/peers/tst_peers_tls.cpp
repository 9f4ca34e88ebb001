// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
// Client certificates and TLS versions against nginx, Apache and openssl s_server, through the real realmscope-cli.
#include "tests/http/Certificates.h"
#include "tests/peers/FreePort.h"
#include "tests/peers/Peer.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtTest/QTest>

using namespace Qt::StringLiterals;

namespace {

struct Outcome
{
    int status = -1;
    QByteArray out;
    QByteArray err;
    QJsonObject json;

    [[nodiscard]] QJsonArray exchanges() const { return json.value("exchanges"_L1).toArray(); }
    [[nodiscard]] QJsonObject last() const { return exchanges().last().toObject(); }
    [[nodiscard]] QJsonObject tls() const { return last().value("tls"_L1).toObject(); }
    [[nodiscard]] QString cause() const
    {
        const QJsonObject first = json.value("findings"_L1).toArray().first().toObject();
        return first.isEmpty() || first.value("role"_L1).toString() == "note"_L1
            ? json.value("outcome"_L1).toObject().value("kind"_L1).toString()
            : first.value("cause"_L1).toString();
    }
};

Outcome why(const QStringList &curl, const QStringList &environment = {}, const QStringList &options = {u"--probe"_s, u"none"_s})
{
    QProcess process;
    process.setEnvironment(QProcess::systemEnvironment() + environment);
    process.start(QString::fromUtf8(REALMSCOPE_BINARY_DIR) + u"/bin/realmscope-cli"_s,
                  QStringList{u"why"_s, u"--json"_s} + options + QStringList{u"curl"_s} + curl);
    Outcome outcome;
    if (!process.waitForFinished(60'000))
        return outcome;
    outcome.status = process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1;
    outcome.out = process.readAllStandardOutput();
    outcome.err = process.readAllStandardError();
    outcome.json = QJsonDocument::fromJson(outcome.out).object();
    return outcome;
}

} // namespace

class tst_PeersTls : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase()
    {
        QCOMPARE(m_certificates.make(), QString());
        m_certificates.openssl(u"pkcs12 -export -in client.pem -inkey client.key -certfile ca.pem -out client.p12 -passout pass:sesame"_s);
        m_certificates.openssl(u"x509 -in client.pem -outform DER -out client.der"_s);
        m_certificates.openssl(u"pkcs8 -topk8 -in client.key -outform DER -out client.enc.der -passout pass:sesame -v2 aes-256-cbc"_s);
        m_certificates.openssl(u"pkcs12 -export -legacy -in client.pem -inkey client.key -out legacy.p12 -passout pass:sesame"_s);
        QFile unreadable(m_certificates.path(u"garbage.pem"_s));
        QVERIFY(unreadable.open(QIODevice::WriteOnly));
        unreadable.write("this is no certificate\n");
        startNginx();
        startApache();
    }
    void cleanupTestCase()
    {
        m_nginx.reset();
        m_apache.reset();
    }

    void clientCertificates_data()
    {
        QTest::addColumn<QString>("peer");
        QTest::addColumn<QStringList>("curl"); // names of certificates stand for their paths
        QTest::addColumn<QString>("cause");
        QTest::addColumn<int>("status"); // 0: no answer
        QTest::addColumn<int>("requested"); // -1: nothing is known, no connection
        QTest::addColumn<bool>("sent");
        const auto row = [](const char *name, const QString &peer, const QStringList &curl, const QString &cause, int status,
                            int requested, bool sent) {
            QTest::newRow(name) << peer << curl << cause << status << requested << sent;
        };
        const QStringList pem{u"--cert"_s, u"client.pem"_s, u"--key"_s, u"client.key"_s};
        const QString required = u"client-certificate-required"_s;
        const QString unusable = u"client-certificate-unusable"_s;
        row("nginx optional, none", u"nginx optional"_s, {}, u"accepted"_s, 200, 1, false);
        row("nginx optional, PEM", u"nginx optional"_s, pem, u"accepted"_s, 200, 1, true);
        row("nginx, not asked for", u"nginx 1.2"_s, pem, u"accepted"_s, 200, 0, false);
        row("nginx required, none", u"nginx required"_s, {}, required, 400, 1, false);
        row("nginx required, PEM", u"nginx required"_s, pem, u"accepted"_s, 200, 1, true);
        row("nginx required, encrypted key", u"nginx required"_s,
            {u"--cert"_s, u"client.pem"_s, u"--key"_s, u"client.enc.key"_s, u"--pass"_s, u"sesame"_s}, u"accepted"_s, 200, 1, true);
        row("nginx required, DER and encrypted DER key", u"nginx required"_s,
            {u"--cert-type"_s, u"DER"_s, u"--cert"_s, u"client.der:sesame"_s, u"--key"_s, u"client.enc.der"_s}, u"accepted"_s, 200, 1, true);
        row("nginx required, PKCS#12", u"nginx required"_s, {u"--cert-type"_s, u"P12"_s, u"--cert"_s, u"client.p12:sesame"_s}, u"accepted"_s, 200, 1, true);
        row("nginx required, PKCS#12 without saying so", u"nginx required"_s, {u"--cert"_s, u"client.p12:sesame"_s}, u"accepted"_s, 200, 1, true);
        row("nginx required, PKCS#12 with RC2 and 3DES", u"nginx required"_s, {u"--cert"_s, u"legacy.p12:sesame"_s}, u"accepted"_s, 200, 1, true);
        row("nginx required, of a CA that it does not know", u"nginx required"_s,
            {u"--cert"_s, u"stranger.pem"_s, u"--key"_s, u"stranger.key"_s}, u"client-certificate-rejected"_s, 400, 1, true);
        row("wrong passphrase", u"nginx required"_s,
            {u"--cert"_s, u"client.pem"_s, u"--key"_s, u"client.enc.key"_s, u"--pass"_s, u"simsim"_s}, unusable, 0, -1, false);
        row("no passphrase", u"nginx required"_s, {u"--cert"_s, u"client.pem"_s, u"--key"_s, u"client.enc.key"_s}, unusable, 0, -1, false);
        row("wrong passphrase, PKCS#12", u"nginx required"_s, {u"--cert"_s, u"client.p12:simsim"_s}, unusable, 0, -1, false);
        row("wrong passphrase, old PKCS#12", u"nginx required"_s, {u"--cert"_s, u"legacy.p12:simsim"_s}, unusable, 0, -1, false);
        row("key of another", u"nginx required"_s, {u"--cert"_s, u"client.pem"_s, u"--key"_s, u"stranger.key"_s}, unusable, 0, -1, false);
        row("no certificate in the file", u"nginx required"_s, {u"--cert"_s, u"garbage.pem"_s, u"--key"_s, u"client.key"_s}, unusable, 0, -1, false);
        row("Apache per directory, TLS 1.3", u"apache 1.3"_s, pem, u"accepted"_s, 200, 1, true);
        row("Apache per directory, TLS 1.2", u"apache 1.2"_s, pem, u"accepted"_s, 200, 1, true);
    }
    void clientCertificates()
    {
        QFETCH(QString, peer);
        QFETCH(QStringList, curl);
        QFETCH(QString, cause);
        QFETCH(int, status);
        QFETCH(int, requested);
        QFETCH(bool, sent);
        if (const QString missing = missingPeer(peer); !missing.isEmpty())
            QSKIP(qPrintable(missing));
        const Outcome outcome = why(withPaths(curl) + QStringList{u"--cacert"_s, m_certificates.path(u"ca.pem"_s), url(peer)});
        QVERIFY2(!outcome.json.isEmpty(), outcome.err.constData());
        QCOMPARE(outcome.cause(), cause);
        QCOMPARE(outcome.last().value("response"_L1).toObject().value("status"_L1).toInt(), status);
        if (requested < 0) {
            // A local error: nobody was spoken to, and each has its own words.
            QCOMPARE(outcome.last().value("connection"_L1).toObject().value("id"_L1).toInt(), 0);
            return;
        }
        QCOMPARE(outcome.tls().value("clientCertificateRequested"_L1).toBool(), requested == 1);
        QCOMPARE(outcome.tls().value("clientCertificateSent"_L1).toBool(), sent);
        if (sent && status == 200) // what the server made of it
            QVERIFY2(outcome.out.contains("CN=alice"), outcome.out.constData());
        QVERIFY(!outcome.out.contains("sesame") && !outcome.err.contains("sesame"));
    }

    // What came after the handshake is in the trace.
    void afterTheHandshake_data()
    {
        QTest::addColumn<QString>("peer");
        QTest::addColumn<QString>("event");
        QTest::newRow("TLS 1.3") << u"apache 1.3"_s << u"post-handshake authentication"_s;
        QTest::newRow("TLS 1.2") << u"apache 1.2"_s << u"renegotiation"_s;
    }
    void afterTheHandshake()
    {
        QFETCH(QString, peer);
        QFETCH(QString, event);
        if (const QString missing = missingPeer(peer); !missing.isEmpty())
            QSKIP(qPrintable(missing));
        const Outcome outcome = why(withPaths({u"--cert"_s, u"client.pem"_s, u"--key"_s, u"client.key"_s, u"--cacert"_s, u"ca.pem"_s, url(peer)}));
        QString events;
        for (const QJsonValue &value : outcome.tls().value("events"_L1).toArray())
            events += value.toString() + u'\n';
        QVERIFY2(events.contains(event), outcome.out.constData());
        QVERIFY2(events.contains("the client certificate was shown"_L1), outcome.out.constData());
    }

    // A certificate of a CA that the server does not know; without one it lets everybody in.
    void withoutTheCertificate_data()
    {
        QTest::addColumn<bool>("isAlert");
        QTest::newRow("the server answers") << false;
        QTest::newRow("the server breaks off") << true;
    }
    void withoutTheCertificate()
    {
        QFETCH(bool, isAlert);
        QString address = isAlert ? QString() : url(u"nginx optional"_s);
        auto server = std::make_unique<Peer>();
        if (!isAlert) {
            if (const QString missing = missingPeer(u"nginx optional"_s); !missing.isEmpty())
                QSKIP(qPrintable(missing));
        } else {
            QString problem;
            if (!server->start(u"openssl"_s, {u"s_server"_s, u"-accept"_s, u"127.0.0.1:%1"_s.arg(server->port()), u"-www"_s, u"-verify_return_error"_s,
                                              u"-cert"_s, m_certificates.path(u"server.pem"_s), u"-key"_s, m_certificates.path(u"server.key"_s),
                                              u"-CAfile"_s, m_certificates.path(u"ca.pem"_s), u"-verify"_s, u"1"_s}, &problem))
                QFAIL(qPrintable(problem));
            address = u"https://127.0.0.1:%1/"_s.arg(server->port());
        }
        const Outcome outcome = why(withPaths({u"--cert"_s, u"stranger.pem"_s, u"--key"_s, u"stranger.key"_s, u"--cacert"_s, u"ca.pem"_s, address}), {},
                                    {u"--probe"_s, u"safe"_s});
        QVERIFY2(!outcome.json.isEmpty(), outcome.err.constData());
        QCOMPARE(outcome.cause(), u"client-certificate-rejected"_s);
        const QJsonObject finding = outcome.json.value("findings"_L1).toArray().first().toObject();
        QVERIFY2(finding.value("verdict"_L1).toString() == "proven"_L1, outcome.out.constData());
        const QJsonObject probe = outcome.exchanges().last().toObject();
        QCOMPARE(probe.value("response"_L1).toObject().value("status"_L1).toInt(), 200);
        QVERIFY(!probe.value("tls"_L1).toObject().value("clientCertificateSent"_L1).toBool());
        QVERIFY(!probe.value("connection"_L1).toObject().value("reused"_L1).toBool());
    }

    // TLS 1.3: the handshake has succeeded for the client before the server says that it wants a certificate.
    void lateAlert()
    {
        auto server = std::make_unique<Peer>();
        QString problem;
        // Peer looks whether it listens by connecting, which s_server takes for a client and goes on.
        if (!server->start(u"openssl"_s, {u"s_server"_s, u"-accept"_s, u"127.0.0.1:%1"_s.arg(server->port()), u"-www"_s, u"-tls1_3"_s,
                                          u"-cert"_s, m_certificates.path(u"server.pem"_s), u"-key"_s, m_certificates.path(u"server.key"_s),
                                          u"-CAfile"_s, m_certificates.path(u"ca.pem"_s), u"-Verify"_s, u"1"_s}, &problem))
            QFAIL(qPrintable(problem));
        const Outcome outcome = why(withPaths({u"--cacert"_s, u"ca.pem"_s, u"https://127.0.0.1:%1/"_s.arg(server->port())}));
        QCOMPARE(outcome.cause(), u"client-certificate-required"_s);
        QCOMPARE(outcome.status, 5);
        QVERIFY(outcome.tls().value("clientCertificateRequested"_L1).toBool());
        QCOMPARE(outcome.tls().value("alert"_L1).toString(), u"certificate required (alert 116)"_s);
        QCOMPARE(outcome.last().value("error"_L1).toObject().value("code"_L1).toString(), u"tls-alert"_s);
    }

    void versions_data()
    {
        QTest::addColumn<QString>("peer");
        QTest::addColumn<QStringList>("curl");
        QTest::addColumn<QString>("protocol"); // empty: refused
        QTest::newRow("newest") << u"nginx optional"_s << QStringList{} << u"TLSv1.3"_s;
        QTest::newRow("at most 1.2") << u"nginx optional"_s << QStringList{u"--tls-max"_s, u"1.2"_s} << u"TLSv1.2"_s;
        QTest::newRow("at least 1.3") << u"nginx optional"_s << QStringList{u"--tlsv1.3"_s} << u"TLSv1.3"_s;
        QTest::newRow("server has 1.2 only") << u"nginx 1.2"_s << QStringList{u"--tlsv1.2"_s} << u"TLSv1.2"_s;
        QTest::newRow("at least 1.3, server has 1.2 only") << u"nginx 1.2"_s << QStringList{u"--tlsv1.3"_s} << QString();
        QTest::newRow("at least 1.3, at most 1.2") << u"nginx optional"_s << QStringList{u"--tlsv1.3"_s, u"--tls-max"_s, u"1.2"_s} << QString();
    }
    void versions()
    {
        QFETCH(QString, peer);
        QFETCH(QStringList, curl);
        QFETCH(QString, protocol);
        if (const QString missing = missingPeer(peer); !missing.isEmpty())
            QSKIP(qPrintable(missing));
        const Outcome outcome = why(curl + withPaths({u"--cacert"_s, u"ca.pem"_s, url(peer)}));
        QCOMPARE(outcome.tls().value("protocol"_L1).toString(), protocol);
        QCOMPARE(outcome.status == 0, !protocol.isEmpty());
    }

    void certificateStaysWithItsOrigin()
    {
        if (const QString missing = missingPeer(u"nginx required"_s); !missing.isEmpty())
            QSKIP(qPrintable(missing));
        const QStringList curl = withPaths({u"-L"_s, u"--cert"_s, u"client.pem"_s, u"--key"_s, u"client.key"_s, u"--cacert"_s, u"ca.pem"_s});
        const QString moved = url(u"nginx optional"_s).replace(u"/where"_s, u"/moved"_s);
        const Outcome outcome = why(curl + QStringList{moved});
        QCOMPARE(outcome.exchanges().size(), 2);
        QVERIFY(outcome.exchanges().first().toObject().value("tls"_L1).toObject().value("clientCertificateSent"_L1).toBool());
        QVERIFY(!outcome.tls().value("clientCertificateSent"_L1).toBool());
        QVERIFY2(outcome.out.contains("the client certificate was withheld from"), outcome.out.constData());
        // Unless the user says so.
        const Outcome trusted = why(QStringList{u"--location-trusted"_s} + curl.mid(1) + QStringList{moved});
        QVERIFY(trusted.tls().value("clientCertificateSent"_L1).toBool());
    }

    // The certificate of a credential profile: of its own, and with the same rule about origins.
    void certificateOfAProfile_data()
    {
        QTest::addColumn<QString>("certificate");
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("origin");
        QTest::addColumn<QString>("cause");
        QTest::addColumn<int>("status");
        QTest::newRow("the right one") << u"client.pem"_s << u"client.key"_s << u"https://127.0.0.1:*"_s << u"accepted"_s << 200;
        QTest::newRow("of a CA that the server does not know") << u"stranger.pem"_s << u"stranger.key"_s << u"https://127.0.0.1:*"_s << u"client-certificate-rejected"_s << 400;
        QTest::newRow("key of another") << u"client.pem"_s << u"stranger.key"_s << u"https://127.0.0.1:*"_s << u"client-certificate-unusable"_s << 0;
        QTest::newRow("no such file") << u"absent.pem"_s << u"client.key"_s << u"https://127.0.0.1:*"_s << u"client-certificate-unusable"_s << 0;
        QTest::newRow("for another origin") << u"client.pem"_s << u"client.key"_s << u"https://api.example.com"_s << QString() << 0;
    }
    void certificateOfAProfile()
    {
        QFETCH(QString, certificate);
        QFETCH(QString, key);
        QFETCH(QString, origin);
        QFETCH(QString, cause);
        QFETCH(int, status);
        if (const QString missing = missingPeer(u"nginx required"_s); !missing.isEmpty())
            QSKIP(qPrintable(missing));
        const QTemporaryDir workspace;
        QFile profiles(workspace.filePath(u"profiles.json"_s));
        QVERIFY(profiles.open(QIODevice::WriteOnly));
        profiles.write(QJsonDocument(QJsonObject{{u"schema"_s, u"realmscope.profiles/1"_s}, {u"profiles"_s, QJsonArray{QJsonObject{
            {u"id"_s, u"7f1c"_s}, {u"name"_s, u"badge"_s}, {u"scheme"_s, u"client-certificate"_s}, {u"origins"_s, QJsonArray{origin}},
            {u"fields"_s, QJsonObject{{u"certificate-file"_s, m_certificates.path(certificate)}, {u"key-file"_s, m_certificates.path(key)}}}}}}}).toJson());
        profiles.close();
        const Outcome outcome = why(withPaths({u"--cacert"_s, u"ca.pem"_s, url(u"nginx required"_s)}), {},
                                    {u"--workspace"_s, workspace.path(), u"--profile"_s, u"badge"_s});
        if (cause.isEmpty()) {
            QVERIFY2(outcome.err.contains("badge may not be sent to https://127.0.0.1"), outcome.err.constData());
            return;
        }
        QVERIFY2(!outcome.json.isEmpty(), outcome.err.constData());
        QVERIFY2(outcome.cause() == cause, outcome.out.constData());
        if (status == 0)
            return;
        QCOMPARE(outcome.exchanges().first().toObject().value("response"_L1).toObject().value("status"_L1).toInt(), status);
        QVERIFY(outcome.exchanges().first().toObject().value("tls"_L1).toObject().value("clientCertificateSent"_L1).toBool());
        QVERIFY(outcome.out.contains("the client certificate of profile badge is offered to https://127.0.0.1"));
        if (status == 200)
            QVERIFY(outcome.out.contains("CN=alice"));
        else // without it the server answers otherwise: it is the certificate
            QVERIFY(!outcome.exchanges().last().toObject().value("tls"_L1).toObject().value("clientCertificateSent"_L1).toBool());
    }

    void keyLog()
    {
        if (const QString missing = missingPeer(u"nginx optional"_s); !missing.isEmpty())
            QSKIP(qPrintable(missing));
        const QString log = m_certificates.path(u"keys.log"_s);
        const Outcome outcome = why(withPaths({u"--cacert"_s, u"ca.pem"_s, url(u"nginx optional"_s)}), {u"SSLKEYLOGFILE="_s + log});
        QCOMPARE(outcome.status, 0);
        const QByteArray lines = m_certificates.read(u"keys.log"_s);
        QVERIFY(lines.contains("CLIENT_HANDSHAKE_TRAFFIC_SECRET ") && lines.contains("SERVER_TRAFFIC_SECRET_0 "));
        QCOMPARE(QFile::permissions(log) & (QFile::ReadGroup | QFile::ReadOther), QFile::Permissions());
    }

private:
    [[nodiscard]] QStringList withPaths(QStringList words) const
    {
        for (QString &word : words) {
            const QString name = word.section(u':', 0, 0);
            if (!word.startsWith(u'-') && QFile::exists(m_certificates.path(name)))
                word = m_certificates.path(name) + word.mid(name.size());
        }
        return words;
    }
    [[nodiscard]] QString missingPeer(const QString &peer) const
    {
        const bool isNginx = peer.startsWith("nginx"_L1);
        if (isNginx ? m_nginx != nullptr : m_apache != nullptr)
            return {};
        return u"REALMSCOPE-TEST-SKIPPED, because %1 is not installed"_s.arg(isNginx ? u"nginx"_s : u"apache2"_s);
    }
    [[nodiscard]] QString url(const QString &peer) const
    {
        const quint16 port = peer == "nginx optional"_L1 ? m_nginx->port()
            : peer == "nginx required"_L1              ? m_required
            : peer == "nginx 1.2"_L1                   ? m_old
            : peer == "apache 1.3"_L1                  ? m_apache->port()
                                                       : m_apacheOld;
        return u"https://127.0.0.1:%1/where"_s.arg(port);
    }

    void startNginx()
    {
        const QString program = Peer::program(u"nginx"_s);
        if (program.isEmpty())
            return;
        auto peer = std::make_unique<Peer>();
        m_required = realmscope::test::freePort();
        m_old = realmscope::test::freePort();
        const auto server = [this](quint16 port, const QByteArray &more) {
            return " server {\n  listen 127.0.0.1:" + QByteArray::number(port) + " ssl;\n  ssl_certificate "
                + m_certificates.path(u"server.pem"_s).toUtf8() + ";\n  ssl_certificate_key " + m_certificates.path(u"server.key"_s).toUtf8()
                + ";\n  ssl_client_certificate " + m_certificates.path(u"ca.pem"_s).toUtf8() + ";\n  default_type text/plain;\n" + more
                + "  location /where { return 200 'client: $ssl_client_s_dn\\n'; }\n }\n";
        };
        const QByteArray dir = peer->path({}).toUtf8();
        QByteArray config = "daemon off;\nworker_processes 1;\npid " + dir + "/pid;\nerror_log " + dir + "/error.log;\nevents {}\nhttp {\n access_log off;\n";
        for (const char *name : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"})
            config += " " + QByteArray(name) + "_temp_path " + dir + '/' + name + ";\n";
        config += server(peer->port(), "  ssl_protocols TLSv1.2 TLSv1.3;\n  ssl_verify_client optional;\n  location /moved { return 302 https://127.0.0.1:"
                                           + QByteArray::number(m_required) + "/where; }\n");
        config += server(m_required, "  ssl_verify_client on;\n");
        config += server(m_old, "  ssl_protocols TLSv1.2;\n");
        peer->write(u"nginx.conf"_s, config + "}\n");
        QString problem;
        const QString file = peer->path(u"nginx.conf"_s);
        QVERIFY2(peer->start(program, {u"-e"_s, peer->path(u"early.log"_s), u"-c"_s, file}, &problem), qPrintable(problem));
        m_nginx = std::move(peer);
    }

    void startApache()
    {
        const QString program = Peer::program(u"apache2"_s);
        if (program.isEmpty())
            return;
        auto peer = std::make_unique<Peer>();
        m_apacheOld = realmscope::test::freePort();
        QByteArray config = "ServerName 127.0.0.1\nPidFile " + peer->path(u"pid"_s).toUtf8() + "\nErrorLog " + peer->path(u"error.log"_s).toUtf8()
            + "\nDefaultRuntimeDir " + peer->path({}).toUtf8() + "\nMutex pthread\nDocumentRoot " + peer->path(u"www"_s).toUtf8() + '\n';
        for (const char *module : {"mpm_event", "authn_core", "authz_core", "mime", "alias", "headers", "setenvif", "ssl"})
            config += "LoadModule " + QByteArray(module) + "_module /usr/lib/apache2/modules/mod_" + module + ".so\n";
        config += "TypesConfig /etc/mime.types\n<Directory />\n Require all granted\n</Directory>\n";
        peer->write(u"www/where/index.html"_s, "inside\n");
        const QByteArray page = peer->path(u"www/where/index.html"_s).toUtf8();
        const auto host = [&](quint16 port, const QByteArray &protocol) {
            const QByteArray number = QByteArray::number(port);
            return "Listen 127.0.0.1:" + number + "\n<VirtualHost 127.0.0.1:" + number + ">\n SSLEngine on\n SSLProtocol " + protocol
                + "\n SSLCertificateFile " + m_certificates.path(u"server.pem"_s).toUtf8() + "\n SSLCertificateKeyFile "
                + m_certificates.path(u"server.key"_s).toUtf8() + "\n SSLCACertificateFile " + m_certificates.path(u"ca.pem"_s).toUtf8()
                + "\n <Location /where>\n  SSLVerifyClient require\n  SSLVerifyDepth 2\n"
                  "  Header set X-Client \"%{SSL_CLIENT_S_DN}s\"\n </Location>\n Alias /where " + page + "\n</VirtualHost>\n";
        };
        config += host(peer->port(), "-all +TLSv1.3") + host(m_apacheOld, "-all +TLSv1.2");
        peer->write(u"apache.conf"_s, config);
        QString problem;
        const QString file = peer->path(u"apache.conf"_s);
        QVERIFY2(peer->start(program, {u"-DFOREGROUND"_s, u"-f"_s, file}, &problem), qPrintable(problem));
        m_apache = std::move(peer);
    }

    realmscope::test::Certificates m_certificates;
    std::unique_ptr<Peer> m_nginx;
    std::unique_ptr<Peer> m_apache;
    quint16 m_required = 0;
    quint16 m_old = 0;
    quint16 m_apacheOld = 0;
};

QTEST_GUILESS_MAIN(tst_PeersTls)
#include "tst_peers_tls.moc"
