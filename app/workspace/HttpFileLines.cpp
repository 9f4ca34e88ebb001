// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/workspace/HttpFileLines.h"

#include "app/base/Encoding.h"
#include "app/workspace/HttpFileSettings.h"

#include <QtCore/QRegularExpression>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

const auto ownPrefix = QLatin1StringView("realmscope-");

// Methods of other protocols that httpYac and JetBrains IDEs have in these files.
constexpr std::array otherProtocols{"GRPC", "WS", "WSS", "WEBSOCKET", "SSE", "EVENTSOURCE", "MQTT", "AMQP", "RABBITMQ", "KAFKA", "RSOCKET"};

bool isCommentLine(const QString &text)
{
    const QString trimmed = text.trimmed();
    return (trimmed.startsWith(u'#') && !trimmed.startsWith("###"_L1)) || trimmed.startsWith("//"_L1);
}

QString commentText(const QString &text)
{
    static const QRegularExpression marks(u"^\\s*(?:#+|//+)\\s*"_s);
    QString rest = text;
    return rest.remove(marks).trimmed();
}

struct Meta
{
    QString key;
    QString value;
};

// "# @key value"; "# @name = x" and "# @name=x" are met as well.
std::optional<Meta> metaOf(const QString &line)
{
    if (!isCommentLine(line))
        return std::nullopt;
    static const QRegularExpression pattern(u"^@([\\w-]+)(?:\\s*=\\s*|\\s+|$)(.*)$"_s);
    const auto match = pattern.match(commentText(line));
    if (!match.hasMatch())
        return std::nullopt;
    // httpYac has camelCase as well: noRedirect.
    static const QRegularExpression hump(u"([a-z])([A-Z])"_s);
    QString key = match.captured(1);
    key.replace(hump, u"\\1-\\2"_s);
    return Meta{key.toLower(), match.captured(2).trimmed()};
}

struct Definition
{
    QString name;
    QString value;
    bool isLazy = false;
};

std::optional<Definition> definitionOf(const QString &line)
{
    static const QRegularExpression pattern(u"^\\s*@(?:global\\.)?([^\\s=:@]+)\\s*(:?)=\\s*(.*)$"_s);
    const auto match = pattern.match(line);
    if (!match.hasMatch())
        return std::nullopt;
    return Definition{match.captured(1), match.captured(3).trimmed(), !match.captured(2).isEmpty()};
}

std::optional<SpecHeader> headerOf(const QString &line)
{
    const qsizetype colon = line.indexOf(u':');
    if (colon <= 0)
        return std::nullopt;
    return SpecHeader{line.left(colon).trimmed(), line.mid(colon + 1).trimmed(), true};
}

bool isTokenOrTemplate(const QString &name)
{
    static const QRegularExpression pattern(u"^(?:[!#$%&'*+.^_`|~0-9A-Za-z-]|\\{\\{[^}]*\\}\\})+$"_s);
    return pattern.match(name).hasMatch();
}

bool isRequestLine(const QString &text)
{
    static const QRegularExpression pattern(
        u"^\\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+\\s+\\S|https?://|\\{\\{[^}]+\\}\\}\\S*|/\\S*\\s*$|(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|TRACE)\\s*$)"_s);
    return pattern.match(text).hasMatch();
}

// Of scripts that take several lines: what ends them. Empty: this line begins none.
QString scriptEnd(const QString &text)
{
    static const QRegularExpression handler(u"^\\s*[<>]\\s*\\{%"_s);
    static const QRegularExpression block(u"^\\s*\\{\\{\\s*(?:@js\\s*)?[@+]?\\w*\\s*$"_s);
    static const QRegularExpression comment(u"^\\s*/\\*\\s*$"_s);
    if (handler.match(text).hasMatch())
        return u"%}"_s;
    if (block.match(text).hasMatch())
        return u"}}"_s;
    if (comment.match(text).hasMatch())
        return u"*/"_s;
    return {};
}

// Index after the script that begins at `first`.
qsizetype afterScript(const QList<HttpLine> &lines, qsizetype first, const QString &end)
{
    if (end == "%}"_L1 && lines.at(first).text.contains(end))
        return first + 1;
    for (qsizetype i = first + 1; i < lines.size(); ++i) {
        if (lines.at(i).text.trimmed().endsWith(end))
            return i + 1;
    }
    return lines.size();
}

