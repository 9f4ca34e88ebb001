// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: nginx and others drop header names with an underscore without a word.
// Contradicted by: an answer that is about the key, or that differs from the one without it.
namespace {

std::optional<Finding> underscoreHeaderDropped(const Facts &facts)
{
    if (facts.kind != OutcomeKind::Unauthorized && facts.kind != OutcomeKind::Forbidden)
        return std::nullopt;
    if (!facts.authorizations.isEmpty() || facts.differsFromAnonymous() || facts.saysRejected())
        return std::nullopt;
    for (const SentCredential &sent : facts.credentials) {
        if (sent.place != CredentialPlace::Header || !sent.name.contains('_'))
            continue;
        const ServerWord *missing = facts.saysMissing();
        const bool isLikely = missing || facts.sameAsAnonymous();
        QByteArray hyphened = sent.name;
        hyphened.replace('_', '-');
        Finding finding = makeFinding(
            isLikely ? Verdict::Likely : Verdict::Possible, 86, u"The underscore in %1 may cost you the header"_s.arg(QString::fromUtf8(sent.name)),
            u"the server behaves as if the header had not come"_s,
            u"Several servers that stand in front of applications (nginx by default) silently throw away headers whose "
            "names have an underscore, because an underscore and a hyphen become the same name inside CGI. The "
            "application then sees no key."_s);
        finding.evidence.append(facts.credential(sent, u"the header name %1 has an underscore"_s.arg(QString::fromUtf8(sent.name))));
        if (missing)
            finding.evidence.append(missing->evidence);
        if (facts.sameAsAnonymous())
            finding.evidence.append(facts.probeEvidence(*facts.anonymous(), u"without the header, the answer is the same"_s));
        Fix fix;
        fix.id = u"rename-header"_s;
        fix.title = u"Send it as %1 and resend"_s.arg(QString::fromUtf8(hyphened));
        fix.automatic = true;
        if (sent.source == HeaderSource::Profile && facts.context.profile)
            fix.edits = {{EditKind::SetProfileField, "name", hyphened}};
        else
            fix.edits = {{EditKind::RemoveHeader, sent.name, {}}, {EditKind::SetHeader, hyphened, sent.value}};
        finding.fixes = {fix, ownerFix(u"Or let the server accept the name"_s, {}, u"underscores_in_headers on;  # nginx"_s)};
        return finding;
    }
    return std::nullopt;
}

} // namespace

Rule underscoreHeaderDroppedRule()
{
    return {u"underscore-header-dropped"_s, ChecklistStep::Sent, RuleKind::Cause,
            {u"nginx: ngx_http_core_module, underscores_in_headers"_s, u"RFC 3875 section 4.1.18"_s}, underscoreHeaderDropped};
}

} // namespace realmscope
