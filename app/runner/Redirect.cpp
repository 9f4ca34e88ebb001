// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/base/Encoding.h"
#include "app/credentials/Redactor.h"
#include "app/runner/Runner.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

bool isRedirect(int status) { return status == 301 || status == 302 || status == 303 || status == 307 || status == 308; }

// What a redirect to another origin must not carry: RFC 9110 section 15.4 names Authorization, Cookie and
// Proxy-Authorization, and asks for the same with every header that holds a credential.
void dropCredentials(RedirectDecision &decision, const Origin &from, const Origin &to,
                     const QList<QByteArray> &credentialHeaders)
{
    Headers kept;
    for (const HeaderField &field : decision.next.headers) {
        const bool isNamed = std::ranges::any_of(credentialHeaders, [&](const QByteArray &name) { return field.is(name); });
        if (!isNamed && !Redactor::isCredentialHeader(field.name)) {
            kept.append(field);
            continue;
        }
        decision.decisions.append({DecisionKind::CredentialWithheld,
                                   u"%1 was withheld: the redirect leads from %2 to another origin, %3"_s.arg(
                                       QString::fromUtf8(field.name), from.toString(), to.toString())});
    }
    decision.next.headers = kept;
}

} // namespace

RedirectDecision decideRedirect(const Request &request, const Response &response, const RequestSettings &settings,
                                int redirectsSoFar, const QList<QByteArray> &credentialHeaders)
{
    RedirectDecision decision;
    if (!isRedirect(response.status))
        return decision;
    const auto notFollowed = [&](const QString &why) {
        decision.decisions.append({DecisionKind::RedirectNotFollowed, why});
        return decision;
    };
    const HeaderField *location = response.headers.find("Location");
    if (!location || location->value.isEmpty())
        return notFollowed(u"the redirect has no Location"_s);
    const Result<Url> target = request.url.resolve(location->value);
    if (!target)
        return notFollowed(u"the Location can't be followed: %1"_s.arg(target.error().message));
    if (!settings.followRedirects)
        return notFollowed(u"the settings of this request do not follow redirects"_s);
    if (redirectsSoFar >= settings.maxRedirects)
        return notFollowed(u"the limit of %1 redirects was reached"_s.arg(settings.maxRedirects));

    decision.follow = true;
    decision.next = request;
    decision.next.url = *target;
    decision.next.url.userInfo.reset(); // a server does not choose our credentials
    decision.next.target.clear();
    if (!decision.next.url.fragment)
        decision.next.url.fragment = request.url.fragment; // RFC 9110 section 10.2.2
    const Origin from = request.url.origin();
    const Origin to = target->origin();
    decision.crossOrigin = !(from == to);
    decision.decisions.append({DecisionKind::RedirectFollowed,
                               decision.crossOrigin ? u"followed to another origin, %1"_s.arg(to.toString())
                                                    : u"followed on the same origin"_s});

    if (request.url.isSecure() && !target->isSecure())
        decision.decisions.append({DecisionKind::Note, u"the redirect leads from https to http: what is sent can be read on the way"_s});

    // RFC 9110 sections 15.4.2 to 15.4.4: the historic change of POST to GET, and See Other.
    const bool becomesGet = (response.status == 303 && request.method != "GET" && request.method != "HEAD")
        || ((response.status == 301 || response.status == 302) && request.method == "POST");
    if (becomesGet) {
        decision.next.method = "GET"_ba;
        decision.next.body.clear();
        decision.next.streamedBody.reset();
        for (const char *name : {"Content-Length", "Content-Type", "Content-Encoding", "Transfer-Encoding", "Content-Language", "Expect"})
            decision.next.headers.remove(name);
        decision.decisions.append({DecisionKind::MethodChanged,
                                   u"%1 became GET without a body, as %2 asks for"_s.arg(
                                       QString::fromUtf8(request.method)).arg(response.status)});
    }
    const HeaderField *host = decision.next.headers.find("Host");
    if (host && (decision.crossOrigin || host->source != HeaderSource::User))
        decision.next.headers.set("Host"_ba, target->hostHeader(), HeaderSource::Default);
    if (decision.crossOrigin && !settings.locationTrusted)
        dropCredentials(decision, from, to, credentialHeaders);
    return decision;
}

} // namespace realmscope