// What begins with this line follows the response, and is no part of the body.
bool beginsAfter(const QString &text)
{
    static const QRegularExpression pattern(
        u"^\\s*(?:>\\s*\\{%|>\\s+[^\\s{}%]+\\s*$|>>!?\\s+\\S|<>\\s*\\S|\\?\\?\\s*\\S|\\{\\{\\s*(?:@js\\s*)?[@+]?\\w*\\s*$|HTTP/\\d\\S*\\s+[1-5]\\d\\d(?:\\s|$))"_s);
    return pattern.match(text).hasMatch();
}

QString decodeTemplate(const QString &text)
{
    QString out;
    static const QRegularExpression variable(u"\\{\\{[^}]*\\}\\}"_s);
    qsizetype at = 0;
    auto it = variable.globalMatch(text);
    while (it.hasNext()) {
        const auto match = it.next();
        out += QString::fromUtf8(formDecode(text.mid(at, match.capturedStart() - at).toUtf8())) + match.captured();
        at = match.capturedEnd();
    }
    return out + QString::fromUtf8(formDecode(text.mid(at).toUtf8()));
}

SpecFormItem formItemOf(const QString &pair, bool enabled)
{
    const qsizetype equals = pair.indexOf(u'=');
    return {decodeTemplate(equals < 0 ? pair : pair.left(equals)), equals < 0 ? QString() : decodeTemplate(pair.mid(equals + 1)), enabled};
}

// Reads one part; its state is where it stands.
class PartReader
{
public:
    PartReader(const QString &title, const QList<HttpLine> &lines, qsizetype firstLine) : m_lines(lines), m_first(firstLine)
    {
        m_part.spec.settings = httpFileDefaults();
        m_part.spec.name = title.startsWith("###"_L1) ? QString(title).remove(QRegularExpression(u"^#+"_s)).trimmed() : QString();
        m_part.roles.fill(HttpLineRole::Before, lines.size());
    }

    HttpPart read()
    {
        qsizetype i = readBefore();
        if (!m_part.hasRequest)
            return m_part;
        i = readRequestLine(i);
        i = readHeaders(i);
        i = readBody(i);
        for (; i < m_lines.size(); ++i)
            m_part.roles[i] = HttpLineRole::After;
        checkHeaders();
        return m_part;
    }

private:
    const QString &text(qsizetype i) const { return m_lines.at(i).text; }
    void note(qsizetype i, const QString &words) { m_part.notes.append({m_first + i, words}); }

    qsizetype readBefore()
    {
        qsizetype i = 0;
        while (i < m_lines.size()) {
            if (const QString end = scriptEnd(text(i)); !end.isEmpty()) {
                if (end != "*/"_L1)
                    note(i, u"a script before the request is kept and not run"_s);
                i = afterScript(m_lines, i, end);
                continue;
            }
            if (isCommentLine(text(i))) {
                m_part.roles[i] = takeComment(i) ? HttpLineRole::OwnComment : HttpLineRole::Before;
            } else if (const std::optional<Definition> definition = definitionOf(text(i))) {
                define(i, *definition);
            } else if (isJetBrainsCommand(text(i))) {
                note(i, u"\"%1\" is kept and not carried out"_s.arg(text(i).trimmed().left(60)));
            } else if (isRequestLine(text(i))) {
                m_part.hasRequest = true;
                return i;
            } else if (text(i).trimmed().startsWith(u'@')) {
                note(i, u"this is no variable: write @name = value"_s);
            }
            ++i;
        }
        return i;
    }

    static bool isJetBrainsCommand(const QString &line)
    {
        static const QRegularExpression pattern(u"^\\s*(?:import\\s+\\S+\\.(?:http|rest)\\s*$|run\\s+(?:#|\\S+\\.(?:http|rest)))"_s);
        static const QRegularExpression script(u"^\\s*<\\s+[^\\s{}%]+\\s*$"_s); // a pre-request script in a file
        return pattern.match(line).hasMatch() || script.match(line).hasMatch();
    }

