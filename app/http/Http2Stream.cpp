// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/http/Http2Stream.h"

#include "app/http/Http2Names.h"
#include "app/http/Http2RequestHead.h"

#include <algorithm>
#include <cstring>

using namespace Qt::StringLiterals;

namespace realmscope {

Http2Stream::Received Http2Stream::takeReceived()
{
    Received out;
    out.body = std::exchange(m_body, {});
    out.text = m_text.isEmpty() ? out.body : std::exchange(m_text, {});
    return out;
}

qint64 Http2Stream::bodySize() const
{
    return m_reader ? m_request.streamedBody->size() : m_request.body.size();
}

Result<std::optional<qint64>> Http2Stream::readBody(char *buffer, qint64 size, bool &atEnd)
{
    QByteArray bytes;
    if (m_reader) {
        Result<QByteArray> more = m_reader->read(size);
        if (!more)
            return more.error();
        if (m_reader->waitsFor() >= 0 && more->isEmpty())
            return std::optional<qint64>();
        bytes = std::move(more).value();
        atEnd = m_reader->atEnd();
        if (const Result<void> ok = m_record.append(bytes); !ok)
            return ok.error();
    } else {
        bytes = m_request.body.mid(m_bodySent, size);
        atEnd = m_bodySent + bytes.size() == m_request.body.size();
    }
    std::memcpy(buffer, bytes.constData(), size_t(bytes.size()));
    m_bodySent += bytes.size();
    ++m_progress;
    return std::optional(qint64(bytes.size()));
}

Result<RecordedBytes> Http2Stream::requestRecord() const
{
    if (m_reader)
        return m_record;
    if (m_bodySent == 0)
        return RecordedBytes(m_requestText);
    RecordedBytes record;
    Result<void> ok = record.append(m_requestText);
    if (ok)
        ok = record.append(QByteArrayView(m_request.body).first(m_bodySent));
    return ok ? Result<RecordedBytes>(record) : ok.error();
}

void Http2Stream::note(const char *id, const QString &text, ByteRange range)
{
    const QString idText = QString::fromLatin1(id);
    // One of a kind with its first place is enough to explain; a hostile server could send millions.
    if (std::ranges::count_if(m_anomalies, [&](const Anomaly &a) { return a.id == idText; }) < 8)
        m_anomalies.append({idText, text, range});
}

void Http2Stream::fail(Error error)
{
    if (m_finished || m_error)
        return;
    if (m_headersComplete)
        note("body-truncated",
             m_contentLength < 0
                 ? u"the body ends after %1 bytes"_s.arg(m_bodyReceived)
                 : u"the body ends after %1 of %2 bytes"_s.arg(m_bodyReceived).arg(m_contentLength));
    m_error = std::move(error);
    m_resetWanted = !m_closed;
    if (!m_headersComplete && !m_blockText.isEmpty())
        m_facts.responseFields = m_block; // as far as they came
    if (!m_blockText.isEmpty())
        takeBlockText();
}

void Http2Stream::takeBlockText()
{
    if (m_text.isEmpty())
        m_text = m_body; // what came before
    m_text += m_blockText;
    m_textSize += m_blockText.size();
    m_blockText.clear();
}

void Http2Stream::beginBlock()
{
    m_block = {};
    m_blockText.clear();
    m_blockBytes = 0;
    m_blockBegin = m_textSize;
    m_blockHasStatus = m_blockHasRegular = false;
}

void Http2Stream::addField(QByteArrayView name, QByteArrayView value)
{
    if (m_error)
        return;
    m_blockBytes += name.size() + value.size() + 4;
    if (m_blockBytes > m_limits.headerBytes) {
        fail({ErrorCode::LimitExceeded,
              u"the response headers are larger than the limit of %1 bytes"_s.arg(m_limits.headerBytes),
              {},
              u"Raise the header limit if the server really means it."_s});
        return;
    }
    if (m_block.size() >= m_limits.headerCount) {
        fail({ErrorCode::LimitExceeded,
              u"the response has more than %1 header lines"_s.arg(m_limits.headerCount),
              {},
              u"Raise the limit of header lines if the server really means it."_s});
        return;
    }
    HeaderField field;
    field.name = name.toByteArray();
    field.value = value.toByteArray();
    appendFieldLine(m_blockText, field);
    for (ByteRange *range : {&field.nameRange, &field.valueRange}) {
        range->begin += m_blockBegin;
        range->end += m_blockBegin;
    }
    checkField(field);
    m_block.append(std::move(field));
}

void Http2Stream::checkField(const HeaderField &field)
{
    const bool isPseudo = field.name.startsWith(':');
    const QByteArrayView bare = isPseudo ? QByteArrayView(field.name).sliced(1) : QByteArrayView(field.name);
    if (std::ranges::any_of(bare, [](char c) { return c >= 'A' && c <= 'Z'; }))
        note("uppercase-header-name",
             u"the header name %1 has capitals; HTTP/2 has none (RFC 9113 section 8.2)"_s.arg(
                 http2Quoted(field.name)),
             field.nameRange);
    if (!isToken(bare))
        note("invalid-header-name", u"%1 can't be a header name"_s.arg(http2Quoted(field.name)),
             field.nameRange);
    if (std::ranges::any_of(field.value, [](char c) { return c == '\r' || c == '\n' || c == '\0'; }))
        note("invalid-header-value",
             u"the value of %1 holds a line end or a NUL"_s.arg(http2Quoted(field.name)), field.valueRange);
    const auto isBlank = [](char c) { return c == ' ' || c == '\t'; };
    if (!field.value.isEmpty() && (isBlank(field.value.front()) || isBlank(field.value.back())))
        note("header-value-white-space",
             u"the value of %1 has white space around it (RFC 9113 section 8.2.1)"_s.arg(
                 http2Quoted(field.name)),
             field.valueRange);
    if (isConnectionSpecific(field.name))
        note("connection-header",
             u"%1 is about the connection and has no place on HTTP/2 (RFC 9113 section 8.2.2)"_s.arg(
                 http2Quoted(field.name)),
             field.nameRange);
    if (!isPseudo) {
        m_blockHasRegular = true;
        return;
    }
    if (m_blockHasRegular || m_headersComplete)
        note("pseudo-header-misplaced",
             m_headersComplete
                 ? u"%1 stands in the trailers"_s.arg(http2Quoted(field.name))
                 : u"%1 stands behind other headers (RFC 9113 section 8.3)"_s.arg(http2Quoted(field.name)),
             field.nameRange);
    if (field.name != ":status") {
        note("pseudo-header-unknown", u"%1 is no pseudo-header of responses"_s.arg(http2Quoted(field.name)),
             field.nameRange);
        return;
    }
    if (m_blockHasStatus)
        note("pseudo-header-repeated", u":status stands there more than once; the first counts"_s,
             field.nameRange);
    m_blockHasStatus = true;
}

void Http2Stream::endBlock(bool endOfStream)
{
    if (m_error)
        return;
    ++m_progress;
    if (m_headersComplete) {
        for (const HeaderField &field : m_block) {
            if (!field.name.startsWith(':'))
                m_response.trailers.append(field);
        }
        takeBlockText();
        m_trailersSeen = true;
        if (!endOfStream)
            note("trailers-not-last",
                 u"more headers came after the headers, and they don't end the response"_s);
        return;
    }
    m_blockText += "\r\n";
    takeBlockText();
    m_facts.responseFields = m_block;
    m_response.versionText = "HTTP/2"_ba;
    takeStatus();
    if (m_error)
        return;
    if (m_response.status >= 200) {
        m_headersComplete = true;
        m_bodyOffset = m_textSize;
        checkLength();
        return;
    }
    if (m_response.status == 101)
        note("switching-protocols", u"status 101 has no meaning on HTTP/2 (RFC 9113 section 8.6)"_s);
    m_response.informational.append({m_response.status, m_response.headers});
    if (endOfStream) {
        fail({ErrorCode::ProtocolError,
              u"the server ended the stream with the interim response %1"_s.arg(m_response.status),
              {},
              u"Ask the server's owner: it never gets to its answer."_s});
        return;
    }
    m_response.status = 0;
    m_response.headers = {};
    if (m_response.informational.size() > m_limits.informationalResponses) {
        note("too-many-informational",
             u"more than %1 interim responses"_s.arg(m_limits.informationalResponses));
        fail({ErrorCode::LimitExceeded,
              u"the server sent more than %1 interim (1xx) responses"_s.arg(m_limits.informationalResponses),
              {},
              u"Ask the server's owner: it never gets to its answer."_s});
    }
}

void Http2Stream::takeStatus()
{
    const HeaderField *status = nullptr;
    Headers regular;
    for (const HeaderField &field : m_block) {
        if (!field.name.startsWith(':'))
            regular.append(field);
        else if (!status && field.name == ":status")
            status = &field;
    }
    m_response.headers = regular;
    if (!status) {
        fail({ErrorCode::ProtocolError, u"the response has no :status"_s, u"RFC 9113 section 8.3.2"_s,
              u"It is a fault of the server or of something in between; try HTTP/1.1."_s});
        return;
    }
    const bool isDigits = !status->value.isEmpty() &&
                          std::ranges::all_of(status->value, [](char c) { return c >= '0' && c <= '9'; });
    const int number = isDigits && status->value.size() <= 4 ? status->value.toInt() : 0;
    if (number < 100) {
        fail({ErrorCode::ProtocolError,
              u"the status is %1, which is no number of three digits"_s.arg(http2Quoted(status->value)),
              {},
              u"It is a fault of the server or of something in between; try HTTP/1.1."_s});
        return;
    }
    if (status->value.size() != 3)
        note("status-malformed", u"the status is %1"_s.arg(http2Quoted(status->value)), status->valueRange);
    m_response.status = number;
}

void Http2Stream::checkLength()
{
    bool hasConflict = false;
    int seen = 0;
    ByteRange range;
    for (const HeaderField &field : m_response.headers) {
        if (!field.is("content-length"))
            continue;
        range = field.valueRange;
        for (const QByteArray &item : splitList(field.value)) {
            const bool isNumber = !item.isEmpty() && item.size() <= 18 &&
                                  std::ranges::all_of(item, [](char c) { return c >= '0' && c <= '9'; });
            if (!isNumber) {
                note("content-length-invalid", u"Content-Length is %1"_s.arg(http2Quoted(field.value)),
                     range);
                continue;
            }
            ++seen;
            const qint64 one = item.toLongLong();
            hasConflict = hasConflict || (m_contentLength >= 0 && one != m_contentLength);
            m_contentLength = std::max(m_contentLength, one);
        }
    }
    if (hasConflict)
        note("content-length-conflict",
             u"several Content-Length values disagree; the end of the stream ends the body"_s, range);
    else if (seen > 1)
        note("content-length-conflict",
             u"Content-Length stands there %1 times with the same value"_s.arg(seen), range);
    const bool hasNoBody = m_request.method == "HEAD" || m_response.status == 204 || m_response.status == 304;
    if (hasNoBody)
        m_contentLength = -1;
    if (m_contentLength > m_limits.bodyBytes)
        fail({ErrorCode::LimitExceeded,
              u"the body of %1 bytes is larger than the limit of %2 bytes"_s.arg(m_contentLength)
                  .arg(m_limits.bodyBytes),
              {},
              u"Raise the body limit, or save the response to a file with another tool."_s});
}

void Http2Stream::addBody(QByteArrayView bytes)
{
    if (m_error || m_finished)
        return;
    if (m_bodyReceived == 0 && !bytes.isEmpty() &&
        (m_request.method == "HEAD" || m_response.status == 204 || m_response.status == 304))
        note("body-on-no-body-status", u"a body came where none may be (%1 to %2)"_s.arg(m_response.status)
                                           .arg(QString::fromLatin1(m_request.method)));
    m_bodyIsSplit = m_bodyIsSplit || (m_trailersSeen && !bytes.isEmpty());
    const qint64 room = m_limits.bodyBytes - m_bodyReceived;
    const QByteArrayView taken = bytes.first(std::min<qint64>(bytes.size(), room));
    m_body.append(taken);
    if (!m_text.isEmpty())
        m_text.append(taken);
    m_bodyReceived += taken.size();
    m_textSize += taken.size();
    if (taken.size() < bytes.size())
        fail({ErrorCode::LimitExceeded,
              u"the body is larger than the limit of %1 bytes"_s.arg(m_limits.bodyBytes),
              {},
              u"Raise the body limit if you need more of it."_s});
}

// Without its headers a body means nothing: a malformed response (RFC 9113 section 8.1.1). What came of it stays.
void Http2Stream::endData(bool endOfStream)
{
    if (m_headersComplete || (m_bodyReceived == 0 && !endOfStream))
        return;
    fail({ErrorCode::ProtocolError,
          m_bodyReceived > 0 ? u"the server sent a body before the headers of the response"_s
                             : u"the server ended the stream without a response"_s,
          u"RFC 9113 section 8.1"_s, u"It is a fault of the server or of something in between; try HTTP/1.1."_s});
}

void Http2Stream::endOfStream()
{
    if (m_error || m_finished)
        return;
    if (m_contentLength >= 0 && m_contentLength != m_bodyReceived)
        note("content-length-mismatch",
             u"Content-Length is %1, the body has %2 bytes"_s.arg(m_contentLength).arg(m_bodyReceived),
             m_response.headers.find("content-length")->valueRange);
    ++m_progress;
    m_finished = true;
}

} // namespace realmscope
