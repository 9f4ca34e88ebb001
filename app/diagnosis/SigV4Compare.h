// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/Exchange.h"

#include <optional>

namespace realmscope {

// The two texts that AWS Signature V4 hashes and signs, each side's own.
struct SigV4Strings
{
    QByteArray canonicalRequest; // may be empty where only the other one is known
    QByteArray stringToSign;
};
// What a server says that it computed: the XML of S3 (CanonicalRequest, StringToSign), or the message of the other services
// ("The Canonical String for this request should have been '…'"). Both empty when it says nothing.
[[nodiscard]] SigV4Strings sigV4StringsOfServer(const Response &response);
// What has to be signed for the request as it was sent, without any key; nullopt when it holds no V4 signature that names
// its scope, its headers and its time.
[[nodiscard]] std::optional<SigV4Strings> sigV4StringsOfRequest(const Request &request);

struct SigV4Difference
{
    enum class Part { Method, Path, Query, Header, SignedHeaders, Payload, Algorithm, Time, Region, Service, CanonicalHash };
    Part part = Part::Method;
    QByteArray name;         // of the header
    QByteArray sent, server; // empty where that side has none
    bool isSpelling = false; // equal once the percent-encoding is undone
    [[nodiscard]] bool isSecret() const; // the values are not to be shown
};
[[nodiscard]] QString sigV4PartText(const SigV4Difference &difference); // "the path", "the header host"
// In the order of the texts. CanonicalHash only where the server does not show its canonical request.
[[nodiscard]] QList<SigV4Difference> compareSigV4(const SigV4Strings &sent, const SigV4Strings &server);

} // namespace realmscope
