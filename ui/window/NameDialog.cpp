// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/window/NameDialog.h"

#include "app/workspace/Workspace.h"
#include "ui/theme/Theme.h"
#include "ui/troubleshooter/Section.h"
#include "ui/widgets/Buttons.h"
#include "ui/widgets/Sentence.h"

#include <QtWidgets/QComboBox>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QVBoxLayout>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

void addFolders(QComboBox &box, const WorkspaceEntry &folder)
{
    for (const WorkspaceEntry &child : folder.children) {
        if (!child.isFolder)
            continue;
        box.addItem(child.path, child.path);
        addFolders(box, child);
    }
}

} // namespace

NameDialog::NameDialog(const QString &title, const QString &button, const QString &name, Accept accept, QWidget *parent)
    : QDialog(parent), m_name(new QLineEdit(name, this)), m_folder(new QComboBox(this)), m_accept(std::move(accept))
{
    setWindowTitle(title);
    setAttribute(Qt::WA_DeleteOnClose);
    setMinimumWidth(420);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(24, 20, 24, 20);
    layout->setSpacing(6);
    layout->addWidget(makeText(title, FontStyle::Title, Token::Fg));
    layout->addSpacing(6);
    QLabel *nameLabel = makeText(tr("Name"), FontStyle::Body, Token::Fg2);
    nameLabel->setBuddy(m_name);
    layout->addWidget(nameLabel);
    m_name->setAccessibleName(tr("Name"));
    m_name->selectAll();
    layout->addWidget(m_name);
    m_error = makeText({}, FontStyle::Small, Token::Bad);
    m_error->setWordWrap(true);
    m_error->hide();
    layout->addWidget(m_error);
    layout->addSpacing(4);
    m_folderLabel = makeText(tr("Folder"), FontStyle::Body, Token::Fg2);
    m_folder->setAccessibleName(tr("Folder"));
    layout->addWidget(m_folderLabel);
    layout->addWidget(m_folder);
    m_folderLabel->hide();
    m_folder->hide();
    m_warning = makeText({}, FontStyle::Small, Token::Warn);
    m_warning->setWordWrap(true);
    m_warning->hide();
    layout->addWidget(m_warning);
    layout->addSpacing(10);
    auto *buttons = new QHBoxLayout;
    QPushButton *cancel = makeButton(tr("Cancel"), "secondary", {}, this);
    m_ok = makeButton(button, "primary", {}, this);
    m_ok->setDefault(true);
    buttons->addStretch();
    buttons->addWidget(cancel);
    buttons->addWidget(m_ok);
    layout->addLayout(buttons);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_ok, &QPushButton::clicked, this, &NameDialog::accept);
    connect(m_name, &QLineEdit::textChanged, this, [this] {
        m_error->hide();
        m_name->setProperty("tone", QString());
    });
}

void NameDialog::offerFolders(const WorkspaceEntry &root, const QString &chosen)
{
    m_folder->addItem(tr("Top of the workspace"), QString());
    addFolders(*m_folder, root);
    m_folder->setCurrentIndex(qMax(0, m_folder->findData(chosen)));
    m_folderLabel->setVisible(m_folder->count() > 1);
    m_folder->setVisible(m_folder->count() > 1);
}

void NameDialog::warn(const QString &text)
{
    m_warning->setText(text);
    m_warning->setVisible(!text.isEmpty());
}

void NameDialog::accept()
{
    const QString name = m_name->text().trimmed();
    Result<void> done = name.isEmpty()
        ? Result<void>(Error{ErrorCode::InvalidInput, tr("a request needs a name"), {}, tr("Write what it does.")})
        : m_accept(name, m_folder->currentData().toString());
    if (done) {
        QDialog::accept();
        return;
    }
    m_error->setText(errorSentence(done.error()));
    m_error->show();
    m_name->setProperty("tone", u"bad"_s);
    m_name->setFocus(Qt::OtherFocusReason);
}

} // namespace realmscope
