// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/http/SocketOperation.h"

#include "app/http/TlsFacts.h"
#include "app/http/TlsProbe.h"

#include <QtCore/QPointer>
#include <QtCore/QTimerEvent>

#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr qint64 smallBody = 64 * 1024;       // goes out with the head in one write
constexpr qint64 writeChunk = 256 * 1024;     // of a larger one
constexpr qint64 worthSending = 1024 * 1024;  // rest of a body that is sent on although the answer is an error

QString seconds(double milliseconds) { return QString::number(milliseconds / 1000.0); }

bool expectsContinue(const Headers &headers)
{
    const QList<QByteArray> expectations = splitList(headers.combined("Expect"));
    return std::ranges::any_of(expectations, [](const QByteArray &one) { return equalsIgnoreCase(one, "100-continue"); });
}

bool wasInvited(const Response &response)
{
    return std::ranges::any_of(response.informational, [](const InformationalResponse &one) { return one.status == 100; });
}

bool asksForClose(const Headers &headers)
{
    if (!headers.contains("Connection"))
        return false;
    return std::ranges::any_of(splitList(headers.combined("Connection")),
                               [](const QByteArray &option) { return equalsIgnoreCase(option, "close"); });
}

} // namespace

SocketOperation::SocketOperation(std::shared_ptr<ConnectionPool> pool, const Request &request,
                                 const TransportOptions &options, qint64 startedAtMs)
    : m_pool(std::move(pool)), m_options(options), m_parser(request.method, options.limits)
{
    m_exchange.request = request;
    m_exchange.startedAtMs = startedAtMs;
}

SocketOperation::~SocketOperation()
{
    if (m_wire)
        m_wire->retire();
}

void SocketOperation::begin()
{
    m_clock.start();
    m_beginning = true;
    acquire();
    m_beginning = false;
}

// --- getting a connection ---

void SocketOperation::acquire()
{
    if (Result<void> valid = validateRequest(m_exchange.request); !valid) {
        fail(valid.error());
        return;
    }
    m_asked = m_exchange.request;
    serialize();
    const Url &url = m_exchange.request.url;
    m_key = ConnectionPool::key(m_exchange.request, m_options);
    m_needsTunnel = ConnectionPool::needsTunnel(m_exchange.request, m_options) && m_exchange.request.method != "CONNECT";
    if (url.isSecure()) {
        // Before anything is sent: a certificate that can't be used is a local error.
        Result<QSslConfiguration> configuration = m_pool->configuration(m_key, m_options);
        if (!configuration) {
            fail(configuration.error());
            return;
        }
        m_tlsConfiguration = std::move(configuration).value();
        m_tlsConfiguration->setAllowedNextProtocols(mayUseHttp2() ? m_key.alpn.split(',') : QList<QByteArray>{"http/1.1"_ba});
    }
    if (m_options.pinnedConnection) {
        Result<WireConnection *> pinned = m_pool->takePinned(*m_options.pinnedConnection, m_key, m_needsTunnel);
        if (!pinned) {
            fail(pinned.error());
            return;
        }
        adopt(pinned.value());
        return;
    }
    if (mayUseHttp2() && (m_options.allowReuse || m_needsTunnel)) {
        if (Http2Connection *shared = m_pool->http2(m_key)) {
            beginHttp2(shared, true);
            return;
        }
        if (!m_needsTunnel && m_pool->shouldWait(m_key, m_asked.version == HttpVersion::Http2)) {
            m_isWaiting = true;
            m_connectBegin = nowMs();
            connect(m_pool.get(), &ConnectionPool::dialTurnEnded, this, &SocketOperation::stopWaiting, Qt::QueuedConnection);
            dialPhase(TransportPhase::Connecting);
            return;
        }
    }
    if (WireConnection *idle = m_options.allowReuse || m_needsTunnel ? m_pool->take(m_key, m_needsTunnel) : nullptr) {
        adopt(idle);
        return;
    }
    if (m_needsTunnel) {
        fail({ErrorCode::ConnectionClosed, u"the tunnel through the proxy %1 was closed before the request"_s.arg(
                  m_key.proxy->toString()), {}, u"Send again; if it stays, the proxy closes tunnels at once."_s});
        return;
    }
    dial();
}

