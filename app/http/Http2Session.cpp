// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/http/Http2Session.h"

#include "app/base/Encoding.h"
#include "app/http/Http2Names.h"
#include "app/http/Http2RequestHead.h"

#include <QtCore/QtEndian>

#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr qsizetype frameHeadSize = 9;
constexpr quint32 initialStreams = 100;        // until the server says how many it takes
constexpr int streamWindow = 16 * 1024 * 1024; // a round trip of 100 ms still lets 1 Gbit/s through
constexpr int connectionWindow = 64 * 1024 * 1024;
constexpr size_t longestHeaderBlock = 1024 * 1024; // of a request
constexpr int maxContinuations = 8; // of one header block, as nghttp2 has it: 144 KiB of compressed headers
constexpr int maxEmptyFrames = 1000;
constexpr qsizetype maxFrames = 4096; // that an exchange keeps
constexpr qint64 maxKeptPayload = 1024 * 1024;
constexpr qsizetype maxForeign = 64 * 1024;
constexpr qsizetype maxStatusLine = 8 * 1024; // of HTTP/1.1, waited for before the connection is given up

QByteArrayView view(const uint8_t *data, size_t size)
{
    return {reinterpret_cast<const char *>(data), qsizetype(size)};
}

// nghttp2 takes pointers to bytes that it only reads.
uint8_t *mutableBytes(const QByteArray &bytes)
{
    return reinterpret_cast<uint8_t *>(
        const_cast<char *>(bytes.constData())); // NOLINT(cppcoreguidelines-pro-type-const-cast)
}

// Must not get into a compression table that others may probe (RFC 7541 section 7.1.3).
bool isSensitive(const HeaderField &field)
{
    return field.source == HeaderSource::Profile || field.source == HeaderSource::CookieJar ||
           field.is("authorization") || field.is("proxy-authorization") || field.is("cookie");
}

QString frameWords(const Http2Frame &frame)
{
    return frame.stream == 0 ? u"%1 frame of %2 bytes"_s.arg(http2FrameName(frame.type)).arg(frame.length)
                             : u"%1 frame of %2 bytes on stream %3"_s.arg(http2FrameName(frame.type))
                                   .arg(frame.length)
                                   .arg(frame.stream);
}

void readFrameHead(const QByteArray &head, Http2Frame &frame)
{
    const auto byte = [&head](qsizetype at) { return static_cast<quint8>(head.at(at)); };
    frame.length = (quint32(byte(0)) << 16) | (quint32(byte(1)) << 8) | byte(2);
    frame.type = byte(3);
    frame.flags = byte(4);
    frame.stream = qFromBigEndian<quint32>(head.constData() + 5) & 0x7fff'ffffU;
    frame.payload.clear();
    frame.data = {};
}

} // namespace

// --- nghttp2 ---

struct Http2Session::Library
{
    nghttp2_session *session = nullptr;

    static Http2Session &self(void *user) { return *static_cast<Http2Session *>(user); }

