// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
// The pipeline through proxies, with the real transport. What the proxy and the server received is compared byte for byte
// with what the trace says was sent.
#include "app/http/SocketTransport.h"
#include "app/runner/Runner.h"
#include "tests/http/Certificates.h"

#include <QtCore/QCryptographicHash>
#include <QtCore/QRegularExpression>
#include <QtCore/QtEndian>
#include <QtNetwork/QSslCertificate>
#include <QtNetwork/QSslConfiguration>
#include <QtNetwork/QSslKey>
#include <QtNetwork/QSslServer>
#include <QtNetwork/QTcpSocket>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include <functional>
#include <map>
#include <memory>
#include <vector>

using namespace Qt::StringLiterals;
using namespace realmscope;

namespace {

// A web server, with or without TLS, that answers everything with "hello" and keeps what it received.
template <typename Server>
class WebServer
{
public:
    WebServer()
    {
        QObject::connect(&m_server, &QTcpServer::pendingConnectionAvailable, &m_server, [this] {
            while (QTcpSocket *socket = m_server.nextPendingConnection()) {
                ++connections;
                sockets.push_back(socket);
                auto pending = std::make_shared<QByteArray>();
                QObject::connect(socket, &QTcpSocket::readyRead, &m_server, [this, socket, pending] {
                    const QByteArray bytes = socket->readAll();
                    received += bytes;
                    *pending += bytes;
                    for (qsizetype end; (end = pending->indexOf("\r\n\r\n")) >= 0; *pending = pending->mid(end + 4))
                        socket->write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
                });
            }
        });
    }
    Server &server() { return m_server; }
    bool listen() { return m_server.listen(QHostAddress::LocalHost); }
    QByteArray received;
    std::vector<QTcpSocket *> sockets;
    int connections = 0;

private:
    Server m_server;
};

// An HTTP proxy of our own: relays tunnels, forwards nothing else (plain requests it answers itself), keeps the heads.
class Proxy
{
public:
    // What is answered to a head; empty: let it through.
    std::function<QByteArray(const QByteArray &head)> answer;
    QList<QByteArray> heads;
    int connections = 0;
    std::vector<QTcpSocket *> clients;

    Proxy()
    {
        QObject::connect(&m_server, &QTcpServer::newConnection, &m_server, [this] {
            while (QTcpSocket *client = m_server.nextPendingConnection()) {
                ++connections;
                clients.push_back(client);
                QObject::connect(client, &QTcpSocket::readyRead, client, [this, client] { read(client); });
            }
        });
        if (!m_server.listen(QHostAddress::LocalHost))
            qFatal("can't listen on the loopback");
    }
    [[nodiscard]] QString url() const { return u"http://127.0.0.1:%1"_s.arg(m_server.serverPort()); }

private:
    void read(QTcpSocket *client)
    {
        if (QTcpSocket *server = m_tunnels[client]) {
            server->write(client->readAll());
            return;
        }
        QByteArray &pending = m_pending[client];
        pending += client->readAll();
        const qsizetype end = pending.indexOf("\r\n\r\n");
        if (end < 0)
            return;
        const QByteArray head = pending.first(end + 4);
        pending = pending.mid(end + 4);
        heads << head;
        if (const QByteArray refusal = answer ? answer(head) : QByteArray(); !refusal.isEmpty()) {
            client->write(refusal);
            if (refusal.contains("Connection: close") || !refusal.startsWith("HTTP/"))
                client->disconnectFromHost();
            return;
        }
        if (!head.startsWith("CONNECT ")) {
            client->write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nforwarded");
            return;
        }
        const QByteArray target = head.mid(8, head.indexOf(' ', 8) - 8);
        auto *server = new QTcpSocket(client);
        m_tunnels[client] = server;
        QObject::connect(server, &QTcpSocket::connected, client, [client] {
            client->write("HTTP/1.0 200 Connection established\r\nVia: test\r\n\r\n"); // as many proxies still say
        });
        QObject::connect(server, &QTcpSocket::readyRead, client, [client, server] { client->write(server->readAll()); });
        QObject::connect(server, &QTcpSocket::disconnected, client, [client] { client->disconnectFromHost(); });
        server->connectToHost(QHostAddress::LocalHost, target.mid(target.lastIndexOf(':') + 1).toUShort());
    }

