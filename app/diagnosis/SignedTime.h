// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/diagnosis/Facts.h"

namespace realmscope {

// The moment that stands in a signed request, in seconds since the epoch.
struct SignedTime
{
    qint64 at = 0;
    std::optional<qint64> until; // of a signed URL that names its end
    qint64 tolerance = 300;      // how far servers usually let it be off
    QString name;                // "X-Amz-Date"
    Evidence where;
};
// OAuth 1.0 (RFC 5849 section 3.3), Hawk, AWS Signature Version 4, Google signed URLs, EdgeGrid, DPoP (RFC 9449
// section 4.2). nullopt when the request has none.
[[nodiscard]] std::optional<SignedTime> readSignedTime(const Facts &facts);

} // namespace realmscope
