// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
// 200 generated curl commands, run by us and by curl against a server that keeps what comes: what our trace says was
// sent is what came, byte for byte, and it differs from curl's only where the table of differences says so.
#include "app/auth/SchemeRegistry.h"
#include "app/base/Clock.h"
#include "app/base/Random.h"
#include "app/http/SocketTransport.h"
#include "app/interop/CurlCommand.h"
#include "app/runner/Runner.h"

#include <QtCore/QDir>
#include <QtCore/QProcess>
#include <QtCore/QRandomGenerator>
#include <QtCore/QRegularExpression>
#include <QtCore/QStandardPaths>
#include <QtCore/QTemporaryDir>
#include <QtNetwork/QTcpServer>
#include <QtNetwork/QTcpSocket>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include <algorithm>
#include <memory>
#include <utility>

using namespace Qt::StringLiterals;
using namespace realmscope;

namespace {

constexpr quint32 seed = 20261124; // another one by REALMSCOPE_DIFFERENTIAL_SEED
constexpr int commands = 200;

// Keeps every byte. Knows of HTTP only when to answer.
class RecordingServer : public QObject
{
    Q_OBJECT
public:
    RecordingServer()
    {
        connect(&m_server, &QTcpServer::newConnection, this, [this] {
            while (QTcpSocket *socket = m_server.nextPendingConnection()) {
                ++connections;
                connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
                connect(socket, &QTcpSocket::readyRead, this, [this, socket] {
                    received += socket->readAll();
                    answer(socket);
                });
            }
        });
        if (!m_server.listen(QHostAddress::LocalHost))
            qFatal("can't listen on the loopback");
    }
    [[nodiscard]] quint16 port() const { return m_server.serverPort(); }
    void clear()
    {
        received.clear();
        connections = 0;
        m_continued = m_answered = false;
    }

    QByteArray received;
    int connections = 0;

private:
    void answer(QTcpSocket *socket)
    {
        const qsizetype end = received.indexOf("\r\n\r\n");
        if (end < 0 || m_answered)
            return;
        const QByteArray head = received.first(end + 2).toLower();
        if (!m_continued && head.contains("\r\nexpect: 100-continue\r\n")) {
            m_continued = true;
            socket->write("HTTP/1.1 100 Continue\r\n\r\n");
        }
        static const QRegularExpression length(u"\\r\\ncontent-length: *(\\d+)\\r\\n"_s);
        const auto match = length.match(QString::fromLatin1(head));
        const bool isWhole = head.contains("\r\ntransfer-encoding: chunked\r\n")
            ? received.endsWith("\r\n0\r\n\r\n")
            : received.size() >= end + 4 + (match.hasMatch() ? match.captured(1).toLongLong() : 0);
        if (!isWhole)
            return;
        m_answered = true;
        socket->write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        socket->disconnectFromHost();
    }

    QTcpServer m_server;
    bool m_continued = false;
    bool m_answered = false;
};

// A request as it came: start line, header lines, body.
struct Message
{
    QByteArray line;
    QList<QByteArray> fields;
    QByteArray body;
    bool operator==(const Message &) const = default;

