// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/workspace/FolderSettings.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QSaveFile>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

Error folderParseError(const QString &path, const QString &what)
{
    return {ErrorCode::Parse, u"the folder's settings can't be read: %1: %2"_s.arg(path, what), {}, u"Correct the file; docs/HTTP-FILES.md says what may stand in it."_s};
}

QString scalarText(const QJsonValue &value)
{
    return value.isString() ? value.toString() : value.isBool() ? (value.toBool() ? u"true"_s : u"false"_s) : value.toVariant().toString();
}

bool sameHeaderName(const QString &a, const QString &b) { return a.compare(b, Qt::CaseInsensitive) == 0; }

} // namespace

Result<FolderSettings> FolderSettings::parse(const QByteArray &bytes, const QString &path)
{
    QJsonParseError problem;
    const QJsonDocument document = QJsonDocument::fromJson(bytes, &problem);
    if (!document.isObject())
        return folderParseError(path, u"line %1: %2"_s.arg(bytes.left(problem.offset).count('\n') + 1).arg(problem.error == QJsonParseError::NoError ? u"no object"_s : problem.errorString()));
    const QJsonObject root = document.object();
    const QString schema = root.value("schema"_L1).toString();
    if (!schema.isEmpty() && schema != "realmscope.folder/1"_L1)
        return folderParseError(path, u"the schema %1 is not known"_s.arg(schema));
    FolderSettings settings;
    if (root.contains("profile"_L1) && !root.value("profile"_L1).isString())
        return folderParseError(path, u"profile is no text"_s);
    settings.profileName = root.value("profile"_L1).toString();
    if (root.contains("headers"_L1) && !root.value("headers"_L1).isArray())
        return folderParseError(path, u"headers is no list"_s);
    for (const QJsonValue &value : root.value("headers"_L1).toArray()) {
        const QJsonObject header = value.toObject();
        if (!header.value("name"_L1).isString() || !header.value("value"_L1).isString())
            return folderParseError(path, u"a header without the texts name and value"_s);
        settings.headers.append({header.value("name"_L1).toString(), header.value("value"_L1).toString(), header.value("enabled"_L1).toBool(true)});
    }
    if (root.contains("variables"_L1) && !root.value("variables"_L1).isObject())
        return folderParseError(path, u"variables is no object"_s);
    const QJsonObject variables = root.value("variables"_L1).toObject();
    for (auto it = variables.begin(); it != variables.end(); ++it) {
        if (it->isObject() || it->isArray() || it->isNull())
            return folderParseError(path, u"the variable %1 is neither text nor number"_s.arg(it.key()));
        settings.variables.insert(it.key(), scalarText(*it));
    }
    return settings;
}

Result<FolderSettings> FolderSettings::load(const QString &path)
{
    QFile file(path);
    if (!file.exists())
        return FolderSettings();
    if (!file.open(QIODevice::ReadOnly))
        return Error{ErrorCode::FileUnreadable, u"the folder's settings can't be read: %1"_s.arg(path), file.errorString(),
                     u"Check the permissions of the file."_s};
    return parse(file.readAll(), path);
}

