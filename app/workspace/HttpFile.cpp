// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/workspace/HttpFile.h"

#include "app/base/Encoding.h"
#include "app/http/Headers.h"
#include "app/workspace/HttpFileLines.h"
#include "app/workspace/HttpFileSettings.h"

#include <QtCore/QRegularExpression>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

bool isSeparator(const QString &text)
{
    return text.trimmed().startsWith("###"_L1);
}

// Percent- and plus-encoded for a form, with {{variables}} as they are.
QString encodeTemplate(const QString &text)
{
    static const QRegularExpression variable(u"\\{\\{[^}]*\\}\\}"_s);
    QString out;
    qsizetype at = 0;
    auto it = variable.globalMatch(text);
    while (it.hasNext()) {
        const auto match = it.next();
        out += QString::fromLatin1(formEncode(text.mid(at, match.capturedStart() - at).toUtf8())) + match.captured();
        at = match.capturedEnd();
    }
    return out + QString::fromLatin1(formEncode(text.mid(at).toUtf8()));
}

// One line, whatever is in it.
QString oneLine(QString text)
{
    return text.replace(u'\r', u' ').replace(u'\n', u' ').trimmed();
}

// A header line that is read as it was meant; anything else is written percent-encoded.
bool isHeaderLine(const SpecHeader &header)
{
    static const QRegularExpression name(u"^(?:[!#$%&'*+.^_`|~0-9A-Za-z-]|\\{\\{[^}:]*\\}\\})+$"_s);
    return name.match(header.name).hasMatch() && !header.value.contains(u'\n') && !header.value.contains(u'\r')
        && !header.name.startsWith(u'#');
}

QString headerText(const SpecHeader &header)
{
    if (isHeaderLine(header))
        return (header.enabled ? QString() : u"# @realmscope-off "_s) + header.name + u": "_s + header.value.trimmed();
    const auto encoded = [](const QString &text) { return QString::fromLatin1(text.toUtf8().toPercentEncoding()); };
    return u"# @realmscope-raw-header %1 %2:%3"_s.arg(header.enabled ? u"on"_s : u"off"_s, encoded(header.name), encoded(header.value));
}

// The text of a body as lines of a file, and the comment that says how to read it. Empty `form`: as every dialect does.
struct WrittenBody
{
    QString form;
    QStringList fields; // fields of a form that are off
    QString text;
};

// A multipart body of an imported command: text with files in lines of their own. Empty: it can't be written so.
QString piecesAsLines(const QList<BodyPiece> &pieces)
{
    QByteArray text;
    for (qsizetype i = 0; i < pieces.size(); ++i) {
        const BodyPiece &piece = pieces.at(i);
        if (piece.filePath.isEmpty()) {
            QByteArray bytes = piece.bytes;
            if (i > 0) {
                if (!bytes.startsWith("\r\n"))
                    return {};
                bytes = bytes.sliced(2);
            }
            if (bytes.count('\n') != bytes.count("\r\n") || !isValidUtf8(bytes) || (i + 1 < pieces.size() && !bytes.endsWith("\r\n")))
                return {};
            text += bytes.replace("\r\n", "\n");
        } else {
            if (i == 0 || i + 1 == pieces.size())
                return {};
            text += "< " + piece.filePath.toUtf8() + '\n';
        }
    }
    // The end of the closing boundary's line is left out of files; no server needs it (RFC 2046 section 5.1.1).
    if (text.endsWith('\n'))
        text.chop(1);
    const QString lines = QString::fromUtf8(text);
    const QStringList list = lines.split(u'\n');
    const bool isSafe = std::ranges::all_of(list, [](const QString &line) { return fileLineOf(line).has_value() || !isUnsafeBodyLine(line); });
    return isSafe && text.startsWith("--") ? lines : QString();
}

bool isSafeText(const RequestSpec &spec)
{
    const QStringList lines = spec.body.text.split(u'\n');
    if (lines.first().trimmed().isEmpty() || lines.last().trimmed().isEmpty() || spec.body.text.contains(u'\0'))
        return false;
    const bool isQuery = isGraphQl(spec);
    static const QRegularExpression query(u"^\\s*(query|mutation|subscription|fragment)\\b"_s);
    return std::ranges::all_of(lines, [&](const QString &line) {
        return !isUnsafeBodyLine(line) || (isQuery && query.match(line).hasMatch()) || (lines.size() > 1 && fileLineOf(line).has_value());
    });
}

