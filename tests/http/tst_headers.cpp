// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/http/Headers.h"
#include "app/http/RecordedBytes.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtTest/QTest>

using namespace realmscope;
using namespace Qt::StringLiterals;

class tst_Headers : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void lookup()
    {
        Headers headers{{"A", "1"}, {"b", "2"}, {"a", "3"}};
        QCOMPARE(headers.value("a"), "1");
        QCOMPARE(headers.values("A"), (QList<QByteArray>{"1", "3"}));
        QCOMPARE(headers.combined("a"), "1, 3");
        QVERIFY(headers.value("c").isNull());
        headers.set("A"_ba, "9"_ba);
        QCOMPARE(headers.size(), 2);
        QCOMPARE(headers.at(0).value, "9");
        QCOMPARE(headers.remove("B"), 1);
        QCOMPARE(headers.indexOf("b"), -1);
    }

    void lists_data()
    {
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<QList<QByteArray>>("items");
        QTest::newRow("plain") << "a, b ,c"_ba << QList<QByteArray>{"a", "b", "c"};
        QTest::newRow("empty elements") << ",a,,b,"_ba << QList<QByteArray>{"a", "b"};
        QTest::newRow("quoted comma") << "a=\"x, y\", b"_ba << QList<QByteArray>{"a=\"x, y\"", "b"};
        QTest::newRow("escaped quote") << "\"a\\\", b\", c"_ba << QList<QByteArray>{"\"a\\\", b\"", "c"};
        QTest::newRow("nothing") << " "_ba << QList<QByteArray>{};
    }
    void lists()
    {
        QFETCH(QByteArray, value);
        QFETCH(QList<QByteArray>, items);
        QCOMPARE(splitList(value), items);
    }

    void dates_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<qint64>("seconds"); // date -u -d "$text" +%s; -1: no date
        QTest::newRow("IMF-fixdate") << "Sun, 06 Nov 1994 08:49:37 GMT"_ba << qint64(784111777);
        QTest::newRow("RFC 850") << "Sunday, 06-Nov-94 08:49:37 GMT"_ba << qint64(784111777);
        QTest::newRow("asctime") << "Sun Nov  6 08:49:37 1994"_ba << qint64(784111777);
        QTest::newRow("leap second") << "Sat, 31 Dec 2016 23:59:60 GMT"_ba << qint64(1483228799);
        QTest::newRow("nonsense") << "yesterday"_ba << qint64(-1);
        QTest::newRow("no such day") << "Sun, 32 Nov 1994 08:49:37 GMT"_ba << qint64(-1);
        QTest::newRow("no such month") << "Sun, 06 Nox 1994 08:49:37 GMT"_ba << qint64(-1);
        QTest::newRow("empty") << ""_ba << qint64(-1);
    }
    void dates()
    {
        QFETCH(QByteArray, text);
        QFETCH(qint64, seconds);
        QCOMPARE(parseHttpDate(text).value_or(-1), seconds);
    }
    void formatDate() { QCOMPARE(formatHttpDate(784111777), "Sun, 06 Nov 1994 08:49:37 GMT"); }

    void recordedBytesSpill()
    {
        RecordedBytes bytes(1000);
        QVERIFY(bytes.append(QByteArray(600, 'a')));
        QVERIFY(!bytes.isInFile());
        const QStringList before = QDir(QDir::tempPath()).entryList(QDir::Files);
        QVERIFY(bytes.append(QByteArray(600, 'b')));
        QVERIFY(bytes.isInFile());
        QVERIFY(bytes.append(QByteArray(10, 'c')));
        QCOMPARE(bytes.size(), 1210);
        QCOMPARE(bytes.read(595, 10), "aaaaabbbbb");
        QCOMPARE(bytes.read(1195, 100), "bbbbbcccccccccc");
        QCOMPARE(bytes.read(5000, 1), "");
        QCOMPARE(bytes.all(), QByteArray(600, 'a') + QByteArray(600, 'b') + QByteArray(10, 'c'));
        // The file is ours alone (and often has no name at all, where the system knows O_TMPFILE), and goes with the last
        // copy.
        const auto named = [&before] {
            QStringList names = QDir(QDir::tempPath()).entryList({u"tst_headers.*"_s, u"qt_temp.*"_s}, QDir::Files);
            names.removeIf([&](const QString &name) { return before.contains(name); });
            return names;
        };
        for (const QString &name : named())
            QCOMPARE(QFile(QDir(QDir::tempPath()).filePath(name)).permissions()
                         & (QFile::ReadGroup | QFile::ReadOther | QFile::WriteGroup | QFile::WriteOther),
                     QFile::Permissions());
        RecordedBytes copy = bytes;
        bytes = RecordedBytes();
        QCOMPARE(copy.read(1205, 10), "ccccc");
        copy = RecordedBytes();
        QCOMPARE(named(), QStringList());
    }
};

QTEST_APPLESS_MAIN(tst_Headers)
#include "tst_headers.moc"
