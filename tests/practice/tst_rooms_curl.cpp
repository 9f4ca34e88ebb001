// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/practice/PracticeServer.h"
#include "app/practice/RoomScript.h"

#include <QtCore/QProcess>
#include <QtCore/QStandardPaths>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

using namespace Qt::StringLiterals;
using namespace realmscope;

// Every room with the curl program, a client that shares no code with ours: what is said to fail fails as said, and the
// fixed request gets the 200, on a fresh server.
class RoomsCurlTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void fails_data() { addRooms(); }
    void fails();
    void isSolved_data() { addRooms(); }
    void isSolved();
    void digestIsChecked();

private:
    void addRooms();
    [[nodiscard]] int statusOf(const QStringList &words);

    QString m_curl;
    SystemClock m_clock;
    SystemRandom m_random;
};

void RoomsCurlTest::initTestCase()
{
    m_curl = QStandardPaths::findExecutable(u"curl"_s);
    if (m_curl.isEmpty()) {
        qInfo("REALMSCOPE-TEST-SKIPPED, because there is no curl");
        QSKIP("there is no curl");
    }
}

void RoomsCurlTest::addRooms()
{
    QTest::addColumn<qsizetype>("index");
    QTest::addColumn<int>("refusal");
    const Result<QList<RoomScript>> scripts = loadRoomScripts();
    QVERIFY2(scripts, qPrintable(scripts ? QString() : scripts.error().message));
    for (qsizetype i = 0; i < scripts->size(); ++i)
        QTest::newRow(qPrintable(scripts->at(i).room.id)) << i << scripts->at(i).refusal;
}

int RoomsCurlTest::statusOf(const QStringList &words)
{
    QProcess curl;
    QSignalSpy finished(&curl, &QProcess::finished);
    // -q: no curlrc of the machine; no proxy of the machine either, but the one that a room names.
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    for (const QString &name : environment.keys()) {
        if (name.endsWith("_proxy"_L1, Qt::CaseInsensitive))
            environment.remove(name);
    }
    curl.setProcessEnvironment(environment);
    curl.start(m_curl, QStringList{u"-q"_s, u"-s"_s, u"-o"_s, u"/dev/null"_s, u"-m"_s, u"20"_s,
                                   u"-w"_s, u"%{http_code}"_s} + words);
    if (finished.isEmpty() && !finished.wait(30'000))
        return -1;
    return curl.exitCode() == 0 ? curl.readAllStandardOutput().toInt() : -curl.exitCode();
}

void RoomsCurlTest::fails()
{
    QFETCH(qsizetype, index);
    QFETCH(int, refusal);
    PracticeServer server(m_clock, m_random);
    QVERIFY(server.start());
    QCOMPARE(statusOf(server.rooms().at(index).curl), refusal);
}

void RoomsCurlTest::isSolved()
{
    QFETCH(qsizetype, index);
    PracticeServer server(m_clock, m_random);
    QVERIFY(server.start());
    QSignalSpy answered(&server, &PracticeServer::answered);
    const Room room = server.rooms().at(index);
    QCOMPARE(statusOf(room.fixed), 200);
    QVERIFY(!answered.isEmpty());
    QCOMPARE(answered.last().at(0).toString(), room.id);
    QCOMPARE(answered.last().at(1).toInt(), 200);
    // And it stays solved, with the failing request in between.
    (void)statusOf(room.curl);
    QCOMPARE(statusOf(room.fixed), 200);
}

void RoomsCurlTest::digestIsChecked()
{
    // curl computes the responses: SHA-256 and MD5, a query in the uri, a wrong password, a wrong name.
    PracticeServer server(m_clock, m_random);
    QVERIFY(server.start());
    const QString base = server.addresses().value(u"base"_s);
    QCOMPARE(statusOf({u"--digest"_s, u"-u"_s, u"erik:Juniper-44"_s, base + u"/basic-at-digest?x=1"_s}), 200);
    QCOMPARE(statusOf({u"--digest"_s, u"-u"_s, u"erik:juniper-44"_s, base + u"/basic-at-digest"_s}), 401);
    QCOMPARE(statusOf({u"--digest"_s, u"-u"_s, u"eric:Juniper-44"_s, base + u"/basic-at-digest"_s}), 401);
    QCOMPARE(statusOf({u"--anyauth"_s, u"-u"_s, u"nora:Violet-73"_s, base + u"/digest-password"_s}), 200);
}

QTEST_GUILESS_MAIN(RoomsCurlTest)
#include "tst_rooms_curl.moc"
