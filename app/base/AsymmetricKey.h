// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/base/Crypto.h"
#include "app/base/Secret.h"

#include <memory>

namespace realmscope {

enum class KeyType { Rsa, RsaPss, Ec, Ed25519, Ed448, Other };

// How a signature is made. RsaPss: MGF1 with the same hash, salt as long as the hash (RFC 7518 section 3.5, RFC 9421
// section 3.3.1). EcdsaRaw: r and s one after the other, each as long as the curve's order (RFC 7518 section 3.4);
// EcdsaDer: ASN.1. EdDsa has its own hash; `hash` is not looked at.
enum class SignatureForm { RsaPkcs1, RsaPss, EcdsaRaw, EcdsaDer, EdDsa };
struct SignatureAlgorithm
{
    SignatureForm form = SignatureForm::RsaPkcs1;
    HashAlgorithm hash = HashAlgorithm::Sha256;
};

// The public half as numbers, big endian without leading zeros but for EC coordinates, which are as long as the curve's
// field. What does not belong to the key's type is empty.
struct PublicNumbers
{
    QByteArray n, e; // RSA
    QByteArray x, y; // EC; x alone: Ed25519, Ed448
};

// Thin over OpenSSL's EVP_PKEY: an RSA, EC or EdDSA key, private or public. A value; copies share the key. A default
// constructed one is empty: nothing may be asked of it but isNull().
class AsymmetricKey
{
public:
    AsymmetricKey() = default;

    // PKCS #8, PKCS #1 or SEC 1 in PEM, with LF or CRLF, or in one line with spaces or "\n" for the line breaks. `what` names
    // the field for the message. Errors, InvalidInput: no PEM, a certificate or public key, OpenSSH's own format,
    // encrypted without a passphrase, wrong passphrase, damaged.
    [[nodiscard]] static Result<AsymmetricKey> privateFromPem(const QString &what, const Secret &pem, const Secret &passphrase = {});
    // SubjectPublicKeyInfo or a certificate in PEM. Error: InvalidInput.
    [[nodiscard]] static Result<AsymmetricKey> publicFromPem(const QString &what, QByteArrayView pem);

    // Out of big endian numbers (RFC 7518 section 6). Error: InvalidInput when they are no key.
    struct RsaNumbers
    {
        QByteArray n, e;
        QByteArray d, p, q, dp, dq, qi; // empty: public
    };
    [[nodiscard]] static Result<AsymmetricKey> rsa(const RsaNumbers &numbers);
    // curve: "P-256", "P-384", "P-521", "secp256k1". Private: d alone is enough, x and y are checked when there.
    [[nodiscard]] static Result<AsymmetricKey> ec(const QByteArray &curve, const QByteArray &x, const QByteArray &y,
                                                  const QByteArray &d = {});
    [[nodiscard]] static Result<AsymmetricKey> edwards(KeyType type, const QByteArray &x, const QByteArray &d = {});

    // A new key of that type for this run (DPoP). EC: P-256; RSA: 2048 bit.
    [[nodiscard]] static Result<AsymmetricKey> generate(KeyType type);

    [[nodiscard]] bool isNull() const { return !m_key; }
    [[nodiscard]] KeyType type() const;
    [[nodiscard]] bool isPrivate() const;
    [[nodiscard]] int bits() const;
    [[nodiscard]] QByteArray curve() const;       // as in ec(); empty when no EC key of a known curve
    [[nodiscard]] QString description() const;    // "RSA 2048 bit", "EC P-256", "Ed25519"
    [[nodiscard]] PublicNumbers publicNumbers() const;
    [[nodiscard]] QByteArray publicPem() const;   // SubjectPublicKeyInfo

    // Error: InvalidInput when the algorithm does not go with the key.
    [[nodiscard]] Result<QByteArray> sign(const SignatureAlgorithm &algorithm, QByteArrayView data) const;
    [[nodiscard]] bool verify(const SignatureAlgorithm &algorithm, QByteArrayView data, QByteArrayView signature) const;
    [[nodiscard]] bool fits(const SignatureAlgorithm &algorithm) const; // by type alone

private:
    struct Key;
    explicit AsymmetricKey(std::shared_ptr<const Key> key) : m_key(std::move(key)) {}
    std::shared_ptr<const Key> m_key;
};

} // namespace realmscope
