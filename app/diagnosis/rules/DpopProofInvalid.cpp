// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: the server looked at the DPoP proof and did not accept it.
namespace {

std::optional<Finding> dpopProofInvalid(const Facts &facts)
{
    if (!facts.mayBeRefusal())
        return std::nullopt;
    static const QRegularExpression words = wordPattern(u"dpop.{0,40}(invalid|mismatch|not|missing|required|fail|binding|unexpected)|invalid.{0,20}dpop|invalid_dpop_proof|\\b(htu|htm|ath)\\b"_s);
    const ServerWord *said = facts.says(words);
    const bool hasProof = facts.request().headers.contains("DPoP");
    if (facts.errorCode != u"invalid_dpop_proof" && !(said && hasProof))
        return std::nullopt;
    Finding finding = makeFinding(
        facts.errorCode == u"invalid_dpop_proof" && hasProof ? Verdict::Proven : Verdict::Likely, weight::Said, u"The DPoP proof is not accepted"_s,
        said ? said->evidence.text : u"error invalid_dpop_proof"_s,
        u"With DPoP every request carries a small signed text, the proof. It names the method (htm), the address (htu), a "
        "hash of the token (ath) and a number used once (jti), and must be signed with the key that the token is bound "
        "to. One of these does not fit."_s);
    finding.evidence.append(said ? said->evidence : facts.errorEvidence);
    if (const HeaderField *proof = facts.request().headers.find("DPoP"))
        finding.evidence.append(facts.requestHeader(*proof, u"the proof that was sent"_s));
    finding.fixes.append(advice(u"new-proof"_s, u"Make a new proof for exactly this request"_s, u"htu without query and fragment, htm in capitals, a new jti, the same key as for the token."_s));
    return finding;
}

} // namespace

Rule dpopProofInvalidRule()
{
    return {u"dpop-proof-invalid"_s, ChecklistStep::Correct, RuleKind::Cause, {u"RFC 9449 section 4.3"_s}, dpopProofInvalid};
}

} // namespace realmscope
