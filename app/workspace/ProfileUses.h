// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/workspace/Workspace.h"

namespace realmscope {

// Requests name their credential profile, and that of their proxy, by its name.

[[nodiscard]] bool usesProfile(const RequestSpec &spec, const QString &profile);
void renameProfile(RequestSpec &spec, const QString &from, const QString &to);

// Requests and folders of the workspace that name the profile.
[[nodiscard]] int countProfileUses(const Workspace &workspace, const QString &profile);
// Writes the new name into each of them. Error: that of the first that could not be written; the others are done.
[[nodiscard]] Result<void> renameProfileUses(Workspace &workspace, const QString &from, const QString &to);

} // namespace realmscope
