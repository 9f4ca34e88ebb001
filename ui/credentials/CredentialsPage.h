// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/session/AppContext.h"

#include <QtCore/QTimer>
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
    ~CredentialsPage() override;
    void editProfile(const QString &name, const QString &fieldId = {}); // selects it, focuses the field
    void createProfile(const QString &origin = {});
    void setTabUses(std::function<int(const QString &profile)> count); // as ProfileForm's
    void save(); // what the form shows
    // Takes the secrets of a deleted profile out of their store: it can't be brought back any more. The program does not
    // end before that is done.
    void purgeRemoved();
    void takeFocus(); // where the keyboard begins when this place is shown; a focus proxy would put Tab out of order

Q_SIGNALS:
    void profileRenamed(const QString &from, const QString &to);

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;

private:
    void tick(); // time has passed
    void showCurrent();
    void profilesChanged();
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
    QTimer m_clockTimer; // while it is shown
    std::optional<CredentialProfile> m_removed; // while it can be brought back
};

} // namespace realmscope
