// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/session/RequestSession.h"

#include "app/auth/SchemeRegistry.h"
#include "app/diagnosis/Report.h"
#include "app/diagnosis/SentCredentials.h"
#include "app/diagnosis/StoredDiagnosis.h"
#include "app/runner/Aside.h"
#include "app/runner/Carriage.h"
#include "app/runner/CredentialResolver.h"
#include "app/workspace/HttpFile.h"
#include "app/workspace/MaskedSpec.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QTimer>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr int AutomaticProbes = 3;

// A finished run or investigation is the sender of the signal that is being handled: it may not die inside of it.
template <typename T>
void retire(std::unique_ptr<T> &object, QObject *receiver)
{
    if (!object)
        return;
    object->disconnect(receiver);
    object.release()->deleteLater();
}

} // namespace

RequestSession::RequestSession(AppContext &context, QObject *parent) : QObject(parent), m_context(context)
{
    readFileFacts(); // of the root, while there is no file
    if (m_context.profiles)
        connect(m_context.profiles.get(), &ProfileStore::changed, this, &RequestSession::specChanged);
    connect(m_context.responses.get(), &NamedResponses::changed, this, &RequestSession::specChanged);
    if (m_context.workspace) {
        connect(m_context.workspace.get(), &Workspace::changed, this, [this] {
            readFileFacts();
            Q_EMIT specChanged();
        });
        connect(m_context.workspace.get(), &Workspace::changedOutside, this, &RequestSession::syncWithFile);
    }
}

RequestSession::~RequestSession()
{
    if (m_run)
        m_run->disconnect(this);
    if (m_investigation)
        m_investigation->disconnect(this);
    if (m_context.vault)
        m_context.vault->giveUpWaitingFor(this);
}

void RequestSession::setSpec(const RequestSpec &spec)
{
    if (spec == m_spec)
        return;
    m_spec = spec;
    Q_EMIT specChanged();
}

void RequestSession::setEnvironment(const QString &name)
{
    if (name == m_environment)
        return;
    m_environment = name;
    Q_EMIT specChanged();
}

std::shared_ptr<CookieJar> RequestSession::cookieJar() const
{
    return m_context.cookies ? m_context.cookies->jar(m_context.workspace->root(), m_environment) : nullptr;
}

bool RequestSession::keepsSessionCookies() const
{
    return m_context.cookies && m_context.cookies->keepsSessionCookies(m_context.workspace->root(), m_environment);
}

void RequestSession::setKeepsSessionCookies(bool keeps)
{
    if (!m_context.cookies)
        return;
    m_context.cookies->setKeepsSessionCookies(m_context.workspace->root(), m_environment, keeps);
    saveCookies();
}

void RequestSession::cookiesEdited()
{
    saveCookies();
    Q_EMIT cookiesChanged();
}

void RequestSession::saveCookies()
{
    if (!m_context.cookies)
        return;
    if (const std::optional<Error> problem = m_context.cookies->takeProblem())
        Q_EMIT cookiesFailed(*problem);
    if (const Result<void> saved = m_context.cookies->save(); !saved)
        Q_EMIT cookiesFailed(saved.error());
}

Variables RequestSession::variables() const
{
    Variables variables =
        m_context.workspace ? m_context.workspace->environments().variables(m_environment) : Variables();
    addVariables(variables, m_levels);
    const QString file = m_filePath.section(u'/', -1);
    for (auto it = m_fileVariables.cbegin(); it != m_fileVariables.cend(); ++it)
        variables.set(it.key(), it.value(), VariableScope::File, file);
    for (auto it = m_requestVariables.cbegin(); it != m_requestVariables.cend(); ++it)
        variables.set(it.key(), it.value(), VariableScope::Request, file);
    variables.setResponses(m_context.responses);
    if (m_context.workspace)
        variables.setFolders(QFileInfo(QDir(m_context.workspace->root()).filePath(m_filePath)).path(), m_context.workspace->root());
    return variables;
}

