// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
// A vault's file: as it is, with its checksum made right (so that the reader goes on), and as contents that somebody sealed who has the key.
// What is opened is sealed and opened again as the same.
#include "app/credentials/VaultFile.h"

#include "tests/fuzz/Fuzz.h"

#include <sodium.h>

#include <QtCore/QtEndian>

using namespace realmscope;
using namespace realmscope::fuzz;

namespace {

const VaultKey &knownKey()
{
    static const VaultKey key = [] {
        SystemRandom random;
        return *makeVaultKey(Secret("Seven-Otters"), VaultCost{1, 8}, random);
    }();
    return key;
}

uchar *raw(QByteArray &array) { return reinterpret_cast<uchar *>(array.data()); }

QByteArray withChecksum(QByteArray file)
{
    QByteArray sum(32, '\0');
    crypto_generichash(raw(sum), 32, raw(file), size_t(file.size()), nullptr, 0);
    return file + sum;
}

// Any bytes as contents, padded as they are.
QByteArray sealed(QByteArray plain)
{
    QByteArray file = knownKey().head + QByteArray(24, 'n');
    file.resize(152 + plain.size() + 16);
    qToLittleEndian<quint64>(quint64(plain.size() + 16), file.data() + 144);
    crypto_aead_xchacha20poly1305_ietf_encrypt(raw(file) + 152, nullptr, raw(plain), quint64(plain.size()), raw(file), 152, nullptr, raw(file) + 120,
                                               reinterpret_cast<const uchar *>(knownKey().dataKey.reveal().data()));
    return withChecksum(file);
}

void check(const QByteArray &file)
{
    const Result<VaultContents> contents = openVault(file, knownKey());
    if (!contents)
        return;
    SystemRandom random;
    const Result<QByteArray> again = sealVault(*contents, knownKey(), random);
    require(bool(again), "what was opened can be sealed");
    const Result<VaultContents> back = openVault(*again, knownKey());
    require(back && back->keys() == contents->keys() && back->count() == contents->count(), "and opened as the same");
    for (const QString &key : contents->keys()) {
        if (const std::optional<Secret> secret = contents->find(key)) // a key may be no UTF-8, which nobody asks for
            require(back->find(key) && back->find(key)->equals(*secret), "with the same secrets");
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const QByteArray all = bytes(data, size);
    (void)checkVault(all).hasValue();
    check(all);
    check(withChecksum(all));
    QByteArray plain = all;
    check(sealed(plain)); // without a padding
    plain += '\x80';
    plain.append(QByteArray((4096 - plain.size() % 4096) % 4096, '\0'));
    check(sealed(plain));
    return 0;
}
