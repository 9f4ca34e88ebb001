// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"
#include "app/base/Encoding.h"

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: the Digest answer cannot be right, seen from its own parameters: another uri, realm, algorithm or quality
// of protection than the request and the challenge have.
// Contradicted by: parameters that all agree; then it is the password, or a nonce that ran out.
namespace {

std::optional<Finding> digestMismatch(const Facts &facts)
{
    const AuthorizationLine *line = facts.authorization();
    if (!line || !line->is("Digest") || (facts.status != 401 && facts.status != 400 && facts.status != 403))
        return std::nullopt;
    const Challenge &sent = line->parsed;
    QString title;
    QString summary;
    QByteArray param;
    Verdict verdict = Verdict::Proven;
    const Challenge *asked = facts.challenge("Digest");
    const QByteArray target = facts.request().effectiveTarget();
    const QByteArray uri = sent.value("uri");
    if (sent.has("uri") && uri != target && uri != facts.request().url.toString().toUtf8()) {
        title = u"The Digest answer is for another address than the request"_s;
        summary = u"uri is %1, the request goes to %2"_s.arg(displayText(uri), displayText(target));
        param = "uri";
    } else if (asked && asked->has("realm") && sent.value("realm") != asked->value("realm")) {
        title = u"The Digest answer names another realm than the server"_s;
        summary = u"realm is \"%1\", the server's is \"%2\""_s.arg(displayText(sent.value("realm")), displayText(asked->value("realm")));
        param = "realm";
    } else if (asked) {
        bool isOffered = false;
        bool hasQop = false;
        QStringList offered;
        const QByteArray used = sent.has("algorithm") ? sent.value("algorithm") : QByteArray("MD5");
        for (const Challenge &challenge : facts.challenges.challenges) {
            if (!challenge.is("Digest"))
                continue;
            const QByteArray name = challenge.has("algorithm") ? challenge.value("algorithm") : QByteArray("MD5");
            offered.append(QString::fromLatin1(name));
            isOffered = isOffered || equalsIgnoreCase(name, used);
            hasQop = hasQop || challenge.has("qop");
        }
        if (!isOffered) {
            title = u"The Digest answer uses an algorithm that the server does not offer"_s;
            summary = u"algorithm is %1, the server offers %2"_s.arg(QString::fromLatin1(used), offered.join(u", "_s));
            param = "algorithm";
        } else if (hasQop && !sent.has("qop")) {
            title = u"The Digest answer has the old form without qop"_s;
            summary = u"the server asks for qop, and the answer has none"_s;
            param = "response";
            verdict = Verdict::Likely;
        } else if (sent.has("qop") && (!sent.has("nc") || !sent.has("cnonce"))) {
            title = u"The Digest answer lacks nc or cnonce"_s;
            summary = u"with qop, both have to be sent"_s;
            param = "qop";
        }
    }
    if (title.isEmpty())
        return std::nullopt;
    Finding finding = makeFinding(
        verdict, 82, title, summary,
        u"With Digest the client does not send the password, but a hash over it, the server's realm and nonce, the method "
        "and the address. Both sides compute it; they only agree when every part is the same. Here one part differs, so "
        "the result cannot match, whatever the password is."_s);
    ByteRange range = line->field.valueRange;
    if (const AuthParam *at = sent.param(param); at && !range.isEmpty() && range.begin + at->range.end <= range.end)
        range = {range.begin + at->range.begin, range.begin + at->range.end};
    finding.evidence.append(facts.requestHeader(line->field, summary, range));
    finding.evidence.append(param == "uri" ? facts.requestLine(u"the request goes to %1"_s.arg(displayText(target))) : facts.challengeEvidence());
    finding.fixes.append(advice(u"let-realmscope-answer"_s, u"Let Realmscope answer the challenge"_s,
                                u"Remove the ready-made Authorization header and use a Digest profile: the answer is then computed for this request."_s));
    if (param == "uri")
        finding.fixes.append(ownerFix(u"If a proxy rewrites the path, Digest cannot pass it"_s, u"The server must see the address that the client signed."_s));
    return finding;
}

} // namespace

Rule digestMismatchRule()
{
    return {u"digest-mismatch"_s, ChecklistStep::Correct, RuleKind::Cause, {u"RFC 7616 section 3.4"_s, u"RFC 7616 section 3.4.6"_s}, digestMismatch};
}

} // namespace realmscope
