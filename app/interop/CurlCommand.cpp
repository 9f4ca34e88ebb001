// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/interop/CurlCommand.h"

#include "app/base/Clock.h"
#include "app/base/Encoding.h"
#include "app/base/Random.h"
#include "app/http/Proxy.h"
#include "app/interop/CookieFile.h"
#include "app/interop/CurlOptions.h"
#include "app/interop/Multipart.h"

#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QHash>
#include <QtCore/QRegularExpression>

#include <optional>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

// A URL as text, so that templates ({{base}}/x) and what the user wrote stay as they are.
struct UrlText
{
    QString front; // up to the query
    std::optional<QString> query;
    QString fragment; // with '#', or empty

    explicit UrlText(const QString &url)
    {
        const qsizetype hash = url.indexOf(u'#');
        fragment = hash < 0 ? QString() : url.mid(hash);
        front = hash < 0 ? url : url.left(hash);
        if (const qsizetype question = front.indexOf(u'?'); question >= 0) {
            query = front.mid(question + 1);
            front.truncate(question);
        }
    }
    void addQuery(const QString &text)
    {
        if (!text.isEmpty())
            query = query && !query->isEmpty() ? *query + u'&' + text : text;
    }
    [[nodiscard]] qsizetype authorityBegin() const
    {
        const qsizetype slashes = front.indexOf("://"_L1);
        return slashes < 0 ? 0 : slashes + 3;
    }
    [[nodiscard]] qsizetype pathBegin() const { return front.indexOf(u'/', authorityBegin()); }
    [[nodiscard]] QString text() const { return front + (query ? u'?' + *query : QString()) + fragment; }
};

class CurlReader
{
public:
    explicit CurlReader(const CurlSurroundings &surroundings) : m_surroundings(surroundings) {}

    Result<CurlCommand> read(const QStringList &words)
    {
        qsizetype i = !words.isEmpty() && isCurlWord(words.first()) ? 1 : 0;
        bool onlyUrls = false;
        for (; i < words.size() && !m_error; ++i) {
            const QString &word = words.at(i);
            if (!onlyUrls && (word == "|"_L1 || word == "||"_L1 || word == "&&"_L1 || word == ";"_L1 || word == "&"_L1)) {
                warn(u"\"%1\" and what follows belongs to the shell and was left out"_s.arg(word));
                break;
            }
            if (!onlyUrls && (word == ">"_L1 || word == ">>"_L1 || word == "2>"_L1 || word == "<"_L1)) {
                warn(u"\"%1 %2\" belongs to the shell and was left out"_s.arg(word, words.value(i + 1)));
                ++i;
            } else if (!onlyUrls && (word == "2>&1"_L1 || word == "2>/dev/null"_L1 || word == ">/dev/null"_L1)) {
                continue;
            } else if (!onlyUrls && word == "--"_L1) {
                onlyUrls = true;
            } else if (!onlyUrls && word == "--next"_L1) {
                warn(u"--next: only the first request is taken"_s);
                break;
            } else if (!onlyUrls && word.startsWith("--"_L1)) {
                readLong(word.mid(2), words, i);
            } else if (!onlyUrls && word.startsWith(u'-') && word.size() > 1) {
                if (!readShort(word, words, i))
                    break;
            } else {
                m_urls << word;
            }
        }
        if (!m_error)
            finish();
        if (m_error)
            return *m_error;
        return m_out;
    }

private:
    using Handler = void (CurlReader::*)(const QString &value, bool on);

    static bool isCurlWord(const QString &word)
    {
        return word == "curl"_L1 || word == "curl.exe"_L1 || word.endsWith("/curl"_L1) || word.endsWith("\\curl.exe"_L1);
    }
    void warn(const QString &text) { m_out.warnings << text; }
    void fail(Error error)
    {
        if (!m_error)
            m_error = std::move(error);
    }

    void readLong(const QString &name, const QStringList &words, qsizetype &i)
    {
        const CurlOption *option = findCurlOption(name.toUtf8());
        bool on = true;
        if (!option && name.startsWith("no-"_L1)) {
            option = findCurlOption(name.mid(3).toUtf8());
            on = false;
            if (option && option->takesValue)
                option = nullptr;
        }
        if (!option) {
            const qsizetype equals = name.indexOf(u'=');
            if (equals > 0 && findCurlOption(name.left(equals).toUtf8()))
                warn(u"--%1=…: curl wants the value as a word of its own; this one was left out"_s.arg(name.left(equals)));
            else
                warn(u"--%1 is no option of curl and was left out"_s.arg(equals > 0 ? name.left(equals) + "=…"_L1 : name));
            return;
        }
        const QString written = u"--"_s + QString::fromLatin1(option->name);
        if (!option->takesValue) {
            apply(*option, written, {}, on);
            return;
        }
        if (i + 1 >= words.size()) {
            fail(invalidInput(u"curl's option %1 has no value"_s.arg(written), u"Write the value after it."_s));
            return;
        }
        apply(*option, written, words.at(++i), true);
    }

    // False at -: (--next).
    bool readShort(const QString &word, const QStringList &words, qsizetype &i)
    {
        for (qsizetype c = 1; c < word.size(); ++c) {
            const char16_t letter = word.at(c).unicode();
            const CurlOption *option = letter < 0x80 ? findCurlOption(char(letter)) : nullptr;
            const QString written = u'-' + QString(word.at(c));
            if (!option) {
                warn(u"%1 is no option of curl and was left out"_s.arg(written));
                return true;
            }
            if (QByteArrayView(option->name) == "next") {
                warn(u"-: (--next): only the first request is taken"_s);
                return false;
            }
            if (!option->takesValue) {
                apply(*option, written, {}, true);
                continue;
            }
            QString value = word.mid(c + 1);
            if (value.isEmpty()) {
                if (i + 1 >= words.size()) {
                    fail(invalidInput(u"curl's option %1 has no value"_s.arg(written), u"Write the value after it."_s));
                    return true;
                }
                value = words.at(++i);
            }
            apply(*option, written, value, true);
            return true;
        }
        return true;
    }

