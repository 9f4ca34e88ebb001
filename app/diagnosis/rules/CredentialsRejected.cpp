// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/base/Encoding.h"
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: the credential was seen, understood and refused, and nothing finer is known. The default.
// Never proven: the client cannot see the server's list of users, and a broken list looks the same.
namespace {

std::optional<Finding> credentialsRejected(const Facts &facts)
{
    const bool isProxy = facts.status == 407 && !facts.proxyAuthorizations.isEmpty();
    const ServerWord *rejected = facts.saysRejected();
    const bool isLogin = ((facts.isLoginRequest || !facts.bodyCredentials.isEmpty())
                          && (facts.kind == OutcomeKind::LoginRedirect || rejected || facts.status == 401))
        || (rejected && facts.status == 401 && !facts.hasCredential() && facts.mayHoldCredential());
    const bool isUsual = facts.status == 401 || facts.kind == OutcomeKind::Unauthorized;
    const bool isSaid = rejected && (facts.status == 403 || facts.status == 400 || facts.status == 422);
    if (!isProxy && !isUsual && !isLogin && !isSaid)
        return std::nullopt;
    // A 400 about the content of the request, whatever words it uses.
    if (isSaid && facts.status != 403 && !facts.isTokenRequest && !facts.isLoginRequest && !facts.hasAuthSign())
        return std::nullopt;
    // A cookie of any name is no credential that could have been refused, unless the server asks for one.
    const bool hasSome = facts.hasCertainCredential() || (facts.hasCredential() && !facts.challenges.challenges.isEmpty());
    if (!isProxy && !hasSome && !isLogin)
        return std::nullopt;
    if (facts.kind == OutcomeKind::Accepted || facts.letInDirect())
        return std::nullopt;
    const AuthorizationLine *line = isProxy ? &facts.proxyAuthorizations.first() : facts.authorization();
    const bool differs = facts.differsFromAnonymous();
    const bool isPair = line && (line->basic || line->is("Digest"));
    const QString what = isProxy ? u"user name or password for the proxy"_s
        : facts.isTokenRequest         ? u"client ID or its secret"_s
        : isPair || (isLogin && !line) ? u"user name or password"_s
        : line ? u"token"_s : u"credential"_s;
    const bool said = rejected || facts.errorCode == u"invalid_token";
    const bool isAskedFor = std::ranges::any_of(facts.credentials, [&](const SentCredential &sent) {
        return sent.place == CredentialPlace::Header && facts.asksForHeader(sent.name);
    });
    const bool isOffered = (line && facts.offers(line->scheme)) || isAskedFor;
    Finding finding = makeFinding(
        said || differs || isOffered || isProxy || isLogin ? Verdict::Likely : Verdict::Possible,
        said ? weight::Default + 15 : differs ? weight::Default + 10 : weight::Default,
        isProxy ? u"The proxy refused the user name or password"_s : u"The server refused the %1"_s.arg(what),
        rejected ? rejected->evidence.text
                 : differs ? u"with the credential the answer is another one than without: it was seen"_s
                           : u"the credential has the right form, and was not accepted"_s,
        u"The credential is well formed and of the kind that the server asks for, and the server did not accept it. What "
        "is left is the %1 itself: mistyped, changed meanwhile, meant for another server or environment, or unknown to "
        "it. Servers answer alike in all these cases, so that nobody can find out names by trying."_s.arg(what));
    if (line) {
        const QString user = line->basic && line->basic->hasColon ? u", user name \"%1\""_s.arg(displayText(line->basic->user))
            : line->is("Digest") ? u", user name \"%1\""_s.arg(displayText(line->parsed.value("username"))) : QString();
        finding.evidence.append({facts.finalIndex, EvidencePart::RequestHeader, line->field.name,
                                 u"%1 credential sent%2"_s.arg(QString::fromLatin1(canonicalScheme(line->scheme)), user), line->credentialsRange()});
        if (line->basic && line->basic->hasColon && line->basic->password.isEmpty())
            finding.evidence.append({facts.finalIndex, EvidencePart::RequestHeader, line->field.name, u"the password in it is empty"_s, line->credentialsRange()});
    } else if (facts.credentials.isEmpty() && facts.bodyCredentials.isEmpty() && !isProxy) {
        finding.evidence.append(facts.requestLine(u"the credential stands somewhere in this request, and its place is not known here"_s));
    } else {
        for (const SentCredential &sent : facts.credentials + facts.bodyCredentials) {
            if (!sent.certain && finding.evidence.size() > 0)
                continue;
            finding.evidence.append(facts.credential(sent, u"a credential was sent in %1"_s.arg(placeText(sent))));
        }
    }
    if (rejected)
        finding.evidence.append(rejected->evidence);
    else if (!facts.errorCode.isEmpty())
        finding.evidence.append(facts.errorEvidence);
    finding.evidence.append(isProxy ? facts.statusLine() : facts.challengeEvidence());
    if (differs)
        finding.evidence.append(facts.probeEvidence(*facts.anonymous(), u"without a credential the answer is another one (%1)"_s.arg(facts.anonymous()->status())));
    finding.fixes.append(editCredential(isPair || isLogin ? u"Check user name and password"_s : u"Check the credential, or get a new one"_s,
                                        isPair || isLogin ? "password" : line ? "token" : "key",
                                        u"Type it again instead of pasting; look which environment it belongs to."_s));
    finding.fixes.append(ownerFix(u"Ask the server's owner what the log says for this request"_s,
                                  u"The reason that the server keeps to itself stands there: unknown user, wrong password, a password file it can't read."_s));
    return finding;
}

} // namespace

Rule credentialsRejectedRule()
{
    return {u"credentials-rejected"_s, ChecklistStep::Correct, RuleKind::Fallback, {u"RFC 9110 section 15.5.2"_s}, credentialsRejected};
}

} // namespace realmscope
