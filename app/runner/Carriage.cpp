// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/runner/Carriage.h"

#include "app/auth/SchemeRegistry.h"
#include "app/credentials/OriginDifference.h"
#include "app/http/HostResolver.h"
#include "app/runner/Aside.h"

#include <QtCore/QPointer>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr int refusedStatus = 407;

QByteArray authority(const HostAndPort &to)
{
    const QByteArray host = to.host.toUtf8();
    return (host.contains(':') ? '[' + host + ']' : host) + ':' + QByteArray::number(to.port);
}

} // namespace

QString profileWords(const CredentialProfile &profile)
{
    return profile.name.isEmpty() ? u"the credential"_s : u"the credential of profile %1"_s.arg(profile.name);
}

Error originNotAllowed(const CredentialProfile &profile, const Origin &origin)
{
    const OriginDifference difference = originDifference(origin, profile.origins);
    return {ErrorCode::OriginNotAllowed, u"%1 may not be sent to %2, so it was not: %3"_s.arg(profileWords(profile), origin.toString(), difference.words),
            u"It may be sent to: %1."_s.arg(profile.origins.isEmpty() ? u"nowhere yet"_s : profile.origins.join(", "_L1)),
            difference.isSuspicious() ? u"Look at the address twice; add %1 to the profile only if you trust it."_s.arg(origin.toString())
                                      : u"Add %1 to the profile if you trust it."_s.arg(origin.toString())};
}

Carriage::Carriage(Transport &transport, const Clock &clock, Random &random, Job job, QObject *parent)
    : QObject(parent), m_transport(transport), m_clock(clock), m_random(random), m_job(std::move(job))
{}

void Carriage::start()
{
    m_decisions = m_job.decisions;
    const bool isHttpProxy = m_job.options.proxy && m_job.options.proxy->kind == ProxyServer::Kind::Http;
    if (!isHttpProxy) {
        sendToServer(m_job.options.pinnedConnection);
        return;
    }
    Request &request = m_job.request;
    if (!request.url.isSecure() && !m_job.options.proxyTunnel) {
        request.target = "http://" + request.url.hostHeader() + request.effectiveTarget();
        m_state = State::Proxy;
        askProxy(request);
        return;
    }
    // What was written for the proxy is not for the server behind it.
    Headers kept;
    for (const HeaderField &field : std::as_const(request.headers)) {
        const bool isForProxy = field.is("Proxy-Authorization") || field.is("Proxy-Connection");
        (isForProxy ? m_proxyHeaders : kept).append(field);
        if (isForProxy)
            m_decisions.append({DecisionKind::Note, u"your %1 header goes to the proxy with CONNECT, not to the server"_s.arg(
                                                        QString::fromUtf8(field.name))});
    }
    request.headers = kept;
    if (m_job.options.pinnedConnection || m_transport.hasConnection(request, m_job.options)) {
        m_usesKeptTunnel = !m_job.options.pinnedConnection;
        sendToServer(m_job.options.pinnedConnection);
        return;
    }
    m_state = State::Tunnel;
    askProxy(connectRequest());
}

bool Carriage::cancel()
{
    m_isCancelled = true;
    if (!m_operation)
        return false;
    m_operation->cancel();
    return true;
}

bool Carriage::tell(const Exchange &exchange, CarriageStage stage)
{
    const QPointer<Carriage> self(this);
    Q_EMIT exchangeDone(exchange, stage);
    return self && !m_isCancelled;
}

