// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
// Bodies that are read while they are sent, and Expect: 100-continue.
#include "app/http/SocketTransport.h"
#include "app/http/StreamedBody.h"
#include "tests/http/ScriptedServer.h"

#include <QtCore/QTemporaryDir>

#include <fcntl.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

using namespace Qt::StringLiterals;
using namespace realmscope;
using namespace realmscope::test;

namespace {

const QByteArray ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"_ba;

// RFC 9112 section 7.1, strictly; a null array when it is not chunked coding.
QByteArray unchunked(const QByteArray &bytes)
{
    QByteArray out("");
    for (qsizetype at = 0;;) {
        const qsizetype lineEnd = bytes.indexOf("\r\n", at);
        bool isNumber = false;
        const qsizetype size = lineEnd < 0 ? 0 : bytes.mid(at, lineEnd - at).toLongLong(&isNumber, 16);
        if (!isNumber || bytes.mid(lineEnd + 2 + size, 2) != "\r\n")
            return {};
        if (size == 0)
            return lineEnd + 4 == bytes.size() ? out : QByteArray();
        out += bytes.mid(lineEnd + 2, size);
        at = lineEnd + 2 + size + 2;
    }
}

QByteArray pattern(qsizetype size)
{
    QByteArray bytes(size, Qt::Uninitialized);
    quint32 state = 12345;
    for (char &c : bytes) {
        state = state * 1664525 + 1013904223;
        c = char(state >> 24);
    }
    return bytes;
}

} // namespace

