// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/auth/AuthScheme.h"

namespace realmscope {

// What the user name and password schemes share.

// The "charset" field: "utf-8" (default) or "iso-8859-1".
[[nodiscard]] SchemeField charsetField();
[[nodiscard]] QByteArray encodeCredential(const QString &text, const QString &charset);
[[nodiscard]] QByteArray encodeCredential(const Secret &secret, const QString &charset);
// Error: InvalidInput when the text has a character that ISO-8859-1 lacks and that is the charset.
[[nodiscard]] Result<void> checkEncodable(const QString &scheme, const QString &user, const Secret &password,
                                          const QString &charset);
// Error: InvalidInput when the text holds a control character (it would break the header line).
[[nodiscard]] Result<void> checkNoControl(const QString &what, const QString &text);
// The request without its body, for a first message that is only there to be refused. False: it has none.
bool withholdBody(Request &request);
[[nodiscard]] QByteArray credentialHeaderName(bool proxy); // "Authorization" or "Proxy-Authorization"

} // namespace realmscope
