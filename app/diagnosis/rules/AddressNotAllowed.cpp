// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: the server lets in certain network addresses only.
namespace {

std::optional<Finding> addressNotAllowed(const Facts &facts)
{
    // 407 asks for a credential: whatever the page says besides, another one would do.
    if (!facts.isRefusal() || facts.status == 407)
        return std::nullopt;
    static const QRegularExpression words = wordPattern(u"(ip|ip address|client address|your address|host|network|location|country)\\b.{0,50}(not (allowed|permitted|authori[sz]ed|whitelisted|in)|denied|blocked|restricted|rejected|forbidden)|(address|ip|host)\\b.{0,60}not (on|in) (the|an|any|our) (allow|white)|not (on|in) the ip (allow|white)[- ]?list|(unauthori[sz]ed|blocked|denied|disallowed) ip|ip (allow|white)[- ]?list|403\\.6\\b|401\\.50[34]"_s);
    const ServerWord *said = facts.says(words);
    if (!said)
        return std::nullopt;
    Finding finding = makeFinding(
        Verdict::Likely, weight::Said, u"Your network address is not allowed here"_s, said->evidence.text,
        u"The server only lets in requests from certain addresses (a company network, a VPN, named hosts), and this one "
        "comes from another. The credential makes no difference."_s);
    finding.evidence.append(said->evidence);
    if (facts.final && !facts.final->connection.localAddress.isEmpty())
        finding.evidence.append({facts.finalIndex, EvidencePart::Connection, {}, u"sent from %1"_s.arg(facts.final->connection.localAddress), {}});
    finding.fixes.append(advice(u"other-network"_s, u"Connect through the network that is allowed"_s, u"For example the company's VPN."_s));
    finding.fixes.append(ownerFix(u"Ask the server's owner to allow your address"_s, {}));
    return finding;
}

} // namespace

Rule addressNotAllowedRule()
{
    return {u"address-not-allowed"_s, ChecklistStep::Allowed, RuleKind::Cause, {u"RFC 9110 section 15.5.4"_s}, addressNotAllowed};
}

} // namespace realmscope
