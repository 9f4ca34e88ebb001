// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/workspace/Workspace.h"

#include "app/base/Encoding.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QSaveFile>
#include <QtCore/QStandardPaths>

#ifdef Q_OS_UNIX
#include <sys/stat.h>
#endif

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

Result<QByteArray> readFile(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return Error{ErrorCode::FileUnreadable, u"the file can't be read: %1"_s.arg(path), file.errorString(),
                     u"Check that it exists and its permissions."_s};
    return file.readAll();
}

Result<void> writeFile(const QString &path, const QByteArray &bytes)
{
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit())
        return Error{ErrorCode::FileUnwritable, u"the file can't be saved: %1"_s.arg(path), file.errorString(),
                     u"Check the permissions of the folder and the space on the disk; the old file is still there."_s};
    return {};
}

Result<HttpFile> readHttpFile(const QString &path)
{
    const Result<QByteArray> bytes = readFile(path);
    if (!bytes)
        return bytes.error();
    Result<HttpFile> file = HttpFile::parse(*bytes);
    if (!file) {
        Error error = file.error();
        error.message = u"%1: %2"_s.arg(path, error.message);
        return error;
    }
    return file;
}

// Into the trash where there is one, so that it can be had back. Where the home's trash can't be made, Qt 6.4 would put
// the file below whatever folder is the current one.
bool moveToTrash(const QString &path)
{
    const QString data = QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation);
    return QDir().mkpath(data + u"/Trash"_s) && QFile::moveToTrash(path);
}

constexpr int maxFolderDepth = 12; // links may lead in circles

// Tells whether a file is still the one that was read: size, times and, where there is one, the number of its inode.
QByteArray stampOf(const QString &path)
{
#ifdef Q_OS_UNIX
    struct stat facts{};
    if (::stat(QFile::encodeName(path).constData(), &facts) != 0)
        return {};
    return QByteArray::number(qulonglong(facts.st_ino)) + '/' + QByteArray::number(qlonglong(facts.st_size)) + '/'
        + QByteArray::number(qlonglong(facts.st_mtim.tv_sec)) + '.' + QByteArray::number(qlonglong(facts.st_mtim.tv_nsec)) + '/'
        + QByteArray::number(qlonglong(facts.st_ctim.tv_sec)) + '.' + QByteArray::number(qlonglong(facts.st_ctim.tv_nsec));
#else
    const QFileInfo info(path);
    return info.exists() ? QByteArray::number(info.size()) + '/' + QByteArray::number(info.lastModified().toMSecsSinceEpoch()) : QByteArray();
#endif
}

QList<WorkspaceEntry> entriesOf(const QString &absolute, const QString &relative)
{
    const Result<HttpFile> file = readHttpFile(absolute);
    const QString base = QFileInfo(absolute).completeBaseName();
    WorkspaceEntry entry;
    entry.path = relative;
    entry.name = base;
    if (!file) {
        entry.problem = file.error().message;
        return {entry};
    }
    QList<WorkspaceEntry> entries;
    for (qsizetype i = 0; i < file->requestCount(); ++i) {
        const RequestSpec &spec = file->request(i);
        entry.requestIndex = i;
        entry.name = !spec.name.isEmpty() ? spec.name : file->requestCount() > 1 ? u"%1 %2"_s.arg(base).arg(i + 1) : base;
        entry.method = spec.method;
        entries.append(entry);
    }
    return entries;
}

// A body that would mean something else in a .http file goes into a file beside it, which every program reads.
Result<RequestSpec> withBodyFile(const QString &httpFile, const RequestSpec &spec)
{
    if (HttpFile::holdsBody(spec))
        return spec;
    const SpecBody &body = spec.body;
    QByteArray bytes = body.bytes.isEmpty() ? body.text.toUtf8() : body.bytes;
    for (const BodyPiece &piece : body.pieces) {
        if (!piece.filePath.isEmpty())
            return spec; // kept in the form that this program reads
        bytes += piece.bytes;
    }
    QString type = body.contentType;
    for (const SpecHeader &header : spec.headers) {
        if (header.enabled && header.name.compare("Content-Type"_L1, Qt::CaseInsensitive) == 0)
            type = header.value;
    }
    const QString ending = !isValidUtf8(bytes) ? u"bin"_s : type.contains("json"_L1) ? u"json"_s : type.contains("xml"_L1) ? u"xml"_s : u"txt"_s;
    const QFileInfo info(httpFile);
    const QString base = info.dir().filePath(info.completeBaseName() + "-body"_L1);
    QString path = u"%1.%2"_s.arg(base, ending);
    for (int i = 2; QFile::exists(path); ++i) {
        const Result<QByteArray> there = readFile(path);
        if (there && *there == bytes)
            break;
        path = u"%1-%2.%3"_s.arg(base).arg(i).arg(ending);
    }
    if (const Result<void> written = writeFile(path, bytes); !written)
        return written.error();
    RequestSpec stored = spec;
    stored.body = {.kind = BodyKind::File, .contentType = body.contentType, .filePath = path, .fileIsTemplate = bytes.contains("{{")};
    return stored;
}

