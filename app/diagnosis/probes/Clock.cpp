// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/probes/Probe.h"

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

// A fresh answer of the same server tells its clock, where the real one had no Date or came from a cache.
std::optional<RunJob> planClock(const Facts &facts, const RunJob &job)
{
    const bool hasDates = facts.token && facts.token->jwt
        && (facts.token->jwt->time(u"exp"_s) || facts.token->jwt->time(u"nbf"_s));
    const bool isKnown = facts.serverNow && !facts.fromCache;
    if (!hasDates || isKnown)
        return std::nullopt;
    Request request = withoutCredentials(facts);
    request.method = "HEAD";
    request.headers.set("Cache-Control", "no-cache", HeaderSource::Default);
    return probeJob(job, request);
}

QString concludeClock(const Facts &, const ProbeFact &answer)
{
    const std::optional<qint64> date = parseHttpDate(answer.answer->response.headers.value("Date"));
    if (!date)
        return u"inconclusive: the server sends no Date"_s;
    const qint64 local = answer.answer->startedAtMs / 1000;
    if (local <= 0)
        return u"The server's clock says %1."_s.arg(utcTime(*date));
    const qint64 offset = *date - local;
    return std::abs(offset) <= 5 ? u"The server's clock and this one agree."_s
                                 : u"The server's clock is %1 %2 this one."_s.arg(durationText(offset), offset > 0 ? u"ahead of"_s : u"behind"_s);
}

} // namespace

Probe clockProbe()
{
    return {u"clock"_s, u"Look at the server's clock"_s, u"Whether the token's dates are past or ahead on the server's clock."_s,
            u"HEAD without credentials, 1 time, safe"_s, false, ProbeConsent::NotNeeded, planClock, concludeClock};
}

} // namespace realmscope
