// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/http/SocketTransport.h"
#include "app/http/TlsConfiguration.h"

#include "tests/http/Certificates.h"
#include "tests/http/ScriptedServer.h"

#include <QtCore/QStandardPaths>
#include <QtNetwork/QSslCertificate>
#include <QtNetwork/QSslConfiguration>
#include <QtNetwork/QSslKey>
#include <QtNetwork/QSslServer>

#include <sys/socket.h>

using namespace Qt::StringLiterals;
using namespace realmscope;
using namespace realmscope::test;

namespace {

using TlsServer = Scripted<QSslServer>;

const QByteArray ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"_ba;

// openssl s_server: another TLS implementation's own idea of alerts and resumption.
class OpenSslServer
{
public:
    OpenSslServer(const Certificates &certificates, const QStringList &arguments)
    {
        // A port that was free a moment ago; s_server can't tell the one it would get for 0 before it is asked.
        QTcpServer probe;
        probe.listen(QHostAddress::LocalHost);
        port = probe.serverPort();
        probe.close();
        m_process.setWorkingDirectory(certificates.path(u"."_s));
        m_process.setProcessChannelMode(QProcess::MergedChannels);
        m_process.start(u"openssl"_s, QStringList{u"s_server"_s, u"-accept"_s, u"127.0.0.1:%1"_s.arg(port), u"-cert"_s, u"server.pem"_s,
                                                 u"-key"_s, u"server.key"_s, u"-CAfile"_s, u"ca.pem"_s} + arguments);
    }
    ~OpenSslServer()
    {
        m_process.kill();
        m_process.waitForFinished();
    }
    [[nodiscard]] bool waitUntilReady()
    {
        return QTest::qWaitFor([this] { return (m_output += m_process.readAll()).contains("ACCEPT"); }, 5000);
    }
    quint16 port = 0;

private:
    QProcess m_process;
    QByteArray m_output;
};

} // namespace

class TestSocketTransportTls : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void goodServer_data();
    void goodServer();
    void ownCaInPlaceOfTheSystems();
    void untrustedServers_data();
    void untrustedServers();
    void verificationCanBeSkipped_data();
    void verificationCanBeSkipped();
    void skippedConnectionsAreNotTrustedLater();
    void factsStayOnReusedConnections();
    void sessionsAreResumed_data();
    void sessionsAreResumed();
    void clientCertificates_data();
    void clientCertificates();
    void unusableClientCertificates_data();
    void unusableClientCertificates();
    void unusableTrustAnchors();
    void lateAlerts_data();
    void lateAlerts();
    void handshakeAlert();
    void plainServer();
    void closedDuringHandshake();
    void bodyUntilTheEndOfTls();
    void bodyCutOffWithoutCloseNotify();
    void bigBodies();
    void cancelAndDelete();

private:
    void prepare(TlsServer &server, const QString &certificate, QSsl::SslProtocol protocol = QSsl::TlsV1_2OrLater,
                 bool wantsClient = false)
    {
        QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
        configuration.setProtocol(protocol);
        configuration.setLocalCertificateChain(
            QSslCertificate::fromData(m_certificates.read(certificate + u".pem"_s)
                                      + (certificate == u"selfsigned"_s ? QByteArray() : m_certificates.read(u"ca.pem"_s))));
        configuration.setPrivateKey(QSslKey(m_certificates.read(certificate + u".key"_s), QSsl::Ec));
        configuration.setAllowedNextProtocols({"h2"_ba, "http/1.1"_ba});
        configuration.setPeerVerifyMode(wantsClient ? QSslSocket::VerifyPeer : QSslSocket::VerifyNone);
        if (wantsClient)
            configuration.setCaCertificates(QSslCertificate::fromData(m_certificates.read(u"ca.pem"_s)));
        server.server.setSslConfiguration(configuration);
        server.answer(ok);
    }
    [[nodiscard]] static Request secure(quint16 port, const QString &host = u"localhost"_s)
    {
        return request("GET", u"https://%1:%2/"_s.arg(host).arg(port));
    }
    [[nodiscard]] TransportOptions trusting() const
    {
        TransportOptions options;
        options.extraCaPem = {m_certificates.read(u"ca.pem"_s)};
        options.addressFamily = 4;
        return options;
    }

    Certificates m_certificates;
    FixedClock m_clock{1'764'000'000'123};
};

