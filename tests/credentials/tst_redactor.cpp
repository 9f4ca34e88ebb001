// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/credentials/Redactor.h"

#include <QtCore/QUrl>
#include <QtTest/QTest>

#include <algorithm>

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
        QTest::newRow("a name that ends so") << "DD-APPLICATION-KEY"_ba << "canary1234"_ba << "canary"_ba << ""_ba;
        QTest::newRow("a name of one's own") << "X-Custom-Secret"_ba << "canary1234"_ba << "canary"_ba << ""_ba;
        QTest::newRow("by its first word") << "X-Foo"_ba << "Bearer canary1234"_ba << "canary"_ba << "Bearer "_ba;
        QTest::newRow("a key in place of a user") << "Authorization"_ba << "Basic " + "key_1234canary:"_ba.toBase64() << "canary"_ba << "Basic "_ba;
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
        for (const char *name : {"mfa_token", "sessionToken", "stateToken", "jwt", "private_key", "SecretAccessKey", "SessionToken", "otp", "ticket", "userToken", "connection_string"})
            QTest::newRow(name) << "{\"" + QByteArray(name) + "\": \"canary\"}";
        QTest::newRow("short names in a query") << "https://a.example/?pw=canary&hmac=canary&session=canary"_ba;
    }
    void bodiesByStructure()
    {
        QFETCH(QByteArray, text);
        const QByteArray out = Redactor().text(text);
        QVERIFY2(!out.contains("canary"), out.constData());
    }

    // Keys whose makers gave them a form, wherever they stand. The texts are made up, in that form.
    void keysByTheirForm_data()
    {
        QTest::addColumn<QByteArray>("key");
        QTest::newRow("Slack") << "xoxb-"_ba + "123456789012-canarycanary"_ba;
        QTest::newRow("GitHub") << "ghp_"_ba + "canary7e42F292c6912E7710c83834"_ba;
        QTest::newRow("GitLab") << "glpat-"_ba + "canaryFgHiJkLmNoPq"_ba;
        QTest::newRow("Stripe") << "sk_test_"_ba + "canary9HqLyjWDarjtT1"_ba;
        QTest::newRow("Telegram") << "7281045512:"_ba + "AAFcanaryYx9mVnPqRsTuVwXyZ0"_ba;
        QTest::newRow("JWT") << "eyJhbGciOiJub25lIn0."_ba + "eyJzdWIiOiJhbm4ifQ."_ba + "canarycanarycanary"_ba;
    }
    void keysByTheirForm()
    {
        QFETCH(QByteArray, key);
        const QByteArray path = "https://a.example/bot" + key + "/getMe";
        for (const QByteArray &text : {key.startsWith("7281") ? path : "a " + key + " b", key.startsWith("7281") ? path : "https://a.example/hooks/" + key + "/x"}) {
            QVERIFY(text.contains("canary"));
            QVERIFY2(!Redactor().text(text).contains("canary"), Redactor().text(text).constData());
            QVERIFY2(!Redactor().url(text).contains("canary"), Redactor().url(text).constData());
            const QByteArray raw = "GET / HTTP/1.1\r\nX-Note: " + text + "\r\n\r\n";
            const QList<MaskedRange> ranges = Redactor().ranges(raw);
            QVERIFY(std::ranges::any_of(ranges, [&raw](const MaskedRange &one) { return raw.sliced(one.range.begin, one.range.size()).contains("canary"); }));
        }
    }

    void linesOfALog_data()
    {
        QTest::addColumn<QString>("line");
        QTest::addColumn<bool>("masked");
        QTest::newRow("assignment") << u"db_password=canary1 done"_s << true;
        QTest::newRow("header") << u"Authorization: Bearer canary1"_s << true;
        QTest::newRow("cookies") << u"Cookie: theme=dark; sid=canary1"_s << true;
        QTest::newRow("words about a password") << u"user \"canary\": password mismatch"_s << false;
        QTest::newRow("words about a header") << u"authorization: canary is missing"_s << false;
    }
    void linesOfALog()
    {
        QFETCH(QString, line);
        QFETCH(bool, masked);
        QCOMPARE(Redactor::logLine(line).contains(u"canary"_s), !masked);
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
