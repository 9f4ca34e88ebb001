// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/workspace/HttpFile.h"

#include "app/http/Headers.h"

#include <QtCore/QFileInfo>
#include <QtCore/QRegularExpression>

#include <algorithm>
#include <limits>
#include <type_traits>
#include <utility>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

const auto commentPrefix = QLatin1StringView("@realmscope-");

struct Line
{
    QString text;     // without its end
    QByteArray bytes; // with it
};

QList<Line> splitLines(const QByteArray &bytes)
{
    QList<Line> lines;
    qsizetype begin = 0;
    while (begin < bytes.size()) {
        const qsizetype newline = bytes.indexOf('\n', begin);
        const qsizetype end = newline < 0 ? bytes.size() : newline + 1;
        Line line;
        line.bytes = bytes.sliced(begin, end - begin);
        QByteArray text = line.bytes;
        if (text.endsWith('\n'))
            text.chop(1);
        if (text.endsWith('\r'))
            text.chop(1);
        line.text = QString::fromUtf8(text);
        lines.append(line);
        begin = end;
    }
    return lines;
}

bool isSeparator(const QString &text) { return text.startsWith("###"_L1); }
bool isComment(const QString &text)
{
    const QString trimmed = text.trimmed();
    return (trimmed.startsWith(u'#') && !trimmed.startsWith("###"_L1)) || trimmed.startsWith("//"_L1);
}
QString commentText(const QString &text)
{
    const QString trimmed = text.trimmed();
    return trimmed.mid(trimmed.startsWith("//"_L1) ? 2 : 1).trimmed();
}

// The limits that a file can change; their names are those of Limits.
struct LimitSetting
{
    const char *name;
    qint64 (*get)(const Limits &);
    void (*set)(Limits &, qint64);
};
template <auto Member>
constexpr LimitSetting limitSetting(const char *name)
{
    using Value = std::remove_reference_t<decltype(std::declval<Limits>().*Member)>;
    return {name, [](const Limits &limits) { return qint64(limits.*Member); },
            [](Limits &limits, qint64 value) { limits.*Member = Value(std::clamp<qint64>(value, 0, std::numeric_limits<Value>::max())); }};
}
constexpr LimitSetting limitSettings[] = {
    limitSetting<&Limits::headerBytes>("headerBytes"),
    limitSetting<&Limits::headerCount>("headerCount"),
    limitSetting<&Limits::bodyBytes>("bodyBytes"),
    limitSetting<&Limits::decodedBodyBytes>("decodedBodyBytes"),
    limitSetting<&Limits::decompressionRatio>("decompressionRatio"),
    limitSetting<&Limits::informationalResponses>("informationalResponses"),
    limitSetting<&Limits::idleTimeoutMs>("idleTimeoutMs"),
    limitSetting<&Limits::expectTimeoutMs>("expectTimeoutMs"),
};

// "1.0", "1.1", "2", "2-prior-knowledge"; anything else is left to the server.
HttpVersion versionOf(const QString &value)
{
    if (value == "1.0"_L1)
        return HttpVersion::Http10;
    if (value == "1.1"_L1)
        return HttpVersion::Http11;
    if (value == "2"_L1 || value == "2.0"_L1)
        return HttpVersion::Http2;
    if (value == "2-prior-knowledge"_L1)
        return HttpVersion::Http2PriorKnowledge;
    return HttpVersion::Auto;
}

QString versionSetting(HttpVersion version)
{
    switch (version) {
    case HttpVersion::Auto:
        return {};
    case HttpVersion::Http10:
        return u"1.0"_s;
    case HttpVersion::Http11:
        return u"1.1"_s;
    case HttpVersion::Http2:
        return u"2"_s;
    case HttpVersion::Http2PriorKnowledge:
        return u"2-prior-knowledge"_s;
    }
    return {};
}

