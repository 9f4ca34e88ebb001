// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/ListPane.h"

#include "ui/theme/Theme.h"

#include <QtCore/QEvent>
#include <QtGui/QPainter>

#include <algorithm>

namespace realmscope {

namespace {

constexpr int Widest = 408;
constexpr int Narrowest = 280;

} // namespace

ListPane::ListPane(QWidget *parent) : QWidget(parent)
{
    setFixedWidth(Widest);
    if (parent)
        parent->installEventFilter(this);
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

bool ListPane::event(QEvent *event)
{
    if (event->type() == QEvent::ParentAboutToChange && parentWidget())
        parentWidget()->removeEventFilter(this);
    else if (event->type() == QEvent::ParentChange && parentWidget())
        parentWidget()->installEventFilter(this);
    return QWidget::event(event);
}

bool ListPane::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::Resize && watched == parentWidget())
        setFixedWidth(std::clamp(parentWidget()->width() / 3, Narrowest, Widest));
    return QWidget::eventFilter(watched, event);
}

void ListPane::paintEvent(QPaintEvent *)
{
    QPainter(this).fillRect(QRect(width() - 1, 0, 1, height()), Theme::instance().color(Token::Line));
}

} // namespace realmscope
