// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/http/RecordedBytes.h"

#include <QtCore/QTemporaryFile>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

struct RecordedBytes::Content
{
    // Made with mode 0600; without a buffer of Qt's, since what is appended comes in large pieces.
    class File final : public QTemporaryFile
    {
    public:
        bool openUnbuffered() { return open(QIODevice::ReadWrite | QIODevice::Unbuffered); }
    };

    QByteArray memory;
    std::unique_ptr<File> file;
    qint64 size = 0;
    qint64 position = 0; // of the file
};

RecordedBytes::RecordedBytes(QByteArray bytes) : m_content(std::make_shared<Content>())
{
    m_content->size = bytes.size();
    m_content->memory = std::move(bytes);
}

Result<void> RecordedBytes::append(QByteArrayView bytes)
{
    Q_ASSERT(m_sliceSize < 0);
    if (!m_content)
        m_content = std::make_shared<Content>();
    Content &content = *m_content;
    const auto fileError = [&content] {
        return Error{ErrorCode::FileUnwritable, u"the temporary file for received bytes can't be written"_s,
                     content.file->errorString(), u"Free some space in the folder for temporary files."_s};
    };
    if (!content.file && content.size + bytes.size() > m_memoryLimit) {
        content.file = std::make_unique<Content::File>();
        if (!content.file->openUnbuffered() || content.file->write(content.memory) != content.memory.size()) {
            const Error error = fileError();
            content.file.reset();
            return error;
        }
        content.position = content.memory.size();
        content.memory.clear();
    }
    if (content.file) {
        if ((content.position != content.size && !content.file->seek(content.size))
            || content.file->write(bytes.data(), bytes.size()) != bytes.size())
            return fileError();
        content.position = content.size + bytes.size();
    } else {
        content.memory.append(bytes);
    }
    content.size += bytes.size();
    return {};
}

qint64 RecordedBytes::size() const
{
    if (m_sliceSize >= 0)
        return m_sliceSize;
    return m_content ? m_content->size : 0;
}

bool RecordedBytes::isInFile() const { return m_content && m_content->file; }

RecordedBytes RecordedBytes::slice(qint64 offset, qint64 size) const
{
    RecordedBytes part = *this;
    const qint64 begin = std::clamp<qint64>(offset, 0, this->size());
    part.m_begin += begin;
    part.m_sliceSize = std::clamp<qint64>(size, 0, this->size() - begin);
    return part;
}

QByteArray RecordedBytes::read(qint64 offset, qint64 maxSize) const
{
    if (!m_content || offset < 0 || offset >= size() || maxSize <= 0)
        return {};
    const qint64 count = std::min(maxSize, size() - offset);
    if (!m_content->file)
        return m_content->memory.sliced(m_begin + offset, count);
    if (!m_content->file->seek(m_begin + offset))
        return {};
    const QByteArray bytes = m_content->file->read(count);
    m_content->position = m_content->file->pos();
    return bytes;
}

} // namespace realmscope
