// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/base/Encoding.h"
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: the token stands alone in the Authorization header.
// Contradicted by: a server that offers no scheme for a token.
namespace {

bool looksLikeToken(QByteArrayView text)
{
    return text.size() >= 6 && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
            || QByteArrayView("-._~+/=:").contains(c);
    });
}

std::optional<Finding> schemePrefixMissing(const Facts &facts)
{
    const AuthorizationLine *line = facts.authorization();
    if (!line || !line->scheme.isEmpty() || (facts.kind != OutcomeKind::Unauthorized && facts.status != 400 && facts.status != 403))
        return std::nullopt;
    const QByteArray value = line->credentials.trimmed();
    if (!looksLikeToken(value) || value.contains(' '))
        return std::nullopt;
    const std::optional<QByteArray> decoded = decodeBase64(value);
    const bool isPair = decoded && decoded->contains(':') && isValidUtf8(*decoded);
    const bool isPlainPair = value.contains(':') && !decoded;
    const bool wantsBasic = facts.offers("Basic") && !facts.offers("Bearer");
    if (isPlainPair && !wantsBasic)
        return std::nullopt;
    QByteArray scheme = isPair || isPlainPair || (wantsBasic && !line->jwt) ? QByteArray("Basic") : QByteArray("Bearer");
    for (const Challenge &challenge : facts.challenges.challenges) {
        if (challenge.is("Token") || challenge.is("JWT"))
            scheme = canonicalScheme(challenge.scheme);
    }
    const bool isSure = line->jwt || isPair || facts.offers(scheme);
    const QString word = QString::fromLatin1(scheme);
    Finding finding = makeFinding(
        isSure && (facts.offers(scheme) || facts.challenges.challenges.isEmpty()) ? Verdict::Proven : Verdict::Likely, 81,
        u"The word %1 is missing before the credential"_s.arg(word), u"the Authorization header has no scheme word"_s,
        u"An Authorization header has two parts: a word that says what kind of credential follows (the scheme, for "
        "example Basic or Bearer), a space, and the credential. Here the credential stands alone, so the server cannot "
        "tell what it is."_s);
    finding.evidence.append(facts.requestHeader(line->field, u"Authorization has %1 without a scheme word"_s.arg(describeSecret(value))));
    finding.evidence.append(facts.challengeEvidence());
    finding.fixes.append(replaceAuthorization(facts, *line, u"add-scheme"_s, u"Write %1 before it and resend"_s.arg(word), scheme,
                                              isPlainPair ? value.toBase64() : value));
    return finding;
}

} // namespace

Rule schemePrefixMissingRule()
{
    return {u"scheme-prefix-missing"_s, ChecklistStep::Understood, RuleKind::Cause,
            {u"RFC 9110 section 11.6.2"_s, u"RFC 6750 section 2.1"_s}, schemePrefixMissing};
}

} // namespace realmscope
