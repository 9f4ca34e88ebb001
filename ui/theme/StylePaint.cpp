// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/theme/StylePaint.h"

#include <QtGui/QPainter>
#include <QtGui/QPainterPath>
#include <QtWidgets/QAbstractItemView>
#include <QtWidgets/QApplication>
#include <QtWidgets/QDialog>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QStyleOption>

using namespace Qt::StringLiterals;

namespace realmscope::paint {

namespace {

QColor color(Token token)
{
    return Theme::instance().color(token);
}

} // namespace

void box(QPainter &painter, const QRectF &rect, const QColor &fill, const QColor &border, qreal radius, qreal width)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(fill.isValid() ? QBrush(fill) : QBrush(Qt::NoBrush));
    if (border.isValid()) {
        QPen pen(border, width);
        pen.setJoinStyle(Qt::MiterJoin);
        painter.setPen(pen);
        const qreal inset = width / 2;
        painter.drawRoundedRect(rect.adjusted(inset, inset, -inset, -inset), radius - inset, radius - inset);
    } else {
        painter.setPen(Qt::NoPen);
        painter.drawRoundedRect(rect, radius, radius);
    }
    painter.restore();
}

void focusRing(QPainter &painter, const QRectF &rect, qreal radius, bool onFill)
{
    box(painter, rect, {}, color(Token::Acc), radius, 2);
    if (onFill)
        box(painter, rect.adjusted(2, 2, -2, -2), {}, color(Token::Surf), qMax(1.0, radius - 2), 1);
}

ButtonKind buttonKind(const QWidget *widget)
{
    if (!widget)
        return ButtonKind::Secondary;
    const QString kind = widget->property("kind").toString();
    if (kind == "primary"_L1 || widget->property("primary").toBool())
        return ButtonKind::Primary;
    if (kind == "flat"_L1)
        return ButtonKind::Flat;
    if (kind == "link"_L1)
        return ButtonKind::Link;
    if (const auto *push = qobject_cast<const QPushButton *>(widget)) {
        if (push->isFlat())
            return ButtonKind::Flat;
        if (kind.isEmpty() && push->isDefault() && qobject_cast<const QDialog *>(push->window()))
            return ButtonKind::Primary;
    }
    return ButtonKind::Secondary;
}

bool isCompact(const QWidget *widget)
{
    return widget && (widget->property("compact").toBool() || widget->property("small").toBool());
}

Token buttonText(ButtonKind kind, const QStyleOption &option)
{
    if (!(option.state & QStyle::State_Enabled))
        return Token::Dis;
    if (kind == ButtonKind::Primary)
        return Token::OnAcc;
    return kind == ButtonKind::Link || (option.state & QStyle::State_On) ? Token::Acc : Token::Fg;
}

void button(QPainter &painter, const QStyleOption &option, ButtonKind kind, bool isChecked)
{
    const bool isEnabled = option.state & QStyle::State_Enabled;
    const bool isDown = option.state & QStyle::State_Sunken;
    const bool isHovered = option.state & QStyle::State_MouseOver;
    const QRectF rect(option.rect);
    QColor fill;
    QColor border;
    switch (kind) {
    case ButtonKind::Primary:
        fill = color(!isEnabled ? Token::Press : isDown ? Token::AccP : isHovered ? Token::AccH : Token::AccFill);
        break;
    case ButtonKind::Secondary:
        fill = color(!isEnabled ? Token::Surf : isDown ? Token::Press : isHovered ? Token::Hover : Token::Surf);
        border = color(isEnabled ? Token::Line2 : Token::Line);
        if (isChecked && isEnabled) {
            fill = color(Token::AccSoft);
            border = color(Token::AccLine);
        }
        break;
    case ButtonKind::Flat:
    case ButtonKind::Link:
        if (isEnabled && (isDown || isHovered))
            fill = color(isDown ? Token::Press : Token::Hover);
        else if (isChecked && isEnabled)
            fill = color(Token::AccSoft);
        break;
    }
    if (fill.isValid() || border.isValid())
        box(painter, rect, fill, border);
    // A ring for those who use the keyboard; a click does not leave one behind.
    if ((option.state & QStyle::State_HasFocus) && (option.state & QStyle::State_KeyboardFocusChange))
        focusRing(painter, rect, 6, kind == ButtonKind::Primary);
}