    QTcpServer m_server;
    std::map<QTcpSocket *, QTcpSocket *> m_tunnels;
    std::map<QTcpSocket *, QByteArray> m_pending;
};

// RFC 1928 with user name and password (RFC 1929); keeps what was asked of it.
class Socks5Server
{
public:
    QByteArray wantedUser, wantedPassword; // empty: none is asked for
    QList<QByteArray> asked; // "name:localhost", "ipv4:127.0.0.1"
    int refusals = 0;

    Socks5Server()
    {
        QObject::connect(&m_server, &QTcpServer::newConnection, &m_server, [this] {
            while (QTcpSocket *client = m_server.nextPendingConnection()) {
                QObject::connect(client, &QTcpSocket::readyRead, client, [this, client] { read(client); });
            }
        });
        if (!m_server.listen(QHostAddress::LocalHost))
            qFatal("can't listen on the loopback");
    }
    [[nodiscard]] quint16 port() const { return m_server.serverPort(); }

private:
    enum class State { Greeting, Password, Request, Relay };
    struct Client
    {
        State state = State::Greeting;
        QByteArray pending;
        QTcpSocket *server = nullptr;
    };

    void read(QTcpSocket *socket)
    {
        Client &client = m_clients[socket];
        client.pending += socket->readAll();
        const auto byte = [&client](qsizetype at) { return int(uchar(client.pending.at(at))); };
        const auto has = [&client](qsizetype size) { return client.pending.size() >= size; };
        if (client.state == State::Greeting && has(2) && has(2 + byte(1))) {
            const bool offersPassword = client.pending.mid(2, byte(1)).contains('\x02');
            const bool asks = !wantedUser.isEmpty();
            if (asks && !offersPassword) {
                ++refusals;
                socket->write(QByteArray("\x05\xff", 2));
                socket->disconnectFromHost();
                return;
            }
            client.pending.remove(0, 2 + byte(1));
            client.state = asks ? State::Password : State::Request;
            socket->write(QByteArray(asks ? "\x05\x02" : "\x05\x00", 2));
        }
        if (client.state == State::Password && has(2) && has(3 + byte(1)) && has(3 + byte(1) + byte(2 + byte(1)))) {
            const int userSize = byte(1);
            const int passwordSize = byte(2 + userSize);
            const bool isRight = client.pending.mid(2, userSize) == wantedUser
                && client.pending.mid(3 + userSize, passwordSize) == wantedPassword;
            client.pending.remove(0, 3 + userSize + passwordSize);
            socket->write(QByteArray(isRight ? "\x01\x00" : "\x01\x01", 2));
            if (!isRight) {
                ++refusals;
                socket->disconnectFromHost();
                return;
            }
            client.state = State::Request;
        }
        if (client.state == State::Request && has(5)) {
            const int type = byte(3);
            const qsizetype size = type == 3 ? 1 + byte(4) : type == 4 ? 16 : 4;
            if (!has(4 + size + 2))
                return;
            const QByteArray address = client.pending.mid(4, size);
            asked << (type == 3 ? "name:" + address.mid(1)
                                : "ip:" + QHostAddress(qFromBigEndian<quint32>(address.constData())).toString().toUtf8());
            const auto port = qFromBigEndian<quint16>(client.pending.constData() + 4 + size);
            client.pending.clear();
            client.state = State::Relay;
            auto *server = client.server = new QTcpSocket(socket);
            QObject::connect(server, &QTcpSocket::connected, socket, [socket] {
                socket->write(QByteArray("\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x50", 10));
            });
            QObject::connect(server, &QTcpSocket::readyRead, socket, [socket, server] { socket->write(server->readAll()); });
            server->connectToHost(QHostAddress::LocalHost, port);
        } else if (client.state == State::Relay) {
            client.server->write(client.pending);
            client.pending.clear();
        }
    }