// "./name": what begins with a name alone is a path for every program as well, but reads like a word.
QString relativeBodyPath(const QString &httpFile, const QString &path)
{
    if (path.startsWith("{{"_L1))
        return path;
    const QString relative = QFileInfo(httpFile).dir().relativeFilePath(path);
    return QFileInfo(relative).isRelative() && !relative.startsWith(u'.') ? u"./"_s + relative : relative;
}

QString safeFileName(const QString &name)
{
    QString safe;
    for (const QChar c : name.trimmed()) {
        if (c.isLetterOrNumber() || c == u'-' || c == u'_')
            safe += c.toLower();
        else if (!safe.endsWith(u'-'))
            safe += u'-';
    }
    while (safe.endsWith(u'-'))
        safe.chop(1);
    while (safe.startsWith(u'-'))
        safe.remove(0, 1);
    return safe.isEmpty() ? u"request"_s : safe.left(80);
}

} // namespace

QString defaultWorkspaceFolder()
{
    return QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation) + u"/realmscope/Scratch"_s;
}

Workspace::Workspace(QString root) : m_root(std::move(root)) {}

Result<std::unique_ptr<Workspace>> Workspace::open(const QString &root)
{
    const QString path = QDir(root).absolutePath();
    if (!QDir().mkpath(path))
        return Error{ErrorCode::FileUnwritable, u"the workspace folder can't be made: %1"_s.arg(path), {},
                     u"Choose another folder."_s};
    std::unique_ptr<Workspace> workspace(new Workspace(path));
    if (const Result<void> read = workspace->reload(); !read)
        return read.error();
    return workspace;
}

QString Workspace::name() const { return QDir(m_root).dirName(); }
QString Workspace::profilesPath() const { return m_root + u"/profiles.json"_s; }
QString Workspace::environmentsPath() const
{
    const QString own = m_root + u"/environments.json"_s;
    const QString other = m_root + u"/http-client.env.json"_s;
    return !QFile::exists(own) && QFile::exists(other) ? other : own;
}

Result<QString> Workspace::absolutePath(const QString &path) const
{
    const QString absolute = QDir::cleanPath(QDir(m_root).absoluteFilePath(path));
    if (!absolute.startsWith(m_root + u'/'))
        return Error{ErrorCode::InvalidInput, u"the path leads out of the workspace: %1"_s.arg(path), {}, u"Choose a place inside of it."_s};
    return absolute;
}

Result<RequestSpec> Workspace::load(const QString &path, qsizetype index) const
{
    const Result<QString> absolute = absolutePath(path);
    if (!absolute)
        return absolute.error();
    const Result<HttpFile> file = readHttpFile(*absolute);
    if (!file)
        return file.error();
    if (index < 0 || index >= file->requestCount())
        return Error{ErrorCode::InvalidInput, u"%1 has no request %2"_s.arg(path).arg(index + 1), {},
                     u"The file was changed outside; open it again from the list."_s};
    RequestSpec spec = file->request(index);
    if (spec.name.isEmpty())
        spec.name = QFileInfo(path).completeBaseName();
    if (spec.body.kind == BodyKind::File && QFileInfo(spec.body.filePath).isRelative() && !spec.body.filePath.startsWith("{{"_L1))
        spec.body.filePath = QDir::cleanPath(QFileInfo(*absolute).dir().absoluteFilePath(spec.body.filePath));
    return spec;
}

Result<void> Workspace::save(const QString &path, qsizetype index, const RequestSpec &spec)
{
    const Result<QString> absolute = absolutePath(path);
    if (!absolute)
        return absolute.error();
    Result<HttpFile> file = readHttpFile(*absolute);
    if (!file)
        return file.error();
    if (index < 0 || index >= file->requestCount())
        return Error{ErrorCode::InvalidInput, u"%1 has no request %2 any more"_s.arg(path).arg(index + 1), {},
                     u"Save it under a new name."_s};
    const Result<RequestSpec> held = withBodyFile(*absolute, spec);
    if (!held)
        return held.error();
    RequestSpec stored = *held;
    if (file->request(index).name.isEmpty() && stored.name == QFileInfo(path).completeBaseName())
        stored.name.clear(); // only its file's: see load()
    if (stored.body.kind == BodyKind::File)
        stored.body.filePath = relativeBodyPath(*absolute, stored.body.filePath);
    file->replace(index, stored);
    if (const Result<void> written = writeFile(*absolute, file->toBytes()); !written)
        return written;
    return readAgain(path, true);
}

