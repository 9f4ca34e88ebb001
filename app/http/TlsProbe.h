// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/base/Result.h"

#include <QtCore/QStringList>

#include <memory>

namespace realmscope {

// What a TLS connection's handshake messages tell and QSslSocket does not. OpenSSL calls back with every message; the
// hook is set on the SSL object at the moment it is made (the "new" function of an ex_data index), which is in
// QSslSocket::startClientEncryption(). With another TLS library than OpenSSL nothing is seen.
struct TlsSeen
{
    bool watched = false;              // OpenSSL told us of the SSL object
    bool certificateRequested = false; // CertificateRequest (RFC 8446 section 4.3.2, RFC 5246 section 7.4.4)
    bool certificateSent = false;      // a Certificate message of ours that was not empty
    bool handshakeDone = false;        // set by the owner: what comes now is post-handshake or renegotiation
    QStringList events;                // after that, for a person
    void *ssl = nullptr;               // OpenSSL's object, as long as it lives
};

// RFC 5705, RFC 8446 section 7.5. Error Unsupported: the connection has no TLS, or TLS 1.2 without the extended master secret
// (RFC 7627), where the material is not bound to the session.
[[nodiscard]] Result<QByteArray> exportKeyingMaterial(const TlsSeen *seen, QByteArrayView label, const QByteArray &context, qsizetype length);

// Watches the SSL object that is made in this thread as long as the scope lives. Asks for post-handshake authentication
// (RFC 8446 section 4.2.6) where a client certificate could be shown, and honours SSLKEYLOGFILE.
class TlsProbeScope
{
public:
    TlsProbeScope(const std::shared_ptr<TlsSeen> &seen, bool hasClientCertificate);
    ~TlsProbeScope();
    TlsProbeScope(const TlsProbeScope &) = delete;
    TlsProbeScope &operator=(const TlsProbeScope &) = delete;
};

} // namespace realmscope
