// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/Challenge.h"
#include "app/auth/Jose.h"
#include "app/auth/schemes/CredentialText.h"
#include "app/auth/schemes/OneShotFlow.h"
#include "app/auth/schemes/Schemes.h"

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

Error cavageInvalid(const QString &message, const QString &action) { return {ErrorCode::InvalidInput, u"Signature: "_s + message, {}, action}; }

struct CavageAlgorithm
{
    const char *name;
    bool isHmac;
    SignatureAlgorithm signature;
};
// draft-cavage-http-signatures-12 section A; hs2019 says nothing, the key decides.
constexpr std::array cavageAlgorithms{CavageAlgorithm{"rsa-sha256", false, {SignatureForm::RsaPkcs1, HashAlgorithm::Sha256}},
                                CavageAlgorithm{"rsa-sha512", false, {SignatureForm::RsaPkcs1, HashAlgorithm::Sha512}},
                                CavageAlgorithm{"rsa-pss-sha512", false, {SignatureForm::RsaPss, HashAlgorithm::Sha512}},
                                CavageAlgorithm{"hmac-sha256", true, {SignatureForm::RsaPkcs1, HashAlgorithm::Sha256}},
                                CavageAlgorithm{"hmac-sha512", true, {SignatureForm::RsaPkcs1, HashAlgorithm::Sha512}},
                                CavageAlgorithm{"ecdsa-sha256", false, {SignatureForm::EcdsaDer, HashAlgorithm::Sha256}},
                                CavageAlgorithm{"ed25519", false, {SignatureForm::EdDsa, HashAlgorithm::Sha512}}};

const CavageAlgorithm *cavageAlgorithmOf(const FieldValues &values)
{
    const auto *it = std::ranges::find_if(cavageAlgorithms, [&](const CavageAlgorithm &a) { return values.text(u"algorithm"_s) == QLatin1StringView(a.name); });
    return it == cavageAlgorithms.end() ? nullptr : it;
}

Result<JoseKey> cavageKeyOf(const FieldValues &values)
{
    const CavageAlgorithm *algorithm = cavageAlgorithmOf(values);
    const Secret text = values.secret(u"key"_s);
    if (!algorithm || algorithm->isHmac) {
        JoseKey key;
        key.symmetric = text;
        return key;
    }
    Result<JoseKey> key = privateKeyFromText(u"Signature: Key"_s, text, values.secret(u"passphrase"_s));
    if (key && (key->asymmetric.isNull() || !key->asymmetric.fits(algorithm->signature)))
        return cavageInvalid(u"%1 does not go with a key of the kind %2"_s.arg(QString::fromLatin1(algorithm->name),
                                                                       key->asymmetric.isNull() ? u"shared secret"_s : key->asymmetric.description()),
                       u"Choose the algorithm for the key, or another key."_s);
    return key;
}

QList<QByteArray> cavageNamesOf(const FieldValues &values)
{
    const QByteArray text = values.text(u"headers"_s).toLatin1().toLower().simplified();
    return text.isEmpty() ? QList<QByteArray>{"date"_ba} : text.split(' ');
}

class CavageScheme final : public AuthScheme
{
public:
    QString id() const override { return u"cavage"_s; }
    QString whenItFails() const override
    {
        return u"The server has to cover the same headers in the same order, and to see the host and path that were signed: a proxy that rewrites them breaks it. Compare the signing string in the Auth tab; Date has to be close to the server's clock."_s;
    }
    QString title() const override { return u"Signature (draft-cavage)"_s; }
    QString summary() const override { return u"Signs the headers that you name, as the drafts before RFC 9421 did it."_s; }
    QString safety() const override { return u"Only what is named is protected: cover (request-target), host, date and, with a body, digest."_s; }
    QStringList sources() const override { return {u"draft-cavage-http-signatures-12"_s, u"RFC 3230 (Digest)"_s}; }
    QList<SchemeField> fields() const override
    {
        QList<FieldChoice> choices;
        for (const CavageAlgorithm &algorithm : cavageAlgorithms)
            choices.append({QString::fromLatin1(algorithm.name), QString::fromLatin1(algorithm.name)});
        return {{.id = u"key-id"_s, .label = u"Key ID"_s, .required = true},
                {.id = u"algorithm"_s, .label = u"Algorithm"_s, .kind = FieldKind::Choice, .required = true, .defaultValue = u"rsa-sha256"_s, .choices = choices},
                {.id = u"hs2019"_s, .label = u"Say hs2019 instead of the algorithm"_s, .kind = FieldKind::Flag, .defaultValue = u"false"_s},
                {.id = u"key"_s, .label = u"Key"_s, .kind = FieldKind::Secret, .required = true,
                 .help = u"hmac: the shared secret. Others: the private key in PEM or as a JWK."_s},
                {.id = u"passphrase"_s, .label = u"Passphrase of the key"_s, .kind = FieldKind::Secret},
                {.id = u"headers"_s, .label = u"Headers"_s, .defaultValue = u"(request-target) host date digest"_s,
                 .help = u"Names with spaces between; also (request-target), and with hs2019 (created) and (expires)."_s},
                {.id = u"expires"_s, .label = u"Expires after"_s, .defaultValue = u"300"_s, .help = u"Seconds, for (expires)."_s},
                {.id = u"location"_s, .label = u"Sent in"_s, .kind = FieldKind::Choice, .defaultValue = u"authorization"_s,
                 .choices = {{u"authorization"_s, u"Authorization"_s}, {u"signature"_s, u"Signature header"_s}}}};
    }
    bool goesAlong() const override { return true; }
    bool coversOthers() const override { return true; }
    QList<QByteArray> credentialHeaders(const FieldValues &values) const override
    {
        return {values.text(u"location"_s) == "signature"_L1 ? "signature"_ba : "authorization"_ba};
    }

