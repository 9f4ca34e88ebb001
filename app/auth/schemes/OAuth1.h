// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/auth/AuthScheme.h"

#include <QtCore/QByteArray>
#include <QtCore/QList>

#include <utility>

namespace realmscope {

// RFC 5849 as free functions, shared by the scheme and the diagnosis that recomputes.

using OAuth1Parameters = QList<std::pair<QByteArray, QByteArray>>; // decoded

// Section 3.4.1.3.1: those of the query and, for a form, of the body.
[[nodiscard]] OAuth1Parameters oauth1RequestParameters(const Request &request);
// Section 3.4.1: method, base string URI and normalised parameters. `parameters`: all of them, without oauth_signature.
[[nodiscard]] QByteArray oauth1BaseString(const Request &request, const OAuth1Parameters &parameters);
[[nodiscard]] QByteArray oauth1BaseUri(const Url &url, const QByteArray &path);
// Section 3.4.2: the two secrets, encoded, with an ampersand.
[[nodiscard]] QByteArray oauth1Key(QByteArrayView clientSecret, QByteArrayView tokenSecret);

// One signed request, for whichever leg.
struct OAuth1Call
{
    Request request;
    QByteArray token;          // empty: none
    Secret tokenSecret;
    OAuth1Parameters extra;    // oauth_callback, oauth_verifier
    QString location;          // "header", "query" or "body"
    bool proxy = false;
};
// Errors: InvalidInput, those of the private key.
[[nodiscard]] Result<SendStep> oauth1Sign(const OAuth1Call &call, const FieldValues &values, const Clock &clock, Random &random);

// The three legs of section 2: a temporary token, the user in a browser, the token; then the request itself.
[[nodiscard]] std::unique_ptr<AuthFlow> makeOAuth1Login(AuthContext context);

} // namespace realmscope
