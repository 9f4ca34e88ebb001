// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/Exchange.h"
#include "app/http/Limits.h"

namespace realmscope {

// HTTP/1.1 on the wire (RFC 9112), without sockets.

// The bytes of a request, and the same request with the positions of its header lines in them. Nothing is added,
// joined or reordered. Precondition: validateRequest(request).
struct SerializedRequest
{
    QByteArray head; // start line, headers, empty line
    Request request; // with nameRange/valueRange filled
};
[[nodiscard]] SerializedRequest serializeRequest(const Request &request);

// Incremental reader of responses. Tolerant: it reads what servers send and records every deviation as an anomaly; it
// fails only when there is no way to go on (no HTTP at all, a limit), and even then what was read stays.
//
//   feed() until isFinished() or failed; call finish() when the connection was closed.
//
// Anomaly ids: bare-lf, bare-cr, obs-fold, header-without-colon, space-before-colon, invalid-header-name,
// invalid-header-value, nul-in-header, leading-whitespace, status-line-malformed, unknown-version, missing-reason,
// content-length-invalid, content-length-conflict, content-length-and-chunked, transfer-encoding-unknown,
// transfer-encoding-on-1.0, chunk-size-malformed, chunk-extension, chunk-missing-crlf, body-truncated,
// headers-truncated, trailing-data, body-on-no-body-status, too-many-informational, http09.
class ResponseParser
{
public:
    enum class State { StatusLine, HeaderLines, Body, Finished, Failed };

    // requestMethod decides whether a body follows (HEAD; 2xx to CONNECT ends at the headers).
    explicit ResponseParser(QByteArray requestMethod, const Limits &limits = {});

    // Takes all bytes. Returns how many belong to this response; the rest (pipelined or after the end) is not read.
    qsizetype feed(QByteArrayView bytes);
    // The peer closed: ends a close-delimited body, else records what is missing.
    void finish();

    [[nodiscard]] State state() const { return m_state; }
    [[nodiscard]] bool isFinished() const { return m_state == State::Finished; }
    [[nodiscard]] bool hasFailed() const { return m_state == State::Failed; }
    [[nodiscard]] bool headersComplete() const { return m_headersComplete; }
    [[nodiscard]] const Error &error() const { return m_error; } // when failed
    [[nodiscard]] const Response &response() const { return m_response; } // bodies are the caller's
    [[nodiscard]] QByteArray takeBody(); // body bytes (transfer coding removed) since the last call
    void leaveBody() { m_keepsBody = false; } // from here on takeBody() has nothing: who has the bytes fed has the body
    [[nodiscard]] qint64 bodyReceived() const { return m_bodyReceived; } // within the limit
    [[nodiscard]] const QList<Anomaly> &anomalies() const { return m_anomalies; }
    [[nodiscard]] qint64 bodyOffset() const { return m_bodyOffset; } // in the bytes fed, -1 before the headers end
    [[nodiscard]] qint64 consumed() const { return m_offset; }
    [[nodiscard]] bool bodyIsChunked() const { return m_framing == Framing::Chunked; }
    [[nodiscard]] bool bodyIsCloseDelimited() const { return m_framing == Framing::UntilClose; }
    // True when the connection may carry another request (RFC 9112 section 9.3).
    [[nodiscard]] bool keepAlive() const;

private:
    enum class Framing { None, Length, Chunked, UntilClose };
    enum class ChunkState { Size, Data, DataEnd, Trailer };

    void takeLine(QByteArrayView line, qint64 begin, bool bareLf);
    void parseStatusLine(QByteArrayView line, qint64 begin);
    void parseHeaderLine(Headers &headers, QByteArrayView line, qint64 begin);
    void endOfHeaders();
    void decideFraming();
    qsizetype feedBody(QByteArrayView bytes);
    qsizetype feedChunked(QByteArrayView bytes);
    void takeChunkSize(QByteArrayView line, qint64 begin);
    void note(const char *id, const QString &text, ByteRange range = {});
    void fail(ErrorCode code, const QString &message, const QString &action = {});
    void endMessage();

    QByteArray m_method;
    Limits m_limits;
    State m_state = State::StatusLine;
    Framing m_framing = Framing::None;
    ChunkState m_chunkState = ChunkState::Size;
    Response m_response;
    Error m_error;
    QList<Anomaly> m_anomalies;
    QByteArray m_line;      // an unfinished line
    QByteArray m_body;
    qint64 m_offset = 0;    // bytes consumed
    qint64 m_lineBegin = 0;
    qint64 m_headBegin = 0; // where the current head (after 1xx) began
    qint64 m_bodyOffset = -1;
    qint64 m_remaining = 0; // of the body or the chunk
    qint64 m_bodyReceived = 0;
    qint64 m_chunkOverhead = 0; // bytes of the lines between chunks
    qint64 m_trailerBegin = -1;
    bool m_headersComplete = false;
    bool m_keepsBody = true;
};

// Incremental reader of requests for the practice server and for tests; same rules.
struct RequestHead
{
    QByteArray method;
    QByteArray target;
    QByteArray version;
    Headers headers;
};
class RequestParser
{
public:
    explicit RequestParser(const Limits &limits = {});
    qsizetype feed(QByteArrayView bytes);
    [[nodiscard]] bool isFinished() const { return m_finished; }
    [[nodiscard]] bool hasFailed() const { return m_failed; }
    [[nodiscard]] const Error &error() const { return m_error; }
    [[nodiscard]] bool headersComplete() const { return m_headersComplete; }
    [[nodiscard]] const RequestHead &head() const { return m_head; }
    [[nodiscard]] const QByteArray &body() const { return m_body; }
    [[nodiscard]] const QByteArray &raw() const { return m_raw; } // every byte of this request

private:
    Limits m_limits;
    RequestHead m_head;
    QByteArray m_raw;
    QByteArray m_line;
    QByteArray m_body;
    Error m_error;
    qint64 m_remaining = 0;
    bool m_started = false;
    bool m_headersComplete = false;
    bool m_chunked = false;
    int m_chunkState = 0;
    bool m_finished = false;
    bool m_failed = false;
};

} // namespace realmscope
