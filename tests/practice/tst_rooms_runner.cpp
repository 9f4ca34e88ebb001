// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/http/SocketTransport.h"
#include "app/interop/CurlCommand.h"
#include "app/practice/PracticeServer.h"
#include "app/practice/RoomScript.h"
#include "app/runner/Runner.h"

#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include <memory>

using namespace Qt::StringLiterals;
using namespace realmscope;

// Every room through our own pipeline: the words mean to Realmscope what they mean to the curl program
// (tst_rooms_curl has the same expectations).
class RoomsRunnerTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void sameAsCurl_data();
    void sameAsCurl();

private:
    SystemClock m_clock;
    SystemRandom m_random;
    PracticeServer m_server{m_clock, m_random};
};

void RoomsRunnerTest::initTestCase()
{
    const Result<void> started = m_server.start();
    QVERIFY2(started, qPrintable(started ? QString() : started.error().message));
}

void RoomsRunnerTest::sameAsCurl_data()
{
    QTest::addColumn<QStringList>("words");
    QTest::addColumn<int>("status");
    const Result<QList<RoomScript>> scripts = loadRoomScripts();
    QVERIFY(scripts);
    const QList<Room> rooms = m_server.rooms();
    for (qsizetype i = 0; i < rooms.size(); ++i) {
        QTest::addRow("%s refused", qPrintable(rooms.at(i).id)) << rooms.at(i).curl << scripts->at(i).refusal;
        QTest::addRow("%s fixed", qPrintable(rooms.at(i).id)) << rooms.at(i).fixed << 200;
    }
}

void RoomsRunnerTest::sameAsCurl()
{
    QFETCH(QStringList, words);
    QFETCH(int, status);
    const Result<CurlCommand> command = parseCurl(words);
    QVERIFY2(command, qPrintable(command ? QString() : command.error().message));
    QVERIFY2(command->warnings.isEmpty(), qPrintable(command->warnings.join(u'\n')));

    RunJob job;
    job.spec = command->spec;
    job.literal = true;
    job.cookies = command->cookies;
    if (!command->schemeId.isEmpty()) {
        RunCredential credential;
        credential.profile = CredentialProfile::create({}, command->schemeId);
        credential.profile.origins = {Url::parse(command->spec.url).value().origin().toString()};
        credential.values = command->values;
        job.credential = credential;
    }
    if (!command->proxySchemeId.isEmpty()) {
        RunCredential credential;
        credential.profile = CredentialProfile::create({}, command->proxySchemeId);
        credential.profile.origins = {Url::parse(command->spec.settings.proxy).value().origin().toString()};
        credential.values = command->proxyValues;
        job.proxyCredential = credential;
    }
    SocketTransport transport(m_clock);
    Runner runner(transport, m_clock, m_random);
    const std::unique_ptr<Run> run(runner.start(job));
    QSignalSpy finished(run.get(), &Run::finished);
    QVERIFY(finished.wait(20'000));
    const Trace &trace = run->trace();
    QVERIFY2(trace.final() != nullptr, qPrintable(trace.error ? trace.error->message : u"no exchange"_s));
    QCOMPARE(trace.final()->response.status, status);
    for (const Exchange &exchange : trace.exchanges) {
        QVERIFY(!exchange.error);
        QVERIFY2(exchange.anomalies.isEmpty(), qPrintable(exchange.anomalies.value(0).text));
    }
}

QTEST_GUILESS_MAIN(RoomsRunnerTest)
#include "tst_rooms_runner.moc"
