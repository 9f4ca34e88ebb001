// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/Cli.h"

namespace realmscope {

// The streams of the real process: file descriptors 0, 1 and 2, the terminal, and the signals SIGINT and SIGTERM.
// Call once, after the QCoreApplication was made.
[[nodiscard]] CliStreams processStreams();

// Keeps secrets out of core dumps and out of reach of a debugger of the same user.
void forbidCoreDumps();

// The words of a command line. Error: InvalidInput when one is no UTF-8 text.
[[nodiscard]] Result<QStringList> readArguments(int argc, char **argv);

} // namespace realmscope
