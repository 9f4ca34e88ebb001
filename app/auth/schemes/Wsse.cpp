// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/Challenge.h"
#include "app/auth/schemes/CredentialText.h"
#include "app/auth/schemes/OneShotFlow.h"
#include "app/auth/schemes/Schemes.h"
#include "app/base/Crypto.h"

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

// The UsernameToken of WS-Security carried in a header. Two readings are about: Atom's hashes the nonce as it is
// written; WS-Security's hashes the bytes that its Base64 stands for.
class WsseScheme final : public AuthScheme
{
public:
    QString id() const override { return u"wsse"_s; }
    QString whenItFails() const override
    {
        return u"Servers differ in how the nonce goes into the digest: decoded or as written. Created has to be close to the server's clock, and a nonce counts once. The server needs the password itself, not a hash of it."_s;
    }
    QString title() const override { return u"WSSE UsernameToken"_s; }
    QString summary() const override { return u"Sends a hash of nonce, time and password in the header X-WSSE."_s; }
    QString safety() const override { return u"The password is not sent, but the server has to keep it readable, and SHA-1 can be guessed offline: use TLS."_s; }
    QStringList sources() const override { return {u"OASIS WSS UsernameToken Profile 1.0"_s, u"Atom Authentication (X-WSSE)"_s}; }
    QList<SchemeField> fields() const override
    {
        return {{.id = u"username"_s, .label = u"User name"_s, .required = true},
                {.id = u"password"_s, .label = u"Password"_s, .kind = FieldKind::Secret, .required = true},
                {.id = u"nonce-form"_s, .label = u"The nonce is hashed"_s, .kind = FieldKind::Choice, .defaultValue = u"decoded"_s,
                 .choices = {{u"decoded"_s, u"Decoded from Base64 (WS-Security)"_s}, {u"written"_s, u"As it is written (Atom)"_s}}}};
    }
    QList<QByteArray> credentialHeaders(const FieldValues &) const override { return {"x-wsse"_ba, "authorization"_ba}; }

    Result<void> validate(const FieldValues &values) const override
    {
        if (const Result<void> base = AuthScheme::validate(values); !base)
            return base;
        return checkNoControl(u"WSSE: User name"_s, values.text(u"username"_s));
    }

    std::unique_ptr<AuthFlow> start(AuthContext context) const override
    {
        if (const Result<void> valid = validate(context.values); !valid)
            return std::make_unique<OneShotFlow>(valid.error());
        const FieldValues &values = context.values;
        const bool isWritten = values.text(u"nonce-form"_s) == "written"_L1;
        const QByteArray raw = context.random->bytes(16);
        const QByteArray nonce = isWritten ? raw.toHex() : raw.toBase64();
        const QByteArray created = context.clock->now().toString(u"yyyy-MM-dd'T'HH:mm:ss'Z'"_s).toLatin1();
        const QByteArray digest =
            hash(HashAlgorithm::Sha1, (isWritten ? nonce : raw) + created + values.secret(u"password"_s).revealBytes()).toBase64();
        SendStep step;
        step.request = std::move(context.request);
        step.request.headers.set(credentialHeaderName(context.proxy), "WSSE profile=\"UsernameToken\""_ba, HeaderSource::Profile);
        step.request.headers.set("X-WSSE"_ba,
                                 "UsernameToken Username=" + quoteString(values.text(u"username"_s).toUtf8()) + ", PasswordDigest=\"" + digest
                                     + "\", Nonce=\"" + nonce + "\", Created=\"" + created + '"',
                                 HeaderSource::Profile);
        step.carriesCredential = true;
        step.derivation = {{u"nonce"_s, nonce, false}, {u"created"_s, created, false}, {u"password digest"_s, digest, true}};
        return std::make_unique<OneShotFlow>(std::move(step));
    }
};

} // namespace

std::unique_ptr<AuthScheme> makeWsseScheme() { return std::make_unique<WsseScheme>(); }

} // namespace realmscope
