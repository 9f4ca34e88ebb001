// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/session/RequestSession.h"

#include <QtCore/QTimer>
#include <QtWidgets/QWidget>

class QComboBox;
class QLabel;
class QPushButton;

namespace realmscope {

class HintButton;
class MenuChip;
class UrlEdit;

// Method, URL, profile, environment, Send; the resolved URL or what is wrong with it below.
class UrlRow : public QWidget
{
    Q_OBJECT
public:
    explicit UrlRow(RequestSession &session, QWidget *parent = nullptr);
    void focusUrl();
    void focusProfile();
    [[nodiscard]] UrlEdit *urlEdit() const { return m_url; }
    void showUse(const UnresolvedUse &use); // in the method or the URL

Q_SIGNALS:
    void editProfileRequested(const QString &profileName, const QString &fieldId);
    void newProfileRequested();

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void refresh();
    void refreshResolved();
    void refreshSend();
    void fillProfileMenu();
    void fillEnvironmentMenu();
    void setMethod(const QString &method);
    void takeCurl(const QString &text);
    void submit();

    RequestSession &m_session;
    QWidget *m_field = nullptr;
    QComboBox *m_method = nullptr;
    UrlEdit *m_url = nullptr;
    MenuChip *m_profile = nullptr;
    MenuChip *m_environment = nullptr;
    HintButton *m_send = nullptr;
    QLabel *m_arrow = nullptr;
    QLabel *m_resolved = nullptr;
    QTimer m_expiryTimer; // until the profile's token ends
    bool m_isInvalid = false;
    QString m_notice;        // what a pasted command did, until the next edit
    QString m_curlProblem;   // why a pasted command could not be read
    qsizetype m_editedLength = 0;
};

} // namespace realmscope
