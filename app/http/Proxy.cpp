// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/http/Proxy.h"

#include "app/base/Encoding.h"

#include <QtCore/QRegularExpression>
#include <QtNetwork/QHostAddress>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr quint16 defaultProxyPort = 1080; // curl's, for every kind of proxy

Error invalidProxy(const QString &message)
{
    return {ErrorCode::InvalidInput, message, {},
            u"Write it as http://host:port, socks5://host:port or socks5h://host:port."_s};
}

// The first of these that is set to something.
std::optional<std::pair<QString, QString>> firstSet(const ProxyEnvironment &environment, const QStringList &names)
{
    for (const QString &name : names) {
        if (const QString value = environment.value(name).trimmed(); !value.isEmpty())
            return std::pair(name, value);
    }
    return std::nullopt;
}

bool matchesEntry(const QString &host, const QHostAddress &address, bool isAddress, QString entry)
{
    if (isAddress) {
        if (entry.startsWith(u'[') && entry.endsWith(u']'))
            entry = entry.mid(1, entry.size() - 2);
        if (entry.contains(u'/')) {
            const QPair<QHostAddress, int> subnet = QHostAddress::parseSubnet(entry);
            return subnet.second >= 0 && subnet.first.protocol() == address.protocol() && address.isInSubnet(subnet);
        }
        QHostAddress other;
        return other.setAddress(entry) && other == address;
    }
    if (entry.startsWith(u'.'))
        entry.remove(0, 1);
    if (entry.endsWith(u'.'))
        entry.chop(1);
    if (entry.isEmpty())
        return false;
    return host.compare(entry, Qt::CaseInsensitive) == 0 || host.endsWith(u'.' + entry, Qt::CaseInsensitive);
}

} // namespace

QString ProxyServer::toString() const
{
    const QString scheme = kind == Kind::Http ? u"http"_s : remoteDns ? u"socks5h"_s : u"socks5"_s;
    return u"%1://%2:%3"_s.arg(scheme, host.contains(u':') ? u'[' + host + u']' : host).arg(port);
}

Origin ProxyServer::origin() const { return {u"http"_s, host, port}; }

bool ProxyServer::operator==(const ProxyServer &other) const
{
    return kind == other.kind && host == other.host && port == other.port && remoteDns == other.remoteDns
        && userName == other.userName && password.equals(other.password);
}

ProxyEnvironment proxyEnvironment()
{
    ProxyEnvironment environment;
    for (const char *name : {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"}) {
        if (qEnvironmentVariableIsSet(name))
            environment.insert(QString::fromLatin1(name), qEnvironmentVariable(name));
    }
    return environment;
}

Result<ProxyChoice> parseProxy(const QString &text)
{
    QString rest = text.trimmed();
    QString scheme = u"http"_s;
    if (const qsizetype at = rest.indexOf("://"_L1); at >= 0) {
        scheme = rest.left(at).toLower();
        rest = rest.mid(at + 3);
    }
    ProxyChoice choice;
    ProxyServer server;
    if (scheme == "socks5"_L1 || scheme == "socks5h"_L1) {
        server.kind = ProxyServer::Kind::Socks5;
        server.remoteDns = scheme == "socks5h"_L1;
    } else if (scheme == "https"_L1 || scheme == "socks4"_L1 || scheme == "socks4a"_L1 || scheme == "socks"_L1) {
        return Error{ErrorCode::Unsupported, u"a proxy of the kind %1 is not supported"_s.arg(scheme), {},
                     u"Use a proxy that is reached by http, socks5 or socks5h."_s};
    } else if (scheme != "http"_L1) {
        return invalidProxy(u"\"%1\" is no kind of proxy"_s.arg(scheme));
    }
    if (const qsizetype slash = rest.indexOf(u'/'); slash >= 0)
        rest.truncate(slash);
    if (const qsizetype at = rest.lastIndexOf(u'@'); at >= 0) {
        const QByteArray info = rest.left(at).toUtf8();
        rest = rest.mid(at + 1);
        const qsizetype colon = info.indexOf(':');
        choice.userName = QString::fromUtf8(percentDecode(colon < 0 ? info : info.left(colon)));
        choice.password = Secret(colon < 0 ? QByteArray() : percentDecode(info.mid(colon + 1)));
    }
    // Url knows how to read and write a host.
    const Result<Url> url = Url::parse("http://"_L1 + rest);
    if (rest.isEmpty() || !url || url->host.isEmpty())
        return invalidProxy(u"the proxy has no host that can be read"_s);
    server.host = url->host;
    server.port = url->portWritten ? url->port : defaultProxyPort;
    choice.server = server;
    return choice;
}

QString noProxyEntryFor(const QString &host, quint16 port, const QString &list)
{
    if (list.trimmed() == "*"_L1)
        return u"*"_s;
    QString name = host;
    if (name.endsWith(u'.'))
        name.chop(1);
    QHostAddress address;
    const bool isAddress = address.setAddress(name);
    static const QRegularExpression separators(u"[, \\t]+"_s);
    // host:port, [address]:port, 10.0.0.1:port; a bare IPv6 address has more colons.
    static const QRegularExpression withPort(u"^(\\[[^\\]]*\\]|[^:]+):(\\d{1,5})$"_s);
    for (const QString &entry : list.split(separators, Qt::SkipEmptyParts)) {
        const QRegularExpressionMatch match = withPort.match(entry);
        if (match.hasMatch() && match.captured(2).toUInt() != port)
            continue;
        if (matchesEntry(name, address, isAddress, match.hasMatch() ? match.captured(1) : entry))
            return entry;
    }
    return {};
}

Result<ProxyChoice> chooseProxy(const Url &url, const QString &setting, const std::optional<QString> &noProxy,
                                const ProxyEnvironment &environment)
{
    const QString own = setting.trimmed();
    if (own.compare("none"_L1, Qt::CaseInsensitive) == 0)
        return ProxyChoice{.why = u"no proxy: the settings of this request say so"_s};
    QString rule = u"the settings of this request"_s;
    QString text = own;
    if (own.isEmpty()) {
        QStringList names{url.scheme + "_proxy"_L1};
        if (url.isSecure())
            names << u"HTTPS_PROXY"_s;
        names << u"all_proxy"_s << u"ALL_PROXY"_s;
        const auto found = firstSet(environment, names);
        if (!found)
            return ProxyChoice{};
        rule = u"the environment variable %1"_s.arg(found->first);
        text = found->second;
    }
    Result<ProxyChoice> choice = parseProxy(text);
    if (!choice) {
        Error error = choice.error();
        error.message += u" (from %1)"_s.arg(rule);
        return error;
    }
    const auto listed = noProxy ? std::optional(std::pair(u"the settings of this request"_s, *noProxy))
                                : firstSet(environment, {u"no_proxy"_s, u"NO_PROXY"_s});
    if (listed) {
        if (const QString entry = noProxyEntryFor(url.host, url.port, listed->second); !entry.isEmpty())
            return ProxyChoice{.why = u"no proxy for %1: \"%2\" in %3 (the proxy would be %4, by %5)"_s.arg(
                                   url.host, entry, noProxy ? listed->first : u"the environment variable "_s + listed->first,
                                   choice->server->toString(), rule)};
    }
    choice->why = u"through the proxy %1, by %2"_s.arg(choice->server->toString(), rule);
    return choice;
}

} // namespace realmscope
