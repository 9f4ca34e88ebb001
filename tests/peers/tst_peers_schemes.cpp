// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "tests/peers/GssPeer.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtTest/QTest>

using namespace Qt::StringLiterals;

// Schemes against the servers that people have, through the real realmscope-cli: right and wrong credential.
class tst_PeersSchemes : public QObject
{
    Q_OBJECT
private:
    std::unique_ptr<GssPeer> m_gss;
    QString m_missing, m_why;

private Q_SLOTS:
    void initTestCase() { m_gss = GssPeer::make(&m_missing, &m_why); }
    void cleanupTestCase() { m_gss.reset(); }

    void gss_data()
    {
        QTest::addColumn<QStringList>("curl");
        QTest::addColumn<QString>("host");
        QTest::addColumn<QString>("path");
        QTest::addColumn<bool>("ticket");
        QTest::addColumn<int>("status");
        QTest::addColumn<int>("exchanges");
        QTest::addColumn<QString>("says"); // somewhere in the decisions
        const auto row = [](const char *name, const QStringList &curl, const QString &host, const QString &path, bool ticket, int status,
                            int exchanges, const QString &says = {}) {
            QTest::newRow(name) << curl << host << path << ticket << status << exchanges << says;
        };
        const QString right = u"LAB\\alice:"_s + QLatin1StringView(GssPeer::ntlmPassword);
        row("ticket", {u"--negotiate"_s, u"-u"_s, u":"_s}, u"localhost"_s, u"/krb/"_s, true, 200, 2, u"the server proved who it is"_s);
        row("no ticket", {u"--negotiate"_s, u"-u"_s, u":"_s}, u"localhost"_s, u"/krb/"_s, false, 401, 1, u"no Kerberos ticket for HTTP/localhost"_s);
        row("service the realm does not know", {u"--negotiate"_s, u"-u"_s, u":"_s}, u"127.0.0.1"_s, u"/krb/"_s, true, 401, 1,
            u"no Kerberos ticket for HTTP/127.0.0.1"_s);
        row("ntlm", {u"--ntlm"_s, u"-u"_s, right}, u"localhost"_s, u"/ntlm/"_s, false, 200, 2);
        row("ntlm with a body", {u"--ntlm"_s, u"-u"_s, right, u"-X"_s, u"GET"_s, u"-d"_s, u"x=1"_s}, u"localhost"_s, u"/ntlm/"_s, false, 200, 2);
        row("ntlm, any", {u"--anyauth"_s, u"-u"_s, right}, u"localhost"_s, u"/ntlm/"_s, false, 200, 3);
        row("ntlm, wrong password", {u"--ntlm"_s, u"-u"_s, u"LAB\\alice:not-it-at-all"_s}, u"localhost"_s, u"/ntlm/"_s, false, 401, 2);
        row("ntlm, wrong domain", {u"--ntlm"_s, u"-u"_s, u"CORP\\alice:"_s + QLatin1StringView(GssPeer::ntlmPassword)}, u"localhost"_s, u"/ntlm/"_s,
            false, 401, 2);
        row("ntlm where Kerberos is asked", {u"--ntlm"_s, u"-u"_s, right}, u"localhost"_s, u"/krb/"_s, false, 401, 1, u"offers no NTLM"_s);
    }
    void gss()
    {
        QFETCH(QStringList, curl);
        QFETCH(QString, host);
        QFETCH(QString, path);
        QFETCH(bool, ticket);
        QFETCH(int, status);
        QFETCH(int, exchanges);
        QFETCH(QString, says);
        if (!m_gss) {
            QVERIFY2(m_why.isEmpty(), qPrintable(m_why));
            QSKIP(qPrintable(u"REALMSCOPE-TEST-SKIPPED, because %1 is not installed"_s.arg(m_missing)));
        }
        if (path == "/ntlm/"_L1 && !m_gss->hasNtlm())
            QSKIP("REALMSCOPE-TEST-SKIPPED, because gss-ntlmssp is not there");
        QProcess process;
        process.setProcessEnvironment(m_gss->clientEnvironment(ticket));
        process.start(QString::fromUtf8(REALMSCOPE_BINARY_DIR) + u"/bin/realmscope-cli"_s,
                      QStringList{u"send"_s, u"--json"_s, u"curl"_s} + curl + QStringList{m_gss->url(host, path)});
        QVERIFY(process.waitForFinished(60'000));
        const QByteArray out = process.readAllStandardOutput();
        const QJsonArray trace = QJsonDocument::fromJson(out).object().value("exchanges"_L1).toArray();
        QVERIFY2(!trace.isEmpty(), process.readAllStandardError().constData());
        QCOMPARE(trace.last().toObject().value("response"_L1).toObject().value("status"_L1).toInt(), status);
        QCOMPARE(trace.size(), exchanges);
        QVERIFY2(out.contains(says.toUtf8()), out.constData());
        for (const QByteArray &secret : {QByteArray(GssPeer::ntlmPassword), QByteArray("not-it-at-all")})
            QVERIFY(!out.contains(secret));
    }
};

QTEST_GUILESS_MAIN(tst_PeersSchemes)
#include "tst_peers_schemes.moc"
