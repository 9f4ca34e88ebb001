// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: a proxy on the way asks, not the server.
// Contradicted by: a Proxy-Authorization that was sent (then it was refused: credentials-rejected).
namespace {

std::optional<Finding> proxyAuthRequired(const Facts &facts)
{
    if (facts.status != 407 || !facts.proxyAuthorizations.isEmpty())
        return std::nullopt;
    QStringList schemes;
    for (const Challenge &challenge : facts.proxyChallenges.challenges)
        schemes.append(QString::fromLatin1(canonicalScheme(challenge.scheme)));
    Finding finding = makeFinding(
        Verdict::Proven, weight::Bytes, u"The proxy asks for a credential, not the server"_s,
        schemes.isEmpty() ? u"status 407, and nothing was sent for the proxy"_s
                          : u"the proxy asks for %1, and nothing was sent for it"_s.arg(schemes.join(u" or "_s)),
        u"Between you and the server there is a proxy, and it wants to know who you are before it passes anything on. "
        "It has its own user names and passwords, and reads them from a header of its own, Proxy-Authorization. The "
        "server has not seen this request yet."_s);
    finding.evidence.append(facts.statusLine());
    if (facts.response().headers.contains("Proxy-Authenticate"))
        finding.evidence.append(facts.responseHeader("Proxy-Authenticate", u"Proxy-Authenticate: %1"_s.arg(
            QString::fromUtf8(facts.response().headers.combined("Proxy-Authenticate")).left(200))));
    if (const AuthorizationLine *line = facts.authorization())
        finding.evidence.append(facts.requestHeader(line->field, u"Authorization is for the server; the proxy does not read it"_s));
    finding.fixes.append(advice(u"set-proxy-credential"_s, u"Give the proxy its own user name and password"_s,
                                u"In the settings of the proxy, not in those of the request."_s));
    return finding;
}

} // namespace

Rule proxyAuthRequiredRule()
{
    return {u"proxy-auth-required"_s, ChecklistStep::Understood, RuleKind::Cause, {u"RFC 9110 section 15.5.8"_s, u"RFC 9110 section 11.7"_s}, proxyAuthRequired};
}

} // namespace realmscope
