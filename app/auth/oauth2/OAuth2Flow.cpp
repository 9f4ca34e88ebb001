// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/oauth2/OAuth2Flow.h"

#include "app/auth/Challenge.h"
#include "app/auth/Jwt.h"
#include "app/auth/oauth2/AuthorizationRequest.h"
#include "app/auth/oauth2/DpopProof.h"
#include "app/auth/oauth2/GrantForm.h"
#include "app/auth/oauth2/ServerMetadata.h"
#include "app/auth/oauth2/TokenResponse.h"
#include "app/auth/schemes/CredentialText.h"
#include "app/auth/schemes/Placement.h"
#include "app/base/Encoding.h"
#include "app/http/TargetUri.h"

#include <QtCore/QJsonDocument>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

// What AuthMemory holds of a profile.
const QString memoryFor = u"oauth2 settings"_s; // fingerprint: changed settings make the rest void
const QString memoryType = u"oauth2 token type"_s;
const QString memoryExpiry = u"oauth2 expires at"_s;
const QString memoryScope = u"oauth2 scope"_s;
const QString memoryBusy = u"oauth2 busy"_s;
const QString memoryDead = u"oauth2 dead"_s;
const QString memoryMetadata = u"oauth2 metadata"_s;
const QString memoryIssuer = u"oauth2 issuer"_s; // found by RFC 9728
const QString memoryAccess = u"oauth2 access token"_s;
const QString memoryRefresh = u"oauth2 refresh token"_s;
const QString memoryId = u"oauth2 id token"_s;

constexpr int busyWaitMs = 100;
constexpr int defaultDeviceInterval = 5; // RFC 8628 section 3.5
constexpr int slowDownSeconds = 5;

const QString whereToken = u"the token endpoint"_s;

bool isInteractive(const QString &grant)
{
    return grant == "authorization_code"_L1 || grant == "implicit"_L1 || grant == "device_code"_L1;
}

} // namespace

KeptTokens keptTokens(const AuthMemory &memory) { return {memory.secrets.value(memoryAccess), memory.secrets.value(memoryRefresh)}; }

TokenStatus tokenStatus(const AuthMemory &memory, qint64 nowSeconds, qint64 expiringWithin)
{
    TokenStatus status;
    status.isRefreshable = !memory.secrets.value(memoryRefresh).isEmpty();
    status.scope = memory.values.value(memoryScope).toString();
    if (const QVariant expiry = memory.values.value(memoryExpiry); expiry.isValid())
        status.expiresAt = expiry.toLongLong();
    if (memory.values.value(memoryBusy).toBool())
        status.state = TokenState::Refreshing;
    else if (memory.values.value(memoryDead).toBool())
        status.state = TokenState::Dead;
    else if (memory.secrets.value(memoryAccess).isEmpty())
        status.state = TokenState::None;
    else if (!status.expiresAt || *status.expiresAt - nowSeconds > expiringWithin)
        status.state = TokenState::Valid;
    else
        status.state = *status.expiresAt > nowSeconds ? TokenState::Expiring : TokenState::Expired;
    return status;
}

namespace {

class OAuth2Flow final : public AuthFlow
{
public:
    explicit OAuth2Flow(AuthContext context) : m_context(std::move(context)), m_values(m_context.values) {}
    ~OAuth2Flow() override { release(); }

    void supply(const QString &text) override { m_answer = text; }

    Step next(const Exchange *last) override
    {
        if (last && last->role != ExchangeRole::Probe)
            takeDpopNonce(memory(), *last);
        switch (m_awaiting) {
        case Awaiting::Nothing: return begin();
        case Awaiting::ResourceChallenge: return askedResource(*last);
        case Awaiting::ResourceMetadata: return resourceDescribed(*last);
        case Awaiting::Metadata: return metadataCame(*last);
        case Awaiting::Listener: return listening();
        case Awaiting::PushedRequest: return pushed(*last);
        case Awaiting::Browser: return browserCameBack();
        case Awaiting::DeviceCode: return deviceCodeCame(*last);
        case Awaiting::DevicePause: return askForDeviceToken();
        case Awaiting::Token: return tokenCame(*last);
        case Awaiting::Resource: return resourceAnswered(*last);
        }
        Q_UNREACHABLE();
    }

private:
    enum class Awaiting {
        Nothing, ResourceChallenge, ResourceMetadata, Metadata, Listener, PushedRequest, Browser, DeviceCode, DevicePause, Token, Resource,
    };