void applySetting(RequestSettings &settings, const QString &key, const QString &value)
{
    const bool on = value == "true"_L1;
    if (key == "followRedirects"_L1)
        settings.followRedirects = on;
    else if (key == "maxRedirects"_L1)
        settings.maxRedirects = value.toInt();
    else if (key == "verifyTls"_L1)
        settings.verifyTls = on;
    else if (key == "decodeContent"_L1)
        settings.decodeContent = on;
    else if (key == "locationTrusted"_L1)
        settings.locationTrusted = on;
    else if (key == "keepPost301"_L1)
        settings.keepPost301 = on;
    else if (key == "keepPost302"_L1)
        settings.keepPost302 = on;
    else if (key == "keepPost303"_L1)
        settings.keepPost303 = on;
    else if (key == "keepMethod"_L1)
        settings.keepMethod = on;
    else if (key == "bodyAfterChallenge"_L1)
        settings.bodyAfterChallenge = on;
    else if (key == "useCookies"_L1)
        settings.useCookies = on;
    else if (key == "pathAsIs"_L1)
        settings.pathAsIs = on;
    else if (key == "version"_L1)
        settings.version = versionOf(value);
    else if (key == "connectTimeoutMs"_L1)
        settings.connectTimeoutMs = value.toInt();
    else if (key == "totalTimeoutMs"_L1)
        settings.totalTimeoutMs = value.toInt();
    else if (key == "addressFamily"_L1)
        settings.addressFamily = value.toInt();
    else if (key == "caFile"_L1)
        settings.caFile = value;
    else if (key == "trustSystemCas"_L1)
        settings.trustSystemCas = on;
    else if (key == "clientCertificateFile"_L1)
        settings.clientCertificateFile = value;
    else if (key == "clientKeyFile"_L1)
        settings.clientKeyFile = value;
    else if (key == "clientCertificateType"_L1)
        settings.clientCertificateType = value;
    else if (key == "clientCertificateOrigin"_L1)
        settings.clientCertificateOrigins << value;
    else if (key == "resolve"_L1)
        settings.resolve.insert(value.section(u' ', 0, 0), value.section(u' ', 1).trimmed());
    else if (key == "connectTo"_L1)
        settings.connectTo << value;
    else if (key == "tlsMin"_L1)
        settings.tlsMin = value;
    else if (key == "tlsMax"_L1)
        settings.tlsMax = value;
    else if (key == "serverName"_L1)
        settings.serverName = value;
    else if (key == "caFolder"_L1)
        settings.caFolder = value;
    else if (key == "insecureOrigin"_L1)
        settings.insecureOrigins << value;
    else if (key == "proxy"_L1)
        settings.proxy = value;
    else if (key == "noProxy"_L1)
        settings.noProxy = value;
    else if (key == "proxyProfile"_L1)
        settings.proxyProfile = value;
    else if (key == "proxyTunnel"_L1)
        settings.proxyTunnel = on;
    else if (key == "expectContinue"_L1)
        settings.expectContinue = on;
    else
        for (const LimitSetting &limit : limitSettings) {
            if (key == QLatin1StringView(limit.name))
                limit.set(settings.limits, value.toLongLong());
        }
}

QList<std::pair<QString, QString>> changedSettings(const RequestSettings &settings)
{
    const RequestSettings defaults;
    QList<std::pair<QString, QString>> list;
    const auto flag = [&](const char *name, bool value, bool standard) {
        if (value != standard)
            list.append({QString::fromLatin1(name), value ? u"true"_s : u"false"_s});
    };
    const auto number = [&](const char *name, int value, int standard) {
        if (value != standard)
            list.append({QString::fromLatin1(name), QString::number(value)});
    };
    const auto text = [&](const char *name, const QString &value) {
        if (!value.isEmpty())
            list.append({QString::fromLatin1(name), value});
    };
    flag("followRedirects", settings.followRedirects, defaults.followRedirects);
    number("maxRedirects", settings.maxRedirects, defaults.maxRedirects);
    flag("verifyTls", settings.verifyTls, defaults.verifyTls);
    flag("decodeContent", settings.decodeContent, defaults.decodeContent);
    flag("locationTrusted", settings.locationTrusted, defaults.locationTrusted);
    flag("keepPost301", settings.keepPost301, defaults.keepPost301);
    flag("keepPost302", settings.keepPost302, defaults.keepPost302);
    flag("keepPost303", settings.keepPost303, defaults.keepPost303);
    flag("keepMethod", settings.keepMethod, defaults.keepMethod);
    flag("bodyAfterChallenge", settings.bodyAfterChallenge, defaults.bodyAfterChallenge);
    flag("useCookies", settings.useCookies, defaults.useCookies);
    flag("pathAsIs", settings.pathAsIs, defaults.pathAsIs);
    text("version", versionSetting(settings.version));
    number("connectTimeoutMs", settings.connectTimeoutMs, defaults.connectTimeoutMs);
    number("totalTimeoutMs", settings.totalTimeoutMs, defaults.totalTimeoutMs);
    number("addressFamily", settings.addressFamily, defaults.addressFamily);
    text("caFile", settings.caFile);
    flag("trustSystemCas", settings.trustSystemCas, defaults.trustSystemCas);
    text("clientCertificateFile", settings.clientCertificateFile);
    text("clientKeyFile", settings.clientKeyFile);
    text("clientCertificateType", settings.clientCertificateType);
    const auto texts = [&](const char *name, const QStringList &values) {
        for (const QString &value : values)
            text(name, value);
    };
    texts("clientCertificateOrigin", settings.clientCertificateOrigins);
    QStringList hosts = settings.resolve.keys();
    hosts.sort(); // a file must not change by itself
    for (const QString &host : std::as_const(hosts))
        text("resolve", host + u' ' + settings.resolve.value(host));
    texts("connectTo", settings.connectTo);
    text("tlsMin", settings.tlsMin);
    text("tlsMax", settings.tlsMax);
    text("serverName", settings.serverName);
    text("caFolder", settings.caFolder);
    texts("insecureOrigin", settings.insecureOrigins);
    text("proxy", settings.proxy);
    if (settings.noProxy)
        list.append({u"noProxy"_s, *settings.noProxy}); // also an empty one: nothing goes straight
    text("proxyProfile", settings.proxyProfile);
    flag("proxyTunnel", settings.proxyTunnel, defaults.proxyTunnel);
    flag("expectContinue", settings.expectContinue, defaults.expectContinue);
    for (const LimitSetting &limit : limitSettings) {
        if (limit.get(settings.limits) != limit.get(defaults.limits))
            list.append({QString::fromLatin1(limit.name), QString::number(limit.get(settings.limits))});
    }
    return list;
}

