// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: a site for browsers sends everybody it does not know to its sign-in page.
// Contradicted by: a redirect that only moves the address (a slash, another host, https).
namespace {

bool hasWithheldCookie(const Facts &facts)
{
    return std::ranges::any_of(facts.final->cookies, [](const CookieVerdict &cookie) { return cookie.decision == CookieDecision::Withheld && cookie.isByRule(); });
}

std::optional<Finding> loginRedirect(const Facts &facts)
{
    if (facts.kind != OutcomeKind::LoginRedirect || !facts.location)
        return std::nullopt;
    const bool isSession = !facts.cookies.isEmpty();
    Finding finding = makeFinding(
        Verdict::Likely, weight::Bytes, u"The server sends you to its sign-in page"_s,
        u"%1 to %2"_s.arg(facts.status).arg(QString::fromUtf8(facts.location->path)),
        u"Instead of refusing with 401, this server answers as it would to a browser: go and sign in first. That is how "
        "web pages work that keep a session in a cookie. %1"_s.arg(
            isSession ? u"The session cookie that was sent is not (or no longer) good for this."_s
                      : facts.hasCredential() ? u"The credential that was sent is not one it reads here."_s
                                              : u"The request had no session cookie."_s));
    if (facts.sameAsAnonymous()) {
        finding.verdict = Verdict::Proven;
        finding.evidence.append(facts.probeEvidence(*facts.anonymous(), u"without any credential, the answer is the same"_s));
    } else if (!facts.hasCredential() && !hasWithheldCookie(facts)) {
        finding.verdict = Verdict::Proven;
    }
    finding.evidence.prepend(facts.responseHeader("Location", u"%1, Location: %2"_s.arg(facts.status).arg(
        QString::fromUtf8(facts.response().headers.value("Location")).left(160))));
    if (facts.isLoginRequest)
        finding.summary = u"the sign-in itself was answered with the sign-in page: it did not succeed"_s;
    finding.fixes.append(advice(u"sign-in-first"_s, u"Sign in, and send the session cookie"_s,
                                u"Or find the address of the API that takes tokens; it is often another path or host."_s));
    finding.fixes.append(advice(u"ask-for-json"_s, u"Ask with Accept: application/json"_s,
                                u"Some sites then answer 401 with a challenge instead of redirecting."_s));
    return finding;
}

} // namespace

Rule loginRedirectRule()
{
    return {u"login-redirect"_s, ChecklistStep::Understood, RuleKind::Cause, {u"RFC 9110 section 15.4"_s}, loginRedirect};
}

} // namespace realmscope
