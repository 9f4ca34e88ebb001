// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/http/Http2Names.h"

#include "app/base/Encoding.h"

#include <QtCore/QtEndian>

#include <nghttp2/nghttp2.h>

#include <array>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

struct ErrorWords
{
    const char *name;
    const char *text;
};

// RFC 9113 section 7, by number.
constexpr std::array<ErrorWords, 14> errors{{
    {"NO_ERROR", "no error"},
    {"PROTOCOL_ERROR", "a rule of HTTP/2 was broken"},
    {"INTERNAL_ERROR", "something went wrong inside"},
    {"FLOW_CONTROL_ERROR", "more was sent than the window allows"},
    {"SETTINGS_TIMEOUT", "the settings were not acknowledged in time"},
    {"STREAM_CLOSED", "a frame came for a stream that was closed"},
    {"FRAME_SIZE_ERROR", "a frame has a wrong size"},
    {"REFUSED_STREAM", "nothing was done with the request"},
    {"CANCEL", "the stream is not wanted any more"},
    {"COMPRESSION_ERROR", "the header compression can't be followed"},
    {"CONNECT_ERROR", "the connection behind a CONNECT broke"},
    {"ENHANCE_YOUR_CALM", "too much is asked for"},
    {"INADEQUATE_SECURITY", "TLS is not strong enough"},
    {"HTTP_1_1_REQUIRED", "HTTP/1.1 is wanted for this request"},
}};

QString hex(quint32 number)
{
    return u"0x"_s + QString::number(number, 16);
}

QString settingName(quint16 id)
{
    switch (id) {
    case NGHTTP2_SETTINGS_HEADER_TABLE_SIZE:
        return u"HEADER_TABLE_SIZE"_s;
    case NGHTTP2_SETTINGS_ENABLE_PUSH:
        return u"ENABLE_PUSH"_s;
    case NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS:
        return u"MAX_CONCURRENT_STREAMS"_s;
    case NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE:
        return u"INITIAL_WINDOW_SIZE"_s;
    case NGHTTP2_SETTINGS_MAX_FRAME_SIZE:
        return u"MAX_FRAME_SIZE"_s;
    case NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE:
        return u"MAX_HEADER_LIST_SIZE"_s;
    case NGHTTP2_SETTINGS_ENABLE_CONNECT_PROTOCOL:
        return u"ENABLE_CONNECT_PROTOCOL"_s;
    default:
        return u"setting "_s + hex(id);
    }
}

quint32 number32(const QByteArray &payload, qsizetype at)
{
    return payload.size() >= at + 4 ? qFromBigEndian<quint32>(payload.constData() + at) : 0;
}

} // namespace

QString http2Quoted(QByteArrayView bytes)
{
    constexpr qsizetype most = 200;
    const bool isLong = bytes.size() > most;
    return u'"' + displayText(isLong ? bytes.first(most) : bytes) + (isLong ? u"…\""_s : u"\""_s);
}

QString http2FrameName(quint8 type)
{
    switch (type) {
    case NGHTTP2_DATA:
        return u"DATA"_s;
    case NGHTTP2_HEADERS:
        return u"HEADERS"_s;
    case NGHTTP2_PRIORITY:
        return u"PRIORITY"_s;
    case NGHTTP2_RST_STREAM:
        return u"RST_STREAM"_s;
    case NGHTTP2_SETTINGS:
        return u"SETTINGS"_s;
    case NGHTTP2_PUSH_PROMISE:
        return u"PUSH_PROMISE"_s;
    case NGHTTP2_PING:
        return u"PING"_s;
    case NGHTTP2_GOAWAY:
        return u"GOAWAY"_s;
    case NGHTTP2_WINDOW_UPDATE:
        return u"WINDOW_UPDATE"_s;
    case NGHTTP2_CONTINUATION:
        return u"CONTINUATION"_s;
    case NGHTTP2_ALTSVC:
        return u"ALTSVC"_s;
    case NGHTTP2_ORIGIN:
        return u"ORIGIN"_s;
    case NGHTTP2_PRIORITY_UPDATE:
        return u"PRIORITY_UPDATE"_s;
    default:
        return u"frame type "_s + hex(type);
    }
}

QStringList http2FlagNames(quint8 type, quint8 flags)
{
    QStringList names;
    const auto take = [&](quint8 bit, const QString &name) {
        if (flags & bit) {
            names.append(name);
            flags = quint8(flags & ~bit);
        }
    };
    const bool hasHeaders =
        type == NGHTTP2_HEADERS || type == NGHTTP2_PUSH_PROMISE || type == NGHTTP2_CONTINUATION;
    if (type == NGHTTP2_DATA || type == NGHTTP2_HEADERS)
        take(NGHTTP2_FLAG_END_STREAM, u"END_STREAM"_s);
    if (type == NGHTTP2_SETTINGS || type == NGHTTP2_PING)
        take(NGHTTP2_FLAG_ACK, u"ACK"_s);
    if (hasHeaders)
        take(NGHTTP2_FLAG_END_HEADERS, u"END_HEADERS"_s);
    if (type == NGHTTP2_DATA || type == NGHTTP2_HEADERS || type == NGHTTP2_PUSH_PROMISE)
        take(NGHTTP2_FLAG_PADDED, u"PADDED"_s);
    if (type == NGHTTP2_HEADERS)
        take(NGHTTP2_FLAG_PRIORITY, u"PRIORITY"_s);
    if (flags != 0)
        names.append(hex(flags));
    return names;
}

QString http2ErrorName(quint32 code)
{
    return code < errors.size() ? QString::fromLatin1(errors[code].name) : u"error "_s + hex(code);
}

QString http2ErrorText(quint32 code)
{
    return code < errors.size() ? u"%1, %2"_s.arg(QString::fromLatin1(errors[code].name),
                                                  QString::fromLatin1(errors[code].text))
                                : u"error %1, which is not registered"_s.arg(hex(code));
}

QString http2FrameText(const Http2Frame &frame)
{
    const QByteArray &payload = frame.payload;
    switch (frame.type) {
    case NGHTTP2_SETTINGS: {
        QStringList settings;
        for (qsizetype at = 0; at + 6 <= payload.size(); at += 6)
            settings.append(u"%1 = %2"_s.arg(settingName(qFromBigEndian<quint16>(payload.constData() + at)))
                                .arg(number32(payload, at + 2)));
        return settings.join(u", "_s);
    }
    case NGHTTP2_WINDOW_UPDATE:
        return payload.size() == 4 ? u"+%1"_s.arg(number32(payload, 0) & 0x7fff'ffffU) : QString();
    case NGHTTP2_RST_STREAM:
        return payload.size() == 4 ? http2ErrorText(number32(payload, 0)) : QString();
    case NGHTTP2_GOAWAY: {
        if (payload.size() < 8)
            return {};
        const QString text = u"last stream %1, %2"_s.arg(number32(payload, 0) & 0x7fff'ffffU)
                                 .arg(http2ErrorText(number32(payload, 4)));
        return payload.size() == 8 ? text
                                   : text + u": "_s +
                                         displayText(QByteArrayView(payload).sliced(8).first(
                                             std::min<qsizetype>(payload.size() - 8, 200)));
    }
    default:
        return {};
    }
}

} // namespace realmscope
