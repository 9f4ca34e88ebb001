// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/base/Encoding.h"
#include "app/interop/CurlCommand.h"

#include <QtCore/QHash>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

// One word for a POSIX shell.
QString quoted(const QString &word)
{
    const auto isPlain = [](QChar c) {
        return c.unicode() < 0x80 && (c.isLetterOrNumber() || QStringView(u"_@%+=:,./-").contains(c));
    };
    if (!word.isEmpty() && std::ranges::all_of(word, isPlain))
        return word;
    QString inside = word;
    return u'\'' + inside.replace(u'\'', "'\\''"_L1) + u'\'';
}

// Bytes that are no text: $'…' of bash.
QString quotedBytes(const QByteArray &bytes)
{
    QString out = u"$'"_s;
    for (const char c : bytes) {
        if (c == '\'' || c == '\\')
            out += u'\\' + QString(QLatin1Char(c));
        else if (c >= 0x20 && c < 0x7f)
            out += QLatin1Char(c);
        else
            out += u"\\x%1"_s.arg(uint(uchar(c)), 2, 16, QLatin1Char('0'));
    }
    return out + u'\'';
}

QString seconds(int ms) { return QString::number(ms / 1000.0); }

} // namespace

QString toCurl(const RequestSpec &spec, const QString &schemeId)
{
    QStringList parts{u"curl"_s};
    const RequestSettings &settings = spec.settings;
    const auto add = [&](const QString &option, const QString &value) { parts << option + u' ' + quoted(value); };
    const auto hasHeader = [&](QLatin1StringView name) {
        return std::ranges::any_of(spec.headers, [&](const SpecHeader &header) {
            return header.enabled && header.name.trimmed().compare(name, Qt::CaseInsensitive) == 0;
        });
    };

    if (spec.url.contains(u'[') || spec.url.contains(u'{'))
        parts << u"--globoff"_s;
    if (spec.url.startsWith(u'-'))
        add(u"--url"_s, spec.url);
    else
        parts << quoted(spec.url);

    const bool hasBody = spec.body.kind != BodyKind::None;
    if (spec.method == "HEAD"_L1 && !hasBody)
        parts << u"--head"_s;
    else if (spec.method != (hasBody ? "POST"_L1 : "GET"_L1))
        add(u"-X"_s, spec.method);

    static const QHash<QString, QString> withUser{{u"basic"_s, {}}, {u"digest"_s, u"--digest"_s}, {u"any"_s, u"--anyauth"_s}, {u"ntlm"_s, u"--ntlm"_s},
                                                  {u"aws-sigv4"_s, u"--aws-sigv4 aws:amz"_s}};
    if (withUser.contains(schemeId)) {
        if (!withUser.value(schemeId).isEmpty())
            parts << withUser.value(schemeId);
        parts << u"-u \"$REALMSCOPE_USER:$REALMSCOPE_PASSWORD\""_s;
    } else if (schemeId == "negotiate"_L1) {
        parts << u"--negotiate -u :"_s;
    } else if (schemeId == "netrc"_L1) {
        parts << u"--netrc"_s;
    } else if (schemeId == "bearer"_L1) {
        parts << u"--oauth2-bearer \"$REALMSCOPE_TOKEN\""_s;
    }

    for (const SpecHeader &header : spec.headers) {
        if (header.enabled)
            add(u"-H"_s, header.value.trimmed().isEmpty() ? header.name.trimmed() + u';' : header.name.trimmed() + ": "_L1 + header.value);
    }
    for (const QString &name : spec.suppressedDefaults)
        add(u"-H"_s, name + u':');

    if (hasBody && !hasHeader("Content-Type"_L1) && !spec.suppressedDefaults.contains("Content-Type"_L1, Qt::CaseInsensitive)) {
        const QString urlencoded = u"application/x-www-form-urlencoded"_s; // what curl says by itself
        const QString type = spec.body.kind == BodyKind::Form && spec.body.contentType.isEmpty() ? urlencoded : spec.body.contentType;
        if (type.isEmpty())
            add(u"-H"_s, u"Content-Type:"_s);
        else if (type != urlencoded)
            add(u"-H"_s, "Content-Type: "_L1 + type);
    }
    switch (spec.body.kind) {
    case BodyKind::None:
        break;
    case BodyKind::Text:
        if (spec.body.bytes.isEmpty())
            add(u"--data-raw"_s, spec.body.text);
        else if (spec.body.bytes.contains('\0'))
            parts << u"--data-binary @request-body.bin"_s; // no word can hold a NUL: the reader supplies the file
        else
            parts << "--data-raw "_L1 + quotedBytes(spec.body.bytes);
        break;
    case BodyKind::Form: {
        QStringList items;
        bool hasTemplate = false;
        for (const SpecFormItem &item : spec.body.form) {
            hasTemplate = hasTemplate || (item.enabled && (item.name + item.value).contains("{{"_L1));
            if (item.enabled)
                items << QString::fromLatin1(formEncode(item.name.toUtf8()) + '=' + formEncode(item.value.toUtf8()));
        }
        if (!hasTemplate) {
            add(u"--data-raw"_s, items.join(u'&'));
            break;
        }
        for (const SpecFormItem &item : spec.body.form) {
            if (item.enabled)
                add(u"--data-urlencode"_s, item.name + u'=' + item.value);
        }
        break;
    }
    case BodyKind::File:
        add(u"--data-binary"_s, u'@' + spec.body.filePath);
        break;
    }

    if (settings.locationTrusted)
        parts << u"--location-trusted"_s;
    else if (settings.followRedirects)
        parts << u"-L"_s;
    if (settings.followRedirects && settings.maxRedirects != 50)
        add(u"--max-redirs"_s, QString::number(settings.maxRedirects));
    if (settings.keepPost301)
        parts << u"--post301"_s;
    if (settings.keepPost302)
        parts << u"--post302"_s;
    if (settings.keepPost303)
        parts << u"--post303"_s;
    if (!settings.verifyTls)
        parts << u"-k"_s;
    if (settings.decodeContent)
        parts << u"--compressed"_s;
    if (settings.pathAsIs)
        parts << u"--path-as-is"_s;
    switch (settings.version) {
    case HttpVersion::Auto: // curl's own default
        break;
    case HttpVersion::Http10:
        parts << u"--http1.0"_s;
        break;
    case HttpVersion::Http11:
        parts << u"--http1.1"_s;
        break;
    case HttpVersion::Http2:
        parts << u"--http2"_s;
        break;
    case HttpVersion::Http2PriorKnowledge:
        parts << u"--http2-prior-knowledge"_s;
        break;
    }
    if (settings.connectTimeoutMs != RequestSettings().connectTimeoutMs)
        add(u"--connect-timeout"_s, seconds(settings.connectTimeoutMs));
    if (settings.totalTimeoutMs > 0)
        add(u"-m"_s, seconds(settings.totalTimeoutMs));
    if (settings.addressFamily == 4 || settings.addressFamily == 6)
        parts << (settings.addressFamily == 4 ? u"-4"_s : u"-6"_s);
    if (!settings.caFile.isEmpty())
        add(u"--cacert"_s, settings.caFile);
    if (!settings.clientCertificateFile.isEmpty()) {
        // A colon would begin the passphrase.
        QString file = settings.clientCertificateFile;
        add(u"--cert"_s, file.replace(u'\\', "\\\\"_L1).replace(u':', "\\:"_L1));
    }
    if (!settings.clientKeyFile.isEmpty())
        add(u"--key"_s, settings.clientKeyFile);
    if (!settings.clientCertificateType.isEmpty())
        add(u"--cert-type"_s, settings.clientCertificateType);
    if (!settings.caFolder.isEmpty())
        add(u"--capath"_s, settings.caFolder);
    if (!settings.tlsMin.isEmpty())
        parts << "--tlsv"_L1 + settings.tlsMin;
    if (!settings.tlsMax.isEmpty())
        add(u"--tls-max"_s, settings.tlsMax);
    if (settings.proxy.compare("none"_L1, Qt::CaseInsensitive) == 0)
        add(u"-x"_s, {});
    else if (!settings.proxy.isEmpty())
        add(u"-x"_s, settings.proxy);
    if (!settings.proxyProfile.isEmpty())
        parts << u"--proxy-anyauth -U \"$REALMSCOPE_PROXY_USER:$REALMSCOPE_PROXY_PASSWORD\""_s;
    if (settings.noProxy)
        add(u"--noproxy"_s, *settings.noProxy);
    if (settings.proxyTunnel)
        parts << u"-p"_s;
    for (const QString &entry : settings.connectTo)
        add(u"--connect-to"_s, entry);
    const Limits &limits = settings.limits;
    if (limits.bodyBytes != Limits().bodyBytes)
        add(u"--max-filesize"_s, QString::number(limits.bodyBytes));
    if (limits.expectTimeoutMs != Limits().expectTimeoutMs)
        add(u"--expect100-timeout"_s, seconds(limits.expectTimeoutMs));
    for (const auto &[from, to] : settings.resolve.asKeyValueRange()) {
        const bool hasPort = to.count(u':') == 1 || to.contains("]:"_L1);
        if (hasPort)
            add(u"--connect-to"_s, from + u':' + to);
        else
            add(u"--resolve"_s, from + u':' + to);
    }
    return parts.join(" \\\n  "_L1);
}

} // namespace realmscope
