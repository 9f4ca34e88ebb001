// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/base/Clock.h"
#include "app/base/Result.h"

#include <QtCore/QJsonObject>
#include <QtCore/QStringList>

namespace realmscope {

// The practice range's own JSON Web Tokens (RFC 7515, RFC 7519): HS256 with a key that stands in the room's file. The
// key is no secret: it lets `practice --list` in one process write a token that the server in another one accepts.

// A token as a room declares it: {"header": {...}, "claims": {"exp": "now-60", ...}, "key": "..."}. Times are
// "now", "now+N" or "now-N" in seconds. header.alg is HS256 unless it says otherwise; "none" gives an empty signature.
// Error: Parse when a claim's time cannot be read.
[[nodiscard]] Result<QByteArray> makePracticeToken(const QJsonObject &declaration, const QByteArray &roomKey,
                                                   qint64 nowSeconds);

// What proofs (PracticeProof.h) share: claims with the times filled in, and an object as a token holds it.
[[nodiscard]] Result<QJsonObject> withTimes(const QJsonObject &declared, qint64 nowSeconds);
[[nodiscard]] QByteArray compactJson(const QJsonObject &object);

// A token taken apart (RFC 7515 section 3.1), its signature not looked at.
struct TokenParts
{
    QJsonObject header;
    QJsonObject claims;
    QByteArray signature;
    QByteArray signedPart;
};
[[nodiscard]] std::optional<TokenParts> splitToken(const QByteArray &token); // nothing: it is malformed

// What the resource server expects of a token.
struct TokenPolicy
{
    QByteArray key;
    QString issuer;   // not looked at when empty
    QString audience; // likewise
    QString scope;    // one scope that the token must have
};

// The first thing that is wrong with a token, in the order in which servers look: "malformed", "algorithm",
// "signature", "expired", "early", "issuer", "type" (an ID token), "audience", "bound", "scope"; "ok" when nothing is.
[[nodiscard]] QString judgePracticeToken(const QByteArray &token, const TokenPolicy &policy, qint64 nowSeconds);

} // namespace realmscope
