// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/workspace/RequestSpec.h"

#include <functional>

namespace realmscope {

using ResolveText = std::function<Result<QString>(const QString &)>;

// What a body of text becomes before it goes out, as the programs that share the .http syntax do it:
//   GraphQL       the query and its variables become the JSON object of GraphQL over HTTP
//   "< ./file"    a line that stands for a file ("<@ ./file": with its variables replaced)
//   multipart/…   lines end with CR LF (RFC 2046 section 4.1.1)
//   …-urlencoded  lines are joined, blanks around = and & go, what can't stand in a form is percent-encoded
// Relative paths start from `folder`. Errors: UnresolvedVariable, FileUnreadable, InvalidInput.
[[nodiscard]] Result<QList<BodyPiece>> buildTextBody(const RequestSpec &spec, const QByteArray &contentType, const QString &folder,
                                                     const ResolveText &resolve);

// A body that is a file: one piece, or its text with the variables replaced.
[[nodiscard]] Result<BodyPiece> buildFileBody(const SpecBody &body, const QString &folder, const ResolveText &resolve);

} // namespace realmscope
