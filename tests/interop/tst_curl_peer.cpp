// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/SchemeRegistry.h"
#include "app/base/Clock.h"
#include "app/base/Random.h"
#include "app/interop/CurlCommand.h"
#include "app/interop/CurlOptions.h"
#include "app/runner/Prepare.h"
#include "tests/interop/CaptureServer.h"

#include <QtCore/QDir>
#include <QtCore/QProcess>
#include <QtCore/QRegularExpression>
#include <QtCore/QStandardPaths>
#include <QtCore/QTemporaryDir>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace realmscope;

// The curl program says what a command means: it sends it to a server here, and our reading has to come out the same.
class CurlPeerTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void optionsAreCurls();
    void sendsTheSame_data();
    void sendsTheSame();
    void signsTheSame_data();
    void signsTheSame();
    void exportIsUnderstood_data();
    void exportIsUnderstood();

private:
    [[nodiscard]] bool run(const QString &program, const QStringList &words);
    [[nodiscard]] static QMap<QByteArray, QByteArray> comparable(const Headers &headers);
    [[nodiscard]] static QByteArray withoutBoundary(QByteArray text);

    QString m_curl;
    QTemporaryDir m_dir;
    SystemClock m_clock;
    SystemRandom m_random;
};

void CurlPeerTest::initTestCase()
{
    m_curl = QStandardPaths::findExecutable(u"curl"_s);
    if (m_curl.isEmpty() || QStandardPaths::findExecutable(u"bash"_s).isEmpty()) {
        qInfo("REALMSCOPE-TEST-SKIPPED, because there is no curl or no bash");
        QSKIP("there is no curl or no bash");
    }
    const auto write = [&](const QString &name, const QByteArray &bytes) {
        QFile file(m_dir.filePath(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(bytes), bytes.size());
    };
    write(u"lines.txt"_s, "one\r\ntwo=2 &\n");
    write(u"image.png"_s, QByteArray("\x89PNG\r\n\x1a\n\0\xff", 10));
    write(u"netrc"_s, "# of the test\nmachine elsewhere.example login x password y\nmachine 127.0.0.1 login alice password \"p w\\\"1\"\nmachine 127.0.0.1 login bob password pb\n");
    write(u"head.txt"_s, "X-From-File: 1\r\nX-More: 2\n");
    QVERIFY(QDir::setCurrent(m_dir.path()));
}

bool CurlPeerTest::run(const QString &program, const QStringList &words)
{
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    for (const char *name : {"http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"})
        environment.remove(QLatin1StringView(name));
    environment.insert(u"CURL_HOME"_s, m_dir.path()); // no .curlrc of the machine
    environment.insert(u"REALMSCOPE_USER"_s, u"alice"_s);
    environment.insert(u"REALMSCOPE_PASSWORD"_s, u"pw"_s);
    process.setProcessEnvironment(environment);
    QSignalSpy finished(&process, &QProcess::finished);
    process.start(program, words);
    return (!finished.isEmpty() || finished.wait(20'000)) && process.exitCode() == 0;
}

void CurlPeerTest::optionsAreCurls()
{
    QProcess process;
    process.start(m_curl, {u"--help"_s, u"all"_s});
    QVERIFY(process.waitForFinished(20'000));
    static const QRegularExpression line(u"^ (?:-(.), |    ) ?--([A-Za-z0-9.-]+)(?: +(\\S.*))?$"_s, QRegularExpression::MultilineOption);
    int seen = 0;
    QStringList wrong;
    auto matches = line.globalMatch(QString::fromUtf8(process.readAllStandardOutput()));
    while (matches.hasNext()) {
        const auto match = matches.next();
        QByteArray name = match.captured(2).toLatin1();
        const bool takesValue = (match.captured(3).startsWith(u'<') || match.captured(3).startsWith(u'[')) && name != "help";
        if (name.startsWith("no-"))
            name.remove(0, 3);
        ++seen;
        const CurlOption *option = findCurlOptionExactly(name);
        if (!option || option->takesValue != takesValue
            || (!match.captured(1).isEmpty() && option->letter != match.captured(1).at(0).toLatin1()))
            wrong << QString::fromLatin1(name);
    }
    QVERIFY(seen > 200);
    // A newer curl has more options; one that both know must be the same.
    wrong.removeIf([](const QString &name) { return findCurlOptionExactly(name.toLatin1()) == nullptr; });
    QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join(u' ')));
}

QByteArray CurlPeerTest::withoutBoundary(QByteArray text)
{
    static const QRegularExpression dashes(u"-{20,}[0-9A-Za-z]{16,}"_s);
    QString all = QString::fromLatin1(text);
    return all.replace(dashes, u"BOUNDARY"_s).toLatin1();
}

// By lower-case name; what identifies the program, and what is not about the request, left out.
QMap<QByteArray, QByteArray> CurlPeerTest::comparable(const Headers &headers)
{
    QMap<QByteArray, QByteArray> map;
    for (const HeaderField &field : headers) {
        const QByteArray name = field.name.toLower();
        if (name == "accept-encoding" || name == "expect" || (name == "user-agent" && (field.value.startsWith("curl/") || field.value == userAgent())))
            continue;
        // Boundaries differ in length between versions of curl, and so does what counts them.
        if (name == "content-length" && headers.value("Content-Type").startsWith("multipart/"))
            continue;
        map[name] += (map.contains(name) ? "\n" : "") + withoutBoundary(field.value);
    }
    return map;
}

void CurlPeerTest::sendsTheSame_data()
{
    QTest::addColumn<QStringList>("words"); // BASE stands for the server
    const auto row = [](const char *name, const QStringList &words) { QTest::newRow(name) << words; };
    row("get", {u"BASE/a?b=c"_s});
    row("no path", {u"BASE"_s});
    row("query without path", {u"BASE?x=1"_s});
    row("dot segments", {u"BASE/a/../b/./c"_s});
    row("path as is", {u"--path-as-is"_s, u"BASE/a/../b"_s});
    row("fragment", {u"BASE/a?b#c"_s});
    row("headers", {u"-H"_s, u"X-A: 1"_s, u"-H"_s, u"Accept: text/plain"_s, u"-H"_s, u"X-Empty;"_s, u"BASE/"_s});
    row("header suppressed", {u"-H"_s, u"Accept:"_s, u"BASE/"_s});
    row("host header", {u"-H"_s, u"Host: other.example"_s, u"BASE/"_s});
    row("header file", {u"-H"_s, u"@head.txt"_s, u"BASE/"_s});
    row("user agent", {u"-A"_s, u"me/1"_s, u"BASE/"_s});
    row("no user agent", {u"-A"_s, QString(), u"BASE/"_s});
    row("referer and range", {u"-e"_s, u"http://r/"_s, u"-r"_s, u"0-9"_s, u"BASE/"_s});
    row("data", {u"-d"_s, u"a=b c"_s, u"BASE/"_s});
    row("data twice", {u"-d"_s, u"a=1"_s, u"-d"_s, u"b=2"_s, u"BASE/"_s});
    row("data from a file", {u"-d"_s, u"@lines.txt"_s, u"BASE/"_s});
    row("binary from a file", {u"--data-binary"_s, u"@image.png"_s, u"BASE/"_s});
    row("raw at sign", {u"--data-raw"_s, u"@lines.txt"_s, u"BASE/"_s});
    row("empty data", {u"-d"_s, QString(), u"BASE/"_s});
    row("urlencode", {u"--data-urlencode"_s, u"a=b c&d=é~"_s, u"--data-urlencode"_s, u"=x y"_s, u"--data-urlencode"_s, u"plain text"_s, u"BASE/"_s});
    row("urlencode files", {u"--data-urlencode"_s, u"f@lines.txt"_s, u"--data-urlencode"_s, u"@lines.txt"_s, u"BASE/"_s});
    row("get with data", {u"-G"_s, u"-d"_s, u"a=1"_s, u"--data-urlencode"_s, u"b=x y"_s, u"BASE/p?q=0#frag"_s});
    row("json", {u"--json"_s, u"{\"a\":"_s, u"--json"_s, u"1}"_s, u"BASE/"_s});
    row("json with own type", {u"--json"_s, u"{}"_s, u"-H"_s, u"content-type: application/vnd.x+json"_s, u"BASE/"_s});
    row("type suppressed", {u"-d"_s, u"a"_s, u"-H"_s, u"Content-Type:"_s, u"BASE/"_s});
    row("put", {u"-X"_s, u"PUT"_s, u"-d"_s, u"a"_s, u"BASE/"_s});
    row("netrc", {u"--netrc-file"_s, u"netrc"_s, u"BASE/"_s});
    row("netrc for a login", {u"--netrc-file"_s, u"netrc"_s, u"http://bob@HOST/"_s});
    row("netrc before the password in the URL", {u"--netrc-file"_s, u"netrc"_s, u"http://bob:x@HOST/"_s});
    row("netrc where it is needed", {u"--netrc-optional"_s, u"--netrc-file"_s, u"netrc"_s, u"http://bob:x@HOST/"_s});
    row("netrc and -u", {u"--netrc-file"_s, u"netrc"_s, u"-u"_s, u"bob:x"_s, u"BASE/"_s});
    row("head", {u"-I"_s, u"BASE/"_s});
    row("delete", {u"-X"_s, u"DELETE"_s, u"BASE/"_s});
    row("upload", {u"-T"_s, u"image.png"_s, u"BASE/dir/"_s});
    row("upload by name", {u"-T"_s, u"lines.txt"_s, u"BASE/dir/name"_s});
    row("form", {u"-F"_s, u"a=b"_s, u"-F"_s, u"f=@image.png"_s, u"-F"_s, u"t=<lines.txt"_s, u"-F"_s, u"j={};type=application/json"_s, u"BASE/"_s});
    row("form names", {u"-F"_s, u"f=@lines.txt;filename=\"a;b.txt\";type=text/x-y"_s, u"--form-string"_s, u"s=@x;type=y"_s, u"-F"_s, u"q\"=1"_s, u"BASE/"_s});
    row("basic", {u"-u"_s, u"alice:p:w"_s, u"BASE/"_s});
    row("basic, no name", {u"-u"_s, u":token"_s, u"BASE/"_s});
    row("basic and own header", {u"-u"_s, u"a:b"_s, u"-H"_s, u"Authorization: Bearer x"_s, u"BASE/"_s});
    row("user in the URL", {u"http://al%20ice:pw@HOST/"_s});
    row("user in the URL and -u", {u"-u"_s, u"bob:x"_s, u"http://alice:pw@HOST/"_s});
    row("bearer", {u"--oauth2-bearer"_s, u"tok"_s, u"BASE/"_s});
    row("cookies", {u"-b"_s, u"a=1; b=2"_s, u"BASE/"_s});
    row("globoff", {u"-g"_s, u"BASE/a{b}[c]"_s});
    row("escaped glob", {u"BASE/a\\{b\\}"_s});
    row("url query", {u"--url-query"_s, u"a=b c"_s, u"--url-query"_s, u"+x=%20"_s, u"BASE/?z"_s});
    row("http 1.0", {u"-0"_s, u"BASE/"_s});
    row("connect to", {u"--connect-to"_s, u"api.example.com:80:127.0.0.1:PORT"_s, u"http://api.example.com/x"_s});
    row("long option beginnings", {u"--refere"_s, u"http://r/"_s, u"BASE/"_s});
    row("negated", {u"-G"_s, u"--no-get"_s, u"-d"_s, u"a"_s, u"BASE/"_s});
}

void CurlPeerTest::sendsTheSame()
{
    QFETCH(QStringList, words);
    CaptureServer server;
    words.replaceInStrings(u"BASE"_s, server.base());
    words.replaceInStrings(u"HOST"_s, server.base().mid(7));
    words.replaceInStrings(u"PORT"_s, QString::number(server.port()));
    QVERIFY(run(m_curl, QStringList{u"-s"_s} + words));
    QCOMPARE(server.heads.size(), 1);
    const RequestHead theirs = server.heads.first();

    const Result<CurlCommand> command = parseCurl(words);
    QVERIFY2(command, qPrintable(command ? QString() : command.error().message));
    const Result<Request> ours = prepareRequest(command->spec, {}, m_clock, m_random, true);
    QVERIFY2(ours, qPrintable(ours ? QString() : ours.error().message));
    QCOMPARE(ours->method, theirs.method);
    QCOMPARE(ours->effectiveTarget(), theirs.target);
    QCOMPARE(httpVersionText(ours->version).toLatin1(), theirs.version);
    QCOMPARE(withoutBoundary(ours->body), withoutBoundary(server.bodies.first()));

    QMap<QByteArray, QByteArray> expected = comparable(theirs.headers);
    QMap<QByteArray, QByteArray> actual = comparable(ours->headers);
    // The credential is put in by its scheme later: here its parts are compared with what curl made of them.
    if (command->schemeId == "basic"_L1)
        actual["authorization"] = "Basic "
            + (command->values.text(u"username"_s).toUtf8() + ':' + command->values.secret(u"password"_s).revealBytes()).toBase64();
    if (command->schemeId == "bearer"_L1)
        actual["authorization"] = "Bearer " + command->values.secret(u"token"_s).revealBytes();
    if (command->schemeId == "netrc"_L1) {
        AuthMemory memory;
        AuthContext context;
        context.request = *ours;
        context.values = command->values;
        context.clock = &m_clock;
        context.random = &m_random;
        context.memory = &memory;
        const auto flow = findScheme(u"netrc"_s)->start(std::move(context));
        Step step = flow->next(nullptr);
        auto *work = std::get_if<WorkStep>(&step);
        QVERIFY(work);
        work->work();
        step = flow->next(nullptr);
        const auto *send = std::get_if<SendStep>(&step);
        QVERIFY(send);
        actual = comparable(send->request.headers);
    }
    QCOMPARE(actual, expected);
}

void CurlPeerTest::signsTheSame_data()
{
    QTest::addColumn<QStringList>("words");
    const QString key = u"AKID:the/secret+key"_s;
    const auto row = [&](const char *name, const QString &provider, const QStringList &words) {
        QTest::newRow(name) << QStringList{u"-u"_s, key, u"--aws-sigv4"_s, provider} + words;
    };
    row("get", u"aws:amz:us-east-1:execute-api"_s, {u"BASE/a/b"_s});
    row("dot segments", u"aws:amz:us-east-1:execute-api"_s, {u"BASE/a/../b/./c"_s});
    row("query", u"aws:amz:us-east-1:execute-api"_s, {u"BASE/?a=1&b=2"_s});
    row("post", u"aws:amz:eu-west-1:dynamodb"_s, {u"-d"_s, u"{}"_s, u"-H"_s, u"Content-Type: application/x-amz-json-1.0"_s, u"BASE/"_s});
    row("post, type left to curl", u"aws:amz:eu-west-1:sqs"_s, {u"-d"_s, u"Action=ListQueues"_s, u"BASE/"_s});
    row("session token", u"aws:amz:us-east-1:iam"_s, {u"-H"_s, u"X-Amz-Security-Token: FwoG/tok+en=="_s, u"BASE/"_s});
    row("own headers", u"aws:amz:us-east-1:iam"_s, {u"-H"_s, u"X-B: 2"_s, u"-H"_s, u"x-a: one"_s, u"-A"_s, u"me/1"_s, u"BASE/"_s});
    row("S3 gets no hash", u"aws:amz:us-east-1:s3"_s, {u"BASE/bucket/key"_s});
    row("JSON", u"aws:amz:us-east-1:execute-api"_s, {u"--json"_s, u"{}"_s, u"BASE/"_s});
    row("query not sorted", u"aws:amz:us-east-1:execute-api"_s, {u"BASE/?b=2&a=1"_s});
    row("query without a value", u"aws:amz:us-east-1:execute-api"_s, {u"BASE/?a"_s});
    row("encoded path", u"aws:amz:us-east-1:execute-api"_s, {u"BASE/a%20b"_s});
    row("double slash", u"aws:amz:us-east-1:execute-api"_s, {u"BASE/a//c"_s});
    row("quotes in the path", u"aws:amz:us-east-1:execute-api"_s, {u"BASE/a'b(c)"_s});
    row("capitals", u"AWS:AMZ:us-east-1:execute-api"_s, {u"BASE/"_s});
    row("look-alike", u"goog:goog:auto:storage"_s, {u"BASE/bucket"_s});
    row("nothing is read behind an empty part", u"osc::eu-west-2:api"_s, {u"BASE/"_s});
    row("region and service of the host", u"aws:amz"_s, {u"--resolve"_s, u"api.eu-west-2.example:PORT:127.0.0.1"_s, u"http://api.eu-west-2.example:PORT/x"_s});
}

void CurlPeerTest::signsTheSame()
{
    QFETCH(QStringList, words);
    CaptureServer server;
    words.replaceInStrings(u"BASE"_s, server.base());
    words.replaceInStrings(u"PORT"_s, QString::number(server.port()));
    QVERIFY(run(m_curl, QStringList{u"-s"_s} + words));
    QCOMPARE(server.heads.size(), 1);
    const Headers theirs = server.heads.first().headers;

    const Result<CurlCommand> command = parseCurl(words);
    QVERIFY2(command, qPrintable(command ? QString() : command.error().message));
    QCOMPARE(command->warnings, QStringList());
    const auto isDate = [](const HeaderField &field) { return field.name.endsWith("-Date"); };
    const auto date = std::ranges::find_if(theirs, isDate);
    QVERIFY(date != theirs.end());
    QDateTime time = QDateTime::fromString(QString::fromLatin1(date->value), u"yyyyMMdd'T'HHmmss'Z'"_s);
    time.setTimeSpec(Qt::UTC);
    const FixedClock clock(time.toMSecsSinceEpoch());
    AuthMemory memory;
    AuthContext context;
    context.request = prepareRequest(command->spec, {}, clock, m_random, true).value();
    context.values = command->values;
    context.clock = &clock;
    context.random = &m_random;
    context.memory = &memory;
    const Step step = findScheme(command->schemeId)->start(std::move(context))->next(nullptr);
    QVERIFY(std::holds_alternative<SendStep>(step));
    const Headers ours = std::get<SendStep>(step).request.headers;
    QCOMPARE(ours.value("Authorization"), theirs.value("Authorization"));
    QCOMPARE(ours.value(date->name), date->value);
}

void CurlPeerTest::exportIsUnderstood_data()
{
    QTest::addColumn<RequestSpec>("spec");
    const auto row = [](const char *name, RequestSpec spec) {
        spec.settings.decodeContent = false;
        QTest::newRow(name) << spec;
    };
    row("get", {.url = u"BASE/a?b=c&d='e'"_s});
    row("headers", {.url = u"BASE/"_s,
                    .headers = {{u"X-A"_s, u"it's \"quoted\" $HOME `id` \\ ! é"_s}, {u"X-Empty"_s, QString()}, {u"X-Off"_s, u"1"_s, false}},
                    .suppressedDefaults = {u"Accept"_s}});
    row("text", {.method = u"POST"_s, .url = u"BASE/"_s,
                 .body = {.kind = BodyKind::Text, .contentType = u"application/json"_s, .text = u"{\"a\": \"it's\",\n \"b\": 2}"_s}});
    row("text that begins with @", {.method = u"PUT"_s, .url = u"BASE/"_s, .body = {.kind = BodyKind::Text, .text = u"@lines.txt"_s}});
    row("bytes", {.method = u"POST"_s, .url = u"BASE/"_s,
                  .body = {.kind = BodyKind::Text, .contentType = u"application/octet-stream"_s, .bytes = "a\xff'\\\n"_ba}});
    row("form", {.method = u"POST"_s, .url = u"BASE/"_s,
                 .body = {.kind = BodyKind::Form, .form = {{u"a b"_s, u"c&d"_s}, {u"e"_s, u"é"_s}, {u"off"_s, u"1"_s, false}}}});
    row("file", {.method = u"PATCH"_s, .url = u"BASE/"_s,
                 .body = {.kind = BodyKind::File, .contentType = u"image/png"_s, .filePath = u"image.png"_s}});
    row("head", {.method = u"HEAD"_s, .url = u"BASE/"_s});
    row("brackets", {.url = u"BASE/a[1]{2}"_s});
    row("own content type", {.method = u"POST"_s, .url = u"BASE/"_s, .headers = {{u"content-type"_s, u"text/plain"_s}},
                             .body = {.kind = BodyKind::Text, .contentType = u"application/json"_s, .text = u"x"_s}});
}

// Our text through a real shell and the real curl: the request that arrives is the one that we would send.
void CurlPeerTest::exportIsUnderstood()
{
    QFETCH(RequestSpec, spec);
    CaptureServer server;
    spec.url.replace(u"BASE"_s, server.base());
    const Result<Request> ours = prepareRequest(spec, {}, m_clock, m_random, true);
    QVERIFY2(ours, qPrintable(ours ? QString() : ours.error().message));
    const QString text = toCurl(spec);
    QVERIFY2(run(QStandardPaths::findExecutable(u"bash"_s), {u"-c"_s, text + u" -s"_s}), qPrintable(text));
    QCOMPARE(server.heads.size(), 1);
    QCOMPARE(server.heads.first().method, ours->method);
    QCOMPARE(server.heads.first().target, ours->effectiveTarget());
    QCOMPARE(server.bodies.first(), ours->body);
    QCOMPARE(comparable(server.heads.first().headers), comparable(ours->headers));

    // And we read it back ourselves.
    const Result<QStringList> words = splitShellWords(text);
    if (!spec.body.bytes.isEmpty()) {
        QVERIFY(!words); // words are text, and this is none
        return;
    }
    QVERIFY(words);
    const Result<CurlCommand> command = parseCurl(*words);
    QVERIFY(command);
    QCOMPARE(command->warnings, QStringList());
    const Result<Request> again = prepareRequest(command->spec, {}, m_clock, m_random, true);
    QVERIFY(again);
    QCOMPARE(again->method, ours->method);
    QCOMPARE(again->effectiveTarget(), ours->effectiveTarget());
    QCOMPARE(again->body, ours->body);
    QCOMPARE(comparable(again->headers), comparable(ours->headers));
}

QTEST_GUILESS_MAIN(CurlPeerTest)
#include "tst_curl_peer.moc"
