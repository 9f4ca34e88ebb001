// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/response/TextView.h"

#include "ui/response/TextViewAccessible.h"
#include "ui/theme/Theme.h"

#include <QtCore/QMimeData>
#include <QtGui/QClipboard>
#include <QtGui/QContextMenuEvent>
#include <QtGui/QGuiApplication>
#include <QtGui/QPainter>
#include <QtGui/QPainterPath>
#include <QtWidgets/QMenu>
#include <QtWidgets/QScrollBar>

#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr int RowHeight = 20;
constexpr int Padding = 12;
constexpr qsizetype SmallestRow = 16; // columns

// Takes one cell, as most characters do: below the combining ones, pictures of controls, the mask.
bool isSingle(QChar c)
{
    const char16_t u = c.unicode();
    return u < 0x300 || (u >= 0x2400 && u < 0x2440) || u == u'•';
}

// Cells of the grid that a character takes: 0 for one that combines, 2 for East Asian wide ones.
int cellsOf(QChar c)
{
    if (isSingle(c))
        return 1;
    const char16_t u = c.unicode();
    if (c.isLowSurrogate() || c.category() == QChar::Mark_NonSpacing || c.category() == QChar::Mark_Enclosing
        || c.category() == QChar::Other_Format)
        return 0;
    if (c.isHighSurrogate() || (u >= 0x1100 && u <= 0x115F) || (u >= 0x2E80 && u <= 0xA4CF)
        || (u >= 0xAC00 && u <= 0xD7A3) || (u >= 0xF900 && u <= 0xFAFF) || (u >= 0xFE30 && u <= 0xFE6F)
        || (u >= 0xFF00 && u <= 0xFF60) || (u >= 0xFFE0 && u <= 0xFFE6))
        return 2;
    return 1;
}

bool isPlain(QStringView text)
{
    return std::ranges::all_of(text, isSingle);
}

qsizetype cells(QStringView text)
{
    if (isPlain(text))
        return text.size();
    qsizetype count = 0;
    for (const QChar c : text)
        count += cellsOf(c);
    return count;
}

double cellWidth()
{
    return QFontMetricsF(Theme::font(FontStyle::Code)).horizontalAdvance(u'0');
}

} // namespace

TextView::TextView(QWidget *parent) : QAbstractScrollArea(parent)
{
    TextViewAccessible::install();
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    viewport()->setCursor(Qt::IBeamCursor);
    verticalScrollBar()->setSingleStep(1);
    setDocument({});
}

void TextView::setDocument(const TextDocument &document)
{
    m_document = document;
    m_anchor = {};
    m_caret = {};
    int largest = 0;
    for (const TextLine &line : m_document.lines())
        largest = std::max(largest, line.number);
    m_numberDigits = std::max(2, static_cast<int>(QString::number(largest).size()));
    m_layoutColumns = 0;
    relayout();
    verticalScrollBar()->setValue(0);
    setAccessibleDescription(tr("%1 lines").arg(m_document.lines().size()));
    viewport()->update();
}

void TextView::setLineNumbers(bool on)
{
    m_lineNumbers = on;
    m_layoutColumns = 0;
    relayout();
    viewport()->update();
}

int TextView::textLeft() const
{
    if (!m_lineNumbers)
        return Padding;
    return Padding + static_cast<int>(std::ceil(cellWidth() * m_numberDigits)) + Padding;
}

qsizetype TextView::columnsPerRow() const
{
    const double room = viewport()->width() - textLeft() - Padding;
    return std::max(SmallestRow, static_cast<qsizetype>(room / cellWidth()));
}

QList<qsizetype> TextView::breaks(qsizetype line) const
{
    const QString &text = m_document.lines().at(line).text;
    const qsizetype columns = std::max(SmallestRow, m_layoutColumns);
    QList<qsizetype> starts{0};
    if (text.size() <= columns / 2)
        return starts;
    if (isPlain(text)) {
        for (qsizetype at = columns; at < text.size(); at += columns)
            starts.append(at);
        return starts;
    }
    qsizetype used = 0;
    for (qsizetype at = 0; at < text.size(); ++at) {
        const int width = cellsOf(text.at(at));
        if (used + width > columns && width > 0) {
            starts.append(at);
            used = 0;
        }
        used += width;
    }
    return starts;
}

