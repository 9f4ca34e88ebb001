// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: a cache on the way answered with a refusal that it had kept.
// Contradicted by: a cache that passed the question on.
namespace {

std::optional<Finding> cachedRefusal(const Facts &facts)
{
    if (!facts.fromCache || (facts.status != 401 && facts.status != 403) || !facts.hasCredential())
        return std::nullopt;
    const ProbeFact *probe = facts.probe("no-cache"_L1);
    const bool isProven = probe && probe->status() != facts.status;
    // The cache answered the probe as well: that tells nothing.
    const QByteArray again = probe ? probe->answer->response.headers.value("X-Cache").toLower() + probe->answer->response.headers.value("X-Cache-Status").toLower()
            + probe->answer->response.headers.value("CF-Cache-Status").toLower() : QByteArray();
    const bool isDenied = probe && !isProven && !again.contains("hit") && !probe->answer->response.headers.contains("Age");
    Finding finding = makeFinding(
        isProven ? Verdict::Proven : isDenied ? Verdict::Possible : Verdict::Likely, weight::Said, u"A cache answered, not the server"_s,
        isProven ? u"asked past the cache, the server answers %1"_s.arg(probe->status()) : u"the refusal comes from a cache"_s,
        u"Between you and the server there is a cache that keeps answers for a while. It kept a refusal that somebody else "
        "got, and hands it to everybody; the server has not seen this request. An answer to a request with a credential "
        "should not be kept at all, unless the server says so."_s);
    for (const char *name : {"Age", "X-Cache", "X-Cache-Status", "CF-Cache-Status"}) {
        if (const HeaderField *field = facts.response().headers.find(name))
            finding.evidence.append(facts.responseHeader(name, u"%1: %2"_s.arg(QString::fromUtf8(field->name), QString::fromUtf8(field->value))));
    }
    if (isProven)
        finding.evidence.append(facts.probeEvidence(*probe, u"with Cache-Control: no-cache the answer is %1"_s.arg(probe->status())));
    Fix fix;
    fix.id = u"ask-past-cache"_s;
    fix.title = u"Ask past the cache and resend"_s;
    fix.automatic = true;
    fix.edits = {{EditKind::SetHeader, "Cache-Control", "no-cache"}};
    finding.fixes.append(fix);
    finding.fixes.append(ownerFix(u"Ask the server's owner to mark refusals as not to be kept"_s, {}, u"Cache-Control: no-store\nVary: Authorization"_s));
    return finding;
}

} // namespace

Rule cachedRefusalRule()
{
    return {u"cached-refusal"_s, ChecklistStep::StaleState, RuleKind::Cause, {u"RFC 9111 section 3.5"_s, u"RFC 9111 section 5.1"_s}, cachedRefusal};
}

} // namespace realmscope
