// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/workspace/Variables.h"

#include "app/base/Clock.h"
#include "app/base/Random.h"
#include "app/workspace/DynamicValues.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QJsonDocument>
#include <QtCore/QRegularExpression>
#include <QtCore/QSaveFile>

#include <algorithm>
#include <optional>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr int maxDepth = 10;

struct Place
{
    QString name;
    qsizetype begin = 0;
    qsizetype end = 0;
};

QList<Place> places(const QString &text)
{
    QList<Place> list;
    qsizetype p = 0;
    while ((p = text.indexOf("{{"_L1, p)) >= 0) {
        const qsizetype close = text.indexOf("}}"_L1, p + 2);
        if (close < 0)
            break;
        // "{{{a}}": the innermost braces count.
        const qsizetype inner = text.lastIndexOf("{{"_L1, close - 1);
        const qsizetype begin = std::max(p, inner);
        list.append({text.mid(begin + 2, close - begin - 2).trimmed(), begin, close + 2});
        p = close + 2;
    }
    return list;
}

// NAME=value lines; "export", comments, quotation marks as .env files have them.
std::optional<QString> dotenvValue(const QString &path, const QString &name)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return std::nullopt;
    static const QRegularExpression pattern(
        u"^\\s*(?:export\\s+)?([\\w.-]+)\\s*=\\s*(?:'([^']*)'|\"((?:[^\"\\\\]|\\\\.)*)\"|([^#]*?))\\s*(?:#.*)?$"_s);
    std::optional<QString> value;
    const QStringList lines = QString::fromUtf8(file.read(1024 * 1024)).split(u'\n');
    for (const QString &line : lines) {
        const auto match = pattern.match(line);
        if (!match.hasMatch() || match.captured(1) != name)
            continue;
        if (match.hasCaptured(3))
            value = match.captured(3).replace("\\n"_L1, "\n"_L1).replace("\\\""_L1, "\""_L1);
        else
            value = match.hasCaptured(2) ? match.captured(2) : match.captured(4);
    }
    return value;
}

Error unresolved(const QString &message, const QString &action)
{
    return {ErrorCode::UnresolvedVariable, message, {}, action};
}

} // namespace

QString secretBullets() { return QString(8, u'•'); }

QString variableScopeId(VariableScope scope)
{
    switch (scope) {
    case VariableScope::Request:
        return u"request"_s;
    case VariableScope::File:
        return u"file"_s;
    case VariableScope::Folder:
        return u"folder"_s;
    case VariableScope::Environment:
        return u"environment"_s;
    case VariableScope::Shared:
        return u"shared"_s;
    case VariableScope::Response:
        return u"response"_s;
    case VariableScope::Dynamic:
        return u"dynamic"_s;
    case VariableScope::Process:
        return u"process"_s;
    case VariableScope::None:
        break;
    }
    return u"none"_s;
}

Variables::Variables(const QMap<QString, QString> &values)
{
    for (auto it = values.cbegin(); it != values.cend(); ++it)
        set(it.key(), it.value());
}

void Variables::set(const QString &name, const QString &value, VariableScope scope, const QString &source)
{
    m_values.insert(name, {value, scope, source});
}

QMap<QString, QString> Variables::values() const
{
    QMap<QString, QString> values;
    for (auto it = m_values.cbegin(); it != m_values.cend(); ++it)
        values.insert(it.key(), it->value);
    return values;
}

void Variables::setFolders(const QString &folder, const QString &root)
{
    m_folder = folder;
    m_root = root;
}