void SocketOperation::serialize()
{
    SerializedRequest serialized = serializeRequest(m_asked);
    m_exchange.request = std::move(serialized.request);
    m_head = std::move(serialized.head);
    m_writer = RequestWriter(m_exchange.request, m_head);
}

bool SocketOperation::bindTo(const WireConnection &wire)
{
    if (!m_options.bind || m_asked.method == "CONNECT")
        return true;
    const Result<QList<DerivationLine>> bound = m_options.bind(m_asked, [&wire](QByteArrayView label, const QByteArray &context, qsizetype length) {
        return exportKeyingMaterial(wire.seen(), label, context, length);
    });
    if (!bound) {
        fail(bound.error());
        return false;
    }
    m_exchange.derivation = *bound;
    serialize();
    return true;
}

void SocketOperation::adopt(WireConnection *wire)
{
    const Url &url = m_exchange.request.url;
    m_exchange.connection.reused = true;
    if (url.isSecure() && m_needsTunnel && !wire->isEncrypted()) {
        m_connectBegin = nowMs();
        m_dialer = std::make_unique<Dialer>(*m_pool, static_cast<DialerUser &>(*this), m_key, url, m_options, m_tlsConfiguration);
        m_dialer->handshake(wire);
        return;
    }
    if (!url.isSecure() && mayUseHttp2()) { // with prior knowledge, through a tunnel
        beginHttp2(m_pool->beginHttp2(wire, m_options.limits), true);
        return;
    }
    m_wire = wire;
    m_wire->setUser(this);
    send();
}

// Everybody who waits is told. If there is none, those make their own that only hoped for it; of those that are sure to get
// one the first makes it, and the others wait for that.
void SocketOperation::stopWaiting()
{
    if (m_done || !m_isWaiting)
        return;
    if (Http2Connection *shared = m_pool->http2(m_key)) {
        note(u"waited for connection %1, which another request was making"_s.arg(shared->wire().info().id));
        m_isWaiting = false;
        beginHttp2(shared, true);
    } else if (!m_pool->shouldWait(m_key)) {
        m_isWaiting = false;
        dial();
    }
}

void SocketOperation::dial()
{
    if (mayUseHttp2() && m_options.allowReuse)
        m_dialTurn = std::make_unique<ConnectionPool::DialTurn>(m_pool, m_key);
    m_connectBegin = nowMs();
    m_dialer = std::make_unique<Dialer>(*m_pool, static_cast<DialerUser &>(*this), m_key, m_exchange.request.url, m_options, m_tlsConfiguration);
    m_dialer->begin();
}

void SocketOperation::dialPhase(TransportPhase phase)
{
    if (setPhase(phase))
        armTimer();
}

void SocketOperation::dialed()
{
    takeDialFacts();
    const bool isChosen = m_wire->tls() && m_wire->tls()->alpn == "h2"_L1;
    if (mayUseHttp2() && (isChosen || m_key.alpn == "h2")) {
        const bool isTunnel = m_exchange.connection.reused; // the CONNECT was on it
        Http2Connection *made = m_pool->beginHttp2(std::exchange(m_wire, nullptr), m_options.limits);
        m_dialTurn.reset();
        beginHttp2(made, isTunnel);
        return;
    }
    m_dialTurn.reset();
    if (m_asked.method != "CONNECT") {
        m_pool->forgetHttp2(m_key);
        noteHttp1();
    }
    m_wire->setUser(this);
    send();
}

// Why it is not HTTP/2, where that was asked for.
void SocketOperation::noteHttp1()
{
    if (m_asked.version == HttpVersion::Http2)
        note(m_exchange.request.url.isSecure() ? u"HTTP/2 was offered, the server chose HTTP/1.1 (ALPN)"_s
                      : u"sent as HTTP/1.1: without TLS, HTTP/2 needs prior knowledge (RFC 9113 section 3.3)"_s);
    else if (m_asked.version == HttpVersion::Http2PriorKnowledge)
        note(u"sent as HTTP/1.1: a proxy carries HTTP/2 without TLS in a tunnel only"_s);
}