std::optional<UnresolvedUse> RequestSession::unresolved() const
{
    using Part = UnresolvedUse::Part;
    const Variables values = variables();
    const auto in = [&](Part part, qsizetype index, const QString &text) -> std::optional<UnresolvedUse> {
        for (const VariableUse &use : values.uses(text)) {
            if (!use.resolved)
                return UnresolvedUse{part, index, {}, use};
        }
        return std::nullopt;
    };
    if (auto found = in(Part::Method, 0, m_spec.method))
        return found;
    if (auto found = in(Part::Url, 0, m_spec.url))
        return found;
    for (const SpecHeader &header : effectiveSpec().headers) {
        if (header.from.isEmpty())
            continue;
        if (auto found = in(Part::Inherited, 0, header.value)) {
            for (const FolderLevel &level : m_levels) {
                if (level.label() == header.from)
                    found->folder = level.folder;
            }
            return found;
        }
    }
    for (qsizetype i = 0; i < m_spec.headers.size(); ++i) {
        const SpecHeader &header = m_spec.headers.at(i);
        if (!header.enabled)
            continue;
        if (auto found = in(Part::HeaderName, i, header.name))
            return found;
        if (auto found = in(Part::HeaderValue, i, header.value))
            return found;
    }
    const SpecBody &body = m_spec.body;
    if (body.kind == BodyKind::Text && body.bytes.isEmpty() && body.pieces.isEmpty()) {
        if (auto found = in(Part::Body, 0, body.text))
            return found;
    }
    for (qsizetype i = 0; body.kind == BodyKind::Form && i < body.form.size(); ++i) {
        if (!body.form.at(i).enabled)
            continue;
        if (auto found = in(Part::FormName, i, body.form.at(i).name))
            return found;
        if (auto found = in(Part::FormValue, i, body.form.at(i).value))
            return found;
    }
    if (body.kind == BodyKind::File) {
        if (auto found = in(Part::BodyFile, 0, body.filePath))
            return found;
    }
    return in(Part::Settings, 0, m_spec.settings.proxy);
}

Result<Request> RequestSession::preview() const
{
    if (m_levelsProblem)
        return *m_levelsProblem;
    return prepareRequest(effectiveSpec(), variables(), *m_context.clock, *m_context.random);
}

std::optional<Url> RequestSession::url() const
{
    const Result<QString> text = variables().resolve(m_spec.url, *m_context.clock, *m_context.random);
    if (!text)
        return std::nullopt;
    const Result<Url> url = Url::parse(*text);
    return url ? std::optional(*url) : std::nullopt;
}

std::optional<Origin> RequestSession::origin() const
{
    const std::optional<Url> target = url();
    return target ? std::optional(target->origin()) : std::nullopt;
}

std::optional<ProxyServer> RequestSession::proxy() const
{
    const std::optional<Url> target = url();
    const Result<QString> setting = variables().resolve(m_spec.settings.proxy, *m_context.clock, *m_context.random);
    if (!target || !setting)
        return std::nullopt;
    const Result<ProxyChoice> choice = chooseProxy(*target, *setting, m_spec.settings.noProxy, m_context.proxyEnvironment);
    return choice ? choice->server : std::nullopt;
}

const CredentialProfile *RequestSession::profile() const
{
    const FolderLevel *level = profileLevel(m_spec, m_levels);
    const QString name = level ? level->settings.profileName : m_spec.profileName;
    if (name.isEmpty() || name == noProfile || !m_context.profiles)
        return nullptr;
    return m_context.profiles->findByName(name);
}

void RequestSession::setFile(const QString &path, qsizetype index)
{
    m_filePath = path;
    m_fileIndex = index;
    m_savedSpec = m_spec;
    readFileFacts();
    setFileState({});
    Q_EMIT fileChanged();
    Q_EMIT specChanged();
}