    static Message of(const QByteArray &raw)
    {
        const qsizetype end = raw.indexOf("\r\n\r\n");
        Message out;
        for (const QString &text : QString::fromLatin1(raw.first(std::max<qsizetype>(end, 0))).split(u"\r\n"_s))
            out.fields << text.toLatin1();
        out.line = out.fields.takeFirst();
        out.body = raw.sliced(end + 4);
        return out;
    }
    [[nodiscard]] QByteArray text() const { return line + '\n' + fields.join('\n') + "\n\n" + body; }
    [[nodiscard]] bool has(const QByteArray &name) const
    {
        return std::ranges::any_of(fields, [&name](const QByteArray &field) { return field.toLower().startsWith(name + ':'); });
    }
    void replaceField(const QByteArray &name, const QByteArray &with)
    {
        for (QByteArray &field : fields) {
            if (field.toLower().startsWith(name.toLower() + ':'))
                field = with;
        }
    }
};

// Where we differ from curl on purpose. `level` takes the difference out of both; one that never shows is no
// difference any more, and the test says so.
struct Difference
{
    const char *name;
    const char *why;
    void (*level)(Message &ours, Message &curls);
    int seen = 0;
};

QByteArray nameOf(const QByteArray &field) { return field.first(std::max<qsizetype>(field.indexOf(':'), 0)).toLower(); }

std::vector<Difference> differences()
{
    return {
        {"user agent", "each names itself (RFC 9110 section 10.1.5)",
         [](Message &ours, Message &curls) {
             const auto isOwn = [](const QByteArray &field) { return field.startsWith("User-Agent: Realmscope/") || field.startsWith("User-Agent: curl/"); };
             for (Message *message : {&ours, &curls}) {
                 for (QByteArray &field : message->fields) {
                     if (isOwn(field))
                         field = "User-Agent: (own)";
                 }
             }
         }},
        {"codings asked for", "both ask for all that they can undo; ours in our order of preference (RFC 9110 section 12.5.3)",
         [](Message &ours, Message &curls) {
             for (Message *message : {&ours, &curls}) {
                 for (QByteArray &field : message->fields) {
                     if (!field.startsWith("Accept-Encoding: "))
                         continue;
                     QList<QByteArray> codings = field.sliced(17).split(',');
                     for (QByteArray &coding : codings)
                         coding = coding.trimmed();
                     std::ranges::sort(codings);
                     field = "Accept-Encoding: " + codings.join(", ");
                 }
             }
         }},
        {"boundary", "a boundary is random (RFC 2046 section 5.1.1)",
         [](Message &ours, Message &curls) {
             static const QRegularExpression boundary(u"boundary=(-+[0-9A-Za-z]+)"_s);
             for (Message *message : {&ours, &curls}) {
                 const auto match = boundary.match(QString::fromLatin1(message->fields.join('\n')));
                 if (!match.hasMatch())
                     continue;
                 const QByteArray word = match.captured(1).toLatin1();
                 const qsizetype before = message->body.size();
                 for (QByteArray &field : message->fields)
                     field.replace(word, "BOUNDARY");
                 message->body.replace(word, "BOUNDARY");
                 // Its length is counted in Content-Length; that this is right is looked at apart.
                 message->replaceField("content-length", "Content-Length: " + QByteArray::number(before == 0 ? 0 : message->body.size()));
             }
         }},
        {"percent coding", "bytes beyond ASCII are percent-encoded in capitals, in the query too (RFC 3986 sections 2.1 and 3.4); curl writes small letters, and leaves them as they are in a query",
         [](Message &, Message &curls) {
             QByteArray line;
             for (qsizetype i = 0; i < curls.line.size(); ++i) {
                 const auto c = static_cast<unsigned char>(curls.line.at(i));
                 const QByteArray three = curls.line.mid(i, 3);
                 if (c >= 0x80) {
                     line += '%' + QByteArray(1, char(c)).toHex().toUpper();
                 } else if (c == '%' && three.size() == 3 && QByteArrayView("89abcdef").contains(three.at(1))) { // those of the user begin with 0 to 7
                     line += three.toUpper();
                     i += 2;
                 } else {
                     line += curls.line.at(i);
                 }
             }
             curls.line = line;
         }},
        {"white space behind the colon", "the user's own is no part of the value (RFC 9112 section 5.1); ours is always one space",
         [](Message &, Message &curls) {
             for (QByteArray &field : curls.fields) {
                 const qsizetype colon = field.indexOf(':');
                 if (colon > 0 && colon + 1 < field.size() && field.at(colon + 1) != ' ')
                     field.insert(colon + 1, ' ');
             }
         }},
        {"spelling and number of Host", "what the user wrote is sent, a second one too: seeing what a server does with it is what such a tool is for; curl writes one Host",
         [](Message &ours, Message &) {
             bool isFirst = true;
             for (qsizetype i = 0; i < ours.fields.size();) {
                 if (!ours.fields.at(i).toLower().startsWith("host:")) {
                     ++i;
                 } else if (std::exchange(isFirst, false)) {
                     ours.fields[i] = "Host" + ours.fields.at(i).sliced(4);
                     ++i;
                 } else {
                     ours.fields.removeAt(i);
                 }
             }
         }},
        {"Expect", "for -T curl asks before it sends; that is the client's choice (RFC 9110 section 10.1.1)",
         [](Message &, Message &curls) { curls.fields.removeAll("Expect: 100-continue"); }},
        {"Range with a body", "-r is a Range; with a body curl makes a Content-Range of it, which asks for nothing, or leaves it out (RFC 9110 sections 14.2 and 14.4)",
         [](Message &ours, Message &curls) {
             for (QByteArray &field : curls.fields) {
                 if (field.startsWith("Content-Range: bytes 0-9,20-/"))
                     field = "Range: bytes=0-9,20-";
             }
             if (!curls.has("range") && !curls.body.isEmpty())
                 ours.fields.removeAll("Range: bytes=0-9,20-");
         }},
        {"Content-Length: 0", "a method that expects content says that there is none (RFC 9110 section 8.6)",
         [](Message &ours, Message &curls) {
             if (ours.body.isEmpty() && curls.body.isEmpty() && !curls.has("content-length"))
                 ours.fields.removeAll("Content-Length: 0");
         }},
        {"chunked", "a body in memory is sent with its length, also where chunks were asked for; curl sends chunks (RFC 9112 section 6.3)",
         [](Message &ours, Message &curls) {
             if (ours.has("transfer-encoding") || !curls.has("transfer-encoding"))
                 return;
             QByteArray body;
             for (qsizetype at = 0; at < curls.body.size();) {
                 const qsizetype end = curls.body.indexOf("\r\n", at);
                 const qsizetype size = curls.body.mid(at, end - at).toLongLong(nullptr, 16);
                 body += curls.body.mid(end + 2, size);
                 at = end + 2 + size + 2;
             }
             curls.body = body;
             curls.fields.removeAll("Transfer-Encoding: chunked");
             curls.fields << "Content-Length: " + QByteArray::number(body.size());
         }},
        {"order", "the order of fields of different names means nothing (RFC 9110 section 5.3); ours are as the user wrote them, behind Host",
         [](Message &ours, Message &curls) {
             for (Message *message : {&ours, &curls})
                 std::ranges::stable_sort(message->fields, {}, nameOf);
         }},
    };
}

// Generated curl words. Each choice is one number, so that the same seed gives the same commands everywhere.
class Generator
{
public:
    explicit Generator(quint32 from) : m_random(from) {}

