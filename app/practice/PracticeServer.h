// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/base/Clock.h"
#include "app/base/Random.h"
#include "app/practice/Room.h"

#include <QtCore/QMap>
#include <QtCore/QObject>

#include <memory>

class QTcpSocket;

namespace realmscope {

// The practice range: a loopback server on our own Codec whose rooms fail in known ways. Listens on 127.0.0.1 only.
// Several listeners where rooms need them: "base", "base2" (another origin), "tls" (which asks for a certificate).
class PracticeServer : public QObject
{
    Q_OBJECT
public:
    PracticeServer(const Clock &clock, Random &random, QObject *parent = nullptr);
    ~PracticeServer() override;

    // port 0: any free one. Errors: ConnectFailed when the port is taken, InvalidInput when the room data is damaged, those
    // of PracticeCertificates.
    [[nodiscard]] Result<void> start(quint16 port = 0);
    void stop();
    [[nodiscard]] bool isRunning() const;

    // The time that a client has for one request, the wait before it included; 30 s. Holds for new connections.
    void setRequestTimeout(int milliseconds);

    // "base" → "http://127.0.0.1:40123", "tls" → "https://127.0.0.1:40125", … and the files of PracticeCertificates
    // ("ca" → its path): what stands in the words of a room as {base}, {tls}, {ca}.
    [[nodiscard]] QMap<QString, QString> addresses() const;
    // Addresses and tokens filled in, tokens fresh at each call; empty while not running.
    [[nodiscard]] QList<Room> rooms() const;

Q_SIGNALS:
    // A room answered: status, for the practice page ("solved" is 200 by the fixed request's path).
    void answered(const QString &roomId, int status);

private:
    void take(QTcpSocket *socket, const QString &listener);

    class Private;
    std::unique_ptr<Private> d;
};

} // namespace realmscope
