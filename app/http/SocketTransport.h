// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/Transport.h"

#include <memory>

namespace realmscope {

class Clock;

// HTTP/1.1 over QTcpSocket / QSslSocket (never QNetworkAccessManager, see docs/ARCHITECTURE.md), with a pool of idle
// connections by origin. DNS, TCP and TLS are timed apart. Lives in the thread it was made in; nothing blocks.
// Connection ids count from 1 for each SocketTransport. Operations may outlive it; they end as usual.
class SocketTransport final : public Transport
{
    Q_OBJECT
public:
    explicit SocketTransport(const Clock &clock, QObject *parent = nullptr);
    ~SocketTransport() override;

    [[nodiscard]] TransportOperation *start(const Request &request, const TransportOptions &options) override;

    [[nodiscard]] bool hasConnection(const Request &request, const TransportOptions &options) const override;

    [[nodiscard]] int idleConnections() const;
    void closeIdleConnections();
    void setIdleLimit(int milliseconds); // how long a connection is kept; 30 s

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace realmscope
