// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: the credential was sent to the first address; the redirect led to another origin, and it did not go there.
// Contradicted by: a final request that carries a credential after all, or an answer that is no refusal.
namespace {

std::optional<Finding> redirectDroppedCredentials(const Facts &facts)
{
    if (!facts.isRefusal() && facts.status != 400)
        return std::nullopt;
    const Exchange *hop = nullptr;
    int hopIndex = -1;
    QString reason;
    for (int i = 0; i < facts.finalIndex; ++i) {
        const Exchange &exchange = facts.trace.exchanges.at(i);
        if (exchange.role == ExchangeRole::Probe || exchange.response.status < 300 || exchange.response.status > 399)
            continue;
        hop = &exchange;
        hopIndex = i;
    }
    if (!hop || facts.hasCertainCredential())
        return std::nullopt;
    for (const Exchange &exchange : facts.trace.exchanges) {
        for (const Decision &decision : exchange.decisions) {
            if (exchange.role != ExchangeRole::Probe && decision.kind == DecisionKind::CredentialWithheld)
                reason = decision.text;
        }
    }
    // A recording of another client has no decisions: the header of the first hop is gone in the last.
    const bool firstHadOne = hop->request.headers.contains("Authorization");
    if (reason.isEmpty() && !firstHadOne)
        return std::nullopt;
    const Url &target = facts.request().url;
    const bool isCrossOrigin = !(hop->request.url.origin() == target.origin());
    Finding finding = makeFinding(
        Verdict::Proven, 95, u"A redirect lost the credential"_s,
        u"%1 redirected to %2, and the credential stayed behind"_s.arg(hop->request.url.origin().toString(), target.origin().toString()),
        u"The first address sent the request on to another one. A credential belongs to the place it was given for (its "
        "origin: scheme, host and port), so it is not handed to the new one by itself; otherwise any server could send "
        "it to a stranger. The new address then saw a request without a credential and refused it."_s);
    if (!isCrossOrigin)
        finding.explanation = u"The first address sent the request on to another one, and the program that made this "
                              "recording did not send the credential again, although it is the same origin."_s;
    const HeaderField *location = hop->response.headers.find("Location");
    finding.evidence.append({hopIndex, EvidencePart::ResponseHeader, "Location",
                             u"%1, Location: %2"_s.arg(hop->response.status).arg(QString::fromUtf8(location ? location->value : QByteArray())),
                             location ? location->valueRange : ByteRange{}});
    if (!reason.isEmpty())
        finding.evidence.append({hopIndex, EvidencePart::RequestHeader, "Authorization", reason, {}});
    finding.evidence.append(facts.requestLine(u"the request to %1 has no credential"_s.arg(target.origin().toString())));
    Fix direct;
    direct.id = u"use-final-url"_s;
    direct.title = u"Send to %1 directly"_s.arg(target.origin().toString());
    direct.detail = u"Only if you trust this address with the credential."_s;
    direct.automatic = true;
    direct.edits = {{EditKind::SetUrl, {}, target.toString().toUtf8()}};
    if (facts.context.profile && !facts.context.profile->allows(target.origin()))
        direct.edits.append({EditKind::SetAddressOrigin, {}, target.origin().toString().toUtf8()});
    finding.fixes.append(direct);
    if (hop->request.url.isSecure() && !target.isSecure())
        finding.fixes.append(ownerFix(u"The server sends people from https to http"_s,
                                      u"Behind a TLS proxy it does not know that it is reached over https."_s,
                                      u"proxy_set_header X-Forwarded-Proto $scheme;"_s));
    return finding;
}

} // namespace

Rule redirectDroppedCredentialsRule()
{
    return {u"redirect-dropped-credentials"_s, ChecklistStep::Sent, RuleKind::Cause,
            {u"RFC 9110 section 15.4"_s, u"RFC 6454 section 4"_s}, redirectDroppedCredentials};
}

} // namespace realmscope
