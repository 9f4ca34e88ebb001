// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/Http2Connection.h"
#include "app/http/Transport.h"
#include "app/http/WireConnection.h"

#include <QtCore/QBasicTimer>
#include <QtNetwork/QSslConfiguration>

#include <memory>
#include <vector>

namespace realmscope {

// What resuming a TLS session needs.
struct TlsSession
{
    QByteArray ticket;
    QList<CertificateInfo> chain; // is not sent again
};

// The connections of a transport: makes them, keeps the idle ones, numbers them. Shared by the transport and its
// operations, so that one may outlive the other.
class ConnectionPool final : public QObject
{
    Q_OBJECT
public:
    // Marks that a socket's signal is being handled: sockets may not be deleted under it.
    class Dispatch
    {
    public:
        explicit Dispatch(ConnectionPool &pool) : m_pool(pool) { ++m_pool.m_dispatching; }
        ~Dispatch() { --m_pool.m_dispatching; }
        Q_DISABLE_COPY_MOVE(Dispatch)

    private:
        ConnectionPool &m_pool;
    };

    [[nodiscard]] static std::shared_ptr<ConnectionPool> create();
    [[nodiscard]] static ConnectionKey key(const Request &request, const TransportOptions &options);
    // The request has to go through a tunnel, or opens one.
    [[nodiscard]] static bool needsTunnel(const Request &request, const TransportOptions &options);

    [[nodiscard]] WireConnection *open(const ConnectionKey &key);
    // An idle connection that is still good, or null. tunnel: only one that leads through a proxy's tunnel.
    [[nodiscard]] WireConnection *take(const ConnectionKey &key, bool tunnel);
    [[nodiscard]] bool hasIdle(const ConnectionKey &key, bool tunnel) const;
    // Error: ConnectionClosed when it is not there any more or leads elsewhere.
    [[nodiscard]] Result<WireConnection *> takePinned(quint64 id, const ConnectionKey &key, bool tunnel);
    // An HTTP/2 connection that takes another stream, or null.
    [[nodiscard]] Http2Connection *http2(const ConnectionKey &key);
    // HTTP/2 is spoken on it from now on, by everybody who needs a connection of its key.
    [[nodiscard]] Http2Connection *beginHttp2(WireConnection *wire, const Limits &limits);
    void http2Idle(Http2Connection *connection); // nobody has a stream on it any more
    // While one lives, others that are sure to get HTTP/2, or ask for it, wait for its connection instead of making their own.
    class DialTurn
    {
    public:
        DialTurn(std::shared_ptr<ConnectionPool> pool, ConnectionKey key);
        ~DialTurn();
        Q_DISABLE_COPY_MOVE(DialTurn)

    private:
        std::shared_ptr<ConnectionPool> m_pool;
        ConnectionKey m_key;
    };
    [[nodiscard]] bool shouldWait(const ConnectionKey &key, bool isAsked = false) const;
    void forgetHttp2(const ConnectionKey &key) { std::erase(m_http2Keys, key); } // its server chose something else
    // Keeps it for the next exchange.
    void park(WireConnection *connection);
    void dropIdle(WireConnection *connection);
    void closeIdle();
    [[nodiscard]] int idleCount() const;
    void setIdleLimit(int milliseconds) { m_idleLimitMs = milliseconds; }
    // The transport is gone: nothing is kept any more.
    void shutDown();

    [[nodiscard]] quint64 nextConnectionId() { return m_nextId++; }
    [[nodiscard]] bool isDispatching() const { return m_dispatching > 0; }

    [[nodiscard]] Result<QSslConfiguration> configuration(const ConnectionKey &key, const TransportOptions &options);
    [[nodiscard]] const TlsSession *session(const ConnectionKey &key) const; // null when there is none
    void rememberSession(const ConnectionKey &key, TlsSession session);

Q_SIGNALS:
    void dialTurnEnded();

protected:
    void timerEvent(QTimerEvent *event) override;

private:
    ConnectionPool() = default;

    void armIdleTimer();
    void rememberHttp2(const ConnectionKey &key);

    std::vector<WireConnection *> m_idle; // the most recently used last
    std::vector<Http2Connection *> m_http2; // in use or idle
    std::vector<ConnectionKey> m_http2Keys;  // whose server has chosen HTTP/2
    std::vector<ConnectionKey> m_dialing;
    std::vector<std::pair<ConnectionKey, TlsSession>> m_sessions;
    std::vector<std::pair<QByteArray, QSslConfiguration>> m_configurations; // by ConnectionKey::tlsDigest
    QBasicTimer m_timer;
    int m_idleLimitMs = 30'000;
    int m_dispatching = 0;
    quint64 m_nextId = 1;
    bool m_shutDown = false;
};

} // namespace realmscope
