// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/base/Encoding.h"
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

// One element of DER (X.690 section 8.1): its tag and what is in it.
struct DerElement
{
    unsigned char tag = 0;
    QByteArrayView content;
};

// Reads the element at the front and moves on behind it.
std::optional<DerElement> takeElement(QByteArrayView &bytes)
{
    if (bytes.size() < 2)
        return std::nullopt;
    DerElement element;
    element.tag = static_cast<unsigned char>(bytes.at(0));
    qsizetype at = 2;
    qsizetype size = static_cast<unsigned char>(bytes.at(1));
    if (size >= 0x80) {
        const qsizetype count = size & 0x7f;
        if (count == 0 || count > 4 || bytes.size() < 2 + count)
            return std::nullopt;
        size = 0;
        for (qsizetype i = 0; i < count; ++i)
            size = size * 256 + static_cast<unsigned char>(bytes.at(at++));
    }
    if (size < 0 || at + size > bytes.size())
        return std::nullopt;
    element.content = bytes.sliced(at, size);
    bytes = bytes.sliced(at + size);
    return element;
}

// error-code [6] of a KRB-ERROR, [APPLICATION 30] (RFC 4120 section 5.9.1), anywhere in a GSS-API or SPNEGO token: it
// stands behind the token id 03 00 (RFC 4121 section 4.1). 0 when there is none.
int kerberosError(const QByteArray &token)
{
    for (qsizetype at = token.indexOf('\x7e'); at >= 0; at = token.indexOf('\x7e', at + 1)) {
        QByteArrayView rest = QByteArrayView(token).sliced(at);
        const std::optional<DerElement> error = takeElement(rest);
        if (!error)
            continue;
        QByteArrayView inside = error->content;
        const std::optional<DerElement> sequence = takeElement(inside);
        if (!sequence || sequence->tag != 0x30)
            continue;
        QByteArrayView fields = sequence->content;
        while (const std::optional<DerElement> field = takeElement(fields)) {
            if (field->tag != 0xa6)
                continue;
            QByteArrayView number = field->content;
            const std::optional<DerElement> value = takeElement(number);
            if (!value || value->tag != 0x02 || value->content.isEmpty() || value->content.size() > 4)
                return 0;
            int code = 0;
            for (const char c : value->content)
                code = code * 256 + static_cast<unsigned char>(c);
            return code;
        }
    }
    return 0;
}

QString kerberosErrorName(int code) // RFC 4120 section 7.5.9
{
    switch (code) {
    case 31:
        return u"KRB_AP_ERR_BAD_INTEGRITY"_s;
    case 32:
        return u"KRB_AP_ERR_TKT_EXPIRED"_s;
    case 33:
        return u"KRB_AP_ERR_TKT_NYV"_s;
    case 34:
        return u"KRB_AP_ERR_REPEAT"_s;
    case 35:
        return u"KRB_AP_ERR_NOT_US"_s;
    case 37:
        return u"KRB_AP_ERR_SKEW"_s;
    case 41:
        return u"KRB_AP_ERR_MODIFIED"_s;
    case 44:
        return u"KRB_AP_ERR_BADKEYVER"_s;
    case 45:
        return u"KRB_AP_ERR_NOKEY"_s;
    default:
        return u"KRB-ERROR %1"_s.arg(code);
    }
}

int returnedError(const Facts &facts)
{
    for (const Challenge &challenge : facts.challenges.challenges) {
        if (!challenge.is("Negotiate") || challenge.token68.isEmpty())
            continue;
        if (const std::optional<QByteArray> token = decodeBase64(challenge.token68))
            return kerberosError(*token);
    }
    return 0;
}

bool proxyOffersNegotiate(const Facts &facts)
{
    return std::ranges::any_of(facts.proxyChallenges.challenges, [](const Challenge &challenge) { return challenge.is("Negotiate"); });
}

bool isNtlm(const AuthorizationLine &line) { return line.credentials.trimmed().startsWith("TlRMTVNTUA"); }

