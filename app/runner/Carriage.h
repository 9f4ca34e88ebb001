// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/runner/Runner.h"

namespace realmscope {

[[nodiscard]] QString profileWords(const CredentialProfile &profile); // "the credential of profile NAME"
[[nodiscard]] Error originNotAllowed(const CredentialProfile &profile, const Origin &origin);

// Which part an exchange of a Carriage plays.
enum class CarriageStage {
    OnTheWay, // the proxy's: a CONNECT, or a 407 that is answered; more follow
    Arrived,  // the answer to the request, or what went wrong with it
    Refused,  // the proxy did not let the request through; nothing follows
};

// Carries one request to where it has to go. With an HTTP proxy in the options that means the proxy's own exchanges as
// well: absolute-form for http:// (RFC 9112 section 3.2.2), a tunnel by CONNECT for https:// (RFC 9110 section 9.3.6), and
// the proxy's authentication by the same schemes as the server's. The proxy's credential is never part of what goes through
// a tunnel. A kept tunnel that turns out to be closed is opened anew once, for a safe request, visibly.
class Carriage final : public QObject
{
    Q_OBJECT
public:
    struct Job
    {
        Request request; // for the server, with its credential
        TransportOptions options;
        std::optional<RunCredential> proxyCredential; // of an HTTP proxy; its profile names the proxy
        AuthMemory *proxyMemory = nullptr;            // not null
        bool bodyAfterChallenge = false;              // RequestSettings
        QList<Decision> decisions;                    // for the first exchange
    };
    // None is owned; all outlive it.
    Carriage(Transport &transport, const Clock &clock, Random &random, Job job, QObject *parent = nullptr);

    void start();  // once
    // Ends what is under way: with exchangeDone() and Error Cancelled, or false when nothing was.
    bool cancel();

Q_SIGNALS:
    void exchangeStarted(const QString &method, const QString &url);
    void phaseChanged(realmscope::TransportPhase phase);
    void progress(qint64 received, qint64 total);
    void exchangeDone(const realmscope::Exchange &exchange, realmscope::CarriageStage stage);
    void failed(const realmscope::Error &error); // nothing (more) could be sent

private:
    void sendToServer(std::optional<quint64> connection);
    void askProxy(const Request &request); // starts the proxy's authentication for this request
    void takeStep(Step step, std::optional<quint64> lastConnection);
    void launch(const Request &request, const TransportOptions &options);
    void done(Exchange exchange);
    void proxyAnswered(Exchange exchange); // to what askProxy() sent
    void tunnelAnswered(Exchange &exchange, Step step);
    void requestAnswered(Exchange &exchange, Step step);
    void refused(Exchange &exchange, const Step &step);
    [[nodiscard]] Request connectRequest() const;
    // False when the listener ended or deleted this.
    [[nodiscard]] bool tell(const Exchange &exchange, CarriageStage stage);
    [[nodiscard]] bool isTunnelGone(const Exchange &exchange) const;

    enum class State { Server, Tunnel, Proxy };

    Transport &m_transport;
    const Clock &m_clock;
    Random &m_random;
    Job m_job;
    State m_state = State::Server;
    Headers m_proxyHeaders; // what the user wrote for the proxy
    std::unique_ptr<AuthFlow> m_flow;
    std::unique_ptr<TransportOperation> m_operation;
    QList<Decision> m_decisions; // of the running exchange
    QList<DerivationLine> m_derivation;
    QString m_label;
    bool m_usesKeptTunnel = false;
    bool m_hasReopened = false;
    bool m_isCancelled = false;
};

} // namespace realmscope
