// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/base/Clock.h"
#include "app/base/Random.h"
#include "app/credentials/KeychainStore.h"
#include "app/credentials/ProfileStore.h"
#include "app/credentials/SecretResolver.h"
#include "app/credentials/VaultStore.h"
#include "app/http/SocketTransport.h"
#include "app/practice/PracticeServer.h"
#include "app/runner/Runner.h"
#include "app/workspace/CookieStore.h"
#include "app/workspace/History.h"
#include "app/workspace/Workspace.h"

#include <functional>
#include <memory>

namespace realmscope {

// What main() or a test wires together; every place of the window gets a reference to it. Owns everything in it.
struct AppContext
{
    std::unique_ptr<Clock> clock;
    std::unique_ptr<Random> random;
    std::unique_ptr<SecretStore> keychain; // KeychainStore, or a MemoryStore in tests
    std::unique_ptr<SecretStore> memory;
    std::shared_ptr<VaultStore> vault; // of the whole program: another workspace finds it as it is
    std::unique_ptr<Transport> transport;
    std::unique_ptr<Runner> runner;
    std::unique_ptr<Workspace> workspace;
    std::shared_ptr<NamedResponses> responses = std::make_shared<NamedResponses>(); // of this run, by the requests' names
    std::unique_ptr<ProfileStore> profiles;
    std::unique_ptr<CookieStore> cookies; // null: requests have no jar
    std::unique_ptr<History> history;     // null: nothing is kept
    std::unique_ptr<PracticeServer> practice; // made, started on demand
    ProxyEnvironment proxyEnvironment; // of this process; tests leave it empty
    std::function<bool(const QUrl &)> openUrl; // in the system's browser, false: there is none; tests play it themselves
    KeychainState keychainState = KeychainState::Unknown;

    [[nodiscard]] SecretStores stores() const { return {keychain.get(), memory.get(), workspace ? workspace->root() : QString(), vault.get()}; }
    // Where the secrets of a new profile are kept: the keychain; without one the vault, when there is one.
    [[nodiscard]] SecretPlace usualPlace() const
    {
        return keychainState != KeychainState::Unavailable                  ? SecretPlace::Keychain
            : vault && vault->state() != VaultState::NoFile ? SecretPlace::Vault
                                                                            : SecretPlace::Memory;
    }
    // Secret fields that a server replaced go to where their profile keeps them, or they would be dead at the next start.
    // After runner and profiles are there; once.
    void storeRenewals();
    // workspaceFolder is made when absent; vault: the program's, or null for a new one. Error: as Workspace::open() and ProfileStore::load().
    [[nodiscard]] static Result<std::unique_ptr<AppContext>> create(const QString &workspaceFolder, std::shared_ptr<VaultStore> vault = {});
};

} // namespace realmscope
