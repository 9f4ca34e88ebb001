// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QByteArrayView>
#include <QtCore/QDebug>
#include <QtCore/QString>

#include <memory>

namespace realmscope {

// Bytes that must not be seen: a password, a token, a key. The buffer is guarded memory of libsodium: it cannot be
// written, nor read past its end; it is locked where the system allows it and zeroed when the last copy goes. Copies share the buffer. There is no implicit conversion and no
// operator== that could leak by timing; printing one shows "(redacted)".
class Secret
{
public:
    Secret() = default;
    explicit Secret(QByteArrayView bytes);
    [[nodiscard]] static Secret fromString(const QString &text); // UTF-8

    [[nodiscard]] bool isEmpty() const { return size() == 0; }
    [[nodiscard]] qsizetype size() const;

    // The bytes themselves, valid as long as this Secret. Name the reason at the call site; never log the result.
    [[nodiscard]] QByteArrayView reveal() const;
    [[nodiscard]] QByteArray revealBytes() const; // a copy that is not zeroed: keep it short-lived
    [[nodiscard]] QString revealText() const;     // as UTF-8

    // Constant time in the length of the longer one.
    [[nodiscard]] bool equals(const Secret &other) const;

private:
    struct Buffer;
    std::shared_ptr<const Buffer> m_buffer;
};

QDebug operator<<(QDebug debug, const Secret &secret);

} // namespace realmscope
