// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/http/Http2Names.h"
#include "app/http/Http2Session.h"

#include "tests/http/Http2Bytes.h"

#include <QtTest/QtTest>

#include <nghttp2/nghttp2.h>

#include <random>

using namespace Qt::StringLiterals;
using namespace realmscope;
using namespace realmscope::test;

namespace {

using Fields = QList<std::pair<QByteArray, QByteArray>>;

Request request(const QByteArray &method = "GET"_ba, const QString &url = u"https://api.example/me?x=1"_s,
                const QByteArray &body = {})
{
    Request out;
    out.method = method;
    out.url = Url::parse(url).value();
    out.headers.append("Host", out.url.hostHeader());
    out.body = body;
    return out;
}

// A header list decoded by nghttp2's inflater.
Fields inflated(const QByteArray &block)
{
    nghttp2_hd_inflater *inflater = nullptr;
    nghttp2_hd_inflate_new(&inflater);
    Fields out;
    const auto *at = reinterpret_cast<const uint8_t *>(block.constData());
    size_t left = size_t(block.size());
    for (;;) {
        nghttp2_nv field{};
        int flags = 0;
        const ssize_t used = nghttp2_hd_inflate_hd2(inflater, &field, &flags, at, left, 1);
        if (used < 0)
            break;
        at += used;
        left -= size_t(used);
        if (flags & NGHTTP2_HD_INFLATE_EMIT)
            out.append({QByteArray(reinterpret_cast<const char *>(field.name), qsizetype(field.namelen)),
                        QByteArray(reinterpret_cast<const char *>(field.value), qsizetype(field.valuelen))});
        if ((flags & NGHTTP2_HD_INFLATE_FINAL) || ((flags & NGHTTP2_HD_INFLATE_EMIT) == 0 && left == 0))
            break;
    }
    nghttp2_hd_inflate_del(inflater);
    return out;
}

// A session whose preface is out and which has one stream.
class Client
{
public:
    explicit Client(const Request &request = ::request(), const Limits &limits = {})
        : session(limits), m_limits(limits)
    {
        stream = session.open(request, limits).value();
        sent();
    }
    QList<h2::Frame> sent() // frames since the last call
    {
        for (QByteArray more = session.takeOutput(); !more.isEmpty(); more = session.takeOutput())
            m_out += more;
        if (!m_prefaceSeen && m_out.startsWith(h2::preface)) {
            m_prefaceSeen = true;
            m_out.remove(0, h2::preface.size());
        }
        return h2::split(m_out);
    }
    void feed(const QByteArray &bytes)
    {
        session.feed(bytes);
        read();
    }
    void read()
    {
        const Http2Stream::Received received = stream->takeReceived();
        text += received.text;
        body += received.body;
    }
    [[nodiscard]] QStringList anomalies() const
    {
        QStringList ids;
        for (const Anomaly &anomaly : stream->anomalies())
            ids.append(anomaly.id);
        return ids;
    }
    Http2Session session;
    Http2Stream *stream = nullptr;
    QByteArray text;
    QByteArray body;

private:
    Limits m_limits;
    QByteArray m_out;
    bool m_prefaceSeen = false;
};

const QByteArray hello = h2::settings();

} // namespace

class TestHttp2Session : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void opening();
    void requestFields_data();
    void requestFields();
    void secretsAreNeverIndexed();
    void decodedTextIsLikeHttp1();
    void responsesOfRfc7541();
    void responses_data();
    void responses();
    void brokenConnections_data();
    void brokenConnections();
    void resets_data();
    void resets();
    void goAway_data();
    void goAway();
    void goAwayBeforeTheRequestHasLeft();
    void serverThatSpeaksHttp1();
    void brokenHeaderBlock();
    void dataBehindTrailers();
    void dataBeforeHeaders_data();
    void dataBeforeHeaders();
    void uploadKeepsToTheWindow();
    void downloadOpensTheWindow();
    void cancelKeepsTheConnection();
    void streamsUpToTheServersLimit();
    void pushIsRefused();
    void answersPing();
    void floods_data();
    void floods();
    void limits_data();
    void limits();
    void framesAreRecorded();
    void largeRequestHeaders();
    void mutatedBytes();
};

void TestHttp2Session::opening()
{
    Http2Session session;
    QVERIFY(session.open(request(), {}));
    QByteArray out = session.takeOutput();
    QCOMPARE(out.first(24), h2::preface);
    out.remove(0, 24);
    const QList<h2::Frame> frames = h2::split(out);
    QVERIFY(out.isEmpty());
    QCOMPARE(frames.size(), 3);
    QCOMPARE(frames[0].type, h2::Settings);
    QCOMPARE(frames[0].stream, 0U);
    // SETTINGS_ENABLE_PUSH (2) is 0: server push is refused (RFC 9113 section 8.4).
    QVERIFY(frames[0].payload.first(6) == h2::setting(2, 0));
    QCOMPARE(frames[1].type, h2::WindowUpdate);
    QCOMPARE(frames[1].stream, 0U);
    QCOMPARE(frames[2].type, h2::HeadersFrame);
    QCOMPARE(frames[2].stream, 1U);
    QCOMPARE(int(frames[2].flags), h2::EndHeaders | h2::EndStream);
}

