// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: what follows Basic is no Base64, or decodes to something without a colon.
namespace {

std::optional<Finding> basicMalformed(const Facts &facts)
{
    const AuthorizationLine *line = facts.authorization();
    if (!line || !line->basic || !facts.mayBeRefusal() || line->credentials.trimmed().isEmpty())
        return std::nullopt;
    if (line->basic->isBase64 ? line->basic->hasColon : line->credentials.contains(':'))
        return std::nullopt;
    const bool isBase64 = line->basic->isBase64;
    Finding finding = makeFinding(
        Verdict::Proven, 75, isBase64 ? u"The Basic credential has no colon"_s : u"The Basic credential is no Base64"_s,
        isBase64 ? u"decoded, there is no colon between user name and password"_s : u"it can't be decoded"_s,
        isBase64 ? u"Decoded, a Basic credential is a user name, a colon and a password. Here the colon is missing: only one "
                   "of the two was encoded, or an API key was taken for the whole."_s
                 : u"After Basic, user name and password are written as Base64: letters, digits, + and /, filled up with =. "
                   "What was sent has other characters, or was cut."_s);
    finding.evidence.append(facts.requestHeader(line->field, finding.summary, line->credentialsRange()));
    finding.evidence.append(facts.challengeEvidence());
    finding.fixes.append(editCredential(u"Enter user name and password apart"_s, "username", u"Realmscope then encodes them."_s));
    if (isBase64)
        finding.fixes.append(advice(u"key-as-user"_s, u"For an API key as user name, encode it with a colon behind"_s, u"The password stays empty: key:"_s));
    return finding;
}

} // namespace

Rule basicMalformedRule()
{
    return {u"basic-malformed"_s, ChecklistStep::Correct, RuleKind::Cause, {u"RFC 7617 section 2"_s, u"RFC 4648 section 4"_s}, basicMalformed};
}

} // namespace realmscope
