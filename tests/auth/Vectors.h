// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QtCore/QDir>
#include <QtCore/QString>

namespace realmscope {

// Test vectors of others that are not part of the repository: $REALMSCOPE_VECTORS, or a folder beside the checkout. A
// test that finds none there has no rows and says so.
inline QString vectorsPath(const QString &name)
{
    const QString folder = qEnvironmentVariable("REALMSCOPE_VECTORS");
    return QDir(folder.isEmpty() ? QDir(QStringLiteral(REALMSCOPE_SOURCE_DIR)).filePath(QStringLiteral("../shared/vectors")) : folder).filePath(name);
}

} // namespace realmscope