void TestHttp2Session::requestFields_data()
{
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<QString>("url");
    QTest::addColumn<Fields>("headers");
    QTest::addColumn<Fields>("expected");
    QTest::addColumn<int>("notes");
    const QString url = u"https://api.example/me?x=1"_s;
    const Fields start{
        {":method", "GET"}, {":scheme", "https"}, {":authority", "api.example"}, {":path", "/me?x=1"}};
    QTest::newRow("plain") << "GET"_ba << url << Fields{{"Host", "api.example"}} << start << 0;
    QTest::newRow("order, duplicates, lower case")
        << "GET"_ba << url
        << Fields{{"X-Two", "2"}, {"Host", "api.example"}, {"x-TWO", "1"}, {"Accept", "*/*"}, {"X-Empty", ""}}
        << start + Fields{{"x-two", "2"}, {"x-two", "1"}, {"accept", "*/*"}, {"x-empty", ""}} << 0;
    QTest::newRow("own host") << "GET"_ba << url << Fields{{"Host", "other.example:8443"}}
                              << Fields{{":method", "GET"},
                                        {":scheme", "https"},
                                        {":authority", "other.example:8443"},
                                        {":path", "/me?x=1"}}
                              << 0;
    QTest::newRow("no host") << "GET"_ba << url << Fields{}
                             << Fields{{":method", "GET"}, {":scheme", "https"}, {":path", "/me?x=1"}} << 0;
    // RFC 9113 section 8.2.2.
    QTest::newRow("about the connection") << "GET"_ba << url << Fields{{"Host", "api.example"},
                                                                       {"Connection", "keep-alive, X-Hop"},
                                                                       {"X-Hop", "1"},
                                                                       {"Keep-Alive", "5"},
                                                                       {"Proxy-Connection", "x"},
                                                                       {"Transfer-Encoding", "chunked"},
                                                                       {"Upgrade", "h2c"},
                                                                       {"TE", "gzip"},
                                                                       {"X-Stays", "1"}}
                                          << start + Fields{{"x-stays", "1"}} << 7;
    QTest::newRow("te trailers") << "GET"_ba << url << Fields{{"Host", "api.example"}, {"TE", "trailers"}}
                                 << start + Fields{{"te", "trailers"}} << 0;
    QTest::newRow("white space") << "GET"_ba << url << Fields{{"Host", "api.example"}, {"X", " a b "}}
                                 << start + Fields{{"x", "a b"}} << 1;
    QTest::newRow("odd path") << "OPTIONS"_ba << u"http://127.0.0.1:81/a/../b/%41?"_s
                              << Fields{{"Host", "127.0.0.1:81"}}
                              << Fields{{":method", "OPTIONS"},
                                        {":scheme", "http"},
                                        {":authority", "127.0.0.1:81"},
                                        {":path", "/a/../b/%41?"}}
                              << 0;
    QTest::newRow("bytes in values") << "GET"_ba << url
                                     << Fields{{"Host", "api.example"}, {"X", "\xc3\xa9\xff"}}
                                     << start + Fields{{"x", "\xc3\xa9\xff"}} << 0;
}

void TestHttp2Session::requestFields()
{
    QFETCH(QByteArray, method);
    QFETCH(QString, url);
    QFETCH(Fields, headers);
    QFETCH(Fields, expected);
    QFETCH(int, notes);
    Request sent = request(method, url);
    sent.headers = {};
    for (const auto &[name, value] : headers)
        sent.headers.append(name, value, HeaderSource::User);
    Http2Session session;
    const Http2Stream *stream = session.open(sent, {}).value();
    QByteArray out = session.takeOutput().sliced(24);
    const QList<h2::Frame> frames = h2::split(out);
    QCOMPARE(inflated(frames.last().payload), expected);
    // What is said to have been sent is the same.
    Fields said;
    for (const HeaderField &field : stream->facts().requestFields)
        said.append({field.name, field.value});
    QCOMPARE(said, expected);
    QCOMPARE(stream->notes().size(), notes);
    for (const HeaderField &field : stream->request().headers) {
        QVERIFY(!field.name.startsWith(':'));
        QCOMPARE(stream->requestText().sliced(field.valueRange.begin, field.valueRange.size()), field.value);
    }
}

// RFC 7541 section 6.2.3: the first byte of such a literal begins with 0001.
void TestHttp2Session::secretsAreNeverIndexed()
{
    Request sent = request();
    sent.headers.append("Authorization", "Bearer abc");
    sent.headers.append("X-Key", "k", HeaderSource::Profile);
    sent.headers.append("Cookie", "a=0123456789012345678901234567890");
    Http2Session session;
    QVERIFY(session.open(sent, {}));
    QByteArray out = session.takeOutput().sliced(24);
    const QByteArray payload = h2::split(out).last().payload;
    // authorization is entry 23 of the static table, cookie 32: with a prefix of 4 bits 1f 08 and 1f 11.
    QVERIFY(payload.contains("\x1f\x08"_ba));
    QVERIFY(payload.contains("\x1f\x11"_ba));
    QVERIFY(payload.contains("\x10"_ba));
}

void TestHttp2Session::decodedTextIsLikeHttp1()
{
    Request sent = request("POST"_ba, u"https://api.example/in"_s, "a=1"_ba);
    sent.headers.append("Content-Length", "3");
    sent.headers.append("X-None", "");
    Client client(sent);
    QCOMPARE(
        client.stream->requestText(),
        ":method: POST\r\n:scheme: https\r\n:authority: api.example\r\n:path: /in\r\ncontent-length: 3\r\nx-none:\r\n\r\n"_ba);
    QCOMPARE(client.stream->bodySent(), 3);
    client.feed(hello + h2::headers(1, {{":status", "103"}, {"link", "</a>"}}) +
                h2::headers(1, {{":status", "200"}, {"x", "a\r\nset-cookie: b"}}) + h2::data(1, "ab") +
                h2::data(1, "c") + h2::headers(1, {{"t", "1"}}, true));
    QCOMPARE(
        client.text,
        ":status: 103\r\nlink: </a>\r\n\r\n:status: 200\r\nx: a\\r\\nset-cookie: b\r\n\r\nabct: 1\r\n"_ba);
    QCOMPARE(client.body, "abc"_ba);
    QCOMPARE(client.text.sliced(client.stream->bodyOffset(), 3), "abc"_ba);
    const Response &response = client.stream->response();
    QCOMPARE(response.headers.value("x"), "a\r\nset-cookie: b"_ba);
    const HeaderField trailer = response.trailers.at(0);
    QCOMPARE(client.text.sliced(trailer.valueRange.begin, trailer.valueRange.size()), "1"_ba);
    QCOMPARE(response.informational.size(), 1);
    QCOMPARE(response.informational.first().headers.value("link"), "</a>"_ba);
}

