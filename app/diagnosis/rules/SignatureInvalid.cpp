// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

using namespace Qt::StringLiterals;

namespace realmscope {

// OAuth 1.0a, Hawk and HTTP message signatures: the server computed something else over the request. Nothing is
// recomputed here; the scheme that was used and the server's refusal are the evidence.
// Contradicted by: words about the clock or about a nonce.
namespace {

std::optional<Finding> found(const Facts &facts, const QString &name, const QString &what, const QRegularExpression &words, const Evidence &where)
{
    static const QRegularExpression clock = wordPattern(u"timestamp|stale|skew|nonce|expired"_s);
    if (!facts.mayBeRefusal() || facts.says(clock))
        return std::nullopt;
    const ServerWord *said = facts.says(words);
    if (!said && facts.status != 401)
        return std::nullopt;
    Finding finding = makeFinding(
        said ? Verdict::Likely : Verdict::Possible, said ? weight::Said : 55, u"The %1 does not match the request"_s.arg(name),
        said ? said->evidence.text : u"the signed request was refused"_s,
        u"With %1 the client computes a value over parts of the request (%2) and a secret, and the server computes it again "
        "from what it received. They differ when the secret or key is wrong, when a part was changed after signing (by a "
        "proxy, for example), or when both sides do not mean the same parts."_s.arg(name, what));
    finding.evidence.append(where);
    if (said)
        finding.evidence.append(said->evidence);
    finding.fixes.append(advice(u"sign-again"_s, u"Sign exactly the request that is sent"_s, u"Method, scheme, host, port, path, query and body as they go out."_s));
    return finding;
}

// A component that the server's Accept-Signature names (RFC 9421 section 5.1) and that no signature of the request covers.
QString missingComponent(const Facts &facts, const HeaderField &input)
{
    static const QRegularExpression list(u"\\(([^)]*)\\)"_s);
    static const QRegularExpression item(u"\"[^\"]+\""_s);
    const QString wanted = list.match(QString::fromLatin1(facts.response().headers.value("Accept-Signature"))).captured(1);
    const QString covered = QString::fromLatin1(input.value);
    auto items = item.globalMatch(wanted);
    while (items.hasNext()) {
        const QString name = items.next().captured(0);
        if (!covered.contains(name))
            return name.sliced(1, name.size() - 2);
    }
    return {};
}

Finding notCovered(const Facts &facts, const HeaderField &input, const QString &missing)
{
    Finding finding = makeFinding(
        Verdict::Proven, weight::Said, u"The signature does not cover what the server wants"_s, u"%1 is not among the signed components"_s.arg(missing),
        u"An HTTP message signature names the parts of the request that it covers. The server says in Accept-Signature which ones it "
        "wants covered, and this one is missing."_s);
    finding.evidence.append(facts.responseHeader("Accept-Signature", u"the server wants %1"_s.arg(missing)));
    finding.evidence.append(facts.requestHeader(input, u"Signature-Input does not name it"_s));
    finding.fixes.append(advice(u"sign-again"_s, u"Sign the components that Accept-Signature names"_s));
    return finding;
}

std::optional<Finding> oauth1(const Facts &facts)
{
    static const QRegularExpression words = wordPattern(u"signature|oauth_problem=signature|invalid_signature"_s);
    const AuthorizationLine *line = facts.authorization();
    if (!line || !line->is("OAuth") || !line->parsed.has("oauth_signature"))
        return std::nullopt;
    return found(facts, u"OAuth 1.0a signature"_s, u"method, URL, all parameters"_s, words,
                 facts.requestHeader(line->field, u"oauth_signature was sent, method %1"_s.arg(QString::fromLatin1(line->parsed.value("oauth_signature_method")))));
}

std::optional<Finding> hawk(const Facts &facts)
{
    static const QRegularExpression words = wordPattern(u"bad mac|mac|payload"_s);
    const AuthorizationLine *line = facts.authorization();
    if (!line || !line->is("Hawk") || !line->parsed.has("mac"))
        return std::nullopt;
    return found(facts, u"Hawk MAC"_s, u"time, nonce, method, path, host, port, payload hash"_s, words, facts.requestHeader(line->field, u"mac was sent"_s));
}

std::optional<Finding> messageSignature(const Facts &facts)
{
    static const QRegularExpression words = wordPattern(u"signature|digest|keyid|key id|component|signed|covered"_s);
    const HeaderField *field = facts.request().headers.find("Signature");
    const HeaderField *input = facts.request().headers.find("Signature-Input");
    if (const QString missing = field && input ? missingComponent(facts, *input) : QString(); !missing.isEmpty() && facts.mayBeRefusal())
        return notCovered(facts, *input, missing);
    const AuthorizationLine *line = facts.authorization();
    if (!field && line && (line->is("Signature") || line->is("EG1-HMAC-SHA256")))
        field = &line->field;
    if (!field)
        return std::nullopt;
    return found(facts, u"HTTP signature"_s, u"the components named in it"_s, words, facts.requestHeader(*field, u"a signature was sent"_s));
}

} // namespace

Rule oauth1SignatureInvalidRule()
{
    return {u"oauth1-signature-invalid"_s, ChecklistStep::Correct, RuleKind::Cause, {u"RFC 5849 section 3.4"_s}, oauth1};
}
Rule hawkMacInvalidRule()
{
    return {u"hawk-mac-invalid"_s, ChecklistStep::Correct, RuleKind::Cause, {u"Hawk 1.1 specification"_s}, hawk};
}
Rule httpSignatureInvalidRule()
{
    return {u"http-signature-invalid"_s, ChecklistStep::Correct, RuleKind::Cause, {u"RFC 9421 section 3.2"_s}, messageSignature};
}

} // namespace realmscope