void TextView::relayout()
{
    const qsizetype columns = columnsPerRow();
    if (columns != m_layoutColumns) {
        m_layoutColumns = columns;
        m_firstRow.clear();
        m_firstRow.reserve(m_document.lines().size() + 1);
        qsizetype rows = 0;
        for (qsizetype line = 0; line < m_document.lines().size(); ++line) {
            m_firstRow.append(rows);
            const QString &text = m_document.lines().at(line).text;
            rows += text.size() <= columns / 2 ? 1 : breaks(line).size();
        }
        m_firstRow.append(rows);
    }
    const int page = std::max(1, (viewport()->height() - Padding) / RowHeight);
    verticalScrollBar()->setPageStep(page);
    verticalScrollBar()->setRange(0, std::max(0, static_cast<int>(m_firstRow.last()) - page));
}

qsizetype TextView::lineOfRow(qsizetype row) const
{
    const auto it = std::upper_bound(m_firstRow.cbegin(), m_firstRow.cend(), row);
    return std::max<qsizetype>(0, std::distance(m_firstRow.cbegin(), it) - 1);
}

qsizetype TextView::rowOf(const Place &place) const
{
    if (m_document.lines().isEmpty())
        return 0;
    const qsizetype line = std::clamp<qsizetype>(place.line, 0, m_document.lines().size() - 1);
    const QList<qsizetype> starts = breaks(line);
    const auto it = std::upper_bound(starts.cbegin(), starts.cend(), place.column);
    return m_firstRow.at(line) + std::distance(starts.cbegin(), it) - 1;
}

qsizetype TextView::firstVisibleLine() const
{
    return lineOfRow(verticalScrollBar()->value());
}

void TextView::paintEvent(QPaintEvent *event)
{
    QPainter painter(viewport());
    const Theme &theme = Theme::instance();
    painter.fillRect(event->rect(), theme.color(Token::Surf));
    const qsizetype total = m_firstRow.last();
    const qsizetype firstRow = verticalScrollBar()->value();
    int top = Padding / 2;
    qsizetype row = firstRow;
    qsizetype line = lineOfRow(row);
    while (row < total && top < viewport()->height()) {
        const QList<qsizetype> starts = breaks(line);
        const qsizetype skipped = row - m_firstRow.at(line);
        for (qsizetype index = skipped; index < starts.size() && top < viewport()->height(); ++index, ++row) {
            const qsizetype end =
                index + 1 < starts.size() ? starts.at(index + 1) : m_document.lines().at(line).text.size();
            paintRow(painter, line, starts.at(index), end, top);
            top += RowHeight;
        }
        ++line;
    }
    if (hasFocus()) {
        painter.setPen(QPen(theme.color(Token::Acc), 2));
        painter.drawRect(viewport()->rect().adjusted(1, 1, -1, -1));
    }
}

void TextView::paintSpans(QPainter &painter, const TextLine &line, qsizetype begin, qsizetype end, int top)
{
    const Theme &theme = Theme::instance();
    const double cell = cellWidth();
    painter.setRenderHint(QPainter::Antialiasing);
    for (const TextSpan &span : line.spans) {
        if (span.kind != SpanKind::Evidence && span.kind != SpanKind::Match && span.kind != SpanKind::Problem)
            continue;
        const qsizetype first = std::max(begin, span.begin);
        const qsizetype last = std::min(end, span.end);
        if (first >= last)
            continue;
        const QStringView text(line.text);
        const double x = textLeft() + cell * static_cast<double>(cells(text.sliced(begin, first - begin)));
        const double width = cell * static_cast<double>(cells(text.sliced(first, last - first)));
        const QRectF rect(x - 0.5, top + 1.5, width + 1, RowHeight - 3);
        const bool isMatch = span.kind == SpanKind::Match;
        painter.setPen(theme.color(isMatch ? Token::AccLine : Token::WarnLine));
        painter.setBrush(theme.color(isMatch ? Token::AccSoft : Token::WarnSoft));
        painter.drawRoundedRect(rect, 3, 3);
    }
    painter.setRenderHint(QPainter::Antialiasing, false);
}

