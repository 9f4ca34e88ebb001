// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/request/MenuChip.h"

#include <QtGui/QKeyEvent>
#include <QtWidgets/QStyleOptionButton>

namespace realmscope {

MenuChip::MenuChip(QWidget *parent) : QPushButton(parent), m_menu(new QMenu(this))
{
    setAutoDefault(false);
    connect(this, &QPushButton::clicked, this, &MenuChip::openMenu);
}

void MenuChip::openMenu()
{
    if (m_menu->isVisible())
        return;
    m_menu->popup(mapToGlobal(QPoint(0, height() + 2)));
}

void MenuChip::initStyleOption(QStyleOptionButton *option) const
{
    QPushButton::initStyleOption(option);
    option->features |= QStyleOptionButton::HasMenu;
}

void MenuChip::keyPressEvent(QKeyEvent *event)
{
    const bool opens = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter || event->key() == Qt::Key_Down;
    if (opens && !event->modifiers())
        openMenu();
    else
        QPushButton::keyPressEvent(event);
}

} // namespace realmscope
