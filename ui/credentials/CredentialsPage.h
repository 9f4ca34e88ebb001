// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/session/AppContext.h"

#include <QtWidgets/QWidget>

#include <optional>

class QLabel;
class QLineEdit;
class QListView;
class QPushButton;
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
    void save(); // what the form shows
    void takeFocus(); // where the keyboard begins when this place is shown; a focus proxy would put Tab out of order

private:
    void showCurrent();
    void profilesChanged();
    void purgeRemoved(); // the secrets of a deleted profile go when it can't be brought back
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
    QPushButton *m_create = nullptr;
    std::optional<CredentialProfile> m_removed; // while it can be brought back
};

} // namespace realmscope
