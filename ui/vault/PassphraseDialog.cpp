// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/vault/PassphraseDialog.h"

#include "ui/theme/Theme.h"
#include "ui/troubleshooter/Section.h"
#include "ui/widgets/Buttons.h"
#include "ui/widgets/ProseLabel.h"
#include "ui/widgets/SecretField.h"
#include "ui/widgets/Sentence.h"

#include <QtGui/QAccessible>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QVBoxLayout>

#include <cmath>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr int passphraseDialogWidth = 460;
constexpr int passphraseMargin = 24;

QString superscript(long number)
{
    static const QString digits = u"\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079"_s;
    QString text;
    for (const QChar c : QString::number(number))
        text += digits.at(c.digitValue());
    return text;
}

Token strengthToken(int score) { return score < 2 ? Token::Bad : score < 3 ? Token::Warn : Token::Good; }

} // namespace

QString strengthWords(const PassphraseStrength &strength)
{
    const QString word = strength.score == 0 ? PassphraseDialog::tr("Very weak")
        : strength.score == 1                ? PassphraseDialog::tr("Weak")
        : strength.score == 2                ? PassphraseDialog::tr("Fair")
        : strength.score == 3                ? PassphraseDialog::tr("Good")
                                             : PassphraseDialog::tr("Strong");
    const auto digits = std::lround(strength.bits * std::log10(2.0));
    return digits < 4 ? PassphraseDialog::tr("%1: found at once").arg(word) : PassphraseDialog::tr("%1: found after some 10%2 guesses").arg(word, superscript(digits));
}

PassphraseDialog::PassphraseDialog(VaultStore &vault, Purpose purpose, QWidget *parent) : QDialog(parent), m_vault(vault), m_purpose(purpose)
{
    const QString title = purpose == Purpose::Create ? tr("Create the encrypted vault") : tr("Change the passphrase of the vault");
    setWindowTitle(title);
    setAttribute(Qt::WA_DeleteOnClose);
    setFixedWidth(passphraseDialogWidth);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(passphraseMargin, 20, passphraseMargin, 20);
    layout->setSpacing(6);
    layout->addWidget(makeText(title, FontStyle::Title, Token::Fg));
    auto *about = new ProseLabel(purpose == Purpose::Create ? tr("The vault keeps secrets in a file of yours that only this passphrase opens. Nobody can bring them back when it is forgotten.")
                                                            : tr("The vault is written anew, its backup too: the old passphrase opens neither of them then."),
                                 FontStyle::Body, Token::Fg2);
    about->setFixedHeight(about->heightForWidth(passphraseDialogWidth - 2 * passphraseMargin)); // a dialog does not ask for it
    layout->addWidget(about);
    layout->addSpacing(4);
    const auto addField = [&](const QString &name) {
        auto *field = new SecretField(name);
        field->setCopyable(false);
        field->setEmptyText({});
        QLabel *label = makeText(name, FontStyle::Body, Token::Fg2);
        label->setBuddy(field->lineEdit());
        layout->addSpacing(6);
        layout->addWidget(label);
        layout->addWidget(field);
        connect(field, &SecretField::edited, this, [this] {
            m_error->hide();
            judge();
        });
        return field;
    };
    if (purpose == Purpose::Change)
        m_now = addField(tr("Passphrase as it is now"));
    m_first = addField(tr("New passphrase"));
    m_strength = makeText({}, FontStyle::Small, Token::Fg2);
    m_strength->setWordWrap(true);
    layout->addWidget(m_strength);
    m_second = addField(tr("New passphrase once more"));
    m_error = makeText({}, FontStyle::Small, Token::Bad);
    m_error->setWordWrap(true);
    m_error->hide();
    layout->addWidget(m_error);
    layout->addSpacing(10);
    auto *buttons = new QHBoxLayout;
    QPushButton *cancel = makeButton(tr("Cancel"), "secondary", {}, this);
    m_ok = makeButton(purpose == Purpose::Create ? tr("Create vault") : tr("Change passphrase"), "primary", {}, this);
    m_ok->setDefault(true);
    buttons->addStretch();
    buttons->addWidget(cancel);
    buttons->addWidget(m_ok);
    layout->addLayout(buttons);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_ok, &QPushButton::clicked, this, &PassphraseDialog::accept);
    judge();
    (m_now ? m_now : m_first)->lineEdit()->setFocus(Qt::OtherFocusReason);
}

// How hard it is to guess stands there while it is typed.
void PassphraseDialog::judge()
{
    const Secret typed = m_first->typed();
    const PassphraseStrength strength = passphraseStrength(typed);
    QPalette palette = m_strength->palette();
    palette.setColor(QPalette::WindowText, Theme::instance().color(typed.isEmpty() ? Token::Fg2 : strengthToken(strength.score)));
    m_strength->setPalette(palette);
    m_strength->setText(typed.isEmpty() ? tr("Four or five unrelated words are easy to keep and hard to guess.")
                                        : strengthWords(strength) + (strength.isWeak() ? u". "_s + tr("More words are better.") : QString()));
    m_first->lineEdit()->setAccessibleDescription(m_strength->text());
}

void PassphraseDialog::fail(const QString &text, SecretField *field)
{
    m_error->setText(text);
    m_error->show();
    adjustSize(); // it may take two lines
    QAccessibleEvent event(m_error, QAccessible::Alert);
    QAccessible::updateAccessibility(&event);
    field->lineEdit()->setFocus(Qt::OtherFocusReason);
    field->lineEdit()->selectAll();
}

void PassphraseDialog::setBusy(bool isBusy)
{
    m_isBusy = isBusy;
    for (SecretField *field : {m_now, m_first, m_second}) {
        if (field)
            field->setEnabled(!isBusy);
    }
    m_ok->setEnabled(!isBusy);
    m_ok->setText(isBusy ? tr("Working…") : m_purpose == Purpose::Create ? tr("Create vault") : tr("Change passphrase"));
}

void PassphraseDialog::accept()
{
    if (m_isBusy)
        return;
    if (m_now && m_now->typed().isEmpty()) {
        fail(tr("Type the passphrase as it is now."), m_now);
        return;
    }
    if (m_first->typed().isEmpty()) {
        fail(tr("Choose a passphrase."), m_first);
        return;
    }
    if (!m_first->typed().equals(m_second->typed())) {
        fail(tr("The two are not the same: type it once more."), m_second);
        return;
    }
    const auto answered = [this](const Result<void> &result) {
        setBusy(false);
        if (!result) {
            fail(errorSentence(result.error()), result.error().code == ErrorCode::WrongPassphrase && m_now ? m_now : m_first);
            return;
        }
        Q_EMIT done();
        QDialog::accept();
    };
    setBusy(true);
    if (m_purpose == Purpose::Create)
        m_vault.create(m_first->typed(), this, answered);
    else
        m_vault.changePassphrase(m_now->typed(), m_first->typed(), this, answered);
}

void PassphraseDialog::reject()
{
    if (m_isBusy)
        return; // a second, and it is told what came of it
    QDialog::reject();
}

} // namespace realmscope
