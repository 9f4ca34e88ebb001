// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/base/AsymmetricKey.h"
#include "app/http/Exchange.h"

#include <QtCore/QList>

#include <utility>

namespace realmscope {

// AWS Signature Version 4 and 4a as free functions, shared by the scheme and the diagnosis that recomputes. Source: AWS
// "Signature Version 4 signing process" and the signing test suite; names of the steps are AWS's.
struct SigV4Input
{
    bool isV4a = false;              // ECDSA P-256 and a region set instead of HMAC and one region
    QByteArray accessKeyId;
    QByteArrayView secretAccessKey;
    QByteArray sessionToken;         // put into the query when `inQuery`; in a header it stands in `headers`
    QByteArray provider = "aws";     // names the algorithm (AWS4-…) and the scope (aws4_request)
    QByteArray vendor = "amz";       // names the parameters (X-Amz-…)
    QByteArray region;               // v4a: the region set, "us-east-1", "*"
    QByteArray service;
    QByteArray timestamp;            // "20150830T123600Z"
    QByteArray method;
    QByteArray path;                 // as it stands on the wire
    QByteArray query;                // without '?', as on the wire
    QList<std::pair<QByteArray, QByteArray>> headers; // those to be signed, in wire order
    QByteArray payloadHash;          // hex, or UNSIGNED-PAYLOAD and its sisters
    bool inQuery = false;            // presigned URL
    int expires = 0;                 // seconds, of a presigned URL
    bool normalizePath = true;       // not for S3
    bool asOnTheWire = false;        // path and query are signed as they are, as curl 7.88 does
    bool encodePathAgain = true;     // on top of what the wire has; S3 encodes the decoded path once
};
struct SigV4Result
{
    QByteArray canonicalRequest, stringToSign;
    QByteArray scope;                // "20150830/us-east-1/iam/aws4_request"
    QByteArray signedHeaders;        // "host;x-amz-date"
    QByteArray query;                // inQuery: the wire's query with the X-Amz-… parameters before the signature
    QByteArray signature;            // hex
    QByteArray authorization;        // the whole value; empty when inQuery
    QList<DerivationLine> derivation;
};
// Everything but the signature; the diagnosis needs no key for this.
[[nodiscard]] SigV4Result sigV4StringToSign(const SigV4Input &input);
// v4a: each call gives another signature. Error: InvalidInput when no key comes out of the secret.
[[nodiscard]] Result<SigV4Result> signSigV4(const SigV4Input &input);

[[nodiscard]] QByteArray sigV4SigningKey(const SigV4Input &input);
// The P-256 key that a v4a signer derives of access key id and secret.
[[nodiscard]] Result<AsymmetricKey> sigV4aKey(const QByteArray &accessKeyId, QByteArrayView secretAccessKey);

// Body in signed chunks (S3, STREAMING-AWS4-HMAC-SHA256-PAYLOAD): the framing around each piece of `chunkSize` bytes and
// the closing empty chunk. seedSignature is that of the request.
[[nodiscard]] QByteArray sigV4Chunks(const SigV4Input &input, const QByteArray &seedSignature, QByteArrayView body, qsizetype chunkSize);
[[nodiscard]] qsizetype sigV4ChunkedSize(qsizetype bodySize, qsizetype chunkSize);

// Service and region that a host name tells ("iam.amazonaws.com", "bucket.s3.eu-west-1.amazonaws.com"); empty where it
// tells nothing.
struct SigV4Host
{
    QString service, region;
};
[[nodiscard]] SigV4Host sigV4Host(const QString &host);

} // namespace realmscope
