// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/credentials/PassphraseStrength.h"
#include "app/credentials/VaultStore.h"

#include <QtWidgets/QDialog>

class QLabel;
class QPushButton;

namespace realmscope {

class SecretField;

// "Good: found after some 10^9 guesses".
[[nodiscard]] QString strengthWords(const PassphraseStrength &strength);

// Chooses the passphrase of a new vault, or another one for the vault that is there. A weak one is told to be weak, and taken.
class PassphraseDialog : public QDialog
{
    Q_OBJECT
public:
    enum class Purpose { Create, Change };
    PassphraseDialog(VaultStore &vault, Purpose purpose, QWidget *parent);

Q_SIGNALS:
    void done(); // created, or changed

public Q_SLOTS:
    void accept() override;
    void reject() override;

private:
    void judge();
    void fail(const QString &text, SecretField *field);
    void setBusy(bool isBusy);

    VaultStore &m_vault;
    Purpose m_purpose;
    SecretField *m_now = nullptr; // Change alone
    SecretField *m_first = nullptr;
    SecretField *m_second = nullptr;
    QLabel *m_strength = nullptr;
    QLabel *m_error = nullptr;
    QPushButton *m_ok = nullptr;
    bool m_isBusy = false;
};

} // namespace realmscope
