// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
// First byte: whose message it is, and the method it answers. The rest is what came over the wire.
#include "app/http/Codec.h"

#include "tests/fuzz/Fuzz.h"

using namespace realmscope;
using namespace realmscope::fuzz;

namespace {

// Everything that may not depend on how the bytes were cut.
struct Reading
{
    ResponseParser::State state = ResponseParser::State::StatusLine;
    QByteArray text;
    QByteArray body;
    qint64 bodyOffset = -1;
    qint64 consumed = 0; // of a whole message
    QStringList anomalies;
    bool operator==(const Reading &) const = default;
};

Limits limits()
{
    Limits out; // within reach of a small input
    out.headerBytes = 2048;
    out.headerCount = 24;
    out.informationalResponses = 3;
    out.bodyBytes = 1024;
    return out;
}

QByteArray text(const Headers &headers)
{
    QByteArray out;
    for (const HeaderField &field : headers)
        out += field.name + ':' + field.value + '@' + QByteArray::number(field.nameRange.begin) + '-'
            + QByteArray::number(field.valueRange.end) + '|';
    return out;
}

// White space around a fold, and how its line ended, is no part of the value (RFC 9112 section 5.2).
QByteArray withoutSpace(QByteArray value)
{
    value.removeIf([](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; });
    return value;
}

void checkPlaces(const Headers &headers, const QByteArray &raw)
{
    for (const HeaderField &field : headers) {
        for (const ByteRange range : {field.nameRange, field.valueRange})
            require(range.begin >= 0 && range.begin <= range.end && range.end <= raw.size(), "a header stands within the message");
        const QByteArray name = raw.mid(field.nameRange.begin, field.nameRange.size());
        require(name == field.name || name.trimmed() == field.name, "a name stands where it is said to");
        require(withoutSpace(raw.mid(field.valueRange.begin, field.valueRange.size())) == withoutSpace(field.value),
                "a value stands where it is said to");
    }
}

Reading readResponse(const QByteArray &method, const QList<QByteArray> &pieces, const QByteArray &raw)
{
    ResponseParser parser(method, limits());
    Reading out;
    for (const QByteArray &piece : pieces) {
        if (parser.isFinished() || parser.hasFailed())
            break;
        const qsizetype used = parser.feed(piece);
        require(used >= 0 && used <= piece.size(), "no more is used than was there");
        require(used == piece.size() || parser.isFinished() || parser.hasFailed(), "all is used until the end");
        out.body += parser.takeBody();
    }
    parser.finish();
    out.body += parser.takeBody();
    require(parser.isFinished() || parser.hasFailed(), "there is an end when the connection is closed");
    const Response &response = parser.response();
    out.state = parser.state();
    out.text = response.versionText + ' ' + QByteArray::number(response.status) + ' ' + response.reason + '\n'
        + text(response.headers) + '\n' + text(response.trailers) + '\n';
    for (const InformationalResponse &interim : response.informational)
        out.text += QByteArray::number(interim.status) + text(interim.headers) + '\n';
    if (parser.hasFailed())
        out.text += errorCodeId(parser.error().code).toUtf8();
    else
        out.consumed = parser.consumed();
    out.bodyOffset = parser.bodyOffset();
    for (const Anomaly &anomaly : parser.anomalies()) {
        require(anomaly.range.begin >= 0 && anomaly.range.begin <= anomaly.range.end && anomaly.range.end <= raw.size(),
                "an anomaly stands within the message");
        // Whether something follows is only known of what came in the same piece.
        if (anomaly.id != QLatin1String("trailing-data") && anomaly.id != QLatin1String("body-on-no-body-status"))
            out.anomalies << anomaly.id;
    }
    checkPlaces(response.headers, raw);
    checkPlaces(response.trailers, raw);
    if (out.bodyOffset >= 0 && !response.headers.contains("Transfer-Encoding"))
        require(raw.mid(out.bodyOffset, out.body.size()) == out.body, "a body without transfer coding is what was sent");
    require(out.body.size() <= limits().bodyBytes, "the limit of the body holds");
    require(response.headers.size() <= limits().headerCount + 1, "the limit of header lines holds");
    return out;
}

QByteArray readRequest(const QList<QByteArray> &pieces, const QByteArray &raw)
{
    RequestParser parser(limits());
    qsizetype used = 0;
    for (const QByteArray &piece : pieces) {
        if (parser.isFinished() || parser.hasFailed())
            break;
        used += parser.feed(piece);
    }
    require(parser.raw() == raw.first(used), "the bytes of a request are kept");
    QByteArray out = parser.head().method + ' ' + parser.head().target + ' ' + parser.head().version + '\n';
    for (const HeaderField &field : parser.head().headers)
        out += field.name + ':' + field.value + '|';
    out += parser.isFinished() ? "finished " : parser.hasFailed() ? "failed " : "unfinished ";
    // How much of a body that is too long is kept depends on the pieces.
    return parser.hasFailed() ? out : out + parser.body();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    const QByteArray raw = bytes(data + 1, size - 1);
    const QList<QList<QByteArray>> ways = cuttings(raw);
    if (data[0] % 4 == 3) {
        const QByteArray whole = readRequest(ways.first(), raw);
        for (const QList<QByteArray> &pieces : ways)
            require(readRequest(pieces, raw) == whole, "a request is the same however it arrives");
        return 0;
    }
    const QByteArray method = QList<QByteArray>{"GET", "HEAD", "CONNECT"}.at(data[0] % 4);
    const Reading whole = readResponse(method, ways.first(), raw);
    for (const QList<QByteArray> &pieces : ways) {
        const Reading other = readResponse(method, pieces, raw);
        require(other.state == whole.state, "a response ends the same however it arrives");
        require(other.text == whole.text, "status, headers and error are the same however they arrive");
        require(other.body == whole.body, "the body is the same however it arrives");
        require(other.anomalies == whole.anomalies, "the anomalies are the same however they arrive");
        require(other == whole, "places are the same however they arrive");
    }
    return 0;
}