// Appendix C.6: three responses on one connection, with Huffman coding and a dynamic table.
void TestHttp2Session::responsesOfRfc7541()
{
    Client client;
    Http2Stream *second = client.session.open(request(), {}).value();
    Http2Stream *third = client.session.open(request(), {}).value();
    client.sent();
    const auto end = quint8(h2::EndHeaders | h2::EndStream);
    client.feed(
        hello +
        h2::frame(h2::HeadersFrame, end, 1,
                  QByteArray::fromHex("488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff"
                                      "6e919d29ad171863c78f0b97c8e9ae82ae43d3")) +
        h2::frame(h2::HeadersFrame, end, 3, QByteArray::fromHex("4883640effc1c0bf")) +
        h2::frame(h2::HeadersFrame, end, 5,
                  QByteArray::fromHex(
                      "88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b3"
                      "35dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007")));
    QCOMPARE(
        client.text,
        ":status: 302\r\ncache-control: private\r\ndate: Mon, 21 Oct 2013 20:13:21 GMT\r\nlocation: https://www.example.com\r\n\r\n"_ba);
    QCOMPARE(
        second->takeReceived().text,
        ":status: 307\r\ncache-control: private\r\ndate: Mon, 21 Oct 2013 20:13:21 GMT\r\nlocation: https://www.example.com\r\n\r\n"_ba);
    QCOMPARE(third->takeReceived().text,
             ":status: 200\r\ncache-control: private\r\ndate: Mon, 21 Oct 2013 20:13:22 GMT\r\nlocation: "
             "https://www.example.com\r\ncontent-encoding: gzip\r\n"
             "set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1\r\n\r\n"_ba);
    for (const Http2Stream *stream : {client.stream, second, third})
        QVERIFY(stream->isFinished());
    QCOMPARE(client.session.takeChanged().size(), size_t(3));
}

void TestHttp2Session::responses_data()
{
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QStringList>("anomalies");
    QTest::addColumn<QString>("error"); // part of it; empty: finished
    const auto row = [](const char *name, const QByteArray &bytes, int status, const QByteArray &body,
                        const QStringList &anomalies = {}, const QString &error = {},
                        const QByteArray &method = "GET"_ba) {
        QTest::newRow(name) << method << bytes << status << body << anomalies << error;
    };
    row("401 with body",
        h2::headers(1, {{":status", "401"}, {"www-authenticate", "Bearer"}}) + h2::data(1, "denied", true),
        401, "denied");
    row("no body", h2::headers(1, {{":status", "204"}}, true), 204, {});
    row("end in an empty frame",
        h2::headers(1, {{":status", "200"}}) + h2::data(1, "a") + h2::data(1, {}, true), 200, "a");
    row("padding",
        h2::headers(1, {{":status", "200"}}) +
            h2::frame(h2::Data, h2::EndStream | h2::Padded, 1, "\x03xyz\0\0\0"_ba),
        200, "xyz");
    row("continuation",
        h2::frame(h2::HeadersFrame, 0, 1, h2::block({{":status", "200"}})) +
            h2::frame(h2::Continuation, h2::EndHeaders, 1, h2::block({{"a", "b"}})) + h2::data(1, "x", true),
        200, "x");
    row("unknown frames",
        h2::frame(0x77, 0xff, 1, "what") + h2::headers(1, {{":status", "200"}}) +
            h2::frame(0x78, 0, 0, "is") + h2::data(1, "x", true),
        200, "x");
    row("head", h2::headers(1, {{":status", "200"}, {"content-length", "500"}}, true), 200, {}, {}, {},
        "HEAD"_ba);
    row("head with a body", h2::headers(1, {{":status", "200"}}) + h2::data(1, "x", true), 200, "x",
        {u"body-on-no-body-status"_s}, {}, "HEAD"_ba);
    row("too short", h2::headers(1, {{":status", "200"}, {"content-length", "5"}}) + h2::data(1, "abc", true),
        200, "abc", {u"content-length-mismatch"_s});
    row("too long", h2::headers(1, {{":status", "200"}, {"content-length", "2"}}) + h2::data(1, "abc", true),
        200, "abc", {u"content-length-mismatch"_s});
    row("length is no number",
        h2::headers(1, {{":status", "200"}, {"content-length", "two"}}) + h2::data(1, "abc", true), 200,
        "abc", {u"content-length-invalid"_s});
    row("capitals", h2::headers(1, {{":status", "200"}, {"Content-Type", "a/b"}}, true), 200, {},
        {u"uppercase-header-name"_s});
    row("connection header", h2::headers(1, {{":status", "200"}, {"connection", "close"}}, true), 200, {},
        {u"connection-header"_s});
    row("status at the end", h2::headers(1, {{"a", "b"}, {":status", "200"}}, true), 200, {},
        {u"pseudo-header-misplaced"_s});
    row("two statuses", h2::headers(1, {{":status", "200"}, {":status", "500"}}, true), 200, {},
        {u"pseudo-header-repeated"_s});
    row("request's pseudo-header", h2::headers(1, {{":status", "200"}, {":path", "/"}}, true), 200, {},
        {u"pseudo-header-unknown"_s});
    row("odd name", h2::headers(1, {{":status", "200"}, {"a b", "c"}}, true), 200, {},
        {u"invalid-header-name"_s});
    row("NUL", h2::headers(1, {{":status", "200"}, {"a", "b\0c"_ba}}, true), 200, {},
        {u"invalid-header-value"_s});
    row("blank before the value", h2::headers(1, {{":status", "200"}, {"a", " b"}}, true), 200, {},
        {u"header-value-white-space"_s});
    row("headers in the middle",
        h2::headers(1, {{":status", "200"}}) + h2::headers(1, {{"a", "b"}}) + h2::data(1, "x", true), 200,
        "x", {u"trailers-not-last"_s});
    row("101", h2::headers(1, {{":status", "101"}}) + h2::headers(1, {{":status", "200"}}, true), 200, {},
        {u"switching-protocols"_s});
    row("no status", h2::headers(1, {{"a", "b"}}, true), 0, {}, {}, u"no :status"_s);
    row("status in words", h2::headers(1, {{":status", "fine"}}, true), 0, {}, {}, u"\"fine\""_s);
    row("ends with 103", h2::headers(1, {{":status", "103"}}, true), 103, {}, {}, u"interim response 103"_s);
}

