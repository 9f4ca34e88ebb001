// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QString>

#include <optional>

namespace realmscope {

// How a header that carries a credential stands in a table: what is no secret stays readable, the rest is a number of
// bullets that says nothing about its length.
struct MaskedHeader
{
    QString shown;  // "Bearer ••••••••", "locale=en-GB; sid=••••••••"
    QString remark; // kind and size of a token ("JWT, 812 B"), or the user name; nothing about a password
};

// nullopt when there is nothing to mask: no credential header, an empty value, or {{variables}} alone.
[[nodiscard]] std::optional<MaskedHeader> maskedHeader(const QString &name, const QString &value);

// "JWT, 812 B", "opaque, 64 B"; empty for what is too short to be told from a password.
[[nodiscard]] QString tokenRemark(const QByteArray &token);

} // namespace realmscope
