// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/auth/AuthScheme.h"

namespace realmscope {

// Where the token of a profile stands. Expiring: still good, and renewed at the next Send. Dead: the server refused to renew it.
enum class TokenState { None, Valid, Expiring, Expired, Refreshing, Dead };
struct TokenStatus
{
    TokenState state = TokenState::None;
    std::optional<qint64> expiresAt; // seconds since the epoch, by the local clock
    QString scope;
    bool isRefreshable = false;
};
// Of an OAuth 2.0 profile's memory. expiringWithin in seconds.
[[nodiscard]] TokenStatus tokenStatus(const AuthMemory &memory, qint64 nowSeconds, qint64 expiringWithin = 30);

// The tokens in it that are there.
struct KeptTokens
{
    Secret access;
    Secret refresh;
};
[[nodiscard]] KeptTokens keptTokens(const AuthMemory &memory);

// The run of one request with OAuth 2.0: the kept token when it is good; else metadata, the browser or the device, the token
// endpoint, as the grant has it. One flow of a profile gets a token at a time; the others wait for it.
[[nodiscard]] std::unique_ptr<AuthFlow> makeOAuth2Flow(AuthContext context);

} // namespace realmscope