void field(QPainter &painter, const QStyleOption &option, const QWidget *widget, bool isReadOnly)
{
    const bool isEnabled = option.state & QStyle::State_Enabled;
    const bool isFocused = option.state & QStyle::State_HasFocus;
    const QString tone = widget ? widget->property("tone").toString() : QString();
    const QColor fill = color(!isEnabled ? Token::Win : isReadOnly ? Token::Alt : Token::Surf);
    Token border = isEnabled && !isReadOnly ? Token::Line2 : Token::Line;
    if (tone == "bad"_L1)
        border = Token::Bad;
    else if (tone == "warn"_L1)
        border = Token::Warn;
    box(painter, QRectF(option.rect), fill, color(border));
    if (isFocused && isEnabled)
        focusRing(painter, QRectF(option.rect), 6, false);
}

void checkBox(QPainter &painter, const QRectF &rect, const QStyleOption &option)
{
    const bool isEnabled = option.state & QStyle::State_Enabled;
    const bool isOn = option.state & QStyle::State_On;
    const bool isPartial = option.state & QStyle::State_NoChange;
    const bool isHovered = option.state & QStyle::State_MouseOver;
    const QRectF area(rect.x() + (rect.width() - 14) / 2, rect.y() + (rect.height() - 14) / 2, 14, 14);
    if (!isOn && !isPartial) {
        box(painter, area, color(isEnabled ? Token::Surf : Token::Press),
            color(!isEnabled ? Token::Line2 : isHovered ? Token::Fg3 : Token::Ctl), 3);
        return;
    }
    box(painter, area, color(!isEnabled ? Token::Press : isHovered ? Token::AccH : Token::AccFill), {}, 3);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(color(isEnabled ? Token::OnAcc : Token::Dis), 1.5, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.translate(area.topLeft());
    if (isPartial)
        painter.drawLine(QPointF(4, 7), QPointF(10, 7));
    else
        painter.drawPolyline(QPolygonF{QPointF(3.5, 7.3), QPointF(6, 9.8), QPointF(10.5, 4.6)});
    painter.restore();
}

void radioButton(QPainter &painter, const QRectF &rect, const QStyleOption &option)
{
    const bool isEnabled = option.state & QStyle::State_Enabled;
    const bool isOn = option.state & QStyle::State_On;
    const QRectF area(rect.x() + (rect.width() - 14) / 2, rect.y() + (rect.height() - 14) / 2, 14, 14);
    if (!isOn) {
        box(painter, area, color(isEnabled ? Token::Surf : Token::Press), color(isEnabled ? Token::Ctl : Token::Line2), 7);
        return;
    }
    box(painter, area, color(isEnabled ? Token::AccFill : Token::Press), {}, 7);
    box(painter, area.adjusted(4, 4, -4, -4), color(isEnabled ? Token::OnAcc : Token::Dis), {}, 3);
}

bool hasFocusInside(const QWidget *widget)
{
    const QWidget *focus = QApplication::focusWidget();
    return widget && focus && (focus == widget || widget->isAncestorOf(focus));
}

QColor rowFill(const QStyleOption &option, const QWidget *view)
{
    if (option.state & QStyle::State_Selected) {
        const bool isActive = !view || view->focusPolicy() == Qt::NoFocus || hasFocusInside(view);
        return color(isActive ? Token::AccSoft : Token::Press);
    }
    if ((option.state & QStyle::State_MouseOver) && (option.state & QStyle::State_Enabled))
        return color(Token::Hover);
    return {};
}

} // namespace realmscope::paint
