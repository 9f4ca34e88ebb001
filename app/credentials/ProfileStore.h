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

    // A missing file is an empty list. Error: FileUnreadable or Parse (file, line, what); the list is then unchanged
    // and save() refuses, so that nothing is overwritten.
    [[nodiscard]] Result<void> load();
    [[nodiscard]] Result<void> save() const;

    [[nodiscard]] const QString &path() const { return m_path; }
    [[nodiscard]] const QList<CredentialProfile> &profiles() const { return m_profiles; }
    [[nodiscard]] const CredentialProfile *findById(const QString &id) const;
    [[nodiscard]] const CredentialProfile *findByName(const QString &name) const;

    // Adds, or replaces the one with the same id. Error: InvalidInput when another profile has the name, or the name
    // is empty. Emits changed().
    [[nodiscard]] Result<void> put(const CredentialProfile &profile);
    bool remove(const QString &id);

Q_SIGNALS:
    void changed();

private:
    QString m_path;
    QList<CredentialProfile> m_profiles;
    QJsonObject m_unknown;        // members of the file that are not ours
    QJsonObject m_unknownMembers; // of profiles, by id
    bool m_damaged = false;
};

} // namespace realmscope
