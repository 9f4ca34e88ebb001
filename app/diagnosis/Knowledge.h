// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/diagnosis/Facts.h"

namespace realmscope {

// What vendors' documentation says about their error codes, as data: resources/knowledge/*.json (docs/KNOWLEDGE.md).

// One entry whose conditions an answer meets.
struct KnowledgeMatch
{
    QString id;
    QString vendor;   // "GitHub"
    QString cause;    // of the public list
    QString meaning;  // one sentence
    QString fix;      // imperative
    QString link;     // to the vendor's documentation
    bool isProven = false; // the code leaves no other explanation
    Evidence evidence;     // the code, where it stands
};
[[nodiscard]] QList<KnowledgeMatch> knowledgeOf(const Facts &facts);

// Which setting of the server that was recognised bears on a cause.
struct ServerHelp
{
    QString server; // "nginx"
    QString title;  // imperative
    QString snippet;
    QString link;
};
[[nodiscard]] QList<ServerHelp> serverHelp(const Facts &facts, const QString &cause);

// What is wrong with a file of knowledge, in sentences; empty when it is in order. `causes` are the ids there are.
[[nodiscard]] QStringList knowledgeProblems(const QByteArray &json, const QStringList &causes);
// Names of the files that are built in, with their content.
[[nodiscard]] QList<std::pair<QString, QByteArray>> knowledgeFiles();

} // namespace realmscope
