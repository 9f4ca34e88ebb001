// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/TabOrder.h"

#include <QtWidgets/QApplication>
#include <QtWidgets/QWidget>

using namespace Qt::StringLiterals;

namespace realmscope {

void setTabOrderBehind(QWidget *before, QWidget *content)
{
    const QWidget *start = before;
    while (!(before->focusPolicy() & Qt::TabFocus) || content->isAncestorOf(before)) {
        before = before->previousInFocusChain();
        if (before == start)
            return;
    }
    QList<QWidget *> inside;
    for (QWidget *widget = content->nextInFocusChain(); widget != content; widget = widget->nextInFocusChain()) {
        if (content->isAncestorOf(widget) && widget->focusPolicy() & Qt::TabFocus)
            inside.append(widget);
    }
    for (QWidget *widget : std::as_const(inside)) {
        QWidget::setTabOrder(before, widget);
        before = widget;
    }
}

QString focusedName(const QWidget *content)
{
    const QWidget *focused = QApplication::focusWidget();
    if (!content || !focused || !content->isAncestorOf(focused))
        return {};
    return focused->accessibleName().isNull() ? u""_s : focused->accessibleName();
}

bool focusNamed(QWidget *content, const QString &name)
{
    if (name.isEmpty())
        return false;
    const auto widgets = content->findChildren<QWidget *>();
    for (QWidget *widget : widgets) {
        if (widget->accessibleName() == name && widget->focusPolicy() != Qt::NoFocus && widget->isEnabled()
            && widget->isVisibleTo(content)) {
            widget->setFocus(Qt::OtherFocusReason);
            return true;
        }
    }
    return false;
}

} // namespace realmscope
