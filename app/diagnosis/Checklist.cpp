// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/Checklist.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

class Maker
{
public:
    Maker(const Facts &facts, OutcomeKind kind, const QList<Finding> &findings) : m_facts(facts), m_kind(kind)
    {
        for (const Finding &finding : findings) {
            if (finding.role == FindingRole::Cause && finding.cause != u"not-authentication")
                m_causes.append(&finding);
        }
        m_credential = facts.hasCertainCredential() || !facts.proxyAuthorizations.isEmpty() || facts.isLoginRequest
            || (facts.isTokenRequest && !facts.bodyCredentials.isEmpty());
        m_accepted = kind == OutcomeKind::Accepted;
        m_answered = kind != OutcomeKind::ConnectionFailed;
    }

    QList<ChecklistItem> make()
    {
        QList<ChecklistItem> items;
        for (const ChecklistStep step : {ChecklistStep::Sent, ChecklistStep::Understood, ChecklistStep::Correct,
                                         ChecklistStep::Fresh, ChecklistStep::StaleState, ChecklistStep::Reauthenticate,
                                         ChecklistStep::Allowed, ChecklistStep::ServerSide, ChecklistStep::Retest})
            items.append(item(step));
        return items;
    }

private:
    [[nodiscard]] const Finding *finding(ChecklistStep step) const
    {
        const auto found = std::ranges::find_if(m_causes, [&](const Finding *one) { return one->step == step; });
        return found == m_causes.end() ? nullptr : *found;
    }
    // The server objects to something that comes later in the walk, so it has got past this step.
    [[nodiscard]] bool isPast(ChecklistStep step) const
    {
        if (m_causes.isEmpty())
            return false;
        const Finding *first = m_causes.first();
        const bool isLater = int(first->step) > int(step) && first->step <= ChecklistStep::Allowed
            && first->step != ChecklistStep::StaleState && first->step != ChecklistStep::Reauthenticate;
        return isLater && first->verdict != Verdict::Possible && wasSeen();
    }
    // The server has looked at the credential: it answers otherwise without it, or says something about it.
    [[nodiscard]] bool wasSeen() const
    {
        return m_facts.differsFromAnonymous() || m_facts.errorCode == u"invalid_token"
            || m_facts.errorCode == u"insufficient_scope" || m_facts.errorCode.startsWith(u"invalid_")
            || (m_facts.saysRejected() && !m_facts.saysMissing());
    }

    [[nodiscard]] ChecklistItem item(ChecklistStep step) const
    {
        if (const Finding *problem = finding(step); problem && step != ChecklistStep::Retest) {
            const bool isSure = problem->verdict != Verdict::Possible;
            if (step == ChecklistStep::Reauthenticate)
                return {step, StepVerdict::NeedsYou, problem->title + u"."_s};
            return {step, isSure ? StepVerdict::Problem : StepVerdict::CantTell,
                    isSure ? problem->title + u"."_s : u"Possible: %1."_s.arg(lowered(problem->title))};
        }
        switch (step) {
        case ChecklistStep::Sent:
            return sent();
        case ChecklistStep::Understood:
            return understood();
        case ChecklistStep::Correct:
            return correct();
        case ChecklistStep::Fresh:
            return fresh();
        case ChecklistStep::StaleState:
            return staleState();
        case ChecklistStep::Reauthenticate:
            return reauthenticate();
        case ChecklistStep::Allowed:
            return allowed();
        case ChecklistStep::ServerSide:
            return serverSide();
        case ChecklistStep::Retest:
            break;
        }
        if (m_accepted)
            return {step, StepVerdict::Passed, u"The server answered %1."_s.arg(m_facts.status)};
        return {step, StepVerdict::NotRun, u"Apply the fix, send again, and compare the answers."_s};
    }

    [[nodiscard]] ChecklistItem sent() const
    {
        constexpr auto step = ChecklistStep::Sent;
        if (!m_answered)
            return {step, StepVerdict::NotRun, u"There was no answer, so nothing can be said."_s};
        if (!m_credential)
            return {step, m_accepted ? StepVerdict::Passed : StepVerdict::CantTell,
                    m_accepted ? u"No credential was sent, and none was needed."_s : u"No credential was sent."_s};
        if (m_accepted)
            return {step, StepVerdict::Passed, u"A credential was sent."_s};
        if (wasSeen())
            return {step, StepVerdict::Passed,
                    m_facts.differsFromAnonymous() ? u"Sent and arrived: without it, the server answers otherwise."_s
                                                   : u"Sent and arrived: the server's answer is about it."_s};
        return {step, StepVerdict::CantTell, u"It was sent from here; the answer does not show whether it arrived."_s};
    }

    [[nodiscard]] ChecklistItem understood() const
    {
        constexpr auto step = ChecklistStep::Understood;
        if (m_accepted && m_credential)
            return {step, StepVerdict::Passed, u"The server took it."_s};
        if (!m_credential || !m_answered)
            return {step, StepVerdict::NotRun, u"There is no credential to look at."_s};
        const AuthorizationLine *line = m_facts.authorization();
        if (line && m_facts.offers(line->scheme))
            return {step, StepVerdict::Passed,
                    u"The server asks for %1, and that is what was sent."_s.arg(QString::fromLatin1(canonicalScheme(line->scheme)))};
        if (isPast(step))
            return {step, StepVerdict::Passed, u"The server's answer is about the credential itself."_s};
        return {step, StepVerdict::CantTell, m_facts.challenges.challenges.isEmpty()
                    ? u"The server does not say which kind of credential it wants."_s
                    : u"The server's challenge does not settle it."_s};
    }

