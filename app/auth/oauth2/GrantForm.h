// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/auth/oauth2/ClientAuthentication.h"

namespace realmscope {

// What each grant puts into the form for the token endpoint; client authentication comes to it.

struct GrantForm
{
    FormItems items;
    QString label; // of the exchange
    QList<DerivationLine> derivation;
};

// The grants that need nobody else: client_credentials (RFC 6749 section 4.4), password (4.3), jwt_bearer (RFC 7523 section 2.1),
// saml2_bearer (RFC 7522 section 2.1), token_exchange (RFC 8693 section 2.1). `tokenUrl` is the audience of an assertion made here.
[[nodiscard]] Result<GrantForm> grantForm(const FieldValues &values, const QString &tokenUrl, const Clock &clock, Random &random);
[[nodiscard]] FormItems codeForm(const FieldValues &values, const QByteArray &code, const QString &redirectUri, const QByteArray &verifier); // RFC 6749 section 4.1.3
[[nodiscard]] FormItems refreshForm(const FieldValues &values, const Secret &refreshToken);                        // RFC 6749 section 6
[[nodiscard]] FormItems deviceForm(const FieldValues &values);                                                     // RFC 8628 section 3.1
[[nodiscard]] FormItems deviceTokenForm(const FieldValues &values, const QString &deviceCode);                                                // RFC 8628 section 3.4

// Names the settings that a token depends on; another value means that the kept token is not theirs. A refresh token does not
// count: it changes with each use.
[[nodiscard]] QByteArray settingsMark(const FieldValues &values);

} // namespace realmscope
