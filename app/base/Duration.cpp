// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/base/Duration.h"

#include <cmath>

using namespace Qt::StringLiterals;

namespace realmscope {

QString durationText(qint64 seconds)
{
    seconds = std::abs(seconds);
    if (seconds < 60)
        return u"%1 s"_s.arg(seconds);
    const qint64 minutes = seconds / 60;
    if (minutes < 60)
        return seconds % 60 == 0 || minutes >= 10 ? u"%1 min"_s.arg(minutes)
                                                  : u"%1 min %2 s"_s.arg(minutes).arg(seconds % 60);
    const qint64 hours = minutes / 60;
    if (hours < 48)
        return minutes % 60 == 0 ? u"%1 h"_s.arg(hours) : u"%1 h %2 min"_s.arg(hours).arg(minutes % 60);
    const qint64 days = hours / 24;
    return days < 730 ? u"%1 days"_s.arg(days) : u"%1 years"_s.arg(days / 365);
}

} // namespace realmscope
