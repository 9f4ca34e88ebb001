// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/credentials/SecretStore.h"
#include "app/credentials/VaultDisk.h"
#include "app/credentials/VaultFile.h"

#include <QtCore/QPointer>
#include <QtCore/QThreadPool>

#include <list>

namespace realmscope {

enum class VaultState { NoFile, Locked, Unlocked };

// What can be told of a vault without its passphrase.
struct VaultFacts
{
    QString path;
    bool exists = false;
    std::optional<Error> problem; // why it can't be opened by any passphrase
    VaultCost cost;
    qint64 bytes = 0;
    bool hasBackup = false;
    bool isBackupIntact = false;
    qint64 backupTimeMs = 0;
};

// Secrets in an encrypted file of the user's own. Argon2id and the disk have a thread of their own; reading and writing go by the file as
// it is at that moment, so that two programs can use one vault: each write takes the file's lock, reads, changes, saves.
// Only the key is kept, while the vault is unlocked.
class VaultStore final : public SecretStore
{
    Q_OBJECT
public:
    // cost: of passphrases that are set from now on.
    explicit VaultStore(QString path = defaultPath(), const VaultCost &cost = {}, QObject *parent = nullptr);
    ~VaultStore() override; // waits for what is being written
    [[nodiscard]] static QString defaultPath(); // realmscope/vault in the user's data folder

    [[nodiscard]] VaultState state() const;
    [[nodiscard]] const QString &path() const { return m_disk.path(); }

    // While it is locked, or there is none to write to, read(), write() and remove() fail with SecretStoreLocked or
    // SecretStoreUnavailable, or wait until it is unlocked or created when `on`.
    void setWaitsForPassphrase(bool on) { m_waits = on; }
    [[nodiscard]] bool isWaiting() const { return !m_waiting.empty(); }
    void giveUpWaiting(const std::optional<Error> &error = {}); // what waits fails: with this error, or that it stayed locked
    void giveUpWaitingFor(const QObject *context);              // what this one waits for fails with Cancelled

    // Errors: WrongPassphrase, SecretStoreDamaged (the file; the backup may be whole), Unsupported, LimitExceeded,
    // FileUnreadable, SecretStoreUnavailable (no file), Cancelled (locked again meanwhile).
    void unlock(const Secret &passphrase, QObject *context, DoneCallback callback);
    void lock();
    // Unlocked afterwards. Errors: InvalidInput (empty), FileUnwritable, SecretStoreFailed (there is a vault already).
    void create(const Secret &passphrase, QObject *context, DoneCallback callback);
    // Makes a new key and seals everything anew, the backup too: the old passphrase opens neither. Errors: those of both above.
    void changePassphrase(const Secret &now, const Secret &next, QObject *context, DoneCallback callback);
    // Puts the backup in place of the vault, which is kept as PATH.damaged. Locked afterwards.
    void restoreBackup(QObject *context, DoneCallback callback);
    void examine(QObject *context, std::function<void(const VaultFacts &)> callback);

    void read(const QString &key, QObject *context, ReadCallback callback) override;
    void write(const QString &key, const QString &label, const Secret &secret, QObject *context, DoneCallback callback) override;
    void remove(const QString &key, QObject *context, DoneCallback callback) override;
    void listKeys(QObject *context, std::function<void(const Result<QStringList> &)> callback);

Q_SIGNALS:
    void stateChanged();
    void passphraseWanted(); // something waits: unlock(), create() or giveUpWaiting()
    void waitingEnded();     // nothing waits any more

private:
    struct Answer
    {
        Secret secret;
        QStringList keys;
    };
    // One call, until it is answered. `work` runs on the thread.
    struct Operation
    {
        QPointer<QObject> context;
        bool creates = false; // may have to make the vault
        std::function<Result<Answer>(const VaultDisk &, const VaultKey &, Random &)> work;
        std::function<void(const Result<Answer> &)> done;
    };
    void perform(const std::shared_ptr<Operation> &operation);
    void wait(const std::shared_ptr<Operation> &operation, const Error &otherwise);
    void run(const std::shared_ptr<Operation> &operation);
    void answer(const std::shared_ptr<Operation> &operation, const Result<Answer> &result);
    using Change = std::function<Result<std::optional<VaultContents>>(const VaultContents &)>; // nothing: there is nothing to save
    void change(QObject *context, Change how, DoneCallback callback, bool creates);
    void adopt(const VaultKey &key);
    // `work` on the thread, then `then` on this one, unless the context or the store is gone.
    template <typename T>
    void aside(QObject *context, std::function<T()> work, std::function<void(const T &)> then);

    VaultDisk m_disk;
    VaultCost m_cost;
    SystemRandom m_random; // has no state: any thread
    QThreadPool m_thread;  // one, so that things happen in order
    std::optional<VaultKey> m_key;
    bool m_waits = false;
    std::list<std::shared_ptr<Operation>> m_waiting;
    quint64 m_lockings = 0; // tells an unlocking that was begun before
};

} // namespace realmscope
