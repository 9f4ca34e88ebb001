// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/probes/Probe.h"

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

// Names that a page may set without asking (Fetch Standard section 2.2.2), or that the browser sets itself.
bool isAskedFor(const HeaderField &field)
{
    static constexpr std::array free{"accept",          "accept-language", "content-language", "host",
                                     "origin",          "referer",         "user-agent",       "cookie",
                                     "accept-encoding", "connection",      "content-length",   "range"};
    const QByteArray name = field.name.toLower();
    return !name.startsWith("sec-") &&
           std::ranges::none_of(free, [&](const char *known) { return name == known; });
}

std::optional<RunJob> planPreflight(const Facts &facts, const RunJob &job)
{
    const HeaderField *origin = facts.request().headers.find("Origin");
    const bool wasAsked = std::ranges::any_of(facts.trace.exchanges, [](const Exchange &exchange) {
        return exchange.role == ExchangeRole::Preflight;
    });
    if (!origin || facts.isPreflight() || wasAsked)
        return std::nullopt;
    QByteArrayList names;
    for (const HeaderField &field : sentRequest(facts).headers) {
        if (isAskedFor(field) && !names.contains(field.name.toLower()))
            names.append(field.name.toLower());
    }
    std::ranges::sort(names);
    Request request = withoutCredentials(facts);
    for (const QByteArray &name : names)
        request.headers.remove(name);
    request.headers.set("Access-Control-Request-Method", facts.request().method, HeaderSource::Default);
    if (!names.isEmpty())
        request.headers.set("Access-Control-Request-Headers", names.join(','), HeaderSource::Default);
    request.method = "OPTIONS";
    return probeJob(job, request);
}

QString concludePreflight(const Facts &facts, const ProbeFact &answer)
{
    if (answer.status() == 401 || answer.status() == 403)
        return u"The browser's question in advance (OPTIONS) gets %1: a browser would never send the request itself."_s
            .arg(answer.status());
    const QByteArray allowed = answer.answer->response.headers.value("Access-Control-Allow-Origin").trimmed();
    if (answer.status() / 100 == 2 &&
        (allowed == "*" || allowed == facts.request().headers.value("Origin").trimmed()))
        return u"The browser's question in advance (OPTIONS) is answered and allows this site."_s;
    return u"The browser's question in advance (OPTIONS) gets %1, without permission for this site: a browser would stop there."_s
        .arg(answer.status());
}

} // namespace

Probe preflightProbe()
{
    return {u"preflight"_s,
            u"Ask as a browser would, with OPTIONS"_s,
            u"Whether a browser would be allowed to send this request from the page's site."_s,
            u"OPTIONS with Origin, without a credential, safe"_s,
            false,
            ProbeConsent::NotNeeded,
            planPreflight,
            concludePreflight};
}

} // namespace realmscope
