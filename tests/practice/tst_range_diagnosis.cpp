// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QProcess>
#include <QtCore/QTemporaryDir>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

using namespace Qt::StringLiterals;

// The whole way as a user goes it: the real program serves the range, lists the rooms, and is asked why each one's
// request is refused. The expected cause stands in the room, never in the program that is asked.
class RangeDiagnosisTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase();
    void namesTheCause_data() { addRooms(); }
    void namesTheCause();
    void fixedIsAccepted_data() { addRooms(); }
    void fixedIsAccepted();

private:
    struct Run
    {
        int exitCode = -1;
        QByteArray output;
        QByteArray errors;
    };
    [[nodiscard]] Run run(const QStringList &words) const;
    [[nodiscard]] QStringList filled(const QJsonValue &words) const;
    void addRooms() const;
    void startRange();

    QTemporaryDir m_home;
    QProcessEnvironment m_environment;
    QProcess m_range;
    QList<std::pair<QString, QString>> m_addresses;
    QJsonArray m_rooms;
    bool m_started = false;
};

RangeDiagnosisTest::Run RangeDiagnosisTest::run(const QStringList &words) const
{
    QProcess process;
    process.setProcessEnvironment(m_environment);
    QSignalSpy finished(&process, &QProcess::finished);
    process.start(QStringLiteral(REALMSCOPE_CLI), words);
    if (finished.isEmpty() && !finished.wait(60'000))
        return {};
    return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -2, process.readAllStandardOutput(),
            process.readAllStandardError()};
}

void RangeDiagnosisTest::startRange()
{
    if (m_started)
        return;
    m_started = true;
    m_environment = QProcessEnvironment::systemEnvironment();
    m_environment.insert(u"HOME"_s, m_home.path()); // nobody's profiles, cookies or history
    for (const char *name : {"XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "http_proxy", "https_proxy",
                             "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"})
        m_environment.remove(QLatin1StringView(name));

    m_range.setProcessEnvironment(m_environment);
    m_range.start(QStringLiteral(REALMSCOPE_CLI), {u"practice"_s, u"--port"_s, u"0"_s});
    QByteArray lines;
    // The first line is the base URL, the following ones are "name URL".
    (void)QTest::qWaitFor(
        [&] {
            lines += m_range.readAllStandardOutput();
            return lines.contains("\nbase2 ") && lines.endsWith('\n');
        },
        20'000);
    const QList<QByteArray> all = lines.split('\n');
    m_addresses.append({u"base"_s, QString::fromUtf8(all.value(0)).trimmed()});
    for (qsizetype i = 1; i < all.size(); ++i) {
        const QList<QByteArray> pair = all.at(i).trimmed().split(' ');
        if (pair.size() == 2)
            m_addresses.append({QString::fromUtf8(pair.at(0)), QString::fromUtf8(pair.at(1))});
    }
    const Run list = run({u"practice"_s, u"--list"_s, u"--json"_s});
    m_rooms = QJsonDocument::fromJson(list.output).object().value("rooms"_L1).toArray();
}

void RangeDiagnosisTest::initTestCase()
{
    startRange();
    QCOMPARE(m_range.state(), QProcess::Running);
    QVERIFY(m_addresses.at(0).second.startsWith(u"http://127.0.0.1:"_s));
    QVERIFY(m_rooms.size() >= 30);
}

void RangeDiagnosisTest::cleanupTestCase()
{
    m_range.terminate();
    QSignalSpy finished(&m_range, &QProcess::finished);
    QVERIFY2(m_range.state() == QProcess::NotRunning || finished.wait(10'000), "the range did not stop");
}

void RangeDiagnosisTest::addRooms() const
{
    QTest::addColumn<QJsonObject>("room");
    for (const QJsonValue &room : m_rooms)
        QTest::newRow(qPrintable(room.toObject().value("id"_L1).toString())) << room.toObject();
}

QStringList RangeDiagnosisTest::filled(const QJsonValue &words) const
{
    QStringList result;
    const QJsonArray array = words.toArray();
    for (const QJsonValue &word : array) {
        QString text = word.toString();
        for (const auto &[name, address] : m_addresses)
            text.replace(u'{' + name + u'}', address);
        result.append(text);
    }
    return result;
}

void RangeDiagnosisTest::namesTheCause()
{
    QFETCH(QJsonObject, room);
    const Run why = run(QStringList{u"why"_s, u"--json"_s, u"curl"_s} + filled(room.value("curl"_L1)));
    const QJsonObject diagnosis = QJsonDocument::fromJson(why.output).object();
    QVERIFY2(!diagnosis.isEmpty(), why.errors.constData());
    const QJsonArray findings = diagnosis.value("findings"_L1).toArray();
    const QString cause = room.value("cause"_L1).toString();
    const QJsonObject first = findings.at(0).toObject();

    QString seen;
    for (const QJsonValue &finding : findings)
        seen += finding.toObject().value("cause"_L1).toString() + u" ("_s
            + finding.toObject().value("verdict"_L1).toString() + u") "_s;
    if (cause == u"accepted"_s) {
        QVERIFY2(diagnosis.value("outcome"_L1).toObject().value("kind"_L1).toString() == u"accepted"_s,
                 qPrintable(seen));
        QCOMPARE(why.exitCode, 0);
        return;
    }
    QVERIFY2(first.value("cause"_L1).toString() == cause, qPrintable(u"expected %1, got: %2"_s.arg(cause, seen)));
    const QString verdict = first.value("verdict"_L1).toString();
    QVERIFY2(verdict == u"proven"_s || verdict == u"likely"_s, qPrintable(seen));
    QVERIFY(!first.value("evidence"_L1).toArray().isEmpty());
    QCOMPARE(why.exitCode, 3);
}

void RangeDiagnosisTest::fixedIsAccepted()
{
    QFETCH(QJsonObject, room);
    const Run why = run(QStringList{u"why"_s, u"--json"_s, u"curl"_s} + filled(room.value("fixed"_L1)));
    const QJsonObject diagnosis = QJsonDocument::fromJson(why.output).object();
    QVERIFY2(!diagnosis.isEmpty(), why.errors.constData());
    const QJsonObject outcome = diagnosis.value("outcome"_L1).toObject();
    QCOMPARE(outcome.value("status"_L1).toInt(), 200);
    QCOMPARE(outcome.value("kind"_L1).toString(), u"accepted"_s);
    QCOMPARE(why.exitCode, 0);
}

QTEST_GUILESS_MAIN(RangeDiagnosisTest)
#include "tst_range_diagnosis.moc"
