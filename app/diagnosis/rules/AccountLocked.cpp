// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: the account is locked or switched off. Nothing is probed after this.
namespace {

std::optional<Finding> accountLocked(const Facts &facts)
{
    static const QRegularExpression locked = wordPattern(u"\\blocked\\b"_s);
    // 423 Locked is of WebDAV (RFC 4918 section 11.3); some use it for accounts.
    const bool isLogin = facts.status == 423 && (facts.isLoginRequest || facts.hasCredential());
    const ServerWord *said = facts.mayBeRefusal() ? facts.says(lockoutWords()) : isLogin ? facts.says(locked) : nullptr;
    if (!said)
        return std::nullopt;
    Finding finding = makeFinding(
        Verdict::Likely, weight::Said + 5, u"The account is locked or switched off"_s, said->evidence.text,
        u"The server knows the account and does not let it in: too many failed attempts, a CAPTCHA that has to be solved, "
        "or somebody disabled it. More attempts make it worse, so Realmscope sends no further ones."_s);
    finding.evidence.append(said->evidence);
    finding.evidence.append(facts.statusLine());
    finding.fixes.append(advice(u"unlock-account"_s, u"Sign in once in the browser, or ask the administrator to unlock it"_s));
    return finding;
}

} // namespace

Rule accountLockedRule()
{
    return {u"account-locked"_s, ChecklistStep::Allowed, RuleKind::Cause, {u"RFC 9110 section 15.5.4"_s}, accountLocked};
}

} // namespace realmscope
