// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/practice/PracticePage.h"

namespace realmscope {

PracticePage::PracticePage(AppContext &context, QWidget *parent) : QWidget(parent), m_context(context) {}
void PracticePage::openRoom(const QString &) {}

} // namespace realmscope
