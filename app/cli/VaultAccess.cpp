// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/VaultAccess.h"

#include "app/cli/Command.h"
#include "app/cli/SecretSource.h"

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

const auto passphraseOption = u"vault-passphrase"_s;

} // namespace

std::vector<OptionSpec> vaultPassphraseOptions()
{
    return {{"vault-passphrase-stdin", 0, nullptr, "read the passphrase of the vault from standard input"},
            {"vault-passphrase-file", 0, "FILE", "read the passphrase of the vault from a file"},
            {"vault-passphrase-env", 0, "NAME", "read the passphrase of the vault from an environment variable"}};
}

Result<Secret> vaultPassphrase(const ParsedLine &line, const CliStreams &streams, const QString &question)
{
    const Result<std::optional<Secret>> named = readSecret(line, streams, passphraseOption);
    if (!named)
        return named.error();
    if (*named)
        return **named;
    const Result<Secret> typed = streams.askSecret ? streams.askSecret(question) : invalidInput(u"there is nobody to ask"_s, {});
    if (typed && !typed->isEmpty())
        return typed;
    return Error{ErrorCode::SecretStoreLocked, typed ? u"no passphrase was typed: the vault stays locked"_s : u"the vault is locked, and there is nobody to ask for its passphrase"_s,
                 {}, u"Use --vault-passphrase-file FILE, --vault-passphrase-env NAME or --vault-passphrase-stdin."_s};
}

VaultAccess::VaultAccess(VaultStore &store, ParsedLine line, CliStreams streams) : m_store(store), m_line(std::move(line)), m_streams(std::move(streams))
{
    store.setWaitsForPassphrase(true);
    connect(&store, &VaultStore::passphraseWanted, this, &VaultAccess::ask);
}

void VaultAccess::ask()
{
    if (m_isAsking)
        return;
    if (m_store.state() == VaultState::NoFile) {
        m_store.giveUpWaiting(Error{ErrorCode::SecretStoreUnavailable, u"there is no vault on this computer yet: %1"_s.arg(m_store.path()), {},
                                    u"Create it with realmscope-cli vault create."_s});
        return;
    }
    const Result<Secret> passphrase = vaultPassphrase(m_line, m_streams, u"Passphrase of the vault (not shown): "_s);
    if (!passphrase) {
        m_store.giveUpWaiting(passphrase.error());
        return;
    }
    m_isAsking = true;
    m_store.unlock(*passphrase, this, [this](const Result<void> &unlocked) {
        constexpr int mostTries = 3;
        m_isAsking = false;
        if (unlocked)
            return;
        if (unlocked.error().code == ErrorCode::WrongPassphrase && !namesSecretSource(m_line, passphraseOption) && ++m_tries < mostTries) {
            m_streams.err(errorLine(unlocked.error()).toUtf8());
            ask();
        } else {
            Error error = unlocked.error();
            if (error.code == ErrorCode::SecretStoreDamaged)
                error.action = u"See realmscope-cli vault status, and bring its backup back with realmscope-cli vault restore-backup."_s;
            m_store.giveUpWaiting(error);
        }
    });
}

} // namespace realmscope
