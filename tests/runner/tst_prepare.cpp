// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/base/Clock.h"
#include "app/base/Random.h"
#include "app/runner/Prepare.h"

#include <QtTest/QTest>

using namespace Qt::StringLiterals;
using namespace realmscope;

class PrepareTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void orderAndSources()
    {
        RequestSpec spec{.method = u"POST"_s,
                         .url = u"{{base}}/a/../b?x={{id}}"_s,
                         .headers = {{u"X-First"_s, u"{{id}}"_s}, {u"accept"_s, u"text/html"_s}, {u"X-Off"_s, u"1"_s, false}},
                         .body = {.kind = BodyKind::Text, .contentType = u"application/json"_s, .text = u"{\"id\": \"{{id}}\"}"_s}};
        const Variables variables({{u"base"_s, u"http://api.example.com:8080"_s}, {u"id"_s, u"7é"_s}});
        const Result<Request> request = prepareRequest(spec, variables, m_clock, m_random);
        QVERIFY2(request, qPrintable(request ? QString() : request.error().message));
        QCOMPARE(request->url.toString(), u"http://api.example.com:8080/b?x=7%C3%A9"_s);
        QList<QByteArray> lines;
        for (const HeaderField &field : request->headers)
            lines << field.name + ": " + field.value;
        QCOMPARE(lines.value(0), "Host: api.example.com:8080"_ba);
        QCOMPARE(lines.value(1), "X-First: 7\xc3\xa9"_ba);
        QCOMPARE(lines.value(2), "accept: text/html"_ba);
        QVERIFY(lines.value(3).startsWith("User-Agent: Realmscope/"));
        QCOMPARE(lines.value(4), "Accept-Encoding: gzip, deflate, br, zstd"_ba);
        QCOMPARE(lines.value(5), "Content-Type: application/json"_ba);
        QCOMPARE(lines.value(6), "Content-Length: 13"_ba); // {"id": "7é"} is 12 characters, 13 bytes
        QCOMPARE(lines.size(), 7);
        QCOMPARE(request->headers.at(0).source, HeaderSource::Default);
        QCOMPARE(request->headers.at(1).source, HeaderSource::User);
    }

    void suppressed()
    {
        RequestSpec spec{.url = u"http://a/"_s, .suppressedDefaults = {u"accept"_s, u"User-Agent"_s, u"Host"_s}};
        spec.settings.decodeContent = false;
        const Result<Request> request = prepareRequest(spec, {}, m_clock, m_random);
        QVERIFY(request);
        QVERIFY(request->headers.isEmpty());
    }

    void literal()
    {
        const RequestSpec spec{.url = u"http://a/"_s, .headers = {{u"Authorization"_s, u"Bearer {{token}}"_s}}};
        const Result<Request> request = prepareRequest(spec, {}, m_clock, m_random, true);
        QVERIFY(request);
        QCOMPARE(request->headers.value("Authorization"), "Bearer {{token}}"_ba);
        const Result<Request> refused = prepareRequest(spec, {}, m_clock, m_random);
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::UnresolvedVariable);
    }

    void body_data()
    {
        QTest::addColumn<QString>("method");
        QTest::addColumn<SpecBody>("body");
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QByteArray>("type");
        QTest::addColumn<QByteArray>("length"); // empty: no Content-Length
        QTest::newRow("none, GET") << u"GET"_s << SpecBody() << QByteArray() << QByteArray() << QByteArray();
        QTest::newRow("none, POST") << u"POST"_s << SpecBody() << QByteArray() << QByteArray() << "0"_ba; // RFC 9110 section 8.6
        QTest::newRow("form") << u"POST"_s << SpecBody{.kind = BodyKind::Form, .form = {{u"a"_s, u"b c&"_s}, {u"x"_s, u"1"_s, false}}}
                              << "a=b+c%26"_ba << "application/x-www-form-urlencoded"_ba << "8"_ba;
        QTest::newRow("bytes") << u"PUT"_s << SpecBody{.kind = BodyKind::Text, .bytes = QByteArray("\xff\0", 2)} << QByteArray("\xff\0", 2)
                               << QByteArray() << "2"_ba;
        QTest::newRow("empty text") << u"GET"_s << SpecBody{.kind = BodyKind::Text} << QByteArray() << QByteArray() << "0"_ba;
    }
    void body()
    {
        QFETCH(QString, method);
        QFETCH(SpecBody, body);
        const Result<Request> request = prepareRequest({.method = method, .url = u"http://a/"_s, .body = body}, {}, m_clock, m_random);
        QVERIFY(request);
        QTEST(request->body, "bytes");
        QTEST(request->headers.value("Content-Type"), "type");
        QTEST(request->headers.value("Content-Length"), "length");
    }

    void errors_data()
    {
        QTest::addColumn<RequestSpec>("spec");
        QTest::addColumn<int>("code");
        QTest::newRow("url") << RequestSpec{.url = u"http://"_s} << int(ErrorCode::InvalidUrl);
        QTest::newRow("method") << RequestSpec{.method = u"G T"_s, .url = u"http://a/"_s} << int(ErrorCode::InvalidMethod);
        QTest::newRow("header name") << RequestSpec{.url = u"http://a/"_s, .headers = {{u"a b"_s, u"1"_s}}} << int(ErrorCode::InvalidHeader);
        QTest::newRow("header value") << RequestSpec{.url = u"http://a/"_s, .headers = {{u"a"_s, u"1\nb: 2"_s}}} << int(ErrorCode::InvalidHeader);
        QTest::newRow("variable") << RequestSpec{.url = u"http://{{host}}/"_s} << int(ErrorCode::UnresolvedVariable);
        QTest::newRow("file") << RequestSpec{.url = u"http://a/"_s, .body = {.kind = BodyKind::File, .filePath = u"does-not-exist"_s}}
                              << int(ErrorCode::FileUnreadable);
    }
    void errors()
    {
        QFETCH(RequestSpec, spec);
        const Result<Request> request = prepareRequest(spec, {}, m_clock, m_random);
        QVERIFY(!request);
        QTEST(int(request.error().code), "code");
    }

private:
    SystemClock m_clock;
    SystemRandom m_random;
};

QTEST_GUILESS_MAIN(PrepareTest)
#include "tst_prepare.moc"