    [[nodiscard]] AuthMemory &memory() const { return *m_context.memory; }
    [[nodiscard]] QString text(const QString &id) const { return m_values.text(id); }
    [[nodiscard]] QString grant() const { return text(u"grant"_s); }
    [[nodiscard]] bool usesDpop() const { return !text(u"dpop"_s).isEmpty() && text(u"dpop"_s) != "none"_L1; }
    [[nodiscard]] qint64 now() const { return m_context.clock->nowSeconds(); }

    Step fail(Error error)
    {
        release();
        return FailedStep{std::move(error)};
    }

    void release()
    {
        if (std::exchange(m_isBusy, false))
            memory().values.remove(memoryBusy);
    }

    // The token that is there, or the way to one.
    Step begin()
    {
        if (memory().values.value(memoryBusy).toBool())
            return WaitStep{busyWaitMs, u"another request gets the token of this profile"_s, {}, {}};
        if (const QByteArray mark = settingsMark(m_values); memory().values.value(memoryFor).toByteArray() != mark) {
            for (const QString &name : {memoryType, memoryExpiry, memoryScope, memoryMetadata, memoryIssuer, memoryDead})
                memory().values.remove(name);
            for (const QString &name : {memoryAccess, memoryRefresh, memoryId})
                memory().secrets.remove(name);
            memory().values.insert(memoryFor, mark);
        }
        bool ok = false;
        const int early = text(u"refresh-before"_s).toInt(&ok);
        const TokenStatus status = tokenStatus(memory(), now(), ok ? early : 0);
        if (status.state == TokenState::Valid) {
            m_isTokenKept = true;
            return sendResource({});
        }
        memory().values.insert(memoryBusy, true);
        m_isBusy = true;
        return findEndpoints();
    }

    // --- the endpoints -------------------------------------------------------------------------------------------

    [[nodiscard]] QString endpoint(const QString &field, const QString &member) const
    {
        if (!text(field).isEmpty())
            return text(field);
        // RFC 8705 section 5: where the server asks for a certificate, when that is not at its usual endpoints.
        const QString alias = metadata().members.value("mtls_endpoint_aliases"_L1).toObject().value(member).toString();
        return text(u"client-auth"_s) == "tls_client_auth"_L1 && !alias.isEmpty() ? alias : metadata().text(member);
    }
    [[nodiscard]] QString tokenUrl() const { return endpoint(u"token-url"_s, u"token_endpoint"_s); }
    [[nodiscard]] ServerMetadata metadata() const
    {
        return {QJsonDocument::fromJson(memory().values.value(memoryMetadata).toByteArray()).object()};
    }
    [[nodiscard]] QString issuer() const
    {
        return text(u"issuer"_s).isEmpty() ? memory().values.value(memoryIssuer).toString() : text(u"issuer"_s);
    }

    Step findEndpoints()
    {
        const QString needed = grant() == "authorization_code"_L1 || grant() == "implicit"_L1
            ? endpoint(u"authorization-url"_s, u"authorization_endpoint"_s)
            : grant() == "device_code"_L1 ? endpoint(u"device-url"_s, u"device_authorization_endpoint"_s) : tokenUrl();
        const bool hasToken = grant() == "implicit"_L1 || !tokenUrl().isEmpty();
        if (!needed.isEmpty() && hasToken)
            return getToken();
        if (memory().values.contains(memoryMetadata))
            return fail({ErrorCode::AuthFailed, u"the issuer's metadata names no endpoint for this grant"_s, {},
                         u"Choose another grant, or fill in the endpoint in the credential profile."_s});
        if (issuer().isEmpty()) {
            // RFC 9728: the resource itself says who can give tokens for it, in the challenge or at a place of its own.
            if (!m_context.request.isSafe())
                return askForResourceMetadata();
            m_awaiting = Awaiting::ResourceChallenge;
            SendStep step;
            step.request = m_context.request;
            step.role = ExchangeRole::Challenge;
            step.label = u"without a token: does the resource say who gives one?"_s;
            return step;
        }
        m_metadataUrls = metadataUrls(issuer());
        return askForMetadata({});
    }

