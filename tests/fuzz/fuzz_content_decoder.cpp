// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
// First byte: the coding, and whether the rest is a body as sent or what the library itself is to encode first.
#include "app/http/ContentDecoder.h"

#include "tests/fuzz/Fuzz.h"

#include <zlib.h>
#include <zstd.h>

#include <memory>

using namespace realmscope;
using namespace realmscope::fuzz;

namespace {

constexpr qint64 limit = 256 * 1024; // below what the ratio is looked at from: the pieces then make no difference

struct Decoded
{
    QByteArray out;
    ErrorCode error = ErrorCode::InvalidInput;
    bool failed = false;
};

Decoded decode(const QByteArray &coding, const QList<QByteArray> &pieces)
{
    Limits limits;
    limits.decodedBodyBytes = limit;
    const Result<std::unique_ptr<ContentDecoder>> decoder = ContentDecoder::create(coding, limits);
    require(bool(decoder), "the coding is known");
    Decoded result;
    for (const QByteArray &piece : pieces) {
        if (const Result<void> ok = decoder.value()->feed(piece, result.out); !ok)
            return {result.out, ok.error().code, true};
    }
    if (const Result<void> ok = decoder.value()->finish(result.out); !ok)
        return {result.out, ok.error().code, true};
    return result;
}

QByteArray deflated(const QByteArray &plain, int windowBits)
{
    z_stream stream = {};
    require(deflateInit2(&stream, 6, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY) == Z_OK, "zlib works");
    QByteArray out(qsizetype(deflateBound(&stream, uLong(plain.size()))) + 32, Qt::Uninitialized);
    stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(plain.data()));
    stream.avail_in = uInt(plain.size());
    stream.next_out = reinterpret_cast<Bytef *>(out.data());
    stream.avail_out = uInt(out.size());
    require(deflate(&stream, Z_FINISH) == Z_STREAM_END, "zlib encodes");
    out.truncate(qsizetype(stream.total_out));
    deflateEnd(&stream);
    return out;
}

QByteArray zstandard(const QByteArray &plain)
{
    QByteArray out(qsizetype(ZSTD_compressBound(size_t(plain.size()))), Qt::Uninitialized);
    const size_t size = ZSTD_compress(out.data(), size_t(out.size()), plain.data(), size_t(plain.size()), 3);
    require(!ZSTD_isError(size), "zstd encodes");
    out.truncate(qsizetype(size));
    return out;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    const QByteArray rest = bytes(data + 1, size - 1);
    if (data[0] & 0x80) {
        // Repeated, so that the edges of the buffers inside are met.
        QByteArray plain = rest;
        if (data[0] & 0x40) {
            plain = rest.repeated(65536 / qsizetype(size) + 1);
            plain.truncate(65536);
        }
        QByteArray coding = "gzip";
        QByteArray encoded;
        switch (data[0] % 5) {
        case 0:
            encoded = deflated(plain, 15 + 16);
            break;
        case 1: { // several members are one body, RFC 1952 section 2.2
            const qsizetype half = plain.size() / 2;
            encoded = deflated(plain.first(half), 15 + 16) + deflated(plain.sliced(half), 15 + 16);
            break;
        }
        case 2:
            coding = "deflate";
            encoded = deflated(plain, 15);
            break;
        case 3:
            coding = "zstd";
            encoded = zstandard(plain);
            break;
        default: // several frames are one body, RFC 8878 section 3.1
            coding = "zstd";
            encoded = zstandard(plain) + zstandard(plain);
            break;
        }
        const QByteArray expected = data[0] % 5 == 4 ? plain + plain : plain;
        for (const QList<QByteArray> &pieces : cuttings(encoded)) {
            const Decoded decoded = decode(coding, pieces);
            require(!decoded.failed, "a good body is decoded");
            require(decoded.out == expected, "what was encoded comes out");
        }
        return 0;
    }
    static const QList<QByteArray> codings{"gzip", "deflate", "br", "zstd", "gzip, br", "zstd, deflate"};
    const QByteArray &coding = codings.at(data[0] % codings.size());
    const Decoded whole = decode(coding, {rest});
    require(whole.out.size() <= limit + 64 * 1024, "the limit of decoded bytes holds");
    for (const QList<QByteArray> &pieces : cuttings(rest)) {
        const Decoded other = decode(coding, pieces);
        require(other.failed == whole.failed && other.error == whole.error, "decoding ends the same however the bytes arrive");
        if (!whole.failed)
            require(other.out == whole.out, "what is decoded is the same however the bytes arrive");
        else
            require(other.out.startsWith(whole.out) || whole.out.startsWith(other.out), "what comes before a fault is the same");
    }
    return 0;
}
