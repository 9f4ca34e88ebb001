// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/session/RequestSession.h"

#include <QtWidgets/QWidget>

namespace realmscope {

// The nine-step checklist beside the request.
class TroubleshooterPanel : public QWidget
{
    Q_OBJECT
public:
    explicit TroubleshooterPanel(QWidget *parent = nullptr);
    void setSession(RequestSession *session); // not owned; null: empty

Q_SIGNALS:
    void closeRequested();

private:
    RequestSession *m_session = nullptr;
};

} // namespace realmscope
