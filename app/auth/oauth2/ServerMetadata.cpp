// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/oauth2/ServerMetadata.h"

#include "app/auth/oauth2/TokenResponse.h"
#include "app/base/Encoding.h"

#include <QtCore/QJsonArray>
#include <QtCore/QUrl>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

QString withoutFinalSlash(QString text)
{
    if (text.endsWith(u'/'))
        text.chop(1);
    return text;
}

QStringList stringsOf(const QJsonValue &value)
{
    QStringList list;
    for (const QJsonValue &each : value.toArray()) {
        if (each.isString())
            list << each.toString();
    }
    return list;
}

// The well-known path goes between host and path (RFC 8414 section 3.1, RFC 9728 section 3.1).
QString withWellKnown(const QString &address, const QString &name)
{
    QUrl url(address);
    const QString path = withoutFinalSlash(url.path(QUrl::FullyEncoded));
    url.setPath(u"/.well-known/"_s + name + path, QUrl::TolerantMode);
    url.setFragment({});
    return url.toString(QUrl::FullyEncoded);
}

} // namespace

QStringList ServerMetadata::list(const QString &name) const { return stringsOf(members.value(name)); }

QStringList metadataUrls(const QString &issuer)
{
    if (issuer.contains("/.well-known/"_L1))
        return {issuer};
    QStringList urls{withoutFinalSlash(issuer) + "/.well-known/openid-configuration"_L1, withWellKnown(issuer, u"oauth-authorization-server"_s)};
    if (const QString inserted = withWellKnown(issuer, u"openid-configuration"_s); !urls.contains(inserted))
        urls << inserted; // RFC 8414 section 5
    return urls;
}

Result<ServerMetadata> readServerMetadata(const Response &response, const QString &issuer)
{
    const std::optional<QJsonObject> members = oauthMembers(response);
    if (response.status != 200 || !members)
        return unexpectedAnswer(response, u"the issuer"_s, u"its metadata"_s);
    ServerMetadata metadata{*members};
    QString expected = issuer;
    if (const qsizetype wellKnown = issuer.indexOf("/.well-known/"_L1); wellKnown >= 0) {
        const QString behind = issuer.mid(issuer.indexOf(u'/', wellKnown + 13) < 0 ? issuer.size() : issuer.indexOf(u'/', wellKnown + 13));
        expected = issuer.left(wellKnown) + behind;
    }
    if (withoutFinalSlash(metadata.issuer()) != withoutFinalSlash(expected))
        return Error{ErrorCode::AuthFailed,
                     u"the metadata is of another issuer: \"%1\" instead of \"%2\""_s.arg(displayText(metadata.issuer().left(300).toUtf8()), expected),
                     u"RFC 8414 section 3.3: it must not be used then"_s,
                     u"Write the issuer exactly as the server names itself, or fill in the endpoints by hand."_s};
    return metadata;
}

QStringList resourceMetadataUrls(const Url &resource)
{
    const QString name = u"oauth-protected-resource"_s;
    QStringList urls{withWellKnown(resource.origin().toString() + QString::fromLatin1(resource.path), name)};
    if (const QString ofHost = withWellKnown(resource.origin().toString(), name); !urls.contains(ofHost))
        urls << ofHost;
    return urls;
}

Result<QStringList> readAuthorizationServers(const Response &response, const Url &resource)
{
    const std::optional<QJsonObject> members = oauthMembers(response);
    if (response.status != 200 || !members)
        return unexpectedAnswer(response, u"the protected resource"_s, u"its metadata (RFC 9728)"_s);
    const QString named = members->value("resource"_L1).toString();
    const QString asked = resource.origin().toString() + QString::fromLatin1(resource.path);
    // RFC 9728 section 3.3 wants the very address. Servers name their base for all that is below it; another origin, or a path
    // that only begins with the same letters, is another resource.
    const Result<Url> base = Url::parse(named);
    const QByteArray path = base ? withoutFinalSlash(QString::fromLatin1(base->path)).toLatin1() : QByteArray();
    const bool isOurs = base && base->origin() == resource.origin() && (resource.path == path || resource.path.startsWith(path + '/') || (path.isEmpty() && resource.path.isEmpty()));
    if (!isOurs)
        return Error{ErrorCode::AuthFailed,
                     u"the metadata is of another resource: \"%1\" instead of \"%2\""_s.arg(displayText(named.left(300).toUtf8()), asked),
                     u"RFC 9728 section 3.3: it must not be used then"_s, u"Fill in the issuer in the credential profile."_s};
    const QStringList servers = stringsOf(members->value("authorization_servers"_L1));
    if (servers.isEmpty())
        return Error{ErrorCode::AuthFailed, u"the resource names no authorization server"_s, {}, u"Fill in the issuer in the credential profile."_s};
    return servers;
}

} // namespace realmscope
