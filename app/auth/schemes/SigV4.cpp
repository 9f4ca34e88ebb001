// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/schemes/CredentialText.h"
#include "app/auth/schemes/OneShotFlow.h"
#include "app/auth/schemes/Placement.h"
#include "app/auth/schemes/Schemes.h"
#include "app/auth/schemes/SigV4Math.h"

#include <QtCore/QRegularExpression>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr qsizetype sigV4ChunkLength = 64 * 1024; // what AWS's own clients take
constexpr int sigV4LongestExpiry = 7 * 24 * 3600;

Error sigV4Invalid(const QString &message, const QString &action)
{
    return {ErrorCode::InvalidInput, u"AWS Signature: "_s + message, {}, action};
}

struct SigV4Provider
{
    QByteArray name, vendor;
};
SigV4Provider sigV4ProviderOf(const FieldValues &values)
{
    const QByteArray text = values.text(u"provider"_s).toLatin1().toLower();
    const qsizetype colon = text.indexOf(':');
    if (text.isEmpty())
        return {"aws"_ba, "amz"_ba};
    return colon < 0 ? SigV4Provider{text, text} : SigV4Provider{text.left(colon), text.mid(colon + 1)};
}

// What the user wrote is signed, and what the service has to trust. Not what a proxy may change, and not what curl makes
// of options of their own (-A, -e, -r, -b).
bool isSignedBySigV4(const HeaderField &field, const QByteArray &vendorPrefix)
{
    const QByteArray name = field.name.toLower();
    if (name == "host" || name.startsWith(vendorPrefix))
        return true;
    static constexpr std::array never{"authorization", "connection", "expect", "transfer-encoding", "user-agent", "referer", "range", "cookie",
                                      "content-length", "x-amzn-trace-id"};
    return field.source == HeaderSource::User && std::ranges::none_of(never, [&](const char *other) { return name == other; });
}

// AWS Signature Version 4 and 4a. What AWS leaves to the service is decided as its own clients do: S3 signs the path as
// it is and states the payload's hash in a header; every other service gets a normalised path, encoded once more.
class SigV4Scheme final : public AuthScheme
{
public:
    QString id() const override { return u"aws-sigv4"_s; }
    QString whenItFails() const override
    {
        return u"The error says which: SignatureDoesNotMatch compares what was signed, part by part; region and service have to be the server's; keys that begin with ASIA need their session token; the clock may be 15 minutes off at most."_s;
    }
    QString title() const override { return u"AWS Signature V4"_s; }
    QString summary() const override
    {
        return u"Signs method, path, query, headers and body with the secret access key; in a header, or in the URL (presigned)."_s;
    }
    QString safety() const override
    {
        return u"The secret is never sent. A presigned URL is a credential until it expires: whoever has it may use it."_s;
    }
    QStringList sources() const override
    {
        return {u"AWS: Signature Version 4 for API requests"_s, u"AWS signing test suite (v4, v4a)"_s};
    }
    QList<SchemeField> fields() const override
    {
        return {{.id = u"access-key-id"_s, .label = u"Access key ID"_s, .required = true, .placeholder = u"AKIA…"_s},
                {.id = u"secret-access-key"_s, .label = u"Secret access key"_s, .kind = FieldKind::Secret, .required = true},
                {.id = u"session-token"_s, .label = u"Session token"_s, .kind = FieldKind::Secret,
                 .help = u"Only with temporary credentials (STS)."_s},
                {.id = u"region"_s, .label = u"Region"_s,
                 .help = u"Empty: taken from the host name (…amazonaws.com). For V4a the region set, for example * or us-east-1,eu-west-1."_s,
                 .placeholder = u"eu-west-1"_s},
                {.id = u"service"_s, .label = u"Service"_s, .help = u"Empty: taken from the host name (…amazonaws.com)."_s,
                 .placeholder = u"execute-api"_s},
                {.id = u"version"_s, .label = u"Version"_s, .kind = FieldKind::Choice, .defaultValue = u"4"_s,
                 .choices = {{u"4"_s, u"V4 (HMAC, one region)"_s}, {u"4a"_s, u"V4a (ECDSA, several regions)"_s}}},
                {.id = u"location"_s, .label = u"Sent in"_s, .kind = FieldKind::Choice, .defaultValue = u"header"_s,
                 .choices = {{u"header"_s, u"Header"_s}, {u"query"_s, u"Query (presigned URL)"_s}}},
                {.id = u"expires"_s, .label = u"Presigned URL expires after"_s, .defaultValue = u"3600"_s, .help = u"Seconds, at most 604800."_s},
                {.id = u"payload"_s, .label = u"Body"_s, .kind = FieldKind::Choice, .defaultValue = u"signed"_s,
                 .choices = {{u"signed"_s, u"Signed"_s}, {u"unsigned"_s, u"Not signed (UNSIGNED-PAYLOAD)"_s},
                             {u"streaming"_s, u"Signed in chunks (S3 streaming)"_s}}},
                {.id = u"provider"_s, .label = u"Provider"_s, .defaultValue = u"aws:amz"_s,
                 .help = u"For look-alikes: the word of the algorithm, a colon, the word of the headers, as in curl's --aws-sigv4."_s},
                {.id = u"rules"_s, .label = u"Signs like"_s, .kind = FieldKind::Choice, .defaultValue = u"aws"_s,
                 .choices = {{u"aws"_s, u"AWS's own clients"_s}, {u"curl"_s, u"curl 7.88 (to see why its command is refused)"_s}},
                 .help = u"curl signs path and query as they are written, every header of -H, and says no hash to S3."_s}};
    }
    QList<QByteArray> credentialHeaders(const FieldValues &values) const override
    {
        const QByteArray prefix = "x-" + sigV4ProviderOf(values).vendor + '-';
        QList<QByteArray> names;
        if (values.text(u"location"_s) == "query"_L1)
            names << prefix + "signature";
        else
            names << "authorization"_ba;
        if (!values.secret(u"session-token"_s).isEmpty())
            names << prefix + "security-token";
        return names;
    }