    Step askedResource(const Exchange &last)
    {
        const ChallengeList list = parseChallenges(last.response.headers.values("WWW-Authenticate"));
        QString where;
        for (const Challenge &challenge : list.challenges) {
            if (challenge.has("resource_metadata"))
                where = QString::fromUtf8(challenge.value("resource_metadata"));
        }
        if (!where.isEmpty())
            m_metadataUrls = {where};
        return askForResourceMetadata();
    }

    Step askForResourceMetadata()
    {
        if (m_metadataUrls.isEmpty())
            m_metadataUrls = resourceMetadataUrls(m_context.request.url);
        const Result<Url> url = Url::parse(m_metadataUrls.takeFirst());
        if (!url)
            return fail(url.error());
        m_awaiting = Awaiting::ResourceMetadata;
        return get(*url, u"what the resource says of itself"_s);
    }

    Step resourceDescribed(const Exchange &last)
    {
        const Result<QStringList> servers = readAuthorizationServers(last.response, m_context.request.url);
        if (!servers && last.response.status != 200 && !m_metadataUrls.isEmpty())
            return askForResourceMetadata();
        if (!servers) {
            Error error = servers.error();
            error.action = u"Fill in the issuer or the token URL in the credential profile: the resource does not say who gives tokens for it."_s;
            return fail(error);
        }
        memory().values.insert(memoryIssuer, servers->first());
        m_metadataUrls = metadataUrls(servers->first());
        return askForMetadata({});
    }

    Step askForMetadata(const QString &label)
    {
        const Result<Url> url = Url::parse(m_metadataUrls.takeFirst());
        if (!url)
            return fail(url.error());
        m_awaiting = Awaiting::Metadata;
        return get(*url, label.isEmpty() ? u"metadata of the issuer"_s : label);
    }

    Step metadataCame(const Exchange &last)
    {
        const Result<ServerMetadata> found = readServerMetadata(last.response, issuer());
        if (!found && last.response.status != 200 && !m_metadataUrls.isEmpty())
            return askForMetadata(u"metadata of the issuer, at the next place where it may stand"_s);
        if (!found)
            return fail(found.error());
        memory().values.insert(memoryMetadata, QJsonDocument(found->members).toJson(QJsonDocument::Compact));
        return findEndpoints();
    }

    // --- getting a token -----------------------------------------------------------------------------------------

    [[nodiscard]] Secret refreshToken() const
    {
        const Secret kept = memory().secrets.value(memoryRefresh);
        return kept.isEmpty() ? m_values.secret(u"refresh-token"_s) : kept;
    }

    Step getToken()
    {
        if (!refreshToken().isEmpty() && !m_refreshFailed) {
            m_isRefresh = true;
            return askForToken(refreshForm(m_values, refreshToken()), u"the token is renewed with the refresh token"_s);
        }
        m_isRefresh = false;
        if (grant() == "authorization_code"_L1 || grant() == "implicit"_L1) {
            m_awaiting = Awaiting::Listener;
            return ListenStep{QUrl(text(u"redirect-uri"_s))};
        }
        if (grant() == "device_code"_L1)
            return askForDeviceCode();
        if (grant() == "refresh_token"_L1)
            return fail({ErrorCode::AuthFailed, u"there is no refresh token that could be used"_s, {}, u"Put a new one into the credential profile."_s});
        Result<GrantForm> form = grantForm(m_values, tokenUrl(), *m_context.clock, *m_context.random);
        if (!form)
            return fail(form.error());
        m_derivation = form->derivation;
        return askForToken(form->items, form->label);
    }

