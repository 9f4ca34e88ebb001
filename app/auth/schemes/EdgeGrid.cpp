// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/schemes/EdgeGrid.h"

#include "app/auth/schemes/CredentialText.h"
#include "app/auth/schemes/OneShotFlow.h"
#include "app/auth/schemes/Schemes.h"
#include "app/base/Crypto.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

EdgeGridResult signEdgeGrid(const Request &request, const EdgeGridInput &input)
{
    const QByteArray start = "EG1-HMAC-SHA256 client_token=" + input.clientToken + ";access_token=" + input.accessToken + ";timestamp="
        + input.timestamp + ";nonce=" + input.nonce + ';';
    QList<QByteArray> headers;
    for (const QByteArray &name : input.signedHeaders) {
        if (request.headers.contains(name))
            headers << name.toLower() + ':' + request.headers.value(name).simplified();
    }
    QByteArray bodyHash;
    if (request.method == "POST" && !request.body.isEmpty())
        bodyHash = hash(HashAlgorithm::Sha256, request.body.first(std::min(request.body.size(), input.maxBody))).toBase64();
    QByteArray host = request.headers.value("Host");
    if (host.isEmpty())
        host = request.url.hostHeader();
    EdgeGridResult result;
    result.dataToSign = request.method + '\t' + request.url.scheme.toLatin1() + '\t' + host + '\t' + request.effectiveTarget() + '\t'
        + headers.join('\t') + '\t' + bodyHash + '\t' + start;
    const QByteArray key = hmac(HashAlgorithm::Sha256, input.clientSecret, input.timestamp).toBase64();
    const QByteArray signature = hmac(HashAlgorithm::Sha256, key, result.dataToSign).toBase64();
    result.authorization = start + "signature=" + signature;
    result.derivation = {{u"data to sign"_s, result.dataToSign, false}, {u"signing key"_s, key, true}, {u"signature"_s, signature, false}};
    return result;
}

namespace {

class EdgeGridScheme final : public AuthScheme
{
public:
    QString id() const override { return u"edgegrid"_s; }
    QString whenItFails() const override
    {
        return u"Client token, access token and secret belong together, and to one host. Compare the clocks; the body counts only with POST and up to its limit."_s;
    }
    QString title() const override { return u"Akamai EdgeGrid"_s; }
    QString summary() const override { return u"Signs method, host, path, chosen headers and the body of a POST with the client secret."_s; }
    QString safety() const override { return u"The secret is never sent. Bodies of other methods than POST are not covered."_s; }
    QStringList sources() const override { return {u"Akamai: Authenticate with EdgeGrid"_s}; }
    QList<SchemeField> fields() const override
    {
        return {{.id = u"client-token"_s, .label = u"Client token"_s, .required = true, .placeholder = u"akab-…"_s},
                {.id = u"client-secret"_s, .label = u"Client secret"_s, .kind = FieldKind::Secret, .required = true},
                {.id = u"access-token"_s, .label = u"Access token"_s, .required = true, .placeholder = u"akab-…"_s},
                {.id = u"signed-headers"_s, .label = u"Signed headers"_s, .help = u"Names with commas between; only where the API asks for it."_s},
                {.id = u"max-body"_s, .label = u"Hashed body, at most"_s, .defaultValue = u"131072"_s, .help = u"Bytes."_s}};
    }
    QList<QByteArray> credentialHeaders(const FieldValues &) const override { return {"authorization"_ba}; }

    Result<void> validate(const FieldValues &values) const override
    {
        if (const Result<void> base = AuthScheme::validate(values); !base)
            return base;
        for (const QString &id : {u"client-token"_s, u"access-token"_s}) {
            const QString text = values.text(id);
            if (const Result<void> control = checkNoControl(u"EdgeGrid: "_s + id, text); !control)
                return control;
            if (text.contains(u';'))
                return Error{ErrorCode::InvalidInput, u"EdgeGrid: the %1 holds a semicolon, which parts the header"_s.arg(id), {},
                             u"Copy the token alone out of the .edgerc file."_s};
        }
        bool ok = true;
        if (const QString size = values.text(u"max-body"_s); !size.isEmpty() && (size.toLongLong(&ok) < 0 || !ok))
            return Error{ErrorCode::InvalidInput, u"EdgeGrid: \"%1\" is not a number of bytes"_s.arg(size), {}, u"Write for example 131072."_s};
        return {};
    }

    std::unique_ptr<AuthFlow> start(AuthContext context) const override
    {
        if (const Result<void> valid = validate(context.values); !valid)
            return std::make_unique<OneShotFlow>(valid.error());
        const FieldValues &values = context.values;
        EdgeGridInput input;
        input.clientToken = values.text(u"client-token"_s).toUtf8();
        input.accessToken = values.text(u"access-token"_s).toUtf8();
        input.clientSecret = values.secret(u"client-secret"_s).revealBytes();
        input.timestamp = context.clock->now().toString(u"yyyyMMdd'T'HH:mm:ss'+0000'"_s).toLatin1();
        const QByteArray random = context.random->hex(16);
        input.nonce = random.left(8) + '-' + random.mid(8, 4) + '-' + random.mid(12, 4) + '-' + random.mid(16, 4) + '-' + random.mid(20);
        for (const QByteArray &name : values.text(u"signed-headers"_s).toUtf8().split(',')) {
            if (!name.trimmed().isEmpty())
                input.signedHeaders << name.trimmed();
        }
        if (!values.text(u"max-body"_s).isEmpty())
            input.maxBody = values.text(u"max-body"_s).toLongLong();
        const EdgeGridResult result = signEdgeGrid(context.request, input);
        SendStep step;
        step.request = std::move(context.request);
        step.request.headers.set(credentialHeaderName(context.proxy), result.authorization, HeaderSource::Profile);
        step.carriesCredential = true;
        step.derivation = result.derivation;
        return std::make_unique<OneShotFlow>(std::move(step));
    }
};

} // namespace

std::unique_ptr<AuthScheme> makeEdgeGridScheme() { return std::make_unique<EdgeGridScheme>(); }

} // namespace realmscope
