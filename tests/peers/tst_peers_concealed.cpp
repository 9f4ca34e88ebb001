// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/SchemeRegistry.h"
#include "app/http/SocketTransport.h"
#include "app/runner/Runner.h"
#include "tests/http/Certificates.h"
#include "tests/peers/FreePort.h"
#include "tests/peers/Peer.h"

#include <QtCore/QStandardPaths>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

using namespace realmscope;
using namespace Qt::StringLiterals;

// RFC 9729 against Node's own key exporter and crypto.
class tst_PeersConcealed : public QObject
{
    Q_OBJECT
private:
    realmscope::test::Certificates m_certificates;
    QProcess m_peer;
    QString m_whyNot;
    quint16 m_port = 0;
    SystemClock m_clock;
    SystemRandom m_random;
    SocketTransport m_transport{m_clock};
    Runner m_runner{m_transport, m_clock, m_random};

    Trace send(const QString &keyId, const QString &keyFile, const QMap<QString, QString> &texts, const std::function<void(RequestSpec &)> &change = {})
    {
        RunJob job;
        job.spec.url = u"https://127.0.0.1:%1/hidden"_s.arg(m_port);
        job.spec.settings.caFile = m_certificates.path(u"ca.pem"_s);
        if (change)
            change(job.spec);
        job.credential.emplace();
        job.credential->profile = CredentialProfile::create(keyId, u"concealed"_s);
        job.credential->profile.origins = QStringList{u"https://127.0.0.1:*"_s, u"http://127.0.0.1:*"_s};
        job.credential->values.setText(u"key-id"_s, keyId);
        for (const auto &[field, value] : texts.asKeyValueRange())
            job.credential->values.setText(field, value);
        job.credential->values.setSecret(u"private-key"_s, Secret(m_certificates.read(keyFile)));
        const std::unique_ptr<Run> run(m_runner.start(job));
        QSignalSpy finished(run.get(), &Run::finished);
        if (!finished.wait(20'000))
            return {};
        return run->trace();
    }
    static int status(const Trace &trace) { return trace.final() ? trace.final()->response.status : 0; }
    static QString trouble(const Trace &trace) { return trace.error ? trace.error->message : trace.final() && trace.final()->error ? trace.final()->error->message : QString(); }

private Q_SLOTS:
    void initTestCase()
    {
        const QString node = QStandardPaths::findExecutable(u"node"_s);
        if (node.isEmpty() || QStandardPaths::findExecutable(u"openssl"_s).isEmpty()) {
            m_whyNot = u"REALMSCOPE-TEST-SKIPPED, because node or openssl is not installed (packaging/test.sh does it)"_s;
            return;
        }
        QCOMPARE(m_certificates.make(), QString());
        for (const auto &[name, words] : {std::pair{u"ed"_s, u"-algorithm ed25519"_s}, {u"ec"_s, u"-algorithm EC -pkeyopt ec_paramgen_curve:P-256"_s},
                                          {u"rsa"_s, u"-algorithm RSA -pkeyopt rsa_keygen_bits:2048"_s}, {u"other"_s, u"-algorithm ed25519"_s}}) {
            (void)m_certificates.openssl(u"genpkey %1 -out %2.pkey"_s.arg(words, name));
            if (name != u"other"_s)
                (void)m_certificates.openssl(u"pkey -in %1.pkey -pubout -out %1.pub"_s.arg(name));
        }
        m_port = realmscope::test::freePort();
        m_peer.start(node, {QString::fromUtf8(REALMSCOPE_SOURCE_DIR) + u"/tests/peers/concealed.cjs"_s, QString::number(m_port), m_certificates.path({})});
        while (!m_peer.canReadLine())
            QVERIFY2(m_peer.waitForReadyRead(30'000), m_peer.readAllStandardError().constData());
        QCOMPARE(m_peer.readLine().trimmed(), "ready"_ba);
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

    void proves_data()
    {
        QTest::addColumn<QString>("keyId");
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("realm");
        QTest::addColumn<HttpVersion>("version");
        QTest::addColumn<QString>("tlsMax");
        QTest::addColumn<int>("status");
        QTest::newRow("Ed25519") << u"ed"_s << u"ed.pkey"_s << QString() << HttpVersion::Http11 << QString() << 200;
        QTest::newRow("Ed25519, HTTP/2") << u"ed"_s << u"ed.pkey"_s << QString() << HttpVersion::Http2 << QString() << 200;
        QTest::newRow("Ed25519, TLS 1.2 with extended master secret") << u"ed"_s << u"ed.pkey"_s << QString() << HttpVersion::Http11 << u"1.2"_s << 200;
        QTest::newRow("ECDSA") << u"ec"_s << u"ec.pkey"_s << QString() << HttpVersion::Http11 << QString() << 200;
        QTest::newRow("RSA-PSS") << u"rsa"_s << u"rsa.pkey"_s << QString() << HttpVersion::Http11 << QString() << 200;
        QTest::newRow("another key") << u"ed"_s << u"other.pkey"_s << QString() << HttpVersion::Http11 << QString() << 404;
        QTest::newRow("a key ID that is not known") << u"nobody"_s << u"ed.pkey"_s << QString() << HttpVersion::Http11 << QString() << 404;
        QTest::newRow("a realm that is not this") << u"ed"_s << u"ed.pkey"_s << u"elsewhere"_s << HttpVersion::Http11 << QString() << 404;
    }
    void proves()
    {
        QFETCH(QString, keyId);
        QFETCH(QString, key);
        QFETCH(QString, realm);
        QFETCH(HttpVersion, version);
        QFETCH(QString, tlsMax);
        QFETCH(int, status);
        const auto change = [&](RequestSpec &spec) {
            spec.settings.version = version;
            spec.settings.tlsMax = tlsMax;
        };
        for (int i = 0; i < 2; ++i) { // the second time on the same connection, where the proof is the same
            const Trace trace = send(keyId, key, {{u"realm"_s, realm}}, change);
            QVERIFY2(trouble(trace).isEmpty(), qPrintable(trouble(trace)));
            QCOMPARE(this->status(trace), status);
            QCOMPARE(trace.exchanges.size(), 1); // unasked
            const Exchange &exchange = *trace.final();
            QCOMPARE(exchange.connection.protocol, version == HttpVersion::Http2 ? u"h2"_s : u"http/1.1"_s);
            QCOMPARE(exchange.request.headers.find("Authorization")->sourceDetail, keyId);
            QVERIFY(exchange.rawRequest.all().contains("Concealed k="));
            QCOMPARE(exchange.derivation.first().name, u"exporter context"_s);
        }
    }

    // The proof is good on one connection: what was sent on one is nothing on another.
    void replayed()
    {
        const Trace first = send(u"ed"_s, u"ed.pkey"_s, {});
        QCOMPARE(status(first), 200);
        RunJob job;
        job.spec.url = u"https://127.0.0.1:%1/hidden"_s.arg(m_port);
        job.spec.settings.caFile = m_certificates.path(u"ca.pem"_s);
        job.spec.headers = {{u"Authorization"_s, QString::fromLatin1(first.final()->request.headers.value("Authorization"))}};
        SocketTransport transport(m_clock); // connections of its own
        Runner runner(transport, m_clock, m_random);
        const std::unique_ptr<Run> run(runner.start(job));
        QSignalSpy finished(run.get(), &Run::finished);
        QVERIFY(finished.wait(20'000));
        QCOMPARE(status(run->trace()), 404);
    }

    void withoutTls()
    {
        const Trace trace = send(u"ed"_s, u"ed.pkey"_s, {}, [this](RequestSpec &spec) { spec.url = u"http://127.0.0.1:%1/hidden"_s.arg(m_port); });
        QVERIFY(trace.error);
        QVERIFY2(trace.error->message.contains(u"signs key material of TLS"_s), qPrintable(trace.error->message));
        QVERIFY(trace.exchanges.isEmpty());
    }
};

QTEST_GUILESS_MAIN(tst_PeersConcealed)
#include "tst_peers_concealed.moc"
