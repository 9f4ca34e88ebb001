// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/Headers.h"

#include <QtCore/QList>
#include <QtCore/QString>

#include <optional>

namespace realmscope {

enum class SameSite { Default, None, Lax, Strict }; // Default is treated as Lax (RFC 6265bis section 5.6.7.1)
[[nodiscard]] QString sameSiteText(SameSite sameSite); // "", "None", "Lax", "Strict"

// Something odd in a Set-Cookie that was tolerated. id is stable, for JSON and tests.
struct CookieDeviation
{
    QString id;
    QString text; // one sentence for a person, without full stop
    bool operator==(const CookieDeviation &) const = default;
};

// What became of one cookie in one exchange.
enum class CookieDecision {
    Sent,
    Withheld, // it exists, and was not sent with this request
    Stored,   // new in the jar
    Replaced, // took the place of one with the same name, domain and path
    Removed,  // the server took it away: it came with an expiry in the past
    Rejected, // Set-Cookie that a jar does not take
};
[[nodiscard]] QString cookieDecisionId(CookieDecision decision); // "sent", "withheld", …

// One cookie of an exchange and why it was sent, kept or not. Never the value.
struct CookieVerdict
{
    CookieDecision decision = CookieDecision::Withheld;
    QByteArray name;    // may be empty: a cookie without a name
    QString domain;     // lower case, no leading dot
    bool hostOnly = true;
    QByteArray path;
    bool secure = false;
    bool httpOnly = false;
    SameSite sameSite = SameSite::Default;
    std::optional<qint64> expiresAt; // seconds since the epoch; none: until the session ends
    QString reasonId;   // stable: "secure-only", "path-mismatch", "public-suffix" …; empty when there is nothing to explain
    QString reason;     // one sentence for a person, without full stop
    QList<CookieDeviation> deviations; // of a Set-Cookie
    ByteRange range;    // Sent: the pair in the raw request; a Set-Cookie: its value in the raw response; else empty

    // The rules of cookies decided, and not that no jar is in use, or that the request has a cookie of its own.
    [[nodiscard]] bool isByRule() const;
    [[nodiscard]] bool isReceived() const { return decision != CookieDecision::Sent && decision != CookieDecision::Withheld; }
};

} // namespace realmscope
