// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/credentials/ProfileForm.h"

#include "app/auth/SchemeRegistry.h"
#include "app/auth/oauth2/OAuth2Flow.h"
#include "app/diagnosis/Diagnoser.h"
#include "app/runner/CredentialResolver.h"
#include "app/workspace/ProfileUses.h"
#include "ui/credentials/ProfileModel.h"
#include "ui/theme/Theme.h"
#include "ui/troubleshooter/Section.h"
#include "ui/widgets/ElidedLabel.h"
#include "ui/widgets/Hairline.h"
#include "ui/widgets/ProseLabel.h"
#include "ui/widgets/SecretClipboard.h"
#include "ui/widgets/SecretField.h"
#include "ui/widgets/Sentence.h"
#include "ui/widgets/TabOrder.h"

#include <QtGui/QAccessible>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QFormLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QPlainTextEdit>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QToolButton>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr int elsewhere = -1; // among the places: the secrets are not kept by this program

constexpr int fieldWidth = 400;
constexpr int labelWidth = 140;
constexpr int narrowForm = 720; // narrower: remarks stand below their fields

// A heading over a hairline, with a remark at the right.
QWidget *makeHeading(const QString &title, const QString &remark = {})
{
    auto *heading = new QWidget;
    auto *layout = new QVBoxLayout(heading);
    layout->setContentsMargins(0, 8, 0, 4);
    layout->setSpacing(6);
    auto *row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(makeText(title, FontStyle::BodyStrong, Token::Fg));
    auto *beside = new ElidedLabel(FontStyle::Small, Token::Fg2);
    beside->setText(remark);
    beside->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    row->addWidget(beside, 1);
    layout->addLayout(row);
    layout->addWidget(new Hairline);
    return heading;
}

QFormLayout *makeForm()
{
    auto *form = new QFormLayout;
    form->setHorizontalSpacing(12);
    form->setVerticalSpacing(8);
    form->setLabelAlignment(Qt::AlignLeft | Qt::AlignTop);
    form->setFieldGrowthPolicy(QFormLayout::FieldsStayAtSizeHint);
    return form;
}

QLabel *fieldLabel(const QString &text)
{
    QLabel *label = makeText(text, FontStyle::Body, Token::Fg2);
    label->setFixedWidth(labelWidth);
    label->setWordWrap(true);
    // As high as a field, whatever stands below that, and more only where the words need it.
    label->setFixedHeight(std::max(28, label->fontMetrics().boundingRect(0, 0, labelWidth, 1000, Qt::TextWordWrap, text).height()));
    return label;
}

} // namespace

ProfileForm::ProfileForm(AppContext &context, QWidget *parent) : QWidget(parent), m_context(context)
{
    m_layout = new QVBoxLayout(this);
    m_layout->setContentsMargins(0, 0, 0, 0);
}

void ProfileForm::show(const CredentialProfile &profile, bool isNew)
{
    if (m_modified)
        m_drafts.insert(m_profile.id, {collected(), m_typedSecrets, m_referenceTexts, m_isElsewhere, m_isNew});
    m_profile = profile;
    m_isNew = isNew;
    m_modified = false;
    m_typedSecrets.clear();
    m_referenceTexts.clear();
    for (const auto &[field, reference] : profile.references.asKeyValueRange())
        m_referenceTexts.insert(field, reference.toString());
    m_isElsewhere = !profile.references.isEmpty();
    m_test.reset();
    if (const auto draft = m_drafts.constFind(profile.id); draft != m_drafts.cend()) {
        m_profile = draft->profile;
        for (const QString &origin : isNew ? profile.origins : QStringList()) {
            if (!m_profile.origins.contains(origin))
                m_profile.origins.append(origin);
        }
        m_typedSecrets = draft->secrets;
        m_referenceTexts = draft->references;
        m_isElsewhere = draft->isElsewhere;
        m_modified = true;
        m_drafts.erase(draft);
    }
    rebuild();
}

std::optional<CredentialProfile> ProfileForm::unsavedNew() const
{
    if (m_isNew && m_modified)
        return collected();
    for (const Draft &draft : m_drafts) {
        if (draft.isNew)
            return draft.profile;
    }
    return std::nullopt;
}

void ProfileForm::forget(const QString &profileId)
{
    m_drafts.remove(profileId);
    if (m_profile.id == profileId)
        m_modified = false;
}

void ProfileForm::storeChanged()
{
    const CredentialProfile *stored = m_context.profiles->findById(m_profile.id);
    if (stored && !m_isNew && !m_modified && stored->toJson() != m_profile.toJson())
        show(CredentialProfile(*stored), false);
}

void ProfileForm::discard()
{
    forget(m_profile.id);
    if (const CredentialProfile *stored = m_context.profiles->findById(m_profile.id))
        show(CredentialProfile(*stored), false);
    else
        Q_EMIT discarded();
}

