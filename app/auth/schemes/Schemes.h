// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/auth/AuthScheme.h"

namespace realmscope {

// One factory a file in this folder; SchemeRegistry.cpp lists them.
[[nodiscard]] std::unique_ptr<AuthScheme> makeNoneScheme();
[[nodiscard]] std::unique_ptr<AuthScheme> makeBasicScheme();
[[nodiscard]] std::unique_ptr<AuthScheme> makeBearerScheme();
[[nodiscard]] std::unique_ptr<AuthScheme> makeApiKeyScheme();
[[nodiscard]] std::unique_ptr<AuthScheme> makeDigestScheme();
[[nodiscard]] std::unique_ptr<AuthScheme> makeAnyScheme();

} // namespace realmscope