WrittenBody writeBody(const RequestSpec &spec)
{
    const SpecBody &body = spec.body;
    WrittenBody out;
    switch (body.kind) {
    case BodyKind::None:
        break;
    case BodyKind::Text:
        if (!body.pieces.isEmpty()) {
            out.text = piecesAsLines(body.pieces);
            if (!out.text.isEmpty())
                break;
            out.form = u"pieces"_s;
            QStringList lines;
            for (const BodyPiece &piece : body.pieces)
                lines << (piece.filePath.isEmpty() ? u"bytes "_s + QString::fromLatin1(piece.bytes.toBase64()) : u"file "_s + piece.filePath);
            out.text = lines.join(u'\n');
        } else if (!body.bytes.isEmpty()) {
            out.form = u"base64"_s;
            out.text = QString::fromLatin1(body.bytes.toBase64());
        } else if (body.text.isEmpty()) {
            out.form = u"empty"_s;
        } else if (isSafeText(spec)) {
            out.text = body.text;
        } else {
            out.form = u"text-base64"_s;
            out.text = QString::fromLatin1(body.text.toUtf8().toBase64());
        }
        break;
    case BodyKind::Form: {
        out.form = u"form"_s;
        QStringList items;
        for (qsizetype i = 0; i < body.form.size(); ++i) {
            const SpecFormItem &item = body.form.at(i);
            const QString pair = encodeTemplate(item.name) + u'=' + encodeTemplate(item.value);
            if (item.enabled)
                items << pair;
            else
                out.fields << u"%1 %2"_s.arg(i).arg(pair);
        }
        out.text = items.join(u'&');
        break;
    }
    case BodyKind::File:
        out.text = (body.fileIsTemplate ? u"<@"_s + body.fileEncoding : u"<"_s) + u' ' + oneLine(body.filePath);
        break;
    }
    return out;
}

// The comments before the request line that are written from the spec. title: what stands behind ###.
QStringList ownComments(const RequestSpec &spec, const QString &title)
{
    QStringList lines;
    if (!spec.name.isEmpty() && oneLine(spec.name) != title)
        lines << "# @name "_L1 + oneLine(spec.name);
    for (const QString &setting : dialectSettings(spec.settings))
        lines << "# @"_L1 + setting;
    if (!spec.profileName.isEmpty())
        lines << "# @realmscope-profile "_L1 + oneLine(spec.profileName);
    for (const auto &[key, value] : ownSettings(spec.settings))
        lines << u"# @realmscope-setting %1 %2"_s.arg(key, oneLine(value));
    for (const QString &name : spec.suppressedDefaults)
        lines << "# @realmscope-suppress "_L1 + oneLine(name);
    return lines;
}

QStringList bodyComments(const RequestSpec &spec)
{
    const WrittenBody body = writeBody(spec);
    QStringList lines;
    if (!body.form.isEmpty())
        lines << "# @realmscope-body "_L1 + body.form;
    for (const QString &field : body.fields)
        lines << "# @realmscope-off-field "_L1 + field;
    return lines;
}

// A comment as ownComments() writes it: "//  @no-redirect" and "# @noRedirect" say the same.
QString plainComment(const QString &line)
{
    static const QRegularExpression pattern(u"^\\s*(?:#+|//+)\\s*@([\\w-]+)(?:\\s*=\\s*|\\s+|$)(.*)$"_s);
    static const QRegularExpression hump(u"([a-z])([A-Z])"_s);
    const auto match = pattern.match(line);
    const QString key = match.captured(1).replace(hump, u"\\1-\\2"_s).toLower();
    const QString value = match.captured(2).trimmed();
    return "# @"_L1 + key + (value.isEmpty() ? QString() : u' ' + value);
}

QString requestLine(const RequestSpec &spec)
{
    const QString method = spec.method.isEmpty() ? u"GET"_s : oneLine(spec.method);
    return (method + u' ' + oneLine(spec.url)).trimmed() + httpVersionSuffix(spec.settings.version);
}

// The headers as they stand in the file: with the Content-Type that the body brings.
QList<SpecHeader> writtenHeaders(const RequestSpec &spec)
{
    QList<SpecHeader> headers = spec.headers;
    const bool hasType = std::ranges::any_of(headers, [](const SpecHeader &header) {
        return header.enabled && header.name.compare("Content-Type"_L1, Qt::CaseInsensitive) == 0;
    });
    QString type = spec.body.kind == BodyKind::None ? QString() : oneLine(spec.body.contentType);
    if (spec.body.kind == BodyKind::Form && type.isEmpty())
        type = u"application/x-www-form-urlencoded"_s;
    if (!type.isEmpty() && !hasType && !spec.suppressedDefaults.contains("Content-Type"_L1, Qt::CaseInsensitive))
        headers.append({u"Content-Type"_s, type, true});
    return headers;
}

