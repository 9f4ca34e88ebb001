// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/response/TextDocument.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QJsonDocument>
#include <QtCore/QXmlStreamReader>
#include <QtCore/QXmlStreamWriter>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

// Length of the UTF-8 sequence at the front of the view, 0 when it is none (RFC 3629 section 4).
qsizetype utf8Length(QByteArrayView view)
{
    const auto byte = [&](qsizetype index) { return static_cast<unsigned char>(view.at(index)); };
    const unsigned char first = byte(0);
    const qsizetype length = first < 0x80 ? 1 : first >= 0xC2 && first < 0xE0 ? 2 : first >= 0xE0 && first < 0xF0 ? 3
                                                                             : first >= 0xF0 && first < 0xF5 ? 4 : 0;
    if (length == 0 || view.size() < length)
        return 0;
    for (qsizetype index = 1; index < length; ++index) {
        if ((byte(index) & 0xC0) != 0x80)
            return 0;
    }
    if ((first == 0xE0 && byte(1) < 0xA0) || (first == 0xED && byte(1) > 0x9F) || (first == 0xF0 && byte(1) < 0x90)
        || (first == 0xF4 && byte(1) > 0x8F))
        return 0;
    return length;
}

QChar shownControl(unsigned char byte)
{
    if (byte == '\t')
        return u' ';
    return byte == 0x7F ? QChar(0x2421) : QChar(static_cast<char16_t>(0x2400 + byte));
}

void appendByteRun(TextLine &line, qsizetype byteBegin, qsizetype byteEnd, const QString &text)
{
    const qsizetype column = line.text.size();
    line.text += text;
    // One to one runs that touch become one.
    if (!line.runs.isEmpty() && byteEnd - byteBegin == text.size()) {
        ByteRun &last = line.runs.last();
        if (!last.whole && last.byteEnd == byteBegin && last.columnEnd == column
            && last.byteEnd - last.byteBegin == last.columnEnd - last.columnBegin) {
            last.byteEnd = byteEnd;
            last.columnEnd = line.text.size();
            return;
        }
    }
    line.runs.append({byteBegin, byteEnd, column, line.text.size()});
}

void appendPlain(TextLine &line, const QByteArray &bytes, qsizetype begin, qsizetype end)
{
    QString plain; // a character for each byte since plainBegin
    qsizetype plainBegin = begin;
    for (qsizetype at = begin; at < end;) {
        const auto byte = static_cast<unsigned char>(bytes.at(at));
        const qsizetype length = byte < 0x80 ? 1 : utf8Length(QByteArrayView(bytes).sliced(at, std::min<qsizetype>(4, end - at)));
        if (length <= 1) {
            plain += byte < 0x20 || byte == 0x7F ? shownControl(byte) : QChar(static_cast<char16_t>(byte));
            ++at;
            continue;
        }
        if (!plain.isEmpty())
            appendByteRun(line, plainBegin, at, plain);
        appendByteRun(line, at, at + length, QString::fromUtf8(bytes.constData() + at, length));
        plain.clear();
        at += length;
        plainBegin = at;
    }
    if (!plain.isEmpty())
        appendByteRun(line, plainBegin, end, plain);
}

void appendMask(TextLine &line, qsizetype begin, qsizetype end)
{
    const qsizetype column = line.text.size();
    line.text += QString(TextDocument::MaskWidth, u'•');
    line.runs.append({begin, end, column, line.text.size(), true});
    line.spans.append({column, line.text.size(), SpanKind::Masked});
}

// The size of a bearer token may be told, that of a password never.
QString maskRemark(const QByteArray &bytes, const ByteRange &mask)
{
    constexpr QByteArrayView Scheme("bearer ");
    const bool isBearer = mask.begin >= Scheme.size()
        && equalsIgnoreCase(QByteArrayView(bytes).sliced(mask.begin - Scheme.size(), Scheme.size()), Scheme);
    return isBearer ? QCoreApplication::translate("TextDocument", "%1 B masked").arg(mask.size()) : QString();
}

} // namespace

void TextDocument::addHeading(const QString &title, const QString &remark)
{
    TextLine line;
    line.kind = LineKind::Heading;
    line.text = title;
    if (!remark.isEmpty()) {
        line.text += u"  "_s;
        line.spans.append({line.text.size(), line.text.size() + remark.size(), SpanKind::Comment});
        line.text += remark;
    }
    m_lines.append(line);
}

