// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: the session cookie was sent, and the server does not know that session (any more).
// Contradicted by: another credential beside it; an unsafe request that a CSRF check stopped.
namespace {

std::optional<Finding> sessionExpired(const Facts &facts)
{
    const auto session = std::ranges::find_if(facts.cookies, [](const SentCredential &cookie) { return cookie.certain; });
    if (session == facts.cookies.end() || !facts.authorizations.isEmpty())
        return std::nullopt;
    if (facts.kind != OutcomeKind::Unauthorized && facts.kind != OutcomeKind::LoginRedirect && facts.status != 403)
        return std::nullopt;
    static const QRegularExpression words = wordPattern(u"session.{0,40}(expired|timed? ?out|ended|invalid|not found|unknown|no longer)|(expired|invalid|unknown) session|session_expired|login time-?out"_s);
    const ServerWord *said = facts.says(words);
    const bool isNew = std::ranges::any_of(facts.response().headers, [&](const HeaderField &field) {
        return field.is("Set-Cookie") && field.value.startsWith(session->name + '=');
    });
    if (facts.status == 403 && !said)
        return std::nullopt;
    if (facts.offers("Bearer") && !said && !isNew)
        return std::nullopt; // wrong-placement
    Finding finding = makeFinding(
        said && (isNew || facts.differsFromAnonymous()) ? Verdict::Proven : said || isNew || facts.kind == OutcomeKind::Unauthorized ? Verdict::Likely : Verdict::Possible,
        said ? weight::Said : isNew ? 68 : 48, u"The session is over"_s,
        said ? said->evidence.text : isNew ? u"the cookie was sent, and the server replaced it"_s : u"the cookie was sent, and refused"_s,
        u"After a sign-in the server remembers you by a cookie. It forgets sessions after a while, when it is restarted, or "
        "when you sign out. The cookie that was sent belongs to a session that it does not know (any more)."_s);
    finding.evidence.append(facts.credential(*session, u"the cookie %1 was sent"_s.arg(QString::fromUtf8(session->name))));
    if (said)
        finding.evidence.append(said->evidence);
    if (isNew)
        finding.evidence.append(facts.responseHeader("Set-Cookie", u"the refusal sets %1 anew"_s.arg(QString::fromUtf8(session->name))));
    finding.evidence.append(facts.statusLine());
    finding.fixes.append(advice(u"sign-in-first"_s, u"Sign in again, and send the new cookie"_s));
    return finding;
}

} // namespace

Rule sessionExpiredRule()
{
    return {u"session-expired"_s, ChecklistStep::Fresh, RuleKind::Cause, {u"RFC 6265 section 5.3"_s, u"RFC 6265 section 8.4"_s}, sessionExpired};
}

} // namespace realmscope
