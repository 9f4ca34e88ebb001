// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/Cli.h"
#include "app/cli/CommandLine.h"
#include "app/credentials/VaultStore.h"

namespace realmscope {

// --vault-passphrase-stdin, --vault-passphrase-file, --vault-passphrase-env.
[[nodiscard]] std::vector<OptionSpec> vaultPassphraseOptions();

// The passphrase that the options name, or that somebody types without echo. Errors: of readSecret(); SecretStoreLocked when
// there is nobody to ask.
[[nodiscard]] Result<Secret> vaultPassphrase(const ParsedLine &line, const CliStreams &streams, const QString &question);

// Unlocks the vault of a command when something is wanted of it; asks three times at a terminal.
class VaultAccess : public QObject
{
    Q_OBJECT
public:
    VaultAccess(VaultStore &store, ParsedLine line, CliStreams streams);
    [[nodiscard]] VaultStore &store() { return m_store; }

private:
    void ask();

    VaultStore &m_store;
    ParsedLine m_line;
    CliStreams m_streams;
    bool m_isAsking = false;
    int m_tries = 0;
};

} // namespace realmscope
