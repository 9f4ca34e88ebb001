// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

#include <QtCore/QJsonObject>

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: a token request got a success that holds no token.
// Contradicted by: a JSON object with access_token (or a device or pushed-request answer, which has none).
namespace {

std::optional<Finding> oauthResponseNotAToken(const Facts &facts)
{
    const bool isUnusable = facts.isFailedLogin() && facts.status >= 200 && facts.status < 400;
    if (!facts.isTokenRequest || (!isUnusable && (facts.status < 200 || facts.status > 299 || facts.status == 204)))
        return std::nullopt;
    const QJsonObject object = facts.body.object();
    for (const auto &member : {"access_token"_L1, "id_token"_L1, "device_code"_L1, "request_uri"_L1, "token"_L1, "issued_token_type"_L1}) {
        if (object.contains(member) && !isUnusable)
            return std::nullopt;
    }
    if (object.contains("error"_L1))
        return std::nullopt; // error-in-success
    Finding finding = makeFinding(
        Verdict::Proven, weight::Bytes, u"The answer of the token endpoint is no token"_s,
        facts.body.isHtml ? u"an HTML page came back%1"_s.arg(facts.body.title.isEmpty() ? QString() : u", titled \"%1\""_s.arg(facts.body.title.left(60)))
        : isUnusable      ? facts.trace.error->message
                          : u"the answer has no access_token"_s,
        u"The request asks for a token (it has a grant_type), and the status says that all is well; but a token endpoint "
        "answers with JSON that has the member access_token. This is something else: the wrong address (the page for "
        "people instead of the token endpoint), or a firewall's page in its place."_s);
    finding.evidence.append(facts.statusLine());
    finding.evidence.append(facts.responseHeader("Content-Type", u"Content-Type: %1"_s.arg(QString::fromLatin1(facts.response().headers.value("Content-Type")))));
    finding.fixes.append(advice(u"check-token-url"_s, u"Look up the address of the token endpoint"_s,
                                u"It stands in the server's metadata under token_endpoint: /.well-known/openid-configuration or /.well-known/oauth-authorization-server."_s));
    return finding;
}

} // namespace

Rule oauthResponseNotATokenRule()
{
    return {u"oauth-response-not-a-token"_s, ChecklistStep::Correct, RuleKind::Cause, {u"RFC 6749 section 5.1"_s, u"RFC 8414 section 3"_s}, oauthResponseNotAToken};
}

} // namespace realmscope
