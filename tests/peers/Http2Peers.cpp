// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "tests/peers/Http2Peers.h"

#include "tests/peers/FreePort.h"

#include <QtCore/QCryptographicHash>
#include <QtCore/QDeadlineTimer>
#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QStandardPaths>
#include <QtNetwork/QTcpSocket>

using namespace Qt::StringLiterals;

namespace {

QString program(const QString &name)
{
    const QString found = QStandardPaths::findExecutable(name);
    return found.isEmpty() ? QStandardPaths::findExecutable(name, {u"/usr/sbin"_s, u"/sbin"_s}) : found;
}

const char *echoScript = R"(
const http2 = require('http2'), crypto = require('crypto'), c = http2.constants;
http2.createServer().on('stream', (stream, headers, flags, raw) => {
  const hash = crypto.createHash('sha256');
  let size = 0;
  stream.on('error', () => {});
  stream.on('data', d => { size += d.length; hash.update(d); });
  stream.on('end', () => {
    const path = headers[':path'];
    if (path === '/refused') {
      stream.respond({':status': 401, 'www-authenticate': 'Bearer realm="node", error="invalid_token", error_description="The access token expired"', 'content-type': 'text/plain'});
      stream.end('no entry');
    } else if (path === '/trailers') {
      stream.respond({':status': 200}, {waitForTrailers: true});
      stream.on('wantTrailers', () => stream.sendTrailers({'x-sum': '42'}));
      stream.end('body');
    } else if (path === '/hints') {
      stream.additionalHeaders({':status': 103, 'link': '</a.css>; rel=preload'});
      stream.respond({':status': 200});
      stream.end('after the hint');
    } else if (path === '/reset') {
      stream.close(c.NGHTTP2_INTERNAL_ERROR);
    } else if (path === '/big') {
      stream.respond({':status': 200});
      let left = 400;
      const more = () => { while (left > 0) { left--; if (!stream.write(Buffer.alloc(65536, 97))) { stream.once('drain', more); return; } } stream.end(); };
      more();
    } else {
      stream.respond({':status': 200, 'content-type': 'application/json'});
      stream.end(JSON.stringify({raw, size, sha256: hash.digest('hex')}));
    }
  });
}).listen(Number(process.argv[2]), '127.0.0.1');
)";

const char *http11Script = R"(
const http2 = require('http2'), fs = require('fs');
const server = http2.createSecureServer({key: fs.readFileSync(process.argv[3] + '/key.pem'), cert: fs.readFileSync(process.argv[3] + '/cert.pem'), allowHTTP1: true});
server.on('stream', stream => { stream.on('error', () => {}); stream.close(http2.constants.NGHTTP2_HTTP_1_1_REQUIRED); });
server.on('request', (request, response) => { if (request.httpVersionMajor === 1) response.end('by ' + request.httpVersion); });
server.listen(Number(process.argv[2]), '127.0.0.1');
)";

} // namespace

Http2Peer::Http2Peer()
{
    // Apache and nginx give up root before they read the files.
    QFile::setPermissions(m_dir.path(), QFile::Permissions(0x7755));
    m_port = realmscope::test::freePort();
}

Http2Peer::~Http2Peer()
{
    if (m_process.state() == QProcess::NotRunning)
        return;
    m_process.terminate();
    if (!m_process.waitForFinished(5000)) {
        m_process.kill();
        m_process.waitForFinished(2000);
    }
}

QString Http2Peer::url(const QString &path) const { return u"%1://127.0.0.1:%2%3"_s.arg(m_scheme).arg(m_port).arg(path); }

QByteArray Http2Peer::takeOutput()
{
    m_process.waitForReadyRead(200);
    return m_process.readAll();
}

void Http2Peer::write(const QString &name, const QByteArray &text) const
{
    const QString file = m_dir.filePath(name);
    QDir().mkpath(QFileInfo(file).path());
    QFile out(file);
    if (!out.open(QIODevice::WriteOnly) || out.write(text) != text.size())
        qFatal("cannot write %s", qPrintable(file));
}

