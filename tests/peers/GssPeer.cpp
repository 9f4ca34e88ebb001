// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "tests/peers/GssPeer.h"

#include "tests/peers/FreePort.h"

#include <QtCore/QDeadlineTimer>
#include <QtCore/QDir>
#include <QtCore/QDirIterator>
#include <QtCore/QFile>
#include <QtCore/QStandardPaths>
#include <QtNetwork/QTcpSocket>

using namespace Qt::StringLiterals;

namespace {

QString program(const QString &name)
{
    const QString found = QStandardPaths::findExecutable(name);
    return found.isEmpty() ? QStandardPaths::findExecutable(name, {u"/usr/sbin"_s, u"/sbin"_s}) : found;
}

// Installed, or unpacked by packaging/test.sh: installed, it would take part in every GSS-API program of the computer.
QString findNtlmModule()
{
    for (const QString &folder : {QString::fromUtf8(REALMSCOPE_BINARY_DIR) + u"/peers/gss-ntlmssp"_s, u"/usr/lib"_s}) {
        QDirIterator files(folder, {u"gssntlmssp.so"_s}, QDir::Files, QDirIterator::Subdirectories);
        if (files.hasNext())
            return files.next();
    }
    return {};
}

void end(QProcess &process)
{
    if (process.state() == QProcess::NotRunning)
        return;
    process.terminate();
    if (!process.waitForFinished(5000)) {
        process.kill();
        process.waitForFinished(2000);
    }
}

} // namespace

GssPeer::~GssPeer()
{
    end(m_bindings);
    end(m_apache);
    end(m_kdc);
}

QString GssPeer::url(const QString &host, const QString &where) const { return u"http://%1:%2%3"_s.arg(host).arg(m_port).arg(where); }

QString GssPeer::tlsUrl(const QString &where) const { return u"https://localhost:%1%2"_s.arg(m_tlsPort).arg(where); }
QString GssPeer::proxy(const QString &scheme) const { return u"http://localhost:%1"_s.arg(scheme == "ntlm"_L1 ? m_ntlmProxyPort : m_krbProxyPort); }

void GssPeer::write(const QString &name, const QByteArray &text) const
{
    const QString file = path(name);
    QDir().mkpath(QFileInfo(file).path());
    QFile out(file);
    if (!out.open(QIODevice::WriteOnly) || out.write(text) != text.size())
        qFatal("cannot write %s", qPrintable(file));
}

QProcessEnvironment GssPeer::realmEnvironment() const
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"KRB5_CONFIG"_s, path(u"krb5.conf"_s));
    environment.insert(u"KRB5_KDC_PROFILE"_s, path(u"kdc.conf"_s));
    environment.insert(u"KRB5RCACHETYPE"_s, u"none"_s);
    return environment;
}

QProcessEnvironment GssPeer::clientEnvironment(bool withTicket, bool forwardable) const
{
    QProcessEnvironment environment = realmEnvironment();
    environment.insert(u"GSS_MECH_CONFIG"_s, path(u"no-mechanisms"_s));
    environment.insert(u"KRB5CCNAME"_s, "FILE:"_L1 + path(!withTicket ? u"nothing.cc"_s : forwardable ? u"alice.cc"_s : u"alice-stays.cc"_s));
    return environment;
}

