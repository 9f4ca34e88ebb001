// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/http/Http2Exchange.h"

#include "app/http/TlsFacts.h"

#include <QtCore/QTimerEvent>

#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr qint64 restWorthSending = 1024 * 1024; // rest of a body that is sent on although the answer is an error

} // namespace

Http2Exchange::Http2Exchange(Http2Connection &connection, Http2ExchangeUser &user, const TransportOptions &options,
                             const QElapsedTimer &clock, bool isReused)
    : m_connection(&connection), m_user(user), m_options(options), m_clock(clock), m_isReused(isReused)
{}

Http2Exchange::~Http2Exchange() { leave(); }

void Http2Exchange::leave()
{
    m_ended = true;
    m_idleTimer.stop();
    m_input.reset();
    if (Http2Stream *stream = std::exchange(m_stream, nullptr); stream && m_connection)
        m_connection->leave(stream);
}

void Http2Exchange::begin(const Request &request)
{
    const Result<Http2Stream *> stream = m_connection->open(request, m_options.limits, this);
    if (!stream) {
        end(stream.error());
        return;
    }
    m_stream = *stream;
    m_sendBegin = m_lastActivity = nowMs();
    if (m_options.limits.idleTimeoutMs > 0)
        m_idleTimer.start(m_options.limits.idleTimeoutMs, this);
    if (enter(TransportPhase::Sending))
        m_connection->pump();
}

bool Http2Exchange::enter(TransportPhase phase)
{
    const QPointer<Http2Exchange> self(this);
    m_user.http2Phase(phase);
    return self && !m_ended;
}

void Http2Exchange::end(const std::optional<Error> &error)
{
    if (m_ended)
        return;
    m_ended = true;
    m_idleTimer.stop();
    m_user.http2Ended(error);
}

void Http2Exchange::noteActivity()
{
    if (m_progress == m_stream->progress())
        return;
    m_progress = m_stream->progress();
    m_lastActivity = nowMs();
}

void Http2Exchange::noteSent()
{
    if (m_sendEnd < 0 && m_stream->requestEnd() >= 0 && m_connection->flushed() >= m_stream->requestEnd())
        m_sendEnd = nowMs();
}

void Http2Exchange::streamWritten()
{
    if (m_ended || m_sendEnd >= 0)
        return;
    noteActivity();
    noteSent();
    if (m_sendEnd < 0) {
        if (m_stream->hasFailed()) // the body could not be read
            streamChanged();
        else
            waitForInput();
        return;
    }
    if (m_isComplete)
        end(std::nullopt);
    else if (m_firstByte < 0)
        (void)enter(TransportPhase::Waiting);
}

// More of the body is read when there is some, without holding up anything else.
void Http2Exchange::waitForInput()
{
    if (m_input || m_stream->waitsFor() < 0)
        return;
    m_input = std::make_unique<QSocketNotifier>(m_stream->waitsFor(), QSocketNotifier::Read);
    connect(m_input.get(), &QSocketNotifier::activated, this, [this] {
        m_input->setEnabled(false);
        m_input.release()->deleteLater();
        m_lastActivity = nowMs();
        if (m_stream && m_connection)
            m_connection->resume(m_stream);
    });
}

void Http2Exchange::streamChanged()
{
    if (m_ended)
        return;
    noteActivity();
    noteSent();
    const Http2Stream::Received received = m_stream->takeReceived();
    if (!received.text.isEmpty()) {
        m_lastByte = nowMs();
        if (m_firstByte < 0) {
            m_firstByte = m_lastByte;
            if (!enter(TransportPhase::Receiving))
                return;
        }
    }
    if (const Result<void> ok = take(received); !ok) {
        end(ok.error());
        return;
    }
    if (m_stream->hasFailed()) {
        const WireConnection &wire = m_connection->wire();
        end(wire.alert().isEmpty() || !wire.tls() ? m_stream->error()
                                                  : lateAlertError(*wire.tls(), wire.alertType(), wire.errorText()));
        return;
    }
    if (m_stream->isFinished())
        responseComplete();
    else if (m_bodyBegun)
        m_user.http2Progress(m_body.size(), announced());
}

Result<void> Http2Exchange::take(const Http2Stream::Received &received)
{
    if (m_raw.isEmpty() && received.text.size() < RecordedBytes::DefaultMemoryLimit) {
        if (!received.text.isEmpty())
            m_raw = RecordedBytes(received.text);
    } else if (Result<void> ok = m_raw.append(received.text); !ok) {
        return ok;
    }
    if (m_stream->headersComplete() && !m_bodyBegun) {
        m_bodyBegun = true;
        m_body.begin(m_stream->response().headers, m_options.limits, m_options.decodeContent, m_stream->bodyOffset());
    }
    if (m_stream->bodyIsSplit()) {
        if (Result<void> ok = m_body.leaveRaw(m_raw); !ok)
            return ok;
    }
    return m_body.append(received.body);
}

