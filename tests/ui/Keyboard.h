// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QtCore/QPointer>
#include <QtGui/QAccessible>
#include <QtGui/QAction>
#include <QtGui/QWindow>
#include <QtTest/QTest>
#include <QtWidgets/QApplication>
#include <QtWidgets/QMenu>
#include <QtWidgets/QWidget>

// A person without a mouse: every key goes to the window that has the focus, as the window system would send it, and
// controls are told apart by what a screen reader says of them.
namespace realmscope::keyboard {

[[nodiscard]] inline QString nameOf(const QWidget *widget)
{
    // A combo box's name is its value on Linux, and its label a relation: here the label is what it goes by.
    if (!widget->accessibleName().isEmpty())
        return widget->accessibleName();
    QAccessibleInterface *interface = QAccessible::queryAccessibleInterface(const_cast<QWidget *>(widget));
    return interface ? interface->text(QAccessible::Name) : QString();
}

[[nodiscard]] inline QString focusedControl()
{
    const QWidget *focused = QApplication::focusWidget();
    return focused ? nameOf(focused) : QString();
}

[[nodiscard]] inline QWindow *targetWindow()
{
    const QWidget *popup = QApplication::activePopupWidget();
    const QWidget *widget = popup ? popup : QApplication::activeWindow();
    return widget ? widget->window()->windowHandle() : QGuiApplication::focusWindow();
}

inline void press(Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::NoModifier)
{
    QVERIFY2(targetWindow(), "no window takes keys");
    QTest::keyClick(targetWindow(), key, modifiers);
}

inline void type(const QString &text) // ASCII
{
    QVERIFY2(targetWindow(), "no window takes keys");
    for (const QChar c : text)
        QTest::keyClick(targetWindow(), c.toLatin1());
}

// Goes to the control whose name begins so, by Tab alone. False after a whole round.
[[nodiscard]] inline bool tabTo(const QString &name)
{
    constexpr int round = 160;
    for (int i = 0; i < round; ++i) {
        if (focusedControl().startsWith(name))
            return true;
        press(Qt::Key_Tab);
    }
    return false;
}

// The menu that takes keys, waiting for the window system to show it; null when none does.
[[nodiscard]] inline const QMenu *openMenu()
{
    const QMenu *menu = nullptr;
    [[maybe_unused]] const bool isOpen = QTest::qWaitFor([&menu] {
        menu = qobject_cast<const QMenu *>(QApplication::activePopupWidget());
        return menu && menu->windowHandle() && menu->windowHandle()->isExposed();
    });
    return menu;
}

// Chooses the entry of the open menu that begins so, by Down and Return.
[[nodiscard]] inline bool chooseFromMenu(const QString &text)
{
    constexpr int most = 80;
    const QPointer<const QMenu> menu = openMenu();
    for (int i = 0; menu && menu->isVisible() && i < most; ++i) {
        if (menu->activeAction() && menu->activeAction()->text().startsWith(text)) {
            press(Qt::Key_Return);
            return true;
        }
        press(Qt::Key_Down);
    }
    return false;
}

// What can be read in the widget: the names of everything visible in it, one a line.
[[nodiscard]] inline QString visibleText(const QWidget *parent)
{
    QStringList lines;
    const auto children = parent->findChildren<QWidget *>();
    for (const QWidget *child : children) {
        if (!child->isVisible())
            continue;
        if (const QString name = nameOf(child); !name.isEmpty())
            lines.append(name);
    }
    return lines.join(u'\n');
}

// The visible widget of the type whose name begins so; null when there is none.
template <typename T = QWidget>
[[nodiscard]] T *visibleNamed(const QWidget *parent, const QString &name)
{
    const auto children = parent->findChildren<T *>();
    for (T *child : children) {
        if (child->isVisible() && nameOf(child).startsWith(name))
            return child;
    }
    return nullptr;
}

} // namespace realmscope::keyboard
