// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/http/StreamedBody.h"

#include <QtCore/QFileInfo>

#include <algorithm>

#ifdef Q_OS_UNIX
#include <poll.h>
#endif

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

Error unreadable(const QString &path, const QString &why)
{
    return {ErrorCode::FileUnreadable, u"the file for the body can't be read: %1"_s.arg(path), why,
            u"Choose another file, or check its permissions."_s};
}

} // namespace

Result<std::shared_ptr<const StreamedBody>> StreamedBody::open(const QList<BodyPiece> &pieces)
{
    auto body = std::make_shared<StreamedBody>();
    body->m_pieces = pieces;
    for (const BodyPiece &piece : pieces) {
        qint64 size = piece.bytes.size();
        if (!piece.filePath.isEmpty()) {
            const QFileInfo info(piece.filePath);
            // Opening a pipe waits for its other end: that is done when its turn comes.
            const bool isPipe = info.exists() && !info.isFile() && !info.isDir();
            QFile file(piece.filePath);
            if (info.isDir())
                return unreadable(piece.filePath, u"it is a folder"_s);
            if (!isPipe && !file.open(QIODevice::ReadOnly))
                return unreadable(piece.filePath, file.errorString());
            size = isPipe ? -1 : file.size();
        }
        body->m_sizes << size;
        body->m_size = size < 0 || body->m_size < 0 ? -1 : body->m_size + size;
    }
    return std::shared_ptr<const StreamedBody>(std::move(body));
}

bool StreamedBody::takeTurn() const { return m_size >= 0 || !std::exchange(m_spent, true); }

void BodyReader::nextPiece()
{
    ++m_piece;
    m_offset = 0;
    m_file.reset();
}

Result<QByteArray> BodyReader::read(qint64 maxSize)
{
    m_waitsFor = -1;
    if (!m_begun) {
        m_begun = true;
        if (!m_body->takeTurn())
            return Error{ErrorCode::InvalidInput, u"the body was read from a pipe and can't be sent a second time"_s, {},
                         u"Put it into a file, or send the credential with the first request."_s};
    }
    while (!atEnd()) {
        const BodyPiece &piece = m_body->pieces().at(m_piece);
        if (!piece.filePath.isEmpty()) {
            Result<QByteArray> bytes = readFile(maxSize);
            if (!bytes || !bytes->isEmpty() || m_waitsFor >= 0)
                return bytes;
            continue; // that was its end
        }
        const QByteArray bytes = piece.bytes.mid(m_offset, maxSize);
        m_offset += bytes.size();
        if (m_offset >= piece.bytes.size())
            nextPiece();
        if (!bytes.isEmpty())
            return bytes;
    }
    return QByteArray();
}

Result<QByteArray> BodyReader::readFile(qint64 maxSize)
{
    const QString &path = m_body->pieces().at(m_piece).filePath;
    const qint64 announced = m_body->sizeOf(m_piece);
    if (!m_file) {
        m_file = std::make_unique<QFile>(path);
        if (!m_file->open(QIODevice::ReadOnly | QIODevice::Unbuffered))
            return unreadable(path, m_file->errorString());
    }
    if (announced < 0) {
#ifdef Q_OS_UNIX
        pollfd state{m_file->handle(), POLLIN, 0};
        if (::poll(&state, 1, 0) == 0) {
            m_waitsFor = m_file->handle();
            return QByteArray();
        }
#endif
    } else {
        maxSize = std::min(maxSize, announced - m_offset);
    }
    QByteArray bytes(maxSize, Qt::Uninitialized);
    const qint64 got = maxSize > 0 ? m_file->read(bytes.data(), maxSize) : 0;
    if (got < 0)
        return unreadable(path, m_file->errorString());
    bytes.truncate(got);
    m_offset += got;
    if (announced >= 0 && got == 0 && m_offset < announced)
        return unreadable(path, u"it became shorter while it was sent: %1 of %2 bytes"_s.arg(m_offset).arg(announced));
    if (got == 0 || m_offset == announced)
        nextPiece();
    return bytes;
}

} // namespace realmscope
