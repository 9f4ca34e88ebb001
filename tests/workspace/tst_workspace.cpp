// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/base/Clock.h"
#include "app/base/Random.h"
#include "app/workspace/Workspace.h"

#include <QtCore/QDir>

#include <QtCore/QFile>
#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>

using namespace realmscope;
using namespace Qt::StringLiterals;

namespace {

void write(const QString &path, const QByteArray &bytes)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(bytes);
}

QByteArray read(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

class tst_Workspace : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void roundTrip_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("requests");
        const auto row = [](const char *name, const char *text, int requests) { QTest::newRow(name) << QByteArray(text) << requests; };
        row("empty", "", 0);
        row("only comments", "# nothing here\n// yet\n", 0);
        row("a URL", "https://example.org/\n", 1);
        row("no line end", "GET https://example.org/", 1);
        row("headers and body", "POST https://example.org/a HTTP/1.1\nContent-Type: application/json\nX: y\n\n{\"a\": 1}\n", 1);
        row("several", "### one\nGET https://example.org/1\n\n### two\n# @name second\nGET https://example.org/2\nA: b\n\n###\nDELETE https://example.org/3\n", 3);
        row("CR LF", "### one\r\nGET https://example.org/1\r\nA: b\r\n\r\nbody\r\n###\r\nGET https://example.org/2\r\n", 2);
        row("variables", "@host = example.org\n@port=8080\n\nGET https://{{host}}:{{port}}/\n", 1);
        row("query in lines", "GET https://example.org/search\n    ?q=a\n    &page=2\nAccept: */*\n", 1);
        row("file body", "POST https://example.org/\nContent-Type: text/plain\n\n< ./body.txt\n", 1);
        row("response handler", "GET https://example.org/\n\n> {%\n client.test('x', function() {});\n%}\n\n### next\nGET https://example.org/2\n", 2);
        row("comments everywhere", "# a\n\n// b\n### c\n# @name d\n// e\n# @no-log\nGET https://example.org/\n# between\nA: b\n\nbody\n\n\n", 1);
        row("ours", "# @realmscope-profile alice\n# @realmscope-setting followRedirects true\nGET https://example.org/\n# @realmscope-off X: y\n", 1);
        row("text before the first", "Some words of somebody\n\n###\nGET https://example.org/\n", 2);
        row("trailing separators", "GET https://example.org/\n###\n###\n", 1);
        row("GraphQL", "POST https://example.org/graphql\nX-REQUEST-TYPE: GraphQL\n\nquery { a }\n\n{\"v\": 1}\n", 1);
    }
    void roundTrip()
    {
        QFETCH(QByteArray, text);
        const Result<HttpFile> file = HttpFile::parse(text);
        QVERIFY(file);
        QCOMPARE(file->toBytes(), text);
        if (qstrcmp(QTest::currentDataTag(), "text before the first") != 0)
            QTEST(int(file->requestCount()), "requests");
    }

    void meaning()
    {
        const Result<HttpFile> file = HttpFile::parse(
            "@host = example.org\n### Log in\n# @realmscope-profile alice\n# @realmscope-setting followRedirects true\n"
            "POST https://{{host}}/login?a=b HTTP/1.1\nContent-Type: application/json\n# @realmscope-off X-Debug: 1\n\n{\n  \"a\": 1\n}\n\n"
            "### \n# @name me\nhttps://{{host}}/me\n   ?x=1\n   &y=2\n");
        QVERIFY(file);
        QCOMPARE(file->requestCount(), 2);
        const RequestSpec &login = file->request(0);
        QCOMPARE(login.name, u"Log in"_s);
        QCOMPARE(login.method, u"POST"_s);
        QCOMPARE(login.url, u"https://{{host}}/login?a=b"_s);
        QCOMPARE(login.profileName, u"alice"_s);
        QVERIFY(login.settings.followRedirects);
        QCOMPARE(login.headers.size(), 2);
        QVERIFY(!login.headers.at(1).enabled);
        QCOMPARE(login.body.text, u"{\n  \"a\": 1\n}"_s);
        QCOMPARE(file->request(1).name, u"me"_s);
        QCOMPARE(file->request(1).url, u"https://{{host}}/me?x=1&y=2"_s);
        QCOMPARE(file->fileVariables().value(u"host"_s), u"example.org"_s);
        QCOMPARE(file->indexOf(u"me"_s), 1);
    }

    void replacingOneKeepsTheRest()
    {
        const QByteArray before = "# of the team\n### one\nGET https://example.org/1\n\n### two\n# keep me\n# @name two\nGET https://example.org/2\nA: b\n\n"
                                  "> {% handler %}\n\n### three\nGET https://example.org/3\n";
        Result<HttpFile> file = HttpFile::parse(before);
        RequestSpec spec = file->request(1);
        file->replace(1, spec);
        QCOMPARE(file->toBytes(), before); // nothing changed, nothing rewritten
        spec.method = u"PUT"_s;
        spec.body.kind = BodyKind::Text;
        spec.body.text = u"hello"_s;
        file->replace(1, spec);
        const QByteArray after = file->toBytes();
        QVERIFY(after.startsWith("# of the team\n### one\nGET https://example.org/1\n\n### two\n"));
        QVERIFY(after.endsWith("### three\nGET https://example.org/3\n"));
        QVERIFY(after.contains("# keep me\n") && after.contains("> {% handler %}\n"));
        const Result<HttpFile> again = HttpFile::parse(after);
        QCOMPARE(again->requestCount(), 3);
        QCOMPARE(again->request(1), spec);
    }

    void formatAndBack()
    {
        RequestSpec spec;
        spec.name = u"Everything"_s;
        spec.method = u"POST"_s;
        spec.url = u"https://example.org/a?b={{c}}"_s;
        spec.headers = {{u"Content-Type"_s, u"text/plain"_s, true}, {u"X-Off"_s, u"1"_s, false}};
        spec.suppressedDefaults = QStringList{u"Accept"_s};
        spec.body.kind = BodyKind::Text;
        spec.body.text = u"line 1\nline 2"_s;
        spec.profileName = u"alice smith"_s;
        spec.settings.followRedirects = true;
        spec.settings.maxRedirects = 3;
        spec.settings.verifyTls = false;
        spec.settings.version = HttpVersion::Http10;
        spec.settings.totalTimeoutMs = 1500;
        const Result<HttpFile> file = HttpFile::parse(HttpFile::format(spec));
        QVERIFY(file);
        QCOMPARE(file->requestCount(), 1);
        QCOMPARE(file->request(0), spec);
    }

    void versions_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<HttpVersion>("version");
        QTest::newRow("none") << "GET https://a/\n"_ba << HttpVersion::Auto;
        QTest::newRow("1.0 in the line") << "GET https://a/ HTTP/1.0\n"_ba << HttpVersion::Http10;
        QTest::newRow("1.1 in the line") << "GET https://a/ HTTP/1.1\n"_ba << HttpVersion::Http11;
        QTest::newRow("2 in the line") << "GET https://a/ HTTP/2\n"_ba << HttpVersion::Http2;
        // https://www.jetbrains.com/help/idea/exploring-http-syntax.html
        QTest::newRow("2 with prior knowledge, as JetBrains writes it") << "GET http://a/ HTTP/2 (Prior Knowledge)\n"_ba << HttpVersion::Http2PriorKnowledge;
    }
    void versions()
    {
        QFETCH(QByteArray, text);
        QFETCH(HttpVersion, version);
        const Result<HttpFile> file = HttpFile::parse(text);
        QVERIFY(file);
        const RequestSpec spec = file->request(0);
        QCOMPARE(spec.settings.version, version);
        QVERIFY(!spec.url.contains(u' '));
        QCOMPARE(HttpFile::parse(HttpFile::format(spec))->request(0).settings.version, version);
    }

    void binaryIsRefused() { QVERIFY(!HttpFile::parse(QByteArray("GET \0 x", 7))); }

    void variables_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("expected"); // null: an error
        QTest::newRow("none") << u"plain"_s << u"plain"_s;
        QTest::newRow("one") << u"{{host}}/a"_s << u"example.org/a"_s;
        QTest::newRow("spaces") << u"{{ host }}"_s << u"example.org"_s;
        QTest::newRow("nested") << u"{{url}}"_s << u"https://example.org"_s;
        QTest::newRow("unknown") << u"{{nope}}"_s << QString();
        QTest::newRow("circle") << u"{{a}}"_s << QString();
        QTest::newRow("not closed") << u"{{host"_s << u"{{host"_s;
        QTest::newRow("timestamp") << u"{{$timestamp}}"_s << u"1700000000"_s;
    }
    void variables()
    {
        QFETCH(QString, text);
        QFETCH(QString, expected);
        const Variables variables({{u"host"_s, u"example.org"_s}, {u"url"_s, u"https://{{host}}"_s}, {u"a"_s, u"{{b}}"_s}, {u"b"_s, u"{{a}}"_s}});
        FixedClock clock(1'700'000'000'000);
        SystemRandom random;
        const Result<QString> result = variables.resolve(text, clock, random);
        QCOMPARE(bool(result), !expected.isNull());
        if (result)
            QCOMPARE(*result, expected);
        else
            QCOMPARE(result.error().code, ErrorCode::UnresolvedVariable);
    }

    void folder()
    {
        QTemporaryDir dir;
        QDir(dir.path()).mkpath(u"b/.hidden"_s);
        QDir(dir.path()).mkpath(u"node_modules"_s);
        write(dir.filePath(u"a.http"_s), "GET https://example.org/\n");
        write(dir.filePath(u"b/two.http"_s), "### x\nGET https://example.org/1\n### y\nPOST https://example.org/2\n");
        write(dir.filePath(u"b/.hidden/z.http"_s), "GET https://example.org/\n");
        write(dir.filePath(u"node_modules/z.http"_s), "GET https://example.org/\n");
        write(dir.filePath(u"broken.http"_s), QByteArray("\0", 1));
        auto workspace = Workspace::open(dir.path());
        QVERIFY(workspace);
        const WorkspaceEntry &tree = (*workspace)->tree();
        QCOMPARE(tree.children.size(), 3); // b, a.http, broken.http
        QCOMPARE(tree.children.at(0).name, u"b"_s);
        QCOMPARE(tree.children.at(0).children.size(), 2);
        QCOMPARE(tree.children.at(0).children.at(1).method, u"POST"_s);
        QVERIFY(!tree.children.at(2).problem.isEmpty());

        RequestSpec spec;
        spec.name = u"List / invoices?"_s;
        spec.url = u"https://example.org/invoices"_s;
        const Result<QString> path = (*workspace)->create(u"b"_s, spec);
        QVERIFY(path);
        QCOMPARE(*path, u"b/list-invoices.http"_s);
        QCOMPARE(*(*workspace)->create(u"b"_s, spec), u"b/list-invoices-2.http"_s);
        QCOMPARE((*workspace)->load(*path, 0)->url, spec.url);
        spec.method = u"PUT"_s;
        QVERIFY((*workspace)->save(*path, 0, spec));
        QVERIFY(read(dir.filePath(*path)).contains("PUT https://example.org/invoices"));
        QVERIFY(!(*workspace)->create(u"../outside"_s, spec));
        QVERIFY(!(*workspace)->load(u"../../etc/passwd"_s, 0));
        QVERIFY(!(*workspace)->load(u"b/two.http"_s, 5));
        QVERIFY((*workspace)->remove(u"b/two.http"_s, 0));
        QCOMPARE((*workspace)->load(u"b/two.http"_s, 0)->method, u"POST"_s);
    }

    void trash_data()
    {
        QTest::addColumn<QString>("data"); // XDG_DATA_HOME
        QTest::addColumn<QString>("trashed"); // where the file is afterwards
        QTest::newRow("there") << u"data"_s << u"data/Trash/files/only.http"_s;
        QTest::newRow("not there yet") << u"new/data"_s << u"new/data/Trash/files/only.http"_s;
        QTest::newRow("can't be made") << u"file/data"_s << QString();
    }
    // The freedesktop.org trash specification: $XDG_DATA_HOME/Trash/files.
    void trash()
    {
        QFETCH(QString, data);
        QFETCH(QString, trashed);
        const QTemporaryDir dir;
        QVERIFY(QDir(dir.path()).mkpath(u"workspace"_s));
        QVERIFY(QDir(dir.path()).mkpath(u"current"_s));
        QVERIFY(QDir(dir.path()).mkpath(u"data"_s));
        write(dir.filePath(u"file"_s), "no folder");
        write(dir.filePath(u"workspace/only.http"_s), "GET https://example.org/\n");
        const QByteArray before = qgetenv("XDG_DATA_HOME");
        const QString current = QDir::currentPath();
        qputenv("XDG_DATA_HOME", QFile::encodeName(dir.filePath(data)));
        QDir::setCurrent(dir.filePath(u"current"_s));
        auto workspace = Workspace::open(dir.filePath(u"workspace"_s));
        const bool removed = workspace && (*workspace)->remove(u"only.http"_s, 0);
        const QStringList strays = QDir().entryList(QDir::AllEntries | QDir::NoDotAndDotDot);
        QDir::setCurrent(current);
        if (before.isNull())
            qunsetenv("XDG_DATA_HOME");
        else
            qputenv("XDG_DATA_HOME", before);
        QVERIFY(removed);
        QVERIFY(!QFile::exists(dir.filePath(u"workspace/only.http"_s)));
        QCOMPARE(strays, QStringList());
        if (!trashed.isEmpty())
            QVERIFY(QFile::exists(dir.filePath(trashed)));
    }

    void environments()
    {
        QTemporaryDir dir;
        const QString path = dir.filePath(u"environments.json"_s);
        QVERIFY(Environments::load(path)->named.isEmpty());
        Environments environments;
        environments.shared.insert(u"a"_s, u"1"_s);
        environments.named[u"Staging"_s].insert(u"a"_s, u"2"_s);
        QVERIFY(environments.save(path));
        const Result<Environments> loaded = Environments::load(path);
        QVERIFY(loaded);
        QCOMPARE(loaded->variables(u"Staging"_s).values().value(u"a"_s), u"2"_s);
        QCOMPARE(loaded->variables(u"Production"_s).values().value(u"a"_s), u"1"_s);
        // JetBrains
        write(path, "{\"dev\": {\"host\": \"localhost\", \"port\": 8080}}");
        QCOMPARE(Environments::load(path)->variables(u"dev"_s).values().value(u"port"_s), u"8080"_s);
        write(path, "{oops");
        QVERIFY(!Environments::load(path));
    }
};

QTEST_APPLESS_MAIN(tst_Workspace)
#include "tst_workspace.moc"
