// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/Exchange.h"
#include "app/http/Limits.h"
#include "app/http/StreamedBody.h"

namespace realmscope {

class Http2Session;

// One request and its response on an HTTP/2 connection, read as one reads a ResponseParser: it changes when
// the session is fed. Owned by the session; valid until release(). Tolerant: what is only a deviation is an
// anomaly.
//
// Anomaly ids: uppercase-header-name, invalid-header-name, invalid-header-value, header-value-white-space,
// connection-header, pseudo-header-misplaced, pseudo-header-unknown, pseudo-header-repeated,
// status-malformed, switching-protocols, trailers-not-last, content-length-invalid, content-length-conflict,
// content-length-mismatch, body-on-no-body-status, too-many-informational, body-truncated.
class Http2Stream
{
public:
    [[nodiscard]] quint32 id() const { return m_facts.stream; }

    // What is sent.
    [[nodiscard]] const Request &request() const { return m_request; } // as in Exchange, positions in requestText()
    [[nodiscard]] const QByteArray &requestText() const { return m_requestText; } // Exchange::rawRequest without the body
    [[nodiscard]] const QStringList &notes() const { return m_notes; } // what HTTP/2 has no place for
    [[nodiscard]] qint64 bodySize() const; // -1: not known before its end
    [[nodiscard]] qint64 bodySent() const { return m_bodySent; } // bytes of it that are in the session's output
    // The descriptor that the body waits for, or -1; Http2Session::resume() when it has something.
    [[nodiscard]] int waitsFor() const { return m_reader ? m_reader->waitsFor() : -1; }
    [[nodiscard]] Result<RecordedBytes> requestRecord() const; // text and body as far as they are in the output
    // How many bytes the session had put out at the end of this request's last frame; -1 as long as it is not out.
    [[nodiscard]] qint64 requestEnd() const { return m_requestEnd; }
    [[nodiscard]] qint64 requestBegin() const { return m_requestBegin; } // at the end of its first frame; -1

    // What came.
    [[nodiscard]] bool headersComplete() const { return m_headersComplete; }
    [[nodiscard]] bool isFinished() const { return m_finished; }         // END_STREAM came
    [[nodiscard]] bool hasFailed() const { return m_error.has_value(); } // what came stays
    [[nodiscard]] bool isClosed() const { return m_closed; }             // nothing more goes out, either
    [[nodiscard]] const Error &error() const { return *m_error; }
    [[nodiscard]] const Response &response() const { return m_response; } // bodies are the caller's
    [[nodiscard]] const QList<Anomaly> &anomalies() const { return m_anomalies; }
    [[nodiscard]] qint64 bodyOffset() const
    {
        return m_bodyOffset;
    } // in the decoded text, -1 before the headers end
    // More of the body came behind trailers: it is no one part of the decoded text.
    [[nodiscard]] bool bodyIsSplit() const { return m_bodyIsSplit; }
    [[nodiscard]] const Http2Facts &facts() const { return m_facts; }
    // The server says that it did nothing with the request: REFUSED_STREAM, or a GOAWAY that leaves it out
    // (RFC 9113 section 8.7). Only with hasFailed().
    [[nodiscard]] bool wasRefused() const { return m_refused; }
    // Counts what brings the exchange forward, in either direction; anything else may keep an idle stream
    // alive for ever.
    [[nodiscard]] quint64 progress() const { return m_progress; }
    // Everything since the last call: for Exchange::rawResponse, and the part of it that is body.
    struct Received
    {
        QByteArray text;
        QByteArray body;
    };
    [[nodiscard]] Received takeReceived();

private:
    friend class Http2Session;

    void note(const char *id, const QString &text, ByteRange range = {});
    void beginBlock();
    void addField(QByteArrayView name, QByteArrayView value);
    void checkField(const HeaderField &field);
    void endBlock(bool endOfStream);
    void takeBlockText(); // into what came
    void takeStatus();
    void checkLength();
    void addBody(QByteArrayView bytes);
    void endData(bool endOfStream); // of a DATA frame
    void endOfStream();
    void fail(Error error);
    // The next of the body into buffer. Nothing: the body waits. Errors: of BodyReader.
    [[nodiscard]] Result<std::optional<qint64>> readBody(char *buffer, qint64 size, bool &atEnd);

    Limits m_limits;
    Request m_request;
    QByteArray m_requestText;
    QStringList m_notes;
    std::optional<BodyReader> m_reader; // of a streamed body
    RecordedBytes m_record;             // text and body, when it is streamed
    qint64 m_bodySent = 0;
    qint64 m_requestBegin = -1;
    qint64 m_requestEnd = -1;

    Headers m_block; // of the header block under way
    qint64 m_blockBytes = 0;
    qint64 m_blockBegin = 0; // where its text begins in the decoded text
    QByteArray m_blockText;
    QByteArray m_text; // not taken yet, m_body within it; empty: it is m_body alone
    QByteArray m_body;
    qint64 m_textSize = 0; // of the decoded text so far, taken or not
    qint64 m_bodyOffset = -1;
    qint64 m_bodyReceived = 0;
    qint64 m_contentLength = -1;
    int m_emptyFrames = 0; // DATA in a row that brought nothing
    Response m_response;
    QList<Anomaly> m_anomalies;
    Http2Facts m_facts;
    qint64 m_keptPayload = 0;
    std::optional<Error> m_error;
    quint64 m_progress = 0;
    bool m_headersComplete = false;
    bool m_trailersSeen = false;
    bool m_bodyIsSplit = false;
    bool m_blockHasStatus = false;
    bool m_blockHasRegular = false; // a field that is no pseudo-header
    bool m_finished = false;
    bool m_closed = false;
    bool m_refused = false;
    bool m_resetWanted = false; // failed by this side: the server has to be told
};

} // namespace realmscope
