// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Rules.h"

using namespace Qt::StringLiterals;

namespace realmscope {

// In the order of the checklist. The order has no weight: Diagnoser ranks by verdict and weight.
const QList<Rule> &allRules()
{
    static const QList<Rule> rules{
        // 1 sent
        noCredentialsSentRule(),
        unresolvedVariableRule(),
        placeholderTokenRule(),
        redirectDroppedCredentialsRule(),
        wrongPlacementRule(),
        severalCredentialsRule(),
        authorizationStrippedRule(),
        underscoreHeaderDroppedRule(),
        bodyNotUnderstoodRule(),
        urlTruncatedRule(),
        // 2 understood
        wrongSchemeRule(),
        schemePrefixMissingRule(),
        schemePrefixDoubledRule(),
        headerNameInValueRule(),
        schemeCaseSensitiveRule(),
        wrongRealmRule(),
        proxyAuthRequiredRule(),
        missingChallengeRule(),
        malformedChallengeRule(),
        digestAlgorithmUnsupportedRule(),
        loginRedirectRule(),
        loginPageReturnedRule(),
        errorInSuccessRule(),
        clientCertificateRequiredRule(),
        dpopNonceRequiredRule(),
        // 3 correct
        credentialsRejectedRule(),
        strayWhitespaceRule(),
        strayCharactersRule(),
        basicNotEncodedRule(),
        basicMalformedRule(),
        percentEncodedCredentialRule(),
        basicCharsetRule(),
        tokenMalformedRule(),
        tokenSignatureInvalidRule(),
        tokenUnknownKeyRule(),
        tokenAlgorithmNotAllowedRule(),
        tokenWrongTypeRule(),
        tokenWrongIssuerRule(),
        tokenWrongAudienceRule(),
        tokenDpopBoundRule(),
        dpopProofInvalidRule(),
        digestMismatchRule(),
        sigv4SessionTokenMissingRule(),
        sigv4MismatchRule(),
        sigv4UnknownKeyRule(),
        oauth1SignatureInvalidRule(),
        hawkMacInvalidRule(),
        httpSignatureInvalidRule(),
        clientCertificateRejectedRule(),
        clientCertificateUnusableRule(),
        oauthInvalidClientRule(),
        oauthInvalidGrantRule(),
        oauthInvalidScopeRule(),
        oauthInvalidRequestRule(),
        oauthResponseNotATokenRule(),
        apiKeyRejectedRule(),
        negotiateNoTicketRule(),
        negotiateServiceKeyRule(),
        ntlmConnectionNotKeptRule(),
        // 4 fresh
        tokenExpiredRule(),
        tokenNotYetValidRule(),
        clockSkewRule(),
        tokenRevokedRule(),
        sessionExpiredRule(),
        nonceReusedRule(),
        digestStaleNonceRule(),
        // 5 stale-state
        staleCookieRule(),
        sessionCookieMissingRule(),
        cookieNotSentRule(),
        cachedRefusalRule(),
        csrfTokenMissingRule(),
        // 6 reauthenticate
        oauthUserInteractionRule(),
        // 7 allowed
        permissionDeniedRule(),
        insufficientScopeRule(),
        forbiddenRegardlessRule(),
        ssoRequiredRule(),
        accountLockedRule(),
        addressNotAllowedRule(),
        rateLimitedRule(),
        preflightRefusedRule(),
        corsNotAllowedRule(),
        denialHiddenAs404Rule(),
        // 8 server-side
        intermittentRule(),
        errorMaskedRule(),
        unknownRouteRule(),
        issuerNotConfiguredRule(),
        // not an authentication problem
        notAuthenticationRule(),
    };
    return rules;
}

QRegularExpression wordPattern(const QString &pattern)
{
    return QRegularExpression(pattern, QRegularExpression::CaseInsensitiveOption);
}

const QRegularExpression &lockoutWords()
{
    static const QRegularExpression words = wordPattern(
        u"(account|user|login|credential)\\b.{0,40}(locked|lock(ed)? out|disabled|suspended|deactivated|blocked|inactive|banned)|(locked|disabled|suspended|inactive|blocked) (account|user)|captcha|account_(locked|disabled|inactive)|user_(disabled|locked|inactive)|too many (failed |login |sign[- ]?in |password |authentication |unsuccessful |invalid )*attempts|(login|password|sign[- ]?in|authentication) attempts? (limit )?exceeded"
        "|(maximum|max)( number of)? (failed |login )?attempts|locked out|\\b(been|is|are|was) banned|\\d+ attempts? (left|remaining)|attempts? (left|remaining)|temporarily locked"
        "|password (has |is )?expired and must|must (change|reset) (your|the) password|password_expired"_s);
    return words;
}

Finding makeFinding(Verdict verdict, double weight, const QString &title, const QString &summary,
                    const QString &explanation)
{
    Finding finding;
    finding.verdict = verdict;
    finding.weight = weight;
    finding.title = title;
    finding.summary = summary;
    finding.explanation = explanation;
    return finding;
}

} // namespace realmscope
