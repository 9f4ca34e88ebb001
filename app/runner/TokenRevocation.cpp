// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/runner/TokenRevocation.h"

#include "app/auth/oauth2/ClientAuthentication.h"
#include "app/auth/oauth2/OAuth2Flow.h"
#include "app/auth/oauth2/ServerMetadata.h"
#include "app/auth/oauth2/TokenResponse.h"

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

Request requestTo(const QByteArray &method, const Url &url)
{
    Request request;
    request.method = method;
    request.url = url;
    request.url.fragment.reset();
    request.headers.append("Host"_ba, url.hostHeader(), HeaderSource::Default);
    request.headers.append("Accept"_ba, "application/json"_ba, HeaderSource::Default);
    return request;
}

} // namespace

TokenRevocation::TokenRevocation(Runner &runner, RunCredential credential, const Clock &clock, Random &random, QObject *parent)
    : QObject(parent), m_runner(runner), m_credential(std::move(credential)), m_clock(clock), m_random(random)
{}

TokenRevocation::~TokenRevocation()
{
    if (m_run)
        m_run->disconnect(this);
}

void TokenRevocation::start(const ProxyEnvironment &proxies)
{
    m_proxies = proxies;
    KeptTokens kept;
    if (const std::shared_ptr<const AuthMemory> memory = m_runner.memoryOf(m_credential.profile.id))
        kept = keptTokens(*memory);
    const Secret refresh = kept.refresh.isEmpty() ? m_credential.values.secret(u"refresh-token"_s) : kept.refresh;
    if (!refresh.isEmpty())
        m_tokens.append({u"the refresh token"_s, "refresh_token", refresh});
    if (!kept.access.isEmpty())
        m_tokens.append({u"the access token"_s, "access_token", kept.access});
    QMetaObject::invokeMethod(this, [this] {
        if (m_credential.profile.schemeId != "oauth2"_L1)
            end(Error{ErrorCode::Unsupported, u"only tokens of an OAuth 2.0 profile can be revoked"_s, {}, {}});
        else if (m_tokens.isEmpty())
            end(Error{ErrorCode::InvalidInput, u"profile %1 has no token that could be revoked"_s.arg(m_credential.profile.name), {},
                      u"There is one after a request that needed it, or with a refresh token in the profile."_s});
        else
            findEndpoint();
    }, Qt::QueuedConnection);
}

void TokenRevocation::findEndpoint()
{
    const QString issuer = m_credential.values.text(u"issuer"_s);
    m_endpoint = m_credential.values.text(u"revocation-url"_s);
    m_audience = issuer.isEmpty() ? m_endpoint : issuer;
    if (!m_endpoint.isEmpty()) {
        revokeNext();
        return;
    }
    if (issuer.isEmpty()) {
        end(Error{ErrorCode::InvalidInput, u"profile %1 names neither an issuer nor a revocation URL"_s.arg(m_credential.profile.name), {},
                  u"Fill in one of the two."_s});
        return;
    }
    if (m_places.isEmpty())
        m_places = metadataUrls(issuer);
    const Result<Url> place = Url::parse(m_places.takeFirst());
    if (!place) {
        end(place.error());
        return;
    }
    send(requestTo("GET"_ba, *place), u"where are tokens revoked?"_s, [this, issuer](const Response &response) {
        const Result<ServerMetadata> metadata = response.status == 200 ? readServerMetadata(response, issuer) : Result<ServerMetadata>(Error{});
        if (!metadata && !m_places.isEmpty()) {
            findEndpoint();
            return;
        }
        const QJsonObject aliases = metadata ? metadata->members.value("mtls_endpoint_aliases"_L1).toObject() : QJsonObject();
        const QString alias = aliases.value("revocation_endpoint"_L1).toString();
        const bool isByCertificate = m_credential.values.text(u"client-auth"_s) == "tls_client_auth"_L1;
        if (metadata)
            m_endpoint = isByCertificate && !alias.isEmpty() ? alias : metadata->text(u"revocation_endpoint"_s);
        if (m_endpoint.isEmpty())
            end(Error{ErrorCode::AuthFailed, u"the issuer's metadata names no endpoint that revokes tokens"_s, {},
                      u"Fill in the revocation URL, or end the session at the issuer's own pages."_s});
        else
            revokeNext();
    });
}

void TokenRevocation::revokeNext()
{
    if (m_tokens.isEmpty()) {
        m_runner.forget(m_credential.profile.id);
        end(std::nullopt);
        return;
    }
    const Token token = m_tokens.takeFirst();
    const Result<Url> url = Url::parse(m_endpoint);
    if (!url) {
        end(url.error());
        return;
    }
    Request request = requestTo("POST"_ba, *url);
    FormItems form{{"token"_ba, token.value.revealBytes()}, {"token_type_hint"_ba, token.hint}};
    const Result<QList<DerivationLine>> client = authenticateClient(m_credential.values, m_audience, m_clock, m_random, request.headers, form);
    if (!client) {
        end(client.error());
        return;
    }
    request.body = encodeForm(form);
    request.headers.append("Content-Type"_ba, "application/x-www-form-urlencoded"_ba, HeaderSource::Default);
    request.headers.append("Content-Length"_ba, QByteArray::number(request.body.size()), HeaderSource::Default);
    send(request, u"%1 is revoked"_s.arg(token.name), [this, token](const Response &response) {
        // Section 2.2: 200 also for a token that is not valid any more.
        if (response.status == 200) {
            m_revoked.append(token.name);
            revokeNext();
            return;
        }
        const std::optional<OAuthError> error = readOAuthError(response);
        // Section 2.2.1: not every server lets go of access tokens; they run out soon.
        if (error && error->code == "unsupported_token_type"_L1 && token.hint == "access_token" && !m_revoked.isEmpty()) {
            revokeNext();
            return;
        }
        const QString where = u"the revocation endpoint"_s;
        end(error ? oauthFailure(*error, where) : unexpectedAnswer(response, where, u"status 200"_s));
    });
}

void TokenRevocation::send(const Request &request, const QString &label, const std::function<void(const Response &)> &then)
{
    RunJob job;
    job.prepared = request;
    job.label = label;
    job.role = ExchangeRole::Token;
    job.proxyEnvironment = m_proxies;
    RunJob whole;
    whole.credential = m_credential;
    if (const RunCredential *certificate = clientCertificateOf(whole))
        job.clientCertificate = *certificate;
    m_run.reset(m_runner.start(job));
    connect(m_run.get(), &Run::finished, this, [this, then](const Trace &trace) {
        m_trace.exchanges += trace.exchanges;
        const std::optional<Error> failure = trace.error;
        m_run->disconnect(this);
        m_run.release()->deleteLater(); // it is the sender of the signal at hand
        const Exchange *last = m_trace.exchanges.isEmpty() ? nullptr : &m_trace.exchanges.last();
        if (failure || !last || !last->hasResponse()) {
            end(failure ? *failure : last && last->error ? *last->error : Error{ErrorCode::ConnectFailed, u"no answer came"_s, {}, u"Check the address."_s});
            return;
        }
        const Response response = last->response;
        then(response);
    });
}

void TokenRevocation::end(const std::optional<Error> &error)
{
    m_trace.error = error;
    Q_EMIT finished(error);
}

} // namespace realmscope
