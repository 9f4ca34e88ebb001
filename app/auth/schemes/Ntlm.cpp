// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/Challenge.h"
#include "app/auth/schemes/CredentialText.h"
#include "app/auth/schemes/NtlmMessages.h"
#include "app/auth/schemes/OneShotFlow.h"
#include "app/auth/schemes/Schemes.h"
#include "app/base/Crypto.h"
#include "app/base/Encoding.h"

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr qint64 fileTimeEpochMs = 11'644'473'600'000; // 1601 to 1970

// Three messages on one connection (MS-NTHT): the first asks, the second brings the server's challenge, the third
// answers. A body is sent only with the third.
class NtlmFlow final : public AuthFlow
{
public:
    explicit NtlmFlow(AuthContext context) : m_context(std::move(context)) {}

    Step next(const Exchange *last) override
    {
        if (!last)
            return first();
        if (m_isAnswered)
            return DoneStep{};
        if (last->response.status != (m_context.proxy ? 407 : 401)) {
            // Nobody asked; what was taken so far is a request without its body.
            if (!std::exchange(m_isWithheld, false) || last->response.status / 100 != 2)
                return DoneStep{};
            m_isAnswered = true;
            SendStep step;
            step.request = m_context.request;
            step.label = u"with its body: NTLM was not asked for"_s;
            step.pinned = true;
            return step;
        }
        return answer(*last);
    }

private:
    [[nodiscard]] NtlmVersion version() const
    {
        return m_context.values.text(u"version"_s) == "1"_L1 ? NtlmVersion::V1 : NtlmVersion::V2;
    }

    Step first()
    {
        m_negotiate = ntlmNegotiate(version());
        SendStep step = with(m_negotiate);
        step.label = u"NTLM, first message"_s;
        m_isWithheld = withholdBody(step.request);
        return step;
    }

    Step answer(const Exchange &last)
    {
        const ChallengeList list = parseChallenges(last.response.headers.values(m_context.proxy ? "Proxy-Authenticate" : "WWW-Authenticate"));
        bool isOffered = false;
        QByteArray token;
        for (const Challenge &challenge : list.challenges) {
            if (!challenge.is("NTLM"))
                continue;
            isOffered = true;
            if (!challenge.token68.isEmpty())
                token = challenge.token68;
        }
        if (!isOffered)
            return DoneStep{u"the server offers no NTLM"_s, true};
        if (token.isEmpty())
            return DoneStep{u"the server offers NTLM, but did not answer its first message"_s, true};
        const QByteArray message = decodeBase64(token).value_or(QByteArray());
        const std::optional<NtlmChallenge> challenge = parseNtlmChallenge(message);
        if (!challenge)
            return DoneStep{u"the server's NTLM challenge can't be read: it is no type 2 message"_s, true};
        for (const QByteArray &option : splitList(last.response.headers.combined("Connection"))) {
            if (equalsIgnoreCase(option, "close"))
                return DoneStep{u"the server closes the connection after its NTLM challenge; NTLM needs one connection"_s, true};
        }

        const FieldValues &values = m_context.values;
        NtlmLogin login;
        login.version = version();
        login.user = values.text(u"username"_s);
        login.domain = values.text(u"domain"_s);
        login.workstation = values.text(u"workstation"_s);
        if (const qsizetype backslash = login.user.indexOf(u'\\'); backslash >= 0 && login.domain.isEmpty()) {
            login.domain = login.user.left(backslash);
            login.user = login.user.mid(backslash + 1);
        }
        login.password = values.secret(u"password"_s).revealText();
        login.clientChallenge = m_context.random->bytes(8);
        login.fileTime = quint64(m_context.clock->nowMs() + fileTimeEpochMs) * 10'000;
        login.servicePrincipal = u"HTTP/"_s + m_context.peerHost();
        if (last.tls && !last.tls->chain.isEmpty() && !m_context.proxy)
            login.endPoint = tlsServerEndPoint(last.tls->chain.first().pem);
        const NtlmAnswer answer = ntlmAuthenticate(login, *challenge, m_negotiate, message);
        m_isAnswered = true;
        SendStep step = with(answer.message);
        step.label = u"NTLM, answer to the challenge"_s;
        step.pinned = true;
        step.derivation = answer.derivation;
        return step;
    }

    [[nodiscard]] SendStep with(const QByteArray &message) const
    {
        SendStep step;
        step.request = m_context.request;
        step.request.headers.set(credentialHeaderName(m_context.proxy), "NTLM " + message.toBase64(), HeaderSource::Profile);
        step.carriesCredential = true;
        return step;
    }

    AuthContext m_context;
    QByteArray m_negotiate;
    bool m_isAnswered = false;
    bool m_isWithheld = false; // the body, from the first message
};

class NtlmScheme final : public AuthScheme
{
public:
    QString id() const override { return u"ntlm"_s; }
    QString whenItFails() const override
    {
        return u"Domain, user and password: DOMAIN\\user or user@domain. All three legs have to go over one connection: a proxy or HTTP/2 breaks them. Servers that want channel binding need the TLS connection end to end."_s;
    }
    QString title() const override { return u"NTLM"_s; }
    QString summary() const override
    {
        return u"Three messages on one connection: the answer to the server's challenge is computed with the password."_s;
    }
    QString safety() const override
    {
        return u"The password is not sent, but the answer can be guessed offline and relayed: use TLS, and Negotiate where you can. Version 1 is broken."_s;
    }
    QStringList sources() const override { return {u"MS-NLMP"_s, u"MS-NTHT"_s, u"RFC 5929 (channel binding)"_s}; }
    QList<SchemeField> fields() const override
    {
        return {{.id = u"username"_s, .label = u"User name"_s, .required = true, .help = u"DOMAIN\\user, user@domain, or the name alone."_s},
                {.id = u"password"_s, .label = u"Password"_s, .kind = FieldKind::Secret},
                {.id = u"domain"_s, .label = u"Domain"_s, .help = u"Empty: what stands before the backslash of the user name."_s},
                {.id = u"workstation"_s, .label = u"Workstation"_s, .help = u"Name of this computer as the server is to see it; may be empty."_s},
                {.id = u"version"_s, .label = u"Version"_s, .kind = FieldKind::Choice, .defaultValue = u"2"_s,
                 .choices = {{u"2"_s, u"NTLMv2"_s}, {u"1"_s, u"NTLMv1 (broken, only for very old servers)"_s}}}};
    }
    QList<QByteArray> credentialHeaders(const FieldValues &) const override { return {"authorization"_ba}; }

    Result<void> validate(const FieldValues &values) const override
    {
        if (const Result<void> base = AuthScheme::validate(values); !base)
            return base;
        for (const char16_t *id : {u"username", u"domain", u"workstation"}) {
            const QString field = QString::fromUtf16(id);
            if (const Result<void> control = checkNoControl(u"NTLM: "_s + field, values.text(field)); !control)
                return control;
        }
        return {};
    }

    std::unique_ptr<AuthFlow> start(AuthContext context) const override
    {
        if (const Result<void> valid = validate(context.values); !valid)
            return std::make_unique<OneShotFlow>(valid.error());
        return std::make_unique<NtlmFlow>(std::move(context));
    }
};

} // namespace

std::unique_ptr<AuthScheme> makeNtlmScheme() { return std::make_unique<NtlmScheme>(); }

} // namespace realmscope
