// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/base/Result.h"
#include "app/http/Limits.h"

#include <QtCore/QByteArray>
#include <QtCore/QByteArrayView>
#include <QtCore/QList>

#include <memory>

namespace realmscope {

// Removes content codings (RFC 9110 section 8.4): gzip, x-gzip, deflate (zlib, and raw as some servers send it), br,
// zstd, identity; several in a row are undone from the last to the first.
class ContentDecoder
{
public:
    // Error: Unsupported for a coding that is not known (the body then stays encoded).
    [[nodiscard]] static Result<std::unique_ptr<ContentDecoder>> create(QByteArrayView contentEncoding,
                                                                        const Limits &limits);
    virtual ~ContentDecoder() = default;

    // Appends decoded bytes to out. Errors: ProtocolError (corrupt, what was decoded so far stays in out),
    // LimitExceeded (decodedBodyBytes, decompressionRatio).
    [[nodiscard]] virtual Result<void> feed(QByteArrayView bytes, QByteArray &out) = 0;
    // At the end of the message. Error: ProtocolError when the compressed stream is not complete.
    [[nodiscard]] virtual Result<void> finish(QByteArray &out) = 0;

    // The names of the codings that can be decoded, for Accept-Encoding.
    [[nodiscard]] static QList<QByteArray> supported();
};

} // namespace realmscope
