// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/http/BodyRecorder.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

static constexpr qsizetype decodedAtOnce = 4096; // encoded bytes

void BodyRecorder::begin(const Headers &headers, const Limits &limits, bool decode, std::optional<qint64> offsetInRaw)
{
    m_offsetInRaw = offsetInRaw;
    const HeaderField *field = headers.find("Content-Encoding");
    if (!field || !decode)
        return;
    const QByteArray coding = headers.combined("Content-Encoding");
    const QList<QByteArray> names = splitList(coding);
    if (std::ranges::all_of(names, [](const QByteArray &name) { return equalsIgnoreCase(name, "identity"); }))
        return;
    m_codingRange = field->valueRange;
    Result<std::unique_ptr<ContentDecoder>> decoder = ContentDecoder::create(coding, limits);
    if (!decoder) {
        m_anomalies.append({u"content-coding-unknown"_s, decoder.error().message, m_codingRange});
        return;
    }
    m_decoder = std::move(decoder).value();
    m_coding = coding;
}

Result<void> BodyRecorder::append(const QByteArray &bytes)
{
    if (bytes.isEmpty())
        return {};
    m_size += bytes.size();
    if (!m_offsetInRaw) {
        // The first bytes are shared with the caller; most bodies end there.
        if (m_encoded.isEmpty() && bytes.size() < RecordedBytes::DefaultMemoryLimit)
            m_encoded = RecordedBytes(bytes);
        else if (Result<void> ok = m_encoded.append(bytes); !ok)
            return ok;
    }
    if (!m_decoder)
        return {};
    // In pieces, so that the limits speak before a bomb in one read has filled the memory.
    for (qsizetype at = 0; m_decoder && at < bytes.size(); at += decodedAtOnce) {
        QByteArray decoded;
        const Result<void> decoding = m_decoder->feed(QByteArrayView(bytes).sliced(at, std::min(decodedAtOnce, bytes.size() - at)),
                                                      decoded);
        if (Result<void> ok = m_decoded.append(decoded); !ok)
            return ok;
        if (!decoding)
            decodingFailed(decoding.error(), "content-coding-corrupt"_L1);
    }
    return {};
}

Result<void> BodyRecorder::leaveRaw(const RecordedBytes &raw)
{
    if (!m_offsetInRaw)
        return {};
    constexpr qint64 step = 256 * 1024;
    for (qint64 at = 0; at < m_size; at += step) {
        if (Result<void> ok = m_encoded.append(raw.read(*m_offsetInRaw + at, std::min(step, m_size - at))); !ok)
            return ok;
    }
    m_offsetInRaw.reset();
    return {};
}

Result<void> BodyRecorder::finish()
{
    if (!m_decoder || m_size == 0)
        return {};
    QByteArray decoded;
    const Result<void> decoding = m_decoder->finish(decoded);
    if (Result<void> ok = m_decoded.append(decoded); !ok)
        return ok;
    if (!decoding)
        decodingFailed(decoding.error(), "content-coding-truncated"_L1);
    m_decoder.reset();
    return {};
}

void BodyRecorder::decodingFailed(const Error &error, QLatin1StringView anomalyId)
{
    m_decoder.reset();
    if (error.code == ErrorCode::LimitExceeded)
        m_error = error;
    else
        m_anomalies.append({anomalyId, error.detail.isEmpty() ? error.message : error.message + u": "_s + error.detail,
                            m_codingRange});
    // A body that only claims to be encoded is shown as it came.
    if (m_decoded.isEmpty())
        m_coding.clear();
}

void BodyRecorder::store(Response &response, const RecordedBytes &raw) const
{
    const bool wasDecoded = !m_coding.isEmpty() && m_size > 0;
    response.encodedBody = m_offsetInRaw ? raw.slice(*m_offsetInRaw, m_size) : m_encoded;
    response.body = wasDecoded ? m_decoded : response.encodedBody; // copies share the bytes
    response.contentCoding = wasDecoded ? m_coding : QByteArray();
}

} // namespace realmscope
