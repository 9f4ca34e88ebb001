// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/credentials/CredentialProfile.h"

#include "app/base/Crypto.h"
#include "app/base/Duration.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QUuid>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

// "https://*.example.com:8443": scheme, host pattern, port (0: any).
struct OriginPattern
{
    QString scheme;
    QString host;
    quint16 port = 0;
    bool anySubdomain = false;
};

std::optional<OriginPattern> parsePattern(const QString &text)
{
    QString rest = text.trimmed();
    OriginPattern pattern;
    const qsizetype slashes = rest.indexOf("://"_L1);
    if (slashes < 0)
        return std::nullopt;
    pattern.scheme = rest.left(slashes).toLower();
    if (defaultPort(pattern.scheme) == 0)
        return std::nullopt;
    rest = rest.mid(slashes + 3);
    if (rest.endsWith(u'/'))
        rest.chop(1);
    const bool anyPort = rest.endsWith(":*"_L1);
    if (anyPort)
        rest.chop(2);
    pattern.anySubdomain = rest.startsWith("*."_L1);
    if (pattern.anySubdomain)
        rest = rest.mid(2);
    if (rest.contains(u'*') || rest.contains(u'/') || rest.contains(u'@') || rest.contains(u'?') || rest.contains(u'#'))
        return std::nullopt;
    const Result<Url> url = Url::parse(pattern.scheme + "://"_L1 + rest);
    if (!url || (anyPort && url->portWritten))
        return std::nullopt;
    pattern.host = url->host;
    pattern.port = anyPort ? quint16(0) : url->port;
    // "*.com" would send a secret to nearly everybody.
    if (pattern.anySubdomain && !pattern.host.contains(u'.'))
        return std::nullopt;
    return pattern;
}

} // namespace

QString secretPlaceId(SecretPlace place)
{
    switch (place) {
    case SecretPlace::Keychain:
        break;
    case SecretPlace::Memory:
        return u"memory"_s;
    case SecretPlace::Vault:
        return u"vault"_s;
    }
    return u"keychain"_s;
}

std::optional<SecretPlace> secretPlaceOf(const QString &id)
{
    for (const SecretPlace place : {SecretPlace::Keychain, SecretPlace::Memory, SecretPlace::Vault}) {
        if (secretPlaceId(place) == id)
            return place;
    }
    return std::nullopt;
}

bool CredentialProfile::allows(const Origin &origin) const
{
    return std::ranges::any_of(origins, [&](const QString &text) {
        const std::optional<OriginPattern> pattern = parsePattern(text);
        if (!pattern || pattern->scheme != origin.scheme || (pattern->port != 0 && pattern->port != origin.port))
            return false;
        if (!pattern->anySubdomain)
            return origin.host == pattern->host;
        // Labels in front of it, none of them empty: "https://.example.com" is nobody's name.
        return origin.host.endsWith(u'.' + pattern->host) && !origin.host.startsWith(u'.') && !origin.host.contains(".."_L1);
    });
}

QString CredentialProfile::secretKey(const QString &fieldId) const { return id + u'/' + fieldId; }

QString expiryText(qint64 expiresAt, qint64 now)
{
    const QString span = durationText(expiresAt - now);
    return expiresAt > now ? u"expires in %1"_s.arg(span) : u"expired %1 ago"_s.arg(span);
}

QByteArray CredentialProfile::fingerprint() const
{
    QJsonObject json = toJson();
    for (const QString &member : {u"name"_s, u"expires"_s})
        json.remove(member);
    QJsonObject secrets = json.value("secrets"_L1).toObject();
    secrets.remove("fields"_L1); // which of them are there is no matter of trust
    json.insert("secrets"_L1, secrets);
    return hash(HashAlgorithm::Sha256, QJsonDocument(json).toJson(QJsonDocument::Compact));
}

QJsonObject CredentialProfile::toJson() const
{
    QJsonObject values;
    for (auto it = fields.cbegin(); it != fields.cend(); ++it)
        values.insert(it.key(), it.value());
    QJsonObject secrets{{u"place"_s, secretPlaceId(place)}, {u"fields"_s, QJsonArray::fromStringList(secretFields)}};
    if (!references.isEmpty()) {
        QJsonObject from;
        for (const auto &[field, reference] : references.asKeyValueRange())
            from.insert(field, reference.toString());
        secrets.insert("from"_L1, from);
    }
    QJsonObject json{{u"id"_s, id}, {u"name"_s, name}, {u"scheme"_s, schemeId}, {u"fields"_s, values}, {u"secrets"_s, secrets},
                     {u"origins"_s, QJsonArray::fromStringList(origins)}};
    if (!together.isEmpty())
        json.insert("together"_L1, QJsonArray::fromStringList(together));
    if (expiresAt)
        json.insert("expires"_L1, *expiresAt);
    return json;
}

Result<CredentialProfile> CredentialProfile::fromJson(const QJsonObject &json)
{
    CredentialProfile profile;
    profile.id = json.value("id"_L1).toString();
    profile.name = json.value("name"_L1).toString();
    profile.schemeId = json.value("scheme"_L1).toString();
    if (profile.id.isEmpty() || profile.name.isEmpty() || profile.schemeId.isEmpty())
        return Error{ErrorCode::Parse, u"a profile lacks its id, name or scheme"_s, {},
                     u"Correct profiles.json, or remove that profile from it."_s};
    const QJsonObject values = json.value("fields"_L1).toObject();
    for (auto it = values.begin(); it != values.end(); ++it)
        profile.fields.insert(it.key(), it.value().toString());
    const QJsonObject secrets = json.value("secrets"_L1).toObject();
    profile.place = secretPlaceOf(secrets.value("place"_L1).toString()).value_or(SecretPlace::Keychain);
    for (const QJsonValue &field : secrets.value("fields"_L1).toArray())
        profile.secretFields << field.toString();
    const QJsonObject from = secrets.value("from"_L1).toObject();
    for (auto it = from.begin(); it != from.end(); ++it) {
        const Result<SecretReference> reference = SecretReference::parse(it.value().toString());
        if (!reference)
            return Error{ErrorCode::Parse, u"profile %1, %2: %3"_s.arg(profile.name, it.key(), reference.error().message), {}, reference.error().action};
        profile.references.insert(it.key(), *reference);
        profile.secretFields.removeAll(it.key());
    }
    for (const QJsonValue &other : json.value("together"_L1).toArray())
        profile.together << other.toString();
    for (const QJsonValue &origin : json.value("origins"_L1).toArray())
        profile.origins << origin.toString();
    if (const QJsonValue expires = json.value("expires"_L1); expires.isDouble())
        profile.expiresAt = expires.toInteger();
    return profile;
}

CredentialProfile CredentialProfile::create(const QString &name, const QString &schemeId)
{
    CredentialProfile profile;
    profile.id = QUuid::createUuid().toString(QUuid::WithoutBraces);
    profile.name = name;
    profile.schemeId = schemeId;
    return profile;
}

Result<void> validateOriginPattern(const QString &pattern)
{
    if (parsePattern(pattern))
        return {};
    return Error{ErrorCode::InvalidInput, u"\"%1\" is not an origin"_s.arg(pattern), {},
                 u"Write scheme and host, for example https://api.example.com, https://*.example.com or http://127.0.0.1:*."_s};
}

} // namespace realmscope
