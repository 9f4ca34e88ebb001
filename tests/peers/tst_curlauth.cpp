// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
// curl commands with a credential, run by curl and by realmscope-cli against the same server, which asks as servers do and keeps
// what comes: the same requests, in the same order, on the same connections. What is random (cnonce, NTLM's challenge) is taken out
// after it was checked; what differs on purpose stands in `differences` with its reason, and one that never shows fails the test.
#include "tests/http/Certificates.h"

#include <QtCore/QCryptographicHash>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QProcess>
#include <QtCore/QRegularExpression>
#include <QtCore/QStandardPaths>
#include <QtCore/QTemporaryDir>
#include <QtNetwork/QSslConfiguration>
#include <QtNetwork/QSslKey>
#include <QtNetwork/QSslServer>
#include <QtNetwork/QSslSocket>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include <algorithm>
#include <memory>

using namespace Qt::StringLiterals;

namespace {

constexpr auto user = "alice";
constexpr auto password = "Opal-73-river";

struct Request
{
    int connection = 0; // the how-manieth of the server
    QByteArray line;
    QList<QByteArray> fields;
    QByteArray body;

    [[nodiscard]] QByteArray value(const QByteArray &name) const
    {
        for (const QByteArray &field : fields) {
            if (field.toLower().startsWith(name + ':'))
                return field.mid(name.size() + 1).trimmed();
        }
        return {};
    }
    void set(const QByteArray &name, const QByteArray &value)
    {
        for (QByteArray &field : fields) {
            if (field.toLower().startsWith(name + ':'))
                field = field.first(name.size() + 1) + ' ' + value;
        }
    }
    [[nodiscard]] QByteArray text() const { return '[' + QByteArray::number(connection) + "] " + line + '\n' + fields.join('\n') + "\n\n" + body + '\n'; }
};

// Answers to a request: the status line and header lines.
using Script = QByteArray (*)(const Request &request, int seen);

QByteArray answer(const char *status, const QByteArray &fields = {}) { return "HTTP/1.1 " + QByteArray(status) + "\r\n" + fields; }
QByteArray refuse(const QByteArray &challenges)
{
    QByteArray fields;
    for (const QByteArray &challenge : challenges.split('\n'))
        fields += "WWW-Authenticate: " + challenge + "\r\n";
    return answer("401 Unauthorized", fields);
}
QByteArray proxyRefuse(const QByteArray &challenges) { return refuse(challenges).replace("WWW-", "Proxy-").replace("401 Unauthorized", "407 Proxy Authentication Required"); }

// MS-NLMP section 2.2.1.2: a challenge with Unicode, NTLM, always sign, extended session security and target information.
QByteArray ntlmChallenge()
{
    const auto number = [](quint32 value, int bytes) {
        QByteArray out;
        for (int i = 0; i < bytes; ++i)
            out += char(value >> 8 * i & 0xff);
        return out;
    };
    const QByteArray name = QByteArray::fromHex("4c0041004200"); // LAB
    const QByteArray pairs = number(2, 2) + number(quint32(name.size()), 2) + name + number(1, 2) + number(quint32(name.size()), 2) + name + number(0, 4);
    const QByteArray head = QByteArray("NTLMSSP\0", 8) + number(2, 4) + number(quint32(name.size()), 2) + number(quint32(name.size()), 2) + number(48, 4)
        + number(0x00898205, 4) + QByteArray::fromHex("0123456789abcdef") + QByteArray(8, '\0') + number(quint32(pairs.size()), 2)
        + number(quint32(pairs.size()), 2) + number(quint32(48 + name.size()), 4);
    return (head + name + pairs).toBase64();
}

bool isNtlm(const QByteArray &value, int type)
{
    const QByteArray message = QByteArray::fromBase64(value.mid(5));
    return value.startsWith("NTLM ") && message.startsWith("NTLMSSP") && message.size() > 8 && message.at(8) == char(type);
}

constexpr auto digestMd5 = R"(Digest realm="r", nonce="n1", qop="auth")";
constexpr auto digestSha = R"(Digest realm="r", nonce="n1", qop="auth", algorithm=SHA-256, opaque="o")";

// A server of a name: what it asks for and when it is content.
struct Server
{
    const char *name;
    Script script;
};
const Server servers[] = {
    {"open", [](const Request &, int) { return answer("200 OK"); }},
    {"basic", [](const Request &r, int) { return r.value("authorization").startsWith("Basic ") ? answer("200 OK") : refuse("Basic realm=\"r\""); }},
    {"no basic", [](const Request &, int) { return refuse("Basic realm=\"r\""); }},
    {"digest", [](const Request &r, int) { return r.value("authorization").startsWith("Digest ") ? answer("200 OK") : refuse(digestMd5); }},
    {"digest sha", [](const Request &r, int) { return r.value("authorization").startsWith("Digest ") ? answer("200 OK") : refuse(digestSha); }},
    {"digest old", [](const Request &r, int) { return r.value("authorization").startsWith("Digest ") ? answer("200 OK") : refuse(R"(Digest realm="r", nonce="n1")"); }},
    {"digest stale", [](const Request &r, int) {
         if (!r.value("authorization").startsWith("Digest "))
             return refuse(digestMd5);
         return r.value("authorization").contains("\"n2\"") ? answer("200 OK") : refuse(R"(Digest realm="r", nonce="n2", qop="auth", stale=true)");
     }},
    {"no digest", [](const Request &, int) { return refuse(digestMd5); }},
    {"digest asks at once for basic", [](const Request &r, int) { return r.value("authorization").startsWith("Basic ") ? answer("200 OK") : refuse("Basic realm=\"r\""); }},
    {"ntlm", [](const Request &r, int) {
         const QByteArray value = r.value("authorization");
         return isNtlm(value, 3) ? answer("200 OK") : refuse(isNtlm(value, 1) ? "NTLM " + ntlmChallenge() : "NTLM"_ba);
     }},
    {"no ntlm", [](const Request &r, int) { return refuse(isNtlm(r.value("authorization"), 1) ? "NTLM " + ntlmChallenge() : "NTLM"_ba); }},
    {"negotiate", [](const Request &, int) { return refuse("Negotiate"); }},
    {"many", [](const Request &r, int) {
         return r.value("authorization").startsWith("Digest ") ? answer("200 OK") : refuse("Basic realm=\"r\"\n" + QByteArray(digestMd5));
     }},
    {"basic and ntlm", [](const Request &r, int) {
         const QByteArray value = r.value("authorization");
         return isNtlm(value, 3) ? answer("200 OK") : refuse(isNtlm(value, 1) ? "NTLM " + ntlmChallenge() : "NTLM\nBasic realm=\"r\""_ba);
     }},
    {"proxy basic", [](const Request &r, int) { return r.value("proxy-authorization").startsWith("Basic ") || r.line.startsWith("GET /") ? answer("200 OK") : proxyRefuse("Basic realm=\"p\""); }},
    {"proxy digest", [](const Request &r, int) { return r.value("proxy-authorization").startsWith("Digest ") || r.line.startsWith("GET /") ? answer("200 OK") : proxyRefuse(R"(Digest realm="p", nonce="p1", qop="auth")"); }},
    {"proxy ntlm", [](const Request &r, int) {
         const QByteArray value = r.value("proxy-authorization");
         return isNtlm(value, 3) || value.isEmpty() ? answer("200 OK") : proxyRefuse(isNtlm(value, 1) ? "NTLM " + ntlmChallenge() : "NTLM"_ba);
     }},
    {"both", [](const Request &r, int) {
         if (!r.value("proxy-authorization").startsWith("Digest "))
             return proxyRefuse(R"(Digest realm="p", nonce="p1", qop="auth")");
         return r.value("authorization").startsWith("Digest ") ? answer("200 OK") : refuse(digestMd5);
     }},
};

// Keeps every request. With a certificate it speaks TLS and asks for one of the client.
class AuthServer : public QObject
{
    Q_OBJECT
public:
    explicit AuthServer(Script script, const QSslConfiguration *tls = nullptr) : m_script(script), m_server(tls ? new QSslServer(this) : new QTcpServer(this))
    {
        if (tls)
            static_cast<QSslServer *>(m_server)->setSslConfiguration(*tls);
        connect(m_server, &QTcpServer::pendingConnectionAvailable, this, [this] {
            while (QTcpSocket *socket = m_server->nextPendingConnection()) {
                const int number = ++m_connections;
                connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
                auto bytes = std::make_shared<QByteArray>();
                connect(socket, &QTcpSocket::readyRead, this, [this, socket, number, bytes] {
                    *bytes += socket->readAll();
                    while (takeOne(*bytes, number, socket))
                        ;
                });
                if (socket->bytesAvailable() > 0)
                    Q_EMIT socket->readyRead();
            }
        });
        if (!m_server->listen(QHostAddress::LocalHost))
            qFatal("can't listen on the loopback");
    }
    [[nodiscard]] quint16 port() const { return m_server->serverPort(); }
    void clear()
    {
        requests.clear();
        m_connections = 0;
    }

