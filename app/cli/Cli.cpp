// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/Cli.h"

#include "app/cli/Command.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

// Adding a command is one file and one line here.
const std::vector<CommandEntry> &allCommands()
{
    static const std::vector<CommandEntry> commands{
        sendCommand(), whyCommand(), practiceCommand(), profileCommand(), vaultCommand(), historyCommand(), schemesCommand(), decodeCommand(),
    };
    return commands;
}

QString commandNames()
{
    QStringList names;
    for (const CommandEntry &command : allCommands())
        names << QString::fromUtf8(command.name);
    return names.join(", "_L1);
}

const CommandEntry *findCommand(const QString &name)
{
    const auto it = std::ranges::find_if(allCommands(), [&](const CommandEntry &c) { return name == QLatin1StringView(c.name); });
    return it == allCommands().end() ? nullptr : &*it;
}

QString programHelp()
{
    QString text = u"Realmscope tests and debugs HTTP authentication, and tells why a server says no.\n\n"
                   "Usage: realmscope-cli COMMAND [OPTIONS] …\n\nCommands:\n"_s;
    for (const CommandEntry &command : allCommands())
        text += u"  %1%2\n"_s.arg(QString::fromUtf8(command.name).leftJustified(10), QString::fromUtf8(command.summary));
    text += u"\nOptions:\n"
            "      --help     this text; with a command, its own\n"
            "      --version  the version\n\n"
            "Exit status: 0 accepted · 1 the command failed · 2 usage · 3 refused, and the cause is proven or likely ·\n"
            "4 refused, only possible causes · 5 no HTTP answer\n"_s;
    return text;
}

QString commandHelp(const CommandEntry &command)
{
    std::vector<OptionSpec> options = command.options();
    options.push_back({"help", 'h', nullptr, "this text"});
    return u"Usage: realmscope-cli %1 %2\n\n%3\n\nOptions:\n"_s.arg(QString::fromUtf8(command.name), QString::fromUtf8(command.usage),
                                                                  QString::fromUtf8(command.description))
        + optionsHelp(options);
}

} // namespace

void runCli(const QStringList &arguments, const CliStreams &streams, std::function<void(int)> done)
{
    const auto failUsage = [&](const QString &message, const QString &action) {
        streams.err(errorLine({ErrorCode::InvalidInput, message, {}, action}).toUtf8());
        done(ExitStatus::Usage);
    };
    const auto say = [&](const QString &text) {
        streams.out(text.toUtf8());
        done(0);
    };
    const QString first = arguments.value(0);
    if (first == "--version"_L1 || first == "-V"_L1) {
        say(u"realmscope-cli " REALMSCOPE_VERSION "\n"_s);
        return;
    }
    if (first == "--help"_L1 || first == "-h"_L1 || first == "help"_L1) {
        const CommandEntry *about = first == "help"_L1 ? findCommand(arguments.value(1)) : nullptr;
        say(about ? commandHelp(*about) : programHelp());
        return;
    }
    if (first.isEmpty()) {
        failUsage(u"no command was given"_s, u"Use one of: %1; or --help."_s.arg(commandNames()));
        return;
    }
    const CommandEntry *command = findCommand(first);
    if (!command) {
        failUsage(u"unknown command \"%1\""_s.arg(first), u"Use one of: %1."_s.arg(commandNames()));
        return;
    }
    std::vector<OptionSpec> options = command->options();
    options.push_back({"help", 'h', nullptr, ""});
    const bool withCurl = first == "send"_L1 || first == "why"_L1;
    const Result<ParsedLine> line = parseLine(arguments.mid(1), options, withCurl);
    if (!line) {
        failUsage(u"%1: %2"_s.arg(first, line.error().message), u"Try realmscope-cli %1 --help."_s.arg(first));
        return;
    }
    if (line->has(u"help"_s)) {
        say(commandHelp(*command));
        return;
    }
    command->make(streams, std::move(done))->start(*line);
}

} // namespace realmscope
