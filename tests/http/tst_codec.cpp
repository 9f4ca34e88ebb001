// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/http/Codec.h"

#include <QtTest/QTest>

using namespace realmscope;
using namespace Qt::StringLiterals;

class tst_Codec : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void responses_data()
    {
        QTest::addColumn<QByteArray>("raw");
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<bool>("keepAlive");
        QTest::addColumn<bool>("needsClose"); // the end of the message is the end of the connection
        const auto row = [](const char *name, const QByteArray &raw, const char *body, bool keepAlive, bool needsClose = false,
                            const char *method = "GET") {
            QTest::newRow(name) << raw << QByteArray(method) << QByteArray(body) << keepAlive << needsClose;
        };
        row("length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "hello", true);
        row("empty", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "", true);
        // RFC 9112 section 7.1.3 style: chunks, extensions aside, trailers
        row("chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", "hello world", true);
        row("chunked, upper case", "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\nA\r\n0123456789\r\n0\r\n\r\n", "0123456789", true);
        row("until close", "HTTP/1.1 200 OK\r\n\r\nhello", "hello", false, true);
        row("1.0", "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello", "hello", false);
        row("1.0 keep-alive", "HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 5\r\n\r\nhello", "hello", true);
        row("close", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello", "hello", false);
        row("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "", true, false, "HEAD");
        row("204", "HTTP/1.1 204 No Content\r\n\r\n", "", true);
        row("304 with a length", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", "", true);
        row("CONNECT", "HTTP/1.1 200 Connection established\r\n\r\n", "", true, false, "CONNECT");
        row("interim", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", "hi", true);
        row("no reason phrase", "HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nhi", "hi", true);
    }
    void responses()
    {
        QFETCH(QByteArray, raw);
        QFETCH(QByteArray, method);
        QFETCH(QByteArray, body);
        QFETCH(bool, keepAlive);
        QFETCH(bool, needsClose);
        for (qsizetype cut = 0; cut <= raw.size(); ++cut) {
            ResponseParser parser(method);
            parser.feed(raw.first(cut));
            parser.feed(raw.sliced(cut));
            QCOMPARE(parser.isFinished(), !needsClose);
            if (needsClose)
                parser.finish();
            QVERIFY(parser.isFinished());
            QCOMPARE(parser.takeBody(), body);
            QCOMPARE(parser.keepAlive(), keepAlive);
            QCOMPARE(parser.anomalies().size(), 0);
        }
    }

    void duplicatesSpellingAndOrder()
    {
        ResponseParser parser("GET");
        const QByteArray raw = "HTTP/1.1 401 No\r\nwWw-AuThenticate: Basic realm=\"a\"\r\nX: 1\r\nWWW-Authenticate:   Digest nonce=\"b\"  \r\nX:\r\nContent-Length: 0\r\n\r\n";
        parser.feed(raw);
        const Headers &headers = parser.response().headers;
        QCOMPARE(headers.size(), 5);
        QCOMPARE(headers.at(0).name, "wWw-AuThenticate");
        QCOMPARE(headers.values("www-authenticate"), (QList<QByteArray>{"Basic realm=\"a\"", "Digest nonce=\"b\""}));
        QCOMPARE(headers.at(3).value, "");
        // Positions are those of the bytes.
        for (const HeaderField &field : headers) {
            QCOMPARE(raw.sliced(field.nameRange.begin, field.nameRange.size()), field.name);
            QCOMPARE(raw.sliced(field.valueRange.begin, field.valueRange.size()), field.value);
        }
    }

    void positionsAfterInterim()
    {
        const QByteArray raw = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
        ResponseParser parser("GET");
        parser.feed(raw);
        QCOMPARE(parser.response().informational.size(), 1);
        QCOMPARE(parser.response().informational.first().status, 103);
        QCOMPARE(parser.response().informational.first().headers.value("Link"), "</a>");
        const HeaderField &field = parser.response().headers.at(0);
        QCOMPARE(raw.sliced(field.valueRange.begin, field.valueRange.size()), "2");
        QCOMPARE(parser.bodyOffset(), raw.size() - 2);
    }

    void trailers()
    {
        ResponseParser parser("GET");
        parser.feed("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-Sum: 12\r\n\r\n");
        QVERIFY(parser.isFinished());
        QCOMPARE(parser.response().trailers.value("x-sum"), "12");
        QVERIFY(!parser.response().headers.contains("X-Sum"));
    }

    void whatFollowsIsNotRead()
    {
        ResponseParser parser("GET");
        const QByteArray first = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
        QCOMPARE(parser.feed(first + "HTTP/1.1 404 Next\r\n"), first.size());
        QVERIFY(parser.isFinished());
        QVERIFY(!parser.keepAlive()); // bytes nobody asked for
    }

    void serialize()
    {
        Request request;
        request.method = "POST"_ba;
        request.url = Url::parse(u"http://example.org:8080/a%20b?c=d#e"_s).value();
        request.headers.append("Host"_ba, "example.org:8080"_ba);
        request.headers.append("x-lower"_ba, "1"_ba);
        request.headers.append("X-Twice"_ba, "a"_ba);
        request.headers.append("X-Twice"_ba, ""_ba);
        const SerializedRequest out = serializeRequest(request);
        QCOMPARE(out.head, "POST /a%20b?c=d HTTP/1.1\r\nHost: example.org:8080\r\nx-lower: 1\r\nX-Twice: a\r\nX-Twice:\r\n\r\n");
        for (const HeaderField &field : out.request.headers) {
            QCOMPARE(out.head.sliced(field.nameRange.begin, field.nameRange.size()), field.name);
            QCOMPARE(out.head.sliced(field.valueRange.begin, field.valueRange.size()), field.value);
        }
    }

    void requests_data()
    {
        QTest::addColumn<QByteArray>("raw");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<bool>("fails");
        QTest::newRow("get") << "GET / HTTP/1.1\r\nHost: a\r\n\r\n"_ba << ""_ba << false;
        QTest::newRow("length") << "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi"_ba << "hi"_ba << false;
        QTest::newRow("chunked") << "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"_ba << "hi"_ba << false;
        QTest::newRow("empty line in front") << "\r\nGET / HTTP/1.1\r\n\r\n"_ba << ""_ba << false;
        QTest::newRow("no version") << "GET /\r\n\r\n"_ba << ""_ba << true;
        QTest::newRow("no colon") << "GET / HTTP/1.1\r\nHost\r\n\r\n"_ba << ""_ba << true;
        QTest::newRow("bad length") << "POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n"_ba << ""_ba << true;
        QTest::newRow("bad chunk") << "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"_ba << ""_ba << true;
    }
    void requests()
    {
        QFETCH(QByteArray, raw);
        QFETCH(QByteArray, body);
        QFETCH(bool, fails);
        for (qsizetype cut = 0; cut <= raw.size(); ++cut) {
            RequestParser parser;
            parser.feed(raw.first(cut));
            if (!parser.hasFailed() && !parser.isFinished())
                parser.feed(raw.sliced(cut));
            QCOMPARE(parser.hasFailed(), fails);
            QCOMPARE(parser.isFinished(), !fails);
            if (!fails) {
                QCOMPARE(parser.body(), body);
                QCOMPARE(parser.raw(), raw);
            }
        }
    }

    void invalidRequests_data()
    {
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<QString>("code");
        QTest::newRow("fine") << "GET"_ba << "X-A"_ba << "b c\t\xc3\xa9"_ba << QString();
        QTest::newRow("empty method") << ""_ba << "X"_ba << "y"_ba << u"invalid-method"_s;
        QTest::newRow("method with space") << "GET X"_ba << "X"_ba << "y"_ba << u"invalid-method"_s;
        QTest::newRow("method with line end") << "GET\r\nX"_ba << "X"_ba << "y"_ba << u"invalid-method"_s;
        QTest::newRow("empty name") << "GET"_ba << ""_ba << "y"_ba << u"invalid-header"_s;
        QTest::newRow("name with colon") << "GET"_ba << "X:"_ba << "y"_ba << u"invalid-header"_s;
        QTest::newRow("name in Cyrillic") << "GET"_ba << QByteArray("\xd0\x96") << "y"_ba << u"invalid-header"_s;
        QTest::newRow("CR LF in value") << "GET"_ba << "X"_ba << "y\r\nEvil: 1"_ba << u"invalid-header"_s;
        QTest::newRow("LF in value") << "GET"_ba << "X"_ba << "y\n"_ba << u"invalid-header"_s;
        QTest::newRow("NUL in value") << "GET"_ba << "X"_ba << QByteArray("a\0b", 3) << u"invalid-header"_s;
    }
    void invalidRequests()
    {
        QFETCH(QByteArray, method);
        QFETCH(QByteArray, name);
        QFETCH(QByteArray, value);
        QFETCH(QString, code);
        Request request;
        request.method = method;
        request.url = Url::parse(u"http://example.org/"_s).value();
        request.headers.append(name, value);
        const Result<void> result = validateRequest(request);
        QCOMPARE(bool(result), code.isEmpty());
        if (!result) {
            QCOMPARE(errorCodeId(result.error().code), code);
            QVERIFY(!result.error().message.isEmpty() && !result.error().action.isEmpty());
        }
    }
};

QTEST_APPLESS_MAIN(tst_Codec)
#include "tst_codec.moc"
