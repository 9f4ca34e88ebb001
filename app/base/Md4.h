// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QByteArrayView>

namespace realmscope {

// RFC 1320. Only NTLM still needs it; OpenSSL 3 keeps it in a legacy provider that may not be installed.
[[nodiscard]] QByteArray md4(QByteArrayView data);

} // namespace realmscope
