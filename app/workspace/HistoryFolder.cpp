// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/workspace/HistoryFolder.h"

#include "app/base/Random.h"
#include "app/workspace/PrivateFile.h"
#include "app/workspace/TraceRecord.h"

#include <QtCore/QCborArray>
#include <QtCore/QCborMap>
#include <QtCore/QCryptographicHash>
#include <QtCore/QDir>
#include <QtCore/QDirIterator>
#include <QtCore/QFile>
#include <QtCore/QLockFile>
#include <QtCore/QStandardPaths>
#include <QtCore/QtEndian>

#include <algorithm>

#include <zlib.h>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr QByteArrayView entryPrefix("realmscope.history/");
constexpr QByteArrayView entryHeader("realmscope.history/1\n");
constexpr auto entryEnding = ".trace"_L1;
constexpr int lockTimeoutMs = 15'000;
constexpr int staleLockMs = 2'000;
constexpr quint32 largestEntry = 512 * 1024 * 1024; // unpacked
constexpr int packingLevel = 4;                     // of zlib: most of the gain at half of the time
constexpr auto ownerOnlyFile = QFileDevice::ReadOwner | QFileDevice::WriteOwner;
constexpr auto ownerOnlyFolder = ownerOnlyFile | QFileDevice::ExeOwner;

// First line the kind, second the entry's line, so that the list can be made again; then the packed CBOR.
QByteArray fileOf(const HistoryRecord &record)
{
    QCborArray leftOut = QCborArray::fromStringList(record.leftOut);
    const QCborMap map{{"spec"_L1, specToCbor(record.spec)},
                       {"leftOut"_L1, leftOut},
                       {"trace"_L1, traceToCbor(record.trace)},
                       {"diagnosis"_L1, QCborMap::fromJsonObject(record.diagnosis)}};
    return qCompress(QCborValue(map).toCbor(), packingLevel);
}

Error damaged(const QString &path, const QString &what)
{
    return {ErrorCode::Parse, u"the history entry is damaged: %1"_s.arg(path), what, u"Delete it; the other entries are not concerned."_s};
}

// Of what qCompress() made. Empty when it is damaged; qUncompress() would complain on standard error as well.
QByteArray unpack(const QByteArray &packed)
{
    constexpr qsizetype lengthSize = 4; // it writes the unpacked size first
    constexpr qint64 bestRatio = 1032;  // of zlib: more is not possible
    if (packed.size() <= lengthSize)
        return {};
    const auto size = qFromBigEndian<quint32>(packed.constData());
    if (size > largestEntry || size > packed.size() * bestRatio)
        return {};
    QByteArray bytes(static_cast<qsizetype>(size), Qt::Uninitialized);
    uLongf length = size;
    const int result = ::uncompress(reinterpret_cast<Bytef *>(bytes.data()), &length, reinterpret_cast<const Bytef *>(packed.constData()) + lengthSize,
                                    static_cast<uLong>(packed.size() - lengthSize));
    return result == Z_OK && length == size ? bytes : QByteArray();
}

bool isNewerEntryFormat(QByteArrayView firstLine)
{
    return firstLine.startsWith(entryPrefix) && firstLine.sliced(entryPrefix.size()).trimmed().toByteArray().toInt() > 1;
}

std::optional<HistoryEntry> headOf(const QString &path)
{
    QFile file(path);
    constexpr qint64 longest = 64 * 1024;
    if (!file.open(QIODevice::ReadOnly) || file.readLine(longest) != entryHeader)
        return std::nullopt;
    QByteArray line = file.readLine(longest);
    if (!line.endsWith('\n'))
        return std::nullopt;
    line.chop(1);
    std::optional<HistoryEntry> entry = HistoryIndex::readLine(line);
    if (entry)
        entry->bytes = file.size();
    return entry;
}

} // namespace

