// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/base/Random.h"

#include <QtCore/QByteArray>
#include <QtCore/QHash>
#include <QtCore/QMap>
#include <QtCore/QString>

namespace realmscope {

// What a room's server side expects of Digest (RFC 7616).
struct DigestPolicy
{
    QByteArray realm;
    QList<QByteArray> algorithms;          // as challenged: "SHA-256", "MD5-sess", …
    QMap<QByteArray, QByteArray> users;    // name → password
    int nonceSeconds = 300;                // a nonce older than that is stale
    bool oneUse = false;                   // a nonce is stale after its first use
};

// The server's half of Digest: issues nonces and checks responses. Written apart from the client's half in auth/, so
// that one cannot hide a mistake of the other.
class DigestKeeper
{
public:
    [[nodiscard]] QByteArray issueNonce(Random &random, qint64 nowSeconds);

    // credentials is the Authorization value after "Digest". Answers "malformed" (a directive is missing), "algorithm"
    // (not one that was offered), "uri" (not the request target, section 3.4.6), "user", "response", "stale" (right
    // response, nonce unknown, old or used), "ok".
    [[nodiscard]] QString judge(const QByteArray &credentials, const QByteArray &method, const QByteArray &target,
                                const QByteArray &body, const DigestPolicy &policy, qint64 nowSeconds);

private:
    struct Issued
    {
        qint64 seconds = 0;
        qulonglong highestCount = 0;
        bool used = false;
    };
    QHash<QByteArray, Issued> m_nonces;
};

} // namespace realmscope
