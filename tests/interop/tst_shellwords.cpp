// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/interop/CurlCommand.h"

#include <QtCore/QProcess>
#include <QtCore/QStandardPaths>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

using namespace Qt::StringLiterals;
using namespace realmscope;

class ShellWordsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    // Expected words from the POSIX shell's and bash's manuals; every row is put to bash itself as well.
    void posix_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QStringList>("words");
        QTest::newRow("plain") << u"curl -s http://a/"_s << QStringList{u"curl"_s, u"-s"_s, u"http://a/"_s};
        QTest::newRow("single quotes keep everything") << u"curl 'a $b \\ \"c\"'"_s << QStringList{u"curl"_s, u"a $b \\ \"c\""_s};
        QTest::newRow("double quotes with escapes") << u"curl \"a \\\"b\\\" \\$c \\\\ \\d\""_s
                                                   << QStringList{u"curl"_s, u"a \"b\" $c \\ \\d"_s};
        QTest::newRow("joined pieces") << u"curl a'b c'\"d e\"f"_s << QStringList{u"curl"_s, u"ab cd ef"_s};
        QTest::newRow("apostrophe the usual way") << u"curl 'it'\\''s'"_s << QStringList{u"curl"_s, u"it's"_s};
        QTest::newRow("empty words") << u"curl '' \"\""_s << QStringList{u"curl"_s, QString(), QString()};
        QTest::newRow("escaped space") << u"curl a\\ b"_s << QStringList{u"curl"_s, u"a b"_s};
        QTest::newRow("line continuation") << u"curl a \\\n  b"_s << QStringList{u"curl"_s, u"a"_s, u"b"_s};
        QTest::newRow("continuation in a word") << u"curl a\\\nb"_s << QStringList{u"curl"_s, u"ab"_s};
        QTest::newRow("continuation in double quotes") << u"curl \"a\\\nb\""_s << QStringList{u"curl"_s, u"ab"_s};
        QTest::newRow("newline in single quotes") << u"curl 'a\nb'"_s << QStringList{u"curl"_s, u"a\nb"_s};
        QTest::newRow("ansi quotes") << u"curl $'a\\nb\\t\\'c\\' \\x41 \\101 \\u00e9 \\\\'"_s
                                     << QStringList{u"curl"_s, u"a\nb\t'c' A A é \\"_s};
        QTest::newRow("utf-8 by bytes") << u"curl $'\\xc3\\xa9'"_s << QStringList{u"curl"_s, u"é"_s};
        QTest::newRow("comment") << u"curl a # and so on"_s << QStringList{u"curl"_s, u"a"_s};
        QTest::newRow("hash inside a word") << u"curl a#b"_s << QStringList{u"curl"_s, u"a#b"_s};
    }
    void posix()
    {
        QFETCH(QString, text);
        QFETCH(QStringList, words);
        const Result<QStringList> split = splitShellWords(text);
        QVERIFY2(split, qPrintable(split ? QString() : split.error().message));
        QCOMPARE(*split, words);

        const QString bash = QStandardPaths::findExecutable(u"bash"_s);
        if (bash.isEmpty()) {
            qInfo("REALMSCOPE-TEST-SKIPPED, because there is no bash");
            QSKIP("there is no bash");
        }
        // A function named curl prints its words as bash sees them.
        QProcess process;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(u"LC_ALL"_s, u"C.UTF-8"_s);
        process.setProcessEnvironment(environment);
        process.start(bash, {u"-c"_s, u"curl() { printf '%s\\0' curl \"$@\"; }\n"_s + text});
        QVERIFY(process.waitForFinished(20'000));
        QString seen = QString::fromUtf8(process.readAllStandardOutput());
        QVERIFY(seen.endsWith(QChar(0)));
        seen.chop(1);
        QCOMPARE(*split, seen.split(QChar(0)));
    }

    void others_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QStringList>("words");
        QTest::newRow("prompt") << u"$ curl a"_s << QStringList{u"curl"_s, u"a"_s};
        QTest::newRow("crlf continuation") << u"curl a \\\r\n b"_s << QStringList{u"curl"_s, u"a"_s, u"b"_s};
        QTest::newRow("line ends between options") << u"curl a\n -s\n"_s << QStringList{u"curl"_s, u"a"_s, u"-s"_s};
        QTest::newRow("pipe stands alone") << u"curl http://a/|jq ."_s
                                           << QStringList{u"curl"_s, u"http://a/"_s, u"|"_s, u"jq"_s, u"."_s};
        QTest::newRow("ampersand in a URL") << u"curl http://a/?b=1&c=2"_s << QStringList{u"curl"_s, u"http://a/?b=1&c=2"_s};
        QTest::newRow("surrogates as browsers write them") << u"curl $'\\ud83d\\ude00'"_s << QStringList{u"curl"_s, u"😀"_s};
        QTest::newRow("Windows, carets") << u"curl ^\"http://a/?b=1^&c=2^\" ^\r\n  -H ^\"X: a^\\^\"b^\\^\"^\""_s
                                         << QStringList{u"curl"_s, u"http://a/?b=1&c=2"_s, u"-H"_s, u"X: a\"b\""_s};
        QTest::newRow("Windows, quotes") << u"curl \"http://a/?b=1&c=2\" ^\n  -d \"{\\\"a\\\":1}\""_s
                                         << QStringList{u"curl"_s, u"http://a/?b=1&c=2"_s, u"-d"_s, u"{\"a\":1}"_s};
        QTest::newRow("Windows, backslashes") << u"curl ^\n \"C:\\dir\\f\" \"a\\\\\" b"_s
                                              << QStringList{u"curl"_s, u"C:\\dir\\f"_s, u"a\\"_s, u"b"_s};
        QTest::newRow("nothing") << u"   "_s << QStringList{};
    }
    void others()
    {
        QFETCH(QString, text);
        QFETCH(QStringList, words);
        const Result<QStringList> split = splitShellWords(text);
        QVERIFY2(split, qPrintable(split ? QString() : split.error().message));
        QCOMPARE(*split, words);
    }

    void openQuotes_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("place");
        QTest::newRow("single") << u"curl\\\n 'a"_s << u"line 2"_s;
        QTest::newRow("double") << u"curl \"a"_s << u"line 1"_s;
        QTest::newRow("ansi") << u"curl $'a"_s << u"line 1"_s;
        QTest::newRow("windows") << u"curl ^\n\"a"_s << u"line 2"_s;
        QTest::newRow("not utf-8") << u"curl $'\\xff'"_s << u"word 2"_s;
    }
    void openQuotes()
    {
        QFETCH(QString, text);
        QFETCH(QString, place);
        const Result<QStringList> split = splitShellWords(text);
        QVERIFY(!split);
        QCOMPARE(split.error().code, ErrorCode::Parse);
        if (!text.contains("^\n"_L1)) // the caret's line is joined before the quotes are read
            QVERIFY2(split.error().message.contains(place), qPrintable(split.error().message));
        QVERIFY(!split.error().action.isEmpty());
    }

    void recognisesCurl_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("is");
        QTest::newRow("plain") << u"curl http://a"_s << true;
        QTest::newRow("prompt") << u"  $ curl http://a"_s << true;
        QTest::newRow("path") << u"/usr/bin/curl http://a"_s << true;
        QTest::newRow("windows") << u"curl.exe http://a"_s << true;
        QTest::newRow("another word") << u"curling http://a"_s << false;
        QTest::newRow("url") << u"https://curl.se/"_s << false;
        QTest::newRow("empty") << QString() << false;
    }
    void recognisesCurl()
    {
        QFETCH(QString, text);
        QTEST(looksLikeCurl(text), "is");
    }
};

QTEST_GUILESS_MAIN(ShellWordsTest)
#include "tst_shellwords.moc"
