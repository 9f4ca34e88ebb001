// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/http/Codec.h"

#include "app/base/Encoding.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr qint64 maxChunkOverhead = 16; // bytes of chunk lines for each byte of the body; chunks of one byte have five
constexpr qint64 maxLineInMessage = 60; // characters of a bad line that a message quotes

QString quoted(QByteArrayView bytes)
{
    const bool isLong = bytes.size() > maxLineInMessage;
    return u'"' + displayText(isLong ? bytes.first(maxLineInMessage) : bytes) + (isLong ? u"…\""_s : u"\""_s);
}

// Digits only, no sign, no overflow; -1 when it is none.
qint64 parseLength(QByteArrayView text)
{
    if (text.isEmpty() || text.size() > 18 || !std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; }))
        return -1;
    return text.toByteArray().toLongLong();
}

} // namespace

SerializedRequest serializeRequest(const Request &request)
{
    SerializedRequest out;
    out.request = request;
    QByteArray &head = out.head;
    head = request.method + ' ' + request.effectiveTarget() + ' '
        + httpVersionText(request.version == HttpVersion::Http10 ? HttpVersion::Http10 : HttpVersion::Http11).toLatin1()
        + "\r\n";
    for (qsizetype i = 0; i < request.headers.size(); ++i) {
        HeaderField &field = out.request.headers[i];
        field.nameRange = {head.size(), head.size() + field.name.size()};
        head += field.name;
        head += field.value.isEmpty() ? ":" : ": ";
        field.valueRange = {head.size(), head.size() + field.value.size()};
        head += field.value;
        head += "\r\n";
    }
    head += "\r\n";
    return out;
}

ResponseParser::ResponseParser(QByteArray requestMethod, const Limits &limits)
    : m_method(std::move(requestMethod)), m_limits(limits)
{}

void ResponseParser::note(const char *id, const QString &text, ByteRange range)
{
    // One of a kind with its first place is enough to explain; a hostile server could send millions.
    const QString idText = QString::fromLatin1(id);
    const auto same = std::ranges::count_if(m_anomalies, [&](const Anomaly &a) { return a.id == idText; });
    if (same < 8)
        m_anomalies.append({idText, text, range});
}

void ResponseParser::fail(ErrorCode code, const QString &message, const QString &action)
{
    m_state = State::Failed;
    m_error = {code, message, {}, action};
}

void ResponseParser::endMessage() { m_state = State::Finished; }

qsizetype ResponseParser::feed(QByteArrayView bytes)
{
    qsizetype used = 0;
    while (used < bytes.size() && m_state != State::Finished && m_state != State::Failed) {
        if (m_state == State::Body) {
            const qsizetype taken = feedBody(bytes.sliced(used));
            used += taken;
            m_offset += taken;
            continue;
        }
        // Line by line. memchr over what came keeps this linear.
        const QByteArrayView rest = bytes.sliced(used);
        const qsizetype newline = rest.indexOf('\n');
        const qsizetype count = newline < 0 ? rest.size() : newline + 1;
        if (m_line.isEmpty())
            m_lineBegin = m_offset;
        const qint64 allowed = std::max<qint64>(m_limits.headerBytes - (m_offset - m_headBegin), 0);
        const bool isTooLong = count > allowed;
        m_line.append(rest.first(isTooLong ? qsizetype(allowed) : count));
        used += count;
        m_offset += count;
        if (m_state == State::StatusLine && (newline < 0 || isTooLong)) {
            // Nothing that could become a status line: say so at once instead of waiting for a line end.
            const QByteArrayView beginning = QByteArrayView(m_line).trimmed();
            if (beginning.size() >= 5 && !equalsIgnoreCase(beginning.first(5), "HTTP/")) {
                takeLine(m_line, m_lineBegin, false);
                break;
            }
        }
        if (isTooLong) {
            fail(ErrorCode::LimitExceeded,
                 u"the response headers are larger than the limit of %1 bytes"_s.arg(m_limits.headerBytes),
                 u"Raise the header limit if the server really means it."_s);
            break;
        }
        if (newline < 0)
            break;
        QByteArray line;
        line.swap(m_line);
        line.chop(1);
        const bool bareLf = !line.endsWith('\r');
        if (!bareLf)
            line.chop(1);
        takeLine(line, m_lineBegin, bareLf);
    }
    if (m_state == State::Finished && used < bytes.size()) {
        note("trailing-data", u"%1 bytes came after the end of the response"_s.arg(bytes.size() - used),
             {m_offset, m_offset + bytes.size() - used});
        // RFC 9112 section 6.3: these end with their headers, whatever Content-Length says.
        if (m_framing == Framing::None && (m_method == "HEAD" || m_response.status == 204 || m_response.status == 304))
            note("body-on-no-body-status", u"a body follows where there can be none"_s,
                 {m_offset, m_offset + bytes.size() - used});
    }
    return used;
}

