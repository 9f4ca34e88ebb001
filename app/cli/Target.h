// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/CommandLine.h"
#include "app/cli/Session.h"

namespace realmscope {

// A request as the command line names it: curl words, a URL with options of our own, or FILE.http#name.
struct Target
{
    RunJob job;
    QString profileName;      // empty: none
    QString profilesPath;     // where it is looked for
    QString cookieJarFile;    // curl -c: where the job's cookies belong afterwards; empty: nowhere
    QStringList warnings;
    QStringList notes;        // what will be done besides
    // Requests of the same file whose answers this one uses, in the order in which they are sent before it.
    struct Before
    {
        QString name;
        RunJob job;
        QString profileName;
    };
    QList<Before> before;
    std::shared_ptr<NamedResponses> responses; // filled by resolveTarget(); the jobs' variables look into it
};

// The options that say what to send; `send` and `why` share them.
[[nodiscard]] std::vector<OptionSpec> targetOptions();

// Errors: InvalidInput (no target), Parse, FileUnreadable, Unsupported (HAR, which only `why` takes). Reads standard input where the words say
// so (-d @-).
[[nodiscard]] Result<Target> readTarget(const ParsedLine &line, const CliStreams &streams, CliSession &session);

// Sends what comes before, and adds the profile's credential to the job. Errors: of ProfileStore and resolveProfile; InvalidInput when there is no
// profile of that name.
void resolveTarget(const Target &target, CliSession &session, QObject *context,
                   std::function<void(const Result<RunJob> &)> callback);

// Writes the jar that -c asks for; nothing without. Gives a warning about what the format can't hold, or nothing.
// Error: FileUnwritable.
[[nodiscard]] Result<QString> writeCookieJar(const Target &target, qint64 nowMs);

// Knows the secrets of a job.
[[nodiscard]] Redactor redactorFor(const RunJob &job);

} // namespace realmscope
