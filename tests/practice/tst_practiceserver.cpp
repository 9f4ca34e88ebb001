// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/practice/PracticeServer.h"

#include <QtCore/QDir>
#include <QtCore/QElapsedTimer>
#include <QtNetwork/QTcpServer>
#include <QtNetwork/QTcpSocket>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include <memory>
#include <vector>

#include <sys/socket.h>

using namespace Qt::StringLiterals;
using namespace realmscope;

// The server as a server: bytes in, bytes out, with clients that misbehave.
class PracticeServerTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init();
    void cleanup();

    void listensOnLoopbackOnly();
    void indexNamesEveryRoom();
    void badRequests_data();
    void badRequests();
    void keepsAlive();
    void closesWhenAsked();
    void http10();
    void headHasNoBody();
    void pipelined();
    void expectContinue();
    void oneByteAtATime();
    void hugeHeader();
    void hugeBody();
    void slowClientDoesNotBlockOthers();
    void silentClientIsDropped();
    void halfARequestTimesOut();
    void clientThatNeverReads();
    void halfOpenClient();
    void manyAtOnce();
    void portTaken();
    void stopAndStartAgain();
    void stopsWhileAnswering();
    void descriptorsDoNotGrow();
    void redirectGoesToTheOtherOrigin();
    void roomsAreFilledIn();

private:
    [[nodiscard]] quint16 port() const;
    [[nodiscard]] std::unique_ptr<QTcpSocket> connected() const;
    // Everything until the server closes, or until `length` bytes are there.
    [[nodiscard]] static QByteArray readAll(QTcpSocket &socket, int timeoutMs = 10'000);
    [[nodiscard]] static bool readUntil(QTcpSocket &socket, QByteArray &into, const QByteArray &text, int count = 1);
    [[nodiscard]] QByteArray exchange(const QByteArray &request) const;

    SystemClock m_clock;
    SystemRandom m_random;
    std::unique_ptr<PracticeServer> m_server;
};

void PracticeServerTest::init()
{
    m_server = std::make_unique<PracticeServer>(m_clock, m_random);
    const Result<void> started = m_server->start();
    QVERIFY2(started, qPrintable(started ? QString() : started.error().message));
}

void PracticeServerTest::cleanup()
{
    m_server.reset();
}

quint16 PracticeServerTest::port() const
{
    return m_server->addresses().value(u"base"_s).section(u':', -1).toUShort();
}

std::unique_ptr<QTcpSocket> PracticeServerTest::connected() const
{
    auto socket = std::make_unique<QTcpSocket>();
    socket->connectToHost(QHostAddress::LocalHost, port());
    if (!QTest::qWaitFor([&] { return socket->state() == QAbstractSocket::ConnectedState; }))
        qWarning("no connection");
    return socket;
}

QByteArray PracticeServerTest::readAll(QTcpSocket &socket, int timeoutMs)
{
    (void)QTest::qWaitFor([&] { return socket.state() == QAbstractSocket::UnconnectedState; }, timeoutMs);
    return socket.readAll();
}

