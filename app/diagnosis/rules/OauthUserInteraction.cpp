// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: the server waits for the user: to approve, to sign in, to agree.
namespace {

std::optional<Finding> oauthUserInteraction(const Facts &facts)
{
    static constexpr std::array codes{"authorization_pending", "slow_down", "access_denied", "login_required",
                                      "consent_required", "interaction_required", "account_selection_required",
                                      "interaction_expired"};
    const QString code = facts.errorCode;
    if (std::ranges::none_of(codes, [&](const char *known) { return code == QLatin1StringView(known); }))
        return std::nullopt;
    const QByteArray query = facts.request().url.query.value_or(QByteArray());
    const bool hasNoUser = facts.isTokenRequest && std::ranges::any_of(facts.form, [](const NamedValue &item) {
        return item.name == "grant_type" && item.value == "client_credentials";
    });
    if (hasNoUser)
        return std::nullopt;
    const bool isOAuth = facts.isTokenRequest || query.contains("response_type=") || facts.location.has_value();
    if (!isOAuth)
        return std::nullopt;
    QString title = u"You have to sign in or agree in the browser first"_s;
    QString text = u"The server cannot decide this without the user: somebody has to sign in, choose an account or agree."_s;
    if (code == u"authorization_pending" || code == u"slow_down") {
        title = u"The server still waits for your approval"_s;
        text = u"The code for the device was given out, and nobody has approved it yet in the browser. This is no error: "
               "ask again after the interval that the server named%1."_s.arg(code == u"slow_down" ? u", five seconds longer than before"_s : QString());
    } else if (code == u"access_denied") {
        title = u"The user (or the server) said no"_s;
        text = u"The permission was asked for and refused."_s;
    }
    Finding finding = makeFinding(Verdict::Proven, weight::Said, title, u"error %1"_s.arg(code), text);
    finding.evidence.append(facts.errorEvidence);
    finding.fixes.append(advice(u"finish-in-browser"_s, u"Finish it in the browser, then send again"_s));
    return finding;
}

} // namespace

Rule oauthUserInteractionRule()
{
    return {u"oauth-user-interaction"_s, ChecklistStep::Reauthenticate, RuleKind::Cause, {u"RFC 8628 section 3.5"_s, u"OpenID Connect Core section 3.1.2.6"_s}, oauthUserInteraction};
}

} // namespace realmscope
