// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/CookieJar.h"

namespace realmscope {

// Lines of a cookie file that gave no cookie.
struct CookieFileReport
{
    int unread = 0;        // neither a cookie in Netscape's format nor a header line, or one that no jar may hold
    int withoutDomain = 0; // Set-Cookie lines without Domain: nobody knows whose they are (curl never sends them either)
};

// Reads what curl -b FILE reads into the jar: Netscape's format (what curl -c and browser extensions write), or a dump
// of response headers with Set-Cookie lines. Session cookies are left out without withSessionCookies (curl -j).
CookieFileReport readCookieFile(QByteArrayView file, qint64 nowMs, bool withSessionCookies, CookieJar &jar);

// The jar in Netscape's format, as curl -c writes it. What the format can't hold is left out and counted in *left:
// cookies without a name, and a value with a tab.
[[nodiscard]] QByteArray toCookieFile(const CookieJar &jar, qint64 nowMs, int *left = nullptr);

} // namespace realmscope
