// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/credentials/KeychainStore.h"

#include <QtCore/QLibrary>
#include <QtCore/QPointer>
#include <QtCore/QTimer>
#include <QtDBus/QDBusConnection>
#include <QtDBus/QDBusConnectionInterface>
#include <QtDBus/QDBusMessage>
#include <QtDBus/QDBusObjectPath>
#include <QtDBus/QDBusPendingCallWatcher>
#include <QtDBus/QDBusPendingReply>
#include <QtDBus/QDBusVariant>

#include <qt6keychain/keychain.h>

#include <algorithm>
#include <memory>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

Error translate(const QKeychain::Job &job)
{
    const QString detail = job.errorString();
    switch (job.error()) {
    case QKeychain::EntryNotFound:
        return {ErrorCode::SecretNotFound, u"the secret is not in the keychain of this computer"_s, detail,
                u"Type it in again in the credential profile."_s};
    case QKeychain::AccessDeniedByUser:
    case QKeychain::AccessDenied:
        return {ErrorCode::SecretStoreLocked, u"the keychain did not give access"_s, detail, u"Unlock the keychain and try again."_s};
    case QKeychain::NoBackendAvailable:
    case QKeychain::NotImplemented:
        return {ErrorCode::SecretStoreUnavailable, u"no keychain service runs in this session"_s, detail,
                u"Start one (GNOME Keyring, KWallet), or keep the secret for this run of the program only."_s};
    default:
        return {ErrorCode::SecretStoreFailed, u"the keychain failed"_s, detail, u"Try again; look at the keychain's own program."_s};
    }
}

const auto secretService = u"org.freedesktop.secrets"_s;
const auto servicePath = u"/org/freedesktop/secrets"_s;

// Asks the Secret Service whether its default collection is locked. Never prompts.
void askLocked(QObject *context, int timeoutMs, std::function<void(KeychainState)> callback)
{
    QDBusMessage readAlias = QDBusMessage::createMethodCall(secretService, servicePath, u"org.freedesktop.Secret.Service"_s, u"ReadAlias"_s);
    readAlias << u"default"_s;
    const QDBusConnection bus = QDBusConnection::sessionBus();
    if (!bus.isConnected()) {
        QMetaObject::invokeMethod(context, [callback] { callback(KeychainState::Unavailable); }, Qt::QueuedConnection);
        return;
    }
    auto *watcher = new QDBusPendingCallWatcher(bus.asyncCall(readAlias, timeoutMs), context);
    QObject::connect(watcher, &QDBusPendingCallWatcher::finished, context, [=](QDBusPendingCallWatcher *first) {
        first->deleteLater();
        const QDBusPendingReply<QDBusObjectPath> reply = *first;
        if (reply.isError()) {
            callback(KeychainState::Unavailable);
            return;
        }
        if (reply.value().path() == "/"_L1) { // no collection yet: it is made with the first secret
            callback(KeychainState::Available);
            return;
        }
        QDBusMessage get = QDBusMessage::createMethodCall(secretService, reply.value().path(), u"org.freedesktop.DBus.Properties"_s, u"Get"_s);
        get << u"org.freedesktop.Secret.Collection"_s << u"Locked"_s;
        auto *second = new QDBusPendingCallWatcher(QDBusConnection::sessionBus().asyncCall(get, timeoutMs), context);
        QObject::connect(second, &QDBusPendingCallWatcher::finished, context, [=](QDBusPendingCallWatcher *w) {
            w->deleteLater();
            const QDBusPendingReply<QDBusVariant> locked = *w;
            callback(locked.isError() ? KeychainState::Unknown
                     : locked.value().variant().toBool() ? KeychainState::Locked
                                                         : KeychainState::Available);
        });
    });
}

// Runs a QtKeychain job with a time limit of our own; a late answer is ignored.
template <typename JobType>
void runJob(JobType *job, int timeoutMs, QObject *context, std::function<void(const Result<void> &, JobType *)> callback)
{
    struct State
    {
        bool answered = false;
    };
    auto state = std::make_shared<State>();
    const QPointer<QTimer> timer = new QTimer(context); // gone when the answer comes later than it
    timer->setSingleShot(true);
    QObject::connect(timer, &QTimer::timeout, context, [=] {
        if (timer)
            timer->deleteLater();
        if (std::exchange(state->answered, true))
            return;
        callback(Error{ErrorCode::SecretStoreFailed, u"the keychain did not answer within %1 s"_s.arg(timeoutMs / 1000.0), {},
                       u"Look whether it waits for you to unlock it, and try again."_s},
                 nullptr);
    });
    QObject::connect(job, &QKeychain::Job::finished, context, [=](QKeychain::Job *done) {
        if (timer)
            timer->deleteLater();
        if (std::exchange(state->answered, true))
            return;
        if (done->error() == QKeychain::NoError)
            callback({}, job);
        else
            callback(translate(*done), job);
    });
    job->setAutoDelete(true);
    timer->start(timeoutMs);
    job->start();
}

