// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/credentials/ProfileStore.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QLockFile>
#include <QtCore/QSaveFile>
#include <QtCore/QStandardPaths>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

// Not shared: a change of the list would move it, away from under those who found a profile in it.
QList<CredentialProfile> ownCopy(const QList<CredentialProfile> &list) { return {list.cbegin(), list.cend()}; }

const auto schemaId = u"realmscope.profiles/1"_s;

int lineOf(const QByteArray &text, qsizetype offset) { return int(text.left(offset).count('\n')) + 1; }

} // namespace

ProfileStore::ProfileStore(QString path, QObject *parent) : QObject(parent), m_path(std::move(path)) {}

Result<void> ProfileStore::load()
{
    QFile file(m_path);
    if (!file.exists()) {
        m_damaged = false;
        m_profiles.clear();
        m_unknown = {};
        m_onDisk.clear();
        m_base.clear();
        Q_EMIT changed();
        return {};
    }
    m_damaged = true; // until it was read whole
    if (!file.open(QIODevice::ReadOnly))
        return Error{ErrorCode::FileUnreadable, u"the credential profiles can't be read: %1"_s.arg(m_path),
                     file.errorString(), u"Check the permissions of the file."_s};
    const QByteArray bytes = file.readAll();
    QJsonParseError problem;
    const QJsonDocument document = QJsonDocument::fromJson(bytes, &problem);
    if (!document.isObject())
        return Error{ErrorCode::Parse,
                     u"the credential profiles can't be read: %1, line %2"_s.arg(m_path).arg(lineOf(bytes, problem.offset)),
                     problem.errorString(), u"Correct the file; it is left as it is until then."_s};
    const QJsonObject root = document.object();
    QList<CredentialProfile> profiles;
    QJsonObject unknownMembers;
    const QHash<QString, QByteArray> approvals = readApprovals();
    int number = 0;
    for (const QJsonValue &value : root.value("profiles"_L1).toArray()) {
        ++number;
        Result<CredentialProfile> profile = CredentialProfile::fromJson(value.toObject());
        if (!profile) {
            Error error = profile.error();
            error.message = u"%1, profile %2: %3"_s.arg(m_path).arg(number).arg(error.message);
            return error;
        }
        // What a newer version wrote into a profile goes back into the file as it was.
        QJsonObject extra = value.toObject();
        for (const QString &known : {u"id"_s, u"name"_s, u"scheme"_s, u"fields"_s, u"secrets"_s, u"origins"_s, u"together"_s, u"expires"_s})
            extra.remove(known);
        if (!extra.isEmpty())
            unknownMembers.insert(profile->id, extra);
        profile->approved = m_approvalsPath.isEmpty() || !profile->hasSecrets() || approvals.value(profile->id) == profile->fingerprint();
        profiles.append(*profile);
    }
    m_unknown = root;
    m_unknown.remove("profiles"_L1);
    m_unknown.remove("schema"_L1);
    m_unknownMembers = unknownMembers;
    m_profiles = profiles;
    m_onDisk = bytes;
    m_base = ownCopy(profiles);
    m_damaged = false;
    Q_EMIT changed();
    return {};
}

