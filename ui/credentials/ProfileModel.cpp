// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/credentials/ProfileModel.h"

#include "app/auth/SchemeRegistry.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

QString schemeIcon(const QString &schemeId)
{
    if (schemeId == "basic"_L1 || schemeId == "any"_L1)
        return u"user"_s;
    if (schemeId == "digest"_L1)
        return u"hash"_s;
    if (schemeId == "bearer"_L1)
        return u"ticket"_s;
    if (schemeId.startsWith("oauth"_L1))
        return u"waypoints"_s;
    return u"key-round"_s;
}

Expiry expiryOf(const CredentialProfile &profile, const Clock &clock)
{
    constexpr qint64 soon = 5 * 60;
    if (!profile.expiresAt)
        return Expiry::None;
    const qint64 left = *profile.expiresAt - clock.nowSeconds();
    return left <= 0 ? Expiry::Past : left <= soon ? Expiry::Soon : Expiry::Later;
}

Token expiryToken(Expiry expiry)
{
    return expiry == Expiry::Past ? Token::Bad : expiry == Expiry::Soon ? Token::Warn : Token::Fg2;
}

ProfileModel::ProfileModel(ProfileStore &store, const Clock &clock, QObject *parent)
    : QAbstractListModel(parent), m_store(store), m_clock(clock)
{
    connect(&store, &ProfileStore::changed, this, &ProfileModel::reload);
    reload();
}

void ProfileModel::reload()
{
    beginResetModel();
    m_profiles = m_store.profiles();
    std::ranges::sort(m_profiles, [](const CredentialProfile &a, const CredentialProfile &b) {
        return a.name.localeAwareCompare(b.name) < 0;
    });
    endResetModel();
}

void ProfileModel::tick()
{
    if (!m_profiles.isEmpty())
        Q_EMIT dataChanged(index(0), index(int(m_profiles.size()) - 1), {ExpiryRole, ExpiryStateRole, Qt::AccessibleTextRole});
}

int ProfileModel::rowOf(const QString &profileId) const
{
    const auto it = std::ranges::find_if(m_profiles, [&](const CredentialProfile &p) { return p.id == profileId; });
    return it == m_profiles.end() ? -1 : int(it - m_profiles.begin());
}

int ProfileModel::rowCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : int(m_profiles.size()); }

QVariant ProfileModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const CredentialProfile &profile = m_profiles.at(index.row());
    const AuthScheme *scheme = findScheme(profile.schemeId);
    const QString schemeTitle = scheme ? scheme->title() : profile.schemeId;
    switch (role) {
    case Qt::DisplayRole:
        return profile.name;
    case Qt::AccessibleTextRole:
        return profile.expiresAt ? u"%1, %2, %3"_s.arg(profile.name, schemeTitle, expiryText(*profile.expiresAt, m_clock.nowSeconds()))
                                 : u"%1, %2"_s.arg(profile.name, schemeTitle);
    case ExpiryRole:
        return profile.expiresAt ? expiryText(*profile.expiresAt, m_clock.nowSeconds()) : QString();
    case ExpiryStateRole:
        return int(expiryOf(profile, m_clock));
    case IdRole:
        return profile.id;
    case SchemeRole:
        return schemeTitle;
    case OriginsRole: {
        if (profile.origins.isEmpty())
            return tr("no origin yet");
        QString first = profile.origins.first();
        if (first.startsWith("https://"_L1)) // what one expects needs no saying
            first.remove(0, 8);
        return profile.origins.size() == 1 ? first : u"%1 +%2"_s.arg(first).arg(profile.origins.size() - 1);
    }
    case PlaceRole:
        return !profile.approved ? tr("Not approved") : !profile.references.isEmpty() ? tr("Elsewhere") : profile.place == SecretPlace::Memory ? tr("This run only") : profile.place == SecretPlace::Vault ? tr("Vault") : tr("Keychain");
    case IconRole:
        return schemeIcon(profile.schemeId);
    case PlaceIconRole:
        return !profile.approved ? u"shield-alert"_s : !profile.references.isEmpty() ? u"external-link"_s : profile.place == SecretPlace::Memory ? u"cpu"_s : profile.place == SecretPlace::Vault ? u"file-key"_s : u"lock"_s;
    case SearchRole:
        return QStringList{profile.name, schemeTitle, profile.origins.join(u' ')}.join(u' ');
    default:
        return {};
    }
}

} // namespace realmscope
