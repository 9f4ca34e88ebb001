// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/interop/CurlCommand.h"

#include "app/base/Encoding.h"
#include "app/http/Headers.h"

#include <QtCore/QDateTime>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

struct ShortOption
{
    char letter;
    const char *name;
};

// curl 7.88's short options and the long ones they stand for.
constexpr ShortOption shortOptions[] = {
    {'0', "http1.0"}, {'1', "tlsv1"}, {'2', "sslv2"}, {'3', "sslv3"}, {'4', "ipv4"}, {'6', "ipv6"}, {'a', "append"},
    {'A', "user-agent"}, {'b', "cookie"}, {'B', "use-ascii"}, {'c', "cookie-jar"}, {'C', "continue-at"}, {'d', "data"},
    {'D', "dump-header"}, {'e', "referer"}, {'E', "cert"}, {'f', "fail"}, {'F', "form"}, {'g', "globoff"}, {'G', "get"},
    {'h', "help"}, {'H', "header"}, {'i', "include"}, {'I', "head"}, {'j', "junk-session-cookies"}, {'J', "remote-header-name"},
    {'k', "insecure"}, {'K', "config"}, {'l', "list-only"}, {'L', "location"}, {'m', "max-time"}, {'M', "manual"},
    {'n', "netrc"}, {'N', "no-buffer"}, {'o', "output"}, {'O', "remote-name"}, {'p', "proxytunnel"}, {'P', "ftp-port"},
    {'q', "disable"}, {'Q', "quote"}, {'r', "range"}, {'R', "remote-time"}, {'s', "silent"}, {'S', "show-error"},
    {'t', "telnet-option"}, {'T', "upload-file"}, {'u', "user"}, {'U', "proxy-user"}, {'v', "verbose"}, {'V', "version"},
    {'w', "write-out"}, {'x', "proxy"}, {'X', "request"}, {'y', "speed-time"}, {'Y', "speed-limit"}, {'z', "time-cond"},
    {'Z', "parallel"}, {'#', "progress-bar"}, {':', "next"}};

// Long options of curl 7.88 that take a value (curl --help all).
constexpr const char *valueOptions[] = {
    "abstract-unix-socket", "alt-svc", "aws-sigv4", "cacert", "capath", "cert", "cert-type", "ciphers", "config",
    "connect-timeout", "connect-to", "continue-at", "cookie", "cookie-jar", "create-file-mode", "crlfile", "curves", "data",
    "data-ascii", "data-binary", "data-raw", "data-urlencode", "delegation", "dns-interface", "dns-ipv4-addr", "dns-ipv6-addr",
    "dns-servers", "doh-url", "dump-header", "egd-file", "engine", "etag-compare", "etag-save", "expect100-timeout", "form",
    "form-string", "ftp-account", "ftp-alternative-to-user", "ftp-method", "ftp-port", "ftp-ssl-ccc-mode",
    "happy-eyeballs-timeout-ms", "haproxy-clientip", "header", "hostpubmd5", "hostpubsha256", "hsts", "interface", "ipfs-gateway",
    "json", "keepalive-time", "key", "key-type", "krb", "libcurl", "limit-rate", "local-port", "login-options", "mail-auth",
    "mail-from", "mail-rcpt", "max-filesize", "max-redirs", "max-time", "netrc-file", "noproxy", "oauth2-bearer", "output",
    "output-dir", "parallel-max", "pass", "pinnedpubkey", "preproxy", "proto", "proto-default", "proto-redir", "proxy", "proxy-cacert",
    "proxy-capath", "proxy-cert", "proxy-cert-type", "proxy-ciphers", "proxy-crlfile", "proxy-header", "proxy-key", "proxy-key-type",
    "proxy-pass", "proxy-pinnedpubkey", "proxy-service-name", "proxy-tls13-ciphers", "proxy-tlsauthtype", "proxy-tlspassword",
    "proxy-tlsuser", "proxy-user", "proxy1.0", "pubkey", "quote", "random-file", "range", "rate", "referer", "request",
    "request-target", "resolve", "retry", "retry-delay", "retry-max-time", "sasl-authzid", "service-name", "socks4", "socks4a",
    "socks5", "socks5-gssapi-service", "socks5-hostname", "speed-limit", "speed-time", "stderr", "telnet-option", "tftp-blksize",
    "time-cond", "tls-max", "tls13-ciphers", "tlsauthtype", "tlspassword", "tlsuser", "trace", "trace-ascii", "unix-socket",
    "upload-file", "url", "url-query", "user", "user-agent", "write-out"};

