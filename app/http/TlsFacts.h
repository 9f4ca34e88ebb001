// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/Exchange.h"

#include <QtNetwork/QSslSocket>

namespace realmscope {

// What a QSslSocket tells about a handshake, as the plain data of an exchange. Works on failed ones too: the chain is
// kept as far as the peer sent it.
[[nodiscard]] TlsInfo readTlsFacts(const QSslSocket &socket, const QList<QSslError> &errors);
[[nodiscard]] CertificateInfo readCertificate(const QSslCertificate &certificate);
// "the certificate has expired (2026-01-02)", for a person.
[[nodiscard]] QString describeTlsError(const QSslError &error);

} // namespace realmscope
