// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/credentials/VaultFile.h"

#include <QtCore/QtEndian>

#include <sodium.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <new>

using namespace Qt::StringLiterals;

namespace realmscope {

// Guarded memory that can be written, zeroed when it goes.
class VaultBytes
{
public:
    explicit VaultBytes(qsizetype size) : m_size(size)
    {
        if (sodium_init() < 0 || !(m_data = static_cast<uchar *>(sodium_malloc(size_t(std::max<qsizetype>(size, 1))))))
            throw std::bad_alloc();
    }
    ~VaultBytes() { sodium_free(m_data); }
    VaultBytes(const VaultBytes &) = delete;
    VaultBytes &operator=(const VaultBytes &) = delete;
    [[nodiscard]] uchar *data() { return m_data; }
    [[nodiscard]] const uchar *data() const { return m_data; }
    [[nodiscard]] qsizetype size() const { return m_size; }
    [[nodiscard]] QByteArrayView view() const { return {m_data, m_size}; }

private:
    qsizetype m_size;
    uchar *m_data = nullptr;
};

struct VaultEntryView
{
    QByteArrayView key, label, secret;
};

namespace {

// Positions in the file, in bytes; numbers are little-endian.
constexpr char vaultMagic[] = "Realmscope vault"; // 16 without the NUL
constexpr quint16 vaultVersion = 1;
constexpr quint16 argon2id13 = 1;
constexpr qsizetype versionAt = 16;
constexpr qsizetype derivationAt = 18;
constexpr qsizetype passesAt = 20;
constexpr qsizetype memoryAt = 24;
constexpr qsizetype lanesAt = 28;
constexpr qsizetype saltAt = 32;
constexpr qsizetype wrapNonceAt = 48;
constexpr qsizetype wrappedKeyAt = 72;
constexpr qsizetype headSize = 120; // what belongs to one passphrase
constexpr qsizetype nonceAt = headSize;
constexpr qsizetype lengthAt = 144;
constexpr qsizetype contentsAt = 152;
constexpr qsizetype keySize = crypto_aead_xchacha20poly1305_ietf_KEYBYTES;
constexpr qsizetype nonceSize = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr qsizetype tagSize = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr qsizetype saltSize = crypto_pwhash_argon2id_SALTBYTES;
constexpr qsizetype checksumSize = 32;
constexpr qsizetype paddingBlock = 4096; // the size of the file tells so much about the contents
static_assert(keySize == 32 && nonceSize == 24 && tagSize == 16 && saltSize == 16);

// Limits of what a file may ask for. libsodium's "sensitive" is 4 passes over 1 GiB.
constexpr quint32 mostPasses = 16;
constexpr quint32 mostMemoryKib = 1024 * 1024;

constexpr qsizetype largestContents = vaultLargestFile - contentsAt - tagSize - checksumSize - paddingBlock;

const uchar *bytesOf(QByteArrayView view) { return reinterpret_cast<const uchar *>(view.data()); }
uchar *bytesOf(QByteArray &array) { return reinterpret_cast<uchar *>(array.data()); }

template <typename T>
T numberAt(QByteArrayView bytes, qsizetype at)
{
    return qFromLittleEndian<T>(bytes.data() + at);
}

Error damaged(const QString &detail)
{
    return {ErrorCode::SecretStoreDamaged, u"the vault is damaged"_s, detail, u"Bring back its backup."_s};
}

QByteArray checksumOf(QByteArrayView bytes)
{
    QByteArray sum(checksumSize, Qt::Uninitialized);
    crypto_generichash(bytesOf(sum), size_t(checksumSize), bytesOf(bytes), size_t(bytes.size()), nullptr, 0);
    return sum;
}

// The key of the passphrase; null when there is not enough memory for it.
std::unique_ptr<VaultBytes> deriveKey(const Secret &passphrase, const VaultCost &cost, QByteArrayView salt)
{
    auto key = std::make_unique<VaultBytes>(keySize);
    const QByteArrayView text = passphrase.reveal();
    const int failed = crypto_pwhash(key->data(), quint64(keySize), text.data(), quint64(text.size()), bytesOf(salt), cost.passes,
                                     size_t(cost.memoryKib) * 1024, crypto_pwhash_ALG_ARGON2ID13);
    return failed ? nullptr : std::move(key);
}

Error noMemory(const VaultCost &cost)
{
    return {ErrorCode::SecretStoreFailed, u"there is not enough memory to open the vault"_s, u"its passphrase takes %1 MiB"_s.arg(cost.memoryKib / 1024),
            u"Close other programs, and try again."_s};
}

qsizetype sizeOf(const VaultEntryView &entry) { return 2 + entry.key.size() + 2 + entry.label.size() + 4 + entry.secret.size(); }

bool lessByKey(const VaultEntryView &a, const VaultEntryView &b)
{
    return std::ranges::lexicographical_compare(a.key, b.key, {}, [](char c) { return uchar(c); }, [](char c) { return uchar(c); });
}

} // namespace

struct VaultContents::Data
{
    explicit Data(qsizetype size) : bytes(size) {}
    VaultBytes bytes;
    std::vector<VaultEntryView> entries; // into bytes
};

// Contents as bytes: number of entries (4 bytes), then for each, in the order of their keys: length (2) and key,
// length (2) and label, both UTF-8, length (4) and secret.
struct VaultCodec
{
    static std::shared_ptr<const VaultContents::Data> write(const std::vector<VaultEntryView> &entries)
    {
        qsizetype size = 4;
        for (const VaultEntryView &entry : entries)
            size += sizeOf(entry);
        auto data = std::make_shared<VaultContents::Data>(size);
        uchar *at = data->bytes.data();
        const auto put = [&at](QByteArrayView bytes) {
            std::memcpy(at, bytes.data(), size_t(bytes.size()));
            const QByteArrayView there(at, bytes.size());
            at += bytes.size();
            return there;
        };
        const auto number = [&at]<typename T>(T value) {
            qToLittleEndian<T>(value, at);
            at += sizeof(T);
        };
        number(quint32(entries.size()));
        for (const VaultEntryView &entry : entries) {
            VaultEntryView own;
            number(quint16(entry.key.size()));
            own.key = put(entry.key);
            number(quint16(entry.label.size()));
            own.label = put(entry.label);
            number(quint32(entry.secret.size()));
            own.secret = put(entry.secret);
            data->entries.push_back(own);
        }
        return data;
    }

