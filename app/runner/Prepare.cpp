// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/runner/Prepare.h"

#include "app/base/Encoding.h"
#include "app/http/ContentDecoder.h"
#include "app/runner/BodyTemplate.h"
#include "app/workspace/HttpFileLines.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr qint64 streamedFrom = 1024 * 1024; // a shorter file is read at once

struct PreparedBody
{
    QByteArray bytes;
    std::shared_ptr<const StreamedBody> streamed; // in place of bytes
    QByteArray contentType;
    bool present = false;
};

Result<void> prepareStream(PreparedBody &out, const QList<BodyPiece> &pieces, bool isChunked)
{
    const Result<std::shared_ptr<const StreamedBody>> streamed = StreamedBody::open(pieces);
    if (!streamed)
        return streamed.error();
    if (isChunked || (*streamed)->size() < 0 || (*streamed)->size() >= streamedFrom) {
        out.streamed = *streamed;
        return {};
    }
    BodyReader reader(*streamed);
    while (!reader.atEnd()) {
        const Result<QByteArray> bytes = reader.read(streamedFrom);
        if (!bytes)
            return bytes.error();
        out.bytes += *bytes;
    }
    return {};
}

struct BodyContext
{
    QByteArray contentType; // that will be sent
    bool isChunked = false; // the user asks for Transfer-Encoding: chunked
    bool isLiteral = false;
    QString folder;
};

Result<PreparedBody> prepareBody(const RequestSpec &spec, const BodyContext &context, const ResolveText &resolve)
{
    const SpecBody &body = spec.body;
    const bool isChunked = context.isChunked;
    PreparedBody out;
    out.contentType = body.contentType.toUtf8();
    switch (body.kind) {
    case BodyKind::None:
        return out;
    case BodyKind::Text: {
        if (!body.pieces.isEmpty()) {
            if (const Result<void> ok = prepareStream(out, body.pieces, isChunked); !ok)
                return ok.error();
            break;
        }
        if (!body.bytes.isEmpty()) {
            out.bytes = body.bytes;
            break;
        }
        if (context.isLiteral) {
            out.bytes = body.text.toUtf8();
            break;
        }
        const Result<QList<BodyPiece>> pieces = buildTextBody(spec, context.contentType, context.folder, resolve);
        if (!pieces)
            return pieces.error();
        if (isGraphQl(spec) && out.contentType.isEmpty())
            out.contentType = "application/json"_ba;
        if (pieces->size() <= 1 && (pieces->isEmpty() || pieces->first().filePath.isEmpty()))
            out.bytes = pieces->isEmpty() ? QByteArray() : pieces->first().bytes;
        else if (const Result<void> ok = prepareStream(out, *pieces, isChunked); !ok)
            return ok.error();
        break;
    }
    case BodyKind::Form: {
        QList<QByteArray> items;
        for (const SpecFormItem &item : body.form) {
            if (!item.enabled)
                continue;
            const Result<QString> name = resolve(item.name);
            if (!name)
                return name.error();
            const Result<QString> value = resolve(item.value);
            if (!value)
                return value.error();
            items << formEncode(name->toUtf8()) + '=' + formEncode(value->toUtf8());
        }
        out.bytes = items.join('&');
        if (out.contentType.isEmpty())
            out.contentType = "application/x-www-form-urlencoded"_ba;
        break;
    }
    case BodyKind::File: {
        const Result<BodyPiece> piece = context.isLiteral ? Result<BodyPiece>(BodyPiece{.filePath = body.filePath})
                                                          : buildFileBody(body, context.folder, resolve);
        if (!piece)
            return piece.error();
        if (piece->filePath.isEmpty())
            out.bytes = piece->bytes;
        else if (const Result<void> ok = prepareStream(out, {*piece}, isChunked); !ok)
            return ok.error();
        break;
    }
    }
    out.present = true;
    return out;
}

// "/path" with a Host header, or with a variable called host, as the REST Client and httpYac have it.
QString absoluteUrl(const QString &url, const Headers &users, const Variables &variables)
{
    if (!url.startsWith(u'/'))
        return url;
    const QString host = QString::fromUtf8(users.value("Host")).trimmed();
    if (!host.isEmpty())
        return (host.endsWith(":443"_L1) || host.endsWith(":8443"_L1) ? u"https://"_s : u"http://"_s) + host + url;
    const QString prefix = variables.preview(u"{{host}}"_s);
    return prefix.startsWith("{{"_L1) ? url : prefix + url;
}

} // namespace

