// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/base/Encoding.h"
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: NTLM authenticates a connection, and its third message went over another one than the first two.
// Contradicted by: a type 2 message that came over the same connection.
namespace {

// The number of an NTLM message (MS-NLMP section 2.2.1), 0 when it is none.
int ntlmMessageType(QByteArrayView token68)
{
    const std::optional<QByteArray> bytes = decodeBase64(token68.toByteArray().trimmed());
    if (!bytes || bytes->size() < 12 || !bytes->startsWith(QByteArray("NTLMSSP\0", 8)))
        return 0;
    return static_cast<unsigned char>(bytes->at(8));
}

bool cameOverThisConnection(const Facts &facts)
{
    for (int i = 0; i < facts.finalIndex; ++i) {
        const Exchange &earlier = facts.trace.exchanges.at(i);
        if (earlier.role == ExchangeRole::Probe || earlier.connection.id != facts.final->connection.id)
            continue;
        for (const Challenge &challenge : parseChallenges(earlier.response.headers.values("WWW-Authenticate")).challenges) {
            if (ntlmMessageType(challenge.token68) == 2)
                return true;
        }
    }
    return false;
}

std::optional<Finding> ntlmConnectionNotKept(const Facts &facts)
{
    const AuthorizationLine *line = facts.authorization();
    if (!line || facts.status != 401 || (!line->is("NTLM") && !line->is("Negotiate")))
        return std::nullopt;
    const int type = ntlmMessageType(line->credentials);
    const bool isHttp2 = facts.final->connection.protocol.startsWith(u"h2"_s);
    if (type == 0 || (type != 3 && !isHttp2) || (type == 3 && !isHttp2 && cameOverThisConnection(facts)))
        return std::nullopt;
    Finding finding = makeFinding(
        Verdict::Proven, weight::Said, u"The messages of NTLM were not on one connection"_s,
        isHttp2 ? u"NTLM was sent over HTTP/2"_s : u"the third message came over a connection that has not seen the first two"_s,
        u"NTLM takes three messages, and it is the connection that is signed in, not the request: all three have to go over "
        "the same TCP connection. Here the last one was sent over another. Proxies and load balancers that share "
        "connections do this, and HTTP/2, where many requests share one connection, does not allow NTLM at all."_s);
    finding.evidence.append(facts.requestHeader(line->field, u"an NTLM message of type %1"_s.arg(type), line->credentialsRange()));
    finding.evidence.append({facts.finalIndex, EvidencePart::Connection, {},
                             isHttp2 ? u"the connection speaks HTTP/2"_s : u"no message of type 2 came over this connection"_s, {}});
    finding.fixes.append(advice(u"keep-connection"_s, isHttp2 ? u"Send it over HTTP/1.1"_s : u"Let Realmscope do all three messages"_s,
                                isHttp2 ? QString() : u"With an NTLM profile they go over one connection; a ready-made header cannot work."_s));
    finding.fixes.append(ownerFix(u"Let the proxy keep one connection to the server for each client"_s, {}));
    return finding;
}

} // namespace

Rule ntlmConnectionNotKeptRule()
{
    return {u"ntlm-connection-not-kept"_s, ChecklistStep::Correct, RuleKind::Cause, {u"MS-NTHT section 1.3"_s, u"RFC 4559 section 6"_s}, ntlmConnectionNotKept};
}

} // namespace realmscope
