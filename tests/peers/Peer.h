// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QtCore/QProcess>
#include <QtCore/QString>
#include <QtCore/QTemporaryDir>

#include <memory>

// A real server in a folder of its own, on a free loopback port, ended with the object.
class Peer
{
public:
    // Each gives null where the program is not installed, or with `why` set when it did not start.
    static std::unique_ptr<Peer> apache(QString *why);
    static std::unique_ptr<Peer> nginx(QString *why);
    static std::unique_ptr<Peer> lighttpd(QString *why);
    ~Peer();

    [[nodiscard]] QString url(const QString &path) const;
    [[nodiscard]] quint16 port() const { return m_port; }

    // Every peer knows this user.
    static constexpr auto user = "alice";
    static constexpr auto password = "Opal-73-river";

    // For a server of a test's own: write its files, then start it with the port in its configuration.
    Peer();
    bool start(const QString &program, const QStringList &arguments, QString *why);
    void write(const QString &name, const QByteArray &text) const;
    [[nodiscard]] QString path(const QString &name) const { return m_dir.filePath(name); }
    [[nodiscard]] static QString program(const QString &name); // empty where it is not installed

private:
    QTemporaryDir m_dir;
    QProcess m_process;
    quint16 m_port = 0;
};
