// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/http/Message.h"

#include "app/http/StreamedBody.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

QString httpVersionText(HttpVersion version)
{
    switch (version) {
    case HttpVersion::Http10:
        return u"HTTP/1.0"_s;
    case HttpVersion::Auto:
    case HttpVersion::Http11:
        return u"HTTP/1.1"_s;
    case HttpVersion::Http2:
    case HttpVersion::Http2PriorKnowledge:
        return u"HTTP/2"_s;
    }
    return {};
}

qint64 Request::bodySize() const { return streamedBody ? streamedBody->size() : body.size(); }

bool Request::isSafe() const
{
    return method == "GET" || method == "HEAD" || method == "OPTIONS" || method == "TRACE";
}

QByteArray Response::mediaType() const
{
    const QByteArray value = headers.value("Content-Type");
    return value.left(value.indexOf(';') < 0 ? value.size() : value.indexOf(';')).trimmed().toLower();
}

Result<void> validateRequest(const Request &request)
{
    if (!isToken(request.method))
        return Error{ErrorCode::InvalidMethod,
                     request.method.isEmpty() ? u"the method is empty"_s
                                              : u"\"%1\" can't be a method"_s.arg(QString::fromUtf8(request.method)),
                     {}, u"Use one word of letters, such as GET or POST."_s};
    const QByteArray target = request.effectiveTarget();
    const auto badTarget = std::ranges::find_if(target, [](char c) { return c <= ' ' && c >= 0; });
    if (badTarget != target.end())
        return Error{ErrorCode::InvalidUrl,
                     u"the request target holds a space or a control character at position %1"_s.arg(
                         badTarget - target.begin() + 1),
                     {}, u"Percent-encode it."_s};
    int number = 0;
    for (const HeaderField &field : request.headers) {
        ++number;
        const QString name = QString::fromUtf8(field.name);
        if (!isToken(field.name))
            return Error{ErrorCode::InvalidHeader,
                         field.name.isEmpty() ? u"header %1 has no name"_s.arg(number)
                                              : u"\"%1\" can't be the name of header %2"_s.arg(name).arg(number),
                         {}, u"Use letters, digits and hyphens, without spaces, a colon or a line end."_s};
        const auto bad = std::ranges::find_if(field.value, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
        if (bad != field.value.end())
            return Error{ErrorCode::InvalidHeader,
                         u"the value of header %1 holds %2 at position %3"_s.arg(
                             name, *bad == '\0' ? u"a NUL"_s : u"a line end"_s)
                             .arg(bad - field.value.begin() + 1),
                         u"RFC 9110 section 5.5"_s,
                         u"Remove it: it would end the header line and could smuggle another one in."_s};
    }
    return {};
}

} // namespace realmscope
