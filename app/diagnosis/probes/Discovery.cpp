// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/IssuerKeys.h"
#include "app/diagnosis/probes/Probe.h"

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

bool isSigned(const Facts &facts)
{
    const std::optional<JwsAlgorithm> algorithm = facts.token && facts.token->jwt
                                                      ? jwsAlgorithm(facts.token->jwt->algorithm().toLatin1())
                                                      : std::nullopt;
    return algorithm && !algorithm->isHmac;
}

std::optional<RunJob> planDiscovery(const Facts &facts, const RunJob &job)
{
    const std::optional<Url> url = isSigned(facts) ? discoveryUrl(facts) : std::nullopt;
    return url ? std::optional(probeJob(job, issuerRequest(facts, *url))) : std::nullopt;
}

QString concludeDiscovery(const Facts &, const ProbeFact &answer)
{
    const QJsonObject json = QJsonDocument::fromJson(answer.answer->response.body.head()).object();
    if (answer.status() != 200 || json.isEmpty())
        return u"inconclusive: the issuer that the token names does not describe itself there (%1)"_s.arg(
            answer.status());
    return u"The issuer that the token names describes itself there; its keys are at %1."_s.arg(
        json.value("jwks_uri"_L1).toString(u"no address"_s).left(120));
}

std::optional<RunJob> planJwks(const Facts &facts, const RunJob &job)
{
    const std::optional<Url> url = isSigned(facts) ? issuerEndpoint(facts, "jwks_uri"_L1) : std::nullopt;
    return url ? std::optional(probeJob(job, issuerRequest(facts, *url))) : std::nullopt;
}

QString concludeJwks(const Facts &facts, const ProbeFact &answer)
{
    const std::optional<JwsCheck> check = checkByIssuerKeys(facts);
    if (!check)
        return u"inconclusive: no keys came (%1)"_s.arg(answer.status());
    switch (check->verdict) {
    case JwsVerdict::Valid:
        return u"The signature of the token fits the issuer's keys: the token is genuine."_s;
    case JwsVerdict::NoKey:
        return u"None of the issuer's keys is the one that the token names."_s;
    case JwsVerdict::WrongSignature:
        return u"The signature of the token does not fit the issuer's key: the token was changed, or another key signed it."_s;
    default:
        return u"inconclusive: "_s + check->text;
    }
}

// The issuer's own endpoint for "who is this token about": takes every live access token that has the scope
// openid.
std::optional<RunJob> planUserinfo(const Facts &facts, const RunJob &job)
{
    const std::optional<Url> url = issuerEndpoint(facts, "userinfo_endpoint"_L1);
    const AuthorizationLine *line = facts.authorization();
    if (!url || !line || !line->is("Bearer"))
        return std::nullopt;
    Request request = issuerRequest(facts, *url);
    request.headers.append("Authorization", line->field.value, line->field.source);
    return probeJob(job, request);
}

QString concludeUserinfo(const Facts &, const ProbeFact &answer)
{
    if (answer.status() == 200)
        return u"The issuer itself takes the token: it is live, and this server judges otherwise."_s;
    if (answer.status() == 401)
        return u"The issuer itself does not take the token any more."_s;
    return u"inconclusive: the issuer answers %1"_s.arg(answer.status());
}

} // namespace

Probe discoveryProbe()
{
    return {u"discovery"_s,
            u"Ask the token's issuer how it describes itself"_s,
            u"Where the keys are that the token's signature has to fit."_s,
            u"GET of the issuer's public description, without a credential, safe"_s,
            false,
            ProbeConsent::NotNeeded,
            planDiscovery,
            concludeDiscovery};
}

Probe jwksProbe()
{
    return {u"jwks"_s,
            u"Check the token's signature with the issuer's keys"_s,
            u"Whether the token is genuine, and whether the issuer still has the key that signed it."_s,
            u"GET of the issuer's public keys, without a credential, safe"_s,
            false,
            ProbeConsent::NotNeeded,
            planJwks,
            concludeJwks};
}

Probe userinfoProbe()
{
    return {u"userinfo"_s,
            u"Show the token to its own issuer"_s,
            u"Whether the token is still live: revoked, or only refused by this server."_s,
            u"the same token to the issuer, 1 time, safe"_s,
            true,
            ProbeConsent::NotNeeded,
            planUserinfo,
            concludeUserinfo};
}

} // namespace realmscope
