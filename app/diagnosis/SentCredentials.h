// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/auth/Challenge.h"
#include "app/auth/Jwt.h"
#include "app/credentials/CredentialProfile.h"
#include "app/http/Exchange.h"

#include <optional>

namespace realmscope {

class Redactor;

// user-id ":" password out of a Basic credential (RFC 7617). All of it is what the bytes say; none of it is printed
// but the user name.
struct BasicPair
{
    bool isBase64 = false;
    QByteArray decoded;
    bool hasColon = false;
    QByteArray user;
    QByteArray password;
};

// One Authorization (or Proxy-Authorization) line taken apart.
struct AuthorizationLine
{
    HeaderField field;
    QByteArray scheme;             // as spelt; empty when the value has none
    QByteArray credentials;        // everything after the scheme and one space, also further spaces
    qsizetype credentialsAt = 0;   // where they begin in the value
    Challenge parsed;              // parameters, for Digest and its like
    std::optional<BasicPair> basic; // when the scheme is Basic
    std::optional<DecodedJwt> jwt;  // when the credentials are a JWT

    [[nodiscard]] bool is(QByteArrayView otherScheme) const { return equalsIgnoreCase(scheme, otherScheme); }
    [[nodiscard]] ByteRange credentialsRange() const; // in the raw request; empty when unknown
};

enum class CredentialPlace { Authorization, ProxyAuthorization, Header, Query, Cookie, Body, Certificate };

// Something in a request that proves, or may be meant to prove, who is asking.
struct SentCredential
{
    CredentialPlace place = CredentialPlace::Authorization;
    QByteArray name;    // header, query key, cookie or body member
    QByteArray value;   // never printed
    ByteRange range;    // of the value in the raw request; empty when unknown
    HeaderSource source = HeaderSource::Unknown;
    bool certain = true; // false: by its name it may be something else (an arbitrary cookie)
};

[[nodiscard]] AuthorizationLine readAuthorization(const HeaderField &field);
// Everything in an exchange that may be a credential, in the order in which it was sent. Names come from the profile
// and from what is usual.
[[nodiscard]] QList<SentCredential> findCredentials(const Exchange &exchange,
                                                    const std::optional<CredentialProfile> &profile);

// A signature over this one message, or the name that goes with a key: nothing that could be right or wrong by itself.
[[nodiscard]] bool isMessageProofName(QByteArrayView name);
// Lets the redactor mask what findCredentials() takes for a credential.
void learnCredentialNames(const Trace &trace, Redactor &redactor);

[[nodiscard]] bool isKnownAuthScheme(QByteArrayView name);
// "Bearer" for "bearer"; the name itself when it is not known.
[[nodiscard]] QByteArray canonicalScheme(QByteArrayView name);
[[nodiscard]] bool looksLikeApiKeyName(QByteArrayView name); // of a header
[[nodiscard]] bool looksLikeSessionCookie(QByteArrayView name);
[[nodiscard]] bool looksLikeCredentialKey(QByteArrayView name); // of a query or form member

struct NamedValue
{
    QByteArray name;  // decoded
    QByteArray value; // decoded
    QByteArray raw;   // the value as written
    qsizetype at = 0; // of the raw value in the text
};
// name=value&… of a query or a form (WHATWG URL section 5.1).
[[nodiscard]] QList<NamedValue> splitForm(QByteArrayView text);
// The pairs of all Cookie lines (RFC 6265 section 4.2.1), with their places in the raw request.
[[nodiscard]] QList<SentCredential> splitCookies(const Headers &headers);

} // namespace realmscope