    QList<Request> requests;

private:
    bool takeOne(QByteArray &bytes, int number, QTcpSocket *socket)
    {
        const qsizetype end = bytes.indexOf("\r\n\r\n");
        if (end < 0)
            return false;
        Request request;
        request.connection = number;
        for (const QByteArray &line : bytes.first(end).split('\n'))
            request.fields << (line.endsWith('\r') ? line.chopped(1) : line);
        request.line = request.fields.takeFirst();
        const qsizetype length = request.value("content-length").toLongLong();
        if (bytes.size() < end + 4 + length)
            return false;
        request.body = bytes.mid(end + 4, length);
        bytes.remove(0, end + 4 + length);
        if (auto *tls = qobject_cast<QSslSocket *>(socket))
            request.fields << "(client certificate: " + tls->peerCertificate().subjectInfo(QSslCertificate::CommonName).join(u' ').toUtf8() + ')';
        const QByteArray said = m_script(request, int(requests.size()));
        requests << request;
        const bool isTunnel = request.line.startsWith("CONNECT ") && said.startsWith("HTTP/1.1 200");
        socket->write(said + (isTunnel ? "\r\n" : request.line.startsWith("HEAD") ? "Content-Length: 3\r\n\r\n" : "Content-Length: 3\r\n\r\nok\n"));
        return true;
    }