void ResponseParser::takeLine(QByteArrayView line, qint64 begin, bool bareLf)
{
    const ByteRange range{begin, begin + line.size()};
    if (m_state == State::StatusLine) {
        if (line.trimmed().isEmpty()) {
            // RFC 9112 section 2.2 asks servers to ignore it in requests; some send it in front of responses.
            note("leading-whitespace", u"an empty line stands before the status line"_s, range);
            return;
        }
        parseStatusLine(line, begin);
        if (m_state == State::Failed)
            return;
        if (bareLf)
            note("bare-lf", u"the status line ends with LF alone"_s, range);
        m_state = State::HeaderLines;
        return;
    }
    if (bareLf)
        note("bare-lf", u"a line ends with LF alone instead of CR LF"_s, range);
    if (line.isEmpty()) {
        endOfHeaders();
        return;
    }
    parseHeaderLine(m_response.headers, line, begin);
    if (m_response.headers.size() > m_limits.headerCount)
        fail(ErrorCode::LimitExceeded, u"the response has more than %1 header lines"_s.arg(m_limits.headerCount),
             u"Raise the limit of header lines if the server really means it."_s);
}

void ResponseParser::parseStatusLine(QByteArrayView rawLine, qint64 begin)
{
    QByteArrayView line = rawLine;
    ByteRange range{begin, begin + line.size()};
    const auto notHttp = [&] {
        fail(ErrorCode::ProtocolError, u"the answer is not HTTP: it begins with %1"_s.arg(quoted(rawLine)),
             u"Check the port and whether the server expects https here."_s);
    };
    if (const QByteArrayView trimmed = line.trimmed(); trimmed.data() != line.data()) {
        note("leading-whitespace", u"white space stands before the status line"_s, range);
        line = line.sliced(trimmed.data() - line.data());
    }
    if (line.size() < 5 || !equalsIgnoreCase(line.first(5), "HTTP/")) {
        note("http09", u"there is no status line"_s, range);
        notHttp();
        return;
    }
    qsizetype versionEnd = 5;
    while (versionEnd < line.size() && line[versionEnd] != ' ' && line[versionEnd] != '\t')
        ++versionEnd;
    m_response.versionText = line.first(versionEnd).toByteArray();
    qsizetype p = versionEnd;
    while (p < line.size() && (line[p] == ' ' || line[p] == '\t'))
        ++p;
    qsizetype digits = p;
    while (digits < line.size() && line[digits] >= '0' && line[digits] <= '9')
        ++digits;
    const int status = digits - p == 3 ? line.sliced(p, 3).toByteArray().toInt() : 0;
    if (status < 100) {
        note("status-line-malformed", u"there is no status code of three digits"_s, range);
        notHttp();
        return;
    }
    m_response.status = status;
    if (status > 599)
        note("status-line-malformed", u"the status code %1 is outside 100 to 599"_s.arg(status), range);
    if (p != versionEnd + 1 || line[versionEnd] != ' ')
        note("status-line-malformed", u"not one space stands between version and status code"_s, range);
    if (m_response.versionText != "HTTP/1.1" && m_response.versionText != "HTTP/1.0")
        note("unknown-version", u"the version is %1"_s.arg(quoted(m_response.versionText)),
             {begin, begin + versionEnd});
    QByteArrayView reason = line.sliced(digits);
    if (reason.isEmpty())
        note("missing-reason", u"the space after the status code is missing"_s, range);
    else if (reason[0] != ' ')
        note("status-line-malformed", u"the status code is not followed by a space"_s, range);
    m_response.reason = reason.trimmed().toByteArray();
    if (reason.contains('\0'))
        note("nul-in-header", u"the status line holds a NUL"_s, range);
    if (reason.contains('\r'))
        note("bare-cr", u"the status line holds a CR that ends no line"_s, range);
}

