// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/credentials/PassphraseStrength.h"

#include <sodium.h>
#include <zxcvbn.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

namespace realmscope {

PassphraseStrength passphraseStrength(const Secret &passphrase)
{
    constexpr qsizetype longest = 100;
    std::array<char, longest + 1> text{};
    const QByteArrayView bytes = passphrase.reveal();
    std::memcpy(text.data(), bytes.data(), size_t(std::min(longest, bytes.size())));
    const char *ownWords[] = {"realmscope", "vault", nullptr};
    PassphraseStrength strength;
    strength.bits = text[0] == '\0' ? 0 : ZxcvbnMatch(text.data(), ownWords, nullptr);
    sodium_memzero(text.data(), text.size());
    const double digits = strength.bits * std::log10(2.0);
    strength.score = digits < 3 ? 0 : digits < 6 ? 1 : digits < 8 ? 2 : digits < 10 ? 3 : 4;
    return strength;
}

} // namespace realmscope