    [[nodiscard]] ChecklistItem correct() const
    {
        constexpr auto step = ChecklistStep::Correct;
        if (m_accepted && m_credential)
            return {step, StepVerdict::Passed, u"The server took it."_s};
        if (!m_credential || !m_answered)
            return {step, StepVerdict::NotRun, u"There is no credential to look at."_s};
        if (isPast(step) || (m_kind == OutcomeKind::Forbidden && m_facts.differsFromAnonymous()))
            return {step, StepVerdict::Passed, u"The server recognised it."_s};
        return {step, StepVerdict::CantTell, u"Its form is all right; whether it is the right one, only the server knows."_s};
    }

    [[nodiscard]] ChecklistItem fresh() const
    {
        constexpr auto step = ChecklistStep::Fresh;
        if (m_accepted && m_credential)
            return {step, StepVerdict::Passed, u"The server took it."_s};
        if (!m_credential || !m_answered)
            return {step, StepVerdict::NotRun, u"There is no credential to look at."_s};
        if (m_facts.token && m_facts.token->jwt) {
            if (const std::optional<qint64> end = m_facts.token->jwt->time(u"exp"_s); end && *end > m_facts.now())
                return {step, StepVerdict::Passed, u"The token is good for another %1."_s.arg(durationText(*end - m_facts.now()))};
        }
        const AuthorizationLine *line = m_facts.authorization();
        if (line && line->basic)
            return {step, StepVerdict::NotRun, u"A user name and password carry no date."_s};
        return {step, StepVerdict::CantTell, u"The credential does not show until when it is good."_s};
    }

    [[nodiscard]] ChecklistItem staleState() const
    {
        constexpr auto step = ChecklistStep::StaleState;
        if (!m_answered)
            return {step, StepVerdict::NotRun, u"There was no answer."_s};
        if (m_accepted || (m_facts.cookies.isEmpty() && !m_facts.fromCache))
            return {step, StepVerdict::Passed, m_facts.cookies.isEmpty() ? u"No cookie was sent, and no cache answered."_s
                                                                         : u"Nothing got in the way."_s};
        return {step, StepVerdict::CantTell, m_facts.fromCache ? u"The answer came out of a cache."_s
                                                              : u"Cookies were sent along; whether they matter is not known."_s};
    }

    [[nodiscard]] ChecklistItem reauthenticate() const
    {
        constexpr auto step = ChecklistStep::Reauthenticate;
        static const QStringList signIn{u"token-expired"_s, u"token-revoked"_s, u"session-expired"_s, u"sso-required"_s,
                                        u"login-redirect"_s, u"login-page-returned"_s, u"oauth-invalid-grant"_s};
        if (!m_causes.isEmpty() && m_causes.first()->verdict != Verdict::Possible && signIn.contains(m_causes.first()->cause))
            return {step, StepVerdict::NeedsYou, u"Sign in again, or get a new token."_s};
        if (m_accepted)
            return {step, StepVerdict::Passed, u"Not needed."_s};
        return {step, StepVerdict::NotRun, u"Only when the steps before ask for it."_s};
    }

    [[nodiscard]] ChecklistItem allowed() const
    {
        constexpr auto step = ChecklistStep::Allowed;
        if (m_accepted)
            return {step, StepVerdict::Passed, u"The server let the request in."_s};
        if (m_kind == OutcomeKind::Forbidden)
            return {step, StepVerdict::CantTell, u"The server forbids it; why is not settled."_s};
        return {step, StepVerdict::NotRun, u"The server did not get as far as asking this."_s};
    }

    [[nodiscard]] ChecklistItem serverSide() const
    {
        constexpr auto step = ChecklistStep::ServerSide;
        if (m_accepted)
            return {step, StepVerdict::Passed, u"The server works."_s};
        if (!m_answered)
            return {step, StepVerdict::CantTell, u"There was no answer."_s};
        if (m_kind == OutcomeKind::NotAuthentication)
            return {step, m_facts.status >= 500 ? StepVerdict::Problem : StepVerdict::CantTell,
                    m_facts.status >= 500 ? u"The server answered %1: it failed by itself."_s.arg(m_facts.status)
                                          : u"Status %1 is not about authentication."_s.arg(m_facts.status)};
        if (!m_causes.isEmpty() && m_causes.first()->verdict == Verdict::Proven)
            return {step, StepVerdict::NotRun, u"The cause was found before."_s};
        if (m_facts.context.logs.isEmpty())
            return {step, StepVerdict::CantTell, u"That can't be seen from here; the server's log would tell."_s};
        return {step, StepVerdict::CantTell,
                m_facts.logWords.isEmpty() ? u"The log that was looked at says nothing about why."_s
                                           : u"The server's log has an entry of this request: its words are above."_s};
    }

    static QString lowered(const QString &text) { return text.left(1).toLower() + text.mid(1); }

    const Facts &m_facts;
    OutcomeKind m_kind;
    QList<const Finding *> m_causes;
    bool m_credential = false;
    bool m_accepted = false;
    bool m_answered = true;
};

} // namespace

QList<ChecklistItem> makeChecklist(const Facts &facts, OutcomeKind kind, const QList<Finding> &findings)
{
    return Maker(facts, kind, findings).make();
}

} // namespace realmscope
