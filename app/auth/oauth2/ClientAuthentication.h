// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/auth/AuthScheme.h"

namespace realmscope {

using FormItems = QList<std::pair<QByteArray, QByteArray>>; // name and value, not encoded

// How a client proves at an endpoint of the authorization server who it is. RFC 6749 section 2.3.1, RFC 7523 section 2.2,
// RFC 8705, OpenID Connect Core section 9. Field values: client-auth, client-id, client-secret, secret-algorithm,
// key, key-algorithm, key-passphrase, assertion-audience.
[[nodiscard]] QList<FieldChoice> clientAuthenticationChoices();
// Adds to the form or to the headers. `audience` is what an assertion is for, unless the profile says another one.
[[nodiscard]] Result<QList<DerivationLine>> authenticateClient(const FieldValues &values, const QString &audience, const Clock &clock,
                                                               Random &random, Headers &headers, FormItems &form);
// A signed JWT out of claims with iat, exp and jti added (RFC 7523 section 3), by the profile's key or secret.
struct SignedAssertion
{
    QByteArray jwt;
    QByteArray claims; // JSON, for the derivation
};
// `written`: claims of the user's own, kept byte for byte; those of `claims` go behind them.
[[nodiscard]] Result<SignedAssertion> signAssertion(const FieldValues &values, const QByteArray &algorithm, QJsonObject claims,
                                                    const Clock &clock, Random &random, const QByteArray &written = {});

[[nodiscard]] QByteArray encodeForm(const FormItems &form); // application/x-www-form-urlencoded

} // namespace realmscope
