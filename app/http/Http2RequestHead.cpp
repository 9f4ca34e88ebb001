// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/http/Http2RequestHead.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

QByteArray escaped(const QByteArray &bytes)
{
    if (std::ranges::none_of(bytes, [](char c) { return c == '\r' || c == '\n' || c == '\0'; }))
        return bytes;
    QByteArray out;
    for (const char c : bytes) {
        if (c == '\r')
            out += "\\r";
        else if (c == '\n')
            out += "\\n";
        else if (c == '\0')
            out += "\\0";
        else
            out += c;
    }
    return out;
}

QString whose(const HeaderField &field)
{
    return field.source == HeaderSource::User ? u"your %1 header"_s.arg(QString::fromLatin1(field.name))
                                              : u"the %1 header"_s.arg(QString::fromLatin1(field.name));
}

} // namespace

bool isConnectionSpecific(QByteArrayView name)
{
    return std::ranges::any_of(std::initializer_list<const char *>{"connection", "proxy-connection",
                                                                   "keep-alive", "transfer-encoding",
                                                                   "upgrade", "http2-settings"},
                               [name](const char *one) { return equalsIgnoreCase(name, one); });
}

void appendFieldLine(QByteArray &text, HeaderField &field)
{
    const QByteArray name = escaped(field.name);
    const QByteArray value = escaped(field.value);
    field.nameRange = {text.size(), text.size() + name.size()};
    text += name;
    text += value.isEmpty() ? ":" : ": ";
    field.valueRange = {text.size(), text.size() + value.size()};
    text += value;
    text += "\r\n";
}

Http2RequestHead http2RequestHead(const Request &request)
{
    Http2RequestHead head;
    head.request = request;
    if (request.version != HttpVersion::Http2PriorKnowledge) // a request that is made from this one goes the same way
        head.request.version = HttpVersion::Http2;
    head.request.headers = {};
    // Connection may name more fields that are about the connection.
    const QList<QByteArray> named = splitList(request.headers.combined("Connection"));

    const auto add = [&head](HeaderField field) {
        appendFieldLine(head.text, field);
        head.fields.append(field);
        return head.fields.at(head.fields.size() - 1);
    };
    const auto addPseudo = [&add](const QByteArray &name, const QByteArray &value) {
        HeaderField field;
        field.name = name;
        field.value = value;
        field.source = HeaderSource::Transport;
        return add(field);
    };
    const bool isConnect =
        request.method == "CONNECT"; // has neither :scheme nor :path (RFC 9113 section 8.5)
    addPseudo(":method", request.method);
    if (!isConnect)
        addPseudo(":scheme", request.url.scheme.toLatin1());
    const qsizetype hostAt = request.headers.indexOf("Host");
    HeaderField authority;
    if (hostAt >= 0) {
        authority = request.headers.at(hostAt);
        authority.name = ":authority"_ba;
        authority = add(authority);
    }
    if (!isConnect)
        addPseudo(":path", request.effectiveTarget());

    for (qsizetype i = 0; i < request.headers.size(); ++i) {
        HeaderField field = request.headers.at(i);
        if (i == hostAt) {
            field.name = "host"_ba;
            field.nameRange = authority.nameRange;
            field.valueRange = authority.valueRange;
            if (field.sourceDetail.isEmpty())
                field.sourceDetail = u"sent as :authority"_s;
            head.request.headers.append(field);
            continue;
        }
        const bool isNamed =
            std::ranges::any_of(named, [&field](const QByteArray &one) { return field.is(one); }) &&
            !field.is("TE");
        if (isConnectionSpecific(field.name) || isNamed) {
            if (field.source == HeaderSource::Default) // the chunks of a body of unknown length: frames do that here
                continue;
            head.notes.append(u"%1 was not sent: it is about the connection, and HTTP/2 has no such headers "
                              "(RFC 9113 section 8.2.2)"_s.arg(whose(field)));
            continue;
        }
        if (field.is("TE") && !equalsIgnoreCase(field.value.trimmed(), "trailers")) {
            head.notes.append(
                u"%1 was not sent: on HTTP/2 its only value is \"trailers\" (RFC 9113 section 8.2.2)"_s.arg(
                    whose(field)));
            continue;
        }
        field.name = field.name.toLower();
        if (const QByteArray trimmed = field.value.trimmed(); trimmed != field.value) {
            head.notes.append(
                u"the white space around the value of %1 was not sent (RFC 9113 section 8.2.1)"_s.arg(
                    whose(field)));
            field.value = trimmed;
        }
        head.request.headers.append(add(field));
    }
    head.text += "\r\n";
    return head;
}

} // namespace realmscope
