// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/Url.h"

#include <QtCore/QByteArray>

namespace realmscope {

// The value of a Cookie header for a URL, out of a cookie file in Netscape's format (what curl -c and browser
// extensions write): tail-matching domains, path, secure and expiry are looked at, longer paths come first (RFC 6265
// section 5.4). Empty when no cookie fits. Lines that are no cookies are counted in *unread.
[[nodiscard]] QByteArray cookiesFromFile(QByteArrayView file, const Url &url, qint64 nowSeconds, bool withSessionCookies,
                                         int *unread = nullptr);

} // namespace realmscope
