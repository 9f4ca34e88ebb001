// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/auth/AuthScheme.h"

namespace realmscope {

// Where schemes put what they made.

// Appends one encoded "name=value" to the query, also of a target of its own (--path-as-is).
void appendQueryItem(Request &request, const QByteArray &item);
[[nodiscard]] QByteArray targetPath(const Request &request);  // as on the wire, without the query
[[nodiscard]] QByteArray targetQuery(const Request &request); // as on the wire, without '?'
// Replaces the body and, where there is one, its Content-Length.
void setBody(Request &request, const QByteArray &body);
// Name and value of each pair of a query or form, decoded as application/x-www-form-urlencoded.
[[nodiscard]] QList<std::pair<QByteArray, QByteArray>> formPairs(const QByteArray &text);
// The media type of the body without parameters, lower case.
[[nodiscard]] QByteArray mediaType(const Request &request);

} // namespace realmscope
