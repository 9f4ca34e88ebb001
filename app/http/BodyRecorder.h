// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/ContentDecoder.h"
#include "app/http/Exchange.h"

namespace realmscope {

// Keeps the body of one response as it came (without transfer coding) and, where that is wanted, decoded. A content
// coding that can't be undone is an anomaly and never costs the encoded bytes.
class BodyRecorder
{
public:
    // Before the first append(), with the headers of the final response.
    void begin(const Headers &headers, const Limits &limits, bool decode);
    // Error: FileUnwritable.
    [[nodiscard]] Result<void> append(const QByteArray &bytes);
    // The whole body is there. Error: FileUnwritable.
    [[nodiscard]] Result<void> finish();

    [[nodiscard]] qint64 size() const { return m_encoded.size(); }
    [[nodiscard]] const QList<Anomaly> &anomalies() const { return m_anomalies; }
    [[nodiscard]] const std::optional<Error> &error() const { return m_error; } // a limit of decoding was exceeded
    void store(Response &response) const;

private:
    void decodingFailed(const Error &error, QLatin1StringView anomalyId);

    RecordedBytes m_encoded;
    RecordedBytes m_decoded;
    std::unique_ptr<ContentDecoder> m_decoder;
    QByteArray m_coding;     // empty: the decoded body is the encoded one
    ByteRange m_codingRange; // where Content-Encoding stands
    QList<Anomaly> m_anomalies;
    std::optional<Error> m_error;
};

} // namespace realmscope
