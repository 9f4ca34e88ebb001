// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/base/Clock.h"
#include "app/base/Random.h"
#include "app/http/Codec.h"
#include "app/http/SocketTransport.h"
#include "app/interop/CookieFile.h"
#include "app/interop/CurlCommand.h"
#include "app/runner/Runner.h"

#include <QtCore/QFile>
#include <QtCore/QProcess>
#include <QtCore/QStandardPaths>
#include <QtCore/QTemporaryDir>
#include <QtNetwork/QTcpServer>
#include <QtNetwork/QTcpSocket>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include <algorithm>
#include <functional>
#include <memory>

using namespace Qt::StringLiterals;
using namespace realmscope;

namespace {

struct Received
{
    RequestHead head;
    QByteArray body;
    [[nodiscard]] QByteArray header(const char *name) const { return head.headers.values(name).join("; "); }
};

// Answers each request by a function, one request a connection.
class StateServer : public QObject
{
public:
    using Answer = std::function<QByteArray(const Received &)>; // lines after the status line, with the status in front
    explicit StateServer(Answer how) : m_answer(std::move(how))
    {
        if (!m_server.listen(QHostAddress::LocalHost))
            qFatal("can't listen on the loopback");
        connect(&m_server, &QTcpServer::newConnection, this, [this] {
            while (QTcpSocket *socket = m_server.nextPendingConnection()) {
                auto parser = std::make_shared<RequestParser>();
                connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
                connect(socket, &QTcpSocket::readyRead, this, [this, socket, parser] {
                    (void)parser->feed(socket->readAll());
                    if (!parser->isFinished())
                        return;
                    received.append({parser->head(), parser->body()});
                    const QByteArray answer = m_answer(received.last());
                    const bool isHead = received.last().head.method == "HEAD";
                    socket->write("HTTP/1.1 " + answer + "Content-Length: " + (isHead ? "0" : "2") + "\r\nConnection: close\r\n\r\n" + (isHead ? "" : "ok"));
                    socket->disconnectFromHost();
                });
            }
        });
    }
    [[nodiscard]] quint16 port() const { return m_server.serverPort(); }
    QList<Received> received;

private:
    QTcpServer m_server;
    Answer m_answer;
};

// One request of a story: where to, and the Set-Cookie lines of its answer.
struct CookieStep
{
    QByteArray host;
    QByteArray target;
    QList<QByteArray> cookies;
};

} // namespace

// The curl program beside us, on the same server: cookies over several commands with a jar file, and redirects. Where we
// differ on purpose, the row says what each does.
class CurlStatePeerTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void cookies_data();
    void cookies();
    void curlReadsOurJarAndWeReadCurls();
    void redirects_data();
    void redirects();

private:
    [[nodiscard]] bool runCurl(const QStringList &words);
    // The same words, by our reader and our pipeline; -c is written as realmscope-cli writes it.
    [[nodiscard]] bool runOurs(const QStringList &words);
    [[nodiscard]] QStringList resolve(quint16 port) const;

    QString m_curl;
    QTemporaryDir m_dir;
    SystemClock m_clock;
    SystemRandom m_random;
    static constexpr auto hosts = {"example.com", "www.example.com", "api.example.com", "example.org", "example.co.uk",
                                   "shop.example.co.uk", "alice.github.io", "bob.github.io", "host.internal"};
};

void CurlStatePeerTest::initTestCase()
{
    m_curl = QStandardPaths::findExecutable(u"curl"_s);
    if (m_curl.isEmpty()) {
        qInfo("REALMSCOPE-TEST-SKIPPED, because there is no curl");
        QSKIP("there is no curl");
    }
}