Request Carriage::connectRequest() const
{
    const Request &wanted = m_job.request;
    Request request;
    request.method = "CONNECT"_ba;
    request.version = wanted.version; // likewise: what is offered in the tunnel is part of the connection's key
    request.url = wanted.url; // the tunnel is found again by the server's origin
    request.url.path.clear();
    request.url.query.reset();
    request.url.fragment.reset();
    const HostAndPort server{wanted.url.host, wanted.url.port};
    const Result<HostAndPort> to = connectToFor(server, m_job.options.connectTo);
    request.target = authority(to ? *to : server);
    request.headers.append("Host"_ba, request.target, HeaderSource::Default);
    if (const HeaderField *agent = wanted.headers.find("User-Agent"))
        request.headers.append(*agent);
    if (!m_proxyHeaders.contains("Proxy-Connection"))
        request.headers.append("Proxy-Connection"_ba, "Keep-Alive"_ba, HeaderSource::Default); // for proxies of HTTP/1.0
    for (const HeaderField &field : std::as_const(m_proxyHeaders))
        request.headers.append(field);
    return request;
}

void Carriage::askProxy(const Request &request)
{
    const AuthScheme *scheme = findScheme(u"none"_s);
    AuthContext context;
    context.request = request;
    context.clock = &m_clock;
    context.random = &m_random;
    context.memory = m_job.proxyMemory;
    context.proxy = true;
    context.bodyAfterChallenge = m_job.bodyAfterChallenge;
    context.proxyHost = m_job.options.proxy->host;
    if (m_job.proxyCredential) {
        const CredentialProfile &profile = m_job.proxyCredential->profile;
        scheme = findScheme(profile.schemeId);
        if (!scheme) {
            Q_EMIT failed({ErrorCode::Unsupported, u"the scheme \"%1\" of the proxy's profile %2 is not known"_s.arg(profile.schemeId, profile.name),
                           {}, u"Choose a scheme from the list, or use a newer Realmscope."_s});
            return;
        }
        context.values = m_job.proxyCredential->values;
    }
    m_flow = scheme->start(std::move(context));
    takeStep(m_flow->next(nullptr), m_job.options.pinnedConnection);
}

void Carriage::takeStep(Step step, std::optional<quint64> lastConnection)
{
    auto *send = std::get_if<SendStep>(&step);
    if (!send) {
        const auto *failedStep = std::get_if<FailedStep>(&step);
        Q_EMIT failed(failedStep ? failedStep->error
                                 : Error{ErrorCode::Unsupported, u"this scheme can't be used for a proxy"_s, {},
                                         u"Use Basic or Digest for the proxy."_s});
        return;
    }
    if (send->carriesCredential) {
        const Origin origin = m_job.options.proxy->origin();
        if (!m_job.proxyCredential->profile.allows(origin)) {
            Q_EMIT failed(originNotAllowed(m_job.proxyCredential->profile, origin));
            return;
        }
        for (qsizetype i = 0; i < send->request.headers.size(); ++i) {
            HeaderField &field = send->request.headers[i];
            if (field.source == HeaderSource::Profile && field.is("Proxy-Authorization") && field.sourceDetail.isEmpty())
                field.sourceDetail = m_job.proxyCredential->profile.name;
        }
        m_decisions.append({DecisionKind::CredentialSent, u"%1 was sent to the proxy %2"_s.arg(
                                                              profileWords(m_job.proxyCredential->profile), origin.toString())});
    }
    m_derivation = send->derivation;
    m_label = send->label;
    TransportOptions options = m_job.options;
    options.pinnedConnection = send->pinned ? lastConnection : m_job.options.pinnedConnection;
    launch(send->request, options);
}

void Carriage::sendToServer(std::optional<quint64> connection)
{
    m_state = State::Server;
    TransportOptions options = m_job.options;
    options.pinnedConnection = connection;
    launch(m_job.request, options);
}

void Carriage::launch(const Request &request, const TransportOptions &options)
{
    m_operation.reset(m_transport.start(request, options));
    connect(m_operation.get(), &TransportOperation::phaseChanged, this, &Carriage::phaseChanged);
    connect(m_operation.get(), &TransportOperation::progress, this, &Carriage::progress);
    connect(m_operation.get(), &TransportOperation::finished, this, [this](const Exchange &exchange) { done(exchange); });
    Q_EMIT exchangeStarted(QString::fromUtf8(request.method), request.url.toString());
}