QByteArray userAgent() { return "Realmscope/" REALMSCOPE_VERSION ""_ba; }

Result<Request> prepareRequest(const RequestSpec &spec, const Variables &variables, const Clock &clock, Random &random,
                               bool literal)
{
    const ResolveText resolve = [&](const QString &text) -> Result<QString> {
        return literal ? Result<QString>(text) : variables.resolve(text, clock, random);
    };
    Request request;
    request.version = spec.settings.version;
    const Result<QString> method = resolve(spec.method);
    if (!method)
        return method.error();
    request.method = method->trimmed().toUtf8();
    if (!literal && isOtherProtocol(QString::fromUtf8(request.method)))
        return Error{ErrorCode::Unsupported, u"%1 is another protocol than HTTP, which is not spoken here"_s.arg(QString::fromUtf8(request.method)), {},
                     u"Send it with the program that the file was written for."_s};
    if (!literal && request.method == "GRAPHQL")
        request.method = "POST"_ba;

    const Result<QString> urlText = resolve(spec.url);
    if (!urlText)
        return urlText.error();
    Headers users;
    for (const SpecHeader &header : spec.headers) {
        if (!header.enabled)
            continue;
        const Result<QString> name = resolve(header.name);
        if (!name)
            return name.error();
        const Result<QString> value = resolve(header.value);
        if (!value)
            return value.error();
        // OWS around a value is no part of it (RFC 9110 section 5.5); inside it stays.
        users.append(name->trimmed().toUtf8(), value->toUtf8(), HeaderSource::User, header.from);
    }
    const Result<Url> url = Url::parse(literal ? *urlText : absoluteUrl(urlText->trimmed(), users, variables));
    if (!url)
        return url.error();
    request.url = *url;
    if (!spec.settings.pathAsIs)
        request.url.path = removeDotSegments(request.url.path);

    BodyContext context{users.value("Content-Type"), equalsIgnoreCase(users.value("Transfer-Encoding"), "chunked"), literal, variables.folder()};
    if (context.contentType.isEmpty())
        context.contentType = spec.body.contentType.toUtf8();
    const Result<PreparedBody> body = prepareBody(spec, context, resolve);
    if (!body)
        return body.error();
    request.body = body->bytes;
    request.streamedBody = body->streamed;
    if (request.bodySize() < 0 && request.version == HttpVersion::Http10)
        return Error{ErrorCode::InvalidInput, u"the length of the body is not known, and HTTP/1.0 can't send one without it"_s, {},
                     u"Use HTTP/1.1, or put the body into a file."_s};

    const auto isWanted = [&](const char *name) {
        return !users.contains(name)
            && std::ranges::none_of(spec.suppressedDefaults,
                                    [&](const QString &s) { return equalsIgnoreCase(s.toUtf8(), name); });
    };
    const auto addDefault = [&](const char *name, const QByteArray &value) {
        if (isWanted(name))
            request.headers.append(name, value, HeaderSource::Default);
    };

    addDefault("Host", request.url.hostHeader());
    for (const HeaderField &field : users)
        request.headers.append(field);
    addDefault("User-Agent", userAgent());
    addDefault("Accept", "*/*"_ba);
    if (spec.settings.decodeContent)
        addDefault("Accept-Encoding", ContentDecoder::supported().join(", "));
    if (body->present) {
        if (!body->contentType.isEmpty())
            addDefault("Content-Type", body->contentType);
        if (request.bodySize() < 0)
            addDefault("Transfer-Encoding", "chunked"_ba);
        else if (!users.contains("Transfer-Encoding"))
            addDefault("Content-Length", QByteArray::number(request.bodySize()));
        if (spec.settings.expectContinue)
            addDefault("Expect", "100-continue"_ba);
    } else if (request.method == "POST" || request.method == "PUT" || request.method == "PATCH") {
        addDefault("Content-Length", "0"_ba); // RFC 9110 section 8.6
    }
    if (const Result<void> valid = validateRequest(request); !valid)
        return valid.error();
    return request;
}

} // namespace realmscope
