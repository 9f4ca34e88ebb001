// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/SchemeRegistry.h"
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: the challenge names other schemes than the one that was sent.
// Contradicted by: a challenge that offers the scheme, or that cannot be read.
namespace {

Finding shownByProbe(const Facts &facts, const AuthorizationLine &line, const ProbeFact &probe)
{
    const HeaderField *field = probe.answer->request.headers.find("Authorization");
    const QByteArray scheme = field ? readAuthorization(*field).scheme : QByteArray();
    const QString word = QString::fromLatin1(scheme);
    const QString used = QString::fromLatin1(line.scheme);
    Finding finding = makeFinding(
        Verdict::Proven, weight::Said, u"The server wants the word %1 before the token, not %2"_s.arg(word, used),
        u"with %1 the same token is accepted"_s.arg(word),
        u"The first word of the Authorization header says what kind of credential follows. This server looks for another word than "
        "the one that was sent, and does not say which: its refusal has no challenge. The token itself is good."_s);
    finding.evidence.append(facts.requestHeader(line.field, u"Authorization: %1 …"_s.arg(used)));
    finding.evidence.append(facts.probeEvidence(probe, u"with \"%1\" the answer is %2"_s.arg(word).arg(probe.status())));
    finding.fixes.append(replaceAuthorization(facts, line, u"use-offered-scheme"_s, u"Write %1 before the token and resend"_s.arg(word), scheme, line.credentials));
    finding.fixes.append(ownerFix(u"Ask the server's owner to send a challenge"_s, {}, u"WWW-Authenticate: %1 realm=\"api\""_s.arg(word)));
    return finding;
}

// A scheme that waits for a challenge of its kind (Digest, Negotiate) and did not get one sends nothing at all.
std::optional<Finding> waitsForAnotherChallenge(const Facts &facts)
{
    const AuthScheme *scheme = facts.context.profile ? findScheme(facts.context.profile->schemeId) : nullptr;
    const QStringList offered = facts.offeredSchemes();
    if (!scheme || offered.isEmpty() || facts.status != 401 || !facts.final->hasDecision(DecisionKind::ChallengeNotAnswered)
        || !facts.challenges.isWellFormed() || scheme->id() == "any"_L1 || facts.offers(scheme->title().section(u' ', 0, 0).toLatin1()))
        return std::nullopt;
    Finding finding = makeFinding(
        Verdict::Proven, 60, u"The server asks for %1, and the profile is for %2"_s.arg(offered.join(u" or "_s), scheme->title()),
        u"%1 is not among what the server accepts, so nothing was sent: %2"_s.arg(scheme->title(), offered.join(u", "_s)),
        u"There are several ways to prove who you are, called authentication schemes. This one waits for a challenge (WWW-Authenticate) of "
        "its own kind before it sends anything, and the server's challenge is of another kind. User name and password may well be right."_s);
    finding.evidence.append(facts.challengeEvidence());
    if (const std::optional<Fix> fix = useOfferedScheme(facts))
        finding.fixes.append(*fix);
    else
        finding.fixes.append(addCredential(facts));
    return finding;
}

std::optional<Finding> wrongScheme(const Facts &facts)
{
    const AuthorizationLine *line = facts.authorization();
    if (!line && facts.final)
        return waitsForAnotherChallenge(facts);
    if (!line || line->scheme.isEmpty() || facts.authorizations.size() > 1)
        return std::nullopt;
    if (facts.status != 401 && facts.status != 400)
        return std::nullopt;
    const QStringList offered = facts.offeredSchemes();
    const QByteArray used = canonicalScheme(line->scheme);
    if (const ProbeFact *other = facts.probe("other-scheme"_L1); other && other->status() >= 200 && other->status() < 400)
        return shownByProbe(facts, *line, *other);
    if (offered.isEmpty())
        return std::nullopt;
    const bool isNtlmInside = line->is("Negotiate") && line->credentials.startsWith("TlRMTVNTUA")
        && !facts.offers("NTLM");
    if (facts.offers(line->scheme) && !isNtlmInside)
        return std::nullopt;
    // The answer is about the token itself: then the scheme was understood, whatever the challenge says.
    if (facts.errorCode == u"invalid_token" && !facts.challenge("DPoP") && (line->is("Bearer") || line->is("DPoP")))
        return std::nullopt;
    // Words about the token mean that it was read, unless the same are said to nobody.
    static const QRegularExpression judged = wordPattern(
        u"(token|jwt|signature)\\b.{0,40}(fail|invalid|expired|\\bbad|reject|verif|malformed|wrong)|(bad|invalid|expired|wrong|malformed)\\b.{0,30}(token|jwt|signature)"_s);
    const bool isJudged = (facts.says(judged) || facts.saysRejected()) && !facts.sameAsAnonymous();
    if (isJudged && facts.differsFromAnonymous())
        return std::nullopt;
    const bool allKnown = std::ranges::all_of(facts.challenges.challenges, [](const Challenge &challenge) {
        return challenge.problems.isEmpty() && isKnownAuthScheme(challenge.scheme);
    });
    const bool isProven = !isNtlmInside && allKnown && isKnownAuthScheme(line->scheme) && facts.challenges.isWellFormed()
        && !facts.differsFromAnonymous() && !isJudged;
    const QString usedText = QString::fromLatin1(used);
    Finding finding = makeFinding(
        isProven ? Verdict::Proven : Verdict::Likely, 60,
        isNtlmInside ? u"The server wants Kerberos, and NTLM was sent"_s
                     : u"The server asks for %1, and %2 was sent"_s.arg(offered.join(u" or "_s), usedText),
        u"%1 is not among what the server accepts: %2"_s.arg(usedText, offered.join(u", "_s)),
        u"There are several ways to prove who you are, called authentication schemes, and the first word of the "
        "Authorization header names the one in use. In its challenge (WWW-Authenticate) the server lists those it "
        "accepts here. The request used another one, so the credential was not even looked at; it may well be right."_s);
    finding.evidence.append(facts.requestHeader(line->field, u"Authorization: %1 …"_s.arg(QString::fromLatin1(line->scheme)),
                                                line->field.valueRange.isEmpty() ? ByteRange{} : ByteRange{line->field.valueRange.begin, line->field.valueRange.begin + line->scheme.size()}));
    finding.evidence.append(facts.challengeEvidence());
    if (const std::optional<Fix> fix = useOfferedScheme(facts))
        finding.fixes.append(*fix);
    else
        finding.fixes.append(addCredential(facts));
    return finding;
}

} // namespace

Rule wrongSchemeRule()
{
    return {u"wrong-scheme"_s, ChecklistStep::Understood, RuleKind::Cause,
            {u"RFC 9110 section 11.6.1"_s, u"RFC 9110 section 11.4"_s}, wrongScheme};
}

} // namespace realmscope
