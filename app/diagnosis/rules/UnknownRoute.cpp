// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: the gateway refuses every path that it does not know, before it looks at any credential.
// Contradicted by: a 404 for a path that cannot exist.
namespace {

std::optional<Finding> unknownRoute(const Facts &facts)
{
    if (facts.status != 401 && facts.status != 403)
        return std::nullopt;
    static const QRegularExpression words = wordPattern(u"MissingAuthenticationToken|Missing Authentication Token"_s);
    const ServerWord *said = facts.says(words);
    if (!said || !facts.hasCertainCredential())
        return std::nullopt;
    Finding finding = makeFinding(
        Verdict::Likely, 91, u"The gateway does not know this path"_s, said->evidence.text,
        u"This kind of gateway answers \"Missing Authentication Token\" for every path, stage or method that it has no "
        "route for, also when a token is there. The token was not looked at."_s);
    finding.evidence.append(said->evidence);
    finding.evidence.append(facts.requestLine(u"the path that was asked for"_s));
    finding.fixes.append(advice(u"check-path"_s, u"Check path, stage and method"_s));
    return finding;
}

} // namespace

Rule unknownRouteRule()
{
    return {u"unknown-route"_s, ChecklistStep::ServerSide, RuleKind::Cause, {u"Amazon API Gateway: troubleshooting 403 errors"_s}, unknownRoute};
}

} // namespace realmscope
