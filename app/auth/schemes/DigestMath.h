// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/auth/AuthScheme.h"
#include "app/auth/Challenge.h"
#include "app/base/Crypto.h"

#include <optional>

namespace realmscope {

// RFC 7616 (and RFC 2069 without qop) as free functions, shared by the scheme and the diagnosis that recomputes.
struct DigestAlgorithm
{
    HashAlgorithm hash = HashAlgorithm::Md5;
    bool session = false;  // "-sess"
    QByteArray name;       // as it is to be sent: "MD5", "SHA-256-sess"; empty when the challenge named none
};
[[nodiscard]] std::optional<DigestAlgorithm> digestAlgorithm(QByteArrayView name); // case-insensitive; "" is MD5

struct DigestInput
{
    DigestAlgorithm algorithm;
    QByteArray username, realm, nonce, cnonce, nc, qop, method, uri; // qop empty: RFC 2069
    QByteArrayView password;
    QByteArray entityBody; // for auth-int
};
struct DigestResult
{
    QByteArray ha1, ha2, response; // lower-case hex
    QList<DerivationLine> derivation;
};
[[nodiscard]] DigestResult computeDigest(const DigestInput &input);
[[nodiscard]] QByteArray digestUserhash(const DigestAlgorithm &algorithm, QByteArrayView username, QByteArrayView realm);

} // namespace realmscope
