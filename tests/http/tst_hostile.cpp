// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/http/SocketTransport.h"

#include "tests/http/HostileCases.h"
#include "tests/http/ScriptedServer.h"

#include <sys/socket.h>

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace realmscope;
using namespace realmscope::test;

namespace {

// Gives the answer of one case after the other; a connection leaves nothing behind.
class HostileServer : public QObject
{
    Q_OBJECT
public:
    HostileServer()
    {
        connect(&m_server, &QTcpServer::pendingConnectionAvailable, this, [this] {
            while (QTcpSocket *socket = m_server.nextPendingConnection())
                serve(socket);
        });
        if (!m_server.listen(QHostAddress::LocalHost))
            qFatal("can't listen on the loopback");
    }
    [[nodiscard]] quint16 port() const { return m_server.serverPort(); }
    [[nodiscard]] QString url() const { return u"%1://127.0.0.1:%2/"_s.arg(current.tls ? u"https"_s : u"http"_s).arg(port()); }
    [[nodiscard]] qsizetype open() const { return m_server.findChildren<QTcpSocket *>().size(); }

    HostileCase current;
    int connections = 0;
    int requests = 0;

private:
    void serve(QTcpSocket *socket)
    {
        ++connections;
        connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
        auto received = std::make_shared<QByteArray>();
        const bool isTls = current.tls;
        connect(socket, &QTcpSocket::readyRead, this, [this, socket, received, isTls] {
            const bool isFirst = received->isEmpty();
            *received += socket->readAll();
            if (isTls ? !isFirst : !received->endsWith("\r\n\r\n")) // TLS: only the first bytes of the handshake
                return;
            if (!isTls)
                received->clear();
            ++requests;
            answer(socket);
        });
    }

    void answer(QTcpSocket *socket)
    {
        socket->write(current.sends);
        // In larger pieces than a tail, so that a limit is soon met.
        const QByteArray tail = current.then == Then::Endless ? current.tail.repeated(16 * 1024 / current.tail.size() + 1) : current.tail;
        switch (current.then) {
        case Then::Stay:
            break;
        case Then::Close:
            socket->disconnectFromHost();
            break;
        case Then::Reset: {
            socket->flush();
            const linger none{1, 0}; // lingering for no time makes a close a reset
            ::setsockopt(int(socket->socketDescriptor()), SOL_SOCKET, SO_LINGER, &none, sizeof none);
            socket->abort();
            break;
        }
        case Then::Endless:
            connect(socket, &QTcpSocket::bytesWritten, socket, [socket, tail] {
                if (socket->bytesToWrite() < 64 * 1024)
                    socket->write(tail);
            });
            socket->write(tail);
            break;
        case Then::Drip: {
            auto *timer = new QTimer(socket);
            connect(timer, &QTimer::timeout, socket, [socket, tail, at = qsizetype(0)]() mutable {
                socket->write(tail.constData() + at, 1);
                at = (at + 1) % tail.size();
            });
            timer->start(20);
            break;
        }
        }
    }

    QTcpServer m_server;
};

Request requestFor(const HostileServer &server) { return request(server.current.method, server.url()); }

TransportOptions optionsFor(const HostileServer &server)
{
    TransportOptions out;
    out.limits = hostileLimits(server.current);
    return out;
}

// Resident memory in KiB.
qint64 residentKib()
{
    QFile status(u"/proc/self/status"_s);
    if (!status.open(QIODevice::ReadOnly))
        return -1;
    for (const QByteArray &line : status.readAll().split('\n')) {
        if (line.startsWith("VmRSS:"))
            return line.mid(6).simplified().split(' ').first().toLongLong();
    }
    return -1;
}

constexpr bool isSanitized =
#ifdef __SANITIZE_ADDRESS__
    true;
#else
    false;
#endif

} // namespace

class TestHostile : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void corpusIsLargeEnough();
    void answers_data();
    void answers();
    void closedAtEveryByte_data();
    void closedAtEveryByte();
    void thousandsOfRoundsLeaveNothingBehind();

private:
    FixedClock m_clock{1'764'000'000'123};
};

void TestHostile::corpusIsLargeEnough()
{
    QVERIFY(hostileCases().size() >= 120);
    QStringList names;
    for (const HostileCase &one : hostileCases())
        names << QLatin1StringView(one.name);
    QCOMPARE(names.removeDuplicates(), 0);
}