void TestHttp2Session::responses()
{
    QFETCH(QByteArray, method);
    QFETCH(QByteArray, bytes);
    QFETCH(int, status);
    QFETCH(QByteArray, body);
    QFETCH(QStringList, anomalies);
    QFETCH(QString, error);
    for (const qsizetype step : {bytes.size() + 100, qsizetype(1), qsizetype(7)}) {
        Client client(request(method));
        const QByteArray all = hello + bytes;
        for (qsizetype at = 0; at < all.size(); at += step)
            client.feed(all.sliced(at, std::min(step, all.size() - at)));
        QCOMPARE(client.stream->response().status, status);
        QCOMPARE(client.body, body);
        QCOMPARE(client.anomalies(), anomalies);
        QCOMPARE(client.stream->isFinished(), error.isEmpty());
        QCOMPARE(client.stream->hasFailed(), !error.isEmpty());
        if (!error.isEmpty())
            QVERIFY2(client.stream->error().message.contains(error),
                     qPrintable(client.stream->error().message));
        QVERIFY(!client.session.isFailed()); // the connection stays
        QVERIFY(client.session.canOpen());
    }
}

void TestHttp2Session::brokenConnections_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("error");
    QTest::addColumn<quint32>("code"); // of the GOAWAY that goes out (RFC 9113 section 7); 0: none
    const auto row = [](const char *name, const QByteArray &bytes, const QString &error, quint32 code) {
        QTest::newRow(name) << bytes << error << code;
    };
    row("settings not first", h2::headers(1, {{":status", "200"}}, true), u"PROTOCOL_ERROR"_s, 1);
    row("frame too large", hello + h2::frame(h2::Data, 0, 1, QByteArray(16385, 'x')), u"FRAME_SIZE_ERROR"_s,
        6);
    row("settings of seven bytes", h2::frame(h2::Settings, 0, 0, "1234567"), u"FRAME_SIZE_ERROR"_s, 6);
    row("settings on a stream", hello + h2::frame(h2::Settings, 0, 1), u"PROTOCOL_ERROR"_s, 1);
    row("ping of seven bytes", hello + h2::frame(h2::Ping, 0, 0, "1234567"), u"FRAME_SIZE_ERROR"_s, 6);
    row("data on stream 0", hello + h2::data(0, "x"), u"PROTOCOL_ERROR"_s, 1);
    row("data on an idle stream", hello + h2::data(9, "x"), u"PROTOCOL_ERROR"_s, 1);
    row("reset of an idle stream", hello + h2::frame(h2::RstStream, 0, 9, h2::number32(8)),
        u"PROTOCOL_ERROR"_s, 1);
    row("continuation alone", hello + h2::frame(h2::Continuation, h2::EndHeaders, 1, h2::block({{"a", "b"}})),
        u"PROTOCOL_ERROR"_s, 1);
    row("frame within a header block",
        hello + h2::frame(h2::HeadersFrame, 0, 1, h2::block({{":status", "200"}})) + h2::data(1, "x"),
        u"PROTOCOL_ERROR"_s, 1);
    row("padding larger than the frame",
        hello + h2::headers(1, {{":status", "200"}}) +
            h2::frame(h2::Data, h2::Padded, 1,
                      "\xff"
                      "abc"_ba),
        u"PROTOCOL_ERROR"_s, 1);
    row("no such entry in the table", hello + h2::frame(h2::HeadersFrame, h2::EndHeaders, 1, "\xff\x7f"_ba),
        u"COMPRESSION_ERROR"_s, 9);
    row("broken Huffman code",
        hello + h2::frame(h2::HeadersFrame, h2::EndHeaders, 1, QByteArray::fromHex("0084ffffffff00")),
        u"COMPRESSION_ERROR"_s, 9);
    row("table larger than allowed",
        hello + h2::frame(h2::HeadersFrame, h2::EndHeaders, 1, QByteArray::fromHex("3fe1ff0388")),
        u"COMPRESSION_ERROR"_s, 9);
    row("push",
        hello + h2::frame(h2::Settings, h2::Ack, 0) +
            h2::frame(h2::PushPromise, h2::EndHeaders, 1, h2::number32(2) + h2::block({{":method", "GET"}})),
        u"PROTOCOL_ERROR"_s, 1);
    row("window over its limit", hello + h2::frame(h2::WindowUpdate, 0, 0, h2::number32(0x7fffffff)),
        u"FLOW_CONTROL_ERROR"_s, 3);
    row("window update by nothing", hello + h2::frame(h2::WindowUpdate, 0, 0, h2::number32(0)),
        u"PROTOCOL_ERROR"_s, 1);
    row("initial window too large", h2::settings(h2::setting(4, 0x80000000U)), u"FLOW_CONTROL_ERROR"_s, 3);
    row("enable push is 2", h2::settings(h2::setting(2, 2)), u"PROTOCOL_ERROR"_s, 1);
    row("noise", "\xde\xad\xbe\xef\x00\x11\x22\x33\x44\x55"_ba, u"PROTOCOL_ERROR"_s, 1);
}

