// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/credentials/CredentialProfile.h"

#include <QtWidgets/QDialog>

namespace realmscope {

// Asks whether a profile may be used for an origin that it does not name, and shows where that one differs from those it does.
// Deleted when closed; accepted() means yes. Where the name looks made to be taken for another, Cancel is what Return does.
class OriginQuestion final : public QDialog
{
    Q_OBJECT
public:
    // isSending: the request goes out after a yes.
    OriginQuestion(const CredentialProfile &profile, const Origin &origin, bool isSending, QWidget *parent);
};

} // namespace realmscope
