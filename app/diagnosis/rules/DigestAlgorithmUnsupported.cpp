// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"
#include "app/auth/schemes/DigestMath.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: the server offers Digest only with hash functions that this program does not have.
// Contradicted by: one challenge with a known algorithm.
namespace {

std::optional<Finding> digestAlgorithmUnsupported(const Facts &facts)
{
    if (facts.status != 401)
        return std::nullopt;
    const AuthorizationLine *line = facts.authorization();
    const bool wantsDigest = (line && line->is("Digest")) || (facts.context.profile && facts.context.profile->schemeId == "digest"_L1)
        || facts.final->hasDecision(DecisionKind::ChallengeNotAnswered);
    if (!wantsDigest)
        return std::nullopt;
    QStringList names;
    bool isKnown = false;
    for (const Challenge &challenge : facts.challenges.challenges) {
        if (!challenge.is("Digest") || !challenge.has("nonce"))
            continue;
        const QByteArray name = challenge.value("algorithm");
        names.append(QString::fromLatin1(name));
        isKnown = isKnown || digestAlgorithm(name).has_value();
    }
    if (names.isEmpty() || isKnown)
        return std::nullopt;
    Finding finding = makeFinding(
        Verdict::Proven, 79, u"The server wants Digest with %1, which nobody here speaks"_s.arg(names.join(u", "_s)),
        u"the only algorithm offered is %1"_s.arg(names.join(u", "_s)),
        u"Digest proves a password with a hash function, and the server chooses which. It offers only %1. The standard "
        "names MD5, SHA-256 and SHA-512-256 (each with -sess); this is none of them, so no answer could be computed and "
        "nothing was sent."_s.arg(names.join(u", "_s)));
    finding.evidence.append(facts.challengeEvidence());
    if (facts.context.profile && facts.context.profile->schemeId == "digest"_L1) {
        Fix fix;
        fix.id = u"try-basic"_s;
        fix.title = u"Try Basic instead"_s;
        fix.detail = u"If the server takes it. Basic sends the password readable: over TLS only."_s;
        fix.automatic = true;
        fix.edits = {{EditKind::SetProfileScheme, {}, "basic"}};
        finding.fixes.append(fix);
    }
    finding.fixes.append(ownerFix(u"Ask the server's owner to offer SHA-256 as well"_s, {}, u"algorithm=SHA-256"_s));
    return finding;
}

} // namespace

Rule digestAlgorithmUnsupportedRule()
{
    return {u"digest-algorithm-unsupported"_s, ChecklistStep::Understood, RuleKind::Cause, {u"RFC 7616 section 3.3"_s, u"RFC 7616 section 6.1"_s}, digestAlgorithmUnsupported};
}

} // namespace realmscope
