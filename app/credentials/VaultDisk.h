// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/base/Result.h"

#include <QtCore/QByteArray>

#include <optional>

namespace realmscope {

// The files of a vault: `path`, path.bak (what it was before the last save), path.lock (who may write) and, while saving,
// path.new. All of them 0600, in a folder 0700. Every call blocks: not for the thread of a window.
class VaultDisk
{
public:
    explicit VaultDisk(QString path);

    // Whoever holds it may replace the files; it goes when its process ends, however that ends. Not needed for reading.
    class Lock
    {
    public:
        ~Lock();
        Lock(Lock &&other) noexcept : m_descriptor(std::exchange(other.m_descriptor, -1)) {}
        Lock(const Lock &) = delete;
        Lock &operator=(const Lock &) = delete;
        Lock &operator=(Lock &&) = delete;

    private:
        friend class VaultDisk;
        explicit Lock(int descriptor) : m_descriptor(descriptor) {}
        int m_descriptor;
    };
    // Errors: FileUnwritable; SecretStoreFailed when another program keeps it for longer than that.
    [[nodiscard]] Result<Lock> lock(int timeoutMs = 10'000) const;

    // Nothing when there is no file. Error: FileUnreadable.
    [[nodiscard]] Result<std::optional<QByteArray>> read() const;
    [[nodiscard]] Result<std::optional<QByteArray>> readBackup() const;
    [[nodiscard]] qint64 backupTimeMs() const; // when it was saved; 0: there is none

    // The new bytes are on the disk before the file is replaced, and the file that was there becomes the backup: a crash, a
    // kill or a full disk at any point leaves the old file or the new one, whole. Error: FileUnwritable; the old file
    // is untouched then.
    [[nodiscard]] Result<void> replace(const QByteArray &bytes, const Lock &held) const;
    [[nodiscard]] Result<void> replaceBackup(const QByteArray &bytes, const Lock &held) const;
    // The backup becomes the file; what was there is kept as path.damaged. Error: FileUnwritable.
    [[nodiscard]] Result<void> restoreBackup(const Lock &held) const;

    [[nodiscard]] const QString &path() const { return m_path; } // without links
    [[nodiscard]] QString backupPath() const;
    [[nodiscard]] bool exists() const;

private:
    [[nodiscard]] Result<void> write(const QString &target, const QByteArray &bytes, bool keepOld) const;

    QString m_path;
};

} // namespace realmscope