// Change only what curl prints or how it looks: nothing on the wire, so nothing to say.
constexpr const char *quietOptions[] = {"silent", "show-error", "verbose", "include", "fail", "fail-with-body", "fail-early",
                                        "no-progress-meter", "progress-bar", "output", "remote-name", "no-buffer", "write-out",
                                        "dump-header", "trace", "trace-ascii", "trace-time", "stderr", "http1.1", "globoff",
                                        "create-dirs", "disable", "output-dir", "remote-header-name", "styled-output", "retry",
                                        "retry-delay", "retry-max-time", "no-keepalive", "tcp-nodelay", "tcp-fastopen", "no-alpn",
                                        "no-sessionid", "ssl-reqd", "proto", "proto-redir", "proto-default", "keepalive-time",
                                        "expect100-timeout"};

template <size_t N>
bool isOneOf(const QString &name, const char *const (&list)[N])
{
    return std::ranges::any_of(list, [&](const char *known) { return name == QLatin1StringView(known); });
}

Error invalid(const QString &message, const QString &action = {}) { return {ErrorCode::InvalidInput, message, {}, action}; }

Result<QByteArray> readInput(const QString &name, const QString &option)
{
    if (name == "-"_L1)
        return invalid(u"%1 @- reads standard input, which is not taken here"_s.arg(option), u"Write the body into a file and name that."_s);
    QFile file(name);
    if (!file.open(QIODevice::ReadOnly))
        return Error{ErrorCode::FileUnreadable, u"the file of %1 can't be read: %2"_s.arg(option, name), file.errorString(),
                     u"Check the name; it counts from the current folder."_s};
    return file.readAll();
}

class Parser
{
public:
    explicit Parser(QStringList words) : m_words(std::move(words)) { m_out.spec.settings.decodeContent = false; }

    Result<CurlCommand> parse()
    {
        if (!m_words.isEmpty() && (m_words.first() == "curl"_L1 || m_words.first().endsWith("/curl"_L1) || m_words.first() == "curl.exe"_L1))
            m_words.removeFirst();
        bool optionsOver = false;
        while (m_next < m_words.size() && !m_error) {
            const QString word = m_words.at(m_next++);
            if (!optionsOver && word == "--"_L1)
                optionsOver = true;
            else if (!optionsOver && word.startsWith("--"_L1))
                longOption(word.mid(2));
            else if (!optionsOver && word.startsWith(u'-') && word.size() > 1)
                shortWord(word.mid(1));
            else
                addUrl(word);
        }
        if (m_error)
            return *m_error;
        return finish();
    }

private:
    void fail(const Error &error)
    {
        if (!m_error)
            m_error = error;
    }
    void warn(const QString &text) { m_out.warnings << text; }

    void addUrl(const QString &url)
    {
        if (m_out.spec.url.isEmpty())
            m_out.spec.url = url;
        else
            warn(u"only the first URL is used, not %1"_s.arg(url.section(u'?', 0, 0)));
    }

    QString value(const QString &shown)
    {
        if (m_next >= m_words.size()) {
            fail(invalid(u"curl's %1 lacks its value"_s.arg(shown), u"Add it behind the option."_s));
            return {};
        }
        return m_words.at(m_next++);
    }

    void shortWord(const QString &letters)
    {
        for (qsizetype i = 0; i < letters.size() && !m_error; ++i) {
            const auto it = std::ranges::find_if(shortOptions, [&](const ShortOption &o) { return letters.at(i) == QLatin1Char(o.letter); });
            const QString shown = u'-' + letters.mid(i, 1);
            if (it == std::end(shortOptions)) {
                warn(u"curl's option %1 is not known and was left out"_s.arg(shown));
                continue;
            }
            const QString name = QString::fromLatin1(it->name);
            if (!isOneOf(name, valueOptions)) {
                apply(name, {}, shown);
                continue;
            }
            const QString rest = letters.mid(i + 1);
            apply(name, rest.isEmpty() ? value(shown) : rest, shown);
            return;
        }
    }

    void longOption(const QString &name)
    {
        const QString shown = "--"_L1 + name;
        if (isOneOf(name, valueOptions)) {
            const QString v = value(shown);
            if (!m_error)
                apply(name, v, shown);
            return;
        }
        if (name.contains(u'='))
            warn(u"%1: curl takes no \"=\"; the option was left out"_s.arg(shown.section(u'=', 0, 0)));
        else
            apply(name, {}, shown);
    }

