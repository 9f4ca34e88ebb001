// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/base/Result.h"

#include <QtCore/QByteArray>
#include <QtCore/QByteArrayView>

namespace realmscope {

// Thin over OpenSSL 3 EVP; no algorithm of our own.
enum class HashAlgorithm { Md5, Sha1, Sha256, Sha384, Sha512, Sha512_256 };

// Raw digest. Never fails for these algorithms unless the OpenSSL build has none of it (then the result is empty).
[[nodiscard]] QByteArray hash(HashAlgorithm algorithm, QByteArrayView data);
[[nodiscard]] QByteArray hmac(HashAlgorithm algorithm, QByteArrayView key, QByteArrayView data);
// PBKDF2 with HMAC (RFC 8018 section 5.2), as long as the digest. Takes as long as the iterations: not for the thread of a window.
[[nodiscard]] QByteArray pbkdf2(HashAlgorithm algorithm, QByteArrayView password, QByteArrayView salt, uint iterations);
// One block of DES in ECB (NTLM version 1). key: 7 bytes without parity.
[[nodiscard]] QByteArray desBlock(QByteArrayView key, QByteArrayView block);
// Channel binding "tls-server-end-point" of a server certificate in PEM: its hash, by the rules of RFC 5929 section 4.1.
// Empty when it is no certificate.
[[nodiscard]] QByteArray tlsServerEndPoint(QByteArrayView certificatePem);
[[nodiscard]] bool constantTimeEquals(QByteArrayView a, QByteArrayView b);

} // namespace realmscope
