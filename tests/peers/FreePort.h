// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QtCore/QRandomGenerator>
#include <QtNetwork/QLocalServer>
#include <QtNetwork/QTcpServer>

namespace realmscope::test {

// A loopback port for a server that must be told its port before it starts; 0 where there is none left.
// Asking the system for a free port and closing it again gives the same port twice now and then, to this test or to one
// that runs beside it. So each port is claimed by a name in the abstract namespace, which the process keeps until its end,
// and comes from below the range that outgoing connections take theirs from (32768 and up, on Linux).
[[nodiscard]] inline quint16 freePort()
{
    constexpr int first = 20'000;
    constexpr int count = 12'000;
    static QList<QLocalServer *> claims; // never ended before the process
    const int start = QRandomGenerator::global()->bounded(count);
    for (int i = 0; i < count; ++i) {
        const auto port = static_cast<quint16>(first + (start + i) % count);
        auto claim = std::make_unique<QLocalServer>();
        claim->setSocketOptions(QLocalServer::AbstractNamespaceOption);
        if (!claim->listen(QStringLiteral("realmscope-test-port-%1").arg(port)))
            continue;
        QTcpServer probe;
        if (!probe.listen(QHostAddress::LocalHost, port))
            continue;
        claims.append(claim.release());
        return port;
    }
    return 0;
}

} // namespace realmscope::test
