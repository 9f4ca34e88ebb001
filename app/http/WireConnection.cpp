// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/http/WireConnection.h"

#include "app/http/ConnectionPool.h"
#include "app/http/HostResolver.h"
#include "app/http/TlsFacts.h"
#include "app/http/TlsProbe.h"

#include <QtNetwork/QNetworkProxy>
#include <QtNetwork/QSslConfiguration>
#include <QtNetwork/QTcpSocket>

#ifdef Q_OS_UNIX
#include <sys/socket.h>
#include <unistd.h>
#endif
#ifdef Q_OS_LINUX
#include <netinet/in.h>
#include <netinet/tcp.h>
#endif

#include <cerrno>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

// Else Qt takes all that the kernel has, which are tens of megabytes from a fast server.
constexpr qint64 readBufferSize = 256 * 1024;

} // namespace

WireConnection::WireConnection(ConnectionPool &pool, ConnectionKey key)
    : QObject(&pool), m_pool(pool), m_key(std::move(key))
{
    if (m_key.origin.scheme == "https"_L1)
        m_socket = m_ssl = new QSslSocket(this);
    else
        m_socket = new QTcpSocket(this);
    // Without one the application's could take part unseen. HTTP proxies are ours to talk to, so that their answers show.
    QNetworkProxy proxy(QNetworkProxy::NoProxy);
    if (m_key.proxy && m_key.proxy->kind == ProxyServer::Kind::Socks5)
        proxy = QNetworkProxy(QNetworkProxy::Socks5Proxy, m_key.proxy->host, m_key.proxy->port, m_key.proxy->userName,
                              m_key.proxy->password.revealText());
    m_socket->setProxy(proxy);
    if (m_key.proxy)
        m_info.proxy = m_key.proxy->toString();
    m_info.protocol = u"http/1.1"_s;
    connect(m_socket, &QTcpSocket::connected, this, &WireConnection::connected);
    connect(m_socket, &QTcpSocket::readyRead, this, &WireConnection::readable);
    connect(m_socket, &QTcpSocket::errorOccurred, this, &WireConnection::failed);
    const auto written = [this] {
        const ConnectionPool::Dispatch dispatch(m_pool);
        if (m_user && !m_failed)
            m_user->wireWritten();
    };
    connect(m_socket, &QTcpSocket::bytesWritten, this, written);
    connect(m_socket, &QTcpSocket::disconnected, this, [this] { failed(QAbstractSocket::RemoteHostClosedError); });
    if (!m_ssl)
        return;
    connect(m_ssl, &QSslSocket::encryptedBytesWritten, this, written);
    connect(m_ssl, &QSslSocket::encrypted, this, &WireConnection::encrypted);
    connect(m_ssl, &QSslSocket::newSessionTicketReceived, this, &WireConnection::rememberSession);
    connect(m_ssl, &QSslSocket::sslErrors, this, [this](const QList<QSslError> &errors) {
        m_sslErrors = errors;
        readTls(); // now: the chain goes when the socket gives up
        if (!m_key.verifyTls)
            m_ssl->ignoreSslErrors();
    });
    connect(m_ssl, &QSslSocket::alertReceived, this,
            [this](QSsl::AlertLevel, QSsl::AlertType type, const QString &description) {
                if (type == QSsl::AlertType::CloseNotify) {
                    m_closeNotify = true; // an orderly end, nothing to alarm anybody
                    return;
                }
                m_alertType = type;
                m_alert = describeAlert(type, description);
                if (m_tls)
                    m_tls->alert = m_alert;
            });
}

WireConnection::~WireConnection()
{
#ifdef Q_OS_UNIX
    if (m_watched >= 0)
        ::close(m_watched);
#endif
}

void WireConnection::watchForReset()
{
#ifdef Q_OS_LINUX
    // Qt reports a reset as an orderly end and closes the descriptor first, so the state is asked of a duplicate.
    if (!m_encrypted && m_watched < 0 && m_socket->socketDescriptor() >= 0)
        m_watched = ::dup(int(m_socket->socketDescriptor()));
#endif
}

bool WireConnection::endedOrderly() const
{
    if (m_encrypted)
        return m_closeNotify;
#ifdef Q_OS_LINUX
    tcp_info state{};
    socklen_t size = sizeof state;
    if (m_watched >= 0 && ::getsockopt(m_watched, IPPROTO_TCP, TCP_INFO, &state, &size) == 0)
        return state.tcpi_state != TCP_CLOSE; // after a FIN it is CLOSE_WAIT
#endif
    return true;
}

void WireConnection::connectTo(const QHostAddress &address, quint16 port)
{
    m_socket->connectToHost(address, port);
}

void WireConnection::connectTo(const QString &name, quint16 port)
{
    m_info.peerAddress = (name.contains(u':') ? u'[' + name + u']' : name) + u':' + QString::number(port);
    m_socket->connectToHost(name, port);
}

void WireConnection::startTls(QSslConfiguration configuration, const QString &host)
{
    m_host = host;
    if (const TlsSession *session = m_pool.session(m_key))
        configuration.setSessionTicket(session->ticket);
    m_ssl->setSslConfiguration(configuration);
    m_ssl->setPeerVerifyName(host);
    m_seen = std::make_shared<TlsSeen>();
    const TlsProbeScope scope(m_seen, !configuration.localCertificate().isNull());
    m_ssl->startClientEncryption();
}

