// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/http/SocketTransport.h"

#include "tests/http/Certificates.h"
#include "tests/http/Http2Bytes.h"
#include "tests/http/ScriptedServer.h"

#include <QtCore/QStandardPaths>
#include <QtCore/QTimer>
#include <QtNetwork/QSslCertificate>
#include <QtNetwork/QSslConfiguration>
#include <QtNetwork/QSslKey>
#include <QtNetwork/QSslServer>

using namespace Qt::StringLiterals;
using namespace realmscope;
using namespace realmscope::test;

namespace {

// A server that speaks HTTP/2 by hand: says SETTINGS, and for each whole request what the test wants.
template <typename Server>
class Http2Server : public Scripted<Server>
{
public:
    std::function<void(Peer &, quint32 stream)> onRequest;
    std::function<void(Peer &, const h2::Frame &)> onFrame;
    QByteArray settings = h2::settings();
    QList<h2::Frame> frames; // all that came

    Http2Server()
    {
        this->onBytes = [this](Peer &peer) {
            if (!m_greeted.contains(&peer)) {
                if (peer.received.size() < h2::preface.size())
                    return;
                m_greeted.append(&peer);
                isHttp2 = peer.received.startsWith(h2::preface);
                if (isHttp2) {
                    peer.received.remove(0, h2::preface.size());
                    peer.socket->write(settings);
                }
            }
            if (!isHttp2) {
                if (onHttp1)
                    onHttp1(peer);
                return;
            }
            for (const h2::Frame &frame : h2::split(peer.received)) {
                frames.append(frame);
                if (frame.type == h2::Settings && !(frame.flags & h2::Ack)) // the client's windows count from here on
                    peer.socket->write(h2::frame(h2::Settings, h2::Ack, 0));
                if (onFrame)
                    onFrame(peer, frame);
                const bool isEnd = (frame.type == h2::HeadersFrame || frame.type == h2::Data) && (frame.flags & h2::EndStream);
                if (isEnd && onRequest)
                    onRequest(peer, frame.stream);
            }
        };
    }
    void answer(const QByteArray &status, const QByteArray &body)
    {
        onRequest = [status, body](Peer &peer, quint32 stream) {
            peer.socket->write(h2::headers(stream, {{":status", status}}) + h2::data(stream, body, true));
        };
    }
    std::function<void(Peer &)> onHttp1;
    bool isHttp2 = false;

private:
    QList<Peer *> m_greeted;
};
using PlainServer = Http2Server<QTcpServer>;
using TlsServer = Http2Server<QSslServer>;

Request prior(quint16 port, const QByteArray &method = "GET"_ba, const QByteArray &body = {}, const QString &path = u"/"_s)
{
    Request out = request(method, u"http://127.0.0.1:%1%2"_s.arg(port).arg(path), body);
    out.version = HttpVersion::Http2PriorKnowledge;
    return out;
}

} // namespace

class TestHttp2Transport : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void refusalArrivesWhole();
    void alpn_data();
    void alpn();
    void connectionsAreShared();
    void streamsSideBySide();
    void moreStreamsThanTheServerTakes();
    void waitsForTheConnectionOfAnother();
    void manyAtOnceToAnUnknownServer_data();
    void manyAtOnceToAnUnknownServer();
    void bigBodies();
    void earlyRefusalOfABigBody();
    void cancelResetsTheStream();
    void silentServers();
    void refusedStreamIsRepeatedOnce_data();
    void refusedStreamIsRepeatedOnce();
    void staleConnection();
    void goAwayMakesANewConnection();
    void http11Required();
    void serverOfHttp1();
    void connectionLostInTheMiddle();
    void bodyBeforeTheHeaders();
    void idleConnectionsAreDropped();
    void listenersMayDeleteEverything();
    void operationsOutliveTheTransport();
    void contentCodings();

