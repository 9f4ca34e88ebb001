// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/diagnosis/Facts.h"

namespace realmscope {

// What a probe may not do without the user's word.
enum class ProbeConsent {
    NotNeeded,
    AnotherAttempt, // in the server's eyes another attempt to sign in
    AroundProxy,    // leaves by a way that the user did not choose
    ByHand,         // never in a row of probes
};

// One extra, safe request whose answer tells causes apart. A value, made by one factory a file and listed in
// Probes.cpp.
struct Probe
{
    QString id;       // "anonymous"
    QString title;    // "Send once without credentials"
    QString why;      // what it would tell apart
    QString request;  // "GET, 1 request, safe"
    bool repeatsCredential = false; // sends the same credential once more: at most one of these a diagnosis
    ProbeConsent consent = ProbeConsent::NotNeeded;
    // The request; nullopt when it would tell nothing here.
    std::optional<RunJob> (*plan)(const Facts &facts, const RunJob &job) = nullptr;
    QString (*conclude)(const Facts &facts, const ProbeFact &answer) = nullptr; // one sentence, plain
};

[[nodiscard]] const QList<Probe> &allProbes(); // the most telling first
[[nodiscard]] const Probe *findProbe(const QString &id);

// The job that sends this request as a probe: settings of the original, no credential of its own, no redirects.
[[nodiscard]] RunJob probeJob(const RunJob &job, const Request &request);
void dropClientCertificate(RunJob &probe);
// The final request as it was before a proxy had a part in it: without the proxy's credential and absolute form (RFC 9112
// section 3.2.2), which come anew where it goes through the proxy again.
[[nodiscard]] Request sentRequest(const Facts &facts);
// The same without any credential: Authorization, keys, cookies, userinfo.
[[nodiscard]] Request withoutCredentials(const Facts &facts);
// A token or a key. A password is never sent once more, and an answer to a challenge or a signature is good only once.
[[nodiscard]] bool mayRepeatCredential(const Facts &facts);
[[nodiscard]] bool hasOnlyCertificate(const Facts &facts); // a client certificate was offered, and no other credential sent

[[nodiscard]] Probe anonymousProbe();
[[nodiscard]] Probe withoutCookiesProbe();
[[nodiscard]] Probe noCacheProbe();
[[nodiscard]] Probe canonicalCaseProbe();
[[nodiscard]] Probe otherSchemeProbe();
[[nodiscard]] Probe otherPlaceProbe();
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
[[nodiscard]] Probe withoutCertificateProbe();
[[nodiscard]] Probe directProbe();

} // namespace realmscope
