// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/auth/AuthScheme.h"

#include <optional>

namespace realmscope {

// The flow of the schemes that need no answer of the server: one Send, then Done.
class OneShotFlow final : public AuthFlow
{
public:
    explicit OneShotFlow(SendStep step) : m_step(std::move(step)) {}
    explicit OneShotFlow(Error error) : m_error(std::move(error)) {}

    Step next(const Exchange *last) override
    {
        if (m_error)
            return FailedStep{*m_error};
        if (last)
            return DoneStep{};
        return m_step;
    }

private:
    SendStep m_step;
    std::optional<Error> m_error;
};

} // namespace realmscope
