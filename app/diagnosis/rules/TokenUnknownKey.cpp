// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/IssuerKeys.h"
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

#include <QtCore/QJsonObject>
#include <QtCore/QVariant>

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: the token names a key that the server does not know.
namespace {

std::optional<Finding> tokenUnknownKey(const Facts &facts)
{
    if (!facts.mayBeRefusal() || !facts.token)
        return std::nullopt;
    static const QRegularExpression words = wordPattern(
        u"no (applicable|matching|suitable) (signing )?key|unable to find (a |the )?(signing |matching )?key|unknown (kid|key id|signing key)"
        "|signing key .{0,30}not found|kid .{0,30}(not found|unknown|invalid)|key.{0,20}not found in.{0,20}(jwks|key set)|IDX10501|didn't find publickey"_s);
    const ServerWord *said = facts.says(words);
    const std::optional<JwsCheck> check = checkByIssuerKeys(facts);
    const bool isGone = check && check->verdict == JwsVerdict::NoKey;
    if (!said && !isGone)
        return std::nullopt;
    Finding finding = makeFinding(
        isGone ? Verdict::Proven : Verdict::Likely, weight::Said + (isGone ? 3 : 1), u"The server does not know the key that signed the token"_s,
        said ? said->evidence.text : u"the issuer publishes no such key any more"_s,
        u"An issuer has several keys and changes them now and then; the token says by a key id (kid) which one signed it. "
        "The server has no key of that id: the token comes from another issuer or tenant, or the server's list is old."_s);
    if (said)
        finding.evidence.append(said->evidence);
    if (isGone)
        finding.evidence.append(facts.probeEvidence(*facts.probe("jwks"_L1), u"the issuer's keys: none of them is this one"_s));
    Evidence where = facts.token->where;
    where.part = EvidencePart::Token;
    where.name = "kid";
    where.text = facts.token->jwt ? u"kid is \"%1\""_s.arg(facts.token->jwt->header.value("kid"_L1).toVariant().toString().left(80)) : u"the token that was sent"_s;
    finding.evidence.append(where);
    finding.fixes.append(editCredential(u"Get a new token from the issuer that this server trusts"_s, "token"));
    finding.fixes.append(ownerFix(u"Ask the server's owner to load the issuer's keys again"_s, {}));
    return finding;
}

} // namespace

Rule tokenUnknownKeyRule()
{
    return {u"token-unknown-key"_s, ChecklistStep::Correct, RuleKind::Cause, {u"RFC 7515 section 4.1.4"_s, u"RFC 7517 section 4.5"_s}, tokenUnknownKey};
}

} // namespace realmscope