    // Null when the bytes are no contents.
    static std::shared_ptr<const VaultContents::Data> read(QByteArrayView bytes)
    {
        auto data = std::make_shared<VaultContents::Data>(bytes.size());
        std::memcpy(data->bytes.data(), bytes.data(), size_t(bytes.size()));
        QByteArrayView rest = data->bytes.view();
        const auto number = [&rest]<typename T>(T &value) {
            if (rest.size() < qsizetype(sizeof(T)))
                return false;
            value = numberAt<T>(rest, 0);
            rest = rest.sliced(sizeof(T));
            return true;
        };
        const auto take = [&rest](qsizetype size, QByteArrayView &into) {
            if (rest.size() < size)
                return false;
            into = rest.first(size);
            rest = rest.sliced(size);
            return true;
        };
        quint32 count = 0;
        if (!number(count))
            return nullptr;
        for (quint32 i = 0; i < count; ++i) {
            VaultEntryView entry;
            quint16 keyLength = 0, labelLength = 0;
            quint32 secretLength = 0;
            if (!number(keyLength) || !take(keyLength, entry.key) || !number(labelLength) || !take(labelLength, entry.label)
                || !number(secretLength) || !take(secretLength, entry.secret))
                return nullptr;
            if (!data->entries.empty() && !lessByKey(data->entries.back(), entry))
                return nullptr;
            data->entries.push_back(entry);
        }
        return rest.isEmpty() ? data : nullptr;
    }