Result<Variables::Found> Variables::fromProcess(const QString &expression) const
{
    const QString word = expression.section(u' ', 0, 0);
    QString name = expression.mid(word.size()).trimmed();
    if (name.startsWith(u'%')) { // the name stands in another variable
        name = name.mid(1);
        if (!m_values.contains(name))
            return unresolved(u"{{%1}}: the variable %2 has no value"_s.arg(expression, name), u"Set it to the name that is meant."_s);
        name = m_values.value(name).value;
    }
    if (name.isEmpty() || name.contains(u' '))
        return unresolved(u"{{%1}} names no variable"_s.arg(expression), u"Write it as {{%1 NAME}}."_s.arg(word));
    if (word == "$processEnv"_L1) {
        if (!qEnvironmentVariableIsSet(name.toUtf8().constData()))
            return unresolved(u"{{%1}}: this program's environment has no %2"_s.arg(expression, name), u"Set it, and start the program again."_s);
        return Found{qEnvironmentVariable(name.toUtf8().constData()), VariableScope::Process, u"the environment of this program"_s, true};
    }
    QDir dir(m_folder);
    while (!m_folder.isEmpty()) {
        const QString path = dir.filePath(u".env"_s);
        if (const std::optional<QString> value = dotenvValue(path, name))
            return Found{*value, VariableScope::Process, path, true};
        if (m_root.isEmpty() || dir.absolutePath() == QDir(m_root).absolutePath() || !dir.cdUp())
            break;
    }
    return unresolved(u"{{%1}}: no .env file has %2"_s.arg(expression, name), u"Write %1=… into the file .env beside the request."_s.arg(name));
}

std::optional<Result<Variables::Found>> Variables::find(const QString &name) const
{
    if (const auto it = m_values.constFind(name); it != m_values.constEnd())
        return Result<Found>(Found{it->value, it->scope, it->source, false});
    const QString word = name.section(u' ', 0, 0);
    if (word == "$processEnv"_L1 || word == "$dotenv"_L1)
        return fromProcess(name);
    if (name.startsWith(u'$')) {
        const FixedClock clock(0); // only whether it can be made
        SystemRandom random;
        const std::optional<Result<QString>> made = dynamicValue(name, clock, random);
        if (made && !*made)
            return Result<Found>(made->error());
        if (made)
            return std::nullopt;
    }
    if (m_responses) {
        if (const std::optional<Result<ResponseValue>> value = m_responses->value(name)) {
            if (!*value)
                return Result<Found>(value->error());
            return Result<Found>(Found{(*value)->value, VariableScope::Response, (*value)->source, (*value)->isSecret});
        }
    } else if (const QString request = NamedResponses::requestNameIn(name); !request.isEmpty()) {
        return Result<Found>(unresolved(u"{{%1}} needs the answer of %2, which was not sent yet"_s.arg(name, request), u"Send %1 first."_s.arg(request)));
    }
    static const QRegularExpression plain(u"^[\\w.-]+$"_s);
    if (!plain.match(name).hasMatch())
        return Result<Found>(unresolved(u"{{%1}} is an expression, which is not evaluated here"_s.arg(name.left(60)), u"Write its value as a variable."_s));
    return Result<Found>(unresolved(u"the variable {{%1}} has no value"_s.arg(name),
                                    u"Set %1 in the environment, or choose the environment that has it."_s.arg(name)));
}

QList<VariableUse> Variables::uses(const QString &text) const
{
    QList<VariableUse> list;
    for (const Place &place : places(text)) {
        VariableUse use{place.name, place.begin, place.end};
        const std::optional<Result<Found>> found = find(place.name);
        if (!found) {
            use.resolved = true;
            use.scope = VariableScope::Dynamic;
            use.value = dynamicMeaning(place.name);
            list.append(use);
            continue;
        }
        if (!*found) {
            use.problem = found->error().message;
            use.action = found->error().action;
            list.append(use);
            continue;
        }
        use.scope = (*found)->scope;
        use.source = (*found)->source;
        bool hasSecret = (*found)->isSecret;
        use.value = hasSecret ? secretBullets() : (*found)->isTemplate() ? replaceKnown((*found)->value, 1, hasSecret) : (*found)->value;
        use.isSecret = hasSecret;
        if ((*found)->isTemplate() && (*found)->value.contains("{{"_L1)) { // it may lead to one that is missing
            const FixedClock clock(0);
            SystemRandom random;
            if (const Result<QString> deep = resolveDeep((*found)->value, clock, random, 1); !deep) {
                use.problem = u"the value of %1: %2"_s.arg(place.name, deep.error().message);
                use.action = deep.error().action;
            }
        }
        use.resolved = use.problem.isEmpty();
        list.append(use);
    }
    return list;
}

