// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/ConnectionPool.h"
#include "app/http/HostResolver.h"

#include <QtCore/QBasicTimer>
#include <QtCore/QElapsedTimer>
#include <QtCore/QPointer>

#include <memory>
#include <vector>

namespace realmscope {

class Dialer;

// What a Dialer found out, on failure as well. Milliseconds; negative: did not happen.
struct DialFacts
{
    double dns = -1;
    double connect = -1;
    double tls = -1;
    QStringList notes; // for the exchange's decisions, in order
};

// Who has a connection made. May end or delete the Dialer in any of these calls.
class DialerUser
{
public:
    virtual void dialPhase(TransportPhase phase) = 0; // Resolving, Connecting, Handshaking
    virtual void dialed() = 0;                        // takeWire() is ready for a request
    virtual void dialFailed(const Error &error) = 0;

protected:
    ~DialerUser() = default;
};

// Makes one connection ready for a request: look-up of the host, TCP, TLS. Where a host has several addresses they are
// tried as RFC 8305 has it: one after another a quarter of a second apart, families alternating, the first that answers
// wins. To an HTTP proxy it goes as far as TCP; the tunnel is opened by a CONNECT request, handshake() goes on after it.
// With a SOCKS5 proxy that looks hosts up itself there is one attempt, by name. Has no time limit of its own; its owner asks for timeoutError().
class Dialer final : public QObject, private WireUser
{
    Q_OBJECT
public:
    static constexpr int attemptDelayMs = 250; // RFC 8305 section 5, "Connection Attempt Delay"

    Dialer(ConnectionPool &pool, DialerUser &user, ConnectionKey key, const Url &url, const TransportOptions &options,
           std::optional<QSslConfiguration> tls);
    ~Dialer() override;

    void begin();                        // from the look-up on
    void handshake(WireConnection *wire); // TLS on a connection that is there already
    // Ends what is under way; nothing is told any more.
    void stop();

    [[nodiscard]] const DialFacts &facts() const { return m_facts; }
    // The connection that is ready or, after a failure or stop(), the one that the handshake was on; may be null.
    [[nodiscard]] WireConnection *takeWire() { return std::exchange(m_wire, nullptr); }
    // What to say when the time limit for connecting is over.
    [[nodiscard]] Error timeoutError(int limitMs) const;

protected:
    void timerEvent(QTimerEvent *event) override;

private:
    // One address that is being tried.
    struct Attempt final : WireUser
    {
        Attempt(Dialer &owner, QString to) : dialer(owner), place(std::move(to)) { since.start(); }
        Attempt(const Attempt &) = delete;
        Attempt &operator=(const Attempt &) = delete;
        ~Attempt()
        {
            if (wire)
                wire->retire();
        }
        void wireConnected() override { dialer.attemptConnected(*this); }
        void wireEncrypted() override {}
        void wireReadable() override {}
        void wireWritten() override {}
        void wireFailed() override { dialer.attemptFailed(*this); }

        Dialer &dialer;
        QString place; // for a person
        WireConnection *wire = nullptr;
        QElapsedTimer since;
    };

    void lookedUp(const QHostInfo &info);
    void tryNext();
    [[nodiscard]] WireConnection *makeAttempt(const QString &place);
    void attemptConnected(Attempt &attempt);
    void attemptFailed(Attempt &attempt);
    void startHandshake();
    void wireConnected() override {}
    void wireEncrypted() override;
    void wireReadable() override {}
    void wireWritten() override {}
    void wireFailed() override;

    // False when the listener ended or deleted this.
    [[nodiscard]] bool enter(TransportPhase phase);
    void fail(const Error &error);
    [[nodiscard]] bool isHttpProxy() const { return m_key.proxy && m_key.proxy->kind == ProxyServer::Kind::Http; }
    [[nodiscard]] bool isSocks() const { return m_key.proxy && m_key.proxy->kind == ProxyServer::Kind::Socks5; }
    [[nodiscard]] Error cantConnect(const QString &place, const QString &why) const;
    [[nodiscard]] double sinceStep() const { return double(m_step.nsecsElapsed()) / 1e6; }

    ConnectionPool &m_pool;
    DialerUser &m_user;
    ConnectionKey m_key;
    Url m_url;
    const TransportOptions &m_options; // its owner's
    std::optional<QSslConfiguration> m_tls; // for https
    ResolvedTarget m_target;
    std::vector<std::unique_ptr<Attempt>> m_attempts; // under way
    qsizetype m_next = 0;                              // of m_target.addresses
    QStringList m_failures;
    WireConnection *m_wire = nullptr;
    DialFacts m_facts;
    QElapsedTimer m_step; // since the step that is being timed began
    QBasicTimer m_timer;
    TransportPhase m_phase = TransportPhase::Idle;
    int m_lookup = -1;
    bool m_stopped = false;
};

} // namespace realmscope
