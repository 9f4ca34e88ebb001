// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/base/AsymmetricKey.h"
#include "app/http/Url.h"

#include <optional>

namespace realmscope {

// RFC 9729 as free functions.

// A scheme of TLS (RFC 8446 section 4.2.3) and how to sign with it: the one that goes with the key.
struct ConcealedAlgorithm
{
    quint16 id = 0;
    SignatureAlgorithm signature;
};
[[nodiscard]] std::optional<ConcealedAlgorithm> concealedAlgorithm(const AsymmetricKey &key);
// Section 3.1.1: RSAPublicKey in DER, the uncompressed point, or the bytes of EdDSA.
[[nodiscard]] QByteArray concealedPublicKey(const AsymmetricKey &key);
// Section 3.1: what the exporter is given as context.
[[nodiscard]] QByteArray concealedContext(quint16 algorithm, const QByteArray &keyId, const QByteArray &publicKey, const Url &url, const QByteArray &realm);
// Section 3.3: what is signed; the first 32 bytes of what the exporter gave.
[[nodiscard]] QByteArray concealedContent(QByteArrayView signatureInput);

} // namespace realmscope
