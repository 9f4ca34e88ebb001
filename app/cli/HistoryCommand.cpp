// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/base/Encoding.h"
#include "app/cli/Command.h"
#include "app/diagnosis/Report.h"
#include "app/diagnosis/StoredDiagnosis.h"
#include "app/workspace/HistoryFolder.h"
#include "app/workspace/Workspace.h"

#include <QtCore/QDateTime>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr int shownAtMost = 50; // of a list, unless --limit says otherwise

// Reads and clears the history that the window keeps. Nothing in it is secret, so there is nothing to reveal.
class HistoryCommand final : public Command
{
public:
    using Command::Command;

    void start(const ParsedLine &line) override
    {
        m_line = line;
        m_folder = historyFolder(line.has(u"workspace"_s) ? line.value(u"workspace"_s) : defaultWorkspaceFolder());
        const QString verb = line.words.value(0);
        m_words = line.words.mid(1);
        if (verb != "list"_L1 && verb != "show"_L1 && verb != "clear"_L1) {
            fail(verb.isEmpty() ? u"history: what is to be done is missing"_s : u"history: unknown word \"%1\""_s.arg(verb),
                 u"Use one of: list, show, clear."_s, ExitStatus::Usage);
            return;
        }
        const Result<HistoryIndex> loaded = HistoryFolder::load(m_folder);
        if (!loaded) {
            fail(loaded.error());
            return;
        }
        m_list = *loaded;
        if (verb == "list"_L1)
            list();
        else if (verb == "show"_L1)
            show();
        else
            clear();
    }

private:
    void list()
    {
        bool isNumber = true;
        const int limit = m_line.has(u"limit"_s) ? m_line.value(u"limit"_s).toInt(&isNumber) : shownAtMost;
        if (!isNumber || limit < 0) {
            fail(u"--limit takes a number, not \"%1\""_s.arg(m_line.value(u"limit"_s)), u"0 lists them all."_s, ExitStatus::Usage);
            return;
        }
        if (!m_words.isEmpty()) {
            fail(u"history list takes nothing more"_s, u"Search with --search TEXT."_s, ExitStatus::Usage);
            return;
        }
        const QList<int> rows = m_list.search(m_line.value(u"search"_s));
        const qsizetype count = limit == 0 ? rows.size() : std::min<qsizetype>(limit, rows.size());
        if (m_line.has(u"json"_s)) {
            QJsonArray entries;
            for (qsizetype i = 0; i < count; ++i)
                entries.append(json(rows.at(i)));
            print(QJsonObject{{u"schema"_s, u"realmscope.history/1"_s}, {u"entries"_s, entries}, {u"matching"_s, rows.size()}});
            finish(0);
            return;
        }
        for (qsizetype i = 0; i < count; ++i) {
            const HistoryEntry entry = m_list.at(rows.at(i));
            print(u"%1  %2  %3  %4 %5%6\n"_s.arg(QString::number(rows.at(i) + 1).rightJustified(4),
                                                 QDateTime::fromMSecsSinceEpoch(entry.sentAtMs).toString(u"yyyy-MM-dd HH:mm:ss"_s),
                                                 entry.status > 0 ? QString::number(entry.status) : u"---"_s, displayText(entry.method.toUtf8()),
                                                 displayText(entry.url.toUtf8()), entry.title.isEmpty() ? QString() : u"  ("_s + displayText(entry.title.toUtf8()) + u')'));
        }
        if (rows.isEmpty())
            note(m_list.size() == 0 ? u"the history is empty: the window keeps what it sends, the command line does not"_s : u"no entry matches"_s);
        else if (count < rows.size())
            note(u"%1 more entries; --limit 0 lists them all"_s.arg(rows.size() - count));
        finish(0);
    }