void ProfileForm::focusField(const QString &fieldId)
{
    QWidget *editor = fieldId == "name"_L1 ? m_name : fieldId == "origins"_L1 ? m_newOrigin : m_editors.value(fieldId);
    if (!editor)
        editor = m_name;
    if (auto *secret = qobject_cast<SecretField *>(editor))
        editor = secret->lineEdit();
    editor->setFocus(Qt::OtherFocusReason);
    if (auto *line = qobject_cast<QLineEdit *>(editor))
        line->selectAll();
}

void ProfileForm::touch()
{
    m_modified = true;
    m_save->setEnabled(true);
    m_discard->show();
    m_message->hide();
}

void ProfileForm::rebuild()
{
    const QString focused = focusedName(m_content);
    m_editors.clear();
    m_remarkRows.clear();
    auto *content = new QWidget;
    auto *layout = new QVBoxLayout(content);
    layout->setContentsMargins(24, 4, 24, 24);
    layout->setSpacing(8);

    auto *head = new QHBoxLayout;
    head->setSpacing(8);
    head->addWidget(makeIcon(schemeIcon(m_profile.schemeId), Token::Fg2, 16));
    head->addWidget(makeText(m_profile.name.isEmpty() ? tr("New profile") : m_profile.name, FontStyle::Title, Token::Fg));
    m_uses = makeText({}, FontStyle::Body, Token::Fg2);
    head->addWidget(m_uses);
    m_expiry = makeText({}, FontStyle::Body, Token::Fg2);
    head->addWidget(m_expiry);
    showUses();
    showExpiry();
    head->addStretch(1);
    auto *duplicate = new QPushButton(tr("Duplicate"));
    duplicate->setProperty("kind", u"flat"_s);
    auto *removeButton = new QPushButton(tr("Delete"));
    removeButton->setProperty("kind", u"flat"_s);
    removeButton->setAccessibleName(tr("Delete this profile"));
    m_save = new QPushButton(tr("Save"));
    m_save->setProperty("kind", u"primary"_s);
    m_save->setEnabled(m_modified || m_isNew);
    m_save->setAccessibleName(tr("Save profile"));
    m_save->setToolTip(tr("Save (Ctrl+S)"));
    m_discard = new QPushButton(tr("Discard"));
    m_discard->setProperty("kind", u"flat"_s);
    m_discard->setAccessibleName(tr("Discard the changes"));
    head->addWidget(m_discard);
    head->addWidget(duplicate);
    head->addWidget(removeButton);
    head->addWidget(m_save);
    auto *headLine = new QWidget; // on the line of the list's own head, with a hairline across the page
    auto *headLayout = new QVBoxLayout(headLine);
    headLayout->setContentsMargins(0, 0, 0, 0);
    headLayout->setSpacing(0);
    head->setContentsMargins(24, 14, 16, 13);
    headLayout->addLayout(head);
    headLayout->addWidget(new Hairline);
    // Only now: without a parent they would be windows for a moment, and take the focus with them.
    duplicate->setVisible(!m_isNew);
    removeButton->setVisible(!m_isNew);
    m_discard->setVisible(m_modified || m_isNew);
    connect(duplicate, &QPushButton::clicked, this, [this] { Q_EMIT duplicateRequested(m_profile.id); });
    connect(removeButton, &QPushButton::clicked, this, [this] { Q_EMIT removeRequested(m_profile.id); });
    connect(m_save, &QPushButton::clicked, this, &ProfileForm::save);
    connect(m_discard, &QPushButton::clicked, this, &ProfileForm::discard);

    m_message = makeText({}, FontStyle::Body, Token::Bad);
    m_message->setWordWrap(true);
    m_message->hide();
    layout->addWidget(m_message);
    addApproval(layout);

    QFormLayout *form = makeForm();
    layout->addWidget(makeHeading(tr("Profile")));
    layout->addLayout(form);

    m_name = new QLineEdit(m_profile.name);
    m_name->setFixedWidth(fieldWidth);
    m_name->setAccessibleName(tr("Profile name"));
    m_name->setPlaceholderText(tr("for example: alice, staging"));
    connect(m_name, &QLineEdit::textEdited, this, &ProfileForm::touch);
    form->addRow(fieldLabel(tr("Name")), m_name);

    if (!m_scheme) { // stays: it remembers which letters of a name were typed so far
        m_scheme = new QComboBox;
        m_scheme->setFixedWidth(fieldWidth);
        m_scheme->setAccessibleName(tr("Scheme"));
        for (const auto &scheme : allSchemes()) {
            if (scheme->id() != "none"_L1)
                m_scheme->addItem(scheme->title(), scheme->id());
        }
        connect(m_scheme, &QComboBox::activated, this, [this] {
            // What was typed so far is taken along: the fields of user name and password have the same ids everywhere.
            m_profile = collected();
            m_modified = true;
            QMetaObject::invokeMethod(this, [this] { rebuild(); }, Qt::QueuedConnection);
        });
    }
    m_scheme->setCurrentIndex(m_scheme->findData(m_profile.schemeId));
    form->addRow(fieldLabel(tr("Scheme")), m_scheme);
    const AuthScheme *scheme = findScheme(m_profile.schemeId);
    if (scheme) {
        auto *about = new QVBoxLayout;
        about->setSpacing(0);
        for (const QString &sentence : {scheme->summary(), scheme->safety()})
            about->addWidget(new ProseLabel(sentence, FontStyle::Small, Token::Fg2));
        form->addRow(QString(), about);
        layout->addWidget(makeHeading(tr("Credential"), scheme->sources().join(u", "_s)));
        form = makeForm();
        layout->addLayout(form);
        m_fieldForm = form;
        m_fieldRows.clear();
        for (const SchemeField &field : scheme->fields())
            addField(form, field);
    }

    m_place = new QComboBox;
    m_place->setFixedWidth(fieldWidth);
    m_place->setAccessibleName(tr("Kept in"));
    m_place->addItem(tr("System keychain"), int(SecretPlace::Keychain));
    m_place->addItem(tr("Encrypted vault"), int(SecretPlace::Vault));
    m_place->addItem(tr("Memory, for this run only"), int(SecretPlace::Memory));
    m_place->addItem(tr("Elsewhere: variable, file, command"), elsewhere);
    m_place->setCurrentIndex(m_place->findData(m_isElsewhere ? elsewhere : int(m_profile.place)));
    connect(m_place, &QComboBox::activated, this, &ProfileForm::changePlace);
    QBoxLayout *placeRow = withRemark(m_place, placeRemark());
    m_placeRemark = qobject_cast<QLabel *>(placeRow->itemAt(1)->widget());
    form->addRow(fieldLabel(tr("Kept in")), placeRow);
    addOrigins(layout);
    addTogether(layout);
    addTest(layout);
    addTokens(layout);
    showFieldsThatCount();
    placeRemarks();
    layout->addStretch();

    auto *page = new QWidget;
    auto *pageLayout = new QVBoxLayout(page);
    pageLayout->setContentsMargins(0, 0, 0, 0);
    pageLayout->setSpacing(0);
    pageLayout->addWidget(headLine);
    pageLayout->addWidget(content, 1);
    if (m_content) {
        m_layout->removeWidget(m_content);
        m_content->hide();
        m_content->deleteLater();
    }
    m_content = page;
    m_layout->addWidget(page);
    page->show(); // at once, so that it can take the focus
    setTabOrderByLayout(window());
    if (!focused.isNull() && !focusNamed(page, focused))
        m_name->setFocus(Qt::OtherFocusReason);
}