    void apply(const CurlOption &option, const QString &written, const QString &value, bool on)
    {
        if (option.effect == CurlEffect::Unsupported) {
            const QByteArrayView name(option.name);
            if (name == "socks4" || name == "socks4a" || name == "proxy1.0")
                warn(u"%1 is not supported: the request goes without this proxy"_s.arg(written));
            else if (name == "preproxy")
                warn(u"%1 is not supported: there can be one proxy only, this one was left out"_s.arg(written));
            else if (name.startsWith("http3"))
                warn(u"%1 is not supported: the server chooses between HTTP/2 and HTTP/1.1"_s.arg(written));
            else
                warn(u"%1 is not supported and was left out"_s.arg(written));
            return;
        }
        const auto handler = handlers().constFind(QByteArray(option.name));
        if (handler == handlers().cend()) {
            Q_ASSERT(option.effect == CurlEffect::Silent);
            return;
        }
        m_written = written;
        (this->*handler.value())(value, on);
    }

    static const QHash<QByteArray, Handler> &handlers()
    {
        static const QHash<QByteArray, Handler> map{
            {"request", &CurlReader::onRequest},
            {"header", &CurlReader::onHeader},
            {"data", &CurlReader::onData},
            {"data-ascii", &CurlReader::onData},
            {"data-raw", &CurlReader::onDataRaw},
            {"data-binary", &CurlReader::onDataBinary},
            {"data-urlencode", &CurlReader::onDataUrlencode},
            {"json", &CurlReader::onJson},
            {"form", &CurlReader::onForm},
            {"form-string", &CurlReader::onFormString},
            {"get", &CurlReader::onGet},
            {"head", &CurlReader::onHead},
            {"user", &CurlReader::onUser},
            {"basic", &CurlReader::onBasic},
            {"digest", &CurlReader::onDigest},
            {"anyauth", &CurlReader::onAnyauth},
            {"ntlm", &CurlReader::onNtlm},
            {"ntlm-wb", &CurlReader::onMissingScheme},
            {"negotiate", &CurlReader::onNegotiate},
            {"aws-sigv4", &CurlReader::onSigV4},
            {"oauth2-bearer", &CurlReader::onBearer},
            {"netrc", &CurlReader::onNetrc},
            {"netrc-optional", &CurlReader::onNetrcOptional},
            {"netrc-file", &CurlReader::onNetrcFile},
            {"cookie", &CurlReader::onCookie},
            {"cookie-jar", &CurlReader::onCookieJar},
            {"junk-session-cookies", &CurlReader::onJunkSessionCookies},
            {"location", &CurlReader::onLocation},
            {"location-trusted", &CurlReader::onLocationTrusted},
            {"max-redirs", &CurlReader::onMaxRedirs},
            {"post301", &CurlReader::onPost301},
            {"post302", &CurlReader::onPost302},
            {"post303", &CurlReader::onPost303},
            {"insecure", &CurlReader::onInsecure},
            {"cacert", &CurlReader::onCacert},
            {"cert", &CurlReader::onCert},
            {"key", &CurlReader::onKey},
            {"capath", &CurlReader::onCapath},
            {"cert-type", &CurlReader::onCertType},
            {"key-type", &CurlReader::onKeyType},
            {"tlsv1", &CurlReader::onTlsOld},
            {"tlsv1.0", &CurlReader::onTlsOld},
            {"tlsv1.1", &CurlReader::onTlsOld},
            {"tlsv1.2", &CurlReader::onTls12},
            {"tlsv1.3", &CurlReader::onTls13},
            {"tls-max", &CurlReader::onTlsMax},
            {"proxy", &CurlReader::onProxy},
            {"socks5", &CurlReader::onSocks5},
            {"socks5-hostname", &CurlReader::onSocks5Hostname},
            {"noproxy", &CurlReader::onNoproxy},
            {"proxytunnel", &CurlReader::onProxytunnel},
            {"proxy-user", &CurlReader::onProxyUser},
            {"proxy-basic", &CurlReader::onProxyBasic},
            {"proxy-digest", &CurlReader::onProxyDigest},
            {"proxy-anyauth", &CurlReader::onProxyAnyauth},
            {"proxy-ntlm", &CurlReader::onProxyNtlm},
            {"proxy-negotiate", &CurlReader::onProxyNegotiate},
            {"max-filesize", &CurlReader::onMaxFilesize},
            {"expect100-timeout", &CurlReader::onExpectTimeout},
            {"pass", &CurlReader::onPass},
            {"resolve", &CurlReader::onResolve},
            {"connect-to", &CurlReader::onConnectTo},
            {"user-agent", &CurlReader::onUserAgent},
            {"referer", &CurlReader::onReferer},
            {"range", &CurlReader::onRange},
            {"compressed", &CurlReader::onCompressed},
            {"max-time", &CurlReader::onMaxTime},
            {"connect-timeout", &CurlReader::onConnectTimeout},
            {"upload-file", &CurlReader::onUploadFile},
            {"url", &CurlReader::onUrl},
            {"url-query", &CurlReader::onUrlQuery},
            {"path-as-is", &CurlReader::onPathAsIs},
            {"ipv4", &CurlReader::onIpv4},
            {"ipv6", &CurlReader::onIpv6},
            {"http1.0", &CurlReader::onHttp10},
            {"http1.1", &CurlReader::onHttp11},
            {"http2", &CurlReader::onHttp2},
            {"http2-prior-knowledge", &CurlReader::onHttp2PriorKnowledge},
            {"globoff", &CurlReader::onGloboff},
        };
        return map;
    }

    // --- What is sent

    void onRequest(const QString &value, bool) { m_method = value; }
    void onGet(const QString &, bool on) { m_get = on; }
    void onHead(const QString &, bool on) { m_head = on; }
    void onUrl(const QString &value, bool) { m_urls << value; }
    void onGloboff(const QString &, bool on) { m_globOff = on; }

    void onHeader(const QString &value, bool)
    {
        if (!value.startsWith(u'@')) {
            addHeaderLine(value);
            return;
        }
        const std::optional<QByteArray> file = readFile(value.mid(1));
        if (!file)
            return;
        for (QByteArray line : file->split('\n')) {
            if (line.endsWith('\r'))
                line.chop(1);
            if (!line.isEmpty())
                addHeaderLine(QString::fromUtf8(line));
        }
    }

