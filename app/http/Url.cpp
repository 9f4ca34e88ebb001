// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/http/Url.h"

#include "app/http/Headers.h"

#include <QtCore/QUrl>
#include <QtNetwork/QHostAddress>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

Error invalid(const QString &message, const QString &action = {})
{
    return {ErrorCode::InvalidUrl, message, {}, action};
}

// What may not stand raw in a request target. '%' and everything else printable stays as the user wrote it.
QByteArray encodeForTarget(QByteArrayView text)
{
    static constexpr char digits[] = "0123456789ABCDEF";
    QByteArray out;
    out.reserve(text.size());
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte <= 0x20 || byte >= 0x7f) {
            out += '%';
            out += digits[byte >> 4];
            out += digits[byte & 15];
        } else {
            out += c;
        }
    }
    return out;
}

Result<QString> parseHost(const QString &text)
{
    if (text.startsWith(u'[')) {
        const QString inside = text.mid(1, text.size() - 2);
        QHostAddress address;
        if (!text.endsWith(u']') || inside.contains(u'%') || !address.setAddress(inside)
            || address.protocol() != QAbstractSocket::IPv6Protocol)
            return invalid(u"\"%1\" is not an IPv6 address"_s.arg(text), u"Write it as [2001:db8::1]."_s);
        return address.toString().toLower();
    }
    if (text.isEmpty())
        return invalid(u"the URL has no host"_s, u"Write it as https://host/path."_s);
    const QByteArray decoded = QByteArray::fromPercentEncoding(text.toUtf8());
    const QString unicode = QString::fromUtf8(decoded);
    for (const QChar c : unicode) {
        if (c.unicode() <= 0x20 || c.unicode() == 0x7f || QStringView(u"<>\"{}|\\^`/?#@[]:%").contains(c))
            return invalid(u"the host \"%1\" holds \"%2\""_s.arg(text, c), u"Check the host name."_s);
    }
    const bool isAscii = std::ranges::all_of(unicode, [](QChar c) { return c.unicode() < 0x80; });
    // QUrl::toAce() refuses names such as "a_b", which resolve all the same.
    const QString ace = isAscii ? unicode.toLower() : QString::fromLatin1(QUrl::toAce(unicode)).toLower();
    if (ace.isEmpty())
        return invalid(u"the host \"%1\" is no valid internationalised name"_s.arg(text), u"Check the host name."_s);
    if (ace.size() > 253)
        return invalid(u"the host name is longer than 253 characters"_s, u"Check the host name."_s);
    return ace;
}

} // namespace

quint16 defaultPort(const QString &scheme)
{
    return scheme == "https"_L1 ? 443 : scheme == "http"_L1 ? 80 : 0;
}

QString Origin::toString() const
{
    const QString shownHost = host.contains(u':') ? u'[' + host + u']' : host;
    return port == defaultPort(scheme) ? u"%1://%2"_s.arg(scheme, shownHost)
                                       : u"%1://%2:%3"_s.arg(scheme, shownHost).arg(port);
}

Result<Url> Url::parse(const QString &typed)
{
    const QString text = typed.trimmed();
    if (text.isEmpty())
        return invalid(u"the URL is empty"_s, u"Type where to send the request, for example https://api.example.com/me."_s);
    for (qsizetype i = 0; i < text.size(); ++i) {
        const char16_t c = text.at(i).unicode();
        if (c < 0x20 || c == 0x7f)
            return invalid(u"the URL holds a control character at position %1"_s.arg(i + 1),
                           u"Remove it; it often comes along with a copied line end."_s);
    }

    Url url;
    QString rest = text;
    qsizetype schemeEnd = 0;
    while (schemeEnd < text.size()
           && (text.at(schemeEnd).isLetterOrNumber() || QStringView(u"+-.").contains(text.at(schemeEnd))))
        ++schemeEnd;
    if (text.mid(schemeEnd, 3) == "://"_L1) {
        url.scheme = text.left(schemeEnd).toLower();
        rest = text.mid(schemeEnd + 3);
    } else if (text.startsWith("http:"_L1, Qt::CaseInsensitive) || text.startsWith("https:"_L1, Qt::CaseInsensitive)) {
        return invalid(u"the URL has no // after %1"_s.arg(text.left(schemeEnd + 1)), u"Write it as https://host/path."_s);
    } else if (const qsizetype slashes = text.indexOf("://"_L1); slashes > 0 && text.indexOf(u'/') > slashes && text.left(slashes).indexOf(u'?') < 0 && text.left(slashes).indexOf(u'#') < 0) {
        return invalid(u"\"%1\" is no scheme"_s.arg(text.left(slashes)), u"Use an http or https URL."_s);
    } else {
        url.scheme = u"http"_s; // as curl does
    }
    if (defaultPort(url.scheme) == 0)
        return invalid(u"the scheme %1: is not http or https"_s.arg(url.scheme), u"Use an http or https URL."_s);

    const auto authorityEnd = std::ranges::find_if(rest, [](QChar c) { return QStringView(u"/?#").contains(c); });
    QString authority = rest.left(authorityEnd - rest.begin());
    rest = rest.mid(authority.size());
    if (const qsizetype at = authority.lastIndexOf(u'@'); at >= 0) {
        url.userInfo = encodeForTarget(authority.left(at).toUtf8());
        authority = authority.mid(at + 1);
    }
    const qsizetype colon = authority.indexOf(u':', std::max<qsizetype>(authority.indexOf(u']'), 0));
    url.port = defaultPort(url.scheme);
    if (colon >= 0) {
        const QString port = authority.mid(colon + 1);
        bool ok = false;
        const int number = port.toInt(&ok);
        const bool digitsOnly = std::ranges::all_of(port, [](QChar c) { return c >= u'0' && c <= u'9'; });
        if (!port.isEmpty() && (!ok || !digitsOnly || number < 1 || number > 65535))
            return invalid(u"the port \"%1\" is not a number from 1 to 65535"_s.arg(port), u"Correct the port."_s);
        if (!port.isEmpty()) {
            url.port = quint16(number);
            url.portWritten = true;
        }
        authority.truncate(colon);
    }
    Result<QString> host = parseHost(authority);
    if (!host)
        return host.error();
    url.host = *host;

    if (const qsizetype hash = rest.indexOf(u'#'); hash >= 0) {
        url.fragment = encodeForTarget(rest.mid(hash + 1).toUtf8());
        rest.truncate(hash);
    }
    if (const qsizetype question = rest.indexOf(u'?'); question >= 0) {
        url.query = encodeForTarget(rest.mid(question + 1).toUtf8());
        rest.truncate(question);
    }
    url.path = encodeForTarget(rest.toUtf8());
    return url;
}

