// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

#include <QtCore/QJsonObject>
#include <QtCore/QVariant>

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: the token is signed in a way that the server does not accept, or not at all.
// Contradicted by: words about another part of the token.
namespace {

std::optional<Finding> tokenAlgorithmNotAllowed(const Facts &facts)
{
    if (!facts.isAuthRelated() || !facts.token || !facts.token->jwt)
        return std::nullopt;
    static const QRegularExpression words = wordPattern(
        u"\\balg(orithm)?\\b.{0,50}(not (allowed|supported|permitted|accepted|match)|invalid|unsupported|unexpected|mismatch)|(invalid|unsupported|unexpected|wrong|disallowed|unknown|bad) ['\"]?(signing |signature |jwt )?['\"]?alg"
        "|another algorithm expected|IDX10696|unsigned (tokens?|jwt|claims)"_s);
    const ServerWord *said = facts.says(words);
    const QString algorithm = facts.token->jwt->algorithm();
    const bool isUnsigned = algorithm.compare(u"none", Qt::CaseInsensitive) == 0;
    if (!said && !(isUnsigned && facts.status == 401))
        return std::nullopt;
    Finding finding = makeFinding(
        said && isUnsigned ? Verdict::Proven : Verdict::Likely, said ? weight::Said + 2 : 77,
        isUnsigned ? u"The token has no signature"_s : u"The server does not accept tokens signed with %1"_s.arg(algorithm),
        u"alg is %1"_s.arg(algorithm),
        isUnsigned ? u"The header of the token says alg: none, which means that nobody signed it. Anybody could write such "
                     "a token, so servers refuse it."_s
                   : u"The header of a token says how it was signed (alg). Servers accept only the ways they expect, because "
                     "accepting all has been a security hole. HS256 means a shared secret; RS256 and ES256 mean the "
                     "issuer's private key."_s);
    Evidence where = facts.token->where;
    where.part = EvidencePart::Token;
    where.name = "alg";
    where.text = u"the token's header says alg: %1"_s.arg(algorithm);
    finding.evidence.append(where);
    if (said)
        finding.evidence.append(said->evidence);
    finding.fixes.append(editCredential(u"Get a token that the issuer itself signed"_s, "token"));
    return finding;
}

} // namespace

Rule tokenAlgorithmNotAllowedRule()
{
    return {u"token-algorithm-not-allowed"_s, ChecklistStep::Correct, RuleKind::Cause, {u"RFC 8725 section 3.1"_s, u"RFC 7518 section 3.1"_s}, tokenAlgorithmNotAllowed};
}

} // namespace realmscope
