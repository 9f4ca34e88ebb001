// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/vault/VaultBar.h"

#include "ui/theme/Theme.h"
#include "ui/troubleshooter/Section.h"
#include "ui/widgets/Buttons.h"
#include "ui/widgets/SecretField.h"
#include "ui/widgets/Sentence.h"

#include <QtCore/QDateTime>
#include <QtCore/QLocale>
#include <QtGui/QAccessible>
#include <QtGui/QKeyEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QApplication>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr int vaultBarHeight = 44;
constexpr int passphraseWidth = 260;

} // namespace

VaultBar::VaultBar(VaultStore &vault, QWidget *parent)
    : QWidget(parent), m_vault(vault), m_icon(makeIcon(u"lock"_s, Token::Fg2, 16)), m_text(new QLabel(this)),
      m_passphrase(new SecretField(tr("Passphrase of the vault"), this)), m_unlock(makeButton(tr("Unlock"), "primary", {}, this)),
      m_backup(makeButton(tr("Use the backup"), "secondary", {}, this)), m_cancel(makeButton(tr("Cancel"), "secondary", {}, this))
{
    setAccessibleName(tr("The vault"));
    setMinimumHeight(vaultBarHeight);
    m_text->setTextFormat(Qt::PlainText);
    m_text->setWordWrap(true);
    m_text->setMinimumWidth(120);
    m_passphrase->setCopyable(false);
    m_passphrase->setEmptyText(tr("Passphrase"));
    m_passphrase->lineEdit()->setFixedWidth(passphraseWidth);
    m_unlock->setAccessibleName(tr("Unlock the vault"));
    m_cancel->setAccessibleName(tr("Leave the vault locked"));
    m_backup->setAccessibleName(tr("Use the backup of the vault"));
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(12, 6, 12, 6);
    layout->setSpacing(8);
    layout->addWidget(m_icon);
    layout->addWidget(m_text, 1);
    layout->addWidget(m_passphrase);
    layout->addWidget(m_backup);
    layout->addWidget(m_unlock);
    layout->addWidget(m_cancel);
    m_backup->hide();
    hide();

    connect(m_unlock, &QPushButton::clicked, this, &VaultBar::unlock);
    connect(m_passphrase->lineEdit(), &QLineEdit::returnPressed, this, &VaultBar::unlock);
    connect(m_cancel, &QPushButton::clicked, this, &VaultBar::cancel);
    connect(m_backup, &QPushButton::clicked, this, &VaultBar::restoreBackup);
    connect(&vault, &VaultStore::passphraseWanted, this, [this] {
        if (m_vault.state() == VaultState::NoFile)
            Q_EMIT createWanted();
        else if (!isVisible())
            ask();
    });
    connect(&vault, &VaultStore::waitingEnded, this, [this] { put(false); });
    connect(&vault, &VaultStore::stateChanged, this, [this] {
        if (m_vault.state() == VaultState::Unlocked)
            put(false);
    });
    connect(&Theme::instance(), &Theme::changed, this, [this] { setText(m_text->text(), m_isBad); });
}

void VaultBar::ask()
{
    m_passphrase->setStored(false);
    m_passphrase->show();
    m_unlock->show();
    m_backup->hide();
    setBusy(false);
    setText(m_vault.isWaiting() ? tr("The vault is locked. What you asked for goes on when it is open.") : tr("The vault is locked."), false);
    put(true);
}

void VaultBar::put(bool isShown)
{
    if (isShown == isVisibleTo(parentWidget())) {
        if (isShown)
            m_passphrase->lineEdit()->setFocus(Qt::OtherFocusReason);
        return;
    }
    if (isShown) {
        m_focusBefore = QApplication::focusWidget();
        show();
        m_passphrase->lineEdit()->setFocus(Qt::OtherFocusReason);
        QAccessibleEvent event(this, QAccessible::Alert);
        QAccessible::updateAccessibility(&event);
        return;
    }
    const QWidget *focused = QApplication::focusWidget();
    const bool hadFocus = !focused || isAncestorOf(focused) || !focused->isEnabled();
    hide();
    m_passphrase->setStored(false); // no copy of it stays in the field
    if (hadFocus && m_focusBefore && m_focusBefore->isVisible())
        m_focusBefore->setFocus(Qt::OtherFocusReason);
}

