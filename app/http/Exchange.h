// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/Cookie.h"
#include "app/http/Message.h"

#include <QtCore/QDateTime>
#include <QtCore/QStringList>

#include <optional>

namespace realmscope {

// Why an exchange is in the trace.
enum class ExchangeRole { Final, Challenge, Token, Redirect, Proxy, Preflight, Probe };
[[nodiscard]] QString exchangeRoleId(ExchangeRole role); // "final", "challenge", … as in the JSON of `why`

// Milliseconds; a negative value means that the phase did not happen (reused connection, no TLS, never reached).
struct Timings
{
    double dns = -1;
    double connect = -1; // TCP
    double tls = -1;
    double send = -1;    // first byte written to last byte handed to the kernel
    double wait = -1;    // last byte written to first response byte
    double receive = -1; // first to last response byte
    double total = -1;   // from the start of the exchange to its end
};

struct CertificateInfo
{
    QString subject; // RFC 2253 text
    QString issuer;
    QString commonName;
    QStringList alternativeNames; // "DNS:…", "IP:…"
    QDateTime notBefore;
    QDateTime notAfter;
    QByteArray sha256Fingerprint; // raw 32 bytes
    QString keyDescription;       // "RSA 2048 bit", "EC 256 bit"
    QString serial;
    QByteArray pem;
    QStringList errors;           // verification errors at this link, for a person
};

struct TlsInfo
{
    QString protocol; // "TLSv1.3"; empty when the handshake did not get that far
    QString cipher;
    QString alpn;
    QString serverName; // SNI
    QList<CertificateInfo> chain; // leaf first; kept on failure as well
    bool verified = false;
    bool verificationSkipped = false; // the user allowed it (-k, an exception for the origin)
    QStringList errors;               // all verification errors, for a person
    QString alert;                    // text of an alert by the peer, empty when none
    bool clientCertificateOffered = false;  // there was one to offer
    std::optional<bool> clientCertificateRequested; // nothing: could not be seen
    bool clientCertificateSent = false;
    QString clientCertificateSubject;       // RFC 2253 text of the one that was to be offered
    QStringList events;                     // what happened after the first handshake: renegotiation, a late request for a certificate
};

struct ConnectionInfo
{
    quint64 id = 0;      // 0: no connection was made
    bool reused = false;
    QString localAddress; // "127.0.0.1:50112", "[::1]:50112"
    QString peerAddress;
    QString proxy;       // "http://127.0.0.1:3128" when the connection goes through one
    QString protocol;    // "http/1.1" or "h2"
};

// One frame of an HTTP/2 connection (RFC 9113 section 4.1).
struct Http2Frame
{
    bool sent = false;
    quint8 type = 0;
    quint8 flags = 0;
    quint32 stream = 0;  // 0: about the whole connection
    quint32 length = 0;  // of the payload, as its header says
    QByteArray payload;  // as it went over the wire; empty for DATA
    ByteRange data;      // of DATA: where its bytes stand in rawRequest or rawResponse
};

// What HTTP/2 made of an exchange. See Exchange::rawRequest.
struct Http2Facts
{
    quint32 stream = 0;
    bool prefaceSent = false; // this exchange opened the connection: the preface (RFC 9113 section 3.4) came first
    // The decoded header lists: pseudo-headers first, in lower case, order and duplicates as on the wire.
    Headers requestFields;
    Headers responseFields; // of the final response, or of the last interim one
    // Frames of the stream, and of the connection while the stream was open; both directions, in order.
    QList<Http2Frame> frames;
    qint64 framesLeftOut = 0; // not kept: they were too many
    std::optional<quint32> resetCode; // of an RST_STREAM by the server (RFC 9113 section 7)
};

// A deviation from the rules that was tolerated. id is stable, for JSON and tests.
struct Anomaly
{
    QString id;
    QString text; // one sentence for a person
    ByteRange range; // in the raw response
};

// One line of a scheme's worked derivation, for the Auth tab and the diagnosis (Digest: A1, A2, response …).
struct DerivationLine
{
    QString name;
    QByteArray value;
    bool secret = false; // value is, or lets one compute, a secret: mask it
};

// What the client decided about this exchange, for a person and for rules.
enum class DecisionKind {
    CredentialSent,
    CredentialWithheld, // text says why ("withheld: another origin, http://other.example")
    RedirectFollowed,
    RedirectNotFollowed,
    MethodChanged,
    ChallengeAnswered,
    ChallengeNotAnswered,
    Retried, // one retry of a safe request on a reused connection closed before any byte
    CookieWithheld, // a cookie is there, and may not go to this request; all of them are in Exchange::cookies
    ServerProofWrong, // a mutual authentication in which the server failed
    Note,
};
struct Decision
{
    DecisionKind kind = DecisionKind::Note;
    QString text;
};

// One request/response pair as it went over one connection. All public: it is a record.
//
// On HTTP/2 no text goes over the wire: header fields are compressed (HPACK) and stand in frames, among those of other
// streams. rawRequest and rawResponse are then the decoded message in the notation of HTTP/1.1: a line `name: value` for
// each field in the order of the wire, pseudo-headers first (":method: GET"), an empty line, the body, then the trailers.
// CR, LF and NUL within a field, which HTTP/2 could carry, are written as \r, \n and \0. Positions of headers, evidence
// and anomalies point into that text, as on HTTP/1.1. The bytes of the wire are in http2->frames. request.headers has no
// pseudo-headers: "host" stands for :authority and points to it.
struct Exchange
{
    ExchangeRole role = ExchangeRole::Final;
    QString label;          // short, for a person: "probe: no credential"; may be empty
    QString probeId;        // id of the probe that asked for it; empty for the others
    Request request;        // headers with source and with positions in rawRequest
    Response response;      // headers with positions in rawResponse
    RecordedBytes rawRequest;
    RecordedBytes rawResponse; // everything received, also what did not parse
    qint64 bodyOffset = -1; // offset of the first body byte in rawResponse (before transfer decoding), -1 unknown
    qint64 startedAtMs = 0; // wall clock, ms since the epoch
    Timings timings;
    ConnectionInfo connection;
    std::optional<TlsInfo> tls;
    std::optional<Http2Facts> http2; // when it went over HTTP/2
    QList<Anomaly> anomalies;
    QList<Decision> decisions;
    QList<CookieVerdict> cookies;     // sent, withheld and received ones, in that order
    QList<DerivationLine> derivation; // of the credential in this request
    std::optional<Error> error;       // why there is no whole response

    [[nodiscard]] bool hasResponse() const { return response.status != 0; }
    [[nodiscard]] bool hasAnomaly(QLatin1String id) const;
    [[nodiscard]] bool hasDecision(DecisionKind kind) const;
};

// All the exchanges that one Send caused, in order.
struct Trace
{
    QList<Exchange> exchanges;
    std::optional<Error> error; // why nothing (more) was sent: an invalid request, a withheld credential, cancel

    // The exchange that answers what the user asked: the last one that is no probe; null when there is none.
    [[nodiscard]] const Exchange *final() const;
    [[nodiscard]] int finalIndex() const; // -1 when there is none
};

} // namespace realmscope
