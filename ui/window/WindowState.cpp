// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/window/WindowState.h"

#include "app/credentials/Redactor.h"
#include "app/workspace/HttpFile.h"

#include <QtCore/QCryptographicHash>
#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QSaveFile>
#include <QtCore/QStandardPaths>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr qint64 kibibyte = 1024;
constexpr qint64 mebibyte = 1024 * kibibyte;

QJsonObject tabToJson(const TabState &tab, bool &secretsLeftOut)
{
    QJsonObject json;
    if (tab.place) {
        json.insert("path"_L1, tab.place->path);
        json.insert("index"_L1, static_cast<int>(tab.place->index));
    }
    if (tab.draft) // in the file format that requests have anyway
        json.insert("draft"_L1, QString::fromUtf8(HttpFile::format(withoutSecrets(*tab.draft, secretsLeftOut))));
    if (!tab.environment.isEmpty())
        json.insert("environment"_L1, tab.environment);
    return json;
}

TabState tabFromJson(const QJsonObject &json)
{
    TabState tab;
    if (json.contains("path"_L1))
        tab.place = RequestPlace{json.value("path"_L1).toString(), json.value("index"_L1).toInt()};
    if (json.contains("draft"_L1)) {
        const Result<HttpFile> file = HttpFile::parse(json.value("draft"_L1).toString().toUtf8());
        if (file && file->requestCount() > 0)
            tab.draft = file->request(0);
        else
            tab.draft = RequestSpec();
    }
    tab.environment = json.value("environment"_L1).toString();
    return tab;
}

Result<void> writeJson(const QString &path, const QJsonObject &json)
{
    QDir().mkpath(QFileInfo(path).path());
    QSaveFile file(path);
    const QByteArray bytes = QJsonDocument(json).toJson();
    if (!file.open(QIODevice::WriteOnly))
        return Error{ErrorCode::FileUnwritable, u"the state of the window can't be saved: %1"_s.arg(path),
                     file.errorString(), u"Check the permissions of the folder."_s};
    file.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner);
    if (file.write(bytes) != bytes.size() || !file.commit())
        return Error{ErrorCode::FileUnwritable, u"the state of the window can't be saved: %1"_s.arg(path),
                     file.errorString(), u"Check the space on the disk."_s};
    return {};
}

QJsonObject readJson(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? QJsonDocument::fromJson(file.readAll()).object() : QJsonObject();
}

QString settingsPath()
{
    return dataFolder() + u"/settings.json"_s;
}

} // namespace

RequestSpec withoutSecrets(const RequestSpec &spec, bool &changed)
{
    RequestSpec out = spec;
    for (SpecHeader &header : out.headers) {
        if (Redactor::isCredentialHeader(header.name.toUtf8()) && !header.value.contains("{{"_L1)
            && !header.value.isEmpty()) {
            header.value.clear();
            changed = true;
        }
    }
    const Redactor redactor;
    const QByteArray url = spec.url.toUtf8();
    if (const QByteArray safe = redactor.url(url); safe != url && !spec.url.contains("{{"_L1)) {
        out.url = QString::fromUtf8(safe);
        changed = true;
    }
    if (const QString safe = redactor.text(spec.body.text); safe != spec.body.text) {
        out.body.text = safe;
        changed = true;
    }
    for (SpecFormItem &item : out.body.form) {
        const QString pair = item.name + u'=' + item.value;
        if (redactor.text(pair) != pair && !item.value.contains("{{"_L1)) {
            item.value.clear();
            changed = true;
        }
    }
    return out;
}

WindowState WindowState::load(const QString &path)
{
    const QJsonObject json = readJson(path);
    WindowState state;
    state.geometry = QByteArray::fromBase64(json.value("geometry"_L1).toString().toLatin1());
    state.sidebarWidth = json.value("sidebarWidth"_L1).toInt(state.sidebarWidth);
    state.sidebarShown = json.value("sidebarShown"_L1).toBool(true);
    state.current = json.value("current"_L1).toInt();
    state.secretsLeftOut = json.value("secretsLeftOut"_L1).toBool();
    const QJsonArray tabs = json.value("tabs"_L1).toArray();
    for (const QJsonValue &tab : tabs)
        state.tabs.append(tabFromJson(tab.toObject()));
    const QJsonArray closed = json.value("closed"_L1).toArray();
    for (const QJsonValue &tab : closed)
        state.closed.append(tabFromJson(tab.toObject()));
    const QJsonObject statuses = json.value("statuses"_L1).toObject();
    for (auto it = statuses.begin(); it != statuses.end(); ++it)
        state.statuses.insert(it.key(), it.value().toInt());
    return state;
}

