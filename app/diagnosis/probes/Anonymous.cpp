// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/probes/Probe.h"

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

std::optional<RunJob> planAnonymous(const Facts &facts, const RunJob &job)
{
    // A plain cookie may be a credential after all, so it counts here.
    if (facts.credentials.isEmpty() || facts.isPreflight())
        return std::nullopt;
    RunJob probe = probeJob(job, withoutCredentials(facts));
    if (hasOnlyCertificate(facts))
        dropClientCertificate(probe);
    return probe;
}

QString concludeAnonymous(const Facts &facts, const ProbeFact &answer)
{
    if (answer.same)
        return u"Without a credential the answer is the same: the credential made no difference."_s;
    if (answer.status() >= 200 && answer.status() < 300)
        return u"Without a credential the server lets the request in (%1): the credential is what it refuses."_s.arg(answer.status());
    if (answer.status() == facts.status)
        return u"Without a credential the answer is %1 too, but with other words: the credential was seen."_s.arg(answer.status());
    return u"Without a credential the answer is %1: the credential was seen."_s.arg(answer.status());
}

} // namespace

Probe anonymousProbe()
{
    return {u"anonymous"_s, u"Send once without credentials"_s,
            u"Whether the server saw the credential at all: the same answer means that it did not, or does not show it."_s,
            u"the same request, 1 time, safe"_s, false, ProbeConsent::NotNeeded, planAnonymous, concludeAnonymous};
}

} // namespace realmscope
