// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/http/ContentDecoder.h"

#include "app/base/Encoding.h"
#include "app/http/Headers.h"

#include <QtCore/QtEndian>

#include <brotli/decode.h>
#include <zlib.h>
#include <zstd.h>

#include <array>
#include <vector>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr qint64 ratioFrom = 1024 * 1024; // decoded bytes from which on the ratio is looked at

Error corrupt(const char *coding, const QString &detail = {})
{
    return {ErrorCode::ProtocolError, u"the %1 body is damaged"_s.arg(QLatin1StringView(coding)), detail,
            u"Send again without Accept-Encoding to see it uncompressed."_s};
}

Error truncated(const char *coding)
{
    return {ErrorCode::ProtocolError, u"the %1 body ends too early"_s.arg(QLatin1StringView(coding)), {},
            u"Send again without Accept-Encoding to see it uncompressed."_s};
}

// The limits over all bytes that one coding gives.
class Guard
{
public:
    explicit Guard(const Limits &limits) : m_limits(limits) {}
    void encoded(qint64 count) { m_in += count; }
    [[nodiscard]] Result<void> decoded(qint64 count)
    {
        m_out += count;
        if (m_out > m_limits.decodedBodyBytes)
            return Error{ErrorCode::LimitExceeded,
                         u"the decoded body is larger than the limit of %1 bytes"_s.arg(m_limits.decodedBodyBytes), {},
                         u"Raise the limit of decoded bytes if you need more of it."_s};
        if (m_out > ratioFrom && m_out / std::max<qint64>(m_in, 1) > m_limits.decompressionRatio)
            return Error{ErrorCode::LimitExceeded,
                         u"the body grows more than %1 times when decoded (%2 bytes out of %3)"_s
                             .arg(m_limits.decompressionRatio).arg(m_out).arg(m_in),
                         {}, u"This looks like a decompression bomb; the encoded bytes are kept."_s};
        return {};
    }

private:
    Limits m_limits;
    qint64 m_in = 0;
    qint64 m_out = 0;
};

constexpr size_t chunkSize = 64 * 1024;

// gzip (RFC 1952) and deflate (RFC 1950; raw RFC 1951 as some servers send it).
class ZlibDecoder final : public ContentDecoder
{
public:
    ZlibDecoder(bool gzip, const Limits &limits) : m_gzip(gzip), m_guard(limits), m_buffer(chunkSize)
    {
        m_ready = inflateInit2(&m_stream, gzip ? 15 + 16 : 15) == Z_OK;
    }
    ~ZlibDecoder() override { inflateEnd(&m_stream); }
    ZlibDecoder(const ZlibDecoder &) = delete;
    ZlibDecoder &operator=(const ZlibDecoder &) = delete;

    Result<void> feed(QByteArrayView bytes, QByteArray &out) override
    {
        if (!m_ready)
            return corrupt(name());
        if (m_ended || bytes.isEmpty())
            return {}; // what stands behind the stream is not part of it
        m_any = true;
        m_guard.encoded(bytes.size());
        if (!m_gzip && m_head.size() < 2) {
            // Enough to tell a zlib header from a raw stream, and to begin anew with the other.
            m_head.append(bytes);
            if (m_head.size() < 2)
                return {};
            const auto b0 = static_cast<unsigned char>(m_head.at(0));
            const auto b1 = static_cast<unsigned char>(m_head.at(1));
            if ((b0 & 0x0f) != 8 || (b0 * 256 + b1) % 31 != 0)
                m_ready = inflateReset2(&m_stream, -15) == Z_OK;
            const QByteArray all = m_head;
            return inflateAll(all, out);
        }
        return inflateAll(bytes, out);
    }
    Result<void> finish(QByteArray &out) override
    {
        Q_UNUSED(out)
        if (m_ended || m_betweenMembers || !m_any)
            return {};
        return truncated(name());
    }

private:
    [[nodiscard]] const char *name() const { return m_gzip ? "gzip" : "deflate"; }

    Result<void> inflateAll(QByteArrayView bytes, QByteArray &out)
    {
        while (!bytes.isEmpty() && !m_ended) {
            if (!m_betweenMembers) {
                if (const Result<void> ok = inflateMember(bytes, out); !ok)
                    return ok;
                continue;
            }
            // Several gzip members in a row are one body (RFC 1952 section 2.2); anything else is not part of it.
            m_head.append(bytes.front());
            bytes = bytes.sliced(1);
            if (m_head.size() < 2)
                continue;
            if (m_head != "\x1f\x8b") {
                m_ended = true;
                return {};
            }
            inflateReset(&m_stream);
            m_betweenMembers = false;
            QByteArrayView begin = m_head;
            if (const Result<void> ok = inflateMember(begin, out); !ok)
                return ok;
        }
        return {};
    }