    QStringList next()
    {
        QStringList words;
        const QString method = pick({u""_s, u""_s, u""_s, u"GET"_s, u"POST"_s, u"PUT"_s, u"PATCH"_s, u"DELETE"_s, u"OPTIONS"_s, u"TRACE"_s, u"PROPFIND"_s,
                                     u"M-SEARCH"_s, u"get"_s, u"BREW"_s, u"!#$%&'*+-.^_`|~09"_s});
        if (!method.isEmpty())
            words << u"-X"_s << method;
        addHeaders(words);
        addCredential(words);
        addBody(words);
        addOthers(words);
        const QString path = pick({u""_s, u"/"_s, u"/a"_s, u"/a/"_s, u"/a/../b"_s, u"/a/./b/."_s, u"/../../x"_s, u"/a/b/.."_s, u"/a//b///c"_s, u"/%41%2f%2F%7e"_s,
                                   u"/a%2e%2e/b"_s, u"/%2e%2e/b"_s, u"/a%20b"_s, u"/100%"_s, u"/%zz"_s, u"/é/ü"_s, u"/日本"_s, u"/;v=1;w/x"_s, u"/a:b@c"_s,
                                   u"/a,b!c$d&e'f(g)h*i+j=k"_s, u"/a|b^c`d"_s, u"/a\"b"_s, u"/a\\b"_s, u"/<x>"_s, u"/~user"_s, u"/A/b/C"_s, u"/"_s + u"long/"_s.repeated(200)});
        const QString query = pick({u""_s, u""_s, u""_s, u"?"_s, u"?a=b"_s, u"?a=b&a=c&&d"_s, u"?a=b?c=d"_s, u"?q=a+b%20c"_s, u"?é=ü"_s, u"?/../x"_s,
                                    u"?a='b'\"c\""_s, u"?a#frag"_s, u"#frag"_s, u"?%"_s, u"?a=%00"_s});
        words << u"--globoff"_s << u"http://127.0.0.1:PORT"_s + path + query;
        return words;
    }

private:
    QString pick(const QStringList &from) { return from.at(qsizetype(m_random.bounded(quint32(from.size())))); }
    bool oneIn(quint32 n) { return m_random.bounded(n) == 0; }

