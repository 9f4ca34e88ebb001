// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/IssuerKeys.h"

#include "app/diagnosis/probes/Probe.h"

#include <QtCore/QJsonArray>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

bool mayTalkTo(const Facts &facts, const Url &url)
{
    return url.origin() == facts.request().url.origin() ||
           (facts.context.profile && facts.context.profile->allows(url.origin()));
}

QJsonObject answerOf(const Facts &facts, QLatin1StringView probe)
{
    const ProbeFact *fact = facts.probe(probe);
    return fact && fact->status() == 200
               ? QJsonDocument::fromJson(fact->answer->response.body.head()).object()
               : QJsonObject();
}

} // namespace

std::optional<Url> discoveryUrl(const Facts &facts)
{
    if (!facts.token || !facts.token->jwt)
        return std::nullopt;
    QString issuer = facts.token->jwt->claims.value("iss"_L1).toString();
    if (!issuer.startsWith("https://"_L1) && !issuer.startsWith("http://"_L1))
        return std::nullopt;
    while (issuer.endsWith(u'/'))
        issuer.chop(1);
    const Result<Url> url = Url::parse(issuer + u"/.well-known/openid-configuration"_s);
    return url && mayTalkTo(facts, *url) ? std::optional<Url>(*url) : std::nullopt;
}

std::optional<Url> issuerEndpoint(const Facts &facts, QLatin1StringView member)
{
    const QString address = answerOf(facts, "discovery"_L1).value(member).toString();
    if (address.isEmpty())
        return std::nullopt;
    const Result<Url> url = Url::parse(address);
    return url && mayTalkTo(facts, *url) ? std::optional<Url>(*url) : std::nullopt;
}

std::optional<JwsCheck> checkByIssuerKeys(const Facts &facts)
{
    const QJsonObject keys = answerOf(facts, "jwks"_L1);
    if (!facts.token || !keys.value("keys"_L1).isArray())
        return std::nullopt;
    return verifyJws(facts.token->text.trimmed(), keys);
}

Request issuerRequest(const Facts &facts, const Url &url)
{
    Request request;
    request.method = "GET";
    request.url = url;
    request.version = facts.request().version;
    request.headers.append("Host", url.hostHeader(), HeaderSource::Transport);
    request.headers.append("Accept", "application/json", HeaderSource::Default);
    if (const HeaderField *agent = facts.request().headers.find("User-Agent"))
        request.headers.append(agent->name, agent->value, agent->source);
    return request;
}

} // namespace realmscope