Result<void> ProfileStore::takeOutsideChanges()
{
    QFile file(m_path);
    const bool isThere = file.exists();
    if (isThere && !file.open(QIODevice::ReadOnly))
        return Error{ErrorCode::FileUnreadable, u"the credential profiles can't be read: %1"_s.arg(m_path), file.errorString(),
                     u"Check the permissions of the file."_s};
    const QByteArray bytes = isThere ? file.readAll() : QByteArray();
    if (bytes == m_onDisk && !m_damaged)
        return {};
    ProfileStore theirs(m_path);
    theirs.m_approvalsPath = m_approvalsPath;
    if (const Result<void> loaded = theirs.load(); !loaded)
        return loaded;
    const auto in = [](const QList<CredentialProfile> &list, const QString &id) {
        const auto it = std::ranges::find(list, id, &CredentialProfile::id);
        return it == list.end() ? nullptr : &*it;
    };
    const auto isSame = [](const CredentialProfile *a, const CredentialProfile *b) { return a == b || (a && b && a->toJson() == b->toJson()); };
    QList<CredentialProfile> merged;
    QStringList conflicts;
    for (const CredentialProfile &profile : theirs.m_profiles) {
        const CredentialProfile *base = in(m_base, profile.id);
        const CredentialProfile *mine = in(m_profiles, profile.id);
        const bool isMine = !isSame(mine, base);
        if (isSame(mine, &profile)) {
            merged.append(*mine); // with what is known of it here: that it was approved
        } else if (!isMine) {
            merged.append(profile);
        } else if (isSame(base, &profile)) {
            if (mine)
                merged.append(*mine); // removed here: stays away
        } else {
            merged.append(profile);
            conflicts << profile.name;
        }
    }
    for (const CredentialProfile &profile : std::as_const(m_profiles)) {
        if (in(theirs.m_profiles, profile.id))
            continue;
        const CredentialProfile *base = in(m_base, profile.id);
        if (profile.temporary || !base)
            merged.append(profile); // new here
        else if (!isSame(&profile, base))
            conflicts << profile.name; // removed there, changed here
    }
    m_profiles = merged;
    m_unknown = theirs.m_unknown;
    m_unknownMembers = theirs.m_unknownMembers;
    m_onDisk = theirs.m_onDisk;
    m_base = theirs.m_base;
    m_damaged = false;
    Q_EMIT changed();
    if (conflicts.isEmpty())
        return {};
    return Error{ErrorCode::FileUnwritable, u"%1 was changed here and by another program in %2"_s.arg(conflicts.join(u", "_s), m_path), {},
                 u"What the other program wrote is shown now; make your change again."_s};
}

Result<void> ProfileStore::save()
{
    if (!m_damaged) {
        if (const Result<void> taken = takeOutsideChanges(); !taken)
            return taken;
    }
    if (m_damaged)
        return Error{ErrorCode::FileUnwritable, u"the credential profiles are not saved: %1 could not be read"_s.arg(m_path), {},
                     u"Correct the file first; saving would lose what is in it."_s};
    QJsonArray profiles;
    for (const CredentialProfile &profile : m_profiles) {
        if (profile.temporary)
            continue;
        QJsonObject json = profile.toJson();
        const QJsonObject extra = m_unknownMembers.value(profile.id).toObject();
        for (auto it = extra.begin(); it != extra.end(); ++it)
            json.insert(it.key(), it.value());
        profiles.append(json);
    }
    QJsonObject root = m_unknown;
    root.insert("schema"_L1, schemaId);
    root.insert("profiles"_L1, profiles);
    QSaveFile file(m_path);
    const QByteArray bytes = QJsonDocument(root).toJson();
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit())
        return Error{ErrorCode::FileUnwritable, u"the credential profiles can't be saved: %1"_s.arg(m_path), file.errorString(),
                     u"Check the permissions of the folder and the space on the disk; the old file is still there."_s};
    m_onDisk = bytes;
    m_base = ownCopy(m_profiles);
    m_base.removeIf([](const CredentialProfile &profile) { return profile.temporary; });
    return saveApprovals();
}

QString ProfileStore::defaultApprovalsPath()
{
    return QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation) + u"/realmscope/approved-profiles.json"_s;
}

namespace {

// {"schema": …, "folders": {"/path/of/profiles.json": {"profile id": "fingerprint"}}}
QJsonObject readApprovalFolders(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? QJsonDocument::fromJson(file.readAll()).object().value("folders"_L1).toObject() : QJsonObject();
}

// The same file by another way (a link, "..") is the same.
QString canonical(const QString &path)
{
    const QFileInfo info(path);
    const QString folder = info.dir().canonicalPath();
    return folder.isEmpty() ? info.absoluteFilePath() : folder + u'/' + info.fileName();
}

} // namespace

