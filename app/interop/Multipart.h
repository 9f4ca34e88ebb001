// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/StreamedBody.h"

namespace realmscope {

// One part of a multipart/form-data body (RFC 7578).
struct FormPart
{
    QByteArray name;
    QByteArray content;
    QString filePath;       // content is in this file, which is read while it is sent; empty: it is not
    QByteArray fileName;    // empty: a plain field
    bool hasFileName = false;
    QByteArray contentType; // empty: none is written
    QList<QByteArray> headerLines; // more of them, "Name: value"
};

// The body; the boundary is the caller's. One piece of bytes when no part has a filePath.
[[nodiscard]] QList<BodyPiece> multipartBody(const QList<FormPart> &parts, const QByteArray &boundary);
// What curl thinks of a file by its name: image/png, application/octet-stream, …
[[nodiscard]] QByteArray contentTypeOfFile(const QByteArray &fileName);

} // namespace realmscope
