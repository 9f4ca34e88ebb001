// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/base/Result.h"
#include "app/base/Secret.h"
#include "app/http/Proxy.h"

#include <QtCore/QStringList>

#include <functional>

namespace realmscope {

class Clock;
class Random;
class SecretStore;
class VaultStore;

// Where the command line reads and writes; a test passes its own. Only out, err and readStandardInput are needed.
struct CliStreams
{
    std::function<void(const QByteArray &)> out;
    std::function<void(const QByteArray &)> err;
    std::function<QByteArray()> readStandardInput; // to its end
    bool outIsTerminal = false;
    bool colour = false;                                           // a terminal, and NO_COLOR is not set
    std::function<Result<Secret>(const QString &question)> askSecret; // without echo; empty: nobody can be asked
    // Registers what SIGINT and SIGTERM do; an empty function gives them their usual meaning back.
    std::function<void(std::function<void()>)> onInterrupt;
    ProxyEnvironment environment; // what the *_proxy variables say
    SecretStore *keychain = nullptr; // null: the operating system's
    VaultStore *vault = nullptr;     // null: the user's
};

// Exit statuses; the public contract stands in docs/CLI.md.
namespace ExitStatus {
constexpr int Accepted = 0;
constexpr int Failed = 1;
constexpr int Usage = 2;
constexpr int RefusedKnown = 3;   // proven or likely
constexpr int RefusedUnclear = 4; // possible causes only
constexpr int NoAnswer = 5;
} // namespace ExitStatus

// Starts a command (arguments without the program name). `done` is called exactly once with the exit status, later
// from the event loop or at once for usage errors.
void runCli(const QStringList &arguments, const CliStreams &streams, std::function<void(int)> done);

} // namespace realmscope