void TestHttp2Session::brokenConnections()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, error);
    QFETCH(quint32, code);
    for (const qsizetype step : {bytes.size(), qsizetype(1)}) {
        Client client;
        for (qsizetype at = 0; at < bytes.size(); at += step)
            client.feed(bytes.sliced(at, step));
        QVERIFY(client.session.isFailed());
        QVERIFY2(client.session.error().message.contains(error), qPrintable(client.session.error().message));
        QVERIFY(client.stream->hasFailed());
        QVERIFY(!client.session.canOpen());
        const QList<h2::Frame> frames = client.sent();
        QVERIFY(!frames.isEmpty());
        QCOMPARE(frames.last().type, h2::GoAway);
        QCOMPARE(frames.last().payload.sliced(4, 4), h2::number32(code));
        QVERIFY(!client.stream->facts().frames.isEmpty()); // what came is shown
    }
}

void TestHttp2Session::resets_data()
{
    QTest::addColumn<quint32>("code");
    QTest::addColumn<QString>("words");
    QTest::addColumn<bool>("refused");
    QTest::newRow("refused") << 7U << u"REFUSED_STREAM"_s << true;
    QTest::newRow("1.1") << 0xdU << u"HTTP_1_1_REQUIRED"_s << false;
    QTest::newRow("internal") << 2U << u"INTERNAL_ERROR"_s << false;
    QTest::newRow("calm") << 0xbU << u"ENHANCE_YOUR_CALM"_s << false;
    QTest::newRow("security") << 0xcU << u"INADEQUATE_SECURITY"_s << false;
    QTest::newRow("unknown") << 0x1234U << u"0x1234"_s << false;
    QTest::newRow("no error before the end") << 0U << u"NO_ERROR"_s << false;
}

void TestHttp2Session::resets()
{
    QFETCH(quint32, code);
    QFETCH(QString, words);
    QFETCH(bool, refused);
    Client client;
    client.feed(hello + h2::frame(h2::RstStream, 0, 1, h2::number32(code)));
    QVERIFY(client.stream->hasFailed());
    QVERIFY2(client.stream->error().message.contains(words), qPrintable(client.stream->error().message));
    QCOMPARE(client.stream->wasRefused(), refused);
    QCOMPARE(client.stream->facts().resetCode, std::optional<quint32>(code));
    QVERIFY(client.session.canOpen());
    // After the whole response it only says that the rest of the request is not wanted (RFC 9113
    // section 8.1).
    Client early(request("POST"_ba, u"https://api.example/"_s, QByteArray(1 << 20, 'x')));
    early.feed(hello + h2::headers(1, {{":status", "413"}}) + h2::data(1, "big", true) +
               h2::frame(h2::RstStream, 0, 1, h2::number32(code)));
    QVERIFY(early.stream->isFinished());
    QVERIFY(!early.stream->hasFailed());
    QVERIFY(early.stream->isClosed());
    QCOMPARE(early.body, "big"_ba);
}

void TestHttp2Session::goAway_data()
{
    QTest::addColumn<quint32>("last");
    QTest::addColumn<quint32>("code");
    QTest::addColumn<bool>("firstFinishes");
    QTest::newRow("all answered") << 3U << 0U << true;
    QTest::newRow("second left out") << 1U << 0U << true;
    QTest::newRow("both left out") << 0U << 0xbU << false;
}

void TestHttp2Session::goAway()
{
    QFETCH(quint32, last);
    QFETCH(quint32, code);
    QFETCH(bool, firstFinishes);
    Client client;
    Http2Stream *second = client.session.open(request(), {}).value();
    client.sent();
    client.feed(hello + h2::goAway(last, code, "bye\x1b[2J"));
    QVERIFY(!client.session.canOpen());
    QVERIFY(!client.session.open(request(), {}));
    QCOMPARE(second->hasFailed(), last < 3);
    if (last < 3) {
        QVERIFY(second->wasRefused());
        QVERIFY(second->error().message.contains(http2ErrorName(code)));
        QVERIFY(second->error().detail.contains(u"bye"_s));
        QVERIFY(!second->error().detail.contains(u'\x1b'));
    }
    if (firstFinishes) {
        client.feed(h2::headers(1, {{":status", "200"}}, true));
        QVERIFY(client.stream->isFinished());
    } else {
        QVERIFY(client.stream->wasRefused());
    }
    client.session.connectionClosed(u"closed"_s);
    if (last == 3)
        QVERIFY(second->hasFailed() && !second->wasRefused()); // it may have been acted on
}

void TestHttp2Session::goAwayBeforeTheRequestHasLeft()
{
    Client client;
    const Http2Stream *late = client.session.open(request("POST"_ba), {}).value();
    client.feed(hello + h2::goAway(1, 0, "timeout"));
    for (const h2::Frame &frame : client.sent())
        QVERIFY(frame.stream != late->id());
    QVERIFY(late->hasFailed());
    QVERIFY(late->wasRefused());
    QCOMPARE(late->requestBegin(), -1);
}

void TestHttp2Session::serverThatSpeaksHttp1()
{
    const QByteArray answer = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"_ba;
    for (const qsizetype step : {answer.size(), qsizetype(1)}) {
        Client client;
        for (qsizetype at = 0; at < answer.size(); at += step)
            client.feed(answer.sliced(at, step));
        QVERIFY(client.session.isFailed());
        QVERIFY2(client.stream->error().message.contains(u"\"HTTP/1.1 400 Bad Request\""_s), qPrintable(client.stream->error().message));
        QCOMPARE(client.session.foreignBytes(), answer);
    }
}

