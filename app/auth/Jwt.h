// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/base/Result.h"

#include <QtCore/QByteArray>
#include <QtCore/QJsonObject>

#include <optional>

namespace realmscope {

// A JSON Web Token taken apart without trusting it (RFC 7519, RFC 7515). Nothing is verified here.
struct DecodedJwt
{
    QJsonObject header;
    QJsonObject claims;
    QByteArray signature;  // raw
    QByteArray signedPart; // header.payload as sent
    bool encrypted = false; // five parts (JWE, RFC 7516): claims are not readable

    [[nodiscard]] QString algorithm() const;
    [[nodiscard]] std::optional<qint64> time(const QString &claim) const; // NumericDate in seconds, fractions cut
};

// nullopt when the text is no JWT (wrong number of parts, not base64url, header no JSON object).
[[nodiscard]] std::optional<DecodedJwt> decodeJwt(QByteArrayView token);

// A JSON object's text with more members behind its own, which stay byte for byte, so that no number or order changes. Empty text
// is an empty object. `added` has none of its names.
[[nodiscard]] QByteArray claimsWith(const QByteArray &object, const QJsonObject &added);

} // namespace realmscope
