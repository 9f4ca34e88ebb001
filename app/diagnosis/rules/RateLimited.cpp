// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: too many requests. Nothing is probed after this.
// Contradicted by: limits that are not used up.
namespace {

std::optional<Finding> rateLimited(const Facts &facts)
{
    const Headers &headers = facts.response().headers;
    QByteArray emptyName;
    for (const char *name : {"X-RateLimit-Remaining", "RateLimit-Remaining", "X-Rate-Limit-Remaining"}) {
        const QByteArray value = headers.value(name);
        if (!value.isNull() && value.trimmed().split(',').first() == "0")
            emptyName = name;
    }
    static const QRegularExpression words = wordPattern(u"rate[- ]?limit(ed)? (exceeded|reached)|exceeded (a |the |your )?(\\w+ )?rate[- ]?limit|dailyLimitExceeded|userRateLimitExceeded|daily limit exceeded|too many requests|request was throttled|quota (exceeded|exhausted)|slow down|throttl(ed|ing)"_s);
    const ServerWord *said = facts.says(words);
    const bool isStatus = facts.status == 429;
    const bool isDisguised = (facts.status == 403 || facts.status == 401) && (!emptyName.isEmpty() || said);
    if ((!isStatus && !isDisguised) || facts.errorCode == u"slow_down")
        return std::nullopt;
    const QByteArray after = headers.value("Retry-After");
    Finding finding = makeFinding(
        isStatus || (said && !emptyName.isEmpty()) ? Verdict::Proven : Verdict::Likely, weight::Said + 6, u"Too many requests: the server wants you to wait"_s,
        after.isEmpty() ? u"the limit is used up"_s : u"Retry-After: %1"_s.arg(QString::fromLatin1(after)),
        u"The server counts requests, and the allowed number is used up for now%1. It would answer the same to a perfect "
        "request. Waiting helps; trying again at once makes it worse."_s.arg(isStatus ? QString() : u"; it says so with a status that looks like a refusal of the credential"_s));
    finding.evidence.append(facts.statusLine());
    if (!emptyName.isEmpty())
        finding.evidence.append(facts.responseHeader(emptyName, u"%1: 0"_s.arg(QString::fromLatin1(emptyName))));
    if (!after.isEmpty())
        finding.evidence.append(facts.responseHeader("Retry-After", u"Retry-After: %1"_s.arg(QString::fromLatin1(after))));
    if (said)
        finding.evidence.append(said->evidence);
    bool isSeconds = false;
    const qint64 seconds = after.trimmed().toLongLong(&isSeconds);
    finding.fixes.append(advice(u"wait"_s, isSeconds ? u"Wait %1, then send again"_s.arg(durationText(seconds)) : u"Wait, then send again"_s));
    return finding;
}

} // namespace

Rule rateLimitedRule()
{
    return {u"rate-limited"_s, ChecklistStep::Allowed, RuleKind::Cause, {u"RFC 6585 section 4"_s, u"RFC 9110 section 10.2.3"_s}, rateLimited};
}

} // namespace realmscope
