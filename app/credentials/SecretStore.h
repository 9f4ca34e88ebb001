// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/base/Result.h"
#include "app/base/Secret.h"

#include <QtCore/QHash>
#include <QtCore/QObject>

#include <functional>

namespace realmscope {

// Where secrets are kept. Asynchronous: a callback runs later from the event loop, exactly once, and not at all when
// `context` has been destroyed. Nothing blocks.
class SecretStore : public QObject
{
    Q_OBJECT
public:
    using QObject::QObject;
    using ReadCallback = std::function<void(const Result<Secret> &)>;
    using DoneCallback = std::function<void(const Result<void> &)>;

    // Errors: SecretNotFound, SecretStoreLocked, SecretStoreUnavailable (no service), SecretStoreFailed (anything
    // else, or no answer within the time limit).
    virtual void read(const QString &key, QObject *context, ReadCallback callback) = 0;
    // label: what a person sees in the keychain's own program.
    virtual void write(const QString &key, const QString &label, const Secret &secret, QObject *context,
                       DoneCallback callback) = 0;
    virtual void remove(const QString &key, QObject *context, DoneCallback callback) = 0; // a missing key is no error
};

// For this run of the program only.
class MemoryStore final : public SecretStore
{
    Q_OBJECT
public:
    using SecretStore::SecretStore;
    void read(const QString &key, QObject *context, ReadCallback callback) override;
    void write(const QString &key, const QString &label, const Secret &secret, QObject *context,
               DoneCallback callback) override;
    void remove(const QString &key, QObject *context, DoneCallback callback) override;

private:
    QHash<QString, Secret> m_secrets;
};

} // namespace realmscope
