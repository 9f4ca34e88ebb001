// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/base/Result.h"
#include "app/base/Secret.h"
#include "app/http/Message.h"

#include <QtCore/QJsonObject>
#include <QtCore/QStringList>

#include <optional>

namespace realmscope {

// What an OAuth endpoint answered. RFC 6749 sections 5.1 and 5.2, RFC 8693 section 2.2, OpenID Connect Core section 3.1.3.3.

struct TokenResponse
{
    Secret accessToken;
    Secret refreshToken; // empty: none came, an old one goes on
    Secret idToken;
    QString tokenType;       // as it came: "Bearer", "DPoP", "N_A"
    QString scope;           // empty: the one that was asked for
    std::optional<qint64> expiresIn; // seconds from the answer on
    QString issuedTokenType; // of a token exchange
    QStringList notes;       // deviations that were tolerated, each a sentence
};

struct OAuthError
{
    QString code;        // "invalid_grant"
    QString description; // the server's own words; may be empty
    QString uri;
};

// The members of a JSON object, or of a form as some servers answer without being asked to; nothing when it is neither.
[[nodiscard]] std::optional<QJsonObject> oauthMembers(const Response &response);
// Any status: some servers say 200 with an error in it.
[[nodiscard]] std::optional<OAuthError> readOAuthError(const Response &response);
// Error AuthFailed: an error of the server, no token in it, no JSON. `where` names the endpoint: "the token endpoint".
[[nodiscard]] Result<TokenResponse> readTokenResponse(const Response &response, const QString &where);
// The error of a server in our words, with what to do about it.
[[nodiscard]] Error oauthFailure(const OAuthError &error, const QString &where);
// What came instead of what was expected, and what it looks like.
[[nodiscard]] Error unexpectedAnswer(const Response &response, const QString &where, const QString &expected);

} // namespace realmscope
