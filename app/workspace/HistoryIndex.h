// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QList>
#include <QtCore/QSet>
#include <QtCore/QString>

#include <optional>

namespace realmscope {

// What a list shows of one Send. Everything in it is masked.
struct HistoryEntry
{
    QString id;           // also the name of its file, see isHistoryId()
    qint64 sentAtMs = 0;  // wall clock, ms since the epoch
    int status = 0;       // of the final answer; 0: none came
    int exchanges = 0;    // probes included
    qint64 totalUs = 0;   // microseconds from the first exchange's start to the end of the final one; 0: not known
    qint64 bytes = 0;     // of its file
    QString method;
    QString url;
    QString name;         // of the request; may be empty
    QString profile;      // empty: none
    QString environment;
    QString outcome;      // outcomeKindId()
    QString cause;        // of the first finding; empty: nothing was wrong
    QString verdict;      // verdictId() of it
    QString title;        // of it, for a person
    bool operator==(const HistoryEntry &) const = default;
};

[[nodiscard]] bool isHistoryId(QStringView id); // letters of a file name that leads nowhere else

// The list of a history: one line of text for each entry, with a check sum, appended to a file. A line that is damaged costs
// no other one; a later line with the same id takes the place of the earlier. Implicitly shared; entries are read from their
// lines when asked for, so that ten thousand cost what their text costs.
class HistoryIndex
{
public:
    HistoryIndex();
    [[nodiscard]] static HistoryIndex parse(const QByteArray &content); // of the file

    [[nodiscard]] qsizetype size() const { return m_lines.size(); }
    [[nodiscard]] bool isSameAs(const HistoryIndex &other) const { return m_content == other.m_content && size() == other.size(); }
    [[nodiscard]] HistoryEntry at(qsizetype row) const; // 0 is the newest
    [[nodiscard]] qint64 sentAtMs(qsizetype row) const { return m_lines.at(row).sentAtMs; }
    [[nodiscard]] QString id(qsizetype row) const;
    [[nodiscard]] qsizetype indexOf(const QString &id) const; // -1
    [[nodiscard]] qint64 totalBytes() const { return m_totalBytes; } // of the entries' files
    // Rows that hold every word of the text, in any of their fields, without regard to case. An empty text: all.
    [[nodiscard]] QList<int> search(const QString &text) const;

    // What was in the file besides.
    [[nodiscard]] int damagedLines() const { return m_damaged; }
    [[nodiscard]] int damagedEntries() const { return m_damagedEntries; } // of these, the ones that may have been an entry
    [[nodiscard]] int replacedLines() const { return m_replaced; } // earlier ones of the same id
    [[nodiscard]] bool isNewerFormat() const { return m_isNewer; } // of a later version: nothing of it was read
    [[nodiscard]] bool endsWithinLine() const; // a write was cut off, or is under way

    // The content of the file with these entries alone, in the order of time.
    [[nodiscard]] QByteArray write() const;
    [[nodiscard]] HistoryIndex without(const QSet<QString> &ids) const;
    [[nodiscard]] static QByteArray lineOf(const HistoryEntry &entry); // with its line end
    [[nodiscard]] static std::optional<HistoryEntry> readLine(QByteArrayView line); // without it; nothing: damaged

private:
    struct Line
    {
        qsizetype begin = 0;
        qsizetype size = 0;
        qint64 sentAtMs = 0;
        qint64 bytes = 0;
    };
    [[nodiscard]] QByteArrayView text(const Line &line) const { return QByteArrayView(m_content).sliced(line.begin, line.size); }

    QByteArray m_content;
    QList<Line> m_lines; // newest first
    qint64 m_totalBytes = 0;
    int m_damaged = 0;
    int m_damagedEntries = 0;
    int m_replaced = 0;
    bool m_isNewer = false;
    mutable QByteArray m_folded; // the fields that are searched, made at the first search
    mutable QList<qsizetype> m_foldedEnds;
};

} // namespace realmscope
