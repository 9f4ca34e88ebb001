// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/Transport.h"

#include <QtNetwork/QHostAddress>
#include <QtNetwork/QHostInfo>

namespace realmscope {

// Where a request is to go.
struct ResolvedTarget
{
    QList<QHostAddress> addresses; // in the order in which they are tried; empty: name has to be looked up
    QString name;
    quint16 port = 0;
    bool isOverride = false; // TransportOptions::resolveOverrides said so
};

// Where TransportOptions::connectTo leads for this host and port; themselves when no entry fits. Error: InvalidInput for
// an entry that can't be read.
struct HostAndPort
{
    QString host;
    quint16 port = 0;
    bool operator==(const HostAndPort &) const = default;
};
[[nodiscard]] Result<HostAndPort> connectToFor(const HostAndPort &wanted, const QStringList &connectTo);
// The overrides of this origin, empty when there are none. As for curl several addresses may be listed with commas; the
// port is the last one written.
[[nodiscard]] QString overrideFor(const Origin &origin, const TransportOptions &options);
// What can be known without asking DNS. Errors: InvalidInput for an override that is no address; HostNotFound for a
// literal address that is not of the address family asked for.
[[nodiscard]] Result<ResolvedTarget> resolveLocally(const HostAndPort &wanted, const TransportOptions &options);
// The addresses that a lookup gave. Error: HostNotFound.
[[nodiscard]] Result<QList<QHostAddress>> usableAddresses(const QHostInfo &info, const QString &name, int addressFamily);

// IPv6 and IPv4 in turn, beginning with the family of the first, each in its order (RFC 8305 section 4).
[[nodiscard]] QList<QHostAddress> alternateFamilies(const QList<QHostAddress> &addresses);

[[nodiscard]] QString addressText(const QHostAddress &address, quint16 port); // "127.0.0.1:80", "[::1]:80"

} // namespace realmscope
