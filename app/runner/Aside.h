// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

class QObject;

namespace realmscope {

// Does the work of a WorkStep on a thread of the pool, then calls `then` on the thread of the program, unless the context is
// gone by that time. The work owns what it touches.
void runAside(std::function<void()> work, QObject *context, std::function<void()> then);

} // namespace realmscope
