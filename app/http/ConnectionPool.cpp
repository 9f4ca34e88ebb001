// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/http/ConnectionPool.h"

#include "app/http/HostResolver.h"
#include "app/http/TlsConfiguration.h"

#include <QtCore/QCryptographicHash>
#include <QtCore/QTimerEvent>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr int idlePerKey = 6;
constexpr size_t maxSessions = 64;
constexpr size_t maxConfigurations = 8;

QByteArray digestOfTls(const TransportOptions &options)
{
    if (options.extraCaPem.isEmpty() && options.clientCertificate.isEmpty() && options.clientKey.isEmpty()
        && options.trustSystemCas && options.tlsMin.isEmpty() && options.tlsMax.isEmpty())
        return {};
    QCryptographicHash hash(QCryptographicHash::Sha256);
    const auto add = [&hash](const QByteArray &part) {
        hash.addData(QByteArray::number(part.size()) + ':'); // so that parts can't run into one another
        hash.addData(part);
    };
    add(options.clientCertificate);
    add(options.clientKey);
    add(options.clientCertificateType.toLatin1());
    add(options.tlsMin.toLatin1());
    add(options.tlsMax.toLatin1());
    add(options.clientKeyPassphrase); // a wrong one must not get a connection that the right one made
    add(options.trustSystemCas ? "system" : "");
    for (const QByteArray &pem : options.extraCaPem)
        add(pem);
    return hash.result();
}

// The protocols that a request lets the server choose from, in the order of preference (RFC 7301).
QByteArray offeredProtocols(const Request &request, bool isToProxy)
{
    const bool isSecure = request.url.isSecure();
    switch (request.version) {
    case HttpVersion::Auto:
    case HttpVersion::Http2:
        return isSecure ? "h2,http/1.1"_ba : QByteArray();
    case HttpVersion::Http2PriorKnowledge:
        return isToProxy ? QByteArray() : "h2"_ba;
    case HttpVersion::Http10:
    case HttpVersion::Http11:
        break;
    }
    return isSecure ? "http/1.1"_ba : QByteArray();
}

} // namespace

std::shared_ptr<ConnectionPool> ConnectionPool::create()
{
    return {new ConnectionPool, [](ConnectionPool *pool) {
                // The last user may go within a signal of one of the sockets.
                if (pool->isDispatching())
                    pool->deleteLater();
                else
                    delete pool;
            }};
}

bool ConnectionPool::needsTunnel(const Request &request, const TransportOptions &options)
{
    return options.proxy && options.proxy->kind == ProxyServer::Kind::Http
        && (request.url.isSecure() || options.proxyTunnel || request.method == "CONNECT");
}

ConnectionKey ConnectionPool::key(const Request &request, const TransportOptions &options)
{
    const Url &url = request.url;
    ConnectionKey key;
    key.proxy = options.proxy;
    // A connection to an HTTP proxy without a tunnel carries requests for any server.
    const bool isProxys = options.proxy && options.proxy->kind == ProxyServer::Kind::Http && !needsTunnel(request, options);
    key.origin = isProxys ? options.proxy->origin() : url.origin();
    key.resolveTo = overrideFor(key.origin, options);
    key.addressFamily = options.addressFamily;
    key.alpn = offeredProtocols(request, isProxys);
    if (url.isSecure()) {
        key.verifyTls = options.verifyTls;
        key.tlsDigest = digestOfTls(options);
        key.serverName = options.serverName;
    }
    return key;
}

WireConnection *ConnectionPool::open(const ConnectionKey &key) { return new WireConnection(*this, key); }

bool ConnectionPool::hasIdle(const ConnectionKey &key, bool tunnel) const
{
    const auto takesStream = [&key](const Http2Connection *connection) {
        return connection->wire().key() == key && connection->canOpen();
    };
    return std::ranges::any_of(m_http2, takesStream) || std::ranges::any_of(m_idle, [&](const WireConnection *connection) {
        return connection->key() == key && connection->isTunnel() == tunnel && connection->isUsable()
            && !connection->idleSince.hasExpired(m_idleLimitMs);
    });
}

