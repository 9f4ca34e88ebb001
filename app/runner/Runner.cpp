// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/runner/Runner.h"

#include "app/auth/SchemeRegistry.h"
#include "app/base/Encoding.h"
#include "app/runner/RunCookies.h"

#include <QtCore/QFile>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr int maxFlowSteps = 12; // no scheme needs more; a flow that does not end is a bug or an attack

Result<QByteArray> readFile(const QString &path, const QString &what)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return Error{ErrorCode::FileUnreadable, u"%1 can't be read: %2"_s.arg(what, path), file.errorString(),
                     u"Choose another file, or check its permissions."_s};
    return file.readAll();
}

QString profileWords(const CredentialProfile &profile)
{
    return profile.name.isEmpty() ? u"the credential"_s : u"the credential of profile %1"_s.arg(profile.name);
}

Error notAllowed(const CredentialProfile &profile, const Origin &origin)
{
    return {ErrorCode::OriginNotAllowed, u"%1 may not be sent to %2, so it was not"_s.arg(profileWords(profile), origin.toString()),
            u"It may be sent to: %1."_s.arg(profile.origins.isEmpty() ? u"nowhere yet"_s : profile.origins.join(", "_L1)),
            u"Add %1 to the profile if you trust it."_s.arg(origin.toString())};
}

} // namespace

class RunImpl final : public Run
{
public:
    RunImpl(Runner &runner, RunJob job)
        : m_runner(&runner), m_job(std::move(job)),
          m_cookies(m_job.cookies, m_job.spec.settings.useCookies, runner.m_clock)
    {
        QMetaObject::invokeMethod(this, [this] { begin(); }, Qt::QueuedConnection);
    }

    void cancel() override
    {
        if (m_done)
            return;
        if (m_operation)
            m_operation->cancel(); // ends in exchangeDone()
        else
            finish(Error{ErrorCode::Cancelled, u"the request was cancelled"_s, {}, {}});
    }
    [[nodiscard]] const Trace &trace() const override { return m_trace; }

private:
    void begin()
    {
        if (m_done)
            return;
        if (const Result<void> ok = prepareTransport(); !ok) {
            finish(ok.error());
            return;
        }
        const Result<Request> prepared = m_job.prepared
            ? checked(*m_job.prepared)
            : prepareRequest(m_job.spec, m_job.variables, m_runner->m_clock, m_runner->m_random,
                             m_job.literal);
        if (!prepared) {
            finish(prepared.error());
            return;
        }
        m_request = *prepared;
        takeUserInfo();
        startFlow();
    }

    static Result<Request> checked(const Request &request)
    {
        if (const Result<void> valid = validateRequest(request); !valid)
            return valid.error();
        return request;
    }

    Result<void> prepareTransport()
    {
        const RequestSettings &settings = m_job.spec.settings;
        m_transport.limits = m_job.limits;
        m_transport.limits.connectTimeoutMs = settings.connectTimeoutMs;
        if (settings.totalTimeoutMs > 0)
            m_transport.limits.totalTimeoutMs = settings.totalTimeoutMs;
        m_transport.verifyTls = settings.verifyTls;
        m_transport.decodeContent = settings.decodeContent;
        m_transport.addressFamily = settings.addressFamily;
        m_transport.resolveOverrides = settings.resolve;
        if (!settings.caFile.isEmpty()) {
            const Result<QByteArray> pem = readFile(settings.caFile, u"the file of trusted certificates"_s);
            if (!pem)
                return pem.error();
            m_transport.extraCaPem = {*pem};
        }
        if (!settings.clientCertificateFile.isEmpty()) {
            const Result<QByteArray> pem = readFile(settings.clientCertificateFile, u"the client certificate"_s);
            if (!pem)
                return pem.error();
            m_transport.clientCertificatePem = *pem;
        }
        if (!settings.clientKeyFile.isEmpty()) {
            const Result<QByteArray> pem = readFile(settings.clientKeyFile, u"the key of the client certificate"_s);
            if (!pem)
                return pem.error();
            m_transport.clientKeyPem = *pem;
        }
        m_transport.clientKeyPassphrase = m_job.clientKeyPassphrase.revealBytes();
        return {};
    }

