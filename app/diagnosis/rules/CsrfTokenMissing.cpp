// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: a guard against forged requests stopped a request that changes something.
// Contradicted by: a safe method.
namespace {

std::optional<Finding> csrfTokenMissing(const Facts &facts)
{
    // WordPress wants its nonce with every request that a cookie signs in.
    static const QRegularExpression always = wordPattern(u"rest_cookie_invalid_nonce|cookie check failed"_s);
    if (facts.final && facts.request().isSafe() && !facts.says(always))
        return std::nullopt;
    if (facts.status != 401 && facts.status != 403 && facts.status != 419 && facts.status != 400 && facts.status != 422)
        return std::nullopt;
    static const QRegularExpression words = wordPattern(u"csrf|xsrf|cross[- ]site request forgery|page expired|authenticity[ _]?token|forgery|EBADCSRFTOKEN|request verification token|valid crumb|rest_cookie_invalid_nonce|cookie check failed|\\bbadtoken\\b"_s);
    const ServerWord *said = facts.says(words);
    if (!said && facts.status != 419)
        return std::nullopt;
    static constexpr auto isCsrf = [](const QByteArray &name) { const QByteArray low = name.toLower(); return low.contains("csrf") || low.contains("xsrf"); };
    const auto cookie = std::ranges::find_if(facts.cookies, [](const SentCredential &sent) { return isCsrf(sent.name); });
    const bool hasHeader = std::ranges::any_of(facts.request().headers, [](const HeaderField &field) { return isCsrf(field.name); });
    Finding finding = makeFinding(
        said ? Verdict::Proven : Verdict::Likely, weight::Said, hasHeader ? u"The CSRF token does not fit"_s : u"The CSRF token is missing"_s,
        said ? said->evidence.text : u"status 419: the page has expired"_s,
        u"A site that remembers you by a cookie has to make sure that a request which changes something really comes from "
        "its own page. It does so with a second value, the CSRF token, which the page puts into the form or a header. "
        "The session may be fine; that second value is %1."_s.arg(hasHeader ? u"not the one it expects"_s : u"not there"_s));
    if (said)
        finding.evidence.append(said->evidence);
    finding.evidence.append(facts.requestLine(u"%1 changes something, so the guard looks"_s.arg(QString::fromLatin1(facts.request().method))));
    if (cookie != facts.cookies.end()) {
        finding.evidence.append(facts.credential(*cookie, u"the cookie %1 holds the value that has to be repeated"_s.arg(QString::fromUtf8(cookie->name))));
        const bool isXsrf = cookie->name.toLower().contains("xsrf");
        Fix fix;
        fix.id = u"send-csrf-token"_s;
        const QByteArray header = isXsrf ? QByteArray("X-XSRF-TOKEN") : QByteArray("X-CSRFToken");
        fix.title = u"Repeat it in %1 and resend"_s.arg(QString::fromLatin1(header));
        fix.detail = u"The usual name; the site's documentation has the right one."_s;
        fix.automatic = true;
        fix.edits = {{EditKind::SetHeader, header, cookie->value}};
        finding.fixes.append(fix);
    } else {
        finding.fixes.append(advice(u"send-csrf-token"_s, u"Get the CSRF token from the site's page, and send it along"_s,
                                    u"Load the form first: the token is in it, or in a cookie; send it in the header or member the site names."_s));
    }
    return finding;
}

} // namespace

Rule csrfTokenMissingRule()
{
    return {u"csrf-token-missing"_s, ChecklistStep::StaleState, RuleKind::Cause, {u"OWASP: Cross-Site Request Forgery Prevention"_s}, csrfTokenMissing};
}

} // namespace realmscope