void RequestSession::readFileFacts()
{
    m_fileVariables.clear();
    m_requestVariables.clear();
    m_fileNotes.clear();
    m_levels.clear();
    m_levelsProblem.reset();
    if (m_context.workspace) {
        const Result<QList<FolderLevel>> levels = m_context.workspace->levelsOf(m_filePath);
        if (levels)
            m_levels = *levels;
        else
            m_levelsProblem = levels.error();
    }
    if (m_filePath.isEmpty() || !m_context.workspace)
        return;
    QFile file(QDir(m_context.workspace->root()).filePath(m_filePath));
    if (!file.open(QIODevice::ReadOnly))
        return;
    const Result<HttpFile> parsed = HttpFile::parse(file.readAll());
    if (!parsed)
        return;
    m_fileVariables = parsed->fileVariables();
    if (m_fileIndex < parsed->requestCount()) {
        m_requestVariables = parsed->requestVariables(m_fileIndex);
        m_fileNotes = parsed->notes(m_fileIndex);
    }
}

// A file may say the same in other words (the type of a body is a header there): what it says is what is edited on.
void RequestSession::takeSaved()
{
    if (const Result<RequestSpec> read = m_context.workspace->load(m_filePath, m_fileIndex)) {
        const QString name = m_spec.name;
        m_spec = *read;
        if (m_spec.name.isEmpty())
            m_spec.name = name;
    }
    m_savedSpec = m_spec;
    readFileFacts();
    Q_EMIT specChanged();
}

void RequestSession::setFileState(const FileState &state)
{
    if (m_fileState.kind == FileState::Kind::Same && state.kind == FileState::Kind::Same)
        return;
    m_fileState = state;
    Q_EMIT fileStateChanged();
    Q_EMIT fileChanged();
}

void RequestSession::syncWithFile()
{
    using Kind = FileState::Kind;
    if (m_filePath.isEmpty() || !m_context.workspace)
        return;
    const Result<qsizetype> place = m_context.workspace->find(m_filePath, m_fileIndex, m_savedSpec);
    if (!place) {
        const bool isGone = !QFile::exists(QDir(m_context.workspace->root()).filePath(m_filePath));
        setFileState({isGone ? Kind::Removed : Kind::Unreadable, {}, {}, place.error().message});
        return;
    }
    if (*place < 0) {
        setFileState({Kind::Removed, {}, {}, {}});
        return;
    }
    const Result<RequestSpec> theirs = m_context.workspace->load(m_filePath, *place);
    if (!theirs) {
        setFileState({Kind::Unreadable, {}, {}, theirs.error().message});
        return;
    }
    const bool wasAway = m_fileState.kind == Kind::Removed || m_fileState.kind == Kind::Unreadable;
    const bool hasMoved = *place != std::exchange(m_fileIndex, *place);
    if (hasMoved)
        readFileFacts();
    if (*theirs == m_savedSpec) {
        if (wasAway)
            setFileState({});
        if (hasMoved)
            Q_EMIT fileChanged();
        return;
    }
    const MergedSpec merged = mergeSpecs(m_savedSpec, m_spec, *theirs);
    const bool wasEdited = m_spec != m_savedSpec;
    FileState state;
    state.taken = merged.taken;
    state.conflicts = merged.conflicts;
    state.kind = !wasEdited ? Kind::Taken : merged.conflicts.isEmpty() ? Kind::Merged : Kind::Conflict;
    m_savedSpec = *theirs;
    m_spec = wasEdited ? merged.mine : *theirs;
    m_withTheirs = merged.theirs;
    readFileFacts();
    m_fileState = {};
    setFileState(state);
    Q_EMIT specChanged();
}

void RequestSession::keepMine()
{
    setFileState({});
}

void RequestSession::takeTheirs()
{
    if (m_fileState.kind != FileState::Kind::Conflict)
        return;
    // What was edited since stays, but in the fields in question.
    const RequestSpec chosen = m_withTheirs;
    setFileState({});
    setSpec(chosen);
}

void RequestSession::forgetFileState()
{
    if (m_fileState.kind == FileState::Kind::Taken || m_fileState.kind == FileState::Kind::Merged)
        setFileState({});
}

bool RequestSession::isModified() const
{
    if (m_fileState.kind == FileState::Kind::Removed)
        return true; // it is nowhere but here
    return m_spec != m_savedSpec;
}

