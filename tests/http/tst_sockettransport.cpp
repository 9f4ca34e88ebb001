// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/http/SocketTransport.h"

#include "app/http/HostResolver.h"
#include "tests/http/ScriptedServer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace Qt::StringLiterals;
using namespace realmscope;
using namespace realmscope::test;

namespace {

const QByteArray ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"_ba;

Limits shortLimits()
{
    Limits limits;
    limits.connectTimeoutMs = 300;
    limits.idleTimeoutMs = 200;
    return limits;
}

} // namespace

class TestSocketTransport : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void everyByteIsRecorded_data();
    void everyByteIsRecorded();
    void bigBodiesArriveWhole();
    void timingsAreApart();
    void finishedComesAfterStart_data();
    void finishedComesAfterStart();
    void unknownHost();
    void refusedPort();
    void localhostIsLookedUp();
    void nextAddressIsTried();
    void silentAddressDoesNotHoldUp();
    void familiesAlternate();
    void overrides_data();
    void overrides();
    void silentServers_data();
    void silentServers();
    void totalLimit();
    void cancelInEachPhase_data();
    void cancelInEachPhase();
    void brokenResponses_data();
    void brokenResponses();
    void resetWithinTheBody_data();
    void resetWithinTheBody();
    void limits_data();
    void limits();
    void contentCodings_data();
    void contentCodings();
    void decompressionBomb();
    void contentStaysEncodedWhenAsked();
    void connectionsAreReused();
    void connectionsAreNotReused_data();
    void connectionsAreNotReused();
    void idleConnectionsAreDropped_data();
    void idleConnectionsAreDropped();
    void idleConnectionsAreFew();
    void pinnedConnection();
    void staleConnection_data();
    void staleConnection();
    void freshConnectionIsNeverRetried();
    void earlyRefusalOfABigBody();
    void earlyAnswerDoesNotCutTheBody();
    void interimResponses();
    void listenersMayDeleteEverything();
    void nextRequestFromWithinFinished();
    void operationsOutliveTheTransport();
    void manyRequestsLeakNoDescriptor();

private:
    FixedClock m_clock{1'764'000'000'123};
};

void TestSocketTransport::everyByteIsRecorded_data()
{
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("response");
    QTest::addColumn<QByteArray>("expectedBody");
    QTest::addColumn<bool>("close");
    QTest::newRow("get") << "GET"_ba << QByteArray() << "HTTP/1.1 200 OK\r\ncontent-LENGTH: 2\r\nX:  a \r\n\r\nok"_ba << "ok"_ba << false;
    QTest::newRow("post") << "POST"_ba << "a=1\0&b=\xff"_ba << "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"_ba << QByteArray() << false;
    QTest::newRow("head") << "HEAD"_ba << QByteArray() << "HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n"_ba << QByteArray() << false;
    QTest::newRow("chunked") << "GET"_ba << QByteArray()
                             << "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n3\r\ncde\r\n0\r\nT: 1\r\n\r\n"_ba
                             << "abcde"_ba << false;
    QTest::newRow("until close") << "GET"_ba << QByteArray() << "HTTP/1.0 200 OK\r\n\r\nall of it"_ba << "all of it"_ba << true;
    QTest::newRow("bare LF") << "GET"_ba << QByteArray() << "HTTP/1.1 200 OK\nContent-Length: 1\n\nx"_ba << "x"_ba << false;
}

void TestSocketTransport::everyByteIsRecorded()
{
    QFETCH(QByteArray, method);
    QFETCH(QByteArray, body);
    QFETCH(QByteArray, response);
    QFETCH(QByteArray, expectedBody);
    QFETCH(bool, close);
    ScriptedServer server;
    Request sent = request(method, u"http://127.0.0.1:%1/p?q=%2"_s.arg(server.port()).arg(u"%41"_s), body);
    sent.headers.append("x-Dup", "1");
    sent.headers.append("X-dup", "");
    const QByteArray host = "127.0.0.1:" + QByteArray::number(server.port());
    QByteArray wire = method + " /p?q=%41 HTTP/1.1\r\nHost: " + host + "\r\n";
    if (!body.isEmpty())
        wire += "Content-Length: " + QByteArray::number(body.size()) + "\r\n";
    wire += "x-Dup: 1\r\nX-dup:\r\n\r\n" + body;
    server.onBytes = [&](Peer &peer) {
        if (peer.received.size() < wire.size())
            return;
        peer.socket->write(response);
        if (close)
            peer.socket->disconnectFromHost();
    };

    SocketTransport transport(m_clock);
    Ending ending(transport.start(sent, {}));
    const Exchange exchange = ending.wait();

    QVERIFY2(!exchange.error, exchange.error ? qPrintable(exchange.error->message) : "");
    QCOMPARE(server.peers.size(), 1U);
    QCOMPARE(server.peers.front()->received, wire);
    QCOMPARE(exchange.rawRequest.all(), wire);
    QCOMPARE(exchange.rawResponse.all(), response);
    QCOMPARE(exchange.response.body.all(), expectedBody);
    QCOMPARE(exchange.response.encodedBody.all(), expectedBody);
    QVERIFY(exchange.response.complete);
    QCOMPARE(exchange.bodyOffset, response.indexOf(response.contains("\r\n\r\n") ? "\r\n\r\n"_ba : "\n\n"_ba)
                 + (response.contains("\r\n\r\n") ? 4 : 2));
    for (const HeaderField &field : exchange.request.headers) {
        QCOMPARE(wire.mid(field.nameRange.begin, field.nameRange.size()), field.name);
        QCOMPARE(wire.mid(field.valueRange.begin, field.valueRange.size()), field.value);
    }
    QCOMPARE(exchange.startedAtMs, 1'764'000'000'123);
    QCOMPARE(exchange.connection.id, 1U);
    QVERIFY(!exchange.connection.reused);
    QCOMPARE(exchange.connection.peerAddress, u"127.0.0.1:%1"_s.arg(server.port()));
    QCOMPARE(exchange.connection.protocol, u"http/1.1"_s);
    QVERIFY(!exchange.tls);
    const QList<TransportPhase> order{TransportPhase::Sending, TransportPhase::Waiting, TransportPhase::Receiving,
                                      TransportPhase::Done};
    QCOMPARE(ending.phases.last(order.size()), order);
}

