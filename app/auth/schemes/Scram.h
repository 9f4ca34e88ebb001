// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/base/Crypto.h"

#include <QtCore/QString>

#include <optional>

namespace realmscope {

// The arithmetic of SCRAM (RFC 5802 section 3), for the scheme and its tests.
struct ScramProof
{
    QByteArray clientProof;     // raw
    QByteArray serverSignature; // raw
};
[[nodiscard]] ScramProof scramProof(HashAlgorithm algorithm, QByteArrayView saltedPassword, QByteArrayView authMessage);

// "SCRAM-SHA-256" of RFC 7804 and its kin; nullopt for other schemes.
[[nodiscard]] std::optional<HashAlgorithm> scramAlgorithm(QByteArrayView schemeName);

// ',' and '=' in a user name (RFC 5802 section 5.1).
[[nodiscard]] QByteArray scramEscape(QByteArray userName);

// Value of an attribute in a SCRAM message "r=…,s=…,i=…"; nullopt when it is not there.
[[nodiscard]] std::optional<QByteArray> scramAttribute(const QByteArray &message, char name);

} // namespace realmscope
