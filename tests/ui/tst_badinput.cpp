// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
// What goes wrong on the wire or is mistyped, in the real window: a sentence says it, what came is kept, the window
// stays responsive, and nothing that was typed is lost.
#include "WindowFixture.h"
#include "ui/response/BodyView.h"
#include "ui/response/RefusalBanner.h"
#include "ui/response/TraceStrip.h"
#include "ui/widgets/Sentence.h"

#include <QtCore/QElapsedTimer>
#include <QtCore/QTimer>
#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtNetwork/QTcpServer>
#include <QtNetwork/QTcpSocket>
#include <QtTest/QTest>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QTableView>

#include <ctime>

using namespace Qt::StringLiterals;

namespace realmscope {

using namespace keyboard;

// Does with each connection what it is told to, once the first bytes have come.
class RudeServer : public QObject
{
public:
    using Act = std::function<void(QTcpSocket *)>;

    explicit RudeServer(Act act)
    {
        m_server.listen(QHostAddress::LocalHost);
        connect(&m_server, &QTcpServer::newConnection, this, [this, act] {
            while (QTcpSocket *socket = m_server.nextPendingConnection()) {
                socket->setParent(this);
                const auto first = std::make_shared<QMetaObject::Connection>();
                *first = connect(socket, &QTcpSocket::readyRead, this, [this, socket, act, first] {
                    disconnect(*first);
                    ++m_count;
                    act(socket);
                });
            }
        });
    }
    [[nodiscard]] quint16 port() const { return m_server.serverPort(); }
    [[nodiscard]] int count() const { return m_count; }

private:
    QTcpServer m_server;
    int m_count = 0;
};

// The longest time for which the window did not get to its events: how long it computed, which a busy machine does not
// stretch, and how long it took in all, which tells whether it waited for something.
class Heartbeat : public QObject
{
public:
    Heartbeat()
    {
        m_since.start();
        connect(&m_timer, &QTimer::timeout, this, &Heartbeat::beat);
        m_timer.start(5);
    }
    void beat()
    {
        const qint64 computed = threadMs();
        m_longestComputed = std::max(m_longestComputed, computed - std::exchange(m_computed, computed));
        m_longest = std::max(m_longest, m_since.restart());
    }
    [[nodiscard]] qint64 longestMs() const { return m_longest; }
    [[nodiscard]] qint64 longestComputedMs() const { return m_longestComputed; }

private:
    static qint64 threadMs()
    {
        timespec time{};
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
        return time.tv_sec * 1000 + time.tv_nsec / 1'000'000;
    }

    QTimer m_timer;
    QElapsedTimer m_since;
    qint64 m_computed = threadMs();
    qint64 m_longest = 0;
    qint64 m_longestComputed = 0;
};

struct WireCase
{
    const char *name;
    RudeServer::Act act;
    bool needsStop = false;  // it goes on until somebody stops it
    QString chip;            // in the strip
    QStringList words;       // in the banner, any case
    QByteArray kept;         // in the recorded response
    QString scheme = u"http"_s;
};

static RudeServer::Act sends(const QByteArray &bytes)
{
    return [bytes](QTcpSocket *socket) {
        socket->write(bytes);
        socket->disconnectFromHost();
    };
}

static const std::vector<WireCase> &wireCases()
{
    static const std::vector<WireCase> cases = [] {
        const QByteArray bomb = qCompress(QByteArray(64 * 1024 * 1024, '\0'), 9).sliced(4); // without Qt's length: zlib
        std::vector<WireCase> list;
        list.push_back({"closed at once", sends({}), false, u"closed early"_s, {u"closed"_s}, {}});
        list.push_back({"garbage", sends("\x01\x02\x03 is this HTTP?\r\n\r\nno"), false, u"not HTTP"_s, {u"HTTP"_s}, "is this HTTP?"});
        list.push_back({"half a header", sends("HTTP/1.1 200 OK\r\nContent-Ty"), false, u"closed early"_s, {u"header"_s}, "Content-Ty"});
        list.push_back({"less than announced", sends("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort"), false,
                        u"closed early"_s, {u"100"_s}, "short"});
        list.push_back({"compressed bomb", sends("HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\nContent-Length: "
                                                 + QByteArray::number(bomb.size()) + "\r\n\r\n" + bomb),
                        false, u"too large"_s, {u"decoded"_s}, "Content-Encoding: deflate"});
        const QByteArray refused = "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"x\"\r\n";
        list.push_back({"refused, half a header", sends("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic rea"), false,
                        u"closed early"_s, {u"Refused (401)"_s, u"not whole"_s, u"within the response headers"_s}, "Basic rea"});
        list.push_back({"refused, less than announced", sends(refused + "Content-Length: 100\r\n\r\nshort"), false,
                        u"closed early"_s, {u"No credential"_s, u"not whole"_s}, "short"});
        list.push_back({"refused, compressed bomb", sends(refused + "Content-Encoding: deflate\r\nContent-Length: "
                                                          + QByteArray::number(bomb.size()) + "\r\n\r\n" + bomb),
                        false, u"too large"_s, {u"No credential"_s, u"not whole"_s}, "Content-Encoding: deflate"});
        list.push_back({"a megabyte of headers", sends("HTTP/1.1 200 OK\r\nX-Long: " + QByteArray(1024 * 1024, 'x') + "\r\n\r\n"),
                        false, u"too large"_s, {u"header"_s}, "X-Long: xxx"});
        list.push_back({"plain text where TLS is asked", sends("HTTP/1.1 400 Bad Request\r\n\r\n"), false, u"TLS failed"_s,
                        {u"TLS"_s}, {}, u"https"_s});
        list.push_back({"no answer", [](QTcpSocket *) {}, true, u"cancelled"_s, {u"Cancelled"_s}, {}});
        list.push_back({"an endless body", [](QTcpSocket *socket) {
                            socket->write("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nonce zzz");
                            const auto more = [socket] {
                                if (socket->state() == QAbstractSocket::ConnectedState && socket->bytesToWrite() < 65536)
                                    socket->write(QByteArray(16384, 'z'));
                            };
                            QObject::connect(socket, &QTcpSocket::bytesWritten, socket, more);
                            more();
                        }, true, u"cancelled"_s, {u"Cancelled"_s}, "once zzz"});
        return list;
    }();
    return cases;
}

class BadInputTest : public QObject
{
    Q_OBJECT

private:
    static constexpr qint64 mostComputedMs = 500; // at once, in a debug build
    static constexpr qint64 mostSilentMs = 5'000; // a window that waits for the server is silent for longer

