// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/schemes/NtlmMessages.h"

#include "app/base/Crypto.h"
#include "app/base/Encoding.h"
#include "app/base/Md4.h"

#include <QtCore/QtEndian>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

const QByteArray ntlmSignature("NTLMSSP\0", 8);
constexpr qsizetype authenticateHead = 88; // with version and MIC

enum AvId : quint16 { EndOfList = 0, ComputerName = 1, DomainName = 2, Flags = 6, Timestamp = 7, TargetSpn = 9, ChannelBindings = 10 };

template <typename T>
QByteArray little(T value)
{
    QByteArray out(qsizetype(sizeof(T)), '\0');
    qToLittleEndian(value, out.data());
    return out;
}

template <typename T>
T littleAt(const QByteArray &bytes, qsizetype at)
{
    return qFromLittleEndian<T>(bytes.constData() + at);
}

QByteArray utf16(const QString &text)
{
    QByteArray out;
    for (const QChar c : text)
        out += little(quint16(c.unicode()));
    return out;
}

// Windows 10; gss-ntlmssp refuses a message without one (section 2.2.2.10).
QByteArray versionField() { return QByteArray::fromHex("0a00614a0000000f"); }

quint32 wantedFlags(NtlmVersion version)
{
    quint32 flags = NtlmFlag::Unicode | NtlmFlag::Oem | NtlmFlag::RequestTarget | NtlmFlag::Ntlm | NtlmFlag::AlwaysSign | NtlmFlag::Version
        | NtlmFlag::Bits128 | NtlmFlag::Bits56;
    if (version == NtlmVersion::V2)
        flags |= NtlmFlag::ExtendedSessionSecurity;
    return flags;
}

QByteArray avPair(quint16 id, const QByteArray &value) { return little(id) + little(quint16(value.size())) + value; }

} // namespace

std::optional<QByteArray> NtlmChallenge::pair(quint16 id) const
{
    const auto it = std::ranges::find_if(pairs, [&](const NtlmAvPair &p) { return p.id == id; });
    return it == pairs.end() ? std::nullopt : std::optional(it->value);
}

QString NtlmChallenge::text(quint16 id) const
{
    const QByteArray bytes = pair(id).value_or(QByteArray());
    QString out;
    for (qsizetype i = 0; i + 1 < bytes.size(); i += 2)
        out += QChar(littleAt<quint16>(bytes, i));
    return out;
}

QByteArray ntlmNegotiate(NtlmVersion version)
{
    const QByteArray noField = little(quint16(0)) + little(quint16(0)) + little(quint32(0));
    return ntlmSignature + little(quint32(1)) + little(wantedFlags(version)) + noField + noField + versionField();
}

std::optional<NtlmChallenge> parseNtlmChallenge(const QByteArray &message)
{
    if (message.size() < 32 || !message.startsWith(ntlmSignature) || littleAt<quint32>(message, 8) != 2)
        return std::nullopt;
    const auto field = [&](qsizetype at) -> QByteArray {
        if (at + 8 > message.size())
            return {};
        const qsizetype size = littleAt<quint16>(message, at);
        const qsizetype offset = littleAt<quint32>(message, at + 4);
        return offset + size > message.size() ? QByteArray() : message.sliced(offset, size);
    };
    NtlmChallenge challenge;
    challenge.flags = littleAt<quint32>(message, 20);
    challenge.serverChallenge = message.sliced(24, 8);
    challenge.targetName = field(12);
    if (challenge.flags & NtlmFlag::TargetInfo)
        challenge.targetInfo = field(40);
    for (qsizetype at = 0; at + 4 <= challenge.targetInfo.size();) {
        const quint16 id = littleAt<quint16>(challenge.targetInfo, at);
        const qsizetype size = littleAt<quint16>(challenge.targetInfo, at + 2);
        if (id == EndOfList || at + 4 + size > challenge.targetInfo.size())
            break;
        challenge.pairs.append({id, challenge.targetInfo.sliced(at + 4, size)});
        at += 4 + size;
    }
    return challenge;
}

QByteArray ntOwfV1(const QString &password) { return md4(utf16(password)); }

QByteArray ntOwfV2(const QString &password, const QString &user, const QString &domain)
{
    return hmac(HashAlgorithm::Md5, ntOwfV1(password), utf16(user.toUpper() + domain));
}

// DESL (section 6): the 16 bytes of the key, padded to three keys of 7.
QByteArray ntlmV1Response(const QByteArray &ntOwf, const QByteArray &serverChallenge)
{
    const QByteArray keys = ntOwf.leftJustified(21, '\0');
    return desBlock(keys.sliced(0, 7), serverChallenge) + desBlock(keys.sliced(7, 7), serverChallenge)
        + desBlock(keys.sliced(14, 7), serverChallenge);
}

