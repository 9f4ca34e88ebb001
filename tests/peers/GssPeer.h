// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QtCore/QProcess>
#include <QtCore/QProcessEnvironment>
#include <QtCore/QTemporaryDir>

#include <memory>

// A Kerberos realm of its own (MIT KDC) and an Apache with mod_auth_gssapi: /krb wants a ticket for HTTP/localhost, /ntlm
// wants NTLM by gss-ntlmssp. Both on free loopback ports, ended with the object.
class GssPeer
{
public:
    // Null where a program is not installed (`missing` says which), or with `why` set when it did not start.
    static std::unique_ptr<GssPeer> make(QString *missing, QString *why);
    ~GssPeer();

    [[nodiscard]] QString url(const QString &host, const QString &path) const;
    [[nodiscard]] bool hasNtlm() const { return m_hasNtlm; }
    // For a client: that realm alone, with alice's ticket or with none, and no other mechanism of this computer.
    [[nodiscard]] QProcessEnvironment clientEnvironment(bool withTicket) const;

    static constexpr auto ntlmPassword = "Amber-19-fjord"; // of LAB\alice

private:
    GssPeer() = default;
    [[nodiscard]] bool makeRealm(QString *why);
    [[nodiscard]] bool makeApache(const QString &program, QString *why);
    void write(const QString &name, const QByteArray &text) const;
    [[nodiscard]] QString path(const QString &name) const { return m_dir.filePath(name); }
    [[nodiscard]] QProcessEnvironment realmEnvironment() const;
    [[nodiscard]] bool run(const QString &program, const QStringList &words, const QByteArray &input, QString *why) const;
    [[nodiscard]] static bool waitForPort(QProcess &process, quint16 port, QString *why);

    QTemporaryDir m_dir;
    QProcess m_kdc, m_apache;
    quint16 m_kdcPort = 0, m_port = 0;
    QString m_ntlmModule;
    bool m_hasNtlm = false;
};
