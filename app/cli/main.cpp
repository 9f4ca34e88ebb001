// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/Cli.h"
#include "app/cli/Command.h"
#include "app/cli/Terminal.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QTimer>

using namespace realmscope;

int main(int argc, char **argv)
{
    forbidCoreDumps();
    const Result<QStringList> arguments = readArguments(argc, argv);
    // Everything after the program's name is ours, also what Qt would take for its own.
    int count = 1;
    QCoreApplication app(count, argv);
    QCoreApplication::setApplicationName(QStringLiteral("realmscope"));
    QCoreApplication::setApplicationVersion(QStringLiteral(REALMSCOPE_VERSION));
    const CliStreams streams = processStreams();
    if (!arguments) {
        streams.err(errorLine(arguments.error()).toUtf8());
        return ExitStatus::Usage;
    }
    QTimer::singleShot(0, &app, [&] { runCli(*arguments, streams, [](int status) { QCoreApplication::exit(status); }); });
    return app.exec();
}
