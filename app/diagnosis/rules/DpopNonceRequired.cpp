// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: the server wants its own fresh value inside the proof of possession.
namespace {

std::optional<Finding> dpopNonceRequired(const Facts &facts)
{
    if (facts.errorCode != u"use_dpop_nonce")
        return std::nullopt;
    Finding finding = makeFinding(
        Verdict::Proven, weight::Said, u"The server wants its nonce in the DPoP proof"_s,
        u"error use_dpop_nonce"_s,
        u"With DPoP, the client signs every request with its own key (the proof). This server gives out a value of its "
        "own, a nonce, that has to stand in the proof, so that it cannot be made in advance. The first request cannot "
        "know it; the answer brings it in the DPoP-Nonce header, and the request is to be sent once more with it."_s);
    finding.evidence.append(facts.errorEvidence);
    if (facts.response().headers.contains("DPoP-Nonce"))
        finding.evidence.append(facts.responseHeader("DPoP-Nonce", u"the nonce to use"_s));
    finding.fixes.append(advice(u"use-dpop-nonce"_s, u"Make a new proof with this nonce and send again"_s,
                                u"The nonce goes into the claim nonce of the proof; jti has to be new as well."_s));
    return finding;
}

} // namespace

Rule dpopNonceRequiredRule()
{
    return {u"dpop-nonce-required"_s, ChecklistStep::Understood, RuleKind::Cause, {u"RFC 9449 section 8"_s, u"RFC 9449 section 9"_s}, dpopNonceRequired};
}

} // namespace realmscope
