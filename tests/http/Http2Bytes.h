// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QList>
#include <QtCore/QtEndian>

#include <utility>

// HTTP/2 written by hand from RFC 9113 and RFC 7541, without any library.
namespace realmscope::test::h2 {

enum Type : quint8 {
    Data,
    HeadersFrame,
    Priority,
    RstStream,
    Settings,
    PushPromise,
    Ping,
    GoAway,
    WindowUpdate,
    Continuation
};
enum Flag : quint8 { EndStream = 0x1, Ack = 0x1, EndHeaders = 0x4, Padded = 0x8 };

inline QByteArray number32(quint32 number)
{
    QByteArray out(4, '\0');
    qToBigEndian(number, out.data());
    return out;
}
inline QByteArray frame(quint8 type, quint8 flags, quint32 stream, const QByteArray &payload = {})
{
    return number32(quint32(payload.size())).sliced(1) + char(type) + char(flags) + number32(stream) +
           payload;
}
// Literal header fields without indexing, with names and values in clear (RFC 7541 section 6.2.2).
inline QByteArray integer(qsizetype value) // prefix of 7 bits (section 5.1)
{
    if (value < 127)
        return QByteArray(1, char(value));
    QByteArray out(1, char(127));
    for (value -= 127; value >= 128; value /= 128)
        out += char(value % 128 + 128);
    return out + char(value);
}
inline QByteArray block(const QList<std::pair<QByteArray, QByteArray>> &fields)
{
    QByteArray out;
    for (const auto &[name, value] : fields)
        out += '\0' + integer(name.size()) + name + integer(value.size()) + value;
    return out;
}
inline QByteArray headers(quint32 stream, const QList<std::pair<QByteArray, QByteArray>> &fields,
                          bool end = false)
{
    return frame(HeadersFrame, quint8(EndHeaders | (end ? EndStream : 0)), stream, block(fields));
}
inline QByteArray data(quint32 stream, const QByteArray &bytes, bool end = false)
{
    return frame(Data, end ? EndStream : 0, stream, bytes);
}
inline QByteArray setting(quint16 id, quint32 value)
{
    QByteArray out(2, '\0');
    qToBigEndian(id, out.data());
    return out + number32(value);
}
inline QByteArray settings(const QByteArray &payload = {})
{
    return frame(Settings, 0, 0, payload);
}
inline QByteArray goAway(quint32 last, quint32 code, const QByteArray &text = {})
{
    return frame(GoAway, 0, 0, number32(last) + number32(code) + text);
}

struct Frame
{
    quint8 type = 0;
    quint8 flags = 0;
    quint32 stream = 0;
    QByteArray payload;
};
// Splits whole frames off; what is left of an unfinished one stays in bytes.
inline QList<Frame> split(QByteArray &bytes)
{
    QList<Frame> out;
    while (bytes.size() >= 9) {
        const quint32 length = qFromBigEndian<quint32>(bytes.constData()) >> 8;
        if (bytes.size() < 9 + qsizetype(length))
            break;
        out.append({quint8(bytes.at(3)), quint8(bytes.at(4)),
                    qFromBigEndian<quint32>(bytes.constData() + 5) & 0x7fffffffU, bytes.sliced(9, length)});
        bytes.remove(0, 9 + qsizetype(length));
    }
    return out;
}
inline const QByteArray preface =
    QByteArrayLiteral("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"); // RFC 9113 section 3.4

} // namespace realmscope::test::h2
