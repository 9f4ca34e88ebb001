// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/Codec.h"
#include "app/practice/RoomKeeper.h"

#include <QtCore/QObject>
#include <QtCore/QTimer>

#include <functional>
#include <optional>

class QTcpSocket;

namespace realmscope {

// One client's connection: reads requests, writes answers in order, and lets no client hold on for ever. Deletes itself
// when the socket has closed.
class PracticeConnection : public QObject
{
    Q_OBJECT
public:
    // Takes the socket. requestTimeoutMs is the time that a client has for one request, the wait before it included.
    PracticeConnection(QTcpSocket *socket, QString listener, RoomKeeper &keeper, int requestTimeoutMs,
                       QObject *parent = nullptr);

    // Answers 503 and closes: the range is full.
    void refuse();
    // Drops the client. Afterwards nothing here uses the keeper, also when this was called from answered().
    void close();

Q_SIGNALS:
    void answered(const QString &roomId, int status);

private:
    void read();
    void process();
    void handle(const RequestHead &head, const QByteArray &body);
    void complain(int status, const QByteArray &text);
    void send(PracticeAnswer answer, bool headOnly, bool http10, bool keepAlive);
    void startDraining();
    void onTimeout();

    QTcpSocket *m_socket;
    QString m_listener;
    RoomKeeper &m_keeper;
    int m_requestTimeoutMs;
    QTimer m_timer;
    QByteArray m_buffer;
    std::optional<RequestParser> m_parser;
    bool m_requestBegun = false;
    bool m_continueSent = false;
    bool m_processing = false;
    bool m_draining = false; // the last answer is on its way: what still comes is thrown away
    qint64 m_drained = 0;
};

} // namespace realmscope
