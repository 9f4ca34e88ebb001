// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/base/Encoding.h"
#include "app/diagnosis/probes/Probe.h"

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

// The same letters in the other encoding are other bytes: for the server, a second password. So only when
// asked for.
std::optional<RunJob> planOtherCharset(const Facts &facts, const RunJob &job)
{
    const AuthorizationLine *line = facts.authorization();
    if (!line || !line->basic || !line->basic->hasColon || facts.status != 401)
        return std::nullopt;
    const QByteArray pair = line->basic->decoded;
    const QByteArray twin =
        isValidUtf8(pair) ? QString::fromUtf8(pair).toLatin1() : QString::fromLatin1(pair).toUtf8();
    const bool isLossless = isValidUtf8(pair) ? QString::fromLatin1(twin).toUtf8() == pair : true;
    if (twin == pair || !isLossless)
        return std::nullopt;
    Request request = sentRequest(facts);
    request.headers.set("Authorization", "Basic " + twin.toBase64(), line->field.source);
    return probeJob(job, request);
}

QString concludeOtherCharset(const Facts &, const ProbeFact &answer)
{
    if (answer.status() >= 200 && answer.status() < 300)
        return u"In the other encoding the same letters are accepted (%1)."_s.arg(answer.status());
    return u"In the other encoding the answer is %1: the encoding is not the matter."_s.arg(answer.status());
}

} // namespace

Probe otherCharsetProbe()
{
    return {u"other-charset"_s,
            u"Send the special letters in the other encoding"_s,
            u"Whether the server expects UTF-8 or Latin-1."_s,
            u"the same letters in other bytes, 1 time: counts as another attempt to sign in"_s,
            true,
            ProbeConsent::AnotherAttempt,
            planOtherCharset,
            concludeOtherCharset};
}

} // namespace realmscope