Result<void> RequestSession::save()
{
    if (!m_context.workspace)
        return Error{ErrorCode::FileUnwritable, tr("no workspace is open"), {}, tr("Open a folder first")};
    if (m_filePath.isEmpty()) {
        RequestSpec spec = m_spec;
        if (spec.name.trimmed().isEmpty())
            spec.name = spec.url.isEmpty() ? tr("New request") : spec.method + u' ' + spec.url;
        const Result<QString> path = m_context.workspace->create({}, spec);
        if (!path)
            return path.error();
        m_spec = spec;
        setFile(*path, 0);
        takeSaved();
        Q_EMIT specChanged();
        return {};
    }
    // What another program wrote meanwhile is not written over unseen.
    syncWithFile();
    if (m_fileState.kind == FileState::Kind::Conflict)
        return Error{ErrorCode::FileUnwritable, tr("%1 was changed by another program, too, and is not saved yet").arg(m_filePath), {},
                     tr("Choose above which of the changes to keep, then save again")};
    if (m_fileState.kind == FileState::Kind::Unreadable)
        return Error{ErrorCode::FileUnwritable, tr("%1 is not saved: it can't be read any more").arg(m_filePath), m_fileState.problem,
                     tr("Correct the file outside, or save the request under another name")};
    if (m_fileState.kind == FileState::Kind::Removed) {
        const Result<qsizetype> index = m_context.workspace->restore(m_filePath, m_spec);
        if (!index)
            return index.error();
        m_fileIndex = *index;
        takeSaved();
        setFileState({});
        return {};
    }
    const Result<void> saved = m_context.workspace->save(m_filePath, m_fileIndex, m_spec);
    if (!saved)
        return saved;
    takeSaved();
    Q_EMIT fileChanged();
    Q_EMIT specChanged();
    return {};
}

const Trace &RequestSession::trace() const
{
    if (m_state == State::Sending)
        return m_liveTrace;
    static const Trace none;
    if (m_restored)
        return m_restored->trace;
    return m_investigation ? m_investigation->trace() : none;
}

const Diagnosis &RequestSession::diagnosis() const
{
    if (m_state == State::Idle && m_restored)
        return m_restored->diagnosis;
    if (m_state == State::Idle && m_investigation && !m_investigation->diagnosis().checklist.isEmpty())
        return m_investigation->diagnosis();
    return m_firstDiagnosis;
}

void RequestSession::setCurrentExchange(int index)
{
    if (index < -1 || index >= trace().exchanges.size() || index == m_currentExchange)
        return;
    m_currentExchange = index;
    Q_EMIT currentExchangeChanged();
}

void RequestSession::setState(State state)
{
    m_state = state;
    m_phase = TransportPhase::Idle;
    m_phaseStartedMs = m_context.clock->nowMs();
    if (state == State::Idle)
        m_runningMethod.clear();
    Q_EMIT stateChanged();
}

void RequestSession::send()
{
    if (m_state == State::Sending)
        return;
    if (m_probing)
        cancel();
    const quint64 generation = ++m_generation;
    m_sendError.reset();

    if (const QString place = placeOfMask(m_spec); !place.isEmpty()) {
        fail({ErrorCode::InvalidInput, tr("nothing was sent: there is a mask in place of a secret in %1").arg(place), {},
              tr("Type the secret again, or choose a credential profile")});
        return;
    }
    const Result<Request> request = preview();
    if (!request) {
        fail(request.error());
        return;
    }
    const CredentialProfile *chosen = profile();
    const QString named = profileName();
    if (!named.isEmpty() && !chosen) {
        fail({ErrorCode::SecretNotFound, tr("there is no credential profile “%1”").arg(named), {},
              tr("Choose another profile, or create this one")});
        return;
    }
    if (chosen && chosen->schemeId != "none"_L1 && !chosen->allows(request->url.origin())) {
        fail(originNotAllowed(*chosen, request->url.origin()));
        return;
    }

    m_liveTrace = {};
    m_runningMethod = m_spec.method;
    setState(State::Sending);
    if (!chosen) {
        resolveProxy(std::nullopt);
        return;
    }
    resolveCredential(*chosen, [this](const QString &id) { return m_context.profiles->findById(id); }, m_context.stores(), this,
                      [this, generation](const Result<RunCredential> &credential) {
        if (generation != m_generation)
            return; // cancelled meanwhile
        if (!credential) {
            fail(credential.error());
            return;
        }
        learn(*credential);
        resolveProxy(*credential);
    });
}

