// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonObject>

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: the token is for another API.
namespace {

QString audienceOf(const TokenFact &token)
{
    if (!token.jwt)
        return {};
    const QJsonValue value = token.jwt->claims.value("aud"_L1);
    if (!value.isArray())
        return value.toString();
    QStringList all;
    const QJsonArray array = value.toArray();
    for (const QJsonValue &item : array)
        all.append(item.toString());
    return all.join(u", "_s);
}

std::optional<Finding> tokenWrongAudience(const Facts &facts)
{
    if (!facts.mayBeRefusal() || !facts.token)
        return std::nullopt;
    static const QRegularExpression words = wordPattern(
        u"\\baudiences?\\b.{0,50}(not|invalid|empty|unexpected|mismatch|wrong|did|missing)|(invalid|unexpected|wrong|bad|incorrect|missing) ['\"]?(aud|audience)\\b|['\"]aud['\"]|\\baud\\b claim|expected audience|IDX10214|IDX10208|intended audience"_s);
    const ServerWord *said = facts.says(words);
    if (!said)
        return std::nullopt;
    const QString audience = audienceOf(*facts.token);
    Finding finding = makeFinding(
        facts.token->jwt ? Verdict::Proven : Verdict::Likely, weight::Said, u"The token is for another API"_s,
        audience.isEmpty() ? u"the token names no audience"_s : u"aud is %1"_s.arg(audience.left(120)),
        u"A token says which API it is meant for (the claim aud, the audience), so that one API cannot use it at another. "
        "This server is not the one named there. The audience is chosen when the token is asked for: by a scope, or by a "
        "parameter named audience or resource."_s);
    finding.evidence.append(said->evidence);
    Evidence where = facts.token->where;
    where.part = EvidencePart::Token;
    where.name = "aud";
    where.text = audience.isEmpty() ? u"the token has no aud claim that can be read"_s : u"the token says aud: %1"_s.arg(audience.left(160));
    finding.evidence.append(where);
    finding.fixes.append(editCredential(u"Get a token for this API"_s, "token", u"Ask the authorization server with this API's audience, resource or scope."_s));
    finding.fixes.append(ownerFix(u"Ask the server's owner which audience it expects"_s, {}));
    return finding;
}

} // namespace

Rule tokenWrongAudienceRule()
{
    return {u"token-wrong-audience"_s, ChecklistStep::Correct, RuleKind::Cause, {u"RFC 7519 section 4.1.3"_s, u"RFC 8707 section 2"_s}, tokenWrongAudience};
}

} // namespace realmscope
