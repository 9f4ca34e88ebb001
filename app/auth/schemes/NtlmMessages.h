// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/base/Result.h"
#include "app/http/Exchange.h"

#include <QtCore/QByteArray>
#include <QtCore/QString>

#include <optional>

namespace realmscope {

// The three messages of NTLM and what is computed for them, without any transport. Source: MS-NLMP.

namespace NtlmFlag { // section 2.2.2.5
constexpr quint32 Unicode = 0x00000001;
constexpr quint32 Oem = 0x00000002;
constexpr quint32 RequestTarget = 0x00000004;
constexpr quint32 Ntlm = 0x00000200;
constexpr quint32 AlwaysSign = 0x00008000;
constexpr quint32 TargetTypes = 0x00030000;
constexpr quint32 ExtendedSessionSecurity = 0x00080000;
constexpr quint32 TargetInfo = 0x00800000;
constexpr quint32 Version = 0x02000000;
constexpr quint32 Bits128 = 0x20000000;
constexpr quint32 KeyExchange = 0x40000000;
constexpr quint32 Bits56 = 0x80000000;
} // namespace NtlmFlag

enum class NtlmVersion { V1, V2 };

[[nodiscard]] QByteArray ntlmNegotiate(NtlmVersion version); // type 1

struct NtlmAvPair // section 2.2.2.1
{
    quint16 id = 0;
    QByteArray value;
};
struct NtlmChallenge // type 2
{
    quint32 flags = 0;
    QByteArray serverChallenge; // 8 bytes
    QByteArray targetName;      // as sent
    QByteArray targetInfo;      // as sent, with its end mark; empty when the server sent none
    QList<NtlmAvPair> pairs;
    [[nodiscard]] std::optional<QByteArray> pair(quint16 id) const;
    [[nodiscard]] QString text(quint16 id) const; // a name of the target information
};
// nullopt when the bytes are no type 2 message.
[[nodiscard]] std::optional<NtlmChallenge> parseNtlmChallenge(const QByteArray &message);

struct NtlmLogin
{
    QString user, domain, workstation;
    QString password;
    NtlmVersion version = NtlmVersion::V2;
    QByteArray clientChallenge; // 8 bytes
    quint64 fileTime = 0;       // 100 ns since 1601; used when the server gives no time
    QByteArray endPoint;        // hash of the server's certificate (tls-server-end-point); empty without TLS
    QString servicePrincipal;   // "HTTP/host"; may be empty
};
struct NtlmAnswer // type 3
{
    QByteArray message;
    QByteArray ntResponse, lmResponse, sessionBaseKey;
    QList<DerivationLine> derivation;
};
[[nodiscard]] NtlmAnswer ntlmAuthenticate(const NtlmLogin &login, const NtlmChallenge &challenge, const QByteArray &negotiateMessage,
                                          const QByteArray &challengeMessage);

// The parts, for tests against MS-NLMP section 4.2.
[[nodiscard]] QByteArray ntOwfV1(const QString &password);
[[nodiscard]] QByteArray ntOwfV2(const QString &password, const QString &user, const QString &domain);
[[nodiscard]] QByteArray ntlmV1Response(const QByteArray &ntOwf, const QByteArray &serverChallenge);
struct NtlmV2Response
{
    QByteArray ntProof, ntResponse, lmResponse, sessionBaseKey;
};
[[nodiscard]] NtlmV2Response ntlmV2Response(const QByteArray &ntOwf, const QByteArray &serverChallenge, const QByteArray &clientChallenge,
                                            const QByteArray &time, const QByteArray &targetInfo);
// MD5 of a gss_channel_bindings_struct that holds the certificate's hash (MS-NLMP section 3.1.5.1.2).
[[nodiscard]] QByteArray ntlmChannelBindings(const QByteArray &endPoint);

} // namespace realmscope