QString titleOfSeparator(const QByteArray &separators)
{
    const QList<HttpLine> lines = splitHttpLines(separators);
    if (lines.isEmpty() || !isSeparator(lines.last().text))
        return {};
    return lines.last().text.trimmed();
}

QString nameInTitle(const QString &title)
{
    static const QRegularExpression marks(u"^#+"_s);
    return QString(title).remove(marks).trimmed();
}

} // namespace

Result<HttpFile> HttpFile::parse(const QByteArray &bytes)
{
    if (bytes.contains('\0'))
        return Error{ErrorCode::Parse, u"line %1 holds a NUL: this is no text file"_s.arg(bytes.left(bytes.indexOf('\0')).count('\n') + 1),
                     {}, u"Choose a .http file."_s};
    struct Block
    {
        QByteArray separator;
        QString title;
        QList<HttpLine> lines;
        qsizetype firstLine = 1;
    };
    QList<Block> blocks{Block()};
    qsizetype number = 0;
    for (const HttpLine &line : splitHttpLines(bytes)) {
        ++number;
        if (isSeparator(line.text))
            blocks.append({line.bytes, line.text.trimmed(), {}, number + 1});
        else
            blocks.last().lines.append(line);
    }
    HttpFile file;
    QByteArray skipped; // what stands before the next request
    for (const Block &block : std::as_const(blocks)) {
        QByteArray source;
        for (const HttpLine &line : block.lines)
            source += line.bytes;
        const HttpPart part = readHttpPart(block.title, block.lines, block.firstLine);
        for (const auto &[name, value] : part.variables.asKeyValueRange()) {
            if (file.m_variables.contains(name) && file.m_variables.value(name) != value)
                file.m_notes.append({block.firstLine, u"%1 gets another value here: a request sees the value in its own part, else the last one"_s.arg(name)});
            file.m_variables.insert(name, value);
        }
        if (!part.hasRequest) {
            skipped += block.separator + source;
            file.m_notes += part.notes;
            continue;
        }
        file.m_separators.append(skipped + block.separator);
        skipped.clear();
        file.m_requests.append({part.spec, source, part.variables, part.notes});
    }
    file.m_trailer = skipped;
    return file;
}

