// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/http/ClientCertificate.h"

#include "app/base/OpenSslHandle.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/provider.h>
#include <openssl/x509.h>

#include <algorithm>
#include <cstring>
#include <memory>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

using KeyPointer = OpenSslHandle<EVP_PKEY, EVP_PKEY_free>;
using BioPointer = OpenSslHandle<BIO, BIO_free>;
using CertificatePointer = OpenSslHandle<X509, X509_free>;
using Pkcs12Pointer = OpenSslHandle<PKCS12, PKCS12_free>;

// OpenSSL asks for the passphrase here; without this it would ask on the terminal.
int givePassphrase(char *buffer, int size, int, void *user)
{
    const auto *passphrase = static_cast<const QByteArray *>(user);
    const auto count = std::min<qsizetype>(size, passphrase->size());
    std::memcpy(buffer, passphrase->constData(), size_t(count));
    return int(count);
}

// OpenSSL's reason; the queue is emptied, as Qt would take what is left in it for its own.
QString takeOpenSslReason()
{
    const char *reason = ERR_reason_error_string(ERR_peek_last_error());
    const QString text = reason ? QString::fromLatin1(reason) : QString();
    ERR_clear_error();
    return text;
}

Error unusable(const QString &message, const QString &detail, const QString &action)
{
    return {ErrorCode::TlsFailure, message + u"; nothing was sent"_s, detail, action};
}

Error wrongPassphrase(bool isMissing, const QString &reason)
{
    if (isMissing)
        return unusable(u"the key of the client certificate is encrypted and there is no passphrase for it"_s, reason,
                        u"Give the passphrase of the key."_s);
    return unusable(u"the key of the client certificate can't be decrypted: the passphrase is wrong"_s, reason,
                    u"Check the passphrase of the key."_s);
}

BioPointer readFrom(const QByteArray &bytes) { return BioPointer(BIO_new_mem_buf(bytes.constData(), int(bytes.size()))); }

bool looksLikePem(const QByteArray &bytes) { return bytes.contains("-----BEGIN "); }

Result<KeyPointer> readKey(const QByteArray &bytes, const QByteArray &passphrase)
{
    ERR_clear_error();
    QByteArray copy = passphrase;
    KeyPointer key;
    bool isEncrypted = false;
    if (looksLikePem(bytes)) {
        isEncrypted = bytes.contains("ENCRYPTED");
        key.reset(PEM_read_bio_PrivateKey(readFrom(bytes).get(), nullptr, &givePassphrase, &copy));
    } else {
        key.reset(d2i_PrivateKey_bio(readFrom(bytes).get(), nullptr));
        if (!key) {
            ERR_clear_error();
            const BioPointer bio = readFrom(bytes);
            X509_SIG *encrypted = d2i_PKCS8_bio(bio.get(), nullptr);
            isEncrypted = encrypted != nullptr;
            X509_SIG_free(encrypted);
            ERR_clear_error();
            if (isEncrypted)
                key.reset(d2i_PKCS8PrivateKey_bio(readFrom(bytes).get(), nullptr, &givePassphrase, &copy));
        }
    }
    if (key)
        return key;
    const QString reason = takeOpenSslReason();
    if (isEncrypted)
        return wrongPassphrase(passphrase.isEmpty(), reason);
    return unusable(u"the key of the client certificate can't be read"_s, reason,
                    u"Choose a PEM file with -----BEGIN PRIVATE KEY----- in it, or its DER form."_s);
}

// OpenSSL with its legacy algorithms, apart from the rest of the program; null when they are not installed.
OSSL_LIB_CTX *legacyContext()
{
    static OSSL_LIB_CTX *const context = [] {
        OSSL_LIB_CTX *made = OSSL_LIB_CTX_new();
        if (made && OSSL_PROVIDER_load(made, "legacy") && OSSL_PROVIDER_load(made, "default"))
            return made;
        OSSL_LIB_CTX_free(made);
        return static_cast<OSSL_LIB_CTX *>(nullptr);
    }();
    return context;
}

Pkcs12Pointer readPkcs12(const QByteArray &bytes, OSSL_LIB_CTX *context)
{
    PKCS12 *store = PKCS12_init_ex(NID_pkcs7_data, context, nullptr);
    if (!store)
        return nullptr;
    const BioPointer bio = readFrom(bytes);
    const bool isRead = d2i_PKCS12_bio(bio.get(), &store) != nullptr; // on failure it is freed and null, or still there
    Pkcs12Pointer owned(store);
    return isRead ? std::move(owned) : nullptr;
}

QSslCertificate toQt(X509 *certificate)
{
    unsigned char *der = nullptr;
    const int size = i2d_X509(certificate, &der);
    if (size <= 0)
        return QSslCertificate();
    const QByteArray bytes(reinterpret_cast<const char *>(der), size);
    OPENSSL_free(der);
    return QSslCertificate(bytes, QSsl::Der);
}

// The same key in the library context that TLS uses.
KeyPointer inDefaultContext(EVP_PKEY *key)
{
    unsigned char *der = nullptr;
    const int size = i2d_PrivateKey(key, &der);
    if (size <= 0)
        return nullptr;
    const unsigned char *at = der;
    KeyPointer copy(d2i_AutoPrivateKey(nullptr, &at, size));
    OPENSSL_clear_free(der, size_t(size));
    return copy;
}

