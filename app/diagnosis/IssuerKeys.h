// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/auth/Jose.h"
#include "app/diagnosis/Facts.h"

namespace realmscope {

// What the issuer of the token publishes about itself, as far as the probes "discovery" and "jwks" fetched
// it.

// Where the issuer describes itself: OpenID Connect Discovery 1.0 section 4. nullopt: the token names none,
// or it lies at another origin than the request's and the profile's, which nobody asked to talk to.
[[nodiscard]] std::optional<Url> discoveryUrl(const Facts &facts);
// An address out of the issuer's description ("jwks_uri", "userinfo_endpoint"), under the same condition.
[[nodiscard]] std::optional<Url> issuerEndpoint(const Facts &facts, QLatin1StringView member);
// The token against the issuer's keys; nullopt when they are not there.
[[nodiscard]] std::optional<JwsCheck> checkByIssuerKeys(const Facts &facts);
// GET of an address of the issuer, without any credential.
[[nodiscard]] Request issuerRequest(const Facts &facts, const Url &url);

} // namespace realmscope
