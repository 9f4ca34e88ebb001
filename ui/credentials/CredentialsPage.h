// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/session/AppContext.h"

#include <QtWidgets/QWidget>

class QLabel;
class QLineEdit;
class QListView;
class QScrollArea;
class QSortFilterProxyModel;
class QStackedWidget;

namespace realmscope {

class ProfileForm;
class ProfileModel;

// Credential profiles: list and form drawn from the scheme's fields.
class CredentialsPage : public QWidget
{
    Q_OBJECT
public:
    explicit CredentialsPage(AppContext &context, QWidget *parent = nullptr);
    void editProfile(const QString &name, const QString &fieldId = {}); // selects it, focuses the field
    void createProfile(const QString &origin = {});

private:
    void showCurrent();
    void removeProfile(const QString &id);
    void duplicateProfile(const QString &id);
    void updateCount();

    AppContext &m_context;
    ProfileModel *m_model = nullptr;
    QSortFilterProxyModel *m_proxy = nullptr;
    QLineEdit *m_filter = nullptr;
    QListView *m_list = nullptr;
    QLabel *m_count = nullptr;
    QStackedWidget *m_stack = nullptr;
    QScrollArea *m_scroll = nullptr;
    ProfileForm *m_form = nullptr;
    QWidget *m_undo = nullptr;
};

} // namespace realmscope
