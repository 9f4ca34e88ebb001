// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/base/Crypto.h"

#include <openssl/types.h>

namespace realmscope {

// For the units of this folder that speak OpenSSL; everybody else uses Crypto.h.
[[nodiscard]] const EVP_MD *openSslDigest(HashAlgorithm algorithm);

} // namespace realmscope
