// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QList>

#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace realmscope::fuzz {

// An oracle: where it does not hold, the process ends with its words and libFuzzer keeps the input.
inline void require(bool holds, const char *what)
{
    if (holds)
        return;
    std::fprintf(stderr, "does not hold: %s\n", what);
    std::abort();
}

inline QByteArray bytes(const uint8_t *data, size_t size)
{
    return {reinterpret_cast<const char *>(data), qsizetype(size)};
}

// The ways in which the same bytes may arrive: in one piece, byte by byte, in pieces of a few.
inline QList<QList<QByteArray>> cuttings(const QByteArray &all)
{
    QList<QList<QByteArray>> out{{all}};
    for (const qsizetype step : {1, 7}) {
        QList<QByteArray> pieces;
        for (qsizetype at = 0; at < all.size(); at += step)
            pieces << all.mid(at, step);
        out << pieces;
    }
    return out;
}

} // namespace realmscope::fuzz