    void define(qsizetype i, const Definition &definition)
    {
        m_part.variables.insert(definition.name, definition.value);
        if (definition.isLazy)
            note(i, u"%1 has \":=\" and is read like \"=\": what it refers to is looked up when the request is sent"_s.arg(definition.name));
        if (definition.value.size() > 1 && definition.value.startsWith(u'"') && definition.value.endsWith(u'"'))
            note(i, u"the quotation marks are a part of %1; httpYac takes the first one away"_s.arg(definition.name));
    }

    // True for what is written from the spec.
    bool takeComment(qsizetype i)
    {
        const std::optional<Meta> meta = metaOf(text(i));
        if (!meta)
            return false;
        RequestSpec &spec = m_part.spec;
        const auto &[key, value] = *meta;
        if (key == "name"_L1) {
            if (!value.isEmpty())
                spec.name = value;
            return true;
        }
        if (key.startsWith(ownPrefix)) {
            takeOwn(key.mid(ownPrefix.size()), value);
            return true;
        }
        if (applyDialectSetting(spec.settings, key, value))
            return isDialectSetting(key);
        if (key == "ref"_L1 || key == "force-ref"_L1) {
            if (!value.isEmpty() && !spec.after.contains(value))
                spec.after << value;
            return false;
        }
        static const QStringList harmless{u"title"_s, u"description"_s, u"debug"_s, u"verbose"_s, u"no-log"_s, u"no-response-view"_s,
                                          u"no-streaming-log"_s, u"language"_s, u"extension"_s, u"open-with"_s, u"jwt"_s, u"import"_s};
        if (harmless.contains(key))
            return false;
        if (key == "timeout"_L1 || key == "connection-timeout"_L1)
            note(i, u"@%1 without a unit is seconds for JetBrains IDEs and milliseconds for httpYac; nothing is set (write \"%2 ms\" or \"%2 s\")"_s.arg(key, value));
        else if (key == "disabled"_L1)
            note(i, u"@disabled: other programs leave this request out; here it is sent when Send is pressed"_s);
        else if (key == "prompt"_L1)
            note(i, u"@prompt: nobody is asked for %1; give it a value as a variable"_s.arg(value.section(u' ', 0, 0)));
        else if (key == "note"_L1)
            note(i, u"@note: other programs ask before they send this; here it is sent when Send is pressed"_s);
        else
            note(i, u"@%1 is kept and has no effect here"_s.arg(key));
        return false;
    }

    void takeOwn(const QString &word, const QString &value)
    {
        RequestSpec &spec = m_part.spec;
        if (word == "profile"_L1)
            spec.profileName = value;
        else if (word == "setting"_L1)
            applyHttpFileSetting(spec.settings, value.section(u' ', 0, 0), value.section(u' ', 1));
        else if (word == "suppress"_L1)
            spec.suppressedDefaults << value;
        else if (word == "body"_L1)
            m_bodyForm = value;
        else if (word == "off-field"_L1)
            m_offFields.append({value.section(u' ', 0, 0).toLongLong(), formItemOf(value.section(u' ', 1), false)});
        else if (word == "off"_L1) {
            if (std::optional<SpecHeader> header = headerOf(value)) {
                header->enabled = false;
                spec.headers.append(*header);
            }
        } else if (word == "raw-header"_L1) { // what no header line can hold: percent-encoded
            const QString pair = value.section(u' ', 1);
            const qsizetype colon = pair.indexOf(u':');
            const auto decoded = [](const QString &part) { return QString::fromUtf8(percentDecode(part.toUtf8())); };
            if (colon >= 0)
                spec.headers.append({decoded(pair.left(colon)), decoded(pair.mid(colon + 1)), value.startsWith("on "_L1)});
        }
    }

