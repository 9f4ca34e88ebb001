// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/schemes/CredentialText.h"
#include "app/auth/schemes/OneShotFlow.h"
#include "app/auth/schemes/Schemes.h"

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

// RFC 6750 section 2.1. The scheme word can be changed, because some APIs ask for "Token" or a name of their own.
class BearerScheme final : public AuthScheme
{
public:
    QString id() const override { return u"bearer"_s; }
    QString whenItFails() const override
    {
        return u"Is it an access token, whole, for this API (aud), with the scope that is needed, and not expired? Decode it in the Auth tab. invalid_token in the challenge means that it was read."_s;
    }
    QString title() const override { return u"Bearer token"_s; }
    QString summary() const override { return u"Sends a token as it is in the Authorization header."_s; }
    QString safety() const override
    {
        return u"Whoever reads the token can use it until it expires: send it over TLS only."_s;
    }
    QStringList sources() const override { return {u"RFC 6750"_s}; }
    QList<SchemeField> fields() const override
    {
        return {{.id = u"token"_s, .label = u"Token"_s, .kind = FieldKind::Secret, .required = true},
                {.id = u"prefix"_s, .label = u"Scheme word"_s, .defaultValue = u"Bearer"_s,
                 .help = u"What stands before the token; some APIs ask for Token."_s}};
    }
    QList<QByteArray> credentialHeaders(const FieldValues &) const override { return {"authorization"_ba}; }

    Result<void> validate(const FieldValues &values) const override
    {
        if (const Result<void> base = AuthScheme::validate(values); !base)
            return base;
        const QString prefix = values.text(u"prefix"_s);
        if (!prefix.isEmpty() && !isToken(prefix.toLatin1()))
            return Error{ErrorCode::InvalidInput, u"Bearer token: the scheme word \"%1\" is not one word"_s.arg(prefix),
                         {}, u"Write the word alone, without a colon or spaces, for example Bearer."_s};
        // A line end or NUL would end the header line; anything else goes out as it is, so that the diagnosis sees it.
        return checkNoControl(u"Bearer token: Token"_s, values.secret(u"token"_s).revealText());
    }

    std::unique_ptr<AuthFlow> start(AuthContext context) const override
    {
        if (const Result<void> valid = validate(context.values); !valid)
            return std::make_unique<OneShotFlow>(valid.error());
        QByteArray prefix = context.values.text(u"prefix"_s).toLatin1();
        if (prefix.isEmpty())
            prefix = "Bearer"_ba;
        SendStep step;
        step.request = std::move(context.request);
        step.request.headers.set(credentialHeaderName(context.proxy),
                                 prefix + ' ' + context.values.secret(u"token"_s).revealBytes(), HeaderSource::Profile);
        step.carriesCredential = true;
        return std::make_unique<OneShotFlow>(std::move(step));
    }
};

} // namespace

std::unique_ptr<AuthScheme> makeBearerScheme() { return std::make_unique<BearerScheme>(); }

} // namespace realmscope