QByteArray GssPeer::takeDelegated() const
{
    QByteArray listed;
    QDirIterator files(path(u"delegated"_s), QDir::Files | QDir::Hidden);
    while (files.hasNext()) {
        const QString file = files.next();
        QProcess klist;
        klist.setProcessEnvironment(realmEnvironment());
        klist.start(program(u"klist"_s), {u"-c"_s, "FILE:"_L1 + file});
        klist.waitForFinished(10'000);
        listed += klist.readAll();
        QFile::remove(file);
    }
    return listed;
}

bool GssPeer::run(const QString &name, const QStringList &words, const QByteArray &input, QString *why) const
{
    QProcess process;
    process.setProcessEnvironment(realmEnvironment());
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(program(name), words);
    process.write(input);
    process.closeWriteChannel();
    if (process.waitForFinished(30'000) && process.exitCode() == 0)
        return true;
    *why = u"%1 %2: %3"_s.arg(name, words.join(u' '), QString::fromUtf8(process.readAll()));
    return false;
}

bool GssPeer::waitForPort(QProcess &process, quint16 port, QString *why)
{
    QDeadlineTimer deadline(20'000);
    while (!deadline.hasExpired() && process.state() != QProcess::NotRunning) {
        QTcpSocket socket;
        socket.connectToHost(QHostAddress(QHostAddress::LocalHost), port);
        if (socket.waitForConnected(500))
            return true;
        process.waitForFinished(50);
    }
    *why = u"%1 did not start: %2"_s.arg(process.program(), QString::fromUtf8(process.readAll()));
    return false;
}

bool GssPeer::makeRealm(QString *why)
{
    m_kdcPort = realmscope::test::freePort();
    const QByteArray kdc = "127.0.0.1:" + QByteArray::number(m_kdcPort);
    write(u"no-mechanisms"_s, "");
    write(u"krb5.conf"_s,
          "[libdefaults]\n default_realm = PEER.TEST\n dns_lookup_kdc = false\n dns_lookup_realm = false\n"
          " dns_canonicalize_hostname = false\n rdns = false\n udp_preference_limit = 1\n forwardable = true\n"
          "[realms]\n PEER.TEST = {\n  kdc = "
              + kdc + "\n }\n[domain_realm]\n localhost = PEER.TEST\n");
    write(u"kdc.conf"_s,
          "[kdcdefaults]\n kdc_listen = " + kdc + "\n kdc_tcp_listen = " + kdc + "\n[realms]\n PEER.TEST = {\n  database_name = "
              + path(u"principal"_s).toUtf8() + "\n  key_stash_file = " + path(u"stash"_s).toUtf8() + "\n  acl_file = " + path(u"acl"_s).toUtf8()
              + "\n  supported_enctypes = aes256-cts-hmac-sha1-96:normal\n }\n[logging]\n kdc = FILE:" + path(u"kdc.log"_s).toUtf8() + '\n');
    const auto admin = [&](const QString &query) { return run(u"kadmin.local"_s, {u"-r"_s, u"PEER.TEST"_s, u"-q"_s, query}, {}, why); };
    if (!run(u"kdb5_util"_s, {u"create"_s, u"-s"_s, u"-r"_s, u"PEER.TEST"_s, u"-P"_s, u"master"_s}, {}, why)
        || !admin(u"addprinc -pw alicepw alice"_s) || !admin(u"addprinc -randkey HTTP/localhost"_s)
        || !admin(u"ktadd -k %1 HTTP/localhost"_s.arg(path(u"http.keytab"_s))))
        return false;
    QFile::setPermissions(path(u"http.keytab"_s), QFile::Permissions(0x6644));
    m_kdc.setProcessEnvironment(realmEnvironment());
    m_kdc.setProcessChannelMode(QProcess::MergedChannels);
    m_kdc.start(program(u"krb5kdc"_s), {u"-n"_s, u"-r"_s, u"PEER.TEST"_s});
    return waitForPort(m_kdc, m_kdcPort, why) && run(u"kinit"_s, {u"-c"_s, "FILE:"_L1 + path(u"alice.cc"_s), u"alice"_s}, "alicepw\n", why)
        && run(u"kinit"_s, {u"-F"_s, u"-c"_s, "FILE:"_L1 + path(u"alice-stays.cc"_s), u"alice"_s}, "alicepw\n", why);
}

bool GssPeer::makeApache(const QString &executable, QString *why)
{
    m_port = realmscope::test::freePort();
    m_krbProxyPort = realmscope::test::freePort();
    m_ntlmProxyPort = realmscope::test::freePort();
    write(u"www/open/index.html"_s, "open\n");
    write(u"www/krb/index.html"_s, "krb ok\n");
    write(u"www/delegated/index.html"_s, "delegated ok\n");
    write(u"www/ntlm/index.html"_s, "ntlm ok\n");
    QDir().mkpath(path(u"delegated"_s));
    QFile::setPermissions(path(u"delegated"_s), QFile::Permissions(0x7777)); // for Apache's user
    write(u"mime.types"_s, "text/html html\n");
    QByteArray config = "ServerName localhost\nListen 127.0.0.1:" + QByteArray::number(m_port) + "\nPidFile " + path(u"pid"_s).toUtf8()
        + "\nErrorLog " + path(u"error.log"_s).toUtf8() + "\nDefaultRuntimeDir " + m_dir.path().toUtf8() + '\n';
    for (const char *module : {"mpm_event", "authn_core", "authz_core", "authz_user", "auth_gssapi", "dir", "mime", "proxy", "proxy_http", "proxy_connect"})
        config += "LoadModule " + QByteArray(module) + "_module /usr/lib/apache2/modules/mod_" + module + ".so\n";
    config += "TypesConfig " + path(u"mime.types"_s).toUtf8() + "\nDocumentRoot " + path(u"www"_s).toUtf8()
        + "\n<Location /krb>\nAuthType GSSAPI\nAuthName Kerberos\nGssapiAllowedMech krb5\nGssapiCredStore keytab:"
        + path(u"http.keytab"_s).toUtf8() + "\nRequire valid-user\n</Location>\n" + proxyOf(m_krbProxyPort, "krb5");
    config += "<Location /delegated>\nAuthType GSSAPI\nAuthName Kerberos\nGssapiAllowedMech krb5\nGssapiDelegCcacheDir " + path(u"delegated"_s).toUtf8()
        + "\nGssapiCredStore keytab:" + path(u"http.keytab"_s).toUtf8() + "\nRequire valid-user\n</Location>\n";
    QProcessEnvironment environment = realmEnvironment();
    m_ntlmModule = findNtlmModule();
    if (!m_ntlmModule.isEmpty()) {
        m_hasNtlm = true;
        write(u"mechanisms"_s, "gssntlmssp_v1 1.3.6.1.4.1.311.2.2.10 " + m_ntlmModule.toUtf8() + '\n');
        write(u"ntlm-users"_s, "LAB:alice:" + QByteArray(ntlmPassword) + '\n');
        environment.insert(u"GSS_MECH_CONFIG"_s, path(u"mechanisms"_s));
        environment.insert(u"NTLM_USER_FILE"_s, path(u"ntlm-users"_s));
        environment.insert(u"NETBIOS_DOMAIN_NAME"_s, u"LAB"_s);
        environment.insert(u"NETBIOS_COMPUTER_NAME"_s, u"LABSRV"_s);
        config += "<Location /ntlm>\nAuthType GSSAPI\nAuthName NTLM\nGssapiAllowedMech ntlmssp\nGssapiConnectionBound On\nRequire valid-user\n"
                  "</Location>\n" + proxyOf(m_ntlmProxyPort, "ntlmssp");
    }
    if (qEnvironmentVariable("USER") == "root"_L1 || qEnvironmentVariableIsEmpty("USER"))
        config += "User www-data\nGroup www-data\n";
    write(u"apache.conf"_s, config);
    m_apache.setProcessEnvironment(environment);
    m_apache.setProcessChannelMode(QProcess::MergedChannels);
    m_apache.start(executable, {u"-f"_s, path(u"apache.conf"_s), u"-DFOREGROUND"_s});
    return waitForPort(m_apache, m_port, why);
}

QByteArray GssPeer::proxyOf(quint16 port, const QByteArray &mechanism) const
{
    return "Listen 127.0.0.1:" + QByteArray::number(port) + "\n<VirtualHost 127.0.0.1:" + QByteArray::number(port)
        + ">\nProxyRequests On\nAllowCONNECT 1-65535\n<Proxy \"*\">\nAuthType GSSAPI\nAuthName Proxy\nGssapiAllowedMech " + mechanism
        + (mechanism == "ntlmssp" ? "\nGssapiConnectionBound On"_ba : "\nGssapiCredStore keytab:" + path(u"http.keytab"_s).toUtf8())
        + "\nRequire valid-user\n</Proxy>\n</VirtualHost>\n";
}

bool GssPeer::makeBindings(QString *why)
{
    QProcess python;
    python.start(u"/usr/bin/python3"_s, {u"-c"_s, u"import gssapi"_s});
    if (!python.waitForFinished() || python.exitCode() != 0) {
        m_noBindings = u"python3-gssapi is not installed"_s;
        return true;
    }
    *why = m_certificates.make();
    if (!why->isEmpty())
        return false;
    m_tlsPort = realmscope::test::freePort();
    QProcessEnvironment environment = m_apache.processEnvironment();
    environment.insert(u"KRB5_KTNAME"_s, "FILE:"_L1 + path(u"http.keytab"_s));
    m_bindings.setProcessEnvironment(environment);
    m_bindings.setProcessChannelMode(QProcess::MergedChannels);
    m_bindings.start(u"/usr/bin/python3"_s, {QString::fromUtf8(REALMSCOPE_SOURCE_DIR) + u"/tests/peers/gss_bindings.py"_s, QString::number(m_tlsPort),
                                             m_certificates.path(u"server.pem"_s), m_certificates.path(u"server.key"_s), m_certificates.path(u"expired.pem"_s)});
    return waitForPort(m_bindings, m_tlsPort, why);
}

std::unique_ptr<GssPeer> GssPeer::make(QString *missing, QString *why)
{
    for (const QString &name : {u"apache2"_s, u"krb5kdc"_s, u"kadmin.local"_s, u"kdb5_util"_s, u"kinit"_s, u"klist"_s}) {
        if (program(name).isEmpty())
            *missing = name;
    }
    if (!QFile::exists(u"/usr/lib/apache2/modules/mod_auth_gssapi.so"_s))
        *missing = u"mod_auth_gssapi"_s;
    if (!missing->isEmpty())
        return nullptr;
    std::unique_ptr<GssPeer> peer(new GssPeer);
    QFile::setPermissions(peer->m_dir.path(), QFile::Permissions(0x7755)); // Apache gives up root before it reads the files
    if (!peer->makeRealm(why) || !peer->makeApache(program(u"apache2"_s), why) || !peer->makeBindings(why))
        return nullptr;
    return peer;
}
