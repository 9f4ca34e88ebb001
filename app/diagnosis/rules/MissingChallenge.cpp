// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: the server refuses and does not say what it wants.
namespace {

std::optional<Finding> missingChallenge(const Facts &facts)
{
    if (facts.status != 401 || facts.response().headers.contains("WWW-Authenticate"))
        return std::nullopt;
    // Many APIs that take tokens refuse a wrong one so. A server that takes passwords by Basic or Digest asks for them.
    const AuthorizationLine *line = facts.authorization();
    const bool isToken = line ? !line->basic && !line->is("Digest") : facts.hasCertainCredential();
    Finding finding = makeFinding(
        isToken ? Verdict::Possible : Verdict::Likely, 15, u"The server refuses without saying what it wants"_s,
        u"status 401 without WWW-Authenticate"_s,
        u"A server that answers 401 has to say which kind of credential it accepts, in a WWW-Authenticate header. This one "
        "does not, so neither a program nor you can know whether the scheme, the place or the credential itself is what "
        "it objects to."_s);
    finding.evidence.append(facts.statusLine(u"401, and no WWW-Authenticate header"_s));
    if (facts.sameAsAnonymous())
        finding.evidence.append(facts.probeEvidence(*facts.anonymous(), u"without a credential, the answer is the same"_s));
    finding.fixes.append(advice(u"check-documentation"_s, u"Look up in the API's documentation how it wants to be asked"_s,
                                u"Scheme word, header name and the form of the credential."_s));
    finding.fixes.append(ownerFix(u"Ask the server's owner to send a challenge"_s, {}, u"WWW-Authenticate: Bearer realm=\"api\""_s));
    return finding;
}

} // namespace

Rule missingChallengeRule()
{
    return {u"missing-challenge"_s, ChecklistStep::Understood, RuleKind::Aside, {u"RFC 9110 section 15.5.2"_s, u"RFC 9110 section 11.6.1"_s}, missingChallenge};
}

} // namespace realmscope
