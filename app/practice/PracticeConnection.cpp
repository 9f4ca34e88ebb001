// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/practice/PracticeConnection.h"

#include <QtCore/QScopedValueRollback>
#include <QtNetwork/QSslSocket>
#include <QtNetwork/QTcpSocket>

#include <algorithm>

#ifdef Q_OS_UNIX
#include <sys/socket.h>
#endif

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr qint64 readBufferBytes = 64 * 1024;
constexpr qint64 unsentBytes = 1024 * 1024;        // beyond this no further pipelined request is looked at
constexpr qint64 drainBytes = 16 * 1024 * 1024;
constexpr int drainMs = 2000;

Limits requestLimits()
{
    Limits limits;
    limits.headerBytes = 64 * 1024;
    limits.headerCount = 200;
    limits.bodyBytes = 4 * 1024 * 1024;
    return limits;
}

bool hasListItem(const Headers &headers, QByteArrayView name, QByteArrayView item)
{
    const QList<QByteArray> items = splitList(headers.combined(name));
    return std::ranges::any_of(items, [&](const QByteArray &each) { return equalsIgnoreCase(each, item); });
}

// What the room hears of the client's certificate. Qt verified it against the authority of the range alone.
QString certificateOf(const QTcpSocket *socket)
{
    const auto *tls = qobject_cast<const QSslSocket *>(socket);
    if (!tls || tls->peerCertificate().isNull())
        return u"absent"_s;
    return tls->sslHandshakeErrors().isEmpty() ? u"visitor"_s : u"unknown"_s;
}

QByteArray inChunks(const QByteArray &body)
{
    QByteArray result;
    constexpr qsizetype size = 512;
    for (qsizetype at = 0; at < body.size(); at += size) {
        const QByteArray part = body.mid(at, size);
        result += QByteArray::number(part.size(), 16) + "\r\n" + part + "\r\n";
    }
    return result + "0\r\n\r\n";
}

} // namespace

PracticeConnection::PracticeConnection(QTcpSocket *socket, QString listener, RoomKeeper &keeper, int requestTimeoutMs,
                                       QObject *parent)
    : QObject(parent), m_socket(socket), m_listener(std::move(listener)), m_keeper(keeper),
      m_requestTimeoutMs(requestTimeoutMs), m_parser(requestLimits())
{
    socket->setParent(this);
    // Without a limit Qt reads as fast as a client sends, whether anybody looks at it or not.
    socket->setReadBufferSize(readBufferBytes);
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &PracticeConnection::onTimeout);
    connect(socket, &QTcpSocket::readyRead, this, &PracticeConnection::read);
    connect(socket, &QTcpSocket::bytesWritten, this, &PracticeConnection::process);
    connect(socket, &QTcpSocket::disconnected, this, &QObject::deleteLater);
    m_timer.start(m_requestTimeoutMs);
    if (socket->bytesAvailable() > 0)
        QMetaObject::invokeMethod(this, &PracticeConnection::read, Qt::QueuedConnection);
}

void PracticeConnection::refuse()
{
    complain(503, "The practice range serves as many connections as it can; close some and try again.\n");
}

void PracticeConnection::close()
{
    m_draining = true;
    m_buffer.clear();
    m_timer.stop();
    m_socket->abort();
    deleteLater();
}

void PracticeConnection::read()
{
    if (m_draining) {
        m_drained += m_socket->readAll().size();
        if (m_drained > drainBytes)
            m_socket->abort();
        return;
    }
    process();
}

void PracticeConnection::process()
{
    if (m_processing) // flush() below says bytesWritten
        return;
    const QScopedValueRollback<bool> guard(m_processing, true);
    while (!m_draining && m_socket->bytesToWrite() < unsentBytes) {
        if (m_buffer.isEmpty())
            m_buffer = m_socket->readAll();
        if (m_buffer.isEmpty())
            return;
        m_requestBegun = true;
        const qsizetype taken = m_parser->feed(m_buffer);
        m_buffer.remove(0, taken);
        if (m_parser->hasFailed()) {
            const bool tooMuch = m_parser->error().code == ErrorCode::LimitExceeded;
            const int status = !tooMuch ? 400 : m_parser->headersComplete() ? 413 : 431;
            complain(status, m_parser->error().message.toUtf8() + '\n');
            return;
        }
        if (!m_parser->isFinished()) {
            // Said beforehand, so that the client need not send it all to hear that it is too much.
            if (m_parser->headersComplete()
                && m_parser->head().headers.value("Content-Length").toLongLong() > requestLimits().bodyBytes) {
                complain(413, "The body is larger than this server takes.\n");
                return;
            }
            if (m_parser->headersComplete() && !m_continueSent
                && hasListItem(m_parser->head().headers, "Expect", "100-continue")) {
                m_continueSent = true;
                m_socket->write("HTTP/1.1 100 Continue\r\n\r\n");
            }
            if (taken == 0)
                return;
            continue;
        }
        const RequestHead head = m_parser->head();
        const QByteArray body = m_parser->body();
        m_parser.emplace(requestLimits());
        m_requestBegun = false;
        m_continueSent = false;
        m_timer.start(m_requestTimeoutMs);
        handle(head, body); // who hears of the answer may stop the server: then this is closed
    }
}

