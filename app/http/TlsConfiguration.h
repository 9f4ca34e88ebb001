// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/Transport.h"

#include <QtNetwork/QSslConfiguration>

namespace realmscope {

// TLS 1.2 and later or what the options allow of it, ALPN http/1.1, the system's trust anchors and those of the options, and the client certificate.
// Verification is always asked for, also when its errors are to be ignored: else there would be none to show.
// Error: TlsFailure when a certificate or key can't be used, InvalidInput for a TLS version; nothing has been sent then.
[[nodiscard]] Result<QSslConfiguration> tlsConfiguration(const TransportOptions &options);

} // namespace realmscope
