// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: status 200, but what came is a sign-in page.
// Contradicted by: a request for the sign-in page itself.
namespace {

std::optional<Finding> loginPageReturned(const Facts &facts)
{
    if (facts.kind != OutcomeKind::LoginPage)
        return std::nullopt;
    Finding finding = makeFinding(
        facts.sameAsAnonymous() ? Verdict::Proven : Verdict::Likely, weight::Bytes,
        u"What came back is a sign-in page, not what you asked for"_s,
        u"status %1, an HTML page %2%3"_s.arg(facts.status).arg(facts.body.hasPasswordField ? u"with a password field"_s : u"that leads to a sign-in"_s,
            facts.body.title.isEmpty() ? QString() : u", titled \"%1\""_s.arg(facts.body.title.left(60))),
        u"The status says that all is well, but the content is the form that asks a person to sign in. To a program "
        "that looks like success. The server did not recognise the request as one of somebody who is signed in."_s);
    finding.evidence.append(facts.statusLine());
    finding.evidence.append({facts.finalIndex, EvidencePart::ResponseBody, {},
                             facts.body.hasPasswordField ? u"an HTML form with a password field"_s : u"an HTML page that goes on to a sign-in"_s,
                             findInBody(*facts.final, facts.body.hasPasswordField ? "password" : "SAMLRequest")});
    if (facts.sameAsAnonymous())
        finding.evidence.append(facts.probeEvidence(*facts.anonymous(), u"without any credential, the same page comes"_s));
    finding.fixes.append(advice(u"sign-in-first"_s, u"Sign in, and send the session cookie"_s,
                                u"Or find the address of the API that takes tokens; it is often another path or host."_s));
    return finding;
}

} // namespace

Rule loginPageReturnedRule()
{
    return {u"login-page-returned"_s, ChecklistStep::Understood, RuleKind::Cause, {u"RFC 9110 section 15.3.1"_s}, loginPageReturned};
}

} // namespace realmscope
