// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/credentials/CredentialProfile.h"

#include <QtCore/QObject>

namespace realmscope {

// profiles.json of a folder: {"schema": "realmscope.profiles/1", "profiles": [...]}; unknown members are kept. Saved
// atomically with QSaveFile. No secret is ever in it.
class ProfileStore : public QObject
{
    Q_OBJECT
public:
    explicit ProfileStore(QString path, QObject *parent = nullptr);

    // profiles.json may come with a repository, and be changed by whoever can write there: a secret of this machine would go
    // to an origin, or a command would run, that nobody here has seen. So the store remembers, for its path, the fingerprints
    // of the profiles that were saved or approved by this user, in a file of the user's own: by default
    // realmscope/approved-profiles.json among the program's settings. `approvalsPath` before load(); empty: everything
    // is approved.
    void setApprovalsPath(const QString &path) { m_approvalsPath = path; }
    [[nodiscard]] static QString defaultApprovalsPath();

    // A profile with secrets that is not among them is loaded with approved = false. A missing file is an empty list. Error: FileUnreadable or Parse (file, line, what); the list is then unchanged
    // and save() refuses, so that nothing is overwritten.
    [[nodiscard]] Result<void> load();
    // What another program wrote into the file since it was read is taken in first. Error: FileUnwritable, also when both
    // changed one profile; theirs is in the list then, and nothing was written.
    [[nodiscard]] Result<void> save();
    // Reads what another program wrote; profiles that were changed here and not saved stay. Silent when nothing is new.
    [[nodiscard]] Result<void> takeOutsideChanges();

    [[nodiscard]] const QString &path() const { return m_path; }
    [[nodiscard]] const QList<CredentialProfile> &profiles() const { return m_profiles; }
    [[nodiscard]] const CredentialProfile *findById(const QString &id) const;
    [[nodiscard]] const CredentialProfile *findByName(const QString &name) const;

    // The user has looked at it and agrees: it counts as approved, as it is. Kept at the next save(). False: no such profile.
    bool approve(const QString &id);

    // Adds, or replaces the one with the same id. Error: InvalidInput when another profile has the name, or the name
    // is empty. Emits changed().
    [[nodiscard]] Result<void> put(const CredentialProfile &profile);
    bool remove(const QString &id);

Q_SIGNALS:
    void changed();

private:
    [[nodiscard]] QHash<QString, QByteArray> readApprovals() const; // fingerprints by id, of this path
    [[nodiscard]] Result<void> saveApprovals() const;

    QString m_path;
    QString m_approvalsPath = defaultApprovalsPath();
    QList<CredentialProfile> m_profiles;
    QJsonObject m_unknown;        // members of the file that are not ours
    QJsonObject m_unknownMembers; // of profiles, by id
    QByteArray m_onDisk;          // the file as it was last read or written here
    QList<CredentialProfile> m_base; // what that holds
    bool m_damaged = false;
};

} // namespace realmscope