// A block that breaks off is shown as far as it came, and what is said about it points into that.
void TestHttp2Session::brokenHeaderBlock()
{
    Client client;
    const QByteArray block = h2::block({{":status", "200"}, {"Name", "value"}});
    client.feed(hello + h2::frame(h2::HeadersFrame, h2::EndHeaders, 1, block + "\x00\x7f"_ba));
    client.read();
    QVERIFY(client.stream->hasFailed());
    QCOMPARE(client.text, ":status: 200\r\nName: value\r\n"_ba);
    QCOMPARE(client.stream->facts().responseFields.size(), 2);
    QCOMPARE(client.anomalies(), QStringList{u"uppercase-header-name"_s});
    const ByteRange range = client.stream->anomalies().first().range;
    QCOMPARE(client.text.sliced(range.begin, range.size()), "Name"_ba);
}

void TestHttp2Session::dataBehindTrailers()
{
    const QByteArray bytes = hello + h2::headers(1, {{":status", "200"}}) + h2::data(1, "one"_ba) + h2::headers(1, {{"trailer", "t"}})
        + h2::data(1, "two"_ba, true);
    for (const qsizetype step : {bytes.size(), qsizetype(1)}) {
        Client client;
        for (qsizetype at = 0; at < bytes.size(); at += step)
            client.feed(bytes.sliced(at, step));
        QCOMPARE(client.text, ":status: 200\r\n\r\n" "one" "trailer: t\r\n" "two"_ba);
        QCOMPARE(client.body, "onetwo"_ba);
        QVERIFY(client.stream->bodyIsSplit());
        QList<QByteArray> data;
        for (const Http2Frame &frame : client.stream->facts().frames) {
            if (frame.type == h2::Data)
                data << client.text.sliced(frame.data.begin, frame.data.size());
        }
        QCOMPARE(data, (QList<QByteArray>{"one"_ba, "two"_ba}));
    }
}

// Only interim responses may stand before the headers, and they hold no body (RFC 9113 section 8.1).
void TestHttp2Session::dataBeforeHeaders_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QString>("error");
    const QByteArray interim = h2::headers(1, {{":status", "103"}});
    const QByteArray final = h2::headers(1, {{":status", "200"}});
    const QString early = u"the server sent a body before the headers of the response"_s;
    QTest::newRow("headers follow") << interim + h2::data(1, "one"_ba) + final + h2::data(1, "two"_ba, true) << "one"_ba << early;
    QTest::newRow("nothing follows") << interim + h2::data(1, "one"_ba, true) << "one"_ba << early;
    QTest::newRow("empty, then headers") << interim + h2::data(1, {}) + final + h2::data(1, "two"_ba, true) << "two"_ba << QString();
    QTest::newRow("empty end") << interim + h2::data(1, {}, true) << ""_ba << u"the server ended the stream without a response"_s;
}

void TestHttp2Session::dataBeforeHeaders()
{
    QFETCH(const QByteArray, bytes);
    QFETCH(const QByteArray, body);
    QFETCH(const QString, error);
    const QByteArray all = hello + bytes;
    for (const qsizetype step : {all.size(), qsizetype(1)}) {
        Client client;
        for (qsizetype at = 0; at < all.size(); at += step)
            client.feed(all.sliced(at, step));
        QCOMPARE(client.body, body);
        QCOMPARE(client.stream->hasFailed(), !error.isEmpty());
        QCOMPARE(client.stream->isFinished(), error.isEmpty());
        if (error.isEmpty()) {
            QCOMPARE(client.text, ":status: 103\r\n\r\n:status: 200\r\n\r\ntwo"_ba);
            continue;
        }
        QCOMPARE(client.stream->error().code, ErrorCode::ProtocolError);
        QCOMPARE(client.stream->error().message, error);
        QCOMPARE(client.text, ":status: 103\r\n\r\n"_ba + body); // nothing is lost
        QCOMPARE(client.stream->bodyOffset(), -1);
        QCOMPARE(client.stream->response().informational.size(), 1);
    }
}

