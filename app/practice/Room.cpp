// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/practice/Room.h"

#include "app/practice/RoomScript.h"

#include <QtCore/QDateTime>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

Result<void> fillIn(Room &room, const RoomScript &script, qint64 nowSeconds)
{
    QList<QString *> texts = {&room.credentials, &room.hint};
    for (QStringList *words : {&room.curl, &room.fixed}) {
        for (QString &word : *words)
            texts.append(&word);
    }
    for (QString *text : texts) {
        Result<QString> filled = withTokens(*text, script, nowSeconds);
        if (!filled)
            return filled.error();
        *text = std::move(filled).value();
    }
    return {};
}

} // namespace

Result<QList<Room>> loadRooms()
{
    return loadRooms(QDateTime::currentSecsSinceEpoch());
}

Result<QList<Room>> loadRooms(qint64 nowSeconds)
{
    const Result<QList<RoomScript>> scripts = loadRoomScripts();
    if (!scripts)
        return scripts.error();
    QList<Room> rooms;
    for (const RoomScript &script : *scripts) {
        Room room = script.room;
        if (const Result<void> filled = fillIn(room, script, nowSeconds); !filled)
            return filled.error();
        rooms.append(room);
    }
    return rooms;
}

} // namespace realmscope
