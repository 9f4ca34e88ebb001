// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/KeyHint.h"

#include "ui/theme/StylePaint.h"

#include <QtGui/QPainter>

namespace realmscope {

KeyHint::KeyHint(QString keys, QWidget *parent) : QWidget(parent), m_keys(std::move(keys))
{
    setFont(Theme::font(FontStyle::Tiny));
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setAttribute(Qt::WA_TransparentForMouseEvents);
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

QSize KeyHint::sizeHint() const
{
    return {fontMetrics().horizontalAdvance(m_keys) + 10, 17};
}

void KeyHint::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const Theme &theme = Theme::instance();
    paint::box(painter, QRectF(rect()), theme.color(Token::Surf), theme.color(Token::Line2), 4);
    painter.setPen(theme.color(Token::Fg2));
    painter.drawText(rect(), Qt::AlignCenter, m_keys);
}

} // namespace realmscope
