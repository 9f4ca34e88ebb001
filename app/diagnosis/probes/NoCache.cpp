// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/probes/Probe.h"

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

std::optional<RunJob> planNoCache(const Facts &facts, const RunJob &job)
{
    const AuthorizationLine *line = facts.authorization();
    if (!facts.fromCache || facts.credentials.isEmpty() || (line && line->is("Digest")))
        return std::nullopt;
    Request request = sentRequest(facts);
    request.headers.set("Cache-Control", "no-cache", HeaderSource::Default);
    return probeJob(job, request);
}

QString concludeNoCache(const Facts &facts, const ProbeFact &answer)
{
    if (answer.status() != facts.status)
        return u"Asked past the cache, the answer is %1: the refusal came from the cache."_s.arg(answer.status());
    return u"Asked past the cache, the answer is %1 too; the cache may have answered again."_s.arg(answer.status());
}

} // namespace

Probe noCacheProbe()
{
    return {u"no-cache"_s, u"Ask once past the cache"_s, u"Whether the refusal comes from a cache instead of the server."_s,
            u"the same credential with Cache-Control: no-cache, 1 time, safe"_s, true, ProbeConsent::NotNeeded, planNoCache, concludeNoCache};
}

} // namespace realmscope
