// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/credentials/VaultStore.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QFile>
#include <QtCore/QStandardPaths>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

Error noVault(const QString &path)
{
    return {ErrorCode::SecretStoreUnavailable, u"there is no vault on this computer yet: %1"_s.arg(path), {}, u"Create it, or keep the secret in the keychain."_s};
}

Error lockedVault()
{
    return {ErrorCode::SecretStoreLocked, u"the vault is locked"_s, {}, u"Unlock it with its passphrase, and try again."_s};
}

// The file itself, with the words for one that is gone while its backup is there.
Result<QByteArray> fileOf(const VaultDisk &disk)
{
    const Result<std::optional<QByteArray>> file = disk.read();
    if (!file)
        return file.error();
    if (*file)
        return **file;
    if (disk.backupTimeMs() == 0)
        return noVault(disk.path());
    return Error{ErrorCode::SecretStoreDamaged, u"the vault is gone: %1"_s.arg(disk.path()), {}, u"Bring back its backup, which is still there."_s};
}

Error at(Error error, const VaultDisk &disk)
{
    if (error.code == ErrorCode::SecretStoreDamaged && !error.message.contains(disk.path()))
        error.message += u": "_s + disk.path();
    return error;
}

Result<VaultContents> contentsOf(const VaultDisk &disk, const VaultKey &key)
{
    const Result<QByteArray> file = fileOf(disk);
    if (!file)
        return file.error();
    Result<VaultContents> contents = openVault(*file, key);
    return contents ? contents : at(contents.error(), disk);
}

Result<VaultKey> unlockFile(const VaultDisk &disk, const Secret &passphrase)
{
    const Result<QByteArray> file = fileOf(disk);
    if (!file)
        return file.error();
    Result<VaultKey> key = unlockVault(*file, passphrase);
    if (!key)
        return at(key.error(), disk);
    // The key alone does not tell whether the contents are what it sealed.
    const Result<VaultContents> contents = openVault(*file, *key);
    return contents ? key : at(contents.error(), disk);
}

} // namespace

VaultStore::VaultStore(QString path, const VaultCost &cost, QObject *parent) : SecretStore(parent), m_disk(std::move(path)), m_cost(cost)
{
    m_thread.setMaxThreadCount(1);
    m_thread.setExpiryTimeout(5000);
}

VaultStore::~VaultStore() { m_thread.waitForDone(); }

QString VaultStore::defaultPath()
{
    return QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation) + u"/realmscope/vault"_s;
}

VaultState VaultStore::state() const
{
    if (m_key)
        return VaultState::Unlocked;
    return m_disk.exists() || m_disk.backupTimeMs() > 0 ? VaultState::Locked : VaultState::NoFile;
}

template <typename T>
void VaultStore::aside(QObject *context, std::function<T()> work, std::function<void(const T &)> then)
{
    m_thread.start([work = std::move(work), then = std::move(then), guard = QPointer(context), self = QPointer(this)] {
        auto result = std::make_shared<T>(work());
        if (QCoreApplication *application = QCoreApplication::instance())
            QMetaObject::invokeMethod(application, [guard, self, then, result] {
                if (guard && self)
                    then(*result);
            }, Qt::QueuedConnection);
    });
}

void VaultStore::answer(const std::shared_ptr<Operation> &operation, const Result<Answer> &result)
{
    QMetaObject::invokeMethod(this, [operation, result] {
        if (operation->context)
            operation->done(result);
    }, Qt::QueuedConnection);
}

void VaultStore::perform(const std::shared_ptr<Operation> &operation)
{
    if (m_key)
        run(operation);
    else if (state() == VaultState::Locked)
        wait(operation, lockedVault());
    else if (operation->creates)
        wait(operation, noVault(path()));
    else
        answer(operation, Error{ErrorCode::SecretNotFound, u"the secret is not on this computer: there is no vault"_s, path(), u"Type it in again in the credential profile."_s});
}

void VaultStore::wait(const std::shared_ptr<Operation> &operation, const Error &otherwise)
{
    if (!m_waits) {
        answer(operation, otherwise);
        return;
    }
    m_waiting.push_back(operation);
    // Later: who calls read() does not expect to be asked something before it returns.
    QMetaObject::invokeMethod(this, [this] {
        if (!m_waiting.empty())
            Q_EMIT passphraseWanted();
    }, Qt::QueuedConnection);
}

void VaultStore::run(const std::shared_ptr<Operation> &operation)
{
    const VaultKey key = *m_key;
    aside<Result<Answer>>(
        this, [operation, key, disk = m_disk, random = &m_random] { return operation->work(disk, key, *random); },
        [this, operation, head = key.head](const Result<Answer> &result) {
            if (!result && result.error().code == ErrorCode::SecretStoreLocked) {
                // Another program has changed the passphrase: this key is good for nothing any more.
                if (m_key && m_key->head == head)
                    lock();
                if (m_key)
                    run(operation);
                else
                    wait(operation, result.error());
                return;
            }
            if (operation->context)
                operation->done(result);
        });
}

