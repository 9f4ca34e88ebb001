// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/http/Codec.h"

#include <QtTest/QTest>

using namespace realmscope;
using namespace Qt::StringLiterals;

namespace {

struct Outcome
{
    ResponseParser::State state = ResponseParser::State::StatusLine;
    int status = 0;
    QByteArray headers;
    QByteArray body;
    QStringList anomalies;
    QString error;
    bool operator==(const Outcome &) const = default;
};

// Feeds the bytes in the given pieces, then closes.
Outcome parse(const QList<QByteArray> &pieces, const QByteArray &method, const Limits &limits = {})
{
    ResponseParser parser(method, limits);
    Outcome out;
    for (const QByteArray &piece : pieces) {
        parser.feed(piece);
        out.body += parser.takeBody();
        if (parser.isFinished() || parser.hasFailed())
            break;
    }
    parser.finish();
    out.body += parser.takeBody();
    out.state = parser.state();
    out.status = parser.response().status;
    for (const HeaderField &field : parser.response().headers)
        out.headers += field.name + '=' + field.value + '|';
    for (const Anomaly &anomaly : parser.anomalies()) {
        // How many bytes follow the end depends on the pieces; that some do is what counts.
        if (anomaly.id != "trailing-data"_L1)
            out.anomalies << anomaly.id;
    }
    if (parser.hasFailed())
        out.error = errorCodeId(parser.error().code);
    return out;
}

QList<QByteArray> bytewise(const QByteArray &raw)
{
    QList<QByteArray> pieces;
    for (const char c : raw)
        pieces << QByteArray(1, c);
    return pieces;
}

} // namespace