QString ProfileForm::placeRemark() const
{
    const int place = m_place->currentData().toInt();
    if (place == elsewhere)
        return tr("fetched at each use; only where from stands in the workspace");
    if (place == int(SecretPlace::Vault) && m_context.vault) {
        switch (m_context.vault->state()) {
        case VaultState::NoFile:
            return tr("There is no vault yet: you choose its passphrase when you save.");
        case VaultState::Locked:
            return tr("locked: its passphrase is asked for when it is needed");
        case VaultState::Unlocked:
            return tr("a file of yours under a passphrase; unlocked now");
        }
    }
    if (m_context.keychainState == KeychainState::Unavailable)
        return tr("No keychain service runs in this session: choose the vault or memory, or start one.");
    return tr("never in the workspace");
}

void ProfileForm::showPlaceRemark()
{
    if (m_placeRemark) {
        m_placeRemark->setText(placeRemark());
        m_placeRemark->updateGeometry();
    }
}

// A field with a remark behind it, or below it where there is little room.
QBoxLayout *ProfileForm::withRemark(QWidget *field, const QString &remark)
{
    auto *row = new QBoxLayout(QBoxLayout::LeftToRight);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    row->addWidget(field, 0, Qt::AlignLeft);
    if (remark.isEmpty()) {
        row->addStretch();
    } else {
        row->addWidget(new ProseLabel(remark, FontStyle::Small, Token::Fg2), 1);
        m_remarkRows.append(row);
    }
    return row;
}

void ProfileForm::placeRemarks()
{
    const bool isNarrow = width() < narrowForm;
    for (QBoxLayout *row : std::as_const(m_remarkRows)) {
        row->setDirection(isNarrow ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight);
        row->setSpacing(isNarrow ? 2 : 8);
    }
}

void ProfileForm::resizeEvent(QResizeEvent *event)
{
    placeRemarks();
    QWidget::resizeEvent(event);
}

