// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/ListPane.h"

#include "ui/theme/Theme.h"

#include <QtGui/QPainter>

namespace realmscope {

ListPane::ListPane(QWidget *parent) : QWidget(parent)
{
    setFixedWidth(408);
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void ListPane::paintEvent(QPaintEvent *)
{
    QPainter(this).fillRect(QRect(width() - 1, 0, 1, height()), Theme::instance().color(Token::Line));
}

} // namespace realmscope