// Held while the object lives. One of a program that was killed is taken over: QLockFile looks whether the process lives. A
// program killed before it had written its number into the file left one that says nothing; that one goes by its age. A live
// program's can't be taken by its age: it holds a lock of the system's on the file as well.
class HistoryFolder::Lock
{
public:
    explicit Lock(const QString &folder) : m_file(folder + "/lock"_L1)
    {
        if (!QDir(folder).exists() && QDir().mkpath(folder))
            QFile::setPermissions(folder, ownerOnlyFolder);
        m_file.setStaleLockTime(staleLockMs);
        m_isHeld = m_file.tryLock(lockTimeoutMs);
    }
    [[nodiscard]] bool isHeld() const { return m_isHeld; }
    [[nodiscard]] Error error(const QString &folder) const
    {
        if (m_file.error() == QLockFile::LockFailedError)
            return {ErrorCode::FileUnwritable, u"the history is in use by another program: %1"_s.arg(folder), {},
                    u"Close the other Realmscope, or wait until it is done."_s};
        return {ErrorCode::FileUnwritable, u"the history can't be written: %1"_s.arg(folder), {},
                u"Check the permissions of the folder and the space on the disk."_s};
    }

private:
    QLockFile m_file;
    bool m_isHeld = false;
};

QString historyFolder(const QString &workspaceRoot)
{
    const QByteArray id = QCryptographicHash::hash(QDir(workspaceRoot).absolutePath().toUtf8(), QCryptographicHash::Sha256);
    return u"%1/realmscope/history/%2"_s.arg(QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation), QString::fromLatin1(id.toHex().first(16)));
}

QString makeHistoryId(qint64 sentAtMs, Random &random)
{
    return QDateTime::fromMSecsSinceEpoch(sentAtMs, Qt::UTC).toString(u"yyyyMMdd'T'HHmmsszzz"_s) + u'-' + QString::fromLatin1(random.hex(4));
}

QString HistoryFolder::listPath(const QString &folder) { return folder + "/list"_L1; }
QString HistoryFolder::entryPath(const QString &folder, const QString &id) { return folder + "/entries/"_L1 + id + entryEnding; }

Result<HistoryIndex> HistoryFolder::load(const QString &folder)
{
    QFile file(listPath(folder));
    if (!file.exists() && QFileInfo(folder).isReadable() == QFileInfo::exists(folder))
        return HistoryIndex();
    if (!file.open(QIODevice::ReadOnly))
        return Error{ErrorCode::FileUnreadable, u"the history can't be read: %1"_s.arg(file.fileName()), file.errorString(),
                     u"Check its permissions. Until then nothing is added to it."_s};
    const HistoryIndex index = HistoryIndex::parse(file.readAll());
    if (index.isNewerFormat())
        return Error{ErrorCode::Unsupported, u"the history is in a newer format: %1"_s.arg(file.fileName()), {},
                     u"Use a newer Realmscope. Nothing is added to it by this one."_s};
    return index;
}

Result<HistoryRecord> HistoryFolder::read(const QString &folder, const QString &id)
{
    if (!isHistoryId(id))
        return Error{ErrorCode::InvalidInput, u"there is no such history entry: %1"_s.arg(id), {}, u"Choose one from the list."_s};
    const QString path = entryPath(folder, id);
    QFile file(path);
    if (!file.exists())
        return Error{ErrorCode::FileUnreadable, u"the history entry is gone: %1"_s.arg(path), {}, u"Another program deleted it, or it was too old."_s};
    if (!file.open(QIODevice::ReadOnly))
        return Error{ErrorCode::FileUnreadable, u"the history entry can't be read: %1"_s.arg(path), file.errorString(), u"Check its permissions."_s};
    const QByteArray header = file.readLine(256);
    if (header != entryHeader) {
        if (isNewerEntryFormat(header))
            return Error{ErrorCode::Unsupported, u"the history entry is in a newer format: %1"_s.arg(path), {}, u"Use a newer Realmscope."_s};
        return damaged(path, u"it does not begin as a history entry does"_s);
    }
    QByteArray line = file.readLine();
    if (line.endsWith('\n'))
        line.chop(1);
    HistoryRecord record;
    const std::optional<HistoryEntry> entry = HistoryIndex::readLine(line);
    if (!entry)
        return damaged(path, u"its second line does not match its check sum"_s);
    record.entry = *entry;
    record.entry.bytes = file.size();
    const QByteArray bytes = unpack(file.readAll());
    QCborParserError error;
    const QCborValue value = bytes.isEmpty() ? QCborValue() : QCborValue::fromCbor(bytes, &error);
    if (!value.isMap() || error.error != QCborError::NoError)
        return damaged(path, bytes.isEmpty() ? u"what was packed does not match its check sum"_s : error.errorString());
    const QCborMap map = value.toMap();
    record.spec = specFromCbor(map["spec"_L1].toMap());
    for (const QCborValueRef &place : map["leftOut"_L1].toArray())
        record.leftOut.append(place.toString());
    record.trace = traceFromCbor(map["trace"_L1].toMap());
    record.diagnosis = map["diagnosis"_L1].toMap().toJsonObject();
    return record;
}