    Script m_script;
    QTcpServer *m_server;
    int m_connections = 0;
};

QByteArray hex(QCryptographicHash::Algorithm algorithm, const QByteArray &text) { return QCryptographicHash::hash(text, algorithm).toHex(); }

QMap<QByteArray, QByteArray> parametersOf(const QByteArray &value)
{
    QMap<QByteArray, QByteArray> out;
    static const QRegularExpression parameter(u"([a-z]+)=(?:\"([^\"]*)\"|([^\\s,]+))"_s);
    for (auto it = parameter.globalMatch(QString::fromLatin1(value.mid(value.indexOf(' ')))); it.hasNext();) {
        const auto match = it.next();
        out.insert(match.captured(1).toLatin1(), (match.captured(2).isEmpty() ? match.captured(3) : match.captured(2)).toLatin1());
    }
    return out;
}

// RFC 7616 section 3.4: the answer recomputed here, then what is random is taken out. Parameters in the order of their names.
QByteArray levelDigest(const Request &request, const QByteArray &value)
{
    QMap<QByteArray, QByteArray> has = parametersOf(value);
    const auto algorithm = has.value("algorithm").startsWith("SHA-256") ? QCryptographicHash::Sha256 : QCryptographicHash::Md5;
    const QByteArray a1 = hex(algorithm, has.value("username") + ':' + has.value("realm") + ':' + password);
    const QByteArray a2 = hex(algorithm, request.line.split(' ').first() + ':' + has.value("uri"));
    const QByteArray middle = has.contains("qop") ? has.value("nonce") + ':' + has.value("nc") + ':' + has.value("cnonce") + ':' + has.value("qop") : has.value("nonce");
    has.insert("response", has.value("response") == hex(algorithm, a1 + ':' + middle + ':' + a2) ? "right" : "WRONG");
    if (has.contains("cnonce"))
        has.insert("cnonce", has.value("cnonce").isEmpty() ? "EMPTY" : "random");
    QByteArray out = "Digest";
    for (const auto &[name, text] : has.asKeyValueRange())
        out += ' ' + name + '=' + text;
    return out;
}

// MS-NLMP sections 2.2.1.1 and 2.2.1.3: what says who comes; the rest hangs on random bytes and on the time.
QByteArray levelNtlm(const QByteArray &value)
{
    const QByteArray message = QByteArray::fromBase64(value.mid(5));
    const auto number = [&message](qsizetype at, int bytes) {
        quint32 out = 0;
        for (int i = bytes - 1; i >= 0 && at + i < message.size(); --i)
            out = out << 8 | static_cast<unsigned char>(message.at(at + i));
        return out;
    };
    const auto text = [&](qsizetype at) {
        const QByteArray bytes = message.mid(number(at + 4, 4), number(at, 2));
        QByteArray plain;
        for (const char c : bytes)
            plain += c == 0 ? QByteArray() : QByteArray(1, c); // UTF-16 of ASCII, or bytes
        return plain;
    };
    if (number(8, 4) == 1)
        return "NTLM negotiate";
    return "NTLM authenticate domain=" + text(28) + " user=" + text(36) + (number(20, 2) > 24 ? " v2" : " v1");
}

void level(QList<Request> &requests)
{
    for (Request &request : requests) {
        for (const QByteArray &name : {"authorization"_ba, "proxy-authorization"_ba}) {
            const QByteArray value = request.value(name);
            if (value.startsWith("Digest "))
                request.set(name, levelDigest(request, value));
            else if (value.startsWith("NTLM "))
                request.set(name, levelNtlm(value));
        }
        request.set("user-agent", "(own)");
        std::ranges::stable_sort(request.fields, {}, [](const QByteArray &field) { return field.first(std::max<qsizetype>(field.indexOf(':'), 0)).toLower(); });
    }
}

QByteArray textOf(const QList<Request> &requests)
{
    QByteArray out;
    for (const Request &request : requests)
        out += request.text();
    return out;
}

// Where we differ from curl on purpose.
struct Difference
{
    const char *name;
    const char *why;
    void (*level)(QList<Request> &ours, QList<Request> &curls);
    int seen = 0;
};

std::vector<Difference> differences()
{
    return {
        {"Proxy-Connection", "a client should not send it (RFC 9112 appendix C.2.2); curl does for http:// as well, we with CONNECT only",
         [](QList<Request> &, QList<Request> &curls) {
             for (Request &request : curls) {
                 if (!request.line.startsWith("CONNECT "))
                     request.fields.removeAll("Proxy-Connection: Keep-Alive");
             }
         }},
        {"uri of Digest for a proxy", "it is the request target, which is the whole URL there (RFC 7616 section 3.4, RFC 9112 section 3.2.2); curl writes the path",
         [](QList<Request> &ours, QList<Request> &) {
             static const QRegularExpression whole(u" uri=http://[^/ ]*"_s);
             for (Request &request : ours)
                 request.set("proxy-authorization", QString::fromLatin1(request.value("proxy-authorization")).replace(whole, u" uri="_s).toLatin1());
         }},
    };
}

} // namespace

