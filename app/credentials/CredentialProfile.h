// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/auth/AuthScheme.h"
#include "app/credentials/SecretReference.h"
#include "app/http/Url.h"

#include <QtCore/QJsonObject>
#include <QtCore/QMap>
#include <QtCore/QStringList>

#include <optional>

namespace realmscope {

// Where a secret lives. A profile holds only this, never the secret.
enum class SecretPlace { Keychain, Memory, Vault };
[[nodiscard]] QString secretPlaceId(SecretPlace place); // "keychain", "memory", "vault"
[[nodiscard]] std::optional<SecretPlace> secretPlaceOf(const QString &id);

// How to authenticate: scheme, its fields, references to secrets, the origins it may be sent to.
struct CredentialProfile
{
    QString id;       // random, stable, never shown; part of the keychain key
    QString name;     // unique in a workspace, chosen by the user
    QString schemeId;
    QMap<QString, QString> fields;        // values of fields that are no secrets
    QStringList secretFields;             // ids of the secret fields that have a value in the store
    QMap<QString, SecretReference> references; // secret fields that are fetched from elsewhere at each use; none of secretFields
    SecretPlace place = SecretPlace::Keychain;
    std::optional<qint64> expiresAt;      // seconds since the epoch: when the stored secret ends by its own words (exp of a JWT)
    bool temporary = false;               // for this run: never in profiles.json
    bool approved = true;                 // made or approved on this machine as it is; set by ProfileStore, not in the file
    QStringList together;                 // ids of profiles that go along: a message signature, a client certificate
    QStringList origins;                  // "https://api.example.com", "https://*.example.com", "http://127.0.0.1:*"

    // True when the profile names this origin. "*." stands for one or more labels, ":*" for any port; the scheme must
    // be the same. An empty list allows nothing.
    [[nodiscard]] bool allows(const Origin &origin) const;
    [[nodiscard]] QString secretKey(const QString &fieldId) const; // key in the SecretStore
    [[nodiscard]] bool hasSecrets() const { return !secretFields.isEmpty() || !references.isEmpty(); }
    // SHA-256 over what decides where a secret comes from and where it goes: id, scheme, fields, references, origins, and
    // what goes together. Not its name, nor its expiry.
    [[nodiscard]] QByteArray fingerprint() const;

    [[nodiscard]] QJsonObject toJson() const; // holds no secret
    [[nodiscard]] static Result<CredentialProfile> fromJson(const QJsonObject &json);
    [[nodiscard]] static CredentialProfile create(const QString &name, const QString &schemeId);
};

// "expires in 12 min", "expired 3 h ago"; both in seconds since the epoch.
[[nodiscard]] QString expiryText(qint64 expiresAt, qint64 now);

// "https://*.example.com" etc. is well formed. Error: InvalidInput that says what to write.
[[nodiscard]] Result<void> validateOriginPattern(const QString &pattern);

} // namespace realmscope