    void addHeaderLine(const QString &line)
    {
        const qsizetype colon = line.indexOf(u':');
        if (colon < 0) {
            // "Name;" is a header with an empty value.
            const QString trimmed = line.trimmed();
            if (trimmed.size() > 1 && trimmed.endsWith(u';'))
                m_out.spec.headers.append({trimmed.chopped(1), {}, true});
            else
                warn(u"a -H without a colon: curl sends nothing for it"_s);
            return;
        }
        const QString name = line.left(colon);
        QString value = line.mid(colon + 1);
        if (value.trimmed().isEmpty()) {
            m_out.spec.suppressedDefaults << name.trimmed();
            return;
        }
        if (value.startsWith(u' '))
            value.remove(0, 1); // the one that is written again
        if (name.compare("Transfer-Encoding"_L1, Qt::CaseInsensitive) == 0 && value.trimmed().compare("chunked"_L1, Qt::CaseInsensitive) == 0) {
            m_chunkedLine = line;
            return;
        }
        m_out.spec.headers.append({name, value, true});
    }

    // -d: pieces are joined with &; of a file line ends and NUL are dropped.
    void addData(const QByteArray &piece, bool separate = true)
    {
        if (m_data && separate)
            *m_data += '&';
        m_data = m_data.value_or(QByteArray()) + piece;
    }
    void onData(const QString &value, bool)
    {
        if (!value.startsWith(u'@')) {
            addData(value.toUtf8());
            return;
        }
        if (std::optional<QByteArray> file = readFile(value.mid(1)))
            addData(file->replace('\r', "").replace('\n', "").replace('\0', ""));
    }
    void onDataRaw(const QString &value, bool) { addData(value.toUtf8()); }
    void onDataBinary(const QString &value, bool)
    {
        if (!value.startsWith(u'@')) {
            addData(value.toUtf8());
        } else if (const std::optional<QByteArray> file = readFile(value.mid(1))) {
            addData(*file);
        }
    }
    void onJson(const QString &value, bool)
    {
        m_json = true;
        if (!value.startsWith(u'@')) {
            addData(value.toUtf8(), false);
        } else if (const std::optional<QByteArray> file = readFile(value.mid(1))) {
            addData(*file, false);
        }
    }
    // "text", "=text", "name=text", "@file", "name@file".
    std::optional<QByteArray> urlencoded(const QString &value)
    {
        qsizetype at = value.indexOf(u'=');
        const bool isFile = at < 0 && value.contains(u'@');
        if (isFile)
            at = value.indexOf(u'@');
        const QByteArray name = at < 0 ? QByteArray() : value.left(at).toUtf8();
        QByteArray content = value.mid(at + 1).toUtf8();
        if (isFile) {
            const std::optional<QByteArray> file = readFile(value.mid(at + 1));
            if (!file)
                return std::nullopt;
            content = *file;
        }
        content = percentEncode(content).replace("%20", "+");
        return name.isEmpty() ? content : name + '=' + content;
    }
    void onDataUrlencode(const QString &value, bool)
    {
        if (const std::optional<QByteArray> piece = urlencoded(value))
            addData(*piece);
    }
    void onUrlQuery(const QString &value, bool)
    {
        // A leading + means: as it is.
        const std::optional<QByteArray> piece = value.startsWith(u'+') ? value.mid(1).toUtf8() : urlencoded(value);
        if (piece)
            m_query += (m_query.isEmpty() ? "" : "&") + *piece;
    }

    void onFormString(const QString &value, bool)
    {
        const qsizetype equals = value.indexOf(u'=');
        if (equals < 0) {
            fail(invalidInput(u"%1 has a value without ="_s.arg(m_written), u"Write it as name=text."_s));
            return;
        }
        m_parts.append({.name = value.left(equals).toUtf8(), .content = value.mid(equals + 1).toUtf8()});
    }

    // name=text, name=@file, name=<file, each with ;type=… ;filename=… ;headers=…
    void onForm(const QString &value, bool)
    {
        const qsizetype equals = value.indexOf(u'=');
        if (equals < 0) {
            fail(invalidInput(u"%1 has a value without ="_s.arg(m_written), u"Write it as name=text or name=@file."_s));
            return;
        }
        FormPart part;
        part.name = value.left(equals).toUtf8();
        QString rest = value.mid(equals + 1);
        const bool isUpload = rest.startsWith(u'@');
        const bool isFile = isUpload || rest.startsWith(u'<');
        if (isFile)
            rest.remove(0, 1);
        qsizetype at = 0;
        const QString content = formWord(rest, at, isUpload);
        QString fileName;
        if (at < rest.size() && rest.at(at) == u',') {
            fail(invalidInput(u"%1: several files in one field are not supported: %2"_s.arg(m_written, value),
                         u"Give each file an %1 of its own."_s.arg(m_written)));
            return;
        }
        while (at < rest.size()) {
            ++at; // ;
            while (at < rest.size() && rest.at(at).isSpace())
                ++at;
            const QStringView modifier = QStringView(rest).sliced(at);
            const qsizetype nameEnd = modifier.indexOf(u'=');
            const QString name = nameEnd < 0 ? modifier.toString() : modifier.first(nameEnd).toString();
            at = nameEnd < 0 ? rest.size() : at + nameEnd + 1;
            const QString word = nameEnd < 0 ? QString() : formWord(rest, at, false);
            if (name == "type"_L1)
                part.contentType = word.toUtf8();
            else if (name == "filename"_L1)
                fileName = word;
            else if (name == "headers"_L1 && !word.startsWith(u'@') && !word.startsWith(u'<'))
                part.headerLines << word.toUtf8();
            else if (!part.contentType.isEmpty() && nameEnd > 0)
                part.contentType += "; " + name.toUtf8() + '=' + word.toUtf8(); // a parameter of the type: charset=…
            else
                warn(u"%1: \";%2\" is not understood and was left out"_s.arg(m_written, name));
        }
        if (isFile) {
            if (m_surroundings.streamsFiles && QFileInfo(content).isFile()) {
                part.filePath = QFileInfo(content).absoluteFilePath();
            } else if (const std::optional<QByteArray> file = readFile(content)) {
                part.content = *file;
            } else {
                return;
            }
            if (isUpload && fileName.isEmpty())
                fileName = content == "-"_L1 ? content : QFileInfo(content).fileName();
        } else {
            part.content = content.toUtf8();
        }
        part.hasFileName = !fileName.isEmpty();
        part.fileName = fileName.toUtf8();
        if (part.hasFileName && part.contentType.isEmpty())
            part.contentType = contentTypeOfFile(part.fileName);
        m_parts.append(part);
    }