    // http://user:password@host/: a Basic credential for that origin, unless there is a profile (RFC 3986 section 3.2.1
    // deprecates it; curl and browsers still do this).
    void takeUserInfo()
    {
        if (!m_request.url.userInfo)
            return;
        const QByteArray info = *m_request.url.userInfo;
        m_request.url.userInfo.reset();
        if (m_job.credential || m_request.headers.contains("Authorization")) {
            m_pending.append({DecisionKind::Note, u"the user name in the URL was not used: the request has another credential"_s});
            return;
        }
        const qsizetype colon = info.indexOf(':');
        RunCredential credential;
        credential.profile.schemeId = u"basic"_s;
        credential.profile.origins = QStringList{m_request.url.origin().toString()};
        credential.values.setText(u"username"_s, QString::fromUtf8(percentDecode(colon < 0 ? info : info.left(colon))));
        credential.values.setSecret(u"password"_s, Secret(colon < 0 ? QByteArray() : percentDecode(info.mid(colon + 1))));
        m_job.credential = credential;
        m_pending.append({DecisionKind::Note, u"user name and password of the URL were sent as Basic credential"_s});
    }

    [[nodiscard]] QList<QByteArray> credentialHeaders() const
    {
        if (!m_job.credential)
            return {};
        const AuthScheme *scheme = findScheme(m_job.credential->profile.schemeId);
        return scheme ? scheme->credentialHeaders(m_job.credential->values) : QList<QByteArray>{};
    }

    void startFlow()
    {
        m_steps = 0;
        const AuthScheme *scheme = findScheme(u"none"_s);
        AuthContext context;
        context.request = m_request;
        context.clock = &m_runner->m_clock;
        context.random = &m_runner->m_random;
        if (m_job.credential) {
            const CredentialProfile &profile = m_job.credential->profile;
            const AuthScheme *wanted = findScheme(profile.schemeId);
            if (!wanted) {
                finish(Error{ErrorCode::Unsupported, u"the scheme \"%1\" of profile %2 is not known"_s.arg(profile.schemeId, profile.name),
                             {}, u"Choose a scheme from the list, or use a newer Realmscope."_s});
                return;
            }
            const Origin origin = m_request.url.origin();
            const bool isAllowed = wanted->id() == "none"_L1 || mayGoTo(origin);
            if (isAllowed) {
                scheme = wanted;
                context.values = m_job.credential->values;
                noteReplacedHeaders(*wanted);
            } else if (m_redirects == 0) {
                finish(notAllowed(profile, origin));
                return;
            } else {
                m_pending.append({DecisionKind::CredentialWithheld,
                                  u"%1 was withheld: the redirect leads to another origin, %2, which the profile does not name"_s.arg(
                                      profileWords(profile), origin.toString())});
            }
            const QString key = (profile.id.isEmpty() ? profile.schemeId : profile.id) + u'|' + origin.toString();
            auto &memory = m_runner->m_memories[key];
            if (!memory)
                memory = std::make_unique<AuthMemory>();
            context.memory = memory.get();
        } else {
            context.memory = &m_noMemory;
        }
        m_flow = scheme->start(std::move(context));
        advance(nullptr);
    }

    [[nodiscard]] bool mayGoTo(const Origin &origin) const
    {
        return m_job.credential
            && (m_job.credential->profile.allows(origin) || (m_redirects > 0 && m_job.spec.settings.locationTrusted));
    }

    void noteReplacedHeaders(const AuthScheme &scheme)
    {
        for (const QByteArray &name : scheme.credentialHeaders(m_job.credential->values)) {
            const HeaderField *field = m_request.headers.find(name);
            if (field && field->source == HeaderSource::User && name != "cookie")
                m_pending.append({DecisionKind::Note,
                                  u"your %1 header was replaced by %2"_s.arg(QString::fromUtf8(field->name),
                                                                          profileWords(m_job.credential->profile))});
        }
    }

