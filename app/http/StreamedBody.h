// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/base/Result.h"

#include <QtCore/QFile>
#include <QtCore/QList>

#include <memory>

namespace realmscope {

// Bytes, or a file that is read when its turn comes.
struct BodyPiece
{
    QByteArray bytes;
    QString filePath; // empty: bytes
    bool operator==(const BodyPiece &) const = default;
};

// A request body that is read while it is sent, so that it never is in memory as a whole.
class StreamedBody
{
public:
    // Looks at each file. Error: FileUnreadable.
    [[nodiscard]] static Result<std::shared_ptr<const StreamedBody>> open(const QList<BodyPiece> &pieces);

    [[nodiscard]] const QList<BodyPiece> &pieces() const { return m_pieces; }
    [[nodiscard]] qint64 size() const { return m_size; }                // -1: unknown (standard input, a pipe)
    [[nodiscard]] qint64 sizeOf(qsizetype piece) const { return m_sizes.at(piece); } // likewise
    // A pipe can be read once. False when that has happened.
    [[nodiscard]] bool takeTurn() const;

private:
    QList<BodyPiece> m_pieces;
    QList<qint64> m_sizes;
    qint64 m_size = 0;
    mutable bool m_spent = false;
};

// Reads one from its beginning to its end.
class BodyReader
{
public:
    explicit BodyReader(std::shared_ptr<const StreamedBody> body) : m_body(std::move(body)) {}

    // The next bytes, at most so many; empty at the end, or when waitsFor() says so. Errors: FileUnreadable, also for a file that
    // became shorter or longer than it was announced to be; InvalidInput for a pipe that was read before.
    [[nodiscard]] Result<QByteArray> read(qint64 maxSize);
    [[nodiscard]] bool atEnd() const { return m_piece >= m_body->pieces().size(); }
    // The descriptor that has nothing to read yet, or -1.
    [[nodiscard]] int waitsFor() const { return m_waitsFor; }

private:
    [[nodiscard]] Result<QByteArray> readFile(qint64 maxSize);
    void nextPiece();

    std::shared_ptr<const StreamedBody> m_body;
    std::unique_ptr<QFile> m_file;
    qsizetype m_piece = 0;
    qint64 m_offset = 0; // in it
    int m_waitsFor = -1;
    bool m_begun = false;
};

} // namespace realmscope