    qsizetype readRequestLine(qsizetype i)
    {
        // As the IDEs of JetBrains have it.
        static const QRegularExpression version(u"\\s+HTTP/(\\d(?:\\.\\d)?)(\\s+\\(Prior Knowledge\\))?\\s*$"_s,
                                                QRegularExpression::CaseInsensitiveOption);
        static const QRegularExpression method(u"^([!#$%&'*+.^_`|~0-9A-Za-z-]+)(?:\\s+(\\S.*))?$"_s);
        RequestSpec &spec = m_part.spec;
        const qsizetype first = i;
        QString line = text(i).trimmed();
        m_part.roles[i++] = HttpLineRole::RequestLine;
        const auto takeVersion = [&] {
            const auto match = version.match(line);
            if (!match.hasMatch())
                return;
            spec.settings.version = httpVersionOf(match.captured(1));
            if (spec.settings.version == HttpVersion::Http2 && match.hasCaptured(2))
                spec.settings.version = HttpVersion::Http2PriorKnowledge;
            line.truncate(match.capturedStart());
        };
        takeVersion();
        // The URL may go on in lines that begin with ?, & or /; comments may stand among them.
        for (; i < m_lines.size(); ++i) {
            const QString next = text(i).trimmed();
            const bool isIndented = !text(i).isEmpty() && text(i).at(0).isSpace();
            if (next.startsWith(u'?') || next.startsWith(u'&') || (isIndented && next.startsWith(u'/') && !next.startsWith("//"_L1))) {
                line += next;
            } else if (isCommentLine(next) && goesOn(i + 1)) {
                const qsizetype headers = spec.headers.size();
                m_part.roles[i] = !takeComment(i) ? HttpLineRole::Between
                    : spec.headers.size() > headers ? HttpLineRole::OffHeader
                                                    : HttpLineRole::OwnComment;
                continue;
            } else {
                break;
            }
            m_part.roles[i] = HttpLineRole::RequestLine;
        }
        takeVersion();
        if (const auto match = method.match(line); match.hasMatch() && !match.captured(1).contains("://"_L1)) {
            spec.method = match.captured(1);
            spec.url = match.captured(2);
        } else {
            spec.method = u"GET"_s;
            spec.url = line;
        }
        if (isOtherProtocol(spec.method))
            note(first, u"%1 is no HTTP method but another protocol, which is not spoken here; this request can't be sent"_s.arg(spec.method));
        return i;
    }

    bool goesOn(qsizetype i) const
    {
        for (; i < m_lines.size(); ++i) {
            const QString next = text(i).trimmed();
            if (!isCommentLine(next))
                return next.startsWith(u'?') || next.startsWith(u'&');
        }
        return false;
    }

    qsizetype readHeaders(qsizetype i)
    {
        RequestSpec &spec = m_part.spec;
        for (; i < m_lines.size() && !text(i).trimmed().isEmpty() && !beginsAfter(text(i)); ++i) {
            m_part.roles[i] = HttpLineRole::Between;
            if (isCommentLine(text(i))) {
                const qsizetype before = spec.headers.size();
                if (takeComment(i))
                    m_part.roles[i] = spec.headers.size() > before ? HttpLineRole::OffHeader : HttpLineRole::OwnComment;
            } else if (std::optional<SpecHeader> header = headerOf(text(i)); header && isTokenOrTemplate(header->name)) {
                m_part.roles[i] = HttpLineRole::Header;
                spec.headers.append(*header);
                checkAuthorization(i, *header);
            } else {
                note(i, u"\"%1\" is no header line and is not sent"_s.arg(text(i).trimmed().left(60)));
            }
        }
        return i;
    }

    // "Authorization: Basic user password" and its like, which other programs turn into what the scheme wants.
    void checkAuthorization(qsizetype i, const SpecHeader &header)
    {
        if (header.name.compare("Authorization"_L1, Qt::CaseInsensitive) != 0)
            return;
        static const QRegularExpression basic(u"^basic\\s+(?:\\S+\\s+\\S|[^\\s:]*:)"_s, QRegularExpression::CaseInsensitiveOption);
        static const QRegularExpression digest(u"^digest\\s+[^\\s=]+(?:\\s+|:)[^=]*$"_s, QRegularExpression::CaseInsensitiveOption);
        static const QRegularExpression others(u"^(aws|oauth2|openid|azureADCLI|cognito)(\\s|$)"_s, QRegularExpression::CaseInsensitiveOption);
        for (const QRegularExpression *pattern : {&basic, &digest, &others}) {
            if (pattern->match(header.value).hasMatch()) {
                note(i, u"other programs compute a credential from this line; here a header goes out as it is written. Use a credential profile"_s);
                return;
            }
        }
    }