class TestUpload : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void pieces_data()
    {
        QTest::addColumn<qint64>("size");
        QTest::newRow("nothing") << qint64(0);
        QTest::newRow("one byte") << qint64(1);
        QTest::newRow("the first write") << qint64(64 * 1024);
        QTest::newRow("a byte more") << qint64(64 * 1024 + 1);
        QTest::newRow("20 MB") << qint64(20'000'000);
    }
    void pieces()
    {
        QFETCH(qint64, size);
        const QByteArray content = pattern(size);
        write(u"a"_s, content);
        const QByteArray whole = "before" + content + "between" + content + "after";
        ScriptedServer server;
        server.onBytes = [&](Peer &peer) {
            if (peer.received.size() - peer.received.indexOf("\r\n\r\n") - 4 == whole.size())
                peer.socket->write(ok);
        };
        SocketTransport transport(m_clock);
        Request upload = request("PUT", u"http://127.0.0.1:%1/"_s.arg(server.port()));
        upload.streamedBody = opened({{.bytes = "before"}, {.filePath = path(u"a"_s)}, {.bytes = "between"}, {.filePath = path(u"a"_s)}, {.bytes = "after"}});
        QCOMPARE(upload.bodySize(), whole.size());
        upload.headers.append("Content-Length", QByteArray::number(upload.bodySize()));
        const Exchange exchange = run(transport, upload);
        QVERIFY2(!exchange.error, exchange.error ? qPrintable(exchange.error->message) : "");
        const QByteArray &received = server.peers.front()->received;
        QVERIFY(received.mid(received.indexOf("\r\n\r\n") + 4) == whole);
        QVERIFY(exchange.rawRequest.all() == received);
        QCOMPARE(transport.idleConnections(), 1);
    }

    void unknownLengthGoesInChunks_data()
    {
        QTest::addColumn<qint64>("size");
        QTest::newRow("nothing") << qint64(0);
        QTest::newRow("some") << qint64(100'000);
        QTest::newRow("3 MB") << qint64(3'000'000);
    }
    void unknownLengthGoesInChunks()
    {
        QFETCH(qint64, size);
        const QByteArray content = pattern(size);
        const QString pipe = path(u"pipe"_s);
        QCOMPARE(::mkfifo(pipe.toLocal8Bit().constData(), 0600), 0);
        ScriptedServer server;
        server.onBytes = [&](Peer &peer) {
            if (peer.received.endsWith("0\r\n\r\n"))
                peer.socket->write(ok);
        };
        SocketTransport transport(m_clock);
        Request upload = request("PUT", u"http://127.0.0.1:%1/"_s.arg(server.port()));
        upload.streamedBody = opened({{.filePath = pipe}});
        QCOMPARE(upload.bodySize(), -1);
        upload.headers.append("Transfer-Encoding", "chunked");
        // Slow at first: the transport has to wait for it, with the event loop running.
        std::thread writer([&] {
            const int end = ::open(pipe.toLocal8Bit().constData(), O_WRONLY);
            for (qsizetype at = 0; at < content.size();) {
                const auto count = ::write(end, content.constData() + at, size_t(std::min<qsizetype>(content.size() - at, 50'000)));
                if (count <= 0)
                    break;
                at += count;
                if (at < 200'000)
                    std::this_thread::sleep_for(std::chrono::milliseconds(20));
            }
            ::close(end);
        });
        const Exchange exchange = run(transport, upload);
        writer.join();
        QVERIFY2(!exchange.error, exchange.error ? qPrintable(exchange.error->message) : "");
        const QByteArray &received = server.peers.front()->received;
        QVERIFY(unchunked(received.mid(received.indexOf("\r\n\r\n") + 4)) == content);
        QVERIFY(exchange.rawRequest.all() == received);
        ::unlink(pipe.toLocal8Bit().constData());

        const Exchange again = run(transport, upload);
        QVERIFY(again.error);
        QCOMPARE(again.error->code, ErrorCode::InvalidInput);
        QVERIFY(again.error->message.contains("a second time"_L1));
    }

    void fileThatShrinks()
    {
        write(u"a"_s, pattern(5'000'000));
        ScriptedServer server;
        bool isCut = false;
        server.onBytes = [&](Peer &) {
            if (!std::exchange(isCut, true))
                QFile::resize(path(u"a"_s), 10);
        };
        SocketTransport transport(m_clock);
        Request upload = request("PUT", u"http://127.0.0.1:%1/"_s.arg(server.port()));
        upload.streamedBody = opened({{.filePath = path(u"a"_s)}});
        upload.headers.append("Content-Length", "5000000");
        const Exchange exchange = run(transport, upload);
        QVERIFY(exchange.error);
        QCOMPARE(exchange.error->code, ErrorCode::FileUnreadable);
        QVERIFY(exchange.error->detail.contains("shorter"_L1));
        QTRY_VERIFY(server.peers.front()->closed); // it must not wait for the rest for ever
        QCOMPARE(exchange.rawRequest.all(), server.peers.front()->received);
    }

    void filesThatCantBeRead_data()
    {
        QTest::addColumn<QString>("name");
        QTest::newRow("not there") << u"missing"_s;
        QTest::newRow("a folder") << u"."_s;
    }
    void filesThatCantBeRead()
    {
        QFETCH(QString, name);
        const auto body = StreamedBody::open({{.filePath = path(name)}});
        QVERIFY(!body);
        QCOMPARE(body.error().code, ErrorCode::FileUnreadable);
        QVERIFY(body.error().message.contains(path(name)));
    }

    void expect_data()
    {
        QTest::addColumn<QByteArray>("early"); // what the server says to the head
        QTest::addColumn<bool>("bodyIsSent");
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("note");
        QTest::newRow("invited") << "HTTP/1.1 100 Continue\r\n\r\n"_ba << true << 200 << u"100 Continue came after"_s;
        QTest::newRow("another 1xx first") << "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"_ba << true << 200 << u"100 Continue came after"_s;
        QTest::newRow("silence") << ""_ba << true << 200 << u"no 100 Continue within 0.2 s"_s;
        QTest::newRow("not known") << "HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n"_ba << false << 417 << u"the body was not sent"_s;
        QTest::newRow("refused") << "HTTP/1.1 401 Who\r\nWWW-Authenticate: Basic realm=a\r\nContent-Length: 3\r\n\r\nwho"_ba << false << 401 << u"the body was not sent"_s;
        QTest::newRow("taken as it is") << "HTTP/1.1 204 Fine\r\n\r\n"_ba << false << 204 << u"the body was not sent"_s;
    }
    void expect()
    {
        QFETCH(QByteArray, early);
        QFETCH(bool, bodyIsSent);
        QFETCH(int, status);
        QFETCH(QString, note);
        ScriptedServer server;
        bool hasAnswered = false;
        QByteArray bodyBefore; // what of the body came before the answer to the head
        server.onBytes = [&](Peer &peer) {
            const qsizetype end = peer.received.indexOf("\r\n\r\n");
            if (end < 0)
                return;
            if (!std::exchange(hasAnswered, true)) {
                bodyBefore = peer.received.mid(end + 4);
                peer.socket->write(early);
            }
            if (peer.received.size() == end + 4 + 100'000)
                peer.socket->write(ok);
        };
        SocketTransport transport(m_clock);
        TransportOptions options;
        options.limits.expectTimeoutMs = 200;
        Request upload = request("PUT", u"http://127.0.0.1:%1/"_s.arg(server.port()), pattern(100'000));
        upload.headers.append("Expect", "100-Continue");
        const Exchange exchange = run(transport, upload, options);
        QVERIFY2(!exchange.error, exchange.error ? qPrintable(exchange.error->message) : "");
        QCOMPARE(exchange.response.status, status);
        QVERIFY(bodyBefore.isEmpty());
        QCOMPARE(server.peers.front()->received.endsWith("\r\n\r\n"), !bodyIsSent);
        QVERIFY(exchange.rawRequest.all() == server.peers.front()->received);
        QStringList notes;
        for (const Decision &decision : exchange.decisions)
            notes << decision.text;
        QVERIFY2(notes.join(u'\n').contains(note), qPrintable(notes.join(u'\n')));
        QCOMPARE(transport.idleConnections(), bodyIsSent ? 1 : 0); // the length was announced: it can't be used on
    }

private:
    [[nodiscard]] QString path(const QString &name) const { return m_dir.filePath(name); }
    void write(const QString &name, const QByteArray &content) const
    {
        QFile file(path(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size())
            qFatal("can't write");
    }
    static std::shared_ptr<const StreamedBody> opened(const QList<BodyPiece> &pieces)
    {
        const auto body = StreamedBody::open(pieces);
        return body ? *body : nullptr;
    }
    static Exchange run(SocketTransport &transport, const Request &request, const TransportOptions &options = {})
    {
        return Ending(transport.start(request, options)).wait();
    }

    QTemporaryDir m_dir;
    SystemClock m_clock;
};

QTEST_GUILESS_MAIN(TestUpload)
#include "tst_upload.moc"
