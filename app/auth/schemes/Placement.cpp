// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/schemes/Placement.h"

#include "app/base/Encoding.h"

namespace realmscope {

void appendQueryItem(Request &request, const QByteArray &item)
{
    const QByteArray query = request.url.query.value_or(QByteArray());
    request.url.query = query.isEmpty() ? item : query + '&' + item;
    if (!request.target.isEmpty())
        request.target += (request.target.contains('?') ? '&' : '?') + item;
}

QByteArray targetPath(const Request &request)
{
    const QByteArray target = request.effectiveTarget();
    const qsizetype question = target.indexOf('?');
    return question < 0 ? target : target.left(question);
}

QByteArray targetQuery(const Request &request)
{
    const QByteArray target = request.effectiveTarget();
    const qsizetype question = target.indexOf('?');
    return question < 0 ? QByteArray() : target.mid(question + 1);
}

void setBody(Request &request, const QByteArray &body)
{
    request.body = body;
    if (request.headers.contains("Content-Length"))
        request.headers.set("Content-Length", QByteArray::number(body.size()), HeaderSource::Default);
}

QList<std::pair<QByteArray, QByteArray>> formPairs(const QByteArray &text)
{
    QList<std::pair<QByteArray, QByteArray>> pairs;
    for (const QByteArray &item : text.split('&')) {
        if (item.isEmpty())
            continue;
        const qsizetype equals = item.indexOf('=');
        pairs.append({formDecode(equals < 0 ? item : item.left(equals)), equals < 0 ? QByteArray() : formDecode(item.mid(equals + 1))});
    }
    return pairs;
}

QByteArray mediaType(const Request &request)
{
    const QByteArray value = request.headers.value("Content-Type");
    return value.left(value.indexOf(';') < 0 ? value.size() : value.indexOf(';')).trimmed().toLower();
}

} // namespace realmscope