void TestSocketTransportTls::initTestCase()
{
    if (QStandardPaths::findExecutable(u"openssl"_s).isEmpty()) {
        qInfo("REALMSCOPE-TEST-SKIPPED, because there is no openssl program to make certificates with");
        QSKIP("no openssl program");
    }
    QCOMPARE(m_certificates.make(), QString());
}

void TestSocketTransportTls::goodServer_data()
{
    QTest::addColumn<QSsl::SslProtocol>("protocol");
    QTest::addColumn<QString>("host");
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("serverName");
    QTest::newRow("TLS 1.3") << QSsl::TlsV1_3 << u"localhost"_s << u"TLSv1.3"_s << u"localhost"_s;
    QTest::newRow("TLS 1.2") << QSsl::TlsV1_2 << u"localhost"_s << u"TLSv1.2"_s << u"localhost"_s;
    QTest::newRow("address") << QSsl::TlsV1_3 << u"127.0.0.1"_s << u"TLSv1.3"_s << QString();
}

void TestSocketTransportTls::goodServer()
{
    QFETCH(QSsl::SslProtocol, protocol);
    QFETCH(QString, host);
    QFETCH(QString, name);
    QFETCH(QString, serverName);
    TlsServer server;
    prepare(server, u"server"_s, protocol);
    SocketTransport transport(m_clock);
    Ending ending(transport.start(secure(server.port(), host), trusting()));
    const Exchange exchange = ending.wait();
    QVERIFY2(!exchange.error, exchange.error ? qPrintable(exchange.error->message + exchange.error->detail) : "");
    QCOMPARE(exchange.response.body.all(), "ok"_ba);
    QCOMPARE(exchange.rawRequest.all(), server.peers.front()->received);
    QVERIFY(exchange.timings.connect >= 0);
    QVERIFY(exchange.timings.tls > 0);
    QVERIFY(ending.phases.contains(TransportPhase::Handshaking));
    QVERIFY(exchange.tls);
    const TlsInfo &tls = *exchange.tls;
    QVERIFY(tls.verified);
    QVERIFY(!tls.verificationSkipped);
    QVERIFY(tls.errors.isEmpty());
    QCOMPARE(tls.protocol, name);
    QVERIFY(!tls.cipher.isEmpty());
    QCOMPARE(tls.alpn, u"http/1.1"_s);
    QCOMPARE(tls.serverName, serverName);
    QCOMPARE(tls.alert, QString());
    QVERIFY(!tls.clientCertificateOffered);
    QCOMPARE(tls.chain.size(), 2);
    const CertificateInfo &leaf = tls.chain.first();
    // As openssl says it.
    QCOMPARE("subject=" + leaf.subject.toUtf8() + "\n",
             m_certificates.openssl(u"x509 -in server.pem -noout -subject -nameopt RFC2253"_s));
    QCOMPARE(leaf.subject, u"CN=localhost,OU=Tests,O=Realmscope"_s);
    QCOMPARE(leaf.issuer, u"CN=TestCA,O=Realmscope"_s);
    QCOMPARE(leaf.commonName, u"localhost"_s);
    QCOMPARE(leaf.alternativeNames, (QStringList{u"DNS:localhost"_s, u"IP:127.0.0.1"_s}));
    QCOMPARE(leaf.keyDescription, u"EC 256 bit"_s);
    const QByteArray fingerprint = m_certificates.openssl(u"x509 -in server.pem -noout -fingerprint -sha256"_s);
    QCOMPARE(leaf.sha256Fingerprint.toHex(':').toUpper(), fingerprint.sliced(fingerprint.indexOf('=') + 1).trimmed());
    QCOMPARE(leaf.pem, m_certificates.openssl(u"x509 -in server.pem"_s));
    QVERIFY(leaf.notBefore.secsTo(leaf.notAfter) == 30 * 24 * 3600);
}