    Step listening()
    {
        m_redirectUri = m_answer;
        m_secrets = newAuthorizationSecrets(m_values, *m_context.random);
        QByteArray thumbprint;
        if (usesDpop()) {
            const Result<DpopKey> key = proofKey();
            if (!key)
                return fail(key.error());
            thumbprint = key->thumbprint();
        }
        const FormItems parameters = authorizationParameters(m_values, m_redirectUri, m_secrets, thumbprint);
        m_derivation = {{u"state"_s, m_secrets.state, false}};
        if (!m_secrets.verifier.isEmpty())
            m_derivation << DerivationLine{u"code_verifier"_s, m_secrets.verifier, true}
                         << DerivationLine{u"code_challenge"_s, pkceChallenge(m_secrets.verifier), false};
        if (m_values.flag(u"par"_s) && grant() == "authorization_code"_L1) {
            const QString url = endpoint(u"par-url"_s, u"pushed_authorization_request_endpoint"_s);
            if (url.isEmpty())
                return fail({ErrorCode::AuthFailed, u"the server's metadata names no endpoint for pushed authorization requests"_s, {},
                             u"Fill it in in the credential profile, or switch pushing off."_s});
            m_awaiting = Awaiting::PushedRequest;
            return postForm(url, parameters, u"the authorization request is pushed"_s);
        }
        return openBrowser(parameters);
    }

    // RFC 9126 section 2.2.
    Step pushed(const Exchange &last)
    {
        const std::optional<QJsonObject> members = oauthMembers(last.response);
        const QString where = u"the endpoint for pushed authorization requests"_s;
        if (const std::optional<OAuthError> error = readOAuthError(last.response))
            return retryWithNonce(last) ? postAgain() : fail(oauthFailure(*error, where));
        const QString uri = members ? members->value("request_uri"_L1).toString() : QString();
        if (uri.isEmpty())
            return fail(unexpectedAnswer(last.response, where, u"a request_uri"_s));
        return openBrowser({{"client_id"_ba, text(u"client-id"_s).toUtf8()}, {"request_uri"_ba, uri.toUtf8()}});
    }

    Step openBrowser(const FormItems &parameters)
    {
        const QUrl url = authorizationUrl(endpoint(u"authorization-url"_s, u"authorization_endpoint"_s), parameters);
        if (!url.isValid() || (url.scheme() != "https"_L1 && url.scheme() != "http"_L1))
            return fail(invalidInput(u"OAuth 2.0: the authorization URL can't be opened in a browser"_s, u"Correct it in the credential profile."_s));
        m_awaiting = Awaiting::Browser;
        return OpenBrowserStep{url, u"log in there, and allow what is asked for"_s};
    }

    Step browserCameBack()
    {
        const bool promised = metadata().members.value("authorization_response_iss_parameter_supported"_L1).toBool();
        // Endpoints that are filled in by hand have no metadata; the issuer that the profile names is the one then.
        const QString issuer = metadata().issuer().isEmpty() ? text(u"issuer"_s) : metadata().issuer();
        const Result<AuthorizationAnswer> got = readAuthorizationAnswer(m_answer, m_secrets, issuer.contains("/.well-known/"_L1) ? QString() : issuer, promised);
        if (!got)
            return fail(got.error());
        if (grant() == "implicit"_L1) {
            Response asResponse;
            asResponse.status = 200;
            QJsonObject members;
            for (const auto &[name, value] : got->parameters)
                members.insert(QString::fromUtf8(name), QString::fromUtf8(value));
            asResponse.body = RecordedBytes(QJsonDocument(members).toJson(QJsonDocument::Compact));
            const Result<TokenResponse> token = readTokenResponse(asResponse, u"the authorization endpoint"_s);
            return token ? keep(*token, nullptr) : fail(token.error());
        }
        return askForToken(codeForm(m_values, got->code, m_redirectUri, m_secrets.verifier), u"the code is exchanged for a token"_s);
    }

    // RFC 8628 section 3.1.
    Step askForDeviceCode()
    {
        m_awaiting = Awaiting::DeviceCode;
        return postForm(endpoint(u"device-url"_s, u"device_authorization_endpoint"_s), deviceForm(m_values), u"a code for the device is asked for"_s);
    }

