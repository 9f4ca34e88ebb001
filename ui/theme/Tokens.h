// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/theme/Theme.h"

namespace realmscope {

[[nodiscard]] QColor tokenColor(Token token, bool dark);

} // namespace realmscope
