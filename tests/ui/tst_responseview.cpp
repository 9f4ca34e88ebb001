// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/response/AuthFacts.h"
#include "ui/response/HeaderKnowledge.h"
#include "ui/response/HeadersPage.h"
#include "ui/response/RawPage.h"
#include "ui/response/ResponseHeadersModel.h"
#include "ui/response/TextView.h"
#include "ui/response/TlsPage.h"
#include "ui/theme/Theme.h"

#include <QtCore/QElapsedTimer>
#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtTest/QAbstractItemModelTester>
#include <QtTest/QTest>
#include <QtWidgets/QApplication>
#include <QtWidgets/QScrollBar>

using namespace Qt::StringLiterals;

namespace realmscope {

static Exchange exchangeOf(const QByteArray &rawRequest, const QByteArray &rawResponse)
{
    Exchange exchange;
    exchange.startedAtMs = 1795432684000; // 2026-11-23 11:18:04 UTC
    exchange.request.url = Url::parse(u"https://api.example.com/v2/invoices"_s).value();
    exchange.rawRequest = RecordedBytes(rawRequest);
    exchange.rawResponse = RecordedBytes(rawResponse);
    exchange.response.status = 401;
    exchange.response.complete = true;
    return exchange;
}

class ResponseViewTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { Theme::install(*qobject_cast<QApplication *>(qApp), ThemeMode::Light); }

    // ---- TextDocument

