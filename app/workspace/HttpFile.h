// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/workspace/RequestSpec.h"

#include <QtCore/QList>
#include <QtCore/QMap>

namespace realmscope {

// Something in a file that is kept and not carried out, or that programs read differently.
struct HttpFileNote
{
    qsizetype line = 0; // from 1
    QString text;       // a sentence for a person
    bool operator==(const HttpFileNote &) const = default;
};

// A .http file in the syntax that JetBrains IDEs, the VS Code REST Client and httpYac read: "###" separators,
// "# @name x" / "// @name x", request line, headers, empty line, body, "< ./file" as body or in it, "@var = value" lines.
// Our settings are "# @realmscope-profile NAME", "# @realmscope-setting key value" comments that others ignore.
// docs/HTTP-FILES.md says what is carried out.
//
// Lossless: a file that was parsed and written back unchanged gives the same bytes; replacing one request changes the lines
// that say what is new, and keeps every other line, comment and line ending.
class HttpFile
{
public:
    [[nodiscard]] static Result<HttpFile> parse(const QByteArray &bytes); // Error: Parse with the line
    [[nodiscard]] QByteArray toBytes() const;

    [[nodiscard]] qsizetype requestCount() const { return m_requests.size(); }
    [[nodiscard]] const RequestSpec &request(qsizetype index) const { return m_requests.at(index).spec; }
    [[nodiscard]] qsizetype indexOf(const QString &name) const; // -1
    // "@name = value" lines. Those in a request's own part come first for it; the others of the file follow.
    [[nodiscard]] const QMap<QString, QString> &fileVariables() const { return m_variables; }
    [[nodiscard]] const QMap<QString, QString> &requestVariables(qsizetype index) const { return m_requests.at(index).variables; }
    [[nodiscard]] QList<HttpFileNote> notes(qsizetype index) const; // of this request and of the file, by line

    void replace(qsizetype index, const RequestSpec &spec); // no change when equal
    void append(const RequestSpec &spec);
    void remove(qsizetype index);

    // A file with one request. A body that would mean something else there is written in a form that only this program reads;
    // holdsBody() tells.
    [[nodiscard]] static QByteArray format(const RequestSpec &spec);
    // Every dialect would send this body as it is meant. False for text with a line such as "# x" or "> x", for bytes that are
    // no UTF-8, and for empty lines at either end.
    [[nodiscard]] static bool holdsBody(const RequestSpec &spec);

private:
    struct Entry
    {
        RequestSpec spec;
        QByteArray source; // its bytes, from after the separator line to before the next one
        QMap<QString, QString> variables;
        QList<HttpFileNote> notes;
    };
    void readAgain(); // after a change: places and notes

    QByteArray m_trailer; // bytes after the last request that belong to none
    QList<Entry> m_requests;
    QList<QByteArray> m_separators; // what stands before each request, its "###…" line last; empty for a first one without
    QMap<QString, QString> m_variables;
    QList<HttpFileNote> m_notes; // of no request
};

} // namespace realmscope