std::optional<SpecHeader> parseHeader(const QString &line)
{
    const qsizetype colon = line.indexOf(u':');
    if (colon <= 0)
        return std::nullopt;
    return SpecHeader{line.left(colon).trimmed(), line.mid(colon + 1).trimmed(), true};
}

// "@realmscope-profile NAME", "@realmscope-setting KEY VALUE", "@realmscope-off Name: value", "@realmscope-suppress Name"
void applyComment(RequestSpec &spec, const QString &comment)
{
    static const QRegularExpression named(u"^@name[ =]+(.+)$"_s);
    if (const auto match = named.match(comment); match.hasMatch()) {
        spec.name = match.captured(1).trimmed();
        return;
    }
    if (comment == "@no-cookie-jar"_L1) { // of JetBrains' and VS Code's clients
        spec.settings.useCookies = false;
        return;
    }
    if (!comment.startsWith(commentPrefix))
        return;
    const QString rest = comment.mid(commentPrefix.size());
    const QString word = rest.section(u' ', 0, 0);
    const QString value = rest.section(u' ', 1).trimmed();
    if (word == "profile"_L1)
        spec.profileName = value;
    else if (word == "setting"_L1)
        applySetting(spec.settings, value.section(u' ', 0, 0), value.section(u' ', 1));
    else if (word == "suppress"_L1)
        spec.suppressedDefaults << value;
    else if (word == "off"_L1) {
        if (std::optional<SpecHeader> header = parseHeader(value)) {
            header->enabled = false;
            spec.headers.append(*header);
        }
    }
}

bool looksLikeRequestLine(const QString &text)
{
    static const QRegularExpression pattern(u"^\\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+\\s+\\S|https?://|\\{\\{)"_s);
    return pattern.match(text).hasMatch();
}

void parseRequestLine(RequestSpec &spec, const QString &line)
{
    // As the IDEs of JetBrains have it.
    static const QRegularExpression version(u"\\s+HTTP/(\\d(?:\\.\\d)?)(\\s+\\(Prior Knowledge\\))?\\s*$"_s,
                                            QRegularExpression::CaseInsensitiveOption);
    QString text = line.trimmed();
    if (const auto match = version.match(text); match.hasMatch()) {
        spec.settings.version = versionOf(match.captured(1));
        if (spec.settings.version == HttpVersion::Http2 && match.hasCaptured(2))
            spec.settings.version = HttpVersion::Http2PriorKnowledge;
        text.truncate(match.capturedStart());
    }
    static const QRegularExpression method(u"^([!#$%&'*+.^_`|~0-9A-Za-z-]+)\\s+(\\S.*)$"_s);
    if (const auto match = method.match(text); match.hasMatch() && !match.captured(1).contains("://"_L1)) {
        spec.method = match.captured(1);
        spec.url = match.captured(2);
    } else {
        spec.method = u"GET"_s;
        spec.url = text;
    }
}

