// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "tests/peers/GssPeer.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QTemporaryDir>
#include <QtCore/QUrl>
#include <QtTest/QTest>

using namespace Qt::StringLiterals;

// Schemes against the servers that people have, through the real realmscope-cli: right and wrong credential.
class tst_PeersSchemes : public QObject
{
    Q_OBJECT
private:
    std::unique_ptr<GssPeer> m_gss;
    QString m_missing, m_why;

    void missing(const QString &path)
    {
        if (!m_gss) {
            QVERIFY2(m_why.isEmpty(), qPrintable(m_why));
            QSKIP(qPrintable(u"REALMSCOPE-TEST-SKIPPED, because %1 is not installed"_s.arg(m_missing)));
        }
        if (path.startsWith("/ntlm"_L1) && !m_gss->hasNtlm())
            QSKIP("REALMSCOPE-TEST-SKIPPED, because gss-ntlmssp is not there");
    }
    // What realmscope-cli says of the command.
    [[nodiscard]] QJsonObject run(const QString &command, const QStringList &curl, bool ticket, QByteArray *out) const
    {
        QProcess process;
        process.setProcessEnvironment(m_gss->clientEnvironment(ticket));
        process.start(QString::fromUtf8(REALMSCOPE_BINARY_DIR) + u"/bin/realmscope-cli"_s, QStringList{command, u"--json"_s, u"curl"_s} + curl);
        if (!process.waitForFinished(60'000))
            return {};
        *out = process.readAllStandardOutput();
        const QJsonObject all = QJsonDocument::fromJson(*out).object();
        *out += process.readAllStandardError();
        return all;
    }

    // What only a profile can say.
    [[nodiscard]] QJsonObject runProfile(const QString &scheme, const QStringList &more, const QString &url, const QProcessEnvironment &environment, QByteArray *out) const
    {
        const QTemporaryDir folder;
        const QString cli = QString::fromUtf8(REALMSCOPE_BINARY_DIR) + u"/bin/realmscope-cli"_s;
        const QStringList where{u"--workspace"_s, folder.path()};
        for (const QStringList &words : {QStringList{u"profile"_s, u"add"_s, u"it"_s, u"--scheme"_s, scheme, u"--origin"_s, QUrl(url).adjusted(QUrl::RemovePath).toString()} + more,
                                         QStringList{u"send"_s, u"--json"_s, u"--reveal"_s, u"--profile"_s, u"it"_s, url}}) {
            QProcess process;
            process.setProcessEnvironment(environment);
            process.start(cli, words + where);
            if (!process.waitForFinished(60'000))
                return {};
            *out = process.readAllStandardOutput();
            const QJsonObject all = QJsonDocument::fromJson(*out).object();
            *out += process.readAllStandardError();
            if (words.first() == "send"_L1)
                return all;
        }
        return {};
    }

    static QByteArray inWords(const QJsonArray &trace)
    {
        QByteArray out;
        for (const QJsonValue &exchange : trace) {
            out += "\n" + exchange["request"_L1]["line"_L1].toString().toUtf8() + " -> " + QByteArray::number(exchange["response"_L1]["status"_L1].toInt()) + ' '
                + exchange["response"_L1]["bodyText"_L1].toString().left(200).toUtf8();
            for (const QJsonValue &decision : exchange["decisions"_L1].toArray())
                out += "\n    " + decision.toString().toUtf8();
            for (const QJsonValue &header : exchange["response"_L1]["headers"_L1].toArray())
                out += "\n    " + header[0].toString().toUtf8() + ": " + header[1].toString().left(80).toUtf8();
        }
        return out;
    }

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
        missing(path);
        if (QTest::currentTestFailed())
            return;
        QByteArray out;
        const QJsonArray trace = run(u"send"_s, curl + QStringList{m_gss->url(host, path)}, ticket, &out).value("exchanges"_L1).toArray();
        QVERIFY2(!trace.isEmpty(), out.constData());
        QCOMPARE(trace.last().toObject().value("response"_L1).toObject().value("status"_L1).toInt(), status);
        QCOMPARE(trace.size(), exchanges);
        QVERIFY2(out.contains(says.toUtf8()), out.constData());
        for (const QByteArray &secret : {QByteArray(GssPeer::ntlmPassword), QByteArray("not-it-at-all")})
            QVERIFY(!out.contains(secret));
    }

    // RFC 5929: the server takes only what is bound to the TLS connection that it sees itself.
    void channelBinding_data()
    {
        QTest::addColumn<QStringList>("curl");
        QTest::addColumn<QString>("path");
        QTest::addColumn<QList<int>>("statuses");
        QTest::addColumn<QString>("says"); // in the server's answer
        const QStringList ntlm{u"--ntlm"_s, u"-u"_s, u"LAB\\alice:"_s + QLatin1StringView(GssPeer::ntlmPassword)};
        const QStringList negotiate{u"--negotiate"_s, u"-u"_s, u":"_s};
        QTest::newRow("Negotiate") << negotiate << u"/krb/"_s << QList{401, 200} << u"alice@PEER.TEST bound=True"_s;
        QTest::newRow("Negotiate, another certificate") << negotiate << u"/krb/other"_s << QList{401, 401} << u"BadChannelBindingsError"_s;
        QTest::newRow("NTLM") << ntlm << u"/ntlm/"_s << QList{401, 200} << u"LAB\\alice"_s;
        QTest::newRow("NTLM, another certificate") << ntlm << u"/ntlm/other"_s << QList{401, 401} << u"Error"_s;
    }
    void channelBinding()
    {
        QFETCH(QStringList, curl);
        QFETCH(QString, path);
        QFETCH(QList<int>, statuses);
        QFETCH(QString, says);
        missing(path);
        if (QTest::currentTestFailed())
            return;
        if (!m_gss->noBindings().isEmpty())
            QSKIP(qPrintable(u"REALMSCOPE-TEST-SKIPPED, because "_s + m_gss->noBindings()));
        QByteArray out;
        const QJsonArray trace = run(u"send"_s, curl + QStringList{u"--cacert"_s, m_gss->authority(), m_gss->tlsUrl(path)}, true, &out).value("exchanges"_L1).toArray();
        QList<int> got;
        for (const QJsonValue &exchange : trace)
            got << exchange["response"_L1]["status"_L1].toInt();
        QVERIFY2(got == statuses, inWords(trace).constData());
        const QString body = trace.last()["response"_L1]["bodyText"_L1].toString();
        QVERIFY2(body.contains(says), qPrintable(body));
    }

    // The server has the client's own ticket when the profile says so, and only then.
    void delegation_data()
    {
        QTest::addColumn<bool>("asked");
        QTest::addColumn<bool>("forwardable");
        QTest::addColumn<QByteArray>("delegated"); // in klist's words
        QTest::newRow("asked for") << true << true << "krbtgt/PEER.TEST@PEER.TEST"_ba;
        QTest::newRow("not asked for") << false << true << QByteArray();
        QTest::newRow("a ticket that has to stay") << true << false << QByteArray();
    }
    void delegation()
    {
        QFETCH(bool, asked);
        QFETCH(bool, forwardable);
        QFETCH(QByteArray, delegated);
        missing({});
        if (QTest::currentTestFailed())
            return;
        (void)m_gss->takeDelegated();
        QByteArray out;
        const QStringList more = asked ? QStringList{u"--field"_s, u"delegate=true"_s} : QStringList();
        const QJsonArray trace = runProfile(u"negotiate"_s, more, m_gss->url(u"localhost"_s, u"/delegated/"_s), m_gss->clientEnvironment(true, forwardable), &out)
                                     .value("exchanges"_L1).toArray();
        QVERIFY2(!trace.isEmpty(), out.constData());
        QVERIFY2(trace.last()["response"_L1]["status"_L1].toInt() == 200, inWords(trace).constData());
        const QByteArray found = m_gss->takeDelegated();
        if (delegated.isEmpty())
            QCOMPARE(found, QByteArray());
        else
            QVERIFY2(found.contains("Default principal: alice@PEER.TEST") && found.contains(delegated), found.constData());
    }

    void ntlmVersion1_data()
    {
        QTest::addColumn<QString>("password");
        QTest::addColumn<int>("status");
        QTest::newRow("right") << QString::fromLatin1(GssPeer::ntlmPassword) << 200;
        QTest::newRow("wrong") << u"not-it-at-all"_s << 401;
    }
    void ntlmVersion1()
    {
        QFETCH(QString, password);
        QFETCH(int, status);
        missing(u"/ntlm"_s);
        if (QTest::currentTestFailed())
            return;
        QProcessEnvironment environment = m_gss->clientEnvironment(false);
        environment.insert(u"PEER_PASSWORD"_s, password);
        QByteArray out;
        const QJsonArray trace = runProfile(u"ntlm"_s, {u"--field"_s, u"username=alice"_s, u"--field"_s, u"domain=LAB"_s, u"--field"_s, u"version=1"_s, u"--secret-ref"_s,
                                                        u"password=env:PEER_PASSWORD"_s}, m_gss->url(u"localhost"_s, u"/ntlm/"_s), environment, &out)
                                     .value("exchanges"_L1).toArray();
        QVERIFY2(!trace.isEmpty(), out.constData());
        QVERIFY2(trace.last()["response"_L1]["status"_L1].toInt() == status, inWords(trace).constData());
        QCOMPARE(trace.size(), 2);
        // [MS-NLMP] 2.2.1.3 and 2.2.2.6: the answer to the challenge has 24 bytes, that of version 2 has more.
        QByteArray sent;
        for (const QJsonValue &header : trace.last()["request"_L1]["headers"_L1].toArray()) {
            if (header[0] == "Authorization"_L1)
                sent = QByteArray::fromBase64(header[1].toString().mid(5).toLatin1());
        }
        QVERIFY2(sent.startsWith(QByteArray("NTLMSSP\0\3\0\0\0", 12)), sent.toHex().constData());
        QCOMPARE(sent.mid(20, 4).toHex(), "18001800"_ba);
    }

    // The same servers as proxies: Apache's mod_proxy behind mod_auth_gssapi.
    void proxy_data()
    {
        QTest::addColumn<QStringList>("curl");
        QTest::addColumn<QString>("scheme");
        QTest::addColumn<bool>("tls");
        QTest::addColumn<bool>("ticket");
        QTest::addColumn<QList<int>>("statuses");
        QTest::addColumn<QString>("cause");
        const QString right = u"LAB\\alice:"_s + QLatin1StringView(GssPeer::ntlmPassword);
        const auto row = [](const char *name, const QStringList &curl, const char *scheme, bool tls, bool ticket, const QList<int> &statuses, const char *cause) {
            QTest::newRow(name) << curl << QString::fromLatin1(scheme) << tls << ticket << statuses << QString::fromLatin1(cause);
        };
        const QStringList ntlm{u"--proxy-ntlm"_s, u"-U"_s, right};
        const QStringList wrong{u"--proxy-ntlm"_s, u"-U"_s, u"LAB\\alice:not-it-at-all"_s};
        const QStringList negotiate{u"--proxy-negotiate"_s, u"-U"_s, u":"_s};
        row("NTLM, http", ntlm, "ntlm", false, false, {407, 200}, "");
        row("NTLM, https", ntlm, "ntlm", true, false, {407, 200, 200}, "");
        row("NTLM, wrong password, http", wrong, "ntlm", false, false, {407, 407}, "credentials-rejected");
        row("NTLM, wrong password, https", wrong, "ntlm", true, false, {407, 407}, "credentials-rejected");
        row("NTLM, nothing for it", {}, "ntlm", true, false, {407}, "proxy-auth-required");
        row("Negotiate, http", negotiate, "krb", false, true, {407, 200}, "");
        row("Negotiate, https", negotiate, "krb", true, true, {407, 200, 200}, "");
        row("Negotiate, no ticket", negotiate, "krb", true, false, {407}, "negotiate-no-ticket");
    }
    void proxy()
    {
        QFETCH(QStringList, curl);
        QFETCH(QString, scheme);
        QFETCH(bool, tls);
        QFETCH(bool, ticket);
        QFETCH(QList<int>, statuses);
        QFETCH(QString, cause);
        missing(u'/' + scheme);
        if (QTest::currentTestFailed())
            return;
        if (tls && !m_gss->noBindings().isEmpty())
            QSKIP(qPrintable(u"REALMSCOPE-TEST-SKIPPED, because "_s + m_gss->noBindings()));
        QByteArray out;
        const QString url = tls ? m_gss->tlsUrl(u"/open/"_s) : m_gss->url(u"localhost"_s, u"/open/"_s);
        const QJsonObject all = run(u"why"_s, curl + QStringList{u"-x"_s, m_gss->proxy(scheme), u"--cacert"_s, m_gss->authority(), url}, ticket, &out);
        QList<int> got;
        for (const QJsonValue &exchange : all.value("exchanges"_L1).toArray()) {
            if (exchange["role"_L1] != "probe"_L1)
                got << exchange["response"_L1]["status"_L1].toInt();
        }
        QVERIFY2(got == statuses, inWords(all.value("exchanges"_L1).toArray()).constData());
        QCOMPARE(all.value("findings"_L1).toArray().first()["cause"_L1].toString(), cause);
        for (const QByteArray &secret : {QByteArray(GssPeer::ntlmPassword), QByteArray("not-it-at-all")})
            QVERIFY(!out.contains(secret));
    }
};

QTEST_GUILESS_MAIN(tst_PeersSchemes)
#include "tst_peers_schemes.moc"
