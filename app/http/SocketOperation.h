// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/BodyRecorder.h"
#include "app/http/Codec.h"
#include "app/http/ConnectionPool.h"
#include "app/http/HostResolver.h"
#include "app/http/Transport.h"

#include <QtCore/QBasicTimer>
#include <QtCore/QElapsedTimer>

#include <memory>
#include <optional>

namespace realmscope {

// One exchange of a SocketTransport, from the look-up of the host to the last byte of the response.
class SocketOperation final : public TransportOperation, private WireUser
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
    void resolve();
    void lookedUp(const QHostInfo &info);
    void connectNext();
    void attemptFailed(const QString &why);
    void wireConnected() override;
    void wireEncrypted() override;

    // The exchange on it
    void adopt(WireConnection *wire);
    void send();
    void queueBody();
    void wireWritten() override;
    void wireReadable() override;
    void receive(const QByteArray &bytes);
    void responseComplete();
    void wireFailed() override;
    [[nodiscard]] bool mayRetry() const;
    void retry();

    // The end
    void checkLimits();
    void armTimer();
    [[nodiscard]] Error connectTimeout() const;
    [[nodiscard]] QString receivedText() const; // "no byte of a response", "512 of 1000 bytes of the body"
    void fail(const Error &error) { finish(error); }
    void finish(std::optional<Error> error);
    void collect();
    void releaseWire(bool whole);
    void emitFinished();

    // False when the listener ended or deleted this operation.
    [[nodiscard]] bool setPhase(TransportPhase phase);
    void note(const QString &text) { m_exchange.decisions.append({DecisionKind::Note, text}); }
    [[nodiscard]] double nowMs() const { return double(m_clock.nsecsElapsed()) / 1e6; }
    [[nodiscard]] qint64 requestSize() const { return m_head.size() + m_exchange.request.body.size(); }
    [[nodiscard]] qint64 sentSize() const;

    std::shared_ptr<ConnectionPool> m_pool;
    TransportOptions m_options;
    Exchange m_exchange;
    ConnectionKey m_key;
    QSslConfiguration m_tlsConfiguration;
    QByteArray m_head; // start line and headers
    WireConnection *m_wire = nullptr;
    ResponseParser m_parser;
    BodyRecorder m_body;
    ResolvedTarget m_target;
    qsizetype m_nextAddress = 0;
    QStringList m_attempts; // connection attempts that failed
    int m_lookup = -1;
    QElapsedTimer m_clock;
    QBasicTimer m_timer;
    double m_connectBegin = 0; // of DNS, TCP and TLS
    double m_phaseBegin = 0;   // of the step that is being timed
    double m_attemptBegin = 0;
    double m_sendBegin = -1;
    double m_sendEnd = -1;
    double m_firstByte = -1;
    double m_lastByte = -1;
    double m_lastActivity = 0; // a byte in either direction
    qint64 m_queued = 0;       // bytes of the request given to the socket
    TransportPhase m_phase = TransportPhase::Idle;
    bool m_flushing = false;
    bool m_bodyBegun = false;
    bool m_responseComplete = false; // but the request may not be sent yet
    bool m_retried = false;
    bool m_beginning = false;
    bool m_done = false;
};

} // namespace realmscope
