// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/diagnosis/Facts.h"

namespace realmscope {

// One extra, safe request whose answer tells causes apart. A value, made by one factory a file and listed in
// Probes.cpp.
struct Probe
{
    QString id;       // "anonymous"
    QString title;    // "Send once without credentials"
    QString why;      // what it would tell apart
    QString request;  // "GET, 1 request, safe"
    bool repeatsCredential = false; // sends the same credential once more: at most one of these a diagnosis
    bool optIn = false;             // never sent unless the user asks
    // The request; nullopt when it would tell nothing here.
    std::optional<RunJob> (*plan)(const Facts &facts, const RunJob &job) = nullptr;
    QString (*conclude)(const Facts &facts, const ProbeFact &answer) = nullptr; // one sentence, plain
};

[[nodiscard]] const QList<Probe> &allProbes(); // the most telling first
[[nodiscard]] const Probe *findProbe(const QString &id);

// The job that sends this request as a probe: settings of the original, no credential of its own, no redirects.
[[nodiscard]] RunJob probeJob(const RunJob &job, const Request &request);
// The final request without any credential: Authorization, keys, cookies, userinfo.
[[nodiscard]] Request withoutCredentials(const Facts &facts);

[[nodiscard]] Probe anonymousProbe();
[[nodiscard]] Probe withoutCookiesProbe();
[[nodiscard]] Probe noCacheProbe();
[[nodiscard]] Probe canonicalCaseProbe();
[[nodiscard]] Probe otherSchemeProbe();
[[nodiscard]] Probe redirectTargetProbe();
[[nodiscard]] Probe clockProbe();
[[nodiscard]] Probe garbageProbe();
[[nodiscard]] Probe discoveryProbe();
[[nodiscard]] Probe jwksProbe();
[[nodiscard]] Probe userinfoProbe();
[[nodiscard]] Probe introspectionProbe();
[[nodiscard]] Probe otherPathProbe();
[[nodiscard]] Probe preflightProbe();
[[nodiscard]] Probe repeatProbe();
[[nodiscard]] Probe http1Probe();
[[nodiscard]] Probe otherCharsetProbe();

} // namespace realmscope
