// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/auth/oauth2/ClientAuthentication.h"

#include <QtCore/QUrl>

namespace realmscope {

// The browser's part: RFC 6749 sections 4.1 and 4.2, PKCE (RFC 7636), RFC 9207, RFC 8252.

// BASE64URL(SHA256(verifier)), RFC 7636 section 4.2.
[[nodiscard]] QByteArray pkceChallenge(const QByteArray &verifier);

// What one authorization request made up and its answer is checked against.
struct AuthorizationSecrets
{
    QByteArray state;
    QByteArray verifier; // empty: no PKCE
    QByteArray nonce;    // empty: no ID token is asked for
};
[[nodiscard]] AuthorizationSecrets newAuthorizationSecrets(const FieldValues &values, Random &random);

// The parameters, for the query or for a pushed authorization request (RFC 9126). dpopThumbprint may be empty.
[[nodiscard]] FormItems authorizationParameters(const FieldValues &values, const QString &redirectUri, const AuthorizationSecrets &secrets,
                                                const QByteArray &dpopThumbprint);
[[nodiscard]] QUrl authorizationUrl(const QString &endpoint, const FormItems &parameters);

// "a=1" a line, for one leg of the flow. Lines that are empty or begin with # are passed over. Error InvalidInput with
// the field's label and the line.
[[nodiscard]] Result<FormItems> extraParameters(const FieldValues &values, const QString &fieldId, const QString &label);
// Words separated by white space ("resource" may be repeated, RFC 8707).
[[nodiscard]] QList<QByteArray> wordsOf(const QString &text);

struct AuthorizationAnswer
{
    QByteArray code;
    FormItems parameters; // all that came in query or fragment
};
// Checks what the browser brought back. Error AuthFailed: the server's error, another state, another iss, no code.
// `issuer` empty: it is not known, so iss is not checked. issuerPromised: the metadata says that iss will be there.
[[nodiscard]] Result<AuthorizationAnswer> readAuthorizationAnswer(const QString &url, const AuthorizationSecrets &secrets, const QString &issuer,
                                                                  bool issuerPromised);

} // namespace realmscope