    void checkHeaders()
    {
        if (m_part.spec.method == "GRAPHQL"_L1 && m_part.spec.body.kind == BodyKind::None)
            note(0, u"GRAPHQL without a query"_s);
    }

    qsizetype readBody(qsizetype i)
    {
        while (i < m_lines.size() && text(i).trimmed().isEmpty())
            m_part.roles[i++] = HttpLineRole::Gap;
        const qsizetype first = i;
        while (i < m_lines.size() && !beginsAfter(text(i)))
            m_part.roles[i++] = HttpLineRole::Body;
        qsizetype end = i;
        while (end > first && text(end - 1).trimmed().isEmpty())
            m_part.roles[--end] = HttpLineRole::Gap;
        QStringList body;
        for (qsizetype at = first; at < end; ++at)
            body << text(at);
        takeBody(body, first);
        noteAfter(i);
        return i;
    }

    void takeBody(const QStringList &lines, qsizetype first)
    {
        SpecBody &body = m_part.spec.body;
        if (m_bodyForm.startsWith("form"_L1)) {
            body.kind = BodyKind::Form;
            const QString pairs = lines.join(QString());
            const QStringList items = pairs.isEmpty() ? QStringList() : pairs.split(u'&');
            for (const QString &pair : items)
                body.form.append(formItemOf(pair, true));
            std::ranges::sort(m_offFields, {}, &OffField::place);
            for (const OffField &field : std::as_const(m_offFields))
                body.form.insert(std::clamp<qsizetype>(field.place, 0, body.form.size()), field.item);
            return;
        }
        if (m_bodyForm == "base64"_L1 || m_bodyForm == "text-base64"_L1) {
            body.kind = BodyKind::Text;
            const QByteArray bytes = QByteArray::fromBase64(lines.join(QString()).toLatin1());
            if (m_bodyForm == "base64"_L1)
                body.bytes = bytes;
            else
                body.text = QString::fromUtf8(bytes);
            return;
        }
        if (m_bodyForm == "pieces"_L1) {
            body.kind = BodyKind::Text;
            for (const QString &line : lines) {
                const QString value = line.section(u' ', 1);
                body.pieces.append(line.startsWith("file "_L1) ? BodyPiece{.filePath = value}
                                                               : BodyPiece{.bytes = QByteArray::fromBase64(value.toLatin1())});
            }
            return;
        }
        if (lines.isEmpty()) {
            if (m_bodyForm == "empty"_L1)
                body.kind = BodyKind::Text;
            return;
        }
        if (const std::optional<FileLine> file = fileLineOf(lines.first()); file && lines.size() == 1) {
            body.kind = BodyKind::File;
            body.filePath = file->path;
            body.fileIsTemplate = file->isTemplate;
            body.fileEncoding = file->encoding;
            return;
        }
        body.kind = BodyKind::Text;
        body.text = lines.join(u'\n');
        for (qsizetype i = 0; i < lines.size(); ++i) {
            if (isCommentLine(lines.at(i)) || lines.at(i).trimmed().startsWith("###"_L1)) {
                note(first + i, u"this line is sent as a part of the body; httpYac takes it for a comment and leaves it out"_s);
                break;
            }
        }
        static const QRegularExpression stream(u"^\\s*===(\\s*wait-for-server)?\\s*$"_s);
        for (qsizetype i = 0; i < lines.size(); ++i) {
            if (stream.match(lines.at(i)).hasMatch()) {
                note(first + i, u"=== divides messages of a stream for other programs; here it is sent as a part of the body"_s);
                break;
            }
        }
    }

