// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/http/TlsFacts.h"

#include <QtCore/QCryptographicHash>
#include <QtNetwork/QSslCipher>
#include <QtNetwork/QSslConfiguration>
#include <QtNetwork/QSslKey>

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
        return u"TLS"_s;
    }
}

QString distinguishedName(const QSslCertificate &certificate, bool issuer)
{
    QStringList parts;
    const QList<QByteArray> attributes = issuer ? certificate.issuerInfoAttributes() : certificate.subjectInfoAttributes();
    for (const QByteArray &attribute : attributes) {
        const QStringList values = issuer ? certificate.issuerInfo(attribute) : certificate.subjectInfo(attribute);
        for (const QString &value : values)
            parts << QString::fromLatin1(attribute) + u'=' + value;
    }
    return parts.join(u',');
}

} // namespace

CertificateInfo readCertificate(const QSslCertificate &certificate)
{
    CertificateInfo info;
    info.subject = distinguishedName(certificate, false);
    info.issuer = distinguishedName(certificate, true);
    info.commonName = certificate.subjectInfo(QSslCertificate::CommonName).value(0);
    const auto names = certificate.subjectAlternativeNames();
    for (auto it = names.cbegin(); it != names.cend(); ++it) {
        const QString kind = it.key() == QSsl::DnsEntry ? u"DNS:"_s : it.key() == QSsl::EmailEntry ? u"email:"_s : u"IP:"_s;
        info.alternativeNames << kind + it.value();
    }
    info.notBefore = certificate.effectiveDate();
    info.notAfter = certificate.expiryDate();
    info.sha256Fingerprint = certificate.digest(QCryptographicHash::Sha256);
    info.serial = QString::fromLatin1(certificate.serialNumber());
    info.pem = certificate.toPem();
    const QSslKey key = certificate.publicKey();
    const QString kind = key.algorithm() == QSsl::Rsa ? u"RSA"_s
        : key.algorithm() == QSsl::Ec                 ? u"EC"_s
        : key.algorithm() == QSsl::Dsa                ? u"DSA"_s
                                                      : QString();
    if (!kind.isEmpty())
        info.keyDescription = u"%1 %2 bit"_s.arg(kind).arg(key.length());
    return info;
}

QString describeTlsError(const QSslError &error)
{
    const QSslCertificate certificate = error.certificate();
    switch (error.error()) {
    case QSslError::CertificateExpired:
        return u"the certificate expired on %1"_s.arg(certificate.expiryDate().toUTC().toString(Qt::ISODate));
    case QSslError::CertificateNotYetValid:
        return u"the certificate is valid from %1 on only"_s.arg(certificate.effectiveDate().toUTC().toString(Qt::ISODate));
    case QSslError::HostNameMismatch:
        return u"the certificate is for another host name"_s;
    case QSslError::SelfSignedCertificate:
        return u"the certificate is signed by itself and not trusted"_s;
    case QSslError::SelfSignedCertificateInChain:
        return u"the root certificate of the chain is not trusted"_s;
    case QSslError::UnableToGetLocalIssuerCertificate:
    case QSslError::UnableToGetIssuerCertificate:
        return u"the issuer of the certificate is not known"_s;
    case QSslError::UnableToVerifyFirstCertificate:
        return u"no trusted chain leads to the certificate (an intermediate one may be missing)"_s;
    case QSslError::CertificateRevoked:
        return u"the certificate was revoked"_s;
    default:
        return error.errorString();
    }
}

TlsInfo readTlsFacts(const QSslSocket &socket, const QList<QSslError> &errors)
{
    TlsInfo info;
    info.serverName = socket.peerVerifyName();
    const QSslCipher cipher = socket.sessionCipher();
    if (!cipher.isNull()) {
        info.protocol = protocolName(socket.sessionProtocol());
        info.cipher = cipher.name();
    }
    const QSslConfiguration configuration = socket.sslConfiguration();
    info.alpn = QString::fromLatin1(configuration.nextNegotiatedProtocol());
    info.clientCertificateOffered = !configuration.localCertificate().isNull();
    const QList<QSslCertificate> chain = socket.peerCertificateChain();
    for (const QSslCertificate &certificate : chain)
        info.chain.append(readCertificate(certificate));
    for (const QSslError &error : errors) {
        const QString text = describeTlsError(error);
        info.errors << text;
        const qsizetype link = chain.indexOf(error.certificate());
        if (link >= 0)
            info.chain[link].errors << text;
        else if (!info.chain.isEmpty())
            info.chain.first().errors << text;
    }
    info.verified = errors.isEmpty() && socket.isEncrypted();
    return info;
}

} // namespace realmscope