    // A value of -F up to the next ; (or , after a file name): quoted words may hold both. A type holds its parameters.
    static QString formWord(const QString &text, qsizetype &at, bool commaEnds)
    {
        QString word;
        if (at < text.size() && text.at(at) == u'"') {
            qsizetype i = at + 1;
            QString quoted;
            while (i < text.size() && text.at(i) != u'"') {
                if (text.at(i) == u'\\' && i + 1 < text.size() && (text.at(i + 1) == u'"' || text.at(i + 1) == u'\\'))
                    ++i;
                quoted += text.at(i++);
            }
            if (i < text.size()) {
                at = i + 1;
                while (at < text.size() && text.at(at) != u';' && !(commaEnds && text.at(at) == u','))
                    ++at;
                return quoted;
            }
        }
        while (at < text.size() && text.at(at) != u';' && !(commaEnds && text.at(at) == u','))
            word += text.at(at++);
        return word;
    }

    void onUploadFile(const QString &value, bool)
    {
        if (value == "-"_L1 || value == "."_L1) {
            if (m_surroundings.streamsFiles && QFile::exists(u"/dev/stdin"_s)) {
                m_uploadFile = u"/dev/stdin"_s;
                return;
            }
            if (const std::optional<QByteArray> input = readFile(u"-"_s))
                m_uploadBytes = *input;
            return;
        }
        m_uploadFile = value;
    }

    void onUserAgent(const QString &value, bool) { setOwnHeader(u"User-Agent"_s, value); }
    void onReferer(const QString &value, bool)
    {
        QString url = value;
        if (url.endsWith(";auto"_L1)) {
            url.chop(5);
            warn(u"%1: \";auto\" is not supported, redirects keep the Referer that was written"_s.arg(m_written));
        }
        if (!url.isEmpty())
            setOwnHeader(u"Referer"_s, url);
    }
    void onRange(const QString &value, bool) { setOwnHeader(u"Range"_s, "bytes="_L1 + value); }
    // Headers that curl makes of an option; -H of the same name wins.
    void setOwnHeader(const QString &name, const QString &value) { m_ownHeaders.insert(name, value); }

    // --- Credentials

    void onUser(const QString &value, bool) { m_user = value; }
    void onBasic(const QString &, bool on) { setScheme(u"basic"_s, on); }
    void onDigest(const QString &, bool on) { setScheme(u"digest"_s, on); }
    void onNtlm(const QString &, bool on) { setScheme(u"ntlm"_s, on); }
    void onNegotiate(const QString &, bool on) { setScheme(u"negotiate"_s, on); }
    void onAnyauth(const QString &, bool on) { setScheme(u"any"_s, on); }
    void onMissingScheme(const QString &, bool on)
    {
        if (on)
            m_missingScheme = m_written;
    }
    void onBearer(const QString &value, bool) { m_bearer = value; }
    void onNetrc(const QString &, bool on) { m_netrc = on ? Netrc::Required : Netrc::Off; }
    void onNetrcOptional(const QString &, bool on) { m_netrc = on ? Netrc::Optional : Netrc::Off; }
    void onNetrcFile(const QString &value, bool) { m_netrcFile = value; }
    void onSigV4(const QString &value, bool) { m_sigV4 = value; }
    void setScheme(const QString &id, bool on)
    {
        m_schemes.removeAll(id);
        if (on)
            m_schemes << id;
    }

    void onCookie(const QString &value, bool) { m_cookies << value; }
    void onCookieJar(const QString &value, bool) { m_out.cookieJarFile = value; }
    void onJunkSessionCookies(const QString &, bool on) { m_junkSessionCookies = on; }

    // --- How it is sent

    void onLocation(const QString &, bool on) { m_out.spec.settings.followRedirects = on; }
    void onLocationTrusted(const QString &, bool on)
    {
        m_out.spec.settings.followRedirects = on;
        m_out.spec.settings.locationTrusted = on;
        m_out.locationTrusted = on;
    }
    void onPost301(const QString &, bool on) { m_out.spec.settings.keepPost301 = on; }
    void onPost302(const QString &, bool on) { m_out.spec.settings.keepPost302 = on; }
    void onPost303(const QString &, bool on) { m_out.spec.settings.keepPost303 = on; }
    void onMaxRedirs(const QString &value, bool)
    {
        bool ok = false;
        const int count = value.toInt(&ok);
        if (!ok || count < -1) {
            fail(invalidInput(u"%1: \"%2\" is not a number"_s.arg(m_written, value), u"Write how many redirects to follow."_s));
            return;
        }
        m_maxRedirects = count < 0 ? 1000 : count; // -1: no limit; ours is far beyond what a server means
    }
    void onInsecure(const QString &, bool on) { m_out.spec.settings.verifyTls = !on; }
    // Both stand in place of the system's certificates.
    void onCacert(const QString &value, bool)
    {
        m_out.spec.settings.caFile = value;
        m_out.spec.settings.trustSystemCas = false;
    }
    void onKey(const QString &value, bool) { m_out.spec.settings.clientKeyFile = value; }
    void onPass(const QString &value, bool) { m_out.clientKeyPassphrase = Secret::fromString(value); }
    void onCapath(const QString &value, bool)
    {
        m_out.spec.settings.caFolder = value;
        m_out.spec.settings.trustSystemCas = false;
    }
    void onCertType(const QString &value, bool)
    {
        const QString type = value.toUpper();
        if (type == "PEM"_L1 || type == "DER"_L1 || type == "P12"_L1)
            m_out.spec.settings.clientCertificateType = type;
        else
            fail({ErrorCode::Unsupported, u"%1 %2 is not supported"_s.arg(m_written, value), {}, u"Use PEM, DER or P12."_s});
    }
    void onKeyType(const QString &value, bool)
    {
        // The content says which of the two it is.
        if (value.compare("PEM"_L1, Qt::CaseInsensitive) != 0 && value.compare("DER"_L1, Qt::CaseInsensitive) != 0)
            fail({ErrorCode::Unsupported, u"%1 %2 is not supported"_s.arg(m_written, value), {}, u"Use PEM or DER."_s});
    }
    void onTlsOld(const QString &, bool) { m_out.spec.settings.tlsMin.clear(); } // 1.2 is the oldest there is
    void onTls12(const QString &, bool) { m_out.spec.settings.tlsMin = u"1.2"_s; }
    void onTls13(const QString &, bool) { m_out.spec.settings.tlsMin = u"1.3"_s; }
    void onTlsMax(const QString &value, bool)
    {
        QString &newest = m_out.spec.settings.tlsMax;
        if (value == "default"_L1)
            newest.clear();
        else if (value == "1.2"_L1 || value == "1.3"_L1)
            newest = value;
        else
            fail({ErrorCode::Unsupported, u"%1 %2 is not supported"_s.arg(m_written, value), {}, u"Use 1.2 or 1.3."_s});
    }

