// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/oauth2/TokenResponse.h"

#include "app/auth/schemes/Placement.h"
#include "app/base/Encoding.h"

#include <QtCore/QJsonDocument>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr qint64 largestAnswer = 1024 * 1024; // of an endpoint; a token is some kilobytes

struct KnownOAuthError
{
    QLatin1StringView code;
    const char *action;
};

constexpr std::array knownOAuthErrors{
    KnownOAuthError{"invalid_client"_L1, "Check the client ID, the client secret and the way it is sent (Client authentication)."},
    KnownOAuthError{"invalid_grant"_L1, "The code, refresh token, assertion or password is wrong, used up, expired or made for another client or redirect URI: log in again."},
    KnownOAuthError{"unauthorized_client"_L1, "Allow this grant for the client at the authorization server, or choose another grant."},
    KnownOAuthError{"unsupported_grant_type"_L1, "Choose another grant; the server's metadata (grant_types_supported) says which it knows."},
    KnownOAuthError{"invalid_scope"_L1, "Ask for scopes that the server knows and the client may have."},
    KnownOAuthError{"invalid_target"_L1, "Check the resource and the audience: the server does not know them, or the client may not ask for them."},
    KnownOAuthError{"invalid_request"_L1, "A parameter is missing, unknown or twice there; the server's description says which."},
    KnownOAuthError{"access_denied"_L1, "Whoever was asked said no, or a policy did."},
    KnownOAuthError{"login_required"_L1, "Log in at the authorization server first, or leave prompt=none out."},
    KnownOAuthError{"consent_required"_L1, "Give consent at the authorization server first, or leave prompt=none out."},
    KnownOAuthError{"interaction_required"_L1, "The server has to ask the user something: leave prompt=none out."},
    KnownOAuthError{"expired_token"_L1, "The code for the device was not used in time: send again."},
    KnownOAuthError{"unsupported_response_type"_L1, "Choose the authorization code grant: the server does not give tokens to the browser."},
    KnownOAuthError{"invalid_dpop_proof"_L1, "The DPoP proof was refused: compare the clocks, and the algorithm with dpop_signing_alg_values_supported."},
    KnownOAuthError{"use_dpop_nonce"_L1, "The server wants its nonce in the DPoP proof and refused the one it gave."},
    KnownOAuthError{"temporarily_unavailable"_L1, "Try again later."},
    KnownOAuthError{"server_error"_L1, "This is the server's fault: its log says more."},
};

QString textOf(const QJsonObject &members, QLatin1StringView name) { return members.value(name).toString(); }

} // namespace

std::optional<QJsonObject> oauthMembers(const Response &response)
{
    const QByteArray body = response.body.head(largestAnswer);
    const QJsonDocument document = QJsonDocument::fromJson(body);
    if (document.isObject())
        return document.object();
    // RFC 6749 wants JSON; older servers answer as a form.
    const QByteArray type = response.mediaType();
    if (type != "application/x-www-form-urlencoded" && !(type == "text/plain" && body.contains("access_token=")))
        return std::nullopt;
    QJsonObject members;
    for (const auto &[name, value] : formPairs(body.trimmed()))
        members.insert(QString::fromUtf8(name), QString::fromUtf8(value));
    return members;
}

std::optional<OAuthError> readOAuthError(const Response &response)
{
    const std::optional<QJsonObject> members = oauthMembers(response);
    if (!members || !members->value("error"_L1).isString())
        return std::nullopt;
    return OAuthError{textOf(*members, "error"_L1), textOf(*members, "error_description"_L1), textOf(*members, "error_uri"_L1)};
}

Error oauthFailure(const OAuthError &error, const QString &where)
{
    const auto known = std::ranges::find_if(knownOAuthErrors, [&](const KnownOAuthError &k) { return error.code == k.code; });
    const QString code = displayText(error.code.toUtf8());
    return {ErrorCode::AuthFailed,
            error.description.isEmpty() ? u"%1 said no: %2"_s.arg(where, code)
                                        : u"%1 said no: %2 (%3)"_s.arg(where, code, displayText(error.description.left(300).toUtf8())),
            displayText(error.uri.left(300).toUtf8()),
            known != knownOAuthErrors.end() ? QString::fromUtf8(known->action) : u"The code is the server's own: its documentation says what it means."_s};
}

Error unexpectedAnswer(const Response &response, const QString &where, const QString &expected)
{
    const QByteArray head = response.body.head(512).trimmed();
    const bool isHtml = response.mediaType() == "text/html" || head.startsWith('<');
    return {ErrorCode::AuthFailed,
            u"%1 answered %2 with %3, not with %4"_s.arg(where, QString::number(response.status),
                                                         head.isEmpty() ? u"nothing"_s : isHtml ? u"an HTML page"_s : u"something else"_s, expected),
            {}, response.status == 404 || isHtml ? u"Check its URL: this looks like a page for people, or like no endpoint at all."_s
                                                 : u"Look at the exchange in the trace, and check the URL of the endpoint."_s};
}

Result<TokenResponse> readTokenResponse(const Response &response, const QString &where)
{
    const std::optional<QJsonObject> members = oauthMembers(response);
    if (!members)
        return unexpectedAnswer(response, where, u"a token"_s);
    if (const std::optional<OAuthError> error = readOAuthError(response))
        return oauthFailure(*error, where);
    TokenResponse token;
    token.accessToken = Secret::fromString(textOf(*members, "access_token"_L1));
    if (token.accessToken.isEmpty())
        return unexpectedAnswer(response, where, u"an access_token"_s);
    // RFC 6749 appendix A.12: visible ASCII. A line end in it would begin another header.
    if (std::ranges::any_of(token.accessToken.reveal(), [](char c) { return c < 0x20 || c > 0x7e; }))
        return Error{ErrorCode::AuthFailed, u"%1 gave an access_token with characters that no header can carry"_s.arg(where), {},
                     u"This is the server's fault; the exchange in the trace shows its answer."_s};
    token.refreshToken = Secret::fromString(textOf(*members, "refresh_token"_L1));
    token.idToken = Secret::fromString(textOf(*members, "id_token"_L1));
    token.tokenType = textOf(*members, "token_type"_L1);
    if (token.tokenType.isEmpty())
        token.notes << u"the answer names no token_type (RFC 6749 section 5.1 demands it); it is taken for Bearer"_s;
    token.scope = textOf(*members, "scope"_L1);
    token.issuedTokenType = textOf(*members, "issued_token_type"_L1);
    const QJsonValue expires = members->value("expires_in"_L1);
    bool ok = true;
    double seconds = expires.toDouble(-1);
    if (expires.isString()) {
        seconds = expires.toString().toDouble(&ok);
        if (ok && !members->isEmpty() && response.mediaType().contains("json"))
            token.notes << u"expires_in is a text, not a number"_s;
    }
    if (ok && seconds >= 0 && seconds < 1e12)
        token.expiresIn = static_cast<qint64>(seconds);
    else if (!expires.isUndefined() && !expires.isNull())
        token.notes << u"expires_in is no number of seconds and was not used"_s;
    if (response.status != 200)
        token.notes << u"the token came with status %1 instead of 200"_s.arg(response.status);
    return token;
}

} // namespace realmscope