void RequestSession::resolveProxy(const std::optional<RunCredential> &credential)
{
    const QString name = m_spec.settings.proxyProfile;
    if (name.isEmpty()) {
        startRun(credential, std::nullopt);
        return;
    }
    const CredentialProfile *chosen = m_context.profiles->findByName(name);
    if (!chosen) {
        fail({ErrorCode::SecretNotFound, tr("there is no credential profile “%1” for the proxy").arg(name), {},
              tr("Choose another profile in the settings of this request, or create this one")});
        return;
    }
    resolveProfile(*chosen, m_context.stores(), this,
                   [this, generation = m_generation, credential, copy = *chosen](const Result<FieldValues> &values) {
        if (generation != m_generation)
            return; // cancelled meanwhile
        if (!values) {
            fail(values.error());
            return;
        }
        const RunCredential proxyCredential{copy, *values};
        learn(proxyCredential);
        startRun(credential, proxyCredential);
    });
}

void RequestSession::learn(const RunCredential &credential)
{
    for (const Secret &secret : credential.values.secrets())
        m_redactor.addSecret(secret);
    const QString user = credential.values.text(u"username"_s);
    const Secret password = credential.values.secret(u"password"_s);
    if (!user.isEmpty() && !password.isEmpty())
        m_redactor.addBasicPair(user, password);
    if (const AuthScheme *scheme = findScheme(credential.profile.schemeId)) {
        for (const QByteArray &name : scheme->credentialHeaders(credential.values))
            m_redactor.addCredentialName(name);
    }
    for (const RunCredential &along : credential.together)
        learn(along);
}

void RequestSession::startRun(const std::optional<RunCredential> &credential,
                              const std::optional<RunCredential> &proxyCredential)
{
    m_job = {};
    m_job.spec = effectiveSpec();
    m_job.variables = variables();
    for (const QString &text : templatesOf(m_job.spec)) {
        for (const QString &secret : m_job.variables.secrets(text))
            m_redactor.addSecret(Secret::fromString(secret));
    }
    m_job.credential = credential;
    m_job.cookies = cookieJar();
    m_job.proxyCredential = proxyCredential;
    // The practice range is this program itself, which no proxy would reach.
    const Result<Request> request = preview();
    const bool isPractice = request && m_context.practice && m_context.practice->isRunning()
        && std::ranges::any_of(m_context.practice->addresses(), [&](const QString &address) {
               const Result<Url> url = Url::parse(address);
               return url && url->origin() == request->url.origin();
           });
    if (!isPractice)
        m_job.proxyEnvironment = m_context.proxyEnvironment;

    m_run.reset(m_context.runner->start(m_job));
    connect(m_context.runner.get(), &Runner::browserWanted, m_run.get(), [this](Run *run, const BrowserTask &task) {
        if (run != m_run.get())
            return;
        m_browserTask = task;
        openBrowser();
    });
    connect(m_run.get(), &Run::exchangeStarted, this, [this](const QString &method) {
        m_runningMethod = method;
        m_phase = TransportPhase::Idle;
        m_phaseStartedMs = m_context.clock->nowMs();
        Q_EMIT stateChanged();
    });
    connect(m_run.get(), &Run::phaseChanged, this, [this](TransportPhase phase) {
        m_phase = phase;
        m_phaseStartedMs = m_context.clock->nowMs();
        Q_EMIT stateChanged();
    });
    connect(m_run.get(), &Run::exchangeFinished, this, [this] {
        if (m_browserTask && m_browserTask->userCode.isEmpty())
            endBrowserTask();
        m_liveTrace = m_run->trace();
        Q_EMIT resultChanged();
    });
    connect(m_run.get(), &Run::finished, this, &RequestSession::runFinished);
}

