// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/runner/Prepare.h"

#include "app/base/Encoding.h"
#include "app/http/ContentDecoder.h"

#include <QtCore/QFile>

#include <algorithm>
#include <functional>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

struct PreparedBody
{
    QByteArray bytes;
    QByteArray contentType;
    bool present = false;
};

using Resolve = std::function<Result<QString>(const QString &)>;

Result<PreparedBody> prepareBody(const SpecBody &body, const Resolve &resolve)
{
    PreparedBody out;
    out.contentType = body.contentType.toUtf8();
    switch (body.kind) {
    case BodyKind::None:
        return out;
    case BodyKind::Text: {
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
        QFile file(body.filePath);
        if (!file.open(QIODevice::ReadOnly))
            return Error{ErrorCode::FileUnreadable, u"the file for the body can't be read: %1"_s.arg(body.filePath),
                         file.errorString(), u"Choose another file, or check its permissions."_s};
        out.bytes = file.readAll();
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

    const Result<PreparedBody> body = prepareBody(spec.body, resolve);
    if (!body)
        return body.error();
    request.body = body->bytes;

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
        if (!users.contains("Transfer-Encoding"))
            addDefault("Content-Length", QByteArray::number(request.body.size()));
    } else if (request.method == "POST" || request.method == "PUT" || request.method == "PATCH") {
        addDefault("Content-Length", "0"_ba); // RFC 9110 section 8.6
    }
    if (const Result<void> valid = validateRequest(request); !valid)
        return valid.error();
    return request;
}

} // namespace realmscope
