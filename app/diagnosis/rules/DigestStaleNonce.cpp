// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: the Digest answer was made with a nonce that ran out. stale=true says that the password was right.
// Contradicted by: stale absent or false.
namespace {

std::optional<Finding> digestStaleNonce(const Facts &facts)
{
    const AuthorizationLine *line = facts.authorization();
    if (facts.status != 401 || !line || !line->is("Digest"))
        return std::nullopt;
    const Challenge *stale = nullptr;
    for (const Challenge &challenge : facts.challenges.challenges) {
        if (challenge.is("Digest") && equalsIgnoreCase(challenge.value("stale"), "true"))
            stale = &challenge;
    }
    if (!stale)
        return std::nullopt;
    Finding finding = makeFinding(
        Verdict::Proven, weight::Said, u"The Digest answer used an old nonce"_s, u"the server says stale=true"_s,
        u"For Digest the server gives out a random value (the nonce) that goes into the answer and is good for a while "
        "only. The one that was used has run out, or comes from before a restart. With stale=true the server says that "
        "nothing else is wrong: answer again with the new nonce; nobody has to type the password again."_s);
    finding.evidence.append(facts.responseHeader("WWW-Authenticate", u"stale=true"_s));
    ByteRange range = line->field.valueRange;
    if (const AuthParam *nonce = line->parsed.param("nonce"); nonce && !range.isEmpty() && range.begin + nonce->range.end <= range.end)
        range = {range.begin + nonce->range.begin, range.begin + nonce->range.end};
    finding.evidence.append(facts.requestHeader(line->field, u"the nonce that was used"_s, range));
    finding.fixes.append(advice(u"let-realmscope-answer"_s, u"Let Realmscope answer the challenge"_s,
                                u"Remove the ready-made Authorization header and use a Digest profile: it takes the new nonce."_s));
    return finding;
}

} // namespace

Rule digestStaleNonceRule()
{
    return {u"digest-stale-nonce"_s, ChecklistStep::Fresh, RuleKind::Cause, {u"RFC 7616 section 3.3"_s}, digestStaleNonce};
}

} // namespace realmscope
