// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/base/Result.h"

#include <QtCore/QByteArray>
#include <QtCore/QByteArrayView>

#include <memory>

namespace realmscope {

// Bytes kept as they went over the wire: in memory up to a limit, then in an own temporary file (0600, removed with
// the last copy). Copies share the content; append() only by the recorder that owns it.
class RecordedBytes
{
public:
    static constexpr qsizetype DefaultMemoryLimit = 4 * 1024 * 1024;

    RecordedBytes() = default;
    explicit RecordedBytes(qsizetype memoryLimit) : m_memoryLimit(memoryLimit) {}
    explicit RecordedBytes(QByteArray bytes);

    [[nodiscard]] Result<void> append(QByteArrayView bytes); // FileUnwritable when the temporary file can't grow
    [[nodiscard]] qint64 size() const;
    [[nodiscard]] bool isEmpty() const { return size() == 0; }
    [[nodiscard]] bool isInFile() const;
    // A part of them as they are now. Shares the content; nothing can be appended to it.
    [[nodiscard]] RecordedBytes slice(qint64 offset, qint64 size) const;
    // Up to maxSize bytes from offset.
    [[nodiscard]] QByteArray read(qint64 offset, qint64 maxSize) const;
    // The first bytes, for display and diagnosis.
    [[nodiscard]] QByteArray head(qint64 maxSize = 256 * 1024) const { return read(0, maxSize); }
    [[nodiscard]] QByteArray all() const { return read(0, size()); } // use for small content only

private:
    struct Content;
    std::shared_ptr<Content> m_content;
    qint64 m_begin = 0;     // of a slice
    qint64 m_sliceSize = -1; // -1: it is none
    qsizetype m_memoryLimit = DefaultMemoryLimit;
};

} // namespace realmscope
