// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/Diagnosis.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

QString outcomeKindId(OutcomeKind kind)
{
    switch (kind) {
    case OutcomeKind::Accepted:
        return u"accepted"_s;
    case OutcomeKind::Unauthorized:
        return u"unauthorized"_s;
    case OutcomeKind::Forbidden:
        return u"forbidden"_s;
    case OutcomeKind::ProxyAuthentication:
        return u"proxy-authentication"_s;
    case OutcomeKind::LoginRedirect:
        return u"login-redirect"_s;
    case OutcomeKind::LoginPage:
        return u"login-page"_s;
    case OutcomeKind::HiddenDenial:
        return u"hidden-denial"_s;
    case OutcomeKind::RateLimited:
        return u"rate-limited"_s;
    case OutcomeKind::ConnectionFailed:
        return u"connection-failed"_s;
    case OutcomeKind::NotAuthentication:
        break;
    }
    return u"not-authentication"_s;
}

bool Outcome::isRefusal() const
{
    return kind != OutcomeKind::Accepted && kind != OutcomeKind::NotAuthentication
        && kind != OutcomeKind::ConnectionFailed;
}

QString stepVerdictId(StepVerdict verdict)
{
    switch (verdict) {
    case StepVerdict::Passed:
        return u"passed"_s;
    case StepVerdict::Problem:
        return u"problem"_s;
    case StepVerdict::CantTell:
        return u"cant-tell"_s;
    case StepVerdict::NeedsYou:
        return u"needs-you"_s;
    case StepVerdict::NotRun:
        break;
    }
    return u"not-run"_s;
}

const Finding *Diagnosis::primary() const
{
    const auto found =
        std::ranges::find_if(findings, [](const Finding &finding) { return finding.role == FindingRole::Cause; });
    return found == findings.end() ? nullptr : &*found;
}

} // namespace realmscope
