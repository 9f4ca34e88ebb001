// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/SchemeRegistry.h"
#include "app/auth/schemes/OneShotFlow.h"
#include "app/auth/schemes/Schemes.h"

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

// Nothing is put into the request: the handshake proves who the client is. The runner offers the certificate to the
// origins that the profile names.
class ClientCertificateScheme final : public AuthScheme
{
public:
    QString id() const override { return clientCertificateScheme; }
    QString whenItFails() const override
    {
        return u"Was a certificate asked for at all (TLS tab)? Which authorities does the server name? An alert after the handshake refuses the certificate: unknown authority, expired, revoked, or of the wrong use."_s;
    }
    QString title() const override { return u"Client certificate (mutual TLS)"_s; }
    QString summary() const override { return u"Shows a certificate in the TLS handshake when the server asks for one, and proves that its private key is here."_s; }
    QString safety() const override { return u"The private key never leaves this computer; before TLS 1.3 the certificate itself goes unencrypted."_s; }
    QStringList sources() const override { return {u"RFC 8446 section 4.4.2"_s, u"RFC 5246 section 7.4.6"_s}; }
    QList<SchemeField> fields() const override
    {
        return {{.id = u"certificate-file"_s, .label = u"Certificate"_s, .kind = FieldKind::File, .required = true,
                 .help = u"A PEM, DER or PKCS#12 file. PEM: the client's certificate first, then those that issued it."_s},
                {.id = u"key-file"_s, .label = u"Private key"_s, .kind = FieldKind::File,
                 .help = u"PEM or DER. Empty: it is in the certificate's file, or below."_s},
                {.id = u"key"_s, .label = u"Private key as text"_s, .kind = FieldKind::Secret, .help = u"PEM, in place of a file."_s},
                {.id = u"passphrase"_s, .label = u"Passphrase of the key"_s, .kind = FieldKind::Secret},
                {.id = u"type"_s, .label = u"Kind of file"_s, .kind = FieldKind::Choice, .defaultValue = u"auto"_s,
                 .choices = {{u"auto"_s, u"As it looks"_s}, {u"PEM"_s, u"PEM"_s}, {u"DER"_s, u"DER"_s}, {u"P12"_s, u"PKCS#12"_s}}}};
    }
    QList<QByteArray> credentialHeaders(const FieldValues &) const override { return {}; }
    bool goesAlong() const override { return true; }

    Result<void> validate(const FieldValues &values) const override
    {
        if (const Result<void> base = AuthScheme::validate(values); !base)
            return base;
        if (!values.text(u"key-file"_s).isEmpty() && !values.secret(u"key"_s).isEmpty())
            return Error{ErrorCode::InvalidInput, u"there are two private keys, in a file and as text"_s, {}, u"Leave one of them empty."_s};
        return {};
    }

    std::unique_ptr<AuthFlow> start(AuthContext context) const override
    {
        if (const Result<void> valid = validate(context.values); !valid)
            return std::make_unique<OneShotFlow>(valid.error());
        if (!context.request.url.isSecure())
            return std::make_unique<OneShotFlow>(Error{ErrorCode::InvalidInput, u"a client certificate is shown in the TLS handshake, and %1 has none"_s.arg(
                                                           context.request.url.origin().toString()), {}, u"Use https, or another profile."_s});
        SendStep step;
        step.request = context.request;
        return std::make_unique<OneShotFlow>(step);
    }
};

} // namespace

std::unique_ptr<AuthScheme> makeClientCertificateScheme() { return std::make_unique<ClientCertificateScheme>(); }

} // namespace realmscope
