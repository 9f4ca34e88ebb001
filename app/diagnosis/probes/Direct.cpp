// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/probes/Probe.h"

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

// A proxy that has not let the request through (407, a refused tunnel) is no riddle, and a password is never sent again:
// without it, the answers still show whether the refusal comes from the server or from the proxy.
std::optional<RunJob> planDirect(const Facts &facts, const RunJob &job)
{
    if (facts.final->connection.proxy.isEmpty() || (facts.status != 401 && facts.status != 403))
        return std::nullopt;
    Request request = mayRepeatCredential(facts) ? sentRequest(facts) : withoutCredentials(facts);
    request.headers.remove("Proxy-Authorization"); // also one that the user wrote
    request.headers.remove("Proxy-Connection");
    RunJob probe = probeJob(job, request);
    probe.proxyCredential.reset();
    probe.spec.settings.proxy = u"none"_s;
    return probe;
}

QString concludeDirect(const Facts &facts, const ProbeFact &answer)
{
    const QString proxy = facts.final->connection.proxy;
    if (!mayRepeatCredential(facts)) {
        if (answer.same || facts.sameAsAnonymous())
            return u"Straight to the server, and without the password, the answer is %1: nothing shows that the proxy at %2 is involved."_s
                .arg(answer.status()).arg(proxy);
        return u"Straight to the server, and without the password, the answer is %1, through the proxy with it %2."_s.arg(answer.status())
            .arg(facts.status);
    }
    if (answer.status() >= 200 && answer.status() < 300)
        return u"Straight to the server the same request is accepted (%1): the way through the proxy at %2 makes the difference."_s
            .arg(answer.status()).arg(proxy);
    if (answer.same)
        return u"Straight to the server the answer is the same: the proxy at %1 is not the cause."_s.arg(proxy);
    return u"Straight to the server the answer is %1, through the proxy at %2 it is %3."_s.arg(answer.status()).arg(proxy).arg(facts.status);
}

} // namespace

Probe directProbe()
{
    return {u"direct"_s,
            u"Send it straight to the server, around the proxy"_s,
            u"Whether the proxy loses or changes the credential, or refuses by itself."_s,
            u"the same request, 1 time, safe, but not through the proxy; a password is left out"_s,
            true,
            ProbeConsent::AroundProxy,
            planDirect,
            concludeDirect};
}

} // namespace realmscope
