// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/oauth2/ClientAuthentication.h"
#include "app/base/Random.h"
#include "app/diagnosis/probes/Probe.h"

#include <QtCore/QDateTime>
#include <QtCore/QJsonDocument>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

// Where the profile says, or the metadata that its own token request has read. The client's secret goes nowhere else.
std::optional<Url> introspectionUrl(const Facts &facts, const FieldValues &values)
{
    QString address = values.text(u"introspection-url"_s);
    for (const Exchange &exchange : facts.trace.exchanges) {
        if (!address.isEmpty())
            break;
        if (exchange.role != ExchangeRole::Token || exchange.response.status != 200)
            continue;
        const QJsonObject metadata = QJsonDocument::fromJson(exchange.response.body.head()).object();
        const Result<Url> url = Url::parse(metadata.value("introspection_endpoint"_L1).toString());
        if (url && url->origin() == exchange.request.url.origin())
            return *url;
    }
    const Result<Url> url = Url::parse(address);
    return url ? std::optional(*url) : std::nullopt;
}

std::optional<RunJob> planIntrospection(const Facts &facts, const RunJob &job)
{
    if (!job.credential || job.credential->profile.schemeId != "oauth2"_L1 || !facts.token)
        return std::nullopt;
    const FieldValues &values = job.credential->values;
    const QString method = values.text(u"client-auth"_s);
    if (!method.startsWith("client_secret_"_L1) || method == "client_secret_jwt"_L1 || values.secret(u"client-secret"_s).isEmpty())
        return std::nullopt; // without a credential of its own a client is not told (RFC 7662 section 2.1)
    const std::optional<Url> url = introspectionUrl(facts, values);
    if (!url)
        return std::nullopt;
    Request request;
    request.method = "POST";
    request.url = *url;
    request.headers.append("Host", url->hostHeader(), HeaderSource::Transport);
    request.headers.append("Accept", "application/json", HeaderSource::Default);
    FormItems form{{"token", facts.token->text.trimmed()}, {"token_type_hint", "access_token"}};
    const FixedClock clock(facts.context.nowMs);
    SystemRandom random;
    if (!authenticateClient(values, url->toString(), clock, random, request.headers, form))
        return std::nullopt;
    request.body = encodeForm(form);
    request.headers.append("Content-Type", "application/x-www-form-urlencoded", HeaderSource::Default);
    request.headers.append("Content-Length", QByteArray::number(request.body.size()), HeaderSource::Default);
    return probeJob(job, request);
}

QString concludeIntrospection(const Facts &, const ProbeFact &answer)
{
    const QJsonObject json = QJsonDocument::fromJson(answer.answer->response.body.head()).object();
    if (answer.status() != 200 || !json.value("active"_L1).isBool())
        return answer.status() == 401 ? u"inconclusive: the issuer does not let this client ask"_s
                                      : u"inconclusive: the issuer answers %1"_s.arg(answer.status());
    if (!json.value("active"_L1).toBool())
        return u"The issuer says that the token is not active: revoked, expired, or not one of its own."_s;
    QStringList known;
    if (const QString scope = json.value("scope"_L1).toString(); !scope.isEmpty())
        known << u"scope \"%1\""_s.arg(scope.left(120));
    if (const QJsonValue audience = json.value("aud"_L1); audience.isString())
        known << u"audience %1"_s.arg(audience.toString().left(120));
    if (const QJsonValue expires = json.value("exp"_L1); expires.isDouble())
        known << u"until %1"_s.arg(QDateTime::fromSecsSinceEpoch(expires.toInteger(), Qt::UTC).toString(Qt::ISODate));
    return known.isEmpty() ? u"The issuer says that the token is active: this server judges otherwise."_s
                           : u"The issuer says that the token is active: %1. This server judges otherwise."_s.arg(known.join(", "_L1));
}

} // namespace

Probe introspectionProbe()
{
    return {u"introspection"_s,
            u"Ask the issuer about the token"_s,
            u"Whether the token is still active, what it may and whom it is for (RFC 7662)."_s,
            u"POST of the token to the issuer's introspection endpoint with the client's own credential, changes nothing"_s,
            false,
            ProbeConsent::ByHand,
            planIntrospection,
            concludeIntrospection};
}

} // namespace realmscope
