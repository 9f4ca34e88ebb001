// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/http/TlsConfiguration.h"

#include "app/http/ClientCertificate.h"

#include <QtCore/QSet>
#include <QtNetwork/QSslSocket>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

Error unusable(const QString &message, const QString &action)
{
    return {ErrorCode::TlsFailure, message + u"; nothing was sent"_s, {}, action};
}

Result<QSsl::SslProtocol> protocolFor(const QString &oldest, const QString &newest)
{
    for (const QString &version : {oldest, newest}) {
        if (!version.isEmpty() && version != "1.2"_L1 && version != "1.3"_L1)
            return Error{ErrorCode::InvalidInput, u"\"%1\" is no TLS version that can be used; nothing was sent"_s.arg(version), {},
                         u"Use 1.2 or 1.3."_s};
    }
    if (oldest == "1.3"_L1) {
        if (newest == "1.2"_L1)
            return Error{ErrorCode::InvalidInput, u"TLS is to be at least 1.3 and at most 1.2; nothing was sent"_s, {},
                         u"Change one of the two."_s};
        return QSsl::TlsV1_3OrLater;
    }
    return newest == "1.2"_L1 ? QSsl::TlsV1_2 : QSsl::TlsV1_2OrLater;
}

} // namespace

Result<QSslConfiguration> tlsConfiguration(const TransportOptions &options)
{
    QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
    const Result<QSsl::SslProtocol> protocol = protocolFor(options.tlsMin, options.tlsMax);
    if (!protocol)
        return protocol.error();
    configuration.setProtocol(*protocol);
    configuration.setPeerVerifyMode(QSslSocket::VerifyPeer);
    configuration.setSslOption(QSsl::SslOptionDisableSessionPersistence, false);
    QList<QSslCertificate> anchors;
    for (const QByteArray &pem : options.extraCaPem) {
        const QList<QSslCertificate> more = QSslCertificate::fromData(pem, QSsl::Pem);
        if (more.isEmpty())
            return unusable(u"the additional trusted certificates can't be read"_s,
                            u"Choose a PEM file with -----BEGIN CERTIFICATE----- in it."_s);
        anchors += more;
    }
    if (!options.trustSystemCas) {
        configuration.setCaCertificates(anchors);
    } else if (!anchors.isEmpty()) {
        // Adding one switches Qt's loading of the system's anchors on demand off, so they have to be there then.
        // Systems keep each one twice, by itself and in a bundle; every handshake would go through all of them.
        const QList<QSslCertificate> system = QSslConfiguration::systemCaCertificates();
        QSet<QSslCertificate> known(system.cbegin(), system.cend());
        known.unite(QSet<QSslCertificate>(anchors.cbegin(), anchors.cend()));
        configuration.setCaCertificates(known.values());
    }
    if (!options.clientCertificate.isEmpty() || !options.clientKey.isEmpty()) {
        const Result<ClientCertificate> certificate = readClientCertificate(
            options.clientCertificate, options.clientKey, options.clientKeyPassphrase, options.clientCertificateType);
        if (!certificate)
            return certificate.error();
        configuration.setLocalCertificateChain(certificate->chain);
        configuration.setPrivateKey(certificate->key);
    }
    return configuration;
}

} // namespace realmscope