    Result<void> validate(const FieldValues &values) const override
    {
        if (const Result<void> base = AuthScheme::validate(values); !base)
            return base;
        for (const SchemeField &field : fields()) {
            const QString text = field.kind == FieldKind::Secret ? values.secret(field.id).revealText() : values.text(field.id);
            if (const Result<void> control = checkNoControl(u"AWS Signature: "_s + field.label, text); !control)
                return control;
        }
        static const QRegularExpression provider(u"^[A-Za-z0-9]+(:[A-Za-z0-9]+)?$"_s);
        const QString providerText = values.text(u"provider"_s);
        if (!providerText.isEmpty() && !provider.match(providerText).hasMatch())
            return sigV4Invalid(u"the provider \"%1\" is not a word, or two with a colon"_s.arg(providerText), u"Write aws:amz, or leave it empty."_s);
        const QString payload = values.text(u"payload"_s);
        const bool isQuery = values.text(u"location"_s) == "query"_L1;
        if (payload == "streaming"_L1 && (isQuery || values.text(u"version"_s) == "4a"_L1))
            return sigV4Invalid(u"a body in signed chunks goes only with V4 in the header"_s, u"Choose the header and V4, or sign the body as a whole."_s);
        if (isQuery) {
            bool ok = false;
            const int expires = values.text(u"expires"_s).toInt(&ok);
            if (!ok || expires < 1 || expires > sigV4LongestExpiry)
                return sigV4Invalid(u"the expiry \"%1\" is not a number of seconds from 1 to %2"_s.arg(values.text(u"expires"_s)).arg(sigV4LongestExpiry),
                               u"Write for example 3600."_s);
        }
        return {};
    }

