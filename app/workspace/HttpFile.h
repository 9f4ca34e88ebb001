// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/workspace/RequestSpec.h"

#include <QtCore/QList>
#include <QtCore/QMap>

namespace realmscope {

// A .http file in the syntax that JetBrains IDEs, the VS Code REST Client and httpYac read: "###" separators,
// "# @name x" / "// @name x", request line, headers, empty line, body, "< ./file" as body, "@var = value" lines. Our
// settings are "# @realmscope-profile NAME", "# @realmscope-setting key value" comments that others ignore.
//
// Lossless: a file that was parsed and written back unchanged gives the same bytes; replacing one request keeps every
// other line, comment and line ending.
class HttpFile
{
public:
    [[nodiscard]] static Result<HttpFile> parse(const QByteArray &bytes); // Error: Parse with the line
    [[nodiscard]] QByteArray toBytes() const;

    [[nodiscard]] qsizetype requestCount() const { return m_requests.size(); }
    [[nodiscard]] const RequestSpec &request(qsizetype index) const { return m_requests.at(index).spec; }
    [[nodiscard]] qsizetype indexOf(const QString &name) const; // -1
    [[nodiscard]] const QMap<QString, QString> &fileVariables() const { return m_variables; }

    void replace(qsizetype index, const RequestSpec &spec); // no change when equal
    void append(const RequestSpec &spec);
    void remove(qsizetype index);

    // A file with one request.
    [[nodiscard]] static QByteArray format(const RequestSpec &spec);

private:
    struct Entry
    {
        RequestSpec spec;
        QByteArray source; // its bytes, from after the separator line to before the next one
    };
    QByteArray m_trailer; // bytes after the last request that belong to none
    QList<Entry> m_requests;
    QList<QByteArray> m_separators; // what stands before each request, its "###…" line last; empty for a first one without
    QMap<QString, QString> m_variables;
};

} // namespace realmscope
