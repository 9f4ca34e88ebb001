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
        list.push_back(makeAnyScheme());
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
