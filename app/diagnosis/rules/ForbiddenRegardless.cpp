// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: 403 for everybody: a closed path, a rule of a firewall, a listing that is off.
// Contradicted by: a challenge; another answer without the credential; words about the credential.
namespace {

std::optional<Finding> forbiddenRegardless(const Facts &facts)
{
    if (facts.status != 403 || facts.response().headers.contains("WWW-Authenticate") || facts.saysRejected())
        return std::nullopt;
    if (facts.final->tls && facts.final->tls->clientCertificateOffered)
        return std::nullopt; // a server that asks for certificates does care who is asking
    const bool isSame = facts.sameAsAnonymous();
    if (facts.differsFromAnonymous() || (!isSame && facts.hasCertainCredential()) || (facts.saysMissing() && !facts.hasCertainCredential()))
        return std::nullopt;
    Finding finding = makeFinding(
        Verdict::Likely, isSame ? 58 : 35, u"This is closed to everybody, with or without a credential"_s,
        isSame ? u"without a credential the answer is the same 403"_s : u"403 without a challenge: the server does not ask for a credential"_s,
        u"The server does not ask who you are; it refuses anyway. Usual reasons: the path is closed by a rule, a directory "
        "has no index page, a firewall dislikes something about the request (address, User-Agent, method), or an "
        "authorization service in front said no."_s);
    finding.evidence.append(facts.statusLine());
    if (isSame)
        finding.evidence.append(facts.probeEvidence(*facts.anonymous(), u"without a credential: 403, the same"_s));
    for (const ServerWord &word : facts.words) {
        if (finding.evidence.size() < 4)
            finding.evidence.append(word.evidence);
    }
    finding.fixes.append(advice(u"check-path"_s, u"Check the path and the method"_s, u"A misspelt path often ends up in a closed directory."_s));
    finding.fixes.append(ownerFix(u"Ask the server's owner which rule refused this request"_s, u"Give the time and the path; the log names the rule."_s));
    return finding;
}

} // namespace

Rule forbiddenRegardlessRule()
{
    return {u"forbidden-regardless"_s, ChecklistStep::Allowed, RuleKind::Cause, {u"RFC 9110 section 15.5.4"_s}, forbiddenRegardless};
}

} // namespace realmscope
