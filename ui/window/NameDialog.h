// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/base/Result.h"

#include <QtWidgets/QDialog>

#include <functional>

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;

namespace realmscope {

struct WorkspaceEntry;

// Asks for a request's name and, for a new file, its folder. What is wrong is said under the field, and the dialog
// stays. Open it with open().
class NameDialog : public QDialog
{
    Q_OBJECT
public:
    // accept: does the work with (name, folder); an error keeps the dialog open.
    using Accept = std::function<Result<void>(const QString &name, const QString &folder)>;
    NameDialog(const QString &title, const QString &button, const QString &name, Accept accept,
               QWidget *parent = nullptr);
    void offerFolders(const WorkspaceEntry &root, const QString &chosen);
    void warn(const QString &text); // shown over the buttons

    void accept() override;

private:
    QLineEdit *m_name = nullptr;
    QComboBox *m_folder = nullptr;
    QLabel *m_folderLabel = nullptr;
    QLabel *m_error = nullptr;
    QLabel *m_warning = nullptr;
    QPushButton *m_ok = nullptr;
    Accept m_accept;
};

} // namespace realmscope
