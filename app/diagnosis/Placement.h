// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/diagnosis/Facts.h"

namespace realmscope {

// Where a server looks for the credential.
struct Placement
{
    QByteArray name;
    QString place; // "header", "query parameter", "cookie"
    const ServerWord *word = nullptr; // that says so; borrowed from the facts
};

// The place that the server names in its words.
[[nodiscard]] std::optional<Placement> namedPlacement(const Facts &facts);
// The same, or what its challenge asks for (Authorization, for Bearer), where the request does not use it.
[[nodiscard]] std::optional<Placement> wantedPlacement(const Facts &facts);
[[nodiscard]] bool isSentAt(const Facts &facts, const Placement &placement);
// The first credential that stands in a header, the query or a cookie; or null.
[[nodiscard]] const SentCredential *placedCredential(const Facts &facts);

} // namespace realmscope