    void apply(const QString &name, const QString &v, const QString &shown)
    {
        RequestSpec &spec = m_out.spec;
        RequestSettings &settings = spec.settings;
        if (isOneOf(name, quietOptions))
            return;
        if (name == "request"_L1)
            spec.method = v, m_methodGiven = true;
        else if (name == "header"_L1)
            addHeader(v);
        else if (name == "data"_L1 || name == "data-ascii"_L1 || name == "data-binary"_L1 || name == "data-raw"_L1 || name == "json"_L1)
            addData(name, v);
        else if (name == "data-urlencode"_L1)
            addUrlEncoded(v);
        else if (name == "form"_L1 || name == "form-string"_L1)
            m_parts.append({v, name == "form-string"_L1});
        else if (name == "get"_L1)
            m_dataInUrl = true;
        else if (name == "url-query"_L1)
            m_query << v;
        else if (name == "head"_L1)
            m_head = true;
        else if (name == "url"_L1)
            addUrl(v);
        else if (name == "user"_L1)
            setUser(v);
        else if (name == "oauth2-bearer"_L1)
            m_bearer = v;
        else if (name == "basic"_L1 || name == "digest"_L1)
            m_auth = name;
        else if (name == "anyauth"_L1)
            m_auth = u"any"_s;
        else if (name == "cookie"_L1)
            addCookie(v);
        else if (name == "location"_L1)
            settings.followRedirects = true;
        else if (name == "location-trusted"_L1)
            settings.followRedirects = settings.locationTrusted = m_out.locationTrusted = true;
        else if (name == "max-redirs"_L1)
            settings.maxRedirects = v.toInt() < 0 ? 1000 : v.toInt();
        else if (name == "insecure"_L1)
            settings.verifyTls = false;
        else if (name == "cacert"_L1)
            settings.caFile = v;
        else if (name == "cert"_L1)
            setCertificate(v);
        else if (name == "key"_L1)
            settings.clientKeyFile = v;
        else if (name == "pass"_L1)
            m_out.values.setSecret(u"client-key-passphrase"_s, Secret::fromString(v));
        else if (name == "cert-type"_L1 || name == "key-type"_L1) {
            if (v.compare("PEM"_L1, Qt::CaseInsensitive) != 0)
                warn(u"%1 %2 is not understood yet: PEM is expected"_s.arg(shown, v));
        } else if (name == "resolve"_L1)
            addResolve(v);
        else if (name == "connect-to"_L1)
            addConnectTo(v);
        else if (name == "user-agent"_L1)
            setSimpleHeader(u"User-Agent"_s, v);
        else if (name == "referer"_L1)
            setSimpleHeader(u"Referer"_s, v.section(u';', 0, 0));
        else if (name == "range"_L1)
            setSimpleHeader(u"Range"_s, "bytes="_L1 + v);
        else if (name == "compressed"_L1)
            settings.decodeContent = true;
        else if (name == "max-time"_L1)
            settings.totalTimeoutMs = int(v.toDouble() * 1000);
        else if (name == "connect-timeout"_L1)
            settings.connectTimeoutMs = std::max(1, int(v.toDouble() * 1000));
        else if (name == "upload-file"_L1)
            setUpload(v);
        else if (name == "path-as-is"_L1)
            settings.pathAsIs = true;
        else if (name == "ipv4"_L1)
            settings.addressFamily = 4;
        else if (name == "ipv6"_L1)
            settings.addressFamily = 6;
        else if (name == "http1.0"_L1)
            settings.version = HttpVersion::Http10;
        else if (name == "http2"_L1 || name == "http2-prior-knowledge"_L1 || name == "http3"_L1 || name == "http3-only"_L1)
            warn(u"%1 is not understood yet; HTTP/1.1 is used"_s.arg(shown));
        else if (name == "cookie-jar"_L1)
            warn(u"%1 is not understood yet: no cookie file is written"_s.arg(shown));
        else
            warn(u"%1 is not understood yet and was left out"_s.arg(shown));
    }

    void addHeader(const QString &v)
    {
        if (v.startsWith(u'@')) {
            const Result<QByteArray> file = readInput(v.mid(1), u"-H"_s);
            if (!file) {
                fail(file.error());
                return;
            }
            for (const QByteArray &line : file->split('\n')) {
                if (!line.trimmed().isEmpty())
                    addHeader(QString::fromUtf8(line.endsWith('\r') ? line.chopped(1) : line));
            }
            return;
        }
        const qsizetype colon = v.indexOf(u':');
        const qsizetype semicolon = v.indexOf(u';');
        if (colon < 0 && semicolon >= 0 && v.mid(semicolon + 1).trimmed().isEmpty()) { // "Name;" is an empty value
            m_out.spec.headers.append({v.left(semicolon), QString(), true});
            return;
        }
        if (colon < 0) {
            warn(u"the header \"%1\" has no colon and was left out, as curl does"_s.arg(v.left(40)));
            return;
        }
        const QString name = v.left(colon);
        // curl cuts the spaces in front and sends the rest as it is.
        QString content = v.mid(colon + 1);
        while (!content.isEmpty() && (content.front() == u' ' || content.front() == u'\t'))
            content.remove(0, 1);
        if (content.isEmpty())
            m_out.spec.suppressedDefaults << name.trimmed();
        else
            m_out.spec.headers.append({name, content, true});
    }