    void advance(const Exchange *last)
    {
        if (++m_steps > maxFlowSteps) {
            finish(Error{ErrorCode::AuthFailed, u"the authentication does not come to an end"_s, {},
                         u"Look at the exchanges: the server asks again and again."_s});
            return;
        }
        Step step = m_flow->next(last);
        if (auto *send = std::get_if<SendStep>(&step)) {
            if (last) {
                Exchange &before = m_trace.exchanges.last();
                if (before.role == m_job.role)
                    before.role = ExchangeRole::Challenge;
                before.decisions.append({DecisionKind::ChallengeAnswered,
                                         send->label.isEmpty() ? u"the challenge was answered in the next exchange"_s : send->label});
            }
            carry(std::move(*send));
        } else if (auto *done = std::get_if<DoneStep>(&step)) {
            if (!done->note.isEmpty() && !m_trace.exchanges.isEmpty())
                m_trace.exchanges.last().decisions.append(
                    {done->challengeNotAnswered ? DecisionKind::ChallengeNotAnswered : DecisionKind::Note, done->note});
            redirectOrFinish();
        } else if (auto *failed = std::get_if<FailedStep>(&step)) {
            finish(failed->error);
        } else if (auto *ask = std::get_if<AskStep>(&step)) {
            finish(Error{ErrorCode::AuthFailed, u"the authentication needs a value that is not stored: %1"_s.arg(ask->question), {},
                         u"Fill it in in the credential profile."_s});
        } else {
            finish(Error{ErrorCode::Unsupported, u"the authentication needs a step that can't be done here"_s, {}, {}});
        }
    }

    void carry(SendStep send)
    {
        if (const Result<void> valid = validateRequest(send.request); !valid) {
            finish(valid.error());
            return;
        }
        // A flow may ask another server (a token endpoint): that one has to be named by the profile as well.
        if (send.carriesCredential && !mayGoTo(send.request.url.origin())) {
            finish(notAllowed(m_job.credential->profile, send.request.url.origin()));
            return;
        }
        m_current = {};
        m_current.role = send.role == ExchangeRole::Final ? m_job.role : send.role;
        m_current.label = send.label.isEmpty() ? m_job.label : send.label;
        m_current.probeId = m_job.probeId;
        m_current.derivation = send.derivation;
        m_current.decisions = std::exchange(m_pending, {});
        if (send.carriesCredential) {
            for (qsizetype i = 0; i < send.request.headers.size(); ++i) {
                HeaderField &field = send.request.headers[i];
                if (field.source == HeaderSource::Profile && field.sourceDetail.isEmpty())
                    field.sourceDetail = m_job.credential->profile.name;
            }
            m_current.decisions.append({DecisionKind::CredentialSent,
                                        u"%1 was sent to %2"_s.arg(profileWords(m_job.credential->profile),
                                                                   send.request.url.origin().toString())});
        }
        // A probe sends what its plan says, and leaves the jar alone.
        if (m_job.role != ExchangeRole::Probe)
            addCookies(send.request);
        TransportOptions options = m_transport;
        if (send.pinned && !m_trace.exchanges.isEmpty())
            options.pinnedConnection = m_trace.exchanges.last().connection.id;
        m_operation.reset(m_runner->m_transport.start(send.request, options));
        connect(m_operation.get(), &TransportOperation::phaseChanged, this, &Run::phaseChanged);
        connect(m_operation.get(), &TransportOperation::progress, this, &Run::progress);
        connect(m_operation.get(), &TransportOperation::finished, this, [this](const Exchange &exchange) { exchangeDone(exchange); });
        Q_EMIT exchangeStarted(QString::fromUtf8(send.request.method), send.request.url.toString());
    }

