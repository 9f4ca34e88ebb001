// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/BodyRecorder.h"
#include "app/http/Http2Connection.h"
#include "app/http/Transport.h"

#include <QtCore/QBasicTimer>
#include <QtCore/QPointer>
#include <QtCore/QSocketNotifier>

#include <memory>

namespace realmscope {

// Whose exchange it is. May end or delete the Http2Exchange in any of these calls.
class Http2ExchangeUser
{
public:
    virtual void http2Phase(TransportPhase phase) = 0; // Sending, Waiting, Receiving
    virtual void http2Progress(qint64 received, qint64 total) = 0; // total -1: unknown
    virtual void http2Ended(const std::optional<Error> &error) = 0; // once

protected:
    ~Http2ExchangeUser() = default;
};

// One exchange on a stream of an Http2Connection, from the first byte of the request to the last of the response, with
// its own timings and the limit of idle time. The connection stays when it goes.
class Http2Exchange final : public QObject, private Http2StreamUser
{
    Q_OBJECT
public:
    // options and clock are the owner's; times are those of the clock.
    Http2Exchange(Http2Connection &connection, Http2ExchangeUser &user, const TransportOptions &options,
                  const QElapsedTimer &clock, bool isReused);
    ~Http2Exchange() override;

    void begin(const Request &request);
    // Gives the stream back: it is cancelled if it is not over. Nothing is told any more.
    void leave();
    // Writes everything that is known into it, also when it has not ended.
    void collect(Exchange &exchange) const;
    // Nothing came, the method is safe, and either the server did nothing with the request or the connection was an old
    // one that is closed. `why` is for a person.
    [[nodiscard]] bool mayBeRepeated(QString *why) const;
    [[nodiscard]] QString receivedText() const; // "no byte of a response", "512 of 1000 bytes of the body"

protected:
    void timerEvent(QTimerEvent *event) override;

private:
    void streamChanged() override;
    void streamWritten() override;
    void noteActivity();
    void noteSent();
    void waitForInput();
    [[nodiscard]] Result<void> take(const Http2Stream::Received &received);
    void responseComplete();
    void end(const std::optional<Error> &error);
    // False when the listener ended or deleted this.
    [[nodiscard]] bool enter(TransportPhase phase);
    [[nodiscard]] double nowMs() const { return double(m_clock.nsecsElapsed()) / 1e6; }
    [[nodiscard]] qint64 announced() const; // Content-Length; -1: unknown

    QPointer<Http2Connection> m_connection;
    Http2ExchangeUser &m_user;
    const TransportOptions &m_options;
    const QElapsedTimer &m_clock;
    Http2Stream *m_stream = nullptr; // until leave()
    RecordedBytes m_raw;
    BodyRecorder m_body;
    QBasicTimer m_idleTimer;
    std::unique_ptr<QSocketNotifier> m_input; // while the body waits for its source
    quint64 m_progress = 0;
    double m_sendBegin = -1;
    double m_sendEnd = -1;
    double m_firstByte = -1;
    double m_lastByte = -1;
    double m_lastActivity = 0;
    bool m_isReused = false;
    bool m_bodyBegun = false;
    bool m_isComplete = false; // the response; the request may not be sent yet
    bool m_ended = false;
};

} // namespace realmscope
