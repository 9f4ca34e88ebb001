// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/schemes/CredentialText.h"
#include "app/auth/schemes/OneShotFlow.h"
#include "app/auth/schemes/Schemes.h"

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

// RFC 7617: Base64 of user-id ":" password. Sent with the first request, without waiting for a challenge.
class BasicScheme final : public AuthScheme
{
public:
    QString id() const override { return u"basic"_s; }
    QString whenItFails() const override
    {
        return u"Compare user name and password in another client; letters outside ASCII: try the other character set. An answer as if nothing was sent: something on the way removes Authorization."_s;
    }
    QString title() const override { return u"Basic"_s; }
    QString summary() const override
    {
        return u"Sends the user name and the password, Base64 encoded, in the Authorization header of every request."_s;
    }
    QString safety() const override
    {
        return u"Base64 hides nothing: only TLS keeps the password from being read on the way."_s;
    }
    QStringList sources() const override { return {u"RFC 7617"_s}; }
    QList<SchemeField> fields() const override
    {
        return {{.id = u"username"_s, .label = u"User name"_s, .required = true, .help = u"May not hold a colon."_s},
                {.id = u"password"_s, .label = u"Password"_s, .kind = FieldKind::Secret},
                charsetField()};
    }
    QList<QByteArray> credentialHeaders(const FieldValues &) const override { return {"authorization"_ba}; }

    Result<void> validate(const FieldValues &values) const override
    {
        if (const Result<void> base = AuthScheme::validate(values); !base)
            return base;
        const QString user = values.text(u"username"_s);
        // RFC 7617 section 2: the first colon ends the user-id.
        if (user.contains(u':'))
            return Error{ErrorCode::InvalidInput, u"Basic: the user name holds a colon"_s, {},
                         u"A Basic user name can't hold a colon: the server would cut it there."_s};
        if (const Result<void> control = checkNoControl(u"Basic: User name"_s, user); !control)
            return control;
        return checkEncodable(u"Basic"_s, user, values.secret(u"password"_s), values.text(u"charset"_s));
    }

    std::unique_ptr<AuthFlow> start(AuthContext context) const override
    {
        if (const Result<void> valid = validate(context.values); !valid)
            return std::make_unique<OneShotFlow>(valid.error());
        const QString charset = context.values.text(u"charset"_s);
        QByteArray pair = encodeCredential(context.values.text(u"username"_s), charset);
        const QByteArray user = pair;
        pair += ':';
        pair += encodeCredential(context.values.secret(u"password"_s), charset);

        SendStep step;
        step.request = std::move(context.request);
        step.request.headers.set(credentialHeaderName(context.proxy), "Basic " + pair.toBase64(),
                                 HeaderSource::Profile);
        step.carriesCredential = true;
        step.derivation = {{u"user-id"_s, user, false},
                           {u"user-id:password"_s, pair, true},
                           {u"Base64"_s, pair.toBase64(), true}};
        return std::make_unique<OneShotFlow>(std::move(step));
    }
};

} // namespace

std::unique_ptr<AuthScheme> makeBasicScheme() { return std::make_unique<BasicScheme>(); }

} // namespace realmscope