void ProfileForm::addField(QFormLayout *form, const SchemeField &field)
{
    const QString value = m_profile.fields.value(field.id, field.defaultValue);
    QWidget *editor = nullptr;
    QWidget *shown = nullptr;
    switch (field.kind) {
    case FieldKind::Choice: {
        auto *combo = new QComboBox;
        for (const FieldChoice &choice : field.choices)
            combo->addItem(choice.label, choice.value);
        combo->setCurrentIndex(std::max(0, combo->findData(value)));
        connect(combo, &QComboBox::activated, this, &ProfileForm::touch);
        connect(combo, &QComboBox::activated, this, &ProfileForm::showFieldsThatCount);
        editor = combo;
        break;
    }
    case FieldKind::Flag: {
        auto *box = new QCheckBox(field.label);
        box->setChecked(value == "true"_L1);
        connect(box, &QCheckBox::toggled, this, &ProfileForm::touch);
        connect(box, &QCheckBox::toggled, this, &ProfileForm::showFieldsThatCount);
        editor = box;
        break;
    }
    case FieldKind::MultiLine: {
        auto *text = new QPlainTextEdit(value);
        text->setFont(Theme::font(FontStyle::Code));
        text->setFixedHeight(84);
        text->setTabChangesFocus(true);
        connect(text, &QPlainTextEdit::textChanged, this, &ProfileForm::touch);
        editor = text;
        break;
    }
    case FieldKind::Secret: {
        if (m_isElsewhere) {
            auto *line = new QLineEdit(m_referenceTexts.value(field.id));
            line->setFont(Theme::font(FontStyle::Code));
            line->setPlaceholderText(m_profile.secretFields.contains(field.id) ? tr("stored; or env:NAME, file:PATH, command:…") : tr("env:NAME, file:PATH or command:PROGRAM …"));
            connect(line, &QLineEdit::textEdited, this, [this, id = field.id](const QString &text) {
                m_referenceTexts.insert(id, text);
                touch();
            });
            editor = line;
            break;
        }
        auto *secret = new SecretField(field.label);
        if (m_typedSecrets.contains(field.id))
            secret->setTyped(m_typedSecrets.value(field.id));
        else
            secret->setStored(m_profile.secretFields.contains(field.id));
        connect(secret, &SecretField::edited, this, [this, secret, id = field.id] {
            m_typedSecrets.insert(id, secret->typed());
            touch();
        });
        const auto withStored = [this, secret, id = field.id](std::function<void(const Secret &)> use) {
            m_context.stores().at(m_profile.place)->read(m_profile.secretKey(id), secret, [this, use](const Result<Secret> &stored) {
                if (stored)
                    use(*stored);
                else
                    showError(stored.error());
            });
        };
        connect(secret, &SecretField::revealRequested, this, [withStored, secret] {
            withStored([secret](const Secret &stored) { secret->showSecret(stored); });
        });
        connect(secret, &SecretField::copyRequested, this, [withStored] {
            withStored([](const Secret &stored) { copySecret(stored.revealText()); });
        });
        editor = secret;
        break;
    }
    case FieldKind::Text:
    case FieldKind::File: {
        auto *line = new QLineEdit(value);
        line->setFont(Theme::font(FontStyle::Code));
        line->setPlaceholderText(field.placeholder);
        connect(line, &QLineEdit::textEdited, this, &ProfileForm::touch);
        editor = line;
        break;
    }
    }
    if (auto *secret = qobject_cast<SecretField *>(editor))
        secret->lineEdit()->setFixedWidth(fieldWidth); // "Visible, hides in 24 s" stands beside it
    else
        editor->setFixedWidth(fieldWidth);
    editor->setAccessibleName(field.label);
    editor->setAccessibleDescription(field.help);
    shown = editor;
    m_editors.insert(field.id, editor);
    m_fieldRows.insert(field.id, form->rowCount());
    form->addRow(fieldLabel(field.kind == FieldKind::Flag ? QString() : field.label), withRemark(shown, field.help));
}

void ProfileForm::showUses()
{
    if (!m_uses || m_isNew || !m_context.workspace)
        return;
    int uses = countProfileUses(*m_context.workspace, m_profile.name);
    if (m_countTabUses)
        uses += m_countTabUses(m_profile.name);
    m_uses->setText(uses == 0 ? tr("used by no request") : uses == 1 ? tr("used by 1 request") : tr("used by %1 requests").arg(uses));
}

void ProfileForm::showExpiry()
{
    if (!m_expiry)
        return;
    m_expiry->setText(m_profile.expiresAt ? u"· "_s + expiryText(*m_profile.expiresAt, m_context.clock->nowSeconds()) : QString());
    QPalette palette = m_expiry->palette();
    palette.setColor(QPalette::WindowText, Theme::instance().color(expiryToken(expiryOf(m_profile, *m_context.clock))));
    m_expiry->setPalette(palette);
}

void ProfileForm::showEvent(QShowEvent *event)
{
    showUses(); // the tabs have changed since
    QWidget::showEvent(event);
}

