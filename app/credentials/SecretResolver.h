// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/credentials/CredentialProfile.h"
#include "app/credentials/SecretStore.h"

namespace realmscope {

// The stores by place, passed to whoever resolves or writes a profile's secrets. Not owned, never null.
struct SecretStores
{
    SecretStore *keychain = nullptr;
    SecretStore *memory = nullptr;
    [[nodiscard]] SecretStore *at(SecretPlace place) const { return place == SecretPlace::Memory ? memory : keychain; }
};

// Reads all secrets of a profile and gives its complete field values (defaults of the scheme filled in). Errors:
// Unsupported (scheme unknown), those of SecretStore with the profile's and field's name in the message.
void resolveProfile(const CredentialProfile &profile, const SecretStores &stores, QObject *context,
                    std::function<void(const Result<FieldValues> &)> callback);

// Writes the secrets of `values` to the profile's place and gives the profile with secretFields and expiresAt updated.
void storeProfileSecrets(CredentialProfile profile, const QMap<QString, Secret> &secrets, const SecretStores &stores,
                         QObject *context, std::function<void(const Result<CredentialProfile> &)> callback);
void removeProfileSecrets(const CredentialProfile &profile, const SecretStores &stores, QObject *context,
                          std::function<void(const Result<void> &)> callback);

} // namespace realmscope
