// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/workspace/PrivateFile.h"

#include <QtCore/QDir>
#include <QtCore/QFileInfo>
#include <QtCore/QSaveFile>

using namespace Qt::StringLiterals;

namespace realmscope {

Result<void> writePrivateFile(const QString &path, const QByteArray &bytes, const QString &what)
{
    QDir().mkpath(QFileInfo(path).absolutePath());
    QSaveFile file(path);
    // The rights come before the first byte.
    if (!file.open(QIODevice::WriteOnly) || !file.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner)
        || file.write(bytes) != bytes.size() || !file.commit())
        return Error{ErrorCode::FileUnwritable, u"%1 can't be saved: %2"_s.arg(what, path), file.errorString(),
                     u"Check the permissions of the folder and the space on the disk; the old file is still there."_s};
    return {};
}

} // namespace realmscope
