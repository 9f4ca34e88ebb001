// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/CookieJar.h"
#include "app/http/Exchange.h"

#include <memory>

namespace realmscope {

class Clock;

// What a run does with cookies: the jar's go along with each request, those that come are kept, and the exchange says
// why. Without a jar, or with cookies switched off, nothing is sent or kept; what would have been is told all the same.
class RunCookies
{
public:
    // jar may be null; the clock is borrowed.
    RunCookies(std::shared_ptr<CookieJar> jar, bool areOn, const Clock &clock);

    // Adds the jar's cookies to the request and says which, and which not.
    //
    // There is one Cookie header (RFC 6265bis section 5.8.1). When the user or the credential wrote one, the jar's
    // cookies come first, as in curl, and a name that is there already is not sent twice: the written one wins. The
    // source of a line that only the jar made is HeaderSource::CookieJar, with "2 of 3" as detail.
    [[nodiscard]] QList<CookieVerdict> addTo(Request &request);
    // Keeps what came with the response; completes exchange.cookies with it and with the ranges of what was sent.
    void takeFrom(Exchange &exchange);

private:
    [[nodiscard]] CookieContext contextOf(const Request &request) const;
    void markOff(CookieVerdict &verdict, CookieDecision decision) const;

    std::shared_ptr<CookieJar> m_jar;
    CookieJar m_shadow; // stands for the jar when cookies are not used
    bool m_areOn;
    const Clock &m_clock;
};

} // namespace realmscope
