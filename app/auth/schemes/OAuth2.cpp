// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/Jose.h"
#include "app/auth/oauth2/AuthorizationRequest.h"
#include "app/auth/oauth2/DpopProof.h"
#include "app/auth/oauth2/OAuth2Flow.h"
#include "app/auth/schemes/CredentialText.h"
#include "app/auth/schemes/OneShotFlow.h"
#include "app/auth/schemes/Schemes.h"

#include <QtCore/QJsonDocument>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

const QStringList browserGrants{u"authorization_code"_s, u"implicit"_s};
const QStringList assertionGrants{u"jwt_bearer"_s, u"saml2_bearer"_s};

Error oauthInvalid(const QString &message, const QString &action) { return invalidInput(u"OAuth 2.0: "_s + message, action); }

// OAuth 2.0: RFC 6749 with what came after it. The flow is in app/auth/oauth2.
class OAuth2Scheme final : public AuthScheme
{
public:
    QString id() const override { return u"oauth2"_s; }
    QString whenItFails() const override
    {
        return u"Look at the legs in the trace: invalid_client is about the client's secret or how it is sent, invalid_grant about the code, password or refresh token, invalid_scope about what was asked for. A 401 of the API with a fresh token is about its audience, scope or issuer."_s;
    }
    QString title() const override { return u"OAuth 2.0"_s; }
    QString summary() const override { return u"Gets an access token from an authorization server and sends it; renews it before it expires."_s; }
    QString safety() const override
    {
        return u"A token is as good as the login until it expires: send it over TLS only. With DPoP a stolen token alone is useless."_s;
    }
    QStringList sources() const override
    {
        return {u"RFC 6749"_s, u"RFC 6750"_s, u"RFC 7636"_s, u"RFC 8414"_s, u"RFC 8628"_s, u"RFC 8693"_s, u"RFC 8707"_s,
                u"RFC 9126"_s, u"RFC 9207"_s, u"RFC 9449"_s, u"RFC 9700"_s, u"RFC 9728"_s, u"RFC 7522"_s, u"RFC 7523"_s, u"RFC 8705"_s};
    }
    bool remembersByOrigin() const override { return false; }

