// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: the server cannot check any token of this issuer: it does not know it, or cannot fetch its keys.
namespace {

std::optional<Finding> issuerNotConfigured(const Facts &facts)
{
    static const QRegularExpression words = wordPattern(
        u"issuer is not configured|(fail(ed|ure)?|unable|could not|cannot|error|can't)\\b.{0,60}(jwks|json web key set|well-known|openid-configuration|discovery|remote keys|public keys?|signing keys|metadata)"
        "|(expected 200|fail\\w*|error|timed? ?out|unreachable|refused).{0,60}(jwks|json web key set|key set (endpoint|response|document)|openid-configuration|discovery)"
        "|(jwks|json web key set|discovery|openid-configuration).{0,80}(fail|unreachable|timeout|timed out|expected 200|error|refused|fetch)|ECONNREFUSED|ENOTFOUND|IDX20803|IDX20804|jwks.{0,20}not (available|found|loaded)|remote jwks fetch"_s);
    const ServerWord *said = facts.isRefusal() || facts.status >= 500 ? facts.says(words) : nullptr;
    if (!said || !facts.token)
        return std::nullopt;
    Finding finding = makeFinding(
        Verdict::Likely, weight::Said + 2, u"The server can't check tokens of this issuer at all"_s, said->evidence.text,
        u"To check a token the server needs its issuer's public keys. It does not know the issuer, or could not fetch the "
        "keys (JWKS). The token may be perfectly good; the fault is the server's."_s);
    finding.evidence.append(said->evidence);
    finding.fixes.append(ownerFix(u"Ask the server's owner to check the issuer's address and whether the server can reach it"_s,
                                  u"The keys are at the jwks_uri of the issuer's metadata."_s));
    return finding;
}

} // namespace

Rule issuerNotConfiguredRule()
{
    return {u"issuer-not-configured"_s, ChecklistStep::ServerSide, RuleKind::Cause, {u"RFC 8414 section 2"_s, u"RFC 7517 section 5"_s}, issuerNotConfigured};
}

} // namespace realmscope
