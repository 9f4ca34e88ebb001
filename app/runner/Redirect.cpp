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
    if (!location)
        return notFollowed(u"the redirect has no Location"_s);
    if (location->value.trimmed().isEmpty())
        return notFollowed(u"the Location is empty"_s);
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

    const QList<QByteArray> locations = response.headers.values("Location");
    if (std::ranges::any_of(locations, [&](const QByteArray &other) { return other != location->value; }))
        decision.decisions.append({DecisionKind::Note, u"there are %1 Location lines that differ; the first was taken"_s.arg(locations.size())});
    if (target->userInfo)
        decision.decisions.append({DecisionKind::Note, u"the Location holds a user name, which is not used: a server does not choose the credential"_s});
    if (request.url.isSecure() && !target->isSecure())
        decision.decisions.append({DecisionKind::Note, u"the redirect leads from https to http: what is sent can be read on the way"_s});

    // RFC 9110 sections 15.4.2 to 15.4.4: the historic change of POST to GET, and See Other.
    const bool isPost = request.method == "POST";
    const bool becomesGet = (response.status == 303 && request.method != "GET" && request.method != "HEAD"
                             && !(isPost && settings.keepPost303))
        || (response.status == 301 && isPost && !settings.keepPost301)
        || (response.status == 302 && isPost && !settings.keepPost302);
    if (becomesGet) {
        decision.next.body.clear();
        decision.next.streamedBody.reset();
        // RFC 9110 section 15.4 names what describes the content that is gone.
        for (const char *name : {"Content-Encoding", "Content-Language", "Content-Location", "Content-Type", "Content-Length",
                                 "Digest", "Content-Digest", "Last-Modified", "Transfer-Encoding", "Expect"})
            decision.next.headers.remove(name);
        const QString method = QString::fromUtf8(request.method);
        if (settings.keepMethod) {
            decision.decisions.append({DecisionKind::Note,
                                       u"the method stays %1 as it was written (curl -X), but the body goes: %2 asks for GET"_s.arg(method).arg(response.status)});
        } else {
            decision.next.method = "GET"_ba;
            decision.decisions.append({DecisionKind::MethodChanged,
                                       u"%1 became GET without a body, as %2 asks for"_s.arg(method).arg(response.status)});
        }
    }
    const HeaderField *host = decision.next.headers.find("Host");
    if (host && (decision.crossOrigin || host->source != HeaderSource::User))
        decision.next.headers.set("Host"_ba, target->hostHeader(), HeaderSource::Default);
    if (decision.crossOrigin && !settings.locationTrusted)
        dropCredentials(decision, from, to, credentialHeaders);
    return decision;
}

} // namespace realmscope