    // --- Proxies

    void onProxy(const QString &value, bool) { m_proxy = value; }
    void onSocks5(const QString &value, bool) { m_proxy = "socks5://"_L1 + value; }
    void onSocks5Hostname(const QString &value, bool) { m_proxy = "socks5h://"_L1 + value; }
    void onNoproxy(const QString &value, bool) { m_out.spec.settings.noProxy = value; }
    void onProxytunnel(const QString &, bool on) { m_out.spec.settings.proxyTunnel = on; }
    void onProxyUser(const QString &value, bool) { m_proxyUser = value; }
    void onProxyBasic(const QString &, bool on) { setProxyScheme(u"basic"_s, on); }
    void onProxyDigest(const QString &, bool on) { setProxyScheme(u"digest"_s, on); }
    void onProxyAnyauth(const QString &, bool on) { setProxyScheme(u"any"_s, on); }
    void onProxyNtlm(const QString &, bool on) { setProxyScheme(u"ntlm"_s, on); }
    void onProxyNegotiate(const QString &, bool on) { setProxyScheme(u"negotiate"_s, on); }
    void setProxyScheme(const QString &id, bool on)
    {
        if (on)
            m_out.proxySchemeId = id; // for the proxy curl takes the last one, unlike for the server
        else if (m_out.proxySchemeId == id)
            m_out.proxySchemeId.clear();
    }

    void onMaxFilesize(const QString &value, bool)
    {
        static const QRegularExpression pattern(u"^(\\d+)([kKmMgG]?)$"_s);
        const QRegularExpressionMatch match = pattern.match(value);
        if (!match.hasMatch()) {
            fail(invalidInput(u"%1: \"%2\" is not a number of bytes"_s.arg(m_written, value), u"Write it as 5000 or 10M."_s));
            return;
        }
        const QString unit = match.captured(2).toUpper();
        const int shift = unit == "K"_L1 ? 10 : unit == "M"_L1 ? 20 : unit == "G"_L1 ? 30 : 0;
        m_out.spec.settings.limits.bodyBytes = match.captured(1).toLongLong() << shift;
    }
    void onExpectTimeout(const QString &value, bool) { readSeconds(value, m_out.spec.settings.limits.expectTimeoutMs); }
    // FILE[:passphrase]; a backslash takes the meaning of a colon away.
    void onCert(const QString &value, bool)
    {
        QString file;
        for (qsizetype i = 0; i < value.size(); ++i) {
            if (value.at(i) == u'\\' && i + 1 < value.size() && (value.at(i + 1) == u':' || value.at(i + 1) == u'\\')) {
                file += value.at(++i);
            } else if (value.at(i) == u':') {
                m_out.clientKeyPassphrase = Secret::fromString(value.mid(i + 1));
                break;
            } else {
                file += value.at(i);
            }
        }
        m_out.spec.settings.clientCertificateFile = file;
    }
    // [+]HOST:PORT:ADDRESS[,ADDRESS]…
    void onResolve(const QString &value, bool)
    {
        QString text = value;
        if (text.startsWith(u'+'))
            text.remove(0, 1);
        const qsizetype first = text.indexOf(u':');
        const qsizetype second = text.indexOf(u':', first + 1);
        if (first <= 0 || second < 0 || text.startsWith(u'-')) {
            warn(u"%1 %2 is not supported and was left out"_s.arg(m_written, value));
            return;
        }
        m_out.spec.settings.resolve.insert(text.left(second).toLower(), text.mid(second + 1));
    }
    // HOST1:PORT1:HOST2:PORT2; empty ones stand for any, or for what they were.
    void onConnectTo(const QString &value, bool) { m_out.spec.settings.connectTo << value; }

    void onCompressed(const QString &, bool on) { m_compressed = on; }
    void onPathAsIs(const QString &, bool on) { m_out.spec.settings.pathAsIs = on; }
    void onIpv4(const QString &, bool) { m_out.spec.settings.addressFamily = 4; }
    void onIpv6(const QString &, bool) { m_out.spec.settings.addressFamily = 6; }
    void onHttp10(const QString &, bool) { m_out.spec.settings.version = HttpVersion::Http10; }
    void onHttp11(const QString &, bool) { m_out.spec.settings.version = HttpVersion::Http11; }
    void onHttp2(const QString &, bool) { m_out.spec.settings.version = HttpVersion::Http2; }
    void onHttp2PriorKnowledge(const QString &, bool) { m_out.spec.settings.version = HttpVersion::Http2PriorKnowledge; }
    void onMaxTime(const QString &value, bool) { readSeconds(value, m_out.spec.settings.totalTimeoutMs); }
    void onConnectTimeout(const QString &value, bool) { readSeconds(value, m_out.spec.settings.connectTimeoutMs); }
    void readSeconds(const QString &value, int &ms)
    {
        bool ok = false;
        const double seconds = value.toDouble(&ok);
        if (!ok || seconds < 0 || seconds > 2'000'000) {
            fail(invalidInput(u"%1: \"%2\" is not a number of seconds"_s.arg(m_written, value), u"Write it as 2 or 2.5."_s));
            return;
        }
        ms = int(seconds * 1000);
    }

