// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QtCore/QProcess>
#include <QtCore/QString>
#include <QtCore/QTemporaryDir>

#include <memory>

// Servers of HTTP/2 that have nothing in common with one another, each in a folder of its own on a free loopback port.
class Http2Peer
{
public:
    // Each gives null where the program is not installed, or with `why` set when it did not start.
    static std::unique_ptr<Http2Peer> nghttpd(QString *why);   // without TLS; serves files and says what it receives
    static std::unique_ptr<Http2Peer> node(QString *why);      // without TLS; answers with what it received
    static std::unique_ptr<Http2Peer> nodeTls(QString *why);   // with ALPN; wants HTTP/1.1 for all requests
    static std::unique_ptr<Http2Peer> nginx(QString *why);     // with TLS and ALPN
    static std::unique_ptr<Http2Peer> apache(QString *why);    // likewise
    ~Http2Peer();

    [[nodiscard]] QString url(const QString &path) const;
    [[nodiscard]] QByteArray takeOutput(); // standard output so far

    static constexpr auto user = "alice";
    static constexpr auto password = "Opal-73-river";

private:
    Http2Peer();
    bool start(const QString &program, const QStringList &arguments, QString *why);
    void write(const QString &name, const QByteArray &text) const;
    [[nodiscard]] bool makeCertificate(QString *why) const;
    [[nodiscard]] QByteArray path(const QString &name) const { return m_dir.filePath(name).toUtf8(); }
    [[nodiscard]] QByteArray portText() const { return QByteArray::number(m_port); }

    QTemporaryDir m_dir;
    QProcess m_process;
    QString m_scheme = QStringLiteral("http");
    quint16 m_port = 0;
};
