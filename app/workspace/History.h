// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/workspace/HistoryFolder.h"

#include <QtCore/QDateTime>
#include <QtCore/QObject>
#include <QtCore/QThreadPool>

#include <functional>
#include <utility>

namespace realmscope {

// The history of one workspace, for a window: what was sent, masked, in files of this person alone. The list is in memory;
// everything that writes is done aside, one after the other, and told by changed() or failed().
class History : public QObject
{
    Q_OBJECT
public:
    // folder: made when the first entry is kept.
    History(QString folder, const HistoryLimits &limits, QObject *parent = nullptr);
    ~History() override; // waits until everything is written

    [[nodiscard]] const QString &folder() const { return m_folder; }
    [[nodiscard]] const HistoryLimits &limits() const { return m_limits; }
    void setLimits(const HistoryLimits &limits) { m_limits = limits; }
    // Whether Sends are kept; what is there already stays. On at first.
    void setKeeping(bool keeps) { m_keeps = keeps; }
    [[nodiscard]] bool isKeeping() const { return m_keeps; }

    // Read at the first call, some milliseconds for ten thousand; what crashes left is put in order aside then.
    [[nodiscard]] const HistoryIndex &index();
    [[nodiscard]] const std::optional<Error> &problem() const { return m_problem; } // why the list can't be read
    void reload();
    void refresh(); // reload(), when another program changed the list

    // Errors of HistoryFolder::read().
    [[nodiscard]] Result<HistoryRecord> read(const QString &id) const { return HistoryFolder::read(m_folder, id); }
    void keep(const HistoryRecord &record); // nothing while isKeeping() is false
    void remove(const QStringList &ids);
    void waitForDone(); // until all that was asked for is on the disk; changed() comes from the event loop

Q_SIGNALS:
    void changed();
    void failed(const realmscope::Error &error); // the same one only once in a row

private:
    void inTurn(std::function<Result<HistoryIndex>(HistoryFolder &)> work);
    void done(const Result<HistoryIndex> &result);
    void tell(const Error &error);
    [[nodiscard]] std::pair<qint64, QDateTime> stamp() const;

    QString m_folder;
    HistoryLimits m_limits;
    HistoryIndex m_index;
    bool m_isLoaded = false;
    bool m_keeps = true;
    std::optional<Error> m_problem;
    QString m_told;
    std::pair<qint64, QDateTime> m_stamp; // size and time of the list's file
    QThreadPool m_thread; // one: in the order in which things were asked for
};

} // namespace realmscope