    QList<SchemeField> fields() const override
    {
        const FieldCondition inBrowser{u"grant"_s, browserGrants};
        const FieldCondition withCode{u"grant"_s, {u"authorization_code"_s}};
        const FieldCondition withAssertion{u"grant"_s, assertionGrants};
        const FieldCondition withJwtBearer{u"grant"_s, {u"jwt_bearer"_s}};
        const FieldCondition withPassword{u"grant"_s, {u"password"_s}};
        const FieldCondition withExchange{u"grant"_s, {u"token_exchange"_s}};
        const FieldCondition withDpop{u"dpop"_s, {u"ES256"_s, u"RS256"_s, u"PS256"_s, u"EdDSA"_s}};
        const FieldCondition withSecret{u"client-auth"_s, {u"client_secret_basic"_s, u"client_secret_basic_raw"_s, u"client_secret_post"_s, u"client_secret_jwt"_s}};
        const FieldCondition signsClient{u"client-auth"_s, {u"private_key_jwt"_s}};
        const FieldCondition assertsWithSecret{u"client-auth"_s, {u"client_secret_jwt"_s}};
        const FieldCondition assertsClient{u"client-auth"_s, {u"private_key_jwt"_s, u"client_secret_jwt"_s}};
        const FieldCondition renewable{u"grant"_s, {u"authorization_code"_s, u"device_code"_s, u"refresh_token"_s, u"password"_s, u"token_exchange"_s}};
        QList<FieldChoice> algorithms;
        for (const QString &name : jwsAlgorithmNames())
            algorithms.append({name, name});
        QList<FieldChoice> dpop{{u"none"_s, u"No"_s}};
        dpop += dpopAlgorithmChoices();
        return {
            {.id = u"grant"_s, .label = u"Grant"_s, .kind = FieldKind::Choice, .required = true, .defaultValue = u"client_credentials"_s,
             .choices = {{u"authorization_code"_s, u"Authorization code (in the browser)"_s},
                         {u"client_credentials"_s, u"Client credentials"_s},
                         {u"device_code"_s, u"Device code"_s},
                         {u"refresh_token"_s, u"Refresh token"_s},
                         {u"jwt_bearer"_s, u"JWT assertion"_s},
                         {u"saml2_bearer"_s, u"SAML assertion"_s},
                         {u"token_exchange"_s, u"Token exchange"_s},
                         {u"password"_s, u"Password (legacy)"_s},
                         {u"implicit"_s, u"Implicit (legacy)"_s}}},
            {.id = u"issuer"_s, .label = u"Issuer"_s, .help = u"Its metadata names the endpoints; empty: fill them in, or the API says who gives tokens."_s,
             .placeholder = u"https://login.example.com"_s},
            {.id = u"token-url"_s, .label = u"Token URL"_s, .help = u"Overrides the metadata."_s, .placeholder = u"https://login.example.com/token"_s},
            {.id = u"authorization-url"_s, .label = u"Authorization URL"_s, .help = u"Overrides the metadata."_s, .onlyWhen = {inBrowser}},
            {.id = u"device-url"_s, .label = u"Device URL"_s, .help = u"Overrides the metadata."_s, .onlyWhen = {{u"grant"_s, {u"device_code"_s}}}},
            {.id = u"introspection-url"_s, .label = u"Introspection URL"_s,
             .help = u"Overrides the metadata; a probe of the troubleshooter asks there about a refused token (RFC 7662)."_s, .onlyWhen = {withSecret}},
            {.id = u"revocation-url"_s, .label = u"Revocation URL"_s, .help = u"Overrides the metadata; where tokens are given back (RFC 7009)."_s, .onlyWhen = {renewable}},
            {.id = u"client-id"_s, .label = u"Client ID"_s},
            {.id = u"client-auth"_s, .label = u"Client authentication"_s, .kind = FieldKind::Choice, .defaultValue = u"client_secret_basic"_s,
             .choices = clientAuthenticationChoices(), .help = u"How the client proves at the token endpoint who it is."_s},
            {.id = u"client-secret"_s, .label = u"Client secret"_s, .kind = FieldKind::Secret, .onlyWhen = {withSecret}},
            {.id = u"secret-algorithm"_s, .label = u"Signed with"_s, .kind = FieldKind::Choice, .defaultValue = u"HS256"_s,
             .choices = {{u"HS256"_s, u"HS256"_s}, {u"HS384"_s, u"HS384"_s}, {u"HS512"_s, u"HS512"_s}},
             .help = u"token_endpoint_auth_signing_alg of the client; the secret has to be as long as the hash (RFC 7518 section 3.2)."_s, .onlyWhen = {assertsWithSecret}},
            {.id = u"scope"_s, .label = u"Scope"_s, .help = u"Words separated by spaces."_s, .placeholder = u"openid read:things"_s},
            {.id = u"username"_s, .label = u"User name"_s, .onlyWhen = {withPassword}},
            {.id = u"password"_s, .label = u"Password"_s, .kind = FieldKind::Secret, .onlyWhen = {withPassword}},
            {.id = u"assertion"_s, .label = u"Assertion"_s, .kind = FieldKind::Secret,
             .help = u"A JWT, or SAML as XML or base64url. A JWT is made here out of the claims when this is empty."_s, .onlyWhen = {withAssertion}},
            {.id = u"assertion-claims"_s, .label = u"Claims"_s, .kind = FieldKind::MultiLine,
             .help = u"A JSON object; iss, aud, iat, exp and jti are added where it has none."_s, .onlyWhen = {withJwtBearer}},
            {.id = u"subject-token"_s, .label = u"Subject token"_s, .kind = FieldKind::Secret, .required = true, .onlyWhen = {withExchange}},
            {.id = u"subject-token-type"_s, .label = u"Subject type"_s, .defaultValue = u"urn:ietf:params:oauth:token-type:access_token"_s, .onlyWhen = {withExchange}},
            {.id = u"actor-token"_s, .label = u"Actor token"_s, .kind = FieldKind::Secret, .help = u"Who acts for the subject; may be empty."_s, .onlyWhen = {withExchange}},
            {.id = u"actor-token-type"_s, .label = u"Actor type"_s, .help = u"Empty: the subject's."_s, .placeholder = u"urn:ietf:params:oauth:token-type:jwt"_s, .onlyWhen = {withExchange}},
            {.id = u"requested-token-type"_s, .label = u"Wanted type"_s, .onlyWhen = {withExchange}},
            {.id = u"redirect-uri"_s, .label = u"Redirect URI"_s, .defaultValue = u"http://127.0.0.1/callback"_s,
             .help = u"A loopback address without a port listens on any free one; another address: paste what the browser shows."_s, .onlyWhen = {inBrowser}},
            {.id = u"pkce"_s, .label = u"PKCE"_s, .kind = FieldKind::Choice, .defaultValue = u"S256"_s,
             .choices = {{u"S256"_s, u"S256"_s}, {u"plain"_s, u"plain"_s}, {u"none"_s, u"None"_s}}, .onlyWhen = {withCode}},
            {.id = u"par"_s, .label = u"Push the request first (PAR)"_s, .kind = FieldKind::Flag, .defaultValue = u"false"_s, .onlyWhen = {withCode}},
            {.id = u"par-url"_s, .label = u"PAR URL"_s, .help = u"Overrides the metadata."_s, .onlyWhen = {{u"par"_s, {u"true"_s}}}},
            {.id = u"resource"_s, .label = u"Resource"_s, .help = u"URIs separated by spaces (RFC 8707)."_s},
            {.id = u"audience"_s, .label = u"Audience"_s, .help = u"Some servers ask for this instead of a resource."_s},
            {.id = u"refresh-token"_s, .label = u"Refresh token"_s, .kind = FieldKind::Secret, .help = u"Kept here when the server gives one; may be put in by hand."_s, .onlyWhen = {renewable}},
            {.id = u"key"_s, .label = u"Private key"_s, .kind = FieldKind::Secret, .help = u"PEM or JWK: for a signed client authentication or assertion."_s,
             .onlyWhen = {signsClient, withJwtBearer}},
            {.id = u"key-passphrase"_s, .label = u"Passphrase"_s, .kind = FieldKind::Secret, .onlyWhen = {signsClient, withJwtBearer}},
            {.id = u"key-algorithm"_s, .label = u"Key algorithm"_s, .kind = FieldKind::Choice, .defaultValue = u"RS256"_s, .choices = algorithms,
             .onlyWhen = {signsClient, withJwtBearer}},
            {.id = u"key-id"_s, .label = u"Key ID"_s, .help = u"kid in the header of what is signed; may be empty."_s, .onlyWhen = {assertsClient, withJwtBearer}},
            {.id = u"assertion-audience"_s, .label = u"Signed for"_s, .help = u"aud of what is signed; empty: the issuer, or the token URL."_s,
             .onlyWhen = {assertsClient, withJwtBearer}},
            {.id = u"dpop"_s, .label = u"DPoP"_s, .kind = FieldKind::Choice, .defaultValue = u"none"_s, .choices = dpop,
             .help = u"Binds the token to a key, with a proof for each request."_s},
            {.id = u"dpop-key"_s, .label = u"DPoP key"_s, .kind = FieldKind::Secret, .help = u"Empty: one is made for this run."_s, .onlyWhen = {withDpop}},
            {.id = u"location"_s, .label = u"Token sent in"_s, .kind = FieldKind::Choice, .defaultValue = u"header"_s,
             .choices = {{u"header"_s, u"Header"_s}, {u"query"_s, u"Query"_s}, {u"body"_s, u"Body (form)"_s}}},
            {.id = u"prefix"_s, .label = u"Scheme word"_s, .defaultValue = u"Bearer"_s},
            {.id = u"refresh-before"_s, .label = u"Renew before"_s, .defaultValue = u"30"_s, .help = u"Seconds before the token expires."_s},
            {.id = u"authorization-parameters"_s, .label = u"Login parameters"_s, .kind = FieldKind::MultiLine,
             .help = u"More for the authorization request, or for that of the device code: one name=value a line."_s, .placeholder = u"prompt=login"_s,
             .onlyWhen = {inBrowser, {u"grant"_s, {u"device_code"_s}}}},
            {.id = u"token-parameters"_s, .label = u"Token parameters"_s, .kind = FieldKind::MultiLine, .help = u"More for the token request: one name=value a line."_s}};
    }

