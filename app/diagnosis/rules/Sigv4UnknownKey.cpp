// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: the server does not know the AWS access key id.
namespace {

std::optional<Finding> sigv4UnknownKey(const Facts &facts)
{
    static const QRegularExpression words = wordPattern(u"InvalidAccessKeyId|UnrecognizedClient|InvalidClientTokenId|access key id .{0,40}does not exist"_s);
    const ServerWord *said = facts.mayBeRefusal() ? facts.says(words) : nullptr;
    if (!said)
        return std::nullopt;
    Finding finding = makeFinding(
        Verdict::Likely, weight::Said + 1, u"The server does not know this access key id"_s, said->evidence.text,
        u"The key id in the signature belongs to no account here: it is mistyped, was deleted, or belongs to another "
        "partition, provider or region that has to be switched on."_s);
    finding.evidence.append(said->evidence);
    finding.fixes.append(editCredential(u"Check the access key id"_s, "key"));
    return finding;
}

} // namespace

Rule sigv4UnknownKeyRule()
{
    return {u"sigv4-unknown-key"_s, ChecklistStep::Correct, RuleKind::Cause, {u"AWS S3 API: error responses"_s}, sigv4UnknownKey};
}

} // namespace realmscope