// As with curl's --cacert.
void TestSocketTransportTls::ownCaInPlaceOfTheSystems()
{
    TlsServer server;
    prepare(server, u"server"_s);
    TransportOptions options = trusting();
    options.trustSystemCas = false;
    const Result<QSslConfiguration> alone = tlsConfiguration(options);
    QVERIFY(alone);
    QCOMPARE(alone->caCertificates(), QSslCertificate::fromData(m_certificates.read(u"ca.pem"_s)));
    SocketTransport transport(m_clock);
    const Exchange trusted = run(transport, secure(server.port()), options);
    QVERIFY(!trusted.error);
    QVERIFY(trusted.tls->verified);
    options.extraCaPem = {m_certificates.read(u"otherca.pem"_s)};
    const Exchange untrusted = run(transport, secure(server.port()), options); // no connection of the first is taken
    QVERIFY(untrusted.error);
    QCOMPARE(untrusted.error->code, ErrorCode::TlsFailure);
}

void TestSocketTransportTls::untrustedServers_data()
{
    QTest::addColumn<QString>("certificate");
    QTest::addColumn<bool>("trustCa");
    QTest::addColumn<QString>("words");
    QTest::addColumn<int>("link"); // of the chain where the error is
    QTest::newRow("self-signed") << u"selfsigned"_s << true << u"self-signed"_s << 0;
    QTest::newRow("expired") << u"expired"_s << true << u"expired on "_s << 0;
    QTest::newRow("another host") << u"elsewhere"_s << true
                                  << u"the certificate is not for localhost; it names DNS:*.elsewhere.example, DNS:elsewhere.example"_s << 0;
    QTest::newRow("unknown CA") << u"server"_s << false << u"root certificate of the chain is not trusted"_s << 1;
}

void TestSocketTransportTls::untrustedServers()
{
    QFETCH(QString, certificate);
    QFETCH(bool, trustCa);
    QFETCH(QString, words);
    QFETCH(int, link);
    TlsServer server;
    prepare(server, certificate);
    SocketTransport transport(m_clock);
    TransportOptions options = trusting();
    if (!trustCa)
        options.extraCaPem.clear();
    const Exchange exchange = run(transport, secure(server.port()), options);
    QVERIFY(exchange.error);
    QCOMPARE(exchange.error->code, ErrorCode::TlsFailure);
    QVERIFY2(exchange.error->message.startsWith(u"the certificate of localhost can't be trusted: "_s), qPrintable(exchange.error->message));
    QVERIFY2(exchange.error->message.contains(words), qPrintable(exchange.error->message));
    QVERIFY(!exchange.error->action.isEmpty());
    QVERIFY(exchange.rawRequest.isEmpty());
    QVERIFY(exchange.timings.tls > 0);
    QCOMPARE(exchange.connection.id, 1U);
    QVERIFY(exchange.tls);
    const TlsInfo &tls = *exchange.tls;
    QVERIFY(!tls.verified);
    QVERIFY(!tls.verificationSkipped);
    QCOMPARE(tls.protocol, u"TLSv1.3"_s);
    QVERIFY(!tls.cipher.isEmpty());
    QCOMPARE(tls.chain.size(), certificate == u"selfsigned"_s ? 1 : 2);
    QVERIFY(tls.errors.join(u'\n').contains(words));
    for (int i = 0; i < tls.chain.size(); ++i)
        QCOMPARE(tls.chain.at(i).errors.join(u'\n').contains(words), i == link);
    QCOMPARE(transport.idleConnections(), 0);
    for (const auto &peer : server.peers)
        QVERIFY(peer->received.isEmpty()); // no byte of the request, no credential
}

void TestSocketTransportTls::verificationCanBeSkipped_data()
{
    QTest::addColumn<QString>("certificate");
    QTest::addColumn<bool>("verified");
    QTest::newRow("self-signed") << u"selfsigned"_s << false;
    QTest::newRow("expired") << u"expired"_s << false;
    QTest::newRow("another host") << u"elsewhere"_s << false;
    QTest::newRow("a good one") << u"server"_s << true;
}

void TestSocketTransportTls::verificationCanBeSkipped()
{
    QFETCH(QString, certificate);
    QFETCH(bool, verified);
    TlsServer server;
    prepare(server, certificate);
    SocketTransport transport(m_clock);
    TransportOptions options = trusting();
    options.verifyTls = false;
    // The second one could resume a session, and must not look verified by that.
    options.keepOpen = false;
    for (int i = 0; i < 2; ++i) {
        const Exchange exchange = run(transport, secure(server.port()), options);
        QVERIFY2(!exchange.error, exchange.error ? qPrintable(exchange.error->message) : "");
        QCOMPARE(exchange.response.status, 200);
        QVERIFY(exchange.tls->verificationSkipped);
        QCOMPARE(exchange.tls->verified, verified);
        QCOMPARE(exchange.tls->errors.isEmpty(), verified);
        QCOMPARE(exchange.tls->chain.first().errors.isEmpty(), verified);
    }
}