void TextDocument::addNote(const QString &text)
{
    TextLine line;
    line.kind = LineKind::Note;
    line.text = text;
    m_lines.append(line);
}

void TextDocument::addBlank()
{
    m_lines.append(TextLine());
}

void TextDocument::addText(const QString &text)
{
    int number = 0;
    const QList<QStringView> parts = QStringView(text).split(u'\n');
    for (const QStringView part : parts) {
        TextLine line;
        line.number = ++number;
        line.text.reserve(part.size());
        for (const QChar c : part) {
            if (c == u'\r')
                continue;
            line.text += c.unicode() < 0x20 ? shownControl(static_cast<unsigned char>(c.unicode())) : c;
        }
        m_lines.append(line);
    }
}

void TextDocument::addBytes(int message, const QByteArray &bytes, const QList<MaskedRange> &masked)
{
    int number = 0;
    qsizetype at = 0;
    qsizetype nextMask = 0;
    while (at < bytes.size()) {
        qsizetype lineFeed = bytes.indexOf('\n', at);
        const bool isLast = lineFeed < 0;
        if (isLast)
            lineFeed = bytes.size();
        qsizetype end = lineFeed;
        if (!isLast && end > at && bytes.at(end - 1) == '\r')
            --end;
        TextLine line;
        line.number = ++number;
        line.message = message;
        QString remark;
        while (at < end) {
            while (nextMask < masked.size() && masked.at(nextMask).range.end <= at)
                ++nextMask;
            if (nextMask < masked.size() && masked.at(nextMask).range.begin < end) {
                const ByteRange &range = masked.at(nextMask).range;
                const qsizetype begin = std::max(at, range.begin);
                const qsizetype stop = std::min(end, range.end);
                appendPlain(line, bytes, at, begin);
                appendMask(line, begin, stop);
                remark = maskRemark(bytes, range);
                at = stop;
            } else {
                appendPlain(line, bytes, at, end);
                at = end;
            }
        }
        // The line end belongs to the line, after its last column, so that a range may include it.
        line.runs.append({end, isLast ? lineFeed : lineFeed + 1, line.text.size(), line.text.size()});
        if (!remark.isEmpty()) {
            line.text += u' ';
            line.spans.append({line.text.size(), line.text.size() + remark.size(), SpanKind::Comment});
            line.text += remark;
        }
        m_lines.append(line);
        at = isLast ? bytes.size() : lineFeed + 1;
    }
}

void TextDocument::addHex(int message, const QByteArray &bytes, const QList<MaskedRange> &masked)
{
    constexpr qsizetype Width = 16;
    qsizetype nextMask = 0;
    for (qsizetype offset = 0; offset < bytes.size(); offset += Width) {
        TextLine line;
        line.message = message;
        line.text = u"%1  "_s.arg(offset, 8, 16, QLatin1Char('0'));
        QString shown;
        const qsizetype count = std::min(Width, bytes.size() - offset);
        for (qsizetype index = 0; index < Width; ++index) {
            if (index == Width / 2)
                line.text += u' ';
            if (index >= count) {
                line.text += u"   "_s;
                continue;
            }
            const qsizetype at = offset + index;
            while (nextMask < masked.size() && masked.at(nextMask).range.end <= at)
                ++nextMask;
            const bool isMasked = nextMask < masked.size() && masked.at(nextMask).range.begin <= at;
            const auto byte = static_cast<unsigned char>(bytes.at(at));
            const qsizetype column = line.text.size();
            line.text += isMasked ? u"••"_s : u"%1"_s.arg(byte, 2, 16, QLatin1Char('0'));
            line.runs.append({at, at + 1, column, column + 2});
            line.text += u' ';
            shown += isMasked ? QChar(u'•') : byte >= 0x20 && byte < 0x7F ? QChar(char16_t{byte}) : QChar(u'·');
        }
        line.text += u' ' + shown;
        m_lines.append(line);
    }
}