    static VaultContents make(std::shared_ptr<const VaultContents::Data> data) { return VaultContents(std::move(data)); }
    static const VaultContents::Data &dataOf(const VaultContents &contents) { return *contents.m_data; }
};

VaultContents::VaultContents() : m_data(VaultCodec::write({})) {}
VaultContents::VaultContents(std::shared_ptr<const Data> data) : m_data(std::move(data)) {}
VaultContents::~VaultContents() = default;
VaultContents::VaultContents(const VaultContents &) = default;
VaultContents &VaultContents::operator=(const VaultContents &) = default;

qsizetype VaultContents::count() const { return qsizetype(m_data->entries.size()); }

QStringList VaultContents::keys() const
{
    QStringList list;
    for (const VaultEntryView &entry : m_data->entries)
        list << QString::fromUtf8(entry.key);
    return list;
}

std::optional<Secret> VaultContents::find(const QString &key) const
{
    const QByteArray wanted = key.toUtf8();
    const auto it = std::ranges::find_if(m_data->entries, [&](const VaultEntryView &entry) { return entry.key == wanted; });
    return it == m_data->entries.end() ? std::nullopt : std::optional(Secret(it->secret));
}

QString VaultContents::label(const QString &key) const
{
    const QByteArray wanted = key.toUtf8();
    const auto it = std::ranges::find_if(m_data->entries, [&](const VaultEntryView &entry) { return entry.key == wanted; });
    return it == m_data->entries.end() ? QString() : QString::fromUtf8(it->label);
}

Result<VaultContents> VaultContents::with(const QString &key, const QString &label, const Secret &secret) const
{
    constexpr qsizetype longest = std::numeric_limits<quint16>::max();
    const QByteArray keyBytes = key.toUtf8();
    const QByteArray labelBytes = label.toUtf8();
    const VaultEntryView added{keyBytes, labelBytes, secret.reveal()};
    std::vector<VaultEntryView> entries = m_data->entries;
    std::erase_if(entries, [&](const VaultEntryView &entry) { return entry.key == keyBytes; });
    qsizetype size = 4 + sizeOf(added);
    for (const VaultEntryView &entry : entries)
        size += sizeOf(entry);
    if (keyBytes.size() > longest || labelBytes.size() > longest || size > largestContents)
        return Error{ErrorCode::LimitExceeded, u"the secret does not fit into the vault"_s, u"a vault holds %1 MiB"_s.arg(largestContents / 1024 / 1024),
                     u"Keep something this long in a file, and refer to it."_s};
    entries.insert(std::ranges::lower_bound(entries, added, lessByKey), added);
    return VaultContents(VaultCodec::write(entries));
}

VaultContents VaultContents::without(const QString &key) const
{
    const QByteArray keyBytes = key.toUtf8();
    std::vector<VaultEntryView> entries = m_data->entries;
    std::erase_if(entries, [&](const VaultEntryView &entry) { return entry.key == keyBytes; });
    return VaultContents(VaultCodec::write(entries));
}

Result<void> VaultCost::check() const
{
    if (passes >= crypto_pwhash_argon2id_OPSLIMIT_MIN && passes <= mostPasses && memoryKib >= crypto_pwhash_argon2id_MEMLIMIT_MIN / 1024
        && memoryKib <= mostMemoryKib)
        return {};
    return Error{ErrorCode::LimitExceeded, u"the vault asks for more than this program gives to open it"_s,
                 u"%1 passes over %2 MiB; at most %3 over %4"_s.arg(passes).arg(memoryKib / 1024).arg(mostPasses).arg(mostMemoryKib / 1024),
                 u"It was not made by Realmscope: bring back the backup."_s};
}

Result<VaultCost> checkVault(QByteArrayView file)
{
    if (file.size() > vaultLargestFile)
        return Error{ErrorCode::LimitExceeded, u"the vault is too large"_s, u"%1 bytes"_s.arg(file.size()), u"It was not made by Realmscope: bring back the backup."_s};
    if (file.size() < contentsAt + tagSize + checksumSize)
        return damaged(file.isEmpty() ? u"the file is empty"_s : u"the file is cut off"_s);
    if (file.last(checksumSize) != checksumOf(file.chopped(checksumSize)))
        return damaged(u"its checksum does not fit"_s);
    // From here on nothing is broken by chance: whoever wrote it meant it.
    if (file.first(versionAt) != QByteArrayView(vaultMagic, versionAt))
        return damaged(u"it is another kind of file"_s);
    if (numberAt<quint16>(file, versionAt) != vaultVersion || numberAt<quint16>(file, derivationAt) != argon2id13 || numberAt<quint32>(file, lanesAt) != 1)
        return Error{ErrorCode::Unsupported, u"the vault is of a newer version"_s, u"version %1"_s.arg(numberAt<quint16>(file, versionAt)),
                     u"Use the newer Realmscope that wrote it."_s};
    if (numberAt<quint64>(file, lengthAt) != quint64(file.size() - contentsAt - checksumSize))
        return damaged(u"its length does not fit"_s);
    const VaultCost cost{numberAt<quint32>(file, passesAt), numberAt<quint32>(file, memoryAt)};
    if (const Result<void> within = cost.check(); !within)
        return within.error();
    return cost;
}

Result<VaultKey> makeVaultKey(const Secret &passphrase, const VaultCost &cost, Random &random)
{
    if (passphrase.isEmpty())
        return invalidInput(u"the passphrase is empty"_s, u"Choose one."_s);
    if (const Result<void> within = cost.check(); !within)
        return within.error();
    QByteArray head(headSize, '\0');
    std::memcpy(head.data(), vaultMagic, size_t(versionAt));
    qToLittleEndian<quint16>(vaultVersion, head.data() + versionAt);
    qToLittleEndian<quint16>(argon2id13, head.data() + derivationAt);
    qToLittleEndian<quint32>(cost.passes, head.data() + passesAt);
    qToLittleEndian<quint32>(cost.memoryKib, head.data() + memoryAt);
    qToLittleEndian<quint32>(1, head.data() + lanesAt);
    head.replace(saltAt, saltSize, random.bytes(saltSize));
    head.replace(wrapNonceAt, nonceSize, random.bytes(nonceSize));
    QByteArray fresh = random.bytes(keySize);
    VaultKey key;
    key.dataKey = Secret(fresh);
    sodium_memzero(fresh.data(), size_t(fresh.size()));
    const std::unique_ptr<VaultBytes> wrapping = deriveKey(passphrase, cost, QByteArrayView(head).sliced(saltAt, saltSize));
    if (!wrapping)
        return noMemory(cost);
    crypto_aead_xchacha20poly1305_ietf_encrypt(bytesOf(head) + wrappedKeyAt, nullptr, bytesOf(key.dataKey.reveal()), quint64(keySize), bytesOf(head),
                                               quint64(wrappedKeyAt), nullptr, bytesOf(head) + wrapNonceAt, wrapping->data());
    key.head = head;
    return key;
}

Result<VaultKey> unlockVault(QByteArrayView file, const Secret &passphrase)
{
    const Result<VaultCost> cost = checkVault(file);
    if (!cost)
        return cost.error();
    const std::unique_ptr<VaultBytes> wrapping = deriveKey(passphrase, *cost, file.sliced(saltAt, saltSize));
    if (!wrapping)
        return noMemory(*cost);
    VaultBytes dataKey(keySize);
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(dataKey.data(), nullptr, nullptr, bytesOf(file) + wrappedKeyAt, quint64(keySize + tagSize), bytesOf(file),
                                                   quint64(wrappedKeyAt), bytesOf(file) + wrapNonceAt, wrapping->data()))
        return Error{ErrorCode::WrongPassphrase, u"this is not the passphrase of the vault"_s, {}, u"Try again; capital letters and the keyboard's language count."_s};
    return VaultKey{file.first(headSize).toByteArray(), Secret(dataKey.view())};
}