void TestSocketTransport::bigBodiesArriveWhole()
{
    QByteArray big(24 * 1024 * 1024, Qt::Uninitialized);
    for (qsizetype i = 0; i < big.size(); ++i)
        big[i] = char(i * 31 + i / 4096);
    ScriptedServer server;
    server.onBytes = [&](Peer &peer) {
        const qsizetype head = peer.received.indexOf("\r\n\r\n") + 4;
        if (peer.received.size() < head + big.size())
            return;
        peer.socket->write("HTTP/1.1 200 OK\r\nContent-Length: " + QByteArray::number(big.size()) + "\r\n\r\n");
        peer.socket->write(big);
    };
    SocketTransport transport(m_clock);
    const Exchange exchange = run(transport, request("PUT", u"http://127.0.0.1:%1/"_s.arg(server.port()), big));
    QVERIFY(!exchange.error);
    QVERIFY(exchange.rawRequest.all() == server.peers.front()->received);
    QVERIFY(exchange.rawRequest.isInFile());
    QVERIFY(exchange.response.body.all() == big);
    QVERIFY(exchange.response.body.isInFile());
    QCOMPARE(transport.idleConnections(), 1);
}

void TestSocketTransport::timingsAreApart()
{
    ScriptedServer server;
    server.onBytes = [&](Peer &peer) {
        QTcpSocket *socket = peer.socket;
        QTimer::singleShot(150, Qt::PreciseTimer, socket, [socket] {
            socket->write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab");
            QTimer::singleShot(100, Qt::PreciseTimer, socket, [socket] { socket->write("cd"); });
        });
    };
    SocketTransport transport(m_clock);
    const Exchange first = run(transport, get(server.port()));
    QVERIFY(first.timings.dns < 0);
    QVERIFY(first.timings.connect >= 0);
    QVERIFY(first.timings.tls < 0);
    QVERIFY(first.timings.send >= 0 && first.timings.send < 100);
    QVERIFY2(first.timings.wait >= 149 && first.timings.wait < 1000, QByteArray::number(first.timings.wait).constData());
    QVERIFY2(first.timings.receive >= 99 && first.timings.receive < 1000, QByteArray::number(first.timings.receive).constData());
    const double sum = first.timings.connect + first.timings.send + first.timings.wait + first.timings.receive;
    QVERIFY2(first.timings.total >= sum && first.timings.total < sum + 50, QByteArray::number(first.timings.total - sum).constData());

    const Exchange second = run(transport, get(server.port()));
    QVERIFY(second.connection.reused);
    QVERIFY(second.timings.connect < 0);
    QVERIFY(second.timings.dns < 0);
}

void TestSocketTransport::finishedComesAfterStart_data()
{
    QTest::addColumn<QString>("url");
    QTest::addColumn<QByteArray>("header");
    QTest::addColumn<int>("family");
    QTest::addColumn<ErrorCode>("code");
    QTest::newRow("a header with a line break") << u"http://127.0.0.1:9/"_s << "a\r\nb"_ba << 0 << ErrorCode::InvalidHeader;
    QTest::newRow("an IPv4 address where IPv6 is asked for") << u"http://127.0.0.1:9/"_s << "a"_ba << 6 << ErrorCode::HostNotFound;
    QTest::newRow("no route") << u"http://255.255.255.255:9/"_s << "a"_ba << 0 << ErrorCode::ConnectFailed;
}

void TestSocketTransport::finishedComesAfterStart()
{
    QFETCH(QString, url);
    QFETCH(QByteArray, header);
    QFETCH(int, family);
    QFETCH(ErrorCode, code);
    SocketTransport transport(m_clock);
    Request sent = request("GET", url);
    sent.headers.append("X-Test", header);
    TransportOptions options;
    options.addressFamily = family;
    // Ending listens after start(): had the signal come within, it would be missed.
    Ending ending(transport.start(sent, options));
    const Exchange exchange = ending.wait();
    QVERIFY(exchange.error);
    QCOMPARE(exchange.error->code, code);
    QVERIFY(!exchange.error->message.isEmpty());
    QVERIFY(exchange.rawRequest.isEmpty());
}