    QTcpServer m_server;
    std::map<QTcpSocket *, Client> m_clients;
};

QByteArray md5(const QByteArray &text) { return QCryptographicHash::hash(text, QCryptographicHash::Md5).toHex(); }

// RFC 7616 with Qt's hash: is this the right answer for pia / sesame in realm "proxy", nonce n1, qop auth?
bool isRightDigest(const QByteArray &head, const QByteArray &method, const QByteArray &uri)
{
    const auto value = [&head](const QByteArray &name) {
        const QRegularExpression pattern(u"Proxy-Authorization: Digest .*\\b%1=\"?([^\",\r]*)"_s.arg(QString::fromLatin1(name)));
        return pattern.match(QString::fromLatin1(head)).captured(1).toLatin1();
    };
    const QByteArray ha1 = md5("pia:proxy:sesame");
    return value("uri") == uri
        && value("response") == md5(ha1 + ":n1:" + value("nc") + ':' + value("cnonce") + ":auth:" + md5(method + ':' + uri));
}

const QByteArray needsBasic = "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"proxy\"\r\n"
                              "Content-Length: 8\r\n\r\nwho, you"_ba;
const QByteArray needsDigest = "HTTP/1.1 407 Proxy Authentication Required\r\n"
                               "Proxy-Authenticate: Digest realm=\"proxy\", nonce=\"n1\", qop=\"auth\"\r\n"
                               "Content-Length: 8\r\n\r\nwho, you"_ba;

} // namespace

class ProxyRouteTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase()
    {
        QCOMPARE(m_certificates.make(), QString());
        QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
        configuration.setLocalCertificateChain(QSslCertificate::fromData(m_certificates.read(u"server.pem"_s)));
        configuration.setPrivateKey(QSslKey(m_certificates.read(u"server.key"_s), QSsl::Ec));
        configuration.setAllowedNextProtocols({"http/1.1"});
        m_secure.server().setSslConfiguration(configuration);
        QVERIFY(m_secure.listen());
        QVERIFY(m_plain.listen());
    }
    void init() { m_secure.received.clear(); m_plain.received.clear(); }

    void connectIsAnExchange()
    {
        Proxy proxy;
        SocketTransport transport(m_clock);
        const Trace trace = run(transport, job(secureUrl(), proxy.url()));
        QCOMPARE(trace.exchanges.size(), 2);
        const Exchange &opened = trace.exchanges.at(0);
        QCOMPARE(opened.role, ExchangeRole::Proxy);
        QCOMPARE(opened.response.status, 200);
        QCOMPARE(opened.response.reason, "Connection established"_ba);
        QCOMPARE(opened.rawResponse.all(), "HTTP/1.0 200 Connection established\r\nVia: test\r\n\r\n"_ba);
        QCOMPARE(proxy.heads.size(), 1);
        QCOMPARE(opened.rawRequest.all(), proxy.heads.first());
        QVERIFY(opened.rawRequest.all().startsWith("CONNECT localhost:" + QByteArray::number(m_secure.server().serverPort()) + " HTTP/1.1\r\n"));
        QVERIFY(!opened.tls);
        QCOMPARE(opened.connection.proxy, proxy.url());
        QVERIFY(opened.timings.connect >= 0);

        const Exchange &answered = trace.exchanges.at(1);
        QVERIFY2(!answered.error, qPrintable(answered.error ? answered.error->message : QString()));
        QCOMPARE(answered.role, ExchangeRole::Final);
        QCOMPARE(answered.response.body.all(), "hello"_ba);
        QCOMPARE(answered.rawRequest.all(), m_secure.received);
        QVERIFY(answered.rawRequest.all().startsWith("GET /x HTTP/1.1\r\n"));
        QCOMPARE(answered.connection.id, opened.connection.id);
        QVERIFY(answered.tls && answered.tls->verified);
        QVERIFY(answered.timings.tls >= 0);
        QVERIFY(decisions(trace).contains("through the proxy %1, by the settings of this request"_L1.arg(proxy.url())));
    }

    void tunnelIsKeptAndOpenedAnew()
    {
        Proxy proxy;
        SocketTransport transport(m_clock);
        Runner runner(transport, m_clock, m_random);
        const RunJob wanted = job(secureUrl(), proxy.url());
        QCOMPARE(run(runner, wanted).exchanges.size(), 2);
        const Trace again = run(runner, wanted);
        QCOMPARE(again.exchanges.size(), 1); // no second CONNECT
        QVERIFY(again.exchanges.first().connection.reused);
        QCOMPARE(proxy.heads.size(), 1);
        // The proxy closes it without a word, and the client has not heard of it when it sends.
        RunJob held = wanted;
        const qsizetype connections = proxy.connections;
        proxy.clients.back()->abort();
        const Trace reopened = run(runner, held);
        QCOMPARE(reopened.final()->response.status, 200);
        QCOMPARE(proxy.connections, connections + 1);
        QCOMPARE(proxy.heads.size(), 2);
    }

    void credentialGoesToTheProxyOnly_data()
    {
        QTest::addColumn<QString>("scheme");
        QTest::addColumn<QByteArray>("challenge");
        QTest::addColumn<bool>("tunnel");
        QTest::addColumn<int>("asks");
        for (const bool tunnel : {true, false}) {
            const char *how = tunnel ? "CONNECT" : "absolute-form";
            QTest::addRow("basic, %s", how) << u"basic"_s << needsBasic << tunnel << 0;
            QTest::addRow("digest, %s", how) << u"digest"_s << needsDigest << tunnel << 1;
            QTest::addRow("any offered Digest, %s", how) << u"any"_s << needsDigest << tunnel << 1;
            QTest::addRow("any offered Basic, %s", how) << u"any"_s << needsBasic << tunnel << 1;
        }
    }
    void credentialGoesToTheProxyOnly()
    {
        QFETCH(QString, scheme);
        QFETCH(QByteArray, challenge);
        QFETCH(bool, tunnel);
        QFETCH(int, asks);
        const QString url = tunnel ? secureUrl() : plainUrl();
        const QByteArray method = tunnel ? "CONNECT" : "GET";
        const QByteArray target = tunnel ? url.mid(8, url.indexOf(u'/', 8) - 8).toUtf8() : url.toUtf8();
        Proxy proxy;
        proxy.answer = [&](const QByteArray &head) {
            // Base64 of "pia:sesame"
            const bool isRight = challenge == needsBasic ? head.contains("\r\nProxy-Authorization: Basic cGlhOnNlc2FtZQ==\r\n")
                                                         : isRightDigest(head, method, target);
            return isRight ? QByteArray() : challenge;
        };
        SocketTransport transport(m_clock);
        RunJob wanted = job(url, proxy.url());
        wanted.credential = credential(u"basic"_s, u"alice"_s, u"Quartz-58"_s, Url::parse(url)->origin().toString());
        wanted.proxyCredential = credential(scheme, u"pia"_s, u"sesame"_s, proxy.url());
        const Trace trace = run(transport, wanted);
        QCOMPARE(trace.exchanges.size(), asks + (tunnel ? 2 : 1));
        QVERIFY(trace.final()->hasResponse());
        QCOMPARE(trace.final()->response.status, 200);
        QCOMPARE(trace.final()->response.body.all(), tunnel ? "hello"_ba : "forwarded"_ba);
        for (int i = 0; i < asks; ++i) {
            const Exchange &asked = trace.exchanges.at(i);
            QCOMPARE(asked.role, ExchangeRole::Proxy);
            QCOMPARE(asked.response.status, 407);
            QCOMPARE(asked.response.body.all(), "who, you"_ba);
            QVERIFY(asked.hasDecision(DecisionKind::ChallengeAnswered));
        }
        // Byte for byte, and each credential only where it belongs.
        for (qsizetype i = 0; i < proxy.heads.size(); ++i)
            QCOMPARE(trace.exchanges.at(i).rawRequest.all(), proxy.heads.at(i));
        for (const QByteArray &head : std::as_const(proxy.heads))
            QCOMPARE(head.contains("\r\nAuthorization: "), !tunnel);
        if (tunnel) {
            QVERIFY(m_secure.received.contains("\r\nAuthorization: Basic YWxpY2U6UXVhcnR6LTU4\r\n"));
            QVERIFY(!m_secure.received.contains("Proxy-"));
            QCOMPARE(trace.final()->rawRequest.all(), m_secure.received);
        }
    }

    void refusedTunnelShowsWhatTheProxySaid_data()
    {
        QTest::addColumn<QByteArray>("answer");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("body");
        QTest::newRow("407 without a credential") << needsBasic << 407 << "who, you"_ba;
        QTest::newRow("403 with a body") << "HTTP/1.1 403 Forbidden\r\nContent-Length: 6\r\n\r\nbanned"_ba << 403 << "banned"_ba;
        QTest::newRow("502 up to the end")
            << "HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\n\r\nno such host"_ba << 502 << "no such host"_ba;
        QTest::newRow("chunked") << "HTTP/1.1 503 Busy\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbusy\r\n0\r\n\r\n"_ba << 503 << "busy"_ba;
        QTest::newRow("garbage") << "EHLO this is not HTTP\r\n\r\n"_ba << 0 << ""_ba;
    }
    void refusedTunnelShowsWhatTheProxySaid()
    {
        QFETCH(QByteArray, answer);
        QFETCH(int, status);
        QFETCH(QByteArray, body);
        Proxy proxy;
        proxy.answer = [&](const QByteArray &) { return answer; };
        SocketTransport transport(m_clock);
        RunJob wanted = job(secureUrl(), proxy.url());
        wanted.credential = credential(u"basic"_s, u"alice"_s, u"Quartz-58"_s, Url::parse(secureUrl())->origin().toString());
        const Trace trace = run(transport, wanted);
        QCOMPARE(trace.exchanges.size(), 1);
        const Exchange &refused = trace.exchanges.first();
        QCOMPARE(refused.role, ExchangeRole::Proxy);
        QCOMPARE(refused.response.status, status);
        QCOMPARE(refused.response.body.all(), body);
        QCOMPARE(refused.rawResponse.all(), answer);
        QCOMPARE(refused.error.has_value(), status == 0);
        QVERIFY(!proxy.heads.first().contains("Authorization")); // the server's credential stays here
        QVERIFY(m_secure.received.isEmpty());
        QCOMPARE(trace.finalIndex(), 0);
    }

    void wrongCredentialIsAskedForOnceOnly()
    {
        Proxy proxy;
        proxy.answer = [](const QByteArray &) { return needsDigest; };
        SocketTransport transport(m_clock);
        RunJob wanted = job(secureUrl(), proxy.url());
        wanted.proxyCredential = credential(u"digest"_s, u"pia"_s, u"wrong"_s, proxy.url());
        const Trace trace = run(transport, wanted);
        QCOMPARE(trace.exchanges.size(), 2);
        QCOMPARE(trace.final()->response.status, 407);
        QVERIFY(trace.final()->request.headers.contains("Proxy-Authorization"));
    }

    void writtenProxyAuthorizationStaysWithTheProxy()
    {
        Proxy proxy;
        SocketTransport transport(m_clock);
        RunJob wanted = job(secureUrl(), proxy.url());
        wanted.spec.headers = {{u"Proxy-Authorization"_s, u"Bearer abc"_s}};
        const Trace trace = run(transport, wanted);
        QCOMPARE(trace.exchanges.size(), 2);
        QVERIFY(proxy.heads.first().contains("\r\nProxy-Authorization: Bearer abc\r\n"));
        QVERIFY(!m_secure.received.contains("Proxy-Authorization"));
    }

    void credentialOfAnotherProxyIsNotSent()
    {
        Proxy proxy;
        SocketTransport transport(m_clock);
        RunJob wanted = job(secureUrl(), proxy.url());
        wanted.proxyCredential = credential(u"basic"_s, u"pia"_s, u"sesame"_s, u"http://other.example:3128"_s);
        const Trace trace = run(transport, wanted);
        QVERIFY(trace.exchanges.isEmpty());
        QVERIFY(trace.error);
        QCOMPARE(trace.error->code, ErrorCode::OriginNotAllowed);
        QVERIFY(proxy.heads.isEmpty());
    }

    void variablesChoose()
    {
        Proxy proxy;
        SocketTransport transport(m_clock);
        RunJob wanted = job(plainUrl(), {});
        QString withUser = proxy.url();
        withUser.insert(7, u"pia:ses%61me@"_s);
        wanted.proxyEnvironment = {{u"http_proxy"_s, withUser}, {u"no_proxy"_s, u"elsewhere.example"_s}};
        Trace trace = run(transport, wanted);
        QCOMPARE(trace.final()->response.body.all(), "forwarded"_ba);
        QVERIFY(proxy.heads.first().startsWith("GET " + plainUrl().toUtf8() + " HTTP/1.1\r\n"));
        QVERIFY(proxy.heads.first().contains("\r\nProxy-Authorization: Basic cGlhOnNlc2FtZQ==\r\n"));
        QVERIFY(decisions(trace).contains("by the environment variable http_proxy"_L1));
        QVERIFY(!decisions(trace).contains("sesame"_L1));

        wanted.proxyEnvironment.insert(u"no_proxy"_s, u"127.0.0.0/8"_s);
        trace = run(transport, wanted);
        QCOMPARE(trace.final()->response.body.all(), "hello"_ba);
        QVERIFY(decisions(trace).contains("\"127.0.0.0/8\" in the environment variable no_proxy"_L1));
        QCOMPARE(proxy.heads.size(), 1);
    }

    void tunnelForPlainHttp()
    {
        Proxy proxy;
        SocketTransport transport(m_clock);
        RunJob wanted = job(plainUrl(), proxy.url());
        wanted.spec.settings.proxyTunnel = true;
        const Trace trace = run(transport, wanted);
        QCOMPARE(trace.exchanges.size(), 2);
        QVERIFY(proxy.heads.first().startsWith("CONNECT 127.0.0.1:"));
        QCOMPARE(trace.final()->response.body.all(), "hello"_ba);
        QVERIFY(m_plain.received.startsWith("GET /x HTTP/1.1\r\n"));
    }

    void connectToChangesTheTunnel()
    {
        Proxy proxy;
        SocketTransport transport(m_clock);
        RunJob wanted = job(u"https://localhost:4/x"_s, proxy.url());
        wanted.spec.settings.connectTo = {u"localhost:4:127.0.0.1:%1"_s.arg(m_secure.server().serverPort())};
        const Trace trace = run(transport, wanted);
        QCOMPARE(trace.final()->response.status, 200);
        QVERIFY(proxy.heads.first().startsWith("CONNECT 127.0.0.1:" + QByteArray::number(m_secure.server().serverPort())));
        QVERIFY(m_secure.received.contains("\r\nHost: localhost:4\r\n"));
    }

    // A connection-bound scheme (NTLM) pins the tunnel it began on.
    void pinningHoldsThroughATunnel()
    {
        Proxy proxy;
        SocketTransport transport(m_clock);
        const Trace trace = run(transport, job(secureUrl(), proxy.url()));
        const quint64 id = trace.final()->connection.id;
        TransportOptions options;
        options.extraCaPem = {m_certificates.read(u"ca.pem"_s)};
        options.proxy = parseProxy(proxy.url())->server;
        options.pinnedConnection = id;
        Request request;
        request.url = *Url::parse(secureUrl());
        request.version = HttpVersion::Auto; // as the first one: a connection is shared by what offers the same protocols
        request.headers.append("Host", request.url.hostHeader());
        const std::unique_ptr<TransportOperation> operation(transport.start(request, options));
        QSignalSpy finished(operation.get(), &TransportOperation::finished);
        QVERIFY(finished.wait());
        const auto exchange = finished.first().first().value<Exchange>();
        QCOMPARE(exchange.response.status, 200);
        QCOMPARE(exchange.connection.id, id);
        QCOMPARE(proxy.connections, 1);
    }

    void noProxyThere()
    {
        SocketTransport transport(m_clock);
        QTcpServer gone;
        QVERIFY(gone.listen(QHostAddress::LocalHost));
        const QString url = u"http://127.0.0.1:%1"_s.arg(gone.serverPort());
        gone.close();
        const Trace trace = run(transport, job(secureUrl(), url));
        QCOMPARE(trace.exchanges.size(), 1);
        QVERIFY(trace.final()->error);
        QCOMPARE(trace.final()->error->code, ErrorCode::ConnectFailed);
        QVERIFY(trace.final()->error->message.startsWith("can't connect to the proxy 127.0.0.1:"_L1));
    }

    void socks_data()
    {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<bool>("secure");
        QTest::addColumn<QString>("user");
        QTest::addColumn<QByteArray>("asked");
        for (const bool secure : {false, true}) {
            const char *what = secure ? "https" : "http";
            QTest::addRow("name looked up by the proxy, %s", what) << u"socks5h"_s << secure << u""_s << "name:localhost"_ba;
            QTest::addRow("name looked up here, %s", what) << u"socks5"_s << secure << u""_s << "ip:127.0.0.1"_ba;
            QTest::addRow("user and password, %s", what) << u"socks5h"_s << secure << u"sam"_s << "name:localhost"_ba;
        }
    }
    void socks()
    {
        QFETCH(QString, kind);
        QFETCH(bool, secure);
        QFETCH(QString, user);
        QFETCH(QByteArray, asked);
        Socks5Server proxy;
        proxy.wantedUser = user.toUtf8();
        proxy.wantedPassword = user.isEmpty() ? QByteArray() : "p:w@d"_ba;
        SocketTransport transport(m_clock);
        const QString url = secure ? secureUrl() : plainUrl().replace(u"127.0.0.1"_s, u"localhost"_s);
        RunJob wanted = job(url, u"%1://127.0.0.1:%2"_s.arg(kind).arg(proxy.port()));
        wanted.spec.settings.addressFamily = 4;
        if (!user.isEmpty())
            wanted.proxyCredential = credential(u"basic"_s, user, u"p:w@d"_s, u"http://127.0.0.1:%1"_s.arg(proxy.port()));
        const Trace trace = run(transport, wanted);
        QCOMPARE(trace.exchanges.size(), 1);
        QVERIFY2(!trace.final()->error, qPrintable(trace.final()->error ? trace.final()->error->message : QString()));
        QCOMPARE(trace.final()->response.body.all(), "hello"_ba);
        QCOMPARE(proxy.asked, QList<QByteArray>{asked});
        QCOMPARE(trace.final()->rawRequest.all(), secure ? m_secure.received : m_plain.received);
        QVERIFY(trace.final()->connection.proxy.startsWith(kind + u"://"_s));
    }

    void socksRefuses_data()
    {
        QTest::addColumn<bool>("hasCredential");
        QTest::newRow("wrong password") << true;
        QTest::newRow("none given") << false;
    }
    void socksRefuses()
    {
        QFETCH(bool, hasCredential);
        Socks5Server proxy;
        proxy.wantedUser = "sam";
        proxy.wantedPassword = "right";
        SocketTransport transport(m_clock);
        RunJob wanted = job(plainUrl(), u"socks5h://127.0.0.1:%1"_s.arg(proxy.port()));
        if (hasCredential)
            wanted.proxyCredential = credential(u"basic"_s, u"sam"_s, u"wrong"_s, u"http://127.0.0.1:%1"_s.arg(proxy.port()));
        const Trace trace = run(transport, wanted);
        QCOMPARE(trace.exchanges.size(), 1);
        QVERIFY(trace.final()->error);
        QCOMPARE(trace.final()->error->code, ErrorCode::ConnectFailed);
        QVERIFY(trace.final()->error->message.contains("through the proxy socks5h://127.0.0.1"_L1));
        QCOMPARE(proxy.refusals, 1);
        QVERIFY(m_plain.received.isEmpty());
    }