RequestSpec parseRequest(const QString &separator, const QList<Line> &lines)
{
    RequestSpec spec;
    spec.name = separator.mid(3).trimmed();
    qsizetype i = 0;
    for (; i < lines.size(); ++i) {
        const QString &text = lines.at(i).text;
        if (isComment(text))
            applyComment(spec, commentText(text));
        else if (!text.trimmed().isEmpty() && !text.trimmed().startsWith(u'@') && looksLikeRequestLine(text))
            break;
    }
    if (i >= lines.size())
        return spec;
    parseRequestLine(spec, lines.at(i++).text);
    // A query may go on in indented lines.
    for (; i < lines.size(); ++i) {
        const QString trimmed = lines.at(i).text.trimmed();
        if (!lines.at(i).text.startsWith(u' ') && !lines.at(i).text.startsWith(u'\t'))
            break;
        if (!trimmed.startsWith(u'?') && !trimmed.startsWith(u'&') && !trimmed.startsWith(u'/'))
            break;
        spec.url += trimmed;
    }
    for (; i < lines.size() && !lines.at(i).text.trimmed().isEmpty(); ++i) {
        const QString &text = lines.at(i).text;
        if (isComment(text))
            applyComment(spec, commentText(text));
        else if (std::optional<SpecHeader> header = parseHeader(text))
            spec.headers.append(*header);
    }
    ++i; // the empty line
    QStringList body;
    for (; i < lines.size(); ++i) {
        const QString trimmed = lines.at(i).text.trimmed();
        if (trimmed.startsWith("> "_L1) || trimmed.startsWith(">{"_L1) || trimmed.startsWith("<> "_L1)
            || trimmed.startsWith(">>"_L1) || trimmed.startsWith("?? "_L1))
            break; // response handlers of others: kept in the file, not sent
        body << lines.at(i).text;
    }
    while (!body.isEmpty() && body.last().trimmed().isEmpty())
        body.removeLast();
    if (body.size() == 1 && (body.first().startsWith("< "_L1) || body.first().startsWith("<@ "_L1))) {
        spec.body.kind = BodyKind::File;
        spec.body.filePath = body.first().section(u' ', 1).trimmed();
    } else if (!body.isEmpty()) {
        spec.body.kind = BodyKind::Text;
        spec.body.text = body.join(u'\n');
    }
    return spec;
}

} // namespace

Result<HttpFile> HttpFile::parse(const QByteArray &bytes)
{
    if (bytes.contains('\0'))
        return Error{ErrorCode::Parse, u"line %1 holds a NUL: this is no text file"_s.arg(bytes.left(bytes.indexOf('\0')).count('\n') + 1),
                     {}, u"Choose a .http file."_s};
    HttpFile file;
    QList<QList<Line>> blocks{{}};
    QList<QByteArray> separators{QByteArray()};
    QStringList titles{QString()};
    for (const Line &line : splitLines(bytes)) {
        if (isSeparator(line.text)) {
            blocks.append(QList<Line>());
            separators.append(line.bytes);
            titles.append(line.text);
            continue;
        }
        blocks.last().append(line);
    }
    static const QRegularExpression variable(u"^\\s*@([A-Za-z_][\\w.-]*)\\s*=\\s*(.*)$"_s);
    QByteArray skipped; // what stands before the next request
    for (qsizetype i = 0; i < blocks.size(); ++i) {
        QByteArray source;
        bool hasRequest = false;
        for (const Line &line : blocks.at(i)) {
            source += line.bytes;
            const auto match = variable.match(line.text);
            if (match.hasMatch() && !hasRequest)
                file.m_variables.insert(match.captured(1), match.captured(2).trimmed());
            hasRequest = hasRequest
                || (!isComment(line.text) && !line.text.trimmed().isEmpty() && !match.hasMatch() && looksLikeRequestLine(line.text));
        }
        if (!hasRequest) {
            skipped += separators.at(i) + source;
            continue;
        }
        file.m_separators.append(skipped + separators.at(i));
        skipped.clear();
        file.m_requests.append({parseRequest(titles.at(i).isEmpty() ? u"###"_s : titles.at(i), blocks.at(i)), source});
    }
    file.m_trailer = skipped;
    return file;
}

QByteArray HttpFile::toBytes() const
{
    QByteArray out;
    for (qsizetype i = 0; i < m_requests.size(); ++i)
        out += m_separators.at(i) + m_requests.at(i).source;
    return out + m_trailer;
}