// Explains: there is no Kerberos ticket that could be sent, to the server or to the proxy.
// Contradicted by: a Kerberos token that was sent; another scheme that was tried.
std::optional<Finding> noTicket(const Facts &facts)
{
    const bool isProxy = facts.status == 407;
    if (isProxy ? !facts.proxyAuthorizations.isEmpty() || !proxyOffersNegotiate(facts) : facts.status != 401 || !facts.offers("Negotiate"))
        return std::nullopt;
    const AuthorizationLine *line = isProxy ? nullptr : facts.authorization();
    const bool isFallback = line && line->is("Negotiate") && isNtlm(*line) && !facts.offers("NTLM");
    const bool wasWanted = !isProxy && facts.context.profile
        && (facts.context.profile->schemeId == "negotiate"_L1 || facts.context.profile->schemeId == "kerberos"_L1);
    QString reason;
    for (const Decision &decision : facts.final->decisions) {
        if (decision.kind == DecisionKind::ChallengeNotAnswered)
            reason = decision.text;
    }
    // Which scheme the proxy's profile has is not known here; what was tried says it.
    const bool wasTried = isProxy && reason.contains(u"Kerberos"_s);
    if (!isFallback && (line || !(wasWanted || wasTried)))
        return std::nullopt;
    const Error *error = facts.final->error ? &*facts.final->error : facts.trace.error ? &*facts.trace.error : nullptr;
    if (reason.isEmpty() && error)
        reason = error->detail.isEmpty() ? error->message : error->detail;
    Finding finding = makeFinding(
        isFallback ? Verdict::Likely : reason.isEmpty() ? Verdict::Likely : Verdict::Proven, weight::Said,
        u"There is no Kerberos ticket to send"_s,
        isFallback ? u"the token inside Negotiate is NTLM: there was no ticket, and the server takes none of NTLM"_s
            : reason.isEmpty() ? u"the server asks for Negotiate, and nothing could be sent"_s
            : isProxy ? u"for the proxy: "_s + reason : reason,
        u"With Negotiate the client shows a ticket that the Kerberos server (KDC) gave out for exactly this service. There is "
        "none: nobody has signed in (kinit), the ticket has run out, or the KDC does not know the service by the name in "
        "the URL (its principal is HTTP/host)."_s);
    if (isFallback)
        finding.evidence.append(facts.requestHeader(line->field, u"Negotiate with an NTLM message"_s, line->credentialsRange()));
    finding.evidence.append(isProxy ? facts.responseHeader("Proxy-Authenticate", u"the proxy asks for Negotiate"_s) : facts.challengeEvidence());
    finding.fixes.append(advice(u"get-ticket"_s, u"Get a ticket (kinit), and look at it with klist"_s,
                                u"Use the host name for which the service has a principal, never the number of an address."_s));
    return finding;
}

// Explains: the ticket came, and the service cannot read it.
// Contradicted by: any other Kerberos error.
std::optional<Finding> serviceKey(const Facts &facts)
{
    const AuthorizationLine *line = facts.authorization();
    if (facts.status != 401 || !line || !line->is("Negotiate") || isNtlm(*line))
        return std::nullopt;
    const int code = returnedError(facts);
    if (code != 31 && code != 35 && code != 41 && code != 44 && code != 45)
        return std::nullopt;
    Finding finding = makeFinding(
        Verdict::Proven, weight::Said, u"The service can't read the Kerberos ticket"_s,
        u"the token in the answer is a KRB-ERROR: %1, %2"_s.arg(code).arg(kerberosErrorName(code)),
        u"Your ticket is fine: the Kerberos server gave it out for this service. The service cannot decrypt it, because its "
        "key file (keytab) holds another principal or an old key. That can be mended at the server only."_s);
    finding.evidence.append(facts.challengeEvidence());
    finding.evidence.append(facts.requestHeader(line->field, u"a Kerberos token was sent"_s, line->credentialsRange()));
    finding.fixes.append(ownerFix(u"Ask the server's owner to look at the keytab"_s, u"It must hold HTTP/ and the name in the URL, with the newest key."_s,
                                  u"klist -ket /path/to/http.keytab\nkvno HTTP/host.example.com"_s));
    return finding;
}

} // namespace

Rule negotiateNoTicketRule()
{
    return {u"negotiate-no-ticket"_s, ChecklistStep::Correct, RuleKind::Cause, {u"RFC 4559 section 4"_s, u"RFC 4120 section 3.3"_s}, noTicket};
}

Rule negotiateServiceKeyRule()
{
    return {u"negotiate-service-key"_s, ChecklistStep::Correct, RuleKind::Cause, {u"RFC 4120 section 7.5.9"_s, u"RFC 4559 section 5"_s}, serviceKey};
}

} // namespace realmscope
