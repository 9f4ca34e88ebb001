// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/Cli.h"
#include "app/cli/CommandLine.h"
#include "app/cli/Session.h"

#include <QtCore/QJsonObject>
#include <QtCore/QObject>

namespace realmscope {

// One command under way. It deletes itself after finish().
class Command : public QObject
{
    Q_OBJECT
public:
    Command(CliStreams streams, std::function<void(int)> done) : m_streams(std::move(streams)), m_done(std::move(done)) {}

    virtual void start(const ParsedLine &line) = 0;

protected:
    [[nodiscard]] const CliStreams &streams() const { return m_streams; }
    void print(const QString &text) { m_streams.out(text.toUtf8()); }
    void print(const QJsonObject &json);
    void warn(const QString &text); // one line on stderr; goes on
    void note(const QString &text);
    // One line on stderr: what, where, what to do.
    void complain(const Error &error);
    void fail(const Error &error, int status = ExitStatus::Failed);
    void fail(const QString &message, const QString &action, int status = ExitStatus::Failed);
    void finish(int status); // once; waits for what attend() still stores
    // Shows what has to be done in a browser, and stores what a server replaced in a profile of that file.
    void attend(CliSession &session, const QString &profilesPath);

private:
    void showBrowserTask(Run &run, const BrowserTask &task);
    void storeRenewed(CliSession &session, const QString &profilesPath, const QString &profileId, const QMap<QString, Secret> &secrets);

    CliStreams m_streams;
    std::function<void(int)> m_done;
    int m_storing = 0;
    std::optional<int> m_status; // of finish(), while something is stored
};

// A command's entry in the list in Cli.cpp.
struct CommandEntry
{
    const char *name;
    const char *summary;                     // for `--help` of the program
    const char *usage;                       // what follows the name
    const char *description;                 // paragraphs for its own --help
    std::vector<OptionSpec> (*options)();
    Command *(*make)(const CliStreams &streams, std::function<void(int)> done);
};

[[nodiscard]] CommandEntry sendCommand();
[[nodiscard]] CommandEntry whyCommand();
[[nodiscard]] CommandEntry practiceCommand();
[[nodiscard]] CommandEntry profileCommand();
[[nodiscard]] CommandEntry vaultCommand();
[[nodiscard]] CommandEntry historyCommand();
[[nodiscard]] CommandEntry schemesCommand();
[[nodiscard]] CommandEntry decodeCommand();

// "realmscope-cli: what: where: what to do" and a line end.
[[nodiscard]] QString errorLine(const Error &error);

} // namespace realmscope
