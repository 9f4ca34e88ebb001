// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/session/AppContext.h"

#include <QtWidgets/QDialog>

class QComboBox;
class QLabel;

namespace realmscope {

class PairModel;
class PairTable;

// What the requests of a folder inherit: profile, headers, variables. Open it with open(); what is wrong is said in it, and
// it stays.
class FolderDialog : public QDialog
{
    Q_OBJECT
public:
    // folder: by its path in the workspace; "" is the root. `environment` is the one that its variables are looked at in.
    FolderDialog(AppContext &context, QString folder, const QString &environment, QWidget *parent = nullptr);

    void accept() override;

private:
    void fillProfiles();
    void refreshVariables();
    [[nodiscard]] FolderSettings settings() const;
    void warn(const QString &text);

    AppContext &m_context;
    QString m_folder;
    QString m_environment;
    FolderSettings m_before;
    QComboBox *m_profile = nullptr;
    PairModel *m_headers = nullptr;
    PairTable *m_headersTable = nullptr;
    PairModel *m_variables = nullptr;
    PairTable *m_variablesTable = nullptr;
    QLabel *m_problem = nullptr;
};

} // namespace realmscope
