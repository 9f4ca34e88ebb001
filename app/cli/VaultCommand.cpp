// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/Command.h"
#include "app/cli/SecretSource.h"
#include "app/credentials/PassphraseStrength.h"

#include <QtCore/QDateTime>

#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

QString timeText(qint64 ms) { return QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC).toString(Qt::ISODate); }

QString strengthText(const PassphraseStrength &strength)
{
    static const char *words[] = {"very weak", "weak", "fair", "good", "strong"};
    return u"%1 (found after about 10^%2 guesses)"_s.arg(QString::fromUtf8(words[strength.score])).arg(std::lround(strength.bits * std::log10(2.0)));
}

class VaultCommand final : public Command
{
public:
    VaultCommand(const CliStreams &streams, std::function<void(int)> done) : Command(streams, std::move(done)), m_session(streams) {}

    void start(const ParsedLine &line) override
    {
        m_line = line;
        m_session.takeVaultOptions(line);
        using Verb = void (VaultCommand::*)();
        static const std::pair<const char *, Verb> verbs[] = {
            {"status", &VaultCommand::status}, {"create", &VaultCommand::create}, {"check", &VaultCommand::check},
            {"change-passphrase", &VaultCommand::changePassphrase}, {"restore-backup", &VaultCommand::restoreBackup},
        };
        const QString verb = line.words.value(0);
        const auto *known = std::ranges::find_if(verbs, [&](const auto &v) { return verb == QLatin1StringView(v.first); });
        if (known == std::end(verbs) || line.words.size() > 1) {
            fail(verb.isEmpty()               ? u"vault: what is to be done is missing"_s
                 : known == std::end(verbs) ? u"vault: unknown word \"%1\""_s.arg(verb)
                                             : u"vault %1 takes nothing more, and a passphrase least of all: everybody on this computer can read arguments"_s.arg(verb),
                 u"Use one of: status, create, check, change-passphrase, restore-backup."_s, ExitStatus::Usage);
            return;
        }
        (this->*known->second)();
    }

private:
    void status()
    {
        m_session.vault().examine(this, [this](const VaultFacts &facts) {
            const QString state = facts.problem ? errorCodeId(facts.problem->code) : facts.exists ? u"intact"_s : u"none"_s;
            const QString backup = !facts.hasBackup ? u"none"_s : facts.isBackupIntact ? u"intact"_s : u"damaged"_s;
            if (m_line.has(u"json"_s)) {
                QJsonObject json{{u"schema"_s, u"realmscope.vault/1"_s}, {u"path"_s, facts.path}, {u"state"_s, state}, {u"backup"_s, backup}};
                if (facts.exists && !facts.problem)
                    json.insert(u"argon2id"_s, QJsonObject{{u"passes"_s, qint64(facts.cost.passes)}, {u"memoryKiB"_s, qint64(facts.cost.memoryKib)}});
                if (facts.hasBackup)
                    json.insert(u"backupSaved"_s, timeText(facts.backupTimeMs));
                print(json);
            } else {
                print(u"file     %1\nstate    %2\n"_s.arg(facts.path, state));
                if (facts.exists && !facts.problem)
                    print(u"cost     Argon2id, %1 passes over %2 MiB\n"_s.arg(facts.cost.passes).arg(facts.cost.memoryKib / 1024));
                print(facts.hasBackup ? u"backup   %1, saved %2\n"_s.arg(backup, timeText(facts.backupTimeMs)) : u"backup   none\n"_s);
            }
            if (!facts.problem) {
                finish(0);
                return;
            }
            Error error = *facts.problem;
            if (facts.isBackupIntact)
                error.action = u"Bring its backup back with realmscope-cli vault restore-backup."_s;
            fail(error);
        });
    }

    void create()
    {
        if (m_session.vault().state() != VaultState::NoFile) {
            fail({ErrorCode::SecretStoreFailed, u"there is a vault already: %1"_s.arg(m_session.vault().path()), {},
                  u"Look at it with realmscope-cli vault status; to begin anew, move it and its backup elsewhere."_s});
            return;
        }
        const Result<Secret> passphrase = newPassphrase(u"vault-passphrase"_s);
        if (!passphrase) {
            fail(passphrase.error(), ExitStatus::Usage);
            return;
        }
        m_session.vault().create(*passphrase, this, [this](const Result<void> &created) {
            if (!created) {
                fail(created.error());
                return;
            }
            print(u"the vault was created: %1\n"_s.arg(m_session.vault().path()));
            note(u"nobody can bring its secrets back when the passphrase is forgotten"_s);
            finish(0);
        });
    }