    void setSimpleHeader(const QString &name, const QString &v)
    {
        std::erase_if(m_out.spec.headers, [&](const SpecHeader &h) { return h.name.compare(name, Qt::CaseInsensitive) == 0; });
        if (v.isEmpty())
            m_out.spec.suppressedDefaults << name;
        else
            m_out.spec.headers.append({name, v, true});
    }

    void addData(const QString &name, const QString &v)
    {
        QByteArray bytes = v.toUtf8();
        if (v.startsWith(u'@') && name != "data-raw"_L1) {
            const Result<QByteArray> file = readInput(v.mid(1), u"--"_s + name);
            if (!file) {
                fail(file.error());
                return;
            }
            bytes = *file;
            if (name == "data"_L1 || name == "data-ascii"_L1) // curl strips line ends and NUL here
                bytes.removeIf([](char c) { return c == '\r' || c == '\n' || c == '\0'; });
        }
        if (m_hasData && name != "json"_L1)
            m_data += '&';
        m_data += bytes;
        m_hasData = true;
        m_json = m_json || name == "json"_L1;
    }

    // content, =content, name=content, @file, name@file
    void addUrlEncoded(const QString &v)
    {
        const qsizetype equals = v.indexOf(u'=');
        const qsizetype at = v.indexOf(u'@');
        const bool isFile = at >= 0 && (equals < 0 || at < equals);
        const qsizetype split = isFile ? at : equals;
        const QByteArray name = split > 0 ? v.left(split).toUtf8() : QByteArray();
        QByteArray content = v.mid(split + 1).toUtf8();
        if (isFile) {
            const Result<QByteArray> file = readInput(v.mid(split + 1), u"--data-urlencode"_s);
            if (!file) {
                fail(file.error());
                return;
            }
            content = *file;
        }
        const QByteArray item = (name.isEmpty() ? QByteArray() : name + '=') + percentEncode(content);
        if (m_hasData)
            m_data += '&';
        m_data += item;
        m_hasData = true;
    }

    void setUser(const QString &v)
    {
        m_userGiven = true;
        const qsizetype colon = v.indexOf(u':');
        m_user = colon < 0 ? v : v.left(colon);
        m_password = colon < 0 ? QString() : v.mid(colon + 1);
        if (colon < 0)
            warn(u"-u has no password; an empty one is used"_s);
    }

    void addCookie(const QString &v)
    {
        if (v.contains(u'=')) {
            m_cookies << v;
            return;
        }
        if (v.isEmpty())
            return;
        m_cookieFiles << v;
    }

    // Netscape format: domain, subdomains, path, secure, expires, name, value; "#HttpOnly_" in front.
    void readCookieFiles(const Url &url)
    {
        for (const QString &name : m_cookieFiles) {
            const Result<QByteArray> file = readInput(name, u"-b"_s);
            if (!file) {
                warn(u"the cookie file %1 can't be read; no cookie is sent from it"_s.arg(name));
                continue;
            }
            for (QByteArray line : file->split('\n')) {
                if (line.startsWith("#HttpOnly_"))
                    line = line.mid(10);
                const QList<QByteArray> fields = line.trimmed().split('\t');
                if (line.startsWith('#') || fields.size() < 6)
                    continue;
                const QString domain = QString::fromUtf8(fields.at(0)).toLower();
                const QString bare = domain.startsWith(u'.') ? domain.mid(1) : domain;
                const bool subdomains = fields.at(1) == "TRUE";
                const bool hostFits = url.host == bare || (subdomains && url.host.endsWith(u'.' + bare));
                const QByteArray path = url.path.isEmpty() ? QByteArray("/") : url.path;
                const QByteArray cookiePath = fields.at(2);
                const bool pathFits = path == cookiePath || (path.startsWith(cookiePath) && (cookiePath.endsWith('/') || path.at(cookiePath.size()) == '/'));
                const bool secureFits = fields.at(3) != "TRUE" || url.isSecure() || url.host == "localhost"_L1;
                const qint64 expires = fields.at(4).toLongLong();
                const bool isFresh = expires == 0 || expires > QDateTime::currentSecsSinceEpoch();
                if (hostFits && pathFits && secureFits && isFresh)
                    m_cookies << QString::fromUtf8(fields.at(5) + '=' + fields.value(6));
            }
        }
    }