void VaultBar::setText(const QString &text, bool isBad)
{
    m_isBad = isBad;
    QPalette palette = m_text->palette();
    palette.setColor(QPalette::WindowText, Theme::instance().color(isBad ? Token::Bad : Token::Fg));
    m_text->setPalette(palette);
    m_text->setText(text);
    update();
}

void VaultBar::setBusy(bool isBusy)
{
    m_passphrase->setEnabled(!isBusy);
    m_unlock->setEnabled(!isBusy);
    m_unlock->setText(isBusy ? tr("Unlocking…") : tr("Unlock"));
}

void VaultBar::unlock()
{
    const Secret typed = m_passphrase->typed();
    if (typed.isEmpty()) {
        setText(tr("Type the passphrase of the vault."), true);
        m_passphrase->lineEdit()->setFocus(Qt::OtherFocusReason);
        return;
    }
    setBusy(true);
    m_cancel->setFocus(Qt::OtherFocusReason); // a field that can't be written in has no focus
    m_vault.unlock(typed, this, [this](const Result<void> &unlocked) {
        setBusy(false);
        if (unlocked) {
            put(false);
            Q_EMIT this->unlocked();
        } else if (isVisible()) { // not when nobody waits for it any more
            showFailure(unlocked.error());
        }
    });
}

void VaultBar::showFailure(const Error &error)
{
    if (error.code == ErrorCode::SecretStoreDamaged) {
        offerBackup(error);
        return;
    }
    setText(error.code == ErrorCode::WrongPassphrase ? tr("Wrong passphrase. Capital letters and the keyboard's language count.") : errorSentence(error), true);
    m_passphrase->lineEdit()->setFocus(Qt::OtherFocusReason);
    m_passphrase->lineEdit()->selectAll();
    QAccessibleEvent event(m_text, QAccessible::Alert);
    QAccessible::updateAccessibility(&event);
}

// It is no matter of the passphrase: another one would not help.
void VaultBar::offerBackup(const Error &error)
{
    m_vault.examine(this, [this, error](const VaultFacts &facts) {
        m_passphrase->hide();
        m_unlock->hide();
        m_backup->setVisible(facts.isBackupIntact);
        const QString saved = QLocale().toString(QDateTime::fromMSecsSinceEpoch(facts.backupTimeMs), QLocale::ShortFormat);
        setText(capitalized(error.message) + u". "_s
                    + (facts.isBackupIntact ? tr("Your passphrase is not the matter. The backup of %1 is whole; what was stored after that is not in it.").arg(saved)
                                            : tr("Your passphrase is not the matter, and there is no backup that is whole: look for a copy of the file elsewhere.")),
                true);
        (facts.isBackupIntact ? m_backup : m_cancel)->setFocus(Qt::OtherFocusReason);
        QAccessibleEvent event(m_text, QAccessible::Alert);
        QAccessible::updateAccessibility(&event);
    });
}

void VaultBar::restore()
{
    ask();
    restoreBackup();
}

void VaultBar::restoreBackup()
{
    m_backup->setEnabled(false);
    m_vault.restoreBackup(this, [this](const Result<void> &restored) {
        m_backup->setEnabled(true);
        if (!restored) {
            setText(errorSentence(restored.error()), true);
            return;
        }
        m_backup->hide();
        m_passphrase->show();
        m_unlock->show();
        setText(tr("The backup is in place; the damaged file is kept beside it. Unlock it to go on."), false);
        m_passphrase->lineEdit()->setFocus(Qt::OtherFocusReason);
        m_passphrase->lineEdit()->selectAll();
    });
}

void VaultBar::cancel()
{
    put(false);
    m_vault.giveUpWaiting();
    Q_EMIT cancelled();
}

void VaultBar::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Escape)
        cancel();
    else
        QWidget::keyPressEvent(event);
}

void VaultBar::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const Theme &theme = Theme::instance();
    painter.fillRect(rect(), theme.color(m_isBad ? Token::BadSoft : Token::AccSoft));
    painter.fillRect(QRect(0, 0, 3, height()), theme.color(m_isBad ? Token::Bad : Token::Acc));
    painter.fillRect(QRect(0, height() - 1, width(), 1), theme.color(m_isBad ? Token::BadLine : Token::AccLine));
}

} // namespace realmscope
