// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/workspace/MaskedSpec.h"

#include "app/credentials/Redactor.h"

#include <QtCore/QRegularExpression>

#include <limits>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

bool isVariable(const QString &text)
{
    static const QRegularExpression variables(u"^(?:\\{\\{[^{}]+\\}\\})+$"_s);
    return variables.match(text).hasMatch();
}

// Masks what is secret in `text` where it stands in a message between the two others.
QString maskWithin(const QByteArray &before, const QString &text, const QByteArray &after, const Redactor &redactor)
{
    const QByteArray bytes = text.toUtf8();
    const QByteArray message = before + bytes + after;
    QByteArray out;
    qsizetype at = before.size();
    for (const MaskedRange &masked : redactor.ranges(message, std::numeric_limits<qsizetype>::max())) {
        const qsizetype begin = std::max(masked.range.begin, before.size());
        const qsizetype end = std::min(masked.range.end, before.size() + bytes.size());
        if (begin >= end || begin < at)
            continue;
        const QByteArray secret = message.sliced(begin, end - begin);
        out += QByteArrayView(message).sliced(at, begin - at);
        out += isVariable(QString::fromUtf8(secret)) ? secret : Redactor::mask(secret).toUtf8();
        at = end;
    }
    out += QByteArrayView(message).sliced(at, before.size() + bytes.size() - at);
    return QString::fromUtf8(out);
}

QString maskHeader(const SpecHeader &header, const Redactor &redactor)
{
    const QByteArray name = header.name.toUtf8();
    if (!header.value.contains("{{"_L1)) // with the user name of Basic
        return QString::fromUtf8(redactor.headerValue(name, header.value.toUtf8()));
    if (isVariable(header.value))
        return header.value;
    return maskWithin("GET / HTTP/1.1\r\n" + name + ": ", header.value, "\r\n\r\n", redactor);
}

bool holdsMask(const QString &text)
{
    return text.contains(u"\u2022\u2022\u2022\u2022"_s); // as Redactor::mask() begins
}

} // namespace

RequestSpec maskedSpec(const RequestSpec &spec, const Redactor &redactor, QStringList *leftOut)
{
    RequestSpec out = spec;
    const auto replace = [leftOut](QString &text, const QString &masked, const QString &place) {
        if (masked == text)
            return;
        text = masked;
        if (leftOut && !leftOut->contains(place))
            leftOut->append(place);
    };
    replace(out.url, maskWithin("GET ", spec.url, "\r\n\r\n", redactor), u"URL"_s);
    for (SpecHeader &header : out.headers)
        replace(header.value, maskHeader(header, redactor), u"header %1"_s.arg(header.name));
    replace(out.body.text, maskWithin("\r\n\r\n", spec.body.text, {}, redactor), u"body"_s);
    for (SpecFormItem &item : out.body.form) {
        const bool isNamed = Redactor::isCredentialHeader(item.name.toUtf8()) && !item.value.isEmpty() && !isVariable(item.value);
        replace(item.value, isNamed ? Redactor::mask(item.value.toUtf8()) : redactor.text(item.value), u"form field %1"_s.arg(item.name));
    }
    const auto replaceBytes = [&redactor, leftOut](QByteArray &bytes) {
        const QByteArray masked = redactor.text(bytes);
        if (masked != bytes && leftOut && !leftOut->contains(u"body"_s))
            leftOut->append(u"body"_s);
        bytes = masked;
    };
    replaceBytes(out.body.bytes);
    for (BodyPiece &piece : out.body.pieces)
        replaceBytes(piece.bytes);
    replace(out.settings.proxy, QString::fromUtf8(redactor.url(spec.settings.proxy.toUtf8())), u"proxy"_s);
    return out;
}

QString placeOfMask(const RequestSpec &spec)
{
    if (holdsMask(spec.url))
        return u"the URL"_s;
    for (const SpecHeader &header : spec.headers) {
        if (header.enabled && holdsMask(header.value))
            return u"the header %1"_s.arg(header.name);
    }
    for (const SpecFormItem &item : spec.body.form) {
        if (spec.body.kind == BodyKind::Form && item.enabled && holdsMask(item.value))
            return u"the form field %1"_s.arg(item.name);
    }
    return holdsMask(spec.settings.proxy) ? u"the proxy"_s : QString();
}

} // namespace realmscope
