// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/BodyRecorder.h"
#include "app/http/Codec.h"
#include "app/http/Dialer.h"
#include "app/http/Http2Exchange.h"
#include "app/http/RequestWriter.h"

#include <QtCore/QBasicTimer>
#include <QtCore/QElapsedTimer>
#include <QtCore/QSocketNotifier>

#include <memory>
#include <optional>

namespace realmscope {

// One exchange of a SocketTransport: has a Dialer make the connection, or takes an idle one, sends the request and
// reads the response, up to its last byte.
class SocketOperation final : public TransportOperation, private WireUser, private DialerUser, private Http2ExchangeUser
{
    Q_OBJECT
public:
    SocketOperation(std::shared_ptr<ConnectionPool> pool, const Request &request, const TransportOptions &options,
                    qint64 startedAtMs);
    ~SocketOperation() override;

    void begin(); // once; never emits finished() itself
    void cancel() override;
    [[nodiscard]] TransportPhase phase() const override { return m_phase; }

protected:
    void timerEvent(QTimerEvent *event) override;

private:
    // Getting a connection
    void acquire();
    void dial();
    void dialPhase(TransportPhase phase) override;
    void dialed() override;
    void dialFailed(const Error &error) override;
    void stopWaiting();
    void noteHttp1();

    // The exchange on a stream of an HTTP/2 connection
    [[nodiscard]] bool mayUseHttp2() const;
    void beginHttp2(Http2Connection *connection, bool isReused);
    void http2Phase(TransportPhase phase) override;
    void http2Progress(qint64 received, qint64 total) override;
    void http2Ended(const std::optional<Error> &error) override;

    // The exchange on it
    void adopt(WireConnection *wire);
    [[nodiscard]] bool bindTo(const WireConnection &wire); // false: this operation has ended
    void serialize();
    void send();
    [[nodiscard]] bool queueBody(); // false: this operation has ended, or is deleted
    void goOnSending();
    void waitForInput(int descriptor);
    void stopExpecting(const QString &why);
    void wireConnected() override {}
    void wireEncrypted() override {}
    void wireWritten() override;
    void wireReadable() override;
    void receive(const QByteArray &bytes);
    [[nodiscard]] Result<void> takeBody();
    void responseComplete();
    void wireFailed() override;
    [[nodiscard]] bool mayRetry() const;
    void retry();

    // The end
    void checkLimits();
    void armTimer();
    [[nodiscard]] QString receivedText() const; // "no byte of a response", "512 of 1000 bytes of the body"
    void fail(const Error &error) { finish(error); }
    void finish(std::optional<Error> error);
    void takeDialFacts();
    void collect();
    void releaseWire(bool whole);
    void emitFinished();

    // False when the listener ended or deleted this operation.
    [[nodiscard]] bool setPhase(TransportPhase phase);
    void note(const QString &text) { m_exchange.decisions.append({DecisionKind::Note, text}); }
    [[nodiscard]] double nowMs() const { return double(m_clock.nsecsElapsed()) / 1e6; }
    [[nodiscard]] qint64 sentSize() const;

    std::shared_ptr<ConnectionPool> m_pool;
    TransportOptions m_options;
    Exchange m_exchange;
    ConnectionKey m_key;
    std::optional<QSslConfiguration> m_tlsConfiguration; // making one loads all of Qt's TLS
    QByteArray m_head; // start line and headers
    RequestWriter m_writer;
    std::unique_ptr<QSocketNotifier> m_input; // a pipe that the body comes from has nothing yet
    bool m_needsTunnel = false;
    WireConnection *m_wire = nullptr;
    ResponseParser m_parser;
    BodyRecorder m_body;
    std::unique_ptr<Dialer> m_dialer; // while connecting
    std::unique_ptr<ConnectionPool::DialTurn> m_dialTurn; // likewise, when it may become HTTP/2
    std::unique_ptr<Http2Exchange> m_http2; // in place of all that is below, once it is HTTP/2
    Request m_asked;                        // the request before it was written
    bool m_isWaiting = false;               // for the connection that another one is making
    QElapsedTimer m_clock;
    QBasicTimer m_timer;
    double m_connectBegin = 0; // of DNS, TCP and TLS
    double m_sendBegin = -1;
    double m_sendEnd = -1;
    double m_firstByte = -1;
    double m_lastByte = -1;
    double m_lastActivity = 0; // a byte in either direction
    TransportPhase m_phase = TransportPhase::Idle;
    bool m_flushing = false;
    bool m_expects = false; // 100 Continue, before the body goes out (RFC 9110 section 10.1.1)
    bool m_bodyBegun = false;
    bool m_responseComplete = false; // but the request may not be sent yet
    bool m_retried = false;
    bool m_beginning = false;
    bool m_done = false;
};

} // namespace realmscope
