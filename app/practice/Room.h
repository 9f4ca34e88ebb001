// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/base/Result.h"

#include <QtCore/QList>
#include <QtCore/QString>
#include <QtCore/QStringList>

namespace realmscope {

// One room of the practice range, for the list and for those who walk in. How the server behaves in it is data in
// resources/rooms/ and stays inside practice/.
struct Room
{
    QString id;          // path segment: "expired-token"
    QString title;       // "Token that expired a minute ago"
    QString lesson;      // what one learns, one to three sentences
    QString cause;       // expected cause id
    QString step;        // checklist step id
    QString credentials; // what the user is given: "alice / Quartz-58", for a person
    QStringList curl;    // the failing request as curl words
    QStringList fixed;   // the one that gets the 200
    QString hint;        // how to get from one to the other
};

// All rooms in their order. The tokens that a room declares are made here, for now; the addresses stay as written
// ({base}, {base2}), so that the words fit a server in another process. Error: Parse when the data is damaged.
[[nodiscard]] Result<QList<Room>> loadRooms();
[[nodiscard]] Result<QList<Room>> loadRooms(qint64 nowSeconds);

} // namespace realmscope
