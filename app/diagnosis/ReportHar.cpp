// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/Report.h"
#include "app/diagnosis/ReportParts.h"

#include <QtCore/QDateTime>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QSaveFile>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

// Source: HAR 1.2 Spec (Jan Odvarko). Members whose names begin with an underscore are ours, as it allows.
namespace {

constexpr qint64 largestBody = 16 * 1024 * 1024;

// JSON has characters, not bytes.
QString harText(const QByteArray &bytes) { return isValidUtf8(bytes) ? QString::fromUtf8(bytes) : QString::fromLatin1(bytes); }

QJsonObject nameAndValue(const QByteArray &name, const QByteArray &value)
{
    return {{u"name"_s, harText(name)}, {u"value"_s, harText(value)}};
}

QJsonArray headersOf(const Headers &headers, const Sanitiser &clean)
{
    QJsonArray array;
    for (const HeaderField &field : headers)
        array.append(nameAndValue(field.name, clean.maskedHeader(field)));
    return array;
}

// Out of the masked header, so that nothing needs to know what is secret in it.
QJsonArray cookiesOf(const Headers &headers, QByteArrayView name, const Sanitiser &clean)
{
    QJsonArray array;
    for (const HeaderField &field : headers) {
        if (!field.is(name))
            continue;
        QByteArrayList pairs = clean.maskedHeader(field).split(';');
        if (name == "Set-Cookie")
            pairs.resize(1); // the rest are attributes
        for (const QByteArray &pair : pairs) {
            if (const qsizetype equals = pair.indexOf('='); equals > 0)
                array.append(nameAndValue(pair.left(equals).trimmed(), pair.mid(equals + 1).trimmed()));
        }
    }
    return array;
}

QJsonArray queryOf(const QByteArray &url)
{
    QJsonArray array;
    const qsizetype question = url.indexOf('?');
    for (const QByteArray &item : question < 0 ? QByteArrayList() : url.mid(question + 1).split('#').first().split('&')) {
        const qsizetype equals = item.indexOf('=');
        if (!item.isEmpty())
            array.append(nameAndValue(percentDecode(equals < 0 ? item : item.left(equals)), percentDecode(equals < 0 ? QByteArray() : item.mid(equals + 1))));
    }
    return array;
}

// Bytes that are no UTF-8 are written in Base64, masked as well: a page in Latin-1 can echo a password.
QJsonObject bodyText(const QByteArray &body, const Sanitiser &clean)
{
    const QByteArray shown = clean.masked(body);
    if (!isValidUtf8(shown))
        return {{u"text"_s, QString::fromLatin1(shown.toBase64())}, {u"encoding"_s, u"base64"_s}};
    return {{u"text"_s, QString::fromUtf8(shown)}};
}

QJsonObject requestOf(const Exchange &exchange, const Sanitiser &clean)
{
    const Request &request = exchange.request;
    const QByteArray url = clean.maskedUrl(request.url.toString().toUtf8());
    QJsonObject json{{u"method"_s, harText(request.method)},
                     {u"url"_s, harText(url)},
                     {u"httpVersion"_s, exchange.http2 ? u"HTTP/2"_s : httpVersionText(request.version)},
                     {u"cookies"_s, cookiesOf(request.headers, "Cookie", clean)},
                     {u"headers"_s, headersOf(request.headers, clean)},
                     {u"queryString"_s, queryOf(url)},
                     {u"headersSize"_s, exchange.http2 ? -1 : exchange.rawRequest.size() - std::max<qint64>(request.bodySize(), 0)},
                     {u"bodySize"_s, request.bodySize()}};
    if (request.body.size() > largestBody) {
        json.insert(u"comment"_s, u"the body is too large for this file"_s);
    } else if (!request.body.isEmpty()) {
        QJsonObject posted = bodyText(request.body, clean);
        posted.insert(u"mimeType"_s, harText(request.headers.value("Content-Type")));
        json.insert(u"postData"_s, posted);
    }
    return json;
}

QJsonObject responseOf(const Exchange &exchange, const Sanitiser &clean)
{
    const Response &response = exchange.response;
    QJsonObject content{{u"size"_s, response.body.size()}, {u"mimeType"_s, harText(response.headers.value("Content-Type"))}};
    if (response.body.size() > largestBody) {
        content.insert(u"comment"_s, u"the body is too large for this file"_s);
    } else if (!response.body.isEmpty()) {
        const QJsonObject text = bodyText(response.body.all(), clean);
        for (auto it = text.begin(); it != text.end(); ++it)
            content.insert(it.key(), it.value());
    }
    QJsonObject json{{u"status"_s, response.status},
                     {u"statusText"_s, harText(response.reason)},
                     {u"httpVersion"_s, exchange.http2 ? u"HTTP/2"_s : harText(response.versionText)},
                     {u"cookies"_s, cookiesOf(response.headers, "Set-Cookie", clean)},
                     {u"headers"_s, headersOf(response.headers, clean)},
                     {u"content"_s, content},
                     {u"redirectURL"_s, harText(clean.maskedUrl(response.headers.value("Location")))},
                     {u"headersSize"_s, exchange.http2 ? -1 : exchange.bodyOffset},
                     {u"bodySize"_s, response.encodedBody.size()}};
    if (exchange.error)
        json.insert(u"_error"_s, clean.text(exchange.error->message));
    return json;
}

QJsonObject timingsOf(const Timings &timings)
{
    const double tls = timings.tls;
    return {{u"blocked"_s, -1},
            {u"dns"_s, timings.dns},
            {u"connect"_s, timings.connect < 0 ? -1 : timings.connect + std::max(0.0, tls)}, // HAR counts TLS as a part of it
            {u"ssl"_s, tls},
            {u"send"_s, std::max(0.0, timings.send)},
            {u"wait"_s, std::max(0.0, timings.wait)},
            {u"receive"_s, std::max(0.0, timings.receive)}};
}

} // namespace

