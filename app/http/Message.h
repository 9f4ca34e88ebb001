// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/Headers.h"
#include "app/http/RecordedBytes.h"
#include "app/http/Url.h"

#include <memory>

namespace realmscope {

class StreamedBody;

// What a request asks for; in the request of an exchange, what was used (Http10, Http11 or Http2).
enum class HttpVersion {
    Auto,  // https: what the server chooses of HTTP/2 and HTTP/1.1 (ALPN, RFC 7301); http: HTTP/1.1
    Http10,
    Http11,
    Http2, // as Auto, and the trace says so when it became HTTP/1.1
    Http2PriorKnowledge, // HTTP/2 and nothing else, also on http (RFC 9113 section 3.3)
};
[[nodiscard]] QString httpVersionText(HttpVersion version); // "HTTP/1.1"

// A concrete request, ready for the wire: variables are resolved, the credential is in the headers. A transport adds
// nothing to it. Framing (Content-Length, Host) is put in by Runner, as headers with their source.
struct Request
{
    QByteArray method = QByteArrayLiteral("GET");
    Url url;
    Headers headers;
    QByteArray body;
    std::shared_ptr<const StreamedBody> streamedBody; // in place of body, read while it is sent
    HttpVersion version = HttpVersion::Http11;
    QByteArray target; // request target as sent; empty means url.requestTarget()

    [[nodiscard]] QByteArray effectiveTarget() const { return target.isEmpty() ? url.requestTarget() : target; }
    [[nodiscard]] qint64 bodySize() const; // -1: a streamed body of unknown length
    [[nodiscard]] bool isSafe() const; // GET, HEAD, OPTIONS, TRACE (RFC 9110 section 9.2.1)
};

// A 1xx response that came before the final one.
struct InformationalResponse
{
    int status = 0;
    Headers headers;
};

// A response as received. `status` is 0 when no status line could be read.
struct Response
{
    int status = 0;
    QByteArray reason;
    QByteArray versionText; // "HTTP/1.1" as received
    Headers headers;
    Headers trailers;
    QList<InformationalResponse> informational;
    RecordedBytes encodedBody; // after transfer coding, before content coding
    RecordedBytes body;        // decoded; the same bytes as encodedBody when there is no content coding
    QByteArray contentCoding;  // what was decoded, in the order of Content-Encoding; empty when none
    bool complete = false;     // the end of the message was seen

    [[nodiscard]] QByteArray mediaType() const; // lower-case type/subtype of Content-Type, no parameters
};

// Checks what RFC 9110 section 5.5 / 5.6.2 and 9.1 demand before anything is sent: a method that is a token, header
// names that are tokens, values without CR, LF, NUL. Error: InvalidMethod or InvalidHeader with the name and place.
[[nodiscard]] Result<void> validateRequest(const Request &request);

} // namespace realmscope
