// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/history/HistoryModel.h"

#include "app/base/Clock.h"

#include <QtCore/QLocale>

#include <algorithm>
#include <limits>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

// internalId of a day; of an entry it is the day's row.
constexpr quintptr dayId = std::numeric_limits<quintptr>::max();

} // namespace

QString momentText(qint64 ms)
{
    const QDateTime moment = QDateTime::fromMSecsSinceEpoch(ms);
    const QString time = moment.toString(u"HH:mm:ss"_s);
    if (moment.date() == QDate::currentDate())
        return HistoryModel::tr("today at %1").arg(time);
    return HistoryModel::tr("on %1 at %2").arg(QLocale().toString(moment.date(), QLocale::LongFormat), time);
}

QString pathOf(const QString &url)
{
    const qsizetype scheme = url.indexOf("://"_L1);
    const qsizetype slash = url.indexOf(u'/', scheme < 0 ? 0 : scheme + 3);
    if (slash < 0)
        return scheme < 0 ? url : u"/"_s;
    return url.sliced(slash);
}

QString hostOf(const QString &url)
{
    const qsizetype scheme = url.indexOf("://"_L1);
    const qsizetype begin = scheme < 0 ? 0 : scheme + 3;
    const qsizetype slash = url.indexOf(u'/', begin);
    const QString host = url.sliced(begin, (slash < 0 ? url.size() : slash) - begin);
    return host.sliced(host.lastIndexOf(u'@') + 1);
}

HistoryModel::HistoryModel(const Clock &clock, QObject *parent) : QAbstractItemModel(parent), m_clock(clock) {}

void HistoryModel::setList(const HistoryIndex &list)
{
    m_list = list;
    arrange();
}

void HistoryModel::setFilter(const QString &text)
{
    m_filter = text;
    arrange();
}

void HistoryModel::setHidden(const QSet<QString> &ids)
{
    m_hidden = ids;
    arrange();
}

void HistoryModel::arrange()
{
    beginResetModel();
    m_rows = m_list.search(m_filter);
    m_total = static_cast<int>(m_list.size());
    if (!m_hidden.isEmpty()) {
        QSet<int> hidden;
        for (int row = 0; row < m_list.size(); ++row) {
            if (m_hidden.contains(m_list.id(row)))
                hidden.insert(row);
        }
        m_total -= static_cast<int>(hidden.size());
        m_rows.removeIf([&hidden](int row) { return hidden.contains(row); });
    }
    m_days.clear();
    // A date is made of a moment once a day: time zones are slow.
    qint64 dayBegins = 0;
    for (int i = 0; i < m_rows.size(); ++i) {
        const qint64 sentAt = m_list.sentAtMs(m_rows.at(i));
        if (m_days.isEmpty() || sentAt < dayBegins) {
            const QDate date = QDateTime::fromMSecsSinceEpoch(sentAt).date();
            dayBegins = date.startOfDay().toMSecsSinceEpoch();
            m_days.append({date, i, 0});
        }
        ++m_days.last().count;
    }
    endResetModel();
}

QStringList HistoryModel::ids(const QModelIndex &day) const
{
    QStringList list;
    if (!day.isValid()) {
        for (qsizetype row = 0; row < m_list.size(); ++row)
            list.append(m_list.id(row));
    } else if (day.internalId() == dayId) {
        const Day &of = m_days.at(day.row());
        for (int i = of.begin; i < of.begin + of.count; ++i)
            list.append(m_list.id(m_rows.at(i)));
    }
    return list;
}

QModelIndex HistoryModel::find(const QString &id) const
{
    const qsizetype row = m_list.indexOf(id);
    const auto place = std::ranges::lower_bound(m_rows, static_cast<int>(row));
    if (row < 0 || place == m_rows.end() || *place != row)
        return {};
    const int at = static_cast<int>(place - m_rows.begin());
    const auto day = std::ranges::find_if(m_days, [at](const Day &d) { return at >= d.begin && at < d.begin + d.count; });
    return createIndex(at - day->begin, 0, static_cast<quintptr>(day - m_days.begin()));
}

QModelIndex HistoryModel::first() const { return m_rows.isEmpty() ? QModelIndex() : createIndex(0, 0, quintptr(0)); }

QModelIndex HistoryModel::index(int row, int column, const QModelIndex &parent) const
{
    if (!hasIndex(row, column, parent))
        return {};
    return parent.isValid() ? createIndex(row, column, static_cast<quintptr>(parent.row())) : createIndex(row, column, dayId);
}

QModelIndex HistoryModel::parent(const QModelIndex &index) const
{
    if (!index.isValid() || index.internalId() == dayId)
        return {};
    return createIndex(static_cast<int>(index.internalId()), 0, dayId);
}

int HistoryModel::rowCount(const QModelIndex &parent) const
{
    if (!parent.isValid())
        return static_cast<int>(m_days.size());
    return parent.internalId() == dayId ? m_days.at(parent.row()).count : 0;
}

int HistoryModel::columnCount(const QModelIndex &) const { return 1; }

bool HistoryModel::hasChildren(const QModelIndex &parent) const { return !parent.isValid() ? !m_days.isEmpty() : parent.internalId() == dayId; }

int HistoryModel::listRow(const QModelIndex &index) const
{
    if (!index.isValid() || index.internalId() == dayId)
        return -1;
    return m_rows.at(m_days.at(static_cast<qsizetype>(index.internalId())).begin + index.row());
}

QString HistoryModel::dayText(const QDate &date) const
{
    const QDate today = QDateTime::fromMSecsSinceEpoch(m_clock.nowMs()).date();
    const QString written = QLocale().toString(date, QLocale::LongFormat);
    if (date == today)
        return tr("Today");
    return date.addDays(1) == today ? tr("Yesterday") : written;
}

Qt::ItemFlags HistoryModel::flags(const QModelIndex &index) const
{
    if (!index.isValid())
        return Qt::NoItemFlags;
    const Qt::ItemFlags flags = Qt::ItemIsEnabled | Qt::ItemIsSelectable;
    return index.internalId() == dayId ? flags : flags | Qt::ItemNeverHasChildren;
}

QVariant HistoryModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const int row = listRow(index);
    if (row < 0) {
        const Day &day = m_days.at(index.row());
        switch (role) {
        case Qt::DisplayRole:
            return dayText(day.date);
        case Qt::AccessibleTextRole:
            return day.count == 1 ? tr("%1, 1 entry").arg(dayText(day.date)) : tr("%1, %2 entries").arg(dayText(day.date)).arg(day.count);
        case DayRole:
            return day.date;
        default:
            return {};
        }
    }
    switch (role) {
    case IdRole:
        return m_list.id(row);
    case EntryRole:
        return QVariant::fromValue(m_list.at(row));
    case Qt::DisplayRole: {
        const HistoryEntry entry = m_list.at(row);
        return QString(entry.method + u' ' + entry.url);
    }
    case Qt::ToolTipRole: {
        const HistoryEntry entry = m_list.at(row);
        return QString(entry.method + u' ' + entry.url).toHtmlEscaped();
    }
    case Qt::AccessibleTextRole: {
        const HistoryEntry entry = m_list.at(row);
        QString text = tr("%1 %2, %3, sent %4").arg(entry.method, entry.url, entry.status > 0 ? QString::number(entry.status) : tr("no answer"),
                                                    momentText(entry.sentAtMs));
        if (!entry.title.isEmpty())
            text += u", "_s + entry.title;
        return text;
    }
    default:
        return {};
    }
}

} // namespace realmscope