void RequestSession::openBrowser()
{
    if (!m_browserTask)
        return;
    m_hasBrowser = m_context.openUrl && m_context.openUrl(m_browserTask->url);
    Q_EMIT browserTaskChanged();
}

void RequestSession::pasteBrowserUrl(const QString &url)
{
    if (m_run)
        m_run->pasteBrowserUrl(url);
    endBrowserTask();
}

void RequestSession::endBrowserTask()
{
    if (!m_browserTask)
        return;
    m_browserTask.reset();
    Q_EMIT browserTaskChanged();
}

void RequestSession::runFinished(const Trace &trace)
{
    endBrowserTask();
    const Trace copy = trace; // the run goes away
    retire(m_run, this);
    cookiesEdited();
    if (copy.exchanges.isEmpty()) {
        // Nothing went out: the last result stays, and the reason is told beside it.
        fail(copy.error.value_or(Error{ErrorCode::Cancelled, tr("nothing was sent"), {}, {}}));
        return;
    }
    m_redactor.learnFrom(copy);
    if (const Exchange *final = copy.final(); final && !copy.error)
        m_context.responses->keep(m_job.spec.name, *final);
    if (m_restored) {
        m_previous = std::exchange(m_restored, std::nullopt);
    } else if (m_investigation && m_current) {
        m_previous = m_current;
        m_previous->trace = m_investigation->trace();
        m_previous->diagnosis = diagnosis().checklist.isEmpty() ? m_firstDiagnosis : m_investigation->diagnosis();
    }
    Attempt attempt;
    attempt.spec = m_job.spec;
    attempt.sentAtMs = copy.exchanges.first().startedAtMs;
    m_current = attempt;
    m_historyId = makeHistoryId(attempt.sentAtMs, *m_context.random);
    m_sentValues = m_job.credential ? m_job.credential->values : FieldValues();
    m_currentIsAfterFix = std::exchange(m_nextIsAfterFix, false);
    investigate(copy);
}

void RequestSession::investigate(const Trace &trace)
{
    const DiagnosisContext context = contextOf(m_job, m_context.clock->nowMs());
    m_firstDiagnosis = diagnose(trace, context);

    InvestigationOptions options;
    options.maxProbes = AutomaticProbes;
    options.probes = m_automaticProbes && m_firstDiagnosis.outcome.isRefusal();
    retire(m_investigation, this);
    m_investigation = std::make_unique<Investigation>(*m_context.runner, m_job, context, options);
    connect(m_investigation.get(), &Investigation::changed, this, [this] {
        m_redactor.learnFrom(m_investigation->trace());
        Q_EMIT resultChanged();
    });
    connect(m_investigation.get(), &Investigation::finished, this, [this] {
        m_probing = false;
        keepInHistory(); // with the probes
        Q_EMIT stateChanged();
        Q_EMIT resultChanged();
    });
    m_probing = true;
    m_investigation->startFrom(trace);
    if (m_probing)
        keepInHistory(); // probes may take long, or never end
    if (!m_logPaths.isEmpty())
        QTimer::singleShot(logSettleMs, this, &RequestSession::readLogs);

    m_currentExchange = trace.finalIndex();
    if (m_currentExchange < 0)
        m_currentExchange = static_cast<int>(trace.exchanges.size()) - 1;
    setState(State::Idle);
    Q_EMIT resultChanged();
    Q_EMIT currentExchangeChanged();
}

void RequestSession::addLog(const QString &path)
{
    if (m_logPaths.contains(path))
        return;
    m_logPaths.append(path);
    readLogs();
}

void RequestSession::removeLog(const QString &path)
{
    if (m_logPaths.removeAll(path) > 0)
        readLogs();
}

