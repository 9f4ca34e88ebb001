// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/ContentDecoder.h"
#include "app/http/Exchange.h"

namespace realmscope {

// Keeps the body of one response as it came (without transfer coding) and, where that is wanted, decoded. A content
// coding that can't be undone is an anomaly and never costs the encoded bytes. Without a transfer coding the body is a part
// of the raw response, and is kept there alone.
class BodyRecorder
{
public:
    // Before the first append(), with the headers of the final response.
    // offsetInRaw: where the body begins in the raw response, which then holds it as it is; nothing: it is coded there.
    void begin(const Headers &headers, const Limits &limits, bool decode, std::optional<qint64> offsetInRaw);
    // False: grow() is enough, since the raw response keeps the body and nothing is decoded.
    [[nodiscard]] bool needsBytes() const { return !m_offsetInRaw || m_decoder; }
    void grow(qint64 size) { m_size = size; }
    // From here on the body is no one part of the raw response any more. Error: FileUnwritable.
    [[nodiscard]] Result<void> leaveRaw(const RecordedBytes &raw);
    // Error: FileUnwritable.
    [[nodiscard]] Result<void> append(const QByteArray &bytes);
    // The whole body is there. Error: FileUnwritable.
    [[nodiscard]] Result<void> finish();

    [[nodiscard]] qint64 size() const { return m_size; }
    [[nodiscard]] const QList<Anomaly> &anomalies() const { return m_anomalies; }
    [[nodiscard]] const std::optional<Error> &error() const { return m_error; } // a limit of decoding was exceeded
    void store(Response &response, const RecordedBytes &raw) const;

private:
    void decodingFailed(const Error &error, QLatin1StringView anomalyId);

    std::optional<qint64> m_offsetInRaw;
    qint64 m_size = 0;       // before decoding
    RecordedBytes m_encoded; // when it is not a part of the raw response
    RecordedBytes m_decoded;
    std::unique_ptr<ContentDecoder> m_decoder;
    QByteArray m_coding;     // empty: the decoded body is the encoded one
    ByteRange m_codingRange; // where Content-Encoding stands
    QList<Anomaly> m_anomalies;
    std::optional<Error> m_error;
};

} // namespace realmscope
