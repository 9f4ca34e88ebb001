// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/Headers.h"

#include <QtCore/QByteArray>
#include <QtCore/QList>
#include <QtCore/QString>

namespace realmscope {

struct AuthParam
{
    QByteArray name;   // as spelt
    QByteArray value;  // quoted pairs undone
    bool quoted = false;
    ByteRange range;   // in the header value it came from: name to end of value
    ByteRange valueRange; // inside the quotes
};

struct ChallengeProblem
{
    QString text;    // "unterminated quoted string in realm"
    ByteRange range; // in the header value
};

// One challenge, or one set of credentials: a scheme with a token68 or parameters (RFC 9110 section 11.2 and 11.3).
struct Challenge
{
    QByteArray scheme;      // as spelt
    QByteArray token68;     // empty when there are parameters
    QList<AuthParam> params;
    qsizetype line = 0;     // which field line it stands in (index in the list given to parseChallenges)
    ByteRange range;        // in that line's value
    QList<ChallengeProblem> problems;

    [[nodiscard]] bool is(QByteArrayView otherScheme) const; // ASCII case-insensitive
    [[nodiscard]] const AuthParam *param(QByteArrayView name) const; // first of that name, case-insensitive
    [[nodiscard]] QByteArray value(QByteArrayView name) const;       // null array when absent
    [[nodiscard]] bool has(QByteArrayView name) const { return param(name) != nullptr; }
};

struct ChallengeList
{
    QList<Challenge> challenges;
    QList<ChallengeProblem> problems; // what belongs to no challenge; `line` is lost, range is in its own line
    [[nodiscard]] const Challenge *find(QByteArrayView scheme) const;
    [[nodiscard]] bool isWellFormed() const;
};

// Reads all values of WWW-Authenticate or Proxy-Authenticate: several challenges in one or more lines, token68,
// quoted pairs, obs-fold, empty list elements. Never gives up: what cannot be read becomes a problem with its
// position, and reading goes on at the next thing that looks like a challenge.
[[nodiscard]] ChallengeList parseChallenges(const QList<QByteArray> &lines);

// Reads one Authorization or Proxy-Authorization value with the same grammar. A value without a scheme gives a
// Challenge whose scheme is empty and whose token68 is the value.
[[nodiscard]] Challenge parseCredentials(QByteArrayView value);

// quoted-string with '"' and '\' escaped (RFC 9110 section 5.6.4).
[[nodiscard]] QByteArray quoteString(QByteArrayView text);

} // namespace realmscope