void RequestSession::readLogs()
{
    struct Reading
    {
        QStringList paths;
        QStringList unread;
        QList<ServerLog> logs;
        std::optional<Error> error;
    };
    const auto reading = std::make_shared<Reading>();
    reading->paths = m_logPaths;
    const auto work = [reading] {
        for (const QString &path : std::as_const(reading->paths)) {
            const Result<ServerLog> log = openServerLog(path);
            if (log) {
                reading->logs.append(*log);
            } else {
                reading->unread.append(path);
                reading->error = log.error();
            }
        }
    };
    runAside(work, this, [this, reading, number = ++m_logReading] {
        if (number != m_logReading)
            return;
        if (reading->error) {
            m_logPaths.removeIf([&](const QString &path) { return reading->unread.contains(path); });
        }
        if (m_investigation)
            m_investigation->setLogs(reading->logs);
        if (reading->error)
            Q_EMIT logFailed(*reading->error); // last: a new result takes the words away
    });
}

void RequestSession::fail(const Error &error)
{
    m_nextIsAfterFix = false;
    m_sendError = error;
    m_liveTrace = {};
    setState(State::Idle);
    Q_EMIT resultChanged();
}

void RequestSession::cancel()
{
    if (m_state == State::Sending) {
        if (m_run) {
            m_run->cancel(); // ends with finished(), what was received is kept
            return;
        }
        ++m_generation; // the keychain's answer comes too late then
        if (m_context.vault)
            m_context.vault->giveUpWaitingFor(this);
        fail({ErrorCode::Cancelled, tr("cancelled before anything was sent"), {}, {}});
        return;
    }
    if (m_probing && m_investigation) {
        m_investigation->cancel();
        m_probing = false;
        Q_EMIT stateChanged();
    }
}

void RequestSession::restore(const HistoryRecord &record)
{
    if (m_state == State::Sending)
        return;
    if (m_context.workspace && m_context.workspace->environments().named.contains(record.entry.environment))
        m_environment = record.entry.environment;
    m_spec = record.spec;
    m_leftOut = record.leftOut;
    Attempt attempt;
    attempt.spec = record.spec;
    attempt.trace = record.trace;
    attempt.diagnosis = restoreDiagnosis(record.diagnosis, record.trace);
    attempt.sentAtMs = record.entry.sentAtMs;
    m_restored = attempt;
    m_current = attempt;
    m_previous.reset();
    m_sendError.reset();
    m_sentValues = {};
    m_currentIsAfterFix = false;
    m_currentExchange = record.trace.finalIndex();
    if (m_currentExchange < 0)
        m_currentExchange = static_cast<int>(record.trace.exchanges.size()) - 1;
    Q_EMIT specChanged();
    Q_EMIT stateChanged();
    Q_EMIT resultChanged();
    Q_EMIT currentExchangeChanged();
}

// Everything passes the redactor here: what is handed over is what will be on the disk.
void RequestSession::keepInHistory()
{
    if (!m_context.history || !m_context.history->isKeeping() || !m_investigation || !m_current)
        return;
    const Trace &whole = m_investigation->trace();
    const Diagnosis &known = m_investigation->diagnosis().checklist.isEmpty() ? m_firstDiagnosis : m_investigation->diagnosis();
    Redactor redactor = m_redactor;
    const QMap<QString, QString> values = m_job.variables.values();
    for (auto it = values.cbegin(); it != values.cend(); ++it) {
        if (Redactor::isCredentialHeader(it.key().toUtf8()))
            redactor.addSecret(Secret::fromString(it.value()));
    }
    learnCredentialNames(whole, redactor);
    redactor.learnFrom(whole);
    const RedactedTrace masked = redactTrace(whole, redactor, m_context.history->limits().bodyBytes);

    HistoryRecord record;
    record.trace = masked.trace;
    record.diagnosis = storeDiagnosis(known, masked, redactor);
    record.spec = maskedSpec(m_current->spec, redactor, &record.leftOut);
    for (SpecHeader &header : record.spec.headers) // a tab out of the history is in no folder to inherit from
        header.from.clear();
    HistoryEntry &entry = record.entry;
    entry.id = m_historyId;
    entry.sentAtMs = m_current->sentAtMs;
    entry.exchanges = static_cast<int>(whole.exchanges.size());
    if (const Exchange *last = whole.final()) {
        entry.status = last->response.status;
        entry.totalUs = (last->startedAtMs - m_current->sentAtMs) * 1000 + static_cast<qint64>(std::max(0.0, last->timings.total) * 1000);
    }
    entry.method = m_current->spec.method;
    entry.url = QString::fromUtf8(redactor.url(m_job.variables.preview(m_current->spec.url).toUtf8()));
    entry.name = redactor.text(m_current->spec.name);
    entry.profile = m_current->spec.profileName == "-"_L1 ? QString() : m_current->spec.profileName; // "-": none
    entry.environment = m_environment;
    entry.outcome = outcomeKindId(known.outcome.kind);
    if (const Finding *first = known.primary()) {
        entry.cause = first->cause;
        entry.verdict = verdictId(first->verdict);
        entry.title = redactor.text(first->title);
    }
    m_context.history->keep(record);
}

