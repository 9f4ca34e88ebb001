// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: the very same request is refused once and accepted once.
// Contradicted by: the same answer both times.
namespace {

std::optional<Finding> intermittent(const Facts &facts)
{
    const ProbeFact *again = facts.probe("repeat"_L1);
    if (!again || !facts.isRefusal() || again->status() < 200 || again->status() > 299)
        return std::nullopt;
    Finding finding = makeFinding(
        Verdict::Proven, weight::Said + 4, u"The server does not always answer the same"_s,
        u"refused with %1, and accepted with %2 when it was sent again"_s.arg(facts.status)
            .arg(again->status()),
        u"The same request with the same credential was refused the first time and accepted the second. "
        u"Behind one address there are often several "
        "servers, and one of them is out of step: it has old keys or an old configuration, does not share the sessions, or its clock is wrong."_s);
    finding.evidence.append(facts.statusLine());
    finding.evidence.append(
        facts.probeEvidence(*again, u"the same request once more: %1"_s.arg(again->status())));
    finding.fixes.append(
        ownerFix(u"Ask the server's owner to compare the servers behind this address"_s,
                 u"Keys, session store, clock and version; their logs name the one that refuses."_s));
    return finding;
}

} // namespace

Rule intermittentRule()
{
    return {u"intermittent"_s,
            ChecklistStep::ServerSide,
            RuleKind::Cause,
            {u"RFC 9110 section 9.2.2"_s},
            intermittent};
}

} // namespace realmscope
