// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/base/Clock.h"
#include "app/base/Random.h"
#include "app/workspace/DynamicValues.h"
#include "app/workspace/Variables.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QJsonDocument>
#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>

using namespace realmscope;
using namespace Qt::StringLiterals;

namespace {

Exchange answered(const QByteArray &body, const Headers &headers = {})
{
    Exchange exchange;
    exchange.request.headers = {{"X-Sent", "yes"}};
    exchange.request.body = "{\"asked\": 1}";
    exchange.response.status = 200;
    exchange.response.headers = headers;
    exchange.response.body = RecordedBytes(body);
    return exchange;
}

std::shared_ptr<NamedResponses> answers()
{
    auto responses = std::make_shared<NamedResponses>();
    responses->keep(u"login"_s, answered(R"({"access_token": "Opal-7731-river", "user": {"id": 42, "names": ["a", "b.c"], "x y": true}, "evil": "{{host}} {{$processEnv HOME}}", "none": null})",
                                         {{"X-Trace", "t-1"}, {"Set-Cookie", "sid=Harbour-2290; Path=/"}}));
    responses->keep(u"list"_s, answered("[{\"id\": \"first\"}]"));
    responses->keep(u"text"_s, answered("plain"));
    return responses;
}

} // namespace

class tst_Variables : public QObject
{
    Q_OBJECT
private:
    FixedClock m_clock{1'700'000'000'000}; // 2023-11-14T22:13:20Z
    SystemRandom m_random;

private Q_SLOTS:
    void inspection_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("scope");
        QTest::addColumn<QString>("value"); // as it may be shown
        QTest::addColumn<QString>("problem"); // a part of it; empty: there is a value
        const auto row = [](const char *name, const char *text, const char *scope, const char *value, const char *problem = "") {
            QTest::newRow(name) << QString::fromUtf8(text) << QString::fromUtf8(scope) << QString::fromUtf8(value) << QString::fromUtf8(problem);
        };
        row("shared", "{{all}}", "shared", "everywhere");
        row("environment", "{{host}}", "environment", "staging.example");
        row("nested", "{{url}}", "file", "https://staging.example/v1");
        row("the request's own hides the file's", "{{version}}", "request", "v1");
        row("blanks", "{{  host }}", "environment", "staging.example");
        row("unknown", "{{nope}}", "none", "", "{{nope}} has no value");
        row("leads to an unknown one", "{{broken}}", "file", "{{missing}}", "the value of broken");
        row("a circle", "{{circle}}", "file", "", "without an end");
        row("an expression", "{{a + b}}", "none", "", "expression");
        row("dynamic", "{{$uuid}}", "dynamic", "a random UUID");
        row("dynamic with arguments", "{{$randomInt 1 5}}", "dynamic", "a random number");
        row("wrong arguments", "{{$randomInt one}}", "none", "", "not understood");
        row("made elsewhere", "{{$aadToken new}}", "none", "", "made by another program");
        row("a number of an answer", "{{login.response.body.$.user.id}}", "response", "42");
        row("a list of an answer", "{{list.response.body.$[0].id}}", "response", "first");
        row("quoted names", "{{login.response.body.$.user.names[1]}}", "response", "b.c");
        row("names with blanks", "{{login.response.body.$.user['x y']}}", "response", "true");
        row("an object", "{{login.response.body.user.names}}", "response", "[\"a\",\"b.c\"]");
        row("null", "{{login.response.body.$.none}}", "response", "null");
        row("a secret of an answer", "{{login.response.body.$.access_token}}", "response", "••••••••");
        row("a whole body with a secret", "{{login.response.body.*}}", "response", "••••••••");
        row("a whole body", "{{text.response.body.*}}", "response", "plain");
        row("a header", "{{login.response.headers.x-trace}}", "response", "t-1");
        row("a secret header", "{{login.response.headers.Set-Cookie}}", "response", "••••••••");
        row("of the request", "{{login.request.headers.X-Sent}}", "response", "yes");
        row("of its body", "{{login.request.body.$.asked}}", "response", "1");
        row("as httpYac has it", "{{login.user.id}}", "response", "42");
        row("as httpYac has lists", "{{list[0].id}}", "response", "first");
        row("nothing there", "{{login.response.body.$.user.nope}}", "none", "", "there is no nope");
        row("no such header", "{{login.response.headers.X-Nope}}", "none", "", "no header X-Nope");
        row("no JSON", "{{text.response.body.$.a}}", "none", "", "is no JSON");
        row("wildcards", "{{login.response.body.$..id}}", "none", "", "not understood");
        row("XPath", "{{login.response.body.//id}}", "none", "", "XPath");
        row("not sent yet", "{{other.response.body.$.a}}", "none", "", "needs the answer of other");
        row("environment of the program", "{{$processEnv REALMSCOPE_TEST_VALUE}}", "process", "••••••••");
        row("by another variable", "{{$processEnv %name}}", "process", "••••••••");
        row("not in the environment", "{{$processEnv REALMSCOPE_NO_SUCH}}", "none", "", "REALMSCOPE_NO_SUCH");
        row("of .env", "{{$dotenv WORD}}", "process", "••••••••");
        row("of .env further up", "{{$dotenv UP}}", "process", "••••••••");
        row("not above the workspace", "{{$dotenv ABOVE}}", "none", "", "no .env file has ABOVE");
        row("a value that leads to a secret", "{{bearer}}", "file", "Bearer ••••••••");
    }
    void inspection()
    {
        QFETCH(QString, text);
        QFETCH(QString, scope);
        QFETCH(QString, value);
        QFETCH(QString, problem);
        QTemporaryDir dir;
        QVERIFY(QDir(dir.path()).mkpath(u"ws/deep/er"_s));
        write(dir.filePath(u".env"_s), "ABOVE=1\n");
        write(dir.filePath(u"ws/.env"_s), "UP=Walnut-1\nWORD=Walnut-2\n");
        write(dir.filePath(u"ws/deep/er/.env"_s), "# words\nexport WORD='Walnut-3'\n");
        const Variables variables = make(dir.filePath(u"ws/deep/er"_s), dir.filePath(u"ws"_s));
        const QList<VariableUse> uses = variables.uses(u"before "_s + text + u" behind"_s);
        QCOMPARE(uses.size(), 1);
        const VariableUse &use = uses.first();
        QCOMPARE(use.begin, 7);
        QCOMPARE(use.end, 7 + text.size());
        QCOMPARE(variableScopeId(use.scope), scope);
        QCOMPARE(use.resolved, problem.isEmpty());
        QVERIFY2(use.problem.contains(problem), qPrintable(use.problem));
        if (use.resolved) {
            QCOMPARE(use.value, value);
            QVERIFY(use.scope == VariableScope::Dynamic || !use.source.isEmpty());
        } else {
            QVERIFY2(!use.action.isEmpty(), qPrintable(use.problem));
        }
        QCOMPARE(bool(variables.resolve(text, m_clock, m_random)), use.resolved);
    }

    void whatIsSent()
    {
        QTemporaryDir dir;
        write(dir.filePath(u".env"_s), "WORD=\"two\\nlines\" # words\n");
        const Variables variables = make(dir.path(), dir.path());
        const auto sent = [&](const QString &text) { return *variables.resolve(text, m_clock, m_random); };
        QCOMPARE(sent(u"{{login.response.body.$.access_token}}"_s), u"Opal-7731-river"_s);
        QCOMPARE(sent(u"{{bearer}}"_s), u"Bearer Opal-7731-river"_s);
        QCOMPARE(sent(u"{{$processEnv REALMSCOPE_TEST_VALUE}}"_s), u"Elder-99"_s);
        QCOMPARE(sent(u"{{$dotenv WORD}}"_s), u"two\nlines"_s);
        QCOMPARE(variables.secrets(u"{{bearer}} {{host}} {{$processEnv REALMSCOPE_TEST_VALUE}}"_s), (QStringList{u"Opal-7731-river"_s, u"Elder-99"_s}));
        // Braces in an answer are the server's text: nothing of ours is looked up for them.
        QCOMPARE(sent(u"{{login.response.body.$.evil}} {{url}}"_s), u"{{host}} {{$processEnv HOME}} https://staging.example/v1"_s);
    }

    void dynamicValues_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char *text, const char *expected) { QTest::newRow(text) << QString::fromUtf8(text) << QString::fromUtf8(expected); };
        row("$timestamp", "1700000000");
        row("$timestamp -1 d", "1699913600");
        row("$timestamp 2 w", "1701209600");
        row("$timestamp 1 ms", "1700000000");
        row("$isoTimestamp", "2023-11-14T22:13:20.000Z");
        row("$datetime iso8601", "2023-11-14T22:13:20.000Z");
        row("$datetime iso8601 1 M", "2023-12-14T22:13:20.000Z");
        row("$datetime rfc1123", "Tue, 14 Nov 2023 22:13:20 GMT"); // RFC 9110 section 5.6.7
        row("$datetime \"YYYY-MM-DD HH:mm:ss.SSS Z\"", "2023-11-14 22:13:20.000 +00:00");
        row("$datetime 'D.M.YY h:m A dddd MMMM [Y]' 1 y", "14.11.24 10:13 PM Thursday November Y");
        row("$randomInt 5 6", "5");
        row("$random.integer(7, 8)", "7");
        row("$random.float(3, 3)", "3");
    }
    void dynamicValues()
    {
        QFETCH(QString, text);
        QFETCH(QString, expected);
        const Result<QString> value = Variables().resolve(u"{{"_s + text + u"}}"_s, m_clock, m_random);
        QVERIFY(value);
        QCOMPARE(*value, expected);
    }

    void randomNumbersStayInside()
    {
        QSet<QString> seen;
        for (int i = 0; i < 400; ++i)
            seen.insert(*Variables().resolve(u"{{$randomInt -2 2}}"_s, m_clock, m_random));
        QCOMPARE(seen, (QSet<QString>{u"-2"_s, u"-1"_s, u"0"_s, u"1"_s}));
    }

    void whatCanBeWritten()
    {
        const Variables variables = make({}, {});
        QStringList names;
        for (const VariableUse &use : variables.known()) {
            names << use.name;
            QVERIFY(!use.value.contains(u"Opal-7731-river"_s));
        }
        QVERIFY(names.contains(u"host"_s) && names.contains(u"login.response.body.*"_s) && names.contains(u"$uuid"_s));
        // Whatever is offered is understood.
        for (const DynamicKind &kind : dynamicKinds()) {
            const QString name = QString::fromLatin1(kind.example);
            if (!name.endsWith("NAME"_L1))
                QVERIFY2(Variables().resolve(u"{{"_s + name + u"}}"_s, m_clock, m_random), kind.example);
        }
    }

    // An editor of environments writes what it knows; what else is in the file stays.
    void environmentsKeepWhatTheyDoNotKnow()
    {
        QTemporaryDir dir;
        const QString path = dir.filePath(u"http-client.env.json"_s);
        write(path, R"({"dev": {"host": "a", "port": 8080, "Security": {"Auth": {"x": 1}}}, "old": {"a": "1"}, "$shared": {"s": "1"}})");
        Result<Environments> environments = Environments::load(path);
        QVERIFY(environments);
        environments->named[u"dev"_s][u"host"_s] = u"b"_s;
        environments->named.remove(u"old"_s);
        QVERIFY(environments->save(path));
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QJsonObject root = QJsonDocument::fromJson(file.readAll()).object();
        QCOMPARE(root.keys(), (QStringList{u"$shared"_s, u"dev"_s}));
        QCOMPARE(root[u"dev"_s][u"host"_s].toString(), u"b"_s);
        QCOMPARE(root[u"dev"_s][u"port"_s].toInt(), 8080); // still a number
        QCOMPARE(root[u"dev"_s][u"Security"_s][u"Auth"_s][u"x"_s].toInt(), 1);
        write(path, "{oops");
        QVERIFY(!environments->save(path));
        QFile after(path);
        QVERIFY(after.open(QIODevice::ReadOnly));
        QCOMPARE(after.readAll(), "{oops"_ba);
    }

