// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/interop/HarFile.h"

#include <QtCore/QFile>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtTest/QTest>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

QByteArray fixture(const QString &name)
{
    QFile file(QStringLiteral(REALMSCOPE_SOURCE_DIR "/tests/interop/har/") + name);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

HarFile read(const QString &name)
{
    const Result<HarFile> har = readHar(fixture(name), name);
    return har ? *har : HarFile();
}

QByteArray slice(const RecordedBytes &bytes, ByteRange range) { return bytes.read(range.begin, range.size()); }

} // namespace

// The shapes are those that the programs write (see the header names, encodings and odd members of each fixture).
class HarFileTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void chromiumLeavesOutPseudoHeadersAndCredentials()
    {
        const HarFile har = read(u"chrome-sanitized.har"_s);
        QCOMPARE(har.entries.size(), 2);
        QCOMPARE(chooseHarEntry(har), 1);
        QVERIFY(harMayLackCredentials(har));
        const Exchange exchange = harExchange(har.entries.at(1));
        QCOMPARE(exchange.request.headers.value("Host"), "api.example"_ba);
        for (const HeaderField &field : exchange.request.headers)
            QVERIFY(!field.name.startsWith(':'));
        QCOMPARE(exchange.connection.protocol, u"h2"_s);
        QCOMPARE(exchange.connection.id, 213ULL);
        QCOMPARE(exchange.response.status, 401);
        QCOMPARE(exchange.response.body.all(), "{\"message\":\"no\"}"_ba);
        QVERIFY(harLimits(har, 1).join(u' ').contains(u"can't be known"_s));
    }

    void linesThatChromiumJoinedAreApart()
    {
        const HarFile har = read(u"chrome-sensitive.har"_s);
        QVERIFY(!harMayLackCredentials(har));
        QCOMPARE(chooseHarEntry(har), 1); // and not the script that could not be loaded
        const Trace trace = harTrace(har, 1);
        QCOMPARE(trace.exchanges.size(), 2);
        QCOMPARE(trace.exchanges.first().role, ExchangeRole::Preflight);
        const Exchange &last = trace.exchanges.last();
        const QList<QByteArray> expected{"a=1; Path=/"_ba, "b=2; Path=/"_ba};
        QCOMPARE(last.response.headers.values("Set-Cookie"), expected);
        QVERIFY(harLimits(har, 1).join(u' ').contains(u"body of the answer was not saved"_s));
    }

    void anAnswerThatIsMissingSaysWhy()
    {
        const HarFile har = read(u"chrome-sensitive.har"_s);
        const Exchange exchange = harExchange(har.entries.at(2));
        QVERIFY(!exchange.hasResponse());
        QVERIFY(exchange.error && exchange.error->code == ErrorCode::TlsFailure);
        QVERIFY(exchange.error->message.contains(u"net::ERR_CERT_AUTHORITY_INVALID"_s));
    }

    void firefoxRedirectBelongsToTheTrace()
    {
        const HarFile har = read(u"firefox.har"_s);
        QCOMPARE(chooseHarEntry(har), 1);
        const Trace trace = harTrace(har, 1);
        QCOMPARE(trace.exchanges.size(), 2);
        QCOMPARE(trace.exchanges.first().role, ExchangeRole::Redirect);
        QCOMPARE(trace.exchanges.last().startedAtMs, 1795530000020LL); // 15:20:00.020+01:00
        QCOMPARE(trace.exchanges.last().connection.id, 0ULL);          // "80" is the port
    }

    void charlesBodiesAndTimings()
    {
        const HarFile har = read(u"charles.har"_s);
        QVERIFY(!harMayLackCredentials(har));
        const Exchange exchange = harExchange(har.entries.at(0));
        QCOMPARE(exchange.request.body, "a=b+c"_ba);
        QCOMPARE(exchange.response.body.all(), "Unzul\xe4ssig"_ba);
        QCOMPARE(exchange.timings.connect, 0.0); // 32 of which 40 are TLS: never below zero
        QCOMPARE(exchange.timings.tls, 40.0);
        QCOMPARE(exchange.timings.total, 107.0);
    }

    void mitmproxyChallengeBelongsToTheTrace()
    {
        const HarFile har = read(u"mitmproxy.har"_s);
        QCOMPARE(chooseHarEntry(har), 1);
        const Trace trace = harTrace(har, 1);
        QCOMPARE(trace.exchanges.size(), 2);
        QCOMPARE(trace.exchanges.first().role, ExchangeRole::Challenge);
        QCOMPARE(trace.final(), &trace.exchanges.last());
    }

    // Positions point into the rebuilt messages.
    void positionsAreThoseOfTheText()
    {
        for (const QString &name : {u"chrome-sensitive.har"_s, u"firefox.har"_s, u"charles.har"_s, u"mitmproxy.har"_s}) {
            const HarFile har = read(name);
            for (const HarEntry &entry : har.entries) {
                const Exchange exchange = harExchange(entry);
                for (const HeaderField &field : exchange.request.headers)
                    QCOMPARE(slice(exchange.rawRequest, field.valueRange), field.value);
                for (const HeaderField &field : exchange.response.headers)
                    QCOMPARE(slice(exchange.rawResponse, field.valueRange), field.value);
                if (exchange.hasResponse())
                    QCOMPARE(exchange.rawResponse.read(exchange.bodyOffset, 1 << 20), exchange.response.body.all());
            }
        }
    }

    void aRefusalThatWasAnsweredLaterIsNotChosen()
    {
        const auto entry = [](const QString &url, int status) {
            return QJsonObject{{"startedDateTime"_L1, u"2026-11-24T14:20:00Z"_s},
                               {"request"_L1, QJsonObject{{"method"_L1, u"GET"_s}, {"url"_L1, url}}},
                               {"response"_L1, QJsonObject{{"status"_L1, status}}}};
        };
        const QJsonArray entries{entry(u"http://a.example/x"_s, 403), entry(u"http://a.example/y"_s, 401), entry(u"http://a.example/y"_s, 200),
                                 entry(u"http://a.example/z"_s, 404)};
        const QByteArray har = QJsonDocument(QJsonObject{{"log"_L1, QJsonObject{{"entries"_L1, entries}}}}).toJson();
        const Result<HarFile> file = readHar(har, u"x.har"_s);
        QVERIFY(file);
        QCOMPARE(chooseHarEntry(*file), 0);
    }

    // A sign-in gave out a session, and the next request to that origin came without it.
    void theSignInBeforeBelongsToTheTrace_data()
    {
        QTest::addColumn<QByteArray>("signIn"); // its URL
        QTest::addColumn<QByteArray>("cookie"); // of the refused request
        QTest::addColumn<int>("exchanges");
        QTest::newRow("not sent back") << "http://a.example/login"_ba << ""_ba << 2;
        QTest::newRow("sent back") << "http://a.example/login"_ba << "sid=1"_ba << 1;
        QTest::newRow("of another host") << "http://b.example/login"_ba << ""_ba << 1;
    }
    void theSignInBeforeBelongsToTheTrace()
    {
        QFETCH(QByteArray, signIn);
        QFETCH(QByteArray, cookie);
        QFETCH(int, exchanges);
        const auto entry = [](const QString &time, const QString &method, const QString &url, const QJsonArray &sent, int status, const QJsonArray &received) {
            return QJsonObject{{u"startedDateTime"_s, time}, {u"time"_s, 1},
                               {u"request"_s, QJsonObject{{u"method"_s, method}, {u"url"_s, url}, {u"httpVersion"_s, u"HTTP/1.1"_s}, {u"headers"_s, sent}}},
                               {u"response"_s, QJsonObject{{u"status"_s, status}, {u"httpVersion"_s, u"HTTP/1.1"_s}, {u"headers"_s, received}, {u"content"_s, QJsonObject()}}}};
        };
        const QJsonArray given{QJsonObject{{u"name"_s, u"Set-Cookie"_s}, {u"value"_s, u"sid=1; Path=/"_s}}};
        const QJsonArray sent = cookie.isEmpty() ? QJsonArray() : QJsonArray{QJsonObject{{u"name"_s, u"Cookie"_s}, {u"value"_s, QString::fromLatin1(cookie)}}};
        const QJsonArray entries{entry(u"2026-11-24T14:20:00.000Z"_s, u"POST"_s, QString::fromLatin1(signIn), {}, 200, given),
                                 entry(u"2026-11-24T14:21:00.000Z"_s, u"GET"_s, u"http://a.example/me"_s, sent, 401, {})};
        const QByteArray har = QJsonDocument(QJsonObject{{u"log"_s, QJsonObject{{u"version"_s, u"1.2"_s}, {u"entries"_s, entries}}}}).toJson();
        const Result<HarFile> file = readHar(har, u"x.har"_s);
        QVERIFY(file);
        const Trace trace = harTrace(*file, chooseHarEntry(*file));
        QCOMPARE(trace.exchanges.size(), exchanges);
        QCOMPARE(trace.final()->request.url.requestTarget(), "/me"_ba);
    }

    void badInput_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("says");
        QTest::newRow("empty") << ""_ba << u"is empty"_s;
        QTest::newRow("no JSON") << "GET / HTTP/1.1"_ba << u"no JSON"_s;
        QTest::newRow("cut off") << fixture(u"charles.har"_s).chopped(40) << u"no JSON"_s;
        QTest::newRow("other JSON") << "{\"openapi\":\"3.0\"}"_ba << u"no log.entries"_s;
        QTest::newRow("an array") << "[]"_ba << u"no log.entries"_s;
        QTest::newRow("no entries") << "{\"log\":{\"entries\":[]}}"_ba << u"holds no request"_s;
        QTest::newRow("no URL") << "{\"log\":{\"entries\":[{\"request\":{\"method\":\"GET\",\"url\":\"\"}}]}}"_ba << u"its URL can't be read"_s;
        QTest::newRow("no method") << "{\"log\":{\"entries\":[{\"request\":{\"url\":\"http://a.example/\"}}]}}"_ba << u"no method"_s;
        QTest::newRow("entries of numbers") << "{\"log\":{\"entries\":[1,2]}}"_ba << u"can't be read"_s;
    }
    void badInput()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, says);
        const Result<HarFile> file = readHar(bytes, u"x.har"_s);
        QVERIFY(!file);
        QCOMPARE(file.error().code, ErrorCode::Parse);
        QVERIFY2(file.error().message.contains(says), qPrintable(file.error().message));
        QVERIFY(!file.error().action.isEmpty());
    }

    void aByteOrderMarkIsNoMatter() { QVERIFY(readHar("\xef\xbb\xbf" + fixture(u"firefox.har"_s), u"x.har"_s)); }
};

} // namespace realmscope

QTEST_GUILESS_MAIN(realmscope::HarFileTest)
#include "tst_harfile.moc"
