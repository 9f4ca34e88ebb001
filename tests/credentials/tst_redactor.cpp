// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/credentials/Redactor.h"

#include <QtCore/QUrl>
#include <QtTest/QTest>

using namespace realmscope;
using namespace Qt::StringLiterals;

class tst_Redactor : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void headers_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<QByteArray>("secret");  // must not be there
        QTest::addColumn<QByteArray>("visible"); // must
        QTest::newRow("basic") << "Authorization"_ba << "Basic " + "alice:hunter2-canary"_ba.toBase64() << "alice:hunter2-canary"_ba.toBase64() << "Basic alice:"_ba;
        QTest::newRow("bearer") << "authorization"_ba << "Bearer canary.token.value"_ba << "canary"_ba << "Bearer "_ba;
        QTest::newRow("bare token") << "Authorization"_ba << "canary-token"_ba << "canary"_ba << ""_ba;
        QTest::newRow("doubled") << "Authorization"_ba << "Bearer Bearer canary-token"_ba << "canary"_ba << "Bearer"_ba;
        QTest::newRow("digest") << "Authorization"_ba << "Digest username=\"alice\", response=\"0123\""_ba << "canary"_ba << "username=\"alice\""_ba;
        QTest::newRow("proxy") << "Proxy-Authorization"_ba << "Bearer canary"_ba << "canary"_ba << "Bearer"_ba;
        QTest::newRow("key") << "X-Api-Key"_ba << "canary-key"_ba << "canary"_ba << ""_ba;
        QTest::newRow("other key") << "Private-Token"_ba << "canary-key"_ba << "canary"_ba << ""_ba;
        QTest::newRow("cookie") << "Cookie"_ba << "sid=canary1; theme=dark"_ba << "canary1"_ba << "sid="_ba;
        QTest::newRow("cookie without a name") << "Cookie"_ba << "canary1; theme=dark"_ba << "canary1"_ba << "; theme="_ba;
        QTest::newRow("set-cookie without a name") << "Set-Cookie"_ba << "canary1; Path=/"_ba << "canary1"_ba << "; Path=/"_ba;
        QTest::newRow("set-cookie") << "Set-Cookie"_ba << "sid=canary1; Path=/; HttpOnly"_ba << "canary1"_ba << "; Path=/; HttpOnly"_ba;
        QTest::newRow("location") << "Location"_ba << "https://b.example/cb?code=canarycanary&state=x"_ba << "canary"_ba << "https://b.example/cb?code="_ba;
        QTest::newRow("harmless") << "Content-Type"_ba << "application/json"_ba << "canary"_ba << "application/json"_ba;
    }
    void headers()
    {
        QFETCH(QByteArray, name);
        QFETCH(QByteArray, value);
        QFETCH(QByteArray, secret);
        QFETCH(QByteArray, visible);
        const QByteArray out = Redactor().headerValue(name, value);
        QVERIFY2(!out.contains(secret), out.constData());
        QVERIFY2(out.contains(visible), out.constData());
    }

    void derivedForms()
    {
        const QByteArray secret = "p\"ss/wo rd+canary\xc3\xa9";
        Redactor redactor;
        redactor.addSecret(Secret(secret));
        redactor.addBasicPair(u"alice"_s, Secret(secret));
        QByteArray json = secret;
        json.replace("\"", "\\\"").replace("/", "\\/");
        const QList<QByteArray> forms{secret,
                                      secret.toBase64(),
                                      secret.toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals),
                                      QUrl::toPercentEncoding(QString::fromUtf8(secret)),
                                      secret.toHex(),
                                      ("alice:" + secret).toBase64(),
                                      json};
        for (const QByteArray &form : forms) {
            const QByteArray out = redactor.text("before " + form + " after");
            QVERIFY2(!out.contains(form), form.constData());
            QVERIFY(out.startsWith("before ") && out.endsWith(" after"));
        }
    }

    void bodiesByStructure_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("token answer") << "{\"access_token\":\"canary\",\"token_type\":\"Bearer\",\"refresh_token\": \"canary\"}"_ba;
        QTest::newRow("form") << "grant_type=password&username=alice&password=canary&client_secret=canary"_ba;
        QTest::newRow("url") << "see https://alice:canary@example.org/?access_token=canary"_ba;
        QTest::newRow("cut off") << "{\"a\":1,\"password\":\"canary"_ba;
    }
    void bodiesByStructure()
    {
        QFETCH(QByteArray, text);
        const QByteArray out = Redactor().text(text);
        QVERIFY2(!out.contains("canary"), out.constData());
    }

    void errorCodesStayReadable()
    {
        const QByteArray text = "{\"code\":\"invalid_token\",\"error\":\"expired\",\"key\":\"auth.failed\"}";
        QCOMPARE(Redactor().text(text), text);
    }

    void echoedByTheServer()
    {
        Exchange exchange;
        exchange.request.url = Url::parse(u"http://example.org/?api_key=canary-query"_s).value();
        exchange.request.headers.append("Authorization"_ba, "Basic " + "alice:canary-pass"_ba.toBase64());
        exchange.request.headers.append("Cookie"_ba, "sid=canary-cookie"_ba);
        exchange.request.headers.append("Content-Type"_ba, "application/x-www-form-urlencoded"_ba);
        exchange.request.body = "password=canary%2Bform"_ba;
        exchange.response.body = RecordedBytes("{\"access_token\":\"canary-issued\"}"_ba);
        Trace trace;
        trace.exchanges = {exchange};
        Redactor redactor;
        redactor.learnFrom(trace);
        for (const char *secret : {"canary-query", "canary-pass", "canary-cookie", "canary%2Bform", "canary+form", "canary-issued"}) {
            const QByteArray out = redactor.text("You sent " + QByteArray(secret) + "!");
            QVERIFY2(!out.contains(secret), secret);
        }
    }

    void rangesOfARawMessage()
    {
        const QByteArray raw = "GET /a?token=canary-q HTTP/1.1\r\nHost: example.org\r\nAuthorization: Bearer canary-token\r\nCookie: sid=canary-c\r\n\r\n"
                               "{\"password\":\"canary-b\"}";
        QByteArray masked = raw;
        const QList<MaskedRange> ranges = Redactor().ranges(raw);
        QCOMPARE(ranges.size(), 4);
        qsizetype last = 0;
        for (const MaskedRange &range : ranges) {
            QVERIFY(range.range.begin >= last && range.range.end <= raw.size());
            last = range.range.end;
            masked.replace(range.range.begin, range.range.size(), QByteArray(range.range.size(), '*'));
        }
        QVERIFY2(!masked.contains("canary"), masked.constData());
        QVERIFY(masked.contains("Host: example.org"));
    }

    // Exchange::rawRequest of an HTTP/2 exchange.
    void rangesOfADecodedHttp2Message()
    {
        const QByteArray raw = ":method: GET\r\n:scheme: https\r\n:authority: example.org\r\n:path: /a?token=canary-q\r\n"
                               "authorization: Bearer canary-token\r\ncookie: sid=canary-c\r\n\r\n{\"password\":\"canary-b\"}";
        QByteArray masked = raw;
        for (const MaskedRange &range : Redactor().ranges(raw))
            masked.replace(range.range.begin, range.range.size(), QByteArray(range.range.size(), '*'));
        QVERIFY2(!masked.contains("canary"), masked.constData());
        QVERIFY(masked.contains(":authority: example.org"));
        QVERIFY(masked.contains(":path: /a?token="));
    }

    void maskTellsLittle()
    {
        QCOMPARE(Redactor::mask("short"), u"••••"_s);
        QCOMPARE(Redactor::mask("fifteen-letters"), u"••••"_s);
        const QString mask = Redactor::mask("0123456789abcdefgh");
        QVERIFY(mask.contains(u"18"_s) && mask.endsWith(u"gh)"_s) && !mask.contains(u"fgh"_s));
    }

    void binaryIsSafe()
    {
        QByteArray binary;
        for (int i = 0; i < 100000; ++i)
            binary += char(i * 37 % 256);
        Redactor redactor;
        redactor.addSecret(Secret("never-there"));
        (void)redactor.text(binary);
        (void)redactor.ranges(binary);
    }
};

QTEST_APPLESS_MAIN(tst_Redactor)
#include "tst_redactor.moc"