    void setCertificate(const QString &v)
    {
        // cert[:password]; a backslash escapes a colon
        qsizetype colon = -1;
        for (qsizetype i = 0; i < v.size(); ++i) {
            if (v.at(i) == u'\\')
                ++i;
            else if (v.at(i) == u':' && !QFileInfo::exists(v)) {
                colon = i;
                break;
            }
        }
        m_out.spec.settings.clientCertificateFile = colon < 0 ? v : v.left(colon);
        if (colon >= 0)
            m_out.values.setSecret(u"client-key-passphrase"_s, Secret::fromString(v.mid(colon + 1)));
    }

    void addResolve(const QString &v)
    {
        // [+]host:port:addr[,addr]
        QString text = v;
        if (text.startsWith(u'+') || text.startsWith(u'-'))
            text.remove(0, 1);
        const QString host = text.section(u':', 0, 0).toLower();
        const QString port = text.section(u':', 1, 1);
        const QString address = text.section(u':', 2).section(u',', 0, 0);
        if (host.isEmpty() || port.toInt() <= 0 || address.isEmpty()) {
            warn(u"--resolve %1 is not host:port:address and was left out"_s.arg(v));
            return;
        }
        m_out.spec.settings.resolve.insert(host + u':' + port, address);
    }

    void addConnectTo(const QString &v)
    {
        // host:port:connect-host:connect-port; an empty host or port stands for any, which needs the URL.
        m_connectTo << v;
    }

    void setUpload(const QString &v)
    {
        m_out.spec.body.kind = BodyKind::File;
        m_out.spec.body.filePath = v;
        m_upload = true;
        if (v == "-"_L1 || v == "."_L1)
            fail(invalid(u"-T %1 reads standard input, which is not taken here"_s.arg(v), u"Name a file."_s));
    }

    void buildMultipart()
    {
        // RFC 7578. The boundary is fixed by the content, so that the same command gives the same bytes.
        QByteArray body;
        const QByteArray boundary = "------------------------realmscope7578";
        for (const auto &[part, isString] : m_parts) {
            const qsizetype equals = part.indexOf(u'=');
            if (equals < 0) {
                fail(invalid(u"-F %1 has no \"=\""_s.arg(part.left(30)), u"Write -F name=content."_s));
                return;
            }
            const QByteArray name = part.left(equals).toUtf8();
            QString content = part.mid(equals + 1);
            QByteArray type;
            QByteArray fileName;
            QByteArray bytes;
            if (!isString) {
                const QStringList pieces = content.split(u';');
                content = pieces.first();
                for (const QString &piece : pieces.mid(1)) {
                    if (piece.startsWith("type="_L1))
                        type = piece.mid(5).toUtf8();
                    else if (piece.startsWith("filename="_L1))
                        fileName = piece.mid(9).remove(u'"').toUtf8();
                    else
                        content += u';' + piece;
                }
            }
            const bool isFile = !isString && (content.startsWith(u'@') || content.startsWith(u'<'));
            if (isFile) {
                const Result<QByteArray> file = readInput(content.mid(1), u"-F"_s);
                if (!file) {
                    fail(file.error());
                    return;
                }
                bytes = *file;
                if (content.startsWith(u'@')) {
                    if (fileName.isEmpty())
                        fileName = QFileInfo(content.mid(1)).fileName().toUtf8();
                    if (type.isEmpty())
                        type = "application/octet-stream"_ba;
                }
            } else {
                bytes = content.toUtf8();
            }
            body += "--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + name + '"';
            if (!fileName.isEmpty())
                body += "; filename=\"" + fileName + '"';
            if (!type.isEmpty())
                body += "\r\nContent-Type: " + type;
            body += "\r\n\r\n" + bytes + "\r\n";
        }
        body += "--" + boundary + "--\r\n";
        m_out.spec.body.kind = BodyKind::Text;
        m_out.spec.body.text = QString::fromUtf8(body);
        if (m_out.spec.body.text.toUtf8() != body)
            warn(u"a file of -F is not UTF-8 text; its bytes are changed"_s);
        m_out.spec.body.contentType = "multipart/form-data; boundary="_L1 + QString::fromLatin1(boundary);
    }

