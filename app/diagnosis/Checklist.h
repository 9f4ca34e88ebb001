// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/diagnosis/Facts.h"

namespace realmscope {

// The nine steps with what is known about each, out of the ranked findings and the facts. Passed only when known.
[[nodiscard]] QList<ChecklistItem> makeChecklist(const Facts &facts, OutcomeKind kind, const QList<Finding> &findings);

} // namespace realmscope