    static int beginHeaders(nghttp2_session *, const nghttp2_frame *frame, void *user)
    {
        if (frame->hd.type == NGHTTP2_HEADERS) {
            if (Http2Stream *stream = self(user).find(quint32(frame->hd.stream_id)))
                stream->beginBlock();
        }
        return 0;
    }
    static int header(nghttp2_session *, const nghttp2_frame *frame, const uint8_t *name, size_t nameSize,
                      const uint8_t *value, size_t valueSize, uint8_t, void *user)
    {
        if (frame->hd.type == NGHTTP2_HEADERS) {
            if (Http2Stream *stream = self(user).find(quint32(frame->hd.stream_id))) {
                stream->addField(view(name, nameSize), view(value, valueSize));
                if (stream->hasFailed())
                    self(user).changed(*stream);
            }
        }
        return 0;
    }
    static int data(nghttp2_session *, uint8_t, int32_t id, const uint8_t *bytes, size_t size, void *user)
    {
        if (Http2Stream *stream = self(user).find(quint32(id))) {
            stream->addBody(view(bytes, size));
            self(user).changed(*stream);
        }
        return 0;
    }
    static int frameReceived(nghttp2_session *, const nghttp2_frame *frame, void *user)
    {
        take(self(user), *frame);
        return 0;
    }
    static void take(Http2Session &session, const nghttp2_frame &frame)
    {
        Http2Stream *stream = session.find(quint32(frame.hd.stream_id));
        const bool isEnd = (frame.hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
        switch (frame.hd.type) {
        case NGHTTP2_SETTINGS:
            session.m_sawSettings = session.m_sawSettings || (frame.hd.flags & NGHTTP2_FLAG_ACK) == 0;
            break;
        case NGHTTP2_GOAWAY:
            session.m_goAway =
                GoAway{quint32(frame.goaway.last_stream_id), frame.goaway.error_code,
                       frame.goaway.opaque_data_len > 0
                           ? http2Quoted(view(frame.goaway.opaque_data, frame.goaway.opaque_data_len))
                           : QString()};
            break;
        case NGHTTP2_RST_STREAM:
            if (stream)
                stream->m_facts.resetCode = frame.rst_stream.error_code;
            break;
        case NGHTTP2_HEADERS:
        case NGHTTP2_DATA:
            if (!stream)
                break;
            if (frame.hd.type == NGHTTP2_HEADERS)
                stream->endBlock(isEnd);
            else
                stream->endData(isEnd);
            if (isEnd)
                stream->endOfStream();
            session.changed(*stream);
            break;
        default:
            break;
        }
    }
    static int streamClosed(nghttp2_session *, int32_t id, uint32_t code, void *user)
    {
        if (Http2Stream *stream = self(user).find(quint32(id)))
            self(user).streamClosed(*stream, code);
        return 0;
    }
    static int notSent(nghttp2_session *, const nghttp2_frame *frame, int reason, void *user)
    {
        Http2Stream *stream =
            frame->hd.type == NGHTTP2_HEADERS ? self(user).find(quint32(frame->hd.stream_id)) : nullptr;
        if (stream) {
            const bool isTooLarge = reason == NGHTTP2_ERR_FRAME_SIZE_ERROR;
            stream->m_closed = true;
            stream->m_refused = !isTooLarge; // a GOAWAY was faster
            stream->fail({isTooLarge ? ErrorCode::LimitExceeded : ErrorCode::ConnectionClosed,
                          isTooLarge
                              ? u"the request headers are larger than HTTP/2 frames can carry here (1 MiB)"_s
                              : u"the request was not sent: the connection takes no more streams"_s,
                          QString::fromLatin1(nghttp2_strerror(reason)),
                          {}});
            self(user).changed(*stream);
        }
        return 0;
    }
    static int complaint(nghttp2_session *, int, const char *text, size_t size, void *user)
    {
        self(user).m_complaint = displayText(QByteArrayView(text, qsizetype(size)));
        return 0;
    }
    static int invalidFrame(nghttp2_session *, const nghttp2_frame *, int reason, void *user)
    {
        self(user).m_complaint = QString::fromLatin1(nghttp2_strerror(reason));
        return 0;
    }
    static ssize_t readBody(nghttp2_session *, int32_t id, uint8_t *buffer, size_t size, uint32_t *flags,
                            nghttp2_data_source *, void *user)
    {
        Http2Stream *stream = self(user).find(quint32(id));
        if (!stream)
            return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
        bool atEnd = false;
        const Result<std::optional<qint64>> count = stream->readBody(reinterpret_cast<char *>(buffer), qint64(size), atEnd);
        if (!count) {
            stream->fail(count.error());
            self(user).changed(*stream);
            return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE; // resets the stream
        }
        if (!*count)
            return NGHTTP2_ERR_DEFERRED;
        if (atEnd)
            *flags |= NGHTTP2_DATA_FLAG_EOF;
        return **count;
    }
};

Http2Session::Http2Session(const Limits &limits) : m_library(std::make_unique<Library>()), m_limits(limits)
{
    nghttp2_session_callbacks *callbacks = nullptr;
    nghttp2_option *option = nullptr;
    if (nghttp2_session_callbacks_new(&callbacks) != 0 || nghttp2_option_new(&option) != 0)
        qFatal("out of memory");
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, &Library::beginHeaders);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, &Library::header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, &Library::data);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, &Library::frameReceived);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, &Library::streamClosed);
    nghttp2_session_callbacks_set_on_frame_not_send_callback(callbacks, &Library::notSent);
    nghttp2_session_callbacks_set_error_callback2(callbacks, &Library::complaint);
    nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(callbacks, &Library::invalidFrame);
    nghttp2_option_set_no_http_messaging(option, 1);
    nghttp2_option_set_no_closed_streams(option, 1);
    nghttp2_option_set_max_send_header_block_length(option, longestHeaderBlock);
    const int made = nghttp2_session_client_new2(&m_library->session, callbacks, this, option);
    nghttp2_option_del(option);
    nghttp2_session_callbacks_del(callbacks);
    if (made != 0)
        qFatal("out of memory");

    const std::array<nghttp2_settings_entry, 3> settings{{
        {NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
        {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, streamWindow},
        {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE,
         quint32(std::clamp<qint64>(limits.headerBytes, 1, 0x7fff'ffff))},
    }};
    if (nghttp2_submit_settings(m_library->session, NGHTTP2_FLAG_NONE, settings.data(), settings.size()) !=
            0 ||
        nghttp2_session_set_local_window_size(m_library->session, NGHTTP2_FLAG_NONE, 0, connectionWindow) !=
            0)
        qFatal("out of memory");
}

Http2Session::~Http2Session()
{
    nghttp2_session_del(m_library->session);
}

// --- streams ---

Http2Stream *Http2Session::find(quint32 id) const
{
    const auto it = m_streams.find(id);
    return it == m_streams.end() ? nullptr : it->second.get();
}

bool Http2Session::isGoingAway() const
{
    return m_goAway || m_error || m_closed || nghttp2_session_check_request_allowed(m_library->session) == 0;
}

bool Http2Session::canOpen() const
{
    if (isGoingAway())
        return false;
    const quint32 limit =
        m_sawSettings
            ? nghttp2_session_get_remote_settings(m_library->session, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS)
            : initialStreams;
    const auto open =
        std::ranges::count_if(m_streams, [](const auto &entry) { return !entry.second->isClosed(); });
    return quint32(open) < limit;
}

Result<Http2Stream *> Http2Session::open(const Request &request, const Limits &limits)
{
    if (!canOpen())
        return Error{ErrorCode::ConnectionClosed, u"the HTTP/2 connection takes no more streams"_s, {}, {}};
    Http2RequestHead head = http2RequestHead(request);
    std::vector<nghttp2_nv> list;
    list.reserve(size_t(head.fields.size()));
    for (const HeaderField &field : head.fields) {
        list.push_back({mutableBytes(field.name), mutableBytes(field.value), size_t(field.name.size()),
                        size_t(field.value.size()),
                        quint8(isSensitive(field) ? NGHTTP2_NV_FLAG_NO_INDEX : NGHTTP2_NV_FLAG_NONE)});
    }
    nghttp2_data_provider provider{};
    provider.read_callback = &Library::readBody;
    const bool hasBody = request.streamedBody || !request.body.isEmpty();
    const int32_t id = nghttp2_submit_request(m_library->session, nullptr, list.data(), list.size(),
                                              hasBody ? &provider : nullptr, nullptr);
    if (id < 0)
        return Error{ErrorCode::ConnectionClosed,
                     u"the HTTP/2 connection takes no more streams"_s,
                     QString::fromLatin1(nghttp2_strerror(id)),
                     {}};
    auto stream = std::make_unique<Http2Stream>();
    stream->m_limits = limits;
    stream->m_request = std::move(head.request);
    stream->m_requestText = std::move(head.text);
    stream->m_notes = std::move(head.notes);
    if (request.streamedBody) {
        stream->m_reader.emplace(request.streamedBody);
        if (const Result<void> ok = stream->m_record.append(stream->m_requestText); !ok)
            return ok.error();
    }
    stream->m_facts.stream = quint32(id);
    stream->m_facts.requestFields = std::move(head.fields);
    Http2Stream *opened = stream.get();
    m_streams.emplace(quint32(id), std::move(stream));
    return opened;
}

void Http2Session::resume(Http2Stream *stream)
{
    if (!stream->isClosed() && !m_error && !m_closed)
        nghttp2_session_resume_data(m_library->session, int32_t(stream->id()));
}

void Http2Session::release(Http2Stream *stream)
{
    const quint32 id = stream->id();
    if (!stream->isClosed() && !m_error && !m_closed)
        nghttp2_submit_rst_stream(m_library->session, NGHTTP2_FLAG_NONE, int32_t(id), NGHTTP2_CANCEL);
    std::erase(m_changed, id);
    m_streams.erase(id);
}

void Http2Session::changed(Http2Stream &stream)
{
    if (std::ranges::find(m_changed, stream.id()) == m_changed.end())
        m_changed.push_back(stream.id());
}

std::vector<Http2Stream *> Http2Session::takeChanged()
{
    std::vector<Http2Stream *> streams;
    for (const quint32 id : std::exchange(m_changed, {})) {
        if (Http2Stream *stream = find(id))
            streams.push_back(stream);
    }
    return streams;
}

void Http2Session::resetFailed()
{
    for (const quint32 id : m_changed) {
        Http2Stream *stream = find(id);
        if (!stream || !std::exchange(stream->m_resetWanted, false) || stream->isClosed())
            continue;
        nghttp2_submit_rst_stream(m_library->session, NGHTTP2_FLAG_NONE, int32_t(id),
                                  stream->error().code == ErrorCode::ProtocolError ? NGHTTP2_PROTOCOL_ERROR
                                                                                   : NGHTTP2_CANCEL);
    }
}

// --- what comes ---

void Http2Session::feed(QByteArrayView bytes)
{
    if (m_error || m_closed) {
        if (!m_foreign.isEmpty())
            m_foreign.append(
                bytes.first(std::min(bytes.size(), maxForeign - std::min(maxForeign, m_foreign.size()))));
        return;
    }
    QByteArray joined;
    if (!m_isHttp2) {
        // A server that does not speak HTTP/2 answers with HTTP/1.1; to HTTP/2 that is a frame of 4 MB.
        constexpr QByteArrayView http1 = "HTTP/";
        m_first.append(bytes);
        const qsizetype looked = std::min(m_first.size(), http1.size());
        if (m_first.first(looked) == http1.first(looked)) {
            if (m_first.contains('\n') || m_first.size() > maxStatusLine)
                failAsHttp1();
            return;
        }
        m_isHttp2 = true;
        joined = std::exchange(m_first, {});
        bytes = joined;
    }
    while (!bytes.isEmpty() && !m_error) {
        qsizetype headPart = 0;
        if (m_in.head.size() < frameHeadSize) {
            headPart = std::min(frameHeadSize - m_in.head.size(), bytes.size());
            m_in.head.append(bytes.first(headPart));
            if (m_in.head.size() == frameHeadSize) {
                readFrameHead(m_in.head, m_in.frame);
                m_in.left = m_in.frame.length;
                const Http2Stream *stream = find(m_in.frame.stream);
                m_in.bodyBefore = stream ? stream->m_bodyReceived : 0;
                if (!admit(m_in.frame))
                    return;
            }
        }
        if (m_in.head.size() < frameHeadSize)
            break;
        // nghttp2 gets the head of a frame in one piece only: it counts every piece as another CONTINUATION.
        if (headPart > 0 && headPart < frameHeadSize) {
            give(m_in.head);
            bytes = bytes.sliced(headPart);
            headPart = 0;
        }
        const qsizetype payloadPart = std::min<qint64>(m_in.left, bytes.size() - headPart);
        if (m_in.frame.type != NGHTTP2_DATA)
            m_in.frame.payload.append(bytes.sliced(headPart, payloadPart));
        m_in.left -= payloadPart;
        if (!m_error && headPart + payloadPart > 0)
            give(bytes.first(headPart + payloadPart));
        bytes = bytes.sliced(headPart + payloadPart);
        if (m_in.left == 0 && !m_error)
            frameReceived();
    }
    if (!m_error) {
        resetFailed();
        drain(64 * 1024); // shows at once what nghttp2 has against the server: a GOAWAY
    }
}

void Http2Session::failAsHttp1()
{
    m_foreign = std::exchange(m_first, {});
    m_foreign.truncate(maxForeign);
    const QByteArrayView line = QByteArrayView(m_foreign).first(std::max<qsizetype>(m_foreign.indexOf('\n'), 0));
    failConnection({ErrorCode::ProtocolError,
                    u"the server does not speak HTTP/2; it answered %1"_s.arg(
                        http2Quoted((line.isEmpty() ? QByteArrayView(m_foreign) : line).trimmed())),
                    {},
                    u"Choose HTTP/1.1 for this request."_s});
}

bool Http2Session::admit(const Http2Frame &frame)
{
    if (frame.type != NGHTTP2_CONTINUATION) {
        m_continuations = 0;
        return true;
    }
    drain(64 * 1024); // one that belongs to no block has been complained about by now
    if (m_error)
        return false;
    if (++m_continuations <= maxContinuations)
        return true;
    failConnection({ErrorCode::LimitExceeded,
                    u"the header block on stream %1 has more than %2 CONTINUATION frames"_s.arg(frame.stream)
                        .arg(maxContinuations),
                    u"The limit keeps a flood of them from filling the memory."_s,
                    u"Ask the server's owner: its headers do not end, or are very large."_s});
    return false;
}

void Http2Session::give(QByteArrayView bytes)
{
    const ssize_t taken = nghttp2_session_mem_recv(
        m_library->session, reinterpret_cast<const uint8_t *>(bytes.data()), size_t(bytes.size()));
    if (taken >= 0)
        return;
    const QString reason = QString::fromLatin1(nghttp2_strerror(int(taken)));
    if (taken == NGHTTP2_ERR_FLOODED)
        failConnection({ErrorCode::LimitExceeded,
                        u"the server floods the connection with frames that have to be answered"_s, reason,
                        u"Ask the server's owner: it sends PING or SETTINGS without end."_s});
    else
        failConnection({ErrorCode::ProtocolError,
                        u"the HTTP/2 connection can't be read any further: %1"_s.arg(reason),
                        frameWords(m_in.frame),
                        u"It is a fault of the server or of something in between; try HTTP/1.1."_s});
}

void Http2Session::frameReceived()
{
    Http2Frame &frame = m_in.frame;
    if (Http2Stream *stream = find(frame.stream); stream && frame.type == NGHTTP2_DATA) {
        const qint64 count = stream->m_bodyReceived - m_in.bodyBefore;
        const qint64 begin = stream->m_textSize - count;
        if (count > 0) {
            frame.data = {begin, begin + count};
            stream->m_emptyFrames = 0;
            ++stream->m_progress;
        } else if (++stream->m_emptyFrames > maxEmptyFrames) {
            stream->fail({ErrorCode::LimitExceeded,
                          u"the server sends frames without content and nothing else (%1 in a row)"_s.arg(
                              maxEmptyFrames),
                          {},
                          u"Ask the server's owner: it never gets to its answer."_s});
            changed(*stream);
        }
    }
    record(frame);
    m_in = {};
}

void Http2Session::record(const Http2Frame &frame)
{
    const auto keep = [&frame](Http2Stream &stream) {
        if (stream.m_facts.frames.size() >= maxFrames ||
            stream.m_keptPayload + frame.payload.size() > maxKeptPayload) {
            ++stream.m_facts.framesLeftOut;
            return;
        }
        stream.m_keptPayload += frame.payload.size();
        stream.m_facts.frames.append(frame);
    };
    if (frame.stream != 0) {
        if (Http2Stream *stream = find(frame.stream))
            keep(*stream);
        return;
    }
    for (const auto &[id, stream] : m_streams)
        keep(*stream);
}

Error Http2Session::refused(const Http2Stream &stream) const
{
    return {ErrorCode::ConnectionClosed,
            u"the server is ending the connection and did nothing with this request: %1"_s.arg(
                http2ErrorText(m_goAway->code)),
            u"stream %1; GOAWAY names stream %2 as the last one%3"_s.arg(stream.id())
                .arg(m_goAway->lastStream)
                .arg(m_goAway->text.isEmpty() ? QString() : u": "_s + m_goAway->text),
            m_goAway->code == NGHTTP2_HTTP_1_1_REQUIRED ? u"Send it on HTTP/1.1."_s
                                                        : u"Send it again: it can't have had an effect."_s};
}

void Http2Session::streamClosed(Http2Stream &stream, quint32 code)
{
    changed(stream);
    stream.m_closed = true;
    if (stream.isFinished() || stream.hasFailed())
        return;
    if (const std::optional<quint32> reset = stream.facts().resetCode) {
        stream.m_refused = *reset == NGHTTP2_REFUSED_STREAM;
        QString action = u"Look at the server's log; try HTTP/1.1 to see whether it is about HTTP/2."_s;
        if (*reset == NGHTTP2_HTTP_1_1_REQUIRED)
            action = u"Send it on HTTP/1.1."_s;
        else if (*reset == NGHTTP2_REFUSED_STREAM)
            action = u"Send it again: it can't have had an effect."_s;
        else if (*reset == NGHTTP2_ENHANCE_YOUR_CALM)
            action = u"Wait, and send less at once."_s;
        stream.fail(
            {ErrorCode::ConnectionClosed, u"the server reset the stream: %1"_s.arg(http2ErrorText(*reset)),
             u"RST_STREAM on stream %1 with error code 0x%2"_s.arg(stream.id()).arg(*reset, 0, 16), action});
        return;
    }
    if (m_goAway && stream.id() > m_goAway->lastStream) {
        stream.m_refused = true;
        if (m_goAway->code == NGHTTP2_HTTP_1_1_REQUIRED)
            stream.m_facts.resetCode = m_goAway->code;
        stream.fail(refused(stream));
        return;
    }
    stream.fail({ErrorCode::ProtocolError,
                 u"the server broke a rule of HTTP/2 on this stream: %1"_s.arg(http2ErrorText(code)),
                 m_complaint, u"It is a fault of the server or of something in between; try HTTP/1.1."_s});
}

void Http2Session::failConnection(const Error &error)
{
    if (m_error)
        return;
    m_error = error;
    if (m_in.head.size() == frameHeadSize)
        record(m_in.frame); // as far as it came
    for (const auto &[id, stream] : m_streams) {
        stream->m_closed = true;
        stream->fail(error);
        changed(*stream);
    }
}

void Http2Session::connectionClosed(const QString &why)
{
    if (m_closed)
        return;
    if (m_first.startsWith("HTTP/"))
        failAsHttp1();
    m_closed = true;
    if (m_foreign.isEmpty())
        m_foreign = std::exchange(m_first, {});
    const bool isWithinFrame = !m_in.head.isEmpty();
    if (isWithinFrame && m_in.head.size() == frameHeadSize && !m_error)
        record(m_in.frame);
    for (const auto &[id, stream] : m_streams) {
        stream->m_closed = true;
        changed(*stream);
        if (stream->isFinished() || stream->hasFailed())
            continue;
        if (m_goAway && (m_goAway->code == NGHTTP2_HTTP_1_1_REQUIRED))
            stream->m_facts.resetCode = m_goAway->code;
        if (m_goAway && id > m_goAway->lastStream) {
            stream->m_refused = true;
            stream->fail(refused(*stream));
            continue;
        }
        QString where =
            stream->headersComplete() ? u"in the middle of the response"_s : u"before a response"_s;
        if (isWithinFrame)
            where += u", within a frame"_s;
        QString detail = why;
        if (m_goAway) {
            detail = u"GOAWAY: "_s + http2ErrorText(m_goAway->code);
            if (!m_goAway->text.isEmpty())
                detail += u": "_s + m_goAway->text;
        }
        stream->fail(
            {ErrorCode::ConnectionClosed,
             m_goAway && m_goAway->code != NGHTTP2_NO_ERROR
                 ? u"the server ended the connection %1: %2"_s.arg(where, http2ErrorText(m_goAway->code))
                 : u"the connection was closed %1"_s.arg(where),
             detail, u"Look at the server's log; try HTTP/1.1 to see whether it is about HTTP/2."_s});
    }
}

// --- what goes out ---

QByteArray Http2Session::takeOutput(qsizetype enough)
{
    if (!m_closed) {
        if (!m_error)
            resetFailed();
        drain(enough);
    }
    m_outputTaken += m_output.size();
    return std::exchange(m_output, {});
}

void Http2Session::drain(qsizetype enough)
{
    while (m_output.size() < enough) {
        const uint8_t *bytes = nullptr;
        const ssize_t size = nghttp2_session_mem_send(m_library->session, &bytes);
        if (size < 0) {
            failConnection({ErrorCode::ConnectionClosed,
                            u"the HTTP/2 connection can't be written any further"_s,
                            QString::fromLatin1(nghttp2_strerror(int(size))),
                            {}});
            return;
        }
        if (size == 0)
            return;
        m_output.append(view(bytes, size_t(size)));
        takeSent(view(bytes, size_t(size)));
    }
}

void Http2Session::takeSent(QByteArrayView bytes)
{
    if (m_prefaceLeft > 0) {
        const qsizetype count = std::min<qsizetype>(m_prefaceLeft, bytes.size());
        m_prefaceLeft -= int(count);
        m_outputMade += count;
        bytes = bytes.sliced(count);
        for (const auto &[id, stream] : m_streams)
            stream->m_facts.prefaceSent = true;
    }
    while (!bytes.isEmpty()) {
        const qsizetype headPart = std::min(frameHeadSize - m_out.head.size(), bytes.size());
        m_out.head.append(bytes.first(headPart));
        m_outputMade += headPart;
        bytes = bytes.sliced(headPart);
        if (m_out.head.size() < frameHeadSize)
            return;
        if (headPart > 0) {
            readFrameHead(m_out.head, m_out.frame);
            m_out.frame.sent = true;
            m_out.left = m_out.frame.length;
        }
        const qsizetype payloadPart = std::min<qint64>(m_out.left, bytes.size());
        if (m_out.frame.type != NGHTTP2_DATA)
            m_out.frame.payload.append(bytes.first(payloadPart));
        m_out.left -= payloadPart;
        m_outputMade += payloadPart;
        bytes = bytes.sliced(payloadPart);
        if (m_out.left == 0)
            frameSent();
    }
}

void Http2Session::frameSent()
{
    Http2Frame &frame = m_out.frame;
    if (Http2Stream *stream = find(frame.stream)) {
        if (stream->m_requestBegin < 0)
            stream->m_requestBegin = m_outputMade;
        if (frame.type == NGHTTP2_DATA) {
            // readBody() has counted this frame; there is no padding.
            const qint64 end = stream->m_requestText.size() + stream->m_bodySent;
            frame.data = {end - qsizetype(frame.length), end};
        }
        const bool hasBlock = frame.type == NGHTTP2_DATA || frame.type == NGHTTP2_HEADERS;
        if (hasBlock && (frame.flags & NGHTTP2_FLAG_END_STREAM) != 0)
            stream->m_requestEnd = m_outputMade;
        // The rest of a block that goes over one frame comes right behind it.
        if (frame.type == NGHTTP2_CONTINUATION && stream->m_requestEnd >= 0)
            stream->m_requestEnd = m_outputMade;
    }
    record(frame);
    const bool isGoAway = frame.type == NGHTTP2_GOAWAY && frame.payload.size() >= 8;
    const quint32 code = isGoAway ? qFromBigEndian<quint32>(frame.payload.constData() + 4) : 0;
    const QString reason = isGoAway ? displayText(QByteArrayView(frame.payload).sliced(8)) : QString();
    m_out = {};
    if (code != NGHTTP2_NO_ERROR)
        failConnection({ErrorCode::ProtocolError,
                        u"the server broke the rules of HTTP/2: %1"_s.arg(http2ErrorText(code)),
                        reason.isEmpty() ? m_complaint : reason,
                        u"It is a fault of the server or of something in between; try HTTP/1.1."_s});
}

} // namespace realmscope
