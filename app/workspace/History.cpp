// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/workspace/History.h"

#include <QtCore/QFileInfo>

namespace realmscope {

History::History(QString folder, const HistoryLimits &limits, QObject *parent) : QObject(parent), m_folder(std::move(folder)), m_limits(limits)
{
    m_thread.setMaxThreadCount(1);
}

History::~History() { waitForDone(); }

void History::waitForDone() { m_thread.waitForDone(); }

const HistoryIndex &History::index()
{
    if (!m_isLoaded) {
        m_isLoaded = true;
        reload();
        m_thread.start([this, folder = HistoryFolder(m_folder, m_limits)]() mutable {
            const Result<HistoryFolder::Checked> checked = folder.check();
            QMetaObject::invokeMethod(this, [this, checked] {
                if (!checked) {
                    done(checked.error());
                    return;
                }
                done(checked->index);
                if (checked->damage)
                    tell(*checked->damage);
            }, Qt::QueuedConnection);
        });
    }
    return m_index;
}

void History::reload()
{
    m_isLoaded = true;
    const Result<HistoryIndex> loaded = HistoryFolder::load(m_folder);
    if (!loaded) {
        m_problem = loaded.error();
        m_index = HistoryIndex();
    }
    done(loaded);
}

void History::refresh()
{
    if (m_isLoaded && stamp() != m_stamp)
        reload();
}

std::pair<qint64, QDateTime> History::stamp() const
{
    const QFileInfo file(HistoryFolder::listPath(m_folder));
    return {file.size(), file.lastModified()};
}

// The object outlives its work: the destructor waits, and what is queued to it goes with it.
void History::inTurn(std::function<Result<HistoryIndex>(HistoryFolder &)> work)
{
    m_thread.start([this, work = std::move(work), folder = HistoryFolder(m_folder, m_limits)]() mutable {
        const Result<HistoryIndex> result = work(folder);
        QMetaObject::invokeMethod(this, [this, result] { done(result); }, Qt::QueuedConnection);
    });
}

void History::keep(const HistoryRecord &record)
{
    if (m_keeps)
        inTurn([record](HistoryFolder &folder) { return folder.add(record); });
}

void History::remove(const QStringList &ids)
{
    if (!ids.isEmpty())
        inTurn([ids](HistoryFolder &folder) { return folder.remove(QSet<QString>(ids.begin(), ids.end())); });
}

void History::done(const Result<HistoryIndex> &result)
{
    m_stamp = stamp();
    if (result) {
        const bool isSame = !m_problem && m_index.isSameAs(*result);
        m_problem.reset();
        m_told.clear();
        m_isLoaded = true;
        if (isSame) // as after a check that found nothing
            return;
        m_index = *result;
    } else {
        tell(result.error());
    }
    Q_EMIT changed();
}

void History::tell(const Error &error)
{
    if (error.message == std::exchange(m_told, error.message))
        return;
    Q_EMIT failed(error);
}

} // namespace realmscope
