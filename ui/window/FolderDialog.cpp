// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/window/FolderDialog.h"

#include "app/auth/SchemeRegistry.h"
#include "ui/request/PairModel.h"
#include "ui/request/PairTable.h"
#include "ui/theme/Theme.h"
#include "ui/troubleshooter/Section.h"
#include "ui/widgets/Buttons.h"
#include "ui/widgets/Sentence.h"

#include <QtWidgets/QComboBox>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QVBoxLayout>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr int folderDialogWidth = 640;

QWidget *framed(PairTable *table)
{
    auto *frame = new QFrame;
    frame->setFrameShape(QFrame::StyledPanel);
    auto *layout = new QVBoxLayout(frame);
    layout->setContentsMargins(1, 1, 1, 1);
    layout->addWidget(table);
    return frame;
}

} // namespace

FolderDialog::FolderDialog(AppContext &context, QString folder, const QString &environment, QWidget *parent)
    : QDialog(parent), m_context(context), m_folder(std::move(folder)), m_environment(environment), m_profile(new QComboBox(this)),
      m_headers(new PairModel(tr("Add header"), true, this)), m_headersTable(new PairTable),
      m_variables(new PairModel(tr("Add variable"), false, this)), m_variablesTable(new PairTable)
{
    const QString title = m_folder.isEmpty() ? tr("Settings of the workspace") : tr("Settings of the folder %1").arg(m_folder);
    setWindowTitle(title);
    setAttribute(Qt::WA_DeleteOnClose);
    setMinimumWidth(folderDialogWidth);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(24, 20, 24, 20);
    layout->setSpacing(6);
    layout->addWidget(makeText(title, FontStyle::Title, Token::Fg));
    QLabel *words = makeText(tr("Every request below inherits these. What a request or an inner folder says itself comes first."), FontStyle::Small, Token::Fg2);
    words->setWordWrap(true);
    layout->addWidget(words);
    layout->addSpacing(6);
    const auto label = [&](const QString &text, QWidget *buddy) {
        QLabel *made = makeText(text, FontStyle::BodyMedium, Token::Fg);
        made->setBuddy(buddy);
        layout->addWidget(made);
    };
    label(tr("Credential profile"), m_profile);
    m_profile->setAccessibleName(tr("Credential profile"));
    layout->addWidget(m_profile);
    layout->addSpacing(6);
    for (const auto &[table, model, name] : {std::tuple{m_headersTable, m_headers, tr("Headers")}, std::tuple{m_variablesTable, m_variables, tr("Variables")}}) {
        label(name, table);
        table->setModel(model);
        table->setAccessibleName(name);
        table->setMinimumHeight(132);
        layout->addWidget(framed(table), 1);
        layout->addSpacing(6);
        connect(table, &PairTable::removeRequested, model, &PairModel::removePair);
    }
    m_problem = makeText({}, FontStyle::Small, Token::Bad);
    m_problem->setWordWrap(true);
    m_problem->hide();
    layout->addWidget(m_problem);
    auto *buttons = new QHBoxLayout;
    QPushButton *cancel = makeButton(tr("Cancel"), "secondary", {}, this);
    QPushButton *save = makeButton(tr("Save"), "primary", {}, this);
    cancel->setAutoDefault(false);
    save->setAutoDefault(false); // Return goes on in the tables
    buttons->addStretch();
    buttons->addWidget(cancel);
    buttons->addWidget(save);
    layout->addLayout(buttons);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(save, &QPushButton::clicked, this, &FolderDialog::accept);

    const Result<FolderSettings> read = m_context.workspace->folderSettings(m_folder);
    if (read)
        m_before = *read;
    else
        warn(errorSentence(read.error()));
    fillProfiles();
    QList<Pair> pairs;
    for (const SpecHeader &header : m_before.headers)
        pairs.append({header.name, header.value, header.enabled});
    m_headers->setPairs(pairs);
    pairs.clear();
    for (auto it = m_before.variables.cbegin(); it != m_before.variables.cend(); ++it)
        pairs.append({it.key(), it.value(), true});
    m_variables->setPairs(pairs);
    connect(m_variables, &PairModel::edited, this, &FolderDialog::refreshVariables);
    connect(m_headers, &PairModel::edited, this, [this] { m_problem->hide(); });
    refreshVariables();
    m_profile->setFocus();
}

void FolderDialog::fillProfiles()
{
    m_profile->addItem(m_folder.isEmpty() ? tr("None for all") : tr("As the folder above says"), QString());
    if (!m_folder.isEmpty())
        m_profile->addItem(tr("No credential"), noProfile);
    for (const CredentialProfile &profile : m_context.profiles->profiles()) {
        const AuthScheme *scheme = findScheme(profile.schemeId);
        m_profile->addItem(scheme ? profile.name + u" · "_s + scheme->title() : profile.name, profile.name);
    }
    if (!m_before.profileName.isEmpty() && m_profile->findData(m_before.profileName) < 0)
        m_profile->addItem(tr("%1 (does not exist)").arg(m_before.profileName), m_before.profileName);
    m_profile->setCurrentIndex(qMax(0, m_profile->findData(m_before.profileName)));
}

// What stands in the tables is looked at with the folders above and the environment, as a request below would.
void FolderDialog::refreshVariables()
{
    m_problem->hide();
    Variables variables = m_context.workspace->environments().variables(m_environment);
    if (const Result<QList<FolderLevel>> levels = m_context.workspace->levelsOf(m_folder))
        addVariables(variables, *levels);
    addVariables(variables, {{m_folder, settings()}});
    variables.setResponses(m_context.responses);
    for (PairModel *model : {m_headers, m_variables})
        model->setVariables(variables);
    for (PairTable *table : {m_headersTable, m_variablesTable})
        table->setVariables(variables);
}

FolderSettings FolderDialog::settings() const
{
    FolderSettings settings;
    settings.profileName = m_profile->currentData().toString();
    for (const Pair &pair : m_headers->pairs()) {
        if (!pair.name.isEmpty() || !pair.value.isEmpty())
            settings.headers.append({pair.name, pair.value, pair.enabled});
    }
    for (const Pair &pair : m_variables->pairs()) {
        if (!pair.name.isEmpty())
            settings.variables.insert(pair.name.trimmed(), pair.value);
    }
    return settings;
}

void FolderDialog::warn(const QString &text)
{
    m_problem->setText(text);
    m_problem->show();
}

void FolderDialog::accept()
{
    QSet<QString> names;
    for (const Pair &pair : m_variables->pairs()) {
        const QString name = pair.name.trimmed();
        if (name.isEmpty() && !pair.value.isEmpty()) {
            warn(tr("A variable needs a name."));
            return;
        }
        if (!name.isEmpty() && names.contains(name)) {
            warn(tr("There are two variables called %1.").arg(name));
            return;
        }
        names.insert(name);
    }
    for (const Pair &pair : m_headers->pairs()) {
        if (pair.name.trimmed().isEmpty() && !pair.value.isEmpty()) {
            warn(tr("A header needs a name."));
            return;
        }
    }
    // What another program wrote meanwhile is not lost unseen.
    const Result<FolderSettings> now = m_context.workspace->folderSettings(m_folder);
    if (!now) {
        warn(errorSentence(now.error()));
        return;
    }
    if (*now != m_before) {
        m_before = *now;
        warn(tr("The file was changed outside meanwhile. Save again to write what stands here over it."));
        return;
    }
    if (const Result<void> saved = m_context.workspace->saveFolderSettings(m_folder, settings()); !saved) {
        warn(errorSentence(saved.error()));
        return;
    }
    QDialog::accept();
}

} // namespace realmscope
