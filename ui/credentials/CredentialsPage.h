// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/session/AppContext.h"

#include <QtWidgets/QWidget>

namespace realmscope {

// Credential profiles: list and form drawn from the scheme's fields.
class CredentialsPage : public QWidget
{
    Q_OBJECT
public:
    explicit CredentialsPage(AppContext &context, QWidget *parent = nullptr);
    void editProfile(const QString &name, const QString &fieldId = {}); // selects it, focuses the field
    void createProfile(const QString &origin = {});

private:
    AppContext &m_context;
};

} // namespace realmscope