WireConnection *ConnectionPool::take(const ConnectionKey &key, bool tunnel)
{
    for (size_t i = m_idle.size(); i-- > 0;) {
        WireConnection *connection = m_idle[i];
        if (!(connection->key() == key) || connection->isTunnel() != tunnel)
            continue;
        m_idle.erase(m_idle.begin() + qsizetype(i));
        if (connection->isUsable() && !connection->idleSince.hasExpired(m_idleLimitMs))
            return connection;
        connection->retire();
    }
    return nullptr;
}

Http2Connection *ConnectionPool::http2(const ConnectionKey &key)
{
    const std::vector<Http2Connection *> all = m_http2;
    for (Http2Connection *connection : all) {
        if (!(connection->wire().key() == key))
            continue;
        const bool isOld = connection->isIdle() && connection->idleSince.hasExpired(m_idleLimitMs);
        if (!isOld && connection->canOpen())
            return connection;
        if (connection->isIdle()) {
            std::erase(m_http2, connection);
            connection->retire();
        }
    }
    return nullptr;
}

Http2Connection *ConnectionPool::beginHttp2(WireConnection *wire, const Limits &limits)
{
    rememberHttp2(wire->key());
    m_http2.push_back(new Http2Connection(*this, wire, limits));
    return m_http2.back();
}

void ConnectionPool::http2Idle(Http2Connection *connection)
{
    if (m_shutDown || connection->isEnding()) {
        std::erase(m_http2, connection);
        connection->retire();
        return;
    }
    connection->idleSince.start();
    if (!m_timer.isActive())
        m_timer.start(m_idleLimitMs + 1, this);
}

void ConnectionPool::rememberHttp2(const ConnectionKey &key)
{
    if (std::ranges::find(m_http2Keys, key) != m_http2Keys.end())
        return;
    if (m_http2Keys.size() >= maxSessions)
        m_http2Keys.erase(m_http2Keys.begin());
    m_http2Keys.push_back(key);
}

ConnectionPool::DialTurn::DialTurn(std::shared_ptr<ConnectionPool> pool, ConnectionKey key)
    : m_pool(std::move(pool)), m_key(std::move(key))
{
    m_pool->m_dialing.push_back(m_key);
}

ConnectionPool::DialTurn::~DialTurn()
{
    const auto it = std::ranges::find(m_pool->m_dialing, m_key);
    m_pool->m_dialing.erase(it);
    Q_EMIT m_pool->dialTurnEnded();
}

bool ConnectionPool::shouldWait(const ConnectionKey &key, bool isAsked) const
{
    const bool isSure = isAsked || key.alpn == "h2" || std::ranges::find(m_http2Keys, key) != m_http2Keys.end();
    return isSure && std::ranges::find(m_dialing, key) != m_dialing.end();
}

int ConnectionPool::idleCount() const
{
    return int(m_idle.size()) + int(std::ranges::count_if(m_http2, &Http2Connection::isIdle));
}

Result<WireConnection *> ConnectionPool::takePinned(quint64 id, const ConnectionKey &key, bool tunnel)
{
    const auto it = std::ranges::find_if(m_idle, [id](const WireConnection *c) { return c->info().id == id; });
    const bool leadsElsewhere = it != m_idle.end() && (!((*it)->key() == key) || (*it)->isTunnel() != tunnel);
    if (it == m_idle.end() || leadsElsewhere || !(*it)->isUsable()) {
        return Error{ErrorCode::ConnectionClosed,
                     leadsElsewhere ? u"connection %1, on which this request has to go, leads elsewhere"_s.arg(id)
                                    : u"connection %1, on which this request has to go, is closed"_s.arg(id),
                     {}, u"Send again from the start: this authentication belongs to one connection."_s};
    }
    WireConnection *connection = *it;
    m_idle.erase(it);
    return connection;
}

