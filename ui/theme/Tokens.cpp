// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/theme/Tokens.h"

#include <array>

namespace realmscope {

namespace {

struct TokenPair
{
    QRgb light;
    QRgb dark;
};

// In the order of enum Token. Every pair of text and fill reaches 4.5:1 (WCAG 2.2, 1.4.3); tst_theme computes it.
constexpr std::array tokens{
    TokenPair{0xFFF3F4F6, 0xFF131519}, // Win
    TokenPair{0xFFFFFFFF, 0xFF1A1D22}, // Surf
    TokenPair{0xFFF9FAFB, 0xFF1E2127}, // Alt
    TokenPair{0xFFEAECF0, 0xFF262A31}, // Hover
    TokenPair{0xFFDDE0E6, 0xFF30353E}, // Press
    TokenPair{0xFFE1E4E9, 0xFF2A2E36}, // Line
    TokenPair{0xFFC6CBD4, 0xFF414853}, // Line2
    TokenPair{0xFF868F9D, 0xFF727B89}, // Ctl
    TokenPair{0xFF1A1D24, 0xFFE5E8ED}, // Fg
    TokenPair{0xFF4F5766, 0xFFAAB1BE}, // Fg2
    TokenPair{0xFF606877, 0xFF8E96A4}, // Fg3
    TokenPair{0xFFA0A7B4, 0xFF59606D}, // Dis
    TokenPair{0xFF4650CF, 0xFFA0A8FF}, // Acc
    TokenPair{0xFF4650CF, 0xFF525CDB}, // AccFill
    TokenPair{0xFF3C45BA, 0xFF5A64E2}, // AccH
    TokenPair{0xFF3139A0, 0xFF454FC8}, // AccP
    TokenPair{0xFFECEDFC, 0xFF252948}, // AccSoft
    TokenPair{0xFFB9BEF3, 0xFF4A5294}, // AccLine
    TokenPair{0xFFFFFFFF, 0xFFFFFFFF}, // OnAcc
    TokenPair{0xFF11704A, 0xFF5CCB92}, // Good
    TokenPair{0xFFE2F4EA, 0xFF15301F}, // GoodSoft
    TokenPair{0xFFB2DDC6, 0xFF265A3D}, // GoodLine
    TokenPair{0xFF0B6684, 0xFF62C4E2}, // Info
    TokenPair{0xFFE0F1F7, 0xFF12303B}, // InfoSoft
    TokenPair{0xFFAFD8E6, 0xFF235567}, // InfoLine
    TokenPair{0xFF855600, 0xFFE5B454}, // Warn
    TokenPair{0xFFFCF1DA, 0xFF352A12}, // WarnSoft
    TokenPair{0xFFE9CF90, 0xFF665022}, // WarnLine
    TokenPair{0xFFB3261E, 0xFFFF8A81}, // Bad
    TokenPair{0xFFFDECEA, 0xFF351D1E}, // BadSoft
    TokenPair{0xFFF2C1BC, 0xFF6B3335}, // BadLine
    TokenPair{0xFF1D62B8, 0xFF7FB2F5}, // MGet
    TokenPair{0xFF11704A, 0xFF5CCB92}, // MPost
    TokenPair{0xFF855600, 0xFFE5B454}, // MPut
    TokenPair{0xFF7A3CB0, 0xFFC79BF2}, // MPatch
    TokenPair{0xFFB3261E, 0xFFFF8A81}, // MDel
    TokenPair{0xFF4F5766, 0xFFAAB1BE}, // MOther
    TokenPair{0xFFB3261E, 0xFFB53A33}, // BadFill
};
static_assert(tokens.size() == static_cast<std::size_t>(Token::BadFill) + 1);

} // namespace

QColor tokenColor(Token token, bool dark)
{
    const TokenPair &pair = tokens.at(static_cast<std::size_t>(token));
    return QColor::fromRgb(dark ? pair.dark : pair.light);
}

} // namespace realmscope
