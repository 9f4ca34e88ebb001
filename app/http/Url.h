// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/base/Result.h"

#include <QtCore/QByteArray>
#include <QtCore/QString>

#include <optional>

namespace realmscope {

// Scheme, host and port (RFC 6454). The host is lower-case ASCII (A-labels); an IPv6 host has no brackets.
struct Origin
{
    QString scheme;
    QString host;
    quint16 port = 0;

    // "https://api.example.com" or "http://127.0.0.1:8080": the port is left out where it is the scheme's default.
    [[nodiscard]] QString toString() const;
    bool operator==(const Origin &) const = default;
};

[[nodiscard]] quint16 defaultPort(const QString &scheme); // 80, 443 or 0

// An http or https URL whose path and query stay exactly as they were written (QUrl would rewrite them, and an
// authentication tool must send what the user typed). Source: RFC 3986.
struct Url
{
    QString scheme;                    // "http" or "https", lower case
    std::optional<QByteArray> userInfo; // as written, still percent-encoded
    QString host;                      // lower-case ASCII, IDN converted to A-labels, no brackets around IPv6
    quint16 port = 0;                  // never 0 in a parsed Url
    bool portWritten = false;
    QByteArray path;                   // as written; empty when the URL had none
    std::optional<QByteArray> query;   // without '?'
    std::optional<QByteArray> fragment; // without '#'; never sent

    // Accepts what a person types: surrounding white space is trimmed, a missing scheme becomes "http://" (like
    // curl), bytes outside printable ASCII and spaces in path and query are percent-encoded as UTF-8, '[' ']' etc.
    // stay. Errors: InvalidUrl with the place.
    [[nodiscard]] static Result<Url> parse(const QString &text);

    [[nodiscard]] QString toString(bool withUserInfo = false) const; // includes the fragment
    [[nodiscard]] QByteArray requestTarget() const;                  // origin-form: path (or "/") and query
    [[nodiscard]] QByteArray hostHeader() const;                     // host[:port], brackets around IPv6
    [[nodiscard]] Origin origin() const { return {scheme, host, port}; }
    [[nodiscard]] bool isSecure() const { return scheme == QLatin1String("https"); }

    // Reference resolution, RFC 3986 section 5.2 with dot segments removed (as a client does for Location).
    [[nodiscard]] Result<Url> resolve(QByteArrayView reference) const;

    bool operator==(const Url &) const = default;
};

// Removes dot segments of a path (RFC 3986 section 5.2.4), as curl does without --path-as-is.
[[nodiscard]] QByteArray removeDotSegments(QByteArrayView path);

} // namespace realmscope
