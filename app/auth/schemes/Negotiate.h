// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/auth/AuthScheme.h"
#include "app/auth/Gss.h"

namespace realmscope {

// With a GSS-API of the caller's, for tests; makeNegotiateScheme() takes the system's.
[[nodiscard]] std::unique_ptr<AuthScheme> makeNegotiateScheme(std::shared_ptr<const GssProvider> provider);

} // namespace realmscope
