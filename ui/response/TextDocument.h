// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/credentials/Redactor.h"

#include <QtCore/QByteArray>
#include <QtCore/QList>
#include <QtCore/QString>
#include <QtCore/QStringList>

namespace realmscope {

enum class LineKind { Text, Heading, Note };
enum class SpanKind { Masked, Evidence, Match, Problem, Comment };

// Columns [begin, end) of a line's text.
struct TextSpan
{
    qsizetype begin = 0;
    qsizetype end = 0;
    SpanKind kind = SpanKind::Masked;
    bool operator==(const TextSpan &) const = default;
};

// A run of columns that stands for a run of bytes. One to one where columns and bytes are equally many; else all the
// columns stand for all the bytes (a mask, a character of several bytes).
struct ByteRun
{
    qsizetype byteBegin = 0;
    qsizetype byteEnd = 0;
    qsizetype columnBegin = 0;
    qsizetype columnEnd = 0;
    bool whole = false; // never one to one: a mask
};

struct TextLine
{
    QString text;
    int number = 0; // shown in the gutter; 0: none
    LineKind kind = LineKind::Text;
    int message = -1;   // which message (0 request, 1 response …) the bytes belong to, -1 none
    QList<TextSpan> spans;
    QList<ByteRun> runs;
};

// A place in a document.
struct LineRange
{
    qsizetype line = 0;
    qsizetype begin = 0;
    qsizetype end = 0;
    bool operator==(const LineRange &) const = default;
};

// Text of some messages as lines for a TextView, which knows where each byte went.
class TextDocument
{
public:
    static constexpr qsizetype MaskWidth = 18; // never the secret's length

    void addHeading(const QString &title, const QString &remark);
    void addNote(const QString &text);
    void addBlank();
    void addText(const QString &text); // split at line feeds, numbered from 1
    // Bytes as they went over the wire. UTF-8 where valid, else Latin-1; control characters as symbols. Ranges are
    // masked: bullets of a fixed width and how much they stand for.
    void addBytes(int message, const QByteArray &bytes, const QList<MaskedRange> &masked);
    void addHex(int message, const QByteArray &bytes, const QList<MaskedRange> &masked);

    [[nodiscard]] const QList<TextLine> &lines() const { return m_lines; }
    [[nodiscard]] QList<LineRange> locate(int message, const ByteRange &bytes) const;
    // The byte at a column, -1 where there is none (a heading, a mask's remark).
    [[nodiscard]] qsizetype byteAt(qsizetype line, qsizetype column) const;
    [[nodiscard]] QList<LineRange> find(const QString &text, qsizetype limit = 10'000) const; // case-insensitive
    void addSpan(const LineRange &range, SpanKind kind);
    void clearSpans(SpanKind kind);

private:
    QList<TextLine> m_lines;
};

// JSON with two-space indents; numbers, order, duplicates and escapes stay as written. Empty when it is no JSON.
[[nodiscard]] QString prettyJson(const QByteArray &bytes);
[[nodiscard]] QString prettyXml(const QByteArray &bytes); // empty when not well-formed

} // namespace realmscope