private:
    static void write(const QString &path, const QByteArray &bytes)
    {
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(bytes);
    }

    static Variables make(const QString &folder, const QString &root)
    {
        qputenv("REALMSCOPE_TEST_VALUE", "Elder-99");
        Variables variables;
        variables.set(u"all"_s, u"everywhere"_s, VariableScope::Shared, u"all environments"_s);
        variables.set(u"host"_s, u"staging.example"_s, VariableScope::Environment, u"environment Staging"_s);
        for (const auto &[name, value] : {std::pair{u"url"_s, u"https://{{host}}/{{version}}"_s}, {u"version"_s, u"v0"_s}, {u"broken"_s, u"{{missing}}"_s},
                                          {u"circle"_s, u"{{circle}}"_s}, {u"name"_s, u"REALMSCOPE_TEST_VALUE"_s},
                                          {u"bearer"_s, u"Bearer {{login.response.body.$.access_token}}"_s}})
            variables.set(name, value, VariableScope::File, u"a.http"_s);
        variables.set(u"version"_s, u"v1"_s, VariableScope::Request, u"a.http"_s);
        variables.setResponses(answers());
        variables.setFolders(folder, root);
        return variables;
    }
};

QTEST_APPLESS_MAIN(tst_Variables)
#include "tst_variables.moc"
