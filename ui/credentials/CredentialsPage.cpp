// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/credentials/CredentialsPage.h"

namespace realmscope {

CredentialsPage::CredentialsPage(AppContext &context, QWidget *parent) : QWidget(parent), m_context(context) {}
void CredentialsPage::editProfile(const QString &, const QString &) {}
void CredentialsPage::createProfile(const QString &) {}

} // namespace realmscope