    Step deviceCodeCame(const Exchange &last)
    {
        const QString where = u"the device authorization endpoint"_s;
        if (const std::optional<OAuthError> error = readOAuthError(last.response))
            return retryWithNonce(last) ? postAgain() : fail(oauthFailure(*error, where));
        const std::optional<QJsonObject> members = oauthMembers(last.response);
        m_deviceCode = members ? members->value("device_code"_L1).toString() : QString();
        m_userCode = members ? members->value("user_code"_L1).toString() : QString();
        if (m_deviceCode.isEmpty() || m_userCode.isEmpty())
            return fail(unexpectedAnswer(last.response, where, u"a device_code and a user_code"_s));
        // Google says verification_url; the name of the RFC comes first.
        for (const QString &name : {u"verification_uri"_s, u"verification_url"_s, u"verification_uri_complete"_s}) {
            if (const QString url = members->value(name).toString(); !url.isEmpty() && (m_verificationUrl.isEmpty() || name.endsWith("complete"_L1)))
                m_verificationUrl = QUrl(url);
        }
        // The page is opened in a browser: an address of another kind is none.
        if (m_verificationUrl.isEmpty() || (m_verificationUrl.scheme() != "https"_L1 && m_verificationUrl.scheme() != "http"_L1))
            return fail(unexpectedAnswer(last.response, where, u"a verification_uri with http or https"_s));
        const auto seconds = [&members](QLatin1StringView name, int otherwise) {
            const QJsonValue value = members->value(name);
            bool ok = true;
            const double number = value.isString() ? value.toString().toDouble(&ok) : value.toDouble(otherwise); // some servers write texts
            return ok && number >= 1 && number < 1e6 ? static_cast<int>(number) : otherwise;
        };
        m_interval = seconds("interval"_L1, defaultDeviceInterval);
        m_deviceUntil = now() + seconds("expires_in"_L1, 600);
        return pauseForDevice();
    }

    Step pauseForDevice()
    {
        if (now() + m_interval > m_deviceUntil)
            return fail({ErrorCode::AuthFailed, u"nobody entered the code %1 in time"_s.arg(displayText(m_userCode.toUtf8())), {}, u"Send again to get a new one."_s});
        m_awaiting = Awaiting::DevicePause;
        return WaitStep{m_interval * 1000, u"open this page and enter the code"_s, m_verificationUrl, m_userCode};
    }

    Step askForDeviceToken() { return askForToken(deviceTokenForm(m_values, m_deviceCode), u"was the code entered?"_s); }

    // --- requests to the authorization server --------------------------------------------------------------------

    Step get(const Url &url, const QString &label)
    {
        SendStep step;
        step.request = plainRequest("GET"_ba, url);
        step.role = ExchangeRole::Token;
        step.label = label;
        return step;
    }

    [[nodiscard]] Request plainRequest(const QByteArray &method, const Url &url) const
    {
        Request request;
        request.method = method;
        request.url = url;
        request.url.fragment.reset();
        request.version = m_context.request.version;
        request.headers.append("Host"_ba, url.hostHeader(), HeaderSource::Default);
        if (const HeaderField *agent = m_context.request.headers.find("User-Agent"))
            request.headers.append(*agent);
        request.headers.append("Accept"_ba, "application/json"_ba, HeaderSource::Default);
        return request;
    }

    Step askForToken(const FormItems &items, const QString &label)
    {
        m_awaiting = Awaiting::Token;
        FormItems form = items;
        if (const Result<FormItems> extra = extraParameters(m_values, u"token-parameters"_s, {}); extra)
            form += *extra;
        return postForm(tokenUrl(), form, label);
    }

