// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/diagnosis/Diagnosis.h"
#include "app/diagnosis/ServerLog.h"
#include "app/runner/Runner.h"

#include <QtCore/QObject>

namespace realmscope {

// What the diagnosis may know besides the trace.
struct DiagnosisContext
{
    qint64 nowMs = 0;                 // local clock
    std::optional<CredentialProfile> profile; // used for the request; its secrets are not needed
    RequestSettings settings;
    std::optional<Recording> recording; // when another program made the trace
    QList<ServerLog> logs;              // of the server, to look for the request in
    [[nodiscard]] bool mayLackCredentials() const { return recording && recording->mayLackCredentials; }
};

// What is known of a run beforehand.
[[nodiscard]] DiagnosisContext contextOf(const RunJob &job, qint64 nowMs);

// Pure: the same trace gives the same diagnosis. Probe exchanges stand in the trace with role Probe and their id.
[[nodiscard]] Diagnosis diagnose(const Trace &trace, const DiagnosisContext &context);

struct ProbePlan
{
    QString id;       // "anonymous"
    QString title;    // "Send once without credentials"
    QString why;      // what it would tell apart
    QString request;  // "GET, 1 request, safe"
    RunJob job;
};

// The probes that would still tell something, best first. Safe methods, same origin, no wrong password twice; empty
// when the server shows signs of lockout or rate limits.
[[nodiscard]] QList<ProbePlan> planProbes(const Trace &trace, const Diagnosis &diagnosis, const RunJob &job,
                                          const DiagnosisContext &context);

struct InvestigationOptions
{
    bool probes = true;
    int maxProbes = 6;
    bool garbage = false; // probes that count as another attempt
    bool direct = false;  // the probe that goes around the proxy
};

// Runs a job, diagnoses it, runs probes within the budget while they would tell something, diagnoses again.
class Investigation : public QObject
{
    Q_OBJECT
public:
    Investigation(Runner &runner, RunJob job, DiagnosisContext context, InvestigationOptions options,
                  QObject *parent = nullptr);
    ~Investigation() override;

    void start();                    // runs the job first
    void startFrom(const Trace &trace); // the job was run already; only diagnosis and probes
    void runProbe(const QString &id); // one by hand, also beyond the automatic ones; after finished()
    void cancel();
    void setLogs(const QList<ServerLog> &logs); // the diagnosis is made again with them; changed()

    [[nodiscard]] const Trace &trace() const { return m_trace; }
    [[nodiscard]] const Diagnosis &diagnosis() const { return m_diagnosis; }
    [[nodiscard]] QList<ProbePlan> openProbes() const;

Q_SIGNALS:
    void changed();  // trace or diagnosis grew
    void finished(); // once for start()/startFrom(), once for each runProbe()

private:
    void step();
    void run(const ProbePlan &plan, bool goOn);
    void dropRun();
    void probeFinished(const ProbePlan &plan, const Trace &trace);

    Runner &m_runner;
    RunJob m_job;
    DiagnosisContext m_context;
    InvestigationOptions m_options;
    Trace m_trace;
    Diagnosis m_diagnosis;
    Run *m_run = nullptr;
    int m_probesRun = 0;
    bool m_cancelled = false;
};

} // namespace realmscope
