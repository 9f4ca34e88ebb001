// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/base/Result.h"

#include <QtCore/QMap>
#include <QtCore/QStringList>

#include <vector>

namespace realmscope {

struct OptionSpec
{
    const char *name;
    char letter = 0;
    const char *value = nullptr; // what its value is called in the help; null: a switch
    const char *help = "";
};

// The words of a command, sorted out.
struct ParsedLine
{
    QMap<QString, QStringList> options; // by long name; a switch has one empty value each time
    QStringList words;                  // the others
    QStringList curl;                   // everything after the word "curl"
    bool isCurl = false;

    [[nodiscard]] bool has(const QString &name) const { return options.contains(name); }
    [[nodiscard]] QString value(const QString &name) const { return options.value(name).value(options.value(name).size() - 1); }
    [[nodiscard]] QStringList values(const QString &name) const { return options.value(name); }
};

// Options may stand before and after other words, as --name VALUE, --name=VALUE, -n VALUE or -nVALUE; "--" ends them.
// withCurl: from the word "curl" on, everything is curl's. Error: InvalidInput (unknown option, value missing).
[[nodiscard]] Result<ParsedLine> parseLine(const QStringList &arguments, const std::vector<OptionSpec> &options, bool withCurl);

[[nodiscard]] QString optionsHelp(const std::vector<OptionSpec> &options);

} // namespace realmscope
