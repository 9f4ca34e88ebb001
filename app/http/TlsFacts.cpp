// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/http/TlsFacts.h"

#include <QtCore/QCryptographicHash>
#include <QtNetwork/QHostAddress>
#include <QtNetwork/QSslCipher>
#include <QtNetwork/QSslConfiguration>
#include <QtNetwork/QSslKey>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <array>
#include <utility>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

QString protocolName(QSsl::SslProtocol protocol)
{
    switch (protocol) {
    case QSsl::TlsV1_2:
        return u"TLSv1.2"_s;
    case QSsl::TlsV1_3:
        return u"TLSv1.3"_s;
    default:
        return {};
    }
}

// RFC 2253 text. Qt gives the attributes sorted by name, so the order of the name is asked of OpenSSL.
QString distinguishedName(const X509_NAME *name)
{
    if (!name)
        return {};
    BIO *bio = BIO_new(BIO_s_mem());
    if (!bio)
        return {};
    constexpr unsigned long flags = XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB);
    X509_NAME_print_ex(bio, name, 0, flags);
    char *data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    const QString text = QString::fromUtf8(data, qsizetype(size));
    BIO_free(bio);
    return text;
}

QString describeKey(X509 *certificate)
{
    const EVP_PKEY *key = X509_get0_pubkey(certificate);
    if (!key)
        return {};
    switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA:
        return u"RSA %1 bit"_s.arg(EVP_PKEY_get_bits(key));
    case EVP_PKEY_RSA_PSS:
        return u"RSA-PSS %1 bit"_s.arg(EVP_PKEY_get_bits(key));
    case EVP_PKEY_EC:
        return u"EC %1 bit"_s.arg(EVP_PKEY_get_bits(key));
    case EVP_PKEY_DSA:
        return u"DSA %1 bit"_s.arg(EVP_PKEY_get_bits(key));
    case EVP_PKEY_ED25519:
        return u"Ed25519"_s;
    case EVP_PKEY_ED448:
        return u"Ed448"_s;
    default:
        return {};
    }
}

QStringList alternativeNames(const QSslCertificate &certificate)
{
    QStringList out;
    const auto names = certificate.subjectAlternativeNames();
    for (auto it = names.cbegin(); it != names.cend(); ++it) {
        const QString kind = it.key() == QSsl::DnsEntry ? u"DNS:"_s
            : it.key() == QSsl::EmailEntry              ? u"email:"_s
                                                        : u"IP:"_s;
        out << kind + it.value();
    }
    return out;
}

QString names(const QSslCertificate &certificate)
{
    const QStringList alternatives = alternativeNames(certificate);
    if (!alternatives.isEmpty())
        return alternatives.join(u", ");
    const QString commonName = certificate.subjectInfo(QSslCertificate::CommonName).value(0);
    return commonName.isEmpty() ? u"nobody"_s : commonName;
}

// RFC 8446 section 6 and, for those marked as reserved there, RFC 5246 section 7.2.
QString alertName(QSsl::AlertType type)
{
    static constexpr std::array<std::pair<int, const char *>, 29> table = {{
        {10, "unexpected message"},
        {20, "bad record MAC"},
        {22, "record overflow"},
        {30, "decompression failure"},
        {40, "handshake failure"},
        {41, "no certificate"},
        {42, "bad certificate"},
        {43, "unsupported certificate"},
        {44, "certificate revoked"},
        {45, "certificate expired"},
        {46, "certificate unknown"},
        {47, "illegal parameter"},
        {48, "unknown CA"},
        {49, "access denied"},
        {50, "decode error"},
        {51, "decrypt error"},
        {60, "export restriction"},
        {70, "protocol version"},
        {71, "insufficient security"},
        {80, "internal error"},
        {86, "inappropriate fallback"},
        {90, "user canceled"},
        {100, "no renegotiation"},
        {109, "missing extension"},
        {110, "unsupported extension"},
        {112, "unrecognized name"},
        {113, "bad certificate status response"},
        {116, "certificate required"},
        {120, "no application protocol"},
    }};
    for (const auto &[number, name] : table) {
        if (number == int(type))
            return QLatin1StringView(name);
    }
    return {};
}

} // namespace

