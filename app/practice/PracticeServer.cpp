// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/practice/PracticeServer.h"

#include "app/practice/PracticeCertificates.h"
#include "app/practice/PracticeConnection.h"
#include "app/practice/RoomKeeper.h"

#include <QtNetwork/QSslSocket>
#include <QtNetwork/QTcpServer>
#include <QtNetwork/QTcpSocket>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr qsizetype maximumConnections = 256;
constexpr int backlog = 128;

// Every listener is an origin of its own. Only the first takes the port that was asked for.
constexpr const char *listenerNames[] = {"base", "base2", "tls"};

// Gives out sockets on which the handshake has begun.
class PracticeTlsListener final : public QTcpServer
{
public:
    explicit PracticeTlsListener(QSslConfiguration configuration) : m_configuration(std::move(configuration)) {}

protected:
    void incomingConnection(qintptr descriptor) override
    {
        auto *socket = new QSslSocket(this);
        socket->setSslConfiguration(m_configuration);
        if (!socket->setSocketDescriptor(descriptor)) {
            delete socket;
            return;
        }
        socket->startServerEncryption();
        addPendingConnection(socket);
    }

private:
    QSslConfiguration m_configuration;
};

} // namespace

class PracticeServer::Private
{
public:
    Private(const Clock &theClock, Random &theRandom) : clock(theClock), random(theRandom) {}

    const Clock &clock;
    Random &random;
    int requestTimeoutMs = 30'000;
    std::unique_ptr<RoomKeeper> keeper;
    std::unique_ptr<PracticeCertificates> certificates;
    std::vector<std::unique_ptr<QTcpServer>> listeners;
    QMap<QString, QString> addresses;
    QList<PracticeConnection *> connections;
};

PracticeServer::PracticeServer(const Clock &clock, Random &random, QObject *parent)
    : QObject(parent), d(std::make_unique<Private>(clock, random))
{
}

PracticeServer::~PracticeServer()
{
    stop();
}

Result<void> PracticeServer::start(quint16 port)
{
    stop();
    Result<QList<RoomScript>> scripts = loadRoomScripts();
    if (!scripts) {
        Error error = scripts.error();
        error.code = ErrorCode::InvalidInput;
        return error;
    }
    d->keeper = std::make_unique<RoomKeeper>(std::move(scripts).value(), d->clock, d->random);

    d->certificates = std::make_unique<PracticeCertificates>();
    if (const Result<void> made = d->certificates->make(d->clock.nowSeconds()); !made) {
        stop();
        return made.error();
    }

    for (const char *name : listenerNames) {
        const bool isTls = qstrcmp(name, "tls") == 0;
        std::unique_ptr<QTcpServer> listener = isTls ? std::make_unique<PracticeTlsListener>(d->certificates->server()) : std::make_unique<QTcpServer>();
        listener->setListenBacklogSize(backlog);
        const quint16 wanted = d->listeners.empty() ? port : quint16(0);
        if (!listener->listen(QHostAddress::LocalHost, wanted)) {
            const Error error{ErrorCode::ConnectFailed,
                              u"the practice range cannot listen on 127.0.0.1:%1"_s.arg(wanted),
                              listener->errorString(),
                              u"Choose another port, or 0 for any free one."_s};
            stop();
            return error;
        }
        const QString listenerName = QString::fromLatin1(name);
        d->addresses.insert(listenerName, u"%1://127.0.0.1:%2"_s.arg(isTls ? u"https"_s : u"http"_s).arg(listener->serverPort()));
        connect(listener.get(), &QTcpServer::newConnection, this, [this, server = listener.get(), listenerName] {
            while (QTcpSocket *socket = server->nextPendingConnection())
                take(socket, listenerName);
        });
        d->listeners.push_back(std::move(listener));
    }
    d->addresses.insert(d->certificates->files());
    d->keeper->setAddresses(d->addresses);
    return {};
}

void PracticeServer::take(QTcpSocket *socket, const QString &listener)
{
    const bool full = d->connections.size() >= maximumConnections;
    auto *connection = new PracticeConnection(socket, listener, *d->keeper, d->requestTimeoutMs, this);
    d->connections.append(connection);
    connect(connection, &PracticeConnection::answered, this, &PracticeServer::answered);
    connect(connection, &QObject::destroyed, this, [this, connection] { d->connections.removeOne(connection); });
    if (full)
        connection->refuse();
}

void PracticeServer::stop()
{
    d->listeners.clear();
    d->addresses.clear();
    const QList<PracticeConnection *> connections = std::exchange(d->connections, {});
    for (PracticeConnection *connection : connections) {
        connection->disconnect(this);
        connection->close();
    }
    d->keeper.reset();
    d->certificates.reset();
}

bool PracticeServer::isRunning() const
{
    return !d->listeners.empty();
}

void PracticeServer::setRequestTimeout(int milliseconds)
{
    d->requestTimeoutMs = milliseconds;
}

QMap<QString, QString> PracticeServer::addresses() const
{
    return d->addresses;
}

QList<Room> PracticeServer::rooms() const
{
    Result<QList<Room>> rooms = loadRooms(d->clock.nowMs() / 1000);
    if (!isRunning() || !rooms)
        return {};
    for (Room &room : rooms.value()) {
        for (QStringList *words : {&room.curl, &room.fixed}) {
            for (auto address = d->addresses.begin(); address != d->addresses.end(); ++address)
                words->replaceInStrings(u'{' + address.key() + u'}', address.value());
        }
        for (auto address = d->addresses.begin(); address != d->addresses.end(); ++address)
            room.credentials.replace(u'{' + address.key() + u'}', address.value());
    }
    return std::move(rooms).value();
}

} // namespace realmscope
