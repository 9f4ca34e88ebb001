// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/Cookie.h"

namespace realmscope {

// A Set-Cookie value taken apart as RFC 6265bis section 5.6 says: tolerant, and each oddity is kept as data. What the
// attributes mean for a jar is decided by CookieJar.
struct SetCookie
{
    QByteArray name;  // may be empty
    QByteArray value; // quotes, if any, are part of it
    std::optional<qint64> expires; // seconds since the epoch
    std::optional<qint64> maxAge;  // seconds; zero and below: at once
    QByteArray domain;             // lower case, no leading dot; empty: none
    std::optional<QByteArray> path; // none: the default path of the request, also when the attribute is not absolute
    bool secure = false;
    bool httpOnly = false;
    SameSite sameSite = SameSite::Default;
    QList<CookieDeviation> deviations;
    // Why the whole is to be ignored: "control-character", "too-long", "empty". No id: it is not.
    CookieDeviation fault;

    [[nodiscard]] bool isIgnored() const { return !fault.id.isEmpty(); }
};

[[nodiscard]] SetCookie parseSetCookie(QByteArrayView value);

// The date algorithm of RFC 6265bis section 5.1.1, seconds since the epoch. nullopt where it fails.
[[nodiscard]] std::optional<qint64> parseCookieDate(QByteArrayView text);

inline constexpr qsizetype maxCookieLength = 4096;      // name and value together, bytes
inline constexpr qsizetype maxCookieAttribute = 1024;   // value of an attribute, bytes

} // namespace realmscope
