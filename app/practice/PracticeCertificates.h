// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/base/Result.h"

#include <QtCore/QMap>
#include <QtCore/QTemporaryDir>
#include <QtNetwork/QSslConfiguration>

namespace realmscope {

// The certificates of one run of the practice range: made when it starts, gone when it stops, so that no key of it is
// worth anything to anybody. The key of the authority is not kept at all.
class PracticeCertificates
{
public:
    // Valid from an hour before nowSeconds (since the epoch) for a week. Errors: Unsupported (OpenSSL), FileUnwritable.
    [[nodiscard]] Result<void> make(qint64 nowSeconds);

    // Names for {…} in a room's words to paths of PEM files that only the user can read: "ca" (the authority's
    // certificate), "visitor" (certificate and key, signed by it), "stranger" (certificate and key, signed by itself).
    [[nodiscard]] const QMap<QString, QString> &files() const { return m_files; }

    // For a listener: asks each client for a certificate, and takes those without one and with any other as well, so
    // that the room can say what it thinks of them.
    [[nodiscard]] const QSslConfiguration &server() const { return m_server; }

private:
    QTemporaryDir m_dir;
    QMap<QString, QString> m_files;
    QSslConfiguration m_server;
};

} // namespace realmscope