void SocketOperation::dialFailed(const Error &error)
{
    takeDialFacts();
    fail(error);
}

// The dialer goes; it is within one of its calls that this happens, so later.
void SocketOperation::takeDialFacts()
{
    m_dialer->stop();
    m_wire = m_dialer->takeWire();
    const DialFacts &facts = m_dialer->facts();
    m_exchange.timings.dns = facts.dns;
    m_exchange.timings.connect = facts.connect;
    m_exchange.timings.tls = facts.tls;
    for (const QString &text : facts.notes)
        note(text);
    m_dialer.release()->deleteLater();
}

// --- the exchange on a stream ---

bool SocketOperation::mayUseHttp2() const
{
    return (m_key.alpn == "h2" || m_key.alpn.startsWith("h2,")) && m_asked.method != "CONNECT"
        && (!m_options.pinnedConnection || m_needsTunnel); // what is pinned is HTTP/1.1, but for a tunnel without TLS yet
}

void SocketOperation::beginHttp2(Http2Connection *connection, bool isReused)
{
    if (!bindTo(connection->wire()))
        return;
    m_http2 = std::make_unique<Http2Exchange>(*connection, static_cast<Http2ExchangeUser &>(*this), m_options, m_clock, isReused);
    m_sendBegin = nowMs();
    armTimer(); // the whole time only: the exchange has its own for idling
    m_http2->begin(m_asked);
}

void SocketOperation::http2Phase(TransportPhase phase) { (void)setPhase(phase); }

void SocketOperation::http2Progress(qint64 received, qint64 total) { Q_EMIT progress(received, total); }

void SocketOperation::http2Ended(const std::optional<Error> &error)
{
    m_responseComplete = !error;
    QString why;
    if (!error || m_retried || m_needsTunnel || !m_http2->mayBeRepeated(&why)) {
        finish(error);
        return;
    }
    m_retried = true;
    m_exchange.decisions.append({DecisionKind::Retried, u"sent once more on a new connection: %1"_s.arg(why)});
    m_exchange.connection = {};
    m_http2->leave();
    m_http2.release()->deleteLater(); // it is within one of its calls that this happens
    m_sendBegin = m_sendEnd = -1;
    dial();
}

// --- the exchange ---

void SocketOperation::send()
{
    if (!bindTo(*m_wire))
        return;
    if (m_exchange.request.version != HttpVersion::Http10)
        m_exchange.request.version = HttpVersion::Http11;
    if (!setPhase(TransportPhase::Sending))
        return;
    m_sendBegin = m_lastActivity = nowMs();
    m_expects = m_writer.hasBody() && expectsContinue(m_exchange.request.headers);
    QByteArray first = *m_writer.next(0); // the head
    if (m_writer.hasBody() && !m_expects) {
        // With the first of the body, in one segment.
        const Result<QByteArray> more = m_writer.next(smallBody);
        if (!more) {
            m_sendBegin = -1; // nothing was
            fail(more.error());
            return;
        }
        first += *more;
    }
    m_wire->write(first.constData(), first.size());
    armTimer();
    // More of the body is queued only after this is out: the socket's notifier for writing then stands behind the one
    // for reading, so that an early answer is read before a write finds the connection reset and loses it.
    const QPointer<SocketOperation> self(this);
    m_flushing = true;
    m_wire->flush(); // emits; a listener may have ended or deleted this operation
    if (!self)
        return;
    m_flushing = false;
    if (!m_done && m_wire)
        wireWritten();
}

qint64 SocketOperation::sentSize() const
{
    return m_wire ? std::max<qint64>(m_writer.produced() - m_wire->bytesToWrite(), 0) : m_writer.produced();
}

bool SocketOperation::queueBody()
{
    while (!m_writer.atEnd() && m_wire->bytesToWrite() < writeChunk) {
        const Result<QByteArray> bytes = m_writer.next(writeChunk);
        if (!bytes) {
            fail(bytes.error());
            return false;
        }
        if (m_writer.waitsFor() >= 0) {
            waitForInput(m_writer.waitsFor());
            return true;
        }
        m_wire->write(bytes->constData(), bytes->size());
    }
    return true;
}

