// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/auth/Jose.h"
#include "app/base/Result.h"

#include <QtCore/QByteArrayView>
#include <QtCore/QJsonArray>

namespace realmscope {

// What is in a credential, a challenge or a cookie, one a line. Each item: {"kind": "jwt" | "basic" | "digest" |
// "bearer" | "challenge" | "cookie" | "set-cookie" | "credentials" | "opaque", "title", "facts": [{"name", "value",
// "remark"?}], "problems": [...]}. Secrets are masked unless reveal; structure (claims, user name) is shown.
// Error: InvalidInput when there is nothing.
//
// A JSON Web Token is checked with the keys that are given; with a key of its own header (x5c, jwk) only to say whether it fits,
// because anybody can put one there.
struct KnownKeys
{
    QJsonObject set;             // a JWK Set or one JWK
    std::optional<JoseKey> key;  // or a key
    QString from;                // where they come from, for a person; empty: there are none
};
[[nodiscard]] Result<QJsonArray> decodeText(QByteArrayView text, qint64 nowSeconds, bool reveal, const KnownKeys &keys = {});

} // namespace realmscope