bool PracticeServerTest::readUntil(QTcpSocket &socket, QByteArray &into, const QByteArray &text, int count)
{
    return QTest::qWaitFor(
        [&] {
            into += socket.readAll();
            return into.count(text) >= count;
        },
        10'000);
}

QByteArray PracticeServerTest::exchange(const QByteArray &request) const
{
    const auto socket = connected();
    socket->write(request);
    return readAll(*socket);
}

void PracticeServerTest::listensOnLoopbackOnly()
{
    const QMap<QString, QString> addresses = m_server->addresses();
    QVERIFY(addresses.value(u"base"_s).startsWith(u"http://127.0.0.1:"_s));
    QVERIFY(addresses.value(u"base2"_s).startsWith(u"http://127.0.0.1:"_s));
    QVERIFY(addresses.value(u"base"_s) != addresses.value(u"base2"_s));
    // Another address of the loopback network is this machine too, but nothing listens there.
    QTcpSocket socket;
    QSignalSpy failed(&socket, &QTcpSocket::errorOccurred);
    socket.connectToHost(QHostAddress(u"127.0.0.2"_s), port());
    QVERIFY(!failed.isEmpty() || failed.wait());
    QCOMPARE(socket.error(), QAbstractSocket::ConnectionRefusedError);
}

void PracticeServerTest::indexNamesEveryRoom()
{
    const QByteArray answer = exchange("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    QVERIFY(answer.startsWith("HTTP/1.1 200 OK\r\n"));
    const QList<Room> rooms = m_server->rooms();
    QVERIFY(rooms.size() >= 30);
    for (const Room &room : rooms)
        QVERIFY2(answer.contains("\n/" + room.id.toUtf8() + "  "), qPrintable(room.id));
}

void PracticeServerTest::badRequests_data()
{
    QTest::addColumn<QByteArray>("request");
    QTest::addColumn<QByteArray>("status");
    QTest::newRow("garbage") << QByteArray("\x01\x02\x03\x04 nonsense\r\n\r\n") << QByteArray("400");
    QTest::newRow("TLS hello") << QByteArray("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 15)
                               << QByteArray("400");
    QTest::newRow("one word") << QByteArray("GET\r\n\r\n") << QByteArray("400");
    QTest::newRow("no host") << QByteArray("GET / HTTP/1.1\r\n\r\n") << QByteArray("400");
    QTest::newRow("two hosts") << QByteArray("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n") << QByteArray("400");
    QTest::newRow("length is a word") << QByteArray("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ten\r\n\r\n")
                                      << QByteArray("400");
    QTest::newRow("negative length") << QByteArray("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n")
                                     << QByteArray("400");
    QTest::newRow("bad chunk")
        << QByteArray("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n") << QByteArray("400");
    QTest::newRow("target is no path") << QByteArray("GET home HTTP/1.1\r\nHost: a\r\n\r\n") << QByteArray("400");
    QTest::newRow("unknown room")
        << QByteArray("GET /no-such-room HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n") << QByteArray("404");
    QTest::newRow("unknown path in a room")
        << QByteArray("GET /warm-up/attic HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n") << QByteArray("404");
    QTest::newRow("percent signs")
        << QByteArray("GET /%00%zz%/../.. HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n") << QByteArray("404");
}

void PracticeServerTest::badRequests()
{
    QFETCH(QByteArray, request);
    QFETCH(QByteArray, status);
    const QByteArray answer = exchange(request);
    QVERIFY2(answer.startsWith("HTTP/1.1 " + status + ' '), answer.left(200).constData());
    // With words, not only a number.
    QVERIFY2(answer.mid(answer.indexOf("\r\n\r\n") + 4).trimmed().size() > 10, answer.constData());
}

void PracticeServerTest::keepsAlive()
{
    const auto socket = connected();
    QByteArray answers;
    for (int i = 1; i <= 5; ++i) {
        socket->write("GET /locked-door HTTP/1.1\r\nHost: a\r\n\r\n");
        QVERIFY(readUntil(*socket, answers, "</html>", i));
    }
    QCOMPARE(answers.count("HTTP/1.1 401 Unauthorized\r\n"), 5);
    QCOMPARE(socket->state(), QAbstractSocket::ConnectedState);
}

void PracticeServerTest::closesWhenAsked()
{
    const QByteArray answer = exchange("GET /locked-door HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    QVERIFY(answer.contains("\r\nConnection: close\r\n"));
}

void PracticeServerTest::http10()
{
    // A chunked answer must not go to a client that does not know the coding (RFC 9112 section 6.1).
    const QByteArray answer = exchange("GET /wrong-password HTTP/1.0\r\n\r\n");
    QVERIFY(answer.startsWith("HTTP/1.1 401 "));
    QVERIFY(!answer.contains("chunked"));
    QVERIFY(answer.contains("\r\nContent-Length: "));
}

void PracticeServerTest::headHasNoBody()
{
    const QByteArray answer = exchange("HEAD /locked-door HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    QVERIFY(answer.startsWith("HTTP/1.1 401 "));
    QVERIFY(answer.endsWith("\r\n\r\n"));
    QVERIFY(!answer.contains("\r\nContent-Length: 0\r\n"));
}

void PracticeServerTest::pipelined()
{
    QByteArray requests;
    for (int i = 0; i < 50; ++i)
        requests += "POST /locked-door HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na=b";
    requests += "GET /warm-up HTTP/1.1\r\nHost: a\r\nAuthorization: Basic ZGVtbzpMaW5kZW4tMTI=\r\n"
                "Connection: close\r\n\r\n";
    const QByteArray answers = exchange(requests);
    QCOMPARE(answers.count("HTTP/1.1 401 "), 50);
    QCOMPARE(answers.count("HTTP/1.1 200 "), 1);
    QVERIFY(answers.indexOf("HTTP/1.1 200 ") > answers.lastIndexOf("HTTP/1.1 401 "));
}

void PracticeServerTest::expectContinue()
{
    const auto socket = connected();
    QByteArray answer;
    socket->write("POST /locked-door HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
    QVERIFY(readUntil(*socket, answer, "HTTP/1.1 100 Continue\r\n\r\n"));
    QVERIFY(!answer.contains("401"));
    socket->write("a=b");
    QVERIFY(readUntil(*socket, answer, "</html>"));
    QCOMPARE(answer.count("100 Continue"), 1);
}

void PracticeServerTest::oneByteAtATime()
{
    const auto socket = connected();
    socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    const QByteArray request = "GET /locked-door HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    for (const char byte : request) {
        socket->write(&byte, 1);
        socket->flush();
        QCoreApplication::processEvents();
    }
    QVERIFY(readAll(*socket).startsWith("HTTP/1.1 401 "));
}

void PracticeServerTest::hugeHeader()
{
    // The answer must arrive although the client goes on sending.
    const auto socket = connected();
    socket->write("GET /locked-door HTTP/1.1\r\nHost: a\r\nX-Big: " + QByteArray(1024 * 1024, 'x') + "\r\n\r\n");
    QByteArray answer;
    QVERIFY(readUntil(*socket, answer, "\r\n\r\n"));
    QVERIFY2(answer.startsWith("HTTP/1.1 431 "), answer.left(100).constData());
}

void PracticeServerTest::hugeBody()
{
    const auto socket = connected();
    socket->write("POST /locked-door HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\nabc");
    QByteArray answer;
    QVERIFY(readUntil(*socket, answer, "\r\n\r\n"));
    QVERIFY2(answer.startsWith("HTTP/1.1 413 "), answer.left(100).constData());

    const auto chunked = connected();
    chunked->write("POST /locked-door HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    const QByteArray chunk = "80000\r\n" + QByteArray(512 * 1024, 'x') + "\r\n";
    for (int i = 0; i < 12; ++i)
        chunked->write(chunk);
    answer.clear();
    QVERIFY(readUntil(*chunked, answer, "\r\n\r\n"));
    QVERIFY2(answer.startsWith("HTTP/1.1 413 "), answer.left(100).constData());
}

void PracticeServerTest::slowClientDoesNotBlockOthers()
{
    std::vector<std::unique_ptr<QTcpSocket>> slow;
    for (int i = 0; i < 50; ++i) {
        slow.push_back(connected());
        slow.back()->write("GET /locked-door HTTP/1.1\r\nHo");
    }
    QElapsedTimer timer;
    timer.start();
    QVERIFY(exchange("GET /locked-door HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").startsWith("HTTP/1.1 401 "));
    QVERIFY(timer.elapsed() < 5000);
    for (const auto &socket : slow)
        QCOMPARE(socket->state(), QAbstractSocket::ConnectedState);
}

void PracticeServerTest::silentClientIsDropped()
{
    m_server->setRequestTimeout(200);
    const auto socket = connected();
    QVERIFY(QTest::qWaitFor([&] { return socket->state() == QAbstractSocket::UnconnectedState; }));
    QVERIFY(socket->readAll().isEmpty());
}

void PracticeServerTest::halfARequestTimesOut()
{
    m_server->setRequestTimeout(200);
    const auto socket = connected();
    socket->write("GET /locked-door HTTP/1.1\r\nHost: ");
    QByteArray answer;
    QVERIFY(readUntil(*socket, answer, "\r\n\r\n"));
    QVERIFY2(answer.startsWith("HTTP/1.1 408 "), answer.constData());
}

void PracticeServerTest::clientThatNeverReads()
{
    // Pipelines requests and leaves the answers in the kernel; others are served meanwhile.
    const auto socket = connected();
    socket->setReadBufferSize(1);
    QByteArray requests;
    for (int i = 0; i < 2000; ++i)
        requests += "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    socket->write(requests);
    for (int i = 0; i < 5; ++i)
        QVERIFY(exchange("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").startsWith("HTTP/1.1 200 "));
}

void PracticeServerTest::halfOpenClient()
{
    // A client may shut its sending side down after the request; the answer still has to come.
    const auto socket = connected();
    socket->write("GET /locked-door HTTP/1.1\r\nHost: a\r\n\r\n");
    socket->flush();
    QCOMPARE(::shutdown(int(socket->socketDescriptor()), SHUT_WR), 0);
    const QByteArray answer = readAll(*socket);
    QVERIFY2(answer.startsWith("HTTP/1.1 401 ") && answer.endsWith("</html>\n"), ("<" + answer + ">").constData());
    // Gone in the middle of a request, and gone without a word.
    for (int i = 0; i < 20; ++i) {
        const auto leaving = connected();
        leaving->write("POST /locked-door HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc");
        leaving->flush();
        leaving->abort();
        const auto silent = connected();
        silent->abort();
    }
    QVERIFY(exchange("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").startsWith("HTTP/1.1 200 "));
}

void PracticeServerTest::manyAtOnce()
{
    constexpr int clients = 150;
    std::vector<std::unique_ptr<QTcpSocket>> sockets;
    for (int i = 0; i < clients; ++i) {
        sockets.push_back(std::make_unique<QTcpSocket>());
        sockets.back()->connectToHost(QHostAddress::LocalHost, port());
        // Each asks another room, so that a mix-up between connections would show.
        sockets.back()->write(i % 2 == 0 ? "GET /locked-door HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
                                         : "GET /closed-path HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    }
    for (int i = 0; i < clients; ++i) {
        const QByteArray answer = readAll(*sockets.at(size_t(i)));
        QVERIFY2(answer.startsWith(i % 2 == 0 ? "HTTP/1.1 401 " : "HTTP/1.1 403 "), answer.left(80).constData());
    }
    // Beyond the limit clients are told, and later ones are served again.
    std::vector<std::unique_ptr<QTcpSocket>> idle;
    for (int i = 0; i < 300; ++i)
        idle.push_back(connected());
    int refused = 0;
    QVERIFY(QTest::qWaitFor([&] {
        refused = 0;
        for (const auto &socket : idle)
            refused += socket->bytesAvailable() > 0 ? 1 : 0;
        return refused >= 300 - 256;
    }));
    QVERIFY(idle.back()->readAll().startsWith("HTTP/1.1 503 "));
    idle.clear();
    QVERIFY(QTest::qWaitFor([&] {
        return exchange("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").startsWith("HTTP/1.1 200 ");
    }));
}

void PracticeServerTest::portTaken()
{
    PracticeServer second(m_clock, m_random);
    const Result<void> started = second.start(port());
    QVERIFY(!started);
    QCOMPARE(started.error().code, ErrorCode::ConnectFailed);
    QVERIFY(started.error().message.contains(QString::number(port())));
    QVERIFY(!started.error().action.isEmpty());
    QVERIFY(!second.isRunning());
    QVERIFY(second.addresses().isEmpty());
    QVERIFY(second.rooms().isEmpty());
    // The first is unharmed, and the second works on a free port.
    QVERIFY(exchange("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").startsWith("HTTP/1.1 200 "));
    QVERIFY(second.start());
}

void PracticeServerTest::stopAndStartAgain()
{
    const quint16 before = port();
    const auto open = connected();
    open->write("GET /locked-door HTTP/1.1\r\nHost: a\r\n\r\n");
    QByteArray answer;
    QVERIFY(readUntil(*open, answer, "</html>"));
    m_server->stop();
    QVERIFY(!m_server->isRunning());
    QVERIFY(QTest::qWaitFor([&] { return open->state() == QAbstractSocket::UnconnectedState; }));
    QTcpSocket socket;
    QSignalSpy failed(&socket, &QTcpSocket::errorOccurred);
    socket.connectToHost(QHostAddress::LocalHost, before);
    QVERIFY(!failed.isEmpty() || failed.wait());
    m_server->stop(); // twice does no harm
    QVERIFY(m_server->start(before)); // the same port at once
    QCOMPARE(port(), before);
    QVERIFY(exchange("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").startsWith("HTTP/1.1 200 "));
}

void PracticeServerTest::stopsWhileAnswering()
{
    // Whoever hears of the answer may stop the server at once.
    connect(m_server.get(), &PracticeServer::answered, this, [this] { m_server->stop(); });
    const auto socket = connected();
    socket->write("GET /locked-door HTTP/1.1\r\nHost: a\r\n\r\nGET /locked-door HTTP/1.1\r\nHost: a\r\n\r\n");
    QVERIFY(QTest::qWaitFor([&] { return socket->state() == QAbstractSocket::UnconnectedState; }));
    QVERIFY(!m_server->isRunning());
}

void PracticeServerTest::descriptorsDoNotGrow()
{
    const QDir descriptors(u"/proc/self/fd"_s);
    if (!descriptors.exists()) {
        qInfo("REALMSCOPE-TEST-SKIPPED, because this system has no /proc/self/fd");
        QSKIP("no /proc/self/fd");
    }
    const auto count = [&] { return QDir(u"/proc/self/fd"_s).entryList(QDir::Files | QDir::System).size(); };
    const auto visit = [&] {
        (void)exchange("GET /locked-door HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        connected()->abort();
    };
    visit();
    const qsizetype before = count();
    for (int i = 0; i < 100; ++i)
        visit();
    QVERIFY2(QTest::qWaitFor([&] { return count() <= before + 2; }),
             qPrintable(u"%1 descriptors, before %2"_s.arg(count()).arg(before)));
}

void PracticeServerTest::redirectGoesToTheOtherOrigin()
{
    const QByteArray answer = exchange("GET /moved-house HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    QVERIFY(answer.startsWith("HTTP/1.1 308 Permanent Redirect\r\n"));
    QVERIFY(answer.contains("\r\nLocation: " + m_server->addresses().value(u"base2"_s).toLatin1() + "/moved-house\r\n"));
}

void PracticeServerTest::roomsAreFilledIn()
{
    const QList<Room> rooms = m_server->rooms();
    for (const Room &room : rooms) {
        const QString words = (room.curl + room.fixed).join(u' ');
        QVERIFY2(words.contains(m_server->addresses().value(u"base"_s)) || words.contains(m_server->addresses().value(u"tls"_s)), qPrintable(room.id));
        for (const QString &text : {words, room.credentials, room.hint}) {
            for (const auto &[name, address] : m_server->addresses().asKeyValueRange())
                QVERIFY2(!text.contains(u'{' + name + u'}'), qPrintable(text));
            QVERIFY2(!text.contains(u"{jwt"_s), qPrintable(text));
        }
    }
}

QTEST_GUILESS_MAIN(PracticeServerTest)
#include "tst_practiceserver.moc"
