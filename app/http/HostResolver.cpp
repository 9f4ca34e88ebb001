// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/http/HostResolver.h"

#include <QtCore/QRegularExpression>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

bool isOfFamily(const QHostAddress &address, int family)
{
    const bool isV6 = address.protocol() == QAbstractSocket::IPv6Protocol;
    return family == 0 || (family == 6) == isV6;
}

Error wrongFamily(const QString &name, int family)
{
    return {ErrorCode::HostNotFound, u"%1 has no IPv%2 address"_s.arg(name).arg(family), {},
            u"Allow both IPv4 and IPv6, or use another host."_s};
}

} // namespace

QString addressText(const QHostAddress &address, quint16 port)
{
    const QString text = address.toString();
    const bool isV6 = address.protocol() == QAbstractSocket::IPv6Protocol;
    return (isV6 ? u'[' + text + u']' : text) + u':' + QString::number(port);
}

Result<HostAndPort> connectToFor(const HostAndPort &wanted, const QStringList &connectTo)
{
    // An IPv6 address is written in brackets.
    static const QRegularExpression pattern(
        u"^(\\[[^\\]]*\\]|[^:\\[]*):(\\d*):(\\[[^\\]]*\\]|[^:\\[]*):(\\d*)$"_s);
    const auto bare = [](const QString &host) { return host.startsWith(u'[') ? host.mid(1, host.size() - 2) : host; };
    for (const QString &entry : connectTo) {
        const QRegularExpressionMatch match = pattern.match(entry.trimmed());
        if (!match.hasMatch() || match.captured(2).toUInt() > 65535 || match.captured(4).toUInt() > 65535)
            return Error{ErrorCode::InvalidInput, u"this can't be read: connect to %1"_s.arg(entry), {},
                         u"Write it as HOST1:PORT1:HOST2:PORT2; each part may be empty."_s};
        const QString host = bare(match.captured(1));
        if ((!host.isEmpty() && host.compare(wanted.host, Qt::CaseInsensitive) != 0)
            || (!match.captured(2).isEmpty() && match.captured(2).toUInt() != wanted.port))
            continue;
        const QString toHost = bare(match.captured(3));
        return HostAndPort{toHost.isEmpty() ? wanted.host : toHost.toLower(),
                           match.captured(4).isEmpty() ? wanted.port : quint16(match.captured(4).toUInt())};
    }
    return wanted;
}

namespace {

QString resolveEntry(const HostAndPort &wanted, const TransportOptions &options)
{
    if (options.resolveOverrides.isEmpty())
        return {};
    const QString own = options.resolveOverrides.value(u"%1:%2"_s.arg(wanted.host).arg(wanted.port));
    return own.isEmpty() ? options.resolveOverrides.value(u"*:%1"_s.arg(wanted.port)) : own;
}

} // namespace

QString overrideFor(const Origin &origin, const TransportOptions &options)
{
    const HostAndPort wanted{origin.host, origin.port};
    if (options.connectTo.isEmpty())
        return resolveEntry(wanted, options);
    const Result<HostAndPort> to = connectToFor(wanted, options.connectTo);
    if (!to || *to == wanted)
        return resolveEntry(wanted, options);
    return u"%1:%2=%3"_s.arg(to->host).arg(to->port).arg(resolveEntry(*to, options));
}

Result<ResolvedTarget> resolveLocally(const HostAndPort &wanted, const TransportOptions &options)
{
    ResolvedTarget target;
    target.name = wanted.host;
    target.port = wanted.port;
    QStringList written{wanted.host};
    if (const QString entry = resolveEntry(wanted, options); !entry.isEmpty()) {
        target.isOverride = true;
        written = entry.split(u',');
    }
    for (QString literal : written) {
        literal = literal.trimmed();
        bool isPort = true;
        if (target.isOverride) {
            // "address" or "address:port"; an IPv6 address with a port has brackets.
            if (const qsizetype colon = literal.lastIndexOf(u':'); literal.count(u':') == 1 || literal.contains("]:"_L1)) {
                target.port = literal.mid(colon + 1).toUShort(&isPort);
                literal.truncate(colon);
            }
            if (literal.startsWith(u'[') && literal.endsWith(u']'))
                literal = literal.mid(1, literal.size() - 2);
        }
        QHostAddress address;
        const bool isAddress = address.setAddress(literal);
        if (target.isOverride && (!isAddress || !isPort || target.port == 0))
            return Error{ErrorCode::InvalidInput,
                         u"%1:%2 is to be reached at %3, which is no address"_s.arg(wanted.host).arg(wanted.port).arg(written.join(u',')), {},
                         u"Write an address and a port, as 127.0.0.1:8080 or [::1]:8080."_s};
        if (!isAddress)
            return target;
        if (isOfFamily(address, options.addressFamily))
            target.addresses.append(address);
    }
    if (target.addresses.isEmpty())
        return wrongFamily(written.join(u','), options.addressFamily);
    return target;
}

Result<QList<QHostAddress>> usableAddresses(const QHostInfo &info, const QString &name, int addressFamily)
{
    QList<QHostAddress> usable;
    for (const QHostAddress &address : info.addresses()) {
        if (isOfFamily(address, addressFamily) && !usable.contains(address))
            usable.append(address);
    }
    if (!usable.isEmpty())
        return usable;
    if (!info.addresses().isEmpty())
        return wrongFamily(name, addressFamily);
    return Error{ErrorCode::HostNotFound, u"host not found: %1"_s.arg(name), info.errorString(),
                 u"Check the spelling of the host, and whether this network knows it."_s};
}

QList<QHostAddress> alternateFamilies(const QList<QHostAddress> &addresses)
{
    QList<QHostAddress> first;
    QList<QHostAddress> second;
    for (const QHostAddress &address : addresses)
        (address.protocol() == addresses.first().protocol() ? first : second).append(address);
    QList<QHostAddress> mixed;
    for (qsizetype i = 0; i < std::max(first.size(), second.size()); ++i) {
        if (i < first.size())
            mixed.append(first.at(i));
        if (i < second.size())
            mixed.append(second.at(i));
    }
    return mixed;
}

} // namespace realmscope
