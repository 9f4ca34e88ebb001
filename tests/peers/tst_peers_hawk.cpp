// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/SchemeRegistry.h"
#include "app/http/SocketTransport.h"
#include "app/runner/Runner.h"
#include "tests/peers/FreePort.h"

#include <QtCore/QFile>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QProcess>
#include <QtCore/QStandardPaths>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

using namespace realmscope;
using namespace Qt::StringLiterals;

// Hawk both ways against the reference implementation as a server (hawk.cjs): it checks the request, we check its answer and
// its time.
class tst_PeersHawk : public QObject
{
    Q_OBJECT
private:
    using Map = QMap<QString, QString>;
    static constexpr auto key = "Quartz-58-lantern";
    static constexpr int day = 24 * 3600;

    QProcess m_peer;
    QString m_whyNot;
    QString m_origin;
    FixedClock m_clock{0}; // each request says how far it is from the server's
    SystemRandom m_random;
    std::unique_ptr<SocketTransport> m_transport;
    std::unique_ptr<Runner> m_runner;

    Trace send(const QString &path, const Map &texts = {}, const QString &secret = QString::fromLatin1(key), int secondsOff = 0, const QByteArray &body = {})
    {
        m_clock.set(QDateTime::currentMSecsSinceEpoch() + secondsOff * 1000LL);
        RunJob job;
        job.spec.url = m_origin + path;
        if (!body.isEmpty()) {
            job.spec.method = u"POST"_s;
            job.spec.body.kind = BodyKind::Text;
            job.spec.body.text = QString::fromUtf8(body);
        }
        job.credential.emplace();
        CredentialProfile &profile = job.credential->profile;
        profile.id = QString::fromUtf8(QTest::currentTestFunction()) + QString::fromUtf8(QTest::currentDataTag());
        profile.name = u"hawk"_s;
        profile.schemeId = u"hawk"_s;
        profile.origins = QStringList{m_origin};
        FieldValues &values = job.credential->values;
        for (const SchemeField &field : findScheme(u"hawk"_s)->fields()) {
            if (field.kind != FieldKind::Secret)
                values.setText(field.id, texts.value(field.id, field.defaultValue));
        }
        if (!texts.contains(u"id"_s))
            values.setText(u"id"_s, u"h1"_s);
        values.setSecret(u"key"_s, Secret::fromString(secret));
        const std::unique_ptr<Run> run(m_runner->start(job));
        QSignalSpy finished(run.get(), &Run::finished);
        return finished.wait(20'000) ? run->trace() : Trace();
    }

    static QList<int> statuses(const Trace &trace)
    {
        QList<int> found;
        for (const Exchange &exchange : trace.exchanges)
            found << exchange.response.status;
        return found;
    }
    static QString inWords(const Trace &trace)
    {
        QString words = trace.error ? trace.error->message : QString();
        for (const Exchange &exchange : trace.exchanges) {
            words += u"\n%1 %2"_s.arg(exchange.response.status).arg(QString::fromUtf8(exchange.response.body.head(200)));
            for (const Decision &decision : exchange.decisions)
                words += u"\n  "_s + decision.text;
        }
        return words;
    }
    static bool isSaid(const Trace &trace, const QString &text)
    {
        return std::ranges::any_of(trace.exchanges, [&](const Exchange &exchange) {
            return std::ranges::any_of(exchange.decisions, [&](const Decision &decision) { return decision.text.contains(text); });
        });
    }

private Q_SLOTS:
    void initTestCase()
    {
        const QString folder = QString::fromUtf8(REALMSCOPE_BINARY_DIR) + u"/peers"_s;
        const QString node = QStandardPaths::findExecutable(u"node"_s);
        if (node.isEmpty() || !QFile::exists(folder + u"/node_modules/hawk"_s)) {
            m_whyNot = u"REALMSCOPE-TEST-SKIPPED, because node or its packages are not installed (packaging/test.sh does it)"_s;
            return;
        }
        const QString script = folder + u"/hawk.cjs"_s; // beside the modules, so that require() finds them
        QFile::remove(script);
        QVERIFY(QFile::copy(QString::fromUtf8(REALMSCOPE_SOURCE_DIR) + u"/tests/peers/hawk.cjs"_s, script));
        const quint16 port = realmscope::test::freePort();
        m_origin = u"http://127.0.0.1:%1"_s.arg(port);
        m_peer.start(node, {script, QString::number(port)});
        while (!m_peer.canReadLine())
            QVERIFY2(m_peer.waitForReadyRead(30'000), m_peer.readAllStandardError().constData());
        QCOMPARE(m_peer.readLine().trimmed(), "ready"_ba);
        m_transport = std::make_unique<SocketTransport>(m_clock);
        m_runner = std::make_unique<Runner>(*m_transport, m_clock, m_random);
    }
    void init()
    {
        if (!m_whyNot.isEmpty())
            QSKIP(qPrintable(m_whyNot));
    }
    void cleanupTestCase()
    {
        m_peer.closeWriteChannel();
        if (m_peer.state() != QProcess::NotRunning && !m_peer.waitForFinished(5000))
            m_peer.kill();
    }

    void request_data()
    {
        QTest::addColumn<Map>("texts");
        QTest::addColumn<QString>("secret");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QString>("refused"); // in the server's words; empty: it is taken
        const QString right = QString::fromLatin1(key);
        QTest::newRow("SHA-256") << Map{} << right << QByteArray() << QString();
        QTest::newRow("SHA-1") << Map{{u"id"_s, u"h2"_s}, {u"algorithm"_s, u"sha1"_s}} << right << QByteArray() << QString();
        QTest::newRow("SHA-1, body covered") << Map{{u"id"_s, u"h2"_s}, {u"algorithm"_s, u"sha1"_s}, {u"payload"_s, u"true"_s}} << right << "a=1 \xE2\x82\xAC"_ba << QString();
        QTest::newRow("body covered") << Map{{u"payload"_s, u"true"_s}} << right << "a=1 \xE2\x82\xAC"_ba << QString();
        QTest::newRow("app and dlg") << Map{{u"app"_s, u"app-17"_s}, {u"dlg"_s, u"dlg-4"_s}, {u"ext"_s, u"some, data=1; x"_s}} << right << QByteArray()
                                     << QString();
        QTest::newRow("app alone") << Map{{u"app"_s, u"app-17"_s}} << right << QByteArray() << QString();
        QTest::newRow("another key") << Map{} << u"Quartz-58-lanterm"_s << QByteArray() << u"Bad mac"_s;
        QTest::newRow("another key, SHA-1") << Map{{u"id"_s, u"h2"_s}, {u"algorithm"_s, u"sha1"_s}} << u"Quartz-58-lanterm"_s << QByteArray() << u"Bad mac"_s;
        QTest::newRow("SHA-256 for a key of SHA-1") << Map{{u"id"_s, u"h2"_s}} << right << QByteArray() << u"Bad mac"_s;
        QTest::newRow("a key ID that is not known") << Map{{u"id"_s, u"h3"_s}} << right << QByteArray() << u"Unknown credentials"_s;
        QTest::newRow("body not covered where it has to be") << Map{} << right << "a=1"_ba << u"Missing required payload hash"_s;
    }
    void request()
    {
        QFETCH(Map, texts);
        QFETCH(QString, secret);
        QFETCH(QByteArray, body);
        QFETCH(QString, refused);
        const Trace trace = send(u"/plain?b=2&a=%20"_s, texts, secret, 0, body);
        QVERIFY2(trace.final() && !trace.error, qPrintable(inWords(trace)));
        QCOMPARE(trace.exchanges.size(), 1);
        if (!refused.isEmpty()) {
            QCOMPARE(trace.final()->response.status, 401);
            QCOMPARE(QString::fromUtf8(trace.final()->response.body.all()), refused);
            return;
        }
        QVERIFY2(trace.final()->response.status == 200, qPrintable(inWords(trace)));
        const QJsonObject understood = QJsonDocument::fromJson(trace.final()->response.body.all()).object();
        for (const QString &name : {u"app"_s, u"dlg"_s, u"ext"_s})
            QCOMPARE(understood.value(name).toString(), texts.value(name));
        QVERIFY2(isSaid(trace, u"and that the body is whole (Server-Authorization is right)"_s), qPrintable(inWords(trace)));
    }

    // The server's proof, right and changed on its way.
    void answer_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("says");
        QTest::addColumn<bool>("isProven");
        QTest::newRow("right") << u"/plain"_s << u"the server proved that it knows the key, and that the body is whole"_s << true;
        QTest::newRow("right, without the body") << u"/short"_s << u"the server proved that it knows the key (Server-Authorization is right)"_s << true;
        QTest::newRow("mac changed") << u"/mac"_s << u"Server-Authorization does not match"_s << false;
        QTest::newRow("somebody else's key") << u"/key"_s << u"Server-Authorization does not match"_s << false;
        QTest::newRow("body changed") << u"/body"_s << u"the body is not the one that it speaks of"_s << false;
        QTest::newRow("no proof") << u"/none"_s << QString() << false;
    }
    void answer()
    {
        QFETCH(QString, path);
        QFETCH(QString, says);
        QFETCH(bool, isProven);
        for (const Map &texts : {Map{}, Map{{u"id"_s, u"h2"_s}, {u"algorithm"_s, u"sha1"_s}}, Map{{u"app"_s, u"app-17"_s}, {u"dlg"_s, u"dlg-4"_s}}}) {
            const Trace trace = send(path, texts);
            QVERIFY2(trace.final() && trace.final()->response.status == 200, qPrintable(inWords(trace)));
            QVERIFY2(isSaid(trace, says), qPrintable(inWords(trace)));
            QCOMPARE(isSaid(trace, u"the server proved"_s), isProven);
        }
    }

    void clock_data()
    {
        QTest::addColumn<int>("secondsOff");
        QTest::addColumn<Map>("texts");
        QTest::newRow("a day slow") << -day << Map{};
        QTest::newRow("a day fast") << day << Map{};
        QTest::newRow("two minutes slow, SHA-1") << -120 << Map{{u"id"_s, u"h2"_s}, {u"algorithm"_s, u"sha1"_s}};
    }
    void clock()
    {
        QFETCH(int, secondsOff);
        QFETCH(Map, texts);
        Trace trace = send(u"/plain"_s, texts, QString::fromLatin1(key), secondsOff);
        QVERIFY2(statuses(trace) == QList({401, 200}), qPrintable(inWords(trace)));
        QCOMPARE(trace.exchanges.first().response.body.all(), "Stale timestamp"_ba);
        QVERIFY2(isSaid(trace, u"the server proved that it knows the key"_s), qPrintable(inWords(trace)));
        trace = send(u"/plain"_s, texts, QString::fromLatin1(key), secondsOff); // the difference is known now
        QVERIFY2(statuses(trace) == QList({200}), qPrintable(inWords(trace)));
    }

    // A time that nobody vouches for moves no clock; and with another key there is none.
    void clockNotCorrected()
    {
        Trace trace = send(u"/time"_s, {}, QString::fromLatin1(key), -day);
        QVERIFY2(statuses(trace) == QList({401}), qPrintable(inWords(trace)));
        QVERIFY2(isSaid(trace, u"tsm is wrong"_s), qPrintable(inWords(trace)));
        trace = send(u"/plain"_s, {}, u"Quartz-58-lanterm"_s, -day);
        QVERIFY2(statuses(trace) == QList({401}), qPrintable(inWords(trace)));
        QCOMPARE(trace.exchanges.first().response.body.all(), "Bad mac"_ba);
    }

    void bewit_data()
    {
        QTest::addColumn<Map>("texts");
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("secret");
        QTest::addColumn<int>("secondsOff");
        QTest::addColumn<QString>("refused");
        const QString right = QString::fromLatin1(key);
        QTest::newRow("right") << Map{} << u"/link?b=2&a=1"_s << right << 0 << QString();
        QTest::newRow("no query") << Map{} << u"/link"_s << right << 0 << QString();
        QTest::newRow("SHA-1, ext") << Map{{u"id"_s, u"h2"_s}, {u"algorithm"_s, u"sha1"_s}, {u"ext"_s, u"x y"_s}} << u"/link"_s << right << 0 << QString();
        QTest::newRow("made a while ago") << Map{{u"expires"_s, u"600"_s}} << u"/link"_s << right << -540 << QString();
        QTest::newRow("over") << Map{{u"expires"_s, u"600"_s}} << u"/link"_s << right << -660 << u"Access expired"_s;
        QTest::newRow("over, SHA-1") << Map{{u"id"_s, u"h2"_s}, {u"algorithm"_s, u"sha1"_s}, {u"expires"_s, u"1"_s}} << u"/link"_s << right << -10 << u"Access expired"_s;
        QTest::newRow("another key") << Map{} << u"/link"_s << u"Quartz-58-lanterm"_s << 0 << u"Bad mac"_s;
    }
    void bewit()
    {
        QFETCH(Map, texts);
        QFETCH(QString, path);
        QFETCH(QString, secret);
        QFETCH(int, secondsOff);
        QFETCH(QString, refused);
        texts[u"location"_s] = u"query"_s;
        const Trace trace = send(path, texts, secret, secondsOff);
        QVERIFY2(trace.final() && !trace.error, qPrintable(inWords(trace)));
        QVERIFY(!trace.final()->request.headers.contains("Authorization"));
        QVERIFY2(statuses(trace) == QList({refused.isEmpty() ? 200 : 401}), qPrintable(inWords(trace)));
        if (!refused.isEmpty())
            QCOMPARE(QString::fromUtf8(trace.final()->response.body.all()), refused);
        else
            QCOMPARE(QJsonDocument::fromJson(trace.final()->response.body.all()).object().value("ext"_L1).toString(), texts.value(u"ext"_s));
    }
};

QTEST_GUILESS_MAIN(tst_PeersHawk)
#include "tst_peers_hawk.moc"
