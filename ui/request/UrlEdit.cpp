// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/request/UrlEdit.h"

#include "ui/theme/Theme.h"

#include <QtGui/QInputMethodEvent>
#include <QtGui/QPainter>
#include <QtGui/QTextCharFormat>
#include <QtGui/QTextLayout>

using namespace Qt::StringLiterals;

namespace realmscope {

UrlEdit::UrlEdit(QWidget *parent) : QLineEdit(parent)
{
    setFrame(false);
    setFont(Theme::font(FontStyle::Code));
    setPlaceholderText(tr("https://api.example.com/path, or paste a curl command"));
    setAccessibleName(tr("Request URL"));
    QPalette clear = palette();
    clear.setColor(QPalette::Base, Qt::transparent); // the chips are painted under the text
    setPalette(clear);
    connect(this, &QLineEdit::textChanged, this, &UrlEdit::colourVariables);
    connect(this, &QLineEdit::returnPressed, this, &UrlEdit::submitted);
}

void UrlEdit::setVariables(const Variables &variables)
{
    m_variables = variables;
    colourVariables();
}

void UrlEdit::setTemplate(const QString &newText)
{
    if (newText != text())
        setText(newText);
}

void UrlEdit::colourVariables()
{
    m_uses = m_variables.uses(text());
    const Theme &theme = Theme::instance();
    // QLineEdit has no way to colour a part of its text but the formats of an input method event; without preedit
    // and commit text it changes nothing else. Positions count from the cursor.
    QList<QInputMethodEvent::Attribute> attributes;
    for (const VariableUse &use : std::as_const(m_uses)) {
        QTextCharFormat format;
        format.setForeground(theme.color(use.resolved ? Token::Acc : Token::Bad));
        attributes.append({QInputMethodEvent::TextFormat, static_cast<int>(use.begin) - cursorPosition(),
                           static_cast<int>(use.end - use.begin), format});
    }
    QInputMethodEvent event(QString(), attributes);
    QLineEdit::inputMethodEvent(&event);
    update();
}

void UrlEdit::paintEvent(QPaintEvent *event)
{
    if (!m_uses.isEmpty()) {
        // Where the text begins, scrolled or not: the cursor's place less the width of the text before it.
        QTextLayout layout(text(), font());
        layout.beginLayout();
        const QTextLine line = layout.createLine();
        layout.endLayout();
        constexpr int CursorMargin = 5; // QLineEdit's cursorRect() begins this much before the cursor
        const double origin = cursorRect().x() + CursorMargin - line.cursorToX(cursorPosition());
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        for (const VariableUse &use : std::as_const(m_uses)) {
            const double left = origin + line.cursorToX(static_cast<int>(use.begin));
            const double right = origin + line.cursorToX(static_cast<int>(use.end));
            painter.setBrush(Theme::instance().color(use.resolved ? Token::AccSoft : Token::BadSoft));
            painter.drawRoundedRect(QRectF(left, (height() - 18) / 2.0, right - left, 18), 4, 4);
        }
    }
    QLineEdit::paintEvent(event);
}

void UrlEdit::focusInEvent(QFocusEvent *event)
{
    QLineEdit::focusInEvent(event);
    Q_EMIT focusChanged();
}

void UrlEdit::focusOutEvent(QFocusEvent *event)
{
    QLineEdit::focusOutEvent(event);
    Q_EMIT focusChanged();
}

void UrlEdit::changeEvent(QEvent *event)
{
    QLineEdit::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && palette().color(QPalette::Base).alpha() != 0) {
        QPalette clear = palette();
        clear.setColor(QPalette::Base, Qt::transparent);
        setPalette(clear);
        colourVariables();
    }
}

} // namespace realmscope
