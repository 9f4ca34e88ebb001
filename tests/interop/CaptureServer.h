// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/Codec.h"

#include <QtCore/QObject>
#include <QtNetwork/QTcpServer>
#include <QtNetwork/QTcpSocket>

#include <memory>

namespace realmscope {

// Answers every request with 200 and keeps what it got.
class CaptureServer : public QObject
{
    Q_OBJECT
public:
    CaptureServer()
    {
        (void)m_server.listen(QHostAddress::LocalHost);
        connect(&m_server, &QTcpServer::newConnection, this, [this] {
            while (QTcpSocket *socket = m_server.nextPendingConnection())
                serve(socket);
        });
    }
    [[nodiscard]] QString base() const { return QStringLiteral("http://127.0.0.1:%1").arg(m_server.serverPort()); }
    [[nodiscard]] quint16 port() const { return m_server.serverPort(); }

    QList<RequestHead> heads;
    QList<QByteArray> bodies;

private:
    void serve(QTcpSocket *socket)
    {
        auto parser = std::make_shared<RequestParser>();
        connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
        connect(socket, &QTcpSocket::readyRead, this, [this, socket, parser] {
            (void)parser->feed(socket->readAll());
            if (parser->headersComplete() && !m_continued && parser->head().headers.contains("Expect")) {
                m_continued = true;
                socket->write("HTTP/1.1 100 Continue\r\n\r\n");
            }
            if (!parser->isFinished())
                return;
            heads << parser->head();
            bodies << parser->body();
            socket->write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            socket->disconnectFromHost();
        });
    }

    QTcpServer m_server;
    bool m_continued = false;
};

} // namespace realmscope
