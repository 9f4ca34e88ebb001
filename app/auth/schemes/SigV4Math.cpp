// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/schemes/SigV4Math.h"

#include "app/base/Encoding.h"

#include <QtCore/QRegularExpression>

#include <algorithm>
#include <map>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

QByteArray sigV4AlgorithmName(const SigV4Input &input)
{
    return input.provider.toUpper() + (input.isV4a ? "4-ECDSA-P256-SHA256" : "4-HMAC-SHA256");
}

QByteArray capitalized(QByteArray word)
{
    word = word.toLower();
    return word.left(1).toUpper() + word.mid(1);
}

QByteArray sigV4Scope(const SigV4Input &input)
{
    const QByteArray date = input.timestamp.left(8);
    return (input.isV4a ? date : date + '/' + input.region) + '/' + input.service + '/' + input.provider.toLower() + "4_request";
}

// Dot segments and repeated slashes go.
QByteArray normalizedPath(const QByteArray &path)
{
    QList<QByteArray> kept;
    const QList<QByteArray> segments = path.split('/');
    for (const QByteArray &segment : segments) {
        if (segment.isEmpty() || segment == ".")
            continue;
        if (segment == "..") {
            if (!kept.isEmpty())
                kept.removeLast();
        } else {
            kept << segment;
        }
    }
    if (kept.isEmpty())
        return "/"_ba;
    const bool isFolder = segments.last().isEmpty() || segments.last() == "." || segments.last() == "..";
    return '/' + kept.join('/') + (isFolder ? "/" : "");
}

QByteArray canonicalPath(const SigV4Input &input)
{
    const QByteArray path = input.path.isEmpty() ? "/"_ba : input.path;
    if (input.asOnTheWire)
        return path;
    const QByteArray out = input.normalizePath ? normalizedPath(path) : path;
    // Once, what is encoded on the wire counts decoded, and a slash is one in either form: the key is "a(1)" however it came.
    QList<QByteArray> segments = (input.encodePathAgain ? out : percentDecode(out)).split('/');
    std::ranges::transform(segments, segments.begin(), [](const QByteArray &segment) { return percentEncode(segment); });
    return segments.join('/');
}

QByteArray canonicalQuery(const QByteArray &query)
{
    QList<std::pair<QByteArray, QByteArray>> pairs;
    for (const QByteArray &item : query.split('&')) {
        if (item.isEmpty())
            continue;
        const qsizetype equals = item.indexOf('=');
        // A plus is a space to the servers that verify, and %20 in what is signed.
        pairs.append({percentEncode(formDecode(equals < 0 ? item : item.left(equals))),
                      equals < 0 ? QByteArray() : percentEncode(formDecode(item.mid(equals + 1)))});
    }
    std::ranges::sort(pairs);
    QByteArray out;
    for (const auto &[name, value] : pairs)
        out += (out.isEmpty() ? "" : "&") + name + '=' + value;
    return out;
}

std::map<QByteArray, QByteArray> canonicalHeaders(const SigV4Input &input)
{
    std::map<QByteArray, QByteArray> headers;
    for (const auto &[name, value] : input.headers) {
        const auto [entry, isNew] = headers.try_emplace(name.toLower(), value.simplified());
        if (!isNew)
            entry->second += ',' + value.simplified();
    }
    return headers;
}

QByteArray sha256Hex(QByteArrayView data) { return hash(HashAlgorithm::Sha256, data).toHex(); }

QByteArray bigEndianBytes(quint32 value)
{
    QByteArray out;
    for (int shift = 24; shift >= 0; shift -= 8)
        out += char(value >> shift & 0xff);
    return out;
}

} // namespace

