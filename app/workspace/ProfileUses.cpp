// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/workspace/ProfileUses.h"

#include <functional>

namespace realmscope {

namespace {

using UseVisitor = std::function<void(const WorkspaceEntry &entry, const RequestSpec &spec)>;

void visitUses(const Workspace &workspace, const WorkspaceEntry &folder, const QString &profile, const UseVisitor &visit)
{
    for (const WorkspaceEntry &entry : folder.children) {
        if (entry.isFolder) {
            visitUses(workspace, entry, profile, visit);
            continue;
        }
        const Result<RequestSpec> spec = workspace.load(entry.path, entry.requestIndex);
        if (spec && usesProfile(*spec, profile))
            visit(entry, *spec);
    }
}

// The folders that say something of themselves, the root among them.
void visitFolders(const Workspace &workspace, const WorkspaceEntry &folder, const QString &profile,
                  const std::function<void(const QString &path, const FolderSettings &settings)> &visit)
{
    if (profile.isEmpty())
        return;
    if (const Result<FolderSettings> settings = workspace.folderSettings(folder.path); settings && settings->profileName == profile)
        visit(folder.path, *settings);
    for (const WorkspaceEntry &entry : folder.children) {
        if (entry.isFolder)
            visitFolders(workspace, entry, profile, visit);
    }
}

} // namespace

bool usesProfile(const RequestSpec &spec, const QString &profile)
{
    return !profile.isEmpty() && (spec.profileName == profile || spec.settings.proxyProfile == profile);
}

void renameProfile(RequestSpec &spec, const QString &from, const QString &to)
{
    for (QString *name : {&spec.profileName, &spec.settings.proxyProfile}) {
        if (*name == from)
            *name = to;
    }
}

int countProfileUses(const Workspace &workspace, const QString &profile)
{
    int uses = 0;
    visitUses(workspace, workspace.tree(), profile, [&](const WorkspaceEntry &, const RequestSpec &) { ++uses; });
    visitFolders(workspace, workspace.tree(), profile, [&](const QString &, const FolderSettings &) { ++uses; });
    return uses;
}

Result<void> renameProfileUses(Workspace &workspace, const QString &from, const QString &to)
{
    QList<std::pair<WorkspaceEntry, RequestSpec>> uses; // saving reads the tree anew
    visitUses(workspace, workspace.tree(), from,
              [&](const WorkspaceEntry &entry, const RequestSpec &spec) { uses.append({entry, spec}); });
    QList<std::pair<QString, FolderSettings>> folders;
    visitFolders(workspace, workspace.tree(), from, [&](const QString &path, const FolderSettings &settings) { folders.append({path, settings}); });
    Result<void> outcome;
    for (auto &[path, settings] : folders) {
        settings.profileName = to;
        const Result<void> saved = workspace.saveFolderSettings(path, settings);
        if (!saved && outcome)
            outcome = saved;
    }
    for (auto &[entry, spec] : uses) {
        renameProfile(spec, from, to);
        const Result<void> saved = workspace.save(entry.path, entry.requestIndex, spec);
        if (!saved && outcome)
            outcome = saved;
    }
    return outcome;
}

} // namespace realmscope