    Step postForm(const QString &address, const FormItems &items, const QString &label)
    {
        m_posted = {address, items, label};
        const Result<Url> url = Url::parse(address);
        if (!url)
            return fail(url.error());
        SendStep step;
        step.request = plainRequest("POST"_ba, *url);
        step.role = ExchangeRole::Token;
        step.label = label;
        step.carriesCredential = true;
        // Metadata of an issuer that only the resource named is no word of the user.
        step.namedByProfile = memory().values.value(memoryIssuer).toString().isEmpty() || !text(u"token-url"_s).isEmpty();
        step.derivation = m_derivation;
        FormItems form = items;
        const QString audience = metadata().issuer().isEmpty() ? tokenUrl() : metadata().issuer();
        const Result<QList<DerivationLine>> client = authenticateClient(m_values, audience, *m_context.clock, *m_context.random, step.request.headers, form);
        if (!client)
            return fail(client.error());
        step.derivation += *client;
        if (usesDpop()) {
            const Result<DpopProof> proof = proofFor(step.request, {});
            if (!proof)
                return fail(proof.error());
            step.request.headers.set("DPoP"_ba, proof->jwt, HeaderSource::Profile);
            step.derivation += proof->derivation;
        }
        step.request.headers.append("Content-Type"_ba, "application/x-www-form-urlencoded"_ba, HeaderSource::Default);
        step.request.body = encodeForm(form);
        step.request.headers.append("Content-Length"_ba, QByteArray::number(step.request.body.size()), HeaderSource::Default);
        return step;
    }

    // RFC 9449 section 8: once for each request.
    [[nodiscard]] bool retryWithNonce(const Exchange &last)
    {
        if (!usesDpop() || !wantsDpopNonce(last.response))
            return false;
        return !std::exchange(m_hasRetriedNonce, true);
    }
    Step postAgain() { return postForm(m_posted.address, m_posted.items, u"again, with the DPoP nonce of the server"_s); }

    Result<DpopKey> proofKey() { return dpopKey(text(u"dpop"_s).toLatin1(), m_values.secret(u"dpop-key"_s), {}, memory()); }
    Result<DpopProof> proofFor(const Request &request, const Secret &token)
    {
        const Result<DpopKey> key = proofKey();
        if (!key)
            return key.error();
        const Result<Url> address = targetUri(request);
        if (!address)
            return address.error();
        return makeDpopProof(*key, {request.method, *address, dpopNonce(memory(), request.url.origin()), token}, *m_context.clock, *m_context.random);
    }

    // --- the token -----------------------------------------------------------------------------------------------

    Step tokenCame(const Exchange &last)
    {
        const Result<TokenResponse> token = readTokenResponse(last.response, whereToken);
        if (token) {
            m_hasRetriedNonce = false;
            return keep(*token, &last);
        }
        const std::optional<OAuthError> error = readOAuthError(last.response);
        if (error && retryWithNonce(last))
            return postAgain();
        if (error && !m_deviceCode.isEmpty() && !m_isRefresh) {
            m_hasRetriedNonce = false;
            if (error->code == "slow_down"_L1)
                m_interval += slowDownSeconds;
            if (error->code == "slow_down"_L1 || error->code == "authorization_pending"_L1)
                return pauseForDevice();
        }
        if (error && m_isRefresh && error->code == "invalid_grant"_L1) {
            memory().secrets.remove(memoryRefresh);
            memory().secrets.remove(memoryAccess);
            memory().values.insert(memoryDead, true);
            m_refreshFailed = true;
            if (grant() != "refresh_token"_L1)
                return getToken();
        }
        return fail(token.error());
    }

