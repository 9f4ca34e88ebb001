// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/schemes/Concealed.h"

#include "app/auth/Jose.h"
#include "app/auth/schemes/CredentialText.h"
#include "app/auth/schemes/OneShotFlow.h"
#include "app/auth/schemes/Schemes.h"
#include "app/base/Encoding.h"

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr qsizetype signatureInputSize = 32;
constexpr qsizetype verificationSize = 16;

void appendNumber(QByteArray &out, quint64 value, int bytes)
{
    for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8)
        out += char(value >> shift & 0xff);
}

// RFC 9000 section 16: the length of the number itself stands in its two highest bits.
void appendText(QByteArray &out, const QByteArray &text)
{
    const quint64 size = quint64(text.size());
    if (size < 0x40)
        appendNumber(out, size, 1);
    else if (size < 0x4000)
        appendNumber(out, size | 0x4000, 2);
    else
        appendNumber(out, size | 0x80000000, 4);
    out += text;
}

QByteArray der(char tag, const QByteArray &content)
{
    QByteArray out(1, tag);
    if (content.size() < 0x80) {
        out += char(content.size());
    } else {
        const int bytes = content.size() < 0x100 ? 1 : 2;
        out += char(0x80 | bytes);
        appendNumber(out, quint64(content.size()), bytes);
    }
    return out + content;
}

QByteArray derInteger(const QByteArray &bytes) { return der(0x02, uchar(bytes.at(0)) >= 0x80 ? QByteArray(1, 0) + bytes : bytes); }

Error concealedInvalid(const QString &message, const QString &action) { return {ErrorCode::InvalidInput, u"Concealed: "_s + message, {}, action}; }

Result<AsymmetricKey> concealedKeyOf(const FieldValues &values)
{
    const Result<JoseKey> key = privateKeyFromText(u"Concealed: Private key"_s, values.secret(u"private-key"_s), values.secret(u"passphrase"_s));
    if (!key)
        return key.error();
    if (key->asymmetric.isNull() || !concealedAlgorithm(key->asymmetric))
        return concealedInvalid(u"this scheme has no way to sign with %1"_s.arg(key->asymmetric.isNull() ? u"a shared secret"_s : key->asymmetric.description()),
                                u"Give an Ed25519, EC P-256, P-384, P-521 or RSA key."_s);
    return key->asymmetric;
}

class ConcealedScheme final : public AuthScheme
{
public:
    QString id() const override { return u"concealed"_s; }
    QString whenItFails() const override
    {
        return u"The server answers as if the page were not there, to everybody it does not know: key ID, public key and realm have to be those that it has. A proxy that ends TLS breaks the proof."_s;
    }
    QString title() const override { return u"Concealed"_s; }
    QString summary() const override { return u"Signs key material of the TLS connection, unasked: a server need not show that it wants a credential."_s; }
    QString safety() const override { return u"The proof is good on this one connection only; the key has to be used for nothing else."_s; }
    QStringList sources() const override { return {u"RFC 9729"_s, u"RFC 8446 section 7.5"_s}; }
    QList<SchemeField> fields() const override
    {
        return {{.id = u"key-id"_s, .label = u"Key ID"_s, .required = true, .help = u"Under which the server knows the public key."_s},
                {.id = u"private-key"_s, .label = u"Private key"_s, .kind = FieldKind::Secret, .required = true, .help = u"PEM or JWK: Ed25519, EC or RSA."_s},
                {.id = u"passphrase"_s, .label = u"Passphrase of the key"_s, .kind = FieldKind::Secret},
                {.id = u"realm"_s, .label = u"Realm"_s, .help = u"Only where the server's owner has given one."_s}};
    }
    QList<QByteArray> credentialHeaders(const FieldValues &) const override { return {"authorization"_ba}; }

    Result<void> validate(const FieldValues &values) const override
    {
        if (const Result<void> base = AuthScheme::validate(values); !base)
            return base;
        if (const Result<void> control = checkNoControl(u"Concealed: Realm"_s, values.text(u"realm"_s)); !control)
            return control;
        const Result<AsymmetricKey> key = concealedKeyOf(values);
        return key ? Result<void>() : Result<void>(key.error());
    }