    Result<CurlCommand> finish()
    {
        RequestSpec &spec = m_out.spec;
        if (spec.url.isEmpty())
            return invalid(u"the curl command has no URL"_s, u"Add the URL to it."_s);
        if (!m_parts.isEmpty())
            buildMultipart();
        if (m_error)
            return *m_error;
        for (const QString &item : m_query)
            appendQuery(item.toUtf8());
        if (m_hasData && m_dataInUrl) {
            appendQuery(m_data);
        } else if (m_hasData) {
            spec.body.kind = BodyKind::Text;
            spec.body.text = QString::fromUtf8(m_data);
            if (spec.body.text.toUtf8() != m_data)
                warn(u"the data is not UTF-8 text; use -T FILE to send its bytes unchanged"_s);
            spec.body.contentType = m_json ? u"application/json"_s : u"application/x-www-form-urlencoded"_s;
            if (m_json)
                addDefaultHeader(u"Accept"_s, u"application/json"_s);
        }
        if (!m_methodGiven) {
            spec.method = m_head                                        ? u"HEAD"_s
                : m_upload                                              ? u"PUT"_s
                : (m_hasData && !m_dataInUrl) || !m_parts.isEmpty()     ? u"POST"_s
                                                                        : u"GET"_s;
        }
        const Result<Url> url = Url::parse(spec.url);
        if (url) {
            readCookieFiles(*url);
            applyConnectTo(*url);
        }
        if (!m_cookies.isEmpty())
            spec.headers.append({u"Cookie"_s, m_cookies.join("; "_L1), true});
        applyCredential();
        return m_out;
    }

    void appendQuery(const QByteArray &query)
    {
        QString &url = m_out.spec.url;
        const qsizetype hash = url.indexOf(u'#');
        const QString fragment = hash < 0 ? QString() : url.mid(hash);
        if (hash >= 0)
            url.truncate(hash);
        url += (url.contains(u'?') ? u'&' : u'?') + QString::fromUtf8(query) + fragment;
    }

    void addDefaultHeader(const QString &name, const QString &v)
    {
        const bool isThere = std::ranges::any_of(m_out.spec.headers, [&](const SpecHeader &h) { return h.name.compare(name, Qt::CaseInsensitive) == 0; });
        if (!isThere)
            m_out.spec.headers.append({name, v, true});
    }

    void applyConnectTo(const Url &url)
    {
        for (const QString &rule : m_connectTo) {
            const QStringList parts = rule.split(u':');
            if (parts.size() != 4) {
                warn(u"--connect-to %1 is not host:port:host:port and was left out"_s.arg(rule));
                continue;
            }
            const bool fits = (parts.at(0).isEmpty() || parts.at(0).toLower() == url.host)
                && (parts.at(1).isEmpty() || parts.at(1).toInt() == url.port);
            if (!fits)
                continue;
            const QString host = parts.at(2).isEmpty() ? url.host : parts.at(2);
            const QString port = parts.at(3).isEmpty() ? QString::number(url.port) : parts.at(3);
            m_out.spec.settings.resolve.insert(u"%1:%2"_s.arg(url.host).arg(url.port), host + u':' + port);
        }
    }

    void applyCredential()
    {
        if (!m_bearer.isEmpty()) {
            m_out.schemeId = u"bearer"_s;
            m_out.values.setText(u"prefix"_s, u"Bearer"_s);
            m_out.values.setSecret(u"token"_s, Secret::fromString(m_bearer));
            return;
        }
        if (!m_userGiven)
            return;
        m_out.schemeId = m_auth.isEmpty() ? u"basic"_s : m_auth;
        m_out.values.setText(u"username"_s, m_user);
        m_out.values.setText(u"charset"_s, u"utf-8"_s);
        m_out.values.setSecret(u"password"_s, Secret::fromString(m_password));
    }

    QStringList m_words;
    qsizetype m_next = 0;
    CurlCommand m_out;
    std::optional<Error> m_error;
    QByteArray m_data;
    QList<std::pair<QString, bool>> m_parts;
    QStringList m_query;
    QStringList m_cookies;
    QStringList m_cookieFiles;
    QStringList m_connectTo;
    QString m_user;
    QString m_password;
    QString m_bearer;
    QString m_auth;
    bool m_hasData = false;
    bool m_json = false;
    bool m_dataInUrl = false;
    bool m_head = false;
    bool m_upload = false;
    bool m_userGiven = false;
    bool m_methodGiven = false;
};

QString shellQuoted(const QString &word)
{
    const bool isPlain = !word.isEmpty()
        && std::ranges::all_of(word, [](QChar c) { return (c.unicode() < 0x80 && c.isLetterOrNumber()) || QStringView(u"-_./:=@,+%").contains(c); });
    if (isPlain)
        return word;
    QString quoted = word;
    return u'\'' + quoted.replace(u'\'', "'\\''"_L1) + u'\'';
}

} // namespace