qsizetype HttpFile::indexOf(const QString &name) const
{
    const auto it = std::ranges::find_if(m_requests, [&](const Entry &entry) { return entry.spec.name == name; });
    return it == m_requests.end() ? -1 : it - m_requests.begin();
}

void HttpFile::replace(qsizetype index, const RequestSpec &spec)
{
    Entry &entry = m_requests[index];
    if (entry.spec == spec)
        return;
    // Comments of others before the request line, and response handlers behind the body, stay.
    QByteArray before;
    QByteArray after;
    bool seenRequest = false;
    bool inHandler = false;
    static const QRegularExpression variable(u"^\\s*@([A-Za-z_][\\w.-]*)\\s*="_s);
    for (const Line &line : splitLines(entry.source)) {
        const QString trimmed = line.text.trimmed();
        if (!seenRequest) {
            if (isComment(line.text)) {
                const QString comment = commentText(line.text);
                if (!comment.startsWith(commentPrefix) && !comment.startsWith("@name"_L1))
                    before += line.bytes;
            } else if (variable.match(line.text).hasMatch()) {
                before += line.bytes;
            } else if (!trimmed.isEmpty() && looksLikeRequestLine(line.text)) {
                seenRequest = true;
            } else {
                before += line.bytes;
            }
            continue;
        }
        inHandler = inHandler || trimmed.startsWith("> "_L1) || trimmed.startsWith(">{"_L1) || trimmed.startsWith("<> "_L1);
        if (inHandler)
            after += line.bytes;
    }
    QByteArray text = format(spec);
    const QByteArray title = QString::fromUtf8(m_separators.at(index)).section(u'\n', -2, -2).mid(3).trimmed().toUtf8();
    // The name stands behind ### already: not twice.
    if (!title.isEmpty() && title == spec.name.toUtf8())
        text.replace("# @name " + title + '\n', "");
    if (entry.source.contains("\r\n"))
        text.replace("\n", "\r\n");
    if (!after.isEmpty())
        text += (entry.source.contains("\r\n") ? "\r\n" : "\n") + after;
    else if (index + 1 < m_requests.size())
        text += entry.source.contains("\r\n") ? "\r\n" : "\n";
    entry.source = before + text;
    entry.spec = spec;
}

void HttpFile::append(const RequestSpec &spec)
{
    if (!m_requests.isEmpty() && !m_requests.last().source.endsWith('\n'))
        m_requests.last().source += '\n';
    m_separators.append(m_requests.isEmpty() ? m_trailer : m_trailer + "###\n");
    m_trailer.clear();
    m_requests.append({spec, format(spec)});
}

void HttpFile::remove(qsizetype index)
{
    m_requests.removeAt(index);
    m_separators.removeAt(index);
}

QByteArray HttpFile::format(const RequestSpec &spec)
{
    QString out;
    if (!spec.name.isEmpty())
        out += "# @name "_L1 + spec.name + u'\n';
    if (!spec.profileName.isEmpty())
        out += "# @realmscope-profile "_L1 + spec.profileName + u'\n';
    for (const auto &[key, value] : changedSettings(spec.settings))
        out += u"# @realmscope-setting %1 %2\n"_s.arg(key, value);
    for (const QString &name : spec.suppressedDefaults)
        out += "# @realmscope-suppress "_L1 + name + u'\n';
    out += spec.method + u' ' + spec.url + u'\n';
    bool hasContentType = false;
    for (const SpecHeader &header : spec.headers) {
        out += (header.enabled ? QString() : u"# @realmscope-off "_s) + header.name + u": "_s + header.value + u'\n';
        hasContentType = hasContentType || (header.enabled && header.name.compare("Content-Type"_L1, Qt::CaseInsensitive) == 0);
    }
    if (spec.body.kind == BodyKind::None)
        return out.toUtf8();
    QString type = spec.body.contentType;
    QString body;
    switch (spec.body.kind) {
    case BodyKind::Text:
        body = spec.body.text;
        break;
    case BodyKind::File:
        body = "< "_L1 + spec.body.filePath;
        break;
    case BodyKind::Form: {
        if (type.isEmpty())
            type = u"application/x-www-form-urlencoded"_s;
        QStringList items;
        for (const SpecFormItem &item : spec.body.form) {
            if (item.enabled)
                items << item.name + u'=' + item.value;
        }
        body = items.join(u'&');
        break;
    }
    case BodyKind::None:
        break;
    }
    if (!type.isEmpty() && !hasContentType)
        out += "Content-Type: "_L1 + type + u'\n';
    return (out + u'\n' + body + u'\n').toUtf8();
}

} // namespace realmscope
