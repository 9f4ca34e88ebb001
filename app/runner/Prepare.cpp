// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/runner/Prepare.h"

#include "app/base/Encoding.h"
#include "app/http/ContentDecoder.h"

#include <algorithm>
#include <functional>

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

using Resolve = std::function<Result<QString>(const QString &)>;

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

// isChunked: the user asks for Transfer-Encoding: chunked.
Result<PreparedBody> prepareBody(const SpecBody &body, bool isChunked, const Resolve &resolve)
{
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
        const Result<QString> text = resolve(body.text);
        if (!text)
            return text.error();
        out.bytes = text->toUtf8();
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
        if (const Result<void> ok = prepareStream(out, {{.filePath = body.filePath}}, isChunked); !ok)
            return ok.error();
        break;
    }
    }
    out.present = true;
    return out;
}

} // namespace

QByteArray userAgent() { return "Realmscope/" REALMSCOPE_VERSION ""_ba; }

Result<Request> prepareRequest(const RequestSpec &spec, const Variables &variables, const Clock &clock, Random &random,
                               bool literal)
{
    const Resolve resolve = [&](const QString &text) -> Result<QString> {
        return literal ? Result<QString>(text) : variables.resolve(text, clock, random);
    };
    Request request;
    request.version = spec.settings.version;
    const Result<QString> method = resolve(spec.method);
    if (!method)
        return method.error();
    request.method = method->trimmed().toUtf8();

    const Result<QString> urlText = resolve(spec.url);
    if (!urlText)
        return urlText.error();
    const Result<Url> url = Url::parse(*urlText);
    if (!url)
        return url.error();
    request.url = *url;
    if (!spec.settings.pathAsIs)
        request.url.path = removeDotSegments(request.url.path);

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
        users.append(name->trimmed().toUtf8(), value->toUtf8(), HeaderSource::User);
    }
    const bool isChunked = equalsIgnoreCase(users.value("Transfer-Encoding"), "chunked");
    const Result<PreparedBody> body = prepareBody(spec.body, isChunked, resolve);
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