    void addHeaders(QStringList &words)
    {
        const quint32 count = m_random.bounded(5);
        for (quint32 i = 0; i < count; ++i)
            words << u"-H"_s
                  << pick({u"X-A: 1"_s, u"x-a: 2"_s, u"X-A: 3"_s, u"X-LOUD: LOUD"_s, u"x-Odd_Name.~: v"_s, u"X-Empty;"_s, u"X-Spaces:   a  b  "_s, u"X-Tab: a\tb"_s,
                           u"X-None:no space"_s, u"X-Utf8: é日本"_s, u"X-Quotes: \"a\\\"b\", 'c'"_s, u"X-Colon: a:b:c"_s, u"Accept: text/plain, */*;q=0.1"_s,
                           u"accept: application/json"_s, u"Accept:"_s, u"User-Agent:"_s, u"User-Agent: own/1"_s, u"Host: other.example"_s, u"host: OTHER.example:81"_s,
                           u"Cookie: a=1; b=\"2\""_s, u"Connection: close"_s, u"Cache-Control: no-cache, no-store"_s, u"If-None-Match: W/\"x\""_s, u"X-Long: "_s + QString(2000, u'x')});
    }

    void addCredential(QStringList &words)
    {
        switch (m_random.bounded(8)) {
        case 0:
            words << u"-u"_s << pick({u"alice:pw"_s, u"alice:"_s, u":pw"_s, u"alice:p:w:x"_s, u"älice:pässword"_s, u"a b:c d"_s});
            break;
        case 1:
            words << u"--oauth2-bearer"_s << pick({u"token"_s, u"a.b-c_d~e/f+g=="_s});
            break;
        case 2:
            words << u"-H"_s << pick({u"Authorization: Custom a=b, c=\"d\""_s, u"authorization: Bearer x"_s});
            break;
        default:
            break;
        }
    }

    void addBody(QStringList &words)
    {
        switch (m_random.bounded(16)) {
        case 0:
            words << u"-d"_s << pick({u"a=b"_s, u"a=b c&d=é"_s, u""_s, u"x"_s.repeated(2000)});
            break;
        case 1:
            words << u"-d"_s << u"a=1"_s << u"-d"_s << u"b=2"_s;
            break;
        case 2:
            words << u"--data-raw"_s << pick({u"@not-a-file"_s, u"line\r\nline"_s, u"{\"a\": \"é\"}"_s});
            break;
        case 3:
            words << u"--data-binary"_s << pick({u"@bytes.bin"_s, u"@empty"_s, u"@text.txt"_s});
            break;
        case 4:
            words << u"-d"_s << u"@text.txt"_s;
            break;
        case 5:
            words << u"--data-urlencode"_s << pick({u"a=b c&d"_s, u"=é/?"_s, u"name@text.txt"_s, u"plain~_.-"_s});
            break;
        case 6:
            words << u"--json"_s << pick({u"{\"a\":1}"_s, u"[]"_s});
            break;
        case 7:
            words << u"-F"_s << u"a=b"_s << u"-F"_s << pick({u"f=@bytes.bin"_s, u"f=@text.txt;type=text/x-y"_s, u"t=<text.txt"_s, u"q\"uote=é"_s});
            break;
        case 8:
            words << u"-T"_s << pick({u"text.txt"_s, u"bytes.bin"_s, u"empty"_s});
            break;
        case 9:
            words << u"-H"_s << u"Content-Type: application/x-odd; a=b"_s << u"-d"_s << u"typed"_s;
            break;
        case 10:
            words << u"-H"_s << u"Content-Type:"_s << u"-d"_s << u"untyped"_s;
            break;
        case 11:
            words << u"-H"_s << u"Transfer-Encoding: chunked"_s << u"-d"_s << pick({u"chunked body"_s, u"x"_s.repeated(300)});
            break;
        case 12:
            words << u"-G"_s << u"-d"_s << u"g=1"_s << u"--data-urlencode"_s << u"h=é &"_s;
            break;
        default:
            break;
        }
    }

