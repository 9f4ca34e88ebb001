// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/probes/Probe.h"

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

// Where the certificate is the only credential and a response came, the anonymous probe is this very request.
std::optional<RunJob> planWithoutCertificate(const Facts &facts, const RunJob &job)
{
    if (!facts.final->tls || !facts.final->tls->clientCertificateOffered || (facts.status != 0 && hasOnlyCertificate(facts)))
        return std::nullopt;
    // The password was refused or not even looked at: once is enough.
    RunJob probe = probeJob(job, mayRepeatCredential(facts) ? sentRequest(facts) : withoutCredentials(facts));
    dropClientCertificate(probe);
    return probe;
}

QString concludeWithoutCertificate(const Facts &facts, const ProbeFact &answer)
{
    if (facts.status == 0)
        return u"Without the certificate the connection is made and the server answers %1: the certificate is what it refuses."_s.arg(
            answer.status());
    if (answer.status() >= 200 && answer.status() < 300)
        return u"Without the certificate the same request is accepted (%1): the certificate is what the server refuses."_s.arg(answer.status());
    return answer.same ? u"Without the certificate the answer is the same: the refusal is not about the certificate."_s
                       : u"Without the certificate the answer is another one (%1): the server looked at the certificate."_s.arg(answer.status());
}

} // namespace

Probe withoutCertificateProbe()
{
    return {u"without-certificate"_s,
            u"Connect once without the client certificate"_s,
            u"Whether it is the certificate that the server refuses."_s,
            u"the same token or key, 1 time, safe; never a password"_s,
            true,
            ProbeConsent::NotNeeded,
            planWithoutCertificate,
            concludeWithoutCertificate};
}

} // namespace realmscope