void TestSocketTransportTls::skippedConnectionsAreNotTrustedLater()
{
    TlsServer server;
    prepare(server, u"selfsigned"_s);
    SocketTransport transport(m_clock);
    TransportOptions options = trusting();
    options.verifyTls = false;
    QVERIFY(!run(transport, secure(server.port()), options).error);
    QCOMPARE(transport.idleConnections(), 1);
    options.verifyTls = true;
    const Exchange exchange = run(transport, secure(server.port()), options);
    QVERIFY(exchange.error);
    QCOMPARE(exchange.error->code, ErrorCode::TlsFailure);
    QVERIFY(!exchange.connection.reused);
}

void TestSocketTransportTls::factsStayOnReusedConnections()
{
    TlsServer server;
    prepare(server, u"server"_s);
    SocketTransport transport(m_clock);
    QVERIFY(!run(transport, secure(server.port()), trusting()).error);
    const Exchange exchange = run(transport, secure(server.port()), trusting());
    QVERIFY(!exchange.error);
    QVERIFY(exchange.connection.reused);
    QVERIFY(exchange.timings.tls < 0);
    QVERIFY(exchange.tls->verified);
    QCOMPARE(exchange.tls->chain.size(), 2);
    QCOMPARE(server.peers.size(), 1U);
}

void TestSocketTransportTls::sessionsAreResumed_data()
{
    QTest::addColumn<QString>("version");
    QTest::newRow("TLS 1.3") << u"-tls1_3"_s;
    QTest::newRow("TLS 1.2") << u"-tls1_2"_s;
}

void TestSocketTransportTls::sessionsAreResumed()
{
    QFETCH(QString, version);
    // The status page of s_server says whether the session is new.
    OpenSslServer server(m_certificates, {u"-www"_s, version, u"-cert_chain"_s, u"ca.pem"_s});
    QVERIFY(server.waitUntilReady());
    SocketTransport transport(m_clock);
    for (int i = 0; i < 3; ++i) {
        const Exchange exchange = run(transport, secure(server.port), trusting());
        QVERIFY2(!exchange.error, exchange.error ? qPrintable(exchange.error->message) : "");
        const QByteArray page = exchange.response.body.all();
        QVERIFY2(page.contains(i == 0 ? "New, TLS" : "Reused, TLS"), page.constData());
        QVERIFY(!exchange.connection.reused);
        QVERIFY(exchange.tls->verified);
        QCOMPARE(exchange.tls->chain.size(), 2); // also where it was not sent again
    }
    // Other trust anchors: nothing is carried over.
    TransportOptions others = trusting();
    others.extraCaPem = {m_certificates.read(u"otherca.pem"_s)};
    QCOMPARE(run(transport, secure(server.port), others).error->code, ErrorCode::TlsFailure);
}

void TestSocketTransportTls::clientCertificates_data()
{
    QTest::addColumn<QSsl::SslProtocol>("protocol");
    QTest::addColumn<QString>("certificate");
    QTest::addColumn<QString>("key");
    QTest::addColumn<QByteArray>("passphrase");
    QTest::addColumn<QString>("commonName");
    QTest::newRow("TLS 1.3") << QSsl::TlsV1_3 << u"client.pem"_s << u"client.key"_s << QByteArray() << u"alice"_s;
    QTest::newRow("TLS 1.2") << QSsl::TlsV1_2 << u"client.pem"_s << u"client.key"_s << QByteArray() << u"alice"_s;
    QTest::newRow("encrypted key") << QSsl::TlsV1_3 << u"client.pem"_s << u"client.enc.key"_s << "sesame"_ba << u"alice"_s;
    QTest::newRow("Ed25519") << QSsl::TlsV1_3 << u"ed.pem"_s << u"ed.key"_s << QByteArray() << u"edith"_s;
}