private:
    [[nodiscard]] QString secureUrl() { return u"https://localhost:%1/x"_s.arg(m_secure.server().serverPort()); }
    [[nodiscard]] QString plainUrl() { return u"http://127.0.0.1:%1/x"_s.arg(m_plain.server().serverPort()); }

    [[nodiscard]] RunJob job(const QString &url, const QString &proxy) const
    {
        RunJob wanted;
        wanted.spec.url = url;
        wanted.spec.settings.proxy = proxy;
        wanted.spec.settings.caFile = m_certificates.path(u"ca.pem"_s);
        return wanted;
    }
    [[nodiscard]] static RunCredential credential(const QString &scheme, const QString &user, const QString &password,
                                                  const QString &origin)
    {
        RunCredential credential;
        credential.profile.schemeId = scheme;
        credential.profile.origins = QStringList{origin};
        credential.values.setText(u"username"_s, user);
        credential.values.setSecret(u"password"_s, Secret::fromString(password));
        return credential;
    }
    Trace run(Transport &transport, const RunJob &wanted)
    {
        Runner runner(transport, m_clock, m_random);
        return run(runner, wanted);
    }
    static Trace run(Runner &runner, const RunJob &wanted)
    {
        const std::unique_ptr<Run> started(runner.start(wanted));
        QSignalSpy finished(started.get(), &Run::finished);
        if (!finished.wait(15'000))
            QTest::qFail("the run did not end", __FILE__, __LINE__);
        return started->trace();
    }
    [[nodiscard]] static QString decisions(const Trace &trace)
    {
        QStringList texts;
        for (const Exchange &exchange : trace.exchanges) {
            for (const Decision &decision : exchange.decisions)
                texts << decision.text;
        }
        return texts.join(u'\n');
    }

    test::Certificates m_certificates;
    WebServer<QSslServer> m_secure;
    WebServer<QTcpServer> m_plain;
    SystemClock m_clock;
    SystemRandom m_random;
};

QTEST_GUILESS_MAIN(ProxyRouteTest)
#include "tst_proxyroute.moc"
