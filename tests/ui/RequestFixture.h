// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/credentials/SecretResolver.h"
#include "ui/session/AppContext.h"

#include <QtCore/QFile>
#include <QtCore/QTemporaryDir>
#include <QtNetwork/QTcpServer>
#include <QtNetwork/QTcpSocket>
#include <QtTest/QTest>

#include <functional>

namespace realmscope {

// A server whose answers are the test's own bytes, and which keeps every request it got.
class ScriptServer : public QObject
{
public:
    using Answer = std::function<QByteArray(const QByteArray &request)>; // an empty answer: none ever

    explicit ScriptServer(Answer answer) : m_answer(std::move(answer))
    {
        m_server.listen(QHostAddress::LocalHost);
        connect(&m_server, &QTcpServer::newConnection, this, [this] {
            while (QTcpSocket *socket = m_server.nextPendingConnection()) {
                socket->setParent(this);
                connect(socket, &QTcpSocket::readyRead, this, [this, socket] { read(socket); });
            }
        });
    }

    [[nodiscard]] QString url(const QString &path = QStringLiteral("/")) const
    {
        return QStringLiteral("http://127.0.0.1:%1%2").arg(m_server.serverPort()).arg(path);
    }
    [[nodiscard]] QString origin() const { return url({}); }
    [[nodiscard]] const QList<QByteArray> &requests() const { return m_requests; }

private:
    void read(QTcpSocket *socket)
    {
        m_pending[socket] += socket->readAll();
        QByteArray &pending = m_pending[socket];
        const qsizetype end = pending.indexOf("\r\n\r\n");
        if (end < 0)
            return;
        const qsizetype length = pending.indexOf("\r\nContent-Length: ");
        const qsizetype size = end + 4 + (length >= 0 && length < end ? pending.mid(length + 18, pending.indexOf("\r\n", length + 18) - length - 18).toLongLong() : 0);
        if (pending.size() < size)
            return;
        const QByteArray request = pending.first(size);
        pending = pending.sliced(size);
        m_requests.append(request);
        const QByteArray answer = m_answer(request);
        if (!answer.isEmpty()) {
            socket->write(answer);
            socket->disconnectFromHost();
        }
    }

    QTcpServer m_server;
    Answer m_answer;
    QHash<QTcpSocket *, QByteArray> m_pending;
    QList<QByteArray> m_requests;
};

[[nodiscard]] inline QByteArray response(int status, const QByteArray &reason, const QByteArray &headers,
                                         const QByteArray &body)
{
    return "HTTP/1.1 " + QByteArray::number(status) + ' ' + reason + "\r\n" + headers
        + "Content-Length: " + QByteArray::number(body.size()) + "\r\nConnection: close\r\n\r\n" + body;
}

// A workspace in a temporary folder, with secrets in memory in place of the keychain.
class RequestFixture
{
public:
    RequestFixture()
    {
        context.clock = std::make_unique<SystemClock>();
        context.random = std::make_unique<SystemRandom>();
        context.keychain = std::make_unique<MemoryStore>();
        // What a test throws away does not go into the trash of whoever runs it.
        qputenv("XDG_DATA_HOME", QFile::encodeName(m_private.path()));
        qputenv("XDG_CONFIG_HOME", QFile::encodeName(m_private.path())); // nor its approvals among this person's
        context.memory = std::make_unique<MemoryStore>();
        context.vault = std::make_shared<VaultStore>(VaultStore::defaultPath(), VaultCost{1, 8}); // libsodium's least
        context.vault->setWaitsForPassphrase(true);
        context.transport = std::make_unique<SocketTransport>(*context.clock);
        context.runner = std::make_unique<Runner>(*context.transport, *context.clock, *context.random);
        auto opened = Workspace::open(m_folder.path());
        Q_ASSERT(opened);
        context.workspace = std::move(opened).value();
        context.profiles = std::make_unique<ProfileStore>(context.workspace->profilesPath());
        context.storeRenewals();
    }

    // Makes a profile and stores its secrets.
    void addProfile(const QString &name, const QString &scheme, const QMap<QString, QString> &fields,
                    const QMap<QString, QString> &secrets, const QStringList &origins)
    {
        CredentialProfile profile = CredentialProfile::create(name, scheme);
        profile.fields = fields;
        profile.origins = origins;
        QMap<QString, Secret> values;
        for (auto it = secrets.cbegin(); it != secrets.cend(); ++it)
            values.insert(it.key(), Secret::fromString(it.value()));
        bool isDone = false;
        QObject receiver;
        storeProfileSecrets(profile, values, context.stores(), &receiver, [&](const Result<CredentialProfile> &stored) {
            isDone = stored && context.profiles->put(*stored);
        });
        QTRY_VERIFY(isDone);
    }

    [[nodiscard]] QString folder() const { return m_folder.path(); }

private:
    QTemporaryDir m_folder;
    QTemporaryDir m_private;

public:
    AppContext context; // after the folder: it goes first
};

} // namespace realmscope
