// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: the organisation wants a single sign-on or a second factor on top of the credential.
namespace {

std::optional<Finding> ssoRequired(const Facts &facts)
{
    if (!facts.isRefusal())
        return std::nullopt;
    static const QRegularExpression words = wordPattern(u"saml enforcement|single sign-?on|\\bsso\\b.{0,30}(required|enforce)|(two-factor|2fa|mfa|multi-?factor|one-time password|otp).{0,40}(required|needed|enforce|must)|(requires?|must) .{0,30}(two-factor|2fa|mfa|multi-?factor|otp)|insufficient_user_authentication"_s);
    const HeaderField *sso = facts.response().headers.find("X-GitHub-SSO");
    const HeaderField *otp = facts.response().headers.find("X-GitHub-OTP");
    const HeaderField *vendor = sso ? sso : otp;
    const bool isVendor = vendor && vendor->value.startsWith("required");
    const ServerWord *said = facts.says(words);
    if (!isVendor && !said)
        return std::nullopt;
    Finding finding = makeFinding(
        isVendor || facts.errorCode == u"insufficient_user_authentication" ? Verdict::Proven : Verdict::Likely, weight::Said + 4,
        u"The organisation wants a further sign-in for this credential"_s, isVendor ? QString::fromLatin1(vendor->value).left(120) : said->evidence.text,
        u"The credential is genuine, but the organisation that owns the resource accepts it only after a single sign-on "
        "through its own identity provider, or with a second factor. That has to be done once in the browser."_s);
    if (isVendor)
        finding.evidence.append(facts.responseHeader(vendor->name, u"%1: %2"_s.arg(QString::fromUtf8(vendor->name), QString::fromLatin1(vendor->value).left(160))));
    if (said)
        finding.evidence.append(said->evidence);
    const qsizetype url = isVendor ? vendor->value.indexOf("url=") : -1;
    Fix fix = advice(u"authorize-sso"_s, u"Authorise the credential in the browser"_s,
                     url >= 0 ? u"Open the address that the server names, then send again."_s : u"On the provider's page for tokens."_s);
    if (url >= 0)
        fix.snippet = QString::fromLatin1(vendor->value.mid(url + 4));
    finding.fixes.append(fix);
    return finding;
}

} // namespace

Rule ssoRequiredRule()
{
    return {u"sso-required"_s, ChecklistStep::Allowed, RuleKind::Cause, {u"GitHub REST API: troubleshooting"_s, u"RFC 9470 section 3"_s}, ssoRequired};
}

} // namespace realmscope
