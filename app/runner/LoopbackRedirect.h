// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/base/Clock.h"
#include "app/http/Exchange.h"

#include <QtCore/QObject>
#include <QtCore/QUrl>

#include <memory>
#include <vector>

class QTcpServer;
class QTcpSocket;

namespace realmscope {

// Listens on this computer for the browser that an authorization server sends back (RFC 8252 section 7.3). Only loopback
// addresses; other paths get 404; a fragment (implicit grant), which a browser keeps to itself, is brought along as a query
// by a page of ours.
class LoopbackRedirect : public QObject
{
    Q_OBJECT
public:
    explicit LoopbackRedirect(const Clock &clock, QObject *parent = nullptr);
    ~LoopbackRedirect() override;

    // http://127.0.0.1, http://[::1] or http://localhost.
    [[nodiscard]] static bool isLoopback(const QUrl &redirectUri);
    // Starts, and gives the URI with the port. Error ConnectFailed: the port is taken.
    [[nodiscard]] Result<QUrl> listen(const QUrl &redirectUri);

Q_SIGNALS:
    // Once. The exchange holds the browser's request and our answer, byte for byte.
    void arrived(const QUrl &url, const realmscope::Exchange &exchange);

private:
    void accept(QTcpServer &server);
    void serve(QTcpSocket &socket);

    const Clock &m_clock;
    QUrl m_uri;
    std::vector<std::unique_ptr<QTcpServer>> m_servers; // two for "localhost"
    bool m_hasArrived = false;
};

} // namespace realmscope
