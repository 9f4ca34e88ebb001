// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: 404 in place of 403, so that nobody learns what exists.
// Contradicted by: a 404 without any other sign; then it is simply not there.
namespace {

std::optional<Finding> denialHiddenAs404(const Facts &facts)
{
    if (facts.status != 404)
        return std::nullopt;
    const Headers &headers = facts.response().headers;
    const QByteArray accepted = headers.value("X-Accepted-OAuth-Scopes");
    const QByteArray granted = headers.value("X-OAuth-Scopes");
    bool isGap = !accepted.trimmed().isEmpty() && headers.contains("X-OAuth-Scopes");
    for (const QByteArray &scope : splitList(accepted))
        isGap = isGap && !splitList(granted).contains(scope);
    if (!isGap)
        return std::nullopt;
    Finding finding = makeFinding(
        Verdict::Likely, weight::Said, u"It may well exist; the server hides that from this token"_s,
        u"404, but the headers say which scopes this path accepts"_s,
        u"Some servers answer \"not found\" instead of \"forbidden\", so that strangers do not learn what exists. Here the "
        "headers give it away: this path accepts certain scopes, and the token has none of them."_s);
    finding.evidence.append(facts.statusLine());
    finding.evidence.append(facts.responseHeader("X-Accepted-OAuth-Scopes", u"this path accepts: %1"_s.arg(QString::fromUtf8(accepted))));
    finding.evidence.append(facts.responseHeader("X-OAuth-Scopes", u"the token has: %1"_s.arg(granted.trimmed().isEmpty() ? u"none"_s : QString::fromUtf8(granted))));
    finding.fixes.append(editCredential(u"Use a token with one of these scopes"_s, "token"));
    finding.fixes.append(advice(u"check-path"_s, u"Check the spelling of the path as well"_s));
    return finding;
}

} // namespace

Rule denialHiddenAs404Rule()
{
    return {u"denial-hidden-as-404"_s, ChecklistStep::Allowed, RuleKind::Cause, {u"RFC 9110 section 15.5.4"_s, u"GitHub REST API: troubleshooting"_s}, denialHiddenAs404};
}

} // namespace realmscope
