// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/base/Clock.h"
#include "app/credentials/VaultStore.h"

#include <QtCore/QTimer>
#include <QtDBus/QDBusConnection>
#include <QtDBus/QDBusUnixFileDescriptor>

namespace realmscope {

enum class LockReason { Idle, Suspend, ScreenLocked };

// Locks the vault when nobody is there: no key and no click for some minutes, the computer goes to sleep (logind), the screen is
// locked (org.freedesktop.ScreenSaver, org.gnome.ScreenSaver). A session without these services has the idle time alone.
class AutoLock : public QObject
{
    Q_OBJECT
public:
    AutoLock(VaultStore &vault, const Clock &clock, QObject *parent = nullptr);
    void setMinutes(int minutes); // 0: never for being idle
    [[nodiscard]] int minutes() const { return m_minutes; }
    void watchSystem(QDBusConnection system, QDBusConnection session); // once; does nothing where they are not connected
    void tick(); // looks at the clock; by itself every few seconds

Q_SIGNALS:
    void locked(realmscope::LockReason reason); // it was unlocked before

protected:
    bool eventFilter(QObject *object, QEvent *event) override;

private Q_SLOTS:
    void prepareForSleep(bool before);
    void screenChanged(bool isLocked);

private:
    void lock(LockReason reason);
    void delaySleep(); // asks logind to wait until the vault is locked

    VaultStore &m_vault;
    const Clock &m_clock;
    QTimer m_timer;
    int m_minutes = 15;
    qint64 m_lastInputMs = 0; // by the clock of the wall, which goes on while the computer sleeps
    std::optional<QDBusConnection> m_system;
    QDBusUnixFileDescriptor m_delay; // logind waits while it is open
};

} // namespace realmscope