Result<void> WindowState::save(const QString &path) const
{
    QJsonObject json{{"schema"_L1, u"realmscope.window/1"_s},
                     {"geometry"_L1, QString::fromLatin1(geometry.toBase64())},
                     {"sidebarWidth"_L1, sidebarWidth},
                     {"sidebarShown"_L1, sidebarShown},
                     {"current"_L1, current}};
    bool leftOut = false;
    bool closedLeftOut = false;
    QJsonArray tabArray;
    for (const TabState &tab : tabs)
        tabArray.append(tabToJson(tab, leftOut));
    QJsonArray closedArray;
    for (const TabState &tab : closed)
        closedArray.append(tabToJson(tab, closedLeftOut));
    QJsonObject statusObject;
    for (auto it = statuses.begin(); it != statuses.end(); ++it)
        statusObject.insert(it.key(), it.value());
    json.insert("tabs"_L1, tabArray);
    json.insert("closed"_L1, closedArray);
    json.insert("statuses"_L1, statusObject);
    json.insert("secretsLeftOut"_L1, leftOut);
    return writeJson(path, json);
}

ProgramSettings ProgramSettings::load()
{
    const QJsonObject json = readJson(settingsPath());
    ProgramSettings settings;
    const QString theme = json.value("theme"_L1).toString();
    settings.theme = theme == "light"_L1 ? ThemeMode::Light : theme == "dark"_L1 ? ThemeMode::Dark : ThemeMode::System;
    settings.workspace = json.value("workspace"_L1).toString();
    settings.vaultLockMinutes = std::max(0, json.value("vaultLockMinutes"_L1).toInt(settings.vaultLockMinutes));
    const QJsonObject history = json.value("history"_L1).toObject();
    HistoryLimits &limits = settings.historyLimits;
    settings.keepHistory = history.value("keep"_L1).toBool(true);
    limits.entries = std::clamp(history.value("entries"_L1).toInt(limits.entries), 1, 1'000'000);
    limits.bytes = static_cast<qint64>(std::clamp(history.value("megabytes"_L1).toDouble(double(limits.bytes / mebibyte)), 1.0, 1e6)) * mebibyte;
    limits.bodyBytes = static_cast<qint64>(std::clamp(history.value("bodyKilobytes"_L1).toDouble(double(limits.bodyBytes / kibibyte)), 0.0, 256.0 * 1024)) * kibibyte;
    return settings;
}

void ProgramSettings::save() const
{
    const QString name = theme == ThemeMode::Light ? u"light"_s : theme == ThemeMode::Dark ? u"dark"_s : u"system"_s;
    // When this can't be written the next start has the defaults; nothing of the user's is lost.
    const QJsonObject history{{"keep"_L1, keepHistory},
                              {"entries"_L1, historyLimits.entries},
                              {"megabytes"_L1, historyLimits.bytes / mebibyte},
                              {"bodyKilobytes"_L1, historyLimits.bodyBytes / kibibyte}};
    const Result<void> saved = writeJson(settingsPath(), {{"theme"_L1, name}, {"workspace"_L1, workspace}, {"history"_L1, history}, {"vaultLockMinutes"_L1, vaultLockMinutes}});
    Q_UNUSED(saved);
}

QString dataFolder()
{
    return QStandardPaths::writableLocation(QStandardPaths::AppDataLocation);
}

QString windowStatePath(const QString &workspaceRoot)
{
    const QByteArray id = QCryptographicHash::hash(QDir(workspaceRoot).absolutePath().toUtf8(), QCryptographicHash::Sha256);
    return u"%1/windows/%2.json"_s.arg(dataFolder(), QString::fromLatin1(id.toHex().first(16)));
}

} // namespace realmscope