void Http2Exchange::responseComplete()
{
    if (!std::exchange(m_isComplete, true)) {
        if (const Result<void> ok = m_body.finish(); !ok) {
            end(ok.error());
            return;
        }
    }
    // The answer was there before all of the request: the rest is sent on where the server seems to want it. One that
    // does not says so with a reset (RFC 9113 section 8.1).
    const qint64 size = m_stream->bodySize();
    const qint64 rest = size < 0 ? restWorthSending + 1 : size - m_stream->bodySent();
    const bool isError = m_stream->response().status >= 400;
    if (m_sendEnd >= 0 || m_stream->isClosed() || (isError && rest > restWorthSending))
        end(std::nullopt);
}

bool Http2Exchange::mayBeRepeated(QString *why) const
{
    if (!m_stream || m_firstByte >= 0 || !m_stream->hasFailed())
        return false;
    const bool hasLeft = m_stream->requestBegin() >= 0; // else it is not even sent twice
    if (hasLeft && !m_stream->request().isSafe())
        return false;
    const quint64 id = m_connection->wire().info().id;
    if (m_stream->wasRefused()) {
        *why = u"on connection %1 %2"_s.arg(id).arg(m_stream->error().message);
        return true;
    }
    if (!m_isReused || !m_connection->isLost() || !m_connection->wire().alert().isEmpty())
        return false;
    *why = u"connection %1, kept from an earlier exchange, was closed before any byte of a response"_s.arg(id);
    return true;
}

void Http2Exchange::timerEvent(QTimerEvent *event)
{
    if (event->timerId() != m_idleTimer.timerId()) {
        QObject::timerEvent(event);
        return;
    }
    const int limitMs = m_options.limits.idleTimeoutMs;
    if (m_input)
        m_lastActivity = nowMs(); // what is waited for is our own side's
    const double left = m_lastActivity + limitMs - nowMs();
    if (left > 0) {
        m_idleTimer.start(int(std::ceil(left)) + 1, this);
        return;
    }
    const QString limit = QString::number(limitMs / 1000.0);
    const QString action = u"The server hangs; raise the idle time limit if it is only slow."_s;
    if (m_sendEnd < 0 && m_firstByte < 0)
        end(Error{ErrorCode::IdleTimeout,
                  u"the server took %1 of %2 bytes of the body and then nothing for %3 s (idle time limit)"_s
                      .arg(m_stream->bodySent())
                      .arg(std::max(m_stream->bodySize(), m_stream->bodySent()))
                      .arg(limit),
                  {}, action});
    else if (m_firstByte < 0)
        end(Error{ErrorCode::IdleTimeout, u"no byte of a response after %1 s (idle time limit)"_s.arg(limit), {}, action});
    else
        end(Error{ErrorCode::IdleTimeout,
                  u"received %1, then nothing for %2 s (idle time limit)"_s.arg(receivedText(), limit), {}, action});
}

qint64 Http2Exchange::announced() const
{
    bool isNumber = false;
    const qint64 length = m_stream->response().headers.value("Content-Length").toLongLong(&isNumber);
    return isNumber ? length : -1;
}

QString Http2Exchange::receivedText() const
{
    if (!m_stream || m_raw.isEmpty())
        return u"no byte of a response"_s;
    if (!m_bodyBegun)
        return u"interim responses only"_s;
    const qint64 length = announced();
    return length >= 0 ? u"%1 of %2 bytes of the body"_s.arg(m_body.size()).arg(length)
                       : u"%1 bytes of the body"_s.arg(m_body.size());
}

void Http2Exchange::collect(Exchange &exchange) const
{
    if (!m_connection)
        return;
    exchange.connection = m_connection->wire().info();
    exchange.connection.reused = m_isReused;
    exchange.tls = m_connection->wire().tls();
    if (!m_stream)
        return;
    exchange.request = m_stream->request();
    exchange.response = m_stream->response();
    exchange.response.complete = m_isComplete;
    m_body.store(exchange.response, m_raw);
    exchange.bodyOffset = m_stream->bodyOffset();
    exchange.anomalies = m_stream->anomalies() + m_body.anomalies() + exchange.anomalies;
    if (!exchange.error)
        exchange.error = m_body.error();
    exchange.http2 = m_stream->facts();
    exchange.rawResponse = m_connection->session().foreignBytes().isEmpty()
        ? m_raw
        : RecordedBytes(m_connection->session().foreignBytes());
    for (const QString &text : m_stream->notes())
        exchange.decisions.append({DecisionKind::Note, text});

    if (Result<RecordedBytes> record = m_stream->requestRecord())
        exchange.rawRequest = std::move(record).value();
    else if (!exchange.error)
        exchange.error = record.error();
    if (m_isComplete && m_stream->requestEnd() < 0)
        exchange.decisions.append({DecisionKind::Note,
                                   u"the response was there after %1 bytes of the body; the rest was not sent"_s.arg(
                                       m_stream->bodySent())});
    const double now = nowMs();
    Timings &timings = exchange.timings;
    timings.send = (m_sendEnd >= 0 ? m_sendEnd : now) - m_sendBegin;
    if (m_sendEnd >= 0)
        timings.wait = std::max((m_firstByte >= 0 ? m_firstByte : now) - m_sendEnd, 0.0);
    if (m_firstByte >= 0)
        timings.receive = m_lastByte - m_firstByte;
}

} // namespace realmscope