struct Read
{
    QList<QSslCertificate> chain;
    KeyPointer key;
};

Result<Read> readFromPkcs12(const QByteArray &bytes, const QByteArray &passphrase)
{
    ERR_clear_error();
    for (const bool isLegacy : {false, true}) {
        OSSL_LIB_CTX *context = isLegacy ? legacyContext() : nullptr;
        if (isLegacy && !context)
            return unusable(u"the PKCS#12 file of the client certificate is encrypted in an old way (RC2 or 3DES) that is not available here"_s,
                            takeOpenSslReason(),
                            u"Write it anew with openssl pkcs12 -legacy -in FILE -nodes, then openssl pkcs12 -export, or install OpenSSL's legacy provider."_s);
        const Pkcs12Pointer store = readPkcs12(bytes, context);
        if (!store)
            return unusable(u"the PKCS#12 file of the client certificate can't be read"_s, takeOpenSslReason(),
                            u"Choose a file that was exported as PKCS#12 (.p12, .pfx)."_s);
        // No passphrase may mean an empty one or none at all; they are encoded differently.
        const char *used = nullptr;
        bool isRight = passphrase.isEmpty() && PKCS12_verify_mac(store.get(), nullptr, 0) == 1;
        if (!isRight) {
            used = passphrase.constData();
            isRight = PKCS12_verify_mac(store.get(), used, int(passphrase.size())) == 1;
        }
        EVP_PKEY *rawKey = nullptr;
        X509 *rawLeaf = nullptr;
        STACK_OF(X509) *others = nullptr;
        if (PKCS12_parse(store.get(), used, &rawKey, &rawLeaf, &others) != 1) {
            const unsigned long error = ERR_peek_last_error();
            // The check value tells a wrong passphrase from a cipher that is not there; its digest may be missing as well.
            if (!isLegacy && (isRight || ERR_GET_REASON(error) == ERR_R_UNSUPPORTED)) {
                ERR_clear_error();
                continue;
            }
            return wrongPassphrase(passphrase.isEmpty(), takeOpenSslReason());
        }
        const KeyPointer key(rawKey);
        const CertificatePointer leaf(rawLeaf);
        Read read;
        if (leaf)
            read.chain.append(toQt(leaf.get()));
        for (int i = 0; i < sk_X509_num(others); ++i)
            read.chain.append(toQt(sk_X509_value(others, i)));
        sk_X509_pop_free(others, X509_free);
        if (key)
            read.key = inDefaultContext(key.get());
        if (!leaf || !read.key)
            return unusable(u"the PKCS#12 file holds no certificate with its key"_s, takeOpenSslReason(),
                            u"Export the certificate together with its private key."_s);
        return read;
    }
    return unusable(u"the PKCS#12 file of the client certificate can't be read"_s, {}, {});
}

Result<Read> readApart(const QByteArray &bytes, const QByteArray &keyBytes, const QByteArray &passphrase)
{
    Read read;
    read.chain = QSslCertificate::fromData(bytes, looksLikePem(bytes) ? QSsl::Pem : QSsl::Der);
    if (read.chain.isEmpty() || read.chain.first().isNull())
        return unusable(u"the client certificate can't be read"_s, takeOpenSslReason(),
                        u"Choose a PEM file with -----BEGIN CERTIFICATE----- in it, its DER form, or a PKCS#12 file."_s);
    // Without a key of its own the key stands beside the certificate, as curl has it.
    Result<KeyPointer> key = readKey(keyBytes.isEmpty() ? bytes : keyBytes, passphrase);
    if (!key)
        return key.error();
    read.key = std::move(key).value();
    return read;
}

bool looksLikePkcs12(const QByteArray &bytes)
{
    if (looksLikePem(bytes))
        return false;
    const bool is = readPkcs12(bytes, nullptr) != nullptr;
    ERR_clear_error();
    return is;
}

} // namespace

Result<ClientCertificate> readClientCertificate(const QByteArray &bytes, const QByteArray &keyBytes,
                                                const QByteArray &passphrase, const QString &type)
{
    const bool isPkcs12 = type == "P12"_L1 || (type.isEmpty() && looksLikePkcs12(bytes));
    Result<Read> read = isPkcs12 ? readFromPkcs12(bytes, passphrase) : readApart(bytes, keyBytes, passphrase);
    if (!read)
        return read.error();
    auto *leaf = reinterpret_cast<X509 *>(read->chain.first().handle());
    if (!leaf || X509_check_private_key(leaf, read->key.get()) != 1)
        return unusable(u"the client certificate and the key don't belong together"_s, takeOpenSslReason(),
                        u"Choose the key that the certificate was made for; the certificate itself comes first in its file."_s);
    ClientCertificate certificate;
    certificate.chain = read->chain;
    // By handle: Qt would not read every type of key (Ed25519), nor every encryption. It takes the handle over.
    certificate.key = QSslKey(reinterpret_cast<Qt::HANDLE>(read->key.release()), QSsl::PrivateKey);
    return certificate;
}

} // namespace realmscope
