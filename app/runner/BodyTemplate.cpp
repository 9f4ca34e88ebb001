// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/runner/BodyTemplate.h"

#include "app/workspace/HttpFileLines.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QRegularExpression>
#include <QtCore/QStringConverter>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr qint64 largestTemplateFile = 64 * 1024 * 1024; // bytes; one without variables is streamed at any size

QString absoluteIn(const QString &folder, const QString &path)
{
    return folder.isEmpty() || !QFileInfo(path).isRelative() ? path : QDir::cleanPath(QDir(folder).absoluteFilePath(path));
}

Result<BodyPiece> readFileLine(const FileLine &line, const QString &folder, const ResolveText &resolve)
{
    const Result<QString> path = resolve(line.path);
    if (!path)
        return path.error();
    const QString absolute = absoluteIn(folder, *path);
    if (!line.isTemplate)
        return BodyPiece{.filePath = absolute};
    QFile file(absolute);
    if (!file.open(QIODevice::ReadOnly))
        return Error{ErrorCode::FileUnreadable, u"the body file can't be read: %1"_s.arg(absolute), file.errorString(),
                     u"Check that it exists and its permissions."_s};
    if (file.size() > largestTemplateFile)
        return Error{ErrorCode::InvalidInput, u"the body file is too long for variables in it: %1"_s.arg(absolute), {},
                     u"Write < in place of <@: it is sent as it is then."_s};
    std::optional<QStringConverter::Encoding> encoding = QStringConverter::Utf8;
    if (!line.encoding.isEmpty())
        encoding = QStringConverter::encodingForName(line.encoding.toLatin1().constData());
    if (!encoding)
        return Error{ErrorCode::InvalidInput, u"the encoding %1 of the body file is not known"_s.arg(line.encoding), {},
                     u"Use utf8, latin1 or utf16."_s};
    QStringDecoder decoder(*encoding);
    const QString text = decoder.decode(file.readAll());
    const Result<QString> resolved = resolve(text);
    if (!resolved)
        return resolved.error();
    return BodyPiece{.bytes = resolved->toUtf8()};
}

QByteArray jsonString(const QString &text)
{
    const QByteArray list = QJsonDocument(QJsonArray{text}).toJson(QJsonDocument::Compact);
    return list.mid(1, list.size() - 2);
}

// "GraphQL over HTTP": {"query": …, "operationName": …, "variables": …}. The variables are the JSON object behind an empty
// line; their text is kept, so that no number changes.
Result<QByteArray> graphQlBody(const QString &text)
{
    QString query = text.trimmed();
    QString variables;
    static const QRegularExpression emptyLine(u"\\n[ \\t]*\\n(?=\\s*\\{)"_s);
    qsizetype at = -1;
    auto it = emptyLine.globalMatch(text);
    while (it.hasNext()) {
        const auto match = it.next();
        const QString rest = text.mid(match.capturedEnd()).trimmed();
        if (QJsonDocument::fromJson(rest.toUtf8()).isObject()) {
            at = match.capturedStart();
            variables = rest;
            break;
        }
    }
    if (at >= 0)
        query = text.left(at).trimmed();
    if (query.isEmpty())
        return Error{ErrorCode::InvalidInput, u"there is no GraphQL query"_s, {}, u"Write it as the body, the variables as JSON behind an empty line."_s};
    static const QRegularExpression operation(u"^\\s*(?:query|mutation|subscription)\\s+([_A-Za-z][_0-9A-Za-z]*)"_s);
    QByteArray out = "{\"query\":" + jsonString(query);
    if (const auto match = operation.match(query); match.hasMatch())
        out += ",\"operationName\":" + jsonString(match.captured(1));
    if (!variables.isEmpty())
        out += ",\"variables\":" + variables.toUtf8();
    return out + '}';
}

QByteArray encodedForm(const QString &text)
{
    QString joined;
    static const QRegularExpression around(u"[ \\t]*([=&])[ \\t]*"_s);
    for (QString line : text.split(u'\n')) {
        line.remove(u'\r');
        joined += line.trimmed().replace(around, u"\\1"_s);
    }
    // What is encoded already stays.
    QByteArray out;
    for (const char byte : joined.toUtf8()) {
        const auto c = static_cast<unsigned char>(byte);
        if (c > 0x20 && c < 0x7f && !QByteArrayView("\"<>\\^`{|}").contains(byte))
            out += byte;
        else
            out += '%' + QByteArray(1, byte).toHex().toUpper();
    }
    return out;
}

} // namespace

Result<BodyPiece> buildFileBody(const SpecBody &body, const QString &folder, const ResolveText &resolve)
{
    return readFileLine({body.filePath, body.fileIsTemplate, body.fileEncoding}, folder, resolve);
}

Result<QList<BodyPiece>> buildTextBody(const RequestSpec &spec, const QByteArray &contentType, const QString &folder, const ResolveText &resolve)
{
    if (isGraphQl(spec)) {
        const Result<QString> text = resolve(spec.body.text);
        if (!text)
            return text.error();
        const Result<QByteArray> json = graphQlBody(*text);
        if (!json)
            return json.error();
        return QList<BodyPiece>{{.bytes = *json}};
    }
    const QByteArray type = contentType.toLower();
    const bool isForm = type.startsWith("application/x-www-form-urlencoded");
    const QStringList lines = spec.body.text.split(u'\n');
    const bool hasFiles = lines.size() > 1 && std::ranges::any_of(lines, [](const QString &line) { return fileLineOf(line).has_value(); });
    if (!hasFiles) {
        Result<QString> text = resolve(spec.body.text);
        if (!text)
            return text.error();
        if (type.startsWith("multipart/"))
            text->replace(u"\r\n"_s, u"\n"_s).replace(u'\n', u"\r\n"_s);
        return QList<BodyPiece>{{.bytes = isForm && spec.settings.encodeForm ? encodedForm(*text) : text->toUtf8()}};
    }
    const QByteArray lineEnd = type.startsWith("multipart/") ? "\r\n"_ba : "\n"_ba;
    QList<BodyPiece> pieces;
    QByteArray bytes;
    for (qsizetype i = 0; i < lines.size(); ++i) {
        if (i > 0)
            bytes += lineEnd;
        const std::optional<FileLine> file = fileLineOf(lines.at(i));
        if (!file) {
            const Result<QString> text = resolve(lines.at(i));
            if (!text)
                return text.error();
            bytes += text->toUtf8();
            continue;
        }
        const Result<BodyPiece> piece = readFileLine(*file, folder, resolve);
        if (!piece)
            return piece.error();
        if (piece->filePath.isEmpty()) {
            bytes += piece->bytes;
            continue;
        }
        if (!bytes.isEmpty())
            pieces.append({.bytes = bytes});
        bytes.clear();
        pieces.append(*piece);
    }
    if (!bytes.isEmpty())
        pieces.append({.bytes = bytes});
    return pieces;
}

} // namespace realmscope
