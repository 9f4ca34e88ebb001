// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/TabOrder.h"

#include <QtWidgets/QAbstractItemView>
#include <QtWidgets/QAbstractSpinBox>
#include <QtWidgets/QApplication>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QLayout>
#include <QtWidgets/QSplitter>
#include <QtWidgets/QTabBar>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

void appendManaged(const QLayout &layout, QList<QWidget *> &widgets)
{
    for (int i = 0; i < layout.count(); ++i) {
        QLayoutItem *item = layout.itemAt(i);
        if (QWidget *widget = item->widget())
            widgets.append(widget);
        else if (const QLayout *inner = item->layout())
            appendManaged(*inner, widgets);
    }
}

// The children as they are laid out; those that are placed by hand come last.
QList<QWidget *> childrenInOrder(const QWidget &parent)
{
    QList<QWidget *> children;
    if (const auto *splitter = qobject_cast<const QSplitter *>(&parent)) {
        for (int i = 0; i < splitter->count(); ++i)
            children.append(splitter->widget(i));
    } else if (const QLayout *layout = parent.layout()) {
        appendManaged(*layout, children);
    }
    const auto all = parent.findChildren<QWidget *>(Qt::FindDirectChildrenOnly);
    for (QWidget *child : all) {
        if (!child->isWindow() && !children.contains(child))
            children.append(child);
    }
    return children;
}

void appendStops(QWidget *widget, QList<QWidget *> &stops)
{
    if (widget->focusPolicy() != Qt::NoFocus)
        stops.append(widget);
    // These look after their own parts.
    if (qobject_cast<const QComboBox *>(widget) || qobject_cast<const QAbstractSpinBox *>(widget)
        || qobject_cast<const QAbstractItemView *>(widget) || qobject_cast<const QTabBar *>(widget))
        return;
    const QList<QWidget *> children = childrenInOrder(*widget);
    for (QWidget *child : children)
        appendStops(child, stops);
}

} // namespace

void setTabOrderByLayout(QWidget *root)
{
    QList<QWidget *> stops;
    appendStops(root, stops);
    for (qsizetype i = 1; i < stops.size(); ++i)
        QWidget::setTabOrder(stops.at(i - 1), stops.at(i));
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
