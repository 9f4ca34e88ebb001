// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "tests/peers/Http2Peers.h"

#include <QtCore/QCryptographicHash>
#include <QtCore/QFile>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QRegularExpression>
#include <QtTest/QTest>

#include <map>

using namespace Qt::StringLiterals;

namespace {

struct Told
{
    int status = -1;
    QByteArray err;
    QJsonObject json;
    [[nodiscard]] QJsonArray exchanges() const { return json.value("exchanges"_L1).toArray(); }
    [[nodiscard]] QJsonObject exchange(qsizetype index = -1) const
    {
        const QJsonArray all = exchanges();
        return all.at(index < 0 ? all.size() - 1 : index).toObject();
    }
    [[nodiscard]] QString body() const { return exchange().value("response"_L1).toObject().value("bodyText"_L1).toString(); }
    [[nodiscard]] QString protocol(qsizetype index = -1) const
    {
        return exchange(index).value("connection"_L1).toObject().value("protocol"_L1).toString();
    }
};

Told tell(const QString &command, const QStringList &curl, const QStringList &options = {})
{
    QProcess process;
    process.start(QString::fromUtf8(REALMSCOPE_BINARY_DIR) + u"/bin/realmscope-cli"_s,
                  QStringList{command, u"--json"_s} + options + QStringList{u"curl"_s} + curl);
    Told told;
    if (!process.waitForFinished(60'000))
        return told;
    told.status = process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1;
    told.err = process.readAllStandardError();
    told.json = QJsonDocument::fromJson(process.readAllStandardOutput()).object();
    return told;
}

// "name: value" lines of what is said to have been sent.
QStringList sentFields(const QJsonObject &exchange)
{
    QStringList fields;
    for (const QJsonValue &field : exchange.value("http2"_L1).toObject().value("requestFields"_L1).toArray())
        fields << field.toArray().at(0).toString() + u": "_s + field.toArray().at(1).toString();
    return fields;
}

} // namespace

class tst_PeersH2 : public QObject
{
    Q_OBJECT
private:
    std::map<QString, std::unique_ptr<Http2Peer>> m_peers;
    std::map<QString, QString> m_whyNot;

    Http2Peer *peer(const QString &name) { return m_peers[name].get(); }

private Q_SLOTS:
    void initTestCase()
    {
        const auto add = [&](const QString &name, std::unique_ptr<Http2Peer> (*make)(QString *)) {
            QString problem;
            m_peers[name] = make(&problem);
            m_whyNot[name] = problem;
        };
        add(u"nghttpd"_s, &Http2Peer::nghttpd);
        add(u"node"_s, &Http2Peer::node);
        add(u"node with TLS"_s, &Http2Peer::nodeTls);
        add(u"nginx"_s, &Http2Peer::nginx);
        add(u"apache"_s, &Http2Peer::apache);
    }
    void cleanupTestCase() { m_peers.clear(); }

#define NEED(name)                                                                                                     \
    if (!peer(name)) {                                                                                                 \
        QVERIFY2(m_whyNot[name].isEmpty(), qPrintable(m_whyNot[name]));                                                \
        QSKIP(qPrintable(u"REALMSCOPE-TEST-SKIPPED, because %1 is not installed"_s.arg(name)));                        \
    }

    // What the trace says was sent is what another implementation decoded, in order, with duplicates.
    void whatNodeReceived_data()
    {
        QTest::addColumn<QStringList>("curl");
        QTest::addColumn<QString>("path");
        QTest::addColumn<QByteArray>("body");
        QTest::newRow("plain") << QStringList{} << u"/"_s << QByteArray();
        QTest::newRow("spelling, order, duplicates")
            << QStringList{u"-H"_s, u"x-LOWER: a"_s, u"-H"_s, u"X-Twice: 1"_s, u"-H"_s, u"Accept: */*"_s, u"-H"_s, u"X-Twice: 2"_s}
            << u"/odd/%7Efoo?a=b&&c=%20"_s << QByteArray();
        QTest::newRow("body") << QStringList{u"-d"_s, u"a=1&b=%C3%A9"_s} << u"/post"_s << "a=1&b=%C3%A9"_ba;
        QTest::newRow("put, binary") << QStringList{u"-X"_s, u"PUT"_s, u"--data-binary"_s, u"line1\r\nline2"_s} << u"/put"_s << "line1\r\nline2"_ba;
        QTest::newRow("method of one's own") << QStringList{u"-X"_s, u"PROPFIND"_s} << u"/dav"_s << QByteArray();
    }
    void whatNodeReceived()
    {
        QFETCH(QStringList, curl);
        QFETCH(QString, path);
        QFETCH(QByteArray, body);
        NEED(u"node"_s)
        const Told told = tell(u"send"_s, QStringList{u"--http2-prior-knowledge"_s} + curl + QStringList{peer(u"node"_s)->url(path)});
        QVERIFY2(!told.exchange().isEmpty(), told.err.constData());
        QCOMPARE(told.protocol(), u"h2"_s);
        const QJsonObject received = QJsonDocument::fromJson(told.body().toUtf8()).object();
        const QJsonArray raw = received.value("raw"_L1).toArray();
        QVERIFY(!raw.isEmpty());
        QStringList fields;
        for (qsizetype i = 0; i + 1 < raw.size(); i += 2)
            fields << raw.at(i).toString() + u": "_s + raw.at(i + 1).toString();
        QCOMPARE(sentFields(told.exchange()), fields);
        QCOMPARE(received.value("size"_L1).toInteger(), body.size());
        QCOMPARE(received.value("sha256"_L1).toString().toLatin1(), QCryptographicHash::hash(body, QCryptographicHash::Sha256).toHex());
    }

    void whatNghttpdReceived()
    {
        NEED(u"nghttpd"_s)
        (void)peer(u"nghttpd"_s)->takeOutput();
        const Told told = tell(u"send"_s, {u"--http2-prior-knowledge"_s, u"-H"_s, u"Authorization: Bearer secret-token-4711"_s, u"-H"_s, u"X-B: 2"_s,
                                           peer(u"nghttpd"_s)->url(u"/index.html"_s)}, {u"--reveal"_s});
        QCOMPARE(told.protocol(), u"h2"_s);
        QCOMPARE(told.body(), u"from a file\n"_s);
        static const QRegularExpression line(u"recv \\(stream_id=\\d+(, sensitive)?\\) (:?[^:]+: .*)"_s);
        QStringList fields;
        bool isSensitive = false;
        const QString output = QString::fromUtf8(peer(u"nghttpd"_s)->takeOutput()).remove(QRegularExpression(u"\x1b\\[[0-9;]*m"_s));
        for (const QString &one : output.split(u'\n')) {
            const auto match = line.match(one);
            if (!match.hasMatch())
                continue;
            fields << match.captured(2).trimmed();
            isSensitive = isSensitive || (!match.captured(1).isEmpty() && match.captured(2).startsWith("authorization"_L1));
        }
        QCOMPARE(sentFields(told.exchange()), fields);
        QVERIFY(isSensitive); // never indexed (RFC 7541 section 7.1.3)
    }

    void secretsStayHidden()
    {
        NEED(u"node"_s)
        const Told told = tell(u"send"_s, {u"--http2-prior-knowledge"_s, u"-H"_s, u"Authorization: Bearer secret-token-4711"_s,
                                           peer(u"node"_s)->url(u"/refused?access_token=other-secret-4712"_s)});
        const QByteArray all = QJsonDocument(told.json).toJson();
        QVERIFY(all.contains("requestFields"));
        QVERIFY(!all.contains("secret-token-4711"));
        QVERIFY(!all.contains("other-secret-4712"));
    }

    void causes_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QStringList>("curl");
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("cause");
        QTest::addColumn<QString>("body"); // what the refusal says; empty: not looked at
        const QString good = QString::fromLatin1(Http2Peer::user) + u':' + QLatin1StringView(Http2Peer::password);
        const QString bad = QString::fromLatin1(Http2Peer::user) + u":not-it-at-all"_s;
        QTest::newRow("nginx basic") << u"nginx"_s << QStringList{u"-u"_s, good} << u"/basic/"_s << u"accepted"_s << u"basic ok"_s;
        QTest::newRow("nginx basic, wrong password") << u"nginx"_s << QStringList{u"-u"_s, bad} << u"/basic/"_s << u"credentials-rejected"_s << u"401 Authorization Required"_s;
        QTest::newRow("apache digest") << u"apache"_s << QStringList{u"--digest"_s, u"-u"_s, good} << u"/digest/"_s << u"accepted"_s << u"digest ok"_s;
        QTest::newRow("apache digest, wrong password") << u"apache"_s << QStringList{u"--digest"_s, u"-u"_s, bad} << u"/digest/"_s << u"credentials-rejected"_s << u"Unauthorized"_s;
        QTest::newRow("node, expired token") << u"node"_s << QStringList{u"--http2-prior-knowledge"_s, u"-H"_s, u"Authorization: Bearer abcdefgh"_s} << u"/refused"_s << u"token-expired"_s << u"no entry"_s;
    }
    void causes()
    {
        QFETCH(QString, name);
        QFETCH(QStringList, curl);
        QFETCH(QString, path);
        QFETCH(QString, cause);
        QFETCH(QString, body);
        NEED(name)
        const Told told = tell(u"why"_s, QStringList{u"-k"_s} + curl + QStringList{peer(name)->url(path)});
        QVERIFY2(!told.exchange().isEmpty(), told.err.constData());
        const QJsonArray findings = told.json.value("findings"_L1).toArray();
        const QString first = findings.isEmpty() || cause == "accepted"_L1 ? told.json.value("outcome"_L1).toObject().value("kind"_L1).toString()
                                                                           : findings.first().toObject().value("cause"_L1).toString();
        QCOMPARE(first, cause);
        for (qsizetype i = 0; i < told.exchanges().size(); ++i)
            QVERIFY(told.protocol(i) == "h2"_L1 || told.exchanges().at(i).toObject().value("probe"_L1).toString() == "http1"_L1);
        bool isThere = false;
        for (const QJsonValue &exchange : told.exchanges())
            isThere = isThere || exchange.toObject().value("response"_L1).toObject().value("bodyText"_L1).toString().contains(body);
        QVERIFY(isThere);
    }

    void versionsAreChosen_data()
    {
        QTest::addColumn<QStringList>("curl");
        QTest::addColumn<QString>("protocol");
        QTest::newRow("left to the server") << QStringList{} << u"h2"_s;
        QTest::newRow("1.1") << QStringList{u"--http1.1"_s} << u"http/1.1"_s;
        QTest::newRow("1.0") << QStringList{u"--http1.0"_s} << u"http/1.1"_s;
        QTest::newRow("2") << QStringList{u"--http2"_s} << u"h2"_s;
        QTest::newRow("prior knowledge") << QStringList{u"--http2-prior-knowledge"_s} << u"h2"_s;
    }
    void versionsAreChosen()
    {
        QFETCH(QStringList, curl);
        QFETCH(QString, protocol);
        NEED(u"nginx"_s)
        const Told told = tell(u"send"_s, QStringList{u"-k"_s} + curl + QStringList{peer(u"nginx"_s)->url(u"/basic/"_s)});
        QCOMPARE(told.protocol(), protocol);
        QCOMPARE(told.exchange().value("response"_L1).toObject().value("status"_L1).toInt(), 401);
    }

    void messages_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("member");
        QTest::addColumn<QString>("value");
        QTest::newRow("hints") << u"/hints"_s << u"body"_s << u"after the hint"_s;
        QTest::newRow("trailers") << u"/trailers"_s << u"body"_s << u"body"_s;
        QTest::newRow("reset") << u"/reset"_s << u"error"_s << u"INTERNAL_ERROR"_s;
    }
    void messages()
    {
        QFETCH(QString, path);
        QFETCH(QString, member);
        QFETCH(QString, value);
        NEED(u"node"_s)
        const Told told = tell(u"send"_s, {u"--http2-prior-knowledge"_s, peer(u"node"_s)->url(path)});
        const QJsonObject exchange = told.exchange();
        if (member == "error"_L1) {
            const QString message = exchange.value("error"_L1).toObject().value("message"_L1).toString();
            QVERIFY2(message.contains(value), qPrintable(message));
            QCOMPARE(exchange.value("http2"_L1).toObject().value("reset"_L1).toString(), value);
        } else {
            QCOMPARE(exchange.value("response"_L1).toObject().value("status"_L1).toInt(), 200);
            QVERIFY(exchange.value("response"_L1).toObject().value("complete"_L1).toBool());
            QCOMPARE(exchange.value("response"_L1).toObject().value("bodyBytes"_L1).toInteger(), value.size());
        }
        QCOMPARE(exchange.value("anomalies"_L1).toArray(), QJsonArray());
    }

