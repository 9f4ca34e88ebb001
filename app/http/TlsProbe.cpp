// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/http/TlsProbe.h"

#include <QtCore/QFile>

#include <openssl/ssl.h>

#include <mutex>
#include <unordered_map>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

struct Wanted
{
    std::shared_ptr<TlsSeen> seen;
    bool hasClientCertificate = false;
};
thread_local Wanted *wanted = nullptr;

// The body of a Certificate message begins, for TLS 1.3 after its request context, with the length of the list.
bool holdsCertificate(int version, const unsigned char *message, size_t size)
{
    size_t at = 4; // type and length
    if (version == TLS1_3_VERSION) {
        if (size <= at)
            return false;
        at += 1U + message[at];
    }
    return size >= at + 3 && (message[at] != 0 || message[at + 1] != 0 || message[at + 2] != 0);
}

void messageSeen(int isOurs, int version, int contentType, const void *buffer, size_t size, SSL *, void *argument)
{
    auto *seen = static_cast<TlsSeen *>(argument);
    const auto *message = static_cast<const unsigned char *>(buffer);
    if (contentType != SSL3_RT_HANDSHAKE || size < 4)
        return;
    switch (message[0]) {
    case SSL3_MT_CERTIFICATE_REQUEST:
        if (!isOurs) {
            seen->certificateRequested = true;
            if (seen->handshakeDone)
                seen->events << (version == TLS1_3_VERSION
                                     ? u"the server asked for a client certificate after the handshake (post-handshake authentication)"_s
                                     : u"the server asked for a client certificate in a renegotiation"_s);
        }
        break;
    case SSL3_MT_HELLO_REQUEST:
        if (!isOurs)
            seen->events << u"the server asked for a renegotiation"_s;
        break;
    case SSL3_MT_CERTIFICATE:
        if (isOurs && holdsCertificate(version, message, size)) {
            seen->certificateSent = true;
            if (seen->handshakeDone)
                seen->events << u"the client certificate was shown"_s;
        }
        break;
    default:
        break;
    }
}

// NSS key log format, as browsers and curl write it; one line at once, so that several processes can share the file.
void keyLogged(const SSL *, const char *line)
{
    static std::mutex mutex;
    const std::lock_guard lock(mutex);
    QFile file(qEnvironmentVariable("SSLKEYLOGFILE"));
    if (file.open(QIODevice::WriteOnly | QIODevice::Append | QIODevice::Unbuffered, QFile::ReadOwner | QFile::WriteOwner))
        file.write(QByteArray(line) + '\n');
}

// Who is told about which SSL object, as long as that lives; it may be used for longer than the connection of ours.
// (Data set from within a "new" function does not stay with the object.)
std::mutex listenersMutex;
std::unordered_map<const void *, std::shared_ptr<TlsSeen>> &listeners()
{
    static std::unordered_map<const void *, std::shared_ptr<TlsSeen>> map;
    return map;
}

void sslMade(void *parent, void *, CRYPTO_EX_DATA *, int, long, void *)
{
    if (!wanted)
        return;
    auto *ssl = static_cast<SSL *>(parent);
    {
        const std::lock_guard lock(listenersMutex);
        listeners().insert_or_assign(parent, wanted->seen);
    }
    wanted->seen->watched = true;
    wanted->seen->ssl = ssl;
    SSL_set_msg_callback(ssl, &messageSeen);
    SSL_set_msg_callback_arg(ssl, wanted->seen.get());
    if (wanted->hasClientCertificate)
        SSL_set_post_handshake_auth(ssl, 1);
    if (qEnvironmentVariableIsSet("SSLKEYLOGFILE"))
        SSL_CTX_set_keylog_callback(SSL_get_SSL_CTX(ssl), &keyLogged);
}

void sslFreed(void *parent, void *, CRYPTO_EX_DATA *, int, long, void *)
{
    const std::lock_guard lock(listenersMutex);
    const auto found = listeners().find(parent);
    if (found == listeners().end())
        return;
    found->second->ssl = nullptr;
    listeners().erase(found);
}

void install()
{
    static const int index = SSL_get_ex_new_index(0, nullptr, &sslMade, nullptr, &sslFreed);
    Q_UNUSED(index)
}

} // namespace

Result<QByteArray> exportKeyingMaterial(const TlsSeen *seen, QByteArrayView label, const QByteArray &context, qsizetype length)
{
    auto *ssl = seen ? static_cast<SSL *>(seen->ssl) : nullptr;
    if (!ssl || !seen->handshakeDone)
        return Error{ErrorCode::Unsupported, u"this needs a TLS connection, and there is none"_s, {}, u"Use https."_s};
    if (SSL_version(ssl) < TLS1_3_VERSION && SSL_get_extms_support(ssl) != 1)
        return Error{ErrorCode::Unsupported, u"the TLS connection can't be bound to: it is older than 1.3 and has no extended master secret (RFC 7627)"_s, {},
                     u"Allow TLS 1.3, or ask the server's owner to switch on RFC 7627."_s};
    QByteArray out(length, Qt::Uninitialized);
    if (SSL_export_keying_material(ssl, reinterpret_cast<unsigned char *>(out.data()), size_t(length), label.data(), size_t(label.size()),
                                   reinterpret_cast<const unsigned char *>(context.constData()), size_t(context.size()), 1) != 1)
        return Error{ErrorCode::TlsFailure, u"the TLS connection gave no keying material"_s, {}, u"Send again."_s};
    return out;
}

TlsProbeScope::TlsProbeScope(const std::shared_ptr<TlsSeen> &seen, bool hasClientCertificate)
{
    install();
    wanted = new Wanted{seen, hasClientCertificate};
}

TlsProbeScope::~TlsProbeScope() { delete std::exchange(wanted, nullptr); }

} // namespace realmscope
