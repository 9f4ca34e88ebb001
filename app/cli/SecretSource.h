// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/base/Secret.h"
#include "app/cli/Cli.h"
#include "app/cli/CommandLine.h"

#include <optional>

namespace realmscope {

// --secret-stdin, --secret-file, --secret-env: a secret never comes from an argument, which everybody on the computer
// can read in the list of processes.
[[nodiscard]] std::vector<OptionSpec> secretOptions();
// which: how the options begin; "vault-passphrase" for those of the vault.
[[nodiscard]] bool namesSecretSource(const ParsedLine &line, const QString &which = QStringLiteral("secret"));

// One line end at the end is not part of the secret. nullopt when no source is named. Errors: InvalidInput (several
// sources, standard input twice, the variable is not set, nothing came), FileUnreadable.
[[nodiscard]] Result<std::optional<Secret>> readSecret(const ParsedLine &line, const CliStreams &streams, const QString &which = QStringLiteral("secret"));

} // namespace realmscope
