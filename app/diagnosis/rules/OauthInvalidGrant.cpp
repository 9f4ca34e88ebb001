// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: the code, refresh token or assertion is dead, used, or belongs to another request.
namespace {

std::optional<Finding> oauthInvalidGrant(const Facts &facts)
{
    if (!facts.mayBeRefusal() || (facts.errorCode != u"invalid_grant" && facts.errorCode != u"expired_token"))
        return std::nullopt;
    const bool isAboutTheAccount = facts.says(lockoutWords()) != nullptr; // Keycloak says so within invalid_grant
    QByteArray grant;
    for (const NamedValue &item : facts.form) {
        if (item.name == "grant_type")
            grant = item.value;
    }
    QString what = u"grant"_s;
    QString reasons = u"It is unknown, has run out, was revoked, or was given to another client."_s;
    if (grant == "authorization_code") {
        what = u"authorization code"_s;
        reasons = u"A code can be used once and only for a minute or so, by the client it was given to, with the same "
                  "redirect_uri as in the authorization request, and with the code_verifier that belongs to it (PKCE)."_s;
    } else if (grant == "refresh_token") {
        what = u"refresh token"_s;
        reasons = u"It has run out or was revoked, was replaced by a newer one when it was last used, or belongs to another client."_s;
    } else if (grant == "password") {
        what = u"user name or password"_s;
        reasons = u"The server does not accept this user's name or password."_s;
    } else if (grant.contains("jwt-bearer") || grant.contains("assertion")) {
        what = u"assertion"_s;
        reasons = u"It has run out, names another audience or issuer, or its signature does not verify."_s;
    }
    Finding finding = makeFinding(
        isAboutTheAccount ? Verdict::Likely : Verdict::Proven, weight::Said, u"The authorization server does not accept the %1"_s.arg(what), u"error invalid_grant"_s,
        u"To get a token, a program hands in something that stands for the user's permission. %1 The server does not say "
        "which of these it is, on purpose."_s.arg(reasons));
    finding.evidence.append(facts.errorEvidence);
    for (const SentCredential &sent : facts.bodyCredentials) {
        if (!sent.name.startsWith("client_"))
            finding.evidence.append(facts.credential(sent, u"%1 in the body"_s.arg(QString::fromUtf8(sent.name))));
    }
    for (const ServerWord &word : facts.words) {
        if (word.text.contains(u' ') && finding.evidence.size() < 5)
            finding.evidence.append(word.evidence);
    }
    finding.fixes.append(advice(u"start-again"_s, u"Begin again: sign in and get a new one"_s,
                                grant == "authorization_code" ? u"Then exchange the code at once, and only once."_s : QString()));
    return finding;
}

} // namespace

Rule oauthInvalidGrantRule()
{
    return {u"oauth-invalid-grant"_s, ChecklistStep::Correct, RuleKind::Cause, {u"RFC 6749 section 5.2"_s, u"RFC 7636 section 4.6"_s}, oauthInvalidGrant};
}

} // namespace realmscope
