// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/credentials/ProfileStore.h"

#include <QtCore/QAbstractListModel>

namespace realmscope {

[[nodiscard]] QString schemeIcon(const QString &schemeId); // name of the icon that stands for a way to log in

// The profiles of the store as a list, by name.
class ProfileModel : public QAbstractListModel
{
    Q_OBJECT
public:
    enum Role { IdRole = Qt::UserRole + 1, SchemeRole, OriginsRole, PlaceRole, SearchRole, IconRole, PlaceIconRole };

    explicit ProfileModel(ProfileStore &store, QObject *parent = nullptr);

    [[nodiscard]] int rowOf(const QString &profileId) const; // -1
    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;

private:
    void reload();

    ProfileStore &m_store;
    QList<CredentialProfile> m_profiles;
};

} // namespace realmscope
