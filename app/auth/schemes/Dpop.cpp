// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/oauth2/DpopProof.h"
#include "app/auth/schemes/CredentialText.h"
#include "app/auth/schemes/OneShotFlow.h"
#include "app/auth/schemes/Schemes.h"
#include "app/http/TargetUri.h"

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

class DpopFlow final : public AuthFlow
{
public:
    explicit DpopFlow(AuthContext context) : m_context(std::move(context)) {}

    void setRequest(const Request &request) override { m_context.request = request; }

    Step next(const Exchange *last) override
    {
        if (!last)
            return send({});
        takeDpopNonce(*m_context.memory, *last);
        if (m_isRetried || !wantsDpopNonce(last->response))
            return DoneStep{};
        m_isRetried = true; // RFC 9449 section 9: the server gives a nonce, and the request is made again with it
        return send(u"again, with the nonce of the server"_s);
    }

private:
    Step send(const QString &label)
    {
        const FieldValues &values = m_context.values;
        const Result<DpopKey> key = dpopKey(values.text(u"algorithm"_s).toLatin1(), values.secret(u"key"_s), values.secret(u"passphrase"_s), *m_context.memory);
        if (!key)
            return FailedStep{key.error()};
        Secret token = values.secret(u"token"_s);
        if (token.isEmpty())
            token = tokenOf(m_context.request);
        if (token.isEmpty())
            return FailedStep{{ErrorCode::InvalidInput, u"DPoP token: there is no token that the proof could be for"_s, {},
                               u"Fill in the token, or let the profile go together with one that sends it as Bearer."_s}};
        SendStep step;
        step.request = m_context.request;
        step.carriesCredential = true;
        step.label = label;
        const Result<Url> address = targetUri(step.request);
        if (!address)
            return FailedStep{address.error()};
        const Result<DpopProof> proof = makeDpopProof(
            *key, {step.request.method, *address, dpopNonce(*m_context.memory, step.request.url.origin()), token}, *m_context.clock, *m_context.random);
        if (!proof)
            return FailedStep{proof.error()};
        step.request.headers.set("Authorization"_ba, "DPoP " + token.revealBytes(), HeaderSource::Profile);
        step.request.headers.set("DPoP"_ba, proof->jwt, HeaderSource::Profile);
        step.derivation = proof->derivation;
        return step;
    }

    // Of the profile that it goes together with.
    static Secret tokenOf(const Request &request)
    {
        const QByteArray value = request.headers.value("Authorization");
        const qsizetype space = value.indexOf(' ');
        const QByteArrayView scheme = QByteArrayView(value).first(std::max<qsizetype>(space, 0));
        return equalsIgnoreCase(scheme, "Bearer") || equalsIgnoreCase(scheme, "DPoP") ? Secret(value.sliced(space + 1).trimmed()) : Secret();
    }

    AuthContext m_context;
    bool m_isRetried = false;
};

// A token that is there already, or the one of the profile it goes together with, and a proof of the key it is bound to. RFC 9449
// section 7.
class DpopScheme final : public AuthScheme
{
public:
    QString id() const override { return u"dpop"_s; }
    QString whenItFails() const override
    {
        return u"htu has to be the URL without query as the server sees it, htm the method; the proof's key has to be the one that the token is bound to (cnf.jkt). use_dpop_nonce asks for one more try. Compare the clocks."_s;
    }
    QString title() const override { return u"DPoP token"_s; }
    QString summary() const override { return u"Sends a token together with a proof, signed for this request, that the key it is bound to is here."_s; }
    QString safety() const override { return u"Whoever steals the token can't use it without the key; the body is not covered by the proof."_s; }
    QStringList sources() const override { return {u"RFC 9449"_s}; }
    QList<SchemeField> fields() const override
    {
        return {{.id = u"token"_s, .label = u"Token"_s, .kind = FieldKind::Secret, .help = u"Empty: the one of the profile that it goes together with."_s},
                {.id = u"key"_s, .label = u"Private key"_s, .kind = FieldKind::Secret, .help = u"The one the token is bound to, in PEM or as a JWK."_s},
                {.id = u"passphrase"_s, .label = u"Passphrase of the key"_s, .kind = FieldKind::Secret},
                {.id = u"algorithm"_s, .label = u"Algorithm"_s, .kind = FieldKind::Choice, .required = true, .defaultValue = u"ES256"_s, .choices = dpopAlgorithmChoices()}};
    }
    bool goesAlong() const override { return true; }
    QList<QByteArray> credentialHeaders(const FieldValues &) const override { return {"authorization"_ba, "dpop"_ba}; }

    Result<void> validate(const FieldValues &values) const override
    {
        if (const Result<void> base = AuthScheme::validate(values); !base)
            return base;
        if (const Result<void> control = checkNoControl(u"DPoP token: Token"_s, values.secret(u"token"_s).revealText()); !control)
            return control;
        const Result<JoseKey> key = privateKeyFromText(u"DPoP token: Private key"_s, values.secret(u"key"_s), values.secret(u"passphrase"_s));
        if (!key)
            return key.error();
        const std::optional<JwsAlgorithm> algorithm = jwsAlgorithm(values.text(u"algorithm"_s).toLatin1());
        if (algorithm && !key->asymmetric.fits({algorithm->form, algorithm->hash}))
            return invalidInput(u"DPoP token: the key is %1, which %2 can't sign with"_s.arg(key->asymmetric.description(), values.text(u"algorithm"_s)),
                                u"Choose the algorithm that goes with the key."_s);
        return {};
    }

    std::unique_ptr<AuthFlow> start(AuthContext context) const override
    {
        if (const Result<void> valid = validate(context.values); !valid)
            return std::make_unique<OneShotFlow>(valid.error());
        return std::make_unique<DpopFlow>(std::move(context));
    }
};

} // namespace

std::unique_ptr<AuthScheme> makeDpopScheme() { return std::make_unique<DpopScheme>(); }

} // namespace realmscope
