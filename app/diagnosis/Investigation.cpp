// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/Diagnoser.h"
#include "app/diagnosis/probes/Probe.h"

#include <algorithm>

namespace realmscope {

namespace {

bool isAllowed(ProbeConsent consent, const InvestigationOptions &options)
{
    switch (consent) {
    case ProbeConsent::NotNeeded:
        return true;
    case ProbeConsent::AnotherAttempt:
        return options.garbage;
    case ProbeConsent::AroundProxy:
        return options.direct;
    case ProbeConsent::ByHand:
        return false;
    }
    return false;
}

} // namespace

Investigation::Investigation(Runner &runner, RunJob job, DiagnosisContext context, InvestigationOptions options,
                             QObject *parent)
    : QObject(parent), m_runner(runner), m_job(std::move(job)), m_context(std::move(context)), m_options(options)
{}

Investigation::~Investigation()
{
    if (m_run)
        m_run->disconnect(this);
    delete m_run;
}

void Investigation::start()
{
    if (m_run)
        return;
    m_run = m_runner.start(m_job);
    connect(m_run, &Run::finished, this, [this](const Trace &trace) {
        const Trace copy = trace;
        dropRun();
        startFrom(copy);
    });
}

void Investigation::startFrom(const Trace &trace)
{
    m_trace = trace;
    m_probesRun = 0;
    m_cancelled = false;
    m_diagnosis = diagnose(m_trace, m_context);
    // Never from within the call: whoever called has still to look at the first diagnosis.
    QMetaObject::invokeMethod(this, [this] {
        Q_EMIT changed();
        step();
    }, Qt::QueuedConnection);
}

QList<ProbePlan> Investigation::openProbes() const
{
    return planProbes(m_trace, m_diagnosis, m_job, m_context);
}

void Investigation::step()
{
    if (!m_options.probes || m_cancelled || m_probesRun >= m_options.maxProbes) {
        Q_EMIT finished();
        return;
    }
    for (const ProbePlan &plan : openProbes()) {
        const Probe *probe = findProbe(plan.id);
        if (!probe || !isAllowed(probe->consent, m_options))
            continue;
        run(plan, true);
        return;
    }
    Q_EMIT finished();
}

void Investigation::run(const ProbePlan &plan, bool goOn)
{
    m_run = m_runner.start(plan.job);
    connect(m_run, &Run::finished, this, [this, plan, goOn](const Trace &trace) {
        const Trace copy = trace;
        dropRun();
        probeFinished(plan, copy);
        if (goOn)
            step();
        else
            Q_EMIT finished();
    });
}

void Investigation::probeFinished(const ProbePlan &plan, const Trace &trace)
{
    for (Exchange exchange : trace.exchanges) {
        exchange.role = ExchangeRole::Probe;
        exchange.probeId = plan.id;
        m_trace.exchanges.append(exchange);
    }
    // A probe that could not be sent counts as well, or the loop would not end.
    m_probesRun += std::max(1, int(trace.exchanges.size()));
    if (trace.exchanges.isEmpty())
        m_cancelled = true;
    m_diagnosis = diagnose(m_trace, m_context);
    Q_EMIT changed();
}

void Investigation::runProbe(const QString &id)
{
    if (m_run)
        return;
    m_cancelled = false;
    const QList<ProbePlan> plans = openProbes();
    const auto found = std::ranges::find_if(plans, [&](const ProbePlan &plan) { return plan.id == id; });
    if (found == plans.end()) {
        QMetaObject::invokeMethod(this, [this] { Q_EMIT finished(); }, Qt::QueuedConnection);
        return;
    }
    run(*found, false);
}

void Investigation::cancel()
{
    m_cancelled = true;
    if (m_run)
        m_run->cancel(); // ends with finished()
}

void Investigation::setLogs(const QList<ServerLog> &logs)
{
    m_context.logs = logs;
    m_diagnosis = diagnose(m_trace, m_context);
    Q_EMIT changed();
}

void Investigation::dropRun()
{
    m_run->disconnect(this);
    m_run->deleteLater(); // it is the sender of the signal at hand
    m_run = nullptr;
}

} // namespace realmscope
