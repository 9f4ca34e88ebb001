// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/Exchange.h"

#include <QtCore/QString>

namespace realmscope {

enum class LintLevel { None, Good, Note, Warning, Problem };

struct HeaderLint
{
    LintLevel level = LintLevel::None;
    QString text; // a few words: "no Secure"; empty when there is nothing to say
    QString more; // one sentence
};

// What a response header means in this answer, in a few words for the table.
[[nodiscard]] QString headerMeaning(const HeaderField &field, const Exchange &exchange);
[[nodiscard]] HeaderLint lintHeader(const HeaderField &field, const Exchange &exchange);
// Who is likely to have set it: "Server", "Gateway, likely", "Echo of yours".
struct HeaderOrigin
{
    QString text;
    QString icon;
};
[[nodiscard]] HeaderOrigin headerOrigin(const HeaderField &field, const Exchange &exchange);
[[nodiscard]] QString headerSource(const QByteArray &name); // "RFC 9110 §11.6.1"; empty when not known

} // namespace realmscope