void TestSocketTransport::unknownHost()
{
    SocketTransport transport(m_clock);
    Ending ending(transport.start(request("GET", u"http://nonexistent.invalid/"_s), {}));
    QCOMPARE(ending.operation()->phase(), TransportPhase::Resolving);
    const Exchange exchange = ending.wait(35'000);
    QCOMPARE(exchange.error->code, ErrorCode::HostNotFound);
    QCOMPARE(exchange.error->message, u"host not found: nonexistent.invalid"_s);
    QVERIFY(!exchange.error->action.isEmpty());
    QVERIFY(exchange.timings.dns >= 0);
    QVERIFY(exchange.timings.connect < 0);
    QCOMPARE(exchange.connection.id, 0U);
    QVERIFY(!exchange.hasResponse());
}

void TestSocketTransport::refusedPort()
{
    QTcpServer gone;
    QVERIFY(gone.listen(QHostAddress::LocalHost));
    const quint16 port = gone.serverPort();
    gone.close();
    SocketTransport transport(m_clock);
    const Exchange exchange = run(transport, get(port));
    QCOMPARE(exchange.error->code, ErrorCode::ConnectFailed);
    QCOMPARE(exchange.error->message, u"can't connect to 127.0.0.1:%1: connection refused"_s.arg(port));
    QVERIFY(!exchange.error->action.isEmpty());
    QVERIFY(exchange.timings.connect >= 0);
    QCOMPARE(exchange.connection.id, 0U);
}

void TestSocketTransport::localhostIsLookedUp()
{
    ScriptedServer server;
    server.answer(ok);
    SocketTransport transport(m_clock);
    TransportOptions options;
    options.addressFamily = 4;
    const Exchange exchange = run(transport, request("GET", u"http://localhost:%1/"_s.arg(server.port())), options);
    QVERIFY2(!exchange.error, exchange.error ? qPrintable(exchange.error->message) : "");
    QVERIFY(exchange.timings.dns >= 0);
    QCOMPARE(exchange.response.status, 200);
}

void TestSocketTransport::nextAddressIsTried()
{
    ScriptedServer server; // listens on 127.0.0.1 only
    server.answer(ok);
    SocketTransport transport(m_clock);
    TransportOptions options;
    options.resolveOverrides.insert(u"api.example.test:80"_s, u"127.0.0.2,127.0.0.3,127.0.0.1:%1"_s.arg(server.port()));
    const Exchange exchange = run(transport, request("GET", u"http://api.example.test/"_s), options);
    QVERIFY2(!exchange.error, exchange.error ? qPrintable(exchange.error->message) : "");
    QCOMPARE(exchange.connection.id, 1U); // attempts have no number
    QStringList notes;
    for (const Decision &decision : exchange.decisions)
        notes << decision.text;
    QCOMPARE(notes.size(), 3);
    QCOMPARE(notes.at(1), u"connecting to 127.0.0.2:%1 failed: connection refused"_s.arg(server.port()));
    QCOMPARE(notes.at(2), u"connecting to 127.0.0.3:%1 failed: connection refused"_s.arg(server.port()));

    options.resolveOverrides.insert(u"api.example.test:80"_s, u"127.0.0.2,127.0.0.3:%1"_s.arg(server.port()));
    const Exchange failed = run(transport, request("GET", u"http://api.example.test/"_s), options);
    QCOMPARE(failed.error->code, ErrorCode::ConnectFailed);
    QCOMPARE(failed.error->message,
             u"can't connect to api.example.test: 127.0.0.2:%1: connection refused; 127.0.0.3:%1: connection refused"_s.arg(server.port()));
}

// An address that takes no more connections and says nothing: a listening socket whose queue is full.
class SilentAddress
{
public:
    bool fill(const char *address, quint16 port)
    {
        sockaddr_in where{};
        where.sin_family = AF_INET;
        where.sin_port = htons(port);
        ::inet_pton(AF_INET, address, &where.sin_addr);
        const auto *name = reinterpret_cast<const sockaddr *>(&where);
        m_listening = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (::bind(m_listening, name, sizeof where) != 0 || ::listen(m_listening, 0) != 0)
            return false;
        for (int &waiting : m_waiting) {
            waiting = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
            (void)::connect(waiting, name, sizeof where);
        }
        return true;
    }
    ~SilentAddress()
    {
        ::close(m_listening);
        for (const int waiting : m_waiting)
            ::close(waiting);
    }

private:
    int m_listening = -1;
    int m_waiting[4] = {-1, -1, -1, -1};
};

// RFC 8305: after a quarter of a second the next address is tried beside the first.
void TestSocketTransport::silentAddressDoesNotHoldUp()
{
    ScriptedServer server; // listens on 127.0.0.1 only
    server.answer(ok);
    SilentAddress silent;
    QVERIFY(silent.fill("127.0.0.2", server.port()));
    SocketTransport transport(m_clock);
    TransportOptions options;
    options.resolveOverrides.insert(u"api.example.test:80"_s, u"127.0.0.2,127.0.0.1:%1"_s.arg(server.port()));
    const Exchange exchange = run(transport, request("GET", u"http://api.example.test/"_s), options);
    QVERIFY2(!exchange.error, exchange.error ? qPrintable(exchange.error->message) : "");
    QVERIFY(exchange.timings.connect >= 250);
    QVERIFY(exchange.timings.connect < 3000); // before the kernel tries 127.0.0.2 for the third time
    QStringList notes;
    for (const Decision &decision : exchange.decisions)
        notes << decision.text;
    QCOMPARE(notes.size(), 3);
    QCOMPARE(notes.at(1), u"127.0.0.2:%1 has not answered after 250 ms; 127.0.0.1:%1 is tried as well"_s.arg(server.port()));
    QVERIFY(notes.at(2).startsWith(u"127.0.0.1:%1 answered first; the attempt to reach 127.0.0.2:%1 was given up after "_s.arg(server.port())));
}

// RFC 8305 section 4.
void TestSocketTransport::familiesAlternate()
{
    const auto list = [](const QStringList &texts) {
        QList<QHostAddress> addresses;
        for (const QString &text : texts)
            addresses << QHostAddress(text);
        return addresses;
    };
    QCOMPARE(alternateFamilies(list({u"::1"_s, u"::2"_s, u"::3"_s, u"192.0.2.1"_s, u"192.0.2.2"_s})),
             list({u"::1"_s, u"192.0.2.1"_s, u"::2"_s, u"192.0.2.2"_s, u"::3"_s}));
    QCOMPARE(alternateFamilies(list({u"192.0.2.1"_s, u"192.0.2.2"_s, u"::1"_s})),
             list({u"192.0.2.1"_s, u"::1"_s, u"192.0.2.2"_s}));
    QCOMPARE(alternateFamilies(list({u"::1"_s})), list({u"::1"_s}));
    QCOMPARE(alternateFamilies({}), QList<QHostAddress>());
}

void TestSocketTransport::overrides_data()
{
    QTest::addColumn<QString>("to"); // PORT is the server's
    QTest::addColumn<int>("family");
    QTest::addColumn<int>("error"); // -1: none
    QTest::newRow("address and port") << u"127.0.0.1:PORT"_s << 0 << -1;
    QTest::newRow("of the family asked for") << u"[::1]:PORT,127.0.0.1:PORT"_s << 4 << -1;
    QTest::newRow("of another family") << u"127.0.0.1:PORT"_s << 6 << int(ErrorCode::HostNotFound);
    QTest::newRow("a name") << u"localhost:PORT"_s << 0 << int(ErrorCode::InvalidInput);
    QTest::newRow("no port number") << u"127.0.0.1:x"_s << 0 << int(ErrorCode::InvalidInput);
    QTest::newRow("port 0") << u"127.0.0.1:0"_s << 0 << int(ErrorCode::InvalidInput);
    QTest::newRow("port too large") << u"127.0.0.1:65536"_s << 0 << int(ErrorCode::InvalidInput);
}

void TestSocketTransport::overrides()
{
    QFETCH(QString, to);
    QFETCH(int, family);
    QFETCH(int, error);
    ScriptedServer server;
    server.answer(ok);
    SocketTransport transport(m_clock);
    TransportOptions options;
    options.addressFamily = family;
    options.resolveOverrides.insert(u"api.example.test:8080"_s, to.replace(u"PORT"_s, QString::number(server.port())));
    const Exchange exchange = run(transport, request("GET", u"http://api.example.test:8080/x"_s), options);
    if (error >= 0) {
        QVERIFY(exchange.error);
        QCOMPARE(int(exchange.error->code), error);
        QVERIFY(server.peers.empty());
        return;
    }
    QVERIFY2(!exchange.error, exchange.error ? qPrintable(exchange.error->message) : "");
    QCOMPARE(server.peers.front()->received, "GET /x HTTP/1.1\r\nHost: api.example.test:8080\r\n\r\n"_ba);
    QVERIFY(exchange.hasDecision(DecisionKind::Note));
    QCOMPARE(exchange.connection.peerAddress, u"127.0.0.1:%1"_s.arg(server.port()));
}

void TestSocketTransport::silentServers_data()
{
    QTest::addColumn<QString>("scheme");
    QTest::addColumn<QByteArray>("answer");
    QTest::addColumn<ErrorCode>("code");
    QTest::addColumn<QString>("words");
    QTest::addColumn<int>("status");
    QTest::newRow("nothing at all") << u"http"_s << QByteArray() << ErrorCode::IdleTimeout << u"no byte of a response after 0.2 s"_s << 0;
    QTest::newRow("half of the headers") << u"http"_s << "HTTP/1.1 401 No\r\nX: "_ba << ErrorCode::IdleTimeout
                                         << u"received 20 bytes of the response headers, then nothing for 0.2 s"_s << 401;
    QTest::newRow("half of the body") << u"http"_s << "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"_ba + QByteArray(512, 'x')
                                      << ErrorCode::IdleTimeout << u"received 512 of 1000 bytes of the body, then nothing for 0.2 s"_s << 200;
    QTest::newRow("no chunk") << u"http"_s << "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"_ba << ErrorCode::IdleTimeout
                              << u"received 0 bytes of the body"_s << 200;
    QTest::newRow("no handshake") << u"https"_s << QByteArray() << ErrorCode::ConnectTimeout
                                  << u"the TLS handshake with 127.0.0.1"_s << 0;
}

void TestSocketTransport::silentServers()
{
    QFETCH(QString, scheme);
    QFETCH(QByteArray, answer);
    QFETCH(ErrorCode, code);
    QFETCH(QString, words);
    QFETCH(int, status);
    ScriptedServer server;
    server.onBytes = [&](Peer &peer) { peer.socket->write(answer); };
    SocketTransport transport(m_clock);
    TransportOptions options;
    options.limits = shortLimits();
    const Exchange exchange = run(transport, request("GET", u"%1://127.0.0.1:%2/"_s.arg(scheme).arg(server.port())), options);
    QVERIFY(exchange.error);
    QCOMPARE(exchange.error->code, code);
    QVERIFY2(exchange.error->message.contains(words), qPrintable(exchange.error->message));
    QVERIFY(exchange.error->message.contains(u"time limit"_s));
    QVERIFY(!exchange.error->action.isEmpty());
    QCOMPARE(exchange.rawResponse.all(), answer);
    QCOMPARE(exchange.response.status, status);
    QVERIFY(!exchange.response.complete);
    QVERIFY2(exchange.timings.total >= 199 && exchange.timings.total < 1500, QByteArray::number(exchange.timings.total).constData());
    QCOMPARE(transport.idleConnections(), 0);
    QTRY_VERIFY(server.peers.front()->closed);
}

void TestSocketTransport::totalLimit()
{
    // It trickles: never idle, never done.
    ScriptedServer server;
    QTimer trickle;
    server.onBytes = [&](Peer &peer) {
        peer.socket->write("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
        QTcpSocket *socket = peer.socket;
        QObject::connect(&trickle, &QTimer::timeout, socket, [socket] { socket->write("x"); });
        trickle.start(20);
    };
    SocketTransport transport(m_clock);
    TransportOptions options;
    options.limits = shortLimits();
    options.limits.totalTimeoutMs = 500;
    const Exchange exchange = run(transport, get(server.port()), options);
    QCOMPARE(exchange.error->code, ErrorCode::TotalTimeout);
    QVERIFY2(exchange.error->message.startsWith(u"no whole response within 0.5 s (total time limit); received: "_s),
             qPrintable(exchange.error->message));
    QVERIFY(exchange.response.body.size() > 2);
    QVERIFY(exchange.timings.total >= 499 && exchange.timings.total < 2000);
}

void TestSocketTransport::cancelInEachPhase_data()
{
    QTest::addColumn<QString>("url");
    QTest::addColumn<QByteArray>("answer");
    QTest::addColumn<qsizetype>("bodySize");
    QTest::addColumn<TransportPhase>("phase");
    QTest::addColumn<bool>("deleteIt");
    for (const bool deleteIt : {false, true}) {
        const QByteArray how = deleteIt ? "delete, "_ba : "cancel, "_ba;
        QTest::newRow((how + "resolving").constData()) << u"http://localhost:PORT/"_s << QByteArray() << qsizetype(0) << TransportPhase::Resolving << deleteIt;
        QTest::newRow((how + "connecting").constData()) << u"http://127.0.0.1:PORT/"_s << QByteArray() << qsizetype(0) << TransportPhase::Connecting << deleteIt;
        QTest::newRow((how + "handshaking").constData()) << u"https://127.0.0.1:PORT/"_s << QByteArray() << qsizetype(0) << TransportPhase::Handshaking << deleteIt;
        QTest::newRow((how + "sending").constData()) << u"http://127.0.0.1:PORT/"_s << QByteArray() << qsizetype(32 * 1024 * 1024) << TransportPhase::Sending << deleteIt;
        QTest::newRow((how + "waiting").constData()) << u"http://127.0.0.1:PORT/"_s << QByteArray() << qsizetype(0) << TransportPhase::Waiting << deleteIt;
        QTest::newRow((how + "receiving").constData()) << u"http://127.0.0.1:PORT/"_s << "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"_ba << qsizetype(0)
                                         << TransportPhase::Receiving << deleteIt;
    }
}

void TestSocketTransport::cancelInEachPhase()
{
    QFETCH(QString, url);
    QFETCH(QByteArray, answer);
    QFETCH(qsizetype, bodySize);
    QFETCH(TransportPhase, phase);
    QFETCH(bool, deleteIt);
    const qsizetype files = openFiles();
    {
        ScriptedServer server;
        server.onConnect = [&](Peer &peer) {
            if (bodySize > 0)
                peer.socket->setReadBufferSize(1024);
        };
        server.onBytes = [&](Peer &peer) { peer.socket->write(answer); };
        server.reads = bodySize == 0;
        SocketTransport transport(m_clock);
        const Request sent = request("GET", url.replace(u"PORT"_s, QString::number(server.port())), QByteArray(bodySize, 'x'));
        int finished = 0;
        Exchange last;
        QPointer<TransportOperation> operation = transport.start(sent, {});
        connect(operation, &TransportOperation::finished, this, [&](const Exchange &exchange) {
            ++finished;
            last = exchange;
        });
        const auto reached = [&] {
            return operation && operation->phase() == phase
                && (phase != TransportPhase::Sending || (!server.peers.empty() && server.peers.front()->socket->bytesAvailable() > 0));
        };
        const bool isReached = reached() || QTest::qWaitFor(reached, 5000);
        if (!isReached)
            delete operation;
        QVERIFY(isReached);
        if (deleteIt) {
            delete operation;
            QTest::qWait(20);
            QCOMPARE(finished, 0);
        } else {
            operation->cancel();
            operation->cancel();
            QTRY_COMPARE(finished, 1);
            QTest::qWait(20);
            QCOMPARE(finished, 1);
            QCOMPARE(last.error->code, ErrorCode::Cancelled);
            QCOMPARE(last.rawResponse.all(), answer);
            QCOMPARE(last.response.body.all(), answer.isEmpty() ? QByteArray() : "abc"_ba);
            QCOMPARE(operation->phase(), TransportPhase::Done);
            if (phase == TransportPhase::Sending)
                QVERIFY(last.rawRequest.size() > 0 && last.rawRequest.size() < bodySize);
            delete operation;
        }
        QCOMPARE(transport.idleConnections(), 0);
        if (!server.peers.empty() && bodySize == 0)
            QTRY_VERIFY(server.peers.front()->closed);
    }
    QTRY_VERIFY2(openFiles() <= files, QByteArray::number(openFiles() - files).constData());
}

void TestSocketTransport::brokenResponses_data()
{
    QTest::addColumn<QByteArray>("answer");
    QTest::addColumn<ErrorCode>("code");
    QTest::addColumn<QString>("anomaly");
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("body");
    QTest::newRow("another protocol") << "SSH-2.0-OpenSSH_9.2\r\n"_ba << ErrorCode::ProtocolError << u"http09"_s << 0 << QByteArray();
    QTest::newRow("binary") << QByteArray("\x15\x03\x01\x00\x02\x02\x46", 7) << ErrorCode::ProtocolError << u"http09"_s << 0 << QByteArray();
    QTest::newRow("nothing") << QByteArray() << ErrorCode::ConnectionClosed << QString() << 0 << QByteArray();
    QTest::newRow("half a status line") << "HTTP/1.1 20"_ba << ErrorCode::ProtocolError << u"status-line-malformed"_s << 0 << QByteArray();
    QTest::newRow("half a header") << "HTTP/1.1 401 Unauthorized\r\nWWW-Auth"_ba << ErrorCode::ConnectionClosed << u"headers-truncated"_s << 401 << QByteArray();
    QTest::newRow("too short") << "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"_ba << ErrorCode::ConnectionClosed << u"body-truncated"_s << 200 << "abc"_ba;
    QTest::newRow("chunk too short") << "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc"_ba << ErrorCode::ConnectionClosed << u"body-truncated"_s << 200 << "abc"_ba;
    QTest::newRow("no last chunk") << "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"_ba << ErrorCode::ConnectionClosed << u"body-truncated"_s << 200 << "abc"_ba;
    QTest::newRow("chunk size is a word") << "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nmany\r\nabc"_ba << ErrorCode::ProtocolError << u"chunk-size-malformed"_s << 200 << QByteArray();
}

void TestSocketTransport::brokenResponses()
{
    QFETCH(QByteArray, answer);
    QFETCH(ErrorCode, code);
    QFETCH(QString, anomaly);
    QFETCH(int, status);
    QFETCH(QByteArray, body);
    ScriptedServer server;
    server.answer(answer, true);
    SocketTransport transport(m_clock);
    const Exchange exchange = run(transport, get(server.port()));
    QVERIFY(exchange.error);
    QCOMPARE(exchange.error->code, code);
    QVERIFY(!exchange.error->message.isEmpty());
    QVERIFY(!exchange.error->action.isEmpty());
    if (!anomaly.isEmpty())
        QVERIFY2(exchange.hasAnomaly(QLatin1StringView(anomaly.toLatin1())), qPrintable(anomaly));
    QCOMPARE(exchange.rawResponse.all(), answer);
    QCOMPARE(exchange.response.status, status);
    QCOMPARE(exchange.response.body.all(), body);
    QVERIFY(!exchange.response.complete);
    QCOMPARE(server.peers.size(), 1U); // never sent again
    QCOMPARE(server.peers.front()->requests(), 1);
}

void TestSocketTransport::resetWithinTheBody_data()
{
    QTest::addColumn<QByteArray>("head");
    QTest::newRow("length") << "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"_ba;
    QTest::newRow("chunked") << "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n100\r\n"_ba;
    QTest::newRow("until close") << "HTTP/1.1 200 OK\r\n\r\n"_ba;
}

void TestSocketTransport::resetWithinTheBody()
{
    QFETCH(QByteArray, head);
    ScriptedServer server;
    server.onBytes = [&](Peer &peer) { peer.socket->write(head + "abc"); };
    SocketTransport transport(m_clock);
    TransportOperation *operation = transport.start(get(server.port()), {});
    connect(operation, &TransportOperation::progress, this, [&] {
        // Lingering for no time makes a close a reset.
        const linger none{1, 0};
        QTcpSocket *socket = server.peers.front()->socket;
        QCOMPARE(::setsockopt(int(socket->socketDescriptor()), SOL_SOCKET, SO_LINGER, &none, sizeof none), 0);
        socket->abort();
    });
    Ending ending(operation);
    const Exchange exchange = ending.wait();
    QVERIFY(exchange.error);
    QCOMPARE(exchange.error->code, ErrorCode::ConnectionClosed);
    QVERIFY(exchange.hasAnomaly("body-truncated"_L1));
    QCOMPARE(exchange.rawResponse.all(), head + "abc");
    QCOMPARE(exchange.response.body.all(), "abc"_ba);
    QVERIFY(!exchange.response.complete);
    QCOMPARE(server.peers.size(), 1U);
}

void TestSocketTransport::limits_data()
{
    QTest::addColumn<QByteArray>("answer");
    QTest::addColumn<bool>("endless");
    QTest::addColumn<QString>("words");
    QTest::newRow("1 MB of headers") << "HTTP/1.1 200 OK\r\nX-Big: "_ba + QByteArray(1024 * 1024, 'x') << false << u"headers"_s;
    QTest::newRow("many headers") << "HTTP/1.1 200 OK\r\n"_ba + "A: b\r\n"_ba.repeated(2000) << false << u"1000 header lines"_s;
    QTest::newRow("endless body") << "HTTP/1.1 200 OK\r\n\r\n"_ba << true << u"limit of 100000 bytes"_s;
    QTest::newRow("announced body") << "HTTP/1.1 200 OK\r\nContent-Length: 100001\r\n\r\n"_ba << false << u"limit of 100000 bytes"_s;
    QTest::newRow("endless interim responses") << "HTTP/1.1 100 Continue\r\n\r\n"_ba.repeated(30) << false << u"interim"_s;
}

void TestSocketTransport::limits()
{
    QFETCH(QByteArray, answer);
    QFETCH(bool, endless);
    QFETCH(QString, words);
    ScriptedServer server;
    server.onBytes = [&](Peer &peer) {
        QTcpSocket *socket = peer.socket;
        socket->write(answer);
        if (endless) {
            connect(socket, &QTcpSocket::bytesWritten, socket, [socket] { socket->write(QByteArray(16 * 1024, 'y')); });
        }
    };
    SocketTransport transport(m_clock);
    TransportOptions options;
    options.limits.bodyBytes = 100'000;
    const Exchange exchange = run(transport, get(server.port()), options);
    QVERIFY(exchange.error);
    QCOMPARE(exchange.error->code, ErrorCode::LimitExceeded);
    QVERIFY2(exchange.error->message.contains(words), qPrintable(exchange.error->message));
    QVERIFY(exchange.rawResponse.size() > 0);
    if (endless)
        QCOMPARE(exchange.response.body.size(), 100'000);
    QCOMPARE(transport.idleConnections(), 0);
}

void TestSocketTransport::contentCodings_data()
{
    // printf 'hello, realm\n' | gzip -n | base64
    const QByteArray gzip = QByteArray::fromBase64("H4sIAAAAAAAAA8tIzcnJ11EoSk3MyeUCAHm+N30NAAAA");
    QTest::addColumn<QByteArray>("coding");
    QTest::addColumn<QByteArray>("encoded");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("decodedCoding");
    QTest::addColumn<QString>("anomaly");
    QTest::newRow("gzip") << "gzip"_ba << gzip << "hello, realm\n"_ba << "gzip"_ba << QString();
    QTest::newRow("truncated") << "gzip"_ba << gzip.chopped(6) << "hello, realm\n"_ba << "gzip"_ba << u"content-coding-truncated"_s;
    QTest::newRow("wrong checksum") << "gzip"_ba << gzip.chopped(8) + QByteArray(8, '\1') << "hello, realm\n"_ba << "gzip"_ba << u"content-coding-corrupt"_s;
    QTest::newRow("claims to be gzip") << "gzip"_ba << "{\"error\":\"plain\"}"_ba << "{\"error\":\"plain\"}"_ba << QByteArray() << u"content-coding-corrupt"_s;
    QTest::newRow("unknown") << "rot13"_ba << "uryyb"_ba << "uryyb"_ba << QByteArray() << u"content-coding-unknown"_s;
    QTest::newRow("identity") << "identity"_ba << "hello"_ba << "hello"_ba << QByteArray() << QString();
    QTest::newRow("empty body") << "gzip"_ba << QByteArray() << QByteArray() << QByteArray() << QString();
}

void TestSocketTransport::contentCodings()
{
    QFETCH(QByteArray, coding);
    QFETCH(QByteArray, encoded);
    QFETCH(QByteArray, body);
    QFETCH(QByteArray, decodedCoding);
    QFETCH(QString, anomaly);
    ScriptedServer server;
    server.answer("HTTP/1.1 401 Unauthorized\r\nContent-Encoding: " + coding + "\r\nContent-Length: "
                  + QByteArray::number(encoded.size()) + "\r\n\r\n" + encoded);
    SocketTransport transport(m_clock);
    const Exchange exchange = run(transport, get(server.port()));
    QVERIFY2(!exchange.error, exchange.error ? qPrintable(exchange.error->message) : "");
    QCOMPARE(exchange.response.status, 401);
    QVERIFY(exchange.response.complete);
    QCOMPARE(exchange.response.encodedBody.all(), encoded);
    QCOMPARE(exchange.response.body.all(), body);
    QCOMPARE(exchange.response.contentCoding, decodedCoding);
    if (anomaly.isEmpty()) {
        QCOMPARE(exchange.anomalies.size(), 0);
    } else {
        QCOMPARE(exchange.anomalies.size(), 1);
        QCOMPARE(exchange.anomalies.first().id, anomaly);
        const ByteRange range = exchange.anomalies.first().range;
        QCOMPARE(exchange.rawResponse.read(range.begin, range.size()), coding);
    }
    QCOMPARE(transport.idleConnections(), 1);
}

void TestSocketTransport::decompressionBomb()
{
    // 64 MB of NUL as a zlib stream; qCompress puts four bytes of its own in front.
    const QByteArray bomb = qCompress(QByteArray(64 * 1024 * 1024, '\0'), 9).sliced(4);
    ScriptedServer server;
    server.answer("HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\nContent-Length: " + QByteArray::number(bomb.size()) + "\r\n\r\n" + bomb);
    SocketTransport transport(m_clock);
    TransportOptions options;
    options.limits.decodedBodyBytes = 4 * 1024 * 1024;
    const Exchange exchange = run(transport, get(server.port()), options);
    QCOMPARE(exchange.error->code, ErrorCode::LimitExceeded);
    QCOMPARE(exchange.response.status, 200);
    QVERIFY(exchange.response.complete);
    QVERIFY(exchange.response.encodedBody.all() == bomb);
    QVERIFY(exchange.response.body.size() >= 1024 * 1024);
    QVERIFY(exchange.response.body.size() <= 5 * 1024 * 1024);
}

void TestSocketTransport::contentStaysEncodedWhenAsked()
{
    ScriptedServer server;
    server.answer("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc");
    SocketTransport transport(m_clock);
    TransportOptions options;
    options.decodeContent = false;
    const Exchange exchange = run(transport, get(server.port()), options);
    QVERIFY(!exchange.error);
    QCOMPARE(exchange.response.body.all(), "abc"_ba);
    QVERIFY(exchange.anomalies.isEmpty());
}

void TestSocketTransport::connectionsAreReused()
{
    ScriptedServer server;
    server.answer(ok);
    SocketTransport transport(m_clock);
    for (int i = 0; i < 3; ++i) {
        const Exchange exchange = run(transport, get(server.port()));
        QCOMPARE(exchange.connection.id, 1U);
        QCOMPARE(exchange.connection.reused, i > 0);
        QCOMPARE(exchange.connection.peerAddress, u"127.0.0.1:%1"_s.arg(server.port()));
        QVERIFY(!exchange.connection.localAddress.isEmpty());
        QCOMPARE(transport.idleConnections(), 1);
    }
    QCOMPARE(server.peers.size(), 1U);
    TransportOptions fresh;
    fresh.allowReuse = false;
    const Exchange other = run(transport, get(server.port()), fresh);
    QCOMPARE(other.connection.id, 2U);
    QVERIFY(!other.connection.reused);
    QCOMPARE(transport.idleConnections(), 2);
    // Another origin never shares one.
    const Exchange named = run(transport, request("GET", u"http://localhost:%1/"_s.arg(server.port())));
    QCOMPARE(named.connection.id, 3U);
    transport.closeIdleConnections();
    QCOMPARE(transport.idleConnections(), 0);
    QTRY_VERIFY(server.peers.at(0)->closed && server.peers.at(1)->closed && server.peers.at(2)->closed);
}

void TestSocketTransport::connectionsAreNotReused_data()
{
    QTest::addColumn<QByteArray>("response");
    QTest::addColumn<QByteArray>("requestConnection");
    QTest::addColumn<bool>("keepOpen");
    QTest::addColumn<QString>("anomaly");
    QTest::newRow("server says close") << "HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 2\r\n\r\nok"_ba << QByteArray() << true << QString();
    QTest::newRow("HTTP/1.0") << "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok"_ba << QByteArray() << true << QString();
    QTest::newRow("client says close") << ok << "x, close"_ba << true << QString();
    QTest::newRow("option") << ok << QByteArray() << false << QString();
    QTest::newRow("trailing data") << ok + "HTTP/1.1 200 OK\r\n"_ba << QByteArray() << true << u"trailing-data"_s;
}

void TestSocketTransport::connectionsAreNotReused()
{
    QFETCH(QByteArray, response);
    QFETCH(QByteArray, requestConnection);
    QFETCH(bool, keepOpen);
    QFETCH(QString, anomaly);
    ScriptedServer server;
    server.answer(response);
    SocketTransport transport(m_clock);
    Request sent = get(server.port());
    if (!requestConnection.isEmpty())
        sent.headers.append("Connection", requestConnection);
    TransportOptions options;
    options.keepOpen = keepOpen;
    for (quint64 id = 1; id <= 2; ++id) {
        const Exchange exchange = run(transport, sent, options);
        QVERIFY(!exchange.error);
        QCOMPARE(exchange.response.body.all(), "ok"_ba);
        QCOMPARE(exchange.rawResponse.all(), response);
        QCOMPARE(exchange.connection.id, id);
        QCOMPARE(exchange.anomalies.isEmpty(), anomaly.isEmpty());
        if (!anomaly.isEmpty())
            QCOMPARE(exchange.anomalies.first().id, anomaly);
        QCOMPARE(transport.idleConnections(), 0);
    }
    QTRY_VERIFY(server.peers.at(0)->closed && server.peers.at(1)->closed);
}

void TestSocketTransport::idleConnectionsAreDropped_data()
{
    QTest::addColumn<QByteArray>("how");
    QTest::newRow("unsolicited bytes") << "bytes"_ba;
    QTest::newRow("closed by the server") << "close"_ba;
    QTest::newRow("reset by the server") << "abort"_ba;
    QTest::newRow("too long idle") << "time"_ba;
}

void TestSocketTransport::idleConnectionsAreDropped()
{
    QFETCH(QByteArray, how);
    ScriptedServer server;
    server.answer(ok);
    SocketTransport transport(m_clock);
    if (how == "time")
        transport.setIdleLimit(60);
    QCOMPARE(run(transport, get(server.port())).connection.id, 1U);
    QCOMPARE(transport.idleConnections(), 1);
    QTcpSocket *socket = server.peers.front()->socket;
    if (how == "bytes")
        socket->write("HTTP/1.1 408 Request Timeout\r\n\r\n");
    else if (how == "close")
        socket->disconnectFromHost();
    else if (how == "abort")
        socket->abort();
    QTRY_COMPARE(transport.idleConnections(), 0);
    const Exchange next = run(transport, get(server.port()));
    QCOMPARE(next.connection.id, 2U);
    QVERIFY(!next.error);
    QVERIFY(!next.hasDecision(DecisionKind::Retried));
}

void TestSocketTransport::idleConnectionsAreFew()
{
    ScriptedServer server;
    server.answer(ok);
    SocketTransport transport(m_clock);
    TransportOptions fresh;
    fresh.allowReuse = false;
    for (int i = 0; i < 10; ++i)
        QVERIFY(!run(transport, get(server.port()), fresh).error);
    QCOMPARE(transport.idleConnections(), 6);
    QTRY_COMPARE(std::ranges::count_if(server.peers, [](const auto &peer) { return peer->closed; }), 4);
}

void TestSocketTransport::pinnedConnection()
{
    ScriptedServer server;
    server.answer(ok);
    SocketTransport transport(m_clock);
    TransportOptions fresh;
    fresh.allowReuse = false;
    QCOMPARE(run(transport, get(server.port()), fresh).connection.id, 1U);
    QCOMPARE(run(transport, get(server.port()), fresh).connection.id, 2U);
    TransportOptions pinned;
    pinned.pinnedConnection = 1;
    const Exchange exchange = run(transport, get(server.port()), pinned);
    QCOMPARE(exchange.connection.id, 1U);
    QVERIFY(exchange.connection.reused);
    QCOMPARE(server.peers.at(0)->requests(), 2);

    // It must not lead a credential to another origin.
    const Exchange elsewhere = run(transport, request("GET", u"http://localhost:%1/"_s.arg(server.port())), pinned);
    QCOMPARE(elsewhere.error->code, ErrorCode::ConnectionClosed);
    QVERIFY2(elsewhere.error->message.contains(u"connection 1"_s), qPrintable(elsewhere.error->message));

    // Closed while the request is on its way: no retry, the authentication is lost with the connection.
    server.onBytes = [](Peer &peer) { peer.socket->disconnectFromHost(); };
    const Exchange lost = run(transport, get(server.port()), pinned);
    QCOMPARE(lost.error->code, ErrorCode::ConnectionClosed);
    QVERIFY(!lost.hasDecision(DecisionKind::Retried));
    const Exchange gone = run(transport, get(server.port()), pinned);
    QCOMPARE(gone.error->code, ErrorCode::ConnectionClosed);
    QVERIFY(gone.rawRequest.isEmpty());
    QCOMPARE(server.peers.size(), 2U);
}

void TestSocketTransport::staleConnection_data()
{
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<QByteArray>("firstBytes");
    QTest::addColumn<bool>("retried");
    QTest::newRow("GET") << "GET"_ba << QByteArray() << true;
    QTest::newRow("HEAD") << "HEAD"_ba << QByteArray() << true;
    QTest::newRow("POST") << "POST"_ba << QByteArray() << false;
    QTest::newRow("PUT is not safe") << "PUT"_ba << QByteArray() << false;
    QTest::newRow("GET after one byte") << "GET"_ba << "H"_ba << false;
}

void TestSocketTransport::staleConnection()
{
    QFETCH(QByteArray, method);
    QFETCH(QByteArray, firstBytes);
    QFETCH(bool, retried);
    ScriptedServer server;
    server.onBytes = [&](Peer &peer) {
        if (peer.requests() < 2) {
            peer.socket->write("HTTP/1.1 204 No Content\r\n\r\n");
            return;
        }
        peer.socket->write(firstBytes);
        peer.socket->disconnectFromHost();
    };
    SocketTransport transport(m_clock);
    const Request sent = request(method, u"http://127.0.0.1:%1/"_s.arg(server.port()));
    QVERIFY(!run(transport, sent).error);
    const Exchange exchange = run(transport, sent);
    QCOMPARE(exchange.hasDecision(DecisionKind::Retried), retried);
    if (retried) {
        QVERIFY2(!exchange.error, exchange.error ? qPrintable(exchange.error->message) : "");
        QCOMPARE(exchange.response.status, 204);
        QVERIFY(!exchange.connection.reused);
        QCOMPARE(exchange.connection.id, 2U);
        QCOMPARE(server.peers.size(), 2U);
        QCOMPARE(exchange.rawRequest.all(), server.peers.at(1)->received);
        QVERIFY(exchange.timings.connect >= 0);
    } else {
        QVERIFY(exchange.error);
        QCOMPARE(exchange.error->code, firstBytes.isEmpty() ? ErrorCode::ConnectionClosed : ErrorCode::ProtocolError);
        QVERIFY(exchange.connection.reused);
        QCOMPARE(server.peers.size(), 1U);
    }
    QCOMPARE(server.peers.at(0)->requests(), 2);
}

void TestSocketTransport::freshConnectionIsNeverRetried()
{
    ScriptedServer server;
    server.onBytes = [](Peer &peer) { peer.socket->abort(); };
    SocketTransport transport(m_clock);
    const Exchange exchange = run(transport, get(server.port()));
    QCOMPARE(exchange.error->code, ErrorCode::ConnectionClosed);
    QVERIFY(exchange.decisions.isEmpty());
    QCOMPARE(server.peers.size(), 1U);
}

void TestSocketTransport::earlyRefusalOfABigBody()
{
    ScriptedServer server;
    server.onConnect = [](Peer &peer) { peer.socket->setReadBufferSize(4096); };
    bool answered = false;
    server.onBytes = [&](Peer &peer) {
        if (answered)
            return;
        answered = true;
        peer.socket->write("HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 3\r\n\r\nno!");
        peer.socket->disconnectFromHost(); // with the rest unread: the client's next write is answered by a reset
    };
    SocketTransport transport(m_clock);
    const QByteArray body(16 * 1024 * 1024, 'x');
    const Exchange exchange = run(transport, request("POST", u"http://127.0.0.1:%1/"_s.arg(server.port()), body));
    QVERIFY2(!exchange.error, exchange.error ? qPrintable(exchange.error->message) : "");
    QCOMPARE(exchange.response.status, 413);
    QCOMPARE(exchange.response.body.all(), "no!"_ba);
    QVERIFY(exchange.rawRequest.size() < body.size());
    QVERIFY(exchange.hasDecision(DecisionKind::Note));
    QCOMPARE(transport.idleConnections(), 0);
    QCOMPARE(server.peers.size(), 1U);
}

void TestSocketTransport::earlyAnswerDoesNotCutTheBody()
{
    const QByteArray body(16 * 1024 * 1024, 'x');
    ScriptedServer server;
    bool answered = false;
    server.onBytes = [&](Peer &peer) {
        if (!std::exchange(answered, true))
            peer.socket->write(ok);
    };
    SocketTransport transport(m_clock);
    const Exchange exchange = run(transport, request("PUT", u"http://127.0.0.1:%1/"_s.arg(server.port()), body));
    QVERIFY(!exchange.error);
    QCOMPARE(exchange.response.status, 200);
    QCOMPARE(transport.idleConnections(), 1);
    const qsizetype whole = exchange.rawRequest.size();
    QVERIFY(whole > body.size());
    QTRY_COMPARE(server.peers.front()->received.size(), whole);
}

void TestSocketTransport::interimResponses()
{
    ScriptedServer server;
    server.answer("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + ok);
    SocketTransport transport(m_clock);
    const Exchange exchange = run(transport, get(server.port()));
    QVERIFY(!exchange.error);
    QCOMPARE(exchange.response.status, 200);
    QCOMPARE(exchange.response.informational.size(), 1);
    QCOMPARE(exchange.response.informational.first().status, 103);
}

void TestSocketTransport::listenersMayDeleteEverything()
{
    ScriptedServer server;
    server.answer(ok);
    for (const TransportPhase at : {TransportPhase::Sending, TransportPhase::Waiting, TransportPhase::Receiving, TransportPhase::Done}) {
        for (const bool withTransport : {false, true}) {
            auto transport = std::make_unique<SocketTransport>(m_clock);
            QPointer<TransportOperation> operation = transport->start(get(server.port()), {});
            connect(operation, &TransportOperation::phaseChanged, this, [&](TransportPhase phase) {
                if (phase != at)
                    return;
                delete operation;
                if (withTransport)
                    transport.reset();
            });
            QTRY_VERIFY(!operation);
        }
    }
    for (const bool withTransport : {false, true}) {
        auto transport = std::make_unique<SocketTransport>(m_clock);
        QPointer<TransportOperation> operation = transport->start(get(server.port()), {});
        int status = 0;
        connect(operation, &TransportOperation::finished, this, [&](const Exchange &exchange) {
            delete operation;
            if (withTransport)
                transport.reset();
            status = exchange.response.status; // still there
        });
        QTRY_VERIFY(!operation);
        QCOMPARE(status, 200);
    }
}

void TestSocketTransport::nextRequestFromWithinFinished()
{
    ScriptedServer server;
    server.answer(ok);
    SocketTransport transport(m_clock);
    int done = 0;
    QSet<quint64> ids;
    std::function<void()> next = [&] {
        TransportOperation *operation = transport.start(get(server.port()), {});
        connect(operation, &TransportOperation::finished, this, [&, operation](const Exchange &exchange) {
            operation->deleteLater();
            ids.insert(exchange.connection.id);
            if (++done < 50)
                next();
        });
    };
    next();
    QTRY_COMPARE(done, 50);
    QCOMPARE(ids, QSet<quint64>{1});
}

void TestSocketTransport::operationsOutliveTheTransport()
{
    ScriptedServer server;
    server.answer(ok);
    auto transport = std::make_unique<SocketTransport>(m_clock);
    Ending ending(transport->start(get(server.port()), {}));
    transport.reset();
    const Exchange exchange = ending.wait();
    QVERIFY(!exchange.error);
    QCOMPARE(exchange.response.status, 200);
    QTRY_VERIFY(server.peers.front()->closed);
}

void TestSocketTransport::manyRequestsLeakNoDescriptor()
{
    ScriptedServer server;
    server.answer(ok);
    server.onConnect = [](Peer &peer) { connect(peer.socket, &QTcpSocket::disconnected, peer.socket, [socket = peer.socket] { socket->close(); }); };
    SocketTransport transport(m_clock);
    QVERIFY(!run(transport, get(server.port())).error);
    const qsizetype before = openFiles();
    for (int i = 0; i < 500; ++i) {
        TransportOptions options;
        options.allowReuse = i % 2 == 0;
        options.keepOpen = i % 2 == 0;
        QVERIFY(!run(transport, get(server.port()), options).error);
    }
    QTRY_VERIFY2(openFiles() <= before, QByteArray::number(openFiles() - before).constData());
}

QTEST_GUILESS_MAIN(TestSocketTransport)
#include "tst_sockettransport.moc"
