// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/schemes/CredentialText.h"
#include "app/auth/schemes/OneShotFlow.h"
#include "app/auth/schemes/Placement.h"
#include "app/auth/schemes/Schemes.h"
#include "app/base/Encoding.h"

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

// Not a registered HTTP authentication scheme: a secret under a name that the API's documentation gives (OpenAPI
// "apiKey" security scheme: header, query or cookie).
class ApiKeyScheme final : public AuthScheme
{
public:
    QString id() const override { return u"api-key"_s; }
    QString whenItFails() const override
    {
        return u"The name and the place (header or query) are the server's own: compare them with its documentation. Keys belong to one environment, and some are bound to addresses or hosts."_s;
    }
    QString title() const override { return u"API key"_s; }
    QString summary() const override
    {
        return u"Sends a key under a name of the API's choice: in a header, in the query, or in a cookie."_s;
    }
    QString safety() const override
    {
        return u"A key in the query ends up in server logs and browser histories; prefer a header, over TLS."_s;
    }
    QStringList sources() const override { return {u"OpenAPI 3.1 section 4.8.27"_s}; }
    QList<SchemeField> fields() const override
    {
        return {{.id = u"location"_s, .label = u"Sent in"_s, .kind = FieldKind::Choice, .required = true,
                 .defaultValue = u"header"_s,
                 .choices = {{u"header"_s, u"Header"_s}, {u"query"_s, u"Query"_s}, {u"cookie"_s, u"Cookie"_s}}},
                {.id = u"name"_s, .label = u"Name"_s, .required = true, .defaultValue = u"X-Api-Key"_s,
                 .help = u"The header, query parameter or cookie that the API reads."_s},
                {.id = u"key"_s, .label = u"Key"_s, .kind = FieldKind::Secret, .required = true}};
    }
    QList<QByteArray> credentialHeaders(const FieldValues &values) const override
    {
        const QString location = values.text(u"location"_s);
        if (location == "cookie"_L1)
            return {"cookie"_ba};
        return {values.text(u"name"_s).toLatin1().toLower()};
    }

    Result<void> validate(const FieldValues &values) const override
    {
        if (const Result<void> base = AuthScheme::validate(values); !base)
            return base;
        const QString location = values.text(u"location"_s);
        const QString name = values.text(u"name"_s);
        if (location != "query"_L1 && !isToken(name.toUtf8()))
            return Error{ErrorCode::InvalidInput, u"API key: \"%1\" can't be the name of a %2"_s.arg(name, location), {},
                         u"Use letters, digits and hyphens, without spaces or a colon."_s};
        if (location == "query"_L1)
            return {};
        const QString key = values.secret(u"key"_s).revealText();
        if (const Result<void> control = checkNoControl(u"API key: Key"_s, key); !control)
            return control;
        if (location == "cookie"_L1 && key.contains(u';'))
            return Error{ErrorCode::InvalidInput, u"API key: the key holds a semicolon, which ends a cookie"_s, {},
                         u"Send the key in a header, or percent-encode it as the API documents."_s};
        return {};
    }

    std::unique_ptr<AuthFlow> start(AuthContext context) const override
    {
        if (const Result<void> valid = validate(context.values); !valid)
            return std::make_unique<OneShotFlow>(valid.error());
        const QString location = context.values.text(u"location"_s);
        const QByteArray name = context.values.text(u"name"_s).toUtf8();
        const QByteArray key = context.values.secret(u"key"_s).revealBytes();
        SendStep step;
        step.request = std::move(context.request);
        step.carriesCredential = true;
        Request &request = step.request;
        if (location == "query"_L1) {
            appendQueryItem(request, percentEncode(name) + '=' + percentEncode(key));
        } else if (location == "cookie"_L1) {
            const QByteArray pair = name + '=' + key;
            const QByteArray others = request.headers.values("Cookie").join("; ");
            // One Cookie line (RFC 6265 section 5.4): join what the user wrote with ours.
            request.headers.set("Cookie"_ba, others.isEmpty() ? pair : others + "; " + pair, HeaderSource::Profile);
        } else {
            request.headers.set(name, key, HeaderSource::Profile);
        }
        return std::make_unique<OneShotFlow>(std::move(step));
    }
};

} // namespace

std::unique_ptr<AuthScheme> makeApiKeyScheme() { return std::make_unique<ApiKeyScheme>(); }

} // namespace realmscope
