// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: the server wants a certificate from the client and got none.
// Contradicted by: a certificate that was offered (then it was refused).
namespace {

std::optional<Finding> clientCertificateRequired(const Facts &facts)
{
    if (!facts.final)
        return std::nullopt;
    const bool wasOffered = facts.final->tls && facts.final->tls->clientCertificateOffered;
    if (wasOffered || !facts.context.settings.clientCertificateFile.isEmpty())
        return std::nullopt;
    static const QRegularExpression words = wordPattern(
        u"no required ssl certificate was sent|client certificate (is )?(required|missing|not (sent|provided|presented))|403\\.7\\b"
        "|no client certificate|requires? (a |an )?(ssl |tls )?client certificate"_s);
    const ServerWord *said = facts.mayBeRefusal() ? facts.says(words) : nullptr;
    static const QRegularExpression alertWords = wordPattern(u"certificate[ _]required|no (client )?certificate (was )?(returned|sent)|peer did not return a certificate"_s);
    const QString alert = facts.final->tls ? facts.final->tls->alert : QString();
    const QString failure = facts.final->error ? facts.final->error->message + u' ' + facts.final->error->detail : QString();
    const bool isAlert = facts.status == 0 && (alertWords.match(alert).hasMatch() || alertWords.match(failure).hasMatch());
    // A bare handshake failure after our Finished, from a server whose own certificate was fine: the usual way to say
    // it in TLS 1.2 (RFC 5246 section 7.4.6).
    static const QRegularExpression bare = wordPattern(u"handshake[ _]failure|bad[ _]certificate"_s);
    const bool isBare = facts.status == 0 && facts.final->error && !isAlert && facts.final->error->code == ErrorCode::TlsAlert
        && bare.match(alert + u' ' + failure).hasMatch();
    // The handshake was through and the request sent: the server asks for a certificate only now (renegotiation).
    const bool isAfterwards = isBare && facts.final->tls && !facts.final->tls->protocol.isEmpty() && facts.final->timings.tls >= 0;
    if (!said && !isAlert && !isBare)
        return std::nullopt;
    Finding finding = makeFinding(
        said || isAlert ? Verdict::Proven : isAfterwards ? Verdict::Likely : Verdict::Possible, weight::Said, u"The server wants a client certificate"_s,
        said ? said->evidence.text : u"the server broke off because no certificate came"_s,
        u"Usually only the server shows a certificate, to prove that it is the real one. This server wants one from you "
        "as well (mutual TLS): a file with your certificate and its private key, issued by somebody the server trusts. "
        "None was sent."_s);
    if (said) {
        finding.evidence.append(said->evidence);
        finding.evidence.append(facts.statusLine());
    } else {
        finding.evidence.append({facts.finalIndex, EvidencePart::Tls, {}, alert.isEmpty() ? failure : u"TLS alert: %1"_s.arg(alert), {}});
    }
    finding.fixes.append(advice(u"choose-client-certificate"_s, u"Choose a client certificate in the request's settings"_s,
                                u"You need the certificate and its private key as PEM files."_s));
    return finding;
}

} // namespace

Rule clientCertificateRequiredRule()
{
    return {u"client-certificate-required"_s, ChecklistStep::Understood, RuleKind::Cause, {u"RFC 8446 section 6.2"_s, u"RFC 8446 section 4.3.2"_s}, clientCertificateRequired};
}

} // namespace realmscope