NtlmV2Response ntlmV2Response(const QByteArray &ntOwf, const QByteArray &serverChallenge, const QByteArray &clientChallenge,
                              const QByteArray &time, const QByteArray &targetInfo)
{
    const QByteArray temp = QByteArray::fromHex("0101000000000000") + time + clientChallenge + QByteArray(4, '\0') + targetInfo + QByteArray(4, '\0');
    NtlmV2Response response;
    response.ntProof = hmac(HashAlgorithm::Md5, ntOwf, serverChallenge + temp);
    response.ntResponse = response.ntProof + temp;
    response.lmResponse = hmac(HashAlgorithm::Md5, ntOwf, serverChallenge + clientChallenge) + clientChallenge;
    response.sessionBaseKey = hmac(HashAlgorithm::Md5, ntOwf, response.ntProof);
    return response;
}

QByteArray ntlmChannelBindings(const QByteArray &endPoint)
{
    const QByteArray data = "tls-server-end-point:" + endPoint;
    return hash(HashAlgorithm::Md5, QByteArray(16, '\0') + little(quint32(data.size())) + data);
}

NtlmAnswer ntlmAuthenticate(const NtlmLogin &login, const NtlmChallenge &challenge, const QByteArray &negotiateMessage,
                            const QByteArray &challengeMessage)
{
    NtlmAnswer answer;
    const bool isUnicode = challenge.flags & NtlmFlag::Unicode;
    const auto encoded = [&](const QString &text) { return isUnicode ? utf16(text) : text.toLatin1(); };
    const auto add = [&](const QString &name, const QByteArray &value, bool secret = false) { answer.derivation.append({name, value, secret}); };
    add(u"server challenge"_s, challenge.serverChallenge.toHex());
    if (const QString name = challenge.text(DomainName); !name.isEmpty())
        add(u"server's domain"_s, name.toUtf8());
    if (const QString name = challenge.text(ComputerName); !name.isEmpty())
        add(u"server's name"_s, name.toUtf8());
    add(u"user"_s, login.user.toUtf8());
    add(u"domain"_s, login.domain.toUtf8());

    bool hasMic = false;
    if (login.version == NtlmVersion::V1) {
        const QByteArray key = ntOwfV1(login.password);
        answer.ntResponse = ntlmV1Response(key, challenge.serverChallenge);
        answer.lmResponse = answer.ntResponse; // no LM hash of the password is ever made
        answer.sessionBaseKey = md4(key);
        add(u"NTOWFv1"_s, key.toHex(), true);
    } else {
        // Section 3.1.5.1.2: with a time of the server there is a MIC, and no LM response.
        const std::optional<QByteArray> serverTime = challenge.pair(Timestamp);
        hasMic = serverTime.has_value();
        QByteArray targetInfo;
        quint32 flags = 0;
        for (const NtlmAvPair &pair : challenge.pairs) {
            if (pair.id == Flags && pair.value.size() == 4)
                flags = littleAt<quint32>(pair.value, 0);
            else if (pair.id != ChannelBindings && pair.id != TargetSpn)
                targetInfo += avPair(pair.id, pair.value);
        }
        if (hasMic)
            flags |= 2;
        if (flags != 0)
            targetInfo += avPair(Flags, little(flags));
        if (!login.endPoint.isEmpty()) {
            targetInfo += avPair(ChannelBindings, ntlmChannelBindings(login.endPoint));
            add(u"channel bindings"_s, "tls-server-end-point:" + login.endPoint.toHex());
        }
        if (!login.servicePrincipal.isEmpty() && hasMic)
            targetInfo += avPair(TargetSpn, utf16(login.servicePrincipal));
        targetInfo += avPair(EndOfList, {});
        const QByteArray key = ntOwfV2(login.password, login.user, login.domain);
        const NtlmV2Response response =
            ntlmV2Response(key, challenge.serverChallenge, login.clientChallenge, serverTime.value_or(little(login.fileTime)), targetInfo);
        answer.ntResponse = response.ntResponse;
        answer.lmResponse = hasMic ? QByteArray(24, '\0') : response.lmResponse;
        answer.sessionBaseKey = response.sessionBaseKey;
        add(u"NTOWFv2"_s, key.toHex(), true);
        add(u"NTProofStr"_s, response.ntProof.toHex(), true);
    }

    // No key exchange is asked for, so no session key is sent, and the session base key signs the messages.
    const quint32 flags = challenge.flags & (wantedFlags(login.version) | NtlmFlag::TargetInfo | NtlmFlag::TargetTypes | NtlmFlag::RequestTarget);
    QByteArray head;
    QByteArray payload;
    for (const QByteArray &part : {answer.lmResponse, answer.ntResponse, encoded(login.domain), encoded(login.user), encoded(login.workstation), QByteArray()}) {
        head += little(quint16(part.size())) + little(quint16(part.size())) + little(quint32(authenticateHead + payload.size()));
        payload += part;
    }
    const QByteArray start = ntlmSignature + little(quint32(3)) + head + little(flags) + versionField();
    const QByteArray noMic(16, '\0');
    const QByteArray mic = hasMic
        ? hmac(HashAlgorithm::Md5, answer.sessionBaseKey, negotiateMessage + challengeMessage + start + noMic + payload)
        : noMic;
    if (hasMic)
        add(u"MIC"_s, mic.toHex());
    answer.message = start + mic + payload;
    return answer;
}

} // namespace realmscope
