// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/base/Encoding.h"
#include "app/diagnosis/Placement.h"
#include "app/diagnosis/probes/Probe.h"

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

// A token or key once where the server says that it looks. A password has its place, and is never sent so.
std::optional<RunJob> planOtherPlace(const Facts &facts, const RunJob &job)
{
    const SentCredential *sent = placedCredential(facts);
    if (!sent || (facts.status != 401 && facts.status != 403) || facts.differsFromAnonymous() || facts.saysRejected() || facts.fromCache
        || !facts.errorCode.isEmpty() || !mayRepeatCredential(facts) || facts.credentials.size() != 1)
        return std::nullopt;
    const std::optional<Placement> place = wantedPlacement(facts);
    if (!place || place->place == u"cookie"_s)
        return std::nullopt;
    const bool isAuthorization = equalsIgnoreCase(place->name, "Authorization");
    // Only where a key is usual: the server's words must not make this program write any header they like.
    if (isAuthorization ? !facts.offers("Bearer") : !looksLikeApiKeyName(place->name))
        return std::nullopt;
    const QByteArray value = sent->place == CredentialPlace::Authorization ? facts.authorizations.first().credentials : sent->value;
    Request request = withoutCredentials(facts);
    if (place->place == u"header"_s)
        request.headers.set(place->name, isAuthorization ? "Bearer " + value : value, sent->source);
    else
        request.url.query = (request.url.query ? *request.url.query + '&' : QByteArray()) + place->name + '=' + percentEncode(value);
    if (place->place != u"header"_s)
        request.target.clear();
    return probeJob(job, request);
}

QString concludeOtherPlace(const Facts &facts, const ProbeFact &answer)
{
    const std::optional<Placement> place = wantedPlacement(facts);
    const QString where = place ? u"the %1 %2"_s.arg(QString::fromUtf8(place->name), place->place) : u"another place"_s;
    if (answer.status() >= 200 && answer.status() < 300)
        return u"In %1 the same credential is accepted (%2)."_s.arg(where).arg(answer.status());
    return u"In %1 the answer is %2 %3: its place is not the matter, or not the only one."_s.arg(where).arg(answer.status())
        .arg(answer.status() == facts.status ? u"too"_s : u"instead"_s);
}

} // namespace

Probe otherPlaceProbe()
{
    return {u"other-place"_s,
            u"Send the key once where the server looks for it"_s,
            u"Whether the credential only stood in the wrong place."_s,
            u"the same token or key, 1 time, safe; never a password"_s,
            true,
            ProbeConsent::NotNeeded,
            planOtherPlace,
            concludeOtherPlace};
}

} // namespace realmscope
