// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: Basic with user:password as it is, not as Base64.
namespace {

std::optional<Finding> basicNotEncoded(const Facts &facts)
{
    const AuthorizationLine *line = facts.authorization();
    if (!line || !line->basic || line->basic->isBase64 || !facts.mayBeRefusal() || !line->credentials.contains(':'))
        return std::nullopt;
    if (isKnownAuthScheme(line->credentials.left(line->credentials.indexOf(':'))))
        return std::nullopt;
    Finding finding = makeFinding(
        Verdict::Proven, 80, u"User name and password were not encoded"_s, u"a colon stands in the Basic credential; Base64 has none"_s,
        u"Basic wants user name, colon and password in one, written as Base64 (a way to write any bytes with letters and "
        "digits; it hides nothing). Here they were sent as they are. The server decodes them all the same and gets "
        "rubbish."_s);
    finding.evidence.append(facts.requestHeader(line->field, u"what follows Basic is no Base64: it has a colon"_s, line->credentialsRange()));
    finding.evidence.append(facts.challengeEvidence());
    finding.fixes.append(replaceAuthorization(facts, *line, u"encode-basic"_s, u"Encode it and resend"_s, "Basic", line->credentials.trimmed().toBase64()));
    return finding;
}

} // namespace

Rule basicNotEncodedRule()
{
    return {u"basic-not-encoded"_s, ChecklistStep::Correct, RuleKind::Cause, {u"RFC 7617 section 2"_s}, basicNotEncoded};
}

} // namespace realmscope