void ConnectionPool::park(WireConnection *connection)
{
    connection->setUser(nullptr);
    if (m_shutDown) {
        connection->retire();
        return;
    }
    const auto sameKey = [connection](const WireConnection *other) { return other->key() == connection->key(); };
    if (std::ranges::count_if(m_idle, sameKey) >= idlePerKey) {
        const auto oldest = std::ranges::find_if(m_idle, sameKey);
        WireConnection *surplus = *oldest;
        m_idle.erase(oldest);
        surplus->retire();
    }
    connection->idleSince.start();
    m_idle.push_back(connection);
    if (!m_timer.isActive())
        m_timer.start(m_idleLimitMs + 1, this);
}

void ConnectionPool::dropIdle(WireConnection *connection)
{
    std::erase(m_idle, connection);
    connection->retire();
}

void ConnectionPool::closeIdle()
{
    std::vector<WireConnection *> idle;
    idle.swap(m_idle);
    for (WireConnection *connection : idle)
        connection->retire();
    std::vector<Http2Connection *> all;
    all.swap(m_http2);
    for (Http2Connection *connection : all) {
        if (connection->isIdle())
            connection->retire();
        else
            m_http2.push_back(connection);
    }
    m_timer.stop();
}

void ConnectionPool::shutDown()
{
    m_shutDown = true;
    closeIdle();
}

void ConnectionPool::timerEvent(QTimerEvent *event)
{
    if (event->timerId() != m_timer.timerId()) {
        QObject::timerEvent(event);
        return;
    }
    std::vector<WireConnection *> kept;
    std::vector<WireConnection *> old;
    for (WireConnection *connection : m_idle)
        (connection->idleSince.hasExpired(m_idleLimitMs) ? old : kept).push_back(connection);
    m_idle.swap(kept);
    for (WireConnection *connection : old)
        connection->retire();
    const std::vector<Http2Connection *> all = m_http2;
    for (Http2Connection *connection : all) {
        if (connection->isIdle() && connection->idleSince.hasExpired(m_idleLimitMs)) {
            std::erase(m_http2, connection);
            connection->retire();
        }
    }
    armIdleTimer();
}

void ConnectionPool::armIdleTimer()
{
    m_timer.stop();
    if (idleCount() == 0)
        return;
    qint64 longest = 0;
    for (const WireConnection *connection : m_idle)
        longest = std::max(longest, connection->idleSince.elapsed());
    for (const Http2Connection *connection : m_http2) {
        if (connection->isIdle())
            longest = std::max(longest, connection->idleSince.elapsed());
    }
    m_timer.start(int(std::max<qint64>(m_idleLimitMs - longest, 0)) + 1, this);
}

Result<QSslConfiguration> ConnectionPool::configuration(const ConnectionKey &key, const TransportOptions &options)
{
    const auto known = std::ranges::find(m_configurations, key.tlsDigest, &std::pair<QByteArray, QSslConfiguration>::first);
    if (known != m_configurations.end())
        return known->second;
    Result<QSslConfiguration> made = tlsConfiguration(options);
    if (made) {
        if (m_configurations.size() >= maxConfigurations)
            m_configurations.erase(m_configurations.begin());
        m_configurations.emplace_back(key.tlsDigest, made.value());
    }
    return made;
}

const TlsSession *ConnectionPool::session(const ConnectionKey &key) const
{
    const auto it = std::ranges::find(m_sessions, key, &std::pair<ConnectionKey, TlsSession>::first);
    return it == m_sessions.end() ? nullptr : &it->second;
}

void ConnectionPool::rememberSession(const ConnectionKey &key, TlsSession session)
{
    std::erase_if(m_sessions, [&key](const auto &known) { return known.first == key; });
    if (m_sessions.size() >= maxSessions)
        m_sessions.erase(m_sessions.begin());
    m_sessions.emplace_back(key, std::move(session));
}

} // namespace realmscope