// More of the body is read when there is some, without holding up anything else.
void SocketOperation::waitForInput(int descriptor)
{
    m_input = std::make_unique<QSocketNotifier>(descriptor, QSocketNotifier::Read);
    connect(m_input.get(), &QSocketNotifier::activated, this, [this] {
        m_input->setEnabled(false);
        m_input.release()->deleteLater();
        goOnSending();
    });
}

void SocketOperation::wireWritten()
{
    if (m_done || m_flushing || m_sendBegin < 0 || m_sendEnd >= 0)
        return;
    m_lastActivity = nowMs();
    goOnSending();
}

void SocketOperation::goOnSending()
{
    if (m_done || !m_wire || m_expects || m_input)
        return;
    if (!queueBody() || !m_writer.atEnd() || m_wire->bytesToWrite() > 0)
        return;
    m_lastActivity = nowMs();
    m_sendEnd = m_lastActivity;
    if (m_responseComplete) {
        finish(std::nullopt);
        return;
    }
    if (m_firstByte < 0)
        (void)setPhase(TransportPhase::Waiting);
}

void SocketOperation::stopExpecting(const QString &why)
{
    m_expects = false;
    m_lastActivity = nowMs();
    note(why);
    goOnSending();
}

void SocketOperation::wireReadable()
{
    if (m_done || m_sendBegin < 0)
        return;
    const QByteArray bytes = m_wire->readAll();
    if (!bytes.isEmpty())
        receive(bytes);
}

void SocketOperation::receive(const QByteArray &bytes)
{
    m_lastByte = m_lastActivity = nowMs();
    if (m_firstByte < 0) {
        m_firstByte = m_lastByte;
        if (!setPhase(TransportPhase::Receiving))
            return;
    }
    // The first bytes are shared with the recorder; small responses end there.
    if (m_exchange.rawResponse.isEmpty() && bytes.size() < RecordedBytes::DefaultMemoryLimit) {
        m_exchange.rawResponse = RecordedBytes(bytes);
    } else if (const Result<void> ok = m_exchange.rawResponse.append(bytes); !ok) {
        fail(ok.error());
        return;
    }
    m_parser.feed(bytes);
    if (m_expects && !m_parser.headersComplete() && wasInvited(m_parser.response())) {
        const QPointer<SocketOperation> self(this);
        stopExpecting(u"100 Continue came after %1 ms; the body follows"_s.arg(qRound(nowMs() - m_sendBegin)));
        if (!self || m_done)
            return;
    }
    if (m_parser.headersComplete() && !m_bodyBegun) {
        m_bodyBegun = true;
        m_body.begin(m_parser.response().headers, m_options.limits, m_options.decodeContent,
                     m_parser.bodyIsChunked() ? std::nullopt : std::optional(m_parser.bodyOffset()));
        if (!m_body.needsBytes())
            m_parser.leaveBody();
        if (m_parser.bodyIsCloseDelimited())
            m_wire->watchForReset();
    }
    if (const Result<void> ok = takeBody(); !ok) {
        fail(ok.error());
        return;
    }
    if (m_parser.hasFailed()) {
        fail(m_parser.error());
        return;
    }
    if (m_parser.isFinished()) {
        if (!m_responseComplete)
            responseComplete();
        return;
    }
    if (m_bodyBegun) {
        bool isNumber = false;
        const qint64 length = m_parser.response().headers.value("Content-Length").toLongLong(&isNumber);
        Q_EMIT progress(m_body.size(), isNumber ? length : -1);
    }
}

Result<void> SocketOperation::takeBody()
{
    if (!m_bodyBegun || m_body.needsBytes())
        return m_body.append(m_parser.takeBody());
    (void)m_parser.takeBody(); // what came together with the headers
    m_body.grow(m_parser.bodyReceived());
    return {};
}

