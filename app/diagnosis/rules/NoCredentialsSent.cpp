// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: a refusal of a request that names nobody at all.
// Contradicted by: a credential anywhere in the request, one that a redirect withheld, one that the profile could not
// form because the challenge made no sense, and a CORS preflight, which never carries one.
namespace {

std::optional<Finding> noCredentialsSent(const Facts &facts)
{
    if (!facts.mayBeRefusal() || facts.hasCertainCredential() || facts.wasDropped() || facts.isPreflight()
        || facts.status == 407 || facts.isLoginRequest)
        return std::nullopt;
    const bool wasMeantToAnswer = facts.final->hasDecision(DecisionKind::ChallengeNotAnswered)
        || (facts.context.profile && facts.context.profile->schemeId != "none"_L1);
    if (wasMeantToAnswer)
        return std::nullopt;
    // In a recording nobody wrote down that it was withheld; the hop before had it.
    const bool wasLost = std::ranges::any_of(facts.trace.exchanges.first(std::max(0, facts.finalIndex)), [](const Exchange &earlier) {
        return earlier.role == ExchangeRole::Redirect && earlier.request.headers.contains("Authorization");
    });
    const bool hasSessionBehind = std::ranges::any_of(facts.final->cookies, [](const CookieVerdict &cookie) {
        return cookie.decision == CookieDecision::Withheld && cookie.isByRule() && looksLikeSessionCookie(cookie.name);
    });
    if (wasLost || hasSessionBehind)
        return std::nullopt;
    // A token request proves itself with the members of its body.
    if (facts.isTokenRequest && (!facts.bodyCredentials.isEmpty() || facts.status != 401) && !facts.saysMissing())
        return std::nullopt;
    const ServerWord *missing = facts.saysMissing();
    const bool isPlain401 = facts.kind == OutcomeKind::Unauthorized && facts.status != 400;
    if (!isPlain401 && !missing)
        return std::nullopt;
    if (facts.kind == OutcomeKind::LoginRedirect || facts.kind == OutcomeKind::LoginPage
        || facts.kind == OutcomeKind::Accepted || facts.kind == OutcomeKind::RateLimited || facts.status == 404)
        return std::nullopt;

    // A session that was given out on the way and is not in this request is the better explanation.
    const bool wasGivenSession = std::ranges::any_of(facts.trace.exchanges.first(std::max(0, facts.finalIndex)), [&](const Exchange &earlier) {
        return earlier.role != ExchangeRole::Probe && earlier.response.headers.contains("Set-Cookie")
            && earlier.request.url.origin() == facts.request().url.origin();
    });
    // The server judged something: then the request has what is not recognised here.
    const bool isJudged = facts.saysRejected() || facts.says(lockoutWords());
    if (!missing && isJudged && (facts.mayHoldCredential() || !facts.bodyCredentials.isEmpty()))
        return std::nullopt;
    const bool onlyCookies = !facts.credentials.isEmpty();
    const bool isUnsure = !missing && (facts.mayHoldCredential() || !facts.bodyCredentials.isEmpty());
    const QStringList schemes = facts.offeredSchemes();
    Finding finding = makeFinding(
        isUnsure && facts.challenges.challenges.isEmpty() ? Verdict::Possible
            : isPlain401 && !onlyCookies && !wasGivenSession && !isUnsure && !facts.context.mayLackCredentials() ? Verdict::Proven
                                                                                                               : Verdict::Likely, missing ? 66 : 64,
        u"The request carries no credential"_s,
        schemes.isEmpty() ? u"nothing in the request says who is asking"_s
                          : u"the server asks for %1, and nothing was sent"_s.arg(schemes.join(u" or "_s)),
        u"The server only answers people it knows, and this request does not say who is asking: it has no Authorization "
        "header, no API key, no session cookie and no client certificate. Status 401 means just that: the request lacks "
        "valid authentication credentials."_s);
    finding.evidence.append(facts.requestLine(u"no Authorization header, API key, cookie or certificate was sent"_s));
    if (facts.context.mayLackCredentials()) {
        finding.title = u"The recording shows no credential"_s;
        finding.summary = schemes.isEmpty() ? u"nothing in the recorded request says who is asking"_s
                                            : u"the server asks for %1, and the recorded request has none"_s.arg(schemes.join(u" or "_s));
        finding.explanation = u"The server only answers people it knows, and the request as it was recorded does not say who is asking: it has no "
                              "Authorization header, no API key and no cookie. Either none was sent, or the browser left it out of the file: browsers "
                              "do so unless asked to keep it. Export the recording with sensitive data to know."_s;
        finding.evidence.first().text = u"the recording has no Authorization header, API key or cookie of this request"_s;
    }
    if (onlyCookies)
        finding.evidence.last().text = u"only cookies whose names do not look like a session were sent"_s;
    finding.evidence.append(facts.challengeEvidence());
    if (missing)
        finding.evidence.append(missing->evidence);
    finding.fixes.append(addCredential(facts));
    return finding;
}

} // namespace

Rule noCredentialsSentRule()
{
    return {u"no-credentials-sent"_s, ChecklistStep::Sent, RuleKind::Cause, {u"RFC 9110 section 15.5.2"_s}, noCredentialsSent};
}

} // namespace realmscope
