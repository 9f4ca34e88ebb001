// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/SchemeRegistry.h"

#include "app/auth/schemes/Schemes.h"

#include <algorithm>

namespace realmscope {

const std::vector<std::unique_ptr<AuthScheme>> &allSchemes()
{
    static const std::vector<std::unique_ptr<AuthScheme>> schemes = [] {
        std::vector<std::unique_ptr<AuthScheme>> list;
        list.push_back(makeNoneScheme());
        list.push_back(makeBasicScheme());
        list.push_back(makeBearerScheme());
        list.push_back(makeApiKeyScheme());
        list.push_back(makeDigestScheme());
        list.push_back(makeScramScheme());
        list.push_back(makeOAuth2Scheme());
        list.push_back(makeNegotiateScheme());
        list.push_back(makeNtlmScheme());
        list.push_back(makeAnyScheme());
        list.push_back(makeNetrcScheme());
        list.push_back(makeSessionLoginScheme());
        list.push_back(makeClientCertificateScheme());
        list.push_back(makeConcealedScheme());
        list.push_back(makeSigV4Scheme());
        list.push_back(makeOAuth1Scheme());
        list.push_back(makeHawkScheme());
        list.push_back(makeJwtScheme());
        list.push_back(makeDpopScheme());
        list.push_back(makeMessageSignatureScheme());
        list.push_back(makeCavageScheme());
        list.push_back(makeEdgeGridScheme());
        list.push_back(makeAsapScheme());
        list.push_back(makeVapidScheme());
        list.push_back(makeWsseScheme());
        return list;
    }();
    return schemes;
}

const AuthScheme *findScheme(const QString &id)
{
    const auto &schemes = allSchemes();
    const auto it = std::ranges::find_if(schemes, [&](const auto &scheme) { return scheme->id() == id; });
    return it == schemes.end() ? nullptr : it->get();
}

} // namespace realmscope