void SocketOperation::responseComplete()
{
    m_responseComplete = true;
    if (const Result<void> ok = m_body.finish(); !ok) {
        fail(ok.error());
        return;
    }
    if (m_sendEnd >= 0) {
        finish(std::nullopt);
        return;
    }
    if (m_expects) {
        note(u"the response came in place of 100 Continue, so the body was not sent"_s);
        finish(std::nullopt);
        return;
    }
    // The answer was there before all of the request. The rest is sent on where the server seems to want it: it is
    // then the end of a whole request, and the connection stays good (RFC 9112 section 9.5, RFC 9110 section 10.1.1).
    const qint64 rest = m_writer.total() < 0 ? worthSending + 1 : m_writer.total() - sentSize();
    const bool isError = m_parser.response().status >= 400;
    if (m_parser.keepAlive() && !(isError && rest > worthSending))
        return;
    finish(std::nullopt);
}

void SocketOperation::wireFailed()
{
    if (m_done)
        return;
    if (mayRetry()) {
        retry();
        return;
    }
    if (m_responseComplete) { // only the rest of the request was still on its way
        finish(std::nullopt);
        return;
    }
    m_parser.finish();
    if (const Result<void> ok = takeBody(); !ok) {
        fail(ok.error());
        return;
    }
    if (!m_wire->alert().isEmpty()) {
        fail(lateAlertError(*m_wire->tls(), m_wire->alertType(), m_wire->errorText()));
        return;
    }
    if (m_parser.hasFailed()) {
        Error error = m_parser.error();
        if (error.detail.isEmpty())
            error.detail = m_wire->errorText();
        fail(error);
        return;
    }
    if (!m_wire->endedOrderly()) {
        const bool isTls = m_exchange.request.url.isSecure();
        const QString why = isTls ? u"TLS was not ended by a close_notify"_s : u"the connection was reset"_s;
        m_exchange.anomalies.append({u"body-truncated"_s,
                                     u"%1 after %2 bytes of a body that only the end of the connection ends"_s.arg(why).arg(
                                         m_body.size()),
                                     {}});
        fail({ErrorCode::ConnectionClosed,
              u"the body may be cut off after %1 bytes: %2, and nothing else says where it ends"_s.arg(m_body.size()).arg(why),
              m_wire->errorText(), u"Send again; if it stays, look at the server or a proxy in between."_s});
        return;
    }
    // The end of the connection was the end of the body.
    m_responseComplete = true;
    const Result<void> ok = m_body.finish();
    finish(ok ? std::nullopt : std::optional(ok.error()));
}

// RFC 9110 section 9.2.2 and RFC 9112 section 9.3.1: a server may close an idle connection just as a request is on its
// way. Only then, only once, only for a safe method; it shows in the exchange.
bool SocketOperation::mayRetry() const
{
    return m_exchange.connection.reused && !m_retried && !m_needsTunnel && m_firstByte < 0 && !m_options.pinnedConnection
        && m_exchange.request.isSafe() && m_wire->alert().isEmpty();
}

void SocketOperation::retry()
{
    m_retried = true;
    m_exchange.decisions.append(
        {DecisionKind::Retried,
         u"sent once more on a new connection: connection %1, kept from an earlier exchange, was closed before any byte of a response"_s
             .arg(m_wire->info().id)});
    m_exchange.connection = {};
    m_wire->retire();
    m_wire = nullptr;
    m_writer = RequestWriter(m_exchange.request, m_head);
    m_sendBegin = m_sendEnd = -1;
    dial();
}

// --- limits ---

void SocketOperation::armTimer()
{
    const Limits &limits = m_options.limits;
    double next = -1;
    const auto consider = [&next](double at) { next = next < 0 ? at : std::min(next, at); };
    if (m_sendBegin < 0) {
        if (limits.connectTimeoutMs > 0)
            consider(m_connectBegin + limits.connectTimeoutMs);
    } else if (!m_http2) {
        if (limits.idleTimeoutMs > 0)
            consider(m_lastActivity + limits.idleTimeoutMs);
        if (m_expects && !m_parser.headersComplete())
            consider(m_sendBegin + limits.expectTimeoutMs);
    }
    if (limits.totalTimeoutMs > 0)
        consider(double(limits.totalTimeoutMs));
    if (next < 0)
        m_timer.stop();
    else
        m_timer.start(int(std::ceil(std::max(next - nowMs(), 0.0))) + 1, this);
}

