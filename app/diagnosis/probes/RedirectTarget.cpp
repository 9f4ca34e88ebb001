// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/probes/Probe.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

// Asks the target of a redirect directly, with the credential: only where the profile names that origin.
std::optional<RunJob> planRedirectTarget(const Facts &facts, const RunJob &job)
{
    const bool wasRedirected = std::ranges::any_of(
        facts.trace.exchanges, [](const Exchange &exchange) { return exchange.role == ExchangeRole::Redirect; });
    if (!wasRedirected || facts.hasCertainCredential() || !job.credential
        || !job.credential->profile.allows(facts.request().url.origin()))
        return std::nullopt;
    RunJob probe = probeJob(job, sentRequest(facts));
    probe.credential = job.credential;
    return probe;
}

QString concludeRedirectTarget(const Facts &facts, const ProbeFact &answer)
{
    if (answer.status() >= 200 && answer.status() < 300)
        return u"Asked directly, with the credential, the last address accepts it (%1): the redirect lost it."_s.arg(answer.status());
    return u"Asked directly, with the credential, the last address answers %1 %2."_s.arg(answer.status()).arg(answer.status() == facts.status ? u"too"_s : u"instead"_s);
}

} // namespace

Probe redirectTargetProbe()
{
    return {u"redirect-target"_s, u"Ask the redirect's target directly"_s, u"Whether the redirect is what lost the credential."_s,
            u"the last address with the credential, 1 time, safe"_s, true, ProbeConsent::NotNeeded, planRedirectTarget, concludeRedirectTarget};
}

} // namespace realmscope
