// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/credentials/KeychainStore.h"
#include "app/credentials/VaultStore.h"

#include <QtWidgets/QWidget>

class QLabel;

namespace realmscope {

class ElidedLabel;

// The 24 px at the foot: keychain, vault, TLS verification, proxy; what was sent last; the command palette.
class StatusLine : public QWidget
{
    Q_OBJECT
public:
    explicit StatusLine(QWidget *parent = nullptr);
    void setKeychain(KeychainState state);
    void setVault(VaultState state); // nothing is said while there is none
    void setTlsVerification(bool isOn);
    void setProxy(const QString &text); // empty: which one is not known before there is a request
    void setSent(const QString &text);
    [[nodiscard]] QString keychainText() const;
    [[nodiscard]] QString vaultText() const; // empty while there is none
    [[nodiscard]] QString sentText() const;

Q_SIGNALS:
    void commandsRequested();

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    class Item;
    KeychainState m_keychainState = KeychainState::Unknown;
    bool m_hasVault = false; // secrets have a place without a keychain
    Item *m_keychain = nullptr;
    Item *m_vault = nullptr;
    Item *m_tls = nullptr;
    Item *m_proxy = nullptr;
    ElidedLabel *m_sent = nullptr;
};

} // namespace realmscope
