// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
// `realmscope-cli history` on a history in a temporary folder.
#include "../diagnosis/TraceBuilder.h"
#include "app/cli/Cli.h"
#include "app/diagnosis/StoredDiagnosis.h"
#include "app/workspace/HistoryFolder.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>

#include <optional>

using namespace Qt::StringLiterals;

namespace realmscope {

class HistoryCommandTest : public QObject
{
    Q_OBJECT

private:
    struct Ran
    {
        int status = -1;
        QByteArray out;
        QByteArray err;
    };

    std::unique_ptr<QTemporaryDir> m_dir;

    [[nodiscard]] QString workspace() const { return m_dir->filePath(u"ws"_s); }

    Ran run(QStringList arguments)
    {
        Ran ran;
        std::optional<int> status;
        CliStreams streams;
        streams.out = [&](const QByteArray &bytes) { ran.out += bytes; };
        streams.err = [&](const QByteArray &bytes) { ran.err += bytes; };
        streams.readStandardInput = [] { return QByteArray(); };
        runCli(QStringList{u"history"_s} + arguments + QStringList{u"--workspace"_s, workspace()}, streams, [&](int code) { status = code; });
        ran.status = status.value_or(-1); // it waits for nothing
        return ran;
    }

    // One a day from 2026-11-01 on; every second is refused.
    void fill(int count)
    {
        HistoryFolder files(historyFolder(workspace()), {});
        for (int number = 1; number <= count; ++number) {
            HistoryRecord record;
            record.entry.id = u"entry-%1"_s.arg(number);
            record.entry.sentAtMs = QDateTime(QDate(2026, 11, number), QTime(12, 0)).toMSecsSinceEpoch();
            record.entry.method = u"GET"_s;
            record.entry.url = u"http://api.example/items/%1"_s.arg(number);
            const bool isRefused = number % 2 == 0;
            record.entry.status = isRefused ? 401 : 200;
            record.entry.title = isRefused ? u"The access token has expired"_s : QString();
            record.trace.exchanges.append(makeExchange("GET /items/" + QByteArray::number(number) + " HTTP/1.1\nHost: api.example\n\n",
                                                       isRefused ? "HTTP/1.1 401 Unauthorized\nWWW-Authenticate: Bearer error=\"invalid_token\"\nContent-Length: 2\n\nno"
                                                                 : "HTTP/1.1 200 OK\nContent-Type: text/plain\nContent-Length: 5\n\nhello"));
            Diagnosis diagnosis;
            diagnosis.outcome.status = record.entry.status;
            diagnosis.summary = u"summary of %1"_s.arg(number);
            record.diagnosis = storeDiagnosis(diagnosis, {record.trace, {{}}}, Redactor());
            QVERIFY(files.add(record));
        }
    }

private Q_SLOTS:
    void init()
    {
        m_dir = std::make_unique<QTemporaryDir>();
        qputenv("XDG_DATA_HOME", QFile::encodeName(m_dir->filePath(u"data"_s)));
    }

    void listed()
    {
        fill(3);
        const Ran text = run({u"list"_s});
        QCOMPARE(text.status, 0);
        const QByteArrayList lines = text.out.split('\n');
        QCOMPARE(lines.size(), 4);
        QVERIFY(lines.at(0).contains("   1  2026-11-03 12:00:00  200  GET http://api.example/items/3"));
        QVERIFY(lines.at(1).contains("   2  2026-11-02 12:00:00  401  GET http://api.example/items/2  (The access token has expired)"));

        const Ran json = run({u"list"_s, u"--json"_s, u"--search"_s, u"token items"_s});
        const QJsonObject object = QJsonDocument::fromJson(json.out).object();
        QCOMPARE(object.value(u"schema"_s).toString(), u"realmscope.history/1"_s);
        const QJsonArray entries = object.value(u"entries"_s).toArray();
        QCOMPARE(entries.size(), 1);
        QCOMPARE(entries.first().toObject().value(u"number"_s).toInt(), 2);
        QCOMPARE(entries.first().toObject().value(u"id"_s).toString(), u"entry-2"_s);
        QCOMPARE(entries.first().toObject().value(u"status"_s).toInt(), 401);

        const Ran limited = run({u"list"_s, u"--limit"_s, u"1"_s});
        QCOMPARE(limited.out.count('\n'), 1);
        QVERIFY(limited.err.contains("2 more entries"));
    }

    void anEmptyOneIsSaid()
    {
        const Ran list = run({u"list"_s});
        QCOMPARE(list.status, 0);
        QVERIFY(list.out.isEmpty());
        QVERIFY(list.err.contains("the history is empty"));
        const Ran show = run({u"show"_s, u"1"_s});
        QCOMPARE(show.status, 1);
        QVERIFY(show.err.contains("there is no history entry 1"));
        QVERIFY(!QDir(m_dir->filePath(u"data"_s)).exists()); // nothing is made by looking
    }