void HttpFile::readAgain()
{
    if (Result<HttpFile> again = parse(toBytes()))
        *this = *again;
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

QList<HttpFileNote> HttpFile::notes(qsizetype index) const
{
    QList<HttpFileNote> list = m_notes + m_requests.at(index).notes;
    std::ranges::stable_sort(list, {}, &HttpFileNote::line);
    return list;
}

void HttpFile::replace(qsizetype index, const RequestSpec &spec)
{
    Entry &entry = m_requests[index];
    if (entry.spec == spec)
        return;
    const RequestSpec old = entry.spec;
    const QList<HttpLine> lines = splitHttpLines(entry.source);
    const QString title = titleOfSeparator(m_separators.at(index));
    const HttpPart part = readHttpPart(title, lines, 1);
    const QByteArray lineEnd = entry.source.contains("\r\n") ? "\r\n"_ba : "\n"_ba;
    const auto ended = [&](const QString &text) { return text.toUtf8() + lineEnd; };
    const auto bytesOf = [&](HttpLineRole role) {
        QByteArray bytes;
        for (qsizetype i = 0; i < lines.size(); ++i) {
            if (part.roles.at(i) == role)
                bytes += lines.at(i).bytes;
        }
        return bytes;
    };
    const auto closed = [&](QByteArray bytes) { // the last line of a file may have no end
        if (!bytes.isEmpty() && !bytes.endsWith('\n'))
            bytes += lineEnd;
        return bytes;
    };

    // Of the comments that say what the spec says, those that still do keep their place; the new ones stand before the request.
    const bool isSameBody = spec.body == old.body;
    QStringList own = ownComments(spec, nameInTitle(title)) + (isSameBody ? QStringList() : bodyComments(spec));
    QList<bool> isKept(lines.size(), true);
    for (qsizetype i = 0; i < lines.size(); ++i) {
        if (part.roles.at(i) != HttpLineRole::OwnComment)
            continue;
        const QString comment = plainComment(lines.at(i).text);
        const bool isOfBody = comment.startsWith("# @realmscope-body"_L1) || comment.startsWith("# @realmscope-off-field"_L1);
        isKept[i] = own.removeOne(comment) || (isOfBody && isSameBody) || comment == "# @name "_L1 + oneLine(spec.name);
    }

    QByteArray out;
    for (qsizetype i = 0; i < lines.size() && part.roles.at(i) != HttpLineRole::RequestLine; ++i) {
        if (part.roles.at(i) != HttpLineRole::OffHeader && isKept.at(i))
            out += closed(lines.at(i).bytes);
    }
    for (const QString &line : std::as_const(own))
        out += ended(line);
    const bool isSameLine = spec.method == old.method && spec.url == old.url && spec.settings.version == old.settings.version;
    qsizetype lastOfUrl = part.roles.indexOf(HttpLineRole::RequestLine);
    if (!isSameLine)
        out += ended(requestLine(spec));
    for (qsizetype i = lastOfUrl; i <= part.roles.lastIndexOf(HttpLineRole::RequestLine); ++i) {
        lastOfUrl = i;
        const HttpLineRole role = part.roles.at(i);
        if (role == HttpLineRole::RequestLine ? isSameLine : role != HttpLineRole::OffHeader && isKept.at(i))
            out += closed(lines.at(i).bytes);
    }

    // A header that stayed keeps its line; comments stay before the header that they stood before.
    QList<SpecHeader> headers = writtenHeaders(spec);
    for (qsizetype i = 0; i < lines.size(); ++i) {
        const HttpLineRole role = part.roles.at(i);
        if (i > lastOfUrl && (role == HttpLineRole::Between || (role == HttpLineRole::OwnComment && isKept.at(i)))) {
            out += closed(lines.at(i).bytes);
        } else if (role == HttpLineRole::Header || role == HttpLineRole::OffHeader) {
            const HttpPart alone = readHttpPart({}, {{u"GET http://a"_s, {}}, lines.at(i)}, 1);
            const SpecHeader header = alone.spec.headers.value(0);
            const qsizetype at = headers.indexOf(header);
            if (at < 0)
                continue;
            for (qsizetype before = 0; before < at; ++before)
                out += ended(headerText(headers.at(before)));
            out += closed(lines.at(i).bytes);
            headers.remove(0, at + 1);
        }
    }
    for (const SpecHeader &header : std::as_const(headers))
        out += ended(headerText(header));

    const QByteArray after = bytesOf(HttpLineRole::After);
    if (isSameBody) {
        QByteArray rest;
        for (qsizetype i = 0; i < lines.size(); ++i) {
            if (part.roles.at(i) == HttpLineRole::Gap || part.roles.at(i) == HttpLineRole::Body)
                rest += lines.at(i).bytes;
        }
        if (!rest.isEmpty() || !after.isEmpty())
            out += rest + after;
        else if (index + 1 < m_requests.size())
            out += lineEnd;
    } else {
        const QString text = writeBody(spec).text;
        if (!text.isEmpty())
            out += lineEnd + ended(text).replace("\r\n", "\n").replace("\n", lineEnd);
        if (!after.isEmpty() || index + 1 < m_requests.size())
            out += lineEnd;
        out += after;
    }
    entry.source = out;
    readAgain();
}

void HttpFile::append(const RequestSpec &spec)
{
    if (!m_requests.isEmpty() && !m_requests.last().source.endsWith('\n'))
        m_requests.last().source += '\n';
    m_separators.append(m_requests.isEmpty() ? m_trailer : m_trailer + "###\n");
    m_trailer.clear();
    m_requests.append({spec, format(spec), {}, {}});
    readAgain();
}

void HttpFile::remove(qsizetype index)
{
    m_requests.removeAt(index);
    m_separators.removeAt(index);
    readAgain();
}

bool HttpFile::holdsBody(const RequestSpec &spec)
{
    const QString form = writeBody(spec).form;
    return form.isEmpty() || form == "form"_L1 || form == "empty"_L1;
}

QByteArray HttpFile::format(const RequestSpec &spec)
{
    QStringList lines = ownComments(spec, {}) + bodyComments(spec);
    lines << requestLine(spec);
    for (const SpecHeader &header : writtenHeaders(spec))
        lines << headerText(header);
    const QString body = writeBody(spec).text;
    if (!body.isEmpty())
        lines << QString() << body;
    return (lines.join(u'\n') + u'\n').toUtf8();
}

} // namespace realmscope
