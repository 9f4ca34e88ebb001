// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QtCore/QString>

class QWidget;

namespace realmscope {

// For parts of a page that are made anew while somebody works in it with the keyboard.

// New widgets stand at the end of the window's Tab order. Puts those inside of `content`, in the order in which they were
// made, right behind `before` or, where that takes no focus, the next one before it that does.
void setTabOrderBehind(QWidget *before, QWidget *content);

// The accessible name of the control inside of `content` that has the focus; null when none has. content may be null.
[[nodiscard]] QString focusedName(const QWidget *content);

// Gives the focus to the control of that name. False when there is none that takes it.
bool focusNamed(QWidget *content, const QString &name);

} // namespace realmscope
