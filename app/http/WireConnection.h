// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/Exchange.h"
#include "app/http/Proxy.h"

#include <QtCore/QElapsedTimer>
#include <QtCore/QObject>
#include <QtNetwork/QSslError>
#include <QtNetwork/QSslSocket>

#include <memory>
#include <optional>

class QSslConfiguration;
class QTcpSocket;

namespace realmscope {

class ConnectionPool;
struct TlsSeen;

// Connections are shared only by exchanges that agree on everything that made them.
struct ConnectionKey
{
    Origin origin;
    QString resolveTo;     // TransportOptions::resolveOverrides and connectTo
    std::optional<ProxyServer> proxy;
    int addressFamily = 0;
    bool verifyTls = true;
    QByteArray alpn;       // protocols that are offered; empty: HTTP/1.1 without TLS. "h2" without TLS: prior knowledge
    QByteArray tlsDigest;  // of trust anchors, client certificate and TLS versions; empty when there are none
    QString serverName;    // TransportOptions::serverName
    bool operator==(const ConnectionKey &) const = default;
};

// Who uses a connection at the moment. May retire it in any of these calls.
class WireUser
{
public:
    virtual void wireConnected() = 0; // TCP
    virtual void wireEncrypted() = 0;
    virtual void wireReadable() = 0;
    virtual void wireWritten() = 0;
    virtual void wireFailed() = 0; // it could not be made, or it is closed; what came before has been read

protected:
    ~WireUser() = default;
};

// One TCP or TLS connection with what is known about it. Made by and child of a ConnectionPool; leaves by retire().
class WireConnection final : public QObject
{
    Q_OBJECT
public:
    WireConnection(ConnectionPool &pool, ConnectionKey key);
    ~WireConnection() override;
    Q_DISABLE_COPY_MOVE(WireConnection)

    void setUser(WireUser *user) { m_user = user; }
    void connectTo(const QHostAddress &address, quint16 port);
    // A SOCKS5 proxy looks the name up.
    void connectTo(const QString &name, quint16 port);
    // A CONNECT on it has succeeded: from here on it leads to the key's origin, not to the proxy.
    void becomeTunnel() { m_tunnel = true; }
    [[nodiscard]] bool isTunnel() const { return m_tunnel; }
    [[nodiscard]] bool isEncrypted() const { return m_encrypted; }
    // host: for SNI and for the name in the certificate.
    void startTls(QSslConfiguration configuration, const QString &host);
    // Closes and deletes; the user hears nothing of it.
    void retire();

    [[nodiscard]] const ConnectionKey &key() const { return m_key; }
    [[nodiscard]] const ConnectionInfo &info() const { return m_info; } // reused is the exchange's
    [[nodiscard]] const std::optional<TlsInfo> &tls() const { return m_tls; }
    [[nodiscard]] QString alert() const { return m_alert; } // empty when there was none
    [[nodiscard]] QSsl::AlertType alertType() const { return m_alertType; }
    [[nodiscard]] QAbstractSocket::SocketError socketError() const { return m_socketError; }
    [[nodiscard]] QString errorText() const { return m_errorText; }
    [[nodiscard]] Error handshakeFailure() const;
    [[nodiscard]] const TlsSeen *seen() const { return m_seen.get(); } // null without TLS
    // Facts of a handshake that is under way or has failed.
    void readTls();
    void addLateFacts(); // what came after the handshake

    // From here on a reset can be told from an orderly end; needed where the end of the connection ends the body.
    void watchForReset();
    // TLS: close_notify came (RFC 9112 section 9.8). TCP: it was no reset; true without watchForReset().
    [[nodiscard]] bool endedOrderly() const;

    // True when it is open and nothing has come that nobody asked for. Looks into the kernel, too.
    [[nodiscard]] bool isUsable() const;
    [[nodiscard]] bool isOpen() const; // whatever has come
    void setProtocol(const QString &protocol) { m_info.protocol = protocol; }
    [[nodiscard]] qint64 bytesAvailable() const { return m_socket->bytesAvailable(); }
    [[nodiscard]] qint64 bytesToWrite() const;
    // As one piece that is there already, where it can; readAll() of Qt copies.
    [[nodiscard]] QByteArray readAll() { return m_socket->read(m_socket->bytesAvailable()); }
    void write(const char *data, qint64 size) { m_socket->write(data, size); }
    void flush() { m_socket->flush(); } // now, not when the event loop gets to it

    QElapsedTimer idleSince; // the pool's

private:
    [[nodiscard]] bool looksOpen(bool &hasBytes) const; // hasBytes: in the kernel
    void connected();
    void encrypted();
    void readable();
    void failed(QAbstractSocket::SocketError error);
    void rememberSession();

    ConnectionPool &m_pool;
    ConnectionKey m_key;
    QTcpSocket *m_socket;
    QSslSocket *m_ssl = nullptr; // the same, when it is one
    WireUser *m_user = nullptr;
    ConnectionInfo m_info;
    std::optional<TlsInfo> m_tls;
    std::shared_ptr<TlsSeen> m_seen; // of the handshake's messages
    QString m_host;
    QList<QSslError> m_sslErrors;
    QString m_alert;
    QSsl::AlertType m_alertType = QSsl::AlertType::CloseNotify;
    QAbstractSocket::SocketError m_socketError = QAbstractSocket::UnknownSocketError;
    QString m_errorText;
    int m_watched = -1; // a duplicate of the socket's descriptor
    bool m_closeNotify = false;
    bool m_encrypted = false;
    bool m_tunnel = false;
    bool m_failed = false;
    bool m_retired = false;
};

} // namespace realmscope
