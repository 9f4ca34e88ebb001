// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/runner/Runner.h"

#include "app/auth/SchemeRegistry.h"
#include "app/base/Encoding.h"
#include "app/http/HostResolver.h"
#include "app/runner/Aside.h"
#include "app/runner/Carriage.h"
#include "app/runner/LoopbackRedirect.h"
#include "app/runner/RunCookies.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QPointer>
#include <QtCore/QTimer>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr qint64 maxCertificateFile = 4 * 1024 * 1024;
constexpr int maxFlowSteps = 20; // no scheme needs more; a flow that does not end is a bug or an attack
constexpr int longPauseMs = 1000; // a flow that pauses so long does no harm
constexpr int browserTimeoutMs = 10 * 60 * 1000;

Result<QByteArray> readFile(const QString &path, const QString &what)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return Error{ErrorCode::FileUnreadable, u"%1 can't be read: %2"_s.arg(what, path), file.errorString(),
                     u"Choose another file, or check its permissions."_s};
    return file.readAll();
}

// The PEM files of a folder; others are passed over, as OpenSSL does.
Result<QList<QByteArray>> readCertificateFolder(const QString &path)
{
    const QDir folder(path);
    if (!folder.exists() || !folder.isReadable())
        return Error{ErrorCode::FileUnreadable, u"the folder of trusted certificates can't be read: %1"_s.arg(path), {},
                     u"Choose another folder, or check its permissions."_s};
    QList<QByteArray> pems;
    for (const QFileInfo &info : folder.entryInfoList(QDir::Files, QDir::Name)) {
        QFile file(info.filePath());
        if (!file.open(QIODevice::ReadOnly))
            continue;
        const QByteArray bytes = file.read(maxCertificateFile);
        if (bytes.contains("-----BEGIN CERTIFICATE-----") || bytes.contains("-----BEGIN TRUSTED CERTIFICATE-----"))
            pems << bytes;
    }
    if (pems.isEmpty())
        return Error{ErrorCode::FileUnreadable, u"the folder of trusted certificates holds none: %1"_s.arg(path), {},
                     u"Put PEM files with -----BEGIN CERTIFICATE----- into it."_s};
    return pems;
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
        if (!m_carriage || !m_carriage->cancel()) // ends in exchangeDone()
            finish(Error{ErrorCode::Cancelled, u"the request was cancelled"_s, {}, {}});
    }
    void pasteBrowserUrl(const QString &url) override
    {
        if (m_isBrowserOpen && !m_done)
            browserDone(url);
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
        if (const Result<void> resolved = resolveFields(); !resolved) {
            finish(resolved.error());
            return;
        }
        m_request = *prepared;
        m_firstOrigin = m_request.url.origin();
        if (const RunCredential *certificate = clientCertificateOf(m_job))
            m_certificate = *certificate;
        takeUserInfo();
        startFlow();
    }

    // Variables in the fields of profiles. Not in those that say where a secret goes, which a shared environment could turn
    // elsewhere; and not in what was written for one request, as a curl command is.
    Result<void> resolveFields()
    {
        QList<RunCredential *> credentials;
        for (std::optional<RunCredential> *credential : {&m_job.credential, &m_job.proxyCredential}) {
            if (!*credential)
                continue;
            credentials << &**credential;
            for (RunCredential &along : (*credential)->together)
                credentials << &along;
        }
        for (RunCredential *credential : credentials) {
            const AuthScheme *scheme = credential->profile.id.isEmpty() ? nullptr : findScheme(credential->profile.schemeId);
            for (const SchemeField &field : scheme ? scheme->fields() : QList<SchemeField>()) {
                const QString text = credential->values.text(field.id);
                const bool isAddress = field.id.endsWith("-url"_L1) || field.id.endsWith("-uri"_L1) || field.id == "issuer"_L1;
                if ((field.kind != FieldKind::Text && field.kind != FieldKind::MultiLine) || isAddress || !text.contains("{{"_L1))
                    continue;
                const Result<QString> resolved = m_job.variables.resolve(text, m_runner->m_clock, m_runner->m_random);
                if (!resolved) {
                    Error error = resolved.error();
                    error.message = u"%1 of profile %2: %3"_s.arg(field.label, credential->profile.name, error.message);
                    return error;
                }
                credential->values.setText(field.id, *resolved);
            }
        }
        return {};
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
        m_transport.limits = settings.limits;
        m_transport.limits.connectTimeoutMs = settings.connectTimeoutMs;
        if (settings.totalTimeoutMs > 0)
            m_transport.limits.totalTimeoutMs = settings.totalTimeoutMs;
        m_transport.limits.redirects = settings.maxRedirects;
        m_transport.verifyTls = settings.verifyTls;
        m_transport.decodeContent = settings.decodeContent;
        m_transport.addressFamily = settings.addressFamily;
        m_transport.resolveOverrides = settings.resolve;
        m_transport.connectTo = settings.connectTo;
        if (const Result<HostAndPort> readable = connectToFor({}, settings.connectTo); !readable)
            return readable.error();
        m_transport.proxyTunnel = settings.proxyTunnel;
        if (!settings.caFile.isEmpty()) {
            const Result<QByteArray> pem = readFile(settings.caFile, u"the file of trusted certificates"_s);
            if (!pem)
                return pem.error();
            m_transport.extraCaPem = {*pem};
        }
        if (!settings.caFolder.isEmpty()) {
            const Result<QList<QByteArray>> pems = readCertificateFolder(settings.caFolder);
            if (!pems)
                return pems.error();
            m_transport.extraCaPem += *pems;
        }
        m_transport.trustSystemCas = settings.trustSystemCas;
        m_transport.tlsMin = settings.tlsMin;
        m_transport.tlsMax = settings.tlsMax;
        m_transport.serverName = settings.serverName;
        m_transport.clientCertificateType = settings.clientCertificateType;
        if (!settings.clientCertificateFile.isEmpty()) {
            const Result<QByteArray> pem = readFile(settings.clientCertificateFile, u"the client certificate"_s);
            if (!pem)
                return pem.error();
            m_transport.clientCertificate = *pem;
        }
        if (!settings.clientKeyFile.isEmpty()) {
            const Result<QByteArray> pem = readFile(settings.clientKeyFile, u"the key of the client certificate"_s);
            if (!pem)
                return pem.error();
            m_transport.clientKey = *pem;
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
        QList<QByteArray> names;
        const auto add = [&names](const RunCredential &credential) {
            if (const AuthScheme *scheme = findScheme(credential.profile.schemeId))
                names += scheme->credentialHeaders(credential.values);
        };
        add(*m_job.credential);
        for (const RunCredential &along : m_job.credential->together)
            add(along);
        return names;
    }

    void startFlow()
    {
        m_flow.reset(); // before the memory it uses
        m_steps = 0;
        const AuthScheme *scheme = findScheme(u"none"_s);
        AuthContext context;
        context.request = m_request;
        context.clock = &m_runner->m_clock;
        context.random = &m_runner->m_random;
        context.bodyAfterChallenge = m_job.spec.settings.bodyAfterChallenge;
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
                finish(originNotAllowed(profile, origin));
                return;
            } else {
                m_pending.append({DecisionKind::CredentialWithheld,
                                  u"%1 was withheld: the redirect leads to another origin, %2, which the profile does not name"_s.arg(
                                      profileWords(profile), origin.toString())});
            }
            const QString key = (profile.id.isEmpty() ? profile.schemeId : profile.id) + u'|' + (wanted->remembersByOrigin() ? origin.toString() : QString());
            auto &memory = m_runner->m_memories[key];
            if (!memory)
                memory = std::make_shared<AuthMemory>();
            m_memory = memory; // may be forgotten meanwhile
            context.memory = memory.get();
        } else {
            context.memory = &m_noMemory;
        }
        m_flow = scheme->start(std::move(context));
        m_along.clear();
        m_isAlongAgain = false;
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
            if (send->pinned && last && last->http2 && !m_http11Only) {
                // What authenticates a connection can't do so on one that many requests share. A server should say so with
                // HTTP_1_1_REQUIRED (RFC 9113 section 7); this one did not.
                stepDownToHttp11(u"this authentication belongs to one connection, which HTTP/2 shares; begun again on HTTP/1.1"_s);
                startFlow();
                return;
            }
            if (last && m_trace.exchanges.last().role != ExchangeRole::Token) {
                Exchange &before = m_trace.exchanges.last();
                if (before.role == m_job.role)
                    before.role = ExchangeRole::Challenge;
                before.decisions.append({DecisionKind::ChallengeAnswered,
                                         send->label.isEmpty() ? u"the challenge was answered in the next exchange"_s : send->label});
            }
            carry(std::move(*send));
        } else if (auto *work = std::get_if<WorkStep>(&step)) {
            runAside(std::move(work->work), this, [this, hasLast = last != nullptr] { advanceAgain(hasLast); });
        } else if (auto *done = std::get_if<DoneStep>(&step)) {
            if (!done->note.isEmpty() && !m_trace.exchanges.isEmpty())
                m_trace.exchanges.last().decisions.append(
                    {done->serverProofWrong ? DecisionKind::ServerProofWrong : done->challengeNotAnswered ? DecisionKind::ChallengeNotAnswered : DecisionKind::Note, done->note});
            redirectOrFinish();
        } else if (auto *failed = std::get_if<FailedStep>(&step)) {
            finish(failed->error);
        } else if (const auto *listen = std::get_if<ListenStep>(&step)) {
            listenFor(listen->redirectUri);
        } else if (const auto *browser = std::get_if<OpenBrowserStep>(&step)) {
            openBrowser(*browser);
        } else if (const auto *wait = std::get_if<WaitStep>(&step)) {
            pause(*wait, last != nullptr);
        } else if (auto *ask = std::get_if<AskStep>(&step)) {
            finish(Error{ErrorCode::AuthFailed, u"the authentication needs a value that is not stored: %1"_s.arg(ask->question), {},
                         u"Fill it in in the credential profile."_s});
        }
    }

    // --- what a flow needs of the user's browser -----------------------------------------------------------------

    void listenFor(const QUrl &redirectUri)
    {
        QUrl listened = redirectUri;
        if (LoopbackRedirect::isLoopback(redirectUri)) {
            m_redirect = std::make_unique<LoopbackRedirect>(m_runner->m_clock);
            const Result<QUrl> ready = m_redirect->listen(redirectUri);
            if (!ready) {
                finish(ready.error());
                return;
            }
            listened = *ready;
            connect(m_redirect.get(), &LoopbackRedirect::arrived, this, [this](const QUrl &url, const Exchange &exchange) {
                browserArrived(url.toString(QUrl::FullyEncoded), exchange);
            });
        }
        m_redirectUri = listened;
        m_flow->supply(listened.toString(QUrl::FullyEncoded));
        advanceLater(!m_trace.exchanges.isEmpty());
    }

    void openBrowser(const OpenBrowserStep &step)
    {
        m_isBrowserOpen = true;
        m_browserNote = u"the browser was sent to %1"_s.arg(step.url.toString(QUrl::FullyEncoded));
        QTimer::singleShot(browserTimeoutMs, this, [this] {
            if (m_isBrowserOpen)
                finish(Error{ErrorCode::AuthFailed, u"the browser did not come back within %1 minutes"_s.arg(browserTimeoutMs / 60'000), {},
                             u"Send again, and log in in the browser window that opens."_s});
        });
        Q_EMIT m_runner->browserWanted(this, {step.url, {}, step.why, m_redirectUri, m_redirect != nullptr});
    }

    // What the browser sent to this computer is an exchange like any other: its bytes came over a wire.
    void browserArrived(const QString &url, const Exchange &exchange)
    {
        if (!m_isBrowserOpen || m_done)
            return;
        Exchange got = exchange;
        got.role = ExchangeRole::Token;
        got.label = u"the browser comes back"_s;
        got.decisions.append({DecisionKind::Note, m_browserNote});
        m_trace.exchanges.append(got);
        Q_EMIT exchangeFinished(int(m_trace.exchanges.size()) - 1);
        browserDone(url);
    }

    void browserDone(const QString &url)
    {
        m_isBrowserOpen = false;
        if (m_redirect)
            m_redirect.release()->deleteLater(); // its last answer is still being sent
        m_flow->supply(url);
        advanceLater(!m_trace.exchanges.isEmpty());
    }

    void pause(const WaitStep &step, bool hasLast)
    {
        if (step.ms >= longPauseMs)
            m_steps = 0;
        else
            --m_steps;
        if (!step.url.isEmpty() && step.userCode != m_userCode) {
            m_userCode = step.userCode;
            Q_EMIT m_runner->browserWanted(this, {step.url, step.userCode, step.why, {}, true});
        }
        QTimer::singleShot(step.ms, this, [this, hasLast] { advanceAgain(hasLast); });
    }

    void advanceLater(bool hasLast)
    {
        QMetaObject::invokeMethod(this, [this, hasLast] { advanceAgain(hasLast); }, Qt::QueuedConnection);
    }

    void advanceAgain(bool hasLast)
    {
        if (m_done)
            return;
        const Exchange last = hasLast ? m_trace.exchanges.last() : Exchange();
        advance(hasLast ? &last : nullptr);
    }

    void carry(SendStep send)
    {
        if (const Result<void> valid = validateRequest(send.request); !valid) {
            finish(valid.error());
            return;
        }
        // A flow may ask another server (a token endpoint): that one has to be named by the profile as well.
        if (send.carriesCredential && !send.namedByProfile && !mayGoTo(send.request.url.origin())) {
            finish(originNotAllowed(m_job.credential->profile, send.request.url.origin()));
            return;
        }
        if (m_http11Only)
            send.request.version = HttpVersion::Http11;
        if (send.carriesCredential)
            nameSource(send.request, m_job.credential->profile.name);
        m_sent = send;
        m_current = {};
        // A probe sends what its plan says, and leaves the jar alone.
        if (m_job.role != ExchangeRole::Probe)
            addCookies(send.request);
        if (const Result<void> ok = signAlong(send); !ok) {
            finish(ok.error());
            return;
        }
        dispatch(std::move(send));
    }

    // The request is as it goes out; m_current knows already what was added to it.
    void dispatch(SendStep send)
    {
        m_current.role = send.role == ExchangeRole::Final ? m_job.role : send.role;
        m_current.label = send.label.isEmpty() ? m_job.label : send.label;
        m_current.probeId = m_job.probeId;
        m_current.derivation = send.derivation + m_current.derivation;
        QList<Decision> decisions = std::exchange(m_pending, {});
        if (send.carriesCredential)
            decisions.append({DecisionKind::CredentialSent, u"%1 was sent to %2"_s.arg(profileWords(m_job.credential->profile), send.request.url.origin().toString())});
        m_current.decisions = decisions + m_current.decisions;
        Carriage::Job job;
        job.options = m_transport;
        if (send.pinned && !m_trace.exchanges.isEmpty())
            job.options.pinnedConnection = m_trace.exchanges.last().connection.id;
        if (const Result<void> ok = chooseRoute(send.request.url, job); !ok) {
            finish(ok.error());
            return;
        }
        if (const Result<void> ok = chooseTls(send.request.url, job); !ok) {
            finish(ok.error());
            return;
        }
        if (send.bind) {
            job.options.bind = [bind = send.bind, name = m_job.credential ? m_job.credential->profile.name : QString()](
                                   Request &request, const KeyingMaterialExporter &exporter) {
                Result<QList<DerivationLine>> made = bind(request, exporter);
                nameSource(request, name);
                return made;
            };
        }
        job.request = std::move(send.request);
        m_carriage = std::make_unique<Carriage>(m_runner->m_transport, m_runner->m_clock, m_runner->m_random, std::move(job));
        connect(m_carriage.get(), &Carriage::phaseChanged, this, &Run::phaseChanged);
        connect(m_carriage.get(), &Carriage::progress, this, &Run::progress);
        connect(m_carriage.get(), &Carriage::exchangeStarted, this, &Run::exchangeStarted);
        connect(m_carriage.get(), &Carriage::exchangeDone, this, [this](const Exchange &exchange, CarriageStage stage) {
            stage == CarriageStage::Arrived ? arrived(exchange) : proxyDone(exchange, stage);
        });
        connect(m_carriage.get(), &Carriage::failed, this, [this](const Error &error) {
            letCarriageGo();
            finish(error);
        });
        m_carriage->start();
    }

    // Which profile the headers are from that have none named yet.
    static void nameSource(Request &request, const QString &profileName)
    {
        for (qsizetype i = 0; i < request.headers.size(); ++i) {
            if (HeaderField &field = request.headers[i]; field.source == HeaderSource::Profile && field.sourceDetail.isEmpty())
                field.sourceDetail = profileName;
        }
    }

    // What goes along with the credential is made over the request as it will be sent, cookies and all. Requests of the flow's
    // own (a token) are not signed.
    // With the answer to the request that went before, those that go along are asked first whether they want it again in the light
    // of that (a nonce): m_alongAgain says so.
    Result<void> signAlong(SendStep &send, const Exchange *answered = nullptr)
    {
        if (!m_job.credential || send.role == ExchangeRole::Token)
            return {};
        std::vector<std::pair<const RunCredential *, const AuthScheme *>> others;
        for (const RunCredential &credential : m_job.credential->together) {
            const AuthScheme *scheme = findScheme(credential.profile.schemeId);
            if (!scheme || !scheme->goesAlong())
                return Error{ErrorCode::Unsupported, u"%1 cannot go together with another profile: its scheme is %2"_s.arg(
                                 profileWords(credential.profile), scheme ? scheme->title() : credential.profile.schemeId), {},
                             u"Take it out of what goes together with %1."_s.arg(m_job.credential->profile.name)};
            if (scheme->id() != clientCertificateScheme) // chooseTls()
                others.emplace_back(&credential, scheme);
        }
        std::ranges::stable_sort(others, {}, [](const auto &other) { return other.second->coversOthers(); });
        for (const auto &[credential, scheme] : others) {
            const Origin origin = send.request.url.origin();
            if (!credential->profile.allows(origin) && !(m_redirects > 0 && m_job.spec.settings.locationTrusted)) {
                if (m_redirects == 0)
                    return originNotAllowed(credential->profile, origin);
                m_current.decisions.append({DecisionKind::CredentialWithheld, u"%1 was withheld from %2: the redirect leads to another origin"_s.arg(
                                                                                  profileWords(credential->profile), origin.toString())});
                continue;
            }
            Along &along = alongOf(*credential, *scheme, origin);
            std::optional<SendStep> made;
            if (answered && along.flow) { // it may want to say it otherwise
                along.flow->setRequest(send.request);
                Step step = along.flow->next(answered);
                if (auto *again = std::get_if<SendStep>(&step)) {
                    made = std::move(*again);
                    m_alongAgain = made->label.isEmpty() ? u"%1 goes along once more"_s.arg(profileWords(credential->profile)) : made->label;
                }
            }
            if (!made) {
                AuthContext context;
                context.request = send.request;
                context.values = credential->values;
                context.clock = &m_runner->m_clock;
                context.random = &m_runner->m_random;
                context.memory = along.memory.get();
                along.flow = scheme->start(std::move(context));
                Step step = along.flow->next(nullptr);
                if (const auto *failed = std::get_if<FailedStep>(&step))
                    return failed->error;
                auto *first = std::get_if<SendStep>(&step);
                if (!first)
                    return Error{ErrorCode::Unsupported, u"%1 waits for the server, and so cannot go together with another profile"_s.arg(profileWords(credential->profile)), {},
                                 u"Let it sign each request."_s};
                made = std::move(*first);
            }
            // The word before a token may change (DPoP in place of Bearer), what is behind it not.
            const auto credentials = [](const Request &request) {
                QList<QByteArray> values = request.headers.values("Authorization");
                for (QByteArray &value : values)
                    value = value.sliced(value.indexOf(' ') + 1).trimmed();
                return values;
            };
            if (send.request.headers.contains("Authorization") && credentials(made->request) != credentials(send.request))
                return Error{ErrorCode::InvalidInput, u"%1 and %2 both want the Authorization header"_s.arg(
                                 profileWords(m_job.credential->profile), profileWords(credential->profile)), {},
                             u"Let the signature go into a header of its own: a field of its profile."_s};
            nameSource(made->request, credential->profile.name);
            send.request = made->request;
            m_current.derivation += made->derivation;
            m_current.decisions.append({DecisionKind::CredentialSent, u"%1 went along to %2"_s.arg(profileWords(credential->profile), origin.toString())});
        }
        return {};
    }

    struct Along
    {
        const RunCredential *credential = nullptr;
        std::shared_ptr<AuthMemory> memory; // as with the profile's own flow
        std::unique_ptr<AuthFlow> flow;
    };

    Along &alongOf(const RunCredential &credential, const AuthScheme &scheme, const Origin &origin)
    {
        const auto found = std::ranges::find(m_along, &credential, &Along::credential);
        Along &along = found == m_along.end() ? m_along.emplace_back() : *found;
        along.credential = &credential;
        const CredentialProfile &profile = credential.profile;
        std::shared_ptr<AuthMemory> &memory =
            m_runner->m_memories[(profile.id.isEmpty() ? profile.schemeId : profile.id) + u'|' + (scheme.remembersByOrigin() ? origin.toString() : QString())];
        if (!memory)
            memory = std::make_shared<AuthMemory>();
        along.memory = memory;
        return along;
    }

    // The answer may be meant for what goes along with the credential: the same request then goes once more.
    bool carriedAgain(const Exchange &answer)
    {
        if (m_along.empty() || m_isAlongAgain || answer.response.status < 400)
            return false;
        SendStep again = m_sent;
        m_current = {};
        if (m_job.role != ExchangeRole::Probe)
            addCookies(again.request);
        m_alongAgain.clear();
        if (!signAlong(again, &answer) || m_alongAgain.isEmpty())
            return false;
        m_isAlongAgain = true;
        Exchange &before = m_trace.exchanges.last();
        if (before.role == m_job.role)
            before.role = ExchangeRole::Challenge;
        before.decisions.append({DecisionKind::ChallengeAnswered, m_alongAgain});
        dispatch(std::move(again));
        return true;
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

    void tellOnce(Carriage::Job &job, DecisionKind kind, const QString &text)
    {
        if (text.isEmpty() || m_told.contains(text))
            return;
        m_told << text;
        job.decisions.append({kind, text});
    }

    // The client certificate and exceptions from verification hold for the origins they are meant for.
    Result<void> chooseTls(const Url &url, Carriage::Job &job)
    {
        if (!url.isSecure())
            return {};
        const RequestSettings &settings = m_job.spec.settings;
        const Origin origin = url.origin();
        const auto names = [&origin](const QStringList &patterns) {
            CredentialProfile profile;
            profile.origins = patterns;
            return profile.allows(origin);
        };
        if (job.options.verifyTls && names(settings.insecureOrigins)) {
            job.options.verifyTls = false;
            tellOnce(job, DecisionKind::Note, u"the certificate of %1 is not verified: the settings of this request make an exception for it"_s.arg(origin.toString()));
        }
        if (job.options.clientCertificate.isEmpty() && job.options.clientKey.isEmpty())
            return m_certificate ? offerCertificate(*m_certificate, origin, job) : Result<void>();
        const QStringList &patterns = settings.clientCertificateOrigins;
        const bool isMeant = patterns.isEmpty() ? origin == m_firstOrigin || settings.locationTrusted : names(patterns);
        if (isMeant) {
            tellOnce(job, DecisionKind::Note, u"the client certificate of %1 is offered to %2: %3"_s.arg(
                                                  settings.clientCertificateFile, origin.toString(),
                                                  patterns.isEmpty() ? u"the settings of this request name it"_s
                                                                     : u"the settings of this request name it for this origin"_s));
            return {};
        }
        job.options.clientCertificate.clear();
        job.options.clientKey.clear();
        job.options.clientKeyPassphrase.clear();
        tellOnce(job, DecisionKind::CredentialWithheld,
                 u"the client certificate was withheld from %1: it is meant for %2"_s.arg(
                     origin.toString(), patterns.isEmpty() ? m_firstOrigin.toString() : patterns.join(", "_L1)));
        return {};
    }

    // The certificate of a profile.
    Result<void> offerCertificate(const RunCredential &certificate, const Origin &origin, Carriage::Job &job)
    {
        const QString name = u"profile "_s + certificate.profile.name;
        if (!certificate.profile.allows(origin) && !(m_redirects > 0 && m_job.spec.settings.locationTrusted)) {
            // Not an error: it may be meant for one of several, the API or the server that gives the token.
            tellOnce(job, DecisionKind::CredentialWithheld, u"the client certificate of %1 was withheld from %2, which it does not name"_s.arg(
                                                                name, origin.toString()));
            return {};
        }
        const FieldValues &values = certificate.values;
        const Result<QByteArray> bytes = readFile(values.text(u"certificate-file"_s), u"the client certificate of %1"_s.arg(name));
        if (!bytes)
            return bytes.error();
        job.options.clientCertificate = *bytes;
        if (const QString keyFile = values.text(u"key-file"_s); !keyFile.isEmpty()) {
            const Result<QByteArray> key = readFile(keyFile, u"the key of the client certificate of %1"_s.arg(name));
            if (!key)
                return key.error();
            job.options.clientKey = *key;
        } else {
            job.options.clientKey = values.secret(u"key"_s).revealBytes();
        }
        job.options.clientKeyPassphrase = values.secret(u"passphrase"_s).revealBytes();
        const QString type = values.text(u"type"_s);
        job.options.clientCertificateType = type == "auto"_L1 ? QString() : type;
        tellOnce(job, DecisionKind::Note, u"the client certificate of %1 is offered to %2"_s.arg(name, origin.toString()));
        return {};
    }

    // Straight or through a proxy, and with which credential for it.
    Result<void> chooseRoute(const Url &url, Carriage::Job &job)
    {
        const RequestSettings &settings = m_job.spec.settings;
        QString setting = settings.proxy;
        if (!m_job.literal) {
            const Result<QString> resolved = m_job.variables.resolve(setting, m_runner->m_clock, m_runner->m_random);
            if (!resolved)
                return resolved.error();
            setting = *resolved;
        }
        const Result<ProxyChoice> choice = chooseProxy(url, setting, settings.noProxy, m_job.proxyEnvironment);
        if (!choice)
            return choice.error();
        tellOnce(job, DecisionKind::Note, choice->why);
        job.proxyMemory = &m_noMemory;
        job.bodyAfterChallenge = settings.bodyAfterChallenge;
        job.options.proxy = choice->server;
        if (!choice->server)
            return {};
        ProxyServer &server = *job.options.proxy;
        std::optional<RunCredential> credential = m_job.proxyCredential;
        if (!credential && choice->userName) {
            credential.emplace();
            credential->profile.schemeId = u"basic"_s;
            credential->profile.origins = QStringList{server.origin().toString()};
            credential->values.setText(u"username"_s, *choice->userName);
            credential->values.setSecret(u"password"_s, choice->password);
        }
        if (!credential)
            return {};
        if (server.kind == ProxyServer::Kind::Socks5) {
            // RFC 1929 knows a user name and a password; the scheme does not matter.
            if (!credential->profile.allows(server.origin()))
                return originNotAllowed(credential->profile, server.origin());
            server.userName = credential->values.text(u"username"_s);
            server.password = credential->values.secret(u"password"_s);
            return {};
        }
        job.proxyCredential = credential;
        const CredentialProfile &profile = credential->profile;
        auto &memory = m_runner->m_memories[(profile.id.isEmpty() ? profile.schemeId : profile.id) + "|proxy "_L1
                                            + server.origin().toString()];
        if (!memory)
            memory = std::make_shared<AuthMemory>();
        m_proxyMemory = memory;
        job.proxyMemory = memory.get();
        return {};
    }

    void letCarriageGo()
    {
        // It emits this; it goes when that is over.
        m_carriage->disconnect(this);
        m_carriage.release()->deleteLater();
    }

    // The proxy's own part. As part of a probe it must not be taken for the answer.
    void proxyDone(Exchange exchange, CarriageStage stage)
    {
        exchange.role = m_job.role == ExchangeRole::Probe ? ExchangeRole::Probe : ExchangeRole::Proxy;
        if (exchange.error && exchange.hasDecision(DecisionKind::Retried)) { // the request itself, on a tunnel that was closed
            exchange.role = m_current.role;
            exchange.decisions = m_current.decisions + exchange.decisions;
            exchange.cookies = m_current.cookies;
        }
        exchange.probeId = m_job.probeId;
        const bool isLast = stage == CarriageStage::Refused;
        if (isLast)
            letCarriageGo();
        m_trace.exchanges.append(exchange);
        Q_EMIT exchangeFinished(int(m_trace.exchanges.size()) - 1);
        if (m_done || !isLast)
            return;
        finish(exchange.error && exchange.error->code == ErrorCode::Cancelled ? exchange.error : std::nullopt);
    }

    void arrived(const Exchange &got)
    {
        Exchange exchange = got;
        exchange.role = m_current.role;
        exchange.label = m_current.label;
        exchange.probeId = m_current.probeId;
        exchange.derivation = m_current.derivation + got.derivation;
        exchange.decisions = m_current.decisions + got.decisions;
        // Without a connection nothing went out, the credential neither.
        if (exchange.rawRequest.isEmpty() && !exchange.hasResponse())
            exchange.decisions.removeIf([](const Decision &decision) { return decision.kind == DecisionKind::CredentialSent; });
        exchange.cookies = m_current.cookies;
        if (m_job.role != ExchangeRole::Probe)
            m_cookies.takeFrom(exchange);
        letCarriageGo();
        m_trace.exchanges.append(exchange);
        Q_EMIT exchangeFinished(int(m_trace.exchanges.size()) - 1);
        if (m_done)
            return;
        if (exchange.error && wantsHttp11(exchange)) {
            stepDownToHttp11(u"the server wants HTTP/1.1 for this (HTTP_1_1_REQUIRED), so it was sent again on HTTP/1.1"_s);
            if (m_sent.pinned) // to a connection that is not the one it now goes on
                startFlow();
            else
                carry(m_sent);
            return;
        }
        if (exchange.error) {
            // What went wrong on the wire is told by its exchange; a cancel is the user's.
            finish(exchange.error->code == ErrorCode::Cancelled ? exchange.error : std::nullopt);
            return;
        }
        // RFC 9110 section 10.1.1: a client that gets 417 repeats the request without the expectation.
        Exchange &answer = m_trace.exchanges.last();
        if (answer.response.status == 417 && m_request.headers.contains("Expect")) {
            answer.decisions.append({DecisionKind::Retried, u"sent once more without Expect: the server does not know it (417)"_s});
            if (answer.role == m_job.role)
                answer.role = ExchangeRole::Challenge;
            m_request.headers.remove("Expect");
            startFlow();
            return;
        }
        const Exchange last = answer;
        if (!carriedAgain(last))
            advance(&last);
    }

    // RFC 9113 section 7, HTTP_1_1_REQUIRED: servers that authenticate the connection (NTLM) answer so. Once in a run, and not
    // where the user insists on HTTP/2.
    [[nodiscard]] bool wantsHttp11(const Exchange &exchange) const
    {
        constexpr quint32 http11Required = 0xd;
        return !m_http11Only && exchange.http2 && exchange.http2->resetCode == http11Required && !exchange.hasResponse()
            && m_sent.request.version != HttpVersion::Http2PriorKnowledge;
    }

    void stepDownToHttp11(const QString &why)
    {
        m_http11Only = true;
        Exchange &before = m_trace.exchanges.last();
        before.decisions.append({DecisionKind::Retried, why});
        if (before.role == m_job.role && before.role != ExchangeRole::Probe)
            before.role = ExchangeRole::Challenge;
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
        takeOutOfQuery(decision.next.url, last);
        m_request = decision.next;
        startFlow();
    }

    // A Location often repeats the query. The credential that a profile put there is not the user's: it is made anew where it may go.
    void takeOutOfQuery(Url &next, Exchange &last) const
    {
        if (!m_job.credential || !next.query || !last.request.url.query)
            return;
        QList<QByteArray> added = last.request.url.query->split('&');
        for (const QByteArray &own : m_request.url.query.value_or(QByteArray()).split('&'))
            added.removeOne(own);
        QList<QByteArray> kept;
        QStringList names;
        for (const QByteArray &item : next.query->split('&')) {
            if (!item.isEmpty() && added.removeOne(item))
                names << QString::fromUtf8(item.left(item.indexOf('=')));
            else
                kept << item;
        }
        if (names.isEmpty())
            return;
        if (const QByteArray rest = kept.join('&'); rest.isEmpty())
            next.query.reset();
        else
            next.query = rest;
        last.decisions.append({DecisionKind::Note, u"the Location repeats the credential of the query (%1): it was taken out of it"_s.arg(names.join(", "_L1))});
    }

    void finish(const std::optional<Error> &error)
    {
        if (m_done)
            return;
        m_done = true;
        m_isBrowserOpen = false;
        m_redirect.reset();
        m_flow.reset(); // lets go of what it holds for others
        m_trace.error = error;
        if (m_memory && m_job.credential && !m_memory->renewedFields.isEmpty())
            Q_EMIT m_runner->fieldsRenewed(m_job.credential->profile.id, std::exchange(m_memory->renewedFields, {}));
        Q_EMIT finished(m_trace);
    }

    Runner *m_runner;
    RunJob m_job;
    RunCookies m_cookies;
    TransportOptions m_transport;
    Request m_request; // without the profile's credential
    Trace m_trace;
    Exchange m_current; // what is known of the running exchange beforehand
    SendStep m_sent;    // what the running exchange carries
    QList<Decision> m_pending;
    std::optional<RunCredential> m_certificate;
    AuthMemory m_noMemory;
    std::shared_ptr<AuthMemory> m_memory; // of the profile; before the flow that uses it
    std::shared_ptr<AuthMemory> m_proxyMemory;
    std::unique_ptr<AuthFlow> m_flow;
    std::unique_ptr<LoopbackRedirect> m_redirect;
    QUrl m_redirectUri;
    QString m_browserNote;
    QString m_userCode; // that the user was told of
    bool m_isBrowserOpen = false;
    std::unique_ptr<Carriage> m_carriage;
    QStringList m_told; // what the trace says already about routes and certificates
    Origin m_firstOrigin;
    QList<QByteArray> m_visited; // what redirects led to
    int m_steps = 0;
    int m_redirects = 0;
    std::vector<Along> m_along; // that went with the last request
    QString m_alongAgain;       // why one of them wants the request again
    bool m_isAlongAgain = false; // once for each flow
    bool m_http11Only = false; // a server has asked for it
    bool m_done = false;
};

const RunCredential *clientCertificateOf(const RunJob &job)
{
    const auto isCertificate = [](const RunCredential &credential) { return credential.profile.schemeId == clientCertificateScheme; };
    if (job.credential) {
        if (isCertificate(*job.credential))
            return &*job.credential;
        const auto found = std::ranges::find_if(job.credential->together, isCertificate);
        if (found != job.credential->together.end())
            return &*found;
    }
    return job.clientCertificate ? &*job.clientCertificate : nullptr;
}

Runner::Runner(Transport &transport, const Clock &clock, Random &random, QObject *parent)
    : QObject(parent), m_transport(transport), m_clock(clock), m_random(random)
{}

Runner::~Runner() = default;

Run *Runner::start(const RunJob &job) { return new RunImpl(*this, job); }

void Runner::forget(const QString &profileId)
{
    std::erase_if(m_memories, [&](const auto &entry) { return entry.first.startsWith(profileId + u'|'); });
}

std::shared_ptr<const AuthMemory> Runner::memoryOf(const QString &profileId) const
{
    const auto it = m_memories.find(profileId + u'|');
    return it == m_memories.end() ? nullptr : it->second;
}

} // namespace realmscope