    QJsonObject json(int row) const
    {
        const HistoryEntry entry = m_list.at(row);
        return {{u"number"_s, row + 1},
                {u"id"_s, entry.id},
                {u"sentAt"_s, QDateTime::fromMSecsSinceEpoch(entry.sentAtMs, Qt::UTC).toString(Qt::ISODateWithMs)},
                {u"method"_s, entry.method},
                {u"url"_s, entry.url},
                {u"status"_s, entry.status},
                {u"name"_s, entry.name},
                {u"profile"_s, entry.profile},
                {u"environment"_s, entry.environment},
                {u"outcome"_s, entry.outcome},
                {u"cause"_s, entry.cause},
                {u"verdict"_s, entry.verdict},
                {u"title"_s, entry.title},
                {u"exchanges"_s, entry.exchanges},
                {u"ms"_s, double(entry.totalUs) / 1000},
                {u"bytes"_s, entry.bytes}};
    }

    // By its number in the list, 1 is the newest, or by its id. Nothing: after fail().
    std::optional<QString> idOf(const QString &word)
    {
        bool isNumber = false;
        const int number = word.toInt(&isNumber);
        if (isNumber && number >= 1 && number <= m_list.size())
            return m_list.id(number - 1);
        if (m_list.indexOf(word) >= 0)
            return word;
        fail(u"there is no history entry %1"_s.arg(word), m_list.size() == 0 ? u"The history is empty."_s : u"There are 1 to %1; see realmscope-cli history list."_s.arg(m_list.size()));
        return std::nullopt;
    }

    void show()
    {
        if (m_words.size() != 1) {
            fail(u"history show takes NUMBER or ID"_s, u"Try realmscope-cli history --help."_s, ExitStatus::Usage);
            return;
        }
        const std::optional<QString> id = idOf(m_words.first());
        if (!id)
            return;
        const Result<HistoryRecord> record = HistoryFolder::read(m_folder, *id);
        if (!record) {
            fail(record.error());
            return;
        }
        const Trace &trace = record->trace;
        const Redactor redactor;
        const Diagnosis diagnosis = restoreDiagnosis(record->diagnosis, trace);
        if (m_line.has(u"save-har"_s)) {
            QString path = m_line.value(u"save-har"_s);
            if (!path.endsWith(".har"_L1))
                path += ".har"_L1;
            if (const Result<void> saved = saveReport(path, trace, diagnosis, redactor); !saved) {
                fail(saved.error());
                return;
            }
        }
        if (m_line.has(u"json"_s)) {
            print(m_line.has(u"why"_s) ? diagnosisToJson(trace, diagnosis, redactor) : traceToJson(trace, redactor));
            finish(0);
            return;
        }
        if (!m_line.has(u"body"_s))
            note(u"from the history, sent %1; secrets are left out"_s.arg(QDateTime::fromMSecsSinceEpoch(record->entry.sentAtMs).toString(u"yyyy-MM-dd HH:mm:ss"_s)));
        if (m_line.has(u"why"_s))
            print(explainText(trace, diagnosis, redactor));
        else
            showAnswer(trace);
        finish(0);
    }

    // As `send` prints it.
    void showAnswer(const Trace &trace)
    {
        const Exchange *final = trace.final();
        const bool bodyOnly = m_line.has(u"body"_s);
        if (!bodyOnly && trace.exchanges.size() > 1) {
            for (const Exchange &exchange : trace.exchanges)
                note(u"%1: %2 %3 → %4"_s.arg(exchangeRoleId(exchange.role), displayText(exchange.request.method), displayText(exchange.request.url.toString().toUtf8()),
                                            exchange.hasResponse() ? QString::number(exchange.response.status) : u"no answer"_s));
        }
        if (!final || !final->hasResponse()) {
            const std::optional<Error> &error = final && final->error ? final->error : trace.error;
            note(error ? error->message : u"there was no answer"_s);
            return;
        }
        const Response &response = final->response;
        if (!bodyOnly) {
            QString head = u"%1 %2 %3"_s.arg(displayText(response.versionText)).arg(response.status).arg(displayText(response.reason)).trimmed() + u'\n';
            for (const HeaderField &field : response.headers)
                head += displayText(field.name) + u": "_s + displayText(field.value) + u'\n';
            print(head + u'\n');
        }
        const QByteArray body = response.body.all();
        if (!streams().outIsTerminal)
            streams().out(body);
        else if (body.contains('\0') || !isValidUtf8(body))
            print(u"(%1 bytes; send them into a file: history show --body … > FILE)\n"_s.arg(body.size()));
        else if (!body.isEmpty()) // a terminal obeys control characters; a server does not get to use them
            print(displayText(QByteArray(body).replace("\r\n", "\n")) + (body.endsWith('\n') ? QString() : u"\n"_s));
    }

