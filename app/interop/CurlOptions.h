// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QtCore/QByteArrayView>

#include <span>

namespace realmscope {

enum class CurlEffect {
    Handled,     // changes the request, and is understood
    Silent,      // changes only what curl itself prints or keeps; nothing is lost by leaving it out
    Unsupported, // would change what happens on the wire, and is not understood
};

// One option of the curl program, 7.88.
struct CurlOption
{
    const char *name;  // without dashes, and without "no-"
    char letter;       // 0: none
    bool takesValue;
    CurlEffect effect;
};

[[nodiscard]] std::span<const CurlOption> curlOptions();
[[nodiscard]] const CurlOption *findCurlOption(char letter); // null when unknown
// By name, or by an unambiguous beginning of one, as curl accepts it. Null when unknown or ambiguous.
[[nodiscard]] const CurlOption *findCurlOption(QByteArrayView name);
[[nodiscard]] const CurlOption *findCurlOptionExactly(QByteArrayView name);

} // namespace realmscope
