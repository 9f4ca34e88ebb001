// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/probes/Probe.h"

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

// The folder of the request's path, and in it a name that nobody gives.
QByteArray missingPath(const QByteArray &path)
{
    return path.left(path.lastIndexOf('/') + 1) + "no-such-path-for-realmscope-8d1f4b";
}

std::optional<RunJob> planOtherPath(const Facts &facts, const RunJob &job)
{
    if ((facts.status != 401 && facts.status != 403) || facts.isPreflight() || !facts.sameAsAnonymous())
        return std::nullopt;
    Request request = withoutCredentials(facts);
    request.url.path = request.url.path.isEmpty() ? QByteArray("/") : request.url.path;
    request.url.path = missingPath(request.url.path);
    request.url.query.reset();
    request.target.clear();
    return probeJob(job, request);
}

QString concludeOtherPath(const Facts &facts, const ProbeFact &answer)
{
    if (answer.status() == 404)
        return u"A path that does not exist gets 404: the refusal is about this path."_s;
    if (answer.status() == facts.status)
        return u"A path that does not exist gets %1 as well: the server refuses before it looks whether there is something."_s
            .arg(facts.status);
    return u"inconclusive: a path that does not exist gets %1"_s.arg(answer.status());
}

} // namespace

Probe otherPathProbe()
{
    return {u"other-path"_s,
            u"Ask for a path that does not exist"_s,
            u"Whether the refusal is about this path, or comes for every path."_s,
            u"GET of a made-up path beside it, without a credential, safe"_s,
            false,
            ProbeConsent::NotNeeded,
            planOtherPath,
            concludeOtherPath};
}

} // namespace realmscope