void TestHttp2Session::uploadKeepsToTheWindow()
{
    const QByteArray body(200'000, 'x');
    Client client(request("PUT"_ba, u"https://api.example/"_s, body));
    QCOMPARE(client.stream->bodySent(), 65'535); // the initial window (RFC 9113 section 6.9.2)
    QCOMPARE(client.stream->requestEnd(), -1);
    client.feed(hello + h2::frame(h2::WindowUpdate, 0, 0, h2::number32(1'000'000)));
    client.sent();
    QCOMPARE(client.stream->bodySent(), 65'535);
    client.feed(h2::frame(h2::WindowUpdate, 0, 1, h2::number32(34'465)));
    client.sent();
    QCOMPARE(client.stream->bodySent(), 100'000);
    client.feed(
        h2::settings(h2::setting(4, 1'000'000))); // INITIAL_WINDOW_SIZE moves the windows of open streams
    const QList<h2::Frame> frames = client.sent();
    QCOMPARE(client.stream->bodySent(), 200'000);
    QCOMPARE(int(frames.last().flags), int(h2::EndStream));
    QCOMPARE(client.stream->requestEnd(), client.session.outputTotal());
}

void TestHttp2Session::downloadOpensTheWindow()
{
    Client client;
    client.feed(hello + h2::headers(1, {{":status", "200"}}));
    const QByteArray piece(16'384, 'x');
    qint64 credit = 0;
    qint64 got = 0;
    const qint64 whole = 64LL * 1024 * 1024;
    while (got < whole) {
        client.session.feed(h2::data(1, piece, got + piece.size() == whole));
        got += piece.size();
        client.body.clear();
        client.text.clear();
        client.read();
        QCOMPARE(client.body.size(), piece.size());
        for (const h2::Frame &frame : client.sent()) {
            if (frame.type == h2::WindowUpdate && frame.stream == 1)
                credit += qFromBigEndian<quint32>(frame.payload.constData());
        }
    }
    QVERIFY(client.stream->isFinished());
    QVERIFY(!client.session.isFailed());
    QVERIFY(credit >= whole - 16 * 1024 * 1024); // never more than a window behind
    QVERIFY(client.stream->facts().frames.size() <= 5000);
    QVERIFY(client.stream->facts().framesLeftOut + client.stream->facts().frames.size() >=
            whole / piece.size());
}

void TestHttp2Session::cancelKeepsTheConnection()
{
    Client client;
    Http2Stream *other = client.session.open(request(), {}).value();
    client.sent();
    client.session.release(std::exchange(client.stream, nullptr));
    const QList<h2::Frame> frames = client.sent();
    QCOMPARE(frames.size(), 1);
    QCOMPARE(frames.first().type, h2::RstStream);
    QCOMPARE(frames.first().stream, 1U);
    QCOMPARE(frames.first().payload, h2::number32(8)); // CANCEL
    // What was on its way for it is taken and forgotten.
    client.session.feed(hello + h2::headers(1, {{":status", "200"}}) + h2::data(1, "late", true) +
                        h2::headers(3, {{":status", "204"}}, true));
    QVERIFY(other->isFinished());
    QVERIFY(client.session.canOpen());
}

void TestHttp2Session::streamsUpToTheServersLimit()
{
    Client client;
    client.feed(h2::settings(h2::setting(3, 2))); // MAX_CONCURRENT_STREAMS
    QVERIFY(client.session.canOpen());
    Http2Stream *second = client.session.open(request(), {}).value();
    QVERIFY(!client.session.canOpen());
    client.sent();
    client.feed(h2::headers(1, {{":status", "200"}}, true));
    QVERIFY(client.session.canOpen());
    QVERIFY(!second->isFinished());
}

// A server may push before it has seen that this is switched off.
void TestHttp2Session::pushIsRefused()
{
    Client client;
    client.feed(hello +
                h2::frame(h2::PushPromise, h2::EndHeaders, 1,
                          h2::number32(2) + h2::block({{":method", "GET"}, {":path", "/x"}})) +
                h2::headers(2, {{":status", "200"}}) + h2::headers(1, {{":status", "200"}}, true));
    QVERIFY(client.stream->isFinished());
    const QList<h2::Frame> frames = client.sent();
    QVERIFY(std::ranges::any_of(frames, [](const h2::Frame &f) {
        return f.type == h2::RstStream && f.stream == 2 && f.payload == h2::number32(8);
    }));
    QVERIFY(client.session.canOpen());
}

void TestHttp2Session::answersPing()
{
    Client client;
    client.feed(hello + h2::frame(h2::Ping, 0, 0, "12345678"));
    const QList<h2::Frame> frames = client.sent();
    QCOMPARE(frames.size(), 2);
    QVERIFY(std::ranges::any_of(
        frames, [](const h2::Frame &f) { return f.type == h2::Settings && f.flags == h2::Ack; }));
    QVERIFY(std::ranges::any_of(frames, [](const h2::Frame &f) {
        return f.type == h2::Ping && f.flags == h2::Ack && f.payload == "12345678";
    }));
}

void TestHttp2Session::floods_data()
{
    QTest::addColumn<QByteArray>("start");
    QTest::addColumn<QByteArray>("piece");
    QTest::addColumn<int>("times");
    QTest::newRow("ping") << hello << h2::frame(h2::Ping, 0, 0, "12345678") << 50'000;
    QTest::newRow("settings") << hello << h2::settings(h2::setting(1, 4096)) << 50'000;
    QTest::newRow("continuation") << hello +
                                         h2::frame(h2::HeadersFrame, 0, 1, h2::block({{":status", "200"}}))
                                  << h2::frame(h2::Continuation, 0, 1, h2::block({{"a", "b"}})) << 1000;
    QTest::newRow("empty continuation")
        << hello + h2::frame(h2::HeadersFrame, 0, 1) << h2::frame(h2::Continuation, 0, 1) << 1000;
    QTest::newRow("empty data") << hello + h2::headers(1, {{":status", "200"}}) << h2::data(1, {}) << 2000;
    QTest::newRow("interim responses") << hello << h2::headers(1, {{":status", "103"}}) << 1000;
    QTest::newRow("header bomb")
        << hello // one entry of 4000 bytes in the dynamic table, then 16,000 references to it
        << h2::frame(h2::HeadersFrame, h2::EndHeaders, 1,
                     "\x40\x01"
                     "a" +
                         h2::integer(4000) + QByteArray(4000, 'x') + QByteArray(12'000, char(0xbe)))
        << 1;
}

void TestHttp2Session::floods()
{
    QFETCH(QByteArray, start);
    QFETCH(QByteArray, piece);
    QFETCH(int, times);
    Client client;
    client.feed(start);
    QByteArray all;
    for (int i = 0; i < times; ++i)
        all += piece;
    client.session.feed(all); // without reading what goes out
    QVERIFY(client.stream->hasFailed());
    QVERIFY2(client.stream->error().code == ErrorCode::LimitExceeded,
             qPrintable(client.stream->error().message));
    QVERIFY(client.stream->facts().frames.size() < 5000);
    QVERIFY(client.stream->takeReceived().text.size() < 1024 * 1024);
}

void TestHttp2Session::limits_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("words");
    Fields many{{":status", "200"}};
    for (int i = 0; i < 60; ++i)
        many.append(std::pair<QByteArray, QByteArray>("x", "y"));
    QTest::newRow("header bytes") << h2::headers(1, {{":status", "200"}, {"a", QByteArray(3000, 'x')}})
                                  << u"limit of 2000 bytes"_s;
    QTest::newRow("header count") << h2::headers(1, many) << u"more than 50 header lines"_s;
    QTest::newRow("announced body") << h2::headers(1, {{":status", "200"}, {"content-length", "1001"}})
                                    << u"1001 bytes"_s;
    QTest::newRow("body") << h2::headers(1, {{":status", "200"}}) + h2::data(1, QByteArray(1001, 'x'))
                          << u"limit of 1000 bytes"_s;
    QTest::newRow("interim") << h2::headers(1, {{":status", "103"}}).repeated(4) << u"more than 3 interim"_s;
}

void TestHttp2Session::limits()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, words);
    Limits limits;
    limits.headerBytes = 2000;
    limits.headerCount = 50;
    limits.bodyBytes = 1000;
    limits.informationalResponses = 3;
    Client client(request(), limits);
    Http2Stream *other = client.session.open(request(), {}).value();
    client.sent();
    client.feed(hello + bytes);
    QVERIFY(client.stream->hasFailed());
    QCOMPARE(client.stream->error().code, ErrorCode::LimitExceeded);
    QVERIFY2(client.stream->error().message.contains(words), qPrintable(client.stream->error().message));
    QVERIFY(client.body.size() <= 1000);
    // Only this stream ends, and the server is told.
    const QList<h2::Frame> frames = client.sent();
    QVERIFY(std::ranges::any_of(frames,
                                [](const h2::Frame &f) { return f.type == h2::RstStream && f.stream == 1; }));
    client.feed(h2::headers(3, {{":status", "200"}}, true));
    QVERIFY(other->isFinished());
}

void TestHttp2Session::framesAreRecorded()
{
    Client client(request("POST"_ba, u"https://api.example/"_s, "abc"_ba));
    const QByteArray head = h2::headers(1, {{":status", "200"}});
    client.feed(hello + head + h2::frame(h2::Data, h2::EndStream | h2::Padded, 1, "\x02xyz\0\0"_ba));
    const Http2Facts &facts = client.stream->facts();
    QVERIFY(facts.prefaceSent);
    QStringList log;
    for (const Http2Frame &frame : facts.frames)
        log.append((frame.sent ? u"> "_s : u"< "_s) + http2FrameName(frame.type) + u' ' +
                   QString::number(frame.stream) + u' ' + http2FlagNames(frame.type, frame.flags).join(u'|'));
    QCOMPARE(log, (QStringList{u"> SETTINGS 0 "_s, u"> WINDOW_UPDATE 0 "_s, u"> HEADERS 1 END_HEADERS"_s,
                               u"> DATA 1 END_STREAM"_s, u"< SETTINGS 0 "_s, u"< HEADERS 1 END_HEADERS"_s,
                               u"< DATA 1 END_STREAM|PADDED"_s, u"> SETTINGS 0 ACK"_s}));
    QCOMPARE(facts.frames.at(5).payload, head.sliced(9));
    const QByteArray sent = client.stream->requestText() + "abc";
    const ByteRange out = facts.frames.at(3).data;
    QCOMPARE(sent.sliced(out.begin, out.size()), "abc"_ba);
    const ByteRange in = facts.frames.at(6).data;
    QCOMPARE(client.text.sliced(in.begin, in.size()), "xyz"_ba);
    QCOMPARE(http2FrameText({false, h2::GoAway, 0, 0, 8, h2::number32(5) + h2::number32(0xb), {}}),
             u"last stream 5, ENHANCE_YOUR_CALM, too much is asked for"_s);
    QCOMPARE(http2FrameText({false, h2::Settings, 0, 0, 6, h2::setting(3, 128), {}}),
             u"MAX_CONCURRENT_STREAMS = 128"_s);
}

void TestHttp2Session::largeRequestHeaders()
{
    Request sent = request();
    sent.headers.append("X-Large", QByteArray(100'000, 'x'));
    Client client(sent);
    QVERIFY(!client.stream->hasFailed());
    QVERIFY(client.stream->requestEnd() > 0);
    sent.headers.append("X-Larger", QByteArray(2'000'000, '\xff'));
    Client tooLarge(sent);
    QVERIFY(tooLarge.stream->hasFailed());
    QCOMPARE(tooLarge.stream->error().code, ErrorCode::LimitExceeded);
}

// Whatever comes, feed() ends and the streams are either as before, finished or failed.
void TestHttp2Session::mutatedBytes()
{
    const QByteArray good =
        hello + h2::headers(1, {{":status", "103"}, {"link", "a"}}) +
        h2::headers(
            1, {{":status", "401"}, {"www-authenticate", "Basic realm=\"a\""}, {"content-length", "6"}}) +
        h2::frame(h2::Ping, 0, 0, "12345678") + h2::data(1, "denied") +
        h2::frame(h2::WindowUpdate, 0, 1, h2::number32(10)) + h2::headers(1, {{"t", "1"}}, true) +
        h2::goAway(1, 0);
    std::mt19937 random(9113);
    int finished = 0;
    for (int round = 0; round < 4000; ++round) {
        QByteArray bytes = good;
        for (int change = int(random() % 4); change >= 0; --change) {
            const auto at = qsizetype(random() % quint32(bytes.size()));
            if (random() % 3 == 0)
                bytes.remove(at, qsizetype(random() % 4));
            else
                bytes[at] = char(random());
            if (bytes.isEmpty())
                break;
        }
        Client client;
        const qsizetype cut = qsizetype(random() % quint32(bytes.size() + 1));
        client.feed(bytes.first(cut));
        client.feed(bytes.sliced(cut));
        client.sent();
        client.session.connectionClosed({});
        client.read();
        QVERIFY(client.stream->isClosed());
        QVERIFY(client.stream->isFinished() != client.stream->hasFailed());
        finished += client.stream->isFinished() ? 1 : 0;
        QCOMPARE(client.session.isFailed(), client.session.isFailed() && client.session.isGoingAway());
    }
    QVERIFY(finished > 0 && finished < 4000);
}

QTEST_GUILESS_MAIN(TestHttp2Session)
#include "tst_http2session.moc"
