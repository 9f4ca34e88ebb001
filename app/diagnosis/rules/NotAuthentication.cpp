// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: what went wrong has nothing to do with who is asking. Says so, and accuses nobody.
// Contradicted by: any sign of authentication in the answer; other rules look for those.
namespace {

struct Case
{
    QString title;
    QString text;
    QString fix;
    Verdict verdict = Verdict::Likely;
};

Case caseOfStatus(const Facts &facts)
{
    if (facts.isRefusedTunnel())
        return {u"The proxy does not open the way to the server"_s,
                u"Status %1 comes from the proxy: it was asked for a tunnel (CONNECT) and did not open one. The server has not seen this request, and no credential for it was sent."_s.arg(facts.status),
                u"Read what the proxy says; its owner can allow this host and port, or send without a proxy"_s, Verdict::Proven};
    switch (facts.status) {
    case 404:
    case 410:
        return {facts.status == 404 ? u"There is nothing at this address"_s : u"What was at this address is gone"_s,
                u"The server looked and found nothing under this path. It did not ask for a credential."_s, u"Check the path"_s};
    case 405:
        return {u"The server does not take %1 here"_s.arg(QString::fromLatin1(facts.request().method)),
                u"The address exists, but not for this method. The credential was not the matter."_s, u"Use one of the methods in the Allow header"_s, Verdict::Proven};
    case 415:
    case 406:
    case 422:
    case 400:
    case 413:
    case 414:
    case 409:
    case 412:
        return {u"The server does not understand or accept the request itself"_s,
                u"Status %1 says that something is wrong with the request's form or content. Nothing in the answer is about who is asking."_s.arg(facts.status),
                u"Read the server's answer, and correct the request"_s};
    default:
        break;
    }
    if (facts.status / 100 == 3 && facts.final->hasDecision(DecisionKind::RedirectNotFollowed) && facts.trace.exchanges.size() > 5)
        return {u"The redirects have no end"_s,
                u"Each answer sends the request on, and none is an answer. Sites do so when a page sends those who are not signed in to a sign-in that sends "
                "them back, or when http and https, or two names of a host, point at each other."_s,
                u"Look at the trace: between which addresses does it go to and fro?"_s};
    if (facts.status >= 500)
        return {u"The server failed by itself"_s,
                u"Status %1 means that the server, or one behind it, could not do its work. Another credential would not change that."_s.arg(facts.status),
                u"Try again later, or tell the server's owner"_s, Verdict::Proven};
    return {u"Status %1 is not about authentication"_s.arg(facts.status), u"Nothing in the answer is about who is asking."_s, u"Read the server's answer"_s};
}

Finding connection(const Facts &facts)
{
    const Error *error = facts.final && facts.final->error ? &*facts.final->error : facts.trace.error ? &*facts.trace.error : nullptr;
    QString title = u"No answer came"_s;
    QString text = u"There was no HTTP answer, so nobody has looked at a credential yet."_s;
    if (error) {
        // A browser writes the same for what its own rules stopped, for what was cancelled and for no connection.
        static const QRegularExpression certain = wordPattern(u"NAME_NOT_RESOLVED|CONNECTION_|ADDRESS_|INTERNET_DISCONNECTED|TIMED_OUT|CERT|SSL|PROXY|TUNNEL"_s);
        const bool isVague = facts.context.recording && !certain.match(error->message).hasMatch();
        if (isVague) {
            Finding finding = makeFinding(Verdict::Likely, weight::Default, u"The recording holds no answer"_s, error->message,
                                          u"Nobody knows from this file whether the server was reached: the browser may have stopped the request by its own rules "
                                          "(CORS, mixed content, a blocker), somebody may have cancelled it, or there was no connection."_s);
            finding.evidence.append({facts.finalIndex, EvidencePart::Connection, {}, error->message, {}});
            finding.fixes.append(advice(u"connection"_s, u"Send the same request from here, or look at the browser's console"_s, u"The console names the rule that stopped it."_s));
            return finding;
        }
        switch (error->code) {
        case ErrorCode::HostNotFound:
            title = u"There is no host of this name"_s;
            text = u"The name could not be found in the DNS. Nothing was sent."_s;
            break;
        case ErrorCode::ConnectFailed:
        case ErrorCode::ConnectTimeout:
            title = u"No connection to the server"_s;
            text = u"The host is known, but no connection could be made: nothing listens there, or something in between blocks it. Nothing was sent."_s;
            break;
        case ErrorCode::TlsFailure:
        case ErrorCode::TlsAlert:
            title = u"The secure connection could not be made"_s;
            text = u"TLS makes sure that the server is the right one. That failed, so nothing was sent, in particular no credential."_s;
            break;
        case ErrorCode::OriginNotAllowed:
            title = u"The credential may not be sent to this address, so nothing was sent"_s;
            text = u"A credential profile names the origins (scheme, host and port) it may be sent to. This one is not among them."_s;
            break;
        case ErrorCode::Cancelled:
            title = u"The request was cancelled"_s;
            text = u"It was stopped before an answer came."_s;
            break;
        case ErrorCode::ProtocolError:
            title = u"What came back is not HTTP"_s;
            text = u"Something answered, but not with an HTTP response."_s;
            break;
        default:
            break;
        }
    }
    // The other side's alert may well be about a certificate that it misses.
    const bool isAlert = error && error->code == ErrorCode::TlsAlert;
    Finding finding = makeFinding(isAlert ? Verdict::Likely : Verdict::Proven, weight::Default, title, error ? error->message : u"no response"_s, text);
    const bool isTls = error && (error->code == ErrorCode::TlsFailure || error->code == ErrorCode::TlsAlert);
    finding.evidence.append({facts.finalIndex, isTls ? EvidencePart::Tls : EvidencePart::Connection, {}, error ? error->message : u"no response was received"_s, {}});
    if (facts.final && facts.final->tls) {
        for (const QString &problem : facts.final->tls->errors)
            finding.evidence.append({facts.finalIndex, EvidencePart::Tls, {}, problem, {}});
    }
    if (error && !error->action.isEmpty())
        finding.fixes.append(advice(u"connection"_s, error->action));
    return finding;
}

std::optional<Finding> notAuthentication(const Facts &facts)
{
    if (facts.kind == OutcomeKind::ConnectionFailed)
        return connection(facts);
    if (facts.kind != OutcomeKind::NotAuthentication)
        return std::nullopt;
    const Case what = caseOfStatus(facts);
    Finding finding = makeFinding(what.verdict, weight::Default, what.title, u"status %1 %2"_s.arg(facts.status).arg(QString::fromUtf8(facts.response().reason)).trimmed(), what.text);
    finding.evidence.append(facts.statusLine());
    for (const ServerWord &word : facts.words) {
        if (finding.evidence.size() < 3)
            finding.evidence.append(word.evidence);
    }
    finding.fixes.append(advice(u"read-answer"_s, what.fix));
    return finding;
}

} // namespace

Rule notAuthenticationRule()
{
    return {u"not-authentication"_s, ChecklistStep::ServerSide, RuleKind::Fallback, {u"RFC 9110 section 15"_s}, notAuthentication};
}

} // namespace realmscope
