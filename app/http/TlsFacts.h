// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/base/Result.h"
#include "app/http/Exchange.h"

#include <QtNetwork/QSslSocket>

namespace realmscope {

// What a QSslSocket tells about a handshake, as the plain data of an exchange. Works on failed ones too: the chain is
// kept as far as the peer sent it. `verified` says that there were no errors and that the socket is encrypted.
[[nodiscard]] TlsInfo readTlsFacts(const QSslSocket &socket, const QString &host, const QList<QSslError> &errors);
[[nodiscard]] CertificateInfo readCertificate(const QSslCertificate &certificate);
// "the certificate expired on 2026-01-02T00:00:00Z", for a person.
[[nodiscard]] QString describeTlsError(const QSslError &error, const QString &host);

// The name of an alert in RFC 8446 section 6 with its number, "certificate required (alert 116)".
[[nodiscard]] QString describeAlert(QSsl::AlertType type, const QString &libraryText);

// Why a handshake failed, out of its facts. socketText is what the socket itself said.
[[nodiscard]] Error handshakeError(const TlsInfo &facts, const QList<QSslError> &errors, const QString &host,
                                   const QString &socketText, bool closedByPeer);
// An alert that came after the handshake. In TLS 1.3 the server judges the client's certificate only then
// (RFC 8446 section 4.4.2.4), so that the handshake has succeeded for the client.
[[nodiscard]] Error lateAlertError(const TlsInfo &facts, QSsl::AlertType type, const QString &socketText);

} // namespace realmscope
