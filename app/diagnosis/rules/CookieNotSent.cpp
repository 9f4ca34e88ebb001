// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/base/Encoding.h"
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

bool mayBeForWantOfCookie(const Facts &facts)
{
    return facts.kind == OutcomeKind::Unauthorized || facts.kind == OutcomeKind::Forbidden || facts.kind == OutcomeKind::LoginRedirect
        || facts.kind == OutcomeKind::LoginPage;
}

// The jar's verdict, of a cookie that looks like a session before others.
const CookieVerdict *withheldCookie(const Facts &facts)
{
    const CookieVerdict *found = nullptr;
    for (const CookieVerdict &cookie : facts.final->cookies) {
        if (cookie.decision != CookieDecision::Withheld || !cookie.isByRule())
            continue;
        if (!found || (!looksLikeSessionCookie(found->name) && looksLikeSessionCookie(cookie.name)))
            found = &cookie;
    }
    return found;
}

// The jar's verdict on a Set-Cookie that it did not take.
const CookieVerdict *rejectedCookie(const Exchange &exchange, QByteArrayView name)
{
    const auto found = std::ranges::find_if(exchange.cookies, [&](const CookieVerdict &cookie) {
        return cookie.decision == CookieDecision::Rejected && cookie.isByRule() && cookie.name == name;
    });
    return found == exchange.cookies.end() ? nullptr : &*found;
}

// Explains: a cookie is there, and was withheld: Domain, Path, Secure, SameSite or its end forbid it for this request.
// Contradicted by: a session cookie that was sent all the same.
std::optional<Finding> notSent(const Facts &facts)
{
    if (!facts.final || !mayBeForWantOfCookie(facts) || !facts.authorizations.isEmpty())
        return std::nullopt;
    for (const SentCredential &cookie : facts.cookies) {
        if (cookie.certain)
            return std::nullopt;
    }
    const CookieVerdict *withheld = withheldCookie(facts);
    if (!withheld)
        return std::nullopt;
    const QString name = displayText(withheld->name);
    // Any other may be there for a count of visits.
    const bool isSession = looksLikeSessionCookie(withheld->name);
    Finding finding = makeFinding(
        isSession ? Verdict::Likely : Verdict::Possible, weight::Bytes + 2, u"A cookie was there, and could not be sent here"_s,
        u"the cookie %1 stayed behind: %2"_s.arg(name, withheld->reason),
        u"A cookie says where it may be sent: to which host and path, over TLS only, from which sites, until when. For this "
        "request one of these did not hold, so the cookie stayed behind, and the server does not know who is asking."_s);
    finding.evidence.append({facts.finalIndex, EvidencePart::RequestHeader, "Cookie", u"the cookie %1 was not sent: %2"_s.arg(name, withheld->reason), {}});
    finding.evidence.append(facts.statusLine());
    finding.fixes.append(advice(u"match-cookie"_s, u"Use the address for which the cookie was given out"_s, u"The same host name, path and scheme as at the sign-in."_s));
    finding.fixes.append(ownerFix(u"Or let the server give it out more widely"_s, {}, u"Set-Cookie: sid=…; Path=/; Secure; HttpOnly; SameSite=Lax"_s));
    return finding;
}

// Explains: the server gave out a session on the way, and it was not sent back.
// Contradicted by: a cookie of that name in the last request.
std::optional<Finding> missing(const Facts &facts)
{
    if (!facts.final || !mayBeForWantOfCookie(facts) || facts.hasCertainCredential())
        return std::nullopt;
    for (int i = 0; i < facts.finalIndex; ++i) {
        const Exchange &earlier = facts.trace.exchanges.at(i);
        if (earlier.role == ExchangeRole::Probe || !(earlier.request.url.origin() == facts.request().url.origin()))
            continue;
        for (const HeaderField &field : earlier.response.headers) {
            const qsizetype equals = field.value.indexOf('=');
            if (!field.is("Set-Cookie") || equals <= 0 || field.value.toLower().contains("max-age=0"))
                continue;
            const QByteArray name = field.value.left(equals).trimmed();
            const bool isSent = std::ranges::any_of(facts.cookies, [&](const SentCredential &cookie) { return cookie.name == name; });
            if (isSent)
                continue;
            Finding finding = makeFinding(
                Verdict::Likely, weight::Bytes + 1, u"The session cookie was not sent back"_s,
                u"the server set the cookie %1, and the next request has none"_s.arg(QString::fromUtf8(name)),
                u"The server remembers who signed in by a cookie that it gives out and wants to see again. It gave one out here, "
                "and the request after it came without: the program does not keep cookies, or not for this request."_s);
            finding.evidence.append({i, EvidencePart::ResponseHeader, "Set-Cookie", u"Set-Cookie: %1=…"_s.arg(QString::fromUtf8(name)), {}});
            if (const CookieVerdict *rejected = rejectedCookie(earlier, name)) {
                finding.explanation = u"The server remembers who signed in by a cookie that it gives out and wants to see again. It gave one out here that "
                                      "no cookie jar may keep: %1. So the request after it came without."_s.arg(rejected->reason);
                finding.evidence.append({i, EvidencePart::ResponseHeader, "Set-Cookie", u"not kept: %1"_s.arg(rejected->reason), rejected->range});
                finding.fixes.append(ownerFix(u"Give the cookie out so that it can be kept"_s, {}, u"Set-Cookie: sid=…; Path=/; Secure; HttpOnly; SameSite=Lax"_s));
            }
            finding.evidence.append(facts.requestLine(u"this request has no cookie of that name"_s));
            finding.fixes.append(advice(u"keep-cookies"_s, u"Keep cookies between the requests"_s, u"With curl: -c FILE at the sign-in, -b FILE afterwards."_s));
            return finding;
        }
    }
    return std::nullopt;
}

} // namespace

Rule cookieNotSentRule()
{
    return {u"cookie-not-sent"_s, ChecklistStep::StaleState, RuleKind::Cause, {u"RFC 6265 section 5.4"_s}, notSent};
}

Rule sessionCookieMissingRule()
{
    return {u"session-cookie-missing"_s, ChecklistStep::StaleState, RuleKind::Cause, {u"RFC 6265 section 5.4"_s}, missing};
}

} // namespace realmscope
