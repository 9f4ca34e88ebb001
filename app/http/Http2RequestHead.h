// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/Message.h"

#include <QtCore/QStringList>

namespace realmscope {

// A request as HTTP/2 carries it (RFC 9113 sections 8.2 and 8.3): names in lower case, Host as :authority, no
// field that is about the connection. Nothing else is added or reordered.
struct Http2RequestHead
{
    Headers fields;    // the header list: pseudo-headers first; positions are those in `text`
    QByteArray text;   // "name: value" lines and an empty one, see Exchange::rawRequest
    Request request;   // headers without pseudo-headers, "host" in the place of :authority
    QStringList notes; // what of the request HTTP/2 has no place for, each with its reason
};
// Precondition: validateRequest(request).
[[nodiscard]] Http2RequestHead http2RequestHead(const Request &request);

// Appends a line `name: value` to text and fills the positions. CR, LF and NUL are written as \r, \n and \0.
void appendFieldLine(QByteArray &text, HeaderField &field);

[[nodiscard]] bool isConnectionSpecific(QByteArrayView name); // RFC 9113 section 8.2.2, without TE

} // namespace realmscope
