// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QtCore/QString>

class QWidget;

namespace realmscope {

// For parts of a page that are made anew while somebody works in it with the keyboard.

// Makes Tab go through everything inside of `root` in the order of its layouts, splitters and stacks, which is the order
// in which one reads. New widgets stand at the end of the window's Tab order, so this is due after each of them.
void setTabOrderByLayout(QWidget *root);

// The accessible name of the control inside of `content` that has the focus; null when none has. content may be null.
[[nodiscard]] QString focusedName(const QWidget *content);

// Gives the focus to the control of that name. False when there is none that takes it.
bool focusNamed(QWidget *content, const QString &name);

} // namespace realmscope