void Carriage::done(Exchange exchange)
{
    // The operation emits this; it goes when that is over.
    m_operation->disconnect(this);
    m_operation.release()->deleteLater();
    exchange.decisions = std::exchange(m_decisions, {}) + exchange.decisions;
    if (!m_derivation.isEmpty())
        exchange.derivation = std::exchange(m_derivation, {});
    exchange.label = std::exchange(m_label, {});
    if (exchange.error && m_state == State::Server && isTunnelGone(exchange)) {
        m_hasReopened = true;
        m_usesKeptTunnel = false;
        exchange.decisions.append({DecisionKind::Retried,
                                   u"sent once more through a new tunnel: the one kept from an earlier exchange was closed before any byte of a response"_s});
        if (!tell(exchange, CarriageStage::OnTheWay))
            return;
        m_state = State::Tunnel;
        askProxy(connectRequest());
        return;
    }
    if (exchange.error || m_state == State::Server) {
        const bool isProxys = m_state == State::Tunnel;
        Q_EMIT exchangeDone(exchange, isProxys ? CarriageStage::Refused : CarriageStage::Arrived);
        return;
    }
    proxyAnswered(exchange);
}

void Carriage::proxyAnswered(Exchange exchange)
{
    Step step = m_flow->next(&exchange);
    if (auto *work = std::get_if<WorkStep>(&step)) {
        runAside(std::move(work->work), this, [this, exchange] {
            if (!m_isCancelled)
                proxyAnswered(exchange);
        });
        return;
    }
    if (m_state == State::Tunnel)
        tunnelAnswered(exchange, std::move(step));
    else
        requestAnswered(exchange, std::move(step));
}

bool Carriage::isTunnelGone(const Exchange &exchange) const
{
    return m_usesKeptTunnel && !m_hasReopened && exchange.error->code == ErrorCode::ConnectionClosed
        && exchange.rawResponse.isEmpty() && exchange.request.isSafe();
}

void Carriage::tunnelAnswered(Exchange &exchange, Step step)
{
    if (exchange.response.status / 100 == 2) {
        exchange.decisions.append({DecisionKind::Note, u"the tunnel to %1 is open"_s.arg(QString::fromUtf8(exchange.request.target))});
        const quint64 connection = exchange.connection.id;
        if (tell(exchange, CarriageStage::OnTheWay))
            sendToServer(connection);
        return;
    }
    if (exchange.response.status != refusedStatus || !std::holds_alternative<SendStep>(step)) {
        refused(exchange, step);
        return;
    }
    exchange.decisions.append({DecisionKind::ChallengeAnswered, u"the proxy's challenge was answered in the next exchange"_s});
    const quint64 connection = exchange.connection.id;
    if (tell(exchange, CarriageStage::OnTheWay))
        takeStep(std::move(step), connection);
}

void Carriage::requestAnswered(Exchange &exchange, Step step)
{
    const bool isRefused = exchange.response.status == refusedStatus;
    const auto *again = std::get_if<SendStep>(&step);
    if (!again && !isRefused) {
        Q_EMIT exchangeDone(exchange, CarriageStage::Arrived);
        return;
    }
    if (!again) {
        refused(exchange, step);
        return;
    }
    exchange.decisions.append({DecisionKind::ChallengeAnswered, isRefused ? u"the proxy's challenge was answered in the next exchange"_s : again->label});
    const quint64 connection = exchange.connection.id;
    if (tell(exchange, CarriageStage::OnTheWay))
        takeStep(std::move(step), connection);
}

void Carriage::refused(Exchange &exchange, const Step &step)
{
    const auto *doneStep = std::get_if<DoneStep>(&step);
    if (doneStep && !doneStep->note.isEmpty())
        exchange.decisions.append({doneStep->challengeNotAnswered ? DecisionKind::ChallengeNotAnswered : DecisionKind::Note,
                                   doneStep->note});
    Q_EMIT exchangeDone(exchange, CarriageStage::Refused);
}

} // namespace realmscope