    static QString banner(const MainWindow *window)
    {
        const auto *banner = window->findChild<RefusalBanner *>();
        return banner && banner->isVisible() ? visibleText(banner) : QString();
    }

    static QString strip(const MainWindow *window)
    {
        const auto *strip = window->findChild<TraceStrip *>();
        return strip && strip->isVisible() ? visibleText(strip) : QString();
    }

    // In the table of headers: a new row, its name typed, its value pasted.
    static void addHeader(WindowFixture &fixture, const QString &name, const QString &value)
    {
        QVERIFY(tabTo(u"Request headers"_s));
        auto *table = visibleNamed<QTableView>(fixture.window(), u"Request headers"_s);
        press(Qt::Key_End, Qt::ControlModifier);
        press(Qt::Key_Home);
        press(Qt::Key_Return);
        QVERIFY(qobject_cast<QLineEdit *>(QApplication::focusWidget()));
        type(name);
        press(Qt::Key_Return);
        QCOMPARE(QApplication::focusWidget(), table);
        press(Qt::Key_Right);
        press(Qt::Key_Return);
        QVERIFY(qobject_cast<QLineEdit *>(QApplication::focusWidget()));
        QGuiApplication::clipboard()->setText(value);
        press(Qt::Key_V, Qt::ControlModifier);
        press(Qt::Key_Return);
        QCOMPARE(QApplication::focusWidget(), table);
    }

private Q_SLOTS:
    void initTestCase()
    {
        Theme::install(*qobject_cast<QApplication *>(qApp), ThemeMode::Light);
        wireCases(); // the bomb takes its time to make
    }