void TextView::paintRow(QPainter &painter, qsizetype lineIndex, qsizetype begin, qsizetype end, int top)
{
    const Theme &theme = Theme::instance();
    const TextLine &line = m_document.lines().at(lineIndex);
    const bool isHeading = line.kind == LineKind::Heading;
    const bool isProse = line.kind != LineKind::Text;
    const int left = isProse ? Padding : textLeft();
    painter.setFont(Theme::font(isHeading ? FontStyle::TinyStrong : isProse ? FontStyle::Small : FontStyle::Code));
    const QRect rowRect(left, top, viewport()->width() - left, RowHeight);

    if (m_lineNumbers && line.number > 0 && begin == 0) {
        painter.setPen(theme.color(Token::Fg3));
        painter.drawText(QRect(Padding, top, textLeft() - 2 * Padding, RowHeight), Qt::AlignRight | Qt::AlignVCenter,
                         QString::number(line.number));
    }
    paintSpans(painter, line, begin, end, top);

    const Place from = std::min(m_anchor, m_caret);
    const Place to = std::max(m_anchor, m_caret);
    const double cell = cellWidth();
    const QStringView text(line.text);
    if (from != to && lineIndex >= from.line && lineIndex <= to.line) {
        const qsizetype first = lineIndex == from.line ? std::clamp(from.column, begin, end) : begin;
        const qsizetype last = lineIndex == to.line ? std::clamp(to.column, begin, end) : end;
        double x = left + cell * static_cast<double>(cells(text.sliced(begin, first - begin)));
        double width = cell * static_cast<double>(cells(text.sliced(first, last - first)));
        if (isProse) { // drawn in a proportional font: the whole line or nothing
            x = left;
            width = QFontMetricsF(painter.font()).horizontalAdvance(line.text);
        }
        painter.fillRect(QRectF(x, top, width, RowHeight), palette().color(QPalette::Active, QPalette::Highlight));
    }

    // Runs of one colour.
    qsizetype at = begin;
    double x = left;
    while (at < end || (at == begin && begin == end)) {
        Token token = isProse ? Token::Fg3 : Token::Fg;
        qsizetype stop = end;
        for (const TextSpan &span : line.spans) {
            const bool colours = span.kind == SpanKind::Masked || span.kind == SpanKind::Comment
                || span.kind == SpanKind::Problem;
            if (!colours)
                continue;
            if (span.begin <= at && at < span.end) {
                token = span.kind == SpanKind::Problem ? Token::Bad
                    : span.kind == SpanKind::Masked    ? Token::Fg2
                                                       : Token::Fg3;
                stop = std::min(stop, span.end);
            } else if (span.begin > at) {
                stop = std::min(stop, span.begin);
            }
        }
        if (isHeading && token == Token::Fg3)
            painter.setFont(Theme::font(at == 0 ? FontStyle::TinyStrong : FontStyle::Tiny));
        const Place here{lineIndex, at};
        const bool isSelected = from != to && here >= from && here < to;
        if (from != to) { // the text colour changes where the selection begins or ends
            for (const Place &edge : {from, to}) {
                if (edge.line == lineIndex && edge.column > at)
                    stop = std::min(stop, edge.column);
            }
        }
        painter.setPen(isSelected ? palette().color(QPalette::Active, QPalette::HighlightedText) : theme.color(token));
        const QStringView run = text.sliced(at, stop - at);
        if (isProse || isPlain(run)) {
            painter.drawText(QRectF(x, top, rowRect.right() - x + 1, RowHeight), Qt::AlignVCenter | Qt::TextSingleLine,
                             run.toString());
            x += isProse ? QFontMetricsF(painter.font()).horizontalAdvance(run.toString())
                         : cell * static_cast<double>(run.size());
        } else { // a fallback font may have other widths: each character goes into its own cell
            for (qsizetype index = 0; index < run.size();) {
                qsizetype length = 1;
                while (index + length < run.size() && cellsOf(run.at(index + length)) == 0)
                    ++length;
                const QString cluster = run.sliced(index, length).toString();
                painter.drawText(QRectF(x, top, cell * 4, RowHeight), Qt::AlignVCenter | Qt::TextSingleLine, cluster);
                x += cell * static_cast<double>(cells(cluster));
                index += length;
            }
        }
        if (stop == at)
            break;
        at = stop;
    }
}

