// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: a value that may be used once was used again.
namespace {

std::optional<Finding> nonceReused(const Facts &facts)
{
    static const QRegularExpression words = wordPattern(u"nonce[ _](already )?(used|reused)|nonce_used|(nonce|jti|assertion|timestamp).{0,40}(already|replay|re-?used|seen before|twice)|replay|invalid nonce|already been used"_s);
    const ServerWord *said = facts.mayBeRefusal() && facts.errorCode != u"invalid_grant" ? facts.says(words) : nullptr;
    if (!said)
        return std::nullopt;
    Finding finding = makeFinding(
        Verdict::Likely, weight::Said, u"A one-time value was used twice"_s, said->evidence.text,
        u"To keep anybody from repeating a recorded request, some schemes put a value into it that counts once only (a "
        "nonce, or the claim jti). The server has seen this one before; a repeated request has to be made anew, not sent "
        "again as it is."_s);
    finding.evidence.append(said->evidence);
    finding.fixes.append(advice(u"sign-again"_s, u"Make the request anew, with a fresh value"_s));
    return finding;
}

} // namespace

Rule nonceReusedRule()
{
    return {u"nonce-reused"_s, ChecklistStep::Fresh, RuleKind::Cause, {u"RFC 9449 section 11.1"_s, u"RFC 5849 section 3.3"_s}, nonceReused};
}

} // namespace realmscope
