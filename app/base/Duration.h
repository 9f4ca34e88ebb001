// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QtCore/QString>

namespace realmscope {

[[nodiscard]] QString durationText(qint64 seconds); // "3 h 12 min", "40 s", "2 days"; the sign does not count

} // namespace realmscope