CertificateInfo readCertificate(const QSslCertificate &certificate)
{
    CertificateInfo info;
    if (auto *x509 = reinterpret_cast<X509 *>(certificate.handle())) {
        info.subject = distinguishedName(X509_get_subject_name(x509));
        info.issuer = distinguishedName(X509_get_issuer_name(x509));
        info.keyDescription = describeKey(x509);
    }
    info.commonName = certificate.subjectInfo(QSslCertificate::CommonName).value(0);
    info.alternativeNames = alternativeNames(certificate);
    info.notBefore = certificate.effectiveDate();
    info.notAfter = certificate.expiryDate();
    info.sha256Fingerprint = certificate.digest(QCryptographicHash::Sha256);
    info.serial = QString::fromLatin1(certificate.serialNumber());
    info.pem = certificate.toPem();
    return info;
}

QString describeTlsError(const QSslError &error, const QString &host)
{
    const QSslCertificate certificate = error.certificate();
    switch (error.error()) {
    case QSslError::CertificateExpired:
        return u"the certificate expired on %1"_s.arg(certificate.expiryDate().toUTC().toString(Qt::ISODate));
    case QSslError::CertificateNotYetValid:
        return u"the certificate is not valid before %1"_s.arg(
            certificate.effectiveDate().toUTC().toString(Qt::ISODate));
    case QSslError::HostNameMismatch:
        return u"the certificate is not for %1; it names %2"_s.arg(host, names(certificate));
    case QSslError::SelfSignedCertificate:
        return u"the certificate is self-signed and not trusted here"_s;
    case QSslError::SelfSignedCertificateInChain:
        return u"the root certificate of the chain is not trusted here"_s;
    case QSslError::UnableToGetLocalIssuerCertificate:
    case QSslError::UnableToGetIssuerCertificate:
        return u"the issuer of the certificate is not known here"_s;
    case QSslError::UnableToVerifyFirstCertificate:
        return u"no trusted chain leads to the certificate (an intermediate certificate may be missing)"_s;
    case QSslError::CertificateRevoked:
        return u"the certificate was revoked"_s;
    case QSslError::InvalidPurpose:
        return u"the certificate is not meant for a TLS server"_s;
    case QSslError::InvalidCaCertificate:
        return u"a certificate of the chain signed another without being a CA"_s;
    case QSslError::NoPeerCertificate:
        return u"the server sent no certificate"_s;
    default: {
        QString text = error.errorString();
        if (!text.isEmpty())
            text[0] = text.at(0).toLower();
        return text;
    }
    }
}

TlsInfo readTlsFacts(const QSslSocket &socket, const QString &host, const QList<QSslError> &errors)
{
    TlsInfo info;
    if (QHostAddress().setAddress(host) == false)
        info.serverName = host; // an address is never sent as SNI (RFC 6066 section 3)
    const QSslCipher cipher = socket.sessionCipher();
    if (!cipher.isNull()) {
        info.protocol = protocolName(socket.sessionProtocol());
        info.cipher = cipher.name();
    }
    const QSslConfiguration configuration = socket.sslConfiguration();
    if (configuration.nextProtocolNegotiationStatus() == QSslConfiguration::NextProtocolNegotiationNegotiated)
        info.alpn = QString::fromLatin1(configuration.nextNegotiatedProtocol());
    if (const QSslCertificate certificate = configuration.localCertificate(); !certificate.isNull()) {
        info.clientCertificateOffered = true;
        info.clientCertificateSubject = readCertificate(certificate).subject;
    }
    const QList<QSslCertificate> chain = socket.peerCertificateChain();
    for (const QSslCertificate &certificate : chain)
        info.chain.append(readCertificate(certificate));
    for (const QSslError &error : errors) {
        const QString text = describeTlsError(error, host);
        info.errors << text;
        const qsizetype link = error.certificate().isNull() ? -1 : chain.indexOf(error.certificate());
        if (link >= 0)
            info.chain[link].errors << text;
    }
    info.verified = errors.isEmpty() && socket.isEncrypted();
    return info;
}

QString describeAlert(QSsl::AlertType type, const QString &libraryText)
{
    const QString name = alertName(type);
    return u"%1 (alert %2)"_s.arg(name.isEmpty() ? libraryText : name).arg(int(type));
}

