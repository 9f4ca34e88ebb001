// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/schemes/Negotiate.h"

#include "app/auth/Challenge.h"
#include "app/auth/schemes/CredentialText.h"
#include "app/auth/schemes/OneShotFlow.h"
#include "app/auth/schemes/Schemes.h"
#include "app/base/Crypto.h"
#include "app/base/Encoding.h"

#include <optional>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

// What the work off the window's thread reads and leaves behind. It belongs to flow and work together, because the flow
// may be gone when the key distribution centre answers at last.
struct GssWork
{
    std::unique_ptr<GssContext> context;
    QByteArray input;
    std::optional<Result<GssOutput>> output;
};

// RFC 4559: waits for the challenge, sends a token, and looks at the token that comes with the answer.
class NegotiateFlow final : public AuthFlow
{
public:
    NegotiateFlow(AuthContext context, std::shared_ptr<const GssProvider> provider)
        : m_context(std::move(context)), m_provider(std::move(provider))
    {}

    Step next(const Exchange *last) override
    {
        if (!last) {
            SendStep step;
            step.request = m_context.request;
            return step;
        }
        if (m_work && m_work->output)
            return worked(*last);
        return read(*last);
    }

private:
    [[nodiscard]] bool isRefused(const Exchange &last) const { return last.response.status == (m_context.proxy ? 407 : 401); }

    Step read(const Exchange &last)
    {
        // The proof of the server comes with the answer that grants access.
        const ChallengeList list = parseChallenges(last.response.headers.values(m_context.proxy ? "Proxy-Authenticate" : "WWW-Authenticate"));
        const Challenge *challenge = list.find("Negotiate");
        if (!challenge) {
            if (isRefused(last))
                return DoneStep{m_sent == 0 ? u"the server offers no Negotiate"_s : QString(), m_sent == 0};
            return DoneStep{m_sent > 0 && !m_isComplete ? u"the server did not prove who it is (no token came with its answer)"_s : QString(), false};
        }
        const QByteArray token = decodeBase64(challenge->token68).value_or(QByteArray());
        if (m_sent == 0 && !isRefused(last))
            return DoneStep{};
        if (m_sent > 0 && token.isEmpty())
            return DoneStep{isRefused(last) ? QString() : u"the server did not prove who it is (no token came with its answer)"_s, false};
        if (!m_work) {
            const FieldValues &values = m_context.values;
            GssTarget target;
            target.service = values.text(u"service"_s).isEmpty() ? u"HTTP"_s : values.text(u"service"_s);
            target.host = values.text(u"host"_s).isEmpty() ? m_context.peerHost() : values.text(u"host"_s);
            target.principal = values.text(u"principal"_s);
            target.delegate = values.flag(u"delegate"_s);
            if (last.tls && !last.tls->chain.isEmpty() && !m_context.proxy) {
                if (const QByteArray endPoint = tlsServerEndPoint(last.tls->chain.first().pem); !endPoint.isEmpty())
                    target.channelBinding = "tls-server-end-point:" + endPoint;
            }
            m_target = target;
            m_work = std::make_shared<GssWork>();
            m_work->context = m_provider->open(target);
        }
        m_work->input = token;
        m_work->output.reset();
        WorkStep step;
        step.work = [work = m_work] { work->output = work->context->step(work->input); };
        return step;
    }

    Step worked(const Exchange &last)
    {
        const Result<GssOutput> output = *m_work->output;
        m_work->output.reset();
        if (!output) {
            const QString note = output.error().message
                + (output.error().action.isEmpty() || m_sent > 0 ? QString() : u". "_s + output.error().action);
            return DoneStep{note, m_sent == 0};
        }
        m_isComplete = output->complete;
        if (!isRefused(last)) {
            return DoneStep{output->mutual ? u"the server proved who it is (mutual authentication)"_s
                                           : u"the server's token was read, but it does not prove who it is"_s,
                            false};
        }
        if (output->token.isEmpty())
            return DoneStep{};
        SendStep step;
        step.request = m_context.request;
        step.request.headers.set(credentialHeaderName(m_context.proxy), "Negotiate " + output->token.toBase64(), HeaderSource::Profile);
        step.carriesCredential = true;
        step.pinned = m_sent > 0; // a second message belongs to the first one's connection
        step.label = m_sent == 0 ? u"Negotiate, with a ticket for %1/%2"_s.arg(m_target.service, m_target.host) : u"Negotiate, next message"_s;
        step.derivation = {{u"service principal"_s, (m_target.service + u'/' + m_target.host).toUtf8(), false},
                           {u"mechanism"_s, output->token.startsWith("NTLMSSP") ? "NTLM"_ba : "SPNEGO"_ba, false},
                           {u"delegation"_s, m_target.delegate ? "asked for"_ba : "no"_ba, false}};
        if (!m_target.channelBinding.isEmpty())
            step.derivation.append({u"channel binding"_s, "tls-server-end-point:" + m_target.channelBinding.mid(21).toHex(), false});
        ++m_sent;
        return step;
    }

