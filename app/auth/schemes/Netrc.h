// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/base/Result.h"
#include "app/base/Secret.h"

#include <QtCore/QByteArrayView>
#include <QtCore/QList>
#include <QtCore/QString>

#include <optional>

namespace realmscope {

// One entry of a .netrc file.
struct NetrcEntry
{
    QString machine; // empty: "default"
    QString login;
    Secret password;
    int line = 0;    // from 1, where it begins
};

// The format of ftp(1) and the GNU inetutils manual, as curl reads it: words apart by white space, "quoted words" with
// backslashes, lines that begin with '#' are comments, macdef up to the next empty line is passed over. Error: Parse with the
// line (a word without its value, an open quote, an unknown word).
[[nodiscard]] Result<QList<NetrcEntry>> parseNetrc(QByteArrayView text);

// The first entry for this host (ASCII case does not count) and, when login is not empty, for this login; "default" fits every
// host. nullopt: none.
[[nodiscard]] std::optional<NetrcEntry> findNetrcEntry(const QList<NetrcEntry> &entries, const QString &host, const QString &login);

} // namespace realmscope