    std::unique_ptr<AuthFlow> start(AuthContext context) const override
    {
        if (const Result<void> valid = validate(context.values); !valid)
            return std::make_unique<OneShotFlow>(valid.error());
        if (context.proxy || !context.request.url.isSecure())
            return std::make_unique<OneShotFlow>(concealedInvalid(
                context.proxy ? u"for a proxy this scheme is not there"_s : u"it signs key material of TLS, and %1 has none"_s.arg(context.request.url.origin().toString()),
                context.proxy ? u"Choose another scheme for the proxy."_s : u"Use https."_s));
        SendStep step;
        step.request = context.request;
        step.carriesCredential = true;
        step.bind = [values = context.values](Request &request, const KeyingMaterialExporter &exporter) { return prove(values, request, exporter); };
        return std::make_unique<OneShotFlow>(step);
    }

private:
    static Result<QList<DerivationLine>> prove(const FieldValues &values, Request &request, const KeyingMaterialExporter &exporter)
    {
        const Result<AsymmetricKey> key = concealedKeyOf(values);
        if (!key)
            return key.error();
        const ConcealedAlgorithm algorithm = *concealedAlgorithm(*key);
        const QByteArray keyId = values.text(u"key-id"_s).toUtf8();
        const QByteArray publicKey = concealedPublicKey(*key);
        const QByteArray realm = values.text(u"realm"_s).toUtf8();
        const QByteArray context = concealedContext(algorithm.id, keyId, publicKey, request.url, realm);
        const Result<QByteArray> exported = exporter("EXPORTER-HTTP-Concealed-Authentication", context, signatureInputSize + verificationSize);
        if (!exported)
            return exported.error();
        const QByteArray content = concealedContent(exported->first(signatureInputSize));
        const QByteArray verification = exported->sliced(signatureInputSize);
        const Result<QByteArray> proof = key->sign(algorithm.signature, content);
        if (!proof)
            return proof.error();
        QByteArray header = "Concealed k=" + encodeBase64Url(keyId) + ", a=" + encodeBase64Url(publicKey) + ", s=" + QByteArray::number(algorithm.id)
            + ", v=" + encodeBase64Url(verification) + ", p=" + encodeBase64Url(*proof);
        if (!realm.isEmpty())
            header += ", realm=" + quoteString(realm);
        request.headers.set("Authorization"_ba, header, HeaderSource::Profile);
        return QList<DerivationLine>{{u"exporter context"_s, context.toHex(), false},
                                     {u"exporter output"_s, exported->toHex(), true},
                                     {u"content covered by the signature"_s, content.toHex(), true},
                                     {u"signature scheme"_s, QByteArray::number(algorithm.id), false},
                                     {u"proof"_s, proof->toHex(), false}};
    }
};

} // namespace

std::optional<ConcealedAlgorithm> concealedAlgorithm(const AsymmetricKey &key)
{
    const QByteArray curve = key.curve();
    switch (key.type()) {
    case KeyType::Rsa:
        return ConcealedAlgorithm{0x0804, {SignatureForm::RsaPss, HashAlgorithm::Sha256}}; // rsa_pss_rsae_sha256
    case KeyType::RsaPss:
        return ConcealedAlgorithm{0x0809, {SignatureForm::RsaPss, HashAlgorithm::Sha256}}; // rsa_pss_pss_sha256
    case KeyType::Ec:
        if (curve == "P-256")
            return ConcealedAlgorithm{0x0403, {SignatureForm::EcdsaDer, HashAlgorithm::Sha256}};
        if (curve == "P-384")
            return ConcealedAlgorithm{0x0503, {SignatureForm::EcdsaDer, HashAlgorithm::Sha384}};
        if (curve == "P-521")
            return ConcealedAlgorithm{0x0603, {SignatureForm::EcdsaDer, HashAlgorithm::Sha512}};
        return std::nullopt;
    case KeyType::Ed25519:
        return ConcealedAlgorithm{0x0807, {SignatureForm::EdDsa, HashAlgorithm::Sha256}};
    case KeyType::Ed448:
        return ConcealedAlgorithm{0x0808, {SignatureForm::EdDsa, HashAlgorithm::Sha256}};
    case KeyType::Other:
        break;
    }
    return std::nullopt;
}

QByteArray concealedPublicKey(const AsymmetricKey &key)
{
    const PublicNumbers numbers = key.publicNumbers();
    if (!numbers.n.isEmpty())
        return der(0x30, derInteger(numbers.n) + derInteger(numbers.e));
    return numbers.y.isEmpty() ? numbers.x : QByteArray(1, 0x04) + numbers.x + numbers.y;
}

QByteArray concealedContext(quint16 algorithm, const QByteArray &keyId, const QByteArray &publicKey, const Url &url, const QByteArray &realm)
{
    QByteArray context;
    appendNumber(context, algorithm, 2);
    appendText(context, keyId);
    appendText(context, publicKey);
    appendText(context, url.scheme.toLatin1());
    appendText(context, url.host.contains(u':') ? '[' + url.host.toLatin1() + ']' : url.host.toLatin1());
    appendNumber(context, url.port, 2);
    appendText(context, realm);
    return context;
}

QByteArray concealedContent(QByteArrayView signatureInput)
{
    return QByteArray(64, ' ') + "HTTP Concealed Authentication" + QByteArray(1, 0) + signatureInput.toByteArray();
}

std::unique_ptr<AuthScheme> makeConcealedScheme() { return std::make_unique<ConcealedScheme>(); }

} // namespace realmscope
