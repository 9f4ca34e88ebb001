// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/base/Encoding.h"
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonObject>

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: status 200 around a body that says "not authenticated".
// Contradicted by: a body that has the word "error" without any about authentication.
namespace {

const QRegularExpression &authWords()
{
    static const QRegularExpression words = wordPattern(
        u"unauthenticated|unauthori[sz]ed|not_?( )?auth(ed|enticated|orized)|invalid_auth|not logged in|login required|login_required"
        "|invalid (access )?token|token (is )?(expired|invalid|revoked)|token_(expired|revoked)|access[ _-]denied|forbidden"
        "|authentication (failed|required)|invalid[ -]jwt|invalid-headers|token required|badtoken|assertuserfailed|re-?login|log ?in again|account_inactive|missing_scope|no_permission|session expired|invalid (api )?key|not_allowed_token_type"_s);
    return words;
}

// Words that also stand in answers about something else: a payment that is forbidden, a scanner that was denied access.
bool isWeak(const QString &text)
{
    static const QRegularExpression weak = wordPattern(u"^(?!.*(unauthenticated|unauthori[sz]ed|not_?( )?auth|invalid_auth|log(ged)? in|login|token|session|api ?key|credential|authentication)).*(access[ _-]denied|forbidden|no_permission)"_s);
    return weak.match(text).hasMatch();
}

std::optional<Finding> found(const Facts &facts, Verdict verdict, const QString &member, const QString &text)
{
    Finding finding = makeFinding(
        verdict, weight::Bytes, u"Status %1, but the body says that you are not let in"_s.arg(facts.status),
        u"%1: \"%2\""_s.arg(member, text.left(100)),
        u"Some APIs answer every request with a status of success and put the real outcome into the body (GraphQL does "
        "so by design). Here the body says that the request was not authenticated, or not allowed."_s);
    finding.evidence.append({facts.finalIndex, EvidencePart::ResponseBody, member.toUtf8(), u"%1: \"%2\""_s.arg(member, text.left(160)),
                             findInBody(*facts.final, text.toUtf8())});
    finding.evidence.append(facts.statusLine());
    if (!facts.hasCertainCredential())
        finding.fixes.append(addCredential(facts));
    else
        finding.fixes.append(editCredential(u"Check the credential"_s, {}, u"The server's words above say what it objects to."_s));
    return finding;
}

std::optional<Finding> errorInSuccess(const Facts &facts)
{
    if (facts.status < 200 || facts.status > 299)
        return std::nullopt;
    if (const HeaderField *reason = facts.response().headers.find("X-Seraph-LoginReason");
        reason && reason->value.contains("AUTHENTICATED_FAILED")) {
        Finding finding = *found(facts, Verdict::Proven, u"X-Seraph-LoginReason"_s, QString::fromLatin1(reason->value));
        finding.evidence.first() = facts.responseHeader("X-Seraph-LoginReason", QString::fromLatin1(reason->value));
        return finding;
    }
    // gRPC status codes: 16 is UNAUTHENTICATED, 7 PERMISSION_DENIED.
    if (const QByteArray grpc = facts.response().headers.value("Grpc-Status").trimmed(); grpc == "16" || grpc == "7") {
        const QByteArray said = percentDecode(facts.response().headers.value("Grpc-Message"));
        Finding finding = *found(facts, grpc == "16" ? Verdict::Proven : Verdict::Likely, u"grpc-status"_s,
                                 QString::fromLatin1(grpc) + (said.isEmpty() ? QString() : u": "_s + displayText(said.left(120))));
        finding.evidence.first() = facts.responseHeader("Grpc-Status", u"grpc-status %1 is %2"_s.arg(QString::fromLatin1(grpc), grpc == "16" ? u"UNAUTHENTICATED"_s : u"PERMISSION_DENIED"_s));
        return finding;
    }
    if (!facts.body.isJson() || !facts.body.json.isObject())
        return std::nullopt;
    const QJsonObject object = facts.body.object();
    // GraphQL (GraphQL specification section 7.1.2): errors beside data.
    const QJsonArray errors = object.value("errors"_L1).toArray();
    for (const QJsonValue &item : errors) {
        const QJsonObject error = item.toObject();
        const QString code = error.value("extensions"_L1).toObject().value("code"_L1).toString();
        // Beside data it is about a part of the answer.
        const bool hasData = object.value("data"_L1).isObject() && !object.value("data"_L1).toObject().isEmpty();
        if (authWords().match(code).hasMatch())
            return found(facts, hasData || (isWeak(code) && hasData) ? Verdict::Possible : Verdict::Proven, u"errors[].extensions.code"_s, code);
        const QString message = error.value("message"_L1).toString();
        if (authWords().match(message).hasMatch() && (object.value("data"_L1).isNull() || !object.contains("data"_L1)))
            return found(facts, Verdict::Likely, u"errors[].message"_s, message);
    }
    const bool saysNo = (object.contains("ok"_L1) && !object.value("ok"_L1).toBool(true))
        || (object.contains("success"_L1) && !object.value("success"_L1).toBool(true))
        || object.value("status"_L1).toString().compare(u"error", Qt::CaseInsensitive) == 0;
    int inner = object.value("status"_L1).toInt(object.value("code"_L1).toInt(object.value("statusCode"_L1).toInt()));
    if (const QJsonObject error = object.value("error"_L1).toObject(); inner == 0)
        inner = error.value("code"_L1).toInt();
    const bool isInnerRefusal = inner == 401 || inner == 403 || inner == 498 || inner == 499;
    for (const QString &member : {u"error"_s, u"message"_s, u"msg"_s, u"error_description"_s, u"detail"_s, u"code"_s}) {
        QJsonValue value = object.value(member);
        if (value.isObject())
            value = value.toObject().value(value.toObject().contains("message"_L1) ? "message"_L1 : "code"_L1);
        const QString text = value.toString();
        if (text.isEmpty() || !authWords().match(text).hasMatch())
            continue;
        if (isWeak(text) && !isInnerRefusal)
            return found(facts, Verdict::Possible, member, text);
        if (saysNo || isInnerRefusal)
            return found(facts, Verdict::Proven, member, text);
        if (member == u"error"_s && object.size() <= 3)
            return found(facts, Verdict::Likely, member, text);
    }
    // The number alone, with words in another language.
    if (inner == 401 && !object.contains("data"_L1) && object.size() <= 5)
        return found(facts, Verdict::Likely, u"code"_s, u"401"_s);
    return std::nullopt;
}

} // namespace

Rule errorInSuccessRule()
{
    return {u"error-in-success"_s, ChecklistStep::Understood, RuleKind::Cause, {u"GraphQL specification section 7.1.2"_s, u"RFC 9110 section 15.3.1"_s}, errorInSuccess};
}

} // namespace realmscope
