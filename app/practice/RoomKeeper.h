// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/base/Clock.h"
#include "app/base/Random.h"
#include "app/http/Codec.h"
#include "app/practice/RoomScript.h"

#include <QtCore/QMap>

namespace realmscope {

struct PracticeRequest
{
    QString listener; // "base", "base2", "tls"
    QString certificate; // of the client: "absent", "visitor" (the one that the range gives out), "unknown"
    RequestHead head;
    QByteArray body;
};

// An answer as it goes over the wire, but for the Connection header, which the connection decides.
struct PracticeAnswer
{
    QString roomId; // empty when no room answered
    int status = 200;
    QByteArray reason;
    Headers headers;
    QByteArray body;
    bool chunked = false;
};

// The keeper of all rooms: turns a request into an answer by the rules of the room it goes to. No sockets; the state of
// one run (nonces, counts) lives here and goes with it.
class RoomKeeper
{
public:
    RoomKeeper(QList<RoomScript> scripts, const Clock &clock, Random &random);

    // "base" → "http://127.0.0.1:40123" for {base} in answers.
    void setAddresses(const QMap<QString, QString> &addresses) { m_addresses = addresses; }

    [[nodiscard]] PracticeAnswer answer(const PracticeRequest &request);
    [[nodiscard]] const QList<RoomScript> &scripts() const { return m_scripts; }

private:
    struct Facts;
    struct RoomState
    {
        DigestKeeper digest;
        QMap<QByteArray, qint64> visits; // by path
    };

    [[nodiscard]] Facts gather(const RoomScript &script, const PracticeRequest &request, const QByteArray &below);
    [[nodiscard]] bool holds(const RoomCondition &when, const Facts &facts) const;
    [[nodiscard]] PracticeAnswer fill(const RoomScript &script, const RoomAnswer &answer);
    [[nodiscard]] QByteArray fillTemplates(const RoomScript &script, const QByteArray &text);
    [[nodiscard]] PracticeAnswer index() const;
    [[nodiscard]] PracticeAnswer plain(int status, const QByteArray &text) const;

    QList<RoomScript> m_scripts;
    QMap<QByteArray, qsizetype> m_byId;
    QMap<QString, RoomState> m_states;
    QMap<QString, QString> m_addresses;
    const Clock &m_clock;
    Random &m_random;
};

// "Not Found"; "Unknown" for a status that has none.
[[nodiscard]] QByteArray standardReason(int status);

} // namespace realmscope
