// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: a client certificate was shown and not accepted; or it could not be used at all.
namespace {

std::optional<Finding> rejected(const Facts &facts)
{
    if (!facts.final)
        return std::nullopt;
    const bool wasOffered = (facts.final->tls && facts.final->tls->clientCertificateOffered) || !facts.context.settings.clientCertificateFile.isEmpty();
    if (!wasOffered)
        return std::nullopt;
    static const QRegularExpression words = wordPattern(u"ssl certificate error|certificate.{0,60}(revoked|expired|untrusted|not trusted|invalid|unknown|rejected|mismatch|does not match)|403\\.(13|16|17)\\b"_s);
    static const QRegularExpression alerts = wordPattern(u"(certificate|unknown)[ _](revoked|expired|unknown|ca)|bad[ _]certificate|unsupported[ _]certificate|handshake[ _]failure"_s);
    const ServerWord *said = facts.mayBeRefusal() ? facts.says(words) : nullptr;
    const QString alert = facts.final->tls ? facts.final->tls->alert : QString();
    const bool isAlert = facts.status == 0 && alerts.match(alert).hasMatch();
    // The same request without the certificate: let in where the certificate was not, or connected where the handshake failed.
    const ProbeFact *without = facts.probe(QLatin1StringView("without-certificate"));
    if (!without && facts.credentials.size() == 1)
        without = facts.anonymous(); // the certificate was all there was
    const bool isLetIn = without && (facts.isRefusal() || said) && without->status() >= 200 && without->status() < 300;
    const bool isShown = isLetIn || (without && isAlert);
    if (!said && !isAlert && !isLetIn)
        return std::nullopt;
    Finding finding = makeFinding(
        isShown ? Verdict::Proven : Verdict::Likely, weight::Said, u"The server does not accept your client certificate"_s,
        said ? said->evidence.text : isAlert ? alert : u"with the certificate %1, without it %2"_s.arg(facts.status).arg(without->status()),
        u"The certificate was shown, and the server refused it: it has run out or was revoked, was issued by somebody the "
        "server does not trust, or is in a name that it does not let in."_s);
    if (said)
        finding.evidence.append(said->evidence);
    else if (isAlert)
        finding.evidence.append({facts.finalIndex, EvidencePart::Tls, {}, u"TLS alert: %1"_s.arg(alert), {}});
    else
        finding.evidence.append(facts.statusLine());
    if (isShown)
        finding.evidence.append(facts.probeEvidence(*without, isAlert ? u"without the certificate the connection is made, and the server answers %1"_s.arg(without->status())
                                                                      : u"without the certificate the same request is accepted (%1)"_s.arg(without->status())));
    finding.fixes.append(advice(u"choose-client-certificate"_s, u"Choose a certificate that this server accepts"_s, u"Look at its dates and at who issued it."_s));
    return finding;
}

std::optional<Finding> unusable(const Facts &facts)
{
    if (facts.context.settings.clientCertificateFile.isEmpty())
        return std::nullopt;
    const Error *error = facts.trace.error ? &*facts.trace.error : facts.final && facts.final->error ? &*facts.final->error : nullptr;
    static const QRegularExpression words = wordPattern(u"client certificate|client key|private key|passphrase|key of the client"_s);
    const bool isAlert = facts.final && facts.final->tls && !facts.final->tls->alert.isEmpty(); // the server's word: it was used
    if (!error || facts.status != 0 || isAlert || !words.match(error->message + u' ' + error->detail).hasMatch())
        return std::nullopt;
    Finding finding = makeFinding(
        Verdict::Proven, weight::Said, u"The client certificate can't be used"_s, error->message,
        u"The certificate and its private key were to be shown to the server, but this program could not use them: the "
        "file cannot be read, the passphrase of the key is wrong, or key and certificate do not belong together. Nothing "
        "was sent."_s);
    finding.evidence.append({facts.finalIndex, EvidencePart::Tls, {}, error->message, {}});
    finding.fixes.append(advice(u"check-client-certificate"_s, u"Check file, key and passphrase"_s, error->action));
    return finding;
}

} // namespace

Rule clientCertificateRejectedRule()
{
    return {u"client-certificate-rejected"_s, ChecklistStep::Correct, RuleKind::Cause, {u"RFC 8446 section 6.2"_s}, rejected};
}
Rule clientCertificateUnusableRule()
{
    return {u"client-certificate-unusable"_s, ChecklistStep::Correct, RuleKind::Cause, {u"RFC 8446 section 4.4.2"_s}, unusable};
}

} // namespace realmscope
