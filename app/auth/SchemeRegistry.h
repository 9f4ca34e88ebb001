// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/auth/AuthScheme.h"

namespace realmscope {

// The hand-written list of schemes; adding one is one file, its tests and one line in SchemeRegistry.cpp.
[[nodiscard]] const std::vector<std::unique_ptr<AuthScheme>> &allSchemes();
[[nodiscard]] const AuthScheme *findScheme(const QString &id); // null when unknown

// The scheme that puts nothing into the request: its certificate is shown in the handshake, by the Runner.
inline constexpr QLatin1StringView clientCertificateScheme{"client-certificate"};

} // namespace realmscope
