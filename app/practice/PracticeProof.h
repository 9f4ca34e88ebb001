// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/base/AsymmetricKey.h"
#include "app/base/Result.h"

#include <QtCore/QJsonObject>
#include <QtCore/QString>

namespace realmscope {

// The practice range's proofs of possession (RFC 9449): ES256 with a key that stands in the room's file. The key is no
// secret, as that of the tokens.
struct ProofPolicy
{
    AsymmetricKey key;
    QByteArray nonce; // that a proof must hold; none is asked for when empty
};

// P-256 with "x", "y" and "d" (RFC 7518 section 6.2.2). Error: InvalidInput.
[[nodiscard]] Result<AsymmetricKey> practiceProofKey(const QJsonObject &jwk);

// claims: as a room declares them, with times as in makePracticeToken(); "ath" (section 4.2) and, where it is not declared,
// "jti" are added. Error: Parse when a claim's time can't be read.
[[nodiscard]] Result<QByteArray> makePracticeProof(const QJsonObject &claims, const ProofPolicy &policy,
                                                   const QByteArray &accessToken, qint64 nowSeconds);

struct ProvenRequest
{
    QByteArray proof; // the DPoP header
    QByteArray accessToken;
    QByteArray method;
    QString address;
};

// The first thing that is wrong with the proof of a request (section 4.3), in this order: "malformed", "algorithm",
// "signature", "method", "address", "nonce", "time" (more than five minutes away), "hash", "binding"; "ok" when nothing is.
// Whether the proof was seen before is not looked at.
[[nodiscard]] QString judgePracticeProof(const ProvenRequest &request, const ProofPolicy &policy, qint64 nowSeconds);

} // namespace realmscope
