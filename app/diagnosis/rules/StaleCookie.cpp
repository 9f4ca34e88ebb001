// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: a cookie makes the server ignore or refuse a credential that is good.
// Contradicted by: the same refusal without cookies.
namespace {

std::optional<Finding> staleCookie(const Facts &facts)
{
    if (facts.cookies.isEmpty() || !facts.isRefusal() || facts.final->request.method == "OPTIONS")
        return std::nullopt;
    const bool hasOther = std::ranges::any_of(facts.credentials, [](const SentCredential &sent) {
        return sent.place != CredentialPlace::Cookie && sent.certain;
    });
    const ProbeFact *probe = facts.probe("without-cookies"_L1);
    const bool isProven = probe && probe->status() >= 200 && probe->status() < 300;
    if (!hasOther || (probe && !isProven))
        return std::nullopt;
    Finding finding = makeFinding(
        isProven ? Verdict::Proven : Verdict::Possible, isProven ? 94 : 30, u"An old cookie gets in the way"_s,
        isProven ? u"without the cookies the same credential is accepted"_s : u"the request has cookies beside the credential"_s,
        u"Besides the credential, the request carries cookies. When a server finds a session cookie it may look at that "
        "one only, and when the session is over it refuses, however good the credential is."_s);
    finding.evidence.append(facts.credential(facts.cookies.first(), u"the cookie %1 was sent along"_s.arg(QString::fromUtf8(facts.cookies.first().name))));
    if (isProven)
        finding.evidence.append(facts.probeEvidence(*probe, u"without cookies the answer is %1"_s.arg(probe->status())));
    Fix fix;
    fix.id = u"remove-cookie"_s;
    fix.title = u"Send it without cookies"_s;
    fix.automatic = true;
    fix.edits = {{EditKind::RemoveHeader, "Cookie", {}}};
    finding.fixes.append(fix);
    return finding;
}

} // namespace

Rule staleCookieRule()
{
    return {u"stale-cookie"_s, ChecklistStep::StaleState, RuleKind::Cause, {u"RFC 6265 section 8.4"_s}, staleCookie};
}

} // namespace realmscope
