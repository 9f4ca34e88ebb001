// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: the preflight is answered, and a browser would go no further all the same.
// Contradicted by: headers that allow origin, method and headers.
namespace {

bool isInList(const QByteArray &list, QByteArrayView item)
{
    const QList<QByteArray> items = list.split(',');
    return std::ranges::any_of(items, [&](const QByteArray &one) { return equalsIgnoreCase(one.trimmed(), item); });
}

// Methods and request headers that need no permission (Fetch Standard, "CORS-safelisted").
bool isSimpleMethod(QByteArrayView method) { return method == "GET" || method == "HEAD" || method == "POST"; }

// A recording of a browser: a request to another origin that has no answer there.
std::optional<Finding> hiddenByTheBrowser(const Facts &facts)
{
    static const QRegularExpression network = wordPattern(u"NAME_NOT_RESOLVED|CONNECTION_|ADDRESS_|INTERNET_DISCONNECTED|TIMED_OUT|CERT|SSL|PROXY|TUNNEL|ABORTED"_s);
    const HeaderField *origin = facts.final && facts.context.recording && facts.status == 0 ? facts.request().headers.find("Origin") : nullptr;
    if (!origin || !facts.final->error || network.match(facts.final->error->message).hasMatch()
        || origin->value.trimmed() == facts.request().url.origin().toString().toUtf8())
        return std::nullopt;
    Finding finding = makeFinding(
        Verdict::Possible, weight::Bytes, u"The browser may have kept the answer from the page (CORS)"_s,
        u"the page is at %1, the request went to %2"_s.arg(QString::fromUtf8(origin->value.left(80)), facts.request().url.origin().toString()),
        u"A page may read answers of another site only when that site allows it (Access-Control-Allow-Origin). Without that the browser "
        "hides the answer, and its recording shows none. It looks the same when there was no connection; the browser's console tells which."_s);
    finding.evidence.append(facts.requestHeader(*origin, u"Origin: %1"_s.arg(QString::fromUtf8(origin->value.left(80)))));
    finding.evidence.append({facts.finalIndex, EvidencePart::Connection, {}, facts.final->error->message, {}});
    finding.fixes.append(ownerFix(u"Ask the server's owner to allow the page's origin"_s, {}, u"Access-Control-Allow-Origin: %1\nVary: Origin"_s.arg(QString::fromUtf8(origin->value))));
    return finding;
}

std::optional<Finding> corsNotAllowed(const Facts &facts)
{
    if (std::optional<Finding> hidden = hiddenByTheBrowser(facts))
        return hidden;
    if (!facts.final || !facts.isPreflight() || facts.status < 200 || facts.status > 299)
        return std::nullopt;
    const Headers &asked = facts.request().headers;
    const Headers &said = facts.response().headers;
    const QByteArray origin = asked.value("Origin").trimmed();
    const QByteArray allowed = said.value("Access-Control-Allow-Origin").trimmed();
    const QByteArray method = asked.value("Access-Control-Request-Method").trimmed();
    const bool withCredentials = said.value("Access-Control-Allow-Credentials").trimmed() == "true";
    QString problem;
    QByteArray name = "Access-Control-Allow-Origin";
    if (allowed.isEmpty()) {
        problem = u"the answer has no Access-Control-Allow-Origin"_s;
    } else if (allowed != "*" && allowed != origin) {
        problem = u"Access-Control-Allow-Origin is %1, the page is at %2"_s.arg(QString::fromUtf8(allowed.left(80)), QString::fromUtf8(origin.left(80)));
    } else {
        const QByteArray methods = said.value("Access-Control-Allow-Methods");
        if (!isSimpleMethod(method) && !isInList(methods, method) && !(isInList(methods, "*") && !withCredentials)) {
            problem = u"Access-Control-Allow-Methods does not name %1"_s.arg(QString::fromUtf8(method));
            name = "Access-Control-Allow-Methods";
        }
        const QByteArray headers = said.value("Access-Control-Allow-Headers");
        for (const QByteArray &wanted : asked.value("Access-Control-Request-Headers").split(',')) {
            const QByteArray header = wanted.trimmed();
            // The asterisk never stands for Authorization.
            const bool isStarred = isInList(headers, "*") && !withCredentials && !equalsIgnoreCase(header, "Authorization");
            if (header.isEmpty() || isInList(headers, header) || isStarred || !problem.isEmpty())
                continue;
            problem = u"Access-Control-Allow-Headers does not name %1"_s.arg(QString::fromUtf8(header.left(60)));
            name = "Access-Control-Allow-Headers";
        }
    }
    if (problem.isEmpty())
        return std::nullopt;
    Finding finding = makeFinding(
        Verdict::Proven, weight::Bytes, u"A browser would not let the page send this request"_s, problem,
        u"Before a page from another site may send certain requests, the browser asks the server for permission, with an "
        "OPTIONS request (the CORS preflight). The server answered, but the answer does not give the permission that is "
        "needed, so the browser stops there. Programs that are no browsers do not ask, and are not stopped."_s);
    finding.evidence.append(said.contains(name) ? facts.responseHeader(name, problem) : facts.statusLine(problem));
    finding.evidence.append(facts.requestHeader(*asked.find("Origin"), u"Origin: %1"_s.arg(QString::fromUtf8(origin.left(80)))));
    finding.fixes.append(ownerFix(u"Ask the server's owner to allow it"_s, u"With cookies, origin and names have to be spelt out, and Access-Control-Allow-Credentials has to be true."_s,
                                  u"Access-Control-Allow-Origin: %1\nAccess-Control-Allow-Methods: %2\nAccess-Control-Allow-Headers: %3\nVary: Origin"_s.arg(
                                      QString::fromUtf8(origin), QString::fromUtf8(method),
                                      asked.contains("Access-Control-Request-Headers") ? QString::fromUtf8(asked.value("Access-Control-Request-Headers")) : u"Authorization"_s)));
    return finding;
}

} // namespace

Rule corsNotAllowedRule()
{
    return {u"cors-not-allowed"_s, ChecklistStep::Allowed, RuleKind::Cause, {u"Fetch Standard section 4.8, CORS-preflight fetch"_s}, corsNotAllowed};
}

} // namespace realmscope
