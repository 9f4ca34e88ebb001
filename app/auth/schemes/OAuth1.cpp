// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/schemes/OAuth1.h"

#include "app/auth/schemes/CredentialText.h"
#include "app/auth/schemes/OneShotFlow.h"
#include "app/auth/schemes/Placement.h"
#include "app/auth/schemes/Schemes.h"
#include "app/base/AsymmetricKey.h"
#include "app/base/Encoding.h"
#include "app/http/TargetUri.h"

#include <algorithm>
#include <array>
#include <optional>

using namespace Qt::StringLiterals;

namespace realmscope {

OAuth1Parameters oauth1RequestParameters(const Request &request)
{
    OAuth1Parameters parameters = formPairs(targetQuery(request));
    if (mediaType(request) == "application/x-www-form-urlencoded")
        parameters += formPairs(request.body);
    return parameters;
}

// Section 3.4.1.2: scheme and host in lower case, a default port left out, no query.
QByteArray oauth1BaseUri(const Url &url, const QByteArray &path)
{
    QByteArray host = url.host.toLatin1();
    if (host.contains(':'))
        host = '[' + host + ']';
    if (url.port != defaultPort(url.scheme))
        host += ':' + QByteArray::number(url.port);
    return url.scheme.toLatin1() + "://" + host + (path.isEmpty() ? "/"_ba : path);
}

QByteArray oauth1BaseString(const Request &request, const OAuth1Parameters &parameters)
{
    OAuth1Parameters encoded;
    for (const auto &[name, value] : parameters)
        encoded.append({percentEncode(name), percentEncode(value)});
    std::ranges::sort(encoded);
    QByteArray normalized;
    for (const auto &[name, value] : encoded)
        normalized += (normalized.isEmpty() ? "" : "&") + name + '=' + value;
    const Result<Url> address = targetUri(request); // section 3.4.1.2: host and port are those of the Host header
    return request.method.toUpper() + '&' + percentEncode(oauth1BaseUri(address ? *address : request.url, targetPath(request))) + '&' + percentEncode(normalized);
}

QByteArray oauth1Key(QByteArrayView clientSecret, QByteArrayView tokenSecret)
{
    return percentEncode(clientSecret) + '&' + percentEncode(tokenSecret);
}

namespace {

struct OAuth1Method
{
    const char *name;
    HashAlgorithm hash;
    bool isRsa;
    bool isPlain;
};
constexpr std::array oauth1Methods{OAuth1Method{"HMAC-SHA1", HashAlgorithm::Sha1, false, false},   OAuth1Method{"HMAC-SHA256", HashAlgorithm::Sha256, false, false},
                             OAuth1Method{"HMAC-SHA512", HashAlgorithm::Sha512, false, false}, OAuth1Method{"RSA-SHA1", HashAlgorithm::Sha1, true, false},
                             OAuth1Method{"RSA-SHA256", HashAlgorithm::Sha256, true, false}, OAuth1Method{"RSA-SHA512", HashAlgorithm::Sha512, true, false},
                             OAuth1Method{"PLAINTEXT", HashAlgorithm::Sha1, false, true}};

const OAuth1Method &oauth1MethodOf(const FieldValues &values)
{
    const auto *it = std::ranges::find_if(oauth1Methods, [&](const OAuth1Method &m) { return values.text(u"signature-method"_s) == QLatin1StringView(m.name); });
    return it == oauth1Methods.end() ? oauth1Methods.front() : *it;
}

Error oauth1Invalid(const QString &message, const QString &action) { return {ErrorCode::InvalidInput, u"OAuth 1.0: "_s + message, {}, action}; }

} // namespace

Result<SendStep> oauth1Sign(const OAuth1Call &call, const FieldValues &values, const Clock &clock, Random &random)
{
    const OAuth1Method &method = oauth1MethodOf(values);
    const bool isForm = mediaType(call.request) == "application/x-www-form-urlencoded";
    if (call.location == "body"_L1 && !isForm)
        return oauth1Invalid(u"the parameters can only go into a body that is a form"_s, u"Choose the header, or send a form."_s);

    OAuth1Parameters own{{"oauth_consumer_key", values.text(u"consumer-key"_s).toUtf8()},
                         {"oauth_nonce", random.hex(16)},
                         {"oauth_signature_method", method.name},
                         {"oauth_timestamp", QByteArray::number(clock.nowSeconds())}};
    if (!call.token.isEmpty())
        own.append({"oauth_token", call.token});
    if (values.text(u"version"_s) != "false"_L1)
        own.append({"oauth_version"_ba, "1.0"_ba});
    own += call.extra;
    // The draft knows SHA-1 only; the stronger methods use their own hash, as their users do.
    if (values.flag(u"body-hash"_s) && !isForm)
        own.append({"oauth_body_hash", hash(method.hash, call.request.body).toBase64()});

    const QByteArray base = oauth1BaseString(call.request, oauth1RequestParameters(call.request) + own);
    QByteArray signature;
    if (method.isRsa) {
        const Result<AsymmetricKey> key =
            AsymmetricKey::privateFromPem(u"OAuth 1.0: the private key"_s, values.secret(u"private-key"_s), values.secret(u"passphrase"_s));
        if (!key)
            return key.error();
        const Result<QByteArray> made = key->sign({SignatureForm::RsaPkcs1, method.hash}, base);
        if (!made)
            return made.error();
        signature = made->toBase64();
    } else {
        const QByteArray key = oauth1Key(values.secret(u"consumer-secret"_s).reveal(), call.tokenSecret.reveal());
        signature = method.isPlain ? key : hmac(method.hash, key, base).toBase64();
    }
    own.append({"oauth_signature", signature});

    SendStep step;
    step.request = call.request;
    step.carriesCredential = true;
    if (!method.isPlain)
        step.derivation.append({u"signature base string"_s, base, false});
    step.derivation.append({u"signature"_s, signature, method.isPlain});
    QByteArray header = "OAuth ";
    if (!values.text(u"realm"_s).isEmpty())
        header += "realm=\"" + values.text(u"realm"_s).toUtf8().replace("\\", "\\\\").replace("\"", "\\\"") + "\", ";
    QByteArray form;
    for (const auto &[name, value] : own) {
        header += (name == own.first().first ? "" : ", ") + percentEncode(name) + "=\"" + percentEncode(value) + '"';
        form += (form.isEmpty() ? "" : "&") + percentEncode(name) + '=' + percentEncode(value);
    }
    if (call.location == "query"_L1)
        appendQueryItem(step.request, form);
    else if (call.location == "body"_L1)
        setBody(step.request, step.request.body.isEmpty() ? form : step.request.body + '&' + form);
    else
        step.request.headers.set(credentialHeaderName(call.proxy), header, HeaderSource::Profile);
    return step;
}

namespace {

bool isOAuth1Login(const FieldValues &values) { return values.text(u"flow"_s) == "three-legged"_L1; }

class OAuth1Scheme final : public AuthScheme
{
public:
    QString id() const override { return u"oauth1"_s; }
    QString whenItFails() const override
    {
        return u"Compare the base string in the Auth tab: method, URL without query, all parameters sorted, decoded once and encoded again. A wrong secret and a wrong base string look alike. Timestamp and nonce count once."_s;
    }
    QString title() const override { return u"OAuth 1.0a"_s; }
    QString summary() const override { return u"Signs method, URL and parameters with the client's and the token's secret."_s; }
    QString safety() const override
    {
        return u"The secrets are not sent, but with PLAINTEXT they are. A body that is no form is covered only with the body hash."_s;
    }
    QStringList sources() const override { return {u"RFC 5849"_s, u"OAuth Request Body Hash 1.0 draft 4"_s}; }
    QList<SchemeField> fields() const override
    {
        QList<FieldChoice> choices;
        for (const OAuth1Method &method : oauth1Methods)
            choices.append({QString::fromLatin1(method.name), QString::fromLatin1(method.name)});
        const QList<FieldCondition> atHand{{u"flow"_s, {u"token"_s}}};
        const QList<FieldCondition> login{{u"flow"_s, {u"three-legged"_s}}};
        return {{.id = u"consumer-key"_s, .label = u"Client key (consumer key)"_s, .required = true},
                {.id = u"consumer-secret"_s, .label = u"Client secret"_s, .kind = FieldKind::Secret},
                {.id = u"flow"_s, .label = u"Token"_s, .kind = FieldKind::Choice, .defaultValue = u"token"_s,
                 .choices = {{u"token"_s, u"At hand, or none"_s}, {u"three-legged"_s, u"Log in with the browser (three legs)"_s}}},
                {.id = u"token"_s, .label = u"Token value"_s, .help = u"Empty for a request without a user."_s, .onlyWhen = atHand},
                {.id = u"token-secret"_s, .label = u"Token secret"_s, .kind = FieldKind::Secret, .onlyWhen = atHand},
                {.id = u"request-token-url"_s, .label = u"Temporary token URL"_s, .help = u"The first leg; also called request token."_s,
                 .placeholder = u"https://api.example.com/oauth/request_token"_s, .onlyWhen = login},
                {.id = u"authorization-url"_s, .label = u"Authorization URL"_s, .help = u"The second leg, in the browser."_s,
                 .placeholder = u"https://api.example.com/oauth/authorize"_s, .onlyWhen = login},
                {.id = u"access-token-url"_s, .label = u"Token URL"_s, .help = u"The third leg."_s,
                 .placeholder = u"https://api.example.com/oauth/access_token"_s, .onlyWhen = login},
                {.id = u"redirect-uri"_s, .label = u"Callback URL"_s, .defaultValue = u"http://127.0.0.1/callback"_s,
                 .help = u"Where the browser comes back to. oob: the page shows a code to paste."_s, .onlyWhen = login},
                {.id = u"access"_s, .label = u"Token from the login"_s, .kind = FieldKind::Secret, .help = u"Filled by the login. Empty it to log in again."_s,
                 .onlyWhen = login},
                {.id = u"signature-method"_s, .label = u"Signature method"_s, .kind = FieldKind::Choice, .defaultValue = u"HMAC-SHA1"_s, .choices = choices},
                {.id = u"private-key"_s, .label = u"Private key"_s, .kind = FieldKind::Secret, .help = u"PEM, for the RSA methods."_s},
                {.id = u"passphrase"_s, .label = u"Passphrase of the private key"_s, .kind = FieldKind::Secret},
                {.id = u"location"_s, .label = u"Sent in"_s, .kind = FieldKind::Choice, .defaultValue = u"header"_s,
                 .choices = {{u"header"_s, u"Header"_s}, {u"query"_s, u"Query"_s}, {u"body"_s, u"Form body"_s}}},
                {.id = u"realm"_s, .label = u"Realm"_s, .help = u"Only in the header, and not signed."_s},
                {.id = u"callback"_s, .label = u"Callback"_s, .help = u"Only when asking for a temporary token by hand: a URL, or oob."_s, .onlyWhen = atHand},
                {.id = u"verifier"_s, .label = u"Verifier"_s, .help = u"Only when asking for the token by hand."_s, .onlyWhen = atHand},
                {.id = u"body-hash"_s, .label = u"Cover a body that is no form with oauth_body_hash"_s, .kind = FieldKind::Flag, .defaultValue = u"false"_s},
                {.id = u"version"_s, .label = u"Send oauth_version"_s, .kind = FieldKind::Flag, .defaultValue = u"true"_s}};
    }
    bool remembersByOrigin() const override { return false; } // a token of a login belongs to the profile
    QList<QByteArray> credentialHeaders(const FieldValues &values) const override
    {
        if (values.text(u"location"_s).isEmpty() || values.text(u"location"_s) == "header"_L1)
            return {"authorization"_ba};
        return {"oauth_signature"_ba, "oauth_token"_ba};
    }

