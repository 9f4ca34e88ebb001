// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "tests/peers/Peer.h"

#include "tests/peers/FreePort.h"

#include <QtCore/QCryptographicHash>
#include <QtCore/QDeadlineTimer>
#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QStandardPaths>
#include <QtNetwork/QTcpSocket>

using namespace Qt::StringLiterals;

namespace {

// user:realm:H(user:realm:password), the htdigest format; written with Qt's hash, not with the code under test.
QByteArray htdigestLine(const QByteArray &realm, QCryptographicHash::Algorithm algorithm)
{
    const QByteArray start = QByteArray(Peer::user) + ':' + realm + ':';
    return start + QCryptographicHash::hash(start + Peer::password, algorithm).toHex() + '\n';
}

// {SHA} of htpasswd, which Apache and nginx both read.
QByteArray htpasswdLine()
{
    return QByteArray(Peer::user) + ":{SHA}"
        + QCryptographicHash::hash(Peer::password, QCryptographicHash::Sha1).toBase64() + '\n';
}

} // namespace

QString Peer::program(const QString &name)
{
    const QString found = QStandardPaths::findExecutable(name);
    return found.isEmpty() ? QStandardPaths::findExecutable(name, {u"/usr/sbin"_s, u"/sbin"_s}) : found;
}

Peer::Peer() : m_port(realmscope::test::freePort())
{
    // Servers give up root before they read their files.
    QFile::setPermissions(m_dir.path(), QFile::Permissions(0x7755));
}

Peer::~Peer()
{
    if (m_process.state() == QProcess::NotRunning)
        return;
    m_process.terminate();
    if (!m_process.waitForFinished(5000)) {
        m_process.kill();
        m_process.waitForFinished(2000);
    }
}

QString Peer::url(const QString &path) const { return u"http://127.0.0.1:%1%2"_s.arg(m_port).arg(path); }

void Peer::write(const QString &name, const QByteArray &text) const
{
    const QString file = path(name);
    QDir().mkpath(QFileInfo(file).path());
    QFile out(file);
    if (!out.open(QIODevice::WriteOnly) || out.write(text) != text.size())
        qFatal("cannot write %s", qPrintable(file));
}

