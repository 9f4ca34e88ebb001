// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

#include <QtCore/QJsonObject>

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: the token only works together with a proof of possession, and it was sent as a plain bearer token.
// Contradicted by: the DPoP scheme with a proof; an answer about something else (expired, scope).
namespace {

std::optional<Finding> tokenDpopBound(const Facts &facts)
{
    const AuthorizationLine *line = facts.authorization();
    if (!line || !facts.token || !facts.token->jwt || !facts.isAuthRelated() || facts.errorCode == u"insufficient_scope")
        return std::nullopt;
    const QJsonObject bound = facts.token->jwt->claims.value("cnf"_L1).toObject();
    const bool isDpop = bound.contains("jkt"_L1);
    const bool isCertificate = bound.contains("x5t#S256"_L1);
    const bool hasCertificate = facts.final->tls && facts.final->tls->clientCertificateOffered;
    if (!(isDpop && !line->is("DPoP")) && !(isCertificate && !hasCertificate))
        return std::nullopt;
    const QString claim = isDpop ? u"cnf.jkt"_s : u"cnf.x5t#S256"_s;
    Finding finding = makeFinding(
        Verdict::Proven, 89, isDpop ? u"The token is bound to a key, and was sent without the proof"_s : u"The token is bound to a client certificate, and none was sent"_s,
        u"the token has the claim %1"_s.arg(claim),
        isDpop ? u"This token is of no use to a thief: it names a key (the claim cnf.jkt), and every request has to show, "
                 "with a DPoP header signed by that key, that the sender has it. It was sent as a plain Bearer token "
                 "without that proof."_s
               : u"This token is of no use to a thief: it names a certificate (the claim cnf), and the connection has to be "
                 "made with that certificate. None was shown."_s);
    Evidence where = facts.token->where;
    where.part = EvidencePart::Token;
    where.name = "cnf";
    where.text = u"the token has the claim %1"_s.arg(claim);
    finding.evidence.append(where);
    finding.evidence.append(facts.requestHeader(line->field, u"Authorization: %1 …"_s.arg(QString::fromLatin1(line->scheme))));
    finding.evidence.append(facts.challengeEvidence());
    finding.fixes.append(advice(u"send-proof"_s, isDpop ? u"Send it as Authorization: DPoP with a DPoP proof"_s : u"Choose the client certificate that the token was issued for"_s,
                                u"The key is that of the client which got the token."_s));
    return finding;
}

} // namespace

Rule tokenDpopBoundRule()
{
    return {u"token-dpop-bound"_s, ChecklistStep::Correct, RuleKind::Cause, {u"RFC 9449 section 7.1"_s, u"RFC 8705 section 3"_s}, tokenDpopBound};
}

} // namespace realmscope
