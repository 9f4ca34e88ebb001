// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/base/Result.h"

#include <QtCore/QByteArray>

namespace realmscope {

// Writes a file that only its owner may read (0600), whole or not at all: a crash leaves the old one. Missing folders
// are made. what: for the error, "the cookies". Error: FileUnwritable.
[[nodiscard]] Result<void> writePrivateFile(const QString &path, const QByteArray &bytes, const QString &what);

} // namespace realmscope