void ResponseParser::parseHeaderLine(Headers &headers, QByteArrayView line, qint64 begin)
{
    const ByteRange range{begin, begin + line.size()};
    if (line.contains('\0'))
        note("nul-in-header", u"a header line holds a NUL"_s, range);
    if (line.contains('\r'))
        note("bare-cr", u"a header line holds a CR that ends no line"_s, range);
    if (line[0] == ' ' || line[0] == '\t') {
        if (headers.isEmpty()) {
            note("leading-whitespace", u"the first header line begins with white space"_s, range);
        } else {
            // obs-fold, RFC 9112 section 5.2: the value goes on; kept as received.
            note("obs-fold", u"a header value goes on in the next line (obs-fold)"_s, range);
            HeaderField &last = headers[headers.size() - 1];
            last.value += "\r\n" + line.toByteArray();
            while (last.value.endsWith(' ') || last.value.endsWith('\t'))
                last.value.chop(1);
            last.valueRange.end = range.end;
            return;
        }
    }
    const qsizetype colon = line.indexOf(':');
    HeaderField field;
    if (colon < 0) {
        note("header-without-colon", u"a header line has no colon: %1"_s.arg(quoted(line)), range);
        field.name = line.trimmed().toByteArray();
        field.nameRange = range;
        field.valueRange = {range.end, range.end};
        headers.append(std::move(field));
        return;
    }
    QByteArrayView name = line.first(colon);
    qsizetype nameBegin = 0;
    while (nameBegin < name.size() && (name[nameBegin] == ' ' || name[nameBegin] == '\t'))
        ++nameBegin;
    qsizetype nameEnd = colon;
    while (nameEnd > nameBegin && (name[nameEnd - 1] == ' ' || name[nameEnd - 1] == '\t'))
        --nameEnd;
    if (nameEnd != colon)
        note("space-before-colon", u"white space stands before the colon of %1"_s.arg(quoted(name)), range);
    name = name.sliced(nameBegin, nameEnd - nameBegin);
    if (!isToken(name))
        note("invalid-header-name", u"%1 can't be a header name"_s.arg(quoted(name)), range);
    qsizetype valueBegin = colon + 1;
    while (valueBegin < line.size() && (line[valueBegin] == ' ' || line[valueBegin] == '\t'))
        ++valueBegin;
    qsizetype valueEnd = line.size();
    while (valueEnd > valueBegin && (line[valueEnd - 1] == ' ' || line[valueEnd - 1] == '\t'))
        --valueEnd;
    const QByteArrayView value = line.sliced(valueBegin, valueEnd - valueBegin);
    if (std::ranges::any_of(value, [](char c) { return (c > 0 && c < 0x20 && c != '\t' && c != '\r') || c == 0x7f; }))
        note("invalid-header-value", u"the value of %1 holds a control character"_s.arg(quoted(name)), range);
    field.name = name.toByteArray();
    field.value = value.toByteArray();
    field.nameRange = {begin + nameBegin, begin + nameEnd};
    field.valueRange = {begin + valueBegin, begin + valueEnd};
    headers.append(std::move(field));
}

void ResponseParser::endOfHeaders()
{
    if (m_headersComplete) { // the end of the trailers
        endMessage();
        return;
    }
    const int status = m_response.status;
    if (status >= 100 && status < 200 && status != 101) {
        m_response.informational.append({status, m_response.headers});
        m_response.status = 0; // the final one is still to come
        m_response.reason.clear();
        m_response.headers = {};
        if (m_response.informational.size() > m_limits.informationalResponses) {
            note("too-many-informational", u"more than %1 interim responses"_s.arg(m_limits.informationalResponses));
            fail(ErrorCode::LimitExceeded,
                 u"the server sent more than %1 interim (1xx) responses"_s.arg(m_limits.informationalResponses),
                 u"Ask the server's owner: it never gets to its answer."_s);
            return;
        }
        m_headBegin = m_offset;
        m_state = State::StatusLine;
        return;
    }
    m_headersComplete = true;
    m_bodyOffset = m_offset;
    decideFraming();
    if (m_state == State::Failed)
        return;
    if (m_framing == Framing::None)
        endMessage();
    else
        m_state = State::Body;
}

