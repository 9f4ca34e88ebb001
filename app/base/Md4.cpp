// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/base/Md4.h"

#include <QtCore/QtEndian>

#include <array>
#include <bit>

namespace realmscope {

QByteArray md4(QByteArrayView data)
{
    QByteArray padded = data.toByteArray() + '\x80';
    padded.append((120 - padded.size() % 64) % 64, '\0');
    std::array<char, 8> bitCount{};
    qToLittleEndian(quint64(data.size()) * 8, bitCount.data());
    padded.append(bitCount.data(), 8);

    std::array<quint32, 4> state{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
    static constexpr std::array<std::array<int, 4>, 3> shifts{{{3, 7, 11, 19}, {3, 5, 9, 13}, {3, 9, 11, 15}}};
    static constexpr std::array<std::array<int, 16>, 3> order{{{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
                                                               {0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15},
                                                               {0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15}}};
    static constexpr std::array<quint32, 3> constants{0, 0x5a827999, 0x6ed9eba1};
    for (qsizetype at = 0; at < padded.size(); at += 64) {
        std::array<quint32, 16> words{};
        for (size_t i = 0; i < words.size(); ++i)
            words[i] = qFromLittleEndian<quint32>(padded.constData() + at + qsizetype(4 * i));
        auto [a, b, c, d] = state;
        for (size_t round = 0; round < 3; ++round) {
            for (size_t i = 0; i < 16; ++i) {
                const quint32 mixed = round == 0 ? (b & c) | (~b & d) : round == 1 ? (b & c) | (b & d) | (c & d) : b ^ c ^ d;
                const quint32 next = std::rotl(a + mixed + words[size_t(order[round][i])] + constants[round], shifts[round][i % 4]);
                a = d;
                d = c;
                c = b;
                b = next;
            }
        }
        state = {state[0] + a, state[1] + b, state[2] + c, state[3] + d};
    }
    QByteArray out(16, '\0');
    for (size_t i = 0; i < state.size(); ++i)
        qToLittleEndian(state[i], out.data() + 4 * i);
    return out;
}

} // namespace realmscope
