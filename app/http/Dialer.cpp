// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/http/Dialer.h"

#include <QtCore/QTimerEvent>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

QString attemptText(QAbstractSocket::SocketError error, const QString &socketText)
{
    switch (error) {
    case QAbstractSocket::ConnectionRefusedError:
        return u"connection refused"_s;
    case QAbstractSocket::SocketTimeoutError:
        return u"no answer"_s;
    default: {
        QString text = socketText;
        if (!text.isEmpty())
            text[0] = text.at(0).toLower();
        return text;
    }
    }
}

} // namespace

Dialer::Dialer(ConnectionPool &pool, DialerUser &user, ConnectionKey key, const Url &url,
               const TransportOptions &options, std::optional<QSslConfiguration> tls)
    : m_pool(pool), m_user(user), m_key(std::move(key)), m_url(url), m_options(options), m_tls(std::move(tls))
{}

Dialer::~Dialer()
{
    stop();
    if (m_wire)
        m_wire->retire();
}

void Dialer::stop()
{
    m_stopped = true;
    m_timer.stop();
    if (m_lookup >= 0)
        QHostInfo::abortHostLookup(std::exchange(m_lookup, -1));
    m_attempts.clear();
}

bool Dialer::enter(TransportPhase phase)
{
    m_phase = phase;
    const QPointer<Dialer> self(this);
    m_user.dialPhase(phase);
    return self && !m_stopped;
}

void Dialer::fail(const Error &error)
{
    stop();
    m_user.dialFailed(error);
}

void Dialer::begin()
{
    m_step.start();
    HostAndPort wanted{m_url.host, m_url.port};
    if (isHttpProxy())
        wanted = {m_key.proxy->host, m_key.proxy->port};
    else if (const Result<HostAndPort> to = connectToFor(wanted, m_options.connectTo); !to) {
        fail(to.error());
        return;
    } else if (!(*to == wanted)) {
        m_facts.notes << u"%1:%2 is reached at %3:%4, as the settings say (connect to)"_s.arg(wanted.host).arg(wanted.port).arg(
            to->host).arg(to->port);
        wanted = *to;
    }
    Result<ResolvedTarget> target = resolveLocally(wanted, m_options);
    if (!target) {
        fail(target.error());
        return;
    }
    m_target = std::move(target).value();
    if (m_target.isOverride)
        m_facts.notes << u"%1 is reached at %2, as the settings say"_s.arg(
            m_target.name, addressText(m_target.addresses.first(), m_target.port));
    const bool isForProxy = isSocks() && m_key.proxy->remoteDns && m_target.addresses.isEmpty();
    if (isForProxy) {
        if (!enter(TransportPhase::Connecting))
            return;
        makeAttempt(u"%1:%2"_s.arg(m_target.name).arg(m_target.port))->connectTo(m_target.name, m_target.port);
        return;
    }
    if (!m_target.addresses.isEmpty()) {
        if (enter(TransportPhase::Connecting))
            tryNext();
        return;
    }
    if (!enter(TransportPhase::Resolving))
        return;
    m_lookup = QHostInfo::lookupHost(m_target.name, this, [this](const QHostInfo &info) { lookedUp(info); });
}

void Dialer::lookedUp(const QHostInfo &info)
{
    m_lookup = -1;
    if (m_stopped)
        return;
    m_facts.dns = sinceStep();
    const Result<QList<QHostAddress>> addresses = usableAddresses(info, m_target.name, m_options.addressFamily);
    if (!addresses) {
        fail(addresses.error());
        return;
    }
    m_target.addresses = alternateFamilies(*addresses);
    m_step.start();
    if (enter(TransportPhase::Connecting))
        tryNext();
}

WireConnection *Dialer::makeAttempt(const QString &place)
{
    m_attempts.push_back(std::make_unique<Attempt>(*this, place));
    Attempt &attempt = *m_attempts.back();
    attempt.wire = m_pool.open(m_key);
    attempt.wire->setUser(&attempt);
    return attempt.wire;
}

void Dialer::tryNext()
{
    const QHostAddress address = m_target.addresses.at(m_next++);
    WireConnection *wire = makeAttempt(addressText(address, m_target.port));
    if (m_next < m_target.addresses.size())
        m_timer.start(attemptDelayMs, Qt::PreciseTimer, this);
    else
        m_timer.stop();
    wire->connectTo(address, m_target.port);
    // Nothing here: a failure may have been told already, and with it the end of this dialer.
}

