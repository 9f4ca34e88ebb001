// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/Http2Session.h"
#include "app/http/WireConnection.h"

#include <QtCore/QElapsedTimer>
#include <QtCore/QObject>
#include <QtCore/QPointer>

#include <unordered_map>

namespace realmscope {

// Who has a stream of an Http2Connection. May leave it, or end everything, in any of these calls.
class Http2StreamUser
{
public:
    virtual void streamChanged() = 0; // something came, or the stream is over
    virtual void streamWritten() = 0; // more of what was put out is with the kernel

protected:
    ~Http2StreamUser() = default;
};

// A connection that several exchanges use at once: a WireConnection and the HTTP/2 session on it. Made by and
// child of a ConnectionPool, which keeps it while there is use for it; leaves by retire().
class Http2Connection final : public QObject, private WireUser
{
    Q_OBJECT
public:
    Http2Connection(ConnectionPool &pool, WireConnection *wire, const Limits &limits);
    ~Http2Connection() override;

    // A new exchange can begin here. Looks into the kernel when nothing is under way.
    [[nodiscard]] bool canOpen() const;
    // Nothing is written before pump(). The user leaves with leave().
    [[nodiscard]] Result<Http2Stream *> open(const Request &request, const Limits &limits,
                                             Http2StreamUser *user);
    // Gives what has to go out to the socket, and tells users what has gone.
    void pump();
    void resume(Http2Stream *stream); // its body has more
    // Resets the stream if it is not over; the connection stays.
    void leave(Http2Stream *stream);
    // Closes and deletes; users hear nothing of it, so there should be none.
    void retire();

    [[nodiscard]] const WireConnection &wire() const { return *m_wire; }
    [[nodiscard]] const Http2Session &session() const { return m_session; }
    [[nodiscard]] bool isIdle() const { return m_users.empty(); }
    [[nodiscard]] bool isLost() const { return m_isFailed; } // closed, by whomever
    // No stream can be opened any more: it goes with the last user.
    [[nodiscard]] bool isEnding() const { return m_isFailed || m_session.isGoingAway(); }
    // Bytes of the session's output that are with the kernel, to compare with Http2Stream::requestEnd().
    [[nodiscard]] qint64 flushed() const
    {
        return m_session.outputTotal() - (m_isFailed ? 0 : m_wire->bytesToWrite());
    }

    QElapsedTimer idleSince; // the pool's

private:
    void wireConnected() override {}
    void wireEncrypted() override {}
    void wireReadable() override;
    void wireWritten() override;
    void wireFailed() override;
    void tellChanged();
    void tellWritten();

    ConnectionPool &m_pool;
    QPointer<WireConnection> m_wire;
    Http2Session m_session;
    std::unordered_map<Http2Stream *, Http2StreamUser *> m_users;
    bool m_isFailed = false;
    bool m_isPumping = false;
    bool m_mustPumpAgain = false; // somebody had something to send meanwhile
    bool m_isRetired = false;
};

} // namespace realmscope