Result<VaultContents> openVault(QByteArrayView file, const VaultKey &key)
{
    const Result<VaultCost> cost = checkVault(file);
    if (!cost)
        return cost.error();
    if (file.first(headSize) != key.head)
        return Error{ErrorCode::SecretStoreLocked, u"the passphrase of the vault was changed by another program"_s, {}, u"Unlock it with the new one."_s};
    const qsizetype sealedSize = file.size() - contentsAt - checksumSize;
    VaultBytes padded(sealedSize - tagSize);
    size_t size = 0;
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(padded.data(), nullptr, nullptr, bytesOf(file) + contentsAt, quint64(sealedSize), bytesOf(file),
                                                   quint64(contentsAt), bytesOf(file) + nonceAt, bytesOf(key.dataKey.reveal()))
        || sodium_unpad(&size, padded.data(), size_t(padded.size()), size_t(paddingBlock)))
        return damaged(u"its contents were changed"_s);
    auto data = VaultCodec::read(padded.view().first(qsizetype(size)));
    if (!data)
        return damaged(u"its contents can't be read"_s);
    return VaultCodec::make(std::move(data));
}

Result<QByteArray> sealVault(const VaultContents &contents, const VaultKey &key, Random &random)
{
    const QByteArrayView plain = VaultCodec::dataOf(contents).bytes.view();
    VaultBytes padded((plain.size() / paddingBlock + 1) * paddingBlock);
    std::memcpy(padded.data(), plain.data(), size_t(plain.size()));
    size_t paddedSize = 0;
    if (sodium_pad(&paddedSize, padded.data(), size_t(plain.size()), size_t(paddingBlock), size_t(padded.size())) || qsizetype(paddedSize) != padded.size())
        return damaged(u"its contents can't be padded"_s);
    const qsizetype sealedSize = padded.size() + tagSize;
    if (contentsAt + sealedSize + checksumSize > vaultLargestFile)
        return Error{ErrorCode::LimitExceeded, u"the vault is full"_s, {}, u"Remove profiles that are not needed any more."_s};
    QByteArray file = key.head + random.bytes(nonceSize);
    file.resize(contentsAt + sealedSize);
    qToLittleEndian<quint64>(quint64(sealedSize), file.data() + lengthAt);
    crypto_aead_xchacha20poly1305_ietf_encrypt(bytesOf(file) + contentsAt, nullptr, padded.data(), quint64(padded.size()), bytesOf(file), quint64(contentsAt),
                                               nullptr, bytesOf(file) + nonceAt, bytesOf(key.dataKey.reveal()));
    return file + checksumOf(file);
}

} // namespace realmscope