    void addOthers(QStringList &words)
    {
        if (oneIn(8))
            words << u"--compressed"_s;
        if (oneIn(8))
            words << u"-A"_s << pick({u"me/1"_s, u""_s});
        if (oneIn(10))
            words << u"-e"_s << u"http://referrer.example/a?b"_s;
        if (oneIn(10))
            words << u"-b"_s << u"a=1; b=2"_s;
        if (oneIn(12))
            words << u"-r"_s << u"0-9,20-"_s;
        if (oneIn(6))
            words << u"--path-as-is"_s;
        if (oneIn(12))
            words << u"--http1.0"_s;
        if (oneIn(16))
            words << u"-I"_s;
    }

    QRandomGenerator m_random;
};

} // namespace

class TestDifferential : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void whatIsShownIsWhatWasSent();

private:
    [[nodiscard]] int runCurl(const QStringList &words);

    QString m_curl;
    QTemporaryDir m_dir;
    SystemClock m_clock;
    SystemRandom m_random;
};

void TestDifferential::initTestCase()
{
    m_curl = QStandardPaths::findExecutable(u"curl"_s);
    if (m_curl.isEmpty()) {
        qInfo("REALMSCOPE-TEST-SKIPPED, because there is no curl");
        QSKIP("there is no curl");
    }
    const auto write = [&](const QString &name, const QByteArray &bytes) {
        QFile file(m_dir.filePath(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(bytes), bytes.size());
    };
    QByteArray bytes;
    for (int i = 0; i < 700; ++i)
        bytes += char(i * 7);
    write(u"bytes.bin"_s, bytes);
    write(u"text.txt"_s, "one\r\ntwo=2 &\n");
    write(u"empty"_s, {});
    QVERIFY(QDir::setCurrent(m_dir.path()));
}

int TestDifferential::runCurl(const QStringList &words)
{
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    for (const char *name : {"http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"})
        environment.remove(QLatin1StringView(name));
    environment.insert(u"CURL_HOME"_s, m_dir.path()); // no .curlrc of the machine
    process.setProcessEnvironment(environment);
    process.setStandardOutputFile(QProcess::nullDevice());
    QSignalSpy finished(&process, &QProcess::finished);
    process.start(m_curl, QStringList{u"-sS"_s, u"-m"_s, u"10"_s} + words);
    return !finished.isEmpty() || finished.wait(20'000) ? process.exitCode() : -1;
}

void TestDifferential::whatIsShownIsWhatWasSent()
{
    const QByteArray chosen = qgetenv("REALMSCOPE_DIFFERENTIAL_SEED");
    const quint32 from = chosen.isEmpty() ? seed : chosen.toUInt();
    qInfo("seed %u", from);
    Generator generator(from);
    RecordingServer server;
    std::vector<Difference> known = differences();
    SocketTransport transport(m_clock);
    Runner runner(transport, m_clock, m_random);
    int sent = 0;
    int wrong = 0;
    const auto differs = [&wrong](const QString &text) {
        ++wrong;
        qWarning("%s", qPrintable(text));
    };
    for (int i = 0; sent < commands; ++i) {
        QVERIFY2(i < 2 * commands, "curl refuses most of what is generated");
        QStringList words = generator.next();
        words.replaceInStrings(u"PORT"_s, QString::number(server.port()));
        const QString shown = u"%1: curl %2"_s.arg(i).arg(words.join(u' '));

        server.clear();
        const int status = runCurl(words);
        const QByteArray curls = server.received;
        if (status == 2 || status == 3 || status == 43) // curl does not take the command or the URL
            continue;
        QVERIFY2(status == 0 && !curls.isEmpty(), qPrintable(shown));
        ++sent;

        const Result<CurlCommand> command = parseCurl(words);
        QVERIFY2(command, qPrintable(shown));
        RunJob job;
        job.spec = command->spec;
        job.literal = true;
        if (!command->schemeId.isEmpty()) {
            RunCredential credential;
            credential.profile.schemeId = command->schemeId;
            credential.profile.fields = command->values.texts();
            credential.profile.secretFields = command->values.secrets().keys();
            credential.profile.origins = QStringList{u"http://127.0.0.1:%1"_s.arg(server.port())};
            credential.values = command->values;
            for (const SchemeField &field : findScheme(command->schemeId)->fields()) {
                if (field.kind != FieldKind::Secret && credential.values.text(field.id).isEmpty())
                    credential.values.setText(field.id, field.defaultValue);
            }
            job.credential = credential;
        }
        server.clear();
        const std::unique_ptr<Run> run(runner.start(job));
        QSignalSpy finished(run.get(), &Run::finished);
        QVERIFY2(finished.wait(20'000), qPrintable(shown));
        const Trace trace = finished.first().first().value<Trace>();
        if (trace.error) {
            differs(shown + u"\n  "_s + trace.error->message);
            continue;
        }
        QByteArray claimed;
        for (const Exchange &exchange : trace.exchanges) {
            QVERIFY2(!exchange.error, qPrintable(shown + (exchange.error ? exchange.error->message : QString())));
            claimed += exchange.rawRequest.all();
        }
        // The promise: what is shown is what was sent.
        QVERIFY2(claimed == server.received, qPrintable(shown));
        QCOMPARE(server.connections, int(trace.exchanges.size()));
        for (const HeaderField &field : trace.exchanges.constFirst().request.headers) {
            QCOMPARE(claimed.mid(field.nameRange.begin, field.nameRange.size()), field.name);
            QCOMPARE(claimed.mid(field.valueRange.begin, field.valueRange.size()), field.value);
        }
        // What is counted is right.
        const Headers &headers = trace.exchanges.constFirst().request.headers;
        if (headers.contains("Content-Length"))
            QCOMPARE(claimed.size() - claimed.indexOf("\r\n\r\n") - 4, headers.value("Content-Length").toLongLong());

        Message ours = Message::of(claimed);
        Message theirs = Message::of(curls);
        for (Difference &difference : known) {
            const Message oursBefore = ours;
            const Message theirsBefore = theirs;
            difference.level(ours, theirs);
            if (oursBefore.text() != theirsBefore.text() && (oursBefore.text() != ours.text() || theirsBefore.text() != theirs.text()))
                ++difference.seen;
        }
        if (!(ours == theirs))
            differs(u"%1\n--- ours\n%2\n--- curl's\n%3\n"_s.arg(shown, QString::fromLatin1(ours.text()), QString::fromLatin1(theirs.text())));
    }
    for (const Difference &difference : known)
        qInfo("%4d of %d: %s: %s", difference.seen, sent, difference.name, difference.why);
    QCOMPARE(wrong, 0);
    QCOMPARE(sent, commands);
    for (const Difference &difference : known)
        QVERIFY2(difference.seen > 0, difference.name);
}

QTEST_GUILESS_MAIN(TestDifferential)
#include "tst_differential.moc"
