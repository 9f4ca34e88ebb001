// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/credentials/SecretMove.h"
#include "ui/request/RequestHeadersModel.h"
#include "ui/vault/AutoLock.h"
#include "ui/vault/PassphraseDialog.h"
#include "ui/vault/VaultBar.h"
#include "ui/vault/VaultDialog.h"
#include "ui/widgets/SecretField.h"
#include "ui/widgets/Sentence.h"
#include "ui/window/MainWindow.h"
#include "ui/window/MessageBar.h"
#include "ui/window/StatusLine.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

void MainWindow::watchVault()
{
    VaultStore *vault = m_context.vault.get();
    m_autoLock = new AutoLock(*vault, *m_context.clock, this);
    if (qobject_cast<KeychainStore *>(m_context.keychain.get())) // a test has its own
        m_autoLock->watchSystem(QDBusConnection::systemBus(), QDBusConnection::sessionBus());
    m_status->setVault(vault->state());
    connect(vault, &VaultStore::stateChanged, this, [this, vault] {
        m_status->setVault(vault->state());
        if (vault->state() == VaultState::Unlocked)
            return;
        const auto fields = findChildren<SecretField *>(); // nothing stays in sight
        for (SecretField *field : fields)
            field->hideSecret();
        const auto headers = findChildren<RequestHeadersModel *>();
        for (RequestHeadersModel *model : headers)
            model->hideRevealed();
    });
    connect(m_vaultBar, &VaultBar::createWanted, this, &MainWindow::createVault);
    connect(m_autoLock, &AutoLock::locked, this, [this](LockReason reason) {
        m_messages->showNote(reason == LockReason::Suspend ? tr("The vault was locked because the computer went to sleep.")
                             : reason == LockReason::ScreenLocked
                                 ? tr("The vault was locked together with the screen.")
                                 : tr("The vault was locked after %1 minutes without a key or a click.").arg(m_autoLock->minutes()));
    });
}

void MainWindow::setVaultLockMinutes(int minutes)
{
    m_autoLock->setMinutes(minutes);
}

void MainWindow::createVault()
{
    const auto open = findChildren<PassphraseDialog *>();
    if (std::ranges::any_of(open, &QWidget::isVisible)) // one that was closed is there for a moment still
        return;
    auto *dialog = new PassphraseDialog(*m_context.vault, PassphraseDialog::Purpose::Create, this);
    connect(dialog, &QDialog::rejected, this, [this] { m_context.vault->giveUpWaiting(); });
    connect(dialog, &PassphraseDialog::done, this, [this] { m_messages->showNote(tr("The vault is there, and unlocked. Write its passphrase down somewhere safe.")); });
    dialog->open();
}

void MainWindow::changeVaultPassphrase()
{
    auto *dialog = new PassphraseDialog(*m_context.vault, PassphraseDialog::Purpose::Change, this);
    connect(dialog, &PassphraseDialog::done, this, [this] { m_messages->showNote(tr("The vault has its new passphrase, the backup too.")); });
    dialog->open();
}

void MainWindow::lockVault()
{
    if (m_context.vault->state() == VaultState::NoFile) {
        m_messages->showNote(tr("There is no vault on this computer yet."), tr("Create…"), [this] { createVault(); });
        return;
    }
    m_context.vault->lock();
    m_messages->showNote(tr("The vault is locked."));
}

void MainWindow::showVault()
{
    auto *dialog = new VaultDialog(m_context, m_autoLock->minutes(), this);
    connect(dialog, &VaultDialog::createRequested, this, &MainWindow::createVault);
    connect(dialog, &VaultDialog::unlockRequested, m_vaultBar, &VaultBar::ask, Qt::QueuedConnection); // when the dialog is gone
    connect(dialog, &VaultDialog::restoreRequested, m_vaultBar, &VaultBar::restore, Qt::QueuedConnection);
    connect(dialog, &VaultDialog::changePassphraseRequested, this, &MainWindow::changeVaultPassphrase);
    connect(dialog, &VaultDialog::moveRequested, this, &MainWindow::moveAllSecrets);
    connect(dialog, &VaultDialog::lockMinutesChosen, this, [this](int minutes) {
        setVaultLockMinutes(minutes);
        Q_EMIT vaultLockMinutesChosen(minutes);
    });
    dialog->open();
}

// Out of the vault alone: what is in memory was meant to be there. Into it goes everything.
void MainWindow::moveAllSecrets(SecretPlace place)
{
    QStringList ids;
    for (const QString &id : profilesToMove(*m_context.profiles, place)) {
        if (place == SecretPlace::Vault || m_context.profiles->findById(id)->place == SecretPlace::Vault)
            ids << id;
    }
    struct Report
    {
        int moved = 0;
        QStringList problems;
    };
    const auto report = std::make_shared<Report>();
    m_messages->showNote(tr("Moving secrets…"));
    moveSecrets(*m_context.profiles, ids, place, m_context.stores(), this,
                [report](const SecretMove &move) {
                    if (!move.error)
                        ++report->moved;
                    if (const std::optional<Error> problem = move.error ? move.error : move.leftBehind)
                        report->problems << errorSentence(*problem);
                },
                [this, report, place] {
                    const QString where = place == SecretPlace::Vault ? tr("the vault") : tr("the keychain");
                    const QString moved = report->moved == 1 ? tr("The secrets of 1 profile are in %1 now.").arg(where)
                                                             : tr("The secrets of %1 profiles are in %2 now.").arg(report->moved).arg(where);
                    if (report->problems.isEmpty())
                        m_messages->showNote(moved);
                    else
                        m_messages->showError({ErrorCode::SecretStoreFailed, (report->moved > 0 ? moved + u' ' : QString()) + report->problems.first(),
                                               report->problems.join(u'\n'), report->problems.size() > 1 ? tr("%1 profiles stay where they were.").arg(report->problems.size()) : QString()});
                });
}

} // namespace realmscope