// RFC 9112 section 6.3.
void ResponseParser::decideFraming()
{
    const int status = m_response.status;
    const Headers &headers = m_response.headers;
    const bool hasLength = headers.contains("Content-Length");
    const bool hasTransferEncoding = headers.contains("Transfer-Encoding");
    const bool isConnect = m_method == "CONNECT" && status >= 200 && status < 300;
    if (m_method == "HEAD" || status == 204 || status == 304 || status == 101 || isConnect) {
        m_framing = Framing::None;
        return;
    }
    if (hasTransferEncoding) {
        const QList<QByteArray> codings = splitList(headers.combined("Transfer-Encoding"));
        const bool isChunked = !codings.isEmpty() && equalsIgnoreCase(codings.last(), "chunked");
        const HeaderField *field = headers.find("Transfer-Encoding");
        if (hasLength)
            note("content-length-and-chunked",
                 u"both Transfer-Encoding and Content-Length are there; Transfer-Encoding wins"_s, field->valueRange);
        if (m_response.versionText == "HTTP/1.0")
            note("transfer-encoding-on-1.0", u"an HTTP/1.0 response has a Transfer-Encoding"_s, field->valueRange);
        if (!isChunked || codings.size() > 1)
            note("transfer-encoding-unknown",
                 u"the Transfer-Encoding is %1"_s.arg(quoted(headers.combined("Transfer-Encoding"))), field->valueRange);
        m_framing = isChunked ? Framing::Chunked : Framing::UntilClose;
        return;
    }
    if (hasLength) {
        qint64 length = -1;
        bool conflict = false;
        int seen = 0;
        ByteRange range;
        for (const HeaderField &field : headers) {
            if (!field.is("Content-Length"))
                continue;
            // "5, 5" and repeated lines: the same value may be taken, RFC 9112 section 6.3.
            for (const QByteArray &item : splitList(field.value.isEmpty() ? QByteArray("?") : field.value)) {
                const qint64 one = parseLength(item);
                range = field.valueRange;
                if (one < 0) {
                    note("content-length-invalid", u"Content-Length is %1"_s.arg(quoted(field.value)), range);
                    continue;
                }
                ++seen;
                conflict = conflict || (length >= 0 && one != length);
                // The larger one: the smaller would cut bytes off that the server may have meant.
                length = std::max(length, one);
            }
        }
        if (conflict)
            note("content-length-conflict", u"several Content-Length values disagree; the largest is used"_s, range);
        else if (seen > 1)
            note("content-length-conflict", u"Content-Length stands there %1 times with the same value"_s.arg(seen), range);
        if (length >= 0) {
            m_framing = length == 0 ? Framing::None : Framing::Length;
            m_remaining = length;
            if (length > m_limits.bodyBytes)
                fail(ErrorCode::LimitExceeded,
                     u"the body of %1 bytes is larger than the limit of %2 bytes"_s.arg(length).arg(m_limits.bodyBytes),
                     u"Raise the body limit, or save the response to a file with another tool."_s);
            return;
        }
    }
    m_framing = Framing::UntilClose;
}

qsizetype ResponseParser::feedBody(QByteArrayView bytes)
{
    const auto take = [&](qsizetype count) {
        const qsizetype allowed = std::min<qint64>(count, m_limits.bodyBytes - m_bodyReceived);
        m_bodyReceived += allowed;
        if (m_keepsBody)
            m_body.append(bytes.first(allowed));
        if (allowed < count)
            fail(ErrorCode::LimitExceeded,
                 u"the body is larger than the limit of %1 bytes"_s.arg(m_limits.bodyBytes),
                 u"Raise the body limit if you need more of it."_s);
    };
    switch (m_framing) {
    case Framing::None:
        break;
    case Framing::Length: {
        const qsizetype count = qsizetype(std::min<qint64>(m_remaining, bytes.size()));
        take(count);
        m_remaining -= count;
        if (m_remaining == 0 && m_state == State::Body)
            endMessage();
        return count;
    }
    case Framing::UntilClose:
        take(bytes.size());
        return bytes.size();
    case Framing::Chunked:
        if (m_chunkState == ChunkState::Data) {
            const qsizetype count = qsizetype(std::min<qint64>(m_remaining, bytes.size()));
            take(count);
            m_remaining -= count;
            if (m_remaining == 0)
                m_chunkState = ChunkState::DataEnd;
            return count;
        }
        return feedChunked(bytes);
    }
    return bytes.size();
}