    std::optional<QByteArray> readFile(const QString &path)
    {
        if (path == "-"_L1) {
            if (m_surroundings.readStandardInput)
                return m_surroundings.readStandardInput();
            fail(invalidInput(u"%1 reads the standard input, and there is none here"_s.arg(m_written), u"Put it into a file."_s));
            return std::nullopt;
        }
        QFile file(path);
        if (!file.open(QIODevice::ReadOnly)) {
            fail({ErrorCode::FileUnreadable, u"the file of %1 can't be read: %2"_s.arg(m_written, path), file.errorString(),
                  u"Check the path; it is looked for from the current folder."_s});
            return std::nullopt;
        }
        return file.readAll();
    }

    // --- Putting it together

    void finish()
    {
        if (m_urls.isEmpty()) {
            fail(invalidInput(u"the curl command has no URL"_s, u"Write the URL as curl would get it."_s));
            return;
        }
        if (m_urls.size() > 1)
            warn(u"only the first of %1 URLs is used; left out: %2"_s.arg(m_urls.size()).arg(m_urls.mid(1).join(", "_L1)));
        m_out.spec.url = unglobbed(m_urls.first());
        m_out.spec.settings.maxRedirects = m_maxRedirects.value_or(50); // as curl 7.88
        m_out.spec.settings.decodeContent = m_compressed;
        finishBody();
        finishHeaders();
        finishCredentials();
        finishProxy();
        m_out.spec.settings.bodyAfterChallenge = m_out.schemeId == "digest"_L1 || m_out.proxySchemeId == "digest"_L1;
    }

    // curl expands [1-3] and {a,b} unless told otherwise; a backslash takes their meaning away.
    QString unglobbed(const QString &url)
    {
        if (m_globOff)
            return url;
        QString out;
        bool globs = false;
        UrlText text(url);
        const qsizetype hostEnd = text.pathBegin() < 0 ? text.front.size() : text.pathBegin();
        for (qsizetype i = 0; i < url.size(); ++i) {
            const QChar c = url.at(i);
            if (c == u'\\' && i + 1 < url.size() && QStringView(u"[]{}").contains(url.at(i + 1))) {
                out += url.at(++i);
                continue;
            }
            const bool isAddress = c == u'[' && i < hostEnd; // an IPv6 host
            globs = globs || ((c == u'[' || c == u'{') && !isAddress);
            out += c;
        }
        if (globs)
            warn(u"curl would expand the [ ] or { } in the URL; they are sent as they are"_s);
        return out;
    }

    void finishBody()
    {
        RequestSpec &spec = m_out.spec;
        const int kinds = int(m_data.has_value() && !m_get) + int(!m_parts.isEmpty()) + int(m_uploadFile || m_uploadBytes)
            + int(m_head && !m_get);
        if (kinds > 1) {
            fail(invalidInput(u"the curl command asks for several kinds of request at once (-d, -F, -T, -I)"_s,
                         u"Keep one of them; curl refuses this too."_s));
            return;
        }
        UrlText url(spec.url);
        if (!m_query.isEmpty())
            url.addQuery(QString::fromUtf8(m_query));
        if (m_get && m_data)
            url.addQuery(QString::fromUtf8(*m_data));
        if (m_head)
            spec.method = u"HEAD"_s;
        if (m_data && !m_get) {
            spec.method = u"POST"_s;
            setBody(*m_data);
            spec.body.contentType = m_json ? u"application/json"_s : u"application/x-www-form-urlencoded"_s;
        } else if (!m_parts.isEmpty()) {
            spec.method = u"POST"_s;
            SystemRandom systemRandom;
            Random &random = m_surroundings.random ? *m_surroundings.random : systemRandom;
            const QByteArray boundary = QByteArray(24, '-') + random.hex(8);
            const QList<BodyPiece> pieces = multipartBody(m_parts, boundary);
            if (pieces.size() == 1)
                setBody(pieces.first().bytes);
            else
                spec.body = {.kind = BodyKind::Text, .pieces = pieces};
            spec.body.contentType = u"multipart/form-data; boundary="_s + QString::fromLatin1(boundary);
        } else if (m_uploadBytes) {
            spec.method = u"PUT"_s;
            setBody(*m_uploadBytes);
        } else if (m_uploadFile) {
            spec.method = u"PUT"_s;
            spec.body.kind = BodyKind::File;
            spec.body.filePath = *m_uploadFile;
            // A URL without a file name gets the name of the file.
            if (url.pathBegin() < 0)
                url.front += u'/';
            // "/a/." and "/a/.." are folders too, once their dots are gone.
            if (!spec.settings.pathAsIs && (url.front.endsWith("/."_L1) || url.front.endsWith("/.."_L1)))
                url.front += u'/';
            if (url.front.endsWith(u'/') && *m_uploadFile != "/dev/stdin"_L1)
                url.front += QString::fromLatin1(percentEncode(QFileInfo(*m_uploadFile).fileName().toUtf8()));
        }
        spec.url = url.text();
        if (!m_method.isEmpty()) {
            spec.method = m_method;
            spec.settings.keepMethod = spec.settings.followRedirects; // -X outlives redirects
        }
        if (!m_chunkedLine.isEmpty()) {
            if (m_uploadFile)
                spec.headers.append({u"Transfer-Encoding"_s, u"chunked"_s, true});
            else
                warn(u"-H \"%1\": the body is sent with Content-Length instead"_s.arg(m_chunkedLine));
        }
    }
    void setBody(const QByteArray &bytes)
    {
        SpecBody &body = m_out.spec.body;
        body.kind = BodyKind::Text;
        body.text = QString::fromUtf8(bytes);
        if (body.text.toUtf8() != bytes)
            body.bytes = bytes;
    }

    [[nodiscard]] bool hasHeader(QLatin1StringView name) const
    {
        for (const SpecHeader &header : m_out.spec.headers) {
            if (header.name.trimmed().compare(name, Qt::CaseInsensitive) == 0)
                return true;
        }
        return m_out.spec.suppressedDefaults.contains(name, Qt::CaseInsensitive);
    }

    void finishHeaders()
    {
        RequestSpec &spec = m_out.spec;
        for (const auto &[name, value] : m_ownHeaders.asKeyValueRange()) {
            if (hasHeader(QLatin1StringView(name.toLatin1())))
                continue;
            if (value.isEmpty())
                spec.suppressedDefaults << name; // -A ""
            else
                spec.headers.append({name, value, true});
        }
        if (m_json && !hasHeader("Accept"_L1))
            spec.headers.append({u"Accept"_s, u"application/json"_s, true});
        finishCookies();
    }

