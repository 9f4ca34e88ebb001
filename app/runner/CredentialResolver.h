// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/credentials/SecretResolver.h"
#include "app/runner/Runner.h"

namespace realmscope {

using FindProfile = std::function<const CredentialProfile *(const QString &id)>;

// A profile with its secrets, and those that go together with it. Errors: those of resolveProfile(), SecretNotFound when one
// that goes along is not there. Nothing is called back when the context is gone.
void resolveCredential(const CredentialProfile &profile, const FindProfile &findById, const SecretStores &stores, QObject *context,
                       const std::function<void(const Result<RunCredential> &)> &callback);

} // namespace realmscope
