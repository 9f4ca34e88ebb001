// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/diagnosis/Finding.h"
#include "app/runner/Runner.h"

namespace realmscope {

// Applies the automatic edits of a fix to a request and to the profile it uses. Pure. Secrets that the fix sets are
// given back apart, for the store.
struct FixResult
{
    RequestSpec spec;
    std::optional<CredentialProfile> profile;
    QMap<QString, Secret> newSecrets; // by field id
    bool needsUser = false;           // EditCredential: take the user to `focusField`
    QString focusField;
};
// Error: InvalidInput when the fix is not automatic or needs a profile and there is none.
[[nodiscard]] Result<FixResult> applyFix(const Fix &fix, const RequestSpec &spec,
                                         const std::optional<CredentialProfile> &profile);

} // namespace realmscope
