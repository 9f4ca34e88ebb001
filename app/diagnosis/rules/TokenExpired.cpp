// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/SignedTime.h"
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

#include <QtCore/QJsonObject>

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: the token's end lies before the moment in which the server looked at it.
// Contradicted by: an answer that is about something else (scope, signature, audience); an end in the future.
namespace {

// Two moments of one day need no date to be compared.
QString momentText(qint64 time, qint64 other)
{
    const QDateTime moment = QDateTime::fromSecsSinceEpoch(time, Qt::UTC);
    return moment.date() == QDateTime::fromSecsSinceEpoch(other, Qt::UTC).date() ? moment.toString(u"HH:mm:ss"_s)
                                                                                 : utcTime(time);
}

// A signed URL that names its own end.
Finding expiredUrl(const Facts &facts, const SignedTime &time, const ServerWord *said)
{
    const QString ago = durationText(facts.now() - *time.until);
    Finding finding = makeFinding(
        facts.serverNow || said ? Verdict::Proven : Verdict::Likely, 93, u"The signed URL has expired"_s, u"it ended %1 before the server looked at it"_s.arg(ago),
        u"A signed URL lets anybody in who has it, for a while; when that ends stands in the URL itself. That moment had passed."_s);
    Evidence where = time.where;
    where.text = u"good until %1"_s.arg(utcTime(*time.until));
    finding.evidence.append(where);
    finding.evidence.append(facts.serverTime());
    if (said)
        finding.evidence.append(said->evidence);
    finding.fixes.append(advice(u"sign-again"_s, u"Make a new URL"_s, u"Or one that is good for longer."_s));
    return finding;
}

std::optional<Finding> tokenExpired(const Facts &facts)
{
    if (!facts.isAuthRelated() || facts.status == 407 || facts.errorCode == u"insufficient_scope")
        return std::nullopt;
    static const QRegularExpression words = wordPattern(
        u"(token|jwt|credential|assertion|signature|request|key|\\bexp\\b).{0,60}(expired|has expired|timestamp check failed)|expired.{0,20}(token|jwt)|^expired|token_expired|ExpiredToken|TokenExpired|IDX10223|lifetime validation failed|\"exp\""_s);
    static const QRegularExpression other = wordPattern(u"session|csrf|nonce|password|refresh|code|licen[cs]e|subscription|trial|certificate|account"_s);
    const ServerWord *said = facts.says(words);
    static const QRegularExpression sure = wordPattern(u"access[ _]token|\\bjwt\\b|bearer"_s);
    if (said && other.match(said->text).hasMatch() && !sure.match(said->text).hasMatch())
        said = nullptr;
    const bool isPair = facts.authorization() && (facts.authorization()->basic || facts.authorization()->is("Digest"));
    if (facts.isTokenRequest || (!facts.token && (!facts.hasCredential() || isPair)))
        return std::nullopt;
    const std::optional<qint64> end = facts.token && facts.token->jwt ? facts.token->jwt->time(u"exp"_s) : std::nullopt;
    const bool isPast = end && *end <= facts.now();
    if (const std::optional<SignedTime> signedTime = readSignedTime(facts); signedTime && signedTime->until && *signedTime->until <= facts.now())
        return expiredUrl(facts, *signedTime, said);
    if (!said && !isPast)
        return std::nullopt;
    if (!said && facts.status == 403 && !facts.words.isEmpty())
        return std::nullopt; // the server took it and says something else
    const qint64 ago = end ? facts.now() - *end : 0;
    // By the server's clock alone, against ours, it is no proof: one of them is wrong. And a server that names another
    // reason has one.
    static const QRegularExpression signature = wordPattern(u"signature|kid\\b|audience|issuer|disabled|revoked"_s);
    const bool isPastHere = end && *end <= facts.localNow;
    const bool saysOther = !said && (facts.says(lockoutWords()) || facts.says(signature));
    const bool isProven = isPast && (said || (facts.serverNow && isPastHere && !saysOther));
    Finding finding = makeFinding(
        isProven ? Verdict::Proven : Verdict::Likely, said && isPast ? 92 : said ? 88 : saysOther ? 58 : 74, u"The access token has expired"_s,
        isPast ? u"The access token expired %1 before the server looked at it."_s.arg(durationText(ago)) : said->evidence.text,
        u"A token is only good for a while; its end stands in it (the claim exp). When this one arrived, that moment had "
        "passed, so the server refuses it, whatever else it says."_s);
    if (end) {
        Evidence where = facts.token->where;
        where.part = EvidencePart::Token;
        where.name = "exp";
        where.text = u"exp is %1"_s.arg(momentText(*end, facts.now()));
        finding.evidence.append(where);
        Evidence date = facts.serverTime();
        if (facts.serverNow)
            date.text = u"the server's Date is %1"_s.arg(momentText(*facts.serverNow, *end));
        finding.evidence.append(date);
    }
    if (said)
        finding.evidence.append(said->evidence);
    if (!isPast && end)
        finding.summary = u"the server calls it expired, although exp is in the future: its clock differs, or it has a limit of its own"_s;
    Fix fix = editCredential(u"Get a new token and resend"_s, "token", u"Use the refresh token, or sign in again."_s);
    fix.id = u"refresh-token"_s;
    finding.fixes.append(fix);
    return finding;
}

} // namespace

Rule tokenExpiredRule()
{
    return {u"token-expired"_s, ChecklistStep::Fresh, RuleKind::Cause, {u"RFC 7519 section 4.1.4"_s, u"RFC 6750 section 3.1"_s}, tokenExpired};
}

} // namespace realmscope