// OAuth 2.0 has forty fields; with one grant a dozen of them count.
void ProfileForm::showFieldsThatCount()
{
    const AuthScheme *scheme = findScheme(m_profile.schemeId);
    if (!scheme)
        return;
    FieldValues values;
    for (const auto &[id, value] : collected().fields.asKeyValueRange())
        values.setText(id, value);
    for (const SchemeField &field : scheme->fields())
        m_fieldForm->setRowVisible(m_fieldRows.value(field.id), field.counts(values));
}

void ProfileForm::addOrigins(QVBoxLayout *layout)
{
    layout->addWidget(makeHeading(tr("May be sent to"), tr("nowhere else, not even by a redirect")));
    auto *section = new Section({});
    for (const QString &origin : std::as_const(m_profile.origins)) {
        QHBoxLayout *row = section->addRow(32);
        const bool isSecure = origin.startsWith("https://"_L1);
        row->addWidget(makeIcon(isSecure ? u"lock"_s : u"lock-open"_s, isSecure ? Token::Good : Token::Warn));
        row->addWidget(makeText(origin, FontStyle::Code, Token::Fg), 1);
        auto *remove = new QToolButton;
        remove->setIcon(Theme::instance().icon(u"x"_s));
        remove->setAutoRaise(true);
        remove->setAccessibleName(tr("Remove origin %1").arg(origin));
        connect(remove, &QToolButton::clicked, this, [this, origin] {
            m_profile = collected();
            m_profile.origins.removeAll(origin);
            m_modified = true;
            QMetaObject::invokeMethod(this, [this] { rebuild(); }, Qt::QueuedConnection);
        });
        row->addWidget(remove);
    }
    QHBoxLayout *row = section->addRow(40);
    m_newOrigin = new QLineEdit;
    m_newOrigin->setFont(Theme::font(FontStyle::Code));
    m_newOrigin->setPlaceholderText(u"https://api.example.com"_s);
    m_newOrigin->setAccessibleName(tr("New origin"));
    auto *add = new QPushButton(tr("Add origin"));
    add->setProperty("compact", true);
    row->addWidget(m_newOrigin, 1);
    row->addWidget(add);
    const auto addOrigin = [this] {
        QString origin = m_newOrigin->text().trimmed();
        if (origin.isEmpty())
            return;
        // A pasted URL is taken for its origin.
        if (!origin.contains(u'*')) {
            if (const Result<Url> url = Url::parse(origin); url && origin.contains("://"_L1))
                origin = url->origin().toString();
        }
        if (const Result<void> valid = validateOriginPattern(origin); !valid) {
            showError(valid.error());
            return;
        }
        m_profile = collected();
        if (!m_profile.origins.contains(origin))
            m_profile.origins << origin;
        m_modified = true;
        QMetaObject::invokeMethod(this, [this] {
            rebuild();
            m_newOrigin->setFocus();
        }, Qt::QueuedConnection);
    };
    connect(add, &QPushButton::clicked, this, addOrigin);
    connect(m_newOrigin, &QLineEdit::returnPressed, this, addOrigin);
    layout->addWidget(section);
}

// Signatures and certificates can be sent beside what the scheme itself sends.
void ProfileForm::addTogether(QVBoxLayout *layout)
{
    QList<std::pair<QString, QString>> others; // id, what it is
    for (const CredentialProfile &known : m_context.profiles->profiles()) {
        const AuthScheme *scheme = findScheme(known.schemeId);
        if (known.id != m_profile.id && ((scheme && scheme->goesAlong()) || m_profile.together.contains(known.id)))
            others.append({known.id, tr("%1, %2").arg(known.name, scheme ? scheme->title() : known.schemeId)});
    }
    for (const QString &id : std::as_const(m_profile.together)) {
        if (!m_context.profiles->findById(id))
            others.append({id, tr("A profile that is not there any more")});
    }
    if (others.isEmpty())
        return;
    layout->addWidget(makeHeading(tr("Goes together with"), tr("signed over the finished request, or shown in the TLS handshake")));
    auto *section = new Section({});
    for (const auto &[id, text] : std::as_const(others)) {
        auto *box = new QCheckBox(text);
        box->setChecked(m_profile.together.contains(id));
        connect(box, &QCheckBox::toggled, this, [this, id](bool on) {
            m_profile.together.removeAll(id);
            if (on)
                m_profile.together << id;
            touch();
        });
        section->addRow(32)->addWidget(box, 1);
    }
    layout->addWidget(section);
}

