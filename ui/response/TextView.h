// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/response/TextDocument.h"

#include <QtWidgets/QAbstractScrollArea>

namespace realmscope {

// Read-only text by lines in the code font, for bodies and raw bytes: lays out only what is visible, wraps long lines,
// selects with mouse and keyboard, copies what it shows (so what is masked stays masked).
class TextView : public QAbstractScrollArea
{
    Q_OBJECT
public:
    explicit TextView(QWidget *parent = nullptr);

    void setDocument(const TextDocument &document);
    [[nodiscard]] const TextDocument &document() const { return m_document; }
    void setLineNumbers(bool on);

    // Marks the ranges and scrolls to the first one.
    void highlight(const QList<LineRange> &ranges, SpanKind kind);
    void clearHighlight(SpanKind kind);
    void reveal(const LineRange &range);
    [[nodiscard]] QString selectedText() const;
    [[nodiscard]] bool hasSelection() const { return m_anchor != m_caret; }
    void selectAll();
    void copy() const;
    [[nodiscard]] QString toPlainText() const;
    // First visible line of the document, for tests and for keeping the place.
    [[nodiscard]] qsizetype firstVisibleLine() const;

    [[nodiscard]] QSize sizeHint() const override { return {480, 240}; }

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    struct Place
    {
        qsizetype line = 0;
        qsizetype column = 0;
        auto operator<=>(const Place &) const = default;
    };

    void relayout();
    [[nodiscard]] qsizetype columnsPerRow() const;
    [[nodiscard]] qsizetype lineOfRow(qsizetype row) const;
    [[nodiscard]] qsizetype rowOf(const Place &place) const;
    [[nodiscard]] QList<qsizetype> breaks(qsizetype line) const; // columns where its rows begin
    [[nodiscard]] Place placeAt(const QPoint &point) const;
    [[nodiscard]] int textLeft() const;
    void moveCaret(Place place, bool keepAnchor);
    void paintRow(QPainter &painter, qsizetype line, qsizetype begin, qsizetype end, int top);
    void paintSpans(QPainter &painter, const TextLine &line, qsizetype begin, qsizetype end, int top);

    TextDocument m_document;
    QList<qsizetype> m_firstRow; // of each line, and the total at the end
    qsizetype m_layoutColumns = 0;
    Place m_anchor;
    Place m_caret;
    bool m_lineNumbers = true;
    int m_numberDigits = 1;
};

} // namespace realmscope