QList<VariableUse> Variables::known() const
{
    QList<VariableUse> list;
    const auto add = [&](const QString &name) {
        VariableUse use = uses("{{"_L1 + name + "}}"_L1).value(0);
        use.begin = use.end = 0;
        list.append(use);
    };
    for (auto it = m_values.cbegin(); it != m_values.cend(); ++it)
        add(it.key());
    if (m_responses) {
        for (const QString &name : m_responses->names())
            add(name + ".response.body.*"_L1);
    }
    for (const DynamicKind &kind : dynamicKinds()) {
        const QString name = QString::fromLatin1(kind.example);
        list.append({name, 0, 0, true, VariableScope::Dynamic, {}, QString::fromLatin1(kind.meaning)});
    }
    return list;
}

Result<QString> Variables::resolve(const QString &text, const Clock &clock, Random &random) const
{
    return resolveDeep(text, clock, random, 0);
}

// What an answer, a .env file or the environment holds is text: braces in it are none of ours.
Result<QString> Variables::resolveDeep(const QString &text, const Clock &clock, Random &random, int depth) const
{
    if (depth > maxDepth)
        return Error{ErrorCode::UnresolvedVariable, u"the variables in \"%1\" refer to each other without an end"_s.arg(text.left(80)), {},
                     u"Give one of them a value without a variable in it."_s};
    QString out;
    qsizetype at = 0;
    for (const Place &place : places(text)) {
        out += text.mid(at, place.begin - at);
        at = place.end;
        const std::optional<Result<Found>> found = find(place.name);
        if (!found) {
            out += dynamicValue(place.name, clock, random)->value();
            continue;
        }
        if (!*found) {
            Error error = found->error();
            error.detail = u"at position %1 of \"%2\""_s.arg(place.begin + 1).arg(text.left(80));
            return error;
        }
        if (!(*found)->isTemplate()) {
            out += (*found)->value;
            continue;
        }
        const Result<QString> value = resolveDeep((*found)->value, clock, random, depth + 1);
        if (!value)
            return value;
        out += *value;
    }
    return out + text.mid(at);
}

QString Variables::replaceKnown(const QString &text, int depth, bool &hasSecret) const
{
    if (depth > maxDepth)
        return text;
    QString out;
    qsizetype at = 0;
    for (const Place &place : places(text)) {
        out += text.mid(at, place.begin - at);
        at = place.end;
        const std::optional<Result<Found>> found = find(place.name);
        if (!found || !*found) {
            out += text.mid(place.begin, place.end - place.begin);
        } else if ((*found)->isSecret) {
            out += secretBullets();
            hasSecret = true;
        } else {
            out += (*found)->isTemplate() ? replaceKnown((*found)->value, depth + 1, hasSecret) : (*found)->value;
        }
    }
    return out + text.mid(at);
}

QString Variables::preview(const QString &text) const
{
    bool hasSecret = false;
    return replaceKnown(text, 0, hasSecret);
}

QStringList Variables::secrets(const QString &text) const
{
    QStringList list;
    collectSecrets(text, 0, list);
    return list;
}

void Variables::collectSecrets(const QString &text, int depth, QStringList &list) const
{
    if (depth > maxDepth)
        return;
    for (const Place &place : places(text)) {
        const std::optional<Result<Found>> found = find(place.name);
        if (!found || !*found)
            continue;
        if ((*found)->isSecret)
            list << (*found)->value;
        else if ((*found)->isTemplate())
            collectSecrets((*found)->value, depth + 1, list);
    }
}

namespace {

QMap<QString, QString> readValues(const QJsonObject &object)
{
    QMap<QString, QString> values;
    for (auto it = object.begin(); it != object.end(); ++it) {
        if (it->isString())
            values.insert(it.key(), it->toString());
        else if (it->isDouble())
            values.insert(it.key(), it->toVariant().toString());
        else if (it->isBool())
            values.insert(it.key(), it->toBool() ? u"true"_s : u"false"_s);
    }
    return values;
}

// Members that are no variable (objects, lists) stay as they are; a number that did not change stays one.
QJsonObject mergeValues(QJsonObject before, const QMap<QString, QString> &values)
{
    const QMap<QString, QString> old = readValues(before);
    for (auto it = old.cbegin(); it != old.cend(); ++it) {
        if (!values.contains(it.key()))
            before.remove(it.key());
    }
    for (auto it = values.cbegin(); it != values.cend(); ++it) {
        if (!old.contains(it.key()) || old.value(it.key()) != it.value())
            before.insert(it.key(), it.value());
    }
    return before;
}

} // namespace