    void noteAfter(qsizetype i)
    {
        bool hasRest = false;
        while (i < m_lines.size()) {
            const QString line = text(i).trimmed();
            const QString end = scriptEnd(text(i));
            if (line.startsWith("??"_L1)) {
                note(i, u"an assertion is kept and not checked"_s);
            } else if (line.startsWith(">>"_L1)) {
                note(i, u"the answer is not saved into a file"_s);
            } else if (line.startsWith("HTTP/"_L1)) {
                return; // a recorded answer, to the end
            } else if (!end.isEmpty() && end != "*/"_L1) {
                note(i, u"a response handler is kept and not run"_s);
                i = afterScript(m_lines, i, end);
                continue;
            } else if (line.startsWith(u'>')) {
                note(i, u"a response handler is kept and not run"_s);
            } else if (!line.isEmpty() && !line.startsWith("<>"_L1) && !isCommentLine(line) && !hasRest) {
                hasRest = true;
                note(i, u"text after a response handler is not sent"_s);
            }
            ++i;
        }
    }

    struct OffField
    {
        qsizetype place = 0;
        SpecFormItem item;
    };

    HttpPart m_part;
    const QList<HttpLine> &m_lines; // outlive the reader
    qsizetype m_first = 1;
    QString m_bodyForm;
    QList<OffField> m_offFields;
};

} // namespace

QList<HttpLine> splitHttpLines(const QByteArray &bytes)
{
    QList<HttpLine> lines;
    qsizetype begin = 0;
    while (begin < bytes.size()) {
        const qsizetype newline = bytes.indexOf('\n', begin);
        const qsizetype end = newline < 0 ? bytes.size() : newline + 1;
        HttpLine line;
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

HttpPart readHttpPart(const QString &title, const QList<HttpLine> &lines, qsizetype firstLine)
{
    return PartReader(title, lines, firstLine).read();
}

std::optional<FileLine> fileLineOf(const QString &line)
{
    static const QRegularExpression pattern(u"^<(?:(@)(\\w+)?)?\\s+(\\S.*?)\\s*$"_s);
    const auto match = pattern.match(line);
    if (!match.hasMatch() || match.captured(3).startsWith("{%"_L1))
        return std::nullopt;
    return FileLine{match.captured(3), !match.captured(1).isEmpty(), match.captured(2)};
}

bool isOtherProtocol(const QString &method)
{
    return std::ranges::any_of(otherProtocols, [&](const char *name) { return method == QLatin1StringView(name); });
}

bool isUnsafeBodyLine(const QString &line)
{
    static const QRegularExpression pattern(
        u"^\\s*(?:#|//|/\\*|@|\\?\\?|<>|>>|[<>](?:@\\w*)?\\s|[<>]\\s*\\{%|===|<--->|\\{\\{\\s*(?:@js\\s*)?[@+]?\\w*\\s*$|HTTP/\\S*\\s*[1-5]\\d\\d"
        u"|(?:GET|POST|PUT|DELETE|PATCH|HEAD|OPTIONS|CONNECT|TRACE|PROPFIND|PROPPATCH|MKCOL|COPY|MOVE|LOCK|UNLOCK|CHECKOUT|CHECKIN|REPORT|MERGE"
        u"|MKACTIVITY|MKWORKSPACE|VERSION-CONTROL|BASELINE-CONTROL|MKCALENDAR|ACL|SEARCH|GRAPHQL|GRPC|WSS?|WEBSOCKET|SSE|EVENTSOURCE|MQTT|AMQP"
        u"|RABBITMQ|KAFKA|RSOCKET|import|run|proto|gql|query|mutation|subscription|fragment)\\b)"_s);
    return pattern.match(line).hasMatch() || line.endsWith(u'\r');
}

bool isGraphQl(const RequestSpec &spec)
{
    if (spec.method == "GRAPHQL"_L1)
        return true;
    bool isJson = spec.body.contentType.contains("json"_L1);
    for (const SpecHeader &header : spec.headers) {
        if (!header.enabled)
            continue;
        if (header.name.compare("X-REQUEST-TYPE"_L1, Qt::CaseInsensitive) == 0 && header.value.compare("GraphQL"_L1, Qt::CaseInsensitive) == 0)
            return true;
        isJson = isJson || (header.name.compare("Content-Type"_L1, Qt::CaseInsensitive) == 0 && header.value.contains("json"_L1));
    }
    static const QRegularExpression query(u"^\\s*(query|mutation|subscription|fragment)\\b"_s);
    return isJson && spec.body.kind == BodyKind::Text && query.match(spec.body.text).hasMatch();
}

} // namespace realmscope