Result<CurlCommand> parseCurl(const QStringList &words) { return Parser(words).parse(); }

bool looksLikeCurl(const QString &text)
{
    QString trimmed = text.trimmed();
    if (trimmed.startsWith("$ "_L1))
        trimmed = trimmed.mid(2).trimmed();
    const QString first = trimmed.section(QChar::Space, 0, 0).section(u'\n', 0, 0);
    return first == "curl"_L1 || first == "curl.exe"_L1 || first.endsWith("/curl"_L1);
}

Result<QStringList> splitShellWords(const QString &source)
{
    QString text = source.trimmed();
    if (text.startsWith("$ "_L1))
        text = text.mid(2);
    QStringList words;
    QString word;
    bool inWord = false;
    const auto endWord = [&] {
        if (inWord)
            words << word;
        word.clear();
        inWord = false;
    };
    const auto openQuote = [](qsizetype at, QChar quote) {
        return Error{ErrorCode::Parse, u"the quote %1 at position %2 is not closed"_s.arg(quote).arg(at + 1), {},
                     u"Close it, or paste the whole command."_s};
    };
    for (qsizetype i = 0; i < text.size(); ++i) {
        const QChar c = text.at(i);
        if (c == u'\\' || (c == u'^' && i + 1 < text.size() && (text.at(i + 1) == u'\n' || text.at(i + 1) == u'\r'))) {
            if (i + 1 >= text.size())
                break; // a continuation with nothing behind it
            const QChar next = text.at(++i);
            if (next == u'\r' && i + 1 < text.size() && text.at(i + 1) == u'\n')
                ++i;
            else if (next != u'\n') {
                word += next;
                inWord = true;
            }
        } else if (c == u'\'') {
            const qsizetype end = text.indexOf(u'\'', i + 1);
            if (end < 0)
                return openQuote(i, c);
            word += QStringView(text).sliced(i + 1, end - i - 1);
            inWord = true;
            i = end;
        } else if (c == u'$' && i + 1 < text.size() && text.at(i + 1) == u'\'') {
            const qsizetype begin = i;
            inWord = true;
            QByteArray bytes; // \xHH are bytes, so the word is put together as bytes
            for (i += 2;; ++i) {
                if (i >= text.size())
                    return openQuote(begin + 1, u'\'');
                if (text.at(i) == u'\'')
                    break;
                if (text.at(i) != u'\\' || i + 1 >= text.size()) {
                    bytes += QString(text.at(i)).toUtf8();
                    continue;
                }
                const QChar escape = text.at(++i);
                const auto hex = [&](int most) {
                    qsizetype n = 0;
                    while (n < most && i + 1 + n < text.size() && QStringView(u"0123456789abcdefABCDEF").contains(text.at(i + 1 + n)))
                        ++n;
                    const uint code = text.mid(i + 1, n).toUInt(nullptr, 16);
                    i += n;
                    return code;
                };
                switch (escape.unicode()) {
                case u'n': bytes += '\n'; break;
                case u'r': bytes += '\r'; break;
                case u't': bytes += '\t'; break;
                case u'a': bytes += '\a'; break;
                case u'b': bytes += '\b'; break;
                case u'e': bytes += '\x1b'; break;
                case u'x': bytes += static_cast<char>(hex(2)); break;
                case u'u': {
                    const char32_t code = hex(4);
                    bytes += QString::fromUcs4(&code, 1).toUtf8();
                    break;
                }
                case u'U': {
                    const char32_t code = hex(8);
                    bytes += QString::fromUcs4(&code, 1).toUtf8();
                    break;
                }
                default:
                    if (escape >= u'0' && escape <= u'7') {
                        uint code = uint(escape.unicode() - u'0');
                        for (int n = 0; n < 2 && i + 1 < text.size() && text.at(i + 1) >= u'0' && text.at(i + 1) <= u'7'; ++n)
                            code = code * 8 + uint(text.at(++i).unicode() - u'0');
                        bytes += static_cast<char>(code);
                    } else {
                        bytes += QString(escape).toUtf8();
                    }
                }
            }
            word += QString::fromUtf8(bytes);
        } else if (c == u'"') {
            const qsizetype begin = i;
            inWord = true;
            for (++i;; ++i) {
                if (i >= text.size())
                    return openQuote(begin, c);
                if (text.at(i) == u'"')
                    break;
                if (text.at(i) == u'\\' && i + 1 < text.size() && QStringView(u"$`\"\\\n").contains(text.at(i + 1))) {
                    if (text.at(++i) != u'\n')
                        word += text.at(i);
                    continue;
                }
                word += text.at(i);
            }
        } else if (c.isSpace()) {
            endWord();
        } else {
            word += c;
            inWord = true;
        }
    }
    endWord();
    return words;
}

