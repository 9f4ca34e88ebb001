// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QtCore/QObject>
#include <QtCore/QString>

namespace realmscope {

inline constexpr int secretVisibleSeconds = 30;

// Puts a secret on the clipboard, marked so that clipboard histories leave it out, and takes it away after 30 s, or
// when the program ends, if it is still there.
void copySecret(const QString &secret, int seconds = secretVisibleSeconds);

} // namespace realmscope
