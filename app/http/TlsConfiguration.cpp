// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/http/TlsConfiguration.h"

#include <QtCore/QSet>
#include <QtNetwork/QSslCertificate>
#include <QtNetwork/QSslKey>
#include <QtNetwork/QSslSocket>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <cstring>
#include <memory>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

using KeyPointer = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

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

KeyPointer readKey(const QByteArray &pem, const QByteArray &passphrase)
{
    BIO *bio = BIO_new_mem_buf(pem.constData(), int(pem.size()));
    QByteArray copy = passphrase;
    KeyPointer key(bio ? PEM_read_bio_PrivateKey(bio, nullptr, &givePassphrase, &copy) : nullptr, &EVP_PKEY_free);
    BIO_free(bio);
    return key;
}

Error unusable(const QString &message, const QString &detail, const QString &action)
{
    return {ErrorCode::TlsFailure, message + u"; nothing was sent"_s, detail, action};
}

Result<void> addClientCertificate(QSslConfiguration &configuration, const TransportOptions &options)
{
    const QList<QSslCertificate> chain = QSslCertificate::fromData(options.clientCertificatePem, QSsl::Pem);
    if (chain.isEmpty())
        return unusable(u"the client certificate can't be read"_s, takeOpenSslReason(),
                        u"Choose a PEM file with -----BEGIN CERTIFICATE----- in it."_s);
    // Without a key of its own the key stands beside the certificate, as curl has it.
    const QByteArray keyPem = options.clientKeyPem.isEmpty() ? options.clientCertificatePem : options.clientKeyPem;
    ERR_clear_error();
    KeyPointer key = readKey(keyPem, options.clientKeyPassphrase);
    if (!key) {
        const QString reason = takeOpenSslReason();
        const bool isEncrypted = keyPem.contains("ENCRYPTED");
        if (isEncrypted && options.clientKeyPassphrase.isEmpty())
            return unusable(u"the key of the client certificate is encrypted and there is no passphrase for it"_s,
                            reason, u"Give the passphrase of the key."_s);
        if (isEncrypted)
            return unusable(u"the key of the client certificate can't be decrypted: the passphrase is wrong"_s, reason,
                            u"Check the passphrase of the key."_s);
        return unusable(u"the key of the client certificate can't be read"_s, reason,
                        u"Choose a PEM file with -----BEGIN PRIVATE KEY----- in it."_s);
    }
    auto *leaf = reinterpret_cast<X509 *>(chain.first().handle());
    if (!leaf || X509_check_private_key(leaf, key.get()) != 1)
        return unusable(u"the client certificate and the key don't belong together"_s, takeOpenSslReason(),
                        u"Choose the key that the certificate was made for; the certificate itself comes first in "
                        "its file."_s);
    configuration.setLocalCertificateChain(chain);
    // By handle: Qt would not read every type of key (Ed25519), nor every encryption. It takes the handle over.
    configuration.setPrivateKey(QSslKey(reinterpret_cast<Qt::HANDLE>(key.release()), QSsl::PrivateKey));
    return {};
}

} // namespace

Result<QSslConfiguration> tlsConfiguration(const TransportOptions &options)
{
    QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
    configuration.setProtocol(QSsl::TlsV1_2OrLater);
    configuration.setPeerVerifyMode(QSslSocket::VerifyPeer);
    configuration.setAllowedNextProtocols({"http/1.1"_ba});
    configuration.setSslOption(QSsl::SslOptionDisableSessionPersistence, false);
    QList<QSslCertificate> anchors;
    for (const QByteArray &pem : options.extraCaPem) {
        const QList<QSslCertificate> more = QSslCertificate::fromData(pem, QSsl::Pem);
        if (more.isEmpty())
            return unusable(u"the additional trusted certificates can't be read"_s, takeOpenSslReason(),
                            u"Choose a PEM file with -----BEGIN CERTIFICATE----- in it."_s);
        anchors += more;
    }
    // Adding one switches Qt's loading of the system's anchors on demand off, so they have to be there then.
    if (!anchors.isEmpty()) {
        // Systems keep each one twice, by itself and in a bundle; every handshake would go through all of them.
        const QList<QSslCertificate> system = QSslConfiguration::systemCaCertificates();
        QSet<QSslCertificate> known(system.cbegin(), system.cend());
        known.unite(QSet<QSslCertificate>(anchors.cbegin(), anchors.cend()));
        configuration.setCaCertificates(known.values());
    }
    if (!options.clientCertificatePem.isEmpty() || !options.clientKeyPem.isEmpty()) {
        if (Result<void> ok = addClientCertificate(configuration, options); !ok)
            return ok.error();
    }
    return configuration;
}

} // namespace realmscope
