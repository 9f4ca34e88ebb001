// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/http/Http2Connection.h"

#include "app/http/ConnectionPool.h"

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr qint64 inSocketAtMost = 256 * 1024; // waiting in the socket, at most

} // namespace

Http2Connection::Http2Connection(ConnectionPool &pool, WireConnection *wire, const Limits &limits)
    : QObject(&pool), m_pool(pool), m_wire(wire), m_session(limits)
{
    m_wire->setProtocol(u"h2"_s);
    m_wire->setUser(this);
}

Http2Connection::~Http2Connection()
{
    if (m_wire && !m_isRetired)
        m_wire->setUser(nullptr); // the pool goes, and the wire with it
}

bool Http2Connection::canOpen() const
{
    return !m_isFailed && !m_isRetired && m_session.canOpen() && (!m_users.empty() || m_wire->isOpen());
}

Result<Http2Stream *> Http2Connection::open(const Request &request, const Limits &limits,
                                            Http2StreamUser *user)
{
    Result<Http2Stream *> stream = m_session.open(request, limits);
    if (stream)
        m_users.emplace(*stream, user);
    return stream;
}

void Http2Connection::resume(Http2Stream *stream)
{
    m_session.resume(stream);
    pump();
}

void Http2Connection::leave(Http2Stream *stream)
{
    m_users.erase(stream);
    m_session.release(stream);
    if (!m_isFailed && !m_isRetired) { // a reset goes out at once; nobody is told of anything here
        const QByteArray bytes = m_session.takeOutput();
        if (!bytes.isEmpty())
            m_wire->write(bytes.constData(), bytes.size());
    }
    if (m_users.empty() && !m_isRetired)
        m_pool.http2Idle(this);
}

void Http2Connection::pump()
{
    if (m_isFailed || m_isRetired)
        return;
    if (m_isPumping) {
        m_mustPumpAgain = true;
        return;
    }
    m_isPumping = true;
    do {
        m_mustPumpAgain = false;
        while (m_wire->bytesToWrite() < inSocketAtMost) {
            const QByteArray bytes = m_session.takeOutput(inSocketAtMost);
            if (bytes.isEmpty())
                break;
            m_wire->write(bytes.constData(), bytes.size());
        }
        const QPointer<Http2Connection> guard(this);
        m_wire->flush(); // its signals come back as wireWritten(), wireFailed(), with TLS as wireReadable(), too
        if (!guard || m_isRetired)
            return;
    } while (m_mustPumpAgain && !m_isFailed);
    const QPointer<Http2Connection> self(this);
    m_isPumping = false;
    tellWritten();
    if (self && !m_isRetired)
        tellChanged(); // a body may have turned out to be unreadable, the session to be at its end
}

void Http2Connection::wireReadable()
{
    if (m_isFailed || m_isRetired)
        return;
    const QByteArray bytes = m_wire->readAll();
    if (bytes.isEmpty())
        return;
    m_session.feed(bytes);
    const QPointer<Http2Connection> self(this);
    const bool wasPumping = std::exchange(m_isPumping, true); // what is begun now goes out together
    tellChanged();
    if (!self)
        return;
    m_isPumping = wasPumping;
    pump();
}

void Http2Connection::wireWritten()
{
    if (!m_isPumping)
        pump();
}

void Http2Connection::wireFailed()
{
    if (m_isFailed || m_isRetired)
        return;
    m_isFailed = true;
    m_session.connectionClosed(m_wire->errorText());
    const QPointer<Http2Connection> self(this);
    tellChanged();
    if (self && !m_isRetired && m_users.empty())
        m_pool.http2Idle(this);
}

void Http2Connection::tellChanged()
{
    const QPointer<Http2Connection> self(this);
    for (Http2Stream *stream : m_session.takeChanged()) {
        const auto it = m_users.find(stream); // it may have left
        if (it == m_users.end())
            continue;
        it->second->streamChanged();
        if (!self || m_isRetired)
            return;
    }
}

void Http2Connection::tellWritten()
{
    const QPointer<Http2Connection> self(this);
    std::vector<Http2Stream *> streams;
    streams.reserve(m_users.size());
    for (const auto &[stream, user] : m_users)
        streams.push_back(stream);
    for (Http2Stream *stream : streams) {
        const auto it = m_users.find(stream);
        if (it == m_users.end())
            continue;
        it->second->streamWritten();
        if (!self || m_isRetired)
            return;
    }
}

void Http2Connection::retire()
{
    if (m_isRetired)
        return;
    m_isRetired = true;
    m_wire->setUser(nullptr);
    m_wire->flush(); // the last words
    if (m_wire)
        m_wire->retire();
    if (m_pool.isDispatching())
        deleteLater();
    else
        delete this;
}

} // namespace realmscope