void PracticeConnection::handle(const RequestHead &head, const QByteArray &body)
{
    const bool http10 = head.version == "HTTP/1.0";
    if (!http10 && head.headers.values("Host").size() != 1) { // RFC 9112 section 3.2
        complain(400, "A request needs exactly one Host header (RFC 9112 section 3.2).\n");
        return;
    }
    if (!head.target.startsWith('/') && !head.target.startsWith("http://") && head.target != "*") {
        complain(400, "The request target has to be a path (RFC 9112 section 3.2.1).\n");
        return;
    }
    const bool keepAlive = http10 ? hasListItem(head.headers, "Connection", "keep-alive")
                                  : !hasListItem(head.headers, "Connection", "close");
    PracticeAnswer answer = m_keeper.answer({m_listener, certificateOf(m_socket), head, body});
    const QString roomId = answer.roomId;
    const int status = answer.status;
    send(std::move(answer), head.method == "HEAD", http10, keepAlive);
    if (!roomId.isEmpty())
        Q_EMIT answered(roomId, status);
}

void PracticeConnection::send(PracticeAnswer answer, bool headOnly, bool http10, bool keepAlive)
{
    const bool bodyless = answer.status == 204 || answer.status == 304; // RFC 9110 section 6.4.1
    const bool chunked = answer.chunked && !http10 && !bodyless;
    if (chunked)
        answer.headers.append("Transfer-Encoding", "chunked");
    else if (!bodyless)
        answer.headers.append("Content-Length", QByteArray::number(answer.body.size()));
    if (!keepAlive)
        answer.headers.append("Connection", "close");
    else if (http10)
        answer.headers.append("Connection", "keep-alive");

    QByteArray bytes = "HTTP/1.1 " + QByteArray::number(answer.status) + ' ' + answer.reason + "\r\n";
    for (const HeaderField &field : answer.headers)
        bytes += field.name + ": " + field.value + "\r\n";
    bytes += "\r\n";
    if (!headOnly && !bodyless)
        bytes += chunked ? inChunks(answer.body) : answer.body;
    m_socket->write(bytes);
    // At once: when the client has shut its side down already, Qt closes the socket before it writes what is buffered.
    m_socket->flush();
    if (!keepAlive) {
        m_draining = true;
        m_buffer.clear();
        m_timer.start(drainMs); // for a client that does not fetch the answer
        m_socket->disconnectFromHost();
    }
}

void PracticeConnection::complain(int status, const QByteArray &text)
{
    PracticeAnswer answer;
    answer.status = status;
    answer.reason = standardReason(status);
    answer.headers.append("Content-Type", "text/plain; charset=utf-8");
    answer.headers.append("Connection", "close");
    answer.body = text;
    send(std::move(answer), false, false, true);
    startDraining();
}

// After a complaint the client may still be sending. Closing with unread bytes in the kernel would reset the connection,
// and the client might lose the answer (RFC 9112 section 9.6). So the sending side is closed first, and what the client
// still sends is read for a while and thrown away.
void PracticeConnection::startDraining()
{
    m_draining = true;
    m_buffer.clear();
    m_timer.start(drainMs);
#ifdef Q_OS_UNIX
    // QTcpSocket cannot close one side. Under TLS the record still to come is lost with it: the timer closes there.
    if (m_socket->bytesToWrite() == 0 && !qobject_cast<QSslSocket *>(m_socket))
        ::shutdown(int(m_socket->socketDescriptor()), SHUT_WR);
#endif
    if (m_socket->bytesAvailable() > 0)
        read();
}

void PracticeConnection::onTimeout()
{
    if (m_draining || !m_requestBegun) {
        m_socket->abort();
        return;
    }
    complain(408, "The request was not complete in time.\n");
}

} // namespace realmscope
