// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
// A trace and its diagnosis without their secrets, as the history keeps them: nothing secret is left, and every position still
// points to what it pointed to.
#include "TraceBuilder.h"
#include "app/diagnosis/SentCredentials.h"
#include "app/diagnosis/StoredDiagnosis.h"
#include "app/workspace/MaskedSpec.h"
#include "app/workspace/TraceRecord.h"

#include <QtCore/QDir>
#include <QtCore/QJsonDocument>
#include <QtTest/QTest>

using namespace Qt::StringLiterals;

namespace realmscope {

static constexpr qint64 roomy = 1024 * 1024;
static const QByteArray bullets = "\xe2\x80\xa2\xe2\x80\xa2\xe2\x80\xa2\xe2\x80\xa2"_ba;

static RedactedTrace redacted(const Trace &trace, qint64 bodyBytes = roomy, const QByteArrayList &secrets = {})
{
    Redactor redactor;
    for (const QByteArray &secret : secrets)
        redactor.addSecret(Secret(secret));
    learnCredentialNames(trace, redactor);
    redactor.learnFrom(trace);
    return redactTrace(trace, redactor, bodyBytes);
}

static QByteArray stored(const Trace &trace) { return QCborValue(traceToCbor(trace)).toCbor(); }

static QStringList notes(const Exchange &exchange)
{
    QStringList texts;
    for (const Decision &decision : exchange.decisions) {
        if (decision.text.startsWith("history: "_L1))
            texts.append(decision.text);
    }
    return texts;
}

// What the position of each header points to is the header.
static void comparePositions(const Exchange &exchange, const QByteArray &where)
{
    const auto check = [&where](const Headers &headers, const QByteArray &raw) {
        for (const HeaderField &field : headers) {
            if (field.valueRange.isEmpty())
                continue;
            QVERIFY2(field.valueRange.end <= raw.size(), where.constData());
            QVERIFY2(field.nameRange.isEmpty() || raw.sliced(field.nameRange.begin, field.nameRange.size()) == field.name, where.constData());
            QVERIFY2(raw.sliced(field.valueRange.begin, field.valueRange.size()) == field.value, (where + ": " + field.name).constData());
        }
    };
    check(exchange.request.headers, exchange.rawRequest.all());
    check(exchange.response.headers, exchange.rawResponse.all());
    QVERIFY2(exchange.bodyOffset <= exchange.rawResponse.size(), where.constData());
}

// What stands behind Authorization and Cookie in the requests, by reading the bytes alone.
static QByteArrayList secretsIn(const Trace &trace)
{
    QByteArrayList found;
    for (const Exchange &exchange : trace.exchanges) {
        for (const QByteArray &line : exchange.rawRequest.all().split('\n')) {
            const QByteArray low = line.toLower();
            if (low.startsWith("authorization: bearer ") || low.startsWith("authorization: basic "))
                found.append(line.mid(line.indexOf(' ', 15) + 1).trimmed());
            else if (low.startsWith("cookie: "))
                found.append(line.mid(line.indexOf('=') + 1).split(';').first().trimmed());
        }
    }
    found.removeIf([](const QByteArray &secret) { return secret.size() < 10 || secret.contains(' '); });
    return found;
}

class StoredTraceTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aMaskStaysAMask_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<bool>("isMask");
        QTest::newRow("short") << Redactor::mask("abc").toUtf8() << true;
        QTest::newRow("long") << Redactor::mask(QByteArray(40, 'x')).toUtf8() << true;
        QTest::newRow("long, odd end") << Redactor::mask(QByteArray(40, '\xff')).toUtf8() << true;
        QTest::newRow("behind a secret") << "secret" + bullets << false;
        QTest::newRow("before a secret") << bullets + "secret" << false;
        QTest::newRow("other words in it") << bullets + "(secret bytes)" << false;
        QTest::newRow("three bullets") << bullets.first(9) << false;
    }

    void aMaskStaysAMask()
    {
        QFETCH(QByteArray, text);
        QFETCH(bool, isMask);
        QCOMPARE(Redactor::isMask(text), isMask);
        if (isMask)
            QCOMPARE(Redactor::mask(text).toUtf8(), text);
        else
            QVERIFY(!Redactor::mask(text).contains("secret"_L1));
    }

    void maskedTwiceIsMaskedOnce()
    {
        const Redactor redactor;
        for (const QByteArray &value : {"Basic YWxpY2U6UXVhcnR6LTU4"_ba, "Bearer 0123456789abcdef0123"_ba, "Basic c2tfdGVzdF8xMjM0NTY3ODk6"_ba}) {
            const QByteArray once = redactor.headerValue("Authorization", value);
            QVERIFY(once != value);
            QCOMPARE(redactor.headerValue("Authorization", once), once);
            QVERIFY(redactor.ranges("GET / HTTP/1.1\r\nAuthorization: " + once + "\r\n\r\n").isEmpty());
        }
        QCOMPARE(redactor.headerValue("Cookie", "a=" + bullets + "; b=secret-of-b"), "a=" + bullets + "; b=" + bullets);
    }

    void positions()
    {
        PositionMap map;
        map.add({10, 20}, 4); // to 10-14
        map.add({30, 31}, 9); // to 24-33
        QCOMPARE(map.map(qsizetype(5)), 5);
        QCOMPARE(map.map(qsizetype(10)), 10);
        QCOMPARE(map.map(qsizetype(15)), 10);
        QCOMPARE(map.map(qsizetype(20)), 14);
        QCOMPARE(map.map(qsizetype(40)), 42);
        QCOMPARE(map.map(ByteRange{2, 8}), (ByteRange{2, 8}));
        QCOMPARE(map.map(ByteRange{12, 15}), (ByteRange{10, 14})); // within a secret: its mask
        QCOMPARE(map.map(ByteRange{10, 20}), (ByteRange{10, 14}));
        QCOMPARE(map.map(ByteRange{5, 25}), (ByteRange{5, 19}));
        QCOMPARE(map.map(ByteRange{22, 40}), (ByteRange{16, 42}));
        QVERIFY(map.map(ByteRange{12, 12}).isEmpty());
    }

    void basicKeepsItsUser()
    {
        Exchange sent = makeExchange("GET /me?api_key=Kx81-secret-key HTTP/1.1\nHost: api.example\nAuthorization: Basic {basic:alice:Quartz-58}\nX-Next: 1\n\n",
                                     "HTTP/1.1 401 Unauthorized\nX-You-Sent: {basic:alice:Quartz-58}\nContent-Length: 20\n\nyou said Quartz-58 !\n");
        const Trace trace = redacted(Trace{{sent}, std::nullopt}).trace;
        const Exchange &kept = trace.exchanges.first();
        QVERIFY(kept.rawRequest.all().contains("Authorization: Basic alice:" + bullets + "\r\nX-Next: 1"));
        QCOMPARE(kept.request.headers.value("Authorization"), "Basic alice:" + bullets);
        QVERIFY(kept.response.body.all().startsWith("you said " + bullets + " !"));
        QCOMPARE(kept.request.url.query.value_or(QByteArray()), "api_key=" + bullets);
        comparePositions(kept, "basic");
        const QByteArray all = stored(trace);
        for (const char *secret : {"Quartz-58", "UXVhcnR6LTU4", "YWxpY2U6UXVhcnR6LTU4", "Kx81-secret-key"})
            QVERIFY2(!all.contains(secret), secret);
    }

    // The secrets are found by reading the bytes of the cases, and not by the redactor.
    void nothingOfTheRulesIsLeft()
    {
        int secrets = 0;
        for (const RuleCase &one : cases()) {
            const RedactedTrace kept = redacted(one.trace);
            const QByteArray where = (one.cause + u": "_s + one.name).toUtf8();
            const QByteArray all = stored(kept.trace);
            for (const QByteArray &secret : secretsIn(one.trace)) {
                QVERIFY2(!all.contains(secret), (where + ": " + secret).constData());
                ++secrets;
            }
            for (const Exchange &exchange : kept.trace.exchanges)
                comparePositions(exchange, where);
        }
        QVERIFY(secrets > 100);
    }

    void aDiagnosisComesBack()
    {
        int ranges = 0;
        for (const RuleCase &one : cases()) {
            const QByteArray where = (one.cause + u": "_s + one.name).toUtf8();
            const Diagnosis before = diagnose(one.trace, one.context);
            Redactor redactor;
            learnCredentialNames(one.trace, redactor);
            redactor.learnFrom(one.trace);
            const RedactedTrace kept = redactTrace(one.trace, redactor, roomy);
            const QJsonObject json = storeDiagnosis(before, kept, redactor);
            const QByteArray text = QJsonDocument(json).toJson();
            for (const QByteArray &secret : secretsIn(one.trace))
                QVERIFY2(!text.contains(secret), (where + ": " + secret).constData());
            const Diagnosis after = restoreDiagnosis(QJsonDocument::fromJson(text).object(), kept.trace);
            QCOMPARE(after.outcome.kind, before.outcome.kind);
            QCOMPARE(after.outcome.status, before.outcome.status);
            QCOMPARE(after.checklist.size(), before.checklist.size());
            for (qsizetype i = 0; i < after.checklist.size(); ++i) {
                QCOMPARE(after.checklist.at(i).step, before.checklist.at(i).step);
                QCOMPARE(after.checklist.at(i).verdict, before.checklist.at(i).verdict);
            }
            QCOMPARE(after.findings.size(), before.findings.size());
            for (qsizetype i = 0; i < after.findings.size(); ++i) {
                const Finding &was = before.findings.at(i);
                const Finding &is = after.findings.at(i);
                QCOMPARE(is.cause, was.cause);
                QCOMPARE(is.verdict, was.verdict);
                QCOMPARE(is.role, was.role);
                QCOMPARE(is.step, was.step);
                QCOMPARE(is.sources, was.sources);
                QCOMPARE(is.fixes.size(), was.fixes.size());
                QCOMPARE(is.evidence.size(), was.evidence.size());
                for (const Fix &fix : is.fixes)
                    QVERIFY(fix.edits.isEmpty() && !fix.automatic);
                for (qsizetype j = 0; j < is.evidence.size(); ++j) {
                    const Evidence &evidence = is.evidence.at(j);
                    QCOMPARE(evidence.part, was.evidence.at(j).part);
                    QCOMPARE(evidence.exchange, was.evidence.at(j).exchange);
                    if (was.evidence.at(j).range.isEmpty())
                        continue;
                    QVERIFY2(!evidence.range.isEmpty(), (where + ": " + evidence.text.toUtf8()).constData());
                    // Where no mask is, the same bytes.
                    const bool isRequest = evidence.part == EvidencePart::RequestLine || evidence.part == EvidencePart::RequestHeader
                        || evidence.part == EvidencePart::RequestBody || evidence.part == EvidencePart::Token;
                    const auto bytes = [isRequest](const Trace &trace, const Evidence &of) {
                        const Exchange &exchange = trace.exchanges.at(of.exchange);
                        return (isRequest ? exchange.rawRequest : exchange.rawResponse).read(of.range.begin, of.range.size());
                    };
                    const QByteArray now = bytes(kept.trace, evidence);
                    if (!now.contains(bullets)) {
                        QVERIFY2(now == bytes(one.trace, was.evidence.at(j)), (where + ": " + now).constData());
                        ++ranges;
                    }
                }
            }
        }
        QVERIFY(ranges > 100);
    }

    void damagedDiagnosisIsNoCrash()
    {
        const Trace trace{{makeExchange("GET / HTTP/1.1\nHost: a\n\n", "HTTP/1.1 200 OK\n\n")}, std::nullopt};
        for (const char *text : {"{}", "{\"findings\": [1, {}]}", "{\"findings\": [{\"evidence\": [{\"exchange\": 99, \"part\": \"nothing\", \"range\": [-1, 1e9]}]}]}",
                                 "{\"findings\": [{\"evidence\": [{\"exchange\": 0, \"part\": \"request-line\", \"range\": [3, 9999]}]}]}",
                                 "{\"probes\": [{\"exchange\": 7}], \"checklist\": {}}"}) {
            const Diagnosis diagnosis = restoreDiagnosis(QJsonDocument::fromJson(text).object(), trace);
            for (const Finding &finding : diagnosis.findings) {
                for (const Evidence &evidence : finding.evidence)
                    QVERIFY(evidence.exchange < 1 && evidence.range.isEmpty());
            }
            for (const ProbeRecord &probe : diagnosis.probes)
                QCOMPARE(probe.exchange, -1);
        }
    }

    // A secret that the framing of the body cuts in two is in no byte of the raw message.
    void aChunkedSecret()
    {
        Exchange sent = makeExchange("GET / HTTP/1.1\nHost: a\nAuthorization: Bearer Quartz-token-58\n\n",
                                     "HTTP/1.1 401 Unauthorized\nTransfer-Encoding: chunked\n\n9\r\nyou: Quar\r\nb\r\ntz-token-58\r\n0\r\n\r\n");
        QCOMPARE(sent.response.body.all(), "you: Quartz-token-58");
        const Exchange kept = redacted(Trace{{sent}, std::nullopt}).trace.exchanges.first();
        QCOMPARE(kept.response.body.all(), "you: " + bullets);
        QVERIFY(!kept.rawResponse.all().contains("Quar") && !kept.rawResponse.all().contains("tz-token"));
        QCOMPARE(notes(kept).size(), 1);
        QVERIFY(kept.rawResponse.all().endsWith("\r\n\r\n"));
        comparePositions(kept, "chunked");
    }

    void aChunkedBodyWithoutASecretStays()
    {
        const Exchange sent = makeExchange("GET / HTTP/1.1\nHost: a\n\n", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n5\r\nhello\r\n0\r\n\r\n");
        const Exchange kept = redacted(Trace{{sent}, std::nullopt}).trace.exchanges.first();
        QCOMPARE(kept.rawResponse.all(), sent.rawResponse.all());
        QCOMPARE(kept.response.body.all(), "hello");
        QVERIFY(notes(kept).isEmpty());
    }

    void aPackedBody_data()
    {
        QTest::addColumn<QByteArray>("packed"); // by python's zlib
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<bool>("isDecoded");
        QTest::addColumn<bool>("keepsBytes");
        QTest::newRow("with a secret") << QByteArray::fromHex(packedSecret) << "{\"you sent\":\"Bearer Quartz-token-58\"}"_ba << true << false;
        QTest::newRow("without") << QByteArray::fromHex(packedPlain) << "{\"all\":\"is well\"}"_ba << true << true;
        QTest::newRow("not unpacked") << QByteArray::fromHex(packedSecret) << QByteArray::fromHex(packedSecret) << false << false;
    }

    void aPackedBody()
    {
        QFETCH(QByteArray, packed);
        QFETCH(QByteArray, body);
        QFETCH(bool, isDecoded);
        QFETCH(bool, keepsBytes);
        Exchange sent = makeExchange("GET / HTTP/1.1\nHost: a\nAuthorization: Bearer Quartz-token-58\n\n",
                                     "HTTP/1.1 200 OK\nContent-Encoding: gzip\nContent-Length: " + QByteArray::number(packed.size()) + "\n\n" + packed);
        QCOMPARE(sent.rawResponse.read(sent.bodyOffset, 1000), packed);
        sent.response.encodedBody = RecordedBytes(packed);
        sent.response.body = RecordedBytes(body);
        sent.response.contentCoding = isDecoded ? "gzip"_ba : QByteArray();
        const Exchange kept = redacted(Trace{{sent}, std::nullopt}).trace.exchanges.first();
        QCOMPARE(kept.rawResponse.all().contains(packed), keepsBytes);
        QCOMPARE(kept.response.encodedBody.all(), keepsBytes ? packed : QByteArray());
        QCOMPARE(kept.response.body.all(), !isDecoded ? QByteArray() : keepsBytes ? body : "{\"you sent\":\"Bearer " + bullets + "\"}");
        QCOMPARE(notes(kept).isEmpty(), keepsBytes);
    }

    void cutWithoutHalfASecret()
    {
        const QByteArray secret = "Quartz-token-58";
        for (qint64 limit = 90; limit < 130; ++limit) { // the secret stands at 100
            Exchange sent = makeExchange("GET / HTTP/1.1\nHost: a\nAuthorization: Bearer Quartz-token-58\n\n",
                                         "HTTP/1.1 200 OK\nContent-Length: 300\n\n" + QByteArray(100, 'a') + secret + QByteArray(185, 'b'));
            const Exchange kept = redacted(Trace{{sent}, std::nullopt}, limit).trace.exchanges.first();
            const QByteArray body = kept.response.body.all();
            QVERIFY2(!body.contains('Q') && !body.contains("tz"), body.constData());
            QVERIFY(body.startsWith(QByteArray(int(std::min<qint64>(limit, 100)), 'a')));
            QVERIFY(kept.rawResponse.all().endsWith(body));
            QCOMPARE(notes(kept).size(), 1);
            comparePositions(kept, "cut");
        }
    }

    void requestBodies_data()
    {
        QTest::addColumn<QByteArray>("type");
        QTest::addColumn<QByteArray>("body");
        QTest::newRow("form") << "application/x-www-form-urlencoded"_ba << "grant_type=password&password=Quartz-token-58"_ba;
        QTest::newRow("JSON") << "application/json"_ba << "{\"user\": \"a\", \"password\": \"Quartz-token-58\"}"_ba;
        QTest::newRow("multipart") << "multipart/form-data; boundary=b"_ba << "--b\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\nQuartz-token-58\r\n--b--"_ba;
        QTest::newRow("XML") << "text/xml"_ba << "<a><password>Quartz-token-58</password></a>"_ba;
        QTest::newRow("URL in text") << "text/plain"_ba << "see https://x.example/?access_token=Quartz-token-58 now"_ba;
    }

    void requestBodies()
    {
        QFETCH(QByteArray, type);
        QFETCH(QByteArray, body);
        const Exchange sent = makeExchange("POST /token HTTP/1.1\nHost: a\nContent-Type: " + type + "\nContent-Length: " + QByteArray::number(body.size()) + "\n\n" + body,
                                     "HTTP/1.1 200 OK\nContent-Length: 0\n\n");
        QCOMPARE(sent.request.body, body);
        const Trace kept = redacted(Trace{{sent}, std::nullopt}).trace;
        QVERIFY(!stored(kept).contains("Quartz-token-58"));
        QVERIFY(kept.exchanges.first().request.body.contains(bullets));
        QVERIFY(kept.exchanges.first().rawRequest.all().endsWith(kept.exchanges.first().request.body));
    }

    void headerBlocksOfHttp2()
    {
        Exchange sent = makeExchange("GET / HTTP/1.1\nHost: a\nAuthorization: Bearer Quartz-token-58\n\n", "HTTP/1.1 200 OK\nContent-Length: 0\n\n");
        Http2Facts http2;
        http2.requestFields.append("authorization", "Bearer Quartz-token-58");
        http2.frames = {{true, 4, 0, 0, 3, "abc", {}},                 // SETTINGS
                        {true, 1, 4, 1, 3, "\x82\x86\x84", {}},        // HEADERS, beside a masked head
                        {false, 1, 4, 1, 3, "\x88\x00\x01"_ba, {}},    // HEADERS, beside one that hides nothing
                        {false, 7, 0, 0, 23, "bye Quartz-token-58"_ba, {}}}; // GOAWAY with words of its own
        sent.http2 = http2;
        const Trace kept = redacted(Trace{{sent}, std::nullopt}).trace;
        QVERIFY(!stored(kept).contains("Quartz-token-58"));
        const QList<Http2Frame> frames = kept.exchanges.first().http2->frames;
        QCOMPARE(frames.at(0).payload, "abc");
        QVERIFY(frames.at(1).payload.isEmpty());
        QVERIFY(!frames.at(2).payload.isEmpty());
        QVERIFY(frames.at(3).payload.isEmpty());
    }

    void otherTexts()
    {
        Exchange sent = makeExchange("GET / HTTP/1.1\nHost: a\nAuthorization: Bearer Quartz-token-58\n\n", "HTTP/1.1 200 OK\nContent-Length: 0\n\n");
        sent.request.url.userInfo = "bob:Quartz-token-58";
        sent.request.url.fragment = "access_token=Quartz-token-58";
        sent.connection.proxy = u"http://u:Quartz-token-58@proxy:1"_s;
        sent.decisions = {{DecisionKind::Note, u"sent Quartz-token-58"_s}};
        sent.anomalies = {{u"x"_s, u"odd: Quartz-token-58"_s, {}}};
        sent.derivation = {{u"key"_s, "Quartz-token-58"_ba, true}, {u"text"_s, "a Quartz-token-58"_ba, false}, {u"other key"_s, "never seen elsewhere"_ba, true}};
        sent.error = Error{ErrorCode::AuthFailed, u"Quartz-token-58"_s, u"with Quartz-token-58"_s, {}};
        sent.label = u"Quartz-token-58"_s;
        Trace trace{{sent}, Error{ErrorCode::AuthFailed, u"no Quartz-token-58"_s, {}, {}}};
        const QByteArray all = stored(redacted(trace).trace);
        QVERIFY(!all.contains("Quartz-token-58"));
        QVERIFY(!all.contains("never seen elsewhere"));
        QVERIFY(all.contains("bob:"));
    }

    void requestsAreMasked_data()
    {
        QTest::addColumn<QString>("header");
        QTest::addColumn<QString>("value");
        QTest::addColumn<QString>("kept");
        const QString mask = QString::fromUtf8(bullets);
        QTest::newRow("bearer") << u"Authorization"_s << u"Bearer abc-def-1"_s << u"Bearer "_s + mask;
        QTest::newRow("variable") << u"Authorization"_s << u"Bearer {{token}}"_s << u"Bearer {{token}}"_s;
        QTest::newRow("variable alone") << u"X-Api-Key"_s << u"{{key}}"_s << u"{{key}}"_s;
        QTest::newRow("variable and more") << u"X-Api-Key"_s << u"{{key}}-abc-def-1"_s << mask + u"(17 bytes, ends …-1)"_s;
        QTest::newRow("cookies") << u"Cookie"_s << u"a={{a}}; b=secret"_s << u"a={{a}}; b="_s + mask;
        QTest::newRow("basic") << u"Authorization"_s << u"Basic YWxpY2U6UXVhcnR6LTU4"_s << u"Basic alice:"_s + mask;
        QTest::newRow("known value") << u"X-Other"_s << u"has Quartz-token-58 in it"_s << u"has "_s + mask + u" in it"_s;
        QTest::newRow("nothing") << u"Accept"_s << u"*/*"_s << u"*/*"_s;
    }

    void requestsAreMasked()
    {
        QFETCH(QString, header);
        QFETCH(QString, value);
        QFETCH(QString, kept);
        Redactor redactor;
        redactor.addSecret(Secret("Quartz-token-58"));
        RequestSpec spec;
        spec.url = u"https://{{host}}/a?page=2"_s;
        spec.headers = {{header, value, true}};
        QStringList leftOut;
        const RequestSpec masked = maskedSpec(spec, redactor, &leftOut);
        QCOMPARE(masked.headers.first().value, kept);
        QCOMPARE(masked.url, spec.url);
        QCOMPARE(leftOut, kept == value ? QStringList() : QStringList{u"header "_s + header});
        QCOMPARE(placeOfMask(masked).isEmpty(), kept == value);
    }

    void otherPartsOfRequestsAreMasked()
    {
        Redactor redactor;
        redactor.addSecret(Secret("Quartz-token-58"));
        RequestSpec spec;
        spec.url = u"http://u:pw12345@h/Quartz-token-58?token=abc12345&v={{t}}&key={{k}}"_s;
        spec.body.text = u"{\"password\": \"Quartz\", \"token\": \"{{t}}\"}"_s;
        spec.body.form = {{u"password"_s, u"x y"_s, true}, {u"token"_s, u"{{t}}"_s, true}, {u"free"_s, u"Quartz-token-58"_s, true}};
        spec.body.bytes = "Quartz-token-58";
        spec.body.pieces = {{"Quartz-token-58", {}}};
        spec.settings.proxy = u"http://u:pw@h"_s;
        QStringList leftOut;
        const RequestSpec masked = maskedSpec(spec, redactor, &leftOut);
        const QString mask = QString::fromUtf8(bullets);
        QCOMPARE(masked.url, u"http://u:%1@h/%1?token=%1&v={{t}}&key={{k}}"_s.arg(mask));
        QCOMPARE(masked.body.text, u"{\"password\": \"%1\", \"token\": \"{{t}}\"}"_s.arg(mask));
        QCOMPARE(masked.body.form.at(0).value, mask);
        QCOMPARE(masked.body.form.at(1).value, u"{{t}}"_s);
        QCOMPARE(masked.body.form.at(2).value, mask);
        QCOMPARE(masked.body.bytes, bullets);
        QCOMPARE(masked.body.pieces.first().bytes, bullets);
        QCOMPARE(masked.settings.proxy, u"http://u:%1@h"_s.arg(mask));
        QCOMPARE(leftOut, (QStringList{u"URL"_s, u"body"_s, u"form field password"_s, u"form field free"_s, u"proxy"_s}));
    }

private:
    static constexpr const char *packedSecret = "1f8b0800000000000203ab56aacc2f55284ecd2b51b252724a4d2c4a2d52082c4d2c2aa9d22dc9cf4ecdd335b550aa05008b2f895125000000";
    static constexpr const char *packedPlain = "1f8b0800000000000203ab564accc951b252ca2c56284f05b26a01787fe1d711000000";

    static QList<RuleCase> cases()
    {
        const QString folder = QStringLiteral(REALMSCOPE_SOURCE_DIR "/tests/diagnosis/cases");
        QList<RuleCase> all;
        for (const QString &name : QDir(folder).entryList({u"*.txt"_s})) {
            QString error;
            all += readRuleCases(folder + u'/' + name, &error);
        }
        return all;
    }
};

} // namespace realmscope

QTEST_GUILESS_MAIN(realmscope::StoredTraceTest)
#include "tst_storedtrace.moc"
