// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/credentials/CredentialProfile.h"

namespace realmscope {

// A profile out of what somebody has already, with its secrets beside it; in no store yet.
struct ImportedProfile
{
    CredentialProfile profile; // with a new id; the name is a proposal, and may be taken
    QMap<QString, Secret> secrets;
    QStringList missing; // labels of what has to be filled in before it can be used: "Sent to", "Service"
};

struct CredentialImport
{
    QString what; // "a curl command", "a .netrc file": for a person
    QList<ImportedProfile> profiles; // at least one
    QStringList remarks; // what was left out and why, a sentence each; no secret is in them
};

// Understood: a curl command; Authorization, Proxy-Authorization and API key header lines, "Bearer …", "Basic …"; a JSON Web
// Token; .netrc; an AWS credentials file or its environment variables; PEM and PKCS#12 (`path` says where it lies: profiles name
// files, they don't hold them); a private key in PEM; the JSON of a token endpoint, of a service account, of OpenID Connect
// discovery; the URL of an issuer. Tokens whose maker is known by their form get their maker's origin.
// Errors: InvalidInput (nothing of that kind; what it understands), Parse (.netrc, JSON, curl: the place).
[[nodiscard]] Result<CredentialImport> importCredentials(const QByteArray &text, const QString &path = {});
// At most 1 MiB. Errors: also FileUnreadable.
[[nodiscard]] Result<CredentialImport> importCredentialFile(const QString &path);

} // namespace realmscope
