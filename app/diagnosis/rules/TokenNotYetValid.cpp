// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

#include <QtCore/QJsonObject>

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: the token begins in the future, seen from the server.
// Contradicted by: nbf in the past.
namespace {

std::optional<Finding> tokenNotYetValid(const Facts &facts)
{
    if (!facts.isAuthRelated() || facts.status == 407)
        return std::nullopt;
    static const QRegularExpression words = wordPattern(u"not (yet )?(valid|active|be used)( yet)?.{0,20}(before|until|nbf)?|jwt not active|\\bnbf\\b|used before|used too early|issued in the future|premature|IDX10222|\\biat\\b"_s);
    static const QRegularExpression sure = wordPattern(u"not yet|not active|\\bnbf\\b|used before|used too early|in the future|premature|IDX10222|\\biat\\b"_s);
    const ServerWord *said = facts.says(sure);
    if (said && !words.match(said->text).hasMatch())
        said = nullptr;
    const bool isReadable = facts.token && facts.token->jwt;
    // Of a token that only the server can read: its word, where that is about a token and nothing else.
    static const QRegularExpression clear = wordPattern(u"token.{0,20}(not (yet valid|valid yet|active yet)|used (before|too early)|issued in the future)"_s);
    if (!isReadable)
        said = facts.hasCertainCredential() ? facts.says(clear) : nullptr;
    if (!isReadable && !said)
        return std::nullopt;
    std::optional<qint64> begin = isReadable ? facts.token->jwt->time(u"nbf"_s) : std::nullopt;
    QString claim = u"nbf"_s;
    if (isReadable && (!begin || (*begin <= facts.now() && said))) {
        if (const std::optional<qint64> issued = facts.token->jwt->time(u"iat"_s); issued && *issued > facts.now()) {
            begin = issued;
            claim = u"iat"_s;
        }
    }
    const bool isFuture = begin && *begin > facts.now();
    if (!isFuture && !said)
        return std::nullopt;
    const bool isProven = isFuture && (said || (claim == u"nbf" && facts.serverNow));
    const qint64 ahead = begin ? *begin - facts.now() : 0;
    Finding finding = makeFinding(
        isProven ? Verdict::Proven : Verdict::Likely, said && isFuture ? 92 : said ? 88 : 75, u"The token is not valid yet"_s,
        isFuture ? u"it begins %1 after the moment in which the server looked at it"_s.arg(durationText(ahead)) : said->evidence.text,
        u"A token can say from when on it is good (the claim nbf, not before, or iat, issued at). For the server that "
        "moment has not come. Either the token was made for later, or the clocks of its issuer and of the server differ."_s);
    if (begin) {
        Evidence where = facts.token->where;
        where.part = EvidencePart::Token;
        where.name = claim.toLatin1();
        where.text = u"%1: %2"_s.arg(claim, utcTime(*begin));
        finding.evidence.append(where);
        finding.evidence.append(facts.serverTime());
    }
    if (said)
        finding.evidence.append(said->evidence);
    finding.fixes.append(advice(u"wait"_s, isFuture ? u"Wait %1 and send again"_s.arg(durationText(ahead)) : u"Wait a moment and send again"_s));
    finding.fixes.append(ownerFix(u"Set the clocks by NTP, and allow a minute of difference"_s, {}));
    return finding;
}

} // namespace

Rule tokenNotYetValidRule()
{
    return {u"token-not-yet-valid"_s, ChecklistStep::Fresh, RuleKind::Cause, {u"RFC 7519 section 4.1.5"_s}, tokenNotYetValid};
}

} // namespace realmscope
