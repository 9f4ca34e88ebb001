// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: the server compares the scheme word letter by letter, which the standard forbids.
// Contradicted by: a refusal in the usual spelling too.
namespace {

std::optional<Finding> schemeCaseSensitive(const Facts &facts)
{
    const AuthorizationLine *line = facts.authorization();
    if (!line || line->scheme.isEmpty() || facts.kind == OutcomeKind::Accepted || !facts.mayBeRefusal())
        return std::nullopt;
    const QByteArray usual = canonicalScheme(line->scheme);
    if (usual == line->scheme || !isKnownAuthScheme(line->scheme))
        return std::nullopt;
    const ProbeFact *probe = facts.probe("canonical-case"_L1);
    const bool isProven = probe && probe->status() >= 200 && probe->status() < 400;
    if (probe && !isProven)
        return std::nullopt;
    const bool isSuspect = facts.saysMissing() || facts.sameAsAnonymous();
    Finding finding = makeFinding(
        isProven ? Verdict::Proven : isSuspect ? Verdict::Likely : Verdict::Possible, isProven ? weight::Said : 81,
        u"The server may want \"%1\", not \"%2\""_s.arg(QString::fromLatin1(usual), QString::fromLatin1(line->scheme)),
        isProven ? u"with the usual spelling the same credential is accepted"_s
                 : u"the scheme word is spelt in an unusual way"_s,
        u"Upper and lower case make no difference in the scheme word, says the standard. Some servers compare it letter "
        "by letter all the same, and then do not recognise the credential."_s);
    if (isProven)
        finding.title = u"The server takes \"%1\", but not \"%2\""_s.arg(QString::fromLatin1(usual), QString::fromLatin1(line->scheme));
    finding.evidence.append(facts.requestHeader(line->field, u"Authorization: %1 …"_s.arg(QString::fromLatin1(line->scheme))));
    if (isProven)
        finding.evidence.append(facts.probeEvidence(*probe, u"with \"%1\" the answer is %2"_s.arg(QString::fromLatin1(usual)).arg(probe->status())));
    finding.fixes.append(replaceAuthorization(facts, *line, u"usual-case"_s, u"Write it as %1 and resend"_s.arg(QString::fromLatin1(usual)), usual, line->credentials));
    if (isProven)
        finding.fixes.append(ownerFix(u"Tell the server's owner"_s, u"Scheme names are case-insensitive (RFC 9110 section 11.1)."_s));
    return finding;
}

} // namespace

Rule schemeCaseSensitiveRule()
{
    return {u"scheme-case-sensitive"_s, ChecklistStep::Understood, RuleKind::Cause, {u"RFC 9110 section 11.1"_s}, schemeCaseSensitive};
}

} // namespace realmscope