void VaultStore::giveUpWaiting(const std::optional<Error> &error)
{
    if (m_waiting.empty())
        return;
    const Error given = error.value_or(state() == VaultState::NoFile ? noVault(path()) : lockedVault());
    for (const std::shared_ptr<Operation> &operation : std::exchange(m_waiting, {}))
        answer(operation, given);
    Q_EMIT waitingEnded();
}

void VaultStore::giveUpWaitingFor(const QObject *context)
{
    const auto count = m_waiting.size();
    m_waiting.remove_if([this, context](const std::shared_ptr<Operation> &operation) {
        if (operation->context && operation->context != context)
            return false;
        answer(operation, Error{ErrorCode::Cancelled, u"nobody waits for the vault any more"_s, {}, {}});
        return true;
    });
    if (m_waiting.size() < count && m_waiting.empty())
        Q_EMIT waitingEnded();
}

void VaultStore::adopt(const VaultKey &key)
{
    m_key = key;
    Q_EMIT stateChanged();
    const auto ready = std::exchange(m_waiting, {});
    for (const std::shared_ptr<Operation> &operation : ready)
        run(operation);
    if (!ready.empty())
        Q_EMIT waitingEnded();
}

void VaultStore::lock()
{
    ++m_lockings;
    if (!m_key)
        return;
    m_key.reset();
    Q_EMIT stateChanged();
}

void VaultStore::unlock(const Secret &passphrase, QObject *context, DoneCallback callback)
{
    aside<Result<VaultKey>>(
        this, [passphrase, disk = m_disk] { return unlockFile(disk, passphrase); },
        [this, context = QPointer(context), callback, lockings = m_lockings](const Result<VaultKey> &key) {
            Result<void> result;
            if (!key)
                result = key.error();
            else if (lockings != m_lockings)
                result = Error{ErrorCode::Cancelled, u"the vault was locked again meanwhile"_s, {}, u"Unlock it once more."_s};
            else
                adopt(*key);
            if (context)
                callback(result);
        });
}

void VaultStore::create(const Secret &passphrase, QObject *context, DoneCallback callback)
{
    const auto work = [passphrase, disk = m_disk, cost = m_cost, random = &m_random]() -> Result<VaultKey> {
        Result<VaultKey> key = makeVaultKey(passphrase, cost, *random);
        if (!key)
            return key;
        const Result<QByteArray> file = sealVault({}, *key, *random);
        if (!file)
            return file.error();
        const Result<VaultDisk::Lock> held = disk.lock();
        if (!held)
            return held.error();
        if (disk.exists() || disk.backupTimeMs() > 0)
            return Error{ErrorCode::SecretStoreFailed, u"there is a vault already: %1"_s.arg(disk.path()), {},
                         u"Unlock it. To begin anew, move it and its backup elsewhere first."_s};
        const Result<void> saved = disk.replace(*file, *held);
        return saved ? key : saved.error();
    };
    aside<Result<VaultKey>>(this, work, [this, context = QPointer(context), callback](const Result<VaultKey> &key) {
        if (key)
            adopt(*key);
        if (context)
            callback(key ? Result<void>() : key.error());
    });
}

void VaultStore::changePassphrase(const Secret &now, const Secret &next, QObject *context, DoneCallback callback)
{
    const auto work = [now, next, disk = m_disk, cost = m_cost, random = &m_random]() -> Result<VaultKey> {
        const Result<VaultKey> old = unlockFile(disk, now);
        if (!old)
            return old.error();
        Result<VaultKey> key = makeVaultKey(next, cost, *random);
        if (!key)
            return key;
        const Result<VaultDisk::Lock> held = disk.lock();
        if (!held)
            return held.error();
        const Result<VaultContents> contents = contentsOf(disk, *old); // as they are now that nobody else writes
        if (!contents)
            return contents.error();
        const Result<QByteArray> file = sealVault(*contents, *key, *random);
        if (!file)
            return file.error();
        Result<void> saved = disk.replace(*file, *held);
        if (saved)
            saved = disk.replaceBackup(*file, *held); // which would still open with the old one
        return saved ? key : saved.error();
    };
    aside<Result<VaultKey>>(this, work, [this, context = QPointer(context), callback](const Result<VaultKey> &key) {
        if (key)
            adopt(*key);
        if (context)
            callback(key ? Result<void>() : key.error());
    });
}

void VaultStore::restoreBackup(QObject *context, DoneCallback callback)
{
    const auto work = [disk = m_disk]() -> Result<void> {
        const Result<VaultDisk::Lock> held = disk.lock();
        if (!held)
            return held.error();
        const Result<std::optional<QByteArray>> backup = disk.readBackup();
        if (!backup)
            return backup.error();
        if (*backup) {
            if (const Result<VaultCost> intact = checkVault(**backup); !intact) {
                Error error = intact.error();
                error.message = u"the backup can't be used either: %1: %2"_s.arg(disk.backupPath(), error.message);
                error.action = u"Look for a copy of the vault elsewhere; both files are left as they are."_s;
                return error;
            }
        }
        return disk.restoreBackup(*held);
    };
    aside<Result<void>>(this, work, [this, context = QPointer(context), callback](const Result<void> &restored) {
        if (restored) {
            lock();
            Q_EMIT stateChanged();
        }
        if (context)
            callback(restored);
    });
}

