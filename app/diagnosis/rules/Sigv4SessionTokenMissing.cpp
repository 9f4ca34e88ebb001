// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: a temporary AWS key without the session token that belongs to it.
namespace {

std::optional<Finding> sigv4SessionTokenMissing(const Facts &facts)
{
    const AuthorizationLine *line = facts.authorization();
    const QByteArray target = facts.request().effectiveTarget();
    const bool inHeader = line && line->is("AWS4-HMAC-SHA256") && line->credentials.contains("Credential=ASIA");
    const bool inQuery = target.contains("X-Amz-Credential=ASIA");
    if (!facts.mayBeRefusal() || (!inHeader && !inQuery))
        return std::nullopt;
    if (facts.request().headers.contains("X-Amz-Security-Token") || target.contains("X-Amz-Security-Token="))
        return std::nullopt;
    Finding finding = makeFinding(
        Verdict::Proven, weight::Said, u"A temporary AWS key was used without its session token"_s, u"the key id begins with ASIA, and there is no X-Amz-Security-Token"_s,
        u"AWS key ids that begin with ASIA are temporary. They come in three parts: key id, secret and session token, and "
        "the session token has to be sent along in the header X-Amz-Security-Token."_s);
    finding.evidence.append(inHeader ? facts.requestHeader(line->field, u"Credential=ASIA…"_s) : facts.requestLine(u"X-Amz-Credential=ASIA…"_s));
    finding.fixes.append(advice(u"send-session-token"_s, u"Send X-Amz-Security-Token as well"_s, u"And sign it with the rest. It is AWS_SESSION_TOKEN in the environment."_s));
    return finding;
}

} // namespace

Rule sigv4SessionTokenMissingRule()
{
    return {u"sigv4-session-token-missing"_s, ChecklistStep::Correct, RuleKind::Cause, {u"AWS IAM User Guide: signing with temporary security credentials"_s}, sigv4SessionTokenMissing};
}

} // namespace realmscope
