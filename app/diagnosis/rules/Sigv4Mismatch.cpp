// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/base/Crypto.h"
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: the server computed another AWS signature.
namespace {

// A header that SignedHeaders names and the request has not, or the date that every signature needs.
QString missingSignedHeader(const Facts &facts)
{
    const AuthorizationLine *line = facts.authorization();
    if (!line || !line->is("AWS4-HMAC-SHA256"))
        return {};
    static const QRegularExpression list(u"SignedHeaders=([A-Za-z0-9;-]+)"_s);
    const QString names = list.match(QString::fromLatin1(line->credentials)).captured(1);
    for (const QString &name : names.split(u';', Qt::SkipEmptyParts)) {
        if (!facts.request().headers.contains(name.toLatin1()))
            return name;
    }
    const Headers &headers = facts.request().headers;
    return headers.contains("X-Amz-Date") || headers.contains("Date") ? QString() : u"x-amz-date"_s;
}

Finding notSent(const Facts &facts, const QString &name, const ServerWord *said)
{
    Finding finding = makeFinding(
        Verdict::Proven, weight::Said, u"A header that the AWS signature covers was not sent"_s, u"%1 is missing in the request"_s.arg(name),
        u"The signature is computed over certain headers, which SignedHeaders names, and needs the date. The server computes it again "
        "from what arrives; without this header it cannot get the same result."_s);
    finding.evidence.append(facts.requestHeader(facts.authorization()->field, u"the signature that was sent"_s));
    finding.evidence.append(facts.requestLine(u"the request has no header %1"_s.arg(name)));
    if (said)
        finding.evidence.append(said->evidence);
    finding.fixes.append(advice(u"sign-again"_s, u"Sign exactly the request that is sent"_s, u"And send every header that was signed."_s));
    return finding;
}

Finding otherBody(const Facts &facts, const HeaderField &hash, const ServerWord *said)
{
    Finding finding = makeFinding(
        Verdict::Proven, weight::Said, u"Another body was signed than the one that was sent"_s,
        u"X-Amz-Content-Sha256 is not the SHA-256 of the body"_s,
        u"The hash of the body goes into the signature, and stands in the header X-Amz-Content-Sha256. Computed again from the body "
        "that was sent, it is another one: the body was changed after signing, or was encoded differently."_s);
    finding.evidence.append(facts.requestHeader(hash, u"the hash that was signed"_s));
    if (said)
        finding.evidence.append(said->evidence);
    finding.fixes.append(advice(u"sign-again"_s, u"Sign exactly the body that is sent"_s));
    return finding;
}

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
    const HeaderField *hash = facts.request().headers.find("X-Amz-Content-Sha256");
    const bool isOtherBody = hash && hash->value.size() == 64 && facts.status >= 400
        && hash->value.toLower() != realmscope::hash(HashAlgorithm::Sha256, facts.request().body).toHex();
    if (isOtherBody)
        return otherBody(facts, *hash, said);
    if (const QString missing = missingSignedHeader(facts); !missing.isEmpty())
        return notSent(facts, missing, said);
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
