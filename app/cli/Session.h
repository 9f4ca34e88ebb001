// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/base/Clock.h"
#include "app/base/Random.h"
#include "app/cli/Cli.h"
#include "app/cli/VaultAccess.h"
#include "app/credentials/KeychainStore.h"
#include "app/credentials/ProfileStore.h"
#include "app/credentials/Redactor.h"
#include "app/credentials/SecretResolver.h"
#include "app/http/SocketTransport.h"
#include "app/runner/Runner.h"

namespace realmscope {

// What a command that sends something or reads profiles wires together.
class CliSession
{
public:
    explicit CliSession(const CliStreams &streams) : m_streams(streams), m_keychain(streams.keychain) {}

    [[nodiscard]] const Clock &clock() const { return m_clock; }
    [[nodiscard]] Random &random() { return m_random; }
    [[nodiscard]] Runner &runner()
    {
        if (!m_runner) {
            m_transport = std::make_unique<SocketTransport>(m_clock);
            m_runner = std::make_unique<Runner>(*m_transport, m_clock, m_random);
        }
        return *m_runner;
    }
    [[nodiscard]] SecretStores stores()
    {
        // Made on first use: it starts D-Bus.
        if (!m_keychain) {
            m_systemKeychain = std::make_unique<KeychainStore>();
            m_keychain = m_systemKeychain.get();
        }
        return {m_keychain, &m_memory, {}, &vault()};
    }
    // Where the vault's passphrase comes from: the options of the line, or somebody at the terminal.
    void takeVaultOptions(const ParsedLine &line) { m_line = line; }
    [[nodiscard]] VaultStore &vault()
    {
        if (!m_vaultAccess) {
            if (!m_streams.vault)
                m_ownVault = std::make_unique<VaultStore>();
            VaultStore &store = m_streams.vault ? *m_streams.vault : *m_ownVault;
            m_vaultAccess = std::make_unique<VaultAccess>(store, m_line, m_streams);
        }
        return m_vaultAccess->store();
    }

private:
    CliStreams m_streams;
    ParsedLine m_line;
    SystemClock m_clock;
    SystemRandom m_random;
    MemoryStore m_memory;
    SecretStore *m_keychain;
    std::unique_ptr<KeychainStore> m_systemKeychain;
    std::unique_ptr<VaultStore> m_ownVault;
    std::unique_ptr<VaultAccess> m_vaultAccess;
    std::unique_ptr<SocketTransport> m_transport;
    std::unique_ptr<Runner> m_runner;
};

} // namespace realmscope
