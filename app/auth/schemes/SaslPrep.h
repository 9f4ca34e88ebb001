// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/base/Result.h"

#include <QtCore/QString>

namespace realmscope {

// SASLprep of a user name or password (RFC 4013), with the tables of RFC 3454. Code points that Unicode 3.2 had not assigned
// pass, as in a query (RFC 3454 section 7). Error: InvalidInput when the text has a character that is not allowed; `what`
// names the field.
[[nodiscard]] Result<QString> saslPrep(const QString &what, const QString &text);

} // namespace realmscope
