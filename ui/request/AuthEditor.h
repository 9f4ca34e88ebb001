// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/session/RequestSession.h"

#include <QtWidgets/QScrollArea>

class QComboBox;
class QLabel;
class QPushButton;

namespace realmscope {

// What the chosen profile will send, and whether it may go to this URL's origin.
class AuthEditor : public QScrollArea
{
    Q_OBJECT
public:
    explicit AuthEditor(RequestSession &session, QWidget *parent = nullptr);

Q_SIGNALS:
    void editProfileRequested(const QString &profileName, const QString &fieldId);
    void newProfileRequested();

private:
    void refresh();

    RequestSession &m_session;
    QComboBox *m_profile = nullptr;
    QLabel *m_scheme = nullptr;
    QLabel *m_summary = nullptr;
    QLabel *m_secret = nullptr;
    QLabel *m_origins = nullptr;
    QLabel *m_verdict = nullptr;
    QPushButton *m_allow = nullptr;
    QPushButton *m_edit = nullptr;
};

} // namespace realmscope
