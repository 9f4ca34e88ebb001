// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "tests/peers/Peer.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtNetwork/QTcpServer>
#include <QtNetwork/QTcpSocket>
#include <QtTest/QTest>

#include <algorithm>
#include <map>

using namespace Qt::StringLiterals;

namespace {

struct CliResult
{
    int status = -1;
    QByteArray out;
    QByteArray err;
    QJsonObject json;
};

CliResult run(const QStringList &arguments)
{
    QProcess process;
    process.start(QString::fromUtf8(REALMSCOPE_BINARY_DIR) + u"/bin/realmscope-cli"_s, arguments);
    CliResult result;
    if (!process.waitForFinished(60'000))
        return result;
    result.status = process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1;
    result.out = process.readAllStandardOutput();
    result.err = process.readAllStandardError();
    result.json = QJsonDocument::fromJson(result.out).object();
    return result;
}

CliResult why(QStringList curl) { return run(QStringList{u"why"_s, u"--json"_s, u"curl"_s} + curl); }

QString firstCause(const CliResult &result)
{
    const QJsonArray findings = result.json.value("findings"_L1).toArray();
    if (findings.isEmpty() || findings.first().toObject().value("role"_L1).toString() == "note"_L1)
        return result.json.value("outcome"_L1).toObject().value("kind"_L1).toString();
    return findings.first().toObject().value("cause"_L1).toString();
}

} // namespace

class tst_Peers : public QObject
{
    Q_OBJECT
private:
    std::map<QString, std::unique_ptr<Peer>> m_peers;
    std::map<QString, QString> m_whyNot;

private Q_SLOTS:
    void initTestCase()
    {
        const auto add = [&](const QString &name, std::unique_ptr<Peer> (*make)(QString *)) {
            QString problem;
            m_peers[name] = make(&problem);
            m_whyNot[name] = problem;
        };
        add(u"apache"_s, &Peer::apache);
        add(u"nginx"_s, &Peer::nginx);
        add(u"lighttpd"_s, &Peer::lighttpd);
    }
    void cleanupTestCase() { m_peers.clear(); }

    void causes_data()
    {
        QTest::addColumn<QString>("peer");
        QTest::addColumn<QStringList>("curl");
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("cause");
        const QString good = QString::fromLatin1(Peer::user) + u':' + QLatin1StringView(Peer::password);
        const QString bad = QString::fromLatin1(Peer::user) + u":not-it-at-all"_s;
        const auto row = [](const char *name, const QString &peer, const QStringList &curl, const QString &path,
                            const QString &cause) { QTest::newRow(name) << peer << curl << path << cause; };
        row("apache basic", u"apache"_s, {u"-u"_s, good}, u"/basic/"_s, u"accepted"_s);
        row("apache basic, wrong password", u"apache"_s, {u"-u"_s, bad}, u"/basic/"_s, u"credentials-rejected"_s);
        row("apache basic, nothing sent", u"apache"_s, {}, u"/basic/"_s, u"no-credentials-sent"_s);
        row("apache digest", u"apache"_s, {u"--digest"_s, u"-u"_s, good}, u"/digest/"_s, u"accepted"_s);
        row("apache digest, any", u"apache"_s, {u"--anyauth"_s, u"-u"_s, good}, u"/digest/"_s, u"accepted"_s);
        row("apache digest, wrong password", u"apache"_s, {u"--digest"_s, u"-u"_s, bad}, u"/digest/"_s,
            u"credentials-rejected"_s);
        row("apache digest asked, basic sent", u"apache"_s, {u"-u"_s, good}, u"/digest/"_s, u"wrong-scheme"_s);
        row("apache through a redirect", u"apache"_s, {u"-L"_s, u"-u"_s, good}, u"/moved"_s, u"accepted"_s);
        row("apache, nothing there", u"apache"_s, {u"-u"_s, good}, u"/basic/nothing-here"_s, u"not-authentication"_s);
        row("nginx basic", u"nginx"_s, {u"-u"_s, good}, u"/basic/"_s, u"accepted"_s);
        row("nginx basic, wrong password", u"nginx"_s, {u"-u"_s, bad}, u"/basic/"_s, u"credentials-rejected"_s);
        row("nginx basic, bearer sent", u"nginx"_s, {u"-H"_s, u"Authorization: Bearer abcdef"_s}, u"/basic/"_s,
            u"wrong-scheme"_s);
        row("nginx deny all", u"nginx"_s, {u"-u"_s, good}, u"/closed/"_s, u"forbidden-regardless"_s);
        row("nginx key", u"nginx"_s, {u"-H"_s, u"X-Api-Key: k-4711"_s}, u"/key/"_s, u"accepted"_s);
        row("nginx wrong key", u"nginx"_s, {u"-H"_s, u"X-Api-Key: k-4712"_s}, u"/key/"_s, u"api-key-rejected"_s);
        row("lighttpd SHA-256", u"lighttpd"_s, {u"--digest"_s, u"-u"_s, good}, u"/sha/index.html"_s, u"accepted"_s);
        row("lighttpd SHA-256, wrong password", u"lighttpd"_s, {u"--digest"_s, u"-u"_s, bad}, u"/sha/index.html"_s,
            u"credentials-rejected"_s);
    }
    void causes()
    {
        QFETCH(QString, peer);
        QFETCH(QStringList, curl);
        QFETCH(QString, path);
        QFETCH(QString, cause);
        if (!m_peers[peer]) {
            QVERIFY2(m_whyNot[peer].isEmpty(), qPrintable(m_whyNot[peer]));
            QSKIP(qPrintable(u"REALMSCOPE-TEST-SKIPPED, because %1 is not installed"_s.arg(peer)));
        }
        const CliResult result = why(curl + QStringList{m_peers[peer]->url(path)});
        QVERIFY2(!result.json.isEmpty(), result.err.constData());
        QCOMPARE(firstCause(result), cause);
        QCOMPARE(result.status == 0, cause == "accepted"_L1);
        // Neither password, in clear or in Base64, is printed.
        for (const QByteArray &secret : {QByteArray(Peer::password), QByteArray("not-it-at-all"),
                                         (QByteArray(Peer::user) + ':' + Peer::password).toBase64()}) {
            QVERIFY2(!result.out.contains(secret) && !result.err.contains(secret), secret.constData());
        }
    }

    // What the server wrote into its own log settles what its answer leaves open.
    void theServersLogProvesIt_data()
    {
        QTest::addColumn<QString>("peer");
        QTest::addColumn<QString>("credential");
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("cause");
        QTest::addColumn<QString>("words");
        const QString good = QString::fromLatin1(Peer::user) + u':' + QString::fromLatin1(Peer::password);
        const QString bad = QString::fromLatin1(Peer::user) + u":not-this-one"_s;
        for (const QString &peer : {u"Apache"_s, u"nginx"_s}) {
            const bool isApache = peer == u"Apache"_s;
            QTest::addRow("%s, wrong password", qPrintable(peer)) << peer << bad << u"/basic/"_s << u"credentials-rejected"_s << (isApache ? u"Password Mismatch"_s : u"password mismatch"_s);
            QTest::addRow("%s, unknown user", qPrintable(peer)) << peer << u"nobody:not-this-one"_s << u"/basic/"_s << u"credentials-rejected"_s
                                                               << (isApache ? u"user nobody not found"_s : u"user \"nobody\" was not found"_s);
        }
        QTest::newRow("Apache, another user's folder") << u"Apache"_s << good << u"/bob/"_s << u"permission-denied"_s << u"authorization failure"_s;
        QTest::newRow("nginx, a closed path") << u"nginx"_s << good << u"/closed/"_s << u"forbidden-regardless"_s << u"access forbidden by rule"_s;
    }
    void theServersLogProvesIt()
    {
        QFETCH(QString, peer);
        QFETCH(QString, credential);
        QFETCH(QString, path);
        QFETCH(QString, cause);
        QFETCH(QString, words);
        const auto found = std::ranges::find_if(m_peers, [&](const auto &one) { return one.first.compare(peer, Qt::CaseInsensitive) == 0; });
        if (found == m_peers.end() || !found->second)
            QSKIP("REALMSCOPE-TEST-SKIPPED, because the server is not installed");
        const CliResult result = run({u"why"_s, u"--json"_s, u"--log"_s, found->second->path(u"error.log"_s), u"curl"_s, u"-u"_s, credential, found->second->url(path)});
        QVERIFY2(!result.json.isEmpty(), result.err.constData());
        const QJsonObject first = result.json.value("findings"_L1).toArray().first().toObject();
        QCOMPARE(first.value("cause"_L1).toString(), cause);
        QCOMPARE(first.value("verdict"_L1).toString(), u"proven"_s);
        bool isQuoted = false;
        for (const QJsonValue &evidence : first.value("evidence"_L1).toArray())
            isQuoted |= evidence.toObject().value("part"_L1).toString() == u"log"_s && evidence.toObject().value("text"_L1).toString().contains(words);
        QVERIFY2(isQuoted, result.out.constData());
        QVERIFY(!result.out.contains("not-this-one"));
    }

    // What the trace says was sent is what a recording server received, byte for byte.
    void traceEqualsTheWire_data()
    {
        QTest::addColumn<QStringList>("curl");
        QTest::addColumn<QString>("path");
        QTest::newRow("plain") << QStringList{} << u"/"_s;
        QTest::newRow("spelling, order, duplicates")
            << QStringList{u"-H"_s, u"x-LOWER: a"_s, u"-H"_s, u"X-Twice: 1"_s, u"-H"_s, u"X-Twice: 2"_s, u"-H"_s, u"Accept;"_s}
            << u"/odd/../path/%7Efoo?a=b&&c=%20"_s;
        QTest::newRow("body") << QStringList{u"-d"_s, u"a=1&b=%C3%A9"_s} << u"/post"_s;
        QTest::newRow("put, binary") << QStringList{u"-X"_s, u"PUT"_s, u"--data-binary"_s, u"line1\r\nline2"_s} << u"/put"_s;
        QTest::newRow("method of one's own") << QStringList{u"-X"_s, u"PROPFIND"_s} << u"/dav"_s;
    }
    void traceEqualsTheWire()
    {
        QFETCH(QStringList, curl);
        QFETCH(QString, path);
        QTcpServer server;
        QVERIFY(server.listen(QHostAddress::LocalHost));
        QByteArray received;
        connect(&server, &QTcpServer::newConnection, &server, [&] {
            QTcpSocket *socket = server.nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, socket, [&received, socket] {
                received += socket->readAll();
                const qsizetype end = received.indexOf("\r\n\r\n");
                if (end < 0)
                    return;
                qsizetype length = 0;
                for (const QByteArray &line : received.first(end).split('\n')) {
                    if (line.toLower().startsWith("content-length:"))
                        length = line.mid(15).trimmed().toLongLong();
                }
                if (received.size() >= end + 4 + length)
                    socket->write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
            });
        });
        QProcess process;
        process.start(QString::fromUtf8(REALMSCOPE_BINARY_DIR) + u"/bin/realmscope-cli"_s,
                      QStringList{u"send"_s, u"--json"_s, u"curl"_s} + curl
                          + QStringList{u"http://127.0.0.1:%1%2"_s.arg(server.serverPort()).arg(path)});
        QTRY_VERIFY_WITH_TIMEOUT(process.state() == QProcess::NotRunning, 20'000);
        const QJsonObject json = QJsonDocument::fromJson(process.readAllStandardOutput()).object();
        const QJsonObject exchange = json.value("exchanges"_L1).toArray().first().toObject();
        QVERIFY2(!exchange.isEmpty(), process.readAllStandardError().constData());
        const QJsonObject request = exchange.value("request"_L1).toObject();
        QByteArray claimed = request.value("line"_L1).toString().toUtf8() + "\r\n";
        for (const QJsonValue &header : request.value("headers"_L1).toArray()) {
            const QByteArray value = header.toArray().at(1).toString().toUtf8();
            claimed += header.toArray().at(0).toString().toUtf8() + ':' + (value.isEmpty() ? "" : " ") + value + "\r\n";
        }
        claimed += "\r\n";
        const qsizetype end = received.indexOf("\r\n\r\n") + 4;
        // An empty value may be written with or without the space before it.
        QCOMPARE(QString::fromUtf8(received.first(end)).replace(u": \r\n"_s, u":\r\n"_s), QString::fromUtf8(claimed));
        QCOMPARE(request.value("bytes"_L1).toInteger(-1), received.size());
    }
};

QTEST_GUILESS_MAIN(tst_Peers)
#include "tst_peers.moc"