void TestSocketTransportTls::clientCertificates()
{
    QFETCH(QSsl::SslProtocol, protocol);
    QFETCH(QString, certificate);
    QFETCH(QString, key);
    QFETCH(QByteArray, passphrase);
    QFETCH(QString, commonName);
    TlsServer server;
    prepare(server, u"server"_s, protocol, true);
    SocketTransport transport(m_clock);
    TransportOptions options = trusting();
    options.clientCertificate = m_certificates.read(certificate);
    options.clientKey = m_certificates.read(key);
    options.clientKeyPassphrase = passphrase;
    const Exchange exchange = run(transport, secure(server.port()), options);
    QVERIFY2(!exchange.error, exchange.error ? qPrintable(exchange.error->message + exchange.error->detail) : "");
    QVERIFY(exchange.tls->clientCertificateOffered);
    const auto *socket = qobject_cast<QSslSocket *>(server.peers.front()->socket);
    QCOMPARE(socket->peerCertificate().subjectInfo(QSslCertificate::CommonName), QStringList{commonName});

    // In one file, certificate first, as for curl --cert.
    options.clientCertificate += options.clientKey;
    options.clientKey.clear();
    const Exchange again = run(transport, secure(server.port()), options);
    QVERIFY2(!again.error, again.error ? qPrintable(again.error->message + again.error->detail) : "");
}

void TestSocketTransportTls::unusableClientCertificates_data()
{
    QTest::addColumn<QString>("certificate");
    QTest::addColumn<QString>("key");
    QTest::addColumn<QByteArray>("passphrase");
    QTest::addColumn<QString>("words");
    QTest::newRow("wrong passphrase") << u"client.pem"_s << u"client.enc.key"_s << "open"_ba << u"the passphrase is wrong"_s;
    QTest::newRow("no passphrase") << u"client.pem"_s << u"client.enc.key"_s << QByteArray() << u"there is no passphrase"_s;
    QTest::newRow("another key") << u"client.pem"_s << u"server.key"_s << QByteArray() << u"don't belong together"_s;
    QTest::newRow("key of another type") << u"client.pem"_s << u"ed.key"_s << QByteArray() << u"don't belong together"_s;
    QTest::newRow("no key") << u"client.pem"_s << u"client.csr"_s << QByteArray() << u"the key of the client certificate can't be read"_s;
    QTest::newRow("no certificate") << u"client.key"_s << u"client.key"_s << QByteArray() << u"the client certificate can't be read"_s;
    QTest::newRow("key only") << u"missing"_s << u"client.key"_s << QByteArray() << u"the client certificate can't be read"_s;
}

void TestSocketTransportTls::unusableClientCertificates()
{
    QFETCH(QString, certificate);
    QFETCH(QString, key);
    QFETCH(QByteArray, passphrase);
    QFETCH(QString, words);
    TlsServer server;
    prepare(server, u"server"_s);
    SocketTransport transport(m_clock);
    TransportOptions options = trusting();
    options.clientCertificate = m_certificates.read(certificate);
    options.clientKey = m_certificates.read(key);
    options.clientKeyPassphrase = passphrase;
    const Exchange exchange = run(transport, secure(server.port()), options);
    QVERIFY(exchange.error);
    QCOMPARE(exchange.error->code, ErrorCode::TlsFailure);
    QVERIFY2(exchange.error->message.contains(words), qPrintable(exchange.error->message));
    QVERIFY(exchange.error->message.endsWith(u"nothing was sent"_s));
    QVERIFY(!exchange.error->action.isEmpty());
    QCOMPARE(exchange.connection.id, 0U);
    // The next one is not harmed by what is left in OpenSSL's error queue.
    QVERIFY(!run(transport, secure(server.port()), trusting()).error);
    QCOMPARE(server.peers.size(), 1U);
}

void TestSocketTransportTls::unusableTrustAnchors()
{
    SocketTransport transport(m_clock);
    TransportOptions options;
    options.extraCaPem = {"not PEM"_ba};
    const Exchange exchange = run(transport, secure(9), options);
    QCOMPARE(exchange.error->code, ErrorCode::TlsFailure);
    QVERIFY(exchange.error->message.contains(u"additional trusted certificates"_s));
}