    Step keep(const TokenResponse &token, const Exchange *last)
    {
        const QString type = token.tokenType.toLower();
        if (!type.isEmpty() && type != "bearer"_L1 && type != "dpop"_L1 && type != "n_a"_L1)
            return fail({ErrorCode::AuthFailed, u"the token is of the type \"%1\", which can't be sent"_s.arg(displayText(token.tokenType.left(60).toUtf8())), {},
                         u"Bearer and DPoP are known (RFC 6750, RFC 9449)."_s});
        const bool isDpopWanted = !text(u"dpop"_s).isEmpty() && text(u"dpop"_s) != "none"_L1;
        if (type == "dpop"_L1 && !isDpopWanted)
            return fail({ErrorCode::AuthFailed, u"the token is bound to a key (token_type DPoP), and this profile has none"_s, {},
                         u"Choose an algorithm for DPoP in the profile (RFC 9449)."_s});
        if (const std::optional<Error> wrong = wrongIdToken(token))
            return fail(*wrong);
        AuthMemory &kept = memory();
        kept.values.remove(memoryDead);
        kept.secrets.insert(memoryAccess, token.accessToken);
        kept.values.insert(memoryType, type);
        if (!token.scope.isEmpty() || !m_isRefresh)
            kept.values.insert(memoryScope, token.scope.isEmpty() ? text(u"scope"_s) : token.scope);
        if (!token.refreshToken.isEmpty()) {
            if (!token.refreshToken.equals(refreshToken()))
                kept.renewedFields.insert(u"refresh-token"_s, token.refreshToken);
            kept.secrets.insert(memoryRefresh, token.refreshToken);
        } else if (m_isRefresh) {
            kept.secrets.insert(memoryRefresh, refreshToken());
        }
        if (!token.idToken.isEmpty())
            kept.secrets.insert(memoryId, token.idToken);
        if (const std::optional<qint64> expiry = expiryOf(token, last))
            kept.values.insert(memoryExpiry, *expiry);
        else
            kept.values.remove(memoryExpiry);
        release();
        m_isTokenKept = false;
        m_derivation.clear();
        m_notes.clear();
        QStringList notes = token.notes;
        if (isDpopWanted && type != "dpop"_L1)
            notes << u"DPoP was asked for, and the token is a Bearer token: it is not bound to the key, and whoever has it can use it (RFC 9449 section 5)"_s;
        for (const QString &note : std::as_const(notes))
            m_notes.append({u"note on the answer of the token endpoint"_s, note.toUtf8(), false});
        return sendResource({});
    }

    // By the local clock: expires_in counts from the answer on; exp of a JWT is corrected by the server's own time.
    [[nodiscard]] std::optional<qint64> expiryOf(const TokenResponse &token, const Exchange *last) const
    {
        if (token.expiresIn)
            return now() + *token.expiresIn;
        const std::optional<DecodedJwt> jwt = decodeJwt(token.accessToken.reveal());
        const std::optional<qint64> expiry = jwt ? jwt->time(u"exp"_s) : std::nullopt;
        if (!expiry || !last)
            return expiry;
        const std::optional<qint64> date = parseHttpDate(last->response.headers.value("Date"));
        return date ? *expiry - (*date - now()) : *expiry;
    }

    // OpenID Connect Core section 3.1.3.7, items 2, 3 and 11: the ID token is of this issuer and for this client, and answers this request. It came
    // over TLS from the token endpoint, so that its signature need not be verified (item 6).
    [[nodiscard]] std::optional<Error> wrongIdToken(const TokenResponse &token) const
    {
        const std::optional<DecodedJwt> jwt = token.idToken.isEmpty() ? std::nullopt : decodeJwt(token.idToken.reveal());
        if (!jwt || jwt->encrypted || m_isRefresh)
            return std::nullopt;
        if (!m_secrets.nonce.isEmpty() && jwt->claims.value("nonce"_L1).toString().toUtf8() != m_secrets.nonce)
            return Error{ErrorCode::AuthFailed, u"the ID token does not hold the nonce of this request"_s,
                         u"OpenID Connect Core section 3.1.3.7: it may be one of another login"_s, u"Send again; when it stays, the server does not keep the nonce."_s};
        const QJsonValue audience = jwt->claims.value("aud"_L1);
        const QString client = text(u"client-id"_s);
        if (!client.isEmpty() && audience.toString() != client && !audience.toArray().contains(client))
            return Error{ErrorCode::AuthFailed, u"the ID token is for another client: aud is not %1"_s.arg(displayText(client.toUtf8())),
                         u"OpenID Connect Core section 3.1.3.7, item 3"_s, u"Check the client ID of the profile."_s};
        const QString issuer = metadata().issuer();
        if (!issuer.isEmpty() && jwt->claims.value("iss"_L1).toString() != issuer)
            return Error{ErrorCode::AuthFailed, u"the ID token is of another issuer than %1"_s.arg(displayText(issuer.toUtf8())),
                         u"OpenID Connect Core section 3.1.3.7, item 2"_s, u"Check the issuer of the profile."_s};
        return std::nullopt;
    }

    // --- the request itself --------------------------------------------------------------------------------------