void VaultStore::examine(QObject *context, std::function<void(const VaultFacts &)> callback)
{
    const auto work = [disk = m_disk] {
        VaultFacts facts;
        facts.path = disk.path();
        const Result<std::optional<QByteArray>> file = disk.read();
        facts.exists = disk.exists();
        if (!file) {
            facts.problem = file.error();
        } else if (*file) {
            facts.bytes = (*file)->size();
            if (const Result<VaultCost> cost = checkVault(**file))
                facts.cost = *cost;
            else
                facts.problem = at(cost.error(), disk);
        } else if (disk.backupTimeMs() > 0) {
            facts.problem = fileOf(disk).error();
        }
        facts.backupTimeMs = disk.backupTimeMs();
        facts.hasBackup = facts.backupTimeMs > 0;
        if (const Result<std::optional<QByteArray>> backup = disk.readBackup(); backup && *backup)
            facts.isBackupIntact = bool(checkVault(**backup));
        return facts;
    };
    aside<VaultFacts>(context, work, std::move(callback));
}

void VaultStore::read(const QString &key, QObject *context, ReadCallback callback)
{
    auto operation = std::make_shared<Operation>();
    operation->context = context;
    operation->work = [key](const VaultDisk &disk, const VaultKey &vaultKey, Random &) -> Result<Answer> {
        const Result<VaultContents> contents = contentsOf(disk, vaultKey);
        if (!contents)
            return contents.error();
        const std::optional<Secret> found = contents->find(key);
        if (!found)
            return Error{ErrorCode::SecretNotFound, u"the secret is not in the vault"_s, {}, u"Type it in again in the credential profile."_s};
        return Answer{*found, {}};
    };
    operation->done = [callback = std::move(callback)](const Result<Answer> &result) { callback(result ? Result<Secret>(result->secret) : result.error()); };
    perform(operation);
}

void VaultStore::listKeys(QObject *context, std::function<void(const Result<QStringList> &)> callback)
{
    auto operation = std::make_shared<Operation>();
    operation->context = context;
    operation->work = [](const VaultDisk &disk, const VaultKey &vaultKey, Random &) -> Result<Answer> {
        const Result<VaultContents> contents = contentsOf(disk, vaultKey);
        return contents ? Result<Answer>(Answer{{}, contents->keys()}) : contents.error();
    };
    operation->done = [callback = std::move(callback)](const Result<Answer> &result) { callback(result ? Result<QStringList>(result->keys) : result.error()); };
    perform(operation);
}

void VaultStore::change(QObject *context, Change how, DoneCallback callback, bool creates)
{
    auto operation = std::make_shared<Operation>();
    operation->context = context;
    operation->creates = creates;
    operation->work = [how = std::move(how)](const VaultDisk &disk, const VaultKey &key, Random &random) -> Result<Answer> {
        const Result<VaultDisk::Lock> held = disk.lock();
        if (!held)
            return held.error();
        const Result<VaultContents> before = contentsOf(disk, key);
        if (!before)
            return before.error();
        const Result<std::optional<VaultContents>> after = how(*before);
        if (!after)
            return after.error();
        if (!*after)
            return Answer{};
        const Result<QByteArray> file = sealVault(**after, key, random);
        if (!file)
            return file.error();
        const Result<void> saved = disk.replace(*file, *held);
        return saved ? Result<Answer>(Answer{}) : saved.error();
    };
    operation->done = [callback = std::move(callback)](const Result<Answer> &result) { callback(result ? Result<void>() : result.error()); };
    perform(operation);
}

void VaultStore::write(const QString &key, const QString &label, const Secret &secret, QObject *context, DoneCallback callback)
{
    const auto how = [key, label, secret](const VaultContents &contents) -> Result<std::optional<VaultContents>> {
        const Result<VaultContents> more = contents.with(key, label, secret);
        return more ? Result<std::optional<VaultContents>>(*more) : more.error();
    };
    change(context, how, std::move(callback), true);
}

void VaultStore::remove(const QString &key, QObject *context, DoneCallback callback)
{
    if (state() == VaultState::NoFile) { // then it is not in it
        QMetaObject::invokeMethod(context, [callback = std::move(callback)] { callback({}); }, Qt::QueuedConnection);
        return;
    }
    const auto how = [key](const VaultContents &contents) -> Result<std::optional<VaultContents>> {
        return contents.find(key) ? std::optional(contents.without(key)) : std::nullopt;
    };
    change(context, how, std::move(callback), false);
}

} // namespace realmscope
