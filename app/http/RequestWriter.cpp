// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/http/RequestWriter.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

RequestWriter::RequestWriter(const Request &request, QByteArray head) : m_head(std::move(head)), m_body(request.body)
{
    if (!request.streamedBody)
        return;
    m_reader.emplace(request.streamedBody);
    m_size = request.streamedBody->size();
    m_isChunked = request.headers.contains("Transfer-Encoding");
}

qint64 RequestWriter::total() const
{
    if (!m_reader)
        return m_head.size() + m_body.size();
    return m_isChunked || m_size < 0 ? -1 : m_head.size() + m_size;
}

Result<QByteArray> RequestWriter::next(qint64 about)
{
    if (m_atEnd)
        return QByteArray();
    Result<QByteArray> bytes = m_produced < m_head.size() ? Result<QByteArray>(m_head) : nextOfBody(about);
    if (!bytes)
        return bytes;
    m_produced += bytes->size();
    if (!hasBody())
        m_atEnd = true;
    if (m_reader) {
        if (const Result<void> kept = m_record.append(*bytes); !kept)
            return kept.error();
    }
    return bytes;
}

Result<QByteArray> RequestWriter::nextOfBody(qint64 about)
{
    if (!m_reader) {
        const qint64 offset = m_produced - m_head.size();
        m_atEnd = offset + about >= m_body.size();
        return m_body.mid(offset, about);
    }
    Result<QByteArray> bytes = m_reader->read(about);
    if (!bytes)
        return bytes;
    if (m_reader->waitsFor() >= 0)
        return bytes;
    m_atEnd = m_reader->atEnd();
    if (!m_isChunked)
        return bytes;
    QByteArray framed;
    if (!bytes->isEmpty())
        framed = QByteArray::number(bytes->size(), 16) + "\r\n" + *bytes + "\r\n";
    return m_atEnd ? framed + "0\r\n\r\n" : framed;
}

Result<RecordedBytes> RequestWriter::record(qint64 size) const
{
    if (m_reader && size == m_produced)
        return m_record;
    if (size <= m_head.size())
        return RecordedBytes(m_head.first(size));
    RecordedBytes record;
    if (!m_reader) {
        Result<void> ok = record.append(m_head);
        if (ok)
            ok = record.append(QByteArrayView(m_body).first(size - m_head.size()));
        return ok ? Result<RecordedBytes>(record) : ok.error();
    }
    constexpr qint64 step = 256 * 1024;
    for (qint64 at = 0; at < size; at += step) {
        if (const Result<void> ok = record.append(m_record.read(at, std::min(step, size - at))); !ok)
            return ok.error();
    }
    return record;
}

} // namespace realmscope