void WireConnection::retire()
{
    if (m_retired)
        return;
    m_retired = true;
    m_user = nullptr;
    m_socket->disconnect(this);
    if (m_pool.isDispatching()) {
        deleteLater(); // one of the socket's signals may be on its way up; closing it now would pull its ground away
        return;
    }
    m_socket->abort();
    delete this;
}

void WireConnection::readTls()
{
    const QString alert = m_alert;
    TlsInfo facts = readTlsFacts(*m_ssl, m_host, m_sslErrors);
    // What was read while the socket still had it must not be lost to a later look.
    if (m_tls && facts.chain.isEmpty())
        facts.chain = m_tls->chain;
    if (m_tls && facts.cipher.isEmpty()) {
        facts.protocol = m_tls->protocol;
        facts.cipher = m_tls->cipher;
    }
    facts.verificationSkipped = !m_key.verifyTls;
    facts.alert = alert;
    m_tls = std::move(facts);
    addLateFacts();
}

void WireConnection::addLateFacts()
{
    if (!m_tls || !m_seen || !m_seen->watched)
        return;
    m_tls->clientCertificateRequested = m_seen->certificateRequested;
    m_tls->clientCertificateSent = m_seen->certificateSent;
    m_tls->events = m_seen->events;
}

Error WireConnection::handshakeFailure() const
{
    return handshakeError(m_tls.value_or(TlsInfo{}), m_sslErrors, m_host, m_errorText,
                          m_socketError == QAbstractSocket::RemoteHostClosedError);
}

bool WireConnection::isUsable() const
{
    bool hasBytes = false;
    if (!looksOpen(hasBytes) || m_socket->bytesAvailable() > 0)
        return false;
    return !hasBytes || m_encrypted; // TLS has records of its own, such as session tickets
}

bool WireConnection::isOpen() const
{
    bool hasBytes = false;
    return looksOpen(hasBytes);
}

bool WireConnection::looksOpen(bool &hasBytes) const
{
    if (m_failed || m_socket->state() != QAbstractSocket::ConnectedState)
        return false;
#ifdef Q_OS_UNIX
    // The event that says so may still be waiting in the event loop.
    char byte = 0;
    const auto count = ::recv(int(m_socket->socketDescriptor()), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    if (count == 0 || (count < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR))
        return false;
    hasBytes = count > 0;
#endif
    return true;
}

qint64 WireConnection::bytesToWrite() const
{
    return m_socket->bytesToWrite() + (m_ssl ? m_ssl->encryptedBytesToWrite() : 0);
}

void WireConnection::connected()
{
    const ConnectionPool::Dispatch dispatch(m_pool);
    m_socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    m_socket->setReadBufferSize(readBufferSize);
    m_info.id = m_pool.nextConnectionId();
    m_info.localAddress = addressText(m_socket->localAddress(), m_socket->localPort());
    if (m_info.peerAddress.isEmpty())
        m_info.peerAddress = addressText(m_socket->peerAddress(), m_socket->peerPort());
    if (m_user)
        m_user->wireConnected();
}

void WireConnection::encrypted()
{
    const ConnectionPool::Dispatch dispatch(m_pool);
    m_encrypted = true;
    if (m_seen)
        m_seen->handshakeDone = true;
    readTls();
    // A resumed session has no chain on the wire; it is the one that was verified when the session began.
    const TlsSession *session = m_pool.session(m_key);
    if (session && m_tls->chain.size() < session->chain.size())
        m_tls->chain = session->chain;
    rememberSession(); // TLS 1.2 has the ticket by now, TLS 1.3 sends it later
    if (m_user)
        m_user->wireEncrypted();
}

void WireConnection::rememberSession()
{
    // Only of a session that was verified without any error: resuming skips the verification.
    if (!m_tls || !m_tls->verified)
        return;
    const QByteArray ticket = m_ssl->sslConfiguration().sessionTicket();
    if (!ticket.isEmpty())
        m_pool.rememberSession(m_key, {ticket, m_tls->chain});
}

void WireConnection::readable()
{
    const ConnectionPool::Dispatch dispatch(m_pool);
    if (m_retired)
        return;
    if (m_user)
        m_user->wireReadable();
    else
        m_pool.dropIdle(this); // nobody asked for anything
}

void WireConnection::failed(QAbstractSocket::SocketError error)
{
    if (m_failed || m_retired || error == QAbstractSocket::TemporaryError)
        return;
    const ConnectionPool::Dispatch dispatch(m_pool);
    m_socketError = error;
    m_errorText = m_socket->errorString();
    if (!m_user) {
        m_failed = true;
        m_pool.dropIdle(this);
        return;
    }
    // The last bytes may have come together with the end.
    while (m_user && m_socket->bytesAvailable() > 0) {
        const qint64 before = m_socket->bytesAvailable();
        m_user->wireReadable();
        if (!m_retired && m_socket->bytesAvailable() == before)
            break;
    }
    if (m_retired)
        return;
    m_failed = true;
    if (m_ssl && !m_host.isEmpty() && !m_encrypted)
        readTls();
    if (m_user)
        m_user->wireFailed();
    else
        m_pool.dropIdle(this);
}

} // namespace realmscope
