// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/Outcome.h"

#include "app/cli/Cli.h"

namespace realmscope {

int exitStatusFor(const Trace &trace, const Diagnosis &diagnosis)
{
    switch (diagnosis.outcome.kind) {
    case OutcomeKind::Accepted:
        return ExitStatus::Accepted;
    case OutcomeKind::ConnectionFailed:
        // Nothing was sent because the request or the profile was wrong: that is no failure of the network.
        return trace.error && trace.exchanges.isEmpty() ? ExitStatus::Failed : ExitStatus::NoAnswer;
    default:
        break;
    }
    if (trace.error && !trace.final())
        return ExitStatus::Failed;
    const Finding *cause = diagnosis.primary();
    return cause && cause->verdict != Verdict::Possible ? ExitStatus::RefusedKnown : ExitStatus::RefusedUnclear;
}

std::optional<Error> failureOf(const Trace &trace)
{
    if (trace.error)
        return trace.error;
    const Exchange *final = trace.final();
    return final && !final->hasResponse() ? final->error : std::nullopt;
}

} // namespace realmscope