bool Http2Peer::makeCertificate(QString *why) const
{
    QProcess process;
    process.setWorkingDirectory(m_dir.path());
    process.start(u"openssl"_s, {u"req"_s, u"-x509"_s, u"-newkey"_s, u"ec"_s, u"-pkeyopt"_s, u"ec_paramgen_curve:P-256"_s, u"-nodes"_s,
                                 u"-keyout"_s, u"key.pem"_s, u"-out"_s, u"cert.pem"_s, u"-days"_s, u"2"_s, u"-subj"_s,
                                 u"/CN=127.0.0.1"_s, u"-addext"_s, u"subjectAltName=IP:127.0.0.1"_s});
    if (process.waitForFinished(20'000) && process.exitCode() == 0)
        return true;
    *why = u"openssl made no certificate: "_s + QString::fromUtf8(process.readAllStandardError());
    return false;
}

bool Http2Peer::start(const QString &executable, const QStringList &arguments, QString *why)
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

std::unique_ptr<Http2Peer> Http2Peer::nghttpd(QString *why)
{
    const QString executable = program(u"nghttpd"_s);
    if (executable.isEmpty())
        return nullptr;
    std::unique_ptr<Http2Peer> peer(new Http2Peer);
    peer->write(u"www/index.html"_s, "from a file\n");
    const bool runs = peer->start(executable, {u"--no-tls"_s, u"-v"_s, u"-a"_s, u"127.0.0.1"_s, u"-d"_s, QString::fromUtf8(peer->path(u"www"_s)),
                                               QString::fromLatin1(peer->portText())}, why);
    return runs ? std::move(peer) : nullptr;
}

std::unique_ptr<Http2Peer> Http2Peer::node(QString *why)
{
    const QString executable = program(u"node"_s);
    if (executable.isEmpty())
        return nullptr;
    std::unique_ptr<Http2Peer> peer(new Http2Peer);
    peer->write(u"echo.js"_s, echoScript);
    return peer->start(executable, {QString::fromUtf8(peer->path(u"echo.js"_s)), QString::fromLatin1(peer->portText())}, why) ? std::move(peer) : nullptr;
}

std::unique_ptr<Http2Peer> Http2Peer::nodeTls(QString *why)
{
    const QString executable = program(u"node"_s);
    if (executable.isEmpty())
        return nullptr;
    std::unique_ptr<Http2Peer> peer(new Http2Peer);
    peer->m_scheme = u"https"_s;
    if (!peer->makeCertificate(why))
        return nullptr;
    peer->write(u"http11.js"_s, http11Script);
    const bool runs = peer->start(executable, {QString::fromUtf8(peer->path(u"http11.js"_s)), QString::fromLatin1(peer->portText()), peer->m_dir.path()}, why);
    return runs ? std::move(peer) : nullptr;
}

std::unique_ptr<Http2Peer> Http2Peer::nginx(QString *why)
{
    const QString executable = program(u"nginx"_s);
    if (executable.isEmpty())
        return nullptr;
    std::unique_ptr<Http2Peer> peer(new Http2Peer);
    peer->m_scheme = u"https"_s;
    if (!peer->makeCertificate(why))
        return nullptr;
    peer->write(u"www/basic/index.html"_s, "basic ok\n");
    // {SHA} of htpasswd, written with Qt's hash.
    peer->write(u"htpasswd"_s, QByteArray(user) + ":{SHA}" + QCryptographicHash::hash(password, QCryptographicHash::Sha1).toBase64() + '\n');
    const QByteArray dir = peer->m_dir.path().toUtf8();
    QByteArray config = "daemon off;\nmaster_process off;\nworker_processes 1;\npid " + dir + "/pid;\nerror_log " + dir
        + "/error.log;\nevents { worker_connections 64; }\nhttp {\n access_log off;\n";
    for (const char *temporary : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"})
        config += " " + QByteArray(temporary) + "_temp_path " + dir + "/tmp-" + temporary + ";\n";
    config += " server {\n  listen 127.0.0.1:" + peer->portText() + " ssl http2;\n  ssl_certificate " + dir
        + "/cert.pem;\n  ssl_certificate_key " + dir + "/key.pem;\n  root " + dir
        + "/www;\n  add_header X-Protocol $server_protocol always;\n  location /basic/ { auth_basic \"Peer nginx\"; auth_basic_user_file " + dir + "/htpasswd; }\n }\n}\n";
    peer->write(u"nginx.conf"_s, config);
    const bool runs = peer->start(executable, {u"-e"_s, QString::fromUtf8(peer->path(u"early.log"_s)), u"-c"_s, QString::fromUtf8(peer->path(u"nginx.conf"_s))}, why);
    return runs ? std::move(peer) : nullptr;
}

std::unique_ptr<Http2Peer> Http2Peer::apache(QString *why)
{
    const QString executable = program(u"apache2"_s);
    if (executable.isEmpty() || !QFile::exists(u"/usr/lib/apache2/modules/mod_http2.so"_s))
        return nullptr;
    std::unique_ptr<Http2Peer> peer(new Http2Peer);
    peer->m_scheme = u"https"_s;
    if (!peer->makeCertificate(why))
        return nullptr;
    peer->write(u"www/digest/index.html"_s, "digest ok\n");
    const QByteArray start = QByteArray(user) + ":Peer Digest:";
    peer->write(u"htdigest"_s, start + QCryptographicHash::hash(start + password, QCryptographicHash::Md5).toHex() + '\n');
    QByteArray config = "ServerName 127.0.0.1\nListen 127.0.0.1:" + peer->portText() + "\nPidFile " + peer->path(u"pid"_s) + "\nErrorLog "
        + peer->path(u"error.log"_s) + "\nDefaultRuntimeDir " + peer->m_dir.path().toUtf8() + '\n';
    for (const char *module : {"mpm_event", "authn_core", "authn_file", "authz_core", "authz_user", "auth_digest", "dir", "mime", "ssl", "http2"})
        config += "LoadModule " + QByteArray(module) + "_module /usr/lib/apache2/modules/mod_" + module + ".so\n";
    config += "Protocols h2 http/1.1\nSSLEngine on\nSSLCertificateFile " + peer->path(u"cert.pem"_s) + "\nSSLCertificateKeyFile "
        + peer->path(u"key.pem"_s) + "\nTypesConfig /etc/mime.types\nDocumentRoot " + peer->path(u"www"_s)
        + "\n<Location /digest>\nAuthType Digest\nAuthName \"Peer Digest\"\nAuthDigestProvider file\nAuthUserFile " + peer->path(u"htdigest"_s)
        + "\nRequire valid-user\n</Location>\n";
    if (qEnvironmentVariable("USER") == "root"_L1 || qEnvironmentVariableIsEmpty("USER"))
        config += "User www-data\nGroup www-data\n";
    peer->write(u"apache.conf"_s, config);
    return peer->start(executable, {u"-f"_s, QString::fromUtf8(peer->path(u"apache.conf"_s)), u"-DFOREGROUND"_s}, why) ? std::move(peer) : nullptr;
}