QHash<QString, QByteArray> ProfileStore::readApprovals() const
{
    QHash<QString, QByteArray> approvals;
    const QJsonObject ours = readApprovalFolders(m_approvalsPath).value(canonical(m_path)).toObject();
    for (auto it = ours.begin(); it != ours.end(); ++it)
        approvals.insert(it.key(), QByteArray::fromHex(it.value().toString().toLatin1()));
    return approvals;
}

Result<void> ProfileStore::saveApprovals() const
{
    if (m_approvalsPath.isEmpty())
        return {};
    QJsonObject ours;
    for (const CredentialProfile &profile : m_profiles) {
        if (profile.approved && profile.hasSecrets() && !profile.temporary)
            ours.insert(profile.id, QString::fromLatin1(profile.fingerprint().toHex()));
    }
    QDir().mkpath(QFileInfo(m_approvalsPath).path());
    QLockFile lock(m_approvalsPath + u".lock"_s); // the window and the command line may write at once
    lock.tryLock(2000);
    QJsonObject folders = readApprovalFolders(m_approvalsPath);
    const QString key = canonical(m_path);
    if (folders.value(key).toObject() == ours)
        return {};
    if (ours.isEmpty())
        folders.remove(key);
    else
        folders.insert(key, ours);
    QSaveFile file(m_approvalsPath);
    const QByteArray bytes = QJsonDocument(QJsonObject{{u"schema"_s, u"realmscope.approved-profiles/1"_s}, {u"folders"_s, folders}}).toJson();
    const bool isOpen = file.open(QIODevice::WriteOnly);
    if (isOpen)
        file.setPermissions(QFile::ReadOwner | QFile::WriteOwner);
    if (!isOpen || file.write(bytes) != bytes.size() || !file.commit())
        return Error{ErrorCode::FileUnwritable, u"the profiles are saved, but not that they are approved: %1"_s.arg(m_approvalsPath), file.errorString(),
                     u"Check the permissions of the folder; until then they have to be approved again."_s};
    return {};
}

bool ProfileStore::approve(const QString &id)
{
    const auto it = std::ranges::find_if(m_profiles, [&](const CredentialProfile &p) { return p.id == id; });
    if (it == m_profiles.end())
        return false;
    it->approved = true;
    Q_EMIT changed();
    return true;
}

const CredentialProfile *ProfileStore::findById(const QString &id) const
{
    const auto it = std::ranges::find_if(m_profiles, [&](const CredentialProfile &p) { return p.id == id; });
    return it == m_profiles.end() ? nullptr : &*it;
}

const CredentialProfile *ProfileStore::findByName(const QString &name) const
{
    const auto it = std::ranges::find_if(m_profiles, [&](const CredentialProfile &p) { return p.name == name; });
    return it == m_profiles.end() ? nullptr : &*it;
}

Result<void> ProfileStore::put(const CredentialProfile &profile)
{
    if (profile.name.trimmed().isEmpty())
        return Error{ErrorCode::InvalidInput, u"the profile has no name"_s, {}, u"Give it one."_s};
    if (const CredentialProfile *other = findByName(profile.name); other && other->id != profile.id)
        return Error{ErrorCode::InvalidInput, u"there is another profile called %1"_s.arg(profile.name), {},
                     u"Choose another name."_s};
    const auto it = std::ranges::find_if(m_profiles, [&](const CredentialProfile &p) { return p.id == profile.id; });
    if (it == m_profiles.end())
        m_profiles.append(profile);
    else
        *it = profile;
    Q_EMIT changed();
    return {};
}

bool ProfileStore::remove(const QString &id)
{
    if (m_profiles.removeIf([&](const CredentialProfile &p) { return p.id == id; }) == 0)
        return false;
    Q_EMIT changed();
    return true;
}

} // namespace realmscope
