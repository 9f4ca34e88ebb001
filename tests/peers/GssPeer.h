// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/http/Certificates.h"

#include <QtCore/QProcess>
#include <QtCore/QProcessEnvironment>
#include <QtCore/QTemporaryDir>

#include <memory>

// A Kerberos realm of its own (MIT KDC) and an Apache with mod_auth_gssapi: /krb wants a ticket for HTTP/localhost, /delegated
// too, and keeps what it may have of the client's own, /ntlm
// wants NTLM by gss-ntlmssp, /open nothing. The same Apache is a proxy that wants a ticket, and one that wants NTLM. Beside them an
// HTTPS server that insists on channel binding (gss_bindings.py). All on free loopback ports, ended with the object.
class GssPeer
{
public:
    // Null where a program is not installed (`missing` says which), or with `why` set when it did not start.
    static std::unique_ptr<GssPeer> make(QString *missing, QString *why);
    ~GssPeer();

    [[nodiscard]] QString url(const QString &host, const QString &path) const;
    [[nodiscard]] QString tlsUrl(const QString &path) const;       // of the server with channel binding, at localhost
    [[nodiscard]] QString proxy(const QString &scheme) const;      // "krb", "ntlm": a word for curl's -x
    [[nodiscard]] QString authority() const { return m_certificates.path(QStringLiteral("ca.pem")); } // that signed tlsUrl()'s certificate
    [[nodiscard]] bool hasNtlm() const { return m_hasNtlm; }
    [[nodiscard]] const QString &noBindings() const { return m_noBindings; } // why there is no tlsUrl(); empty: there is
    // For a client: that realm alone, with alice's ticket or with none, and no other mechanism of this computer.
    [[nodiscard]] QProcessEnvironment clientEnvironment(bool withTicket, bool forwardable = true) const;
    // What klist says of the tickets that clients have handed to /delegated since it was last asked.
    [[nodiscard]] QByteArray takeDelegated() const;

    static constexpr auto ntlmPassword = "Amber-19-fjord"; // of LAB\alice

private:
    GssPeer() = default;
    [[nodiscard]] bool makeRealm(QString *why);
    [[nodiscard]] bool makeApache(const QString &program, QString *why);
    [[nodiscard]] QByteArray proxyOf(quint16 port, const QByteArray &mechanism) const; // for Apache's configuration
    [[nodiscard]] bool makeBindings(QString *why);
    void write(const QString &name, const QByteArray &text) const;
    [[nodiscard]] QString path(const QString &name) const { return m_dir.filePath(name); }
    [[nodiscard]] QProcessEnvironment realmEnvironment() const;
    [[nodiscard]] bool run(const QString &program, const QStringList &words, const QByteArray &input, QString *why) const;
    [[nodiscard]] static bool waitForPort(QProcess &process, quint16 port, QString *why);

    QTemporaryDir m_dir;
    realmscope::test::Certificates m_certificates;
    QProcess m_kdc, m_apache, m_bindings;
    quint16 m_kdcPort = 0, m_port = 0, m_tlsPort = 0, m_krbProxyPort = 0, m_ntlmProxyPort = 0;
    QString m_ntlmModule, m_noBindings;
    bool m_hasNtlm = false;
};
