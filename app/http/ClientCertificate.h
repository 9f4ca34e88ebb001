// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/base/Result.h"

#include <QtNetwork/QSslCertificate>
#include <QtNetwork/QSslKey>

namespace realmscope {

struct ClientCertificate
{
    QList<QSslCertificate> chain; // leaf first
    QSslKey key;
};

// Reads certificate and key. type: "PEM", "DER" or "P12"; empty: as the content looks. A PEM or PKCS#12 file may hold the
// key as well; then keyBytes is empty. The key may be encrypted: traditional PEM, PKCS#8, and PKCS#12 with RC2 or 3DES where
// OpenSSL's legacy provider is installed. The key has to fit the certificate.
// Error: TlsFailure, one for each of: certificate unreadable, key unreadable, passphrase missing, passphrase wrong, cipher not
// available, key and certificate don't belong together. Nothing has been sent then.
[[nodiscard]] Result<ClientCertificate> readClientCertificate(const QByteArray &bytes, const QByteArray &keyBytes,
                                                              const QByteArray &passphrase, const QString &type);

} // namespace realmscope
