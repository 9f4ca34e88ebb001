// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/base/Result.h"

#include <QtCore/QByteArray>
#include <QtCore/QByteArrayView>

#include <optional>

namespace realmscope {

// Base64 as found in the wild: nullopt when a byte is outside the alphabet or the padding is wrong (RFC 4648
// section 4). White space is not accepted; callers that tolerate it strip it and say so.
[[nodiscard]] std::optional<QByteArray> decodeBase64(QByteArrayView text);
// base64url with or without padding (RFC 4648 section 5, RFC 7515 section 2).
[[nodiscard]] std::optional<QByteArray> decodeBase64Url(QByteArrayView text);
[[nodiscard]] QByteArray encodeBase64Url(QByteArrayView bytes);

// RFC 3986 unreserved characters stay, everything else becomes %XX.
[[nodiscard]] QByteArray percentEncode(QByteArrayView bytes);
[[nodiscard]] QByteArray percentDecode(QByteArrayView bytes);
// application/x-www-form-urlencoded (space as '+'), WHATWG URL section 5.
[[nodiscard]] QByteArray formEncode(QByteArrayView bytes);
[[nodiscard]] QByteArray formDecode(QByteArrayView bytes);

[[nodiscard]] bool isValidUtf8(QByteArrayView bytes);
// Text for a person out of bytes of unknown charset: UTF-8 where valid, else Latin-1; control characters are shown
// as U+2400 symbols except tab and newline.
[[nodiscard]] QString displayText(QByteArrayView bytes);

} // namespace realmscope