    // Takes bytes off the front, up to the end of a member.
    Result<void> inflateMember(QByteArrayView &bytes, QByteArray &out)
    {
        m_stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(bytes.data())); // zlib's API is not const
        m_stream.avail_in = uInt(bytes.size());
        while (true) {
            m_stream.next_out = reinterpret_cast<Bytef *>(m_buffer.data());
            m_stream.avail_out = uInt(m_buffer.size());
            const int code = inflate(&m_stream, Z_NO_FLUSH);
            const auto got = qint64(m_buffer.size() - m_stream.avail_out);
            out.append(m_buffer.data(), got);
            if (const Result<void> ok = m_guard.decoded(got); !ok)
                return ok;
            bytes = bytes.last(qsizetype(m_stream.avail_in));
            if (code == Z_STREAM_END) {
                m_ended = !m_gzip;
                m_betweenMembers = m_gzip;
                m_head.clear();
                return {};
            }
            if (code == Z_BUF_ERROR || (code == Z_OK && m_stream.avail_in == 0 && m_stream.avail_out > 0))
                return {};
            if (code != Z_OK)
                return corrupt(name(), m_stream.msg ? QString::fromLatin1(m_stream.msg) : QString());
        }
    }

    bool m_gzip;
    bool m_betweenMembers = false;
    bool m_ready = false;
    bool m_ended = false;
    bool m_any = false;
    QByteArray m_head; // deflate: the first two bytes; gzip: of what follows a member
    z_stream m_stream = {};
    Guard m_guard;
    std::vector<char> m_buffer;
};

// RFC 7932
class BrotliDecoder final : public ContentDecoder
{
public:
    explicit BrotliDecoder(const Limits &limits)
        : m_state(BrotliDecoderCreateInstance(nullptr, nullptr, nullptr), &BrotliDecoderDestroyInstance),
          m_guard(limits), m_buffer(chunkSize)
    {}
    Result<void> feed(QByteArrayView bytes, QByteArray &out) override
    {
        if (m_ended || bytes.isEmpty())
            return {};
        m_any = true;
        m_guard.encoded(bytes.size());
        size_t inSize = size_t(bytes.size());
        const auto *in = reinterpret_cast<const uint8_t *>(bytes.data());
        while (true) {
            size_t outSize = m_buffer.size();
            uint8_t *next = m_buffer.data();
            const BrotliDecoderResult code = BrotliDecoderDecompressStream(m_state.get(), &inSize, &in, &outSize, &next, nullptr);
            const auto got = qint64(m_buffer.size() - outSize);
            out.append(reinterpret_cast<const char *>(m_buffer.data()), got);
            if (const Result<void> ok = m_guard.decoded(got); !ok)
                return ok;
            if (code == BROTLI_DECODER_RESULT_SUCCESS) {
                m_ended = true;
                return {};
            }
            if (code == BROTLI_DECODER_RESULT_ERROR)
                return corrupt("br", QString::fromLatin1(BrotliDecoderErrorString(BrotliDecoderGetErrorCode(m_state.get()))));
            if (code == BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT)
                return {};
        }
    }
    Result<void> finish(QByteArray &) override
    {
        if (m_ended || !m_any)
            return {};
        return truncated("br");
    }

private:
    std::unique_ptr<BrotliDecoderState, decltype(&BrotliDecoderDestroyInstance)> m_state;
    Guard m_guard;
    std::vector<uint8_t> m_buffer;
    bool m_ended = false;
    bool m_any = false;
};

// RFC 8878; the window is limited to 8 MiB as RFC 9659 asks.
class ZstdDecoder final : public ContentDecoder
{
public:
    explicit ZstdDecoder(const Limits &limits) : m_stream(ZSTD_createDStream(), &ZSTD_freeDStream), m_guard(limits), m_buffer(chunkSize)
    {
        ZSTD_initDStream(m_stream.get());
        ZSTD_DCtx_setParameter(m_stream.get(), ZSTD_d_windowLogMax, 23);
    }
    Result<void> feed(QByteArrayView bytes, QByteArray &out) override
    {
        m_guard.encoded(bytes.size());
        while (!bytes.isEmpty()) {
            if (m_magic.size() < magicSize) {
                const qsizetype count = std::min(magicSize - m_magic.size(), bytes.size());
                m_magic.append(bytes.first(count));
                bytes = bytes.sliced(count);
                if (m_magic.size() < magicSize)
                    return {};
                // The library may also know the formats before RFC 8878; nothing else on the web does.
                const auto magic = qFromLittleEndian<quint32>(m_magic.constData());
                if (magic != ZSTD_MAGICNUMBER && (magic & ZSTD_MAGIC_SKIPPABLE_MASK) != ZSTD_MAGIC_SKIPPABLE_START)
                    return corrupt("zstd", u"it does not begin as a zstd frame (RFC 8878 section 3.1.1)"_s);
                QByteArrayView begin = m_magic;
                if (const Result<void> ok = decompress(begin, out); !ok)
                    return ok;
            }
            if (const Result<void> ok = decompress(bytes, out); !ok)
                return ok;
        }
        return {};
    }
    Result<void> finish(QByteArray &) override
    {
        if (m_magic.isEmpty())
            return {};
        return truncated("zstd");
    }

private:
    // Takes bytes off the front, up to the end of a frame.
    Result<void> decompress(QByteArrayView &bytes, QByteArray &out)
    {
        ZSTD_inBuffer in{bytes.data(), size_t(bytes.size()), 0};
        while (true) {
            ZSTD_outBuffer buffer{m_buffer.data(), m_buffer.size(), 0};
            const size_t code = ZSTD_decompressStream(m_stream.get(), &buffer, &in);
            out.append(m_buffer.data(), qsizetype(buffer.pos));
            if (const Result<void> ok = m_guard.decoded(qint64(buffer.pos)); !ok)
                return ok;
            if (ZSTD_isError(code))
                return corrupt("zstd", QString::fromLatin1(ZSTD_getErrorName(code)));
            if (code == 0)
                m_magic.clear(); // several frames in a row are one body
            // At the end of a frame another call would wait for the next one.
            if (code == 0 || (in.pos == in.size && buffer.pos < buffer.size)) {
                bytes = bytes.sliced(qsizetype(in.pos));
                return {};
            }
        }
    }