class tst_CodecMalformed : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void read_data()
    {
        QTest::addColumn<QByteArray>("raw");
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<int>("status");      // 0: nothing could be read
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QString>("anomaly"); // one that must be there; empty: none at all
        QTest::addColumn<QString>("error");   // empty: finished
        const auto row = [](const char *name, const QByteArray &raw, int status, const char *body, const char *anomaly,
                            const char *error = "", const char *method = "GET") {
            QTest::newRow(name) << raw << QByteArray(method) << status << QByteArray(body) << QString::fromLatin1(anomaly)
                                << QString::fromLatin1(error);
        };
        // Line ends
        row("bare LF everywhere", "HTTP/1.1 401 No\nContent-Length: 2\n\nhi", 401, "hi", "bare-lf");
        row("bare LF once", "HTTP/1.1 401 No\r\nA: b\nContent-Length: 2\r\n\r\nhi", 401, "hi", "bare-lf");
        row("bare CR in a value", "HTTP/1.1 401 No\r\nA: b\rc\r\nContent-Length: 0\r\n\r\n", 401, "", "bare-cr");
        row("empty lines in front", "\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200, "", "leading-whitespace");
        row("spaces in front", "  HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200, "", "leading-whitespace");
        // Status line
        row("no reason, no space", "HTTP/1.1 401\r\nContent-Length: 0\r\n\r\n", 401, "", "missing-reason");
        row("lower case version", "http/1.1 401 No\r\nContent-Length: 0\r\n\r\n", 401, "", "unknown-version");
        row("version 1.2", "HTTP/1.2 200 OK\r\nContent-Length: 0\r\n\r\n", 200, "", "unknown-version");
        row("version 3.0", "HTTP/3.0 200 OK\r\nContent-Length: 0\r\n\r\n", 200, "", "unknown-version");
        row("two spaces", "HTTP/1.1  401 No\r\nContent-Length: 0\r\n\r\n", 401, "", "status-line-malformed");
        row("tab", "HTTP/1.1\t401 No\r\nContent-Length: 0\r\n\r\n", 401, "", "status-line-malformed");
        row("status 999", "HTTP/1.1 999 What\r\nContent-Length: 0\r\n\r\n", 999, "", "status-line-malformed");
        row("status of two digits", "HTTP/1.1 40 No\r\n\r\n", 0, "", "status-line-malformed", "protocol-error");
        row("status of four digits", "HTTP/1.1 4011 No\r\n\r\n", 0, "", "status-line-malformed", "protocol-error");
        row("status of letters", "HTTP/1.1 abc No\r\n\r\n", 0, "", "status-line-malformed", "protocol-error");
        row("NUL in the reason", QByteArray("HTTP/1.1 401 N\0o\r\nContent-Length: 0\r\n\r\n", 39), 401, "", "nul-in-header");
        row("HTTP/0.9", "<html>hello</html>", 0, "", "http09", "protocol-error");
        row("another protocol", "SSH-2.0-OpenSSH_9.2\r\n", 0, "", "http09", "protocol-error");
        row("TLS alert", QByteArray("\x15\x03\x01\x00\x02\x02\x28", 7), 0, "", "http09", "protocol-error");
        row("nothing", "", 0, "", "", "connection-closed");
        row("status line cut", "HTTP/1.1 40", 0, "", "status-line-malformed", "protocol-error");
        row("status line without end", "HTTP/1.1 401 Unauth", 401, "", "headers-truncated", "connection-closed");
        // Header lines
        row("no colon", "HTTP/1.1 200 OK\r\nFoo bar\r\nContent-Length: 0\r\n\r\n", 200, "", "header-without-colon");
        row("space before the colon", "HTTP/1.1 200 OK\r\nA : b\r\nContent-Length : 2\r\n\r\nhi", 200, "hi", "space-before-colon");
        row("empty name", "HTTP/1.1 200 OK\r\n: b\r\nContent-Length: 0\r\n\r\n", 200, "", "invalid-header-name");
        row("name with a space", "HTTP/1.1 200 OK\r\nA B: c\r\nContent-Length: 0\r\n\r\n", 200, "", "invalid-header-name");
        row("name in UTF-8", "HTTP/1.1 200 OK\r\n\xc3\xa9: c\r\nContent-Length: 0\r\n\r\n", 200, "", "invalid-header-name");
        row("fold", "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic\r\n realm=\"x\"\r\nContent-Length: 0\r\n\r\n", 401, "", "obs-fold");
        row("fold as the first line", "HTTP/1.1 401 No\r\n x: y\r\nContent-Length: 0\r\n\r\n", 401, "", "leading-whitespace");
        row("NUL in a value", QByteArray("HTTP/1.1 200 OK\r\nA: b\0c\r\nContent-Length: 0\r\n\r\n", 46), 200, "", "nul-in-header");
        row("control character in a value", "HTTP/1.1 200 OK\r\nA: b\x01\r\nContent-Length: 0\r\n\r\n", 200, "", "invalid-header-value");
        row("headers cut", "HTTP/1.1 401 No\r\nWWW-Auth", 401, "", "headers-truncated", "connection-closed");
        row("no empty line", "HTTP/1.1 401 No\r\nA: b\r\n", 401, "", "headers-truncated", "connection-closed");
        // Content-Length
        row("length is a word", "HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\nhi", 200, "hi", "content-length-invalid");
        row("length is negative", "HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nhi", 200, "hi", "content-length-invalid");
        row("length has a plus", "HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nhi", 200, "hi", "content-length-invalid");
        row("length is huge", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nhi", 200, "hi", "content-length-invalid");
        row("length is empty", "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\nhi", 200, "hi", "content-length-invalid");
        row("same length twice", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nhi", 200, "hi", "content-length-conflict");
        row("two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 4\r\n\r\nhigh", 200, "high", "content-length-conflict");
        row("list of lengths", "HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nhi", 200, "hi", "content-length-conflict");
        row("body too short", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhi", 200, "hi", "body-truncated", "connection-closed");
        // Chunks
        row("length and chunked", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n", 200, "hi",
            "content-length-and-chunked");
        row("chunked on 1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n", 200, "hi", "transfer-encoding-on-1.0");
        row("unknown transfer coding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nhi", 200, "hi", "transfer-encoding-unknown");
        row("chunked is not last", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, gzip\r\n\r\nhi", 200, "hi", "transfer-encoding-unknown");
        row("chunk size is a word", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nhi\r\n0\r\n\r\n", 200, "", "chunk-size-malformed", "protocol-error");
        row("chunk size is empty", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\nhi\r\n0\r\n\r\n", 200, "", "chunk-size-malformed", "protocol-error");
        row("chunk size with 0x", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0x2\r\nhi\r\n0\r\n\r\n", 200, "", "chunk-size-malformed", "protocol-error");
        row("chunk size is negative", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-2\r\nhi\r\n0\r\n\r\n", 200, "", "chunk-size-malformed", "protocol-error");
        row("chunk size overflows", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nhi\r\n", 200, "", "chunk-size-malformed", "protocol-error");
        row("chunk size with spaces", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2  \r\nhi\r\n0\r\n\r\n", 200, "hi", "chunk-size-malformed");
        row("chunk extension", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;a=b\r\nhi\r\n0\r\n\r\n", 200, "hi", "chunk-extension");
        row("chunk without line end", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi0\r\n\r\n", 200, "hi", "chunk-missing-crlf");
        row("chunk lines end with LF", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\nhi\n0\n\n", 200, "hi", "bare-lf");
        row("last chunk missing", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n", 200, "hi", "body-truncated", "connection-closed");
        row("chunk cut", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhi", 200, "hi", "body-truncated", "connection-closed");
        row("trailers cut", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: b", 200, "", "body-truncated", "connection-closed");
        // Interim responses
        row("only an interim response", "HTTP/1.1 100 Continue\r\n\r\n", 0, "", "", "connection-closed");
        row("interim, then garbage", "HTTP/1.1 100 Continue\r\n\r\nwhatever it is\r\n", 0, "", "http09", "protocol-error");
    }
    void read()
    {
        QFETCH(QByteArray, raw);
        QFETCH(QByteArray, method);
        QFETCH(int, status);
        QFETCH(QByteArray, body);
        QFETCH(QString, anomaly);
        QFETCH(QString, error);
        const Outcome whole = parse({raw}, method);
        QCOMPARE(whole.status, status);
        QCOMPARE(whole.body, body);
        QCOMPARE(whole.error, error);
        if (anomaly.isEmpty())
            QCOMPARE(whole.anomalies, QStringList());
        else
            QVERIFY2(whole.anomalies.contains(anomaly), qPrintable(whole.anomalies.join(u' ')));
        QCOMPARE(whole.state, error.isEmpty() ? ResponseParser::State::Finished : ResponseParser::State::Failed);

        // The same, however the bytes arrive.
        const Outcome slow = parse(bytewise(raw), method);
        QCOMPARE(slow.status, whole.status);
        QCOMPARE(slow.headers, whole.headers);
        QCOMPARE(slow.body, whole.body);
        QCOMPARE(slow.anomalies, whole.anomalies);
        QCOMPARE(slow.error, whole.error);
        for (qsizetype cut = 1; cut < raw.size(); ++cut)
            QVERIFY2(parse({raw.first(cut), raw.sliced(cut)}, method) == whole, qPrintable(QString::number(cut)));
    }

    void closedAtEveryByte()
    {
        const QByteArray raw = "HTTP/1.1 401 Unauthorized\r\nServer: example\r\nDate: Tue, 24 Nov 2026 10:00:00 GMT\r\n"
                               "WWW-Authenticate: Digest realm=\"a, b\", nonce=\"0123456789abcdef\", qop=\"auth\"\r\n"
                               "Content-Type: application/json\r\nX-Request-Id: 7c1d0e52-93a4-4be1\r\n"
                               "Transfer-Encoding: chunked\r\n\r\n1a\r\n{\"message\":\"unauthorized\"}\r\n0\r\nTrailer: yes\r\n\r\n";
        QVERIFY(raw.size() >= 300);
        const QByteArray body = "{\"message\":\"unauthorized\"}";
        for (qsizetype cut = 0; cut < raw.size(); ++cut) {
            const Outcome out = parse({raw.first(cut)}, "GET");
            QCOMPARE(out.state, ResponseParser::State::Failed);
            QVERIFY2(body.startsWith(out.body), qPrintable(QString::number(cut)));
        }
        QCOMPARE(parse({raw}, "GET").state, ResponseParser::State::Finished);
        QCOMPARE(parse({raw}, "GET").body, body);
    }

    void limits_data()
    {
        QTest::addColumn<QByteArray>("raw");
        QTest::newRow("one endless line") << "HTTP/1.1 200 OK\r\nA: " + QByteArray(1024 * 1024, 'x');
        QTest::newRow("many headers") << "HTTP/1.1 200 OK\r\n" + QByteArray("A: b\r\n").repeated(2000) + "\r\n";
        QTest::newRow("endless status line") << "HTTP/1.1 200 " + QByteArray(1024 * 1024, 'x');
        QTest::newRow("endless chunk size") << "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + QByteArray(1024 * 1024, '0');
        QTest::newRow("endless trailers") << "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + QByteArray("A: b\r\n").repeated(100000);
        QTest::newRow("storm of interim responses") << QByteArray("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n").repeated(1000);
        QTest::newRow("announced body") << "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n"_ba;
        QTest::newRow("endless lines in front") << QByteArray("\r\n").repeated(500000);
    }
    void limits()
    {
        QFETCH(QByteArray, raw);
        const qsizetype cut = raw.size() / 2;
        for (const QList<QByteArray> &pieces : {QList<QByteArray>{raw}, QList<QByteArray>{raw.first(cut), raw.sliced(cut)}}) {
            const Outcome out = parse(pieces, "GET");
            QCOMPARE(out.state, ResponseParser::State::Failed);
            QCOMPARE(out.error, u"limit-exceeded"_s);
        }
    }

    void bodyLimit()
    {
        Limits limits;
        limits.bodyBytes = 1000;
        const Outcome out = parse({"HTTP/1.1 200 OK\r\n\r\n" + QByteArray(5000, 'x')}, "GET", limits);
        QCOMPARE(out.error, u"limit-exceeded"_s);
        QCOMPARE(out.body.size(), 1000);
    }

    void everyByteStringEnds()
    {
        // Seeded mutations of a good response: whatever comes, the parser says something and stops.
        const QByteArray good = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\nA: b\r\n c\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
        quint32 state = 4711;
        const auto random = [&](qsizetype n) { return qsizetype((state = state * 1664525u + 1013904223u) >> 8) % n; };
        for (int i = 0; i < 20000; ++i) {
            QByteArray raw = good;
            for (qsizetype n = 1 + random(6); n > 0; --n) {
                const qsizetype at = random(raw.size());
                switch (random(4)) {
                case 0: raw[at] = char(random(256)); break;
                case 1: raw.remove(at, 1 + random(5)); break;
                case 2: raw.insert(at, QByteArray("\r\n\0: ;,0f", 9).mid(random(9), 1)); break;
                default: raw.insert(at, raw.mid(random(raw.size()), random(20))); break;
                }
                if (raw.isEmpty())
                    raw = good;
            }
            const Outcome whole = parse({raw}, "GET");
            QVERIFY(whole.state == ResponseParser::State::Finished || whole.state == ResponseParser::State::Failed);
            QVERIFY(parse(bytewise(raw), "GET").body == whole.body);
        }
    }
};

QTEST_APPLESS_MAIN(tst_CodecMalformed)
#include "tst_codec_malformed.moc"
