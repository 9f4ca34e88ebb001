// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/Challenge.h"
#include "app/auth/schemes/OneShotFlow.h"
#include "app/auth/schemes/Schemes.h"

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

// Sends without a credential, then answers the strongest challenge that a user name and a password can answer
// (RFC 9110 section 11.6.1: a client picks the strongest it knows).
class AnyFlow final : public AuthFlow
{
public:
    explicit AnyFlow(AuthContext context) : m_context(std::move(context)) {}

    Step next(const Exchange *last) override
    {
        if (!last) {
            SendStep step;
            step.request = m_context.request;
            return step;
        }
        if (m_chosen)
            return m_chosen->next(last);
        if (last->response.status != (m_context.proxy ? 407 : 401))
            return DoneStep{};
        const ChallengeList list =
            parseChallenges(last->response.headers.values(m_context.proxy ? "Proxy-Authenticate" : "WWW-Authenticate"));
        QString whyNot = u"the server offers neither Digest, NTLM nor Basic"_s;
        if (list.find("Digest")) {
            m_chosenScheme = makeDigestScheme();
            m_chosen = m_chosenScheme->start(m_context);
            (void)m_chosen->next(nullptr); // its request without a credential was ours
            Step step = m_chosen->next(last);
            const auto *done = std::get_if<DoneStep>(&step);
            if (!done || !done->challengeNotAnswered)
                return step;
            whyNot = done->note;
        }
        if (list.find("NTLM")) {
            m_chosenScheme = makeNtlmScheme();
            m_chosen = m_chosenScheme->start(m_context);
            return m_chosen->next(nullptr);
        }
        if (list.find("Basic")) {
            m_chosenScheme = makeBasicScheme();
            m_chosen = m_chosenScheme->start(m_context);
            return m_chosen->next(nullptr);
        }
        return DoneStep{whyNot, true};
    }

private:
    AuthContext m_context;
    std::unique_ptr<AuthScheme> m_chosenScheme;
    std::unique_ptr<AuthFlow> m_chosen;
};

class AnyScheme final : public AuthScheme
{
public:
    QString id() const override { return u"any"_s; }
    QString whenItFails() const override
    {
        return u"Look at the challenge: the strongest scheme that it offers and this program has is taken; one that needs a ticket or a key of its own is not."_s;
    }
    QString title() const override { return u"Any (strongest offered)"_s; }
    QString summary() const override
    {
        return u"Sends the request without a credential first, then answers the strongest challenge: Digest before NTLM before Basic."_s;
    }
    QString safety() const override
    {
        return u"The server chooses: one that offers only Basic gets the password, readable without TLS."_s;
    }
    QStringList sources() const override { return {u"RFC 9110 section 11.6.1"_s, u"RFC 7616"_s, u"RFC 7617"_s}; }
    QList<SchemeField> fields() const override { return makeDigestScheme()->fields(); }
    QList<QByteArray> credentialHeaders(const FieldValues &) const override { return {"authorization"_ba}; }
    Result<void> validate(const FieldValues &values) const override { return makeDigestScheme()->validate(values); }

    std::unique_ptr<AuthFlow> start(AuthContext context) const override
    {
        if (const Result<void> valid = validate(context.values); !valid)
            return std::make_unique<OneShotFlow>(valid.error());
        return std::make_unique<AnyFlow>(std::move(context));
    }
};

} // namespace

std::unique_ptr<AuthScheme> makeAnyScheme() { return std::make_unique<AnyScheme>(); }

} // namespace realmscope
