// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/credentials/SecretStore.h"

namespace realmscope {

enum class KeychainState { Unknown, Available, Locked, Unavailable };

// The operating system's keychain through QtKeychain (Secret Service, KWallet, Windows, macOS). Key names hold nothing
// sensitive: the Secret Service keeps attribute values as unsalted hashes.
class KeychainStore final : public SecretStore
{
    Q_OBJECT
public:
    // service: what a person recognises in the keychain's program. timeoutMs: long enough to type the
    // keychain's password into its prompt, and a daemon that does not answer is given up.
    explicit KeychainStore(QString service = QStringLiteral("Realmscope"), int timeoutMs = 60'000,
                           QObject *parent = nullptr);

    void read(const QString &key, QObject *context, ReadCallback callback) override;
    void write(const QString &key, const QString &label, const Secret &secret, QObject *context,
               DoneCallback callback) override;
    void remove(const QString &key, QObject *context, DoneCallback callback) override;

    // Looks whether there is a usable service, without a prompt; tells "locked" from "absent".
    void checkState(QObject *context, std::function<void(KeychainState)> callback);

private:
    template <typename JobType>
    void run(const std::function<JobType *()> &make, QObject *context, const std::function<void(const Result<void> &, JobType *)> &callback, bool isFirst = true);

    QString m_service;
    int m_timeoutMs;
};

} // namespace realmscope
