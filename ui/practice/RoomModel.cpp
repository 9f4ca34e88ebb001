// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/practice/RoomModel.h"

#include "app/diagnosis/Finding.h"

#include <algorithm>

namespace realmscope {

void RoomModel::setRooms(const QList<Room> &rooms)
{
    beginResetModel();
    m_rooms = rooms;
    endResetModel();
}

int RoomModel::rowOf(const QString &roomId) const
{
    const auto it = std::ranges::find_if(m_rooms, [&](const Room &room) { return room.id == roomId; });
    return it == m_rooms.end() ? -1 : int(it - m_rooms.begin());
}

void RoomModel::setSolved(const QString &roomId)
{
    const int row = rowOf(roomId);
    if (row < 0 || m_solved.contains(roomId))
        return;
    m_solved.insert(roomId);
    Q_EMIT dataChanged(index(row), index(row), {SolvedRole, Qt::AccessibleTextRole});
}

int RoomModel::rowCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : int(m_rooms.size()); }

QVariant RoomModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const Room &room = m_rooms.at(index.row());
    const bool isSolved = m_solved.contains(room.id);
    switch (role) {
    case Qt::DisplayRole:
        return room.title;
    case Qt::AccessibleTextRole:
        return isSolved ? tr("%1, solved").arg(room.title) : room.title;
    case CauseRole:
        return room.cause;
    case StepRole:
        return room.step;
    case SolvedRole:
        return isSolved;
    case IdRole:
        return room.id;
    default:
        return {};
    }
}

} // namespace realmscope