Result<QString> Workspace::create(const QString &folder, const RequestSpec &spec)
{
    const QString base = (folder.isEmpty() ? QString() : folder + u'/') + safeFileName(spec.name);
    QString path = base + ".http"_L1;
    Result<QString> absolute = absolutePath(path);
    for (int i = 2; absolute && QFile::exists(*absolute); ++i) {
        path = u"%1-%2.http"_s.arg(base).arg(i);
        absolute = absolutePath(path);
    }
    if (!absolute)
        return absolute.error();
    if (!QDir().mkpath(QFileInfo(*absolute).path()))
        return Error{ErrorCode::FileUnwritable, u"the folder can't be made: %1"_s.arg(QFileInfo(*absolute).path()), {},
                     u"Choose another folder."_s};
    const Result<RequestSpec> held = withBodyFile(*absolute, spec);
    if (!held)
        return held.error();
    RequestSpec stored = *held;
    if (stored.body.kind == BodyKind::File)
        stored.body.filePath = relativeBodyPath(*absolute, stored.body.filePath);
    if (const Result<void> written = writeFile(*absolute, HttpFile::format(stored)); !written)
        return written.error();
    if (const Result<void> read = readAgain(path, true); !read)
        return read.error();
    return path;
}

Result<void> Workspace::remove(const QString &path, qsizetype index)
{
    const Result<QString> absolute = absolutePath(path);
    if (!absolute)
        return absolute.error();
    Result<HttpFile> file = readHttpFile(*absolute);
    if (!file)
        return file.error();
    if (index < 0 || index >= file->requestCount())
        return readAgain(path, true);
    if (file->requestCount() == 1) {
        QFile only(*absolute);
        if (!moveToTrash(*absolute) && !only.remove())
            return Error{ErrorCode::FileUnwritable, u"the file can't be removed: %1"_s.arg(path), only.errorString(),
                         u"Check the permissions of the folder."_s};
        return readAgain(path, true);
    }
    file->remove(index);
    if (const Result<void> written = writeFile(*absolute, file->toBytes()); !written)
        return written;
    return readAgain(path, true);
}

void Workspace::readFolder(const QString &relative, WorkspaceEntry &folder, int depth, QHash<QString, Seen> &seen) const
{
    const QDir root(m_root);
    const QDir dir(relative.isEmpty() ? root.path() : root.filePath(relative));
    const auto child = [&](const QString &name) { return relative.isEmpty() ? name : relative + u'/' + name; };
    const auto note = [&](const QString &name) { seen.insert(child(name), {stampOf(dir.filePath(name)), {}}); };
    note(u"folder.json"_s);
    if (const Result<FolderSettings> settings = FolderSettings::load(dir.filePath(u"folder.json"_s)); !settings && !relative.isEmpty())
        folder.problem = settings.error().message;
    if (depth < maxFolderDepth) {
        for (const QString &name : dir.entryList(QDir::Dirs | QDir::NoDotAndDotDot, QDir::Name | QDir::IgnoreCase)) {
            if (name.startsWith(u'.') || name == "node_modules"_L1)
                continue;
            WorkspaceEntry entry;
            entry.path = child(name);
            entry.isFolder = true;
            entry.name = name;
            seen.insert(entry.path + u'/', {});
            readFolder(entry.path, entry, depth + 1, seen);
            folder.children.append(entry);
        }
    }
    for (const QString &name : dir.entryList({u"*.http"_s, u"*.rest"_s}, QDir::Files, QDir::Name | QDir::IgnoreCase)) {
        const QString path = child(name);
        Seen file{stampOf(dir.filePath(name)), {}};
        const auto before = m_seen.constFind(path);
        file.entries = before != m_seen.cend() && !file.stamp.isEmpty() && before->stamp == file.stamp ? before->entries
                                                                                                        : entriesOf(dir.filePath(name), path);
        folder.children += file.entries;
        seen.insert(path, file);
    }
}