private:
    void prepare(TlsServer &server, const QList<QByteArray> &protocols)
    {
        QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
        configuration.setLocalCertificateChain(QSslCertificate::fromData(m_certificates.read(u"server.pem"_s)));
        configuration.setPrivateKey(QSslKey(m_certificates.read(u"server.key"_s), QSsl::Ec));
        configuration.setAllowedNextProtocols(protocols);
        configuration.setPeerVerifyMode(QSslSocket::VerifyNone);
        server.server.setSslConfiguration(configuration);
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

void TestHttp2Transport::initTestCase()
{
    if (!QStandardPaths::findExecutable(u"openssl"_s).isEmpty())
        QCOMPARE(m_certificates.make(), QString());
}

void TestHttp2Transport::refusalArrivesWhole()
{
    PlainServer server;
    server.onRequest = [](Peer &peer, quint32 stream) {
        peer.socket->write(h2::headers(stream, {{":status", "401"}, {"www-authenticate", "Bearer error=\"invalid_token\""}, {"content-length", "6"}})
                           + h2::data(stream, "den") + h2::data(stream, "ied", true));
    };
    SocketTransport transport(m_clock);
    Ending ending(transport.start(prior(server.port(), "GET"_ba, {}, u"/me?a=b"_s), {}));
    const Exchange &exchange = ending.wait();
    QVERIFY2(!exchange.error, exchange.error ? qPrintable(exchange.error->message) : "");
    QCOMPARE(exchange.response.status, 401);
    QVERIFY(exchange.response.complete);
    QCOMPARE(exchange.response.body.all(), "denied"_ba);
    QCOMPARE(exchange.connection.protocol, u"h2"_s);
    QCOMPARE(exchange.connection.id, 1U);
    QVERIFY(!exchange.connection.reused);
    QCOMPARE(exchange.request.version, HttpVersion::Http2PriorKnowledge); // probes go the same way
    const QByteArray host = "127.0.0.1:" + QByteArray::number(server.port());
    QCOMPARE(exchange.rawRequest.all(), ":method: GET\r\n:scheme: http\r\n:authority: " + host + "\r\n:path: /me?a=b\r\n\r\n");
    QCOMPARE(exchange.rawResponse.all(),
             ":status: 401\r\nwww-authenticate: Bearer error=\"invalid_token\"\r\ncontent-length: 6\r\n\r\ndenied"_ba);
    const HeaderField &challenge = *exchange.response.headers.find("WWW-Authenticate");
    QCOMPARE(exchange.rawResponse.read(challenge.valueRange.begin, challenge.valueRange.size()), challenge.value);
    QCOMPARE(exchange.rawResponse.read(exchange.bodyOffset, 6), "denied"_ba);
    const HeaderField &hostField = *exchange.request.headers.find("Host");
    QCOMPARE(exchange.rawRequest.read(hostField.valueRange.begin, hostField.valueRange.size()), host);
    QVERIFY(exchange.http2);
    QCOMPARE(exchange.http2->stream, 1U);
    QVERIFY(exchange.http2->prefaceSent);
    // The frames that are shown are those that the server got.
    QList<QByteArray> shown;
    for (const Http2Frame &frame : exchange.http2->frames) {
        if (frame.sent && frame.type != h2::Data)
            shown.append(frame.payload);
    }
    QVERIFY(server.frames.size() >= 3);
    for (qsizetype i = 0; i < 3; ++i)
        QCOMPARE(shown.at(i), server.frames.at(i).payload);
    QVERIFY(exchange.timings.send >= 0 && exchange.timings.wait >= 0 && exchange.timings.receive >= 0);
    QCOMPARE(ending.phases, (QList{TransportPhase::Sending, TransportPhase::Waiting, TransportPhase::Receiving, TransportPhase::Done}));
}

void TestHttp2Transport::alpn_data()
{
    QTest::addColumn<HttpVersion>("version");
    QTest::addColumn<QList<QByteArray>>("offered");
    QTest::addColumn<QString>("protocol");
    QTest::addColumn<bool>("note");
    const QList<QByteArray> both{"h2", "http/1.1"};
    QTest::newRow("auto, both") << HttpVersion::Auto << both << u"h2"_s << false;
    QTest::newRow("auto, 1.1 only") << HttpVersion::Auto << QList<QByteArray>{"http/1.1"} << u"http/1.1"_s << false;
    QTest::newRow("1.1 forced") << HttpVersion::Http11 << both << u"http/1.1"_s << false;
    QTest::newRow("2 wished, not there") << HttpVersion::Http2 << QList<QByteArray>{"http/1.1"} << u"http/1.1"_s << true;
    QTest::newRow("prior knowledge") << HttpVersion::Http2PriorKnowledge << both << u"h2"_s << false;
}

void TestHttp2Transport::alpn()
{
    if (QStandardPaths::findExecutable(u"openssl"_s).isEmpty())
        QSKIP("REALMSCOPE-TEST-SKIPPED, because there is no openssl program to make certificates with");
    QFETCH(HttpVersion, version);
    QFETCH(QList<QByteArray>, offered);
    QFETCH(QString, protocol);
    QFETCH(bool, note);
    TlsServer server;
    prepare(server, offered);
    server.answer("200", "two");
    server.onHttp1 = [](Peer &peer) { peer.socket->write("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\none"); };
    SocketTransport transport(m_clock);
    Request sent = request("GET", u"https://localhost:%1/"_s.arg(server.port()));
    sent.version = version;
    for (int round = 0; round < 2; ++round) {
        const Exchange exchange = run(transport, sent, trusting());
        QVERIFY2(!exchange.error, exchange.error ? qPrintable(exchange.error->message) : "");
        QCOMPARE(exchange.connection.protocol, protocol);
        QCOMPARE(exchange.response.body.all(), protocol == u"h2"_s ? "two"_ba : "one"_ba);
        QCOMPARE(exchange.tls->alpn, protocol);
        QVERIFY(exchange.tls->verified);
        QCOMPARE(exchange.request.version, protocol != u"h2"_s                            ? HttpVersion::Http11
                                               : version == HttpVersion::Http2PriorKnowledge ? version
                                                                                             : HttpVersion::Http2);
        QCOMPARE(exchange.http2.has_value(), protocol == u"h2"_s);
        if (round == 0)
            QCOMPARE(exchange.hasDecision(DecisionKind::Note), note);
        if (protocol == u"h2"_s)
            QCOMPARE(exchange.connection.reused, round == 1);
    }
}

void TestHttp2Transport::connectionsAreShared()
{
    PlainServer server;
    server.answer("200", "x");
    SocketTransport transport(m_clock);
    for (quint32 i = 0; i < 5; ++i) {
        const Exchange exchange = run(transport, prior(server.port()));
        QVERIFY(!exchange.error);
        QCOMPARE(exchange.connection.id, 1U);
        QCOMPARE(exchange.connection.reused, i > 0);
        QCOMPARE(exchange.http2->stream, 2 * i + 1);
        QCOMPARE(exchange.http2->prefaceSent, i == 0);
    }
    QCOMPARE(server.peers.size(), 1U);
    QCOMPARE(transport.idleConnections(), 1);
    // HTTP/1.1 has connections of its own.
    server.onHttp1 = [](Peer &peer) { peer.socket->write("HTTP/1.1 204 No Content\r\n\r\n"); };
    const Exchange other = run(transport, get(server.port()));
    QCOMPARE(other.connection.id, 2U);
}

void TestHttp2Transport::streamsSideBySide()
{
    PlainServer server;
    QList<quint32> waiting;
    server.onRequest = [&](Peer &peer, quint32 stream) {
        waiting.append(stream);
        if (waiting.size() < 20)
            return;
        for (auto it = waiting.crbegin(); it != waiting.crend(); ++it) // the last one first
            peer.socket->write(h2::headers(*it, {{":status", "200"}}) + h2::data(*it, QByteArray::number(*it), true));
    };
    SocketTransport transport(m_clock);
    std::vector<std::unique_ptr<Ending>> endings;
    for (int i = 0; i < 20; ++i)
        endings.push_back(std::make_unique<Ending>(transport.start(prior(server.port()), {})));
    for (const auto &ending : endings) {
        const Exchange &exchange = ending->wait();
        QVERIFY2(!exchange.error, exchange.error ? qPrintable(exchange.error->message) : "");
        QCOMPARE(exchange.response.body.all(), QByteArray::number(exchange.http2->stream));
        QCOMPARE(exchange.connection.id, 1U);
    }
    QCOMPARE(server.peers.size(), 1U);
}

void TestHttp2Transport::moreStreamsThanTheServerTakes()
{
    PlainServer server;
    server.settings = h2::settings(h2::setting(3, 2)); // MAX_CONCURRENT_STREAMS
    server.answer("200", "x");
    SocketTransport transport(m_clock);
    QVERIFY(!run(transport, prior(server.port())).error); // the limit is known from here on
    server.onRequest = {};
    std::vector<std::unique_ptr<Ending>> endings;
    for (int i = 0; i < 3; ++i)
        endings.push_back(std::make_unique<Ending>(transport.start(prior(server.port()), {})));
    QTRY_COMPARE(server.peers.size(), 2U); // a further connection for the third
    QTRY_VERIFY(std::ranges::count_if(server.frames, [](const h2::Frame &f) { return f.type == h2::HeadersFrame; }) == 4);
    server.peers.at(0)->socket->write(h2::headers(3, {{":status", "204"}}, true) + h2::headers(5, {{":status", "204"}}, true));
    server.peers.at(1)->socket->write(h2::headers(1, {{":status", "204"}}, true));
    for (size_t i = 0; i < 3; ++i) {
        QVERIFY(!endings.at(i)->wait().error);
        QCOMPARE(endings.at(i)->wait().connection.id, i < 2 ? 1U : 2U);
    }
}

void TestHttp2Transport::waitsForTheConnectionOfAnother()
{
    PlainServer server;
    server.answer("200", "x");
    SocketTransport transport(m_clock);
    std::vector<std::unique_ptr<Ending>> endings;
    for (int i = 0; i < 10; ++i)
        endings.push_back(std::make_unique<Ending>(transport.start(prior(server.port()), {})));
    for (const auto &ending : endings)
        QVERIFY(!ending->wait().error);
    QCOMPARE(server.peers.size(), 1U);
    // When that connection can't be made, each tries for itself and says so.
    QTcpServer probe;
    QVERIFY(probe.listen(QHostAddress::LocalHost));
    const quint16 nobody = probe.serverPort();
    probe.close();
    std::vector<std::unique_ptr<Ending>> failing;
    for (int i = 0; i < 3; ++i)
        failing.push_back(std::make_unique<Ending>(transport.start(prior(nobody), {})));
    for (const auto &ending : failing)
        QCOMPARE(ending->wait().error->code, ErrorCode::ConnectFailed);
}

void TestHttp2Transport::manyAtOnceToAnUnknownServer_data()
{
    QTest::addColumn<HttpVersion>("version");
    QTest::addColumn<QList<QByteArray>>("offered");
    QTest::addColumn<int>("connections"); // 0: as they please
    const QList<QByteArray> both{"h2", "http/1.1"};
    QTest::newRow("HTTP/2 is wished and there") << HttpVersion::Http2 << both << 1;
    QTest::newRow("HTTP/2 is wished, not there") << HttpVersion::Http2 << QList<QByteArray>{"http/1.1"} << 0;
    QTest::newRow("as the server pleases") << HttpVersion::Auto << both << 0; // nobody waits for what may not come
}

// Who wishes HTTP/2 waits for the first connection; where it becomes HTTP/1.1, each makes its own, side by side.
void TestHttp2Transport::manyAtOnceToAnUnknownServer()
{
    if (QStandardPaths::findExecutable(u"openssl"_s).isEmpty())
        QSKIP("REALMSCOPE-TEST-SKIPPED, because there is no openssl program to make certificates with");
    QFETCH(HttpVersion, version);
    QFETCH(QList<QByteArray>, offered);
    QFETCH(int, connections);
    constexpr int many = 6;
    TlsServer server;
    prepare(server, offered);
    server.answer("200", "two");
    int asked = 0;
    QList<Peer *> waiting;
    server.onHttp1 = [&](Peer &peer) { // answers when all of the others are there as well
        waiting.append(&peer);
        if (++asked < many - 1 && asked != 1)
            return;
        for (Peer *each : std::exchange(waiting, {}))
            each->socket->write("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\none");
    };
    SocketTransport transport(m_clock);
    Request sent = request("GET", u"https://localhost:%1/"_s.arg(server.port()));
    sent.version = version;
    std::vector<std::unique_ptr<Ending>> endings;
    for (int i = 0; i < many; ++i)
        endings.push_back(std::make_unique<Ending>(transport.start(sent, trusting())));
    for (const auto &ending : endings) {
        const Exchange &exchange = ending->wait();
        QVERIFY2(!exchange.error, exchange.error ? qPrintable(exchange.error->message) : "");
    }
    if (connections > 0)
        QCOMPARE(server.peers.size(), size_t(connections));
    else
        QVERIFY(server.peers.size() > 1U);
}

void TestHttp2Transport::bigBodies()
{
    const QByteArray piece(16'384, 'd');
    const int pieces = 1280; // 20 MiB: more than a window, and more than is kept in memory
    PlainServer server;
    server.settings = h2::settings(h2::setting(4, 1 << 20));
    qint64 uploaded = 0;
    server.onFrame = [&](Peer &peer, const h2::Frame &frame) {
        if (frame.type != h2::Data || frame.payload.isEmpty())
            return;
        uploaded += frame.payload.size();
        const QByteArray credit = h2::number32(quint32(frame.payload.size()));
        peer.socket->write(h2::frame(h2::WindowUpdate, 0, 0, credit) + h2::frame(h2::WindowUpdate, 0, frame.stream, credit));
    };
    int sent = 0;
    qint64 window = 0;
    server.onRequest = [&](Peer &peer, quint32 stream) {
        QByteArray out = h2::headers(stream, {{":status", "200"}});
        // The client's windows are 16 MiB for a stream and 64 MiB for the connection: within them there is no waiting.
        for (; sent < 900; ++sent)
            out += h2::data(stream, piece);
        peer.socket->write(out);
    };
    const auto inner = server.onFrame;
    server.onFrame = [&](Peer &peer, const h2::Frame &frame) {
        inner(peer, frame);
        if (frame.type == h2::WindowUpdate && frame.stream != 0) {
            window += qFromBigEndian<quint32>(frame.payload.constData());
            QByteArray out;
            for (; sent < pieces && qint64(sent + 1) * piece.size() <= window + 16 * 1024 * 1024; ++sent)
                out += h2::data(frame.stream, piece, sent + 1 == pieces);
            peer.socket->write(out);
        }
    };
    SocketTransport transport(m_clock);
    const QByteArray body(10 * 1024 * 1024 + 3, 'u');
    const Exchange exchange = run(transport, prior(server.port(), "PUT"_ba, body));
    QVERIFY2(!exchange.error, exchange.error ? qPrintable(exchange.error->message) : "");
    QCOMPARE(uploaded, body.size());
    QCOMPARE(exchange.response.body.size(), qint64(pieces) * piece.size());
    QVERIFY(exchange.response.body.isInFile());
    QVERIFY(exchange.rawRequest.all().endsWith(body));
    QVERIFY(exchange.http2->framesLeftOut == 0);
}

void TestHttp2Transport::earlyRefusalOfABigBody()
{
    PlainServer server;
    server.onFrame = [](Peer &peer, const h2::Frame &frame) {
        if (frame.type == h2::HeadersFrame)
            peer.socket->write(h2::headers(frame.stream, {{":status", "413"}}) + h2::data(frame.stream, "too big", true)
                               + h2::frame(h2::RstStream, 0, frame.stream, h2::number32(0)));
    };
    SocketTransport transport(m_clock);
    const Exchange exchange = run(transport, prior(server.port(), "POST"_ba, QByteArray(5'000'000, 'x')));
    QVERIFY2(!exchange.error, exchange.error ? qPrintable(exchange.error->message) : "");
    QCOMPARE(exchange.response.status, 413);
    QCOMPARE(exchange.response.body.all(), "too big"_ba);
    QVERIFY(exchange.rawRequest.size() < 5'000'000);
    QVERIFY(exchange.hasDecision(DecisionKind::Note));
    QCOMPARE(transport.idleConnections(), 1);
}

void TestHttp2Transport::cancelResetsTheStream()
{
    PlainServer server;
    SocketTransport transport(m_clock);
    Ending ending(transport.start(prior(server.port()), {}));
    QTRY_VERIFY(std::ranges::any_of(server.frames, [](const h2::Frame &f) { return f.type == h2::HeadersFrame; }));
    ending.operation()->cancel();
    QCOMPARE(ending.wait().error->code, ErrorCode::Cancelled);
    QTRY_VERIFY(std::ranges::any_of(server.frames, [](const h2::Frame &f) { return f.type == h2::RstStream && f.payload == h2::number32(8); }));
    QCOMPARE(transport.idleConnections(), 1);
    server.answer("200", "x");
    const Exchange next = run(transport, prior(server.port()));
    QCOMPARE(next.connection.id, 1U);
    QCOMPARE(next.http2->stream, 3U);
}

void TestHttp2Transport::silentServers()
{
    PlainServer server;
    TransportOptions options;
    options.limits.idleTimeoutMs = 150;
    SocketTransport transport(m_clock);
    Exchange exchange = run(transport, prior(server.port()), options);
    QCOMPARE(exchange.error->code, ErrorCode::IdleTimeout);
    // Frames that bring nothing forward don't keep it alive.
    QTimer pings;
    connect(&pings, &QTimer::timeout, &pings, [&server] {
        for (const auto &peer : server.peers)
            peer->socket->write(h2::frame(h2::Ping, 0, 0, "12345678"));
    });
    pings.start(20);
    server.onRequest = [](Peer &peer, quint32 stream) { peer.socket->write(h2::headers(stream, {{":status", "200"}}) + h2::data(stream, "abc")); };
    exchange = run(transport, prior(server.port()), options);
    QCOMPARE(exchange.error->code, ErrorCode::IdleTimeout);
    QCOMPARE(exchange.response.status, 200);
    QCOMPARE(exchange.response.body.all(), "abc"_ba);
    QVERIFY(!exchange.response.complete);
    options.limits.totalTimeoutMs = 100;
    QCOMPARE(run(transport, prior(server.port()), options).error->code, ErrorCode::TotalTimeout);
}

void TestHttp2Transport::refusedStreamIsRepeatedOnce_data()
{
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<int>("refusals");
    QTest::addColumn<bool>("works");
    QTest::newRow("GET once") << "GET"_ba << 1 << true;
    QTest::newRow("GET always") << "GET"_ba << 9 << false;
    QTest::newRow("POST") << "POST"_ba << 1 << false;
}

void TestHttp2Transport::refusedStreamIsRepeatedOnce()
{
    QFETCH(QByteArray, method);
    QFETCH(int, refusals);
    QFETCH(bool, works);
    PlainServer server;
    int asked = 0;
    server.onRequest = [&](Peer &peer, quint32 stream) {
        if (asked++ < refusals)
            peer.socket->write(h2::frame(h2::RstStream, 0, stream, h2::number32(7)));
        else
            peer.socket->write(h2::headers(stream, {{":status", "200"}}, true));
    };
    SocketTransport transport(m_clock);
    const Exchange exchange = run(transport, prior(server.port(), method));
    QCOMPARE(!exchange.error, works);
    QCOMPARE(exchange.hasDecision(DecisionKind::Retried), method == "GET");
    QCOMPARE(asked, method == "GET" ? 2 : 1);
    if (!works)
        QVERIFY(exchange.error->message.contains(u"REFUSED_STREAM"_s));
}

void TestHttp2Transport::staleConnection()
{
    for (const QByteArray &method : {"GET"_ba, "POST"_ba}) {
        PlainServer server;
        int asked = 0;
        server.onRequest = [&](Peer &peer, quint32 stream) {
            if (++asked == 2)
                peer.socket->disconnectFromHost();
            else
                peer.socket->write(h2::headers(stream, {{":status", "200"}}, true));
        };
        SocketTransport transport(m_clock);
        QVERIFY(!run(transport, prior(server.port())).error);
        const Exchange exchange = run(transport, prior(server.port(), method));
        QCOMPARE(!exchange.error, method == "GET");
        QCOMPARE(exchange.hasDecision(DecisionKind::Retried), method == "GET");
        QCOMPARE(asked, method == "GET" ? 3 : 2);
        if (method == "POST")
            QCOMPARE(exchange.error->code, ErrorCode::ConnectionClosed);
    }
}

void TestHttp2Transport::goAwayMakesANewConnection()
{
    PlainServer server;
    server.onRequest = [](Peer &peer, quint32 stream) {
        peer.socket->write(h2::goAway(stream, 0) + h2::headers(stream, {{":status", "200"}}, true));
    };
    SocketTransport transport(m_clock);
    const Exchange first = run(transport, prior(server.port()));
    QVERIFY(!first.error); // the last one is still answered
    QCOMPARE(transport.idleConnections(), 0);
    QCOMPARE(run(transport, prior(server.port())).connection.id, 2U);
    QTRY_VERIFY(server.peers.at(0)->closed);
}

void TestHttp2Transport::http11Required()
{
    PlainServer server;
    server.onRequest = [](Peer &peer, quint32 stream) { peer.socket->write(h2::frame(h2::RstStream, 0, stream, h2::number32(0xd))); };
    SocketTransport transport(m_clock);
    const Exchange exchange = run(transport, prior(server.port()));
    QVERIFY(exchange.error);
    QVERIFY(exchange.error->message.contains(u"HTTP_1_1_REQUIRED"_s));
    QCOMPARE(exchange.http2->resetCode, std::optional<quint32>(0xd));
    QVERIFY(!exchange.hasDecision(DecisionKind::Retried));
}

void TestHttp2Transport::serverOfHttp1()
{
    ScriptedServer server;
    server.onBytes = [](Peer &peer) {
        peer.socket->write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
        peer.socket->disconnectFromHost();
    };
    SocketTransport transport(m_clock);
    const Exchange exchange = run(transport, prior(server.port()));
    QCOMPARE(exchange.error->code, ErrorCode::ProtocolError);
    QVERIFY(exchange.error->message.contains(u"does not speak HTTP/2"_s));
    QVERIFY(exchange.rawResponse.all().startsWith("HTTP/1.1 400 Bad Request"));
    QCOMPARE(transport.idleConnections(), 0);
}

void TestHttp2Transport::connectionLostInTheMiddle()
{
    PlainServer server;
    server.onRequest = [](Peer &peer, quint32 stream) {
        peer.socket->write(h2::headers(stream, {{":status", "200"}, {"content-length", "100"}}) + h2::data(stream, "abc") + h2::data(stream, "defghi").first(12));
        peer.socket->disconnectFromHost();
    };
    SocketTransport transport(m_clock);
    const Exchange exchange = run(transport, prior(server.port()));
    QCOMPARE(exchange.error->code, ErrorCode::ConnectionClosed);
    QCOMPARE(exchange.response.body.all(), "abcdef"_ba);
    QVERIFY(!exchange.response.complete);
    QVERIFY(exchange.hasAnomaly("body-truncated"_L1));
    QCOMPARE(transport.idleConnections(), 0);
}

void TestHttp2Transport::bodyBeforeTheHeaders()
{
    PlainServer server;
    server.onRequest = [](Peer &peer, quint32 stream) {
        peer.socket->write(h2::headers(stream, {{":status", "103"}}) + h2::data(stream, "early") + h2::headers(stream, {{":status", "200"}}));
    };
    SocketTransport transport(m_clock);
    const Exchange exchange = run(transport, prior(server.port()));
    QCOMPARE(exchange.error->code, ErrorCode::ProtocolError);
    QCOMPARE(exchange.error->message, u"the server sent a body before the headers of the response"_s);
    QCOMPARE(exchange.rawResponse.all(), ":status: 103\r\n\r\nearly"_ba);
    QCOMPARE(exchange.response.body.all(), "early"_ba);
    QVERIFY(!exchange.response.complete);
    // The server is told, and the connection goes on.
    QTRY_VERIFY(std::ranges::any_of(server.frames, [](const h2::Frame &f) { return f.type == h2::RstStream && f.payload == h2::number32(1); }));
    server.answer("200", "x");
    QCOMPARE(run(transport, prior(server.port())).response.body.all(), "x"_ba);
    QCOMPARE(server.peers.size(), 1);
}

void TestHttp2Transport::idleConnectionsAreDropped()
{
    PlainServer server;
    server.answer("200", "x");
    SocketTransport transport(m_clock);
    transport.setIdleLimit(50);
    QVERIFY(!run(transport, prior(server.port())).error);
    QTRY_COMPARE(transport.idleConnections(), 0);
    QTRY_VERIFY(server.peers.at(0)->closed);
    transport.setIdleLimit(30'000);
    QVERIFY(!run(transport, prior(server.port())).error);
    server.peers.at(1)->socket->disconnectFromHost();
    QTRY_COMPARE(transport.idleConnections(), 0);
    QVERIFY(!run(transport, prior(server.port())).error);
    transport.closeIdleConnections();
    QCOMPARE(transport.idleConnections(), 0);
}

void TestHttp2Transport::listenersMayDeleteEverything()
{
    PlainServer server;
    server.answer("200", "x");
    for (const TransportPhase at : {TransportPhase::Connecting, TransportPhase::Sending, TransportPhase::Waiting, TransportPhase::Receiving, TransportPhase::Done}) {
        auto transport = std::make_unique<SocketTransport>(m_clock);
        TransportOperation *operation = transport->start(prior(server.port()), {});
        bool isGone = false;
        connect(operation, &TransportOperation::phaseChanged, operation, [&, operation, at](TransportPhase phase) {
            if (phase != at)
                return;
            transport.reset();
            delete operation;
            isGone = true;
        });
        if (at == TransportPhase::Connecting) { // has been told already
            delete operation;
            continue;
        }
        QTRY_VERIFY(isGone);
    }
}

void TestHttp2Transport::operationsOutliveTheTransport()
{
    PlainServer server;
    auto transport = std::make_unique<SocketTransport>(m_clock);
    Ending ending(transport->start(prior(server.port()), {}));
    QTRY_VERIFY(std::ranges::any_of(server.frames, [](const h2::Frame &f) { return f.type == h2::HeadersFrame; }));
    transport.reset();
    server.peers.at(0)->socket->write(h2::headers(1, {{":status", "200"}}, true));
    QCOMPARE(ending.wait().response.status, 200);
    QTRY_VERIFY(server.peers.at(0)->closed);
}

void TestHttp2Transport::contentCodings()
{
    // printf hello | gzip -n | xxd -p
    const QByteArray zipped = QByteArray::fromHex("1f8b0800000000000003cb48cdc9c9070086a6103605000000");
    PlainServer server;
    server.onRequest = [&](Peer &peer, quint32 stream) {
        peer.socket->write(h2::headers(stream, {{":status", "200"}, {"content-encoding", "gzip"}}) + h2::data(stream, zipped.first(7)) + h2::data(stream, zipped.sliced(7), true));
    };
    SocketTransport transport(m_clock);
    const Exchange exchange = run(transport, prior(server.port()));
    QCOMPARE(exchange.response.body.all(), "hello"_ba);
    QCOMPARE(exchange.response.encodedBody.all(), zipped);
    QVERIFY(exchange.rawResponse.all().endsWith(zipped));
}

QTEST_GUILESS_MAIN(TestHttp2Transport)
#include "tst_http2transport.moc"
