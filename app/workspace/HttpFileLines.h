// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/workspace/HttpFile.h"

namespace realmscope {

// One part of a .http file, between two separators, line by line. What HttpFile is made of; for its tests and itself.

struct HttpLine
{
    QString text;     // without its end
    QByteArray bytes; // with it
};
[[nodiscard]] QList<HttpLine> splitHttpLines(const QByteArray &bytes);

enum class HttpLineRole {
    Before,      // of the request line: comments of others, variables, scripts
    OwnComment,  // written from the spec: its name, profile, settings
    RequestLine, // and the lines that its URL goes on in; comments among them have their own role
    Header,
    OffHeader,   // "# @realmscope-off Name: value", also before the request line
    Between,     // comments and others among the headers
    Gap,         // the empty line before the body, or the end
    Body,
    After,       // response handlers and what follows them
};

struct HttpPart
{
    RequestSpec spec;
    bool hasRequest = false;
    QList<HttpLineRole> roles; // one for each line
    QMap<QString, QString> variables;
    QList<HttpFileNote> notes;
};

// title: the separator line ("### name"), or empty. firstLine: the number of the first line in its file.
[[nodiscard]] HttpPart readHttpPart(const QString &title, const QList<HttpLine> &lines, qsizetype firstLine);

// "GRPC", "WEBSOCKET": what these files have beside HTTP.
[[nodiscard]] bool isOtherProtocol(const QString &method);

// A line of a body that some dialect would take for something else.
[[nodiscard]] bool isUnsafeBodyLine(const QString &line);

// "< ./file", "<@ ./file", "<@latin1 ./file".
struct FileLine
{
    QString path;
    bool isTemplate = false;
    QString encoding;
};
[[nodiscard]] std::optional<FileLine> fileLineOf(const QString &line);

// The body as GraphQL over HTTP wants it: the request says GRAPHQL, has "X-REQUEST-TYPE: GraphQL", or is JSON by its type
// and a query by its text.
[[nodiscard]] bool isGraphQl(const RequestSpec &spec);

} // namespace realmscope
