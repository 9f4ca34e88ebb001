// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/request/RequestTab.h"

namespace realmscope {

RequestTab::RequestTab(AppContext &context, QWidget *parent)
    : QWidget(parent), m_session(new RequestSession(context, this))
{}
void RequestTab::focusUrl() {}
void RequestTab::focusProfile() {}

} // namespace realmscope
