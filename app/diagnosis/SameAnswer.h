// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/Exchange.h"

namespace realmscope {

// Whether two answers say the same, without what changes from one answer to the next anyway: dates, request ids,
// nonces, numbers in the body. Headers are compared where they tell about authentication: WWW-Authenticate,
// Location without its query, Content-Type.
[[nodiscard]] bool sameAnswer(const Response &a, const Response &b);

// A text with its volatile parts (numbers, hexadecimal, UUIDs, long random words) replaced.
[[nodiscard]] QByteArray withoutVolatileParts(const QByteArray &text);
// A challenge line without nonce, opaque, state and their like.
[[nodiscard]] QByteArray withoutNonces(const QByteArray &challenge);

} // namespace realmscope