    Result<void> validate(const FieldValues &values) const override
    {
        if (const Result<void> base = AuthScheme::validate(values); !base)
            return base;
        if (const Result<void> control = checkNoControl(u"OAuth 1.0: Realm"_s, values.text(u"realm"_s)); !control)
            return control;
        if (isOAuth1Login(values)) {
            for (const auto &[id, label] : {std::pair{u"request-token-url"_s, u"temporary token URL"_s}, std::pair{u"authorization-url"_s, u"authorization URL"_s},
                                            std::pair{u"access-token-url"_s, u"token URL"_s}}) {
                const Result<Url> url = Url::parse(values.text(id));
                if (values.text(id).isEmpty() || !url || (url->scheme != "https"_L1 && url->scheme != "http"_L1))
                    return oauth1Invalid(values.text(id).isEmpty() ? u"the %1 is missing"_s.arg(label) : u"the %1 is none: %2"_s.arg(label, values.text(id)),
                                         u"Take it from the documentation of the API."_s);
            }
        }
        if (oauth1MethodOf(values).isRsa) {
            const Result<AsymmetricKey> key =
                AsymmetricKey::privateFromPem(u"OAuth 1.0: the private key"_s, values.secret(u"private-key"_s), values.secret(u"passphrase"_s));
            if (!key)
                return key.error();
            if (key->type() != KeyType::Rsa)
                return oauth1Invalid(u"the private key is %1, and %2 needs RSA"_s.arg(key->description(), values.text(u"signature-method"_s)),
                               u"Give an RSA key, or choose an HMAC method."_s);
        }
        return {};
    }

    std::unique_ptr<AuthFlow> start(AuthContext context) const override
    {
        if (const Result<void> valid = validate(context.values); !valid)
            return std::make_unique<OneShotFlow>(valid.error());
        const FieldValues &values = context.values;
        if (isOAuth1Login(values))
            return makeOAuth1Login(std::move(context));
        OAuth1Call call{context.request, values.text(u"token"_s).toUtf8(), values.secret(u"token-secret"_s), {}, values.text(u"location"_s), context.proxy};
        if (!values.text(u"callback"_s).isEmpty())
            call.extra.append({"oauth_callback", values.text(u"callback"_s).toUtf8()});
        if (!values.text(u"verifier"_s).isEmpty())
            call.extra.append({"oauth_verifier", values.text(u"verifier"_s).toUtf8()});
        const Result<SendStep> step = oauth1Sign(call, values, *context.clock, *context.random);
        if (!step)
            return std::make_unique<OneShotFlow>(step.error());
        return std::make_unique<OneShotFlow>(*step);
    }
};

} // namespace

std::unique_ptr<AuthScheme> makeOAuth1Scheme() { return std::make_unique<OAuth1Scheme>(); }

} // namespace realmscope