    void bytesBecomeLines_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QStringList>("lines");
        QTest::newRow("CR LF") << "a\r\nb\r\n"_ba << QStringList{u"a"_s, u"b"_s};
        QTest::newRow("LF, no end") << "a\n\nb"_ba << QStringList{u"a"_s, QString(), u"b"_s};
        QTest::newRow("bare CR is shown") << "a\rb"_ba << QStringList{u"a␍b"_s};
        QTest::newRow("NUL and ESC are shown") << QByteArray("a\0\x1b[0m", 6) << QStringList{u"a␀␛[0m"_s};
        QTest::newRow("UTF-8") << "z\xC3\xA4hl\xF0\x9F\x94\x91"_ba << QStringList{u"zähl🔑"_s};
        QTest::newRow("Latin-1") << "z\xE4hl"_ba << QStringList{u"zähl"_s};
        QTest::newRow("overlong UTF-8 is Latin-1") << "\xC0\xAF"_ba << QStringList{u"À¯"_s};
    }
    void bytesBecomeLines()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QStringList, lines);
        TextDocument document;
        document.addBytes(1, bytes, {});
        QStringList shown;
        for (const TextLine &line : document.lines())
            shown.append(line.text);
        QCOMPARE(shown, lines);
    }

    void bytesAreFoundAgain_data()
    {
        QTest::addColumn<int>("begin");
        QTest::addColumn<int>("end");
        QTest::addColumn<QString>("marked");
        //        0         1          2
        //        0123456789012345 6 7 89012345
        // bytes: "Server: m\xC3\xB6d/1\r\nAuth: secret!\r\n"
        QTest::newRow("ASCII") << 0 << 6 << u"Server"_s;
        QTest::newRow("after a two-byte character") << 12 << 14 << u"/1"_s;
        QTest::newRow("the two-byte character") << 9 << 11 << u"ö"_s;
        QTest::newRow("second line") << 16 << 20 << u"Auth"_s;
        QTest::newRow("part of a mask marks all of it") << 23 << 25 << QString(TextDocument::MaskWidth, u'•');
        QTest::newRow("after the mask") << 28 << 29 << u"!"_s;
    }
    void bytesAreFoundAgain()
    {
        QFETCH(int, begin);
        QFETCH(int, end);
        QFETCH(QString, marked);
        const QByteArray bytes = "Server: m\xC3\xB6" "d/1\r\nAuth: secret!\r\n";
        TextDocument document;
        document.addHeading(u"Response"_s, {});
        document.addBytes(1, bytes, {{{22, 28}, u"credential"_s}});
        const QList<LineRange> found = document.locate(1, {begin, end});
        QCOMPARE(found.size(), 1);
        const TextLine &line = document.lines().at(found.first().line);
        QCOMPARE(line.text.sliced(found.first().begin, found.first().end - found.first().begin), marked);
        QVERIFY(!line.text.contains("secret"_L1));
        QVERIFY(document.locate(0, {begin, end}).isEmpty()); // another message
    }

    void aRangeOverLinesGivesOneForEach()
    {
        TextDocument document;
        document.addBytes(0, "ab\r\ncd\r\nef"_ba, {});
        QCOMPARE(document.locate(0, {1, 9}),
                 (QList<LineRange>{{0, 1, 2}, {1, 0, 2}, {2, 0, 1}}));
    }

    void hexKeepsOffsets()
    {
        TextDocument document;
        document.addHex(0, "GET / HTTP/1.1\r\nX"_ba, {});
        QCOMPARE(document.lines().size(), 2);
        // From: printf 'GET / HTTP/1.1\r\nX' | hexdump -C
        QVERIFY(document.lines().first().text.startsWith(
            "00000000  47 45 54 20 2f 20 48 54  54 50 2f 31 2e 31 0d 0a "_L1));
        QVERIFY(document.lines().last().text.startsWith("00000010  58"_L1));
        const QList<LineRange> found = document.locate(0, {16, 17});
        QCOMPARE(found.size(), 1);
        QCOMPARE(document.lines().at(1).text.sliced(found.first().begin, 2), u"58"_s);
    }

    void prettyJsonKeepsTheValues_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("pretty");
        QTest::newRow("nested") << "{\"b\":[1,2.50],\"a\":{}}"_ba
                                << u"{\n  \"b\": [\n    1,\n    2.50\n  ],\n  \"a\": {}\n}"_s;
        QTest::newRow("number stays as written") << "[1.50e2,12345678901234567890]"_ba
                                                 << u"[\n  1.50e2,\n  12345678901234567890\n]"_s;
        QTest::newRow("braces in strings") << "[\"a\\\"{,:}\"]"_ba << u"[\n  \"a\\\"{,:}\"\n]"_s;
        QTest::newRow("not JSON") << "{oops"_ba << QString();
        QTest::newRow("empty") << QByteArray() << QString();
    }
    void prettyJsonKeepsTheValues()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, pretty);
        QCOMPARE(prettyJson(bytes), pretty);
    }

    void deepJsonIsNotIndented()
    {
        QVERIFY(prettyJson(QByteArray(5000, '[') + QByteArray(5000, ']')).isEmpty());
    }

    // ---- TextView

    void copiesWithTheKeyboard()
    {
        TextView view;
        TextDocument document;
        document.addBytes(0, "Authorization: Bearer abc.def\r\nHost: x\r\n"_ba, {{{22, 29}, u"credential"_s}});
        view.setDocument(document);
        view.resize(600, 200);
        view.show();
        view.setFocus();
        QTest::keyClick(&view, Qt::Key_A, Qt::ControlModifier);
        QTest::keyClick(&view, Qt::Key_C, Qt::ControlModifier);
        const QString copied = QGuiApplication::clipboard()->text();
        QVERIFY(copied.startsWith(u"Authorization: Bearer ••••"_s));
        QVERIFY(copied.endsWith("Host: x"_L1));
        QVERIFY(!copied.contains("abc"_L1));
        QTest::keyClick(&view, Qt::Key_Home, Qt::ControlModifier);
        QVERIFY(!view.hasSelection());
        for (int i = 0; i < 4; ++i)
            QTest::keyClick(&view, Qt::Key_Right, Qt::ShiftModifier);
        QCOMPARE(view.selectedText(), u"Auth"_s);
    }

    void longLineIsWrappedAndReached()
    {
        TextView view;
        view.resize(640, 300);
        TextDocument document;
        const QByteArray line = QByteArray(200'000, 'x') + "NEEDLE";
        document.addBytes(0, line, {});
        QElapsedTimer timer;
        timer.start();
        view.setDocument(document);
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
        const QImage image = view.grab().toImage(); // paints what is visible only
        QVERIFY(!image.isNull());
        QVERIFY2(timer.elapsed() < 3000, qPrintable(QString::number(timer.elapsed())));
        const QList<LineRange> found = view.document().find(u"needle"_s);
        QCOMPARE(found.size(), 1);
        view.highlight(found, SpanKind::Match);
        QVERIFY(view.verticalScrollBar()->value() > 0);
    }

    void aMegabyteOfLinesIsFast()
    {
        QByteArray bytes;
        while (bytes.size() < 1024 * 1024)
            bytes += "X-Header-" + QByteArray::number(bytes.size()) + ": value value value\r\n";
        QElapsedTimer timer;
        timer.start();
        TextDocument document;
        document.addBytes(1, bytes, {});
        TextView view;
        view.resize(800, 600);
        view.setDocument(document);
        view.grab();
        QVERIFY2(timer.elapsed() < 5000, qPrintable(QString::number(timer.elapsed())));
        QCOMPARE(document.locate(1, {bytes.size() - 7, bytes.size() - 2}).size(), 1);
    }

    // ---- Raw page

    void evidenceMarksTheRightBytes_data()
    {
        QTest::addColumn<int>("part");
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<int>("begin");
        QTest::addColumn<int>("end");
        QTest::addColumn<QString>("marked");
        QTest::newRow("range in the response") << static_cast<int>(EvidencePart::ResponseHeader) << "Server"_ba << 35
                                               << 41 << u"nginx/"_s;
        QTest::newRow("range in the request") << static_cast<int>(EvidencePart::RequestHeader) << "Host"_ba << 22 << 25
                                              << u"api"_s;
        QTest::newRow("status line") << static_cast<int>(EvidencePart::StatusLine) << QByteArray() << 0 << 0
                                     << u"HTTP/1.1 401 Denied !!"_s;
        QTest::newRow("header by name") << static_cast<int>(EvidencePart::ResponseHeader) << "server"_ba << 0 << 0
                                        << u"Server: xx nginx/1.2"_s;
    }
    void evidenceMarksTheRightBytes()
    {
        QFETCH(int, part);
        QFETCH(QByteArray, name);
        QFETCH(int, begin);
        QFETCH(int, end);
        QFETCH(QString, marked);
        const QByteArray request = "GET / HTTP/1.1\r\nHost: api.example.com\r\n\r\n";
        //                          0         1         2           3
        //                          0123456789012345678901 2 3456789012345678901
        const QByteArray response = "HTTP/1.1 401 Denied !!\r\nServer: xx nginx/1.2\r\n\r\n";
        QCOMPARE(response.mid(35, 6), "nginx/"_ba);
        Exchange exchange = exchangeOf(request, response);
        HeaderField server;
        server.name = "Server";
        server.value = "xx nginx/1.2";
        server.nameRange = {24, 30};
        server.valueRange = {32, 44};
        exchange.response.headers.append(server);
        RawPage page;
        page.resize(700, 400);
        page.setExchange(exchange, {});
        Evidence evidence;
        evidence.part = static_cast<EvidencePart>(part);
        evidence.name = name;
        evidence.range = {begin, end};
        page.showEvidence(evidence);
        QStringList texts;
        for (const TextLine &line : page.view()->document().lines()) {
            for (const TextSpan &span : line.spans) {
                if (span.kind == SpanKind::Evidence)
                    texts.append(line.text.sliced(span.begin, span.end - span.begin));
            }
        }
        QCOMPARE(texts, QStringList{marked});
    }

    void rawIsMasked()
    {
        const QByteArray request =
            "GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Basic YWxpY2U6UXVhcnR6LTU4\r\n\r\n";
        RawPage page;
        page.setExchange(exchangeOf(request, "HTTP/1.1 200 OK\r\n\r\n"), {});
        const QString text = page.view()->toPlainText();
        QVERIFY(text.contains(u"Authorization: Basic •"_s));
        QVERIFY(!text.contains("YWxp"_L1));
    }

    void rawShowsHttp2AsTextAndFrames_data()
    {
        QTest::addColumn<QByteArray>("credential");
        QTest::addColumn<bool>("shown");
        QTest::newRow("nothing secret") << "x-none: 1\r\n"_ba << true;
        QTest::newRow("a header block with a secret") << "authorization: Basic YWxpY2U6UXVhcnR6LTU4\r\n"_ba << false;
    }
    void rawShowsHttp2AsTextAndFrames()
    {
        QFETCH(QByteArray, credential);
        QFETCH(bool, shown);
        Exchange exchange = exchangeOf(":method: GET\r\n:path: /\r\n" + credential + "\r\n", ":status: 401\r\n\r\nno");
        exchange.http2 = Http2Facts{};
        exchange.http2->stream = 7;
        exchange.http2->prefaceSent = true;
        exchange.http2->frames = {{true, 4, 0, 0, 6, QByteArray::fromHex("000200000000"), {}},
                                  {true, 1, 5, 7, 3, QByteArray::fromHex("8284ab"), {}},
                                  {false, 0, 1, 7, 2, {}, {16, 18}}};
        exchange.http2->framesLeftOut = 3;
        RawPage page;
        page.setExchange(exchange, {});
        const QString text = page.view()->toPlainText();
        for (const QString &part : {u":status: 401"_s, u"stream 7"_s, u"connection preface"_s, u"SETTINGS"_s, u"ENABLE_PUSH = 0"_s,
                                    u"HEADERS"_s, u"END_STREAM END_HEADERS"_s, u"DATA"_s, u"bytes 16 to 17"_s, u"3 more frames"_s})
            QVERIFY2(text.contains(part), qPrintable(part));
        QCOMPARE(text.contains(u"82 84 ab"_s), shown);
    }

    // ---- Headers

    void headersModelIsSound()
    {
        ResponseHeadersModel model;
        QAbstractItemModelTester tester(&model);
        Exchange now = exchangeOf({}, {});
        now.response.headers = {{"Date", "Mon, 23 Nov 2026 11:18:04 GMT"}, {"ETag", "\"1\""}, {"X-New", "1"},
                                {"Set-Cookie", "sid=abcdef; Path=/"}};
        Exchange before = exchangeOf({}, {});
        before.response.headers = {{"Date", "Mon, 23 Nov 2026 11:00:00 GMT"}, {"ETag", "\"0\""}, {"X-Gone", "1"},
                                   {"Set-Cookie", "sid=abcdef; Path=/"}};
        model.setExchange(now, {});
        QCOMPARE(model.rowCount(), 4);
        QCOMPARE(model.count(HeaderChange::New), 0);
        model.setOther(before);
        QCOMPARE(model.rowCount(), 5);
        QCOMPARE(model.count(HeaderChange::New), 1);
        QCOMPARE(model.count(HeaderChange::Changed), 1); // ETag; Date is left out
        QCOMPARE(model.count(HeaderChange::Gone), 1);
        QCOMPARE(model.row(4).field.name, "X-Gone"_ba);
        QVERIFY(!model.row(3).shownValue.contains("abcdef"_L1));
        model.clear();
        QCOMPARE(model.rowCount(), 0);
    }

    void headersAreExplained_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<QString>("meaning");
        QTest::addColumn<int>("level");
        const auto row = [](const char *tag, const char *name, const char *value, const QString &meaning,
                            LintLevel level) {
            QTest::newRow(tag) << QByteArray(name) << QByteArray(value) << meaning << static_cast<int>(level);
        };
        row("bearer with error", "WWW-Authenticate", "Bearer realm=\"a\", error=\"invalid_token\"",
            u"Asks for a Bearer token that is valid"_s, LintLevel::Note);
        row("two schemes", "WWW-Authenticate", "Digest realm=\"a\", nonce=\"b\", Basic realm=\"a\"",
            u"Asks for Digest or Basic"_s, LintLevel::Good);
        row("broken challenge", "WWW-Authenticate", "Basic realm=\"open", u"Asks for Basic"_s, LintLevel::Problem);
        row("own clock", "Date", "Mon, 23 Nov 2026 11:18:05 GMT", u"When it was sent; your clock agrees"_s,
            LintLevel::Good);
        row("other clock", "Date", "Mon, 23 Nov 2026 11:23:04 GMT", u"When it was sent; 300 s from your clock"_s,
            LintLevel::Warning);
        row("cookie without Secure", "Set-Cookie", "a=b; HttpOnly", u"A cookie to keep"_s, LintLevel::Warning);
        row("unknown header", "X-Whatever", "1", QString(), LintLevel::Good);
    }
    void headersAreExplained()
    {
        QFETCH(QByteArray, name);
        QFETCH(QByteArray, value);
        QFETCH(QString, meaning);
        QFETCH(int, level);
        Exchange exchange = exchangeOf({}, {});
        exchange.response.headers = {{name, value}};
        QCOMPARE(headerMeaning(exchange.response.headers.at(0), exchange), meaning);
        QCOMPARE(static_cast<int>(lintHeader(exchange.response.headers.at(0), exchange).level), level);
    }

    void chainModelIsSound()
    {
        ChainModel model;
        QAbstractItemModelTester tester(&model);
        CertificateInfo leaf;
        leaf.commonName = u"api.example.com"_s;
        leaf.notBefore = QDateTime(QDate(2025, 1, 1), QTime(0, 0), Qt::UTC);
        leaf.notAfter = QDateTime(QDate(2026, 1, 1), QTime(0, 0), Qt::UTC);
        leaf.sha256Fingerprint = QByteArray(32, '\xAB');
        model.setChain({leaf}, QDateTime(QDate(2026, 11, 23), QTime(0, 0), Qt::UTC));
        QCOMPARE(model.rowCount(), 1);
        QCOMPARE(model.index(0, ChainModel::Subject).data().toString(), u"api.example.com"_s);
        QCOMPARE(model.index(0, ChainModel::Until).data().toString(), u"2026-01-01 00:00"_s);
        QVERIFY(model.index(0, ChainModel::Until).data(Qt::ForegroundRole).isValid());  // is over
        QVERIFY(!model.index(0, ChainModel::From).data(Qt::ForegroundRole).isValid());
    }

    // ---- Auth cards

    static const Fact *factOf(const QList<FactCard> &cards, const QString &name)
    {
        for (const FactCard &card : cards) {
            for (const Fact &fact : card.facts) {
                if (fact.name == name)
                    return &fact;
            }
        }
        return nullptr;
    }

    void expiredTokenIsToldByTheClaim()
    {
        // Header {"alg":"none"}, claims {"iss":"https://id.acme.dev/","exp":1795421164,"iat":1795417564}; made with:
        // printf '…' | basenc --base64url | tr -d =
        Exchange exchange = exchangeOf({}, {});
        exchange.request.headers.append("Authorization"_ba,
            "Bearer eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL2lkLmFjbWUuZGV2LyIsImV4cCI6MTc5NTQyMTE2NCwiaWF0IjoxNzk1NDE3NTY0fQ."_ba,
            HeaderSource::Profile, u"profile alice"_s);
        const QList<FactCard> cards = youSent(exchange, {}, {});
        QCOMPARE(cards.size(), 1);
        const Fact *expires = factOf(cards, u"exp"_s);
        QVERIFY(expires);
        QVERIFY(expires->isProblem);
        QCOMPARE(expires->value, u"1795421164"_s);
        QCOMPARE(expires->remark, u"3 h 12 min ago"_s); // 11 520 s before it was sent
        QCOMPARE(factOf(cards, u"iat"_s)->remark, u"valid for 1 h"_s);
        QVERIFY(cards.first().validity);
        QCOMPARE(cards.first().validity->expires, 1795421164);
        for (const Fact &fact : cards.first().facts)
            QVERIFY(!fact.value.contains("eyJ"_L1));
        QVERIFY(!cards.first().quote.contains("eyJpc3Mi"_L1));
    }

    void digestIsRecomputed_data()
    {
        QTest::addColumn<QString>("password");
        QTest::addColumn<int>("mark");
        // The password of the example in RFC 7616 section 3.9.1.
        QTest::newRow("right password") << u"Circle of Life"_s << static_cast<int>(FactMark::Good);
        QTest::newRow("wrong password") << u"Circle of Live"_s << static_cast<int>(FactMark::Bad);
        QTest::newRow("no password") << QString() << static_cast<int>(FactMark::Note);
    }
    void digestIsRecomputed()
    {
        QFETCH(QString, password);
        QFETCH(int, mark);
        Exchange exchange = exchangeOf({}, {});
        exchange.request.url = Url::parse(u"http://www.example.org/dir/index.html"_s).value();
        // RFC 7616 section 3.9.1, the SHA-256 answer.
        exchange.request.headers.append("Authorization"_ba,
            "Digest username=\"Mufasa\", realm=\"http-auth@example.org\", uri=\"/dir/index.html\", algorithm=SHA-256, "
            "nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", nc=00000001, "
            "cnonce=\"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ\", qop=auth, "
            "response=\"753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1\", "
            "opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\""_ba);
        FieldValues values;
        values.setText(u"username"_s, u"Mufasa"_s);
        if (!password.isEmpty())
            values.setSecret(u"password"_s, Secret::fromString(password));
        const QList<FactCard> cards = youSent(exchange, values, {});
        const Fact *response = factOf(cards, u"response"_s);
        QVERIFY(response);
        QCOMPARE(static_cast<int>(response->mark), mark);
        QCOMPARE(factOf(cards, u"uri"_s)->mark, FactMark::Good);
    }

    void basicShowsTheUserAndNotThePassword()
    {
        Exchange exchange = exchangeOf({}, {});
        // printf 'alice:Quartz-58 ' | base64
        exchange.request.headers.append("Authorization"_ba, "Basic YWxpY2U6UXVhcnR6LTU4IA=="_ba);
        const QList<FactCard> cards = youSent(exchange, {}, {});
        QCOMPARE(factOf(cards, u"user name"_s)->value, u"alice"_s);
        const Fact *password = factOf(cards, u"password"_s);
        QVERIFY(!password->value.contains("Quartz"_L1));
        QVERIFY(password->isProblem); // ends with a space
        QCOMPARE(password->value.size(), 12); // never the password's own length
    }

    // What was worked out is shown wherever the credential stands.
    void derivationIsShown()
    {
        Exchange exchange = exchangeOf({}, {});
        exchange.derivation = {{u"signature base"_s, "\"@method\": GET"_ba, false}, {u"signing key"_s, "0123456789abcdef"_ba, true}};
        exchange.request.headers.append("Signature"_ba, "sig1=:AAAA:"_ba);
        QVERIFY(factOf(youSent(exchange, {}, {}), u"signature base"_s));
        QVERIFY(!factOf(youSent(exchange, {}, {}), u"signing key"_s)->value.contains(u"0123"_s));
        for (const QByteArray &value : {"Basic YWxpY2U6UXVhcnR6LTU4"_ba, "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbm4ifQ."_ba}) {
            exchange.request.headers = Headers();
            exchange.request.headers.append("Authorization"_ba, value);
            QVERIFY2(factOf(youSent(exchange, {}, {}), u"signature base"_s), value.constData());
        }
    }

    // The texts are those of AWS's signing suite (get-vanilla), as the error of S3 shows them.
    void signedTextIsCompared()
    {
        Exchange exchange = exchangeOf({}, {});
        exchange.request.url = Url::parse(u"https://example.amazonaws.com/"_s).value();
        exchange.request.headers.append("Host"_ba, "example.amazonaws.com"_ba);
        exchange.request.headers.append("X-Amz-Date"_ba, "20150830T123600Z"_ba);
        exchange.request.headers.append("Authorization"_ba,
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, "
            "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"_ba);
        QVERIFY(!factOf(youSent(exchange, {}, {}), u"signed text"_s)); // the server says nothing
        const QByteArray toSign = "<StringToSign>AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/service/aws4_request\n"
                                  "bb579772317eb040ac9ed261061d46c1f17a8133879d6129b6e1c25292927e63</StringToSign>";
        exchange.response.body = RecordedBytes("<Error>" + toSign + "</Error>");
        const QList<FactCard> same = youSent(exchange, {}, {});
        QVERIFY(factOf(same, u"signed text"_s));
        QVERIFY(!factOf(same, u"the region"_s));
        exchange.response.body = RecordedBytes("<Error>" + QByteArray(toSign).replace("us-east-1", "eu-central-1") + "</Error>");
        const QList<FactCard> other = youSent(exchange, {}, {});
        const Fact *region = factOf(other, u"the region"_s);
        QVERIFY(region && region->isProblem);
        QCOMPARE(region->value, u"us-east-1"_s);
        QVERIFY(region->remark.contains(u"eu-central-1"_s));
    }

    void serverAskedIsCompared()
    {
        Exchange exchange = exchangeOf({}, {});
        exchange.request.headers.append("Authorization"_ba, "Bearer x"_ba);
        exchange.response.headers = {{"WWW-Authenticate", "Digest realm=\"lab\", nonce=\"1\", stale=true"}};
        const QList<FactCard> cards = serverAsked(exchange);
        QCOMPARE(factOf(cards, u"scheme"_s)->mark, FactMark::Bad);
        QCOMPARE(factOf(cards, u"scheme"_s)->remark, u"you sent Bearer"_s);
        QCOMPARE(factOf(cards, u"realm"_s)->value, u"lab"_s);
        QCOMPARE(factOf(cards, u"stale"_s)->mark, FactMark::Note);
        exchange.response.headers = {};
        QCOMPARE(factOf(serverAsked(exchange), u"challenge"_s)->mark, FactMark::Bad); // a 401 without one
    }
};

} // namespace realmscope

QTEST_MAIN(realmscope::ResponseViewTest)
#include "tst_responseview.moc"
