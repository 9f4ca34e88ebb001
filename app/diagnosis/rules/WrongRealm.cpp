// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/base/Encoding.h"
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: two layers ask for two credentials in the same header: with a credential, another realm answers.
// Contradicted by: the same realm both ways.
namespace {

QByteArray realmOf(const ChallengeList &challenges)
{
    for (const Challenge &challenge : challenges.challenges) {
        if (challenge.has("realm"))
            return challenge.value("realm");
    }
    return {};
}

std::optional<Finding> wrongRealm(const Facts &facts)
{
    const AuthorizationLine *line = facts.authorization();
    const ProbeFact *anonymous = facts.anonymous();
    if (!line || facts.status != 401 || !anonymous || anonymous->status() != 401)
        return std::nullopt;
    const QByteArray inner = realmOf(facts.challenges);
    const QByteArray outer = realmOf(parseChallenges(anonymous->answer->response.headers.values("WWW-Authenticate")));
    if (inner.isEmpty() || outer.isEmpty() || inner == outer)
        return std::nullopt;
    Finding finding = makeFinding(
        Verdict::Proven, 88, u"Two doors, one key: the credential opens \"%1\" only"_s.arg(displayText(outer)),
        u"without a credential \"%1\" asks, with it \"%2\" does"_s.arg(displayText(outer), displayText(inner)),
        u"Without a credential, one part of the server asks for one (its realm, the name of the area it protects, is in "
        "the challenge). With the credential, another part with another realm asks. So the first one was satisfied, and "
        "there is a second behind it that wants a different credential. Both read the same Authorization header, which "
        "can only carry one."_s);
    finding.evidence.append(facts.probeEvidence(*anonymous, u"without a credential: realm=\"%1\""_s.arg(displayText(outer))));
    finding.evidence.append(facts.challengeEvidence());
    finding.fixes.append(ownerFix(u"One of the two layers has to read its credential from another place"_s,
                                  u"For example another header, a cookie, or a client certificate for the outer one."_s));
    return finding;
}

} // namespace

Rule wrongRealmRule()
{
    return {u"wrong-realm"_s, ChecklistStep::Understood, RuleKind::Cause, {u"RFC 9110 section 11.5"_s}, wrongRealm};
}

} // namespace realmscope
