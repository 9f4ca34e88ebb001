// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/IssuerKeys.h"
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

#include <QtCore/QJsonObject>
#include <QtCore/QVariant>

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: the server could not verify the signature of the token.
// Contradicted by: nothing a client sees; it has no keys here, so the server's words are the evidence.
namespace {

std::optional<Finding> tokenSignatureInvalid(const Facts &facts)
{
    if (!facts.mayBeRefusal() || !facts.token)
        return std::nullopt;
    static const QRegularExpression words = wordPattern(
        u"signature.{0,40}(invalid|fail|mismatch|not (valid|match)|could not|incorrect|wrong)|(invalid|bad|wrong) (token )?signature|jwt verification fail|failed verification: signature"
        "|IDX1050[03]|IDX10511|JsonWebTokenError: invalid signature|signed jwt rejected"_s);
    const ServerWord *said = facts.says(words);
    const std::optional<JwsCheck> check = checkByIssuerKeys(facts);
    const bool isWrong = check && check->verdict == JwsVerdict::WrongSignature;
    if (!said && !isWrong)
        return std::nullopt;
    if (check && check->verdict == JwsVerdict::Valid)
        return std::nullopt; // then the server is mistaken about it
    Finding finding = makeFinding(
        isWrong ? Verdict::Proven : Verdict::Likely, weight::Said + (isWrong ? 3 : 0), u"The token's signature does not verify"_s,
        said ? said->evidence.text : u"it does not fit the key that the issuer publishes"_s,
        u"A token carries a signature that its issuer made with a key of its own. The server checked it and it does not "
        "fit: the token was changed or cut, was signed with another key (another environment, an old key), or the server "
        "has the wrong key."_s);
    if (said)
        finding.evidence.append(said->evidence);
    if (isWrong)
        finding.evidence.append(facts.probeEvidence(*facts.probe("jwks"_L1), u"the issuer's keys: the signature does not fit"_s));
    Evidence where = facts.token->where;
    where.text = facts.token->jwt ? u"a JWT signed with %1"_s.arg(facts.token->jwt->algorithm()) : u"the token that was sent"_s;
    if (facts.token->jwt && facts.token->jwt->header.contains("kid"_L1))
        where.text += u", key id \"%1\""_s.arg(facts.token->jwt->header.value("kid"_L1).toVariant().toString().left(80));
    finding.evidence.append(where);
    finding.fixes.append(editCredential(u"Get a new token from the issuer that this server trusts"_s, "token"));
    finding.fixes.append(ownerFix(u"Ask the server's owner which issuer and keys (JWKS) it uses"_s, {}));
    return finding;
}

} // namespace

Rule tokenSignatureInvalidRule()
{
    return {u"token-signature-invalid"_s, ChecklistStep::Correct, RuleKind::Cause, {u"RFC 7515 section 5.2"_s}, tokenSignatureInvalid};
}

} // namespace realmscope