void TestHostile::answers_data()
{
    QTest::addColumn<int>("index");
    for (size_t i = 0; i < hostileCases().size(); ++i)
        QTest::newRow(hostileCases().at(i).name) << int(i);
}

void TestHostile::answers()
{
    QFETCH(int, index);
    HostileServer server;
    server.current = hostileCases().at(size_t(index));
    const HostileCase &one = server.current;
    SocketTransport transport(m_clock);
    Ending ending(transport.start(requestFor(server), optionsFor(server)));
    const Exchange exchange = ending.wait(30'000);

    // How it ends, and that it ends within its limits.
    const QString error = exchange.error ? errorCodeId(exchange.error->code) : QString();
    QVERIFY2(error == QLatin1StringView(one.error), qPrintable(exchange.error ? error + u": "_s + exchange.error->message : u"no error"_s));
    if (exchange.error) {
        QVERIFY(!exchange.error->message.isEmpty());
        QVERIFY2(!exchange.error->action.isEmpty(), qPrintable(exchange.error->message));
    }
    const Limits limits = hostileLimits(one);
    const int limit = error == u"idle-timeout" ? limits.idleTimeoutMs : error == u"connect-timeout" ? limits.connectTimeoutMs : limits.totalTimeoutMs;
    QVERIFY2(exchange.timings.total < limit + 3000, QByteArray::number(exchange.timings.total).constData());
    // What was understood.
    QCOMPARE(exchange.response.status, one.status);
    if (one.body)
        QCOMPARE(exchange.response.body.all(), QByteArray(one.body));
    QStringList anomalies;
    for (const Anomaly &anomaly : exchange.anomalies) {
        anomalies << anomaly.id;
        QVERIFY(!anomaly.text.isEmpty());
        QVERIFY(anomaly.range.begin >= 0 && anomaly.range.end <= exchange.rawResponse.size());
    }
    if (QByteArrayView(one.anomaly).isEmpty())
        QCOMPARE(anomalies, QStringList());
    else if (QByteArrayView(one.anomaly) != "*")
        QVERIFY2(anomalies.contains(QLatin1StringView(one.anomaly)), qPrintable(anomalies.join(u' ')));
    // No byte is lost, and none is made up.
    const QByteArray raw = exchange.rawResponse.all();
    if (one.tls) {
        QVERIFY(raw.isEmpty()); // nothing of HTTP came
    } else if (one.then == Then::Endless || one.then == Then::Drip) {
        const QByteArray flow = one.sends + one.tail.repeated(raw.size() / one.tail.size() + 1);
        QVERIFY(raw.size() > 0 || one.sends.isEmpty());
        QVERIFY(flow.startsWith(raw));
        // The buffers of the socket, not the whole flow.
        QVERIFY2(raw.size() < 4 * 1024 * 1024, QByteArray::number(raw.size()).constData());
    } else if (one.then == Then::Reset) {
        QVERIFY(one.sends.startsWith(raw));
    } else {
        QCOMPARE(raw, one.sends);
    }
    // Nothing was sent twice, and a connection of which nobody knows where the message ends carries no other.
    QCOMPARE(server.connections, 1);
    QVERIFY(server.requests <= 1);
    const bool isReusable = one.reusable && one.then == Then::Stay;
    QTRY_COMPARE(transport.idleConnections(), isReusable ? 1 : 0);
    if (isReusable) {
        server.current.sends = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnext";
        server.current.method = "GET";
        Ending next(transport.start(requestFor(server), optionsFor(server)));
        const Exchange second = next.wait();
        QVERIFY(!second.error);
        QVERIFY(second.connection.reused);
        QCOMPARE(second.response.body.all(), "next"_ba);
        QCOMPARE(second.rawResponse.all(), server.current.sends);
    }
}

void TestHostile::closedAtEveryByte_data()
{
    QTest::addColumn<QByteArray>("framing");
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<bool>("reset");
    const QByteArray length = "Content-Length: 102\r\n\r\n" + QByteArray(102, 'b');
    const QByteArray chunks = "Transfer-Encoding: chunked\r\n\r\n1a\r\n" + QByteArray(26, 'b') + "\r\n14;x=y\r\n" + QByteArray(20, 'b') + "\r\n0\r\nTrailer: yes\r\n\r\n";
    QTest::newRow("length, closed") << "length"_ba << length << false;
    QTest::newRow("length, reset") << "length"_ba << length << true;
    QTest::newRow("chunked, closed") << "chunked"_ba << chunks << false;
    QTest::newRow("until the end, closed") << "close"_ba << "\r\n"_ba + QByteArray(123, 'b') << false;
}

// RFC 9112 section 8: an incomplete message is never taken for a whole one, and what came of it is kept.
void TestHostile::closedAtEveryByte()
{
    QFETCH(QByteArray, framing);
    QFETCH(QByteArray, message);
    QFETCH(bool, reset);
    const QByteArray start = "HTTP/1.1 401 Unauthorized\r\n";
    QByteArray head = start + "Server: example\r\nDate: Tue, 24 Nov 2026 10:00:00 GMT\r\nWWW-Authenticate: Digest realm=\"a, b\", nonce=\"0123456789\", qop=\"auth\"\r\nX-Pad: ";
    head += QByteArray(std::max<qsizetype>(300 - head.size() - 2 - message.size(), 0), 'x') + "\r\n";
    const QByteArray all = head + message;
    QVERIFY(all.size() >= 300);
    const qsizetype bodyAt = all.indexOf("\r\n\r\n") + 4;
    HostileServer server;
    server.current.then = reset ? Then::Reset : Then::Close;
    SocketTransport transport(m_clock);
    for (qsizetype cut = 0; cut <= all.size(); ++cut) {
        const QByteArray where = framing + " cut at " + QByteArray::number(cut);
        server.current.sends = all.first(cut);
        Ending ending(transport.start(requestFor(server), optionsFor(server)));
        const Exchange exchange = ending.wait();
        const QByteArray raw = exchange.rawResponse.all();
        QVERIFY2(reset ? server.current.sends.startsWith(raw) : raw == server.current.sends, where.constData());
        const bool isWhole = framing == "close" ? raw.size() >= bodyAt : raw.size() == all.size();
        QVERIFY2(exchange.error.has_value() != isWhole, where.constData());
        QVERIFY2(exchange.response.complete == isWhole, where.constData());
        if (exchange.error) {
            const ErrorCode code = exchange.error->code;
            QVERIFY2(code == ErrorCode::ConnectionClosed || (code == ErrorCode::ProtocolError && raw.size() < 12), where.constData());
        }
        QVERIFY2(exchange.response.status == (raw.size() >= 12 ? 401 : 0), where.constData());
        const QByteArray body = exchange.response.body.all();
        QVERIFY2(body.count('b') == body.size(), where.constData());
        if (framing != "chunked")
            QVERIFY2(body.size() == std::max<qsizetype>(raw.size() - bodyAt, 0), where.constData());
    }
    QCOMPARE(server.connections, int(all.size()) + 1); // none was sent twice
    QTRY_COMPARE(transport.idleConnections(), 0);
}

void TestHostile::thousandsOfRoundsLeaveNothingBehind()
{
    std::vector<HostileCase> quick;
    std::ranges::copy_if(hostileCases(), std::back_inserter(quick), &HostileCase::isQuick);
    QVERIFY(quick.size() >= 120);
    HostileServer server;
    SocketTransport transport(m_clock);
    const auto round = [&](size_t i) {
        server.current = quick.at(i % quick.size());
        server.requests = 0;
        Ending ending(transport.start(requestFor(server), optionsFor(server)));
        const Exchange exchange = ending.wait();
        const QByteArray error = exchange.error ? errorCodeId(exchange.error->code).toLatin1() : QByteArray();
        if (error == server.current.error)
            return true;
        qWarning("%s: %s", server.current.name, error.constData());
        return false;
    };
    const auto settle = [&] {
        transport.closeIdleConnections();
        return QTest::qWaitFor([&] { return server.open() == 0; });
    };
    size_t i = 0;
    for (; i < quick.size() * 4; ++i)
        QVERIFY(round(i));
    QVERIFY(settle());
    const qsizetype files = openFiles();
    const qint64 before = residentKib();
    for (const size_t end = i + 10'000; i < end; ++i)
        QVERIFY(round(i));
    QVERIFY(settle());
    QCOMPARE(openFiles(), files);
    const qint64 grown = residentKib() - before;
    qInfo("resident memory: %lld KiB before, %lld KiB more after 10,000 rounds", before, grown);
    QVERIFY(before > 0);
    // A sanitizer keeps freed memory for a while; whether any is lost it says itself at the end.
    if (!isSanitized)
        QVERIFY2(grown < 4096, QByteArray::number(grown).constData());
}

QTEST_GUILESS_MAIN(TestHostile)
#include "tst_hostile.moc"
