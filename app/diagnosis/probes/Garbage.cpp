// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/probes/Probe.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

// A well-formed credential that nobody has: the third leg of the comparison. Only when the user asks: some servers
// count failed attempts. Never with the real user name.
std::optional<RunJob> planGarbage(const Facts &facts, const RunJob &job)
{
    const AuthorizationLine *line = facts.authorization();
    if (!line || (!line->basic && !line->is("Bearer") && !line->is("Token")) || facts.authorizations.size() > 1)
        return std::nullopt;
    Request request = sentRequest(facts);
    const QByteArray value = line->basic ? QByteArray("realmscope-probe:not-a-password").toBase64() : QByteArray("realmscope-probe-not-a-token");
    request.headers.set("Authorization", line->scheme + ' ' + value, HeaderSource::Default);
    return probeJob(job, request);
}

QString concludeGarbage(const Facts &facts, const ProbeFact &answer)
{
    if (answer.same && facts.differsFromAnonymous())
        return u"Nonsense gets the same answer as your credential, no credential another one: it was seen, and is not known."_s;
    if (answer.same && facts.sameAsAnonymous())
        return u"Nonsense, your credential and none at all get the same answer: the server does not see it, or answers everybody alike."_s;
    if (answer.same)
        return u"Nonsense gets the same answer as your credential."_s;
    return u"Nonsense gets another answer (%1) than your credential: the server recognised yours."_s.arg(answer.status());
}

} // namespace

Probe garbageProbe()
{
    return {u"garbage"_s, u"Send a nonsense credential once"_s, u"Whether the server recognises your credential: nonsense is then answered otherwise."_s,
            u"one failed attempt under the name realmscope-probe"_s, false, ProbeConsent::AnotherAttempt, planGarbage, concludeGarbage};
}

} // namespace realmscope