    static constexpr qsizetype magicSize = 4;
    std::unique_ptr<ZSTD_DStream, decltype(&ZSTD_freeDStream)> m_stream;
    Guard m_guard;
    std::vector<char> m_buffer;
    QByteArray m_magic; // of the frame under way; empty between frames
};

class IdentityDecoder final : public ContentDecoder
{
public:
    Result<void> feed(QByteArrayView bytes, QByteArray &out) override
    {
        out.append(bytes);
        return {};
    }
    Result<void> finish(QByteArray &) override { return {}; }
};

// Several codings: the last applied is the first undone.
class ChainDecoder final : public ContentDecoder
{
public:
    explicit ChainDecoder(std::vector<std::unique_ptr<ContentDecoder>> decoders) : m_decoders(std::move(decoders)) {}
    Result<void> feed(QByteArrayView bytes, QByteArray &out) override { return pass(0, bytes, out); }
    Result<void> finish(QByteArray &out) override
    {
        for (size_t i = 0; i < m_decoders.size(); ++i) {
            QByteArray rest;
            if (const Result<void> ok = m_decoders[i]->finish(rest); !ok)
                return ok;
            if (const Result<void> ok = pass(i + 1, rest, out); !ok)
                return ok;
        }
        return {};
    }

private:
    Result<void> pass(size_t from, QByteArrayView bytes, QByteArray &out)
    {
        if (from == m_decoders.size()) {
            out.append(bytes);
            return {};
        }
        QByteArray current;
        const Result<void> ok = m_decoders[from]->feed(bytes, current);
        const Result<void> rest = pass(from + 1, current, out);
        return ok ? rest : ok;
    }
    std::vector<std::unique_ptr<ContentDecoder>> m_decoders;
};

std::unique_ptr<ContentDecoder> one(QByteArrayView name, const Limits &limits)
{
    if (equalsIgnoreCase(name, "gzip") || equalsIgnoreCase(name, "x-gzip"))
        return std::make_unique<ZlibDecoder>(true, limits);
    if (equalsIgnoreCase(name, "deflate"))
        return std::make_unique<ZlibDecoder>(false, limits);
    if (equalsIgnoreCase(name, "br"))
        return std::make_unique<BrotliDecoder>(limits);
    if (equalsIgnoreCase(name, "zstd"))
        return std::make_unique<ZstdDecoder>(limits);
    if (equalsIgnoreCase(name, "identity"))
        return std::make_unique<IdentityDecoder>();
    return nullptr;
}

constexpr int maxCodings = 5; // more in a row is an attack, not a body

} // namespace

QList<QByteArray> ContentDecoder::supported() { return {"gzip"_ba, "deflate"_ba, "br"_ba, "zstd"_ba}; }

Result<std::unique_ptr<ContentDecoder>> ContentDecoder::create(QByteArrayView contentEncoding, const Limits &limits)
{
    const QList<QByteArray> names = splitList(contentEncoding);
    if (names.size() > maxCodings)
        return Error{ErrorCode::LimitExceeded, u"the body has %1 content codings in a row"_s.arg(names.size()), {}, {}};
    std::vector<std::unique_ptr<ContentDecoder>> decoders;
    for (auto it = names.crbegin(); it != names.crend(); ++it) {
        std::unique_ptr<ContentDecoder> decoder = one(*it, limits);
        if (!decoder)
            return Error{ErrorCode::Unsupported, u"the content coding %1 is not known"_s.arg(displayText(*it)), {},
                         u"The body is shown as it came."_s};
        decoders.push_back(std::move(decoder));
    }
    if (decoders.size() == 1)
        return std::move(decoders.front());
    return std::unique_ptr<ContentDecoder>(std::make_unique<ChainDecoder>(std::move(decoders)));
}

} // namespace realmscope
