// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/base/Clock.h"
#include "app/http/SocketTransport.h"

#include <QtCore/QDir>
#include <QtNetwork/QTcpServer>
#include <QtNetwork/QTcpSocket>
#include <QtTest/QtTest>

#include <functional>
#include <memory>
#include <vector>

namespace realmscope::test {

// What a server saw on one connection.
struct Peer
{
    QTcpSocket *socket = nullptr;
    int index = 0; // of the connection, from 0
    QByteArray received;
    bool closed = false;
    [[nodiscard]] qsizetype requests() const { return received.count("HTTP/1.1\r\n"); }
};

// A server in the test's own thread whose answers are a function. Made for QTcpServer and QSslServer.
template <typename Server>
class Scripted
{
public:
    std::function<void(Peer &)> onConnect;
    std::function<void(Peer &)> onBytes; // after each read
    bool reads = true; // false: takes nothing, so that the client gets stuck
    std::vector<std::unique_ptr<Peer>> peers;
    Server server;

    Scripted()
    {
        QObject::connect(&server, &QTcpServer::pendingConnectionAvailable, &server, [this] {
            while (QTcpSocket *socket = server.nextPendingConnection()) {
                peers.push_back(std::make_unique<Peer>(Peer{socket, int(peers.size()), {}, false}));
                Peer *peer = peers.back().get();
                QObject::connect(socket, &QTcpSocket::readyRead, &server, [this, peer] { read(*peer); });
                QObject::connect(socket, &QTcpSocket::disconnected, &server, [peer] { peer->closed = true; });
                if (onConnect)
                    onConnect(*peer);
                if (socket->bytesAvailable() > 0)
                    read(*peer);
            }
        });
        if (!server.listen(QHostAddress::LocalHost))
            qFatal("can't listen on the loopback");
    }
    [[nodiscard]] quint16 port() const { return server.serverPort(); }
    // Answers every request head with these bytes.
    void answer(const QByteArray &response, bool close = false)
    {
        onBytes = [response, close](Peer &peer) {
            if (!peer.received.endsWith("\r\n\r\n"))
                return;
            peer.socket->write(response);
            if (close)
                peer.socket->disconnectFromHost();
        };
    }

private:
    void read(Peer &peer)
    {
        if (!reads)
            return;
        peer.received += peer.socket->readAll();
        if (onBytes)
            onBytes(peer);
    }
};
using ScriptedServer = Scripted<QTcpServer>;

inline Request request(const QByteArray &method, const QString &url, const QByteArray &body = {})
{
    Request out;
    out.method = method;
    const Result<Url> parsed = Url::parse(url);
    if (!parsed)
        qFatal("not a URL: %s", qPrintable(url));
    out.url = parsed.value();
    out.headers.append("Host", out.url.hostHeader());
    if (!body.isEmpty())
        out.headers.append("Content-Length", QByteArray::number(body.size()));
    out.body = body;
    return out;
}
inline Request get(quint16 port, const QString &path = QStringLiteral("/"))
{
    return request("GET", QStringLiteral("http://127.0.0.1:%1%2").arg(port).arg(path));
}

// Waits for the end of an operation and keeps what it told.
class Ending
{
public:
    explicit Ending(TransportOperation *operation) : m_operation(operation)
    {
        QObject::connect(operation, &TransportOperation::finished, &m_loop, [this](const Exchange &exchange) {
            ++count;
            m_exchange = exchange;
            m_loop.exitLoop();
        });
        QObject::connect(operation, &TransportOperation::phaseChanged, &m_loop,
                         [this](TransportPhase phase) { phases.append(phase); });
    }
    [[nodiscard]] const Exchange &wait(int milliseconds = 10'000)
    {
        if (count == 0)
            m_loop.enterLoopMSecs(milliseconds);
        if (count != 1)
            QTest::qFail("finished() did not come exactly once", __FILE__, __LINE__);
        return m_exchange;
    }
    [[nodiscard]] TransportOperation *operation() const { return m_operation.get(); }
    int count = 0;
    QList<TransportPhase> phases;

private:
    QTestEventLoop m_loop;
    std::unique_ptr<TransportOperation> m_operation;
    Exchange m_exchange;
};

inline Exchange run(Transport &transport, const Request &request, const TransportOptions &options = {})
{
    Ending ending(transport.start(request, options));
    return ending.wait();
}

inline qsizetype openFiles() { return QDir(QStringLiteral("/proc/self/fd")).entryList(QDir::NoDotAndDotDot | QDir::AllEntries | QDir::System).size(); }

} // namespace realmscope::test
