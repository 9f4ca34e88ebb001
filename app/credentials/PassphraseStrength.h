// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/base/Secret.h"

namespace realmscope {

// How hard a passphrase is to guess for somebody who tries words, names, dates and keyboard rows first (zxcvbn).
struct PassphraseStrength
{
    int score = 0;      // 0 to 4, by zxcvbn's limits: 10^3, 10^6, 10^8, 10^10 guesses
    double bits = 0;    // binary logarithm of the guesses
    [[nodiscard]] bool isWeak() const { return score < 3; }
};

// Of a long passphrase the first 100 bytes count, which is more than anybody guesses.
[[nodiscard]] PassphraseStrength passphraseStrength(const Secret &passphrase);

} // namespace realmscope
