// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/base/Encoding.h"

namespace realmscope {

namespace {

bool isUnreserved(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.'
        || c == '_' || c == '~';
}

int hexDigit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

std::optional<QByteArray> decode(const QByteArray &text, QByteArray::Base64Options options)
{
    const auto result = QByteArray::fromBase64Encoding(text, options | QByteArray::AbortOnBase64DecodingErrors);
    if (!result)
        return std::nullopt;
    return result.decoded.isNull() ? QByteArray("") : result.decoded;
}

} // namespace

std::optional<QByteArray> decodeBase64(QByteArrayView text)
{
    // Qt takes missing padding; RFC 4648 section 3.2 does not.
    if (text.size() % 4 != 0)
        return std::nullopt;
    return decode(text.toByteArray(), QByteArray::Base64Encoding);
}

std::optional<QByteArray> decodeBase64Url(QByteArrayView text)
{
    const qsizetype unpadded = text.size() - (text.endsWith("==") ? 2 : text.endsWith('=') ? 1 : 0);
    if (unpadded % 4 == 1)
        return std::nullopt;
    return decode(text.first(unpadded).toByteArray(), QByteArray::Base64UrlEncoding);
}

QByteArray encodeBase64Url(QByteArrayView bytes)
{
    return bytes.toByteArray().toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals);
}

QByteArray percentEncode(QByteArrayView bytes)
{
    static constexpr char digits[] = "0123456789ABCDEF";
    QByteArray out;
    out.reserve(bytes.size());
    for (const char c : bytes) {
        if (isUnreserved(c)) {
            out += c;
        } else {
            const auto byte = static_cast<unsigned char>(c);
            out += '%';
            out += digits[byte >> 4];
            out += digits[byte & 15];
        }
    }
    return out;
}

QByteArray percentDecode(QByteArrayView bytes)
{
    QByteArray out;
    out.reserve(bytes.size());
    for (qsizetype i = 0; i < bytes.size(); ++i) {
        const int high = bytes[i] == '%' && i + 2 < bytes.size() ? hexDigit(bytes[i + 1]) : -1;
        const int low = high >= 0 ? hexDigit(bytes[i + 2]) : -1;
        if (low >= 0) {
            out += static_cast<char>(high * 16 + low);
            i += 2;
        } else {
            out += bytes[i];
        }
    }
    return out;
}

QByteArray formEncode(QByteArrayView bytes)
{
    // WHATWG: '*' stays and '~' does not, unlike percentEncode().
    QByteArray out = percentEncode(bytes);
    out.replace("%20", "+");
    out.replace("%2A", "*");
    out.replace("~", "%7E");
    return out;
}

QByteArray formDecode(QByteArrayView bytes)
{
    QByteArray text = bytes.toByteArray();
    text.replace('+', ' ');
    return percentDecode(text);
}

bool isValidUtf8(QByteArrayView bytes)
{
    return bytes.isValidUtf8();
}

QString displayText(QByteArrayView bytes)
{
    QString text = bytes.isValidUtf8() ? QString::fromUtf8(bytes) : QString::fromLatin1(bytes);
    for (QChar &c : text) {
        const char16_t u = c.unicode();
        if (u < 0x20 && u != '\t' && u != '\n')
            c = QChar(char16_t(0x2400 + u));
        else if (u == 0x7f)
            c = QChar(char16_t(0x2421));
        else if ((u >= 0x80 && u < 0xa0) || (u >= 0x202a && u <= 0x202e) || (u >= 0x2066 && u <= 0x2069))
            c = QChar::ReplacementCharacter; // C1 controls; marks that turn the direction of what follows
    }
    return text;
}

} // namespace realmscope
