// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/diagnosis/rules/Rule.h"

namespace realmscope {

// One factory a file in this folder; Rules.cpp lists them.
[[nodiscard]] Rule noCredentialsSentRule();
[[nodiscard]] Rule unresolvedVariableRule();
[[nodiscard]] Rule placeholderTokenRule();
[[nodiscard]] Rule redirectDroppedCredentialsRule();
[[nodiscard]] Rule wrongPlacementRule();
[[nodiscard]] Rule severalCredentialsRule();
[[nodiscard]] Rule authorizationStrippedRule();
[[nodiscard]] Rule underscoreHeaderDroppedRule();
[[nodiscard]] Rule bodyNotUnderstoodRule();
[[nodiscard]] Rule urlTruncatedRule();
[[nodiscard]] Rule wrongSchemeRule();
[[nodiscard]] Rule schemePrefixMissingRule();
[[nodiscard]] Rule schemePrefixDoubledRule();
[[nodiscard]] Rule headerNameInValueRule();
[[nodiscard]] Rule schemeCaseSensitiveRule();
[[nodiscard]] Rule wrongRealmRule();
[[nodiscard]] Rule proxyAuthRequiredRule();
[[nodiscard]] Rule missingChallengeRule();
[[nodiscard]] Rule malformedChallengeRule();
[[nodiscard]] Rule digestAlgorithmUnsupportedRule();
[[nodiscard]] Rule loginRedirectRule();
[[nodiscard]] Rule loginPageReturnedRule();
[[nodiscard]] Rule errorInSuccessRule();
[[nodiscard]] Rule clientCertificateRequiredRule();
[[nodiscard]] Rule dpopNonceRequiredRule();
[[nodiscard]] Rule credentialsRejectedRule();
[[nodiscard]] Rule strayWhitespaceRule();
[[nodiscard]] Rule strayCharactersRule();
[[nodiscard]] Rule basicNotEncodedRule();
[[nodiscard]] Rule basicMalformedRule();
[[nodiscard]] Rule percentEncodedCredentialRule();
[[nodiscard]] Rule basicCharsetRule();
[[nodiscard]] Rule tokenMalformedRule();
[[nodiscard]] Rule tokenSignatureInvalidRule();
[[nodiscard]] Rule tokenUnknownKeyRule();
[[nodiscard]] Rule tokenAlgorithmNotAllowedRule();
[[nodiscard]] Rule tokenWrongTypeRule();
[[nodiscard]] Rule tokenWrongIssuerRule();
[[nodiscard]] Rule tokenWrongAudienceRule();
[[nodiscard]] Rule tokenDpopBoundRule();
[[nodiscard]] Rule dpopProofInvalidRule();
[[nodiscard]] Rule digestMismatchRule();
[[nodiscard]] Rule sigv4SessionTokenMissingRule();
[[nodiscard]] Rule sigv4MismatchRule();
[[nodiscard]] Rule sigv4UnknownKeyRule();
[[nodiscard]] Rule oauth1SignatureInvalidRule();
[[nodiscard]] Rule hawkMacInvalidRule();
[[nodiscard]] Rule httpSignatureInvalidRule();
[[nodiscard]] Rule clientCertificateRejectedRule();
[[nodiscard]] Rule clientCertificateUnusableRule();
[[nodiscard]] Rule oauthInvalidClientRule();
[[nodiscard]] Rule oauthInvalidGrantRule();
[[nodiscard]] Rule oauthInvalidScopeRule();
[[nodiscard]] Rule oauthInvalidRequestRule();
[[nodiscard]] Rule oauthResponseNotATokenRule();
[[nodiscard]] Rule apiKeyRejectedRule();
[[nodiscard]] Rule negotiateNoTicketRule();
[[nodiscard]] Rule negotiateServiceKeyRule();
[[nodiscard]] Rule ntlmConnectionNotKeptRule();
[[nodiscard]] Rule tokenExpiredRule();
[[nodiscard]] Rule tokenNotYetValidRule();
[[nodiscard]] Rule clockSkewRule();
[[nodiscard]] Rule tokenRevokedRule();
[[nodiscard]] Rule sessionExpiredRule();
[[nodiscard]] Rule nonceReusedRule();
[[nodiscard]] Rule digestStaleNonceRule();
[[nodiscard]] Rule staleCookieRule();
[[nodiscard]] Rule cachedRefusalRule();
[[nodiscard]] Rule sessionCookieMissingRule();
[[nodiscard]] Rule cookieNotSentRule();
[[nodiscard]] Rule csrfTokenMissingRule();
[[nodiscard]] Rule oauthUserInteractionRule();
[[nodiscard]] Rule permissionDeniedRule();
[[nodiscard]] Rule insufficientScopeRule();
[[nodiscard]] Rule forbiddenRegardlessRule();
[[nodiscard]] Rule ssoRequiredRule();
[[nodiscard]] Rule accountLockedRule();
[[nodiscard]] Rule addressNotAllowedRule();
[[nodiscard]] Rule rateLimitedRule();
[[nodiscard]] Rule preflightRefusedRule();
[[nodiscard]] Rule corsNotAllowedRule();
[[nodiscard]] Rule denialHiddenAs404Rule();
[[nodiscard]] Rule intermittentRule();
[[nodiscard]] Rule errorMaskedRule();
[[nodiscard]] Rule unknownRouteRule();
[[nodiscard]] Rule issuerNotConfiguredRule();
[[nodiscard]] Rule notAuthenticationRule();

} // namespace realmscope
