// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/probes/Probe.h"
#include "app/diagnosis/rules/Rule.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

const QList<Probe> &allProbes()
{
    static const QList<Probe> probes{anonymousProbe(),      noCacheProbe(), withoutCookiesProbe(), canonicalCaseProbe(), otherSchemeProbe(),
                                     redirectTargetProbe(), discoveryProbe(), jwksProbe(), userinfoProbe(), introspectionProbe(), preflightProbe(), otherPathProbe(),
                                     http1Probe(), repeatProbe(), clockProbe(), garbageProbe(), otherCharsetProbe()};
    return probes;
}

const Probe *findProbe(const QString &id)
{
    const QList<Probe> &probes = allProbes();
    const auto found = std::ranges::find_if(probes, [&](const Probe &probe) { return probe.id == id; });
    return found == probes.end() ? nullptr : &*found;
}

RunJob probeJob(const RunJob &job, const Request &request)
{
    RunJob probe;
    probe.spec.settings = job.spec.settings;
    probe.spec.settings.followRedirects = false;
    probe.prepared = request;
    probe.proxyCredential = job.proxyCredential;
    probe.proxyEnvironment = job.proxyEnvironment;
    probe.clientKeyPassphrase = job.clientKeyPassphrase;
    probe.role = ExchangeRole::Probe;
    return probe;
}

Request withoutCredentials(const Facts &facts)
{
    Request request = facts.request();
    request.url.userInfo.reset();
    request.headers.remove("Cookie");
    request.headers.remove("Authorization");
    for (const SentCredential &sent : facts.credentials) {
        if (sent.place == CredentialPlace::Header)
            request.headers.remove(sent.name);
        if (sent.place != CredentialPlace::Query)
            continue;
        QByteArray query;
        for (const QByteArray &item : request.url.query.value_or(QByteArray()).split('&')) {
            const QList<NamedValue> named = splitForm(item);
            if (!named.isEmpty() && named.first().name == sent.name)
                continue;
            query += (query.isEmpty() ? "" : "&") + item;
        }
        request.url.query = query.isEmpty() ? std::nullopt : std::optional<QByteArray>(query);
        request.target.clear();
    }
    return request;
}

namespace {

// Signs that any further request does harm: a limit, a lockout, a wish to be left alone.
bool mustStop(const Facts &facts)
{
    if (facts.says(lockoutWords()))
        return true;
    return std::ranges::any_of(facts.trace.exchanges, [](const Exchange &exchange) {
        const QByteArray denied = exchange.response.headers.value("X-Authentication-Denied-Reason");
        return exchange.response.status == 429 || exchange.response.headers.contains("Retry-After") || !denied.isEmpty();
    });
}

bool isSafeToRepeat(const Facts &facts)
{
    const QByteArray method = facts.request().method;
    return (method == "GET" || method == "HEAD" || method == "OPTIONS") && facts.request().body.isEmpty();
}

} // namespace

QList<ProbePlan> planProbes(const Trace &trace, const Diagnosis &diagnosis, const RunJob &job,
                            const DiagnosisContext &context)
{
    const Facts facts(trace, context);
    const Finding *primary = diagnosis.primary();
    const bool isRateLimited = primary && (primary->cause == u"rate-limited" || primary->cause == u"account-locked");
    if (!facts.final || !diagnosis.outcome.isRefusal() || !isSafeToRepeat(facts) || isRateLimited || mustStop(facts))
        return {};
    if (primary && primary->verdict == Verdict::Proven)
        return {};
    const bool hasRepeated = std::ranges::any_of(trace.exchanges, [](const Exchange &exchange) {
        const Probe *probe = exchange.role == ExchangeRole::Probe ? findProbe(exchange.probeId) : nullptr;
        return probe && probe->repeatsCredential;
    });
    QList<ProbePlan> plans;
    for (const Probe &probe : allProbes()) {
        const bool wasRun = std::ranges::any_of(
            trace.exchanges, [&](const Exchange &exchange) { return exchange.probeId == probe.id; });
        if (wasRun || (probe.repeatsCredential && hasRepeated))
            continue;
        std::optional<RunJob> planned = probe.plan(facts, job);
        if (!planned)
            continue;
        planned->probeId = probe.id;
        planned->label = u"probe: "_s + probe.title;
        planned->role = ExchangeRole::Probe;
        plans.append({probe.id, probe.title, probe.why, probe.request, *planned});
    }
    return plans;
}

} // namespace realmscope
