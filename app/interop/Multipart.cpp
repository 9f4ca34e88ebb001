// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/interop/Multipart.h"

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

// RFC 7578 section 2 points to the HTML standard for this: only the quote and line ends are escaped.
QByteArray escaped(QByteArray text)
{
    return text.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A");
}

} // namespace

QList<BodyPiece> multipartBody(const QList<FormPart> &parts, const QByteArray &boundary)
{
    QList<BodyPiece> pieces;
    QByteArray body;
    for (const FormPart &part : parts) {
        body += "--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + escaped(part.name) + '"';
        if (part.hasFileName)
            body += "; filename=\"" + escaped(part.fileName) + '"';
        body += "\r\n";
        if (!part.contentType.isEmpty())
            body += "Content-Type: " + part.contentType + "\r\n";
        for (const QByteArray &line : part.headerLines)
            body += line + "\r\n";
        body += "\r\n" + part.content;
        if (!part.filePath.isEmpty()) {
            pieces << BodyPiece{.bytes = body} << BodyPiece{.filePath = part.filePath};
            body.clear();
        }
        body += "\r\n";
    }
    return pieces << BodyPiece{.bytes = body + "--" + boundary + "--\r\n"};
}

QByteArray contentTypeOfFile(const QByteArray &fileName)
{
    struct Kind
    {
        const char *ending;
        const char *type;
    };
    static constexpr Kind kinds[] = {{".gif", "image/gif"},   {".jpg", "image/jpeg"},     {".jpeg", "image/jpeg"},
                                     {".png", "image/png"},   {".svg", "image/svg+xml"},  {".txt", "text/plain"},
                                     {".htm", "text/html"},   {".html", "text/html"},     {".pdf", "application/pdf"},
                                     {".xml", "application/xml"}};
    const QByteArray lower = fileName.toLower();
    for (const Kind &kind : kinds) {
        if (lower.endsWith(kind.ending))
            return kind.type;
    }
    return "application/octet-stream"_ba;
}

} // namespace realmscope
