// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/credentials/ProfileStore.h"
#include "app/credentials/SecretResolver.h"

namespace realmscope {

// What came of one profile.
struct SecretMove
{
    QString profileName;
    SecretPlace from = SecretPlace::Keychain;
    std::optional<Error> error;      // it is where it was
    std::optional<Error> leftBehind; // it was moved, and a copy could not be removed
};

// Moves the secrets of these profiles to a place, one after the other: copied, read back, the profile saved, then the old ones removed.
// What fails keeps its place, and the next one goes on, unless a store is locked and stays so. Stores are not owned and live as long as `context`.
void moveSecrets(ProfileStore &profiles, const QStringList &ids, SecretPlace place, const SecretStores &stores, QObject *context,
                 std::function<void(const SecretMove &)> each, std::function<void()> done);

// The ids of the profiles whose secrets are in one of the other places.
[[nodiscard]] QStringList profilesToMove(const ProfileStore &profiles, SecretPlace place);

} // namespace realmscope
