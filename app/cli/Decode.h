// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/base/Result.h"

#include <QtCore/QByteArrayView>
#include <QtCore/QJsonArray>

namespace realmscope {

// What is in a credential, a challenge or a cookie, one a line. Each item: {"kind": "jwt" | "basic" | "digest" |
// "bearer" | "challenge" | "cookie" | "set-cookie" | "credentials" | "opaque", "title", "facts": [{"name", "value",
// "remark"?}], "problems": [...]}. Secrets are masked unless reveal; structure (claims, user name) is shown.
// Error: InvalidInput when there is nothing.
[[nodiscard]] Result<QJsonArray> decodeText(QByteArrayView text, qint64 nowSeconds, bool reveal);

} // namespace realmscope