void ProfileForm::addTest(QVBoxLayout *layout)
{
    if (m_isNew)
        return;
    layout->addWidget(makeHeading(tr("Test"), tr("one GET to a URL of your choice")));
    auto *section = new Section({});
    QHBoxLayout *row = section->addRow(40);
    m_testUrl = new QLineEdit;
    m_testUrl->setFont(Theme::font(FontStyle::Code));
    m_testUrl->setAccessibleName(tr("Test URL"));
    const QString origin = m_profile.origins.value(0);
    m_testUrl->setText(origin.contains(u'*') || origin.isEmpty() ? QString() : origin + u'/');
    m_testButton = new QPushButton(tr("Test"));
    m_testButton->setProperty("compact", true);
    m_testButton->setIcon(Theme::instance().icon(u"play"_s));
    m_testButton->setAccessibleName(tr("Test this profile"));
    row->addWidget(m_testUrl, 1);
    row->addWidget(m_testButton);
    connect(m_testButton, &QPushButton::clicked, this, &ProfileForm::runTest);
    connect(m_testUrl, &QLineEdit::returnPressed, this, &ProfileForm::runTest);
    layout->addWidget(section);
}

// Of OAuth 2.0: what the server gave, and how to give it back.
void ProfileForm::addTokens(QVBoxLayout *layout)
{
    m_revokeButton = nullptr;
    if (m_isNew || m_profile.schemeId != "oauth2"_L1)
        return;
    QStringList tokens;
    const std::shared_ptr<const AuthMemory> memory = m_context.runner->memoryOf(m_profile.id);
    if (memory && !keptTokens(*memory).access.isEmpty()) {
        const TokenStatus status = tokenStatus(*memory, m_context.clock->nowSeconds());
        tokens << (status.expiresAt ? tr("An access token, %1").arg(expiryText(*status.expiresAt, m_context.clock->nowSeconds())) : tr("An access token"));
    }
    if (m_profile.secretFields.contains(u"refresh-token"_s))
        tokens << tr("A refresh token, kept");
    layout->addWidget(makeHeading(tr("Tokens"), tr("that the server gave for this profile")));
    auto *section = new Section({});
    QHBoxLayout *row = section->addRow(40);
    row->addWidget(makeText(tokens.isEmpty() ? tr("None yet") : tokens.join(u" · "_s), FontStyle::Body, tokens.isEmpty() ? Token::Fg2 : Token::Fg), 1);
    m_revokeButton = new QPushButton(tr("Revoke"));
    m_revokeButton->setProperty("compact", true);
    m_revokeButton->setAccessibleName(tr("Revoke the tokens of this profile"));
    m_revokeButton->setToolTip(tr("Tells the server to take them no longer (RFC 7009), and forgets them here"));
    m_revokeButton->setEnabled(!tokens.isEmpty());
    connect(m_revokeButton, &QPushButton::clicked, this, &ProfileForm::revoke);
    row->addWidget(m_revokeButton);
    layout->addWidget(section);
}

void ProfileForm::revoke()
{
    if (m_modified) {
        showMessage(tr("Save the profile first, or discard the changes."), false);
        return;
    }
    m_revokeButton->setEnabled(false);
    resolveCredential(m_profile, [this](const QString &id) { return m_context.profiles->findById(id); }, m_context.stores(), this,
                      [this, id = m_profile.id](const Result<RunCredential> &credential) {
        if (id != m_profile.id)
            return; // another one is shown meanwhile
        if (!credential) {
            m_revokeButton->setEnabled(true);
            showError(credential.error());
            return;
        }
        m_revocation = std::make_unique<TokenRevocation>(*m_context.runner, *credential, *m_context.clock, *m_context.random);
        connect(m_revocation.get(), &TokenRevocation::finished, this, [this, id](const std::optional<Error> &error) {
            m_revocation.release()->deleteLater(); // it is the sender of the signal at hand
            if (!error) {
                revoked(id);
            } else if (id == m_profile.id) {
                m_revokeButton->setEnabled(true);
                showError(*error);
            }
        });
        m_revocation->start(m_context.proxyEnvironment);
    });
}

// The server has let go of them: the stored one goes as well.
void ProfileForm::revoked(const QString &profileId)
{
    const QString field = u"refresh-token"_s;
    const CredentialProfile *profile = m_context.profiles->findById(profileId);
    if (!profile)
        return;
    const auto done = [this, profileId](const QString &trouble) {
        if (profileId != m_profile.id)
            return;
        if (const CredentialProfile *now = m_context.profiles->findById(profileId))
            m_profile = *now;
        rebuild();
        showMessage(trouble.isEmpty() ? tr("Revoked: the server takes these tokens no longer.") : trouble, trouble.isEmpty());
    };
    if (!profile->secretFields.contains(field)) {
        done({});
        return;
    }
    m_context.stores().at(profile->place)->remove(profile->secretKey(field), this, [this, copy = *profile, field, done](const Result<void> &removed) mutable {
        copy.secretFields.removeAll(field);
        Result<void> put = removed;
        if (put)
            put = m_context.profiles->put(copy);
        if (put)
            put = m_context.profiles->save();
        done(put ? QString() : put.error().message);
    });
}

