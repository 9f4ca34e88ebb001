// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/credentials/OriginQuestion.h"

#include "app/credentials/OriginDifference.h"
#include "ui/theme/Theme.h"
#include "ui/troubleshooter/Section.h"
#include "ui/widgets/Buttons.h"

#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QVBoxLayout>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

// With what differs marked; everything of it is text.
QString marked(const OriginDifference &difference)
{
    const Theme &theme = Theme::instance();
    const bool isBad = difference.isSuspicious() || difference.kind == OriginDifference::Kind::Scheme;
    const QString style = u"background-color:%1;color:%2"_s.arg(theme.color(isBad ? Token::BadSoft : Token::WarnSoft).name(), theme.color(isBad ? Token::Bad : Token::Warn).name());
    return difference.shown.left(difference.begin).toHtmlEscaped() + u"<span style=\"%1\">%2</span>"_s.arg(style, difference.shown.mid(difference.begin, difference.end - difference.begin).toHtmlEscaped())
        + difference.shown.mid(difference.end).toHtmlEscaped();
}

} // namespace

OriginQuestion::OriginQuestion(const CredentialProfile &profile, const Origin &origin, bool isSending, QWidget *parent) : QDialog(parent)
{
    const OriginDifference difference = originDifference(origin, profile.origins);
    const QString title = tr("Use “%1” for another origin?").arg(profile.name);
    setWindowTitle(title);
    setAttribute(Qt::WA_DeleteOnClose);
    setMinimumWidth(480);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(24, 20, 24, 20);
    layout->setSpacing(4);
    QLabel *heading = makeText(title, FontStyle::Title, Token::Fg);
    heading->setWordWrap(true);
    layout->addWidget(heading);
    layout->addSpacing(10);
    const auto addAddress = [&](const QString &label, const QString &html, const QString &plain) {
        QLabel *name = makeText(label, FontStyle::Small, Token::Fg2);
        layout->addWidget(name);
        auto *address = new QLabel(this);
        address->setTextFormat(Qt::RichText);
        address->setText(html);
        address->setFont(Theme::font(FontStyle::CodeMedium));
        address->setWordWrap(true);
        address->setTextInteractionFlags(Qt::TextSelectableByMouse);
        address->setAccessibleName(label + u": "_s + plain);
        layout->addWidget(address);
        layout->addSpacing(6);
    };
    if (!difference.nearest.isEmpty())
        addAddress(tr("The profile is for"), difference.nearest.toHtmlEscaped(), difference.nearest);
    addAddress(tr("This request goes to"), marked(difference), difference.shown);
    QString words = difference.words;
    if (!words.isEmpty())
        words[0] = words.at(0).toUpper();
    QLabel *why = makeText(words + u'.', FontStyle::Body, difference.isSuspicious() ? Token::Bad : Token::Fg);
    why->setObjectName(u"difference"_s);
    why->setWordWrap(true);
    layout->addWidget(why);
    QLabel *consequence = makeText(tr("If you allow it, the profile names this origin from now on, and the credential goes there without asking again."), FontStyle::Small, Token::Fg2);
    consequence->setWordWrap(true);
    layout->addWidget(consequence);
    layout->addSpacing(14);
    auto *buttons = new QHBoxLayout;
    QPushButton *cancel = makeButton(tr("Cancel"), difference.isSuspicious() ? "primary" : "secondary", {}, this);
    QPushButton *allow = makeButton(isSending ? tr("Allow and send") : tr("Allow"), difference.isSuspicious() ? "secondary" : "primary", {}, this);
    buttons->addStretch();
    buttons->addWidget(cancel);
    buttons->addWidget(allow);
    layout->addLayout(buttons);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(allow, &QPushButton::clicked, this, &QDialog::accept);
    QPushButton *first = difference.isSuspicious() ? cancel : allow;
    first->setDefault(true);
    first->setFocus();
}

} // namespace realmscope
