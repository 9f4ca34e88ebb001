// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/credentials/ProfileStore.h"
#include "app/workspace/Workspace.h"

#include <QtCore/QFileSystemWatcher>
#include <QtCore/QTimer>

namespace realmscope {

// Hears of edits that other programs make in the folder of a workspace, and has it read again: requests, environments,
// folders' settings and credential profiles. Folders are watched, and the files that are open; other files that are written
// in place are noticed at the next check(), which the window calls when it gets the focus.
class WorkspaceWatcher : public QObject
{
    Q_OBJECT
public:
    WorkspaceWatcher(Workspace &workspace, ProfileStore *profiles, QObject *parent = nullptr); // both outlive it; profiles may be null
    void setOpenFiles(const QStringList &paths); // relative to the root
    void check(); // looks now

Q_SIGNALS:
    void failed(const realmscope::Error &error); // something can't be read any more

private:
    void watch();

    Workspace &m_workspace;
    ProfileStore *m_profiles;
    QFileSystemWatcher m_watcher;
    QTimer m_settle; // programs write in several steps
    QStringList m_open;
    QString m_lastProblem;
};

} // namespace realmscope
