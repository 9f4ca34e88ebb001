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

// Where a trace comes from that another program recorded, and what that leaves open.
struct Recording
{
    QString source;      // "session.har, saved by Firefox 132.0"
    int entry = -1;      // index in the file
    int entries = 0;
    QStringList others;  // the other refused entries, one line each
    QStringList limits;  // what the recording cannot tell, one sentence each
    bool mayLackCredentials = false; // they may have been sent, and left out of the file
};

// A server's log that was looked at.
struct LogSummary
{
    QString name;
    QString format;      // "error log of Apache httpd"
    int entries = 0;
    QStringList matches; // entries that belong to the request, shortened
    QString note;        // when there are none: why that may be
};

// What Diagnoser has to say about a trace.
struct Diagnosis
{
    Outcome outcome;
    QString summary;               // one sentence
    QList<Finding> findings;       // causes first, most probable first; notes after them
    QList<ChecklistItem> checklist; // always nine
    QList<ProbeRecord> probes;
    std::optional<Recording> recording;
    QList<LogSummary> logs;

    [[nodiscard]] const Finding *primary() const; // first cause, or null
};

} // namespace realmscope
