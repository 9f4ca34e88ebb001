// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/diagnosis/Facts.h"

namespace realmscope {

// Fixes that several rules offer.

// Puts a corrected value into the line: into the profile where the line came from one, else into the user's header.
[[nodiscard]] Fix replaceAuthorization(const Facts &facts, const AuthorizationLine &line, const QString &id,
                                       const QString &title, const QByteArray &scheme, const QByteArray &credentials);
// The same for any other place; nothing automatic for a body or a cookie.
[[nodiscard]] Fix replaceCredential(const Facts &facts, const SentCredential &sent, const QString &id,
                                    const QString &title, const QByteArray &value);
// Takes the user to the credential.
[[nodiscard]] Fix editCredential(const QString &title, const QByteArray &field, const QString &detail = {});
// For the owner of the server, with something to copy.
[[nodiscard]] Fix ownerFix(const QString &title, const QString &detail, const QString &snippet = {});
[[nodiscard]] Fix advice(const QString &id, const QString &title, const QString &detail = {});
// Uses the best scheme that the challenge offers, with the user name and password that are there.
[[nodiscard]] std::optional<Fix> useOfferedScheme(const Facts &facts);
[[nodiscard]] Fix addCredential(const Facts &facts); // for a request that has none

} // namespace realmscope