Result<HistoryIndex> HistoryFolder::current() { return load(m_folder); }

Result<void> HistoryFolder::writeList(const HistoryIndex &index)
{
    return writePrivateFile(listPath(m_folder), index.write(), u"the history"_s);
}

Result<void> HistoryFolder::append(const HistoryEntry &entry)
{
    QFile file(listPath(m_folder));
    const bool isNew = !file.exists() || file.size() == 0;
    if (isNew)
        return writePrivateFile(file.fileName(), HistoryIndex().write() + HistoryIndex::lineOf(entry), u"the history"_s);
    const qint64 before = file.size();
    const QByteArray line = HistoryIndex::lineOf(entry);
    const bool isOpen = file.open(QIODevice::WriteOnly | QIODevice::Append | QIODevice::Unbuffered);
    if (isOpen && file.write(line) == line.size())
        return {};
    Error error{ErrorCode::FileUnwritable, u"the history can't be saved: %1"_s.arg(file.fileName()), file.errorString(),
                u"Check the permissions of the folder and the space on the disk; the older entries are still there."_s};
    if (isOpen)
        file.resize(before); // half a line would be in the way of the next
    return error;
}

Result<HistoryIndex> HistoryFolder::add(HistoryRecord record)
{
    const Lock lock(m_folder);
    if (!lock.isHeld())
        return lock.error(m_folder);
    Result<HistoryIndex> before = current();
    if (!before)
        return before;
    if (!isHistoryId(record.entry.id))
        return Error{ErrorCode::InvalidInput, u"the history entry has no usable id: %1"_s.arg(record.entry.id), {}, {}};
    const QString path = entryPath(m_folder, record.entry.id);
    const bool isReplaced = QFile::exists(path);
    const QByteArray packed = fileOf(record);
    // The size of the file is in the line that is in the file: it is made until it fits.
    for (int i = 0; i < 3; ++i)
        record.entry.bytes = entryHeader.size() + HistoryIndex::lineOf(record.entry).size() + packed.size();
    const QByteArray content = entryHeader.toByteArray() + HistoryIndex::lineOf(record.entry) + packed;
    if (const Result<void> written = writePrivateFile(path, content, u"the history"_s); !written)
        return written.error();
    const bool inOneGo = before->endsWithinLine() || before->damagedLines() > 0 || before->replacedLines() > before->size() / 4 + 64;
    Result<void> listed;
    if (inOneGo) // what a killed program left at the end goes
        listed = writeList(*before);
    if (listed)
        listed = append(record.entry);
    if (!listed) {
        if (!isReplaced)
            QFile::remove(path);
        return listed.error();
    }
    const Result<HistoryIndex> after = current();
    if (!after)
        return after;
    // Some room at once: the list is not written anew at each Send from then on.
    QSet<QString> old;
    qint64 bytes = after->totalBytes();
    qsizetype entries = after->size();
    if (entries > m_limits.entries || bytes > m_limits.bytes) {
        const qsizetype keptEntries = std::min<qsizetype>(entries, m_limits.entries - m_limits.entries / 100);
        const qint64 keptBytes = m_limits.bytes - m_limits.bytes / 100;
        for (qsizetype row = after->size() - 1; row > 0 && (entries > keptEntries || bytes > keptBytes); --row) {
            const HistoryEntry entry = after->at(row);
            old.insert(entry.id);
            bytes -= entry.bytes;
            --entries;
        }
    }
    return old.isEmpty() ? after : removeLocked(*after, old);
}

