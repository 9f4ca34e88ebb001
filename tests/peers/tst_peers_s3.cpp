// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/SchemeRegistry.h"
#include "app/diagnosis/Diagnoser.h"
#include "app/http/SocketTransport.h"
#include "app/runner/Runner.h"
#include "tests/peers/FreePort.h"
#include "tests/peers/Peer.h"

#include <QtCore/QRegularExpression>
#include <QtCore/QStandardPaths>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

using namespace realmscope;
using namespace Qt::StringLiterals;

// AWS Signature V4 against the s3api of OpenStack Swift, which makes the signature anew from what it received.
class tst_PeersS3 : public QObject
{
    Q_OBJECT
private:
    using Map = QMap<QString, QString>;
    QTemporaryDir m_folder;
    QProcess m_server;
    QString m_whyNot;
    QString m_origin;
    FixedClock m_clock{0}; // each request says how far it is from the server's
    SystemRandom m_random;
    SocketTransport m_transport{m_clock};
    Runner m_runner{m_transport, m_clock, m_random};

    static Map alice() { return {{u"access-key-id"_s, u"peer:alice"_s}, {u"region"_s, u"eu-west-1"_s}, {u"service"_s, u"s3"_s}}; }

    Trace send(const QByteArray &method, const QString &path, const QByteArray &body, const Map &texts, const QString &secret = QString::fromLatin1(Peer::password),
               int secondsOff = 0)
    {
        m_clock.set(QDateTime::currentMSecsSinceEpoch() + secondsOff * 1000LL);
        RunJob job;
        job.spec.method = QString::fromLatin1(method);
        job.spec.url = m_origin + path;
        if (!body.isEmpty()) {
            job.spec.body.kind = BodyKind::Text;
            job.spec.body.text = QString::fromUtf8(body);
        }
        if (!texts.isEmpty()) {
            job.credential.emplace();
            job.credential->profile = CredentialProfile::create(u"s3"_s, u"aws-sigv4"_s);
            job.credential->profile.origins = QStringList{m_origin};
            for (const SchemeField &field : findScheme(u"aws-sigv4"_s)->fields()) {
                if (field.kind != FieldKind::Secret)
                    job.credential->values.setText(field.id, texts.value(field.id, field.defaultValue));
            }
            job.credential->values.setSecret(u"secret-access-key"_s, Secret::fromString(secret));
        }
        const std::unique_ptr<Run> run(m_runner.start(job));
        QSignalSpy finished(run.get(), &Run::finished);
        return finished.wait(20'000) ? run->trace() : Trace();
    }

    static QString inWords(const Trace &trace)
    {
        if (trace.error)
            return trace.error->message;
        const Exchange *final = trace.final();
        return !final ? u"no exchange"_s : final->error ? final->error->message : u"%1 %2"_s.arg(final->response.status).arg(QString::fromUtf8(final->response.body.head(600)));
    }
    static QString codeOf(const Trace &trace)
    {
        static const QRegularExpression code(u"<Code>([^<]*)</Code>"_s);
        return trace.final() ? code.match(QString::fromUtf8(trace.final()->response.body.all())).captured(1) : QString();
    }

private Q_SLOTS:
    void initTestCase()
    {
        const QString python = QStandardPaths::findExecutable(u"python3"_s, {u"/usr/bin"_s}); // the one that the packages of the system are for
        if (python.isEmpty() || Peer::program(u"swift-proxy-server"_s).isEmpty() || Peer::program(u"memcached"_s).isEmpty()) {
            m_whyNot = u"REALMSCOPE-TEST-SKIPPED, because OpenStack Swift or memcached is not installed (packaging/test.sh does it)"_s;
            return;
        }
        const quint16 port = realmscope::test::freePort();
        m_origin = u"http://127.0.0.1:%1"_s.arg(port);
        QStringList words{QString::fromUtf8(REALMSCOPE_SOURCE_DIR) + u"/tests/peers/s3_swift.py"_s, QString::number(port), m_folder.path()};
        for (int i = 0; i < 4; ++i)
            words.append(QString::number(realmscope::test::freePort()));
        m_server.start(python, words);
        while (!m_server.canReadLine())
            QVERIFY2(m_server.waitForReadyRead(90'000), m_server.readAllStandardError().constData());
        QCOMPARE(m_server.readLine().trimmed(), "ready"_ba);
        const Trace made = send("PUT", u"/bucket"_s, {}, alice());
        QVERIFY2(made.final() && made.final()->response.status == 200, qPrintable(inWords(made)));
    }
    void cleanupTestCase()
    {
        m_server.closeWriteChannel();
        if (m_server.state() != QProcess::NotRunning && !m_server.waitForFinished(10'000))
            m_server.kill();
    }

    void putAndGot_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<Map>("more");
        QTest::newRow("signed") << u"/bucket/plain.txt"_s << Map{};
        QTest::newRow("encoded names") << u"/bucket/a%20b/%C3%BC+c(1)~d.txt"_s << Map{};
        QTest::newRow("characters that nobody has to encode") << u"/bucket/it's*here!.txt"_s << Map{};
        QTest::newRow("empty and dotted segments") << u"/bucket/a//b/c.d/."_s << Map{};
        QTest::newRow("with a query") << u"/bucket/q.txt?x=2&a=%20b&empty"_s << Map{};
        QTest::newRow("body not signed") << u"/bucket/unsigned.txt"_s << Map{{u"payload"_s, u"unsigned"_s}};
        QTest::newRow("presigned") << u"/bucket/presigned.txt"_s << Map{{u"location"_s, u"query"_s}, {u"expires"_s, u"120"_s}};
        QTest::newRow("presigned, encoded") << u"/bucket/pre%20signed/%E2%82%AC.txt"_s << Map{{u"location"_s, u"query"_s}};
    }
    void putAndGot()
    {
        if (!m_whyNot.isEmpty())
            QSKIP(qPrintable(m_whyNot));
        QFETCH(QString, path);
        QFETCH(Map, more);
        Map texts = alice();
        texts.insert(more);
        const QByteArray body = "what is in " + path.toUtf8() + ", with a €\n";
        const Trace put = send("PUT", path, body, texts);
        QVERIFY2(put.final() && put.final()->response.status == 200, qPrintable(inWords(put)));
        const Trace got = send("GET", path, {}, texts);
        QVERIFY2(got.final() && got.final()->response.status == 200, qPrintable(inWords(got)));
        QCOMPARE(got.final()->response.body.all(), body);
        QCOMPARE(diagnose(got, {}).outcome.kind, OutcomeKind::Accepted);
        // Signed it was: without the signature it is refused.
        QVERIFY2(send("GET", path, {}, {}).final()->response.status >= 400, "anybody gets in");
    }

    void listing()
    {
        if (!m_whyNot.isEmpty())
            QSKIP(qPrintable(m_whyNot));
        QCOMPARE(send("PUT", u"/bucket/list%20of/one"_s, "1", alice()).final()->response.status, 200);
        // A plus in a query is a space for the server, written so or as %20.
        for (const QString &prefix : {u"list%20of%2F"_s, u"list+of%2F"_s}) {
            const Trace trace = send("GET", u"/bucket?list-type=2&prefix="_s + prefix + u"&delimiter=%2F&max-keys=10"_s, {}, alice());
            QVERIFY2(trace.final()->response.status == 200, qPrintable(inWords(trace)));
            QVERIFY2(trace.final()->response.body.all().contains("<Key>list of/one</Key>"), qPrintable(inWords(trace)));
        }
    }

    void refused_data()
    {
        QTest::addColumn<Map>("more");
        QTest::addColumn<QString>("secret");
        QTest::addColumn<int>("secondsOff");
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("code");   // the server's word
        QTest::addColumn<QStringList>("causes");
        const QString right = QString::fromLatin1(Peer::password);
        QTest::newRow("another secret") << Map{} << u"Opal-73-rivet"_s << 0 << 403 << u"SignatureDoesNotMatch"_s << QStringList{u"sigv4-mismatch"_s};
        QTest::newRow("another secret, presigned") << Map{{u"location"_s, u"query"_s}} << u"Opal-73-rivet"_s << 0 << 403 << u"SignatureDoesNotMatch"_s
                                                   << QStringList{u"sigv4-mismatch"_s};
        QTest::newRow("a key that is not known") << Map{{u"access-key-id"_s, u"peer:carol"_s}} << right << 0 << 403 << u"SignatureDoesNotMatch"_s
                                                 << QStringList{u"sigv4-mismatch"_s, u"sigv4-unknown-key"_s};
        QTest::newRow("another region") << Map{{u"region"_s, u"us-east-1"_s}} << right << 0 << 400 << u"AuthorizationHeaderMalformed"_s << QStringList{u"sigv4-mismatch"_s};
        QTest::newRow("another service") << Map{{u"service"_s, u"execute-api"_s}} << right << 0 << 400 << u"AuthorizationHeaderMalformed"_s << QStringList{u"sigv4-mismatch"_s};
        QTest::newRow("a clock that is slow") << Map{} << right << -20 * 60 << 403 << u"RequestTimeTooSkewed"_s << QStringList{u"clock-skew"_s};
        QTest::newRow("a clock that is fast") << Map{} << right << 20 * 60 << 403 << u"RequestTimeTooSkewed"_s << QStringList{u"clock-skew"_s};
        QTest::newRow("presigned, and over") << Map{{u"location"_s, u"query"_s}, {u"expires"_s, u"60"_s}} << right << -120 << 403 << u"AccessDenied"_s
                                             << QStringList{u"clock-skew"_s, u"presigned-expired"_s, u"token-expired"_s};
        QTest::newRow("one who may not") << Map{{u"access-key-id"_s, u"peer:bob"_s}} << u"Copper-31-gate"_s << 0 << 403 << u"AccessDenied"_s
                                         << QStringList{u"permission-denied"_s, u"insufficient-role"_s};
    }
    void refused()
    {
        if (!m_whyNot.isEmpty())
            QSKIP(qPrintable(m_whyNot));
        QFETCH(Map, more);
        QFETCH(QString, secret);
        QFETCH(int, secondsOff);
        QFETCH(int, status);
        QFETCH(QString, code);
        QFETCH(QStringList, causes);
        QCOMPARE(send("PUT", u"/bucket/there.txt"_s, "there", alice()).final()->response.status, 200);
        Map texts = alice();
        texts.insert(more);
        const Trace trace = send("GET", u"/bucket/there.txt"_s, {}, texts, secret, secondsOff);
        QVERIFY2(trace.final() && trace.final()->response.status == status, qPrintable(inWords(trace)));
        QVERIFY2(codeOf(trace) == code, qPrintable(inWords(trace)));
        DiagnosisContext context;
        context.nowMs = m_clock.nowMs();
        const Diagnosis diagnosis = diagnose(trace, context);
        QVERIFY(diagnosis.primary());
        QVERIFY2(causes.contains(diagnosis.primary()->cause), qPrintable(diagnosis.primary()->cause));
    }

    // A link that was made for one thing opens no other.
    void presignedForAnother()
    {
        if (!m_whyNot.isEmpty())
            QSKIP(qPrintable(m_whyNot));
        Map texts = alice();
        texts[u"location"_s] = u"query"_s;
        QCOMPARE(send("PUT", u"/bucket/mine.txt"_s, "mine", alice()).final()->response.status, 200);
        QCOMPARE(send("PUT", u"/bucket/other.txt"_s, "other", alice()).final()->response.status, 200);
        const Trace mine = send("GET", u"/bucket/mine.txt"_s, {}, texts);
        QCOMPARE(mine.final()->response.body.all(), "mine"_ba);
        const QString link = QString::fromUtf8(mine.final()->request.effectiveTarget());
        QCOMPARE(send("GET", link, {}, {}).final()->response.body.all(), "mine"_ba); // whoever has it
        const Trace other = send("GET", QString(link).replace(u"/mine.txt"_s, u"/other.txt"_s), {}, {});
        QCOMPARE(other.final()->response.status, 403);
        QCOMPARE(codeOf(other), u"SignatureDoesNotMatch"_s);
    }
};

QTEST_GUILESS_MAIN(tst_PeersS3)
#include "tst_peers_s3.moc"
