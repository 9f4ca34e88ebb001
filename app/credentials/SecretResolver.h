// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/credentials/CredentialProfile.h"
#include "app/credentials/SecretStore.h"

namespace realmscope {

// The stores by place, passed to whoever resolves or writes a profile's secrets. Not owned. Only where no profile is in the vault may
// that be null.
struct SecretStores
{
    SecretStore *keychain = nullptr;
    SecretStore *memory = nullptr;
    QString folder; // where relative files of references begin
    SecretStore *vault = nullptr;
    [[nodiscard]] SecretStore *at(SecretPlace place) const
    {
        return place == SecretPlace::Memory ? memory : place == SecretPlace::Vault ? vault : keychain;
    }
};

// Reads all secrets of a profile, or fetches them where it refers to another place, and gives its complete field values
// (defaults of the scheme filled in). A command that several fields refer to runs once. Errors: Unsupported (scheme unknown),
// ProfileNotApproved (see ProfileStore), those of SecretStore and fetchReference() with the profile's and field's name in the
// message.
void resolveProfile(const CredentialProfile &profile, const SecretStores &stores, QObject *context,
                    std::function<void(const Result<FieldValues> &)> callback);

// Writes the secrets of `values` to the profile's place and gives the profile with secretFields, references and expiresAt
// updated: a field that is stored is no reference any more.
void storeProfileSecrets(CredentialProfile profile, const QMap<QString, Secret> &secrets, const SecretStores &stores,
                         QObject *context, std::function<void(const Result<CredentialProfile> &)> callback);
// Those that the program itself keeps: a secret that a server replaced can't be written to where a reference points.
[[nodiscard]] QMap<QString, Secret> withoutReferences(QMap<QString, Secret> secrets, const CredentialProfile &profile);
// Takes the secrets that a store has to another place: reads them there, writes them here, and reads them once more to be sure. Gives
// the profile with its new place. The caller saves that, and only then removes the old ones with removeProfileSecrets(old profile): at
// each moment the saved profile points to secrets that are there. Errors: as above; what was copied is taken away again then.
void copyProfileSecrets(const CredentialProfile &profile, SecretPlace place, const SecretStores &stores, QObject *context,
                        std::function<void(const Result<CredentialProfile> &)> callback);
void removeProfileSecrets(const CredentialProfile &profile, const SecretStores &stores, QObject *context,
                          std::function<void(const Result<void> &)> callback);

} // namespace realmscope