Result<qsizetype> Workspace::find(const QString &path, qsizetype index, const RequestSpec &saved) const
{
    const Result<QString> absolute = absolutePath(path);
    if (!absolute)
        return absolute.error();
    const Result<HttpFile> file = readHttpFile(*absolute);
    if (!file)
        return file.error();
    const auto at = [&](qsizetype i) { return load(path, i); };
    if (index < file->requestCount() && *at(index) == saved)
        return index;
    QList<qsizetype> same;
    QList<qsizetype> named;
    for (qsizetype i = 0; i < file->requestCount(); ++i) {
        const RequestSpec spec = *at(i);
        if (spec == saved)
            same << i;
        if (!saved.name.isEmpty() && spec.name == saved.name)
            named << i;
    }
    if (!same.isEmpty())
        return same.first();
    if (named.size() == 1)
        return named.first();
    // The only request of a file may have got another name; in one of several that would be a guess.
    if (named.isEmpty() && file->requestCount() == 1 && index == 0)
        return qsizetype(0);
    return named.contains(index) ? index : qsizetype(-1);
}

Result<qsizetype> Workspace::restore(const QString &path, const RequestSpec &spec)
{
    const Result<QString> absolute = absolutePath(path);
    if (!absolute)
        return absolute.error();
    if (!QDir().mkpath(QFileInfo(*absolute).path()))
        return Error{ErrorCode::FileUnwritable, u"the folder can't be made: %1"_s.arg(QFileInfo(*absolute).path()), {}, u"Choose another folder."_s};
    const Result<RequestSpec> held = withBodyFile(*absolute, spec);
    if (!held)
        return held.error();
    RequestSpec stored = *held;
    if (stored.body.kind == BodyKind::File)
        stored.body.filePath = relativeBodyPath(*absolute, stored.body.filePath);
    QByteArray bytes = HttpFile::format(stored);
    qsizetype index = 0;
    if (QFile::exists(*absolute)) {
        Result<HttpFile> file = readHttpFile(*absolute);
        if (!file)
            return file.error();
        file->append(stored);
        index = file->requestCount() - 1;
        bytes = file->toBytes();
    }
    if (const Result<void> written = writeFile(*absolute, bytes); !written)
        return written.error();
    if (const Result<void> read = readAgain(path, true); !read)
        return read.error();
    return index;
}

Result<FolderSettings> Workspace::folderSettings(const QString &folder) const
{
    const Result<QString> path = absolutePath(folder.isEmpty() ? u"folder.json"_s : folder + "/folder.json"_L1);
    return path ? FolderSettings::load(*path) : Result<FolderSettings>(path.error());
}

Result<void> Workspace::saveFolderSettings(const QString &folder, const FolderSettings &settings)
{
    const Result<QString> path = absolutePath(folder.isEmpty() ? u"folder.json"_s : folder + "/folder.json"_L1);
    if (!path)
        return path.error();
    if (const Result<void> saved = settings.save(*path); !saved)
        return saved;
    return readAgain(QDir(m_root).relativeFilePath(*path), true);
}

Result<void> Workspace::reload()
{
    return readAgain({}, true);
}

Result<void> Workspace::refresh()
{
    return readAgain({}, false);
}

Result<void> Workspace::readAgain(const QString &own, bool isLoud)
{
    const QDir root(m_root);
    if (!root.isReadable())
        return Error{ErrorCode::FileUnreadable, u"the workspace folder can't be read: %1"_s.arg(m_root), {}, u"Check its permissions."_s};
    WorkspaceEntry tree;
    tree.isFolder = true;
    tree.name = name();
    QHash<QString, Seen> seen;
    readFolder({}, tree, 0, seen);
    const QString environmentsFile = root.relativeFilePath(environmentsPath());
    seen.insert(environmentsFile, {stampOf(environmentsPath()), {}});
    bool isNew = false;
    bool isOutside = false;
    const auto compare = [&](const QString &path, const QByteArray &before, const QByteArray &after, bool isThere, bool wasThere) {
        if (before == after && isThere == wasThere)
            return;
        isNew = true;
        isOutside = isOutside || path != own;
    };
    for (auto it = seen.cbegin(); it != seen.cend(); ++it)
        compare(it.key(), m_seen.value(it.key()).stamp, it->stamp, true, m_seen.contains(it.key()));
    for (auto it = m_seen.cbegin(); it != m_seen.cend(); ++it) {
        if (!seen.contains(it.key()))
            compare(it.key(), it->stamp, {}, false, true);
    }
    const bool isFirst = m_seen.isEmpty();
    m_seen = seen;
    if (!isNew && !isLoud)
        return {};
    m_tree = tree;
    const Result<Environments> environments = Environments::load(environmentsPath());
    if (environments)
        m_environments = *environments;
    m_environmentsProblem = environments ? QString() : environments.error().message;
    Q_EMIT changed();
    if (isOutside && !isFirst)
        Q_EMIT changedOutside();
    return {};
}

} // namespace realmscope