void TextView::resizeEvent(QResizeEvent *)
{
    const qsizetype line = firstVisibleLine();
    relayout();
    if (line < m_firstRow.size())
        verticalScrollBar()->setValue(static_cast<int>(m_firstRow.at(line)));
}

void TextView::changeEvent(QEvent *event)
{
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::PaletteChange) {
        m_layoutColumns = 0;
        relayout();
        viewport()->update();
    }
}

TextView::Place TextView::placeAt(const QPoint &point) const
{
    if (m_document.lines().isEmpty())
        return {};
    const qsizetype row = std::clamp<qsizetype>(
        verticalScrollBar()->value() + static_cast<qsizetype>(std::floor((point.y() - Padding / 2.0) / RowHeight)), 0,
        m_firstRow.last() - 1);
    const qsizetype line = lineOfRow(row);
    const QList<qsizetype> starts = breaks(line);
    const qsizetype index = row - m_firstRow.at(line);
    const qsizetype begin = starts.at(index);
    const QString &text = m_document.lines().at(line).text;
    const qsizetype end = index + 1 < starts.size() ? starts.at(index + 1) : text.size();
    double x = point.x() - textLeft();
    const double cell = cellWidth();
    qsizetype column = begin;
    while (column < end && x > cell * cellsOf(text.at(column)) / 2.0) {
        x -= cell * cellsOf(text.at(column));
        ++column;
    }
    return {line, column};
}

void TextView::moveCaret(Place place, bool keepAnchor)
{
    m_caret = place;
    if (!keepAnchor)
        m_anchor = place;
    const int row = static_cast<int>(rowOf(place));
    if (row < verticalScrollBar()->value())
        verticalScrollBar()->setValue(row);
    else if (row >= verticalScrollBar()->value() + verticalScrollBar()->pageStep())
        verticalScrollBar()->setValue(row - verticalScrollBar()->pageStep() + 1);
    viewport()->update();
}

void TextView::mousePressEvent(QMouseEvent *event)
{
    if (event->button() == Qt::LeftButton)
        moveCaret(placeAt(event->position().toPoint()), event->modifiers().testFlag(Qt::ShiftModifier));
}

void TextView::mouseMoveEvent(QMouseEvent *event)
{
    if (event->buttons().testFlag(Qt::LeftButton))
        moveCaret(placeAt(event->position().toPoint()), true);
}

void TextView::mouseDoubleClickEvent(QMouseEvent *event)
{
    const Place place = placeAt(event->position().toPoint());
    if (place.line >= m_document.lines().size())
        return;
    const QString &text = m_document.lines().at(place.line).text;
    const auto isWord = [&](qsizetype index) {
        const QChar c = text.at(index);
        return c.isLetterOrNumber() || c == u'_' || c == u'-';
    };
    Place begin = place;
    Place end = place;
    while (begin.column > 0 && isWord(begin.column - 1))
        --begin.column;
    while (end.column < text.size() && isWord(end.column))
        ++end.column;
    m_anchor = begin;
    moveCaret(end, true);
}

