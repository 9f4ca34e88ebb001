// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/workspace/FolderSettings.h"
#include "app/workspace/HttpFile.h"
#include "app/workspace/Variables.h"

#include <QtCore/QHash>
#include <QtCore/QObject>

#include <memory>

namespace realmscope {

// One row of the request tree: a folder, or a request in a file.
struct WorkspaceEntry
{
    QString path;          // relative to the root, '/' as separator
    bool isFolder = false;
    qsizetype requestIndex = 0; // in its file
    QString name;          // shown: the request's name, else the file's base name
    QString method;        // of a request
    QString problem;       // why the file could not be read; empty when fine
    QList<WorkspaceEntry> children; // folders first, then by name
};

// Where the window and the command line keep a workspace when none is named: realmscope/Scratch in the XDG data folder.
[[nodiscard]] QString defaultWorkspaceFolder();

// A folder of .http files. Requests are saved atomically; names become safe file names.
class Workspace : public QObject
{
    Q_OBJECT
public:
    // The folder is made when it does not exist. Error: FileUnreadable / FileUnwritable.
    [[nodiscard]] static Result<std::unique_ptr<Workspace>> open(const QString &root);

    [[nodiscard]] const QString &root() const { return m_root; }
    [[nodiscard]] QString name() const; // the folder's
    [[nodiscard]] QString profilesPath() const;
    [[nodiscard]] QString environmentsPath() const;
    [[nodiscard]] const Environments &environments() const { return m_environments; }
    [[nodiscard]] QString environmentsProblem() const { return m_environmentsProblem; } // empty when they could be read
    [[nodiscard]] const WorkspaceEntry &tree() const { return m_tree; } // the root folder

    [[nodiscard]] Result<RequestSpec> load(const QString &path, qsizetype index) const;
    // Writes into the file and place it came from.
    [[nodiscard]] Result<void> save(const QString &path, qsizetype index, const RequestSpec &spec);
    // A new file named after the request in `folder` ("" is the root). Gives its relative path.
    [[nodiscard]] Result<QString> create(const QString &folder, const RequestSpec &spec);
    [[nodiscard]] Result<void> remove(const QString &path, qsizetype index);
    [[nodiscard]] Result<void> reload(); // reads the folder again; emits changed()
    // The same, and silent when nothing is new. Files that did not change are not read.
    [[nodiscard]] Result<void> refresh();
    // Where this request stands in its file now: others may have been put before it, or it may be gone (-1). `saved` is
    // what load() gave. Error: as load(), FileUnreadable also when the file is gone.
    [[nodiscard]] Result<qsizetype> find(const QString &path, qsizetype index, const RequestSpec &saved) const;
    // Puts back a request whose file or place in it is gone; gives its index.
    [[nodiscard]] Result<qsizetype> restore(const QString &path, const RequestSpec &spec);

    // What the requests of a folder inherit, by its path; "" is the root.
    [[nodiscard]] Result<FolderSettings> folderSettings(const QString &folder) const;
    [[nodiscard]] Result<void> saveFolderSettings(const QString &folder, const FolderSettings &settings);
    // Of all folders above a request; its path may be empty.
    [[nodiscard]] Result<QList<FolderLevel>> levelsOf(const QString &path) const { return foldersAbove(m_root, path); }

Q_SIGNALS:
    void changed();
    void changedOutside(); // by another program; after changed()

private:
    // What a file was like when it was read, and what is in it.
    struct Seen
    {
        QByteArray stamp; // of the file system
        QList<WorkspaceEntry> entries;
    };
    explicit Workspace(QString root);
    void readFolder(const QString &relative, WorkspaceEntry &folder, int depth, QHash<QString, Seen> &seen) const;
    // own: a file that was just written here; what happened to others came from outside.
    [[nodiscard]] Result<void> readAgain(const QString &own, bool isLoud);
    // Error: InvalidInput when it would lead out of the root.
    [[nodiscard]] Result<QString> absolutePath(const QString &path) const;
    QString m_root;
    Environments m_environments;
    QString m_environmentsProblem;
    WorkspaceEntry m_tree;
    QHash<QString, Seen> m_seen; // by path
};

} // namespace realmscope
