// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: the server knows who is asking, and this identity may not do this here.
// Contradicted by: the same refusal for everybody; an error about the credential itself.
namespace {

std::optional<Finding> permissionDenied(const Facts &facts)
{
    static const QRegularExpression words = wordPattern(
        u"cannot (list|get|create|delete|update|watch|patch|read|write|access)|access[ _]?denied|not (authori[sz]ed|allowed|permitted) to|(insufficient|missing|lacks?|no|required) (\\w+ )?['\"]?(permission|privilege|role|rights?|entitlement|groups?)s?['\"]?( claim)?\\b"
        "|does not have (the )?(\\w+ )?(permission|access|role|privilege)|permission(s)? (denied|required)|not (have|enough) (permission|privilege)|requires? (the )?(role|permission|admin)"
        "|unexpected ['\"]?(role|roles|groups?|permissions?|entitlements?)['\"]?|ERR_ACCESS_DENIED|forbidden: user"_s);
    if ((facts.status != 403 && facts.status != 401 && facts.status != 404) || !facts.hasCertainCredential())
        return std::nullopt;
    const ServerWord *said = facts.says(words);
    // Without the credential the server asks for one, with it no more: it was taken, and what came after said no.
    const bool isPastChallenge = facts.status == 401 && facts.differsFromAnonymous() && facts.anonymous()->status() == 401
        && facts.challenges.challenges.isEmpty() && !facts.saysRejected()
        && facts.anonymous()->answer->response.headers.contains("WWW-Authenticate");
    if (facts.status == 401 && ((!said && !isPastChallenge) || facts.sameAsAnonymous()))
        return std::nullopt;
    if (facts.status == 404)
        return std::nullopt;
    if (!said && facts.saysRejected())
        return std::nullopt; // the credential is what is wrong
    const ProbeFact *anonymous = facts.anonymous();
    const bool isRecognised = anonymous && !anonymous->same;
    // A server that asks for certificates may answer alike with a wrong one and with none.
    const bool hasCertificate = facts.final->tls && facts.final->tls->clientCertificateOffered;
    if (anonymous && anonymous->same && !said && !hasCertificate)
        return std::nullopt;
    if (facts.status == 403 && facts.saysMissing() && !said)
        return std::nullopt;
    Finding finding = makeFinding(
        said || isRecognised ? Verdict::Likely : Verdict::Possible, said ? 60 : isRecognised ? 50 : weight::Default,
        u"You are known here, but may not do this"_s,
        said ? said->evidence.text : isPastChallenge ? u"without the credential the server asks for one, with it no more"_s
                                                  : isRecognised ? u"without the credential the answer is %1: with it you were recognised, then refused"_s.arg(anonymous->status())
                                                  : u"status %1 to a request with a credential"_s.arg(facts.status),
        u"The credential itself is not the problem: the server recognised it. But the account, role or token has no "
        "permission for this action on this resource. Signing in again with the same account changes nothing."_s);
    finding.evidence.append(facts.statusLine());
    if (said)
        finding.evidence.append(said->evidence);
    if (isRecognised)
        finding.evidence.append(facts.probeEvidence(*anonymous, u"without a credential the answer is %1"_s.arg(anonymous->status())));
    finding.fixes.append(editCredential(u"Use an account that may do this"_s, {}));
    finding.fixes.append(ownerFix(u"Ask the owner of the resource for the permission"_s, u"Name the account, the method and the path."_s));
    return finding;
}

} // namespace

Rule permissionDeniedRule()
{
    return {u"permission-denied"_s, ChecklistStep::Allowed, RuleKind::Cause, {u"RFC 9110 section 15.5.4"_s}, permissionDenied};
}

} // namespace realmscope