SigV4Result sigV4StringToSign(const SigV4Input &input)
{
    SigV4Result result;
    result.scope = sigV4Scope(input);
    const std::map<QByteArray, QByteArray> headers = canonicalHeaders(input);
    QByteArray lines;
    for (const auto &[name, value] : headers) {
        lines += name + ':' + value + '\n';
        result.signedHeaders += (result.signedHeaders.isEmpty() ? "" : ";") + name;
    }
    result.query = input.query;
    if (input.inQuery) {
        const QByteArray prefix = "X-" + capitalized(input.vendor) + '-';
        QList<std::pair<QByteArray, QByteArray>> added{{"Algorithm", sigV4AlgorithmName(input)},
                                                       {"Credential", input.accessKeyId + '/' + result.scope},
                                                       {"Date", input.timestamp},
                                                       {"Expires", QByteArray::number(input.expires)}};
        if (input.isV4a)
            added.append({"Region-Set", input.region});
        if (!input.sessionToken.isEmpty())
            added.append({"Security-Token", input.sessionToken});
        added.append({"SignedHeaders", result.signedHeaders});
        for (const auto &[name, value] : added)
            result.query += (result.query.isEmpty() ? "" : "&") + prefix + name + '=' + percentEncode(value);
    }
    result.canonicalRequest = input.method + '\n' + canonicalPath(input) + '\n' + (input.asOnTheWire ? result.query : canonicalQuery(result.query)) + '\n' + lines + '\n'
        + result.signedHeaders + '\n' + input.payloadHash;
    result.stringToSign = sigV4AlgorithmName(input) + '\n' + input.timestamp + '\n' + result.scope + '\n' + sha256Hex(result.canonicalRequest);
    result.derivation = {{u"canonical request"_s, result.canonicalRequest, false},
                         {u"string to sign"_s, result.stringToSign, false},
                         {u"credential scope"_s, result.scope, false}};
    return result;
}

QByteArray sigV4SigningKey(const SigV4Input &input)
{
    QByteArray key = input.provider.toUpper() + '4' + input.secretAccessKey.toByteArray();
    for (const QByteArray &part : {input.timestamp.left(8), input.region, input.service, input.provider.toLower() + "4_request"})
        key = hmac(HashAlgorithm::Sha256, key, part);
    return key;
}

// NIST SP 800-108 in counter mode; a candidate at or above the order minus one is left out.
Result<AsymmetricKey> sigV4aKey(const QByteArray &accessKeyId, QByteArrayView secretAccessKey)
{
    static const QByteArray orderMinusTwo = QByteArray::fromHex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc63254f");
    const QByteArray key = "AWS4A" + secretAccessKey.toByteArray();
    for (int counter = 1; counter < 255; ++counter) {
        const QByteArray fixed = bigEndianBytes(1) + "AWS4-ECDSA-P256-SHA256" + '\0' + accessKeyId + char(counter) + bigEndianBytes(256);
        QByteArray candidate = hmac(HashAlgorithm::Sha256, key, fixed);
        // Both are 32 bytes, so comparing as bytes compares the numbers.
        if (QByteArrayView(candidate).compare(orderMinusTwo) > 0)
            continue;
        for (qsizetype i = candidate.size() - 1; i >= 0; --i) { // plus one
            candidate[i] = char(static_cast<unsigned char>(candidate.at(i)) + 1);
            if (candidate.at(i) != 0)
                break;
        }
        return AsymmetricKey::ec("P-256"_ba, {}, {}, candidate);
    }
    return Error{ErrorCode::InvalidInput, u"no key comes out of this access key"_s, {}, u"Use another access key."_s};
}

