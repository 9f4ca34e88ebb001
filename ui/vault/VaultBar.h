// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/credentials/VaultStore.h"

#include <QtCore/QPointer>
#include <QtWidgets/QWidget>

class QLabel;
class QPushButton;

namespace realmscope {

class SecretField;

// Asks for the passphrase of the vault where one is, when something waits for it; what waits goes on afterwards. A damaged
// vault offers its backup here.
class VaultBar : public QWidget
{
    Q_OBJECT
public:
    explicit VaultBar(VaultStore &vault, QWidget *parent = nullptr);
    void ask();     // as if something waited
    void restore(); // puts the backup in place, and asks for its passphrase

Q_SIGNALS:
    void createWanted(); // something is to be written, and there is no vault yet
    void unlocked();
    void cancelled();

protected:
    void paintEvent(QPaintEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    void unlock();
    void cancel();
    void put(bool isShown); // and the focus where it belongs
    void showFailure(const Error &error);
    void offerBackup(const Error &error);
    void restoreBackup();
    void setText(const QString &text, bool isBad);
    void setBusy(bool isBusy);

    VaultStore &m_vault;
    QLabel *m_icon = nullptr;
    QLabel *m_text = nullptr;
    SecretField *m_passphrase = nullptr;
    QPushButton *m_unlock = nullptr;
    QPushButton *m_backup = nullptr;
    QPushButton *m_cancel = nullptr;
    QPointer<QWidget> m_focusBefore;
    bool m_isBad = false;
};

} // namespace realmscope
