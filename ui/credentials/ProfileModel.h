// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/base/Clock.h"
#include "app/credentials/ProfileStore.h"
#include "ui/theme/Theme.h"

#include <QtCore/QAbstractListModel>

namespace realmscope {

[[nodiscard]] QString schemeIcon(const QString &schemeId); // name of the icon that stands for a way to log in

// How close the end of a profile's secret is; Soon: within five minutes.
enum class Expiry { None, Later, Soon, Past };
[[nodiscard]] Expiry expiryOf(const CredentialProfile &profile, const Clock &clock);
[[nodiscard]] Token expiryToken(Expiry expiry); // its colour

// The profiles of the store as a list, by name.
class ProfileModel : public QAbstractListModel
{
    Q_OBJECT
public:
    enum Role { IdRole = Qt::UserRole + 1, SchemeRole, OriginsRole, PlaceRole, SearchRole, IconRole, PlaceIconRole,
                ExpiryRole /* "expires in 12 min"; empty: no end is known */, ExpiryStateRole /* Expiry as int */ };

    ProfileModel(ProfileStore &store, const Clock &clock, QObject *parent = nullptr);
    void tick(); // time has passed

    [[nodiscard]] int rowOf(const QString &profileId) const; // -1
    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;

private:
    void reload();

    ProfileStore &m_store;
    const Clock &m_clock;
    QList<CredentialProfile> m_profiles;
};

} // namespace realmscope