Result<SigV4Result> signSigV4(const SigV4Input &input)
{
    SigV4Result result = sigV4StringToSign(input);
    if (input.isV4a) {
        const Result<AsymmetricKey> key = sigV4aKey(input.accessKeyId, input.secretAccessKey);
        if (!key)
            return key.error();
        const Result<QByteArray> signature = key->sign({SignatureForm::EcdsaDer, HashAlgorithm::Sha256}, result.stringToSign);
        if (!signature)
            return signature.error();
        result.signature = signature->toHex();
        const PublicNumbers numbers = key->publicNumbers();
        result.derivation.append({u"public key"_s, "04" + numbers.x.toHex() + numbers.y.toHex(), false});
    } else {
        const QByteArray key = sigV4SigningKey(input);
        result.signature = hmac(HashAlgorithm::Sha256, key, result.stringToSign).toHex();
        result.derivation.append({u"signing key"_s, key.toHex(), true});
    }
    result.derivation.append({u"signature"_s, result.signature, false});
    if (!input.inQuery)
        result.authorization = sigV4AlgorithmName(input) + " Credential=" + input.accessKeyId + '/' + result.scope
            + ", SignedHeaders=" + result.signedHeaders + ", Signature=" + result.signature;
    return result;
}

QByteArray sigV4Chunks(const SigV4Input &input, const QByteArray &seedSignature, QByteArrayView body, qsizetype chunkSize)
{
    const QByteArray key = sigV4SigningKey(input);
    const QByteArray start = sigV4AlgorithmName(input) + "-PAYLOAD\n" + input.timestamp + '\n' + sigV4Scope(input) + '\n';
    QByteArray previous = seedSignature;
    QByteArray out;
    for (qsizetype at = 0;; at += chunkSize) {
        const QByteArrayView piece = body.sliced(std::min(at, body.size()), std::clamp<qsizetype>(body.size() - at, 0, chunkSize));
        previous = hmac(HashAlgorithm::Sha256, key, start + previous + '\n' + sha256Hex({}) + '\n' + sha256Hex(piece)).toHex();
        out += QByteArray::number(piece.size(), 16) + ";chunk-signature=" + previous + "\r\n" + piece.toByteArray() + "\r\n";
        if (piece.isEmpty())
            return out;
    }
}

qsizetype sigV4ChunkedSize(qsizetype bodySize, qsizetype chunkSize)
{
    constexpr qsizetype around = 17 + 64 + 4; // ";chunk-signature=", the signature, two line ends
    const auto chunk = [](qsizetype size) { return QByteArray::number(size, 16).size() + around + size; };
    const qsizetype rest = bodySize % chunkSize;
    return bodySize / chunkSize * chunk(chunkSize) + (rest > 0 ? chunk(rest) : 0) + chunk(0);
}

SigV4Host sigV4Host(const QString &host)
{
    SigV4Host found;
    QString front = host;
    if (front.endsWith(".amazonaws.com"_L1))
        front.chop(14);
    else if (front.endsWith(".amazonaws.com.cn"_L1))
        front.chop(17);
    else
        return found;
    static const QRegularExpression region(u"^[a-z]{2,}(-[a-z]+)+-[0-9]+$"_s);
    QStringList labels = front.split(u'.');
    if (region.match(labels.last()).hasMatch()) {
        found.region = labels.takeLast();
    } else if (labels.size() > 1 && region.match(labels.first()).hasMatch()) {
        found.region = labels.takeFirst(); // "eu-west-1.queue.amazonaws.com"
    } else {
        found.region = u"us-east-1"_s; // global services
    }
    labels.removeAll(u"dualstack"_s);
    if (!labels.isEmpty())
        found.service = labels.last();
    // "search-x.eu-west-1.es.amazonaws.com" has the region before the service; the endpoint of SES is called email.
    if (labels.size() > 1 && (found.service == "es"_L1 || found.service == "aoss"_L1) && region.match(labels.at(labels.size() - 2)).hasMatch())
        found.region = labels.at(labels.size() - 2);
    if (found.service == "email"_L1)
        found.service = u"ses"_s;
    if (found.service.startsWith("s3-"_L1)) {
        if (region.match(found.service.mid(3)).hasMatch())
            found.region = found.service.mid(3); // "s3-eu-west-1.amazonaws.com"
        found.service = u"s3"_s;
    }
    return found;
}

} // namespace realmscope
