// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/practice/DigestKeeper.h"

#include "app/base/Crypto.h"
#include "app/http/Headers.h"

#include <optional>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

// A range that is left running must not grow: beyond this the old nonces go, and clients see stale=true.
constexpr qsizetype maximumNonces = 4096;

QByteArray unquote(const QByteArray &text)
{
    if (text.size() < 2 || !text.startsWith('"') || !text.endsWith('"'))
        return text;
    QByteArray result;
    for (qsizetype i = 1; i < text.size() - 1; ++i) {
        if (text.at(i) == '\\' && i + 1 < text.size() - 1)
            ++i;
        result.append(text.at(i));
    }
    return result;
}

std::optional<HashAlgorithm> hashOf(const QByteArray &algorithm)
{
    QByteArray name = algorithm.toUpper();
    if (name.endsWith("-SESS"))
        name.chop(5);
    if (name.isEmpty() || name == "MD5")
        return HashAlgorithm::Md5;
    if (name == "SHA-256")
        return HashAlgorithm::Sha256;
    if (name == "SHA-512-256")
        return HashAlgorithm::Sha512_256;
    return std::nullopt;
}

} // namespace

QByteArray DigestKeeper::issueNonce(Random &random, qint64 nowSeconds)
{
    if (m_nonces.size() >= maximumNonces)
        m_nonces.clear();
    const QByteArray nonce = random.bytes(18).toBase64();
    m_nonces.insert(nonce, {nowSeconds, 0, false});
    return nonce;
}

QString DigestKeeper::judge(const QByteArray &credentials, const QByteArray &method, const QByteArray &target,
                            const QByteArray &body, const DigestPolicy &policy, qint64 nowSeconds)
{
    QHash<QByteArray, QByteArray> given;
    const QList<QByteArray> parts = splitList(credentials);
    for (const QByteArray &part : parts) {
        const qsizetype equals = part.indexOf('=');
        if (equals > 0)
            given.insert(part.left(equals).trimmed().toLower(), unquote(part.mid(equals + 1).trimmed()));
    }
    for (const char *name : {"username", "realm", "nonce", "uri", "response"}) {
        if (!given.contains(name))
            return u"malformed"_s;
    }

    const QByteArray algorithm = given.contains("algorithm") ? given.value("algorithm") : QByteArray("MD5");
    bool offered = false;
    for (const QByteArray &candidate : policy.algorithms)
        offered = offered || equalsIgnoreCase(candidate, algorithm);
    const std::optional<HashAlgorithm> function = hashOf(algorithm);
    if (!offered || !function)
        return u"algorithm"_s;
    if (given.value("uri") != target)
        return u"uri"_s;
    const auto h = [&](const QByteArray &data) { return hash(*function, data).toHex(); };

    QByteArray user = given.value("username");
    if (equalsIgnoreCase(given.value("userhash"), "true")) { // section 3.4.4
        QByteArray found;
        for (auto known = policy.users.begin(); known != policy.users.end(); ++known) {
            if (h(known.key() + ':' + policy.realm) == user)
                found = known.key();
        }
        user = found;
    }
    if (!policy.users.contains(user) || given.value("realm") != policy.realm)
        return u"user"_s;

    QByteArray first = h(user + ':' + policy.realm + ':' + policy.users.value(user));
    if (algorithm.toUpper().endsWith("-SESS")) // section 3.4.2
        first = h(first + ':' + given.value("nonce") + ':' + given.value("cnonce"));
    const QByteArray qop = given.value("qop");
    QByteArray second = method + ':' + given.value("uri");
    if (qop == "auth-int")
        second += ':' + h(body);
    QByteArray middle = given.value("nonce");
    if (!qop.isEmpty())
        middle += ':' + given.value("nc") + ':' + given.value("cnonce") + ':' + qop;
    if (!constantTimeEquals(given.value("response"), h(first + ':' + middle + ':' + h(second))))
        return u"response"_s;

    // Only after the response is known to be right: stale tells the client that its password was (section 3.3).
    const auto nonce = m_nonces.find(given.value("nonce"));
    if (nonce == m_nonces.end() || nowSeconds - nonce->seconds > policy.nonceSeconds || (policy.oneUse && nonce->used))
        return u"stale"_s;
    if (!qop.isEmpty()) {
        const qulonglong count = given.value("nc").toULongLong(nullptr, 16);
        if (count <= nonce->highestCount)
            return u"stale"_s;
        nonce->highestCount = count;
    }
    nonce->used = true;
    return u"ok"_s;
}

} // namespace realmscope
