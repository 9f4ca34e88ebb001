// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/credentials/Redactor.h"
#include "app/diagnosis/ApplyFix.h"
#include "app/diagnosis/Diagnoser.h"
#include "app/workspace/HttpFile.h"
#include "app/workspace/SpecMerge.h"
#include "ui/session/AppContext.h"

#include <QtCore/QObject>

#include <optional>

namespace realmscope {

// One attempt that was sent, with what it was made of; kept for before/after comparison.
struct Attempt
{
    RequestSpec spec;
    Trace trace;
    Diagnosis diagnosis;
    qint64 sentAtMs = 0;
};

// Where in a request a variable stands that has no value.
struct UnresolvedUse
{
    enum class Part { Method, Url, Inherited, HeaderName, HeaderValue, Body, FormName, FormValue, BodyFile, Settings };
    Part part = Part::Url;
    qsizetype index = 0; // of the header or field
    QString folder;      // Inherited: whose header it is
    VariableUse use;
};

// How the tab stands to its file, after another program wrote it.
struct FileState
{
    enum class Kind {
        Same,
        Taken,    // nothing was edited here: the tab has the new text
        Merged,   // edits of both sides, in different fields
        Conflict, // both changed a field; mine is shown until it is settled
        Removed,  // the file, or the request in it, is gone; the tab keeps its text
        Unreadable,
    };
    Kind kind = Kind::Same;
    QStringList taken;               // fields that came from the file
    QList<MergeConflict> conflicts;
    QString problem;                 // Unreadable: why
};

// The state of one request tab, without widgets: what the user wrote, what was sent, what is known about the outcome.
// Widgets show it and change it only through its functions.
class RequestSession : public QObject
{
    Q_OBJECT
public:
    enum class State { Idle, Sending };

    explicit RequestSession(AppContext &context, QObject *parent = nullptr);
    ~RequestSession() override;

    [[nodiscard]] AppContext &context() const { return m_context; }

    [[nodiscard]] const RequestSpec &spec() const { return m_spec; }
    void setSpec(const RequestSpec &spec); // emits specChanged() when different
    [[nodiscard]] QString environment() const { return m_environment; }
    void setEnvironment(const QString &name);
    [[nodiscard]] Variables variables() const;
    // What the request's file asks for and is not carried out.
    [[nodiscard]] const QList<HttpFileNote> &fileNotes() const { return m_fileNotes; }
    // The first use of a variable without a value; nullopt: there is none.
    [[nodiscard]] std::optional<UnresolvedUse> unresolved() const;
    // The jar of the workspace and this environment; null where none is kept.
    [[nodiscard]] std::shared_ptr<CookieJar> cookieJar() const;
    void cookiesEdited(); // after a change to the jar by hand: saves it and tells
    [[nodiscard]] bool keepsSessionCookies() const; // beyond the end of the program
    void setKeepsSessionCookies(bool keeps);
    // The request as it would go out, credential not included; or why it can't be sent.
    [[nodiscard]] Result<Request> preview() const;
    [[nodiscard]] const CredentialProfile *profile() const; // chosen by the spec or inherited, or null
    [[nodiscard]] QString profileName() const { return effectiveSpec().profileName; } // its own or inherited
    [[nodiscard]] const FolderLevel *inheritedProfile() const { return profileLevel(m_spec, m_levels); } // null: its own, or none
    // spec() with what it inherits from the folders above its file: what is sent.
    [[nodiscard]] RequestSpec effectiveSpec() const { return withInherited(m_spec, m_levels); }
    [[nodiscard]] const QList<FolderLevel> &levels() const { return m_levels; } // outermost first
    [[nodiscard]] const std::optional<Error> &levelsProblem() const { return m_levelsProblem; } // a folder.json that can't be read