void Dialer::timerEvent(QTimerEvent *event)
{
    if (event->timerId() != m_timer.timerId()) {
        QObject::timerEvent(event);
        return;
    }
    m_timer.stop();
    m_facts.notes << u"%1 has not answered after %2 ms; %3 is tried as well"_s.arg(m_attempts.back()->place).arg(
        attemptDelayMs).arg(addressText(m_target.addresses.at(m_next), m_target.port));
    tryNext();
}

void Dialer::attemptConnected(Attempt &attempt)
{
    m_facts.connect = sinceStep();
    m_timer.stop();
    m_wire = std::exchange(attempt.wire, nullptr);
    m_wire->setUser(this);
    for (const std::unique_ptr<Attempt> &other : m_attempts) {
        if (other.get() != &attempt)
            m_facts.notes << u"%1 answered first; the attempt to reach %2 was given up after %3 ms"_s.arg(
                attempt.place, other->place).arg(other->since.elapsed());
    }
    m_attempts.clear(); // attempt as well: it is not touched any more
    if (m_url.isSecure() && !isHttpProxy())
        startHandshake();
    else
        m_user.dialed();
}

void Dialer::attemptFailed(Attempt &attempt)
{
    const QString why = attemptText(attempt.wire->socketError(), attempt.wire->errorText());
    const QString place = attempt.place;
    m_failures << place + u": "_s + why;
    std::erase_if(m_attempts, [&attempt](const auto &one) { return one.get() == &attempt; });
    if (m_target.addresses.size() > 1)
        m_facts.notes << u"connecting to %1 failed: %2"_s.arg(place, why);
    if (m_next < m_target.addresses.size()) {
        tryNext();
        return;
    }
    if (!m_attempts.empty())
        return;
    m_facts.connect = sinceStep();
    fail(cantConnect(place, why));
}

Error Dialer::cantConnect(const QString &place, const QString &why) const
{
    if (isSocks())
        return {ErrorCode::ConnectFailed,
                u"can't connect to %1 through the proxy %2: %3"_s.arg(place, m_key.proxy->toString(), why), {},
                u"Check the proxy's address, its user name and password, and whether it may reach the server."_s};
    const QString name = isHttpProxy() ? u"the proxy "_s + m_target.name : m_target.name;
    const bool isOne = m_failures.size() == 1;
    const QString action = isHttpProxy()
        ? u"Check the address of the proxy and that it runs, or send without a proxy."_s
        : u"Check that the server runs, that port %1 is right, and that no firewall is in between."_s.arg(m_target.port);
    return {ErrorCode::ConnectFailed,
            isOne ? u"can't connect to %1: %2"_s.arg(isHttpProxy() ? u"the proxy "_s + place : place, why)
                  : u"can't connect to %1: %2"_s.arg(name, m_failures.join(u"; ")),
            isOne && m_target.name != m_target.addresses.first().toString() ? u"%1 is %2"_s.arg(m_target.name, place)
                                                                           : QString(),
            action};
}

void Dialer::handshake(WireConnection *wire)
{
    m_wire = wire;
    m_wire->setUser(this);
    startHandshake();
}

void Dialer::startHandshake()
{
    if (!enter(TransportPhase::Handshaking))
        return;
    m_step.start();
    m_wire->startTls(*m_tls, m_options.serverName.isEmpty() ? m_url.host : m_options.serverName);
}

void Dialer::wireEncrypted()
{
    m_facts.tls = sinceStep();
    m_user.dialed();
}

void Dialer::wireFailed()
{
    m_facts.tls = sinceStep();
    fail(m_wire->handshakeFailure());
}

Error Dialer::timeoutError(int limitMs) const
{
    const QString limit = QString::number(limitMs / 1000.0);
    if (m_phase == TransportPhase::Resolving)
        return {ErrorCode::ConnectTimeout,
                u"the address of %1 was not found out within %2 s (connect time limit)"_s.arg(m_target.name, limit), {},
                u"Check the name servers of this network, or raise the connect time limit."_s};
    if (m_phase == TransportPhase::Handshaking)
        return {ErrorCode::ConnectTimeout,
                u"the TLS handshake with %1 did not end within %2 s (connect time limit)"_s.arg(
                    m_wire ? m_wire->info().peerAddress : m_url.host, limit),
                {}, u"Check that the port speaks TLS, or raise the connect time limit."_s};
    QStringList tried;
    for (const std::unique_ptr<Attempt> &attempt : m_attempts)
        tried << (isHttpProxy() ? u"the proxy "_s : QString()) + attempt->place;
    return {ErrorCode::ConnectTimeout,
            u"%1 did not answer within %2 s (connect time limit)"_s.arg(tried.join(u" and "_s), limit),
            m_failures.join(u"; "),
            u"Check the host, the port and firewalls in between, or raise the connect time limit."_s};
}

} // namespace realmscope
