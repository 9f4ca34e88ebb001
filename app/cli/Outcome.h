// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/diagnosis/Diagnosis.h"

namespace realmscope {

// The exit status for what a diagnosis says.
[[nodiscard]] int exitStatusFor(const Trace &trace, const Diagnosis &diagnosis);

// What the trace's end has to say to a person, when there is no answer: why nothing was sent, or what failed on the
// wire. Null when there is an answer.
[[nodiscard]] std::optional<Error> failureOf(const Trace &trace);

} // namespace realmscope
