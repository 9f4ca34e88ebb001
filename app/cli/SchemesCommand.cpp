// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/SchemeRegistry.h"
#include "app/cli/Command.h"

#include <QtCore/QJsonArray>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

QString kindId(FieldKind kind)
{
    switch (kind) {
    case FieldKind::Text:
        return u"text"_s;
    case FieldKind::Secret:
        return u"secret"_s;
    case FieldKind::Choice:
        return u"choice"_s;
    case FieldKind::Flag:
        return u"flag"_s;
    case FieldKind::File:
        return u"file"_s;
    case FieldKind::MultiLine:
        return u"multi-line"_s;
    }
    return {};
}

QJsonObject toJson(const SchemeField &field)
{
    QJsonObject json{{u"id"_s, field.id},
                     {u"label"_s, field.label},
                     {u"kind"_s, kindId(field.kind)},
                     {u"required"_s, field.required},
                     {u"default"_s, field.defaultValue},
                     {u"help"_s, field.help}};
    if (!field.choices.isEmpty()) {
        QJsonArray choices;
        for (const FieldChoice &choice : field.choices)
            choices.append(QJsonObject{{u"value"_s, choice.value}, {u"label"_s, choice.label}});
        json.insert(u"choices"_s, choices);
    }
    if (!field.onlyWhen.isEmpty()) { // one of them
        QJsonArray conditions;
        for (const FieldCondition &condition : field.onlyWhen)
            conditions.append(QJsonObject{{u"field"_s, condition.field}, {u"values"_s, QJsonArray::fromStringList(condition.values)}});
        json.insert(u"onlyWhen"_s, conditions);
    }
    return json;
}

class SchemesCommand final : public Command
{
public:
    using Command::Command;

    void start(const ParsedLine &line) override
    {
        if (!line.words.isEmpty()) {
            fail(u"schemes takes no \"%1\""_s.arg(line.words.first()), u"Try realmscope-cli schemes --help."_s, ExitStatus::Usage);
            return;
        }
        if (line.has(u"markdown"_s)) {
            printMarkdown();
            finish(0);
            return;
        }
        if (!line.has(u"json"_s)) {
            for (const auto &scheme : allSchemes())
                printScheme(*scheme);
            finish(0);
            return;
        }
        QJsonArray schemes;
        for (const auto &scheme : allSchemes()) {
            QJsonArray fields;
            for (const SchemeField &field : scheme->fields())
                fields.append(toJson(field));
            schemes.append(QJsonObject{{u"id"_s, scheme->id()},
                                       {u"title"_s, scheme->title()},
                                       {u"summary"_s, scheme->summary()},
                                       {u"safety"_s, scheme->safety()},
                                       {u"whenItFails"_s, scheme->whenItFails()},
                                       {u"sources"_s, QJsonArray::fromStringList(scheme->sources())},
                                       {u"fields"_s, fields}});
        }
        print(QJsonObject{{u"schema"_s, u"realmscope.schemes/1"_s}, {u"schemes"_s, schemes}});
        finish(0);
    }

private:
    // docs/SCHEMES.md; a test keeps that file the same.
    void printMarkdown()
    {
        print(u"# Schemes\n\nWritten by `realmscope-cli schemes --markdown`. The window's form, `profile add --field ID=VALUE` and `profiles.json` "
              "have the same fields; a field of the kind *secret* is kept in the keychain.\n"_s);
        const auto cell = [](QString text) { return text.replace(u'|', u"\\|"_s); };
        for (const auto &scheme : allSchemes()) {
            print(u"\n## %1 (`%2`)\n\n%3\n\n*Safety:* %4\n\n*When it fails:* %5\n"_s.arg(scheme->title(), scheme->id(), scheme->summary(), scheme->safety(), scheme->whenItFails()));
            if (!scheme->sources().isEmpty())
                print(u"\n*Sources:* %1\n"_s.arg(scheme->sources().join(", "_L1)));
            if (scheme->fields().isEmpty())
                continue;
            print(u"\n| field | kind | what |\n| --- | --- | --- |\n"_s);
            for (const SchemeField &field : scheme->fields()) {
                QStringList kind{kindId(field.kind)};
                if (field.required)
                    kind << u"required"_s;
                QString what = field.help.isEmpty() ? field.label : u"%1: %2"_s.arg(field.label, field.help);
                QStringList choices;
                for (const FieldChoice &choice : field.choices)
                    choices << u'`' + choice.value + u'`';
                if (!choices.isEmpty())
                    what += u" (%1)"_s.arg(choices.join(", "_L1));
                if (!field.defaultValue.isEmpty())
                    what += u" Default: `%1`."_s.arg(field.defaultValue);
                QStringList conditions;
                for (const FieldCondition &condition : field.onlyWhen)
                    conditions << u"`%1` is `%2`"_s.arg(condition.field, condition.values.join("`, `"_L1));
                if (!conditions.isEmpty())
                    what += u" Only when %1."_s.arg(conditions.join(" or "_L1));
                print(u"| `%1` | %2 | %3 |\n"_s.arg(field.id, kind.join(", "_L1), cell(what)));
            }
        }
    }

    void printScheme(const AuthScheme &scheme)
    {
        print(u"%1 — %2 (%3)\n  %4\n  %5\n"_s.arg(scheme.id(), scheme.title(),
                                                 scheme.sources().isEmpty() ? u"no standard"_s : scheme.sources().join(", "_L1),
                                                 scheme.summary(), scheme.safety()));
        for (const SchemeField &field : scheme.fields()) {
            QStringList facts{kindId(field.kind)};
            if (field.required)
                facts << u"required"_s;
            QStringList choices;
            for (const FieldChoice &choice : field.choices)
                choices << choice.value;
            if (!choices.isEmpty())
                facts << choices.join(" | "_L1);
            if (!field.defaultValue.isEmpty())
                facts << "default "_L1 + field.defaultValue;
            print(u"    %1 %2 (%3)\n"_s.arg(field.id.leftJustified(14), field.label, facts.join(", "_L1)));
        }
        print(u"\n"_s);
    }
};

std::vector<OptionSpec> schemesOptions()
{
    return {{"json", 0, nullptr, "as JSON (realmscope.schemes/1)"}, {"markdown", 0, nullptr, "as Markdown (docs/SCHEMES.md)"}};
}

} // namespace

CommandEntry schemesCommand()
{
    return {"schemes", "lists every scheme and its fields", "[--json | --markdown]", "Lists every authentication scheme and the fields of its profiles.",
            schemesOptions,
            [](const CliStreams &streams, std::function<void(int)> done) -> Command * { return new SchemesCommand(streams, std::move(done)); }};
}

} // namespace realmscope