    void shown()
    {
        fill(2);
        const Ran newest = run({u"show"_s, u"1"_s});
        QCOMPARE(newest.status, 0);
        QCOMPARE(newest.out, "HTTP/1.1 401 Unauthorized\nWWW-Authenticate: Bearer error=\"invalid_token\"\nContent-Length: 2\n\nno");
        QVERIFY(newest.err.contains("from the history, sent 2026-11-02 12:00:00; secrets are left out"));
        QCOMPARE(run({u"show"_s, u"entry-1"_s, u"--body"_s}).out, "hello");
        const QJsonObject trace = QJsonDocument::fromJson(run({u"show"_s, u"2"_s, u"--json"_s}).out).object();
        QCOMPARE(trace.value(u"schema"_s).toString(), u"realmscope.trace/1"_s);
        QCOMPARE(trace.value(u"exchanges"_s).toArray().size(), 1);
        const QJsonObject why = QJsonDocument::fromJson(run({u"show"_s, u"2"_s, u"--why"_s, u"--json"_s}).out).object();
        QCOMPARE(why.value(u"summary"_s).toString(), u"summary of 1"_s);
        QVERIFY(run({u"show"_s, u"1"_s, u"--why"_s}).out.contains("summary of 2"));

        const QString har = m_dir->filePath(u"out.har"_s);
        QCOMPARE(run({u"show"_s, u"1"_s, u"--save-har"_s, har}).status, 0);
        QFile file(har);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QJsonArray entries = QJsonDocument::fromJson(file.readAll()).object().value(u"log"_s).toObject().value(u"entries"_s).toArray();
        QCOMPARE(entries.first().toObject().value(u"response"_s).toObject().value(u"status"_s).toInt(), 401);
        const Ran nowhere = run({u"show"_s, u"1"_s, u"--save-har"_s, m_dir->filePath(u"no/folder/out.har"_s)});
        QCOMPARE(nowhere.status, 1);
        QVERIFY(nowhere.err.contains("can't be written"));
    }

    void cleared()
    {
        fill(5);
        QVERIFY(run({u"clear"_s, u"2"_s, u"entry-1"_s}).out.contains("2 entries were deleted"));
        QVERIFY(run({u"list"_s}).out.contains("items/5"));
        QVERIFY(!run({u"list"_s}).out.contains("items/4"));
        QVERIFY(run({u"clear"_s, u"--before"_s, u"2026-11-03"_s}).out.contains("1 entry was deleted")); // the second
        QVERIFY(run({u"list"_s}).out.contains("items/3"));
        const QJsonObject all = QJsonDocument::fromJson(run({u"clear"_s, u"--all"_s, u"--json"_s}).out).object();
        QCOMPARE(all.value(u"deleted"_s).toInt(), 2);
        QVERIFY(run({u"list"_s}).out.isEmpty());
        QVERIFY(QDir(historyFolder(workspace()) + u"/entries"_s).isEmpty());
    }

    void refused_data()
    {
        QTest::addColumn<QStringList>("words");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("nothing") << QStringList() << 2 << "Use one of: list, show, clear."_ba;
        QTest::newRow("unknown") << QStringList{u"purge"_s} << 2 << "unknown word \"purge\""_ba;
        QTest::newRow("show nothing") << QStringList{u"show"_s} << 2 << "takes NUMBER or ID"_ba;
        QTest::newRow("no such number") << QStringList{u"show"_s, u"9"_s} << 1 << "There are 1 to 1"_ba;
        QTest::newRow("no number") << QStringList{u"show"_s, u"0"_s} << 1 << "there is no history entry 0"_ba;
        QTest::newRow("another file") << QStringList{u"show"_s, u"../list"_s} << 1 << "there is no history entry ../list"_ba;
        QTest::newRow("clear nothing") << QStringList{u"clear"_s} << 2 << "--all"_ba;
        QTest::newRow("no day") << QStringList{u"clear"_s, u"--before"_s, u"yesterday"_s} << 2 << "2026-11-28"_ba;
        QTest::newRow("no limit") << QStringList{u"list"_s, u"--limit"_s, u"few"_s} << 2 << "--limit takes a number"_ba;
        QTest::newRow("list more") << QStringList{u"list"_s, u"x"_s} << 2 << "--search"_ba;
    }

    void refused()
    {
        QFETCH(QStringList, words);
        QFETCH(int, status);
        QFETCH(QByteArray, says);
        fill(1);
        const Ran ran = run(words);
        QCOMPARE(ran.status, status);
        QVERIFY2(ran.err.contains(says), ran.err.constData());
        QVERIFY(ran.err.startsWith("realmscope-cli: "));
        QVERIFY(run({u"list"_s}).out.contains("items/1")); // and nothing is lost
    }

    void damageIsSaid()
    {
        fill(1);
        QFile file(HistoryFolder::entryPath(historyFolder(workspace()), u"entry-1"_s));
        QVERIFY(file.open(QIODevice::ReadWrite) && file.resize(file.size() - 5));
        file.close();
        const Ran ran = run({u"show"_s, u"1"_s});
        QCOMPARE(ran.status, 1);
        QVERIFY2(ran.err.contains("the history entry is damaged") && ran.err.contains(file.fileName().toUtf8()), ran.err.constData());
    }
};

} // namespace realmscope

QTEST_GUILESS_MAIN(realmscope::HistoryCommandTest)
#include "tst_historycommand.moc"
