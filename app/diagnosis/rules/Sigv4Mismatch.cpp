// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: the server computed another AWS signature.
namespace {

std::optional<Finding> sigv4Mismatch(const Facts &facts)
{
    const AuthorizationLine *line = facts.authorization();
    const bool isSigned = (line && line->is("AWS4-HMAC-SHA256")) || facts.request().effectiveTarget().contains("X-Amz-Signature=");
    if (!isSigned || !facts.mayBeRefusal())
        return std::nullopt;
    static const QRegularExpression words = wordPattern(
        u"SignatureDoesNotMatch|signature we calculated does not match|AuthorizationHeaderMalformed|IncompleteSignature|XAmzContentSHA256Mismatch|region .{0,40}is wrong|credential should be scoped|signature not match|InvalidSignature"
        "|x-amz-(date|content-sha256)|valid Date or x-amz-date"_s);
    const ServerWord *said = facts.says(words);
    if (!said)
        return std::nullopt;
    Finding finding = makeFinding(
        Verdict::Likely, weight::Said, u"The AWS signature does not match the request"_s, said->evidence.text,
        u"Every part of the request that is signed (method, path, query, some headers, a hash of the body, date, region "
        "and service) goes into the signature. The server computes it again from what it received. They differ when the "
        "secret key is wrong, when the region or service in the credential is not the server's, or when something was "
        "changed after signing, by a proxy for example."_s);
    finding.evidence.append(said->evidence);
    if (line)
        finding.evidence.append(facts.requestHeader(line->field, u"the signature that was sent"_s));
    finding.fixes.append(advice(u"sign-again"_s, u"Sign exactly the request that is sent"_s, u"Final URL with its query, the real body, the server's region; then send nothing else."_s));
    finding.fixes.append(editCredential(u"Check the secret key"_s, "key"));
    return finding;
}

} // namespace

Rule sigv4MismatchRule()
{
    return {u"sigv4-mismatch"_s, ChecklistStep::Correct, RuleKind::Cause, {u"AWS IAM User Guide: troubleshoot Signature Version 4"_s}, sigv4Mismatch};
}

} // namespace realmscope
