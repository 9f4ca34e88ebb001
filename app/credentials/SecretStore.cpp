// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/credentials/SecretStore.h"

#include <QtCore/QPointer>

namespace realmscope {

void MemoryStore::read(const QString &key, QObject *context, ReadCallback callback)
{
    QMetaObject::invokeMethod(context, [this, self = QPointer<MemoryStore>(this), key, callback = std::move(callback)] {
        if (!self || !m_secrets.contains(key)) {
            callback(Error{ErrorCode::SecretNotFound, QStringLiteral("the secret was kept for one run of the program only"), {},
                           QStringLiteral("Type it again, or keep it in the keychain.")});
            return;
        }
        callback(m_secrets.value(key));
    }, Qt::QueuedConnection);
}

void MemoryStore::write(const QString &key, const QString &, const Secret &secret, QObject *context, DoneCallback callback)
{
    m_secrets.insert(key, secret);
    QMetaObject::invokeMethod(context, [callback = std::move(callback)] { callback({}); }, Qt::QueuedConnection);
}

void MemoryStore::remove(const QString &key, QObject *context, DoneCallback callback)
{
    m_secrets.remove(key);
    QMetaObject::invokeMethod(context, [callback = std::move(callback)] { callback({}); }, Qt::QueuedConnection);
}

} // namespace realmscope