// The lines between the data of chunks, and the trailers (RFC 9112 section 7.1).
qsizetype ResponseParser::feedChunked(QByteArrayView bytes)
{
    if (m_line.isEmpty())
        m_lineBegin = m_offset;
    if (m_chunkState == ChunkState::DataEnd) {
        // CR LF must follow the data.
        if (bytes[0] == '\r' && m_line.isEmpty()) {
            m_line = "\r"_ba;
            return 1;
        }
        if (bytes[0] == '\n') {
            if (m_line.isEmpty())
                note("bare-lf", u"LF alone ends the data of a chunk"_s, {m_offset, m_offset + 1});
            m_line.clear();
            m_chunkState = ChunkState::Size;
            return 1;
        }
        note("chunk-missing-crlf", u"no line end follows the data of a chunk"_s, {m_lineBegin, m_offset + 1});
        m_line.clear();
        m_chunkState = ChunkState::Size;
        return 0;
    }
    const qsizetype newline = bytes.indexOf('\n');
    const qsizetype count = newline < 0 ? bytes.size() : newline + 1;
    const bool isTrailer = m_chunkState == ChunkState::Trailer;
    if (isTrailer && m_trailerBegin < 0)
        m_trailerBegin = m_offset;
    m_chunkOverhead += count;
    if (isTrailer ? m_offset + count - m_trailerBegin > m_limits.headerBytes : m_line.size() + count > m_limits.headerBytes) {
        fail(ErrorCode::LimitExceeded,
             u"a chunk size line or the trailers are larger than the limit of %1 bytes"_s.arg(m_limits.headerBytes),
             u"Raise the header limit if the server really means it."_s);
        return count;
    }
    if (!isTrailer && m_chunkOverhead > m_limits.headerBytes + maxChunkOverhead * m_bodyReceived) {
        fail(ErrorCode::LimitExceeded,
             u"the lines between the chunks hold %1 bytes, for %2 bytes of the body"_s.arg(m_chunkOverhead).arg(m_bodyReceived),
             u"This looks like an attack with chunk extensions; ask the server's owner."_s);
        return count;
    }
    m_line.append(bytes.first(count));
    if (newline < 0)
        return count;
    QByteArray line;
    line.swap(m_line);
    line.chop(1);
    if (line.endsWith('\r'))
        line.chop(1);
    else
        note("bare-lf", u"a line of the chunked body ends with LF alone"_s, {m_lineBegin, m_lineBegin + line.size()});
    if (m_chunkState == ChunkState::Size) {
        takeChunkSize(line, m_lineBegin);
    } else if (line.isEmpty()) {
        endMessage();
    } else {
        parseHeaderLine(m_response.trailers, line, m_lineBegin);
        if (m_response.trailers.size() > m_limits.headerCount)
            fail(ErrorCode::LimitExceeded, u"the response has more than %1 trailer lines"_s.arg(m_limits.headerCount),
                 u"Raise the limit of header lines if the server really means it."_s);
    }
    return count;
}