    // curl -b: NAME=VALUE pairs are a Cookie header; a word without "=" is a file, and switches the cookie engine on.
    void finishCookies()
    {
        QStringList pairs;
        SystemClock systemClock;
        const qint64 nowMs = (m_surroundings.clock ? *m_surroundings.clock : systemClock).nowMs();
        const auto jar = std::make_shared<CookieJar>();
        if (!m_out.cookieJarFile.isEmpty())
            m_out.cookies = jar;
        for (const QString &cookie : std::as_const(m_cookies)) {
            if (cookie.contains(u'=')) {
                pairs << cookie;
                continue;
            }
            m_out.cookies = jar;
            if (cookie.isEmpty())
                continue;
            QFile file(cookie);
            if (!file.open(QIODevice::ReadOnly)) {
                // A file that -c writes does not exist the first time.
                if (cookie != m_out.cookieJarFile)
                    warn(u"-b: the cookie file can't be read, so no cookie is sent from it: %1 (%2)"_s.arg(cookie, file.errorString()));
                continue;
            }
            const CookieFileReport report = readCookieFile(file.readAll(), nowMs, !m_junkSessionCookies, *jar);
            if (report.unread > 0)
                warn(u"-b: %1 lines of the cookie file %2 are no cookies"_s.arg(report.unread).arg(cookie));
            if (report.withoutDomain > 0)
                warn(u"-b: %1 Set-Cookie lines of %2 have no Domain, so they are never sent"_s.arg(report.withoutDomain).arg(cookie));
        }
        if (!pairs.isEmpty())
            m_out.spec.headers.append({u"Cookie"_s, pairs.join("; "_L1), true});
    }

    void finishCredentials()
    {
        takeUserInfo();
        if (m_missingScheme) {
            warn(u"%1 is not supported yet: the request goes without a credential"_s.arg(*m_missingScheme));
            return;
        }
        const bool isWritten = hasHeader("Authorization"_L1);
        if (m_bearer) {
            if (m_user)
                warn(u"-u is not used: --oauth2-bearer is there as well"_s);
            if (isWritten) {
                warn(u"--oauth2-bearer is not used: the Authorization header of -H wins, as in curl"_s);
                return;
            }
            m_out.schemeId = u"bearer"_s;
            m_out.values.setSecret(u"token"_s, Secret::fromString(*m_bearer));
            return;
        }
        if (!m_user) {
            if (m_netrc != Netrc::Off || !m_netrcFile.isEmpty()) {
                takeNetrc(isWritten, {});
                return;
            }
            if (m_schemes.contains(u"negotiate"_s))
                warn(u"--negotiate does nothing without -u, as in curl; write -u :"_s);
            return;
        }
        m_schemes.removeDuplicates();
        QString scheme = m_schemes.isEmpty() ? u"basic"_s : m_schemes.size() > 1 ? u"any"_s : m_schemes.first();
        if (isWritten) {
            warn(u"-u is not used: the Authorization header of -H wins, as in curl"_s);
            return;
        }
        if (scheme == "negotiate"_L1 && !m_sigV4) { // the ticket says who the user is
            m_out.schemeId = scheme;
            return;
        }
        const QString user = m_user->section(u':', 0, 0);
        // curl: the file has the password for the login in the URL, also in place of one that stands there, unless
        // --netrc-optional says otherwise; -u needs no file.
        if ((m_netrc != Netrc::Off || !m_netrcFile.isEmpty()) && m_isUserOfUrl && !m_sigV4
            && (m_netrc != Netrc::Optional || m_user->endsWith(u':'))) {
            takeNetrc(isWritten, user);
            return;
        }
        const Secret password = passwordIn(*m_user, u"-u"_s, u"host"_s);
        if (user.isEmpty() && scheme == "basic"_L1 && !m_sigV4) {
            // A token as password without a user name, as some services want it. The scheme's form asks for a name, so
            // it goes as a header.
            m_out.spec.headers.append({u"Authorization"_s,
                                       "Basic "_L1 + QString::fromLatin1((':' + password.revealBytes()).toBase64()), true});
            return;
        }
        if (m_sigV4) {
            takeSigV4(user, password);
            return;
        }
        m_out.schemeId = scheme;
        m_out.values.setText(u"username"_s, user);
        m_out.values.setSecret(u"password"_s, password);
    }

    // The file is read when the request is sent, not now.
    void takeNetrc(bool isWritten, const QString &login)
    {
        if (isWritten) {
            warn(u"the netrc file is not used: the Authorization header of -H wins, as in curl"_s);
            return;
        }
        if (m_sigV4) {
            warn(u"--aws-sigv4 takes its key from -u only, not from a netrc file: the request goes without a credential"_s);
            return;
        }
        m_out.schemeId = u"netrc"_s;
        if (!m_netrcFile.isEmpty())
            m_out.values.setText(u"file"_s, QFileInfo(m_netrcFile).absoluteFilePath());
        if (!login.isEmpty())
            m_out.values.setText(u"username"_s, login);
        const bool isBasic = m_schemes.isEmpty() || m_schemes == QStringList{u"basic"_s};
        m_out.values.setText(u"answer"_s, isBasic ? u"basic"_s : u"any"_s);
    }

    // What stands behind the first colon of -u; without a colon curl asks for it.
    Secret passwordIn(const QString &userAndPassword, const QString &option, const QString &whose)
    {
        const qsizetype colon = userAndPassword.indexOf(u':');
        if (colon >= 0)
            return Secret::fromString(userAndPassword.mid(colon + 1));
        if (!m_surroundings.askSecret) {
            warn(u"%1 has no password; curl would ask for one, here it is empty"_s.arg(option));
            return {};
        }
        const Result<Secret> asked = m_surroundings.askSecret(u"Enter %1 password for user %2 (not shown): "_s.arg(whose, userAndPassword));
        if (asked)
            return *asked;
        fail(invalidInput(u"%1 %2 has no password, and %3"_s.arg(option, userAndPassword, asked.error().message),
                          u"Write %1 %2: for an empty one, or keep the password in a credential profile."_s.arg(option, userAndPassword)));
        return {};
    }

