// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/CommandLine.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

Error usage(const QString &message) { return {ErrorCode::InvalidInput, message, {}, u"Try --help."_s}; }

} // namespace

Result<ParsedLine> parseLine(const QStringList &arguments, const std::vector<OptionSpec> &options, bool withCurl)
{
    ParsedLine line;
    bool optionsOver = false;
    for (qsizetype i = 0; i < arguments.size(); ++i) {
        const QString &word = arguments.at(i);
        if (withCurl && line.words.isEmpty() && word == "curl"_L1) {
            line.isCurl = true;
            line.curl = arguments.mid(i + 1);
            return line;
        }
        if (optionsOver || !word.startsWith(u'-') || word.size() < 2) {
            line.words << word;
            continue;
        }
        if (word == "--"_L1) {
            optionsOver = true;
            continue;
        }
        const bool isLong = word.startsWith("--"_L1);
        const qsizetype equals = isLong ? word.indexOf(u'=') : -1;
        const QString shown = isLong ? word.left(equals < 0 ? word.size() : equals) : word.left(2);
        const auto spec = std::ranges::find_if(options, [&](const OptionSpec &option) {
            return isLong ? shown.mid(2) == QLatin1StringView(option.name)
                          : option.letter != 0 && shown.at(1) == QLatin1Char(option.letter);
        });
        if (spec == options.end())
            return usage(u"unknown option %1"_s.arg(shown));
        std::optional<QString> value;
        if (equals >= 0)
            value = word.mid(equals + 1);
        else if (!isLong && word.size() > 2)
            value = word.mid(2);
        if (!spec->value) {
            if (value)
                return usage(u"option %1 takes no value"_s.arg(shown));
            line.options[QString::fromLatin1(spec->name)] << QString();
            continue;
        }
        if (!value) {
            if (i + 1 >= arguments.size())
                return usage(u"option %1 has no value"_s.arg(shown));
            value = arguments.at(++i);
        }
        line.options[QString::fromLatin1(spec->name)] << *value;
    }
    return line;
}

QString optionsHelp(const std::vector<OptionSpec> &options)
{
    QStringList heads;
    qsizetype width = 0;
    for (const OptionSpec &option : options) {
        QString head = option.letter != 0 ? u"  -%1, "_s.arg(QLatin1Char(option.letter)) : u"      "_s;
        head += "--"_L1 + QLatin1StringView(option.name);
        if (option.value)
            head += u' ' + QLatin1StringView(option.value);
        heads << head;
        width = std::max(width, head.size());
    }
    QString text;
    for (qsizetype i = 0; i < heads.size(); ++i)
        text += heads.at(i).leftJustified(width + 2) + QString::fromUtf8(options.at(size_t(i)).help) + u'\n';
    return text;
}

} // namespace realmscope