    void bigBodies()
    {
        NEED(u"node"_s)
        const Told down = tell(u"send"_s, {u"--http2-prior-knowledge"_s, peer(u"node"_s)->url(u"/big"_s)});
        QCOMPARE(down.exchange().value("response"_L1).toObject().value("bodyBytes"_L1).toInteger(), 400LL * 65536);
        QTemporaryDir dir;
        QFile file(dir.filePath(u"body"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        const QByteArray content(8'000'003, 'u');
        file.write(content);
        file.close();
        const Told up = tell(u"send"_s, {u"--http2-prior-knowledge"_s, u"-T"_s, file.fileName(), peer(u"node"_s)->url(u"/up"_s)});
        const QJsonObject received = QJsonDocument::fromJson(up.body().toUtf8()).object();
        QCOMPARE(received.value("size"_L1).toInteger(), content.size());
        QCOMPARE(received.value("sha256"_L1).toString().toLatin1(), QCryptographicHash::hash(content, QCryptographicHash::Sha256).toHex());
    }

    // HTTP_1_1_REQUIRED: shown, and then one exchange more on HTTP/1.1.
    void fallsBackVisibly()
    {
        NEED(u"node with TLS"_s)
        const Told told = tell(u"send"_s, {u"-k"_s, peer(u"node with TLS"_s)->url(u"/"_s)});
        QCOMPARE(told.exchanges().size(), 2);
        QCOMPARE(told.protocol(0), u"h2"_s);
        QCOMPARE(told.exchange(0).value("http2"_L1).toObject().value("reset"_L1).toString(), u"HTTP_1_1_REQUIRED"_s);
        QVERIFY(told.exchange(0).value("decisions"_L1).toArray().last().toString().contains(u"HTTP_1_1_REQUIRED"_s));
        QCOMPARE(told.protocol(1), u"http/1.1"_s);
        QCOMPARE(told.body(), u"by 1.1"_s);
        const Told insisting = tell(u"send"_s, {u"-k"_s, u"--http2-prior-knowledge"_s, peer(u"node with TLS"_s)->url(u"/"_s)});
        QCOMPARE(insisting.exchanges().size(), 1);
    }
};

QTEST_GUILESS_MAIN(tst_PeersH2)
#include "tst_peers_h2.moc"
