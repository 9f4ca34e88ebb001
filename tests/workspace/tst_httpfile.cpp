// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/workspace/HttpFile.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QRandomGenerator>
#include <QtTest/QTest>

using namespace realmscope;
using namespace Qt::StringLiterals;

namespace {

const QString filesFolder = QStringLiteral(REALMSCOPE_SOURCE_DIR "/tests/workspace/files");

QByteArray readCorpus(const QString &name)
{
    QFile file(filesFolder + u'/' + name);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

HttpFile parsed(const QByteArray &bytes)
{
    const Result<HttpFile> file = HttpFile::parse(bytes);
    return file ? *file : HttpFile();
}

// The lines in which two files differ; the message of a test has no room for them whole.
QByteArray shown(const QString &name, int round, const QByteArray &before, const QByteArray &after)
{
    const QList<QByteArray> a = before.split('\n');
    const QList<QByteArray> b = after.split('\n');
    qsizetype head = 0;
    while (head < a.size() && head < b.size() && a.at(head) == b.at(head))
        ++head;
    const qsizetype from = std::max<qsizetype>(0, head - 8);
    return name.toUtf8() + ", round " + QByteArray::number(round) + ":\n" + a.sliced(from, std::min<qsizetype>(20, a.size() - from)).join('\n') + "\n-----\n"
        + b.sliced(from, std::min<qsizetype>(20, b.size() - from)).join('\n');
}

QStringList noteLines(const HttpFile &file, qsizetype index)
{
    QStringList lines;
    for (const HttpFileNote &note : file.notes(index))
        lines << QString::number(note.line);
    return lines;
}

} // namespace

// The corpus in files/ was written for this test, each file in the syntax that one program's documentation describes:
// https://www.jetbrains.com/help/idea/exploring-http-syntax.html, https://github.com/Huachao/vscode-restclient,
// https://httpyac.github.io/guide/. What is sent is compared with httpYac itself in tests/peers/tst_peers_httpyac.cpp.
class tst_HttpFile : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void corpus_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QStringList>("requests"); // "METHOD URL", as they are understood
        QTest::newRow("bodies") << u"bodies.http"_s
                                << QStringList{u"POST {{base}}/text"_s, u"PUT {{base}}/json?kind=a"_s, u"POST {{base}}/form"_s, u"POST {{base}}/form-lines"_s,
                                               u"GET {{base}}/query?first=1&second={{greeting}}"_s, u"GET {{base}}/query-flush?first=1&second=2"_s,
                                               u"POST {{base}}/file"_s, u"POST {{base}}/file-template"_s, u"POST {{base}}/multipart"_s, u"POST {{base}}/mixed"_s,
                                               u"DELETE {{base}}/none"_s, u"GET {{base}}/twice"_s, u"GET {{base}}/bare"_s, u"GET /relative?x=1"_s};
        QTest::newRow("graphql") << u"graphql.http"_s << QStringList{u"POST {{base}}/graphql"_s, u"POST {{base}}/graphql-touch"_s};
        QTest::newRow("dynamic") << u"dynamic.http"_s << QStringList{u"POST {{base}}/dynamic"_s};
        QTest::newRow("JetBrains") << u"jetbrains.http"_s
                                   << QStringList{u"POST {{base}}/login"_s, u"GET {{base}}/download"_s, u"GET {{base}}/limits"_s, u"GET {{base}}/units"_s,
                                                  u"GRAPHQL {{base}}/graphql"_s, u"GRPC localhost:50051/greet.Greeter/SayHello"_s, u"GET {{base}}/h2"_s,
                                                  u"GET {{base}}/handler"_s};
        QTest::newRow("httpYac") << u"httpyac.http"_s
                                 << QStringList{u"GET {{base}}/first"_s, u"GET {{base}}/second"_s, u"POST {{base}}/third"_s, u"GET {{base}}/fourth"_s, u"SSE {{base}}/events"_s};
        QTest::newRow("REST Client") << u"rest-client.rest"_s
                                     << QStringList{u"POST https://{{address}}/register"_s,
                                                    u"GET https://{{address}}/items/{{register.response.body.$.items[0].id}}"_s,
                                                    u"GET https://{{address}}/digest"_s, u"GET https://{{address}}/basic"_s};
        QTest::newRow("line ends") << u"line-ends.http"_s << QStringList{u"POST {{base}}/crlf"_s, u"GET {{base}}/crlf-two"_s};
        QTest::newRow("comments") << u"comments.http"_s << QStringList{u"GET {{base}}/commented?a=1&b=2"_s, u"POST {{base}}/hashes"_s};
        QTest::newRow("byte order mark") << u"bom.http"_s << QStringList{u"GET {{base}}/bom"_s};
        QTest::newRow("no UTF-8") << u"not-utf8.http"_s << QStringList{u"GET http://127.0.0.1/latin"_s};
        QTest::newRow("nothing") << u"nothing.http"_s << QStringList{};
    }
    void corpus()
    {
        QFETCH(QString, name);
        QFETCH(QStringList, requests);
        const QByteArray bytes = readCorpus(name);
        QVERIFY(!bytes.isEmpty());
        const Result<HttpFile> file = HttpFile::parse(bytes);
        QVERIFY(file);
        QCOMPARE(file->toBytes(), bytes);
        QStringList found;
        for (qsizetype i = 0; i < file->requestCount(); ++i)
            found << file->request(i).method + u' ' + file->request(i).url;
        QCOMPARE(found, requests);
    }

    void everyFileOfTheCorpusHasARow()
    {
        QFile self(QStringLiteral(REALMSCOPE_SOURCE_DIR "/tests/workspace/tst_httpfile.cpp"));
        QVERIFY(self.open(QIODevice::ReadOnly));
        const QByteArray rows = self.readAll();
        const QStringList names = QDir(filesFolder).entryList({u"*.http"_s, u"*.rest"_s}, QDir::Files);
        QVERIFY(names.size() > 5);
        for (const QString &name : names)
            QVERIFY2(rows.contains("<< u\"" + name.toUtf8() + "\"_s"), qPrintable(name));
    }

    // One request gets another URL, header or body: whatever else stands in the file is still there, in order.
    void editingKeepsTheRest_data() { corpus_data(); }
    void editingKeepsTheRest()
    {
        QFETCH(QString, name);
        const QByteArray bytes = readCorpus(name);
        const HttpFile original = parsed(bytes);
        for (qsizetype i = 0; i < original.requestCount(); ++i) {
            for (const int what : {0, 1, 2}) {
                HttpFile file = original;
                RequestSpec spec = file.request(i);
                if (what == 0)
                    spec.url = u"https://changed.example/path"_s;
                else if (what == 1)
                    spec.headers.append({u"X-New"_s, u"value"_s, true});
                else
                    spec.body = {.kind = BodyKind::Text, .text = u"changed"_s};
                file.replace(i, spec);
                const HttpFile again = parsed(file.toBytes());
                QCOMPARE(again.requestCount(), original.requestCount());
                QCOMPARE(again.request(i), spec);
                for (qsizetype other = 0; other < again.requestCount(); ++other) {
                    if (other != i)
                        QCOMPARE(again.request(other), original.request(other));
                }
                QCOMPARE(again.fileVariables(), original.fileVariables());
                // Comments, scripts, handlers: every line that is not of the changed part.
                const QByteArray after = file.toBytes();
                const QList<QByteArray> lines = bytes.split('\n');
                qsizetype kept = 0;
                for (const QByteArray &line : lines)
                    kept += after.contains(line) ? 1 : 0;
                if (what == 1)
                    QCOMPARE(kept, lines.size()); // an addition takes nothing away
                // Back again: the lines of the rest were not touched.
                file.replace(i, original.request(i));
                QCOMPARE(parsed(file.toBytes()).request(i), original.request(i));
            }
        }
    }

    // The corpus with lines taken out, doubled, moved and put in: still lossless, and an edit still touches one request alone.
    void damagedFiles()
    {
        const QStringList names = QDir(filesFolder).entryList({u"*.http"_s, u"*.rest"_s}, QDir::Files);
        const QList<QByteArray> odd{"###", "### title", "# @name x", "// @no-redirect", "@a = b", "{{", "}}", "> {%", "%}", "< ./file", "<@ ./file", "/*", "*/", "",
                                    "GET http://a", "GET", "Name: value", ": value", "HTTP/1.1 200 OK", "?? status == 200", "# @realmscope-body form",
                                    "# @realmscope-off X: y", "# @realmscope-body text-base64", "  ?a=b", "    &c=d", "\t", "# @realmscope-off-field 9 a=b"};
        QRandomGenerator random(20260131); // the same each time
        for (const QString &name : names) {
            const QList<QByteArray> original = readCorpus(name).split('\n');
            for (int round = 0; round < 120; ++round) {
                QList<QByteArray> lines = original;
                for (int edits = 1 + random.bounded(4); edits > 0; --edits) {
                    const auto at = random.bounded(static_cast<int>(lines.size()));
                    switch (random.bounded(4)) {
                    case 0:
                        if (lines.size() > 1)
                            lines.removeAt(at);
                        break;
                    case 1:
                        lines.insert(at, lines.at(at));
                        break;
                    case 2:
                        lines.move(at, random.bounded(static_cast<int>(lines.size())));
                        break;
                    default:
                        lines.insert(at, odd.at(random.bounded(static_cast<int>(odd.size()))));
                        break;
                    }
                }
                const QByteArray bytes = lines.join('\n');
                const HttpFile file = parsed(bytes);
                QCOMPARE(file.toBytes(), bytes);
                for (qsizetype i = 0; i < file.requestCount(); ++i) {
                    RequestSpec spec = file.request(i);
                    const QByteArray alone = HttpFile::format(spec);
                    QVERIFY2(parsed(alone).requestCount() == 1, alone.constData());
                    QCOMPARE(HttpFile::format(parsed(alone).request(0)), alone);
                    if (round % 2 == 0)
                        spec.url = u"https://changed.example/"_s;
                    else
                        spec.body = {.kind = BodyKind::Text, .text = u"changed\n# text"_s};
                    HttpFile changed = file;
                    changed.replace(i, spec);
                    const HttpFile after = parsed(changed.toBytes());
                    QVERIFY2(after.requestCount() == file.requestCount(), shown(name, round, bytes, changed.toBytes()).constData());
                    for (qsizetype other = 0; other < after.requestCount(); ++other)
                        QVERIFY2(other == i ? HttpFile::format(after.request(i)) == HttpFile::format(spec) : after.request(other) == file.request(other), shown(name, round, bytes, changed.toBytes()).constData());
                }
            }
        }
    }

    void aChangedHeaderChangesItsLine()
    {
        HttpFile file = parsed(readCorpus(u"comments.http"_s));
        RequestSpec spec = file.request(0);
        QCOMPARE(spec.headers.size(), 3);
        spec.headers[1].value = u"3"_s;
        file.replace(0, spec);
        QCOMPARE(file.toBytes(), readCorpus(u"comments.http"_s).replace("X-B: 2\n", "X-B: 3\n"));
    }

    void aChangedUrlChangesItsLines()
    {
        HttpFile file = parsed(readCorpus(u"line-ends.http"_s));
        RequestSpec spec = file.request(0);
        spec.url = u"{{base}}/elsewhere"_s;
        file.replace(0, spec);
        QCOMPARE(file.toBytes(), readCorpus(u"line-ends.http"_s).replace("POST {{base}}/crlf\r\n", "POST {{base}}/elsewhere\r\n"));
    }

    void notes_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("index");
        QTest::addColumn<QStringList>("lines"); // where something is not carried out
        QTest::newRow("plain") << u"bodies.http"_s << 0 << QStringList{};
        QTest::newRow("files in a body") << u"bodies.http"_s << 8 << QStringList{};
        QTest::newRow("scripts of JetBrains") << u"jetbrains.http"_s << 0 << QStringList{u"4"_s, u"12"_s};
        QTest::newRow("saved answer") << u"jetbrains.http"_s << 1 << QStringList{u"25"_s};
        QTest::newRow("time limits with units") << u"jetbrains.http"_s << 2 << QStringList{};
        QTest::newRow("time limit without") << u"jetbrains.http"_s << 3 << QStringList{u"33"_s};
        QTest::newRow("GRAPHQL") << u"jetbrains.http"_s << 4 << QStringList{};
        QTest::newRow("gRPC") << u"jetbrains.http"_s << 5 << QStringList{u"44"_s};
        QTest::newRow("handler in a file") << u"jetbrains.http"_s << 7 << QStringList{u"54"_s};
        QTest::newRow("assertions") << u"httpyac.http"_s << 0 << QStringList{u"1"_s, u"5"_s, u"11"_s, u"12"_s};
        QTest::newRow("loop, computed credential, default headers, script") << u"httpyac.http"_s << 1 << QStringList{u"1"_s, u"5"_s, u"17"_s, u"19"_s, u"20"_s, u"22"_s};
        QTest::newRow("disabled, sleep, note") << u"httpyac.http"_s << 2 << QStringList{u"1"_s, u"5"_s, u"28"_s, u"29"_s, u"30"_s};
        QTest::newRow("comment of several lines") << u"httpyac.http"_s << 3 << QStringList{u"1"_s, u"5"_s};
        QTest::newRow("events") << u"httpyac.http"_s << 4 << QStringList{u"1"_s, u"5"_s, u"49"_s};
        QTest::newRow("prompt") << u"rest-client.rest"_s << 0 << QStringList{u"6"_s};
        QTest::newRow("reference and redirect") << u"rest-client.rest"_s << 1 << QStringList{};
        QTest::newRow("computed Digest") << u"rest-client.rest"_s << 2 << QStringList{u"29"_s};
        QTest::newRow("computed Basic") << u"rest-client.rest"_s << 3 << QStringList{u"33"_s};
        QTest::newRow("lines like comments in a body") << u"comments.http"_s << 1 << QStringList{u"26"_s};
    }
    void notes()
    {
        QFETCH(QString, name);
        QFETCH(int, index);
        QFETCH(QStringList, lines);
        const HttpFile file = parsed(readCorpus(name));
        QStringList texts;
        for (const HttpFileNote &note : file.notes(index)) {
            QVERIFY(note.text.size() > 10);
            texts << u"%1: %2"_s.arg(note.line).arg(note.text);
        }
        QVERIFY2(noteLines(file, index) == lines, qPrintable(texts.join(u'\n')));
    }

    void meaning()
    {
        const HttpFile jetBrains = parsed(readCorpus(u"jetbrains.http"_s));
        const RequestSpec &login = jetBrains.request(0);
        QCOMPARE(login.name, u"Log in"_s);
        QVERIFY(!login.settings.followRedirects && !login.settings.useCookies);
        QCOMPARE(login.settings.version, HttpVersion::Http11);
        QCOMPARE(login.body.text, u"{\"user\": \"alice\"}"_s);
        QVERIFY(jetBrains.request(1).settings.followRedirects); // nothing is said: others follow
        QCOMPARE(jetBrains.request(2).settings.totalTimeoutMs, 2000);
        QCOMPARE(jetBrains.request(2).settings.connectTimeoutMs, 500);
        QCOMPARE(jetBrains.request(3).settings.totalTimeoutMs, 0);
        QCOMPARE(jetBrains.request(6).settings.version, HttpVersion::Http2PriorKnowledge);

        const HttpFile httpYac = parsed(readCorpus(u"httpyac.http"_s));
        QCOMPARE(httpYac.request(1).after, QStringList{u"first"_s});
        QCOMPARE(httpYac.request(1).headers.size(), 1);
        QVERIFY(!httpYac.request(2).settings.followRedirects);
        QCOMPARE(httpYac.request(2).body.text, u"{{ computed }}"_s);
        QCOMPARE(httpYac.fileVariables().value(u"later"_s), u"{{computed}}"_s);

        const HttpFile restClient = parsed(readCorpus(u"rest-client.rest"_s));
        QCOMPARE(restClient.request(0).name, u"register"_s);
        QCOMPARE(restClient.request(1).headers.size(), 2);
        QCOMPARE(restClient.fileVariables().value(u"address"_s), u"{{hostname}}:{{port}}"_s);

        const HttpFile bodies = parsed(readCorpus(u"bodies.http"_s));
        QCOMPARE(bodies.request(6).body.kind, BodyKind::File);
        QCOMPARE(bodies.request(6).body.filePath, u"./parts/greeting.txt"_s);
        QVERIFY(!bodies.request(6).body.fileIsTemplate && bodies.request(7).body.fileIsTemplate);
        QCOMPARE(bodies.requestVariables(13), (QMap<QString, QString>{{u"authority"_s, u"{{host}}"_s}}));

        const HttpFile comments = parsed(readCorpus(u"comments.http"_s));
        QCOMPARE(comments.request(0).profileName, u"alice"_s);
        QCOMPARE(comments.request(1).body.text, u"# A heading\n// a line like a comment\n> a quotation, of two words"_s);
    }

    void variablesOfAPart()
    {
        const HttpFile file = parsed("@a = 1\n@b = 2\n### x\n@a = 3\nGET {{a}}\n\n### y\nGET {{a}}\n");
        QCOMPARE(file.requestVariables(0).value(u"a"_s), u"3"_s);
        QVERIFY(file.requestVariables(1).isEmpty());
        QCOMPARE(file.fileVariables().value(u"b"_s), u"2"_s);
        QCOMPARE(noteLines(file, 1), QStringList{u"4"_s}); // two values of one name
    }

    void keepsEverySpec_data()
    {
        QTest::addColumn<RequestSpec>("spec");
        QTest::addColumn<bool>("forEveryProgram");
        const auto row = [](const char *name, const RequestSpec &spec, bool forEveryProgram = true) { QTest::newRow(name) << spec << forEveryProgram; };
        RequestSpec plain;
        plain.name = u"Every kind"_s;
        plain.method = u"POST"_s;
        plain.url = u"https://example.org/a?b={{c}}"_s;
        row("plain", plain);
        RequestSpec spec = plain;
        spec.url.clear();
        row("no URL yet", spec);
        spec = plain;
        spec.headers = {{u"X-A"_s, u"1"_s, true}, {u"X-A"_s, u"1"_s, true}, {u"{{name}}"_s, u"{{value}}"_s, true}, {u"X-Empty"_s, QString(), true},
                        {u"X-Off"_s, u"2"_s, false}};
        row("headers", spec);
        spec.headers = {{QString(), u"without a name"_s, true}, {u"two words"_s, u"x"_s, false}, {u"X-Lines"_s, u"one\r\ntwo"_s, true}, {u"#"_s, u"y"_s, true}};
        row("headers that can't be sent", spec);
        spec = plain;
        spec.settings.useCookies = false;
        spec.settings.verifyTls = false;
        spec.settings.encodeForm = false;
        spec.settings.version = HttpVersion::Http2;
        spec.settings.resolve.insert(u"a:80"_s, u"127.0.0.1"_s);
        spec.settings.noProxy = QString();
        row("settings", spec);
        spec = plain;
        spec.settings.followRedirects = true;
        row("redirects", spec);
        const auto text = [&](const char *name, const QString &body, bool forEveryProgram) {
            RequestSpec with = plain;
            with.body = {.kind = BodyKind::Text, .text = body};
            QTest::newRow(name) << with << forEveryProgram;
        };
        text("text", u"one\n\n  two {{three}}\n<xml>"_s, true);
        text("empty text", QString(), true);
        text("a heading", u"# heading"_s, false);
        text("a separator", u"a\n###\nb"_s, false);
        text("a comment", u"a\n  // b"_s, false);
        text("a handler", u"a\n> {% x %}"_s, false);
        text("a quotation", u"> a b c"_s, false);
        text("a file name alone", u"< ./file"_s, false);
        text("a request line", u"a\nGET http://example.org"_s, false);
        text("a variable", u"a\n@b = c"_s, false);
        text("an answer", u"a\nHTTP/1.1 200 OK"_s, false);
        text("a query", u"query { a }"_s, false);
        text("an empty line before", u"\na"_s, false);
        text("an empty line after", u"a\n"_s, false);
        text("carriage returns", u"a\r\nb"_s, false);
        spec = plain;
        spec.body = {.kind = BodyKind::Text, .bytes = "\xff\xfe\x01"_ba};
        row("bytes", spec, false);
        spec.body = {.kind = BodyKind::Text, .pieces = {{.bytes = "a"}, {.filePath = u"/tmp/x y"_s}}};
        row("pieces", spec, false);
        spec.body = {.kind = BodyKind::File, .filePath = u"./a file.txt"_s, .fileIsTemplate = true, .fileEncoding = u"latin1"_s};
        row("file", spec);
        spec.headers = {{u"Content-Type"_s, u"application/x-www-form-urlencoded"_s, true}};
        spec.body = {.kind = BodyKind::Form,
                     .form = {{u"off first"_s, u"0"_s, false}, {u"a b"_s, u"c&d=e{{f}}+ü"_s, true}, {u"a b"_s, QString(), true}, {QString(), u"x"_s, true},
                              {u"off"_s, u"1"_s, false}, {u"off too"_s, u"2"_s, false}}};
        row("form", spec);
        spec.body.form = {{u"off"_s, u"1"_s, false}};
        row("a form of nothing", spec);
        spec.body.form.clear();
        row("an empty form", spec);
    }
    void keepsEverySpec()
    {
        QFETCH(RequestSpec, spec);
        QFETCH(bool, forEveryProgram);
        const QByteArray bytes = HttpFile::format(spec);
        const HttpFile file = parsed(bytes);
        QCOMPARE(file.requestCount(), 1);
        QCOMPARE(file.request(0), spec);
        QCOMPARE(HttpFile::holdsBody(spec), forEveryProgram);
        QCOMPARE(HttpFile::format(file.request(0)), bytes);
        // Into a file that has other requests, and out again.
        HttpFile other = parsed("### before\nGET http://a\n\n###\nGET http://b\n\n### after\nGET http://c\n");
        other.replace(1, spec);
        QCOMPARE(parsed(other.toBytes()).request(1), spec);
        QCOMPARE(parsed(other.toBytes()).requestCount(), 3);
    }

    // What the type of a body says stands in the file as a header.
    void contentTypeOfTheBodyIsAHeader()
    {
        RequestSpec spec;
        spec.url = u"https://example.org/"_s;
        spec.body = {.kind = BodyKind::Text, .contentType = u"application/json"_s, .text = u"{}"_s};
        const RequestSpec read = parsed(HttpFile::format(spec)).request(0);
        QCOMPARE(read.headers, (QList<SpecHeader>{{u"Content-Type"_s, u"application/json"_s, true}}));
        QVERIFY(read.body.contentType.isEmpty());
        spec.suppressedDefaults << u"Content-Type"_s;
        QVERIFY(parsed(HttpFile::format(spec)).request(0).headers.isEmpty());
    }
};

Q_DECLARE_METATYPE(realmscope::RequestSpec)

QTEST_APPLESS_MAIN(tst_HttpFile)
#include "tst_httpfile.moc"