Result<void> FolderSettings::save(const QString &path) const
{
    QJsonObject root;
    QFile before(path);
    if (before.open(QIODevice::ReadOnly)) {
        const QByteArray bytes = before.readAll();
        const QJsonDocument document = QJsonDocument::fromJson(bytes);
        if (!document.isObject() && !bytes.trimmed().isEmpty())
            return Error{ErrorCode::FileUnwritable, u"the folder's settings are not saved: %1 is no JSON now"_s.arg(path), {},
                         u"Correct the file, so that nothing in it is lost."_s};
        root = document.object();
        before.close();
    }
    const QJsonArray oldHeaders = root.value("headers"_L1).toArray();
    const QJsonObject oldVariables = root.value("variables"_L1).toObject();
    for (const auto &name : {"schema"_L1, "profile"_L1, "headers"_L1, "variables"_L1})
        root.remove(name);
    if (isEmpty() && root.isEmpty()) {
        if (QFile::exists(path) && !QFile::remove(path))
            return Error{ErrorCode::FileUnwritable, u"the file can't be removed: %1"_s.arg(path), {}, u"Check the permissions of the folder."_s};
        return {};
    }
    root.insert("schema"_L1, u"realmscope.folder/1"_s);
    if (!profileName.isEmpty())
        root.insert("profile"_L1, profileName);
    QJsonArray list;
    for (const SpecHeader &header : headers) {
        QJsonObject object;
        for (const QJsonValue &old : oldHeaders) { // with what else was said of it
            if (sameHeaderName(old[u"name"_s].toString(), header.name) && old[u"value"_s].toString() == header.value)
                object = old.toObject();
        }
        object.insert("name"_L1, header.name);
        object.insert("value"_L1, header.value);
        object.remove("enabled"_L1);
        if (!header.enabled)
            object.insert("enabled"_L1, false);
        list.append(object);
    }
    if (!list.isEmpty())
        root.insert("headers"_L1, list);
    QJsonObject values;
    for (auto it = variables.cbegin(); it != variables.cend(); ++it) {
        const QJsonValue old = oldVariables.value(it.key()); // a number stays one
        values.insert(it.key(), !old.isUndefined() && scalarText(old) == it.value() ? old : QJsonValue(it.value()));
    }
    if (!values.isEmpty())
        root.insert("variables"_L1, values);
    QSaveFile file(path);
    const QByteArray bytes = QJsonDocument(root).toJson();
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit())
        return Error{ErrorCode::FileUnwritable, u"the folder's settings can't be saved: %1"_s.arg(path), file.errorString(),
                     u"Check the permissions of the folder; the old file is still there."_s};
    return {};
}

QString FolderLevel::label() const
{
    return folder.isEmpty() ? u"the workspace"_s : u"folder %1"_s.arg(folder);
}

Result<QList<FolderLevel>> foldersAbove(const QString &root, const QString &file)
{
    QStringList parts = file.split(u'/', Qt::SkipEmptyParts);
    if (!parts.isEmpty())
        parts.removeLast();
    QList<FolderLevel> levels;
    QString folder;
    for (qsizetype i = -1; i < parts.size(); ++i) {
        if (i >= 0)
            folder += (folder.isEmpty() ? QString() : u"/"_s) + parts.at(i);
        const QString path = QDir(folder.isEmpty() ? root : QDir(root).filePath(folder)).filePath(u"folder.json"_s);
        const Result<FolderSettings> settings = FolderSettings::load(path);
        if (!settings)
            return settings.error();
        if (!settings->isEmpty())
            levels.append({folder, *settings});
    }
    return levels;
}

const FolderLevel *profileLevel(const RequestSpec &spec, const QList<FolderLevel> &levels)
{
    if (!spec.profileName.isEmpty())
        return nullptr;
    for (auto it = levels.crbegin(); it != levels.crend(); ++it) {
        if (!it->settings.profileName.isEmpty())
            return it->settings.profileName == noProfile ? nullptr : &*it;
    }
    return nullptr;
}

RequestSpec withInherited(const RequestSpec &spec, const QList<FolderLevel> &levels)
{
    RequestSpec out = spec;
    if (const FolderLevel *level = profileLevel(spec, levels))
        out.profileName = level->settings.profileName;
    else if (spec.profileName == noProfile)
        out.profileName.clear();
    QList<SpecHeader> inherited;
    for (const FolderLevel &level : levels) {
        for (const SpecHeader &header : level.settings.headers)
            inherited.removeIf([&](const SpecHeader &outer) { return sameHeaderName(outer.name, header.name) && outer.from != level.label(); });
        for (SpecHeader header : level.settings.headers) {
            header.from = level.label();
            inherited.append(header);
        }
    }
    inherited.removeIf([&](const SpecHeader &header) {
        return !header.enabled || std::ranges::any_of(spec.headers, [&](const SpecHeader &own) { return sameHeaderName(own.name, header.name); });
    });
    out.headers = inherited + spec.headers;
    return out;
}

void addVariables(Variables &variables, const QList<FolderLevel> &levels)
{
    for (const FolderLevel &level : levels) {
        for (auto it = level.settings.variables.cbegin(); it != level.settings.variables.cend(); ++it)
            variables.set(it.key(), it.value(), VariableScope::Folder, level.label());
    }
}

} // namespace realmscope