    std::unique_ptr<AuthFlow> start(AuthContext context) const override
    {
        if (const Result<void> valid = validate(context.values); !valid)
            return std::make_unique<OneShotFlow>(valid.error());
        const Result<SendStep> step = sign(std::move(context));
        if (!step)
            return std::make_unique<OneShotFlow>(step.error());
        return std::make_unique<OneShotFlow>(*step);
    }

private:
    static Result<SendStep> sign(AuthContext context)
    {
        const FieldValues &values = context.values;
        Request request = std::move(context.request);
        const SigV4Provider provider = sigV4ProviderOf(values);
        const QByteArray headerStart = "X-" + provider.vendor.left(1).toUpper() + provider.vendor.mid(1) + '-';

        SigV4Input input;
        input.isV4a = values.text(u"version"_s) == "4a"_L1;
        input.inQuery = values.text(u"location"_s) == "query"_L1;
        input.accessKeyId = values.text(u"access-key-id"_s).toUtf8();
        const Secret secret = values.secret(u"secret-access-key"_s);
        input.secretAccessKey = secret.reveal();
        input.provider = provider.name;
        input.vendor = provider.vendor;
        const SigV4Host host = sigV4Host(request.url.host);
        input.region = (values.text(u"region"_s).isEmpty() ? host.region : values.text(u"region"_s)).toUtf8();
        input.service = (values.text(u"service"_s).isEmpty() ? host.service : values.text(u"service"_s)).toUtf8();
        if (input.region.isEmpty() || input.service.isEmpty())
            return sigV4Invalid(u"%1 is empty, and the host name %2 does not tell it"_s.arg(input.region.isEmpty() ? u"Region"_s : u"Service"_s, request.url.host),
                           u"Fill it in in the credential profile."_s);
        const bool isCurl = values.text(u"rules"_s) == "curl"_L1 && !input.inQuery;
        input.asOnTheWire = isCurl;
        const bool isS3 = !isCurl && provider.name == "aws" && (input.service == "s3" || input.service.startsWith("s3-"));
        input.normalizePath = !isS3;
        input.encodePathAgain = !isS3;
        input.method = request.method;
        input.path = targetPath(request);
        input.query = targetQuery(request);

        // A time that the user wrote is kept, so that a signature can be made again.
        static const QRegularExpression time(u"^[0-9]{8}T[0-9]{6}Z$"_s);
        const QByteArray ownTime = request.headers.value(headerStart + "Date");
        const bool hasOwnTime = time.match(QString::fromLatin1(ownTime)).hasMatch() && !input.inQuery;
        input.timestamp = hasOwnTime ? ownTime : context.clock->now().toString(u"yyyyMMdd'T'HHmmss'Z'"_s).toLatin1();

        const QByteArray body = request.body;
        const bool isStreaming = values.text(u"payload"_s) == "streaming"_L1;
        const QByteArray hashHeader = headerStart + "Content-Sha256";
        const QByteArray ownHash = request.headers.value(hashHeader);
        if (!ownHash.isEmpty())
            input.payloadHash = ownHash;
        else if (isStreaming)
            input.payloadHash = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"_ba;
        else if (values.text(u"payload"_s) == "unsigned"_L1 || (input.inQuery && isS3))
            input.payloadHash = "UNSIGNED-PAYLOAD"_ba;
        else
            input.payloadHash = hash(HashAlgorithm::Sha256, body).toHex();

        const QByteArray sessionToken = values.secret(u"session-token"_s).revealBytes();
        if (input.inQuery) {
            input.sessionToken = sessionToken;
            bool ok = false;
            input.expires = values.text(u"expires"_s).toInt(&ok);
        } else {
            if (!hasOwnTime)
                request.headers.set(headerStart + "Date", input.timestamp, HeaderSource::Profile);
            // S3 wants it said; a marker like UNSIGNED-PAYLOAD has to be.
            if (ownHash.isEmpty() && (isS3 || input.payloadHash.contains('-')) && provider.vendor == "amz")
                request.headers.set(hashHeader, input.payloadHash, HeaderSource::Profile);
            if (input.isV4a)
                request.headers.set(headerStart + "Region-Set", input.region, HeaderSource::Profile);
            if (!sessionToken.isEmpty())
                request.headers.set(headerStart + "Security-Token", sessionToken, HeaderSource::Profile);
        }
        if (isStreaming) {
            request.headers.set("Content-Encoding"_ba, "aws-chunked"_ba, HeaderSource::Profile);
            request.headers.set(headerStart + "Decoded-Content-Length", QByteArray::number(body.size()), HeaderSource::Profile);
            request.headers.set("Content-Length"_ba, QByteArray::number(sigV4ChunkedSize(body.size(), sigV4ChunkLength)), HeaderSource::Profile);
        }
        for (const HeaderField &field : request.headers) {
            const bool ofQuery = input.inQuery && !field.is("Host") && !field.name.toLower().startsWith(headerStart.toLower());
            // Those of -A and -b look like headers of -H here, and curl leaves them out.
            const bool isCurls = isCurl && field.source == HeaderSource::User && !field.is("Authorization") && !field.is("User-Agent") && !field.is("Cookie");
            if ((isCurls || isSignedBySigV4(field, headerStart.toLower())) && !ofQuery)
                input.headers.append({field.name, field.value});
        }
        if (!request.headers.contains("Host"))
            input.headers.append({"Host"_ba, request.url.hostHeader()});

        const Result<SigV4Result> result = signSigV4(input);
        if (!result)
            return result.error();
        SendStep step;
        if (input.inQuery) {
            request.headers.remove("Authorization");
            request.url.query = result->query + '&' + headerStart + "Signature=" + result->signature;
            if (!request.target.isEmpty())
                request.target = input.path + '?' + *request.url.query;
        } else {
            request.headers.set(credentialHeaderName(context.proxy), result->authorization, HeaderSource::Profile);
        }
        if (isStreaming)
            request.body = sigV4Chunks(input, result->signature, body, sigV4ChunkLength);
        step.request = std::move(request);
        step.carriesCredential = true;
        step.derivation = result->derivation;
        return step;
    }
};

} // namespace

std::unique_ptr<AuthScheme> makeSigV4Scheme() { return std::make_unique<SigV4Scheme>(); }

} // namespace realmscope
