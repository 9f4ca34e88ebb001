// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/probes/Probe.h"

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

// A password is never sent again for this: two wrong ones may lock an account. A token is either good or not.
std::optional<RunJob> planRepeat(const Facts &facts, const RunJob &job)
{
    const AuthorizationLine *line = facts.authorization();
    const bool isToken = line && (line->is("Bearer") || line->is("Token") || line->is("JWT"));
    const bool isOther = !line && facts.hasCertainCredential();
    const bool isExplained =
        facts.saysRejected() || facts.saysMissing() || !facts.errorCode.isEmpty() || facts.fromCache;
    if ((!isToken && !isOther) || facts.authorizations.size() > 1 || isExplained ||
        (facts.status != 401 && facts.status != 403))
        return std::nullopt;
    return probeJob(job, sentRequest(facts));
}

QString concludeRepeat(const Facts &facts, const ProbeFact &answer)
{
    if (answer.status() >= 200 && answer.status() < 300)
        return u"The very same request was accepted the second time (%1)."_s.arg(answer.status());
    return answer.same ? u"The same request gets the same answer: it is not a matter of chance."_s
                       : u"The same request gets another answer (%1, before %2)."_s.arg(answer.status())
                             .arg(facts.status);
}

std::optional<RunJob> planHttp1(const Facts &facts, const RunJob &job)
{
    const AuthorizationLine *line = facts.authorization();
    const bool isPassword =
        line && (line->is("Basic") || line->is("Digest") || line->is("NTLM") || line->is("Negotiate"));
    if (!facts.final->connection.protocol.startsWith(u"h2"_s) || isPassword ||
        !facts.hasCertainCredential() || !facts.sameAsAnonymous())
        return std::nullopt;
    Request request = sentRequest(facts);
    request.version = HttpVersion::Http11;
    return probeJob(job, request);
}

QString concludeHttp1(const Facts &facts, const ProbeFact &answer)
{
    if (answer.status() >= 200 && answer.status() < 300)
        return u"Over HTTP/1.1 the same request is accepted (%1): the way of HTTP/2 loses the credential."_s
            .arg(answer.status());
    return u"Over HTTP/1.1 the answer is %1 %2: the version is not the matter."_s.arg(answer.status())
        .arg(answer.status() == facts.status ? u"too"_s : u"instead"_s);
}

} // namespace

Probe repeatProbe()
{
    return {u"repeat"_s,
            u"Send the same request once more"_s,
            u"Whether the answer changes by itself: one server of several that is out of step."_s,
            u"the same token or key, 1 time, safe; never a password"_s,
            true,
            ProbeConsent::NotNeeded,
            planRepeat,
            concludeRepeat};
}

Probe http1Probe()
{
    return {u"http1"_s,
            u"Send it over HTTP/1.1"_s,
            u"Whether something on the way of HTTP/2 loses the credential."_s,
            u"the same token or key, 1 time, safe; never a password"_s,
            true,
            ProbeConsent::NotNeeded,
            planHttp1,
            concludeHttp1};
}

} // namespace realmscope