    Result<void> validate(const FieldValues &values) const override
    {
        if (const Result<void> base = AuthScheme::validate(values); !base)
            return base;
        if (const Result<void> control = checkNoControl(u"Signature: Key ID"_s, values.text(u"key-id"_s)); !control)
            return control;
        if (values.text(u"key-id"_s).contains(u'"') || values.text(u"key-id"_s).contains(u'\\'))
            return cavageInvalid(u"the key ID holds a quote or a backslash"_s, u"Leave it out; the draft has no way to write it."_s);
        for (const QByteArray &name : cavageNamesOf(values)) {
            const bool isTime = name == "(created)" || name == "(expires)";
            if (isTime && !values.flag(u"hs2019"_s))
                return cavageInvalid(u"%1 goes only with hs2019"_s.arg(QString::fromLatin1(name)), u"Say hs2019, or leave it out of the headers."_s);
            if (!isTime && name != "(request-target)" && !isToken(name))
                return cavageInvalid(u"%1 can't be the name of a header"_s.arg(QString::fromLatin1(name)), u"Write names with spaces between."_s);
        }
        bool ok = false;
        if (const QString expires = values.text(u"expires"_s); !expires.isEmpty() && (expires.toInt(&ok) < 1 || !ok))
            return cavageInvalid(u"the expiry \"%1\" is not a number of seconds"_s.arg(expires), u"Write for example 300."_s);
        if (const Result<JoseKey> key = cavageKeyOf(values); !key)
            return key.error();
        return {};
    }

    std::unique_ptr<AuthFlow> start(AuthContext context) const override
    {
        if (const Result<void> valid = validate(context.values); !valid)
            return std::make_unique<OneShotFlow>(valid.error());
        const Result<SendStep> step = sign(context);
        if (!step)
            return std::make_unique<OneShotFlow>(step.error());
        return std::make_unique<OneShotFlow>(*step);
    }

private:
    static Result<SendStep> sign(const AuthContext &context)
    {
        const FieldValues &values = context.values;
        SendStep step;
        step.request = context.request;
        step.carriesCredential = true;
        Request &request = step.request;
        const QList<QByteArray> names = cavageNamesOf(values);
        const QByteArray created = QByteArray::number(context.clock->nowSeconds());
        const int seconds = values.text(u"expires"_s).isEmpty() ? 300 : values.text(u"expires"_s).toInt();
        const QByteArray expires = QByteArray::number(context.clock->nowSeconds() + seconds);
        if (names.contains("date") && !request.headers.contains("Date"))
            request.headers.append("Date"_ba, formatHttpDate(context.clock->nowSeconds()), HeaderSource::Profile);
        if (names.contains("digest") && !request.headers.contains("Digest"))
            request.headers.append("Digest"_ba, "SHA-256=" + hash(HashAlgorithm::Sha256, request.body).toBase64(), HeaderSource::Profile);
        QByteArray text;
        for (const QByteArray &name : names) {
            QByteArray value;
            if (name == "(request-target)") {
                value = request.method.toLower() + ' ' + request.effectiveTarget();
            } else if (name == "(created)") {
                value = created;
            } else if (name == "(expires)") {
                value = expires;
            } else if (request.headers.contains(name)) {
                // Section 2.3: each value without white space at its ends, joined by a comma and a space.
                for (const QByteArray &each : request.headers.values(name))
                    value += (value.isEmpty() ? "" : ", ") + each.trimmed();
            } else {
                return cavageInvalid(u"the request has no header %1"_s.arg(QString::fromLatin1(name)), u"Add the header, or leave it out of the signed ones."_s);
            }
            text += (text.isEmpty() ? "" : "\n") + name + ": " + value;
        }
        const CavageAlgorithm *algorithm = cavageAlgorithmOf(values);
        const Result<JoseKey> key = cavageKeyOf(values);
        if (!key)
            return key.error();
        const Result<QByteArray> signature = algorithm->isHmac ? Result<QByteArray>(hmac(algorithm->signature.hash, key->symmetric.reveal(), text))
                                                               : key->asymmetric.sign(algorithm->signature, text);
        if (!signature)
            return signature.error();
        QByteArray value = "keyId=" + quoteString(values.text(u"key-id"_s).toUtf8()) + ",algorithm=\""
            + (values.flag(u"hs2019"_s) ? QByteArray("hs2019") : QByteArray(algorithm->name)) + '"';
        if (names.contains("(created)"))
            value += ",created=" + created;
        if (names.contains("(expires)"))
            value += ",expires=" + expires;
        value += ",headers=\"" + names.join(' ') + "\",signature=\"" + signature->toBase64() + '"';
        if (values.text(u"location"_s) == "signature"_L1)
            request.headers.set("Signature"_ba, value, HeaderSource::Profile);
        else
            request.headers.set(credentialHeaderName(context.proxy), "Signature " + value, HeaderSource::Profile);
        step.derivation = {{u"signing string"_s, text, false}, {u"signature"_s, signature->toBase64(), false}};
        return step;
    }
};

} // namespace

std::unique_ptr<AuthScheme> makeCavageScheme() { return std::make_unique<CavageScheme>(); }

} // namespace realmscope
