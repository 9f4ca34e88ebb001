// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: the scope that was asked for is unknown or not allowed for this client.
namespace {

std::optional<Finding> oauthInvalidScope(const Facts &facts)
{
    if (facts.errorCode != u"invalid_scope")
        return std::nullopt;
    Finding finding = makeFinding(
        Verdict::Proven, weight::Said, u"The authorization server does not give out this scope"_s, u"error invalid_scope"_s,
        u"A scope names what a token may be used for. The one asked for does not exist at this server, is misspelt, or is "
        "not allowed for this client."_s);
    finding.evidence.append(facts.errorEvidence);
    for (const NamedValue &item : facts.form) {
        if (item.name == "scope")
            finding.evidence.append({facts.finalIndex, EvidencePart::RequestBody, "scope", u"scope: %1"_s.arg(QString::fromUtf8(item.value).left(160)), {}});
    }
    for (const ServerWord &word : facts.words) {
        if (word.text.contains(u' ') && finding.evidence.size() < 4)
            finding.evidence.append(word.evidence);
    }
    finding.fixes.append(advice(u"change-scope"_s, u"Ask for scopes that this client may have"_s, u"They are listed where the client is registered."_s));
    return finding;
}

} // namespace

Rule oauthInvalidScopeRule()
{
    return {u"oauth-invalid-scope"_s, ChecklistStep::Correct, RuleKind::Cause, {u"RFC 6749 section 5.2"_s, u"RFC 6749 section 3.3"_s}, oauthInvalidScope};
}

} // namespace realmscope