    QList<QByteArray> credentialHeaders(const FieldValues &values) const override
    {
        QList<QByteArray> names{values.text(u"location"_s) == "query"_L1 ? "access_token"_ba : "authorization"_ba};
        if (const QString dpop = values.text(u"dpop"_s); !dpop.isEmpty() && dpop != "none"_L1)
            names << "dpop"_ba;
        return names;
    }

    Result<void> validate(const FieldValues &values) const override
    {
        if (const Result<void> base = AuthScheme::validate(values); !base)
            return base;
        for (const SchemeField &field : fields()) {
            const bool isUrl = field.id == "issuer"_L1 || field.id.endsWith("-url"_L1);
            const QString text = values.text(field.id);
            if (field.kind == FieldKind::Text && !text.isEmpty()) {
                if (const Result<void> control = checkNoControl(u"OAuth 2.0: "_s + field.label, text); !control)
                    return control;
            }
            if (!isUrl || text.isEmpty())
                continue;
            const Result<Url> url = Url::parse(text);
            if (!url || !text.contains("://"_L1))
                return oauthInvalid(u"%1 is no http(s) URL: %2"_s.arg(field.label, text), u"Write for example https://login.example.com/token."_s);
        }
        if (const Result<void> client = checkClient(values); !client)
            return client;
        if (const Result<void> browser = checkBrowser(values); !browser)
            return browser;
        for (const auto &[id, label] : {std::pair{u"authorization-parameters"_s, u"Login parameters"_s},
                                        std::pair{u"token-parameters"_s, u"Token parameters"_s}}) {
            if (const Result<FormItems> extra = extraParameters(values, id, label); !extra)
                return extra.error();
        }
        if (const QString prefix = values.text(u"prefix"_s); !prefix.isEmpty() && !isToken(prefix.toLatin1()))
            return oauthInvalid(u"the scheme word \"%1\" is not one word"_s.arg(prefix), u"Write the word alone, for example Bearer."_s);
        bool ok = true;
        if (const QString early = values.text(u"refresh-before"_s); !early.isEmpty() && (early.toInt(&ok) < 0 || !ok))
            return oauthInvalid(u"\"%1\" is not a number of seconds"_s.arg(early), u"Write for example 30."_s);
        if (values.text(u"grant"_s) == "saml2_bearer"_L1 && values.secret(u"assertion"_s).isEmpty())
            return oauthInvalid(u"Assertion is empty"_s, u"Put in the SAML assertion, as XML or base64url."_s);
        return checkKeys(values);
    }

