// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/request/UrlEdit.h"

#include "ui/theme/Theme.h"

#include <QtGui/QPainter>

using namespace Qt::StringLiterals;

namespace realmscope {

UrlEdit::UrlEdit(QWidget *parent) : VariableLineEdit(parent)
{
    setFrame(false);
    setFont(Theme::font(FontStyle::Code));
    setPlaceholderText(tr("https://api.example.com/path, or paste a curl command"));
    setAccessibleName(tr("Request URL"));
    QPalette clear = palette();
    clear.setColor(QPalette::Base, Qt::transparent); // the chips are painted under the text
    setPalette(clear);
    connect(this, &QLineEdit::returnPressed, this, &UrlEdit::submitted);
}

void UrlEdit::setTemplate(const QString &newText)
{
    if (newText != text())
        setText(newText);
}

void UrlEdit::paintEvent(QPaintEvent *event)
{
    if (!uses().isEmpty()) {
        const double origin = textOrigin();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        for (const VariableUse &use : uses()) {
            const double left = origin + xOf(use.begin);
            const double right = origin + xOf(use.end);
            painter.setBrush(Theme::instance().color(use.resolved ? Token::AccSoft : Token::BadSoft));
            painter.drawRoundedRect(QRectF(left, (height() - 18) / 2.0, right - left, 18), 4, 4);
        }
    }
    VariableLineEdit::paintEvent(event);
}

void UrlEdit::focusInEvent(QFocusEvent *event)
{
    VariableLineEdit::focusInEvent(event);
    Q_EMIT focusChanged();
}

void UrlEdit::focusOutEvent(QFocusEvent *event)
{
    VariableLineEdit::focusOutEvent(event);
    Q_EMIT focusChanged();
}

void UrlEdit::changeEvent(QEvent *event)
{
    VariableLineEdit::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && palette().color(QPalette::Base).alpha() != 0) {
        QPalette clear = palette();
        clear.setColor(QPalette::Base, Qt::transparent);
        setPalette(clear);
        colourVariables();
    }
}

} // namespace realmscope
