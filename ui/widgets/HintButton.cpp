// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/HintButton.h"

#include "ui/theme/Theme.h"

#include <QtWidgets/QStyleOptionButton>
#include <QtWidgets/QStylePainter>

namespace realmscope {

HintButton::HintButton(QWidget *parent) : HintButton(QString(), parent) {}

HintButton::HintButton(const QString &text, QWidget *parent) : QPushButton(text, parent)
{
    setProperty("kind", QStringLiteral("primary"));
    setAutoDefault(false);
}

void HintButton::setHint(const QString &hint)
{
    m_hint = hint;
    updateGeometry();
    update();
}

int HintButton::padding() const
{
    return minimumHeight() > 28 ? 14 : 11;
}

QSize HintButton::sizeHint() const
{
    int width = 2 * padding() + QFontMetrics(Theme::font(FontStyle::BodyMedium)).horizontalAdvance(text());
    if (!m_hint.isEmpty())
        width += 6 + QFontMetrics(Theme::font(FontStyle::Tiny)).horizontalAdvance(m_hint);
    return {width, 28};
}

void HintButton::paintEvent(QPaintEvent *)
{
    QStylePainter painter(this);
    QStyleOptionButton option;
    initStyleOption(&option);
    option.text.clear();
    painter.drawControl(QStyle::CE_PushButton, option);
    painter.setPen(Theme::instance().color(isEnabled() ? Token::OnAcc : Token::Dis));
    painter.setFont(Theme::font(FontStyle::BodyMedium));
    painter.drawText(rect().adjusted(padding(), 0, 0, 0), Qt::AlignVCenter | Qt::TextSingleLine, text());
    painter.setFont(Theme::font(FontStyle::Tiny));
    painter.drawText(rect().adjusted(0, 0, -padding(), 0), Qt::AlignVCenter | Qt::AlignRight | Qt::TextSingleLine, m_hint);
}

} // namespace realmscope