    // Where the request is kept: empty path for one not saved yet.
    [[nodiscard]] QString filePath() const { return m_filePath; }
    [[nodiscard]] qsizetype fileIndex() const { return m_fileIndex; }
    void setFile(const QString &path, qsizetype index); // what is in spec() now counts as saved
    void takeSaved(); // goes on with what the file holds now
    [[nodiscard]] const FileState &fileState() const { return m_fileState; }
    void syncWithFile();     // takes in what another program wrote
    void keepMine();         // settles a conflict
    void takeTheirs();
    void forgetFileState();  // the note was read
    [[nodiscard]] bool isModified() const;
    [[nodiscard]] Result<void> save();

    [[nodiscard]] State state() const { return m_state; }
    [[nodiscard]] TransportPhase phase() const { return m_phase; }
    [[nodiscard]] qint64 phaseStartedMs() const { return m_phaseStartedMs; }
    [[nodiscard]] const std::optional<Error> &sendError() const { return m_sendError; } // why nothing was sent
    // Trace and diagnosis of the running or last Send, probes included.
    [[nodiscard]] const Trace &trace() const;
    [[nodiscard]] const Diagnosis &diagnosis() const;
    [[nodiscard]] bool hasResult() const { return (m_investigation || m_restored) && m_state == State::Idle; }
    [[nodiscard]] const Redactor &redactor() const { return m_redactor; }
    [[nodiscard]] const std::optional<Attempt> &previous() const { return m_previous; }
    [[nodiscard]] int currentExchange() const { return m_currentExchange; } // the one being inspected, -1 none
    void setCurrentExchange(int index);

    void send();   // does nothing while one is under way
    void cancel();
    [[nodiscard]] QList<ProbePlan> openProbes() const;
    void runProbe(const QString &id);
    // Applies the fix (profile and secrets are stored), then sends again when `resend`. Errors come by fixFailed().
    void applyFix(const Fix &fix, bool resend);
    // Logs of the server to look for the request in; read aside, and again after each Send. Errors by logFailed(), which
    // leaves the log out.
    void addLog(const QString &path);
    void removeLog(const QString &path);
    [[nodiscard]] const QStringList &logPaths() const { return m_logPaths; } // in the order of diagnosis().logs, once read
    // Asks the views to show the evidence: selects the exchange, Raw, the bytes.
    void showEvidence(const Evidence &evidence);
    [[nodiscard]] QString reportMarkdown() const;
    // The kind by the ending of the name: .md, .html, .json, .har; errors of realmscope::saveReport().
    [[nodiscard]] Result<void> saveReport(const QString &path) const;