Result<Environments> Environments::load(const QString &path)
{
    Environments environments;
    QFile file(path);
    if (!file.exists())
        return environments;
    if (!file.open(QIODevice::ReadOnly))
        return Error{ErrorCode::FileUnreadable, u"the environments can't be read: %1"_s.arg(path), file.errorString(),
                     u"Check the permissions of the file."_s};
    const QByteArray bytes = file.readAll();
    QJsonParseError problem;
    const QJsonDocument document = QJsonDocument::fromJson(bytes, &problem);
    if (!document.isObject())
        return Error{ErrorCode::Parse,
                     u"the environments can't be read: %1, line %2"_s.arg(path).arg(bytes.left(problem.offset).count('\n') + 1),
                     problem.errorString(), u"Correct the file."_s};
    const QJsonObject root = document.object();
    // Ours names its schema; JetBrains' http-client.env.json is environments at the top ("$shared" for all of them).
    const bool isOurs = root.contains("schema"_L1) || root.contains("environments"_L1);
    environments.shared = readValues(root.value(isOurs ? "shared"_L1 : "$shared"_L1).toObject());
    const QJsonObject named = isOurs ? root.value("environments"_L1).toObject() : root;
    for (auto it = named.begin(); it != named.end(); ++it) {
        if (it->isObject() && it.key() != "$shared"_L1)
            environments.named.insert(it.key(), readValues(it->toObject()));
    }
    return environments;
}

Result<void> Environments::save(const QString &path) const
{
    // What is there already keeps its shape, and what is not known here stays in it.
    QJsonObject root;
    QFile before(path);
    if (before.open(QIODevice::ReadOnly)) {
        const QByteArray bytes = before.readAll();
        QJsonParseError problem;
        const QJsonDocument document = QJsonDocument::fromJson(bytes, &problem);
        if (!document.isObject() && !bytes.trimmed().isEmpty())
            return Error{ErrorCode::FileUnwritable, u"the environments are not saved: %1 is no JSON now, line %2"_s.arg(path).arg(bytes.left(problem.offset).count('\n') + 1),
                         problem.errorString(), u"Correct the file, so that nothing in it is lost."_s};
        root = document.object();
    }
    const bool isOurs = root.isEmpty() ? QFileInfo(path).fileName() != "http-client.env.json"_L1
                                       : root.contains("schema"_L1) || root.contains("environments"_L1);
    QJsonObject all = isOurs ? root.value("environments"_L1).toObject() : root;
    for (const QString &name : all.keys()) {
        if (all.value(name).isObject() && name != "$shared"_L1 && !named.contains(name))
            all.remove(name);
    }
    for (auto it = named.cbegin(); it != named.cend(); ++it)
        all.insert(it.key(), mergeValues(all.value(it.key()).toObject(), it.value()));
    if (isOurs) {
        root.insert("schema"_L1, u"realmscope.environments/1"_s);
        root.insert("shared"_L1, mergeValues(root.value("shared"_L1).toObject(), shared));
        root.insert("environments"_L1, all);
    } else {
        root = all;
        if (!shared.isEmpty() || root.contains("$shared"_L1))
            root.insert("$shared"_L1, mergeValues(root.value("$shared"_L1).toObject(), shared));
    }
    QSaveFile file(path);
    const QByteArray bytes = QJsonDocument(root).toJson();
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit())
        return Error{ErrorCode::FileUnwritable, u"the environments can't be saved: %1"_s.arg(path), file.errorString(),
                     u"Check the permissions of the folder; the old file is still there."_s};
    return {};
}

Variables Environments::variables(const QString &environment) const
{
    Variables variables;
    for (auto it = shared.cbegin(); it != shared.cend(); ++it)
        variables.set(it.key(), it.value(), VariableScope::Shared, u"all environments"_s);
    const QMap<QString, QString> own = named.value(environment);
    for (auto it = own.cbegin(); it != own.cend(); ++it)
        variables.set(it.key(), it.value(), VariableScope::Environment, u"environment %1"_s.arg(environment));
    return variables;
}

} // namespace realmscope
