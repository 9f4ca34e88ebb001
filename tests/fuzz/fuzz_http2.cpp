// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
// First byte: how many streams are open, and whether the rest is the bytes of the server or a list of frames (type, flags, stream,
// length, payload; the length in two bytes and right, so that more than the first frame is met).
#include "app/http/Http2Session.h"

#include "tests/fuzz/Fuzz.h"
#include "tests/http/Http2Bytes.h"

#include <algorithm>

using namespace realmscope;
using namespace realmscope::fuzz;
using namespace realmscope::test;

namespace {

Limits limits()
{
    Limits out; // within reach of a small input
    out.headerBytes = 2048;
    out.headerCount = 24;
    out.informationalResponses = 3;
    out.bodyBytes = 1024;
    return out;
}

QByteArray framed(QByteArrayView list)
{
    QByteArray out = h2::settings();
    while (list.size() >= 4) {
        const auto byte = [&list](qsizetype at) { return quint8(list[at]); };
        const qsizetype length = std::min<qsizetype>(byte(3), list.size() - 4);
        out += h2::frame(byte(0) % 11, byte(1), byte(2) % 8, list.sliced(4, length).toByteArray());
        list = list.sliced(4 + length);
    }
    return out;
}

Request request(int which)
{
    Request out;
    out.method = QList<QByteArray>{"GET", "HEAD", "POST"}.at(which % 3);
    out.url = Url::parse(QStringLiteral("https://api.example/me")).value();
    out.headers.append("Host", out.url.hostHeader());
    if (which % 3 == 2)
        out.body = QByteArray(100, 'x');
    return out;
}

QByteArray fieldsText(const Headers &headers)
{
    QByteArray out;
    for (const HeaderField &field : headers)
        out += field.name + ':' + field.value + '@' + QByteArray::number(field.nameRange.begin) + '-'
            + QByteArray::number(field.valueRange.end) + '|';
    return out;
}

void checkFields(const Headers &headers, const QByteArray &text)
{
    for (const HeaderField &field : headers) {
        for (const ByteRange range : {field.nameRange, field.valueRange})
            require(range.begin >= 0 && range.begin <= range.end && range.end <= text.size(), "a header stands within the text");
        // CR, LF and NUL within a field are written as \r, \n and \0.
        const QByteArray shown = text.mid(field.valueRange.begin, field.valueRange.size());
        QByteArray value = field.value;
        value.replace('\r', "\\r").replace('\n', "\\n").replace('\0', "\\0");
        require(shown == value, "a value stands where it is said to");
    }
}

// Everything of a stream that may not depend on how the bytes were cut.
QByteArray reading(const Http2Stream &stream, const QByteArray &text, const QByteArray &body, bool connectionFailed)
{
    const Response &response = stream.response();
    require(stream.isFinished() || stream.hasFailed(), "there is an end when the connection is closed");
    require(body.size() <= limits().bodyBytes, "the limit of the body holds");
    require(response.headers.size() <= limits().headerCount, "the limit of header lines holds");
    require(response.informational.size() <= limits().informationalResponses + 1, "the limit of interim responses holds");
    checkFields(response.headers, text);
    checkFields(response.trailers, text);
    require(stream.bodyOffset() < 0 || stream.bodyIsSplit() || text.mid(stream.bodyOffset()).startsWith(body), "the body stands where it is said to");
    QByteArray out = QByteArray::number(response.status) + ' ' + response.versionText + '\n' + fieldsText(response.headers) + '\n'
        + fieldsText(response.trailers) + '\n' + text + '\n' + body + '\n';
    for (const InformationalResponse &interim : response.informational)
        out += QByteArray::number(interim.status) + fieldsText(interim.headers) + '\n';
    for (const Anomaly &anomaly : stream.anomalies()) {
        require(anomaly.range.begin >= 0 && anomaly.range.begin <= anomaly.range.end && anomaly.range.end <= text.size(),
                "an anomaly stands within the text");
        out += anomaly.id.toUtf8() + ' ';
    }
    for (const Http2Frame &frame : stream.facts().frames) {
        require(frame.payload.size() <= qsizetype(frame.length), "a frame is no longer than it says");
        require(frame.sent || (frame.data.begin >= 0 && frame.data.begin <= frame.data.end && frame.data.end <= text.size()),
                "the data of a frame stands within the text");
        // How many frames are there behind the one that broke the connection, and how much of that, depends on the pieces.
        if (!frame.sent && !connectionFailed)
            out += QByteArray::number(frame.type) + '/' + QByteArray::number(frame.flags) + '/' + QByteArray::number(frame.length) + '/'
                + frame.payload + '/' + QByteArray::number(frame.data.begin) + '-' + QByteArray::number(frame.data.end) + '\n';
    }
    out += stream.isFinished() ? QByteArray("finished") : errorCodeId(stream.error().code).toUtf8() + stream.error().message.toUtf8();
    return out + (stream.wasRefused() ? " refused" : "");
}

QByteArray readAll(int streams, const QList<QByteArray> &pieces)
{
    Http2Session session(limits());
    QList<Http2Stream *> open;
    QList<QByteArray> texts;
    QList<QByteArray> bodies;
    for (int i = 0; i < streams; ++i) {
        open << session.open(request(i), limits()).value();
        texts << QByteArray();
        bodies << QByteArray();
    }
    // Every stream has to be on its way before the server answers.
    require(session.takeOutput().startsWith(h2::preface), "a connection begins with the preface");
    for (const QByteArray &piece : pieces) {
        session.feed(piece);
        require(session.takeChanged().size() <= size_t(streams), "only what is open changes");
        for (qsizetype i = 0; i < open.size(); ++i) {
            const Http2Stream::Received received = open.at(i)->takeReceived();
            texts[i] += received.text;
            bodies[i] += received.body;
        }
    }
    const bool failed = session.isFailed();
    QByteArray out = failed ? "failed: " + session.error().message.toUtf8() : QByteArray("in order");
    // When this side gives a stream up, what the server sends after it knows differs from what it sent before.
    const bool isReset = std::ranges::any_of(open, [&](const Http2Stream *stream) {
        return stream->hasFailed() && !stream->facts().resetCode && (!failed || stream->error().message != session.error().message);
    });
    session.connectionClosed(QStringLiteral("closed"));
    for (qsizetype i = 0; i < open.size(); ++i) {
        const Http2Stream::Received received = open.at(i)->takeReceived();
        out += '\n' + reading(*open.at(i), texts.at(i) + received.text, bodies.at(i) + received.body, failed);
        require(!failed || open.at(i)->isFinished() || open.at(i)->hasFailed(), "a connection that fails fails its streams");
    }
    for (Http2Stream *stream : std::as_const(open))
        session.release(stream);
    require(session.streamCount() == 0, "nothing is left");
    return isReset ? QByteArray("reset") : out;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    const QByteArray rest = bytes(data + 1, size - 1);
    const QByteArray wire = data[0] & 0x80 ? rest : framed(rest);
    const int streams = data[0] % 4;
    const QList<QList<QByteArray>> ways = cuttings(wire);
    const QByteArray whole = readAll(streams, ways.first());
    for (const QList<QByteArray> &pieces : ways) {
        const QByteArray other = readAll(streams, pieces);
        if (other != whole)
            std::fprintf(stderr, "in one piece: %s\n\nin pieces: %s\n", whole.toPercentEncoding(" /\n:").constData(), other.toPercentEncoding(" /\n:").constData());
        require(other == whole, "a connection is read the same however it arrives");
    }
    return 0;
}