QList<LineRange> TextDocument::locate(int message, const ByteRange &bytes) const
{
    QList<LineRange> found;
    for (qsizetype index = 0; index < m_lines.size(); ++index) {
        const TextLine &line = m_lines.at(index);
        if (line.message != message || line.runs.isEmpty() || line.runs.last().byteEnd <= bytes.begin)
            continue;
        if (line.runs.first().byteBegin >= bytes.end)
            break;
        qsizetype begin = -1;
        qsizetype end = -1;
        for (const ByteRun &run : line.runs) {
            if (run.byteEnd <= bytes.begin || run.byteBegin >= bytes.end || run.columnBegin == run.columnEnd)
                continue;
            const bool isOneToOne = !run.whole && run.byteEnd - run.byteBegin == run.columnEnd - run.columnBegin;
            const qsizetype first =
                isOneToOne ? run.columnBegin + std::max<qsizetype>(0, bytes.begin - run.byteBegin) : run.columnBegin;
            const qsizetype last =
                isOneToOne ? run.columnEnd - std::max<qsizetype>(0, run.byteEnd - bytes.end) : run.columnEnd;
            begin = begin < 0 ? first : std::min(begin, first);
            end = std::max(end, last);
        }
        if (begin >= 0)
            found.append({index, begin, end});
    }
    return found;
}

qsizetype TextDocument::byteAt(qsizetype line, qsizetype column) const
{
    if (line < 0 || line >= m_lines.size())
        return -1;
    for (const ByteRun &run : m_lines.at(line).runs) {
        if (column < run.columnBegin || (column >= run.columnEnd && run.columnBegin != run.columnEnd))
            continue;
        const bool isOneToOne = !run.whole && run.byteEnd - run.byteBegin == run.columnEnd - run.columnBegin;
        return isOneToOne ? run.byteBegin + (column - run.columnBegin) : run.byteBegin;
    }
    return -1;
}

QList<LineRange> TextDocument::find(const QString &text, qsizetype limit) const
{
    QList<LineRange> found;
    if (text.isEmpty())
        return found;
    for (qsizetype index = 0; index < m_lines.size(); ++index) {
        const QString &line = m_lines.at(index).text;
        qsizetype at = line.indexOf(text, 0, Qt::CaseInsensitive);
        while (at >= 0) {
            found.append({index, at, at + text.size()});
            if (found.size() >= limit)
                return found;
            at = line.indexOf(text, at + text.size(), Qt::CaseInsensitive);
        }
    }
    return found;
}

void TextDocument::addSpan(const LineRange &range, SpanKind kind)
{
    if (range.line >= 0 && range.line < m_lines.size())
        m_lines[range.line].spans.append({range.begin, range.end, kind});
}

void TextDocument::clearSpans(SpanKind kind)
{
    for (TextLine &line : m_lines) {
        if (!line.spans.isEmpty())
            line.spans.removeIf([kind](const TextSpan &span) { return span.kind == kind; });
    }
}

QString prettyJson(const QByteArray &bytes)
{
    QJsonParseError problem;
    const QJsonDocument parsed = QJsonDocument::fromJson(bytes, &problem); // refuses more than 1024 levels
    if (parsed.isNull() || problem.error != QJsonParseError::NoError)
        return {};
    const QString text = QString::fromUtf8(bytes);
    QString out;
    out.reserve(text.size() + text.size() / 2);
    qsizetype depth = 0;
    bool inString = false;
    const auto newLine = [&] {
        out += u'\n';
        out += QString(depth * 2, u' ');
    };
    for (qsizetype index = 0; index < text.size(); ++index) {
        const QChar c = text.at(index);
        if (inString) {
            out += c;
            if (c == u'\\' && index + 1 < text.size())
                out += text.at(++index);
            else if (c == u'"')
                inString = false;
            continue;
        }
        if (c == u'"') {
            inString = true;
            out += c;
        } else if (c == u'{' || c == u'[') {
            qsizetype next = index + 1;
            while (next < text.size() && text.at(next).isSpace())
                ++next;
            out += c;
            if (next < text.size() && (text.at(next) == u'}' || text.at(next) == u']')) {
                out += text.at(next);
                index = next;
            } else {
                ++depth;
                newLine();
            }
        } else if (c == u'}' || c == u']') {
            --depth;
            newLine();
            out += c;
        } else if (c == u',') {
            out += c;
            newLine();
        } else if (c == u':') {
            out += u": "_s;
        } else if (!c.isSpace()) {
            out += c;
        }
    }
    return out;
}

QString prettyXml(const QByteArray &bytes)
{
    QXmlStreamReader reader(bytes);
    QString out;
    QXmlStreamWriter writer(&out);
    writer.setAutoFormatting(true);
    writer.setAutoFormattingIndent(2);
    while (!reader.atEnd()) {
        reader.readNext();
        if (reader.hasError())
            return {};
        if (!reader.isWhitespace())
            writer.writeCurrentToken(reader);
    }
    return out;
}

} // namespace realmscope