void TextView::keyPressEvent(QKeyEvent *event)
{
    if (event->matches(QKeySequence::Copy)) {
        copy();
        return;
    }
    if (event->matches(QKeySequence::SelectAll)) {
        selectAll();
        return;
    }
    // Other chords belong to the window (Alt+Left goes through the trace).
    if (m_document.lines().isEmpty() || event->modifiers().testFlag(Qt::AltModifier)) {
        QAbstractScrollArea::keyPressEvent(event);
        return;
    }
    const bool keep = event->modifiers().testFlag(Qt::ShiftModifier);
    const bool far = event->modifiers().testFlag(Qt::ControlModifier);
    const auto length = [this](qsizetype line) { return m_document.lines().at(line).text.size(); };
    const qsizetype lastLine = m_document.lines().size() - 1;
    Place place = m_caret;
    switch (event->key()) {
    case Qt::Key_Left:
        if (place.column > 0)
            --place.column;
        else if (place.line > 0)
            place = {place.line - 1, length(place.line - 1)};
        break;
    case Qt::Key_Right:
        if (place.column < length(place.line))
            ++place.column;
        else if (place.line < lastLine)
            place = {place.line + 1, 0};
        break;
    case Qt::Key_Up:
        place.line = std::max<qsizetype>(0, place.line - 1);
        break;
    case Qt::Key_Down:
        place.line = std::min(lastLine, place.line + 1);
        break;
    case Qt::Key_PageUp:
        place.line = std::max<qsizetype>(0, place.line - verticalScrollBar()->pageStep());
        break;
    case Qt::Key_PageDown:
        place.line = std::min<qsizetype>(lastLine, place.line + verticalScrollBar()->pageStep());
        break;
    case Qt::Key_Home:
        place = far ? Place{} : Place{place.line, 0};
        break;
    case Qt::Key_End:
        place = far ? Place{lastLine, length(lastLine)} : Place{place.line, length(place.line)};
        break;
    default:
        QAbstractScrollArea::keyPressEvent(event);
        return;
    }
    place.column = std::min(place.column, length(place.line));
    moveCaret(place, keep);
}

void TextView::focusInEvent(QFocusEvent *event)
{
    QAbstractScrollArea::focusInEvent(event);
    viewport()->update();
}

void TextView::focusOutEvent(QFocusEvent *event)
{
    QAbstractScrollArea::focusOutEvent(event);
    viewport()->update();
}

void TextView::contextMenuEvent(QContextMenuEvent *event)
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    QAction *copyAction = menu->addAction(tr("Copy"), this, &TextView::copy);
    copyAction->setEnabled(hasSelection());
    menu->addAction(tr("Select all"), this, &TextView::selectAll);
    menu->popup(event->globalPos());
}

void TextView::selectAll()
{
    if (m_document.lines().isEmpty())
        return;
    m_anchor = {};
    m_caret = {m_document.lines().size() - 1, m_document.lines().last().text.size()};
    viewport()->update();
}

QString TextView::selectedText() const
{
    const Place from = std::min(m_anchor, m_caret);
    const Place to = std::max(m_anchor, m_caret);
    QStringList parts;
    for (qsizetype line = from.line; line <= to.line && line < m_document.lines().size(); ++line) {
        const QString &text = m_document.lines().at(line).text;
        const qsizetype begin = line == from.line ? std::min(from.column, text.size()) : 0;
        const qsizetype end = line == to.line ? std::min(to.column, text.size()) : text.size();
        parts.append(text.sliced(begin, end - begin));
    }
    return parts.join(u'\n');
}

QString TextView::toPlainText() const
{
    QStringList parts;
    for (const TextLine &line : m_document.lines())
        parts.append(line.text);
    return parts.join(u'\n');
}

void TextView::copy() const
{
    if (hasSelection())
        QGuiApplication::clipboard()->setText(selectedText());
}

void TextView::highlight(const QList<LineRange> &ranges, SpanKind kind)
{
    m_document.clearSpans(kind);
    for (const LineRange &range : ranges)
        m_document.addSpan(range, kind);
    if (!ranges.isEmpty())
        reveal(ranges.first());
    viewport()->update();
}

void TextView::clearHighlight(SpanKind kind)
{
    m_document.clearSpans(kind);
    viewport()->update();
}

void TextView::reveal(const LineRange &range)
{
    const int row = static_cast<int>(rowOf({range.line, range.begin}));
    const int page = verticalScrollBar()->pageStep();
    // A third from the top, so that what stands before it is seen as well.
    if (row < verticalScrollBar()->value() || row >= verticalScrollBar()->value() + page)
        verticalScrollBar()->setValue(row - page / 3);
    viewport()->update();
}

} // namespace realmscope