bool CurlStatePeerTest::runCurl(const QStringList &words)
{
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    for (const char *name : {"http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"})
        environment.remove(QLatin1StringView(name));
    environment.insert(u"CURL_HOME"_s, m_dir.path()); // no .curlrc of the machine
    process.setProcessEnvironment(environment);
    QSignalSpy finished(&process, &QProcess::finished);
    process.start(m_curl, QStringList{u"-s"_s, u"-o"_s, u"/dev/null"_s} + words);
    return (!finished.isEmpty() || finished.wait(20'000)) && process.exitCode() == 0;
}

bool CurlStatePeerTest::runOurs(const QStringList &words)
{
    const Result<CurlCommand> command = parseCurl(words);
    if (!command || !command->warnings.isEmpty()) {
        qWarning() << (command ? command->warnings.join(u'\n') : command.error().message);
        return false;
    }
    RunJob job;
    job.spec = command->spec;
    job.literal = true;
    job.cookies = command->cookies;
    if (!command->schemeId.isEmpty()) {
        RunCredential credential;
        credential.profile.schemeId = command->schemeId;
        credential.profile.origins = QStringList{Url::parse(command->spec.url).value().origin().toString()};
        credential.values = command->values;
        job.credential = credential;
    }
    SocketTransport transport(m_clock);
    Runner runner(transport, m_clock, m_random);
    const std::unique_ptr<Run> run(runner.start(job));
    QSignalSpy finished(run.get(), &Run::finished);
    if (!finished.wait(20'000) || run->trace().error)
        return false;
    if (command->cookieJarFile.isEmpty())
        return true;
    QFile file(command->cookieJarFile);
    return file.open(QIODevice::WriteOnly) && file.write(toCookieFile(*command->cookies, m_clock.nowMs())) >= 0;
}

QStringList CurlStatePeerTest::resolve(quint16 port) const
{
    QStringList words;
    for (const char *host : hosts)
        words << u"--resolve"_s << u"%1:%2:127.0.0.1"_s.arg(QLatin1StringView(host)).arg(port);
    return words;
}

void CurlStatePeerTest::cookies_data()
{
    QTest::addColumn<QList<CookieStep>>("steps");
    QTest::addColumn<QByteArray>("curlSends"); // with the last step, in the order of the text; null: the same as we
    QTest::addColumn<QByteArray>("weSend");    // expected by RFC 6265bis
    const auto same = [](const char *what, const QList<CookieStep> &steps, const char *sent) {
        QTest::newRow(what) << steps << QByteArray() << QByteArray(sent);
    };
    const auto differs = [](const char *what, const QList<CookieStep> &steps, const char *curl, const char *we) {
        QTest::newRow(what) << steps << QByteArray(curl) << QByteArray(we);
    };
    same("kept and sent back", {{"www.example.com", "/", {"a=1"}}, {"www.example.com", "/", {}}}, "a=1");
    same("host only", {{"www.example.com", "/", {"a=1"}}, {"api.example.com", "/", {}}}, "");
    same("host only, not above", {{"www.example.com", "/", {"a=1"}}, {"example.com", "/", {}}}, "");
    same("domain", {{"www.example.com", "/", {"a=1; Domain=example.com"}}, {"api.example.com", "/", {}}}, "a=1");
    same("domain with a dot", {{"www.example.com", "/", {"a=1; Domain=.example.com"}}, {"example.com", "/", {}}}, "a=1");
    same("domain of another site", {{"www.example.com", "/", {"a=1; Domain=example.org"}}, {"example.org", "/", {}}}, "");
    same("domain below", {{"example.com", "/", {"a=1; Domain=www.example.com"}}, {"www.example.com", "/", {}}}, "");
    same("supercookie for com", {{"www.example.com", "/", {"a=1; Domain=com"}}, {"api.example.com", "/", {}}}, "");
    same("supercookie for co.uk", {{"shop.example.co.uk", "/", {"a=1; Domain=co.uk"}}, {"example.co.uk", "/", {}}}, "");
    same("supercookie for github.io", {{"alice.github.io", "/", {"a=1; Domain=github.io"}}, {"bob.github.io", "/", {}}}, "");
    same("below a public suffix", {{"shop.example.co.uk", "/", {"a=1; Domain=example.co.uk"}}, {"example.co.uk", "/", {}}}, "a=1");
    same("path", {{"www.example.com", "/", {"a=1; Path=/x"}}, {"www.example.com", "/x/y", {}}}, "a=1");
    same("path, elsewhere", {{"www.example.com", "/", {"a=1; Path=/x"}}, {"www.example.com", "/xy", {}}}, "");
    same("default path", {{"www.example.com", "/dir/page", {"a=1"}}, {"www.example.com", "/dir/other", {}}}, "a=1");
    same("default path, elsewhere", {{"www.example.com", "/dir/page", {"a=1"}}, {"www.example.com", "/other", {}}}, "");
    same("longer path first", {{"www.example.com", "/", {"a=1; Path=/", "b=2; Path=/x"}}, {"www.example.com", "/x", {}}}, "b=2; a=1");
    same("a new value", {{"www.example.com", "/", {"a=1"}}, {"www.example.com", "/", {"a=2"}}, {"www.example.com", "/", {}}}, "a=2");
    same("two paths, two cookies", {{"www.example.com", "/", {"a=1; Path=/", "a=2; Path=/x"}}, {"www.example.com", "/x", {}}}, "a=2; a=1");
    same("Max-Age=0 takes it away", {{"www.example.com", "/", {"a=1"}}, {"www.example.com", "/", {"a=; Max-Age=0"}}, {"www.example.com", "/", {}}}, "");
    same("Expires in the past takes it away",
         {{"www.example.com", "/", {"a=1"}}, {"www.example.com", "/", {"a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT"}}, {"www.example.com", "/", {}}}, "");
    same("negative Max-Age", {{"www.example.com", "/", {"a=1; Max-Age=-5"}}, {"www.example.com", "/", {}}}, "");
    same("Max-Age wins over Expires",
         {{"www.example.com", "/", {"a=1; Max-Age=600; Expires=Thu, 01 Jan 1970 00:00:00 GMT"}}, {"www.example.com", "/", {}}}, "a=1");
    same("Secure over http", {{"www.example.com", "/", {"a=1; Secure"}}, {"www.example.com", "/", {}}}, "");
    same("Secure on this computer", {{"127.0.0.1", "/", {"a=1; Secure"}}, {"127.0.0.1", "/", {}}}, "a=1");
    same("Secure on localhost", {{"localhost", "/", {"a=1; Secure"}}, {"localhost", "/", {}}}, "a=1");
    same("__Host- without what it asks for", {{"localhost", "/", {"__Host-a=1"}}, {"localhost", "/", {}}}, "");
    same("__Host-", {{"localhost", "/", {"__Host-a=1; Secure; Path=/"}}, {"localhost", "/", {}}}, "__Host-a=1");
    same("__Secure- without Secure", {{"localhost", "/", {"__Secure-a=1"}}, {"localhost", "/", {}}}, "");
    same("value with an equals sign", {{"www.example.com", "/", {"a=b=c=="}}, {"www.example.com", "/", {}}}, "a=b=c==");
    same("quotes stay", {{"www.example.com", "/", {"a=\"b c\""}}, {"www.example.com", "/", {}}}, "a=\"b c\"");
    same("empty value", {{"www.example.com", "/", {"a="}}, {"www.example.com", "/", {}}}, "a=");
    same("control character", {{"www.example.com", "/", {"a=b\x01"}}, {"www.example.com", "/", {}}}, "");
    same("HttpOnly goes over HTTP", {{"www.example.com", "/", {"a=1; HttpOnly"}}, {"www.example.com", "/", {}}}, "a=1");
    same("IP address", {{"127.0.0.1", "/", {"a=1"}}, {"127.0.0.1", "/", {}}}, "a=1");
    // RFC 6265bis section 5.7: SameSite=None asks for Secure. curl does not look at SameSite.
    differs("SameSite=None, not Secure", {{"www.example.com", "/", {"a=1; SameSite=None"}}, {"www.example.com", "/", {}}}, "a=1", "");
    // Section 5.6: an attribute value is not unquoted, so this Max-Age does not count and this Path is the default.
    differs("quoted Max-Age", {{"www.example.com", "/", {"a=1; Max-Age=\"0\""}}, {"www.example.com", "/", {}}}, "", "a=1");
    differs("quoted Path", {{"www.example.com", "/", {"a=1; Path=\"/x\""}}, {"www.example.com", "/", {}}}, "", "a=1");
    // Section 5.7: names are compared as they are. curl's are the same in any case.
    differs("other case, other cookie", {{"www.example.com", "/", {"a=1", "A=2"}}, {"www.example.com", "/", {}}}, "A=2", "a=1; A=2");
    // A suffix that is not on the list is public by its last rule "*"; so it is in browsers.
    same("unknown suffix", {{"host.internal", "/", {"a=1; Domain=internal"}}, {"host.internal", "/", {}}}, "");
}

void CurlStatePeerTest::cookies()
{
    QFETCH(QList<CookieStep>, steps);
    QFETCH(QByteArray, curlSends);
    QFETCH(QByteArray, weSend);
    const CookieStep *now = nullptr;
    StateServer server([&](const Received &) {
        QByteArray answer = "200 OK\r\n";
        for (const QByteArray &cookie : now->cookies)
            answer += "Set-Cookie: " + cookie + "\r\n";
        return answer;
    });
    const auto tell = [&](bool isCurl) -> QByteArray {
        const QString jar = m_dir.filePath(isCurl ? u"curl.jar"_s : u"our.jar"_s);
        QFile::remove(jar);
        for (const CookieStep &step : steps) {
            now = &step;
            const QStringList words = QStringList{u"-b"_s, jar, u"-c"_s, jar} + resolve(server.port())
                + QStringList{u"http://%1:%2%3"_s.arg(QString::fromLatin1(step.host)).arg(server.port()).arg(QString::fromLatin1(step.target))};
            const qsizetype before = server.received.size();
            if (!(isCurl ? runCurl(words) : runOurs(words)) || server.received.size() != before + 1)
                return "(failed)"_ba;
        }
        return server.received.last().header("Cookie");
    };
    const QByteArray byUs = tell(false);
    QCOMPARE(byUs, weSend);
    const QByteArray byCurl = tell(true);
    QCOMPARE(byCurl, curlSends.isNull() ? weSend : curlSends);
}

void CurlStatePeerTest::curlReadsOurJarAndWeReadCurls()
{
    StateServer server([](const Received &) {
        return "200 OK\r\nSet-Cookie: a=1; Path=/; Max-Age=600; HttpOnly\r\nSet-Cookie: b=2; Domain=example.com; Path=/\r\n"
               "Set-Cookie: longer=3; Path=/x\r\n"_ba;
    });
    const QString jar = m_dir.filePath(u"shared.jar"_s);
    const QStringList words = QStringList{u"-b"_s, jar, u"-c"_s, jar} + resolve(server.port())
        + QStringList{u"http://www.example.com:%1/x/y"_s.arg(server.port())};
    for (const bool curlFirst : {true, false}) {
        QFile::remove(jar);
        QVERIFY(curlFirst ? runCurl(words) : runOurs(words));
        QVERIFY(curlFirst ? runOurs(words) : runCurl(words));
        QList<QByteArray> pairs = server.received.last().header("Cookie").split(';');
        for (QByteArray &pair : pairs)
            pair = pair.trimmed();
        QCOMPARE(pairs.value(0), "longer=3"_ba); // the longer path first; curl sorts the rest by length, we by age
        std::ranges::sort(pairs);
        QCOMPARE(pairs, (QList<QByteArray>{"a=1", "b=2", "longer=3"}));
    }
}

void CurlStatePeerTest::redirects_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<QStringList>("words");
    QTest::addColumn<QByteArray>("location"); // {port} stands for the server's
    const auto kinds = QList<std::pair<const char *, QStringList>>{
        {"GET", {}},
        {"HEAD", {u"-I"_s}},
        {"POST", {u"-d"_s, u"a=b"_s}},
        {"POST --post301", {u"-d"_s, u"a=b"_s, u"--post301"_s}},
        {"POST --post302", {u"-d"_s, u"a=b"_s, u"--post302"_s}},
        {"POST --post303", {u"-d"_s, u"a=b"_s, u"--post303"_s}},
        {"-X POST", {u"-X"_s, u"POST"_s, u"-d"_s, u"a=b"_s}},
        {"-X PUT", {u"-X"_s, u"PUT"_s, u"-d"_s, u"a=b"_s}},
        {"-X DELETE", {u"-X"_s, u"DELETE"_s}},
    };
    for (const int status : {301, 302, 303, 307, 308}) {
        for (const auto &[name, words] : kinds)
            QTest::addRow("%d %s", status, name) << status << words << "/next"_ba;
    }
    const auto row = [](const char *what, const QStringList &words, const QByteArray &location) {
        QTest::newRow(what) << 302 << words << location;
    };
    const QStringList secrets{u"-u"_s, u"alice:pw"_s, u"-b"_s, u"mine=1"_s};
    row("same origin: the credential goes along", secrets, "/next");
    row("other host: it does not", secrets, "http://example.org:{port}/next");
    row("other host, trusted", secrets + QStringList{u"--location-trusted"_s}, "http://example.org:{port}/next");
    row("other host, own Authorization", {u"-H"_s, u"Authorization: Bearer t"_s}, "http://example.org:{port}/next");
    row("other host, own Cookie header", {u"-H"_s, u"Cookie: mine=1"_s}, "http://example.org:{port}/next");
    row("relative", {}, "next?x=1");
    row("dot segments", {}, "../a/./b/../c");
    row("query", {}, "?only=query");
    row("scheme-relative", {}, "//example.org:{port}/next");
    row("space inside", {}, "/a b");
    row("fragment is not sent", {}, "/next#part");
}

void CurlStatePeerTest::redirects()
{
    QFETCH(int, status);
    QFETCH(QStringList, words);
    QFETCH(QByteArray, location);
    quint16 port = 0;
    StateServer server([&](const Received &got) {
        if (got.head.target != "/first/page")
            return "200 OK\r\n"_ba;
        return QByteArray::number(status) + " Moved\r\nLocation: " + QByteArray(location).replace("{port}", QByteArray::number(port)) + "\r\n";
    });
    port = server.port();
    const QStringList all = QStringList{u"-L"_s} + words + resolve(server.port())
        + QStringList{u"http://www.example.com:%1/first/page"_s.arg(server.port())};
    QVERIFY(runCurl(all));
    QCOMPARE(server.received.size(), 2);
    const Received curl = server.received.last();
    QVERIFY(runOurs(all));
    QCOMPARE(server.received.size(), 4);
    const Received ours = server.received.last();
    QCOMPARE(ours.head.method, curl.head.method);
    QCOMPARE(ours.head.target, curl.head.target);
    if (words.contains(u"PUT"_s) && (status == 301 || status == 302)) {
        // To curl, -d is a POST whatever -X says, and loses its body; RFC 9110 section 15.4.2 allows that for POST alone.
        QCOMPARE(curl.body, QByteArray());
        QCOMPARE(ours.body, "a=b"_ba);
        return;
    }
    QCOMPARE(ours.body, curl.body);
    for (const char *name : {"Host", "Authorization", "Content-Type"})
        QCOMPARE(ours.header(name), curl.header(name));
    // Cookies of -b NAME=VALUE go wherever the redirect leads in curl; RFC 9110 section 15.4 wants them dropped.
    const bool isOnlyCurls = words.contains(u"mine=1"_s) && location.startsWith("http:") && !words.contains(u"--location-trusted"_s);
    QCOMPARE(curl.header("Cookie"), isOnlyCurls ? "mine=1"_ba : ours.header("Cookie"));
    if (isOnlyCurls)
        QCOMPARE(ours.header("Cookie"), QByteArray());
}

QTEST_GUILESS_MAIN(CurlStatePeerTest)
#include "tst_curl_state_peer.moc"
