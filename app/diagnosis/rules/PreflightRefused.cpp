// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: the server wants a credential for the browser's question in advance, which never carries one.
// Contradicted by: an OPTIONS that is no preflight.
namespace {

std::optional<Finding> preflightRefused(const Facts &facts)
{
    if (!facts.final || !facts.isPreflight() || (facts.status != 401 && facts.status != 403 && facts.status != 407))
        return std::nullopt;
    Finding finding = makeFinding(
        Verdict::Proven, weight::Said, u"The server refuses the browser's question in advance"_s,
        u"OPTIONS with Access-Control-Request-Method gets %1"_s.arg(facts.status),
        u"Before a page from another site may send certain requests, the browser asks the server for permission, with an "
        "OPTIONS request (the CORS preflight). Browsers never put a credential into that question. This server demands "
        "one for it, so the browser gives up, and the page only learns that something failed. The real request might "
        "well be accepted."_s);
    finding.evidence.append(facts.requestLine(u"an OPTIONS request, the preflight"_s));
    finding.evidence.append(facts.requestHeader(*facts.request().headers.find("Access-Control-Request-Method"), u"Access-Control-Request-Method: the browser's question"_s));
    finding.evidence.append(facts.statusLine());
    finding.fixes.append(ownerFix(u"Ask the server's owner to answer OPTIONS without asking for a credential"_s,
                                  u"The CORS handler has to stand before the authentication."_s,
                                  u"if ($request_method = OPTIONS) { return 204; }  # nginx, with the Access-Control-Allow-… headers"_s));
    return finding;
}

} // namespace

Rule preflightRefusedRule()
{
    return {u"preflight-refused"_s, ChecklistStep::Allowed, RuleKind::Cause, {u"Fetch Standard section 3.2.2, CORS-preflight request"_s}, preflightRefused};
}

} // namespace realmscope