    std::unique_ptr<AuthFlow> start(AuthContext context) const override
    {
        if (const Result<void> valid = validate(context.values); !valid)
            return std::make_unique<OneShotFlow>(valid.error());
        if (context.proxy)
            return std::make_unique<OneShotFlow>(Error{ErrorCode::Unsupported, u"OAuth 2.0 can't get a token on the way through the proxy that wants it"_s, {},
                                                       u"Get the token first, and give it to the proxy with a Bearer profile."_s});
        return makeOAuth2Flow(std::move(context));
    }

private:
    static Result<void> checkClient(const FieldValues &values)
    {
        const QString method = values.text(u"client-auth"_s);
        const bool isSigned = method == "client_secret_jwt"_L1 || method == "private_key_jwt"_L1;
        // An assertion of a JWT grant may stand for the client (RFC 7523 section 2.1); elsewhere the client has a name.
        const QString grant = values.text(u"grant"_s);
        const bool mayBeNameless = grant == "jwt_bearer"_L1 || grant == "saml2_bearer"_L1 || grant == "token_exchange"_L1;
        if (values.text(u"client-id"_s).isEmpty() && (!mayBeNameless || isSigned || (method.startsWith("client_secret"_L1) && !values.secret(u"client-secret"_s).isEmpty())))
            return oauthInvalid(u"Client ID is empty"_s, u"Fill it in; it is the name under which the client is registered at the server."_s);
        if (method.startsWith("client_secret"_L1) && values.secret(u"client-secret"_s).isEmpty() && !mayBeNameless)
            return oauthInvalid(u"Client secret is empty"_s, u"Fill it in, or choose None (public client) as the client authentication."_s);
        if (method == "private_key_jwt"_L1 && values.secret(u"key"_s).isEmpty())
            return oauthInvalid(u"Private key is empty"_s, u"Put in the key in PEM or as a JWK: the client authentication is signed with it."_s);
        return {};
    }