    // PROVIDER[:VENDOR[:REGION[:SERVICE]]]; curl takes service and region from the first two labels of the host.
    void takeSigV4(const QString &user, const Secret &password)
    {
        QStringList parts = m_sigV4->split(u':');
        if (const qsizetype empty = parts.indexOf(QString()); empty >= 0)
            parts = parts.first(empty); // curl reads no further
        const Result<Url> url = Url::parse(m_out.spec.url);
        const QStringList labels = url ? url->host.split(u'.') : QStringList();
        m_out.schemeId = u"aws-sigv4"_s;
        m_out.values.setText(u"rules"_s, u"curl"_s);
        if (m_json && !hasHeader("Content-Type"_L1)) // curl writes it as -H does, and so signs it
            m_out.spec.headers.append({u"Content-Type"_s, u"application/json"_s, true});
        m_out.values.setText(u"access-key-id"_s, user);
        m_out.values.setSecret(u"secret-access-key"_s, password);
        m_out.values.setText(u"provider"_s, parts.value(0) + u':' + (parts.value(1).isEmpty() ? parts.value(0) : parts.value(1)));
        m_out.values.setText(u"region"_s, parts.value(2).isEmpty() ? labels.value(1) : parts.value(2));
        m_out.values.setText(u"service"_s, parts.value(3).isEmpty() ? labels.value(0) : parts.value(3));
    }

    // http://user:password@host: taken out of the URL, so that it ends up where other credentials do.
    void takeUserInfo()
    {
        UrlText url(m_out.spec.url);
        const qsizetype begin = url.authorityBegin();
        const qsizetype end = url.pathBegin() < 0 ? url.front.size() : url.pathBegin();
        const qsizetype at = url.front.lastIndexOf(u'@', end - 1);
        if (at < begin || at >= end)
            return;
        const QString info = url.front.mid(begin, at - begin);
        url.front.remove(begin, at - begin + 1);
        m_out.spec.url = url.text();
        const qsizetype colon = info.indexOf(u':');
        const auto decoded = [](const QString &text) { return QString::fromUtf8(percentDecode(text.toUtf8())); };
        if (m_user) {
            warn(u"the user name in the URL is not used: -u is there as well"_s);
        } else {
            m_isUserOfUrl = true;
            m_user = colon < 0 ? decoded(info) + u':' : decoded(info.left(colon)) + u':' + decoded(info.mid(colon + 1));
        }
    }

    void finishProxy()
    {
        RequestSettings &settings = m_out.spec.settings;
        if (m_proxy) {
            settings.proxy = m_proxy->trimmed().isEmpty() ? u"none"_s : *m_proxy; // -x "": not even that of the environment
            // The credential goes where credentials are kept; what is wrong with the rest is told when it is sent.
            const Result<ProxyChoice> parsed = parseProxy(settings.proxy);
            if (parsed && parsed->userName) {
                settings.proxy = parsed->server->toString();
                if (!m_proxyUser)
                    m_proxyUser = *parsed->userName + u':' + parsed->password.revealText();
            }
        }
        if (m_proxyUser && hasHeader("Proxy-Authorization"_L1)) {
            warn(u"-U is not used: the Proxy-Authorization header of -H wins, as in curl"_s);
            m_proxyUser.reset();
            m_out.proxySchemeId.clear();
            return;
        }
        if (!m_proxyUser) {
            if (m_out.proxySchemeId == "negotiate"_L1)
                warn(u"--proxy-negotiate does nothing without -U, as in curl; write -U :"_s);
            m_out.proxySchemeId.clear();
            return;
        }
        if (m_out.proxySchemeId == "negotiate"_L1) // the ticket says who the user is; -U only turns it on
            return;
        if (m_out.proxySchemeId.isEmpty())
            m_out.proxySchemeId = u"basic"_s;
        m_out.proxyValues.setText(u"username"_s, m_proxyUser->section(u':', 0, 0));
        m_out.proxyValues.setSecret(u"password"_s, passwordIn(*m_proxyUser, u"-U"_s, u"proxy"_s));
    }

    const CurlSurroundings &m_surroundings;
    CurlCommand m_out;
    std::optional<Error> m_error;
    QString m_written; // the option at hand, as written
    QStringList m_urls;
    QString m_method;
    std::optional<QByteArray> m_data;
    QByteArray m_query;
    QList<FormPart> m_parts;
    QMap<QString, QString> m_ownHeaders;
    QStringList m_cookies;
    QStringList m_schemes;
    std::optional<QString> m_proxy;
    std::optional<QString> m_proxyUser;
    std::optional<QString> m_user;
    std::optional<QString> m_bearer;
    std::optional<QString> m_sigV4;
    QString m_netrcFile;
    enum class Netrc { Off, Required, Optional };
    Netrc m_netrc = Netrc::Off;
    bool m_isUserOfUrl = false;
    std::optional<QString> m_missingScheme;
    std::optional<QString> m_uploadFile;
    std::optional<QByteArray> m_uploadBytes;
    std::optional<int> m_maxRedirects;
    QString m_chunkedLine;
    bool m_json = false;
    bool m_get = false;
    bool m_head = false;
    bool m_globOff = false;
    bool m_compressed = false;
    bool m_junkSessionCookies = false;
};

} // namespace

RequestSpec specWithCookies(const CurlCommand &command, qint64 nowMs)
{
    RequestSpec spec = command.spec;
    const Result<Url> url = Url::parse(spec.url);
    if (!command.cookies || !url)
        return spec; // the URL's own error comes when it is sent
    const QString value = QString::fromUtf8(command.cookies->select({*url, spec.method.toUtf8(), nowMs, std::nullopt}).header());
    if (value.isEmpty())
        return spec;
    for (SpecHeader &header : spec.headers) {
        if (header.name.compare("Cookie"_L1, Qt::CaseInsensitive) == 0) {
            header.value = value + "; "_L1 + header.value;
            return spec;
        }
    }
    spec.headers.append({u"Cookie"_s, value, true});
    return spec;
}

Result<CurlCommand> parseCurl(const QStringList &words) { return parseCurl(words, {}); }

Result<CurlCommand> parseCurl(const QStringList &words, const CurlSurroundings &surroundings)
{
    return CurlReader(surroundings).read(words);
}

} // namespace realmscope
