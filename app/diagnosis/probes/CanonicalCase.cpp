// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/probes/Probe.h"

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

std::optional<RunJob> planCanonicalCase(const Facts &facts, const RunJob &job)
{
    const AuthorizationLine *line = facts.authorization();
    if (!line || line->scheme.isEmpty() || line->is("Digest") || canonicalScheme(line->scheme) == line->scheme
        || facts.authorizations.size() > 1 || facts.status != 401)
        return std::nullopt;
    Request request = sentRequest(facts);
    request.headers.set("Authorization", canonicalScheme(line->scheme) + ' ' + line->credentials, line->field.source);
    return probeJob(job, request);
}

QString concludeCanonicalCase(const Facts &, const ProbeFact &answer)
{
    if (answer.status() >= 200 && answer.status() < 400)
        return u"With the usual spelling of the scheme word the credential is accepted (%1)."_s.arg(answer.status());
    return u"With the usual spelling the answer is %1: the spelling is not the matter."_s.arg(answer.status());
}

} // namespace

Probe canonicalCaseProbe()
{
    return {u"canonical-case"_s, u"Spell the scheme word as usual"_s, u"Whether the server wrongly tells upper from lower case in the scheme word."_s,
            u"the same credential, 1 time, safe"_s, true, ProbeConsent::NotNeeded, planCanonicalCase, concludeCanonicalCase};
}

} // namespace realmscope
