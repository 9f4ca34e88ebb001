// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/request/AuthEditor.h"

#include "app/auth/SchemeRegistry.h"
#include "ui/credentials/OriginQuestion.h"
#include "ui/theme/Theme.h"

#include <QtWidgets/QComboBox>
#include <QtWidgets/QGridLayout>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QPushButton>

using namespace Qt::StringLiterals;

namespace realmscope {

AuthEditor::AuthEditor(RequestSession &session, QWidget *parent)
    : QScrollArea(parent), m_session(session)
{
    setFrameShape(QFrame::NoFrame);
    setWidgetResizable(true);
    setAccessibleName(tr("Request authentication"));
    auto *page = new QWidget;
    auto *grid = new QGridLayout(page);
    grid->setContentsMargins(24, 12, 24, 12);
    grid->setHorizontalSpacing(24);
    grid->setVerticalSpacing(0);
    grid->setColumnStretch(1, 1);
    m_profile = new QComboBox(page);
    m_profile->setAccessibleName(tr("Profile of this request"));
    m_profile->setMinimumWidth(220);
    m_edit = new QPushButton(tr("Edit profile"), page);
    auto *create = new QPushButton(tr("New profile…"), page);
    auto *chooser = new QHBoxLayout;
    chooser->setSpacing(8);
    chooser->addWidget(m_profile);
    chooser->addWidget(m_edit);
    chooser->addWidget(create);
    chooser->addStretch(1);
    const auto makeLabel = [page] {
        auto *label = new QLabel(page);
        label->setTextFormat(Qt::PlainText);
        label->setWordWrap(true);
        label->setMinimumHeight(28);
        label->setAlignment(Qt::AlignVCenter | Qt::AlignLeft);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
        return label;
    };
    m_scheme = makeLabel();
    m_summary = makeLabel();
    m_secret = makeLabel();
    m_origins = makeLabel();
    m_origins->setFont(Theme::font(FontStyle::Code));
    m_verdict = makeLabel();
    m_allow = new QPushButton(tr("Allow this origin…"), page);
    auto *verdictRow = new QHBoxLayout;
    verdictRow->setSpacing(12);
    verdictRow->addWidget(m_verdict, 1);
    verdictRow->addWidget(m_allow);
    int row = 0;
    const auto addRow = [&](const QString &name, auto *content) {
        auto *label = new QLabel(name, page);
        QPalette palette = label->palette();
        palette.setColor(QPalette::WindowText, Theme::instance().color(Token::Fg2));
        label->setPalette(palette);
        label->setMinimumHeight(28);
        grid->addWidget(label, row, 0, Qt::AlignTop);
        if constexpr (std::is_base_of_v<QLayout, std::remove_pointer_t<decltype(content)>>)
            grid->addLayout(content, row, 1);
        else
            grid->addWidget(content, row, 1);
        ++row;
    };
    addRow(tr("Profile"), chooser);
    addRow(tr("Scheme"), m_scheme);
    addRow(tr("What is sent"), m_summary);
    addRow(tr("Secret"), m_secret);
    addRow(tr("Allowed origins"), m_origins);
    addRow(tr("This URL"), verdictRow);
    grid->setRowStretch(row, 1);
    viewport()->setBackgroundRole(QPalette::Base);
    page->setBackgroundRole(QPalette::Base);
    setWidget(page);

    connect(m_profile, &QComboBox::activated, this, [this](int index) {
        RequestSpec spec = m_session.spec();
        spec.profileName = m_profile->itemData(index).toString();
        m_session.setSpec(spec);
    });
    connect(m_edit, &QPushButton::clicked, this,
            [this] { Q_EMIT editProfileRequested(m_session.profileName(), {}); });
    connect(create, &QPushButton::clicked, this, &AuthEditor::newProfileRequested);
    connect(m_allow, &QPushButton::clicked, this, [this] {
        const CredentialProfile *profile = m_session.profile();
        const std::optional<Origin> origin = m_session.origin();
        if (!profile || !origin)
            return;
        auto *question = new OriginQuestion(*profile, *origin, false, this);
        connect(question, &QDialog::accepted, this, [this, asked = *origin] {
            if (m_session.origin() == asked)
                m_session.allowOrigin(false);
        });
        question->open();
    });
    connect(&m_session, &RequestSession::specChanged, this, &AuthEditor::refresh);
    refresh();
}

void AuthEditor::refresh()
{
    const QString name = m_session.spec().profileName;
    m_profile->clear();
    // Without a word of its own the request has what its folder says.
    RequestSpec silent = m_session.spec();
    silent.profileName.clear();
    const FolderLevel *above = profileLevel(silent, m_session.levels());
    if (above)
        m_profile->addItem(tr("%1, from %2").arg(above->settings.profileName, above->label()), QString());
    m_profile->addItem(tr("No profile"), above ? noProfile : QString());
    if (m_session.context().profiles) {
        for (const CredentialProfile &profile : m_session.context().profiles->profiles())
            m_profile->addItem(profile.name, profile.name);
    }
    const CredentialProfile *profile = m_session.profile();
    if (!name.isEmpty() && !profile && m_profile->findData(name) < 0)
        m_profile->addItem(tr("%1 (does not exist)").arg(name), name);
    m_profile->setCurrentIndex(std::max(0, m_profile->findData(name)));
    m_edit->setEnabled(profile != nullptr);
    m_allow->hide();
    const QString dash = u"–"_s;
    if (!profile) {
        m_scheme->setText(dash);
        const QString wanted = m_session.profileName();
        m_summary->setText(wanted.isEmpty() ? tr("No credential, but for headers that you write yourself.")
                                            : tr("There is no profile “%1” in this workspace.").arg(wanted));
        m_secret->setText(dash);
        m_origins->setText(dash);
        m_verdict->setText(dash);
        return;
    }
    const AuthScheme *scheme = findScheme(profile->schemeId);
    m_scheme->setText(scheme ? scheme->title() : tr("%1 (unknown)").arg(profile->schemeId));
    m_summary->setText(scheme ? scheme->summary() + u' ' + scheme->safety() : QString());
    QStringList from;
    for (const SecretReference &reference : profile->references)
        from << reference.toString();
    m_secret->setText(!profile->approved && profile->hasSecrets() ? tr("Not approved: look at the profile first")
                          : !from.isEmpty()                       ? tr("Fetched from %1").arg(from.join(u", "_s))
                          : profile->secretFields.isEmpty()       ? tr("None stored")
                          : profile->place == SecretPlace::Keychain ? tr("In the system's keychain")
                          : profile->place == SecretPlace::Vault    ? tr("In the encrypted vault")
                                                                    : tr("In memory, until the program ends"));
    m_origins->setText(profile->origins.isEmpty() ? tr("none: this profile is sent nowhere")
                                                  : profile->origins.join(u'\n'));
    const std::optional<Origin> origin = m_session.origin();
    if (!origin) {
        m_verdict->setText(tr("The URL names no origin yet."));
    } else if (profile->allows(*origin)) {
        m_verdict->setText(tr("%1 is allowed: the credential will be sent.").arg(origin->toString()));
    } else {
        m_verdict->setText(tr("%1 is not allowed: nothing will be sent there with this profile.").arg(origin->toString()));
        m_allow->show();
    }
}

} // namespace realmscope
