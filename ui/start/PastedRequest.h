// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/interop/CurlCommand.h"
#include "ui/session/AppContext.h"

namespace realmscope {

// What somebody pasted, as a curl command: a URL, or a curl command line. A credential that was written as an
// Authorization header (Basic, Bearer) is lifted out of it like that of -u, so that it can move to the keychain before
// anything is saved. Errors: InvalidInput, Parse.
[[nodiscard]] Result<CurlCommand> readPasted(const QString &text);

// Takes a Basic or Bearer Authorization header of the request as the command's scheme and values. False when there is
// none, when the header is switched off, holds variables or does not decode, or a scheme was chosen already: the header
// then stays as written, for it may be the very mistake that is being looked for.
bool liftCredential(CurlCommand &command);

// What a saved file would tell that should be a secret: "the Authorization header", "the URL". Variables are none.
[[nodiscard]] QStringList plainSecrets(const RequestSpec &spec);

// A free name for the credential: the user's name or the host.
[[nodiscard]] QString profileNameFor(const CurlCommand &command, const ProfileStore &profiles);

// Stores the credential (keychain; memory when there is none) and gives the request that names the profile.
// remark: what was done, for the user, in one sentence; empty when there was no credential.
void importPasted(AppContext &context, const CurlCommand &command, QObject *receiver,
                  std::function<void(const Result<RequestSpec> &, const QString &remark)> callback);

} // namespace realmscope
