// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/Exchange.h"

namespace realmscope {

enum class LogFormat {
    Access, // common and combined: Apache httpd, nginx and most others
    ApacheError,
    NginxError,
    CaddyJson,
    JsonLines,
    HaProxy,
    IisW3c,
    Squid,
    PlainText,
};
[[nodiscard]] QString logFormatId(LogFormat format);    // "apache-error", for knowledge files
[[nodiscard]] QString logFormatTitle(LogFormat format); // "error log of Apache httpd"

// One line of a server's log, as far as it can be read. What a format does not have is empty.
struct LogEntry
{
    LogFormat format = LogFormat::PlainText;
    int line = 0;  // the first is 1
    QString shown; // the line for a person, shortened; of JSON only what matters. May hold secrets
    QString text;  // the whole line, to look for an id in
    std::optional<qint64> timeMs; // since the epoch; without a time zone: read as if it were UTC
    bool hasZone = true;
    QByteArray method;
    QByteArray target; // path and query
    int status = 0;
    QByteArray host;              // that was asked for
    QByteArray client; // "127.0.0.1:53412", with the port where the format has it
    QString message;   // why, in the server's words: error logs, messages in JSON, IIS sub-status
};

struct ServerLog
{
    QString name; // of the file, without its folder
    QList<LogEntry> entries;
    int skipped = 0;                           // lines that say nothing (comments, blanks)
    bool isEndOnly = false;                    // the file is larger than `mostLogBytes`
    [[nodiscard]] QString formatTitle() const; // of the most frequent format
};

// Reads nginx, Apache httpd (access and error), Caddy, HAProxy, IIS (W3C), squid, JSON lines and plain text;
// each line is recognised by itself, so a mixed file does. Of a large file only the end is read:
// `mostLogBytes`.
[[nodiscard]] ServerLog readServerLog(const QString &name, const QByteArray &content);
inline constexpr qint64 mostLogBytes = 32 * 1024 * 1024;
inline constexpr int logSettleMs = 300; // a server writes its access log when the answer has gone out
// Error: FileUnreadable.
[[nodiscard]] Result<ServerLog> openServerLog(const QString &path);

struct LogMatch
{
    int log = -1;    // index in the list of logs
    int entry = -1;  // index in its entries
    QString because; // "the same request id", "the client's port", "time, method, path and status"
};

// The entries that belong to an exchange: by a request id, by the client's port, or by time, method, path and
// status. clockOffset: seconds that the server's clock is ahead of ours, if known. A log without a time zone
// is compared modulo a quarter of an hour, the finest step of time zones. later: exchanges that were made
// after it, alike as probes are; where nothing else tells their entries apart, the first ones are its own.
[[nodiscard]] QList<LogMatch> matchLogs(const QList<ServerLog> &logs, const Exchange &exchange,
                                        std::optional<qint64> clockOffset,
                                        const QList<const Exchange *> &later = {});

} // namespace realmscope
