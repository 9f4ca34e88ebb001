// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/Limits.h"

#include <QtCore/QByteArray>

#include <vector>

namespace realmscope::test {

// What the server does when it has sent its bytes.
enum class Then {
    Close,   // an orderly end
    Stay,    // silence on an open connection
    Reset,   // RST
    Endless, // the tail again and again, as fast as it is taken
    Drip,    // the tail again and again, a byte each 20 ms
};

// One answer of a hostile or broken server, and what has to come of it.
struct HostileCase
{
    const char *name;
    const char *source;  // what says so
    QByteArray sends;
    Then then = Then::Close;
    int status = 200;
    const char *body = "";    // null: not looked at
    const char *anomaly = ""; // "" none at all, "*" not looked at
    const char *error = "";   // id of the error; "" a whole response
    bool reusable = false;    // another request may follow on the connection
    QByteArray tail = {};
    QByteArray method = "GET";
    bool tls = false;

    // Neither a time limit nor an endless flow is needed to end it.
    [[nodiscard]] bool isQuick() const;
};

// Small, so that each is met soon.
[[nodiscard]] Limits hostileLimits(const HostileCase &one);
[[nodiscard]] const std::vector<HostileCase> &hostileCases();

} // namespace realmscope::test
