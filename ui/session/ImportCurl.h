// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/interop/CurlCommand.h"
#include "ui/session/AppContext.h"

#include <functional>

namespace realmscope {

struct ImportedProfile
{
    QString name;
    SecretPlace place = SecretPlace::Keychain;
    bool temporary = false;
};

// Turns a parsed curl command into a request that the window can open: the credential of -u, --oauth2-bearer … becomes
// a profile called `profile.name` (replaced when there is one), bound to the URL's origin, its secrets stored at
// `profile.place`; a temporary one ends with this run. The request then names the profile. The proxy's credential likewise, as "proxy HOST". Errors: those of the secret store and of ProfileStore.
void importCurl(AppContext &context, const CurlCommand &command, const ImportedProfile &profile,
                QObject *receiver, std::function<void(const Result<RequestSpec> &)> callback);

} // namespace realmscope
