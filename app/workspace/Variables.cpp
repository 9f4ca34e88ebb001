// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/workspace/Variables.h"

#include "app/base/Clock.h"
#include "app/base/Random.h"

#include <QtCore/QFile>
#include <QtCore/QJsonDocument>
#include <QtCore/QSaveFile>
#include <QtCore/QUuid>

#include <algorithm>
#include <optional>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr int maxDepth = 10;

bool isDynamic(const QString &name)
{
    return name == "$uuid"_L1 || name == "$guid"_L1 || name == "$timestamp"_L1 || name == "$randomInt"_L1;
}

std::optional<QString> dynamicValue(const QString &name, const Clock &clock, Random &random)
{
    if (name == "$uuid"_L1 || name == "$guid"_L1)
        return QUuid::fromRfc4122(random.bytes(16)).toString(QUuid::WithoutBraces);
    if (name == "$timestamp"_L1)
        return QString::number(clock.nowSeconds());
    if (name == "$randomInt"_L1) {
        const QByteArray bytes = random.bytes(2);
        return QString::number((static_cast<unsigned char>(bytes.at(0)) * 256 + static_cast<unsigned char>(bytes.at(1))) % 1000);
    }
    return std::nullopt;
}

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

} // namespace

QList<VariableUse> Variables::uses(const QString &text) const
{
    QList<VariableUse> list;
    for (const Place &place : places(text)) {
        const bool known = isDynamic(place.name) || m_values.contains(place.name);
        list.append({place.name, place.begin, place.end, known});
    }
    return list;
}

Result<QString> Variables::resolve(const QString &text, const Clock &clock, Random &random) const
{
    QString current = text;
    for (int depth = 0; depth <= maxDepth; ++depth) {
        const QList<Place> found = places(current);
        if (found.isEmpty())
            return current;
        QString next;
        qsizetype at = 0;
        for (const Place &place : found) {
            next += current.mid(at, place.begin - at);
            const std::optional<QString> dynamic = dynamicValue(place.name, clock, random);
            if (dynamic) {
                next += *dynamic;
            } else if (m_values.contains(place.name)) {
                next += m_values.value(place.name);
            } else {
                return Error{ErrorCode::UnresolvedVariable, u"the variable {{%1}} has no value"_s.arg(place.name),
                             u"at position %1 of \"%2\""_s.arg(place.begin + 1).arg(current.left(80)),
                             u"Set %1 in the environment, or choose the environment that has it."_s.arg(place.name)};
            }
            at = place.end;
        }
        next += current.mid(at);
        current = next;
    }
    return Error{ErrorCode::UnresolvedVariable, u"the variables in \"%1\" refer to each other without an end"_s.arg(text.left(80)), {},
                 u"Give one of them a value without a variable in it."_s};
}

QString Variables::preview(const QString &text) const
{
    QString current = text;
    for (int depth = 0; depth < maxDepth; ++depth) {
        QString next;
        qsizetype at = 0;
        bool changed = false;
        for (const Place &place : places(current)) {
            next += current.mid(at, place.begin - at);
            if (m_values.contains(place.name)) {
                next += m_values.value(place.name);
                changed = true;
            } else {
                next += current.mid(place.begin, place.end - place.begin);
            }
            at = place.end;
        }
        next += current.mid(at);
        current = next;
        if (!changed)
            break;
    }
    return current;
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

QJsonObject writeValues(const QMap<QString, QString> &values)
{
    QJsonObject object;
    for (auto it = values.cbegin(); it != values.cend(); ++it)
        object.insert(it.key(), it.value());
    return object;
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
    QJsonObject all;
    for (auto it = named.cbegin(); it != named.cend(); ++it)
        all.insert(it.key(), writeValues(it.value()));
    const QJsonObject root{{u"schema"_s, u"realmscope.environments/1"_s}, {u"shared"_s, writeValues(shared)}, {u"environments"_s, all}};
    QSaveFile file(path);
    const QByteArray bytes = QJsonDocument(root).toJson();
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit())
        return Error{ErrorCode::FileUnwritable, u"the environments can't be saved: %1"_s.arg(path), file.errorString(),
                     u"Check the permissions of the folder; the old file is still there."_s};
    return {};
}

Variables Environments::variables(const QString &environment) const
{
    QMap<QString, QString> values = shared;
    const QMap<QString, QString> own = named.value(environment);
    for (auto it = own.cbegin(); it != own.cend(); ++it)
        values.insert(it.key(), it.value());
    return Variables(values);
}

} // namespace realmscope
