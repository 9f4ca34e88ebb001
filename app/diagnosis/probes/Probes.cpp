// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/probes/Probe.h"
#include "app/diagnosis/rules/Rule.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

const QList<Probe> &allProbes()
{
    static const QList<Probe> probes{anonymousProbe(),     withoutCertificateProbe(), noCacheProbe(),        withoutCookiesProbe(),
                                     canonicalCaseProbe(), otherPlaceProbe(),         otherSchemeProbe(),    redirectTargetProbe(),
                                     discoveryProbe(),     jwksProbe(),               userinfoProbe(),       introspectionProbe(),
                                     preflightProbe(),     otherPathProbe(),          http1Probe(),          repeatProbe(),
                                     clockProbe(),         directProbe(),             garbageProbe(),        otherCharsetProbe()};
    return probes;
}

const Probe *findProbe(const QString &id)
{
    const QList<Probe> &probes = allProbes();
    const auto found = std::ranges::find_if(probes, [&](const Probe &probe) { return probe.id == id; });
    return found == probes.end() ? nullptr : &*found;
}

RunJob probeJob(const RunJob &job, const Request &request)
{
    RunJob probe;
    probe.spec.settings = job.spec.settings;
    probe.spec.settings.followRedirects = false;
    probe.prepared = request;
    probe.proxyCredential = job.proxyCredential;
    probe.proxyEnvironment = job.proxyEnvironment;
    probe.clientKeyPassphrase = job.clientKeyPassphrase;
    if (const RunCredential *certificate = clientCertificateOf(job))
        probe.clientCertificate = *certificate;
    probe.role = ExchangeRole::Probe;
    return probe;
}

void dropClientCertificate(RunJob &probe)
{
    probe.spec.settings.clientCertificateFile.clear();
    probe.spec.settings.clientKeyFile.clear();
    probe.clientCertificate.reset();
}

Request sentRequest(const Facts &facts)
{
    Request request = facts.request();
    if (facts.final->connection.proxy.isEmpty())
        return request;
    if (request.target == "http://" + request.url.hostHeader() + request.url.requestTarget())
        request.target.clear();
    const HeaderField *credential = request.headers.find("Proxy-Authorization");
    if (credential && credential->source != HeaderSource::User)
        request.headers.remove("Proxy-Authorization");
    return request;
}

Request withoutCredentials(const Facts &facts)
{
    Request request = sentRequest(facts);
    request.url.userInfo.reset();
    request.headers.remove("Cookie");
    request.headers.remove("Authorization");
    for (const SentCredential &sent : facts.credentials) {
        if (sent.place == CredentialPlace::Header)
            request.headers.remove(sent.name);
        if (sent.place != CredentialPlace::Query)
            continue;
        QByteArray query;
        for (const QByteArray &item : request.url.query.value_or(QByteArray()).split('&')) {
            const QList<NamedValue> named = splitForm(item);
            if (!named.isEmpty() && named.first().name == sent.name)
                continue;
            query += (query.isEmpty() ? "" : "&") + item;
        }
        request.url.query = query.isEmpty() ? std::nullopt : std::optional<QByteArray>(query);
        request.target.clear();
    }
    return request;
}

bool mayRepeatCredential(const Facts &facts)
{
    return !facts.request().url.userInfo && std::ranges::all_of(facts.authorizations, [](const AuthorizationLine &line) {
        return line.is("Bearer") || line.is("Token") || line.is("JWT");
    });
}

bool hasOnlyCertificate(const Facts &facts)
{
    return !facts.credentials.isEmpty() && std::ranges::all_of(facts.credentials, [](const SentCredential &sent) {
        return sent.place == CredentialPlace::Certificate;
    });
}

namespace {

// Signs that any further request does harm: a limit, a lockout, a wish to be left alone.
bool mustStop(const Facts &facts)
{
    if (facts.says(lockoutWords()))
        return true;
    return std::ranges::any_of(facts.trace.exchanges, [](const Exchange &exchange) {
        const QByteArray denied = exchange.response.headers.value("X-Authentication-Denied-Reason");
        // One or two requests left: they are the user's.
        const bool isNearLimit = std::ranges::any_of(exchange.response.headers, [](const HeaderField &field) {
            static const QList<QByteArray> names{"x-ratelimit-remaining", "ratelimit-remaining", "x-rate-limit-remaining"};
            bool ok = false;
            const int left = field.value.trimmed().split(',').first().toInt(&ok);
            return ok && left <= 2 && names.contains(field.name.toLower());
        });
        return exchange.response.status == 429 || exchange.response.headers.contains("Retry-After") || !denied.isEmpty() || isNearLimit;
    });
}

bool isSafeToRepeat(const Facts &facts)
{
    const QByteArray method = facts.request().method;
    return (method == "GET" || method == "HEAD" || method == "OPTIONS") && facts.request().body.isEmpty();
}

// The server broke the handshake off, or the connection right after it, having been offered a certificate.
bool isCertificateRefused(const Facts &facts)
{
    return facts.status == 0 && facts.final->tls && facts.final->tls->clientCertificateOffered && !facts.final->tls->alert.isEmpty();
}

} // namespace

QList<ProbePlan> planProbes(const Trace &trace, const Diagnosis &diagnosis, const RunJob &job,
                            const DiagnosisContext &context)
{
    const Facts facts(trace, context);
    const Finding *primary = diagnosis.primary();
    const bool isRateLimited = primary && (primary->cause == u"rate-limited" || primary->cause == u"account-locked");
    if (!facts.final || (!diagnosis.outcome.isRefusal() && !isCertificateRefused(facts)) || !isSafeToRepeat(facts) || isRateLimited || mustStop(facts))
        return {};
    if (primary && primary->verdict == Verdict::Proven)
        return {};
    const bool hasRepeated = std::ranges::any_of(trace.exchanges, [](const Exchange &exchange) {
        const Probe *probe = exchange.role == ExchangeRole::Probe ? findProbe(exchange.probeId) : nullptr;
        return probe && probe->repeatsCredential;
    });
    QList<ProbePlan> plans;
    for (const Probe &probe : allProbes()) {
        const bool wasRun = std::ranges::any_of(
            trace.exchanges, [&](const Exchange &exchange) { return exchange.probeId == probe.id; });
        const bool isRepetition = probe.repeatsCredential && probe.consent != ProbeConsent::AroundProxy;
        if (wasRun || (isRepetition && hasRepeated) || (isCertificateRefused(facts) && probe.id != u"without-certificate"))
            continue;
        std::optional<RunJob> planned = probe.plan(facts, job);
        if (!planned)
            continue;
        planned->probeId = probe.id;
        planned->label = u"probe: "_s + probe.title;
        planned->role = ExchangeRole::Probe;
        plans.append({probe.id, probe.title, probe.why, probe.request, *planned});
    }
    return plans;
}

} // namespace realmscope
