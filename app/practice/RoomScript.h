// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/base/Result.h"
#include "app/practice/DigestKeeper.h"
#include "app/practice/PracticeProof.h"
#include "app/practice/PracticeToken.h"
#include "app/practice/Room.h"

#include <QtCore/QHash>
#include <QtCore/QJsonObject>
#include <QtCore/QRegularExpression>

#include <optional>
#include <utility>

namespace realmscope {

// How the server behaves in a room, as data. The language is written down in docs/ROOMS.md.

// true: present · false: absent · "text" or ["a", "b"]: equal to one of them · {"matches": "regex"}.
struct ValueTest
{
    enum class Kind { Present, Absent, OneOf, Matches };
    Kind kind = Kind::Present;
    QList<QByteArray> values;
    QRegularExpression pattern;

    [[nodiscard]] bool holds(const std::optional<QByteArray> &value) const;
};
using NamedTests = QList<std::pair<QByteArray, ValueTest>>;

// All that is given must hold; nothing given always holds.
struct RoomCondition
{
    QList<QByteArray> methods;
    QString listener;                       // "base", "base2", "tls"
    QStringList certificate;                // of the client, on "tls": "absent", "visitor", "unknown"
    NamedTests headers;
    NamedTests query;
    NamedTests cookies;
    NamedTests form;
    NamedTests json;
    std::optional<ValueTest> bearer;        // the token after "Bearer "
    std::optional<ValueTest> basic;         // the decoded "user:password"
    std::optional<ValueTest> contentType;   // media type without parameters, lower case
    QStringList digest;                     // DigestKeeper::judge, or "absent"
    QStringList jwt;                        // judgePracticeToken, or "absent"
    QStringList proof;                      // judgePracticeProof, or "absent"
    QByteArray repeated;                    // a header that stands there more than once
    int every = 0;                          // every n-th request to this path
    int after = 0;                          // from the n-th request to this path on
    QList<RoomCondition> any;                   // one of these holds
    QList<RoomCondition> none;                  // none of these holds
};

struct RoomAnswer
{
    int status = 200;
    QByteArray reason;               // the standard one when empty
    QList<QByteArray> headerLines;   // "Name: value", in order
    QByteArray body;
    bool chunked = false;
};

struct RoomRule
{
    RoomCondition when;
    RoomAnswer answer;
};

// What stands in front of the application and changes what it sees.
struct Front
{
    QList<QByteArray> drop;          // header names that do not reach the application
    bool dropUnderscores = false;    // as nginx and Apache do with names that hold "_"
};

struct RoomScript
{
    Room room;
    int order = 0;                   // place in the list
    int refusal = 401;               // what the failing request gets
    QByteArray server;               // Server header; none when empty
    Front front;
    std::optional<TokenPolicy> jwtPolicy;
    std::optional<DigestPolicy> digestPolicy;
    std::optional<ProofPolicy> proofPolicy;
    QHash<QString, QJsonObject> tokens;      // {jwt:NAME}
    QHash<QString, QJsonObject> proofs;      // {proof:NAME}
    QHash<QByteArray, QList<RoomRule>> paths;    // below /ID: "" is the room itself, "/login" …
};

// Error: Parse with the place in the file; unknown members are errors, so that a typing mistake cannot hide.
[[nodiscard]] Result<RoomScript> parseRoomScript(const QByteArray &json, const QString &fileName);

// All rooms, in their order. Error: Parse, FileUnreadable.
[[nodiscard]] Result<QList<RoomScript>> loadRoomScripts();

// Puts the {jwt:NAME} and {proof:NAME} of a room into a text.
[[nodiscard]] Result<QString> withTokens(QString text, const RoomScript &script, qint64 nowSeconds);

} // namespace realmscope