    void clear()
    {
        QSet<QString> ids;
        if (m_line.has(u"all"_s)) {
            for (qsizetype row = 0; row < m_list.size(); ++row)
                ids.insert(m_list.id(row));
        }
        if (m_line.has(u"before"_s)) {
            const QDate day = QDate::fromString(m_line.value(u"before"_s), Qt::ISODate);
            if (!day.isValid()) {
                fail(u"--before takes a day, not \"%1\""_s.arg(m_line.value(u"before"_s)), u"Write it as 2026-11-28."_s, ExitStatus::Usage);
                return;
            }
            const qint64 begin = day.startOfDay().toMSecsSinceEpoch();
            for (qsizetype row = 0; row < m_list.size(); ++row) {
                if (m_list.sentAtMs(row) < begin)
                    ids.insert(m_list.id(row));
            }
        }
        for (const QString &word : std::as_const(m_words)) {
            const std::optional<QString> id = idOf(word);
            if (!id)
                return;
            ids.insert(*id);
        }
        if (m_words.isEmpty() && !m_line.has(u"all"_s) && !m_line.has(u"before"_s)) {
            fail(u"history clear: what is to be deleted is missing"_s, u"Name entries by NUMBER or ID, or use --before DAY or --all."_s, ExitStatus::Usage);
            return;
        }
        if (!ids.isEmpty()) {
            const Result<HistoryIndex> rest = HistoryFolder(m_folder, {}).remove(ids);
            if (!rest) {
                fail(rest.error());
                return;
            }
        }
        if (m_line.has(u"json"_s))
            print(QJsonObject{{u"schema"_s, u"realmscope.history/1"_s}, {u"deleted"_s, ids.size()}});
        else
            print(ids.size() == 1 ? u"1 entry was deleted\n"_s : u"%1 entries were deleted\n"_s.arg(ids.size()));
        finish(0);
    }

    ParsedLine m_line;
    QString m_folder;
    QStringList m_words;
    HistoryIndex m_list;
};

std::vector<OptionSpec> historyOptions()
{
    return {{"workspace", 0, "DIR", "folder of requests whose history it is (default: the window's)"},
            {"json", 0, nullptr, "list: as JSON; show: the whole trace (realmscope.trace/1)"},
            {"search", 0, "TEXT", "list: entries that hold each of these words"},
            {"limit", 0, "N", "list: at most so many (default 50; 0: all)"},
            {"why", 0, nullptr, "show: the explanation, as `why` gave it; with --json as realmscope.diagnosis/1"},
            {"body", 0, nullptr, "show: only the body"},
            {"save-har", 0, "FILE", "show: also write the exchanges as an HTTP Archive"},
            {"before", 0, "DAY", "clear: entries of days before this one, 2026-11-28"},
            {"all", 0, nullptr, "clear: all of it"}};
}

} // namespace

CommandEntry historyCommand()
{
    return {"history", "what the window sent: list, show, clear", "list | show NUMBER|ID | clear [NUMBER|ID…]",
            "Reads the history that the window keeps of a folder of requests. Secrets were left out before it was written. What the\n"
            "command line sends is not kept.",
            historyOptions,
            [](const CliStreams &streams, std::function<void(int)> done) -> Command * { return new HistoryCommand(streams, std::move(done)); }};
}

} // namespace realmscope
