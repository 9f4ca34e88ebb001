// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/base/Result.h"

#include <QtCore/QJsonObject>
#include <QtCore/QList>
#include <QtCore/QMap>
#include <QtCore/QString>

namespace realmscope {

class Clock;
class Random;

struct VariableUse
{
    QString name;
    qsizetype begin = 0; // of "{{" in the text
    qsizetype end = 0;   // after "}}"
    bool resolved = false;
};

// {{name}} in templates. Values may hold variables themselves (up to 10 levels deep). Dynamic ones: {{$uuid}},
// {{$timestamp}}, {{$randomInt}}.
class Variables
{
public:
    Variables() = default;
    explicit Variables(QMap<QString, QString> values) : m_values(std::move(values)) {}
    void set(const QString &name, const QString &value) { m_values.insert(name, value); }
    [[nodiscard]] const QMap<QString, QString> &values() const { return m_values; }

    [[nodiscard]] QList<VariableUse> uses(const QString &text) const;
    // Error: UnresolvedVariable that names the first one and its place.
    [[nodiscard]] Result<QString> resolve(const QString &text, const Clock &clock, Random &random) const;
    // For display: what can be resolved is, the rest stays; dynamic ones stay.
    [[nodiscard]] QString preview(const QString &text) const;

private:
    QMap<QString, QString> m_values;
};

// environments.json: {"schema": "realmscope.environments/1", "environments": {"Staging": {"baseUrl": "…"}, …},
// "shared": {…}}; also http-client.env.json of JetBrains ({"dev": {...}}).
struct Environments
{
    QMap<QString, QString> shared;
    QMap<QString, QMap<QString, QString>> named;

    [[nodiscard]] static Result<Environments> load(const QString &path); // a missing file is empty
    [[nodiscard]] Result<void> save(const QString &path) const;
    [[nodiscard]] Variables variables(const QString &environment) const; // shared, overlaid by the named one
};

} // namespace realmscope
