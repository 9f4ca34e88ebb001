// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/Exchange.h"

#include <QtCore/QHash>
#include <QtCore/QObject>

#include <memory>

namespace realmscope {

struct ResponseValue
{
    QString value;
    bool isSecret = false; // masked wherever it is only looked at
    QString source;        // for a person: "the answer of login"
};

// The answers of named requests, for {{login.response.body.$.token}} in others. Of this run of the program alone: nothing is
// read from a disk. Bodies above 8 MB are not kept.
//
// What is understood, as the REST Client has it: NAME.response.body (or .body.*), NAME.response.body.$.path and
// NAME.response.headers.Name, the same with "request"; as httpYac has it: NAME.path into a JSON answer. A path is names with
// dots, ['names'] and [indexes]; no wildcards, filters or XPath.
class NamedResponses : public QObject
{
    Q_OBJECT
public:
    using QObject::QObject;
    void keep(const QString &name, const Exchange &exchange);
    [[nodiscard]] bool contains(const QString &name) const { return m_kept.contains(name); }
    [[nodiscard]] QStringList names() const;

    // Error: UnresolvedVariable that says what is missing. nullopt: this does not refer to an answer.
    [[nodiscard]] std::optional<Result<ResponseValue>> value(const QString &expression) const;
    // The request's name in such an expression; empty: it is none.
    [[nodiscard]] static QString requestNameIn(const QString &expression);

Q_SIGNALS:
    void changed();

private:
    struct Message
    {
        Headers headers;
        QByteArray body;
        bool hasBody = true; // false: it was too long to keep
    };
    struct Kept
    {
        Message request;
        Message response;
    };
    QHash<QString, Kept> m_kept;
};

// A value in JSON by such a path ("$.a[0].b"). Error: UnresolvedVariable.
[[nodiscard]] Result<QString> jsonValueAt(const QByteArray &json, const QString &path);

} // namespace realmscope
