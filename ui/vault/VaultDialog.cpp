// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/vault/VaultDialog.h"

#include "app/credentials/SecretMove.h"
#include "ui/theme/Theme.h"
#include "ui/troubleshooter/Section.h"
#include "ui/widgets/Buttons.h"
#include "ui/widgets/ElidedLabel.h"
#include "ui/widgets/ProseLabel.h"
#include "ui/widgets/Sentence.h"

#include <QtCore/QDateTime>
#include <QtCore/QDir>
#include <QtCore/QLocale>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QSpinBox>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr int vaultDialogWidth = 560;
constexpr int vaultRowHeight = 40;
constexpr int mostLockMinutes = 24 * 60;

} // namespace

VaultDialog::VaultDialog(AppContext &context, int lockMinutes, QWidget *parent) : QDialog(parent), m_context(context), m_lockMinutes(lockMinutes)
{
    setWindowTitle(tr("Encrypted vault"));
    setAttribute(Qt::WA_DeleteOnClose);
    setFixedWidth(vaultDialogWidth);
    m_layout = new QVBoxLayout(this);
    m_layout->setContentsMargins(24, 20, 24, 20);
    m_layout->setSpacing(8);
    m_layout->addWidget(makeText(windowTitle(), FontStyle::Title, Token::Fg));
    auto *about = new ProseLabel(tr("A file of yours that keeps secrets under one passphrase, where there is no keychain or you don't want one. "
                                    "It is not in the workspace."), FontStyle::Body, Token::Fg2);
    constexpr int margins = 2 * 24;
    about->setFixedHeight(about->heightForWidth(vaultDialogWidth - margins)); // a dialog does not ask for it
    m_layout->addWidget(about);
    m_layout->addSpacing(4);
    context.vault->examine(this, [this](const VaultFacts &facts) { fill(facts); });
}

void VaultDialog::closeFor(const std::function<void()> &then)
{
    hide();
    then();
    accept();
}

