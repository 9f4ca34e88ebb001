// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/workspace/HistoryFolder.h"
#include "app/workspace/RequestSpec.h"
#include "ui/theme/Theme.h"
#include "ui/window/RequestTreeModel.h"

#include <optional>

namespace realmscope {

// One open tab: a saved request, a draft, or a saved request with unsaved edits.
struct TabState
{
    std::optional<RequestPlace> place;
    std::optional<RequestSpec> draft;
    QString environment;
};

// What a window of one workspace remembers between runs. No secret is in the file: what credential headers, URLs and
// bodies of drafts hold is left out.
struct WindowState
{
    QByteArray geometry;
    int sidebarWidth = 248;
    bool sidebarShown = true;
    QList<TabState> tabs;
    QList<TabState> closed; // newest last, for reopening
    int current = 0;
    QHash<QString, int> statuses;
    bool secretsLeftOut = false; // read from a file: a draft had something that was not kept

    // A missing or damaged file is a fresh state: nothing in it is worth stopping for.
    [[nodiscard]] static WindowState load(const QString &path);
    [[nodiscard]] Result<void> save(const QString &path) const; // 0600
};

// The draft without what may be a secret. changed: set to true when something was left out.
[[nodiscard]] RequestSpec withoutSecrets(const RequestSpec &spec, bool &changed);

// Settings of the program, for all workspaces: theme, the last workspace, when the vault is locked, what is kept of what was sent.
struct ProgramSettings
{
    ThemeMode theme = ThemeMode::System;
    QString workspace;
    int vaultLockMinutes = 15; // without a key or a click; 0: never
    bool keepHistory = true;
    HistoryLimits historyLimits;
    [[nodiscard]] static ProgramSettings load();
    void save() const;
};

[[nodiscard]] QString dataFolder();                          // XDG data folder of the program
[[nodiscard]] QString windowStatePath(const QString &workspaceRoot);

} // namespace realmscope
