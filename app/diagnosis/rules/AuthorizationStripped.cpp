// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: the header left here, and something in front of the application took it away.
// Contradicted by: an answer that differs from the one without a credential, an error that is about the token, and a
// scheme that the server does not offer (then it saw it and did not want it).
namespace {

std::optional<Finding> authorizationStripped(const Facts &facts)
{
    const AuthorizationLine *line = facts.authorization();
    // Kubernetes names who it took the request for.
    static const QRegularExpression nobody = wordPattern(u"\\bsystem:anonymous\\b"_s);
    const bool isForNobody = facts.status == 403 && facts.says(nobody);
    if (!line || line->scheme.isEmpty() || line->credentials.trimmed().isEmpty() || (facts.status != 401 && !isForNobody)
        || facts.fromCache)
        return std::nullopt;
    if (facts.differsFromAnonymous() || facts.errorCode.startsWith(u"invalid"))
        return std::nullopt;
    if (!facts.challenges.challenges.isEmpty() && !facts.offers(line->scheme))
        return std::nullopt;
    if (facts.saysRejected())
        return std::nullopt;
    const ServerWord *missing = facts.saysMissing();
    // RFC 6750 section 3.1: a challenge without error= answers a request without authentication information. A valid
    // token that is answered so was not seen; any other one may have been refused without a word.
    const bool isGoodToken = facts.token && facts.token->jwt
        && facts.token->jwt->time(u"exp"_s).value_or(0) > facts.now() && facts.offers("Bearer");
    if (!missing && !(facts.sameAsAnonymous()))
        return std::nullopt;
    // The very same header is accepted when it does not go through the proxy: that is where it gets lost.
    const ProbeFact *direct = facts.letInDirect();
    const bool isProxy = direct != nullptr;
    const bool isLikely = missing || isGoodToken || isProxy;
    Finding finding = makeFinding(
        isLikely ? Verdict::Likely : Verdict::Possible, missing || isProxy ? 80 : facts.offers("Bearer") ? 45 : weight::Default - 2, u"The credential seems to get lost on the way"_s,
        missing ? u"it was sent, and the server says that there was none"_s
                : u"with the credential and without it, the answer is the same"_s,
        u"The Authorization header left here as it should, but the application behaves as if it never came. A layer in "
        "front of it is the usual thief: a reverse proxy or gateway that removes or replaces the header, or a CGI, "
        "FastCGI or WSGI interface that does not pass it on unless told to."_s);
    finding.evidence.append(facts.requestHeader(line->field, u"Authorization: %1 … was sent"_s.arg(QString::fromUtf8(line->scheme))));
    if (missing)
        finding.evidence.append(missing->evidence);
    if (facts.sameAsAnonymous())
        finding.evidence.append(facts.probeEvidence(*facts.anonymous(), u"without the credential, the answer is the same"_s));
    if (isProxy) {
        finding.evidence.append(facts.probeEvidence(*direct, u"straight to the server, the same header is accepted (%1)"_s.arg(direct->status())));
        finding.fixes.append(advice(u"bypass-proxy"_s, u"Reach this host without the proxy"_s,
                                    u"Set the request's proxy to none or name the host in no_proxy, and ask whoever runs the proxy at %1 to pass the Authorization header on."_s.arg(
                                        facts.final->connection.proxy)));
        return finding;
    }
    finding.fixes.append(ownerFix(
        u"Ask the server's owner to pass the Authorization header on"_s,
        u"Compare what the application receives with the request above."_s,
        u"Apache, CGI and FastCGI:  CGIPassAuth On\n"
        "Apache, mod_wsgi:         WSGIPassAuthorization On\n"
        "nginx, proxy:             proxy_set_header Authorization $http_authorization;\n"
        "nginx, FastCGI:           fastcgi_param HTTP_AUTHORIZATION $http_authorization;"_s));
    return finding;
}

} // namespace

Rule authorizationStrippedRule()
{
    return {u"authorization-stripped"_s, ChecklistStep::Sent, RuleKind::Cause,
            {u"RFC 3875 section 4.1.18"_s, u"RFC 6750 section 3.1"_s}, authorizationStripped};
}

} // namespace realmscope