void ResponseParser::takeChunkSize(QByteArrayView line, qint64 begin)
{
    const ByteRange range{begin, begin + line.size()};
    const qsizetype semicolon = line.indexOf(';');
    if (semicolon >= 0)
        note("chunk-extension", u"a chunk has an extension: %1"_s.arg(quoted(line.sliced(semicolon))), range);
    const QByteArrayView written = semicolon < 0 ? line : line.first(semicolon);
    QByteArrayView digits = written.trimmed();
    const bool hasSpace = digits.size() != written.size();
    while (digits.size() > 1 && digits.front() == '0')
        digits = digits.sliced(1); // as many as a server likes
    const bool isHex = !digits.isEmpty() && digits.size() <= 15 && std::ranges::all_of(digits, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    });
    if (!isHex) {
        note("chunk-size-malformed", u"%1 is not the size of a chunk"_s.arg(quoted(line)), range);
        fail(ErrorCode::ProtocolError, u"the chunked body can't be read on: %1 is not the size of a chunk"_s.arg(quoted(line)),
             u"Ask the server's owner; something between here and there breaks the framing."_s);
        return;
    }
    if (hasSpace)
        note("chunk-size-malformed", u"white space stands beside the size of a chunk"_s, range);
    m_remaining = digits.toByteArray().toLongLong(nullptr, 16);
    m_chunkState = m_remaining == 0 ? ChunkState::Trailer : ChunkState::Data;
}

void ResponseParser::finish()
{
    if (m_state == State::Finished || m_state == State::Failed)
        return;
    if (m_state == State::StatusLine) {
        if (!m_line.trimmed().isEmpty()) {
            QByteArray line;
            line.swap(m_line);
            parseStatusLine(line.endsWith('\r') ? QByteArrayView(line).chopped(1) : QByteArrayView(line), m_lineBegin);
            if (m_state == State::Failed)
                return;
            note("headers-truncated", u"the connection was closed within the status line"_s,
                 {m_lineBegin, m_offset});
            fail(ErrorCode::ConnectionClosed, u"the connection was closed within the response headers"_s,
                 u"Send again; if it stays, look at the server's log."_s);
            return;
        }
        fail(ErrorCode::ConnectionClosed,
             m_response.informational.isEmpty() ? u"the server closed the connection without an answer"_s
                                                : u"the server closed the connection after an interim response"_s,
             u"Send again; if it stays, look at the server's log."_s);
        return;
    }
    if (m_state == State::HeaderLines) {
        if (!m_line.isEmpty()) {
            QByteArray line;
            line.swap(m_line);
            if (line.endsWith('\r'))
                line.chop(1);
            if (!line.isEmpty())
                parseHeaderLine(m_response.headers, line, m_lineBegin);
        }
        note("headers-truncated", u"the connection was closed within the headers"_s, {m_offset, m_offset});
        fail(ErrorCode::ConnectionClosed, u"the connection was closed within the response headers"_s,
             u"Send again; if it stays, look at the server's log."_s);
        return;
    }
    if (m_framing == Framing::UntilClose) {
        endMessage();
        return;
    }
    const QString missing = m_framing == Framing::Length
        ? u"%1 of %2 bytes of the body came"_s.arg(m_bodyReceived).arg(m_bodyReceived + m_remaining)
        : u"the last chunk is missing after %1 bytes of the body"_s.arg(m_bodyReceived);
    note("body-truncated", missing, {m_offset, m_offset});
    fail(ErrorCode::ConnectionClosed, u"the connection was closed too early: "_s + missing,
         u"Send again; if it stays, look at the server or a proxy in between."_s);
}

QByteArray ResponseParser::takeBody()
{
    QByteArray out;
    out.swap(m_body);
    return out;
}

bool ResponseParser::keepAlive() const
{
    if (m_state != State::Finished || m_framing == Framing::UntilClose)
        return false;
    const auto bad = std::ranges::any_of(m_anomalies, [](const Anomaly &a) {
        // A message whose end is doubtful must not be followed by another.
        return a.id == "trailing-data"_L1 || a.id.startsWith("content-length-"_L1)
            || a.id.startsWith("transfer-encoding-"_L1) || a.id == "body-on-no-body-status"_L1 || a.id == "chunk-missing-crlf"_L1;
    });
    if (bad || m_response.status == 101)
        return false;
    bool close = false;
    bool keep = false;
    for (const QByteArray &option : splitList(m_response.headers.combined("Connection"))) {
        close = close || equalsIgnoreCase(option, "close");
        keep = keep || equalsIgnoreCase(option, "keep-alive");
    }
    return !close && (keep || m_response.versionText == "HTTP/1.1");
}

// --- requests ---

RequestParser::RequestParser(const Limits &limits) : m_limits(limits) {}

