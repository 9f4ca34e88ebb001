// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/workspace/WorkspaceWatcher.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QSet>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr int settleMs = 150;
constexpr int mostFolders = 2000; // each takes one of the system's watches

void collectFolders(const WorkspaceEntry &folder, QStringList &paths)
{
    for (const WorkspaceEntry &entry : folder.children) {
        if (!entry.isFolder || paths.size() >= mostFolders)
            continue;
        paths << entry.path;
        collectFolders(entry, paths);
    }
}

} // namespace

WorkspaceWatcher::WorkspaceWatcher(Workspace &workspace, ProfileStore *profiles, QObject *parent)
    : QObject(parent), m_workspace(workspace), m_profiles(profiles)
{
    m_settle.setSingleShot(true);
    m_settle.setInterval(settleMs);
    const auto soon = [this] { m_settle.start(); };
    connect(&m_watcher, &QFileSystemWatcher::directoryChanged, this, soon);
    connect(&m_watcher, &QFileSystemWatcher::fileChanged, this, soon);
    connect(&m_settle, &QTimer::timeout, this, &WorkspaceWatcher::check);
    connect(&workspace, &Workspace::changed, this, &WorkspaceWatcher::watch);
    watch();
}

void WorkspaceWatcher::setOpenFiles(const QStringList &paths)
{
    m_open = paths;
    watch();
}

// A file that was replaced is another one for the system: it has to be named anew.
void WorkspaceWatcher::watch()
{
    const QDir root(m_workspace.root());
    QStringList folders{QString()};
    collectFolders(m_workspace.tree(), folders);
    QSet<QString> wanted;
    for (const QString &folder : std::as_const(folders)) {
        const QString path = folder.isEmpty() ? m_workspace.root() : root.filePath(folder);
        wanted.insert(path);
        wanted.insert(path + u"/folder.json"_s);
    }
    for (const QString &path : std::as_const(m_open))
        wanted.insert(root.filePath(path));
    wanted.insert(m_workspace.environmentsPath());
    if (m_profiles)
        wanted.insert(m_profiles->path());
    wanted.removeIf([](const QString &path) { return !QFile::exists(path); });
    const QStringList before = m_watcher.files() + m_watcher.directories();
    const QSet<QString> watched(before.cbegin(), before.cend());
    if (const QSet<QString> gone = watched - wanted; !gone.isEmpty())
        m_watcher.removePaths(gone.values());
    if (const QSet<QString> added = wanted - watched; !added.isEmpty())
        m_watcher.addPaths(added.values());
}

void WorkspaceWatcher::check()
{
    m_settle.stop();
    QString problem;
    if (const Result<void> read = m_workspace.refresh(); !read) {
        problem = read.error().message;
        if (problem != m_lastProblem)
            Q_EMIT failed(read.error());
    }
    if (m_profiles) {
        if (const Result<void> taken = m_profiles->takeOutsideChanges(); !taken && problem.isEmpty()) {
            problem = taken.error().message;
            if (problem != m_lastProblem)
                Q_EMIT failed(taken.error());
        }
    }
    m_lastProblem = problem; // said once, not at each look
    watch();
}

} // namespace realmscope
