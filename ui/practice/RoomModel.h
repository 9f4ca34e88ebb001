// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/practice/Room.h"

#include <QtCore/QAbstractListModel>
#include <QtCore/QSet>
#include <QtCore/QSortFilterProxyModel>

namespace realmscope {

// The rooms as a list, with what was solved in this run.
class RoomModel : public QAbstractListModel
{
    Q_OBJECT
public:
    enum Role { CauseRole = Qt::UserRole + 1, StepRole, SolvedRole, IdRole };

    using QAbstractListModel::QAbstractListModel;

    void setRooms(const QList<Room> &rooms);
    [[nodiscard]] const Room &room(int row) const { return m_rooms.at(row); }
    [[nodiscard]] int rowOf(const QString &roomId) const; // -1
    void setSolved(const QString &roomId);
    [[nodiscard]] int solvedCount() const { return int(m_solved.size()); }

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;

private:
    QList<Room> m_rooms;
    QSet<QString> m_solved;
};

} // namespace realmscope