qsizetype RequestParser::feed(QByteArrayView bytes)
{
    enum { Size, Data, DataEnd, Trailer };
    qsizetype used = 0;
    const auto fail = [&](ErrorCode code, const QString &message) {
        m_failed = true;
        m_error = {code, message, {}, {}};
    };
    const auto takeBody = [&](qint64 count) {
        const auto n = qsizetype(std::min<qint64>(count, bytes.size() - used));
        if (m_body.size() + n > m_limits.bodyBytes) {
            fail(ErrorCode::LimitExceeded, u"the body is larger than %1 bytes"_s.arg(m_limits.bodyBytes));
            return;
        }
        m_body.append(bytes.sliced(used, n));
        used += n;
        m_remaining -= n;
    };
    while (used < bytes.size() && !m_finished && !m_failed) {
        if (m_headersComplete && (!m_chunked || m_chunkState == Data)) {
            takeBody(m_remaining);
            if (m_remaining == 0) {
                if (m_chunked)
                    m_chunkState = DataEnd;
                else
                    m_finished = true;
            }
            continue;
        }
        const QByteArrayView rest = bytes.sliced(used);
        const qsizetype newline = rest.indexOf('\n');
        const qsizetype count = newline < 0 ? rest.size() : newline + 1;
        if ((m_headersComplete ? m_line.size() : m_raw.size() + used) + count > m_limits.headerBytes) {
            fail(ErrorCode::LimitExceeded, u"the request headers are larger than %1 bytes"_s.arg(m_limits.headerBytes));
            break;
        }
        m_line.append(rest.first(count));
        used += count;
        if (newline < 0)
            break;
        QByteArray line;
        line.swap(m_line);
        line.chop(1);
        if (line.endsWith('\r'))
            line.chop(1);
        if (!m_started) {
            if (line.isEmpty())
                continue; // RFC 9112 section 2.2
            const QList<QByteArray> parts = line.split(' ');
            if (parts.size() != 3 || !isToken(parts.at(0)) || !parts.at(2).startsWith("HTTP/")) {
                fail(ErrorCode::ProtocolError, u"the request line is malformed: %1"_s.arg(quoted(line)));
                break;
            }
            m_head.method = parts.at(0);
            m_head.target = parts.at(1);
            m_head.version = parts.at(2);
            m_started = true;
        } else if (!m_headersComplete && !line.isEmpty()) {
            const qsizetype colon = line.indexOf(':');
            if (colon <= 0 || !isToken(QByteArrayView(line).first(colon))) {
                fail(ErrorCode::ProtocolError, u"a header line is malformed: %1"_s.arg(quoted(line)));
                break;
            }
            m_head.headers.append(line.first(colon), line.sliced(colon + 1).trimmed());
            if (m_head.headers.size() > m_limits.headerCount)
                fail(ErrorCode::LimitExceeded, u"the request has more than %1 header lines"_s.arg(m_limits.headerCount));
        } else if (!m_headersComplete) {
            m_headersComplete = true;
            m_chunked = equalsIgnoreCase(m_head.headers.value("Transfer-Encoding"), "chunked");
            if (!m_chunked) {
                const QByteArray length = m_head.headers.value("Content-Length");
                m_remaining = length.isEmpty() ? 0 : parseLength(length);
                if (m_remaining < 0)
                    fail(ErrorCode::ProtocolError, u"Content-Length is %1"_s.arg(quoted(length)));
                else if (m_remaining == 0)
                    m_finished = true;
            }
        } else if (m_chunkState == Size) {
            bool ok = false;
            m_remaining = line.left(line.indexOf(';') < 0 ? line.size() : line.indexOf(';')).trimmed().toLongLong(&ok, 16);
            if (!ok || m_remaining < 0)
                fail(ErrorCode::ProtocolError, u"%1 is not the size of a chunk"_s.arg(quoted(line)));
            m_chunkState = m_remaining == 0 ? Trailer : Data;
        } else if (m_chunkState == DataEnd) {
            m_chunkState = Size;
        } else if (line.isEmpty()) {
            m_finished = true;
        }
    }
    m_raw.append(bytes.first(used));
    return used;
}

} // namespace realmscope