    // One that is new: typed twice, and judged.
    Result<Secret> newPassphrase(const QString &option)
    {
        const Result<std::optional<Secret>> named = readSecret(m_line, streams(), option);
        if (!named)
            return named.error();
        Secret passphrase = named->value_or(Secret());
        if (!*named) {
            const Error nobody = invalidInput(u"there is nobody to ask for the new passphrase"_s, u"Use --%1-file FILE, --%1-env NAME or --%1-stdin."_s.arg(option));
            const Result<Secret> first = streams().askSecret ? streams().askSecret(u"New passphrase of the vault (not shown): "_s) : nobody;
            if (!first)
                return nobody;
            if (first->isEmpty())
                return invalidInput(u"the passphrase is empty"_s, u"Choose one."_s);
            const Result<Secret> second = streams().askSecret(u"Once more: "_s);
            if (!second || !second->equals(*first))
                return invalidInput(u"the two passphrases are not the same"_s, u"Nothing was changed; try again."_s);
            passphrase = *first;
        }
        if (const PassphraseStrength strength = passphraseStrength(passphrase); strength.isWeak())
            warn(u"the passphrase is %1; several words that nobody puts together are better"_s.arg(strengthText(strength)));
        else
            note(u"the passphrase is %1"_s.arg(strengthText(strength)));
        return passphrase;
    }

    void check()
    {
        if (m_session.vault().state() == VaultState::NoFile) {
            fail({ErrorCode::SecretStoreUnavailable, u"there is no vault on this computer yet: %1"_s.arg(m_session.vault().path()), {},
                  u"Create it with realmscope-cli vault create."_s});
            return;
        }
        m_session.vault().listKeys(this, [this](const Result<QStringList> &keys) {
            if (!keys) {
                fail(keys.error());
                return;
            }
            print(keys->size() == 1 ? u"the passphrase opens the vault; it holds 1 secret\n"_s : u"the passphrase opens the vault; it holds %1 secrets\n"_s.arg(keys->size()));
            finish(0);
        });
    }

    void changePassphrase()
    {
        const Result<Secret> now = vaultPassphrase(m_line, streams(), u"Passphrase of the vault as it is now (not shown): "_s);
        if (!now) {
            fail(now.error(), now.error().code == ErrorCode::InvalidInput ? ExitStatus::Usage : ExitStatus::Failed);
            return;
        }
        const Result<Secret> next = newPassphrase(u"new-passphrase"_s);
        if (!next) {
            fail(next.error(), ExitStatus::Usage);
            return;
        }
        m_session.vault().changePassphrase(*now, *next, this, [this](const Result<void> &changed) {
            if (!changed) {
                fail(changed.error());
                return;
            }
            print(u"the passphrase was changed; the backup has the new one as well\n"_s);
            finish(0);
        });
    }

    void restoreBackup()
    {
        m_session.vault().restoreBackup(this, [this](const Result<void> &restored) {
            if (!restored) {
                fail(restored.error());
                return;
            }
            print(u"the backup is the vault now: %1\n"_s.arg(m_session.vault().path()));
            note(u"what was there before is kept as %1.damaged; secrets that were saved last may be missing"_s.arg(m_session.vault().path()));
            finish(0);
        });
    }

    ParsedLine m_line;
    CliSession m_session;
};

std::vector<OptionSpec> vaultOptions()
{
    std::vector<OptionSpec> list{{"json", 0, nullptr, "status: as JSON"}};
    const std::vector<OptionSpec> passphrase = vaultPassphraseOptions();
    list.insert(list.end(), passphrase.begin(), passphrase.end());
    list.insert(list.end(), {{"new-passphrase-stdin", 0, nullptr, "change-passphrase: read the new one from standard input"},
                             {"new-passphrase-file", 0, "FILE", "change-passphrase: read the new one from a file"},
                             {"new-passphrase-env", 0, "NAME", "change-passphrase: read the new one from an environment variable"}});
    return list;
}

} // namespace

CommandEntry vaultCommand()
{
    return {"vault", "the encrypted vault: status, create, check, change-passphrase, restore-backup", "status | create | check | change-passphrase | restore-backup",
            "The encrypted vault keeps secrets in a file of yours, under one passphrase (Argon2id, XChaCha20-Poly1305). Profiles are kept in it with\n"
            "profile add --store vault, and moved into it with profile move. The passphrase is asked for without echo, or comes from one of\n"
            "the options below, with send, why and profile as well; never from an argument.\n\n"
            "Example: realmscope-cli vault create && realmscope-cli profile move --all --store vault",
            vaultOptions,
            [](const CliStreams &streams, std::function<void(int)> done) -> Command * { return new VaultCommand(streams, std::move(done)); }};
}

} // namespace realmscope
