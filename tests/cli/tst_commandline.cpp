// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/CommandLine.h"

#include <QtTest/QTest>

using namespace Qt::StringLiterals;
using namespace realmscope;

class CommandLineTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void reads_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QStringList>("values"); // of --name
        QTest::addColumn<bool>("on");            // --switch
        QTest::addColumn<QStringList>("words");
        QTest::addColumn<QStringList>("curl");
        QTest::newRow("long") << QStringList{u"--name"_s, u"v"_s, u"w"_s} << QStringList{u"v"_s} << false << QStringList{u"w"_s} << QStringList{};
        QTest::newRow("equals") << QStringList{u"--name=a=b"_s} << QStringList{u"a=b"_s} << false << QStringList{} << QStringList{};
        QTest::newRow("empty value") << QStringList{u"--name="_s} << QStringList{QString()} << false << QStringList{} << QStringList{};
        QTest::newRow("short, apart and joined") << QStringList{u"-n"_s, u"a"_s, u"-nb"_s, u"-s"_s} << QStringList{u"a"_s, u"b"_s} << true
                                                 << QStringList{} << QStringList{};
        QTest::newRow("after words") << QStringList{u"w"_s, u"--switch"_s} << QStringList{} << true << QStringList{u"w"_s} << QStringList{};
        QTest::newRow("end of options") << QStringList{u"--"_s, u"--switch"_s} << QStringList{} << false << QStringList{u"--switch"_s} << QStringList{};
        QTest::newRow("curl's words are not ours") << QStringList{u"-s"_s, u"curl"_s, u"-s"_s, u"--name"_s, u"x"_s} << QStringList{} << true
                                                   << QStringList{} << QStringList{u"-s"_s, u"--name"_s, u"x"_s};
    }
    void reads()
    {
        QFETCH(QStringList, arguments);
        const Result<ParsedLine> line = parseLine(arguments, options(), true);
        QVERIFY(line);
        QTEST(line->values(u"name"_s), "values");
        QTEST(line->has(u"switch"_s), "on");
        QTEST(line->words, "words");
        QTEST(line->curl, "curl");
        QCOMPARE(line->isCurl, arguments.contains(u"curl"_s));
    }

    void refuses_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QString>("names");
        QTest::newRow("unknown") << QStringList{u"--nope=secret"_s} << u"--nope"_s;
        QTest::newRow("unknown short") << QStringList{u"-zsecret"_s} << u"-z"_s;
        QTest::newRow("value missing") << QStringList{u"--name"_s} << u"--name"_s;
        QTest::newRow("value too many") << QStringList{u"--switch=1"_s} << u"--switch"_s;
    }
    void refuses()
    {
        QFETCH(QStringList, arguments);
        QFETCH(QString, names);
        const Result<ParsedLine> line = parseLine(arguments, options(), false);
        QVERIFY(!line);
        QCOMPARE(line.error().code, ErrorCode::InvalidInput);
        QVERIFY(line.error().message.contains(names));
        QVERIFY(!line.error().message.contains("secret"_L1));
    }

private:
    static std::vector<OptionSpec> options() { return {{"name", 'n', "VALUE", ""}, {"switch", 's', nullptr, ""}}; }
};

QTEST_APPLESS_MAIN(CommandLineTest)
#include "tst_commandline.moc"