QJsonObject traceToHar(const Trace &trace, const Redactor &redactor, bool reveal)
{
    const Sanitiser clean(trace, redactor, reveal);
    QJsonArray entries;
    for (const Exchange &exchange : trace.exchanges) {
        QJsonObject entry{{u"startedDateTime"_s, QDateTime::fromMSecsSinceEpoch(exchange.startedAtMs, Qt::UTC).toString(Qt::ISODateWithMs)},
                          {u"time"_s, std::max(0.0, exchange.timings.total)},
                          {u"request"_s, requestOf(exchange, clean)},
                          {u"response"_s, responseOf(exchange, clean)},
                          {u"cache"_s, QJsonObject()},
                          {u"timings"_s, timingsOf(exchange.timings)},
                          {u"_role"_s, exchangeRoleId(exchange.role)}};
        QString address = exchange.connection.peerAddress.section(u':', 0, -2);
        if (address.startsWith(u'[') && address.endsWith(u']'))
            address = address.sliced(1, address.size() - 2);
        if (!address.isEmpty())
            entry.insert(u"serverIPAddress"_s, address);
        if (exchange.connection.id > 0)
            entry.insert(u"connection"_s, QString::number(exchange.connection.id));
        entries.append(entry);
    }
    QJsonObject log{{u"version"_s, u"1.2"_s},
                    {u"creator"_s, QJsonObject{{u"name"_s, u"Realmscope"_s}, {u"version"_s, QStringLiteral(REALMSCOPE_VERSION)}}},
                    {u"entries"_s, entries}};
    if (!reveal)
        log.insert(u"comment"_s, u"Secrets are masked."_s);
    return {{u"log"_s, log}};
}

bool isReportName(const QString &path)
{
    static const QStringList endings{u".md"_s, u".html"_s, u".json"_s, u".har"_s};
    return std::ranges::any_of(endings, [&path](const QString &ending) { return path.endsWith(ending, Qt::CaseInsensitive); });
}

Result<void> saveReport(const QString &path, const Trace &trace, const Diagnosis &diagnosis, const Redactor &redactor)
{
    if (!isReportName(path))
        return Error{ErrorCode::InvalidInput, u"the report's kind is not known: %1"_s.arg(path), {}, u"Let its name end with .md, .html, .json or .har."_s};
    const QString name = path.toLower();
    const QByteArray bytes = name.endsWith(".json"_L1) ? QJsonDocument(diagnosisToJson(trace, diagnosis, redactor)).toJson()
        : name.endsWith(".har"_L1)                     ? QJsonDocument(traceToHar(trace, redactor)).toJson()
        : name.endsWith(".html"_L1)                    ? reportHtml(trace, diagnosis, redactor).toUtf8()
                                                       : reportMarkdown(trace, diagnosis, redactor).toUtf8();
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit())
        return Error{ErrorCode::FileUnwritable, u"the report can't be written: %1"_s.arg(path), file.errorString(),
                     u"Choose another folder, or check its permissions."_s};
    return {};
}

} // namespace realmscope
