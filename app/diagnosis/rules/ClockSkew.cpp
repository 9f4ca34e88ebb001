// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/SignedTime.h"
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: the two clocks differ so much that a scheme with a time in it cannot work.
// Contradicted by: a scheme without a time; a small difference.
namespace {

std::optional<Finding> clockSkew(const Facts &facts)
{
    if (!facts.mayBeRefusal())
        return std::nullopt;
    static const QRegularExpression words = wordPattern(u"RequestTimeTooSkewed|timestamp for this request|clock skew|skew|stale timestamp|timestamp.{0,40}(old|expired|refused|invalid|outside|range|future|stale)|invalid timestamp|request (has )?expired|difference between the request time|RequestExpired"_s);
    const ServerWord *said = facts.says(words);
    const std::optional<SignedTime> time = readSignedTime(facts);
    if (time && time->until && *time->until <= facts.now())
        return std::nullopt; // a signed URL that has ended: token-expired
    const bool hasTime = time.has_value();
    const bool isClockOff = facts.clockOffset && std::abs(*facts.clockOffset) > 240;
    const qint64 ahead = time ? time->at - facts.now() : 0;
    const bool isTimeOff = time && !time->until && facts.serverNow && std::abs(ahead) > time->tolerance;
    const bool isOff = isTimeOff || (hasTime && isClockOff);
    // A nonce counts together with its time stamp (RFC 5849 section 3.3): refused as used, it may well be too old.
    static const QRegularExpression nonceWords = wordPattern(u"nonce"_s);
    if (!said && isTimeOff)
        said = facts.says(nonceWords);
    if (!said && !isOff)
        return std::nullopt;
    if (said && !hasTime && !isOff)
        return std::nullopt;
    Finding finding = makeFinding(
        said ? Verdict::Proven : Verdict::Likely, said ? weight::Said + 3 : weight::Bytes, u"The clocks differ too much"_s,
        isTimeOff ? u"%1 is %2 %3 the server's clock"_s.arg(time->name, durationText(ahead), ahead > 0 ? u"ahead of"_s : u"behind"_s)
        : facts.clockOffset && isClockOff ? u"this computer's clock is %1 %2 the server's"_s.arg(durationText(*facts.clockOffset), *facts.clockOffset > 0 ? u"behind"_s : u"ahead of"_s)
                                   : u"the time in the signed request is too far from the server's"_s,
        u"This scheme signs the time of the request along, so that nobody can replay it later. The server only accepts a "
        "few minutes of difference. The time that was sent is further away from the server's clock."_s);
    if (said && (!isOff || nonceWords.match(said->text).hasMatch()))
        finding.verdict = Verdict::Likely;
    if (time)
        finding.evidence.append(time->where);
    if (said)
        finding.evidence.append(said->evidence);
    finding.evidence.append(facts.serverTime());
    finding.evidence.append({facts.finalIndex, EvidencePart::Timing, {}, u"local clock: %1"_s.arg(utcTime(facts.localNow)), {}});
    finding.fixes.append(advice(u"set-clock"_s, u"Set the clock of this computer, and sign again"_s, u"Let it follow a time server (NTP)."_s));
    return finding;
}

} // namespace

Rule clockSkewRule()
{
    return {u"clock-skew"_s, ChecklistStep::Fresh, RuleKind::Cause, {u"RFC 9110 section 6.6.1"_s}, clockSkew};
}

} // namespace realmscope
