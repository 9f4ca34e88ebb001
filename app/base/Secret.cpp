// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/base/Secret.h"

#include <openssl/crypto.h>
#include <sodium.h>

#include <algorithm>
#include <cstring>
#include <new>

namespace realmscope {

// libsodium's guarded heap: pages that cannot be touched before and behind, a canary, locked where the system allows it (a
// refused lock is no error), zeroed when it is freed. Read-only once written.
struct Secret::Buffer
{
    explicit Buffer(QByteArrayView bytes) : size(bytes.size())
    {
        if (size == 0)
            return;
        if (sodium_init() < 0)
            throw std::bad_alloc();
        data = static_cast<char *>(sodium_malloc(size_t(size)));
        if (!data)
            throw std::bad_alloc();
        std::memcpy(data, bytes.data(), size_t(size));
        sodium_mprotect_readonly(data);
    }
    ~Buffer()
    {
        if (data)
            sodium_free(data); // makes it writable by itself
    }
    Buffer(const Buffer &) = delete;
    Buffer &operator=(const Buffer &) = delete;

    qsizetype size = 0;
    char *data = nullptr;
};

Secret::Secret(QByteArrayView bytes) : m_buffer(std::make_shared<Buffer>(bytes)) {}

Secret Secret::fromString(const QString &text)
{
    QByteArray bytes = text.toUtf8();
    Secret secret{QByteArrayView(bytes)};
    OPENSSL_cleanse(bytes.data(), size_t(bytes.size()));
    return secret;
}

qsizetype Secret::size() const { return m_buffer ? m_buffer->size : 0; }

QByteArrayView Secret::reveal() const
{
    return m_buffer ? QByteArrayView(m_buffer->data, m_buffer->size) : QByteArrayView();
}

QByteArray Secret::revealBytes() const { return reveal().toByteArray(); }

QString Secret::revealText() const { return QString::fromUtf8(reveal()); }

bool Secret::equals(const Secret &other) const
{
    // CRYPTO_memcmp takes one length: compare over the longer one, each read from its own start.
    const QByteArrayView a = reveal();
    const QByteArrayView b = other.reveal();
    unsigned char difference = a.size() == b.size() ? 0 : 1;
    const qsizetype longest = std::max(a.size(), b.size());
    for (qsizetype i = 0; i < longest; ++i) {
        const auto x = static_cast<unsigned char>(i < a.size() ? a[i] : 0);
        const auto y = static_cast<unsigned char>(i < b.size() ? b[i] : 0);
        difference = static_cast<unsigned char>(difference | (x ^ y));
    }
    return difference == 0;
}

QDebug operator<<(QDebug debug, const Secret &)
{
    QDebugStateSaver saver(debug);
    debug.noquote() << "(redacted)";
    return debug;
}

} // namespace realmscope