void SocketOperation::timerEvent(QTimerEvent *event)
{
    if (event->timerId() == m_timer.timerId())
        checkLimits();
    else
        QObject::timerEvent(event);
}

void SocketOperation::checkLimits()
{
    m_timer.stop();
    const Limits &limits = m_options.limits;
    const double now = nowMs();
    if (limits.totalTimeoutMs > 0 && now >= limits.totalTimeoutMs) {
        fail({ErrorCode::TotalTimeout,
              u"no whole response within %1 s (total time limit); received: %2"_s.arg(seconds(limits.totalTimeoutMs),
                                                                                    receivedText()),
              {}, u"Raise the total time limit, or look at why the server is slow."_s});
        return;
    }
    if (m_sendBegin < 0) {
        if (m_dialer && limits.connectTimeoutMs > 0 && now >= m_connectBegin + limits.connectTimeoutMs) {
            fail(m_dialer->timeoutError(limits.connectTimeoutMs));
            return;
        }
        if (m_isWaiting && limits.connectTimeoutMs > 0 && now >= m_connectBegin + limits.connectTimeoutMs) {
            fail({ErrorCode::ConnectTimeout,
                  u"the connection to %1 that another request is making was not there within %2 s (connect time limit)"_s.arg(
                      m_exchange.request.url.host, seconds(limits.connectTimeoutMs)),
                  {}, u"Check the host, the port and firewalls in between, or raise the connect time limit."_s});
            return;
        }
    } else if (m_http2) {
        // Looks after its idle time itself.
    } else if (m_expects && !m_parser.headersComplete() && now >= m_sendBegin + limits.expectTimeoutMs) {
        const QPointer<SocketOperation> self(this);
        stopExpecting(u"no 100 Continue within %1 s, so the body is sent without it"_s.arg(seconds(limits.expectTimeoutMs)));
        if (!self || m_done)
            return;
    } else if (m_input) {
        m_lastActivity = now; // what is waited for is our own side's
    } else if (limits.idleTimeoutMs > 0 && now >= m_lastActivity + limits.idleTimeoutMs) {
        const QString limit = seconds(limits.idleTimeoutMs);
        if (m_sendEnd < 0 && m_firstByte < 0)
            fail({ErrorCode::IdleTimeout,
                  u"the server took %1 of %2 bytes of the request and then nothing for %3 s (idle time limit)"_s
                      .arg(sentSize()).arg(std::max(m_writer.total(), m_writer.produced())).arg(limit),
                  {}, u"The server hangs; raise the idle time limit if it is only slow."_s});
        else if (m_firstByte < 0)
            fail({ErrorCode::IdleTimeout, u"no byte of a response after %1 s (idle time limit)"_s.arg(limit), {},
                  u"The server hangs, or waits for more of the request; raise the idle time limit if it is only slow."_s});
        else
            fail({ErrorCode::IdleTimeout,
                  u"received %1, then nothing for %2 s (idle time limit)"_s.arg(receivedText(), limit), {},
                  u"The server hangs, or announced more than it sends; raise the idle time limit if it is only slow."_s});
        return;
    }
    armTimer();
}

QString SocketOperation::receivedText() const
{
    if (m_http2)
        return m_http2->receivedText();
    if (m_exchange.rawResponse.isEmpty())
        return u"no byte of a response"_s;
    if (!m_bodyBegun)
        return u"%1 bytes of the response headers"_s.arg(m_exchange.rawResponse.size());
    bool isNumber = false;
    const qint64 length = m_parser.response().headers.value("Content-Length").toLongLong(&isNumber);
    return isNumber ? u"%1 of %2 bytes of the body"_s.arg(m_body.size()).arg(length)
                    : u"%1 bytes of the body"_s.arg(m_body.size());
}

// --- the end ---

void SocketOperation::cancel()
{
    if (m_done)
        return;
    fail({ErrorCode::Cancelled, u"the request was cancelled"_s,
          m_sendBegin < 0 ? u"nothing was sent"_s : u"received: %1"_s.arg(receivedText()), {}});
}

