// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/base/Crypto.h"

#include "app/base/OpenSslDigest.h"
#include "app/base/OpenSslHandle.h"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>

namespace realmscope {

const EVP_MD *openSslDigest(HashAlgorithm algorithm)
{
    switch (algorithm) {
    case HashAlgorithm::Md5:
        return EVP_md5();
    case HashAlgorithm::Sha1:
        return EVP_sha1();
    case HashAlgorithm::Sha256:
        return EVP_sha256();
    case HashAlgorithm::Sha384:
        return EVP_sha384();
    case HashAlgorithm::Sha512:
        return EVP_sha512();
    case HashAlgorithm::Sha512_256:
        return EVP_sha512_256();
    }
    return nullptr;
}

QByteArray hash(HashAlgorithm algorithm, QByteArrayView data)
{
    QByteArray out(EVP_MAX_MD_SIZE, Qt::Uninitialized);
    unsigned int size = 0;
    if (EVP_Digest(data.data(), size_t(data.size()), reinterpret_cast<unsigned char *>(out.data()), &size,
                   openSslDigest(algorithm), nullptr)
        != 1)
        return {};
    out.truncate(qsizetype(size));
    return out;
}

QByteArray hmac(HashAlgorithm algorithm, QByteArrayView key, QByteArrayView data)
{
    QByteArray out(EVP_MAX_MD_SIZE, Qt::Uninitialized);
    unsigned int size = 0;
    if (!HMAC(openSslDigest(algorithm), key.data(), int(key.size()), reinterpret_cast<const unsigned char *>(data.data()),
              size_t(data.size()), reinterpret_cast<unsigned char *>(out.data()), &size))
        return {};
    out.truncate(qsizetype(size));
    return out;
}

QByteArray pbkdf2(HashAlgorithm algorithm, QByteArrayView password, QByteArrayView salt, uint iterations)
{
    const EVP_MD *digest = openSslDigest(algorithm);
    QByteArray out(EVP_MD_get_size(digest), '\0');
    if (PKCS5_PBKDF2_HMAC(password.data(), int(password.size()), reinterpret_cast<const unsigned char *>(salt.data()), int(salt.size()), int(iterations), digest,
                          int(out.size()), reinterpret_cast<unsigned char *>(out.data()))
        != 1)
        return {};
    return out;
}

QByteArray desBlock(QByteArrayView key, QByteArrayView block)
{
    if (key.size() != 7 || block.size() != 8)
        return {};
    QByteArray spread(8, '\0'); // seven bits a byte, the parity bit is not looked at
    for (qsizetype i = 0; i < 8; ++i) {
        const auto at = [&](qsizetype index) { return index < 0 || index > 6 ? 0U : unsigned(static_cast<unsigned char>(key[index])); };
        spread[i] = char(((at(i - 1) << (8 - i)) | (at(i) >> i)) & 0xfe);
    }
    // Single DES is in OpenSSL's legacy provider; three times the same key is the same cipher.
    const QByteArray triple = spread + spread + spread;
    const OpenSslHandle<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free> context(EVP_CIPHER_CTX_new());
    QByteArray out(16, '\0');
    int size = 0;
    if (EVP_EncryptInit_ex2(context.get(), EVP_des_ede3_ecb(), reinterpret_cast<const unsigned char *>(triple.constData()), nullptr, nullptr) != 1
        || EVP_CIPHER_CTX_set_padding(context.get(), 0) != 1
        || EVP_EncryptUpdate(context.get(), reinterpret_cast<unsigned char *>(out.data()), &size,
                             reinterpret_cast<const unsigned char *>(block.data()), int(block.size()))
            != 1)
        return {};
    out.truncate(size);
    return out;
}

QByteArray tlsServerEndPoint(QByteArrayView certificatePem)
{
    const OpenSslHandle<BIO, BIO_free> bio(BIO_new_mem_buf(certificatePem.data(), int(certificatePem.size())));
    const OpenSslHandle<X509, X509_free> certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    ERR_clear_error();
    if (!certificate)
        return {};
    int digestId = NID_undef;
    X509_get_signature_info(certificate.get(), &digestId, nullptr, nullptr, nullptr);
    const EVP_MD *digest = digestId == NID_undef || digestId == NID_md5 || digestId == NID_sha1 ? EVP_sha256()
                                                                                               : EVP_get_digestbyname(OBJ_nid2sn(digestId));
    QByteArray out(EVP_MAX_MD_SIZE, Qt::Uninitialized);
    unsigned int size = 0;
    if (X509_digest(certificate.get(), digest ? digest : EVP_sha256(), reinterpret_cast<unsigned char *>(out.data()), &size) != 1)
        return {};
    out.truncate(qsizetype(size));
    return out;
}

bool constantTimeEquals(QByteArrayView a, QByteArrayView b)
{
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), size_t(a.size())) == 0;
}

} // namespace realmscope