void ProfileForm::runTest()
{
    if (m_modified) {
        showMessage(tr("Save the profile first: the test uses what is stored."), false);
        return;
    }
    m_testButton->setEnabled(false);
    resolveCredential(m_profile, [this](const QString &id) { return m_context.profiles->findById(id); }, m_context.stores(), this,
                      [this](const Result<RunCredential> &credential) {
        if (!credential) {
            m_testButton->setEnabled(true);
            showError(credential.error());
            return;
        }
        RunJob job;
        job.spec.url = m_testUrl->text();
        job.credential = *credential;
        const DiagnosisContext diagnosis = contextOf(job, m_context.clock->nowMs());
        InvestigationOptions options;
        options.probes = false;
        auto investigation = std::make_unique<Investigation>(*m_context.runner, job, diagnosis, options);
        Investigation *running = investigation.get();
        m_test = std::move(investigation);
        connect(running, &Investigation::finished, this, [this, running] {
            m_testButton->setEnabled(true);
            if (running->trace().error) {
                showError(*running->trace().error);
                return;
            }
            const Diagnosis &result = running->diagnosis();
            const bool isGood = result.outcome.kind == OutcomeKind::Accepted;
            const QString status = result.outcome.status > 0 ? QString::number(result.outcome.status) : tr("no answer");
            showMessage(u"GET %1: %2"_s.arg(status, result.summary), isGood);
        });
        running->start();
    });
}

CredentialProfile ProfileForm::collected() const
{
    CredentialProfile profile = m_profile;
    profile.name = m_name->text().trimmed();
    profile.schemeId = m_scheme->currentData().toString();
    if (const int place = m_place->currentData().toInt(); place != elsewhere)
        profile.place = SecretPlace(place);
    for (auto it = m_editors.cbegin(); it != m_editors.cend(); ++it) {
        if (const auto *combo = qobject_cast<const QComboBox *>(it.value()))
            profile.fields.insert(it.key(), combo->currentData().toString());
        else if (const auto *box = qobject_cast<const QCheckBox *>(it.value()))
            profile.fields.insert(it.key(), box->isChecked() ? u"true"_s : u"false"_s);
        else if (const auto *text = qobject_cast<const QPlainTextEdit *>(it.value()))
            profile.fields.insert(it.key(), text->toPlainText());
        else if (const auto *line = qobject_cast<const QLineEdit *>(it.value()))
            profile.fields.insert(it.key(), line->text());
    }
    // A secret never stands among the plain fields, also when the scheme was changed to one that has it as a secret.
    if (const AuthScheme *scheme = findScheme(profile.schemeId)) {
        for (const SchemeField &field : scheme->fields()) {
            if (field.kind == FieldKind::Secret)
                profile.fields.remove(field.id);
        }
    }
    return profile;
}

void ProfileForm::changePlace()
{
    const bool isElsewhere = m_place->currentData().toInt() == elsewhere;
    touch();
    showPlaceRemark();
    if (isElsewhere == m_isElsewhere)
        return;
    // The secret fields are of another kind then; what was typed into the others is taken along.
    m_profile = collected();
    m_isElsewhere = isElsewhere;
    m_typedSecrets.clear();
    m_modified = true;
    QMetaObject::invokeMethod(this, [this] { rebuild(); }, Qt::QueuedConnection);
}

// Came with a repository, or was changed by another program: nothing of it is used before somebody looked at it.
void ProfileForm::addApproval(QVBoxLayout *layout)
{
    if (m_profile.approved || m_isNew || !m_profile.hasSecrets())
        return;
    auto *row = new QHBoxLayout;
    row->setContentsMargins(0, 8, 0, 4);
    row->setSpacing(8);
    row->addWidget(makeIcon(u"shield-alert"_s, Token::Warn, 16), 0, Qt::AlignTop);
    row->addWidget(new ProseLabel(tr("This profile comes from elsewhere, or another program changed it. It is not used until you approve it: look at the scheme, "
                                     "at where its secrets come from, and at the origins they may be sent to."), FontStyle::Body, Token::Fg), 1);
    auto *button = new QPushButton(tr("Approve"));
    button->setAccessibleName(tr("Approve this profile"));
    connect(button, &QPushButton::clicked, this, &ProfileForm::approve);
    row->addWidget(button, 0, Qt::AlignTop);
    layout->addLayout(row);
}

void ProfileForm::approve()
{
    const CredentialProfile *stored = m_context.profiles->findById(m_profile.id);
    if (!stored)
        return;
    m_profile.approved = true;
    m_context.profiles->approve(m_profile.id);
    const Result<void> saved = m_context.profiles->save();
    rebuild();
    if (saved)
        showMessage(tr("Approved as it stands here. Another change from outside has to be approved again."), true);
    else
        showError(saved.error());
}