Error handshakeError(const TlsInfo &facts, const QList<QSslError> &errors, const QString &host,
                     const QString &socketText, bool closedByPeer)
{
    if (!facts.alert.isEmpty()) {
        const bool wantedOne = facts.clientCertificateRequested.value_or(false) && !facts.clientCertificateSent;
        const QString message = u"%1 refused the TLS handshake with the alert %2"_s.arg(host, facts.alert);
        if (wantedOne)
            return {ErrorCode::TlsFailure, message + u": it asked for a client certificate, and none was shown"_s, socketText,
                    facts.clientCertificateOffered
                        ? u"The one that was chosen does not fit what the server asks for: check its kind of key and who issued it."_s
                        : u"Choose a client certificate that the server trusts."_s};
        return {ErrorCode::TlsFailure, message, socketText,
                facts.clientCertificateOffered
                    ? u"Check the client certificate, and which TLS versions and ciphers the server takes."_s
                    : u"The server may want a client certificate, another host name, or another TLS version."_s};
    }
    if (!errors.isEmpty()) {
        QString action = u"Add the CA that issued it to the trusted certificates, or allow this origin unverified."_s;
        for (const QSslError &error : errors) {
            if (error.error() == QSslError::HostNameMismatch)
                action = u"Check the host name in the URL, or use a certificate that names it."_s;
            else if (error.error() == QSslError::CertificateExpired)
                action = u"Ask the server's owner to renew the certificate, and check this computer's clock."_s;
            else if (error.error() == QSslError::CertificateNotYetValid)
                action = u"Check this computer's clock."_s;
            else
                continue;
            break;
        }
        return {ErrorCode::TlsFailure,
                u"the certificate of %1 can't be trusted: %2"_s.arg(host, facts.errors.join(u"; ")), socketText, action};
    }
    // OpenSSL's reason when the first bytes are no TLS record, as from a plain HTTP server.
    const bool notTls = socketText.contains("wrong version number"_L1) || socketText.contains("http request"_L1)
        || socketText.contains("packet length too long"_L1);
    if (notTls)
        return {ErrorCode::TlsFailure, u"%1 does not speak TLS on this port"_s.arg(host), socketText,
                u"Use http:// for this port, or the port on which the server has https."_s};
    if (closedByPeer)
        return {ErrorCode::TlsFailure, u"%1 closed the connection during the TLS handshake"_s.arg(host), socketText,
                u"Check that the port speaks TLS, and that the server knows this host name."_s};
    return {ErrorCode::TlsFailure, u"the TLS handshake with %1 failed"_s.arg(host), socketText,
            u"Check that the port speaks TLS 1.2 or 1.3."_s};
}

Error lateAlertError(const TlsInfo &facts, QSsl::AlertType type, const QString &socketText)
{
    QString why;
    QString action = u"Look at the server's log: it ended the connection after the handshake."_s;
    switch (type) {
    case QSsl::AlertType::CertificateRequired:
    case QSsl::AlertType::NoCertificate:
        why = u"it wants a client certificate"_s;
        action = u"Choose a client certificate that the server trusts."_s;
        break;
    case QSsl::AlertType::HandshakeFailure:
        if (!facts.clientCertificateOffered) {
            why = u"it may want a client certificate"_s;
            action = u"Choose a client certificate that the server trusts."_s;
        }
        break;
    case QSsl::AlertType::UnknownCa:
        why = u"it does not trust the CA of the client certificate"_s;
        action = u"Use a client certificate from a CA that the server trusts, and send its intermediate certificates."_s;
        break;
    case QSsl::AlertType::CertificateExpired:
        why = u"the client certificate has expired"_s;
        action = u"Renew the client certificate."_s;
        break;
    case QSsl::AlertType::CertificateRevoked:
        why = u"the client certificate was revoked"_s;
        action = u"Use another client certificate."_s;
        break;
    case QSsl::AlertType::BadCertificate:
    case QSsl::AlertType::UnsupportedCertificate:
    case QSsl::AlertType::CertificateUnknown:
    case QSsl::AlertType::AccessDenied:
        why = u"it did not accept the client certificate"_s;
        action = u"Check which client certificates the server accepts."_s;
        break;
    default:
        break;
    }
    return {ErrorCode::TlsAlert,
            why.isEmpty() ? u"the server ended the TLS connection with the alert %1"_s.arg(facts.alert)
                          : u"the server ended the TLS connection with the alert %1: %2"_s.arg(facts.alert, why),
            socketText, action};
}

} // namespace realmscope
