// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/base/Encoding.h"
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: letters outside ASCII in another encoding than the server's.
// Contradicted by: a pair of plain ASCII.
namespace {

std::optional<Finding> basicCharset(const Facts &facts)
{
    const AuthorizationLine *line = facts.authorization();
    if (!line || !line->basic || !line->basic->hasColon || facts.status != 401)
        return std::nullopt;
    const QByteArray pair = line->basic->decoded;
    const bool isAscii = std::ranges::all_of(pair, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    if (isAscii || (!facts.challenges.challenges.isEmpty() && !facts.offers("Basic")))
        return std::nullopt;
    const bool isUtf8 = isValidUtf8(pair);
    const Challenge *challenge = facts.challenge("Basic");
    const bool wantsUtf8 = challenge && equalsIgnoreCase(challenge->value("charset"), "UTF-8");
    if (wantsUtf8 && isUtf8)
        return std::nullopt;
    const QString sent = isUtf8 ? u"UTF-8"_s : u"ISO-8859-1 (Latin-1)"_s;
    const QString wanted = isUtf8 ? u"ISO-8859-1 (Latin-1)"_s : u"UTF-8"_s;
    const ProbeFact *twin = facts.probe("other-charset"_L1);
    const bool isTaken = twin && twin->status() >= 200 && twin->status() < 300;
    if (twin && !isTaken)
        return std::nullopt;
    const bool isProven = (wantsUtf8 && !isUtf8) || isTaken;
    Finding finding = makeFinding(
        isProven ? Verdict::Proven : Verdict::Likely, 72,
        isProven ? u"The server wants %1, and the letters were sent in another encoding"_s.arg(wanted)
                 : u"The server may expect the special letters in another encoding"_s,
        wantsUtf8 ? u"the challenge says charset=\"UTF-8\"; the bytes sent are no UTF-8"_s
                  : u"user name or password has letters outside ASCII, sent as %1"_s.arg(sent),
        u"User name or password holds letters that are not in ASCII, such as ü or é. Their bytes depend on the encoding, "
        "and for Basic the server has to guess it unless its challenge names one. It compared other bytes than the ones "
        "it knows."_s);
    finding.evidence.append(facts.requestHeader(line->field, u"the decoded pair has bytes outside ASCII, as %1"_s.arg(sent), line->credentialsRange()));
    finding.evidence.append(facts.challengeEvidence());
    if (isTaken)
        finding.evidence.append(facts.probeEvidence(*twin, u"the same letters as %1: %2"_s.arg(wanted).arg(twin->status())));
    const QByteArray other = isUtf8 ? QString::fromUtf8(pair).toLatin1() : QString::fromLatin1(pair).toUtf8();
    const bool isProfile = line->field.source == HeaderSource::Profile && facts.context.profile;
    Fix fix;
    fix.id = u"use-other-charset"_s;
    fix.title = u"Send it as %1 and resend"_s.arg(wanted);
    fix.automatic = true;
    if (isProfile)
        fix.edits = {{EditKind::SetProfileField, "charset", isUtf8 ? QByteArray("iso-8859-1") : QByteArray("utf-8")}};
    else
        fix.edits = {{EditKind::SetHeader, "Authorization", "Basic " + other.toBase64()}};
    finding.fixes.append(fix);
    if (!wantsUtf8)
        finding.fixes.append(ownerFix(u"Let the server say which encoding it wants"_s, {}, u"WWW-Authenticate: Basic realm=\"…\", charset=\"UTF-8\""_s));
    return finding;
}

} // namespace

Rule basicCharsetRule()
{
    return {u"basic-charset"_s, ChecklistStep::Correct, RuleKind::Cause, {u"RFC 7617 section 2.1"_s}, basicCharset};
}

} // namespace realmscope