    // Up to three safe probes run by themselves after a refusal, unless this is off.
    void setAutomaticProbes(bool on) { m_automaticProbes = on; }
    [[nodiscard]] bool automaticProbes() const { return m_automaticProbes; }
    [[nodiscard]] bool isProbing() const { return m_probing; } // State is Idle then; cancel() stops them
    [[nodiscard]] bool isFixedResult() const { return m_currentIsAfterFix; } // the result came from applyFix(…, true)
    // Shows a Send out of the history: its request, masked trace and diagnosis, until there is a new result. An environment
    // that the workspace has no longer is left as it is.
    void restore(const HistoryRecord &record);
    [[nodiscard]] bool isFromHistory() const { return m_restored.has_value() && m_state == State::Idle; }
    [[nodiscard]] const QStringList &leftOutSecrets() const { return m_leftOut; } // of the restored request: "header Authorization"
    // What is on the wire now, for the running chip; empty when nothing is.
    [[nodiscard]] QString runningMethod() const { return m_runningMethod; }
    // What the user has to do in a browser for the run to go on; nothing: no run waits for it.
    [[nodiscard]] const std::optional<BrowserTask> &browserTask() const { return m_browserTask; }
    [[nodiscard]] bool hasBrowser() const { return m_hasBrowser; } // one could be opened
    void openBrowser();
    void pasteBrowserUrl(const QString &url);
    // The request as it was when the shown result was sent.
    [[nodiscard]] const RequestSpec &sentSpec() const { return m_current ? m_current->spec : m_spec; }
    [[nodiscard]] qint64 sentAtMs() const { return m_current ? m_current->sentAtMs : 0; }
    // The password of the profile that was used for the shown result, for recomputing Digest; empty when none.
    [[nodiscard]] const FieldValues &sentValues() const { return m_sentValues; }
    // The origin that the request would go to; nullopt while its URL is no good.
    [[nodiscard]] std::optional<Origin> origin() const;
    // The proxy that the request would go through; none while its URL is no good.
    [[nodiscard]] std::optional<ProxyServer> proxy() const;
    // Adds this request's origin to its profile, stores it, and sends again when `resend`. Errors by fixFailed().
    void allowOrigin(bool resend);

Q_SIGNALS:
    void specChanged();
    void fileChanged();
    void fileStateChanged();
    void stateChanged();            // State, phase
    void resultChanged();           // trace or diagnosis grew or was replaced
    void currentExchangeChanged();
    void evidenceRequested(const realmscope::Evidence &evidence);
    void fixApplied(const realmscope::Fix &fix);
    void fixFailed(const realmscope::Error &error);
    void cookiesChanged(); // the jar holds something else
    void cookiesFailed(const realmscope::Error &error); // its file can't be read or written
    void browserTaskChanged();
    void logFailed(const realmscope::Error &error);
    void credentialNeeded(const QString &profileName, const QString &fieldId); // the user has to supply something

private:
    [[nodiscard]] std::optional<Url> url() const; // variables filled in; none while it is no good
    void resolveProxy(const std::optional<RunCredential> &credential);
    void startRun(const std::optional<RunCredential> &credential, const std::optional<RunCredential> &proxyCredential);
    void endBrowserTask();
    void runFinished(const Trace &trace);
    void investigate(const Trace &trace);
    void readLogs();
    void fail(const Error &error);
    void setState(State state);
    void learn(const RunCredential &credential);
    void setFileState(const FileState &state);
    void readFileFacts(); // variables and notes
    void saveCookies();
    void keepInHistory();
    void finishFix(const Fix &fix, const FixResult &result, const std::optional<CredentialProfile> &profile,
                   bool resend);

    AppContext &m_context;
    RequestSpec m_spec;
    RequestSpec m_savedSpec;
    QString m_environment;
    QString m_filePath;
    qsizetype m_fileIndex = 0;
    State m_state = State::Idle;
    TransportPhase m_phase = TransportPhase::Idle;
    qint64 m_phaseStartedMs = 0;
    std::optional<Error> m_sendError;
    std::unique_ptr<Investigation> m_investigation;
    std::unique_ptr<Run> m_run;
    Trace m_liveTrace; // while sending
    Redactor m_redactor;
    std::optional<Attempt> m_previous;
    std::optional<Attempt> m_current;
    std::optional<Attempt> m_restored; // is m_current as well
    QStringList m_leftOut;
    QString m_historyId;               // of the running or last Send
    int m_currentExchange = -1;
    QMap<QString, QString> m_fileVariables; // "@name = value" lines of the request's own file
    QMap<QString, QString> m_requestVariables; // those in its own part of it
    QList<HttpFileNote> m_fileNotes;
    FileState m_fileState;
    RequestSpec m_withTheirs; // of a conflict: merged, with theirs where both changed
    QList<FolderLevel> m_levels;
    std::optional<Error> m_levelsProblem;
    RunJob m_job;                // of the running or last Send
    Diagnosis m_firstDiagnosis;  // until the investigation has one
    FieldValues m_sentValues;
    QString m_runningMethod;
    QStringList m_logPaths;
    quint64 m_logReading = 0; // tells an older reading
    std::optional<BrowserTask> m_browserTask;
    bool m_hasBrowser = true;
    quint64 m_generation = 0;    // tells answers that belong to a cancelled Send
    bool m_automaticProbes = true;
    bool m_probing = false;
    bool m_nextIsAfterFix = false;
    bool m_currentIsAfterFix = false;
};

} // namespace realmscope
