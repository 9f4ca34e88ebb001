// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/auth/AuthScheme.h"
#include "app/auth/Jose.h"

namespace realmscope {

// Demonstrating Proof of Possession, RFC 9449.

struct DpopKey
{
    QByteArray algorithm; // "ES256", "RS256", "PS256", "EdDSA"
    JoseKey key;
    [[nodiscard]] QByteArray thumbprint() const; // "jkt" (RFC 7638)
};

[[nodiscard]] QList<FieldChoice> dpopAlgorithmChoices();
// The key that the profile has in `secret`, else the one made for this run and kept in the memory.
[[nodiscard]] Result<DpopKey> dpopKey(const QByteArray &algorithm, const Secret &secret, const Secret &passphrase, AuthMemory &memory);

struct DpopProofInput
{
    QByteArray method;
    Url url;
    QByteArray nonce;       // of that server; empty: none was given
    Secret accessToken;     // empty on a token request
};
struct DpopProof
{
    QByteArray jwt;
    QList<DerivationLine> derivation;
};
// Section 4.2: htu without query and fragment, ath only with an access token.
[[nodiscard]] Result<DpopProof> makeDpopProof(const DpopKey &key, const DpopProofInput &input, const Clock &clock, Random &random);

// The nonces of servers (section 8.2: each goes to the server that gave it), kept in the memory.
[[nodiscard]] QByteArray dpopNonce(const AuthMemory &memory, const Origin &origin);
void takeDpopNonce(AuthMemory &memory, const Exchange &exchange);
// The server refused the request for the lack of a nonce, and gave one: sections 8 (400 with JSON) and 9 (401 with a challenge).
[[nodiscard]] bool wantsDpopNonce(const Response &response);

} // namespace realmscope