// QtKeychain gives "other error" without a service, and "not found" for a locked keychain whose prompt was cancelled: asks
// the service itself which of them it is.
void tellApart(const Error &error, int timeoutMs, QObject *context, std::function<void(const Error &)> callback)
{
#ifdef Q_OS_LINUX
    if (error.code == ErrorCode::SecretNotFound || error.code == ErrorCode::SecretStoreFailed) {
        askLocked(context, timeoutMs, [callback, error](KeychainState state) {
            if (state == KeychainState::Locked)
                callback({ErrorCode::SecretStoreLocked, u"the keychain is locked"_s, error.detail, u"Unlock the keychain and try again."_s});
            else if (state == KeychainState::Unavailable)
                callback({ErrorCode::SecretStoreUnavailable, u"no keychain service runs in this session"_s, error.detail,
                          u"Start one (GNOME Keyring, KWallet), or keep the secret for this run of the program only."_s});
            else
                callback(error);
        });
        return;
    }
#else
    Q_UNUSED(timeoutMs)
    Q_UNUSED(context)
#endif
    callback(error);
}

// libsecret, which QtKeychain loads, keeps one session with the service for the whole run of the program, and every call fails
// ("The session does not exist") when that service has ended and another one runs. False: nothing of the kind is here.
bool forgetSession()
{
#ifdef Q_OS_LINUX
    using Disconnect = void (*)();
    static const auto disconnect = reinterpret_cast<Disconnect>(QLibrary::resolve(u"secret-1"_s, 0, "secret_service_disconnect"));
    if (disconnect)
        disconnect();
    return disconnect != nullptr;
#else
    return false;
#endif
}

} // namespace

KeychainStore::KeychainStore(QString service, int timeoutMs, QObject *parent)
    : SecretStore(parent), m_service(std::move(service)), m_timeoutMs(timeoutMs)
{}

// A job by job; `take` has what the job found. What fails because the service was started anew meanwhile is done once more.
template <typename JobType>
void KeychainStore::run(const std::function<JobType *()> &make, QObject *context, const std::function<void(const Result<void> &, JobType *)> &callback, bool isFirst)
{
    runJob<JobType>(make(), m_timeoutMs, context, [this, make, context, callback, isFirst, timeoutMs = m_timeoutMs, self = QPointer(this)](const Result<void> &result, JobType *done) {
        if (result) {
            callback(result, done);
            return;
        }
        const bool mayTryAgain = isFirst && done && self;
        tellApart(result.error(), timeoutMs, context, [this, make, context, callback, mayTryAgain, self](const Error &error) {
            if (mayTryAgain && self && error.code == ErrorCode::SecretStoreFailed && forgetSession())
                run<JobType>(make, context, callback, false);
            else
                callback(error, nullptr);
        });
    });
}

void KeychainStore::read(const QString &key, QObject *context, ReadCallback callback)
{
    const auto make = [key, service = m_service] {
        auto *job = new QKeychain::ReadPasswordJob(service);
        job->setKey(key);
        return job;
    };
    run<QKeychain::ReadPasswordJob>(make, context, [callback](const Result<void> &result, QKeychain::ReadPasswordJob *done) {
        if (!result) {
            callback(result.error());
            return;
        }
        QByteArray bytes = done->binaryData();
        callback(Secret(bytes));
        bytes.fill('\0');
    });
}

void KeychainStore::write(const QString &key, const QString &label, const Secret &secret, QObject *context, DoneCallback callback)
{
    Q_UNUSED(label) // QtKeychain labels every item with the service's name
    const auto make = [key, secret, service = m_service] {
        auto *job = new QKeychain::WritePasswordJob(service);
        job->setKey(key);
        job->setBinaryData(secret.revealBytes());
        return job;
    };
    run<QKeychain::WritePasswordJob>(make, context, [callback](const Result<void> &result, QKeychain::WritePasswordJob *) { callback(result); });
}

void KeychainStore::remove(const QString &key, QObject *context, DoneCallback callback)
{
    const auto make = [key, service = m_service] {
        auto *job = new QKeychain::DeletePasswordJob(service);
        job->setKey(key);
        return job;
    };
    run<QKeychain::DeletePasswordJob>(make, context, [callback](const Result<void> &result, QKeychain::DeletePasswordJob *) {
        callback(!result && result.error().code == ErrorCode::SecretNotFound ? Result<void>() : result);
    });
}

void KeychainStore::checkState(QObject *context, std::function<void(KeychainState)> callback)
{
#ifdef Q_OS_LINUX
    // Nobody is asked for anything here.
    constexpr int stateTimeoutMs = 8000;
    askLocked(context, std::min(m_timeoutMs, stateTimeoutMs), std::move(callback));
#else
    QMetaObject::invokeMethod(context, [callback] { callback(KeychainState::Available); }, Qt::QueuedConnection);
#endif
}

} // namespace realmscope
