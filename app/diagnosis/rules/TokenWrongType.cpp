// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

#include <QtCore/QJsonObject>
#include <QtCore/QVariant>

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: an ID token or a refresh token where an access token belongs.
// Contradicted by: words about another part of the token; claims of an access token.
namespace {

std::optional<Finding> tokenWrongType(const Facts &facts)
{
    if (!facts.isAuthRelated() || !facts.token || facts.isTokenRequest)
        return std::nullopt;
    static const QRegularExpression words = wordPattern(
        u"not an access token|(is|was) (an id|a refresh)[ _]token|id[ _]token.{0,30}(not|instead)|(invalid|wrong|unexpected|incorrect) token[ _]type|token[ _]type.{0,30}(invalid|not|wrong)"
        "|\\btyp\\b.{0,40}(not|invalid|unexpected|mismatch)|token_use"_s);
    const ServerWord *said = facts.says(words);
    QString kind;
    QString claim;
    if (facts.token->jwt) {
        const QJsonObject &claims = facts.token->jwt->claims;
        const QString type = claims.value("typ"_L1).toString() + u' ' + facts.token->jwt->header.value("typ"_L1).toString();
        const bool isAccess = type.contains(u"at+jwt"_s, Qt::CaseInsensitive) || claims.contains("scope"_L1) || claims.contains("scp"_L1);
        for (const QString &name : {u"at_hash"_s, u"c_hash"_s, u"nonce"_s}) {
            if (claims.contains(name) && !isAccess) {
                kind = u"an ID token"_s;
                claim = name;
                break;
            }
        }
        if (claims.value("token_use"_L1).toString() == u"id"_s || type.startsWith(u"ID"_s)) {
            kind = u"an ID token"_s;
            claim = claims.contains("token_use"_L1) ? u"token_use"_s : u"typ"_s;
        }
        if (type.contains(u"refresh"_s, Qt::CaseInsensitive) || claims.value("token_use"_L1).toString() == u"refresh"_s) {
            kind = u"a refresh token"_s;
            claim = u"typ"_s;
        }
    }
    if (kind.isEmpty() && !said)
        return std::nullopt;
    if (kind.isEmpty())
        kind = u"another kind of token"_s;
    Finding finding = makeFinding(
        said && !claim.isEmpty() ? Verdict::Proven : Verdict::Likely, said ? weight::Said : 73,
        u"This is %1; the server wants an access token"_s.arg(kind),
        claim.isEmpty() ? said->evidence.text : u"the claim %1 belongs to %2"_s.arg(claim, kind),
        u"A sign-in gives out several tokens that look alike. The ID token tells the program who signed in; the refresh "
        "token fetches new ones; only the access token opens an API. The one that was sent is %1."_s.arg(kind));
    Evidence where = facts.token->where;
    where.part = EvidencePart::Token;
    where.name = claim.toUtf8();
    where.text = claim.isEmpty() ? u"the token that was sent"_s : u"the token has the claim %1"_s.arg(claim);
    finding.evidence.append(where);
    if (said)
        finding.evidence.append(said->evidence);
    finding.fixes.append(editCredential(u"Send the access token"_s, "token", u"In the answer of the token endpoint it is the member access_token."_s));
    return finding;
}

} // namespace

Rule tokenWrongTypeRule()
{
    return {u"token-wrong-type"_s, ChecklistStep::Correct, RuleKind::Cause, {u"OpenID Connect Core section 2"_s, u"RFC 9068 section 4"_s}, tokenWrongType};
}

} // namespace realmscope
