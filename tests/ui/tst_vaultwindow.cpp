// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
// The vault in the real window, by keyboard: created, unlocked where one is, locked when nobody is there, damaged, moved. And stores that
// take five seconds, while which the window goes on.
#include "WindowFixture.h"
#include "ui/vault/AutoLock.h"
#include "ui/vault/PassphraseDialog.h"
#include "ui/vault/VaultBar.h"
#include "ui/vault/VaultDialog.h"
#include "ui/window/MessageBar.h"
#include "ui/window/StatusLine.h"

#include <QtCore/QElapsedTimer>
#include <QtCore/QFile>
#include <QtCore/QProcess>
#include <QtDBus/QDBusConnection>
#include <QtDBus/QDBusMessage>
#include <QtDBus/QDBusUnixFileDescriptor>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QPushButton>

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace realmscope {

using namespace keyboard;

static const auto words = u"Seven-Otters-Swim"_s;
static const auto secretValue = u"Quartz-58"_s;

static QByteArray welcome(const QByteArray &request)
{
    // printf 'alice:Quartz-58' | base64
    return request.contains("\r\nAuthorization: Basic YWxpY2U6UXVhcnR6LTU4\r\n") ? response(200, "OK", "Content-Type: text/plain\r\n", "Welcome")
                                                                                  : response(401, "Unauthorized", "WWW-Authenticate: Basic realm=\"lab\"\r\n", "no");
}

// Answers five seconds later.
class SlowStore final : public SecretStore
{
public:
    static constexpr int delayMs = 5000;
    void read(const QString &key, QObject *context, ReadCallback callback) override
    {
        QTimer::singleShot(delayMs, Qt::PreciseTimer, context, [this, key, context, callback] { m_inner.read(key, context, callback); });
    }
    void write(const QString &key, const QString &label, const Secret &secret, QObject *context, DoneCallback callback) override
    {
        QTimer::singleShot(delayMs, Qt::PreciseTimer, context, [this, key, label, secret, context, callback] { m_inner.write(key, label, secret, context, callback); });
    }
    void remove(const QString &key, QObject *context, DoneCallback callback) override
    {
        QTimer::singleShot(delayMs, Qt::PreciseTimer, context, [this, key, context, callback] { m_inner.remove(key, context, callback); });
    }
    MemoryStore &inner() { return m_inner; }

private:
    MemoryStore m_inner;
};

// The longest time that the event loop did not come by.
class LoopWatch
{
public:
    LoopWatch()
    {
        QObject::connect(&m_tick, &QTimer::timeout, &m_tick, [this] { m_longest = std::max(m_longest, m_since.restart()); });
        m_tick.start(5);
        m_since.start();
    }
    [[nodiscard]] qint64 longestMs() const { return std::max(m_longest, m_since.elapsed()); }

private:
    QTimer m_tick;
    QElapsedTimer m_since;
    qint64 m_longest = 0;
};

// What logind does with Inhibit(), on a bus of the test's own.
class FakeLogin : public QObject
{
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.freedesktop.login1.Manager")
public:
    int held = -1; // our end; the other one is the program's
public Q_SLOTS:
    QDBusUnixFileDescriptor Inhibit(const QString &what, const QString &who, const QString &, const QString &mode)
    {
        int ends[2];
        if (what != "sleep"_L1 || who != "Realmscope"_L1 || mode != "delay"_L1 || ::pipe2(ends, O_CLOEXEC) != 0)
            return {};
        held = ends[0];
        QDBusUnixFileDescriptor descriptor;
        descriptor.giveFileDescriptor(ends[1]);
        return descriptor;
    }
    // The program has let go: the pipe has no other end any more.
    [[nodiscard]] bool isReleased() const
    {
        pollfd entry{held, POLLIN, 0};
        return held >= 0 && ::poll(&entry, 1, 0) == 1 && (entry.revents & POLLHUP);
    }
};

class VaultWindowTest : public QObject
{
    Q_OBJECT

private:
    static void picture(const WindowFixture &fixture, const QString &name)
    {
        if (const QByteArray folder = qgetenv("REALMSCOPE_PICTURES"); !folder.isEmpty()) {
            const QWidget *shown = QApplication::activeWindow() ? QApplication::activeWindow() : fixture.window();
            const_cast<QWidget *>(shown)->grab().save(QString::fromLocal8Bit(folder) + u'/' + name + u".png"_s);
        }
    }

    static Result<void> wait(const std::function<void(QObject *, SecretStore::DoneCallback)> &start)
    {
        std::optional<Result<void>> result;
        QObject context;
        start(&context, [&](const Result<void> &r) { result = r; });
        if (!QTest::qWaitFor([&] { return result.has_value(); }, 20'000))
            return Error{ErrorCode::TotalTimeout, u"no answer"_s, {}, {}};
        return *result;
    }
    static void createVault(VaultStore &vault)
    {
        QVERIFY(wait([&](QObject *context, auto done) { vault.create(Secret::fromString(words), context, done); }));
    }
    static QString stored(SecretStore &store, const QString &key)
    {
        QString found;
        bool isDone = false;
        QObject receiver;
        store.read(key, &receiver, [&](const Result<Secret> &secret) {
            found = secret ? secret->revealText() : QString();
            isDone = true;
        });
        [[maybe_unused]] const bool answered = QTest::qWaitFor([&] { return isDone; });
        return found;
    }

    // alice in the vault, which is locked then; a request that uses her.
    static void prepare(WindowFixture &fixture, const ScriptServer &server, QSize size = {1440, 900})
    {
        createVault(*fixture.context.vault);
        CredentialProfile profile = CredentialProfile::create(u"alice"_s, u"basic"_s);
        profile.place = SecretPlace::Vault;
        profile.fields = {{u"username"_s, u"alice"_s}};
        profile.origins = QStringList{server.origin()};
        std::optional<bool> isStored;
        QObject receiver;
        storeProfileSecrets(profile, {{u"password"_s, Secret::fromString(secretValue)}}, fixture.context.stores(), &receiver, [&](const Result<CredentialProfile> &result) {
            isStored = result && fixture.context.profiles->put(*result) && fixture.context.profiles->save();
        });
        QTRY_VERIFY(isStored.has_value());
        QVERIFY(*isStored);
        fixture.context.vault->lock();
        fixture.open(size);
        press(Qt::Key_N, Qt::ControlModifier);
        type(server.url(u"/invoices"_s));
        press(Qt::Key_E, Qt::ControlModifier);
        QVERIFY(chooseFromMenu(u"alice"_s));
    }
    static void choosePlace(const WindowFixture &fixture, const QString &place)
    {
        QVERIFY(tabTo(u"Kept in"_s));
        const auto *box = visibleNamed<QComboBox>(fixture.window(), u"Kept in"_s);
        for (int i = 0; i < 5 && !box->currentText().startsWith(place); ++i)
            press(box->findText(place, Qt::MatchStartsWith) > box->currentIndex() ? Qt::Key_Down : Qt::Key_Up);
        QVERIFY2(box->currentText().startsWith(place), qPrintable(box->currentText()));
    }

private Q_SLOTS:
    void initTestCase()
    {
        Theme::install(*qobject_cast<QApplication *>(qApp), qgetenv("REALMSCOPE_PICTURES_THEME") == "dark" ? ThemeMode::Dark : ThemeMode::Light);
    }

    void aProfileIsSavedIntoANewVault()
    {
        ScriptServer server(welcome);
        WindowFixture fixture;
        fixture.open();
        QCOMPARE(fixture.window()->findChild<StatusLine *>()->vaultText(), QString());
        press(Qt::Key_2, Qt::AltModifier);
        press(Qt::Key_Space);
        type(u"alice"_s);
        QVERIFY(tabTo(u"User name"_s));
        type(u"alice"_s);
        QVERIFY(tabTo(u"Password"_s));
        type(secretValue);
        choosePlace(fixture, u"Encrypted vault"_s);
        QVERIFY(visibleNamed<QLabel>(fixture.window(), u"There is no vault yet"_s));
        QVERIFY(tabTo(u"New origin"_s));
        type(server.origin());
        press(Qt::Key_Return);
        QTRY_VERIFY(tabTo(u"Remove origin "_s));
        picture(fixture, u"vault-profile"_s);
        press(Qt::Key_S, Qt::ControlModifier);
        QTRY_VERIFY(QApplication::activeModalWidget() && QApplication::activeModalWidget()->isActiveWindow());
        QTRY_COMPARE(focusedControl(), u"New passphrase"_s);
        type(u"otter"_s);
        QVERIFY(visibleText(QApplication::activeModalWidget()).contains(u"Very weak"_s) || visibleText(QApplication::activeModalWidget()).contains(u"Weak"_s));
        picture(fixture, u"vault-create-weak"_s);
        for (int i = 0; i < 5; ++i)
            press(Qt::Key_Backspace);
        type(words);
        QVERIFY(visibleText(QApplication::activeModalWidget()).contains(u"Strong"_s) || visibleText(QApplication::activeModalWidget()).contains(u"Good"_s));
        QVERIFY(tabTo(u"New passphrase once more"_s));
        type(u"Seven-Otters-Swam"_s);
        press(Qt::Key_Return);
        QVERIFY(visibleText(QApplication::activeModalWidget()).contains(u"not the same"_s));
        QCOMPARE(focusedControl(), u"New passphrase once more"_s);
        picture(fixture, u"vault-create"_s);
        type(words); // what was there is selected
        press(Qt::Key_Return);
        QTRY_VERIFY(visibleNamed<QLabel>(fixture.window(), u"Saved"_s));
        const CredentialProfile profile = *fixture.context.profiles->findByName(u"alice"_s);
        QCOMPARE(profile.place, SecretPlace::Vault);
        QCOMPARE(stored(*fixture.context.vault, profile.secretKey(u"password"_s)), secretValue);
        QCOMPARE(stored(*fixture.context.keychain, profile.secretKey(u"password"_s)), QString());
        QCOMPARE(fixture.window()->findChild<StatusLine *>()->vaultText(), u"Vault unlocked"_s);
        QVERIFY(visibleNamed<QLabel>(fixture.window(), u"a file of yours"_s));
        fixture.window()->activateWindow(); // what a window manager does; offscreen there is none
        QTRY_VERIFY(fixture.window()->isActiveWindow());

        // Cancelled: nothing is stored, and it can be tried again.
        fixture.context.vault->lock();
        QVERIFY(tabTo(u"Password"_s));
        type(u"another"_s);
        press(Qt::Key_S, Qt::ControlModifier);
        QTRY_COMPARE(focusedControl(), u"Passphrase of the vault"_s);
        press(Qt::Key_Escape);
        QTRY_VERIFY(visibleNamed<QLabel>(fixture.window(), u"Password of profile alice: the vault is locked"_s));
        QVERIFY(visibleNamed<QPushButton>(fixture.window(), u"Save profile"_s)->isEnabled());
    }

    void sendingAsksForThePassphraseAndGoesOn()
    {
        ScriptServer server(welcome);
        WindowFixture fixture;
        prepare(fixture, server);
        QCOMPARE(fixture.window()->findChild<StatusLine *>()->vaultText(), u"Vault locked"_s);
        press(Qt::Key_L, Qt::ControlModifier);
        QCOMPARE(focusedControl(), u"Request URL"_s);
        press(Qt::Key_Return, Qt::ControlModifier);
        QTRY_COMPARE(focusedControl(), u"Passphrase of the vault"_s);
        QCOMPARE(fixture.session()->state(), RequestSession::State::Sending);
        picture(fixture, u"vault-ask"_s);
        type(u"Seven-Otters-Swam"_s);
        press(Qt::Key_Return);
        QTRY_VERIFY(visibleNamed<QLabel>(fixture.window(), u"Wrong passphrase"_s));
        QVERIFY(!visibleText(fixture.window()).contains(u"damaged"_s));
        QCOMPARE(focusedControl(), u"Passphrase of the vault"_s);
        QCOMPARE(server.requests().size(), 0);
        picture(fixture, u"vault-wrong"_s);
        type(words);
        press(Qt::Key_Return);
        QTRY_VERIFY(visibleNamed<QLabel>(fixture.window(), u"Status 200"_s));
        QVERIFY(!fixture.window()->vaultBar()->isVisible());
        QCOMPARE(server.requests().size(), 1);
        QCOMPARE(focusedControl(), u"Request URL"_s); // where one was
        QVERIFY(visibleNamed<QLineEdit>(fixture.window(), u"Passphrase of the vault"_s) == nullptr);
        QCOMPARE(fixture.window()->vaultBar()->findChild<QLineEdit *>()->text(), QString()); // no copy in the field
        press(Qt::Key_Return, Qt::ControlModifier); // and not again
        QTRY_COMPARE(server.requests().size(), 2);
    }

    void cancelSaysThatNothingWasSent()
    {
        ScriptServer server(welcome);
        WindowFixture fixture;
        prepare(fixture, server);
        press(Qt::Key_Return, Qt::ControlModifier);
        QTRY_COMPARE(focusedControl(), u"Passphrase of the vault"_s);
        press(Qt::Key_Escape);
        QTRY_COMPARE(fixture.session()->state(), RequestSession::State::Idle);
        QVERIFY(!fixture.window()->vaultBar()->isVisible());
        QTRY_VERIFY(visibleNamed<QLabel>(fixture.window(), u"Not sent"_s));
        QVERIFY(fixture.session()->sendError()->code == ErrorCode::SecretStoreLocked);
        QCOMPARE(server.requests().size(), 0);
        picture(fixture, u"vault-cancelled"_s);
        // Esc of the request itself takes the question away.
        press(Qt::Key_Return, Qt::ControlModifier);
        QTRY_VERIFY(fixture.window()->vaultBar()->isVisible());
        fixture.session()->cancel();
        QTRY_VERIFY(!fixture.window()->vaultBar()->isVisible());
        QCOMPARE(fixture.session()->sendError()->code, ErrorCode::Cancelled);
        // And so does closing its tab.
        press(Qt::Key_Return, Qt::ControlModifier);
        QTRY_VERIFY(fixture.window()->vaultBar()->isVisible());
        press(Qt::Key_W, Qt::ControlModifier);
        QTRY_VERIFY(!fixture.window()->vaultBar()->isVisible());
    }

    void aDamagedVaultOffersItsBackup()
    {
        ScriptServer server(welcome);
        WindowFixture fixture;
        prepare(fixture, server, {1024, 700});
        QFile file(fixture.context.vault->path());
        const QByteArray before = [&] {
            QFile backup(file.fileName() + u".bak"_s);
            return backup.open(QIODevice::ReadOnly) ? backup.readAll() : QByteArray();
        }();
        // The backup has to have alice as well: as it is after another save.
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray whole = file.readAll();
        file.close();
        QVERIFY(!before.isEmpty() && before != whole);
        QFile backup(file.fileName() + u".bak"_s);
        QVERIFY(backup.open(QIODevice::WriteOnly) && backup.write(whole) == whole.size());
        backup.close();
        QVERIFY(file.open(QIODevice::ReadWrite) && file.seek(3000) && file.write("?", 1) == 1);
        file.close();
        press(Qt::Key_Return, Qt::ControlModifier);
        QTRY_COMPARE(focusedControl(), u"Passphrase of the vault"_s);
        type(words);
        press(Qt::Key_Return);
        QTRY_COMPARE(focusedControl(), u"Use the backup of the vault"_s);
        const QString said = visibleText(fixture.window());
        QVERIFY2(said.contains(u"The vault is damaged"_s) && !said.contains(u"Wrong passphrase"_s), qPrintable(said));
        picture(fixture, u"vault-damaged"_s);
        press(Qt::Key_Space);
        QTRY_COMPARE(focusedControl(), u"Passphrase of the vault"_s);
        type(words);
        press(Qt::Key_Return);
        QTRY_VERIFY(visibleNamed<QLabel>(fixture.window(), u"Status 200"_s)); // what waited went on
        QVERIFY(QFile::exists(file.fileName() + u".damaged"_s));
    }

    void lockingHidesWhatIsShown()
    {
        ScriptServer server(welcome);
        WindowFixture fixture;
        prepare(fixture, server);
        press(Qt::Key_2, Qt::AltModifier);
        press(Qt::Key_Return);
        QVERIFY(tabTo(u"Password"_s));
        press(Qt::Key_R, Qt::AltModifier);
        QTRY_COMPARE(focusedControl(), u"Passphrase of the vault"_s); // showing it takes the passphrase
        type(words);
        press(Qt::Key_Return);
        QTRY_VERIFY(visibleNamed<QLabel>(fixture.window(), u"Visible, hides in"_s));
        QCOMPARE(visibleNamed<QLineEdit>(fixture.window(), u"Password"_s)->text(), secretValue);
        press(Qt::Key_L, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(fixture.context.vault->state(), VaultState::Locked);
        QCOMPARE(visibleNamed<QLineEdit>(fixture.window(), u"Password"_s)->text(), QString());
        QCOMPARE(fixture.window()->messages()->text(), u"The vault is locked."_s);
        QCOMPARE(fixture.window()->findChild<StatusLine *>()->vaultText(), u"Vault locked"_s);
        press(Qt::Key_K, Qt::ControlModifier);
        type(u"unlock the vault"_s);
        press(Qt::Key_Return);
        QTRY_COMPARE(focusedControl(), u"Passphrase of the vault"_s);
        type(words);
        press(Qt::Key_Return);
        QTRY_COMPARE(fixture.context.vault->state(), VaultState::Unlocked);
    }

    void locksWhenNobodyIsThere()
    {
        ScriptServer server(welcome);
        WindowFixture fixture;
        auto clock = std::make_unique<FixedClock>(1'800'000'000'000);
        FixedClock *time = clock.get();
        fixture.context.clock = std::move(clock);
        fixture.context.transport = std::make_unique<SocketTransport>(*fixture.context.clock);
        fixture.context.runner = std::make_unique<Runner>(*fixture.context.transport, *fixture.context.clock, *fixture.context.random);
        createVault(*fixture.context.vault);
        fixture.open();
        AutoLock *lock = fixture.window()->autoLock();
        QSignalSpy locked(lock, &AutoLock::locked);
        const auto pass = [&](qint64 ms) {
            time->set(time->nowMs() + ms);
            lock->tick();
        };
        QCOMPARE(lock->minutes(), 15);
        pass(14 * 60'000);
        press(Qt::Key_Shift);
        pass(14 * 60'000);
        QCOMPARE(fixture.context.vault->state(), VaultState::Unlocked);
        pass(60'000);
        QCOMPARE(fixture.context.vault->state(), VaultState::Locked);
        QCOMPARE(locked.count(), 1);
        QVERIFY(fixture.window()->messages()->text().contains(u"15 minutes"_s));

        // The key that wakes the computer comes after the time, and opens nothing.
        QVERIFY(wait([&](QObject *context, auto done) { fixture.context.vault->unlock(Secret::fromString(words), context, done); }));
        time->set(time->nowMs() + 16 * 60'000);
        press(Qt::Key_Shift);
        QCOMPARE(fixture.context.vault->state(), VaultState::Locked);

        // Another time, and never; kept by whoever listens.
        QSignalSpy chosen(fixture.window(), &MainWindow::vaultLockMinutesChosen);
        fixture.window()->setVaultLockMinutes(0);
        QVERIFY(wait([&](QObject *context, auto done) { fixture.context.vault->unlock(Secret::fromString(words), context, done); }));
        pass(100 * 3'600'000LL);
        QCOMPARE(fixture.context.vault->state(), VaultState::Unlocked);
        press(Qt::Key_K, Qt::ControlModifier);
        type(u"encrypted vault"_s);
        press(Qt::Key_Return);
        QTRY_VERIFY(fixture.window()->findChild<VaultDialog *>() && visibleNamed(fixture.window()->findChild<VaultDialog *>(), u"Lock the vault after minutes"_s));
        QTRY_VERIFY(tabTo(u"Lock the vault after minutes"_s));
        press(Qt::Key_Up);
        QCOMPARE(chosen.last().first().toInt(), 1);
        press(Qt::Key_Escape);
        pass(60'000);
        QCOMPARE(fixture.context.vault->state(), VaultState::Locked);
    }

    void locksBeforeTheComputerSleepsAndWithTheScreen()
    {
        QProcess daemon;
        daemon.start(u"dbus-daemon"_s, {u"--session"_s, u"--print-address"_s, u"--nofork"_s});
        if (!daemon.waitForStarted() || !daemon.waitForReadyRead(10'000))
            QSKIP("REALMSCOPE-TEST-SKIPPED, because dbus-daemon is not installed");
        const auto end = qScopeGuard([&] {
            daemon.terminate();
            daemon.waitForFinished();
        });
        const QString address = QString::fromLatin1(daemon.readLine().trimmed());
        QDBusConnection login = QDBusConnection::connectToBus(address, u"login"_s);
        FakeLogin manager;
        QVERIFY(login.registerObject(u"/org/freedesktop/login1"_s, &manager, QDBusConnection::ExportAllSlots));
        QVERIFY(login.registerService(u"org.freedesktop.login1"_s));
        QDBusConnection program = QDBusConnection::connectToBus(address, u"program"_s);

        RequestFixture fixture;
        createVault(*fixture.context.vault);
        AutoLock lock(*fixture.context.vault, *fixture.context.clock);
        lock.watchSystem(program, program);
        QSignalSpy locked(&lock, &AutoLock::locked);
        QTRY_VERIFY(manager.held >= 0); // logind waits for us
        QVERIFY(!manager.isReleased());
        const auto emitSignal = [&](const QString &path, const QString &interface, const QString &name, bool value) {
            QDBusMessage signal = QDBusMessage::createSignal(path, interface, name);
            signal << value;
            QVERIFY(login.send(signal));
        };
        QTest::qWait(100);
        emitSignal(u"/org/freedesktop/login1"_s, u"org.freedesktop.login1.Manager"_s, u"PrepareForSleep"_s, false); // awake
        emitSignal(u"/org/freedesktop/login1"_s, u"org.freedesktop.login1.Manager"_s, u"PrepareForSleep"_s, true);
        QTRY_COMPARE(locked.count(), 1);
        QCOMPARE(locked.first().first().value<LockReason>(), LockReason::Suspend);
        QCOMPARE(fixture.context.vault->state(), VaultState::Locked);
        QTRY_VERIFY(manager.isReleased()); // it may sleep now

        for (const QString &interface : {u"org.freedesktop.ScreenSaver"_s, u"org.gnome.ScreenSaver"_s}) {
            QVERIFY(wait([&](QObject *context, auto done) { fixture.context.vault->unlock(Secret::fromString(words), context, done); }));
            locked.clear();
            emitSignal(u"/org/freedesktop/ScreenSaver"_s, interface, u"ActiveChanged"_s, true);
            QTRY_COMPARE(locked.count(), 1);
            QCOMPARE(locked.first().first().value<LockReason>(), LockReason::ScreenLocked);
            QCOMPARE(fixture.context.vault->state(), VaultState::Locked);
        }
        QDBusConnection::disconnectFromBus(u"login"_s);
        QDBusConnection::disconnectFromBus(u"program"_s);
    }

    void secretsMoveWithTheFormAndAllAtOnce()
    {
        ScriptServer server(welcome);
        WindowFixture fixture;
        for (const QString &name : {u"alice"_s, u"bob"_s})
            fixture.addProfile(name, u"basic"_s, {{u"username"_s, u"alice"_s}}, {{u"password"_s, secretValue}}, {server.origin()});
        QVERIFY(fixture.context.profiles->save());
        createVault(*fixture.context.vault);
        fixture.context.vault->lock();
        fixture.open();
        const QString key = fixture.context.profiles->findByName(u"alice"_s)->secretKey(u"password"_s);
        press(Qt::Key_2, Qt::AltModifier);
        press(Qt::Key_Return);
        choosePlace(fixture, u"Encrypted vault"_s);
        press(Qt::Key_S, Qt::ControlModifier);
        QTRY_COMPARE(focusedControl(), u"Passphrase of the vault"_s);
        press(Qt::Key_Escape); // no: then nothing has changed
        QTRY_VERIFY(visibleNamed<QLabel>(fixture.window(), u"Password of profile alice: the vault is locked"_s));
        QCOMPARE(fixture.context.profiles->findByName(u"alice"_s)->place, SecretPlace::Keychain);
        QCOMPARE(stored(*fixture.context.keychain, key), secretValue);
        press(Qt::Key_S, Qt::ControlModifier);
        QTRY_COMPARE(focusedControl(), u"Passphrase of the vault"_s);
        type(words);
        press(Qt::Key_Return);
        QTRY_COMPARE(fixture.context.profiles->findByName(u"alice"_s)->place, SecretPlace::Vault);
        QTRY_COMPARE(stored(*fixture.context.keychain, key), QString());
        QCOMPARE(stored(*fixture.context.vault, key), secretValue);

        // The rest, by the dialog.
        const auto openDialog = [&] {
            fixture.window()->activateWindow(); // what a window manager does; offscreen there is none
            QTRY_VERIFY(fixture.window()->isActiveWindow());
            press(Qt::Key_K, Qt::ControlModifier);
            type(u"encrypted vault"_s);
            press(Qt::Key_Return);
            QTRY_VERIFY(QApplication::activeModalWidget() && QApplication::activeModalWidget()->isActiveWindow());
            QTRY_VERIFY(visibleNamed<QPushButton>(QApplication::activeModalWidget(), u"Close"_s));
        };
        openDialog();
        picture(fixture, u"vault-dialog"_s);
        QVERIFY(tabTo(u"Move all secrets to the vault"_s));
        press(Qt::Key_Space);
        QTRY_COMPARE(fixture.window()->messages()->text(), u"The secrets of 1 profile are in the vault now."_s);
        QCOMPARE(fixture.context.profiles->findByName(u"bob"_s)->place, SecretPlace::Vault);
        openDialog();
        QVERIFY(QApplication::activeModalWidget());
        QVERIFY(!visibleNamed<QPushButton>(QApplication::activeModalWidget(), u"Move all secrets to the vault"_s));
        QVERIFY(tabTo(u"Move all secrets to the keychain"_s));
        press(Qt::Key_Space);
        QTRY_COMPARE(fixture.window()->messages()->text(), u"The secrets of 2 profiles are in the keychain now."_s);
        QCOMPARE(stored(*fixture.context.keychain, key), secretValue);
        QCOMPARE(stored(*fixture.context.vault, key), QString());
    }

    void thePassphraseIsChanged()
    {
        WindowFixture fixture;
        createVault(*fixture.context.vault);
        fixture.open();
        press(Qt::Key_K, Qt::ControlModifier);
        type(u"encrypted vault"_s);
        press(Qt::Key_Return);
        QTRY_VERIFY(tabTo(u"Change the passphrase"_s));
        press(Qt::Key_Space);
        QTRY_COMPARE(focusedControl(), u"Passphrase as it is now"_s);
        QTRY_VERIFY(qobject_cast<PassphraseDialog *>(QApplication::activeWindow()));
        type(u"not this one"_s);
        QVERIFY(tabTo(u"New passphrase"_s));
        type(u"Nine-Otters-Dive"_s);
        QVERIFY(tabTo(u"New passphrase once more"_s));
        type(u"Nine-Otters-Dive"_s);
        press(Qt::Key_Return);
        QTRY_VERIFY(visibleText(QApplication::activeWindow()).contains(u"not the passphrase"_s));
        QTRY_COMPARE(focusedControl(), u"Passphrase as it is now"_s);
        picture(fixture, u"vault-change"_s);
        type(words);
        press(Qt::Key_Return);
        QTRY_COMPARE(fixture.window()->messages()->text(), u"The vault has its new passphrase, the backup too."_s);
        fixture.context.vault->lock();
        QVERIFY(!wait([&](QObject *context, auto done) { fixture.context.vault->unlock(Secret::fromString(words), context, done); }));
        QVERIFY(wait([&](QObject *context, auto done) { fixture.context.vault->unlock(Secret::fromString(u"Nine-Otters-Dive"_s), context, done); }));
    }

    // Every control of the bar and the dialogs has a name.
    void everyControlHasAName()
    {
        ScriptServer server(welcome);
        WindowFixture fixture;
        prepare(fixture, server);
        fixture.window()->vaultBar()->ask();
        PassphraseDialog create(*fixture.context.vault, PassphraseDialog::Purpose::Change, nullptr);
        create.setAttribute(Qt::WA_DeleteOnClose, false);
        create.show();
        VaultDialog dialog(fixture.context, 15, nullptr);
        dialog.setAttribute(Qt::WA_DeleteOnClose, false);
        dialog.show();
        QTRY_VERIFY(visibleNamed<QPushButton>(&dialog, u"Close"_s));
        for (const QWidget *parent : {static_cast<const QWidget *>(fixture.window()->vaultBar()), static_cast<const QWidget *>(&create), static_cast<const QWidget *>(&dialog)}) {
            int count = 0;
            for (const QWidget *widget : parent->findChildren<QWidget *>()) {
                if (!widget->isVisible() || !(widget->focusPolicy() & Qt::TabFocus) || qobject_cast<const QAbstractSpinBox *>(widget->parentWidget()))
                    continue;
                ++count;
                QVERIFY2(!nameOf(widget).trimmed().isEmpty(), widget->metaObject()->className());
            }
            QVERIFY(count >= 3);
        }
    }

    // ---- slow stores

    void theWindowGoesOnWhileTheKeychainTakesFiveSeconds()
    {
        ScriptServer server(welcome);
        WindowFixture fixture;
        auto slow = std::make_unique<SlowStore>();
        SlowStore *store = slow.get();
        fixture.addProfile(u"alice"_s, u"basic"_s, {{u"username"_s, u"alice"_s}}, {{u"password"_s, secretValue}}, {server.origin()});
        const QString key = fixture.context.profiles->findByName(u"alice"_s)->secretKey(u"password"_s);
        QVERIFY(wait([&](QObject *context, auto done) { store->inner().write(key, {}, Secret::fromString(secretValue), context, done); }));
        fixture.context.keychain = std::move(slow);
        fixture.open();
        press(Qt::Key_N, Qt::ControlModifier);
        type(server.url(u"/invoices"_s));
        press(Qt::Key_E, Qt::ControlModifier);
        QVERIFY(chooseFromMenu(u"alice"_s));
        QElapsedTimer all;
        all.start();
        const LoopWatch watch;
        press(Qt::Key_Return, Qt::ControlModifier);
        QVERIFY(tabTo(u"Method"_s)); // the window takes keys
        press(Qt::Key_L, Qt::ControlModifier);
        QCOMPARE(focusedControl(), u"Request URL"_s);
        QVERIFY(all.elapsed() < SlowStore::delayMs);
        QCOMPARE(server.requests().size(), 0);
        QCOMPARE(fixture.session()->state(), RequestSession::State::Sending);
        QTRY_COMPARE_WITH_TIMEOUT(server.requests().size(), 1, 15'000);
        QVERIFY(all.elapsed() >= SlowStore::delayMs);
        QVERIFY2(watch.longestMs() < SlowStore::delayMs / 2, qPrintable(QString::number(watch.longestMs())));
    }

    // Another program keeps the vault's lock for five seconds: a write waits, and nothing else does.
    void theWindowGoesOnWhileTheVaultTakesFiveSeconds()
    {
        ScriptServer server(welcome);
        WindowFixture fixture;
        prepare(fixture, server);
        QVERIFY(wait([&](QObject *context, auto done) { fixture.context.vault->unlock(Secret::fromString(words), context, done); }));
        const int other = ::open(QFile::encodeName(fixture.context.vault->path() + u".lock"_s).constData(), O_RDWR | O_CLOEXEC);
        QVERIFY(other >= 0 && ::flock(other, LOCK_EX) == 0);
        press(Qt::Key_2, Qt::AltModifier);
        press(Qt::Key_Return);
        QVERIFY(tabTo(u"Password"_s));
        type(u"another"_s);
        press(Qt::Key_S, Qt::ControlModifier);
        QElapsedTimer all;
        all.start();
        const LoopWatch watch;
        QVERIFY(tabTo(u"Kept in"_s));
        QVERIFY(all.elapsed() < 5000);
        QTest::qWait(int(5000 - all.elapsed()));
        QVERIFY(!visibleNamed<QLabel>(fixture.window(), u"Saved"_s));
        QVERIFY2(watch.longestMs() < 2500, qPrintable(QString::number(watch.longestMs())));
        ::close(other);
        QTRY_VERIFY(visibleNamed<QLabel>(fixture.window(), u"Saved"_s));
        QCOMPARE(stored(*fixture.context.vault, fixture.context.profiles->findByName(u"alice"_s)->secretKey(u"password"_s)), u"another"_s);
    }
};

} // namespace realmscope

QTEST_MAIN(realmscope::VaultWindowTest)
#include "tst_vaultwindow.moc"