    void wireTrouble_data()
    {
        QTest::addColumn<int>("index");
        for (std::size_t i = 0; i < wireCases().size(); ++i)
            QTest::newRow(wireCases().at(i).name) << static_cast<int>(i);
    }
    void wireTrouble()
    {
        QFETCH(int, index);
        const WireCase &wire = wireCases().at(static_cast<std::size_t>(index));
        RudeServer server(wire.act);
        WindowFixture fixture;
        fixture.open();
        Heartbeat heartbeat;
        const QString url = u"%1://127.0.0.1:%2/x?y=1"_s.arg(wire.scheme).arg(server.port());
        press(Qt::Key_N, Qt::ControlModifier);
        type(url);
        press(Qt::Key_Return, Qt::ControlModifier);
        if (wire.needsStop) {
            QTRY_COMPARE(server.count(), 1);
            QTRY_VERIFY(visibleNamed<QPushButton>(fixture.window(), u"Stop"_s));
            if (!wire.kept.isEmpty())
                QTRY_VERIFY2(strip(fixture.window()).contains(u"Receiving"_s), qPrintable(strip(fixture.window())));
            press(Qt::Key_Escape);
        }
        QTRY_VERIFY_WITH_TIMEOUT(fixture.isSettled(), 20'000);
        const QString text = banner(fixture.window());
        for (const QString &word : wire.words)
            QVERIFY2(text.contains(word, Qt::CaseInsensitive), qPrintable(text));
        QVERIFY2(strip(fixture.window()).contains(wire.chip), qPrintable(strip(fixture.window())));
        const Exchange &exchange = fixture.session()->trace().exchanges.first();
        const QByteArray raw = exchange.rawResponse.head(64 * 1024);
        QVERIFY2(raw.contains(wire.kept), raw.left(200).constData());
        auto *body = fixture.window()->findChild<BodyView *>();
        QVERIFY(body && body->isVisible());
        if (exchange.response.body.size() > 0)
            QVERIFY2(visibleText(body).contains(u"Not whole: "_s), qPrintable(visibleText(body)));
        else
            QCOMPARE(body->findChild<TextView *>()->toPlainText(), errorSentence(*exchange.error));
        QCOMPARE(visibleNamed<QLineEdit>(fixture.window(), u"Request URL"_s)->text(), url);
        QVERIFY(visibleNamed<QPushButton>(fixture.window(), u"Send"_s));
        heartbeat.beat();
        const QString silence = u"%1 ms, computing %2 ms"_s.arg(heartbeat.longestMs()).arg(heartbeat.longestComputedMs());
        QVERIFY2(heartbeat.longestComputedMs() < mostComputedMs && heartbeat.longestMs() < mostSilentMs, qPrintable(silence));
    }

    void nobodyListens()
    {
        quint16 port = 0;
        {
            QTcpServer gone;
            QVERIFY(gone.listen(QHostAddress::LocalHost));
            port = gone.serverPort();
        }
        WindowFixture fixture;
        fixture.open();
        press(Qt::Key_N, Qt::ControlModifier);
        type(u"http://127.0.0.1:%1/"_s.arg(port));
        press(Qt::Key_Return, Qt::ControlModifier);
        QTRY_VERIFY(fixture.isSettled());
        QVERIFY2(banner(fixture.window()).contains(u"refused"_s, Qt::CaseInsensitive), qPrintable(banner(fixture.window())));
        QVERIFY2(strip(fixture.window()).contains(u"no connection"_s), qPrintable(strip(fixture.window())));
    }

    void badRequestIsNotSent_data()
    {
        QTest::addColumn<QString>("method");
        QTest::addColumn<QString>("url");
        QTest::addColumn<QString>("word"); // of the sentence
        QTest::newRow("port is no number") << u"GET"_s << u"http://127.0.0.1:80x/"_s << u"port"_s;
        QTest::newRow("no such scheme") << u"GET"_s << u"gopher://127.0.0.1/"_s << u"gopher"_s;
        QTest::newRow("space in the host") << u"GET"_s << u"http://127.0 .0.1/"_s << u"host"_s;
        QTest::newRow("no host") << u"GET"_s << u"http:///x"_s << u"host"_s;
        QTest::newRow("method with a space") << u"GE T"_s << u"{base}"_s << u"method"_s;
        QTest::newRow("method with a slash") << u"GET/1"_s << u"{base}"_s << u"method"_s;
    }
    void badRequestIsNotSent()
    {
        QFETCH(QString, method);
        QFETCH(QString, url);
        QFETCH(QString, word);
        ScriptServer server([](const QByteArray &) { return response(200, "OK", {}, {}); });
        WindowFixture fixture;
        fixture.open();
        press(Qt::Key_N, Qt::ControlModifier);
        type(url.replace(u"{base}"_s, server.url()));
        if (method != "GET"_L1) {
            press(Qt::Key_Backtab, Qt::ShiftModifier);
            QCOMPARE(focusedControl(), u"Method"_s);
            press(Qt::Key_A, Qt::ControlModifier);
            type(method);
        }
        press(Qt::Key_Return, Qt::ControlModifier);
        QTRY_VERIFY2(banner(fixture.window()).contains(u"Not sent"_s), qPrintable(visibleText(fixture.window())));
        QVERIFY2(banner(fixture.window()).contains(word, Qt::CaseInsensitive), qPrintable(banner(fixture.window())));
        QCOMPARE(visibleNamed<QLineEdit>(fixture.window(), u"Request URL"_s)->text(), url);
        QCOMPARE(fixture.session()->spec().method, method);
        QCOMPARE(server.requests().size(), 0);
    }

    void badHeaderIsNotSent_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("value");
        QTest::newRow("line break in the value") << u"X-A"_s << u"b\r\nInjected: yes"_s;
        QTest::newRow("line feed in the value") << u"X-A"_s << u"b\nInjected: yes"_s;
        QTest::newRow("NUL in the value") << u"X-A"_s << u"b"_s + QChar(u'\0') + u"c"_s;
        QTest::newRow("space in the name") << u"X A"_s << u"b"_s;
        QTest::newRow("colon in the name") << u"X-A:"_s << u"b"_s;
    }
    void badHeaderIsNotSent()
    {
        QFETCH(QString, name);
        QFETCH(QString, value);
        ScriptServer server([](const QByteArray &) { return response(200, "OK", {}, {}); });
        WindowFixture fixture;
        fixture.open();
        press(Qt::Key_N, Qt::ControlModifier);
        type(server.url());
        addHeader(fixture, name, value);
        press(Qt::Key_Return, Qt::ControlModifier);
        QTRY_VERIFY2(banner(fixture.window()).contains(u"Not sent"_s), qPrintable(visibleText(fixture.window())));
        QVERIFY2(banner(fixture.window()).contains(u"header"_s, Qt::CaseInsensitive), qPrintable(banner(fixture.window())));
        QCOMPARE(server.requests().size(), 0);
        QCOMPARE(fixture.session()->spec().headers.size(), 1);
        QCOMPARE(fixture.session()->spec().headers.first().name, name);
        QCOMPARE(fixture.session()->spec().headers.first().value, value);
    }

