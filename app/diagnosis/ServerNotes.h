// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/diagnosis/Facts.h"

namespace realmscope {

// What the server does badly though it is not the cause: notes for its owner, also when it accepted the request. Each has
// role Note and an id of its own (docs/CAUSES.md, "Notes"). `findings` are the causes that were found.
[[nodiscard]] QList<Finding> serverNotes(const Facts &facts, const QList<Finding> &findings);

} // namespace realmscope
