// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/base/Random.h"
#include "app/base/Result.h"
#include "app/base/Secret.h"

#include <QtCore/QStringList>

#include <memory>
#include <optional>
#include <vector>

namespace realmscope {

// The vault as bytes: secrets under one passphrase (Argon2id, XChaCha20-Poly1305). SECURITY.md has the format to the byte.
// Nothing here knows a disk, a thread or a window. All secrets and keys are in guarded memory.

// What guessing a passphrase costs. Read from a file it has limits: a vault of somebody else can't ask for all the memory.
struct VaultCost
{
    quint32 passes = 3;
    quint32 memoryKib = 256 * 1024;
    [[nodiscard]] Result<void> check() const; // Error: LimitExceeded
};

constexpr qsizetype vaultLargestFile = 64 * 1024 * 1024; // bytes

// The contents while they are open, in one piece of guarded memory. A value: with() and without() give another one.
class VaultContents
{
public:
    VaultContents(); // empty
    ~VaultContents();
    VaultContents(const VaultContents &);
    VaultContents &operator=(const VaultContents &);

    [[nodiscard]] qsizetype count() const;
    [[nodiscard]] QStringList keys() const; // in the order of their bytes
    [[nodiscard]] std::optional<Secret> find(const QString &key) const;
    [[nodiscard]] QString label(const QString &key) const;
    // Error: LimitExceeded (a key or label above 65535 bytes, contents that would not fit into a vault).
    [[nodiscard]] Result<VaultContents> with(const QString &key, const QString &label, const Secret &secret) const;
    [[nodiscard]] VaultContents without(const QString &key) const;

private:
    struct Data;
    friend struct VaultCodec;
    explicit VaultContents(std::shared_ptr<const Data> data);
    std::shared_ptr<const Data> m_data;
};

// What a passphrase gives: opens and seals the contents without it.
struct VaultKey
{
    QByteArray head; // the part of the file that it belongs to: cost, salt and wrapped key
    Secret dataKey;  // 32 bytes
};

// Looks at all that can be told without the passphrase. Errors: SecretStoreDamaged (not one byte of it may differ),
// Unsupported (a newer version), LimitExceeded.
[[nodiscard]] Result<VaultCost> checkVault(QByteArrayView file);
// Both run Argon2id: a second and much memory, on a thread. Errors of unlockVault(): those of checkVault(),
// WrongPassphrase; both: SecretStoreFailed (no memory).
[[nodiscard]] Result<VaultKey> makeVaultKey(const Secret &passphrase, const VaultCost &cost, Random &random);
[[nodiscard]] Result<VaultKey> unlockVault(QByteArrayView file, const Secret &passphrase);
// Errors: those of checkVault(); SecretStoreLocked: the key is of another passphrase, which was changed meanwhile.
[[nodiscard]] Result<VaultContents> openVault(QByteArrayView file, const VaultKey &key);
[[nodiscard]] Result<QByteArray> sealVault(const VaultContents &contents, const VaultKey &key, Random &random);

} // namespace realmscope
