// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/base/Crypto.h"
#include "app/base/Encoding.h"
#include "app/diagnosis/SigV4Compare.h"
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

QString differenceText(const SigV4Difference &difference)
{
    if (difference.isSecret())
        return u"%1 differs"_s.arg(sigV4PartText(difference));
    const auto shown = [](const QByteArray &value) { return value.isEmpty() ? u"nothing"_s : displayText(value.left(200)); };
    return u"%1: sent %2, the server has %3"_s.arg(sigV4PartText(difference), shown(difference.sent), shown(difference.server));
}

Evidence sentEvidence(const Facts &facts, const SigV4Difference &difference)
{
    using Part = SigV4Difference::Part;
    const QString text = u"%1 as it was sent"_s.arg(sigV4PartText(difference));
    if (difference.part == Part::Header) {
        if (const HeaderField *field = facts.request().headers.find(difference.name))
            return facts.requestHeader(*field, text);
    } else if (difference.part != Part::Method && difference.part != Part::Path && difference.part != Part::Query && facts.authorization()) {
        return facts.requestHeader(facts.authorization()->field, text);
    }
    return facts.requestLine(text);
}

// The server tells what it computed over: either it is another text than the request gives, or the key differs.
Finding compared(const Facts &facts, const SigV4Strings &server, const QList<SigV4Difference> &differences, const ServerWord *said)
{
    const QByteArray shown = server.stringToSign.isEmpty() ? server.canonicalRequest : server.stringToSign;
    Evidence strings{facts.finalIndex, EvidencePart::ResponseBody, {}, u"what the server computed the signature over"_s,
                     findInBody(*facts.final, shown.left(shown.indexOf('\n')))};
    if (differences.isEmpty()) {
        Finding finding = makeFinding(
            Verdict::Likely, weight::Said + 2, u"The secret access key is not the one that the server has for this key id"_s,
            u"request and server agree on all that is signed, so it is the key that differs"_s,
            u"The server's answer shows the text that it signed. The request that was sent gives the very same text, so nothing was changed on "
            "the way, and region, service, path, headers and body are right. What is left is the secret access key (or a key id that "
            "this server does not know)."_s);
        finding.evidence = {std::move(strings), said->evidence};
        if (const AuthorizationLine *line = facts.authorization())
            finding.evidence.append(facts.requestHeader(line->field, u"the signature that was sent"_s));
        finding.fixes.append(editCredential(u"Enter the secret access key again"_s, "key", u"Without a space or line end; it belongs to this access key id alone."_s));
        return finding;
    }
    using Part = SigV4Difference::Part;
    // Spelling: two ways to encode a path are no proof of a change. A hash alone does not tell what differs.
    const auto isCertain = [](const SigV4Difference &one) { return !one.isSpelling && one.part != Part::CanonicalHash; };
    const auto certain = std::ranges::find_if(differences, isCertain);
    const SigV4Difference &first = certain != differences.end() ? *certain : differences.first();
    Finding finding = makeFinding(
        certain != differences.end() ? Verdict::Proven : Verdict::Likely, weight::Said + 2,
        u"The server computes the AWS signature over something else than what was sent"_s, differenceText(first),
        u"The server's answer shows the text that it signed. Built anew from the request that was sent, the text is another one: "
        "%1. Either the request was changed after it was signed or on its way (a proxy that rewrites the host or the path), or "
        "the signer was told something else than the server."_s.arg([&differences] {
            QStringList texts;
            for (const SigV4Difference &one : differences)
                texts.append(differenceText(one));
            return texts.join(u"; "_s);
        }()));
    finding.evidence.append(sentEvidence(facts, first));
    finding.evidence.append(std::move(strings));
    finding.evidence.append(said->evidence);
    if (first.part == Part::Region || first.part == Part::Service)
        finding.fixes.append(editCredential(u"Sign for the %1 of the server"_s.arg(first.part == Part::Region ? u"region"_s : u"service"_s),
                                            first.part == Part::Region ? "region" : "service", displayText(first.server)));
    if (first.part == Part::Path || first.part == Part::CanonicalHash)
        finding.fixes.append(advice(u"sign-again"_s, u"Write the path percent-encoded as AWS does"_s,
                                    u"All but letters, digits, and - . _ ~ / as %XX: a parenthesis is %28, a plus %2B."_s));
    if ((first.part == Part::Header && first.name.compare("host", Qt::CaseInsensitive) == 0) || first.part == Part::Path)
        finding.fixes.append(ownerFix(u"Let the proxy pass host and path unchanged"_s, u"The server must see what the client signed."_s,
                                      u"nginx: proxy_set_header Host $http_host;\nApache: ProxyPreserveHost On"_s));
    finding.fixes.append(advice(u"sign-again"_s, u"Sign exactly the request that is sent"_s, u"Final URL with its query, the real body, the server's region; then send nothing else."_s));
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
    if (const SigV4Strings server = sigV4StringsOfServer(facts.response()); !server.stringToSign.isEmpty() || !server.canonicalRequest.isEmpty()) {
        if (const std::optional<SigV4Strings> sent = sigV4StringsOfRequest(facts.request()))
            return compared(facts, server, compareSigV4(*sent, server), said);
    }
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
