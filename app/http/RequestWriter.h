// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/Message.h"
#include "app/http/StreamedBody.h"

#include <optional>

namespace realmscope {

// The bytes of one HTTP/1.1 request in the order in which they go out: head, then the body as it is or, when it is streamed and
// its length is not known, in chunks (RFC 9112 section 7.1).
class RequestWriter
{
public:
    RequestWriter() = default;
    // head: of serializeRequest().
    RequestWriter(const Request &request, QByteArray head);

    // The next bytes, about so many; empty when there are none (any more, or yet: waitsFor()). Errors: of BodyReader.
    [[nodiscard]] Result<QByteArray> next(qint64 about);
    [[nodiscard]] bool atEnd() const { return m_atEnd; }
    [[nodiscard]] int waitsFor() const { return m_reader ? m_reader->waitsFor() : -1; }
    [[nodiscard]] qint64 produced() const { return m_produced; }
    [[nodiscard]] qint64 headSize() const { return m_head.size(); }
    [[nodiscard]] bool hasBody() const { return m_reader || !m_body.isEmpty(); }
    // Of head and body; -1: not known before the end.
    [[nodiscard]] qint64 total() const;
    // The first bytes of what was produced, for the record.
    [[nodiscard]] Result<RecordedBytes> record(qint64 size) const;

private:
    [[nodiscard]] Result<QByteArray> nextOfBody(qint64 about);

    QByteArray m_head;
    QByteArray m_body;
    std::optional<BodyReader> m_reader;
    RecordedBytes m_record;   // what was produced, when the body is streamed
    qint64 m_size = 0;        // of the streamed body
    qint64 m_produced = 0;
    bool m_isChunked = false;
    bool m_atEnd = false;
};

} // namespace realmscope
