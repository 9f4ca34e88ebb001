// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/Hairline.h"

#include "ui/theme/Theme.h"

#include <QtGui/QPainter>

namespace realmscope {

Hairline::Hairline(QWidget *parent) : QWidget(parent)
{
    setFixedHeight(1);
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void Hairline::paintEvent(QPaintEvent *)
{
    QPainter(this).fillRect(rect(), Theme::instance().color(Token::Line));
}

} // namespace realmscope
