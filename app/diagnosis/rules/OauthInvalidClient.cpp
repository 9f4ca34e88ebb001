// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: the token endpoint does not recognise the program itself (its client id, secret or method).
namespace {

std::optional<Finding> oauthInvalidClient(const Facts &facts)
{
    static const QRegularExpression words = wordPattern(u"invalid client (secret|credentials)|client (secret|authentication)\\b.{0,30}(invalid|wrong|fail|mismatch)|(invalid|wrong|bad) client"_s);
    QByteArray grant;
    for (const NamedValue &item : facts.form) {
        if (item.name == "grant_type")
            grant = item.value;
    }
    // Nobody else can be denied in this grant: there is no user in it.
    const bool isDeniedClient = facts.isTokenRequest && grant == "client_credentials" && facts.errorCode == u"access_denied";
    const bool isNamedClient = facts.isTokenRequest && facts.errorCode == u"unauthorized_client" && facts.says(words);
    if (!facts.mayBeRefusal() || (facts.errorCode != u"invalid_client" && !isDeniedClient && !isNamedClient))
        return std::nullopt;
    Finding finding = makeFinding(
        isDeniedClient ? Verdict::Likely : Verdict::Proven, weight::Said, u"The authorization server refuses this client"_s, u"error %1"_s.arg(facts.errorCode),
        u"At a token endpoint the program proves who it is, with its client id and a secret or key (not the user). The "
        "server does not accept that: the id is unknown, the secret is wrong, or the server expects it in another way "
        "(Basic header, form member, signed assertion, client certificate). A secret with signs like + or % has to be "
        "form-encoded before it goes into the Basic header; not all programs do so."_s);
    finding.evidence.append(facts.errorEvidence);
    if (const AuthorizationLine *line = facts.authorization())
        finding.evidence.append(facts.requestHeader(line->field, line->basic && line->basic->hasColon
                                                        ? u"client id \"%1\" in the Basic header"_s.arg(QString::fromUtf8(line->basic->user))
                                                        : u"Authorization: %1 …"_s.arg(QString::fromLatin1(line->scheme))));
    for (const SentCredential &sent : facts.bodyCredentials) {
        if (sent.name.startsWith("client_"))
            finding.evidence.append(facts.credential(sent, u"%1 in the body"_s.arg(QString::fromUtf8(sent.name))));
    }
    for (const ServerWord &word : facts.words) {
        if (word.text.size() > 20 && finding.evidence.size() < 5)
            finding.evidence.append(word.evidence);
    }
    finding.fixes.append(editCredential(u"Check client id and secret"_s, "password"));
    finding.fixes.append(advice(u"other-client-authentication"_s, u"Send the client's credential in the other way"_s,
                                u"Basic header (client_secret_basic) or form members (client_secret_post), as the client is registered."_s));
    return finding;
}

} // namespace

Rule oauthInvalidClientRule()
{
    return {u"oauth-invalid-client"_s, ChecklistStep::Correct, RuleKind::Cause, {u"RFC 6749 section 5.2"_s, u"RFC 6749 section 2.3.1"_s}, oauthInvalidClient};
}

} // namespace realmscope
