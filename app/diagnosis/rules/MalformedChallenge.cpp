// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: the challenge breaks the grammar; a client that wanted to answer it could not.
// Contradicted by: a challenge that could be used in spite of that (then it is a note).
namespace {

std::optional<Finding> malformedChallenge(const Facts &facts)
{
    const Headers &headers = facts.response().headers;
    if (facts.status != 401 || !headers.contains("WWW-Authenticate"))
        return std::nullopt;
    QString problem;
    ByteRange range;
    qsizetype line = 0;
    bool isUnusableDigest = false;
    for (const Challenge &challenge : facts.challenges.challenges) {
        if (!challenge.problems.isEmpty() && problem.isEmpty()) {
            problem = challenge.problems.first().text;
            range = challenge.problems.first().range;
            line = challenge.line;
        }
        if (challenge.is("Digest") && (!challenge.has("nonce") || !challenge.has("realm"))) {
            isUnusableDigest = true;
            if (problem.isEmpty())
                problem = challenge.has("nonce") ? u"a Digest challenge without realm"_s : u"a Digest challenge without nonce"_s;
        }
    }
    if (problem.isEmpty() && !facts.challenges.problems.isEmpty())
        problem = facts.challenges.problems.first().text;
    if (problem.isEmpty() && facts.challenges.challenges.isEmpty())
        problem = u"the header names no scheme"_s;
    if (problem.isEmpty())
        return std::nullopt;
    const bool couldNotAnswer = facts.final->hasDecision(DecisionKind::ChallengeNotAnswered)
        || (isUnusableDigest && facts.context.profile && facts.context.profile->schemeId == "digest"_L1);
    Finding finding = makeFinding(
        couldNotAnswer ? Verdict::Proven : Verdict::Likely, couldNotAnswer ? 80 : 12,
        u"The server's challenge can't be read"_s, problem,
        u"With a 401 the server says what it wants in the WWW-Authenticate header. This one breaks the rules of the "
        "header: %1. A client cannot answer a question it cannot read; the fault is the server's."_s.arg(problem));
    Evidence evidence = facts.challengeEvidence();
    if (line == 0 && !range.isEmpty() && !evidence.range.isEmpty() && evidence.range.begin + range.end <= evidence.range.end)
        evidence.range = {evidence.range.begin + range.begin, evidence.range.begin + range.end};
    finding.evidence.append(evidence);
    const bool hasDigestProfile = facts.context.profile && facts.context.profile->schemeId == "digest"_L1;
    if (hasDigestProfile && couldNotAnswer) {
        Fix fix;
        fix.id = u"try-basic"_s;
        fix.title = u"Try Basic instead"_s;
        fix.detail = u"Many devices that offer Digest take Basic too. Basic sends the password readable: over TLS only."_s;
        fix.automatic = true;
        fix.edits = {{EditKind::SetProfileScheme, {}, "basic"}};
        finding.fixes.append(fix);
    }
    finding.fixes.append(ownerFix(u"Ask the server's owner to correct the header"_s, {},
                                  u"WWW-Authenticate: Digest realm=\"…\", nonce=\"…\", qop=\"auth\", algorithm=SHA-256"_s));
    return finding;
}

} // namespace

Rule malformedChallengeRule()
{
    return {u"malformed-challenge"_s, ChecklistStep::Understood, RuleKind::Aside, {u"RFC 9110 section 11.6.1"_s, u"RFC 7616 section 3.3"_s}, malformedChallenge};
}

} // namespace realmscope
