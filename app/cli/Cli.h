// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QtCore/QStringList>

#include <functional>

namespace realmscope {

class Clock;
class Random;

// Where the command line reads and writes; a test passes its own.
struct CliStreams
{
    std::function<void(const QByteArray &)> out;
    std::function<void(const QByteArray &)> err;
    std::function<QByteArray()> readStandardInput; // to its end
};

// Starts a command (arguments without the program name). `done` is called exactly once with the exit status, later
// from the event loop or at once for usage errors.
void runCli(const QStringList &arguments, const CliStreams &streams, std::function<void(int)> done);

} // namespace realmscope
