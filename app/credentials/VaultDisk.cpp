// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/credentials/VaultDisk.h"

#include "app/credentials/VaultFile.h"

#include <QtCore/QDateTime>
#include <QtCore/QDir>
#include <QtCore/QElapsedTimer>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QThread>

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

QString systemWords(int error) { return QString::fromLocal8Bit(std::strerror(error)); }

Error cannotSave(const QString &path, int error)
{
    return {ErrorCode::FileUnwritable, u"the vault can't be saved: %1"_s.arg(path), systemWords(error),
            u"Check the permissions of the folder and the space on the disk; the old vault is still there."_s};
}

// Closes itself.
class Descriptor
{
public:
    explicit Descriptor(int number) : m_number(number) {}
    ~Descriptor() { close(); }
    Descriptor(const Descriptor &) = delete;
    Descriptor &operator=(const Descriptor &) = delete;
    [[nodiscard]] bool isOpen() const { return m_number >= 0; }
    [[nodiscard]] int number() const { return m_number; }
    bool close() { return m_number < 0 || ::close(std::exchange(m_number, -1)) == 0; }

private:
    int m_number;
};

bool writeAllTo(int descriptor, const QByteArray &bytes)
{
    qsizetype at = 0;
    while (at < bytes.size()) {
        const ssize_t written = ::write(descriptor, bytes.constData() + at, size_t(bytes.size() - at));
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        at += written;
    }
    return true;
}

// A rename is on the disk only when its folder is.
void syncFolder(const QString &file)
{
    const Descriptor folder(::open(QFile::encodeName(QFileInfo(file).path()).constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (folder.isOpen())
        (void)::fsync(folder.number());
}

// A link to the file (of somebody who keeps it in a synchronised folder) stays a link.
QString withoutLinks(const QString &path)
{
    const QString real = QFileInfo(path).canonicalFilePath();
    return real.isEmpty() ? path : real;
}

Result<std::optional<QByteArray>> readWhole(const QString &path)
{
    QFile file(path);
    if (!file.exists())
        return std::optional<QByteArray>();
    if (!file.open(QIODevice::ReadOnly))
        return Error{ErrorCode::FileUnreadable, u"the vault can't be read: %1"_s.arg(path), file.errorString(), u"Check the permissions of the file."_s};
    // One byte more than there may be is enough to see that it is too large.
    const QByteArray bytes = file.read(vaultLargestFile + 1);
    if (file.error() != QFile::NoError)
        return Error{ErrorCode::FileUnreadable, u"the vault can't be read: %1"_s.arg(path), file.errorString(), u"Look after the disk; the backup is beside the file."_s};
    return std::optional(bytes);
}

} // namespace

VaultDisk::VaultDisk(QString path) : m_path(withoutLinks(path)) {}

VaultDisk::Lock::~Lock()
{
    if (m_descriptor >= 0)
        ::close(m_descriptor); // which gives the lock back
}

Result<VaultDisk::Lock> VaultDisk::lock(int timeoutMs) const
{
    const QString folder = QFileInfo(m_path).path();
    if (!QDir(folder).exists() && QDir().mkpath(folder))
        QFile::setPermissions(folder, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    const QByteArray name = QFile::encodeName(m_path + u".lock"_s);
    const int descriptor = ::open(name.constData(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor < 0)
        return cannotSave(m_path, errno);
    Lock held(descriptor);
    QElapsedTimer timer;
    timer.start();
    while (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return cannotSave(m_path, errno);
        if (timer.elapsed() > timeoutMs)
            return Error{ErrorCode::SecretStoreFailed, u"another program is writing the vault: %1"_s.arg(m_path), {}, u"Try again when it is done."_s};
        constexpr unsigned long pauseMs = 5;
        QThread::msleep(pauseMs);
    }
    return held;
}

Result<std::optional<QByteArray>> VaultDisk::read() const { return readWhole(m_path); }
Result<std::optional<QByteArray>> VaultDisk::readBackup() const { return readWhole(backupPath()); }
QString VaultDisk::backupPath() const { return m_path + u".bak"_s; }
bool VaultDisk::exists() const { return QFile::exists(m_path); }

qint64 VaultDisk::backupTimeMs() const
{
    const QFileInfo info(backupPath());
    return info.exists() ? info.lastModified().toMSecsSinceEpoch() : 0;
}

Result<void> VaultDisk::write(const QString &target, const QByteArray &bytes, bool keepOld) const
{
    const QString fresh = m_path + u".new"_s;
    const QByteArray freshName = QFile::encodeName(fresh);
    const QByteArray targetName = QFile::encodeName(target);
    // What a killed process left is of no use to anybody: the lock says that nobody writes it now.
    ::unlink(freshName.constData());
    Descriptor file(::open(freshName.constData(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    const auto failed = [&] {
        const int error = errno;
        ::unlink(freshName.constData());
        return cannotSave(target, error);
    };
    if (!file.isOpen() || !writeAllTo(file.number(), bytes) || ::fsync(file.number()) != 0 || !file.close())
        return failed();
    if (keepOld && QFile::exists(target)) {
        // A second name for the old file, then in one step in place of the last backup: there is one at each moment.
        const QByteArray keptName = QFile::encodeName(m_path + u".old"_s);
        const QByteArray backupName = QFile::encodeName(backupPath());
        ::unlink(keptName.constData());
        if (::link(targetName.constData(), keptName.constData()) == 0) {
            if (::rename(keptName.constData(), backupName.constData()) != 0)
                return failed();
        } else { // a file system without links
            const Result<std::optional<QByteArray>> old = readWhole(target);
            if (!old)
                return old.error();
            Descriptor copy(::open(keptName.constData(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
            if (!copy.isOpen() || !writeAllTo(copy.number(), old->value_or(QByteArray())) || ::fsync(copy.number()) != 0 || !copy.close()
                || ::rename(keptName.constData(), backupName.constData()) != 0) {
                const int error = errno;
                ::unlink(keptName.constData());
                errno = error;
                return failed();
            }
        }
    }
    if (::rename(freshName.constData(), targetName.constData()) != 0)
        return failed();
    syncFolder(target);
    return {};
}

Result<void> VaultDisk::replace(const QByteArray &bytes, const Lock &) const { return write(m_path, bytes, true); }
Result<void> VaultDisk::replaceBackup(const QByteArray &bytes, const Lock &) const { return write(backupPath(), bytes, false); }

Result<void> VaultDisk::restoreBackup(const Lock &) const
{
    const Result<std::optional<QByteArray>> backup = readBackup();
    if (!backup)
        return backup.error();
    if (!*backup)
        return Error{ErrorCode::FileUnreadable, u"there is no backup: %1"_s.arg(backupPath()), {}, u"Look for a copy of the vault elsewhere."_s};
    if (exists() && ::rename(QFile::encodeName(m_path).constData(), QFile::encodeName(m_path + u".damaged"_s).constData()) != 0)
        return cannotSave(m_path, errno);
    return write(m_path, **backup, false);
}

} // namespace realmscope
