// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/session/AppContext.h"

#include <QtWidgets/QDialog>

class QVBoxLayout;

namespace realmscope {

// What the vault is like now, and what can be done with it. Closes before something that needs the passphrase, which is asked
// for in the window.
class VaultDialog : public QDialog
{
    Q_OBJECT
public:
    VaultDialog(AppContext &context, int lockMinutes, QWidget *parent);

Q_SIGNALS:
    void createRequested();
    void unlockRequested();
    void restoreRequested(); // of the backup
    void changePassphraseRequested();
    void moveRequested(realmscope::SecretPlace to);
    void lockMinutesChosen(int minutes);

private:
    void fill(const VaultFacts &facts);
    void closeFor(const std::function<void()> &then);

    AppContext &m_context;
    int m_lockMinutes;
    QVBoxLayout *m_layout = nullptr;
};

} // namespace realmscope
