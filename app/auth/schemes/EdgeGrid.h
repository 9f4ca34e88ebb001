// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/Exchange.h"

#include <QtCore/QByteArray>
#include <QtCore/QList>

namespace realmscope {

// Akamai EdgeGrid as a free function, shared by the scheme and the diagnosis that recomputes. Source: Akamai
// "Authenticate with EdgeGrid" and its published test data.
struct EdgeGridInput
{
    QByteArray clientToken, accessToken;
    QByteArray clientSecret;
    QByteArray timestamp; // "20140321T19:34:21+0000"
    QByteArray nonce;
    QList<QByteArray> signedHeaders; // names
    qsizetype maxBody = 131072;      // bytes of a POST body that are hashed
};
struct EdgeGridResult
{
    QByteArray dataToSign, authorization;
    QList<DerivationLine> derivation;
};
[[nodiscard]] EdgeGridResult signEdgeGrid(const Request &request, const EdgeGridInput &input);

} // namespace realmscope