void ProfileForm::save()
{
    if (!m_newOrigin->text().trimmed().isEmpty()) {
        showMessage(tr("Press Add origin first, or clear that field."), false);
        return;
    }
    CredentialProfile profile = collected();
    profile.temporary = false; // what is saved by hand is kept
    // What another scheme, which was chosen before, has for itself stays behind.
    const CredentialProfile *before = m_context.profiles->findById(profile.id);
    if (const AuthScheme *scheme = findScheme(profile.schemeId); scheme && (!before || before->schemeId != profile.schemeId)) {
        const QList<SchemeField> fields = scheme->fields();
        profile.fields.removeIf([&](const QMap<QString, QString>::iterator &field) {
            return std::ranges::none_of(fields, [&](const SchemeField &own) { return own.id == field.key(); });
        });
    }
    const CredentialProfile *other = m_context.profiles->findByName(profile.name);
    if (profile.name.isEmpty() || (other && other->id != profile.id)) {
        showMessage(profile.name.isEmpty() ? tr("Give the profile a name.")
                                           : tr("There is another profile called %1: choose another name.").arg(profile.name), false);
        m_name->setFocus();
        return;
    }
    profile.references.clear();
    for (const auto &[id, text] : m_referenceTexts.asKeyValueRange()) {
        if (!m_isElsewhere || text.trimmed().isEmpty() || !m_editors.contains(id))
            continue;
        const Result<SecretReference> reference = SecretReference::parse(text.trimmed());
        if (!reference) {
            showError(reference.error());
            focusField(id);
            return;
        }
        profile.references.insert(id, *reference);
    }
    // Copies in a store of what is fetched from elsewhere now.
    CredentialProfile dropped = m_profile;
    dropped.secretFields.removeIf([&profile](const QString &id) { return !profile.references.contains(id); });
    for (const QString &id : std::as_const(dropped.secretFields))
        profile.secretFields.removeAll(id);
    profile.approved = true; // all of it was in sight
    m_save->setEnabled(false);
    const auto finish = [this, dropped](const Result<CredentialProfile> &stored, const CredentialProfile &left) {
        if (!stored) {
            m_save->setEnabled(true);
            showError(stored.error());
            return;
        }
        Result<void> put = m_context.profiles->put(*stored);
        if (put)
            put = m_context.profiles->save();
        if (!put) {
            m_save->setEnabled(true);
            showError(put.error());
            return;
        }
        m_context.runner->forget(stored->id);
        CredentialProfile unwanted = left.secretFields.isEmpty() ? dropped : left;
        if (!unwanted.secretFields.isEmpty()) {
            removeProfileSecrets(unwanted, m_context.stores(), this, [this, id = stored->id](const Result<void> &removed) {
                if (!removed && id == m_profile.id)
                    showMessage(tr("Saved, but a copy of the secrets is still in the old place: %1").arg(errorSentence(removed.error())), false);
            });
        }
        const QString oldName = m_isNew ? stored->name : m_profile.name;
        m_profile = *stored;
        m_referenceTexts.clear();
        for (const auto &[field, reference] : stored->references.asKeyValueRange())
            m_referenceTexts.insert(field, reference.toString());
        m_isElsewhere = !stored->references.isEmpty();
        m_isNew = false;
        m_modified = false;
        m_typedSecrets.clear();
        m_drafts.remove(stored->id);
        if (oldName != stored->name)
            Q_EMIT renamed(oldName, stored->name);
        rebuild();
        showMessage(tr("Saved; no secret is in profiles.json."), true);
        Q_EMIT saved(stored->id);
    };
    // What was in another place is copied here first. It is removed there once the profile is saved: at each moment the saved
    // profile points to secrets that are there.
    CredentialProfile left = m_profile;
    if (m_isNew || m_profile.place == profile.place)
        left.secretFields.clear();
    CredentialProfile copied = left;
    copied.secretFields.removeIf([&](const QString &id) { return m_typedSecrets.contains(id) || profile.references.contains(id); });
    const auto store = [this, profile, typed = m_typedSecrets, left, finish](const Result<CredentialProfile> &copy) {
        if (!copy) {
            m_save->setEnabled(true);
            showError(copy.error());
            return;
        }
        storeProfileSecrets(profile, typed, m_context.stores(), this, [left, finish](const Result<CredentialProfile> &stored) { finish(stored, left); });
    };
    copyProfileSecrets(copied, profile.place, m_context.stores(), this, store);
}

void ProfileForm::showError(const Error &error)
{
    showMessage(errorSentence(error), false);
}

void ProfileForm::showMessage(const QString &text, bool good)
{
    QPalette palette = m_message->palette();
    palette.setColor(QPalette::WindowText, Theme::instance().color(good ? Token::Good : Token::Bad));
    m_message->setPalette(palette);
    m_message->setText(text);
    m_message->show();
    QAccessibleEvent event(m_message, QAccessible::Alert);
    QAccessible::updateAccessibility(&event);
}

} // namespace realmscope