    void addCookies(Request &request)
    {
        m_current.cookies = m_cookies.addTo(request);
        for (const CookieVerdict &verdict : std::as_const(m_current.cookies)) {
            if (verdict.decision == CookieDecision::Withheld && verdict.isByRule())
                m_current.decisions.append({DecisionKind::CookieWithheld,
                                            u"the cookie %1 was withheld: %2"_s.arg(displayText(verdict.name), verdict.reason)});
        }
    }

    void exchangeDone(const Exchange &got)
    {
        Exchange exchange = got;
        exchange.role = m_current.role;
        exchange.label = m_current.label;
        exchange.probeId = m_current.probeId;
        exchange.derivation = m_current.derivation;
        exchange.decisions = m_current.decisions + got.decisions;
        exchange.cookies = m_current.cookies;
        if (m_job.role != ExchangeRole::Probe)
            m_cookies.takeFrom(exchange);
        // The operation emits this; it goes when that is over.
        m_operation->disconnect(this);
        m_operation.release()->deleteLater();
        m_trace.exchanges.append(exchange);
        Q_EMIT exchangeFinished(int(m_trace.exchanges.size()) - 1);
        if (m_done)
            return;
        if (exchange.error) {
            // What went wrong on the wire is told by its exchange; a cancel is the user's.
            finish(exchange.error->code == ErrorCode::Cancelled ? exchange.error : std::nullopt);
            return;
        }
        const Exchange last = m_trace.exchanges.last();
        advance(&last);
    }

    void redirectOrFinish()
    {
        Exchange &last = m_trace.exchanges.last();
        RedirectDecision decision =
            decideRedirect(m_request, last.response, m_job.spec.settings, m_redirects, credentialHeaders());
        last.decisions += decision.decisions;
        if (!decision.follow) {
            finish(std::nullopt);
            return;
        }
        // Nothing changes between two requests that are the same, so a third one can only be more of it. The second is
        // allowed: a server may set the scene with the first.
        const QByteArray next = decision.next.method + ' ' + decision.next.url.toString().toUtf8() + '\n' + decision.next.body;
        if (m_visited.count(next) >= 2) {
            last.decisions.removeIf([](const Decision &d) {
                return d.kind == DecisionKind::RedirectFollowed || d.kind == DecisionKind::MethodChanged;
            });
            last.decisions.append({DecisionKind::RedirectNotFollowed,
                                   u"the redirects go in a circle: this request was sent twice already"_s});
            finish(std::nullopt);
            return;
        }
        m_visited.append(next);
        if (last.role == ExchangeRole::Final)
            last.role = ExchangeRole::Redirect;
        ++m_redirects;
        m_request = decision.next;
        startFlow();
    }

    void finish(const std::optional<Error> &error)
    {
        if (m_done)
            return;
        m_done = true;
        m_trace.error = error;
        Q_EMIT finished(m_trace);
    }

    Runner *m_runner;
    RunJob m_job;
    RunCookies m_cookies;
    TransportOptions m_transport;
    Request m_request; // without the profile's credential
    Trace m_trace;
    Exchange m_current; // what is known of the running exchange beforehand
    QList<Decision> m_pending;
    AuthMemory m_noMemory;
    std::unique_ptr<AuthFlow> m_flow;
    std::unique_ptr<TransportOperation> m_operation;
    QList<QByteArray> m_visited; // what redirects led to
    int m_steps = 0;
    int m_redirects = 0;
    bool m_done = false;
};

Runner::Runner(Transport &transport, const Clock &clock, Random &random, QObject *parent)
    : QObject(parent), m_transport(transport), m_clock(clock), m_random(random)
{}

Runner::~Runner() = default;

Run *Runner::start(const RunJob &job) { return new RunImpl(*this, job); }

void Runner::forget(const QString &profileId)
{
    std::erase_if(m_memories, [&](const auto &entry) { return entry.first.startsWith(profileId + u'|'); });
}

} // namespace realmscope
