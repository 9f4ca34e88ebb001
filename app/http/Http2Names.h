// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/Exchange.h"

namespace realmscope {

// The registered names of HTTP/2 (RFC 9113 sections 6 and 7), for a person. Unknown ones are shown by number.

[[nodiscard]] QString http2FrameName(quint8 type);                   // "HEADERS", "frame type 0x2a"
[[nodiscard]] QStringList http2FlagNames(quint8 type, quint8 flags); // "END_STREAM"; unknown bits as "0x40"
[[nodiscard]] QString http2ErrorName(quint32 code);                  // "REFUSED_STREAM", "error 0x1f"
[[nodiscard]] QString
http2ErrorText(quint32 code); // "REFUSED_STREAM, the server did nothing with the request"
// What a frame of the connection says, for those that say something short: settings with their values,
// increments, error codes. Server text in it is made harmless. Empty for the others.
[[nodiscard]] QString http2FrameText(const Http2Frame &frame);
// The first 200 bytes of a peer's words in quotation marks, made harmless.
[[nodiscard]] QString http2Quoted(QByteArrayView bytes);

} // namespace realmscope