void TestSocketTransportTls::lateAlerts_data()
{
    QTest::addColumn<QString>("certificate");
    QTest::addColumn<QString>("alert");
    QTest::addColumn<QString>("words");
    // RFC 8446 section 4.4.2.4: certificate_required, unknown_ca
    QTest::newRow("no client certificate") << QString() << u"certificate required (alert 116)"_s << u"it wants a client certificate"_s;
    QTest::newRow("of another CA") << u"stranger"_s << u"unknown CA (alert 48)"_s << u"it does not trust the CA of the client certificate"_s;
}

void TestSocketTransportTls::lateAlerts()
{
    QFETCH(QString, certificate);
    QFETCH(QString, alert);
    QFETCH(QString, words);
    OpenSslServer server(m_certificates, {u"-www"_s, u"-tls1_3"_s, u"-Verify"_s, u"1"_s, u"-verify_return_error"_s});
    QVERIFY(server.waitUntilReady());
    SocketTransport transport(m_clock);
    TransportOptions options = trusting();
    if (!certificate.isEmpty()) {
        options.clientCertificate = m_certificates.read(certificate + u".pem"_s);
        options.clientKey = m_certificates.read(certificate + u".key"_s);
    }
    const Exchange exchange = run(transport, secure(server.port), options);
    QVERIFY(exchange.error);
    QVERIFY2(exchange.error->code == ErrorCode::TlsAlert, qPrintable(exchange.error->message + exchange.error->detail));
    QVERIFY2(exchange.error->message.contains(words), qPrintable(exchange.error->message));
    QVERIFY(exchange.error->message.contains(alert));
    QVERIFY(!exchange.error->action.isEmpty());
    QCOMPARE(exchange.tls->alert, alert);
    QCOMPARE(exchange.tls->clientCertificateOffered, !certificate.isEmpty());
    QVERIFY(exchange.tls->verified); // the server was good
    QVERIFY(!exchange.tls->chain.isEmpty());
    QVERIFY(!exchange.hasDecision(DecisionKind::Retried));
    QVERIFY(!exchange.hasResponse());
}

void TestSocketTransportTls::handshakeAlert()
{
    // TLS 1.2 asks for the certificate within the handshake (RFC 5246 section 7.4.6).
    OpenSslServer server(m_certificates, {u"-www"_s, u"-tls1_2"_s, u"-Verify"_s, u"1"_s, u"-verify_return_error"_s});
    QVERIFY(server.waitUntilReady());
    SocketTransport transport(m_clock);
    const Exchange exchange = run(transport, secure(server.port), trusting());
    QVERIFY(exchange.error);
    QCOMPARE(exchange.error->code, ErrorCode::TlsFailure);
    QCOMPARE(exchange.tls->alert, u"handshake failure (alert 40)"_s);
    QVERIFY2(exchange.error->message.contains(u"handshake failure (alert 40)"_s), qPrintable(exchange.error->message));
    QVERIFY(exchange.error->action.contains(u"client certificate"_s));
    QVERIFY(exchange.rawRequest.isEmpty());
}