QList<ProbePlan> RequestSession::openProbes() const
{
    return hasResult() && m_investigation && !m_restored ? m_investigation->openProbes() : QList<ProbePlan>();
}

void RequestSession::runProbe(const QString &id)
{
    if (!hasResult() || !m_investigation || m_restored || m_probing)
        return;
    m_probing = true;
    m_investigation->runProbe(id);
    Q_EMIT stateChanged();
}

void RequestSession::applyFix(const Fix &fix, bool resend)
{
    std::optional<CredentialProfile> before;
    if (const CredentialProfile *chosen = profile())
        before = *chosen;
    const Result<FixResult> result = realmscope::applyFix(fix, m_spec, before);
    if (!result) {
        Q_EMIT fixFailed(result.error());
        return;
    }
    if (result->needsUser) {
        m_nextIsAfterFix = resend; // the next Send is the one that the fix is for
        setSpec(result->spec);
        Q_EMIT credentialNeeded(profileName(), result->focusField);
        return;
    }
    if (!result->profile || result->newSecrets.isEmpty()) {
        finishFix(fix, *result, result->profile, resend);
        return;
    }
    storeProfileSecrets(*result->profile, result->newSecrets, m_context.stores(), this,
                        [this, fix, change = *result, resend](const Result<CredentialProfile> &stored) {
        if (!stored) {
            Q_EMIT fixFailed(stored.error());
            return;
        }
        finishFix(fix, change, *stored, resend);
    });
}

void RequestSession::finishFix(const Fix &fix, const FixResult &result,
                               const std::optional<CredentialProfile> &profile, bool resend)
{
    if (profile) {
        Result<void> kept = m_context.profiles->put(*profile);
        if (kept)
            kept = m_context.profiles->save();
        if (!kept) {
            Q_EMIT fixFailed(kept.error());
            return;
        }
        m_context.runner->forget(profile->id); // nonces and tokens belong to the credential as it was
    }
    setSpec(result.spec);
    Q_EMIT fixApplied(fix);
    if (resend) {
        m_nextIsAfterFix = true;
        send();
    }
}

void RequestSession::allowOrigin(bool resend)
{
    const CredentialProfile *chosen = profile();
    const std::optional<Origin> target = origin();
    if (!chosen || !target) {
        Q_EMIT fixFailed({ErrorCode::InvalidInput, tr("there is no profile or no usable URL"), {}, {}});
        return;
    }
    CredentialProfile changed = *chosen;
    if (!changed.allows(*target))
        changed.origins.append(target->toString());
    Result<void> kept = m_context.profiles->put(changed);
    if (kept)
        kept = m_context.profiles->save();
    if (!kept) {
        Q_EMIT fixFailed(kept.error());
        return;
    }
    m_sendError.reset();
    Q_EMIT stateChanged();
    if (resend)
        send();
}

void RequestSession::showEvidence(const Evidence &evidence)
{
    if (evidence.exchange >= 0)
        setCurrentExchange(evidence.exchange);
    Q_EMIT evidenceRequested(evidence);
}

QString RequestSession::reportMarkdown() const
{
    return realmscope::reportMarkdown(trace(), diagnosis(), m_redactor);
}

Result<void> RequestSession::saveReport(const QString &path) const
{
    return realmscope::saveReport(path, trace(), diagnosis(), m_redactor);
}

} // namespace realmscope