class tst_CurlAuth : public QObject
{
    Q_OBJECT
private:
    std::vector<Difference> m_differences = differences();
    realmscope::test::Certificates m_certificates;
    QTemporaryDir m_home;
    QString m_curl;
    QSslConfiguration m_tls;

    [[nodiscard]] bool run(const QString &program, const QStringList &words, QByteArray *said) const
    {
        QProcess process;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        for (const char *name : {"http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"})
            environment.remove(QLatin1StringView(name));
        environment.insert(u"CURL_HOME"_s, m_home.path()); // no .curlrc of the machine
        environment.insert(u"KRB5CCNAME"_s, "FILE:"_L1 + m_home.filePath(u"no.cc"_s));
        process.setProcessEnvironment(environment);
        QSignalSpy finished(&process, &QProcess::finished);
        process.start(program, words);
        const bool ended = !finished.isEmpty() || finished.wait(30'000);
        *said = process.readAllStandardOutput() + process.readAllStandardError();
        return ended;
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_curl = QStandardPaths::findExecutable(u"curl"_s);
        if (m_curl.isEmpty())
            QSKIP("REALMSCOPE-TEST-SKIPPED, because there is no curl");
        QCOMPARE(m_certificates.make(), QString());
        m_tls = QSslConfiguration::defaultConfiguration();
        m_tls.setLocalCertificate(QSslCertificate(m_certificates.read(u"server.pem"_s)));
        m_tls.setPrivateKey(QSslKey(m_certificates.read(u"server.key"_s), QSsl::Ec));
        m_tls.setCaCertificates(QSslCertificate::fromData(m_certificates.read(u"ca.pem"_s)));
        m_tls.setPeerVerifyMode(QSslSocket::VerifyPeer);
    }

    void sentAlike_data()
    {
        QTest::addColumn<QString>("server");
        QTest::addColumn<QStringList>("curl");
        const QString who = QString::fromLatin1(user) + u':' + QString::fromLatin1(password);
        const auto row = [](const char *server, const QStringList &curl) {
            QTest::newRow(qPrintable(QString::fromLatin1(server) + u": "_s + curl.join(u' '))) << QString::fromLatin1(server) << (curl + QStringList{u"http://127.0.0.1:PORT/a?b=c"_s});
        };
        const QStringList post{u"-d"_s, u"x=1&y=2"_s};
        const QStringList put{u"-X"_s, u"PUT"_s, u"-H"_s, u"Content-Type: text/plain"_s, u"--data-raw"_s, u"some text"_s};
        for (const QStringList &body : {QStringList(), post, put, QStringList{u"-I"_s}}) {
            for (const char *server : {"open", "basic", "no basic"})
                row(server, QStringList{u"-u"_s, who} + body);
            for (const char *server : {"digest", "digest sha", "digest old", "digest stale", "no digest", "open", "basic"})
                row(server, QStringList{u"--digest"_s, u"-u"_s, who} + body);
            for (const char *server : {"ntlm", "no ntlm", "open", "basic"})
                row(server, QStringList{u"--ntlm"_s, u"-u"_s, who} + body);
            for (const char *server : {"open", "basic", "digest", "many", "ntlm", "basic and ntlm", "no basic"})
                row(server, QStringList{u"--anyauth"_s, u"-u"_s, who} + body);
            for (const char *server : {"open", "negotiate"})
                row(server, QStringList{u"--negotiate"_s, u"-u"_s, u":"_s} + body);
            row("open", QStringList{u"--oauth2-bearer"_s, u"mF_9.B5f-4.1JqM"_s} + body);
            row("ntlm", QStringList{u"--ntlm"_s, u"-u"_s, u"LAB\\"_s + who} + body);
        }
        const QStringList proxy{u"-x"_s, u"http://127.0.0.1:PORT"_s};
        const QStringList tunnel = proxy + QStringList{u"-p"_s};
        for (const QStringList &way : {proxy, tunnel}) {
            for (const QStringList &body : {QStringList(), post}) {
                row("proxy basic", way + QStringList{u"-U"_s, who} + body);
                row("proxy digest", way + QStringList{u"--proxy-digest"_s, u"-U"_s, who} + body);
                row("proxy ntlm", way + QStringList{u"--proxy-ntlm"_s, u"-U"_s, who} + body);
                row("proxy basic", way + QStringList{u"--proxy-anyauth"_s, u"-U"_s, who} + body);
            }
            row("proxy basic", way);
            row("proxy basic", way + QStringList{u"--proxy-digest"_s, u"-U"_s, who});
        }
        row("both", proxy + QStringList{u"--proxy-digest"_s, u"-U"_s, who, u"--digest"_s, u"-u"_s, who});
        row("open", {u"-x"_s, u"http://bob:Amber-19-fjord@127.0.0.1:PORT"_s});
    }
    void sentAlike()
    {
        QFETCH(QString, server);
        QFETCH(QStringList, curl);
        const auto *script = std::ranges::find(servers, server, [](const Server &each) { return QString::fromLatin1(each.name); });
        QVERIFY(script != std::end(servers));
        AuthServer peer(script->script);
        compare(peer, curl);
    }

    // A certificate of the client's own, in the forms that curl takes.
    void clientCertificate_data()
    {
        QTest::addColumn<QStringList>("curl");
        const auto path = [this](const char *name) { return m_certificates.path(QString::fromLatin1(name)); };
        QTest::newRow("PEM and key") << QStringList{u"--cert"_s, path("client.pem"), u"--key"_s, path("client.key")};
        QTest::newRow("encrypted key") << QStringList{u"--cert"_s, path("client.pem"), u"--key"_s, path("client.enc.key"), u"--pass"_s, u"sesame"_s};
        QTest::newRow("and Basic") << QStringList{u"--cert"_s, path("client.pem"), u"--key"_s, path("client.key"), u"-u"_s, u"alice:Opal-73-river"_s};
    }
    void clientCertificate()
    {
        QFETCH(QStringList, curl);
        const auto *open = std::ranges::find(servers, u"open"_s, [](const Server &each) { return QString::fromLatin1(each.name); });
        AuthServer peer(open->script, &m_tls);
        compare(peer, curl + QStringList{u"--cacert"_s, m_certificates.path(u"ca.pem"_s), u"--http1.1"_s, u"https://127.0.0.1:PORT/a"_s});
        if (!QTest::currentTestFailed())
            QVERIFY(peer.requests.first().text().contains("(client certificate: alice)"));
    }

    void cleanupTestCase()
    {
        for (const Difference &difference : m_differences)
            qInfo("%3d: %s: %s", difference.seen, difference.name, difference.why);
        if (QTest::currentTestFailed())
            return;
        for (const Difference &difference : m_differences)
            QVERIFY2(difference.seen > 0, difference.name);
    }

private:
    void compare(AuthServer &peer, QStringList curl)
    {
        curl.replaceInStrings(u"PORT"_s, QString::number(peer.port()));
        QByteArray said;
        QVERIFY(run(m_curl, QStringList{u"-sS"_s, u"-m"_s, u"10"_s} + curl, &said));
        QList<Request> theirs = peer.requests;
        QVERIFY2(!theirs.isEmpty(), said.constData());
        peer.clear();
        QVERIFY(run(QString::fromUtf8(REALMSCOPE_BINARY_DIR) + u"/bin/realmscope-cli"_s,
                    QStringList{u"why"_s, u"--json"_s, u"--probe"_s, u"none"_s, u"curl"_s, u"-sS"_s, u"-m"_s, u"10"_s} + curl, &said));
        QVERIFY2(!peer.requests.isEmpty(), said.constData());
        QList<Request> ours = peer.requests;
        level(ours);
        level(theirs);
        for (Difference &difference : m_differences) {
            const QByteArray before = textOf(ours) + textOf(theirs);
            difference.level(ours, theirs);
            if (textOf(ours) + textOf(theirs) != before)
                ++difference.seen;
        }
        QVERIFY2(!textOf(ours).contains("WRONG"), textOf(ours).constData());
        QVERIFY2(textOf(ours) == textOf(theirs), ("\n--- ours\n" + textOf(ours) + "--- curl's\n" + textOf(theirs)).constData());
    }
};

QTEST_GUILESS_MAIN(tst_CurlAuth)
#include "tst_curlauth.moc"