QByteArray Url::hostHeader() const
{
    QByteArray text = host.contains(u':') ? '[' + host.toLatin1() + ']' : host.toLatin1();
    if (port != defaultPort(scheme))
        text += ':' + QByteArray::number(port);
    return text;
}

QByteArray Url::requestTarget() const
{
    QByteArray target = path.isEmpty() ? QByteArray("/") : path;
    if (query)
        target += '?' + *query;
    return target;
}

QString Url::toString(bool withUserInfo) const
{
    QString text = scheme + "://"_L1;
    if (withUserInfo && userInfo)
        text += QString::fromUtf8(*userInfo) + u'@';
    text += host.contains(u':') ? u'[' + host + u']' : host;
    if (port != defaultPort(scheme) || portWritten)
        text += u':' + QString::number(port);
    text += QString::fromUtf8(path);
    if (query)
        text += u'?' + QString::fromUtf8(*query);
    if (fragment)
        text += u'#' + QString::fromUtf8(*fragment);
    return text;
}

QByteArray removeDotSegments(QByteArrayView path)
{
    QByteArray in = path.toByteArray();
    QByteArray out;
    qsizetype p = 0;
    const auto rest = [&] { return QByteArrayView(in).sliced(p); };
    while (p < in.size()) {
        if (rest().startsWith("../")) {
            p += 3;
        } else if (rest().startsWith("./")) {
            p += 2;
        } else if (rest().startsWith("/./")) {
            p += 2;
        } else if (rest() == "/.") {
            in[p + 1] = '/';
            p += 1;
        } else if (rest().startsWith("/../") || rest() == "/..") {
            if (rest().size() == 3)
                in[p + 2] = '/', p += 2;
            else
                p += 3;
            out.truncate(std::max<qsizetype>(out.lastIndexOf('/'), 0));
        } else if (rest() == "." || rest() == "..") {
            break;
        } else {
            qsizetype end = in.indexOf('/', p + 1);
            if (end < 0)
                end = in.size();
            out += QByteArrayView(in).sliced(p, end - p);
            p = end;
        }
    }
    return out;
}

Result<Url> Url::resolve(QByteArrayView referenceBytes) const
{
    // What a server sends may hold raw UTF-8, Latin-1 or spaces: encode them, as browsers do.
    const QByteArray reference = encodeForTarget(referenceBytes.trimmed());
    const QString text = QString::fromLatin1(reference);

    qsizetype schemeEnd = 0;
    while (schemeEnd < text.size()
           && (text.at(schemeEnd).isLetterOrNumber() || QStringView(u"+-.").contains(text.at(schemeEnd))))
        ++schemeEnd;
    const bool hasScheme = schemeEnd > 0 && schemeEnd < text.size() && text.at(schemeEnd) == u':'
        && text.at(0).isLetter();
    Result<Url> target = Error{};
    if (hasScheme) {
        if (defaultPort(text.left(schemeEnd).toLower()) == 0)
            return invalid(u"the scheme %1: is not http or https"_s.arg(text.left(schemeEnd)),
                           u"Realmscope follows http and https only."_s);
        target = parse(text);
    } else if (text.startsWith("//"_L1)) {
        target = parse(scheme + u':' + text);
    } else {
        Url next = *this;
        next.fragment.reset();
        QByteArray rest = reference;
        if (const qsizetype hash = rest.indexOf('#'); hash >= 0) {
            next.fragment = rest.mid(hash + 1);
            rest.truncate(hash);
        }
        std::optional<QByteArray> newQuery;
        if (const qsizetype question = rest.indexOf('?'); question >= 0) {
            newQuery = rest.mid(question + 1);
            rest.truncate(question);
        }
        if (rest.isEmpty()) {
            if (newQuery)
                next.query = newQuery;
            return next;
        }
        next.query = newQuery;
        if (rest.startsWith('/'))
            next.path = removeDotSegments(rest);
        else if (path.isEmpty())
            next.path = removeDotSegments('/' + rest); // RFC 3986 section 5.2.3
        else
            next.path = removeDotSegments(path.left(path.lastIndexOf('/') + 1) + rest);
        return next;
    }
    if (target)
        target->path = removeDotSegments(target->path);
    return target;
}

} // namespace realmscope
