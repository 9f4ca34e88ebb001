// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/base/Result.h"
#include "app/http/Exchange.h"
#include "app/workspace/HistoryIndex.h"
#include "app/workspace/RequestSpec.h"

#include <QtCore/QJsonObject>

namespace realmscope {

class Random;

struct HistoryLimits
{
    int entries = 10'000;
    qint64 bytes = 200LL * 1024 * 1024;  // of all entries' files
    qint64 bodyBytes = 1024 * 1024;      // of one body
    bool operator==(const HistoryLimits &) const = default;
};

// One Send as it is kept. The caller has masked everything (redactTrace(), maskedSpec()): nothing here looks for secrets.
struct HistoryRecord
{
    HistoryEntry entry;
    RequestSpec spec;
    QStringList leftOut;   // places of the request that held a secret: "header Authorization"
    Trace trace;
    QJsonObject diagnosis; // as diagnosis/StoredDiagnosis.h makes it
};

// Where the history of a workspace is: realmscope/history in the XDG data folder, a folder of its own for each.
[[nodiscard]] QString historyFolder(const QString &workspaceRoot);

// An id that sorts by time and that no other program makes at the same time.
[[nodiscard]] QString makeHistoryId(qint64 sentAtMs, Random &random);

// The files of a history: `list` and one file an entry in `entries`, all for their owner only. Each function takes the
// folder's lock, reads what another program has changed, and leaves the files whole whenever it is killed: the entry's file
// comes first and its line after it, and a line goes before its file does. Blocks; for a thread aside or the command line.
class HistoryFolder
{
public:
    HistoryFolder(QString folder, const HistoryLimits &limits) : m_folder(std::move(folder)), m_limits(limits) {}

    [[nodiscard]] static QString listPath(const QString &folder);
    [[nodiscard]] static QString entryPath(const QString &folder, const QString &id);
    // Without a lock: the list is replaced as a whole or grows at its end. A missing file is an empty list. Errors:
    // FileUnreadable; Unsupported for the format of a newer version.
    [[nodiscard]] static Result<HistoryIndex> load(const QString &folder);
    // Errors: FileUnreadable, Parse (damaged), Unsupported.
    [[nodiscard]] static Result<HistoryRecord> read(const QString &folder, const QString &id);

    // The list after the change. One of the same id is replaced; the oldest go when a limit is exceeded, a hundredth at once.
    // Errors: FileUnwritable, and those of load(); nothing has changed then.
    [[nodiscard]] Result<HistoryIndex> add(HistoryRecord record);
    [[nodiscard]] Result<HistoryIndex> remove(const QSet<QString> &ids);

    struct Checked
    {
        HistoryIndex index;
        std::optional<Error> damage; // the list was damaged; what became of it
    };
    // Puts in order what crashes and damage left behind: entries without a line get one again, lines without an entry go.
    [[nodiscard]] Result<Checked> check();

private:
    class Lock;
    [[nodiscard]] Result<HistoryIndex> current(); // as the file is now
    [[nodiscard]] Result<void> writeList(const HistoryIndex &index);
    [[nodiscard]] Result<void> append(const HistoryEntry &entry);
    [[nodiscard]] Result<HistoryIndex> removeLocked(const HistoryIndex &index, const QSet<QString> &ids);

    QString m_folder;
    HistoryLimits m_limits;
};

} // namespace realmscope