bool Peer::start(const QString &executable, const QStringList &arguments, QString *why)
{
    m_process.setProcessChannelMode(QProcess::MergedChannels);
    m_process.start(executable, arguments);
    QDeadlineTimer deadline(15'000);
    while (!deadline.hasExpired() && m_process.state() != QProcess::NotRunning) {
        QTcpSocket socket;
        socket.connectToHost(QHostAddress(QHostAddress::LocalHost), m_port);
        if (socket.waitForConnected(500))
            return true;
        m_process.waitForFinished(50);
    }
    *why = u"%1 did not start: %2"_s.arg(executable, QString::fromUtf8(m_process.readAll()));
    return false;
}

std::unique_ptr<Peer> Peer::apache(QString *why)
{
    const QString executable = program(u"apache2"_s);
    if (executable.isEmpty())
        return nullptr;
    std::unique_ptr<Peer> peer(new Peer);
    peer->write(u"www/basic/index.html"_s, "basic ok\n");
    peer->write(u"www/digest/index.html"_s, "digest ok\n");
    peer->write(u"www/bob/index.html"_s, "for bob\n");
    peer->write(u"www/open/index.html"_s, "open\n");
    peer->write(u"htpasswd"_s, htpasswdLine());
    peer->write(u"htdigest"_s, htdigestLine("Peer Digest", QCryptographicHash::Md5));
    QByteArray config = "ServerName 127.0.0.1\nListen 127.0.0.1:" + QByteArray::number(peer->m_port) + '\n';
    config += "PidFile " + peer->path(u"pid"_s).toUtf8() + "\nErrorLog " + peer->path(u"error.log"_s).toUtf8() + '\n';
    config += "DefaultRuntimeDir " + peer->m_dir.path().toUtf8() + '\n';
    for (const char *module : {"mpm_event", "authn_core", "authn_file", "authz_core", "authz_user", "auth_basic",
                               "auth_digest", "dir", "mime", "alias"}) {
        config += "LoadModule " + QByteArray(module) + "_module /usr/lib/apache2/modules/mod_" + module + ".so\n";
    }
    config += "TypesConfig /etc/mime.types\nDocumentRoot " + peer->path(u"www"_s).toUtf8()
        + "\nRedirect 302 /moved /basic/\n";
    const auto location = [&](const char *at, const QByteArray &body) {
        config += "<Location " + QByteArray(at) + ">\n" + body + "</Location>\n";
    };
    const QByteArray basic = "AuthType Basic\nAuthName \"Peer Basic\"\nAuthBasicProvider file\nAuthUserFile "
        + peer->path(u"htpasswd"_s).toUtf8() + '\n';
    location("/basic", basic + "Require valid-user\n");
    location("/bob", basic + "Require user bob\n");
    location("/digest", "AuthType Digest\nAuthName \"Peer Digest\"\nAuthDigestProvider file\nAuthUserFile "
                 + peer->path(u"htdigest"_s).toUtf8() + "\nRequire valid-user\n");
    if (qEnvironmentVariable("USER") == "root"_L1 || qEnvironmentVariableIsEmpty("USER"))
        config += "User www-data\nGroup www-data\n";
    peer->write(u"apache.conf"_s, config);
    if (!QFile::exists(u"/etc/mime.types"_s))
        peer->write(u"mime.types"_s, "text/html html\n");
    return peer->start(executable, {u"-f"_s, peer->path(u"apache.conf"_s), u"-DFOREGROUND"_s}, why) ? std::move(peer)
                                                                                                    : nullptr;
}

std::unique_ptr<Peer> Peer::nginx(QString *why)
{
    const QString executable = program(u"nginx"_s);
    if (executable.isEmpty())
        return nullptr;
    std::unique_ptr<Peer> peer(new Peer);
    QFile::setPermissions(peer->m_dir.path(), QFile::Permissions(0x7755));
    peer->write(u"www/basic/index.html"_s, "basic ok\n");
    peer->write(u"www/closed/index.html"_s, "nobody\n");
    peer->write(u"www/open/index.html"_s, "open\n");
    peer->write(u"htpasswd"_s, htpasswdLine());
    const QByteArray dir = peer->m_dir.path().toUtf8();
    QByteArray config = "daemon off;\nmaster_process off;\nworker_processes 1;\npid " + dir + "/pid;\nerror_log " + dir
        + "/error.log;\nevents { worker_connections 64; }\nhttp {\n access_log off;\n";
    for (const char *temporary : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"})
        config += " " + QByteArray(temporary) + "_temp_path " + dir + "/tmp-" + temporary + ";\n";
    config += " server {\n  listen 127.0.0.1:" + QByteArray::number(peer->m_port) + ";\n  root " + dir
        + "/www;\n  location /basic/ { auth_basic \"Peer \\\"nginx\\\"\"; auth_basic_user_file " + dir
        + "/htpasswd; }\n  location /closed/ { deny all; }\n"
          "  location /key/ { if ($http_x_api_key = '') { return 401 '{\"message\":\"No API key found in request\"}'; }"
          " if ($http_x_api_key != \"k-4711\") { return 401 '{\"message\":\"Invalid API key\"}'; } return 200 'ok'; }\n"
          " }\n}\n";
    peer->write(u"nginx.conf"_s, config);
    return peer->start(executable, {u"-e"_s, peer->path(u"early.log"_s), u"-c"_s, peer->path(u"nginx.conf"_s)}, why)
        ? std::move(peer)
        : nullptr;
}

std::unique_ptr<Peer> Peer::lighttpd(QString *why)
{
    const QString executable = program(u"lighttpd"_s);
    if (executable.isEmpty())
        return nullptr;
    std::unique_ptr<Peer> peer(new Peer);
    peer->write(u"www/sha/index.html"_s, "sha ok\n");
    peer->write(u"sha"_s, htdigestLine("Peer SHA", QCryptographicHash::Sha256));
    const QByteArray dir = peer->m_dir.path().toUtf8();
    peer->write(u"lighttpd.conf"_s,
                "server.modules = (\"mod_auth\", \"mod_authn_file\", \"mod_staticfile\", \"mod_indexfile\")\n"
                "server.document-root = \"" + dir + "/www\"\nserver.bind = \"127.0.0.1\"\nserver.port = "
                    + QByteArray::number(peer->m_port) + "\nserver.errorlog = \"" + dir + "/error.log\"\n"
                    "index-file.names = (\"index.html\")\nmimetype.assign = (\".html\" => \"text/html\")\n"
                    "auth.backend = \"htdigest\"\nauth.backend.htdigest.userfile = \"" + dir + "/sha\"\n"
                    "auth.require = (\"/sha\" => (\"method\" => \"digest\", \"algorithm\" => \"SHA-256\", "
                    "\"realm\" => \"Peer SHA\", \"require\" => \"valid-user\"))\n");
    return peer->start(executable, {u"-D"_s, u"-f"_s, peer->path(u"lighttpd.conf"_s)}, why) ? std::move(peer) : nullptr;
}
