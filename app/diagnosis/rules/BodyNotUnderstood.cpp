// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

#include <algorithm>

#include <QtCore/QJsonObject>

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: a login or token request whose body the server could not read, so that it saw no credential in it.
// Contradicted by: an answer that is about the content (invalid_grant, invalid_client, wrong password).
namespace {

std::optional<Finding> bodyNotUnderstood(const Facts &facts)
{
    const QByteArray body = facts.final ? facts.request().body.trimmed() : QByteArray();
    if (body.isEmpty() || !facts.mayBeRefusal() || facts.status == 404 || facts.status == 407)
        return std::nullopt;
    if (!facts.isTokenRequest && !facts.isLoginRequest)
        return std::nullopt;
    if (facts.errorCode == u"invalid_grant" || facts.errorCode == u"invalid_client" || facts.errorCode == u"invalid_scope")
        return std::nullopt;
    // A gateway to gRPC reads every body as JSON, whatever Content-Type says.
    const bool isGrpc = std::ranges::any_of(facts.response().headers, [](const HeaderField &field) {
        return field.name.toLower().startsWith("grpc-") || (field.is("Trailer") && field.value.toLower().contains("grpc-"));
    });
    if (isGrpc)
        return std::nullopt;
    const HeaderField *type = facts.request().headers.find("Content-Type");
    const QByteArray media = type ? type->value.toLower() : QByteArray();
    const bool isJsonBody = body.startsWith('{') && QJsonDocument::fromJson(body).isObject();
    const bool isFormBody = !isJsonBody && !facts.form.isEmpty();
    const bool saysJson = media.contains("json");
    const bool saysForm = media.startsWith("application/x-www-form-urlencoded");
    const bool isMismatch = (isJsonBody && !saysJson) || (isFormBody && !saysForm && !media.startsWith("multipart/"));
    static const QRegularExpression words = wordPattern(
        u"missing .{0,30}(parameter|field|grant_type|param)|(grant_type|parameter).{0,30}(missing|required|not (present|found))"
        "|unsupported media type|content[- ]type|could not (parse|read) .{0,20}body|malformed (json|body)|unexpected token"_s);
    const ServerWord *said = facts.says(words);
    const bool isTokenAsJson = facts.isTokenRequest && isJsonBody;
    if (!isMismatch && !(isTokenAsJson && (said || facts.errorCode == u"invalid_request" || facts.status == 415)))
        return std::nullopt;
    const QString sent = isJsonBody ? u"JSON"_s : u"a form"_s;
    const bool isProven = isTokenAsJson && said;
    Finding finding = makeFinding(
        isProven ? Verdict::Proven : Verdict::Likely, weight::Said + 5, u"The server could not read the body"_s,
        isTokenAsJson ? u"a token request has to be a form, and JSON was sent"_s
                      : u"the body is %1, and Content-Type says %2"_s.arg(sent, type ? QString::fromLatin1(type->value) : u"nothing"_s),
        u"User name, password or client secret stand in the body of this request. The server reads a body according to "
        "its Content-Type, and looked for the credential in a form it did not find. So it saw none. OAuth token "
        "requests have to be application/x-www-form-urlencoded, never JSON."_s);
    if (type)
        finding.evidence.append(facts.requestHeader(*type, u"Content-Type: %1"_s.arg(QString::fromLatin1(type->value))));
    else
        finding.evidence.append(facts.requestLine(u"the request has no Content-Type"_s));
    const qsizetype begin = qsizetype(facts.final->rawRequest.size()) - facts.request().body.size();
    finding.evidence.append({facts.finalIndex, EvidencePart::RequestBody, {}, u"the body is %1"_s.arg(sent),
                             {begin, begin + facts.request().body.size()}});
    if (said)
        finding.evidence.append(said->evidence);
    Fix fix;
    fix.id = u"set-content-type"_s;
    if (isTokenAsJson) {
        finding.fixes.append(advice(u"send-form"_s, u"Send the body as a form"_s,
                                    u"Content-Type: application/x-www-form-urlencoded, members as name=value joined by &."_s));
    } else {
        const QByteArray right = isJsonBody ? QByteArray("application/json") : QByteArray("application/x-www-form-urlencoded");
        fix.title = u"Set Content-Type to %1 and resend"_s.arg(QString::fromLatin1(right));
        fix.automatic = true;
        fix.edits = {{EditKind::SetHeader, "Content-Type", right}};
        finding.fixes.append(fix);
    }
    return finding;
}

} // namespace

Rule bodyNotUnderstoodRule()
{
    return {u"body-not-understood"_s, ChecklistStep::Sent, RuleKind::Cause,
            {u"RFC 6749 section 4.1.3"_s, u"RFC 9110 section 8.3"_s}, bodyNotUnderstood};
}

} // namespace realmscope
