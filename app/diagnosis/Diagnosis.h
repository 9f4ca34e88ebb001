// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/diagnosis/Finding.h"

namespace realmscope {

enum class OutcomeKind { Accepted, Unauthorized, Forbidden, ProxyAuthentication, LoginRedirect, LoginPage,
                         HiddenDenial, RateLimited, NotAuthentication, ConnectionFailed };
[[nodiscard]] QString outcomeKindId(OutcomeKind kind); // "accepted", "proxy-authentication", …

struct Outcome
{
    int status = 0;
    OutcomeKind kind = OutcomeKind::NotAuthentication;
    QString url;     // redacted
    QString method;
    [[nodiscard]] bool isRefusal() const;
};

enum class StepVerdict { Passed, Problem, CantTell, NeedsYou, NotRun };
[[nodiscard]] QString stepVerdictId(StepVerdict verdict);

struct ChecklistItem
{
    ChecklistStep step = ChecklistStep::Sent;
    StepVerdict verdict = StepVerdict::NotRun;
    QString note; // one sentence: why this verdict
};

struct ProbeRecord
{
    QString id;          // "anonymous"
    int exchange = -1;   // index in the trace
    QString why;         // what it tells apart
    QString concluded;   // what it showed; "inconclusive: …" is a result
};

// What Diagnoser has to say about a trace.
struct Diagnosis
{
    Outcome outcome;
    QString summary;               // one sentence
    QList<Finding> findings;       // causes first, most probable first; notes after them
    QList<ChecklistItem> checklist; // always nine
    QList<ProbeRecord> probes;

    [[nodiscard]] const Finding *primary() const; // first cause, or null
};

} // namespace realmscope