    // A row that is emptied goes, and the next key is still for the table.
    void emptiedHeaderGoes()
    {
        ScriptServer server([](const QByteArray &) { return response(200, "OK", {}, {}); });
        WindowFixture fixture;
        fixture.open();
        press(Qt::Key_N, Qt::ControlModifier);
        type(server.url());
        addHeader(fixture, u"X-A"_s, u"1"_s);
        addHeader(fixture, u"X-B"_s, u"2"_s);
        QCOMPARE(fixture.session()->spec().headers.size(), 2);
        press(Qt::Key_Return);
        press(Qt::Key_A, Qt::ControlModifier);
        press(Qt::Key_Delete);
        press(Qt::Key_Return); // X-B has no value now
        press(Qt::Key_Left);
        press(Qt::Key_Return);
        press(Qt::Key_A, Qt::ControlModifier);
        press(Qt::Key_Delete);
        press(Qt::Key_Return); // and no name: it goes
        QCOMPARE(fixture.session()->spec().headers.size(), 1);
        QCOMPARE(fixture.session()->spec().headers.first().name, u"X-A"_s);
        QCOMPARE(focusedControl(), u"Request headers"_s);
        addHeader(fixture, u"X-C"_s, u"3"_s);
        QCOMPARE(fixture.session()->spec().headers.last().value, u"3"_s);
        press(Qt::Key_Return, Qt::ControlModifier);
        QTRY_VERIFY(visibleNamed<QLabel>(fixture.window(), u"Status 200"_s));
        QVERIFY(server.requests().first().contains("\r\nX-A: 1\r\nX-C: 3\r\n"));
    }

    // Tab goes from the name of a new header to its value, as in a form.
    void headerIsWrittenInOneGo()
    {
        WindowFixture fixture;
        fixture.open();
        press(Qt::Key_N, Qt::ControlModifier);
        QVERIFY(tabTo(u"Request headers"_s));
        press(Qt::Key_End, Qt::ControlModifier);
        press(Qt::Key_Home);
        press(Qt::Key_Return);
        type(u"X-Trace"_s);
        press(Qt::Key_Tab);
        QCOMPARE(focusedControl(), u"Value"_s);
        type(u"7"_s);
        press(Qt::Key_Return);
        QCOMPARE(fixture.session()->spec().headers.size(), 1);
        QCOMPARE(fixture.session()->spec().headers.first().name, u"X-Trace"_s);
        QCOMPARE(fixture.session()->spec().headers.first().value, u"7"_s);
    }

    void textBeyondLatinGoesOutAsUtf8()
    {
        ScriptServer server([](const QByteArray &) { return response(200, "OK", {}, {}); });
        WindowFixture fixture;
        fixture.open();
        press(Qt::Key_N, Qt::ControlModifier);
        type(server.url());
        addHeader(fixture, u"X-City"_s, u"Žilina"_s);
        press(Qt::Key_Return, Qt::ControlModifier);
        QTRY_VERIFY(visibleNamed<QLabel>(fixture.window(), u"Status 200"_s));
        QVERIFY(server.requests().first().contains("\r\nX-City: \xC5\xBDilina\r\n")); // printf Žilina | xxd
    }
};

} // namespace realmscope

QTEST_MAIN(realmscope::BadInputTest)
#include "tst_badinput.moc"
