// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: the status is 401 or 403, and the body tells of 404 or of an error inside.
// Contradicted by: a body that tells of the same status, or of none.
namespace {

// A number of a status that the body itself names.
int statusInBody(const Facts &facts)
{
    const QJsonObject object = facts.body.object();
    for (const auto &name : {"status"_L1, "statusCode"_L1, "status_code"_L1, "code"_L1, "errorCode"_L1}) {
        const int number = object.value(name).isString() ? object.value(name).toString().toInt()
                                                         : object.value(name).toInt();
        if (number >= 100 && number <= 599)
            return number;
    }
    return 0;
}

std::optional<Finding> errorMasked(const Facts &facts)
{
    if ((facts.status != 401 && facts.status != 403) || !facts.body.isJson())
        return std::nullopt;
    const int inner = statusInBody(facts);
    if (inner != 404 && inner / 100 != 5)
        return std::nullopt;
    Finding finding = makeFinding(
        Verdict::Likely, weight::Said + 2, u"Another error is dressed up as a refusal"_s,
        u"the status is %1, the body says %2"_s.arg(facts.status).arg(inner),
        u"The answer's status says that the credential is at fault, and its own text tells of something "
        u"else: %1. Frameworks do this when their error "
        "page is protected like everything else: the real error is turned into a refusal on the way out."_s
            .arg(inner == 404 ? u"there is nothing at this path"_s : u"the server failed inside"_s));
    finding.evidence.append(facts.statusLine());
    finding.evidence.append({facts.finalIndex, EvidencePart::ResponseBody, "status",
                             u"the body says %1"_s.arg(inner),
                             findInBody(*facts.final, QByteArray::number(inner))});
    finding.fixes.append(inner == 404
                             ? advice(u"check-path"_s, u"Check the path"_s)
                             : advice(u"server-log"_s, u"Ask the server's owner for the entry in the log"_s));
    finding.fixes.append(ownerFix(u"Let the error page be reached without a credential"_s, {}));
    return finding;
}

} // namespace

Rule errorMaskedRule()
{
    return {
        u"error-masked-as-401"_s,
        ChecklistStep::ServerSide,
        RuleKind::Cause,
        {u"RFC 9110 section 15.5.2"_s, u"Spring Security reference: authorization of the ERROR dispatch"_s},
        errorMasked};
}

} // namespace realmscope
