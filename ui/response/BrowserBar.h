// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QtWidgets/QWidget>

class QLabel;
class QLineEdit;
class QPushButton;

namespace realmscope {

class RequestSession;

// Shown while a run waits for what the user does in a browser (OAuth 2.0): where to go, the code to type there, and a field
// for the URL that the browser was sent to, where this program cannot hear of it itself.
class BrowserBar : public QWidget
{
    Q_OBJECT
public:
    explicit BrowserBar(RequestSession &session, QWidget *parent = nullptr);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void refresh();

    RequestSession &m_session;
    QLabel *m_text = nullptr;
    QLabel *m_code = nullptr;
    QLineEdit *m_url = nullptr;
    QPushButton *m_goOn = nullptr;
    QPushButton *m_copyCode = nullptr;
    QPushButton *m_copyUrl = nullptr;
    QPushButton *m_open = nullptr;
};

} // namespace realmscope