void TestSocketTransportTls::plainServer()
{
    ScriptedServer server;
    server.onBytes = [](Peer &peer) {
        peer.socket->write("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
        peer.socket->disconnectFromHost();
    };
    SocketTransport transport(m_clock);
    const Exchange exchange = run(transport, secure(server.port()), trusting());
    QCOMPARE(exchange.error->code, ErrorCode::TlsFailure);
    QCOMPARE(exchange.error->message, u"localhost does not speak TLS on this port"_s);
    QVERIFY(exchange.error->action.contains(u"http://"_s));
    QVERIFY(exchange.tls);
    QVERIFY(exchange.tls->chain.isEmpty());
}

void TestSocketTransportTls::closedDuringHandshake()
{
    ScriptedServer server;
    server.onBytes = [](Peer &peer) { peer.socket->disconnectFromHost(); };
    SocketTransport transport(m_clock);
    const Exchange exchange = run(transport, secure(server.port()), trusting());
    QCOMPARE(exchange.error->code, ErrorCode::TlsFailure);
    QCOMPARE(exchange.error->message, u"localhost closed the connection during the TLS handshake"_s);
    QCOMPARE(exchange.tls->serverName, u"localhost"_s);
    QCOMPARE(server.peers.size(), 1U);
}

void TestSocketTransportTls::bodyUntilTheEndOfTls()
{
    TlsServer server;
    prepare(server, u"server"_s);
    const QByteArray body(3 * 1024 * 1024, 'z');
    server.answer("HTTP/1.1 200 OK\r\n\r\n" + body, true);
    SocketTransport transport(m_clock);
    const Exchange exchange = run(transport, secure(server.port()), trusting());
    QVERIFY2(!exchange.error, exchange.error ? qPrintable(exchange.error->message) : "");
    QVERIFY(exchange.response.body.all() == body);
    QVERIFY(exchange.response.complete);
    QCOMPARE(exchange.tls->alert, QString()); // close_notify is no alarm
}

void TestSocketTransportTls::bodyCutOffWithoutCloseNotify()
{
    // RFC 9112 section 9.8: such a response is complete only if a valid closure alert has been received.
    TlsServer server;
    prepare(server, u"server"_s);
    server.answer("HTTP/1.1 200 OK\r\n\r\nabc");
    SocketTransport transport(m_clock);
    TransportOperation *operation = transport.start(secure(server.port()), trusting());
    connect(operation, &TransportOperation::progress, this, [&] {
        // Behind the back of TLS: a shutdown of the descriptor sends a FIN alone.
        ::shutdown(int(server.peers.front()->socket->socketDescriptor()), SHUT_WR);
    });
    Ending ending(operation);
    const Exchange exchange = ending.wait();
    QVERIFY(exchange.error);
    QCOMPARE(exchange.error->code, ErrorCode::ConnectionClosed);
    QVERIFY2(exchange.error->message.contains(u"close_notify"_s), qPrintable(exchange.error->message));
    QVERIFY(exchange.hasAnomaly("body-truncated"_L1));
    QCOMPARE(exchange.response.status, 200);
    QCOMPARE(exchange.response.body.all(), "abc"_ba);
    QVERIFY(!exchange.response.complete);
}

void TestSocketTransportTls::bigBodies()
{
    const QByteArray body(12 * 1024 * 1024, 'z');
    TlsServer server;
    prepare(server, u"server"_s);
    server.onBytes = [&](Peer &peer) {
        if (peer.received.size() > body.size())
            peer.socket->write("HTTP/1.1 200 OK\r\nContent-Length: " + QByteArray::number(body.size()) + "\r\n\r\n" + body);
    };
    SocketTransport transport(m_clock);
    const Exchange exchange = run(transport, request("PUT", u"https://localhost:%1/"_s.arg(server.port()), body), trusting());
    QVERIFY2(!exchange.error, exchange.error ? qPrintable(exchange.error->message) : "");
    QVERIFY(exchange.rawRequest.all() == server.peers.front()->received);
    QVERIFY(exchange.response.body.all() == body);
    QCOMPARE(transport.idleConnections(), 1);
}

void TestSocketTransportTls::cancelAndDelete()
{
    TlsServer server;
    prepare(server, u"server"_s);
    for (const TransportPhase at : {TransportPhase::Connecting, TransportPhase::Handshaking, TransportPhase::Sending,
                                    TransportPhase::Waiting, TransportPhase::Receiving}) {
        for (const bool deleteIt : {false, true}) {
            SocketTransport transport(m_clock);
            QPointer<TransportOperation> operation = transport.start(secure(server.port()), trusting());
            int finished = 0;
            std::optional<Error> error;
            connect(operation, &TransportOperation::finished, this, [&](const Exchange &exchange) {
                ++finished;
                error = exchange.error;
            });
            connect(operation, &TransportOperation::phaseChanged, this, [&](TransportPhase phase) {
                if (phase != at)
                    return;
                if (deleteIt)
                    delete operation;
                else
                    operation->cancel();
            });
            if (deleteIt) {
                QTRY_VERIFY(!operation);
                QTest::qWait(5);
                QCOMPARE(finished, 0);
            } else {
                QTRY_COMPARE(finished, 1);
                QVERIFY(error);
                QCOMPARE(error->code, ErrorCode::Cancelled);
                delete operation;
            }
            QCOMPARE(transport.idleConnections(), 0);
        }
    }
}

QTEST_GUILESS_MAIN(TestSocketTransportTls)
#include "tst_sockettransport_tls.moc"
