// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/auth/AuthScheme.h"

namespace realmscope::test {

// Begins the flow of a scheme with the parts of a test's fixture (request, values, clock, random, memory).
template <typename Fixture>
[[nodiscard]] std::unique_ptr<AuthFlow> startFlow(const AuthScheme &scheme, Fixture &fixture, bool proxy = false, const QString &proxyHost = {})
{
    AuthContext context;
    context.request = fixture.request;
    context.values = fixture.values;
    context.clock = &fixture.clock;
    context.random = &fixture.random;
    context.memory = &fixture.memory;
    context.proxy = proxy;
    context.proxyHost = proxyHost;
    return scheme.start(std::move(context));
}

} // namespace realmscope::test
