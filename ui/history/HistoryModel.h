// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/workspace/HistoryIndex.h"

#include <QtCore/QAbstractItemModel>
#include <QtCore/QDate>

namespace realmscope {

class Clock;

// A list of a history as a tree: days, newest first, and under each what was sent on it. Rows are read from the list when they
// are shown, so that ten thousand cost no more than a screenful.
class HistoryModel : public QAbstractItemModel
{
    Q_OBJECT
public:
    enum Role { EntryRole = Qt::UserRole + 1, IdRole, DayRole }; // HistoryEntry; its id; QDate, of a day's row

    // The clock (borrowed) tells which day is today.
    explicit HistoryModel(const Clock &clock, QObject *parent = nullptr);

    void setList(const HistoryIndex &list);
    void setFilter(const QString &text);
    [[nodiscard]] const QString &filter() const { return m_filter; }
    void setHidden(const QSet<QString> &ids); // deleted, but not for good yet
    [[nodiscard]] const QSet<QString> &hidden() const { return m_hidden; }

    [[nodiscard]] int shown() const { return static_cast<int>(m_rows.size()); } // entries that match
    [[nodiscard]] int total() const { return m_total; } // without the hidden ones
    [[nodiscard]] QStringList ids(const QModelIndex &day) const; // those shown of a day; of an invalid index: all of the list
    [[nodiscard]] QModelIndex find(const QString &id) const;
    [[nodiscard]] QModelIndex first() const; // the newest entry; invalid when there is none

    [[nodiscard]] QModelIndex index(int row, int column, const QModelIndex &parent = {}) const override;
    [[nodiscard]] QModelIndex parent(const QModelIndex &index) const override;
    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] bool hasChildren(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex &index) const override;
    using QObject::parent;

private:
    struct Day
    {
        QDate date;
        int begin = 0; // in m_rows
        int count = 0;
    };
    void arrange();
    [[nodiscard]] int listRow(const QModelIndex &index) const; // -1: no entry
    [[nodiscard]] QString dayText(const QDate &date) const;

    const Clock &m_clock;
    HistoryIndex m_list;
    QString m_filter;
    QSet<QString> m_hidden;
    QList<int> m_rows; // rows of the list that match
    QList<Day> m_days;
    int m_total = 0;
};

// "14:30:11, today", "27 November 2026, 14:30:11"; local time.
[[nodiscard]] QString momentText(qint64 ms);
// Path and query of a URL, and what stands before them without the scheme's "://"; the whole where it is no URL.
[[nodiscard]] QString pathOf(const QString &url);
[[nodiscard]] QString hostOf(const QString &url);

} // namespace realmscope

Q_DECLARE_METATYPE(realmscope::HistoryEntry)
