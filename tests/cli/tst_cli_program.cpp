// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/practice/PracticeServer.h"

#include <QtCore/QFile>
#include <QtCore/QProcess>
#include <QtCore/QTemporaryDir>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include <csignal>

using namespace Qt::StringLiterals;
using namespace realmscope;

// The program as a shell sees it.
class CliProgramTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void version()
    {
        const Ran ran = run({u"--version"_s});
        QCOMPARE(ran.status, 0);
        QCOMPARE(ran.out, "realmscope-cli " REALMSCOPE_VERSION "\n"_ba);
    }

    void sendsAgainstAServer()
    {
        PracticeServer server(m_clock, m_random);
        QVERIFY(server.start());
        const Ran ran = run({u"send"_s, u"curl"_s, u"-u"_s, u"alice:Quartz-58"_s, server.addresses().value(u"base"_s) + u"/locked-door"_s});
        QCOMPARE(ran.status, 0);
        QVERIFY(ran.out.startsWith("HTTP/1.1 200"));
        const Ran refused = run({u"why"_s, u"curl"_s, u"-u"_s, u"alice:wrong-one"_s, server.addresses().value(u"base"_s) + u"/locked-door"_s});
        QVERIFY(refused.status == 3 || refused.status == 4);
        QVERIFY(!refused.out.isEmpty());
        QVERIFY(!refused.out.contains("wrong-one"));
        QVERIFY(!refused.out.contains('\033')); // no colours into a pipe
    }

    void bodyFromStandardInput()
    {
        PracticeServer server(m_clock, m_random);
        QVERIFY(server.start());
        const Ran ran = run({u"send"_s, u"curl"_s, u"-d"_s, u"@-"_s, server.addresses().value(u"base"_s) + u"/login-as-json"_s},
                            "grant_type=client_credentials&client_id=robot&client_secret=Copper-19");
        QVERIFY2(ran.status == 0, ran.err.constData());
        QVERIFY(!ran.out.contains("Copper-19"));
    }

    void practiceServesUntilItIsStopped_data()
    {
        QTest::addColumn<int>("signal");
        QTest::newRow("SIGTERM") << SIGTERM;
        QTest::newRow("SIGINT") << SIGINT;
    }
    void practiceServesUntilItIsStopped()
    {
        QFETCH(int, signal);
        QProcess range;
        QSignalSpy finished(&range, &QProcess::finished);
        range.start(QStringLiteral(REALMSCOPE_CLI), {u"practice"_s});
        QByteArray lines;
        QVERIFY(QTest::qWaitFor([&] {
            lines += range.readAllStandardOutput();
            return lines.contains("base2 ") && lines.endsWith('\n');
        }, 20'000));
        const QString base = QString::fromLatin1(lines.split('\n').first());
        QVERIFY(base.startsWith("http://127.0.0.1:"_L1));
        QCOMPARE(run({u"send"_s, u"--body"_s, u"curl"_s, u"-u"_s, u"demo:Linden-12"_s, base + u"/warm-up"_s}).status, 0);
        QCOMPARE(range.state(), QProcess::Running);
        QCOMPARE(::kill(pid_t(range.processId()), signal), 0);
        QVERIFY(!finished.isEmpty() || finished.wait(10'000));
        QCOMPARE(range.exitStatus(), QProcess::NormalExit);
        QCOMPARE(range.exitCode(), 0);
    }

    void leavesNoCore()
    {
        // The limit that the program sets for itself, as the kernel tells it.
        QProcess range;
        range.start(QStringLiteral(REALMSCOPE_CLI), {u"practice"_s});
        QVERIFY(QTest::qWaitFor([&] { return range.bytesAvailable() > 0; }, 20'000));
        QFile limits(u"/proc/%1/limits"_s.arg(range.processId()));
        if (!limits.open(QIODevice::ReadOnly)) {
            range.terminate();
            (void)range.waitForFinished();
            qInfo("REALMSCOPE-TEST-SKIPPED, because there is no /proc");
            QSKIP("there is no /proc");
        }
        const QByteArray text = limits.readAll();
        range.terminate();
        QVERIFY(range.waitForFinished());
        const qsizetype at = text.indexOf("Max core file size");
        QVERIFY(at >= 0);
        QCOMPARE(text.mid(at, text.indexOf('\n', at) - at).simplified().split(' ').value(4), "0"_ba);
    }

private:
    struct Ran
    {
        int status = -1;
        QByteArray out;
        QByteArray err;
    };
    [[nodiscard]] Ran run(const QStringList &arguments, const QByteArray &input = {}) const
    {
        QProcess process;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(u"HOME"_s, m_home.path());
        environment.remove(u"XDG_DATA_HOME"_s);
        process.setProcessEnvironment(environment);
        QSignalSpy finished(&process, &QProcess::finished);
        process.start(QStringLiteral(REALMSCOPE_CLI), arguments);
        process.write(input);
        process.closeWriteChannel();
        if (finished.isEmpty() && !finished.wait(30'000))
            return {};
        return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -2, process.readAllStandardOutput(),
                process.readAllStandardError()};
    }

    QTemporaryDir m_home;
    SystemClock m_clock;
    SystemRandom m_random;
};

QTEST_GUILESS_MAIN(CliProgramTest)
#include "tst_cli_program.moc"
