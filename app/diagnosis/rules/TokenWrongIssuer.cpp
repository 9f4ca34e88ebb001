// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

#include <QtCore/QJsonObject>

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: the token comes from an issuer that the server does not trust.
namespace {

std::optional<Finding> tokenWrongIssuer(const Facts &facts)
{
    if (!facts.mayBeRefusal() || !facts.token)
        return std::nullopt;
    static const QRegularExpression words = wordPattern(
        u"\\b(iss|issuer)\\b.{0,40}(not|invalid|unknown|untrusted|unexpected|mismatch|wrong|did)|(invalid|unknown|untrusted|wrong|unexpected|unsupported) ['\"]?(iss|issuer)\\b|IDX10205|IDX10211"_s);
    static const QRegularExpression other = wordPattern(u"issuer is not configured|fetch|reach"_s);
    const ServerWord *said = facts.says(words);
    if (!said || other.match(said->text).hasMatch())
        return std::nullopt;
    const QString issuer = facts.token->jwt ? facts.token->jwt->claims.value("iss"_L1).toString() : QString();
    Finding finding = makeFinding(
        issuer.isEmpty() ? Verdict::Likely : Verdict::Proven, weight::Said, u"The token comes from an issuer that this server does not trust"_s,
        issuer.isEmpty() ? said->evidence.text : u"iss is %1"_s.arg(issuer.left(120)),
        u"A token says who issued it (the claim iss), and the server accepts tokens from certain issuers only. This one "
        "comes from another: another tenant or realm, the test system instead of production, or the same one under "
        "another host name."_s);
    finding.evidence.append(said->evidence);
    Evidence where = facts.token->where;
    where.part = EvidencePart::Token;
    where.name = "iss";
    where.text = issuer.isEmpty() ? u"the token that was sent"_s : u"the token says iss: %1"_s.arg(issuer.left(160));
    finding.evidence.append(where);
    finding.fixes.append(editCredential(u"Get a token from the issuer that this server trusts"_s, "token"));
    finding.fixes.append(ownerFix(u"Ask the server's owner which issuer it expects, letter by letter"_s, u"Host name, path and a slash at the end all count."_s));
    return finding;
}

} // namespace

Rule tokenWrongIssuerRule()
{
    return {u"token-wrong-issuer"_s, ChecklistStep::Correct, RuleKind::Cause, {u"RFC 7519 section 4.1.1"_s, u"RFC 9068 section 4"_s}, tokenWrongIssuer};
}

} // namespace realmscope