    Step sendResource(const QString &label)
    {
        m_awaiting = Awaiting::Resource;
        SendStep step;
        step.request = m_context.request;
        step.carriesCredential = true;
        step.label = label;
        step.derivation = m_notes;
        const Secret token = memory().secrets.value(memoryAccess);
        const bool isBound = memory().values.value(memoryType).toString() == "dpop"_L1;
        const QString location = text(u"location"_s);
        if (isBound) {
            const Result<DpopProof> proof = proofFor(step.request, token);
            if (!proof)
                return fail(proof.error());
            step.request.headers.set(credentialHeaderName(m_context.proxy), "DPoP " + token.revealBytes(), HeaderSource::Profile);
            step.request.headers.set("DPoP"_ba, proof->jwt, HeaderSource::Profile);
            step.derivation += proof->derivation;
        } else if (location == "query"_L1) {
            appendQueryItem(step.request, "access_token=" + percentEncode(token.reveal())); // RFC 6750 section 2.3
        } else if (location == "body"_L1) {
            if (mediaType(step.request) != "application/x-www-form-urlencoded")
                return fail(invalidInput(u"OAuth 2.0: the token can stand in the body of a form only, and this request has none"_s,
                                         u"Choose Header in the credential profile, or send a form."_s));
            const QByteArray item = "access_token=" + formEncode(token.reveal()); // RFC 6750 section 2.2
            setBody(step.request, step.request.body.isEmpty() ? item : step.request.body + '&' + item);
        } else {
            const QByteArray prefix = text(u"prefix"_s).isEmpty() ? "Bearer"_ba : text(u"prefix"_s).toLatin1();
            step.request.headers.set(credentialHeaderName(m_context.proxy), prefix + ' ' + token.revealBytes(), HeaderSource::Profile);
        }
        return step;
    }

    Step resourceAnswered(const Exchange &last)
    {
        const bool isBound = memory().values.value(memoryType).toString() == "dpop"_L1;
        if (isBound && retryWithNonce(last))
            return sendResource(u"again, with the DPoP nonce of the server"_s);
        if (last.response.status != (m_context.proxy ? 407 : 401) || !m_isTokenKept || !saysInvalidToken(last.response))
            return DoneStep{};
        // A token of an earlier request: the server knows better than the expiry whether it is still good.
        m_isTokenKept = false;
        memory().secrets.remove(memoryAccess);
        if (isInteractive(grant()) && refreshToken().isEmpty())
            return DoneStep{u"the server no longer takes this token; the next Send asks for a new one"_s, false};
        if (memory().values.value(memoryBusy).toBool())
            return DoneStep{};
        memory().values.insert(memoryBusy, true);
        m_isBusy = true;
        return findEndpoints();
    }

    [[nodiscard]] bool saysInvalidToken(const Response &response) const
    {
        const ChallengeList list = parseChallenges(response.headers.values(m_context.proxy ? "Proxy-Authenticate" : "WWW-Authenticate"));
        for (const Challenge &challenge : list.challenges) {
            if (challenge.value("error") == "invalid_token")
                return true;
        }
        return false;
    }

    struct Posted
    {
        QString address;
        FormItems items;
        QString label;
    };

    AuthContext m_context;
    const FieldValues &m_values;
    Awaiting m_awaiting = Awaiting::Nothing;
    QString m_answer;
    QStringList m_metadataUrls; // that are still to be asked
    AuthorizationSecrets m_secrets;
    QString m_redirectUri;
    QList<DerivationLine> m_notes; // on the token that was got in this run
    QList<DerivationLine> m_derivation; // of the next request to the token endpoint
    Posted m_posted;
    QString m_deviceCode;
    QString m_userCode;
    QUrl m_verificationUrl;
    int m_interval = defaultDeviceInterval;
    qint64 m_deviceUntil = 0;
    bool m_isBusy = false;      // this flow gets the token, others wait
    bool m_isTokenKept = false; // the token was there before this flow
    bool m_isRefresh = false;
    bool m_refreshFailed = false;
    bool m_hasRetriedNonce = false;
};

} // namespace

std::unique_ptr<AuthFlow> makeOAuth2Flow(AuthContext context) { return std::make_unique<OAuth2Flow>(std::move(context)); }

} // namespace realmscope
