// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/practice/PracticeCertificates.h"

#include "app/base/OpenSslHandle.h"

#include <QtCore/QFile>
#include <QtNetwork/QSslCertificate>
#include <QtNetwork/QSslKey>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <memory>
#include <utility>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

using PracticeKey = OpenSslHandle<EVP_PKEY, EVP_PKEY_free>;
using PracticeX509 = OpenSslHandle<X509, X509_free>;
using PracticeBio = OpenSslHandle<BIO, BIO_free>;
using PracticeExtension = OpenSslHandle<X509_EXTENSION, X509_EXTENSION_free>;

struct KeyAndCertificate
{
    PracticeKey key;
    PracticeX509 certificate;
    explicit operator bool() const { return key && certificate; }
};

struct CertificateWish
{
    const char *commonName;
    QList<std::pair<int, const char *>> extensions; // NID, value in the notation of x509v3_config
};

// Signed by `issuer`, or by itself without one; empty when OpenSSL refuses.
KeyAndCertificate issue(const CertificateWish &wish, const KeyAndCertificate *issuer, qint64 nowSeconds)
{
    KeyAndCertificate made{PracticeKey(EVP_EC_gen("P-256")), PracticeX509(X509_new())};
    if (!made)
        return {};
    X509 *certificate = made.certificate.get();
    quint64 serial = 0;
    if (RAND_bytes(reinterpret_cast<unsigned char *>(&serial), int(sizeof serial)) != 1)
        return {};
    ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial >> 1);
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_TIME_set(X509_getm_notBefore(certificate), time_t(nowSeconds - 3600));
    ASN1_TIME_set(X509_getm_notAfter(certificate), time_t(nowSeconds + 7 * 24 * 3600));
    X509_NAME *name = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(name, "O", MBSTRING_UTF8, reinterpret_cast<const unsigned char *>("Realmscope practice range"), -1, -1, 0);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char *>(wish.commonName), -1, -1, 0);
    X509_set_issuer_name(certificate, issuer ? X509_get_subject_name(issuer->certificate.get()) : name);
    X509_set_pubkey(certificate, made.key.get());
    for (const auto &[nid, value] : wish.extensions) {
        X509V3_CTX context;
        X509V3_set_ctx(&context, issuer ? issuer->certificate.get() : certificate, certificate, nullptr, nullptr, 0);
        const PracticeExtension extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value));
        if (!extension || X509_add_ext(certificate, extension.get(), -1) != 1)
            return {};
    }
    if (X509_sign(certificate, issuer ? issuer->key.get() : made.key.get(), EVP_sha256()) <= 0)
        return {};
    return made;
}

QByteArray takeBytes(BIO *bio)
{
    char *data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    return QByteArray(data, size);
}

QByteArray certificatePem(const KeyAndCertificate &pair)
{
    const PracticeBio bio(BIO_new(BIO_s_mem()));
    return bio && PEM_write_bio_X509(bio.get(), pair.certificate.get()) == 1 ? takeBytes(bio.get()) : QByteArray();
}

QByteArray keyPem(const KeyAndCertificate &pair)
{
    const PracticeBio bio(BIO_new(BIO_s_mem()));
    return bio && PEM_write_bio_PKCS8PrivateKey(bio.get(), pair.key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1 ? takeBytes(bio.get())
                                                                                                                      : QByteArray();
}

} // namespace

Result<void> PracticeCertificates::make(qint64 nowSeconds)
{
    const KeyAndCertificate authority = issue({"Practice authority", {{NID_basic_constraints, "critical,CA:TRUE"}, {NID_key_usage, "critical,keyCertSign"}}},
                                              nullptr, nowSeconds);
    const auto leaf = [&](const char *name, const char *usage, const KeyAndCertificate *issuer, const char *names) {
        QList<std::pair<int, const char *>> extensions{{NID_basic_constraints, "critical,CA:FALSE"}, {NID_ext_key_usage, usage}};
        if (names)
            extensions.append({NID_subject_alt_name, names});
        return issue({name, extensions}, issuer, nowSeconds);
    };
    if (!authority) {
        ERR_clear_error();
        return Error{ErrorCode::Unsupported, u"the practice range can't make its certificates"_s, {}, {}};
    }
    const KeyAndCertificate server = leaf("127.0.0.1", "serverAuth", &authority, "IP:127.0.0.1,DNS:localhost");
    const KeyAndCertificate visitor = leaf("visitor", "clientAuth", &authority, nullptr);
    const KeyAndCertificate stranger = leaf("stranger", "clientAuth", nullptr, nullptr);
    ERR_clear_error(); // what is left in the queue Qt would take for its own
    if (!server || !visitor || !stranger)
        return Error{ErrorCode::Unsupported, u"the practice range can't make its certificates"_s, {}, {}};

    m_files.clear();
    const std::pair<QString, QByteArray> files[] = {{u"ca"_s, certificatePem(authority)},
                                                    {u"visitor"_s, certificatePem(visitor) + keyPem(visitor)},
                                                    {u"stranger"_s, certificatePem(stranger) + keyPem(stranger)}};
    for (const auto &[name, content] : files) {
        QFile file(m_dir.filePath(name + u".pem"_s)); // the folder is for its owner alone
        if (!m_dir.isValid() || !file.open(QIODevice::WriteOnly | QIODevice::NewOnly) || file.write(content) != content.size())
            return Error{ErrorCode::FileUnwritable, u"the practice range can't write its certificates to %1"_s.arg(file.fileName()),
                         m_dir.isValid() ? file.errorString() : m_dir.errorString(), u"Make room in the folder for temporary files."_s};
        m_files.insert(name, file.fileName());
    }

    m_server = QSslConfiguration::defaultConfiguration();
    m_server.setLocalCertificate(QSslCertificate(certificatePem(server)));
    m_server.setPrivateKey(QSslKey(keyPem(server), QSsl::Ec));
    m_server.setCaCertificates({QSslCertificate(certificatePem(authority))});
    m_server.setPeerVerifyMode(QSslSocket::QueryPeer);
    return {};
}

} // namespace realmscope
