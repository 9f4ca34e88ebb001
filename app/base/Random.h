// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QtCore/QByteArray>

namespace realmscope {

// Injected source of randomness for nonces, so that RFC vectors can be reproduced.
class Random
{
public:
    virtual ~Random() = default;
    [[nodiscard]] virtual QByteArray bytes(qsizetype count) = 0;
    [[nodiscard]] QByteArray hex(qsizetype byteCount) { return bytes(byteCount).toHex(); }
};

// The operating system's CSPRNG (OpenSSL RAND_bytes).
class SystemRandom final : public Random
{
public:
    [[nodiscard]] QByteArray bytes(qsizetype count) override;
};

} // namespace realmscope