QString toCurl(const RequestSpec &spec, const QString &schemeId)
{
    QStringList words{u"curl"_s};
    const bool hasBody = spec.body.kind != BodyKind::None;
    const QString implied = spec.body.kind == BodyKind::File ? u"PUT"_s : hasBody ? u"POST"_s : u"GET"_s;
    if (spec.method == "HEAD"_L1 && !hasBody)
        words << u"-I"_s;
    else if (spec.method != implied)
        words << u"-X"_s << shellQuoted(spec.method);
    if (spec.settings.locationTrusted)
        words << u"--location-trusted"_s;
    else if (spec.settings.followRedirects)
        words << u"-L"_s;
    if (spec.settings.followRedirects && spec.settings.maxRedirects != RequestSettings().maxRedirects)
        words << u"--max-redirs"_s << QString::number(spec.settings.maxRedirects);
    if (!spec.settings.verifyTls)
        words << u"-k"_s;
    if (spec.settings.decodeContent)
        words << u"--compressed"_s;
    if (spec.settings.pathAsIs)
        words << u"--path-as-is"_s;
    if (spec.settings.version == HttpVersion::Http10)
        words << u"--http1.0"_s;
    if (spec.settings.addressFamily != 0)
        words << (spec.settings.addressFamily == 4 ? u"-4"_s : u"-6"_s);
    if (!spec.settings.caFile.isEmpty())
        words << u"--cacert"_s << shellQuoted(spec.settings.caFile);
    if (!spec.settings.clientCertificateFile.isEmpty())
        words << u"--cert"_s << shellQuoted(spec.settings.clientCertificateFile);
    if (!spec.settings.clientKeyFile.isEmpty())
        words << u"--key"_s << shellQuoted(spec.settings.clientKeyFile);
    if (spec.settings.totalTimeoutMs > 0)
        words << u"-m"_s << QString::number(spec.settings.totalTimeoutMs / 1000.0);
    for (auto it = spec.settings.resolve.cbegin(); it != spec.settings.resolve.cend(); ++it)
        words << u"--resolve"_s << shellQuoted(it.key() + u':' + it.value());
    if (schemeId == "basic"_L1 || schemeId == "digest"_L1 || schemeId == "any"_L1) {
        if (schemeId != "basic"_L1)
            words << (schemeId == "any"_L1 ? u"--anyauth"_s : u"--digest"_s);
        words << u"-u"_s << u"\"$REALMSCOPE_USER:$REALMSCOPE_PASSWORD\""_s;
    } else if (schemeId == "bearer"_L1) {
        words << u"--oauth2-bearer"_s << u"\"$REALMSCOPE_TOKEN\""_s;
    } else if (schemeId == "api-key"_L1) {
        words << u"-H"_s << u"\"$REALMSCOPE_API_KEY_HEADER\""_s;
    }
    for (const SpecHeader &header : spec.headers) {
        if (header.enabled)
            words << u"-H"_s << shellQuoted(header.value.isEmpty() ? header.name + u';' : header.name + u": "_s + header.value);
    }
    for (const QString &name : spec.suppressedDefaults)
        words << u"-H"_s << shellQuoted(name + u':');
    const bool hasContentType = std::ranges::any_of(spec.headers, [](const SpecHeader &h) {
        return h.enabled && h.name.compare("Content-Type"_L1, Qt::CaseInsensitive) == 0;
    });
    if (hasBody && !hasContentType && !spec.body.contentType.isEmpty()
        && spec.body.contentType != "application/x-www-form-urlencoded"_L1)
        words << u"-H"_s << shellQuoted("Content-Type: "_L1 + spec.body.contentType);
    switch (spec.body.kind) {
    case BodyKind::None:
        break;
    case BodyKind::Text:
        words << u"--data-raw"_s << shellQuoted(spec.body.text);
        break;
    case BodyKind::Form:
        for (const SpecFormItem &item : spec.body.form) {
            if (item.enabled)
                words << u"--data-urlencode"_s << shellQuoted(item.name + u'=' + item.value);
        }
        break;
    case BodyKind::File:
        words << u"-T"_s << shellQuoted(spec.body.filePath);
        break;
    }
    words << shellQuoted(spec.url);
    return words.join(u' ');
}

} // namespace realmscope
