// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/workspace/RequestSpec.h"
#include "app/workspace/Variables.h"

namespace realmscope {

// What the requests below a folder inherit: folder.json in it (docs/HTTP-FILES.md).
//   {"schema": "realmscope.folder/1", "profile": "alice", "headers": [{"name": "X-Tenant", "value": "{{tenant}}"}],
//    "variables": {"tenant": "blue"}}
// "profile": "-" ends what a folder above says. Members that are not known here are kept.
struct FolderSettings
{
    QString profileName; // empty: as the folder above says
    QList<SpecHeader> headers;
    QMap<QString, QString> variables;
    bool operator==(const FolderSettings &) const = default;
    [[nodiscard]] bool isEmpty() const { return profileName.isEmpty() && headers.isEmpty() && variables.isEmpty(); }

    // A missing file is empty. Errors: FileUnreadable, Parse with file and line or member.
    [[nodiscard]] static Result<FolderSettings> load(const QString &path);
    [[nodiscard]] static Result<FolderSettings> parse(const QByteArray &bytes, const QString &path);
    // Atomic. Without anything left to say the file goes. Error: FileUnwritable; also when it is no JSON now.
    [[nodiscard]] Result<void> save(const QString &path) const;
};

struct FolderLevel
{
    QString folder; // relative to the root of the workspace; empty: the root
    FolderSettings settings;

    [[nodiscard]] QString label() const; // "folder billing", "the workspace"; for a person
};

// The folders from the root down to that of the file, outermost first; those without folder.json are left out. file:
// relative to the root, or empty for the root alone.
[[nodiscard]] Result<QList<FolderLevel>> foldersAbove(const QString &root, const QString &file);

// The request with what it inherits. Its own headers, also those that are off, hide inherited ones of their name; an inner
// folder's hide an outer one's. Inherited headers stand first and carry SpecHeader::from.
[[nodiscard]] RequestSpec withInherited(const RequestSpec &spec, const QList<FolderLevel> &levels);
// The level whose profile the request uses by inheritance; null: none, or it names its own.
[[nodiscard]] const FolderLevel *profileLevel(const RequestSpec &spec, const QList<FolderLevel> &levels);
void addVariables(Variables &variables, const QList<FolderLevel> &levels);

inline const QString noProfile = QStringLiteral("-"); // a request or folder that wants none, whatever it would inherit

} // namespace realmscope
