// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QtCore/QtGlobal>

namespace realmscope {

// Every limit has a name, a default and its own error that says which limit and what was received.
struct Limits
{
    qint64 headerBytes = 256 * 1024;      // status line and headers of one message
    int headerCount = 1000;
    qint64 bodyBytes = 2LL * 1024 * 1024 * 1024; // encoded body
    qint64 decodedBodyBytes = 2LL * 1024 * 1024 * 1024;
    int decompressionRatio = 1000;        // decoded / encoded, looked at from 1 MiB of decoded bytes on
    int informationalResponses = 20;
    int redirects = 10;
    int connectTimeoutMs = 30'000;        // DNS, TCP and TLS together
    int idleTimeoutMs = 60'000;           // no byte in either direction
    int totalTimeoutMs = 0;               // 0: none
    int expectTimeoutMs = 1'000;          // wait for 100 Continue; then the body goes out without it
    bool operator==(const Limits &) const = default;
};

} // namespace realmscope
