// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/schemes/DigestMath.h"

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

QByteArray hexHash(const DigestAlgorithm &algorithm, const QByteArray &data) { return hash(algorithm.hash, data).toHex(); }

} // namespace

std::optional<DigestAlgorithm> digestAlgorithm(QByteArrayView name)
{
    struct Known
    {
        const char *name;
        HashAlgorithm hash;
    };
    static constexpr Known known[] = {{"MD5", HashAlgorithm::Md5},
                                      {"SHA-256", HashAlgorithm::Sha256},
                                      {"SHA-512-256", HashAlgorithm::Sha512_256}};
    if (name.isEmpty()) // RFC 7616 section 3.3: MD5 when absent
        return DigestAlgorithm{};
    for (const Known &k : known) {
        if (equalsIgnoreCase(name, k.name))
            return DigestAlgorithm{k.hash, false, k.name};
        const QByteArray session = QByteArray(k.name) + "-sess";
        if (equalsIgnoreCase(name, session))
            return DigestAlgorithm{k.hash, true, session};
    }
    return std::nullopt;
}

DigestResult computeDigest(const DigestInput &in)
{
    DigestResult out;
    const DigestAlgorithm &algorithm = in.algorithm;

    // RFC 7616 section 3.4.2
    const QByteArray a1 = in.username + ':' + in.realm + ':' + in.password.toByteArray();
    out.ha1 = hexHash(algorithm, a1);
    out.derivation.append({u"A1"_s, a1, true});
    out.derivation.append({u"H(A1)"_s, out.ha1, true}); // as good as the password for this realm
    if (algorithm.session) {
        const QByteArray sessionA1 = hash(algorithm.hash, a1).toHex() + ':' + in.nonce + ':' + in.cnonce;
        out.ha1 = hexHash(algorithm, sessionA1);
        out.derivation.append({u"A1 (-sess)"_s, sessionA1, true});
        out.derivation.append({u"H(A1) (-sess)"_s, out.ha1, true});
    }

    // RFC 7616 section 3.4.3
    QByteArray a2 = in.method + ':' + in.uri;
    if (in.qop == "auth-int") {
        const QByteArray bodyHash = hexHash(algorithm, in.entityBody);
        out.derivation.append({u"H(entity-body)"_s, bodyHash, false});
        a2 += ':' + bodyHash;
    }
    out.ha2 = hexHash(algorithm, a2);
    out.derivation.append({u"A2"_s, a2, false});
    out.derivation.append({u"H(A2)"_s, out.ha2, false});

    // RFC 7616 section 3.4.1, and RFC 2069 section 2.1.2 without qop
    QByteArray tail = ':' + in.nonce + ':';
    if (!in.qop.isEmpty())
        tail += in.nc + ':' + in.cnonce + ':' + in.qop + ':';
    tail += out.ha2;
    out.response = hexHash(algorithm, out.ha1 + tail);
    out.derivation.append({in.qop.isEmpty() ? u"H(A1):nonce:H(A2)"_s : u"H(A1):nonce:nc:cnonce:qop:H(A2)"_s,
                           out.ha1 + tail, true});
    out.derivation.append({u"response"_s, out.response, false});
    return out;
}

QByteArray digestUserhash(const DigestAlgorithm &algorithm, QByteArrayView username, QByteArrayView realm)
{
    // RFC 7616 section 3.4.4
    return hexHash(algorithm, username.toByteArray() + ':' + realm.toByteArray());
}

} // namespace realmscope
