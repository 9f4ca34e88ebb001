// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/cookies/CookieEditor.h"

#include "app/base/Encoding.h"
#include "ui/theme/Theme.h"
#include "ui/troubleshooter/Section.h"
#include "ui/widgets/Buttons.h"
#include "ui/widgets/SecretClipboard.h"
#include "ui/widgets/SecretField.h"
#include "ui/widgets/Sentence.h"

#include <QtCore/QDateTime>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QDateTimeEdit>
#include <QtWidgets/QFormLayout>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>

using namespace Qt::StringLiterals;

namespace realmscope {

CookieEditor::CookieEditor(const Cookie &cookie, bool isNew, qint64 nowMs, Keep keep, QWidget *parent)
    : QDialog(parent), m_cookie(cookie), m_nowMs(nowMs), m_keep(std::move(keep)), m_name(new QLineEdit(this)),
      m_value(new SecretField(tr("cookie value"), this)), m_domain(new QLineEdit(this)),
      m_below(new QCheckBox(tr("and every host below it"), this)), m_path(new QLineEdit(this)),
      m_secure(new QCheckBox(tr("Secure: only over https"), this)),
      m_httpOnly(new QCheckBox(tr("HttpOnly: hidden from a page's scripts"), this)), m_sameSite(new QComboBox(this)),
      m_ends(new QCheckBox(tr("Until"), this)), m_expires(new QDateTimeEdit(this)), m_error(makeText({}, FontStyle::Small, Token::Bad))
{
    const QString title = isNew ? tr("New cookie") : tr("Cookie %1").arg(displayText(cookie.name));
    setWindowTitle(title);
    setAttribute(Qt::WA_DeleteOnClose);
    setMinimumWidth(480);
    m_name->setText(displayText(cookie.name));
    m_name->setFont(Theme::font(FontStyle::Code));
    m_name->setAccessibleName(tr("Cookie name"));
    m_value->setStored(!isNew);
    m_domain->setText(cookie.domain);
    m_domain->setFont(Theme::font(FontStyle::Code));
    m_domain->setAccessibleName(tr("Domain"));
    m_below->setChecked(!cookie.hostOnly);
    m_path->setText(displayText(cookie.path));
    m_path->setFont(Theme::font(FontStyle::Code));
    m_path->setAccessibleName(tr("Path"));
    m_secure->setChecked(cookie.secure);
    m_httpOnly->setChecked(cookie.httpOnly);
    m_sameSite->setAccessibleName(tr("SameSite"));
    m_sameSite->addItem(tr("Not given (Lax)"), static_cast<int>(SameSite::Default));
    for (const SameSite sameSite : {SameSite::Lax, SameSite::Strict, SameSite::None})
        m_sameSite->addItem(sameSiteText(sameSite), static_cast<int>(sameSite));
    m_sameSite->setCurrentIndex(m_sameSite->findData(static_cast<int>(cookie.sameSite)));
    m_ends->setChecked(cookie.expiresAt.has_value());
    m_ends->setToolTip(tr("Otherwise it ends with the session"));
    m_expires->setDisplayFormat(u"yyyy-MM-dd HH:mm"_s);
    m_expires->setAccessibleName(tr("Expiry"));
    m_expires->setDateTime(QDateTime::fromSecsSinceEpoch(cookie.expiresAt.value_or(nowMs / 1000 + 24 * 3600)));
    m_expires->setEnabled(m_ends->isChecked());
    m_error->setWordWrap(true);
    m_error->hide();

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(24, 20, 24, 20);
    layout->setSpacing(8);
    layout->addWidget(makeText(title, FontStyle::Title, Token::Fg));
    auto *form = new QFormLayout;
    form->setHorizontalSpacing(24);
    form->setVerticalSpacing(8);
    form->addRow(tr("Name"), m_name);
    form->addRow(tr("Value"), m_value);
    form->addRow(tr("Domain"), m_domain);
    form->addRow(QString(), m_below);
    form->addRow(tr("Path"), m_path);
    form->addRow(QString(), m_secure);
    form->addRow(QString(), m_httpOnly);
    form->addRow(tr("SameSite"), m_sameSite);
    auto *ends = new QHBoxLayout;
    ends->addWidget(m_ends);
    ends->addWidget(m_expires, 1);
    form->addRow(tr("Lives"), ends);
    layout->addLayout(form);
    layout->addWidget(m_error);
    layout->addSpacing(8);
    auto *buttons = new QHBoxLayout;
    QPushButton *cancel = makeButton(tr("Cancel"), "secondary", {}, this);
    QPushButton *ok = makeButton(tr("Keep cookie"), "primary", {}, this);
    ok->setDefault(true);
    buttons->addStretch();
    buttons->addWidget(cancel);
    buttons->addWidget(ok);
    layout->addLayout(buttons);

    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(ok, &QPushButton::clicked, this, &CookieEditor::accept);
    connect(m_ends, &QCheckBox::toggled, m_expires, &QWidget::setEnabled);
    connect(m_value, &SecretField::revealRequested, this, [this] { m_value->showSecret(Secret(m_cookie.value)); });
    connect(m_value, &SecretField::copyRequested, this, [this] { copySecret(QString::fromUtf8(m_cookie.value)); });
    m_name->setFocus(Qt::OtherFocusReason);
}

Cookie CookieEditor::cookie() const
{
    Cookie out = m_cookie;
    // What was not touched keeps its bytes.
    if (m_name->text() != displayText(m_cookie.name))
        out.name = m_name->text().toUtf8();
    if (m_value->isEdited())
        out.value = m_value->typed().revealBytes();
    if (m_path->text() != displayText(m_cookie.path))
        out.path = m_path->text().toUtf8();
    out.domain = m_domain->text().trimmed();
    out.hostOnly = !m_below->isChecked();
    out.secure = m_secure->isChecked();
    out.httpOnly = m_httpOnly->isChecked();
    out.sameSite = static_cast<SameSite>(m_sameSite->currentData().toInt());
    if (m_ends->isChecked())
        out.expiresAt = m_expires->dateTime().toSecsSinceEpoch();
    else
        out.expiresAt.reset();
    return out;
}

void CookieEditor::accept()
{
    const Cookie written = cookie();
    const Result<void> kept = written.isExpired(m_nowMs)
        ? Result<void>(Error{ErrorCode::InvalidInput, tr("the cookie would be over at once"), {}, tr("Choose a time to come, or let it end with the session.")})
        : m_keep(written);
    if (kept) {
        QDialog::accept();
        return;
    }
    m_error->setText(errorSentence(kept.error()));
    m_error->show();
}

} // namespace realmscope
