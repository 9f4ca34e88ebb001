// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/troubleshooter/TroubleshooterPanel.h"

namespace realmscope {

TroubleshooterPanel::TroubleshooterPanel(QWidget *parent) : QWidget(parent) {}
void TroubleshooterPanel::setSession(RequestSession *session) { m_session = session; }

} // namespace realmscope
