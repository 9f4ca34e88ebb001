// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/probes/Probe.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

std::optional<RunJob> planWithoutCookies(const Facts &facts, const RunJob &job)
{
    const bool hasOther = std::ranges::any_of(facts.credentials, [](const SentCredential &sent) {
        return sent.place != CredentialPlace::Cookie && sent.certain;
    });
    const AuthorizationLine *line = facts.authorization();
    if (facts.cookies.isEmpty() || !hasOther || (line && line->is("Digest")))
        return std::nullopt;
    Request request = sentRequest(facts);
    request.headers.remove("Cookie");
    return probeJob(job, request);
}

QString concludeWithoutCookies(const Facts &facts, const ProbeFact &answer)
{
    if (answer.status() >= 200 && answer.status() < 300)
        return u"Without cookies the same credential is accepted (%1): a cookie gets in the way."_s.arg(answer.status());
    return u"Without cookies the answer is %1 %2: the cookies are not the matter."_s.arg(answer.status()).arg(answer.status() == facts.status ? u"too"_s : u"instead"_s);
}

} // namespace

Probe withoutCookiesProbe()
{
    return {u"without-cookies"_s, u"Send once without cookies"_s, u"Whether an old cookie keeps the server from looking at the credential."_s,
            u"the same credential, 1 time, safe"_s, true, ProbeConsent::NotNeeded, planWithoutCookies, concludeWithoutCookies};
}

} // namespace realmscope
