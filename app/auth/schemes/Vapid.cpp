// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/Jose.h"
#include "app/auth/schemes/CredentialText.h"
#include "app/auth/schemes/OneShotFlow.h"
#include "app/auth/schemes/Schemes.h"
#include "app/base/Encoding.h"

#include <QtCore/QJsonDocument>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr int vapidLongestLifetime = 24 * 3600; // RFC 8292 section 2

Error vapidInvalid(const QString &message, const QString &action) { return {ErrorCode::InvalidInput, u"VAPID: "_s + message, {}, action}; }

// The key as push libraries print it (32 bytes in base64url), as PEM or as a JWK.
Result<JoseKey> vapidKeyOf(const FieldValues &values)
{
    const Secret text = values.secret(u"private-key"_s);
    const QByteArray trimmed = text.revealBytes().trimmed();
    if (const std::optional<QByteArray> raw = decodeBase64Url(trimmed); raw && raw->size() == 32) {
        const Result<AsymmetricKey> made = AsymmetricKey::ec("P-256"_ba, {}, {}, *raw);
        if (!made)
            return made.error();
        JoseKey key;
        key.asymmetric = *made;
        return key;
    }
    if (!trimmed.isEmpty() && !trimmed.startsWith('-') && !trimmed.startsWith('{') && trimmed.size() < 100)
        return vapidInvalid(u"the private key is not 32 bytes in base64url"_s, u"Paste it as the push library printed it (43 characters), as PEM or as a JWK."_s);
    const Result<JoseKey> key = privateKeyFromText(u"VAPID: Private key"_s, text, values.secret(u"passphrase"_s));
    if (key && (key->asymmetric.isNull() || key->asymmetric.curve() != "P-256"))
        return vapidInvalid(u"the private key is %1, and VAPID needs EC P-256"_s.arg(key->asymmetric.isNull() ? u"a shared secret"_s : key->asymmetric.description()),
                       u"Give the private key of the application server."_s);
    return key;
}

// RFC 8292: a JWT for the push service, with the public key beside it.
class VapidScheme final : public AuthScheme
{
public:
    QString id() const override { return u"vapid"_s; }
    QString whenItFails() const override
    {
        return u"The audience is the origin of the push service, and the subject a mailto: or https: address. The public key has to be the one that the subscription was made with; tokens live for 24 hours at most."_s;
    }
    QString title() const override { return u"VAPID (Web Push)"_s; }
    QString summary() const override { return u"Identifies an application server to a push service with a signed token and its public key."_s; }
    QString safety() const override { return u"The token is good for any push resource of that service until it expires, at most a day."_s; }
    QStringList sources() const override { return {u"RFC 8292"_s}; }
    QList<SchemeField> fields() const override
    {
        return {{.id = u"private-key"_s, .label = u"Private key"_s, .kind = FieldKind::Secret, .required = true,
                 .help = u"P-256: base64url as push libraries print it, PEM or JWK."_s},
                {.id = u"passphrase"_s, .label = u"Passphrase of the key"_s, .kind = FieldKind::Secret},
                {.id = u"subject"_s, .label = u"Contact"_s, .help = u"mailto: or https: address of whoever sends."_s, .placeholder = u"mailto:push@example.com"_s},
                {.id = u"lifetime"_s, .label = u"Expires after"_s, .defaultValue = u"43200"_s, .help = u"Seconds, at most 86400."_s}};
    }
    QList<QByteArray> credentialHeaders(const FieldValues &) const override { return {"authorization"_ba}; }

    Result<void> validate(const FieldValues &values) const override
    {
        if (const Result<void> base = AuthScheme::validate(values); !base)
            return base;
        const QString subject = values.text(u"subject"_s);
        if (!subject.isEmpty() && !subject.startsWith("mailto:"_L1) && !subject.startsWith("https:"_L1))
            return vapidInvalid(u"the contact \"%1\" is no mailto: or https: address"_s.arg(subject), u"Write for example mailto:push@example.com."_s);
        bool ok = false;
        const QString lifetime = values.text(u"lifetime"_s);
        if (!lifetime.isEmpty() && (lifetime.toInt(&ok) < 1 || !ok || lifetime.toInt() > vapidLongestLifetime))
            return vapidInvalid(u"the lifetime \"%1\" is not a number of seconds from 1 to %2"_s.arg(lifetime).arg(vapidLongestLifetime), u"Write for example 43200."_s);
        if (const Result<JoseKey> key = vapidKeyOf(values); !key)
            return key.error();
        return {};
    }

    std::unique_ptr<AuthFlow> start(AuthContext context) const override
    {
        if (const Result<void> valid = validate(context.values); !valid)
            return std::make_unique<OneShotFlow>(valid.error());
        const FieldValues &values = context.values;
        const Result<JoseKey> key = vapidKeyOf(values);
        const int lifetime = values.text(u"lifetime"_s).isEmpty() ? 43200 : values.text(u"lifetime"_s).toInt();
        QJsonObject claims{{u"aud"_s, context.request.url.origin().toString()}, {u"exp"_s, context.clock->nowSeconds() + lifetime}};
        if (!values.text(u"subject"_s).isEmpty())
            claims.insert(u"sub"_s, values.text(u"subject"_s));
        const QByteArray payload = QJsonDocument(claims).toJson(QJsonDocument::Compact);
        const Result<QByteArray> token = signJws("ES256"_ba, {{u"typ"_s, u"JWT"_s}}, payload, *key);
        if (!token)
            return std::make_unique<OneShotFlow>(token.error());
        const PublicNumbers numbers = key->asymmetric.publicNumbers();
        const QByteArray publicKey = encodeBase64Url('\x04' + numbers.x + numbers.y);
        SendStep step;
        step.request = std::move(context.request);
        step.request.headers.set(credentialHeaderName(context.proxy), "vapid t=" + *token + ", k=" + publicKey, HeaderSource::Profile);
        step.carriesCredential = true;
        step.derivation = {{u"claims"_s, payload, false}, {u"public key"_s, publicKey, false}};
        return std::make_unique<OneShotFlow>(std::move(step));
    }
};

} // namespace

std::unique_ptr<AuthScheme> makeVapidScheme() { return std::make_unique<VapidScheme>(); }

} // namespace realmscope
