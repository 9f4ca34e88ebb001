// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/session/RequestSession.h"

#include <QtWidgets/QWidget>

namespace realmscope {

// One request tab: URL row, request editor, trace strip, refusal banner, response.
class RequestTab : public QWidget
{
    Q_OBJECT
public:
    explicit RequestTab(AppContext &context, QWidget *parent = nullptr);
    [[nodiscard]] RequestSession *session() const { return m_session; }
    void focusUrl();     // Ctrl+L
    void focusProfile(); // Ctrl+E

Q_SIGNALS:
    void troubleshootRequested();
    void titleChanged(); // name, method or modified state
    void editProfileRequested(const QString &profileName, const QString &fieldId);
    void newProfileRequested();

private:
    RequestSession *m_session = nullptr;
};

} // namespace realmscope
