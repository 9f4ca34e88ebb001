// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: the authorization or token endpoint refuses the request itself, before it looks at anybody.
// Contradicted by: the same code from a resource server (RFC 6750), where it is about the token's place.
namespace {

// With a client or redirect URI that it does not know, the authorization server must not redirect; it shows a page
// (RFC 6749 section 4.1.2.1).
std::optional<Finding> refusedPage(const Facts &facts)
{
    const QByteArray query = facts.request().url.query.value_or(QByteArray());
    const bool isAuthorization = query.contains("response_type=") && query.contains("client_id=");
    if (!isAuthorization || facts.status < 400 || facts.status > 499 || facts.body.isJson() || !facts.errorCode.isEmpty() || facts.status == 404
        || facts.status == 429)
        return std::nullopt;
    static const QRegularExpression words = wordPattern(u"redirect[ _]?ur[il]|client[ _]?id|invalid_(request|client|redirect_uri)|unauthorized_client|response[ _]type|code[ _]challenge|unknown client"_s);
    const QRegularExpressionMatch named = words.match(facts.body.text);
    Finding finding = makeFinding(
        named.hasMatch() ? Verdict::Proven : Verdict::Likely, 86, u"The authorization server refuses the request itself"_s,
        named.hasMatch() ? u"the page speaks of %1"_s.arg(named.captured(0)) : u"status %1 to an authorization request, without going back to the client"_s.arg(facts.status),
        u"The request that opens the sign-in names a client and the address to come back to. When the server does not know one of "
        "them, or does not take another parameter, it shows a page and does not go back, so that nobody can be sent to a "
        "stranger's address. Usual reasons: the redirect URI differs by a letter from the registered one, or the client id is "
        "unknown."_s);
    finding.evidence.append(facts.statusLine());
    if (named.hasMatch())
        finding.evidence.append({facts.finalIndex, EvidencePart::ResponseBody, {}, u"the page: \"%1\""_s.arg(facts.body.text.mid(std::max<qsizetype>(0, named.capturedStart() - 40), 140).simplified()),
                                 findInBody(*facts.final, named.captured(0).toUtf8())});
    finding.fixes.append(advice(u"correct-request"_s, u"Compare client id and redirect URI with the registration, letter by letter"_s));
    return finding;
}

std::optional<Finding> oauthInvalidRequest(const Facts &facts)
{
    static constexpr std::array codes{"invalid_request", "unauthorized_client", "unsupported_grant_type", "invalid_target",
                                      "unsupported_response_type", "invalid_request_object", "invalid_redirect_uri",
                                      "invalid_request_uri", "request_not_supported", "invalid_client_metadata",
                                      "registration_not_supported", "unauthorized_grant_type"};
    const QString code = facts.errorCode;
    const bool isForWantOfClient = facts.saysMissing() && facts.authorizations.isEmpty()
        && std::ranges::none_of(facts.bodyCredentials, [](const SentCredential &sent) { return sent.name.startsWith("client_"); });
    if (isForWantOfClient)
        return std::nullopt; // no-credentials-sent
    if (const std::optional<Finding> finding = refusedPage(facts))
        return finding;
    if (facts.status < 300 || std::ranges::none_of(codes, [&](const char *known) { return code == QLatin1StringView(known); }))
        return std::nullopt;
    const QByteArray query = facts.request().url.query.value_or(QByteArray());
    const bool isAuthorization = query.contains("response_type=") || query.contains("client_id=");
    const bool isOther = code != u"invalid_request" || facts.isTokenRequest || isAuthorization || facts.location.has_value();
    const bool inChallenge = facts.errorEvidence.part == EvidencePart::ResponseHeader && facts.errorEvidence.name.toLower() == "www-authenticate";
    const bool hasClientBody = std::ranges::any_of(facts.form, [](const NamedValue &item) { return item.name == "token" || item.name.startsWith("client_"); });
    if ((!isOther && !hasClientBody) || inChallenge)
        return std::nullopt;
    Finding finding = makeFinding(
        Verdict::Proven, 86, u"The authorization server refuses the request itself"_s, u"error %1"_s.arg(code),
        u"The request is not one that this server takes: a parameter is missing, unknown or contradicts what is registered "
        "for this client (redirect URI, grant type, resource, PKCE, pushed request). Nobody's password or token was looked "
        "at yet."_s);
    if (code == u"unauthorized_client")
        finding.explanation = u"The client is known, but is not registered for this way of getting a token (grant type)."_s;
    finding.evidence.append(facts.errorEvidence);
    for (const ServerWord &word : facts.words) {
        if (word.text.contains(u' ') && finding.evidence.size() < 4)
            finding.evidence.append(word.evidence);
    }
    finding.fixes.append(advice(u"correct-request"_s, u"Correct the parameter that the server names"_s,
                                u"Compare with the registration of the client: grant types, redirect URIs, PKCE."_s));
    return finding;
}

} // namespace

Rule oauthInvalidRequestRule()
{
    return {u"oauth-invalid-request"_s, ChecklistStep::Correct, RuleKind::Cause, {u"RFC 6749 section 5.2"_s, u"RFC 6749 section 4.1.2.1"_s}, oauthInvalidRequest};
}

} // namespace realmscope