Result<HistoryIndex> HistoryFolder::removeLocked(const HistoryIndex &index, const QSet<QString> &ids)
{
    const HistoryIndex rest = index.without(ids);
    if (const Result<void> written = writeList(rest); !written)
        return written.error();
    QString left;
    for (const QString &id : ids) {
        const QString path = entryPath(m_folder, id);
        if (isHistoryId(id) && QFile::exists(path) && !QFile::remove(path))
            left = path;
    }
    if (!left.isEmpty())
        return Error{ErrorCode::FileUnwritable, u"the history entry can't be deleted: %1"_s.arg(left), {}, u"Check the permissions of the folder."_s};
    return load(m_folder);
}

Result<HistoryIndex> HistoryFolder::remove(const QSet<QString> &ids)
{
    const Lock lock(m_folder);
    if (!lock.isHeld())
        return lock.error(m_folder);
    const Result<HistoryIndex> before = current();
    return before ? removeLocked(*before, ids) : before;
}

Result<HistoryFolder::Checked> HistoryFolder::check()
{
    if (!QFileInfo::exists(m_folder))
        return Checked{};
    const Lock lock(m_folder);
    if (!lock.isHeld())
        return lock.error(m_folder);
    const Result<HistoryIndex> before = current();
    if (!before)
        return before.error();

    QSet<QString> listed;
    for (qsizetype row = 0; row < before->size(); ++row)
        listed.insert(before->id(row));
    QSet<QString> present;
    QByteArray adopted;
    int found = 0;
    int unusable = 0;
    QDirIterator files(m_folder + "/entries"_L1, QDir::Files);
    while (files.hasNext()) {
        const QString path = files.next();
        const QString name = files.fileName();
        if (!name.endsWith(entryEnding)) {
            if (name.contains(entryEnding + '.'_L1)) // of a write that was cut off: nobody else writes now
                QFile::remove(path);
            continue;
        }
        const QString id = name.chopped(entryEnding.size());
        present.insert(id);
        if (listed.contains(id))
            continue;
        if (const std::optional<HistoryEntry> entry = headOf(path); entry && entry->id == id) {
            adopted += HistoryIndex::lineOf(*entry);
            ++found;
        } else if (QFile file(path); !file.open(QIODevice::ReadOnly) || !isNewerEntryFormat(file.readLine(256))) {
            // Out of the way, so that this is told once.
            if (!QFile::rename(path, path.chopped(entryEnding.size()) + ".bad"_L1))
                continue;
            ++unusable;
        }
    }
    const QSet<QString> gone = listed - present;
    Checked checked{*before, std::nullopt};
    const bool isDamaged = before->damagedLines() > 0;
    if (!gone.isEmpty() || found > 0 || isDamaged || before->endsWithinLine()) {
        const HistoryIndex whole = HistoryIndex::parse(before->without(gone).write() + adopted);
        if (const Result<void> written = writeList(whole); !written)
            return written.error();
        checked.index = whole;
    }
    if (isDamaged || unusable > 0) {
        const bool isComplete = unusable == 0 && found >= before->damagedEntries();
        checked.damage = Error{ErrorCode::Parse, u"the list of the history was damaged: %1"_s.arg(listPath(m_folder)),
                               u"%1 lines could not be read, %2 entries were found again"_s.arg(before->damagedLines()).arg(found),
                               isComplete ? u"It was made again from the entries; nothing is missing."_s
                                          : u"It was made again from the entries; what could not be read is left out."_s};
        if (!isDamaged) {
            checked.damage->message = u"%1 entries of the history are damaged: %2"_s.arg(unusable).arg(m_folder + "/entries"_L1);
            checked.damage->detail.clear();
            checked.damage->action = u"They were kept under names that end in .bad; the others are not concerned."_s;
        }
    }
    return checked;
}

} // namespace realmscope
