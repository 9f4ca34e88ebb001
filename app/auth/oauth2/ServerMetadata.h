// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/base/Result.h"
#include "app/http/Message.h"

#include <QtCore/QJsonObject>
#include <QtCore/QStringList>

namespace realmscope {

// What an authorization server says about itself: RFC 8414, OpenID Connect Discovery 1.0.
struct ServerMetadata
{
    QJsonObject members;

    [[nodiscard]] QString text(const QString &name) const { return members.value(name).toString(); }
    [[nodiscard]] QStringList list(const QString &name) const;
    [[nodiscard]] QString issuer() const { return text(QStringLiteral("issuer")); }
};

// Where the metadata of an issuer may stand, in the order in which to ask: OpenID Connect's place first, because most
// servers have that one, then RFC 8414's. A URL with /.well-known/ in it is taken as it is.
[[nodiscard]] QStringList metadataUrls(const QString &issuer);
// Error AuthFailed: no JSON object, or another issuer in it (RFC 8414 section 3.3; a final slash more or less is let pass).
[[nodiscard]] Result<ServerMetadata> readServerMetadata(const Response &response, const QString &issuer);

// RFC 9728: where a protected resource may describe itself when its 401 does not say, in the order in which to ask: for this
// path (section 3.1), then for the whole host. And which authorization servers it names. Error AuthFailed: not such a description, or another resource's (section 3.3).
[[nodiscard]] QStringList resourceMetadataUrls(const Url &resource);
[[nodiscard]] Result<QStringList> readAuthorizationServers(const Response &response, const Url &resource);

} // namespace realmscope
