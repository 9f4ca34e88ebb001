// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/auth/AuthScheme.h"

namespace realmscope {

// One factory a file in this folder; SchemeRegistry.cpp lists them.
[[nodiscard]] std::unique_ptr<AuthScheme> makeNoneScheme();
[[nodiscard]] std::unique_ptr<AuthScheme> makeBasicScheme();
[[nodiscard]] std::unique_ptr<AuthScheme> makeBearerScheme();
[[nodiscard]] std::unique_ptr<AuthScheme> makeApiKeyScheme();
[[nodiscard]] std::unique_ptr<AuthScheme> makeDigestScheme();
[[nodiscard]] std::unique_ptr<AuthScheme> makeScramScheme();
[[nodiscard]] std::unique_ptr<AuthScheme> makeSessionLoginScheme();
[[nodiscard]] std::unique_ptr<AuthScheme> makeSigV4Scheme();
[[nodiscard]] std::unique_ptr<AuthScheme> makeNetrcScheme();
[[nodiscard]] std::unique_ptr<AuthScheme> makeNtlmScheme();
[[nodiscard]] std::unique_ptr<AuthScheme> makeNegotiateScheme();
[[nodiscard]] std::unique_ptr<AuthScheme> makeOAuth1Scheme();
[[nodiscard]] std::unique_ptr<AuthScheme> makeOAuth2Scheme();
[[nodiscard]] std::unique_ptr<AuthScheme> makeDpopScheme();
[[nodiscard]] std::unique_ptr<AuthScheme> makeHawkScheme();
[[nodiscard]] std::unique_ptr<AuthScheme> makeJwtScheme();
[[nodiscard]] std::unique_ptr<AuthScheme> makeMessageSignatureScheme();
[[nodiscard]] std::unique_ptr<AuthScheme> makeCavageScheme();
[[nodiscard]] std::unique_ptr<AuthScheme> makeEdgeGridScheme();
[[nodiscard]] std::unique_ptr<AuthScheme> makeAsapScheme();
[[nodiscard]] std::unique_ptr<AuthScheme> makeVapidScheme();
[[nodiscard]] std::unique_ptr<AuthScheme> makeWsseScheme();
[[nodiscard]] std::unique_ptr<AuthScheme> makeAnyScheme();
[[nodiscard]] std::unique_ptr<AuthScheme> makeClientCertificateScheme();
[[nodiscard]] std::unique_ptr<AuthScheme> makeConcealedScheme();

} // namespace realmscope
