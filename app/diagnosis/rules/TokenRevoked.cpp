// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: the token was taken back before its end.
namespace {

std::optional<Finding> tokenRevoked(const Facts &facts)
{
    static const QRegularExpression words = wordPattern(u"(token|key|credential|session|grant)s?.{0,40}(revoked|inactive|not active|deactivated|no longer valid|invalidated)|revoked.{0,20}token|token_revoked|token_inactive"_s);
    const ServerWord *said = facts.mayBeRefusal() && facts.hasCredential() && !facts.isTokenRequest ? facts.says(words) : nullptr;
    const ProbeFact *issuer = facts.mayBeRefusal() ? facts.probe("userinfo"_L1) : nullptr;
    const bool isRefusedByIssuer = issuer && issuer->status() == 401;
    const ProbeFact *asked = facts.mayBeRefusal() ? facts.probe("introspection"_L1) : nullptr;
    const QJsonValue active = asked && asked->status() == 200
        ? QJsonDocument::fromJson(asked->answer->response.body.head()).object().value("active"_L1) : QJsonValue();
    const bool isInactive = active.isBool() && !active.toBool();
    if (!said && !isRefusedByIssuer && !isInactive)
        return std::nullopt;
    Finding finding = makeFinding(
        Verdict::Likely, weight::Said, u"The token was revoked"_s, said ? said->evidence.text : u"its own issuer does not take it any more"_s,
        u"The token was good once and was taken back before its end: somebody signed out, changed the password or removed "
        "the permission, or the server ended it. Nothing in the token itself shows that."_s);
    if (said)
        finding.evidence.append(said->evidence);
    if (isRefusedByIssuer)
        finding.evidence.append(facts.probeEvidence(*issuer, u"shown to its issuer: 401"_s));
    if (isInactive)
        finding.evidence.append(facts.probeEvidence(*asked, u"its issuer was asked: active is false"_s));
    if (facts.token) {
        Evidence where = facts.token->where;
        where.text = u"the token that was sent"_s;
        finding.evidence.append(where);
    }
    Fix fix = editCredential(u"Sign in again and use the new token"_s, "token");
    fix.id = u"refresh-token"_s;
    finding.fixes.append(fix);
    return finding;
}

} // namespace

Rule tokenRevokedRule()
{
    return {u"token-revoked"_s, ChecklistStep::Fresh, RuleKind::Cause, {u"RFC 7009 section 2"_s, u"RFC 7662 section 2.2"_s}, tokenRevoked};
}

} // namespace realmscope