void VaultDialog::fill(const VaultFacts &facts)
{
    const VaultState state = m_context.vault->state();
    auto *section = new Section({});
    const auto addRow = [&](const QString &name, const QString &value, Token token = Token::Fg) {
        QHBoxLayout *row = section->addRow(vaultRowHeight);
        QLabel *label = makeText(name, FontStyle::Body, Token::Fg2);
        label->setFixedWidth(104);
        row->addWidget(label);
        auto *text = new ElidedLabel(FontStyle::Body, token);
        text->setText(value);
        row->addWidget(text, 1);
        return row;
    };
    const auto addButton = [this](QHBoxLayout *row, const QString &text, const QString &name, const char *kind, const std::function<void()> &run) {
        QPushButton *button = makeButton(text, kind, {}, this);
        button->setProperty("compact", true);
        button->setAutoDefault(false);
        button->setAccessibleName(name);
        connect(button, &QPushButton::clicked, this, run);
        row->addWidget(button);
    };

    if (state == VaultState::NoFile) {
        QHBoxLayout *row = addRow(tr("State"), tr("There is none yet"));
        addButton(row, tr("Create…"), tr("Create the vault"), "primary", [this] { closeFor([this] { Q_EMIT createRequested(); }); });
    } else if (facts.problem) {
        QHBoxLayout *row = addRow(tr("State"), capitalized(facts.problem->message), Token::Bad);
        if (facts.isBackupIntact)
            addButton(row, tr("Use the backup"), tr("Use the backup of the vault"), "secondary", [this] { closeFor([this] { Q_EMIT restoreRequested(); }); });
    } else if (state == VaultState::Locked) {
        QHBoxLayout *row = addRow(tr("State"), tr("Locked"));
        addButton(row, tr("Unlock"), tr("Unlock the vault"), "primary", [this] { closeFor([this] { Q_EMIT unlockRequested(); }); });
    } else {
        QHBoxLayout *row = addRow(tr("State"), tr("Unlocked"));
        addButton(row, tr("Lock"), tr("Lock the vault"), "secondary", [this] { closeFor([this] { m_context.vault->lock(); }); });
    }
    if (state != VaultState::NoFile) {
        addRow(tr("File"), QDir::toNativeSeparators(facts.path));
        const QString saved = QLocale().toString(QDateTime::fromMSecsSinceEpoch(facts.backupTimeMs), QLocale::ShortFormat);
        addRow(tr("Backup"), !facts.hasBackup ? tr("None yet: it is made when the vault is saved") : facts.isBackupIntact ? tr("Of %1, whole").arg(saved) : tr("Damaged"),
               facts.hasBackup && !facts.isBackupIntact ? Token::Bad : Token::Fg);
        if (!facts.problem) {
            QHBoxLayout *row = addRow(tr("Passphrase"), tr("Argon2id, %1 passes over %2 MiB").arg(facts.cost.passes).arg(facts.cost.memoryKib / 1024));
            addButton(row, tr("Change…"), tr("Change the passphrase"), "secondary", [this] { closeFor([this] { Q_EMIT changePassphraseRequested(); }); });
        }
    }
    m_layout->addWidget(section);

    auto *lockSection = new Section(tr("Lock"), tr("also when the computer sleeps or the screen is locked"));
    QHBoxLayout *lockRow = lockSection->addRow(vaultRowHeight);
    lockRow->addWidget(makeText(tr("Without a key or a click, after"), FontStyle::Body, Token::Fg));
    auto *minutes = new QSpinBox;
    minutes->setRange(0, mostLockMinutes);
    minutes->setValue(m_lockMinutes);
    minutes->setSpecialValueText(tr("never"));
    minutes->setSuffix(tr(" min"));
    minutes->setFixedWidth(96);
    minutes->setAccessibleName(tr("Lock the vault after minutes"));
    connect(minutes, &QSpinBox::valueChanged, this, &VaultDialog::lockMinutesChosen);
    lockRow->addWidget(minutes);
    lockRow->addStretch(1);
    m_layout->addWidget(lockSection);

    auto *moveSection = new Section(tr("Move secrets"), tr("copied, read back, and only then removed from the old place"));
    const auto count = [this](SecretPlace place) {
        return std::ranges::count_if(m_context.profiles->profiles(), [&](const CredentialProfile &p) { return p.place == place && !p.secretFields.isEmpty() && !p.temporary; });
    };
    const auto elsewhere = profilesToMove(*m_context.profiles, SecretPlace::Vault).size();
    const auto inside = count(SecretPlace::Vault);
    const auto profilesText = [](qsizetype number) { return number == 1 ? tr("1 profile") : tr("%1 profiles").arg(number); };
    QHBoxLayout *in = moveSection->addRow(vaultRowHeight);
    in->addWidget(makeText(tr("In keychain or memory: %1").arg(profilesText(elsewhere)), FontStyle::Body, Token::Fg), 1);
    if (elsewhere > 0)
        addButton(in, tr("Move to the vault"), tr("Move all secrets to the vault"), "secondary", [this] { closeFor([this] { Q_EMIT moveRequested(SecretPlace::Vault); }); });
    QHBoxLayout *out = moveSection->addRow(vaultRowHeight);
    out->addWidget(makeText(tr("In the vault: %1").arg(profilesText(inside)), FontStyle::Body, Token::Fg), 1);
    if (inside > 0) {
        addButton(out, tr("Move to the keychain"), tr("Move all secrets to the keychain"), "secondary", [this] { closeFor([this] { Q_EMIT moveRequested(SecretPlace::Keychain); }); });
    }
    m_layout->addWidget(moveSection);

    m_layout->addSpacing(6);
    auto *buttons = new QHBoxLayout;
    QPushButton *close = makeButton(tr("Close"), "secondary", {}, this);
    close->setAutoDefault(false);
    buttons->addStretch();
    buttons->addWidget(close);
    m_layout->addLayout(buttons);
    connect(close, &QPushButton::clicked, this, &QDialog::reject);
    close->setFocus(Qt::OtherFocusReason);
    adjustSize();
}

} // namespace realmscope
