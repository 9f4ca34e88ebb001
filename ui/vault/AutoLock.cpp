// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/vault/AutoLock.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QEvent>
#include <QtDBus/QDBusMessage>
#include <QtDBus/QDBusPendingCallWatcher>
#include <QtDBus/QDBusPendingReply>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr int autoLockLookMs = 5000;
const auto loginService = u"org.freedesktop.login1"_s;
const auto loginPath = u"/org/freedesktop/login1"_s;
const auto loginManager = u"org.freedesktop.login1.Manager"_s;

} // namespace

AutoLock::AutoLock(VaultStore &vault, const Clock &clock, QObject *parent)
    : QObject(parent), m_vault(vault), m_clock(clock), m_lastInputMs(clock.nowMs())
{
    m_timer.setInterval(autoLockLookMs);
    connect(&m_timer, &QTimer::timeout, this, &AutoLock::tick);
    m_timer.start();
    qApp->installEventFilter(this);
    connect(&vault, &VaultStore::stateChanged, this, [this] {
        if (m_vault.state() != VaultState::Unlocked)
            return;
        m_lastInputMs = m_clock.nowMs();
        delaySleep();
    });
}

void AutoLock::setMinutes(int minutes)
{
    m_minutes = minutes;
    m_lastInputMs = m_clock.nowMs();
}

void AutoLock::watchSystem(QDBusConnection system, QDBusConnection session)
{
    if (system.isConnected()) {
        m_system = system;
        m_system->connect(loginService, loginPath, loginManager, u"PrepareForSleep"_s, this, SLOT(prepareForSleep(bool)));
    }
    if (session.isConnected()) {
        // Whoever sends these: the worst that it can do is lock the vault.
        for (const QString &interface : {u"org.freedesktop.ScreenSaver"_s, u"org.gnome.ScreenSaver"_s})
            session.connect({}, {}, interface, u"ActiveChanged"_s, this, SLOT(screenChanged(bool)));
    }
    if (m_vault.state() == VaultState::Unlocked)
        delaySleep();
}

bool AutoLock::eventFilter(QObject *object, QEvent *event)
{
    switch (event->type()) {
    case QEvent::KeyPress:
    case QEvent::MouseButtonPress:
    case QEvent::MouseMove:
    case QEvent::Wheel:
    case QEvent::TouchBegin:
        // Not after the time is over: the key that wakes the screen comes before the next look at the clock.
        if (m_minutes == 0 || m_clock.nowMs() - m_lastInputMs < qint64(m_minutes) * 60'000)
            m_lastInputMs = m_clock.nowMs();
        else
            tick();
        break;
    default:
        break;
    }
    return QObject::eventFilter(object, event);
}

void AutoLock::tick()
{
    if (m_minutes == 0 || m_clock.nowMs() - m_lastInputMs < qint64(m_minutes) * 60'000)
        return;
    m_lastInputMs = m_clock.nowMs();
    lock(LockReason::Idle);
}

void AutoLock::prepareForSleep(bool before)
{
    if (!before)
        return;
    lock(LockReason::Suspend);
    m_delay = {}; // go on
}

void AutoLock::screenChanged(bool isLocked)
{
    if (isLocked)
        lock(LockReason::ScreenLocked);
}

void AutoLock::lock(LockReason reason)
{
    const bool wasUnlocked = m_vault.state() == VaultState::Unlocked;
    m_vault.lock(); // also an unlocking that is under way
    if (wasUnlocked)
        Q_EMIT locked(reason);
}

void AutoLock::delaySleep()
{
    if (!m_system || m_delay.isValid())
        return;
    QDBusMessage inhibit = QDBusMessage::createMethodCall(loginService, loginPath, loginManager, u"Inhibit"_s);
    inhibit << u"sleep"_s << u"Realmscope"_s << tr("The vault is locked first") << u"delay"_s;
    auto *watcher = new QDBusPendingCallWatcher(m_system->asyncCall(inhibit), this);
    connect(watcher, &QDBusPendingCallWatcher::finished, this, [this](QDBusPendingCallWatcher *done) {
        done->deleteLater();
        const QDBusPendingReply<QDBusUnixFileDescriptor> reply = *done;
        if (!reply.isError() && m_vault.state() == VaultState::Unlocked)
            m_delay = reply.value();
    });
}

} // namespace realmscope
