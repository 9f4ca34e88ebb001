// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/probes/Probe.h"

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

// A server that refuses without a challenge does not say which scheme word it looks for. The same token once behind the
// other usual one shows it; a password is never sent so.
std::optional<RunJob> planOtherScheme(const Facts &facts, const RunJob &job)
{
    const AuthorizationLine *line = facts.authorization();
    const bool isToken = line && (line->is("Bearer") || line->is("Token") || line->is("JWT"));
    if (!isToken || facts.authorizations.size() > 1 || facts.status != 401 || !facts.challenges.challenges.isEmpty()
        || facts.response().headers.contains("WWW-Authenticate") || !facts.sameAsAnonymous() || facts.fromCache || facts.saysRejected())
        return std::nullopt;
    const QByteArray other = !line->is("Bearer") ? QByteArray("Bearer") : line->jwt ? QByteArray("JWT") : QByteArray("Token");
    Request request = sentRequest(facts);
    request.headers.set("Authorization", other + ' ' + line->credentials, line->field.source);
    return probeJob(job, request);
}

QString concludeOtherScheme(const Facts &, const ProbeFact &answer)
{
    const HeaderField *field = answer.answer->request.headers.find("Authorization");
    const QString word = field ? QString::fromLatin1(readAuthorization(*field).scheme) : QString();
    if (answer.status() >= 200 && answer.status() < 400)
        return u"With the word %1 the same token is accepted (%2)."_s.arg(word).arg(answer.status());
    return u"With the word %1 the answer is %2: the scheme word is not the matter."_s.arg(word).arg(answer.status());
}

} // namespace

Probe otherSchemeProbe()
{
    return {u"other-scheme"_s, u"Send the token once behind another scheme word"_s, u"Whether the server looks for another scheme word, such as Token or JWT."_s,
            u"the same token, 1 time, safe"_s, true, ProbeConsent::NotNeeded, planOtherScheme, concludeOtherScheme};
}

} // namespace realmscope