void SocketOperation::finish(std::optional<Error> error)
{
    if (m_done)
        return;
    m_done = true;
    m_timer.stop();
    m_input.reset();
    if (m_dialer)
        takeDialFacts();
    m_dialTurn.reset();
    m_isWaiting = false;
    const bool whole = !error;
    m_exchange.error = std::move(error);
    collect();
    releaseWire(whole);
    m_phase = TransportPhase::Done;
    if (m_beginning)
        QMetaObject::invokeMethod(this, &SocketOperation::emitFinished, Qt::QueuedConnection);
    else
        emitFinished();
}

void SocketOperation::collect()
{
    if (m_http2) {
        m_http2->collect(m_exchange);
        m_exchange.timings.total = nowMs();
        m_http2->leave();
        m_http2.release()->deleteLater(); // it is within one of its calls that this may happen
        return;
    }
    m_exchange.response = m_parser.response();
    m_exchange.response.complete = m_responseComplete;
    m_body.store(m_exchange.response, m_exchange.rawResponse);
    m_exchange.bodyOffset = m_parser.bodyOffset();
    m_exchange.anomalies = m_parser.anomalies() + m_body.anomalies() + m_exchange.anomalies;
    if (!m_exchange.error)
        m_exchange.error = m_body.error();
    if (m_wire) {
        const bool wasReused = m_exchange.connection.reused;
        if (m_wire->info().id != 0) {
            m_exchange.connection = m_wire->info();
            m_exchange.connection.reused = wasReused;
        }
        if (m_phase == TransportPhase::Handshaking && !m_wire->tls())
            m_wire->readTls();
        m_wire->addLateFacts();
        m_exchange.tls = m_wire->tls();
    }
    if (const qint64 sent = sentSize(); m_sendBegin >= 0) {
        Result<RecordedBytes> record = m_writer.record(sent);
        if (record)
            m_exchange.rawRequest = std::move(record).value();
        else if (!m_exchange.error)
            m_exchange.error = record.error();
        if (!m_expects && m_sendEnd < 0 && m_responseComplete)
            note(m_writer.total() < 0
                     ? u"the response was there after %1 bytes of the request; the rest was not sent"_s.arg(sent)
                     : u"the response was there after %1 of %2 bytes of the request; the rest was not sent"_s.arg(sent).arg(
                           m_writer.total()));
    }
    Timings &timings = m_exchange.timings;
    const double now = nowMs();
    timings.total = now;
    if (m_sendBegin >= 0)
        timings.send = (m_sendEnd >= 0 ? m_sendEnd : now) - m_sendBegin;
    if (m_sendEnd >= 0)
        timings.wait = std::max((m_firstByte >= 0 ? m_firstByte : now) - m_sendEnd, 0.0);
    if (m_firstByte >= 0)
        timings.receive = m_lastByte - m_firstByte;
}

void SocketOperation::releaseWire(bool whole)
{
    if (!m_wire)
        return;
    WireConnection *wire = std::exchange(m_wire, nullptr);
    const bool isTunnel = whole && m_exchange.request.method == "CONNECT" && m_exchange.response.status / 100 == 2;
    if (isTunnel && wire->bytesAvailable() == 0) { // whatever its headers say about the connection: they are the proxy's
        wire->becomeTunnel();
        m_pool->park(wire);
        return;
    }
    const bool isReusable = whole && m_options.keepOpen && m_sendEnd >= 0 && m_responseComplete && m_parser.keepAlive()
        && wire->bytesAvailable() == 0 && !asksForClose(m_exchange.request.headers);
    if (isReusable)
        m_pool->park(wire);
    else
        wire->retire();
}

void SocketOperation::emitFinished()
{
    const QPointer<SocketOperation> self(this);
    Q_EMIT phaseChanged(TransportPhase::Done);
    if (!self)
        return;
    const Exchange exchange = std::move(m_exchange); // a listener may delete this operation
    Q_EMIT finished(exchange);
}

bool SocketOperation::setPhase(TransportPhase phase)
{
    m_phase = phase;
    const QPointer<SocketOperation> self(this);
    Q_EMIT phaseChanged(phase);
    return self && !m_done;
}

} // namespace realmscope