    static Result<void> checkBrowser(const FieldValues &values)
    {
        if (!browserGrants.contains(values.text(u"grant"_s)))
            return {};
        const QUrl uri(values.text(u"redirect-uri"_s), QUrl::StrictMode);
        if (!uri.isValid() || uri.scheme().isEmpty())
            return oauthInvalid(u"the redirect URI is no URI: %1"_s.arg(values.text(u"redirect-uri"_s)), u"Write for example http://127.0.0.1/callback."_s);
        if (uri.hasFragment())
            return oauthInvalid(u"the redirect URI has a fragment"_s, u"Leave out what stands behind #: RFC 6749 section 3.1.2 forbids it."_s);
        return {};
    }

    static Result<void> checkKeys(const FieldValues &values)
    {
        if (const Secret key = values.secret(u"key"_s); !key.isEmpty()) {
            const std::optional<JwsAlgorithm> algorithm = jwsAlgorithm(values.text(u"key-algorithm"_s).toLatin1());
            const Result<JoseKey> read = privateKeyFromText(u"OAuth 2.0: Private key"_s, key, values.secret(u"key-passphrase"_s));
            if (!read)
                return read.error();
            if (algorithm && !algorithm->isHmac && !read->asymmetric.fits({algorithm->form, algorithm->hash}))
                return oauthInvalid(u"the private key is %1, which %2 can't sign with"_s.arg(read->asymmetric.description(), QString::fromLatin1(algorithm->name)),
                                    u"Choose the algorithm that goes with the key."_s);
        }
        const QString dpop = values.text(u"dpop"_s);
        if (const Secret key = values.secret(u"dpop-key"_s); !key.isEmpty() && !dpop.isEmpty() && dpop != "none"_L1) {
            const Result<JoseKey> read = privateKeyFromText(u"OAuth 2.0: DPoP key"_s, key, {});
            if (!read)
                return read.error();
            const std::optional<JwsAlgorithm> algorithm = jwsAlgorithm(dpop.toLatin1());
            if (algorithm && !read->asymmetric.fits({algorithm->form, algorithm->hash}))
                return oauthInvalid(u"the DPoP key is %1, which %2 can't sign with"_s.arg(read->asymmetric.description(), dpop), u"Choose the algorithm that goes with the key."_s);
        }
        return {};
    }
};

} // namespace

std::unique_ptr<AuthScheme> makeOAuth2Scheme() { return std::make_unique<OAuth2Scheme>(); }

} // namespace realmscope