    AuthContext m_context;
    std::shared_ptr<const GssProvider> m_provider;
    std::shared_ptr<GssWork> m_work;
    GssTarget m_target;
    int m_sent = 0;
    bool m_isComplete = false;
};

class NegotiateScheme final : public AuthScheme
{
public:
    explicit NegotiateScheme(std::shared_ptr<const GssProvider> provider) : m_provider(std::move(provider)) {}

    QString id() const override { return u"negotiate"_s; }
    QString whenItFails() const override
    {
        return u"Is there a ticket (klist), for the realm of this host? The service name is HTTP/ and the host as in the URL: an alias or an address gives another one. An answer of NTLM instead means that no ticket was got."_s;
    }
    QString title() const override { return u"Negotiate (Kerberos)"_s; }
    QString summary() const override { return u"Sends a ticket of this computer's Kerberos login for the service on that host."_s; }
    QString safety() const override
    {
        return u"No password is sent, and the server proves itself too. With delegation the server may act as you: only for servers you trust with that."_s;
    }
    QStringList sources() const override { return {u"RFC 4559"_s, u"RFC 4178"_s, u"RFC 4120"_s, u"RFC 5929 (channel binding)"_s}; }
    QList<SchemeField> fields() const override
    {
        return {{.id = u"service"_s, .label = u"Service"_s, .defaultValue = u"HTTP"_s, .help = u"First part of the service principal."_s},
                {.id = u"host"_s, .label = u"Host"_s, .help = u"Empty: the host of the URL. Needed where the realm knows the server by another name."_s},
                {.id = u"principal"_s, .label = u"Principal"_s, .help = u"Empty: the one of the default ticket (klist)."_s, .placeholder = u"alice@EXAMPLE.COM"_s},
                {.id = u"delegate"_s, .label = u"Delegate my ticket to the server"_s, .kind = FieldKind::Flag, .defaultValue = u"false"_s}};
    }
    QList<QByteArray> credentialHeaders(const FieldValues &) const override { return {"authorization"_ba}; }

    Result<void> validate(const FieldValues &values) const override
    {
        if (const Result<void> base = AuthScheme::validate(values); !base)
            return base;
        for (const SchemeField &field : fields()) {
            const QString text = values.text(field.id);
            if (const Result<void> control = checkNoControl(u"Negotiate: "_s + field.label, text); !control)
                return control;
            if (field.id != "principal"_L1 && (text.contains(u'/') || text.contains(u'@')))
                return Error{ErrorCode::InvalidInput, u"Negotiate: %1 \"%2\" holds a character that parts a principal"_s.arg(field.label, text), {},
                             u"Write service and host into their own fields, for example HTTP and www.example.com."_s};
        }
        return {};
    }

    std::unique_ptr<AuthFlow> start(AuthContext context) const override
    {
        if (const Result<void> valid = validate(context.values); !valid)
            return std::make_unique<OneShotFlow>(valid.error());
        return std::make_unique<NegotiateFlow>(std::move(context), m_provider);
    }

private:
    std::shared_ptr<const GssProvider> m_provider;
};

} // namespace

std::unique_ptr<AuthScheme> makeNegotiateScheme(std::shared_ptr<const GssProvider> provider)
{
    return std::make_unique<NegotiateScheme>(std::move(provider));
}

std::unique_ptr<AuthScheme> makeNegotiateScheme() { return makeNegotiateScheme(systemGss()); }

} // namespace realmscope
