// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/base/AsymmetricKey.h"

#include <QtCore/QJsonObject>
#include <QtCore/QStringList>

#include <optional>

namespace realmscope {

// JSON Web Signatures and Keys: RFC 7515, 7517, 7518, 7638, 8037, 8812.

struct JwsAlgorithm
{
    QByteArray name;       // "ES256"
    bool isHmac = false;
    HashAlgorithm hash = HashAlgorithm::Sha256;
    SignatureForm form = SignatureForm::RsaPkcs1; // not for HMAC
    QByteArray curve;      // ES…: the only curve it goes with
};
[[nodiscard]] std::optional<JwsAlgorithm> jwsAlgorithm(QByteArrayView name); // case-sensitive, as RFC 7515 has it
[[nodiscard]] QStringList jwsAlgorithmNames();

// A key as JOSE has them: asymmetric, or bytes for HMAC.
struct JoseKey
{
    AsymmetricKey asymmetric; // null for HMAC
    Secret symmetric;
    QString keyId;            // "kid" of a JWK
    QString algorithm;        // "alg" of a JWK; empty when it names none
};
// Error: InvalidInput, or Unsupported for a kty or curve that is not known.
[[nodiscard]] Result<JoseKey> keyFromJwk(const QJsonObject &jwk);
// A private key as a person has it: PEM, or a JWK. `what` names the field for the message.
[[nodiscard]] Result<JoseKey> privateKeyFromText(const QString &what, const Secret &text, const Secret &passphrase = {});
// The first certificate of "x5c" in a header (RFC 7515 section 4.1.6). Error: InvalidInput.
[[nodiscard]] Result<JoseKey> keyFromX5c(const QJsonObject &header);
[[nodiscard]] QJsonObject publicJwk(const AsymmetricKey &key); // kty and its members only
[[nodiscard]] QByteArray jwkThumbprint(const QJsonObject &jwk); // RFC 7638, SHA-256, base64url; empty when members lack

// Compact serialisation. "alg" is put into the header. Error: InvalidInput when the key does not go with the algorithm.
[[nodiscard]] Result<QByteArray> signJws(const QByteArray &algorithm, QJsonObject header, QByteArrayView payload, const JoseKey &key);

enum class JwsVerdict {
    Valid,
    WrongSignature,
    NoKey,          // the set holds none that fits by kid and kind
    WrongKey,       // the key is of another kind than the algorithm wants
    Unsigned,       // alg "none"
    UnknownAlgorithm,
    Encrypted,      // a JWE
    NotReadable,    // no JWS
};
struct JwsCheck
{
    JwsVerdict verdict = JwsVerdict::NotReadable;
    QString text;   // one sentence for a person
    QString keyId;  // of the key that was used
};
[[nodiscard]] JwsCheck verifyJws(QByteArrayView token, const JoseKey &key);
// With a JWK or a set ("keys"); by kid where the token names one, else every key that fits is tried.
[[nodiscard]] JwsCheck verifyJws(QByteArrayView token, const QJsonObject &jwkOrSet);

} // namespace realmscope
