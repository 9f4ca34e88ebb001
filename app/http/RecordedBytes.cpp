// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/http/RecordedBytes.h"

#include <QtCore/QTemporaryFile>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

struct RecordedBytes::Content
{
    QByteArray memory;
    std::unique_ptr<QTemporaryFile> file; // made with mode 0600
    qint64 size = 0;
};

RecordedBytes::RecordedBytes(QByteArray bytes) : m_content(std::make_shared<Content>())
{
    m_content->size = bytes.size();
    m_content->memory = std::move(bytes);
}

Result<void> RecordedBytes::append(QByteArrayView bytes)
{
    if (!m_content)
        m_content = std::make_shared<Content>();
    Content &content = *m_content;
    const auto fileError = [&content] {
        return Error{ErrorCode::FileUnwritable, u"the temporary file for received bytes can't be written"_s,
                     content.file->errorString(), u"Free some space in the folder for temporary files."_s};
    };
    if (!content.file && content.size + bytes.size() > m_memoryLimit) {
        content.file = std::make_unique<QTemporaryFile>();
        if (!content.file->open() || content.file->write(content.memory) != content.memory.size()) {
            const Error error = fileError();
            content.file.reset();
            return error;
        }
        content.memory.clear();
    }
    if (content.file) {
        if (!content.file->seek(content.size) || content.file->write(bytes.data(), bytes.size()) != bytes.size())
            return fileError();
    } else {
        content.memory.append(bytes);
    }
    content.size += bytes.size();
    return {};
}

qint64 RecordedBytes::size() const { return m_content ? m_content->size : 0; }

bool RecordedBytes::isInFile() const { return m_content && m_content->file; }

QByteArray RecordedBytes::read(qint64 offset, qint64 maxSize) const
{
    if (!m_content || offset < 0 || offset >= m_content->size || maxSize <= 0)
        return {};
    const qint64 count = std::min(maxSize, m_content->size - offset);
    if (!m_content->file)
        return m_content->memory.sliced(offset, count);
    if (!m_content->file->seek(offset))
        return {};
    return m_content->file->read(count);
}

} // namespace realmscope
