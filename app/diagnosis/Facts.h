// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/base/Duration.h"
#include "app/diagnosis/Diagnoser.h"
#include "app/diagnosis/SentCredentials.h"
#include "app/diagnosis/ServerWords.h"

namespace realmscope {

// One probe's answer beside the real one.
struct ProbeFact
{
    QString id;
    int exchange = -1;
    const Exchange *answer = nullptr;
    bool same = false; // sameAnswer() as the final exchange
    [[nodiscard]] int status() const { return answer ? answer->response.status : 0; }
};

// A token that can be looked into, wherever it was sent.
struct TokenFact
{
    QByteArray text; // never printed
    Evidence where;  // part, name and range
    std::optional<DecodedJwt> jwt;
};

// What can be known about a trace, computed once, so that rules read instead of parse. Borrows the trace and the
// context: both outlive it.
class Facts
{
public:
    Facts(const Trace &trace, const DiagnosisContext &context);

    const Trace &trace;
    const DiagnosisContext &context;

    // The answer to what the user asked. final is null when nothing came at all; request and response are then empty.
    int finalIndex = -1;
    const Exchange *final = nullptr;
    const Request &request() const;
    const Response &response() const;
    int status = 0;
    OutcomeKind kind = OutcomeKind::NotAuthentication; // by status and shape; rules may raise a 4xx to a refusal

    // What was sent with the final request.
    QList<AuthorizationLine> authorizations;
    QList<AuthorizationLine> proxyAuthorizations;
    QList<SentCredential> credentials; // all places but the body
    QList<SentCredential> bodyCredentials;
    QList<SentCredential> cookies;     // also those that are no credential by their name
    std::optional<TokenFact> token;
    bool isTokenRequest = false;       // grant_type in the body or in the query: an OAuth token endpoint
    bool isLoginRequest = false;       // a password in the body, no grant_type
    QList<NamedValue> form;            // of a form body

    // What came back.
    bool headersIncomplete = false;    // the answer broke off, or a limit did, before its header was over: what lacks may have come
    ChallengeList challenges;
    ChallengeList proxyChallenges;
    BodyFacts body;
    QList<ServerWord> words;           // what the server says, in the answer and in its log
    QList<ServerWord> logWords;        // of its log alone
    QList<LogMatch> logMatches;        // the entries that belong to the final exchange
    QString errorCode;                 // RFC 6750 / RFC 6749 error, lower case; from the challenge, JSON or Location
    Evidence errorEvidence;
    std::optional<Url> location;       // resolved
    bool locationIsLogin = false;

    // Time, in seconds since the epoch.
    qint64 localNow = 0;               // local clock when the answer came
    std::optional<qint64> serverNow;   // Date, corrected by Age (RFC 9110 section 6.6.1, RFC 9111 section 5.1)
    std::optional<qint64> clockOffset; // server minus local; not from a cached answer
    qint64 now() const { return serverNow.value_or(localNow); }
    bool fromCache = false;            // Age above zero, or X-Cache says HIT

    QList<ProbeFact> probes;
    const ProbeFact *probe(QLatin1StringView id) const;
    const ProbeFact *anonymous() const { return probe(QLatin1StringView("anonymous")); }
    bool sameAsAnonymous() const;      // known to be the same
    bool differsFromAnonymous() const; // known to differ

    // The same request with the same credential, let in when it went around the proxy: the credential is good. Or null.
    const ProbeFact *letInDirect() const;

    const AuthorizationLine *authorization() const { return authorizations.isEmpty() ? nullptr : &authorizations.first(); }
    bool hasCredential() const { return !credentials.isEmpty(); }
    bool hasCertainCredential() const; // not only an arbitrary cookie
    bool mayHoldCredential() const;    // a body, or a long random value in a place that nobody knows: it may be one
    bool isRefusal() const;            // by kind
    // A leg of the login is the last that there is: the credential never came to be, and what the user asked was not sent.
    bool isFailedLogin() const;
    bool isRefusedTunnel() const;      // the proxy's answer to CONNECT, but 407: the server has not been asked
    bool hasAuthSign() const;          // a challenge, an error code, or words about a credential in the answer
    bool isAuthRelated() const;        // a refusal, or a 400/415/422 with such a sign
    bool mayBeRefusal() const;         // the same, or a 400/415/422 to a request with an Authorization or a login body
    bool wasDropped() const;           // a redirect withheld a credential
    bool isPreflight() const;          // OPTIONS with Origin and Access-Control-Request-Method
    const Challenge *challenge(QByteArrayView scheme) const { return challenges.find(scheme); }
    QStringList offeredSchemes() const; // "Digest", "Basic"; canonical spelling, no repeats
    bool offers(QByteArrayView scheme) const;
    bool asksForHeader(QByteArrayView header) const; // a challenge whose scheme uses a header of its own

    // First of the server's words that matches, or null.
    const ServerWord *says(const QRegularExpression &pattern) const;
    const ServerWord *saysMissing() const;  // that no credential arrived
    const ServerWord *saysRejected() const; // that it was refused as wrong

    // Evidence of the final exchange.
    Evidence requestHeader(const HeaderField &field, const QString &text, ByteRange range = {}) const;
    Evidence requestLine(const QString &text, ByteRange range = {}) const;
    Evidence credential(const SentCredential &sent, const QString &text) const;
    Evidence responseHeader(QByteArrayView name, const QString &text) const;
    Evidence challengeEvidence() const; // the WWW-Authenticate line, quoted; the status line when there is none
    Evidence statusLine(const QString &text = {}) const;
    Evidence probeEvidence(const ProbeFact &probe, const QString &text) const;
    Evidence serverTime() const; // the Date header

private:
    void readRequest();
    void readResponse();
    void readTime();
    void readProbes();
    void readLogs();
    void readToken();
    void decideKind();
    void decideKindByAnswer();
};

[[nodiscard]] QString utcTime(qint64 seconds);          // "2026-11-24 14:30:11 UTC"
// "an empty value", "812 bytes": never the value.
[[nodiscard]] QString describeSecret(QByteArrayView value);
[[nodiscard]] QString placeText(const SentCredential &sent); // "the X-Api-Key header", "the cookie sid"

} // namespace realmscope
