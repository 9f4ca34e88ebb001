// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/base/Crypto.h"

#include <QtCore/QByteArray>

#include <optional>

namespace realmscope {

// Hawk 1.1 as free functions, shared by the scheme and the diagnosis that recomputes. Source: the README of hawk, which
// is its specification.
struct HawkInput
{
    HashAlgorithm algorithm = HashAlgorithm::Sha256;
    QByteArray key;
    QByteArray timestamp; // seconds
    QByteArray nonce;
    QByteArray method;    // upper case
    QByteArray target;    // path and query
    QByteArray host;      // lower case
    quint16 port = 0;
    QByteArray payloadHash; // Base64; empty: none
    QByteArray ext;
    QByteArray app, dlg;  // Oz; both empty: none
};
// type: "header", "response" or "bewit".
[[nodiscard]] QByteArray hawkNormalized(const QByteArray &type, const HawkInput &input);
[[nodiscard]] QByteArray hawkMac(const QByteArray &type, const HawkInput &input); // Base64
// contentType without parameters, lower case.
[[nodiscard]] QByteArray hawkPayloadHash(HashAlgorithm algorithm, const QByteArray &contentType, QByteArrayView payload);
// The mac that goes with the server's time in a challenge (WWW-Authenticate: Hawk ts="…", tsm="…").
[[nodiscard]] QByteArray hawkTimestampMac(HashAlgorithm algorithm, const QByteArray &key, const QByteArray &timestamp);

} // namespace realmscope
