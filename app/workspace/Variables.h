// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/base/Result.h"
#include "app/workspace/NamedResponses.h"

#include <QtCore/QJsonObject>
#include <QtCore/QList>
#include <QtCore/QMap>
#include <QtCore/QString>

namespace realmscope {

class Clock;
class Random;

// Where a value comes from; the first one that has the name counts.
enum class VariableScope {
    Request,     // "@name = value" in the request's own part of its file
    File,        // the same elsewhere in the file
    Folder,      // folder.json, the nearest folder first
    Environment, // the chosen one
    Shared,      // of all environments
    Response,    // of another request by its name
    Dynamic,     // {{$…}}, made when the request is sent
    Process,     // {{$processEnv NAME}}, {{$dotenv NAME}}
    None
};
[[nodiscard]] QString variableScopeId(VariableScope scope); // "request", "file", …

// One {{use}} in a text, and what is known of it.
struct VariableUse
{
    QString name;        // what stands between the braces
    qsizetype begin = 0; // of "{{" in the text
    qsizetype end = 0;   // after "}}"
    bool resolved = false;
    VariableScope scope = VariableScope::None;
    QString source;      // where the value stands, for a person: "folder billing", "environment Staging"
    QString value;       // as it may be shown: secrets are bullets, dynamic ones say what they will be
    bool isSecret = false;
    QString problem;     // why it has no value; empty when it has one
    QString action;      // what to do about it
};

// {{name}} in templates. Values may hold variables themselves (up to 10 levels deep). {{$…}} are those of DynamicValues.h;
// {{login.response.body.$.token}} those of NamedResponses.h.
class Variables
{
public:
    Variables() = default;
    explicit Variables(const QMap<QString, QString> &values);
    // Hides what was set under this name before. source: the place within its scope, "folder billing".
    void set(const QString &name, const QString &value, VariableScope scope = VariableScope::Environment, const QString &source = {});
    [[nodiscard]] QMap<QString, QString> values() const;

    void setResponses(std::shared_ptr<const NamedResponses> responses) { m_responses = std::move(responses); }
    // The folder of the request's file and the one of its workspace: for .env files, which are looked for from the one to the
    // other, and for files in bodies.
    void setFolders(const QString &folder, const QString &root);
    [[nodiscard]] const QString &folder() const { return m_folder; }

    // The inspection: highlight, hover, completion and the check before Send all ask here.
    [[nodiscard]] QList<VariableUse> uses(const QString &text) const;
    // What may stand between braces here, by name; dynamic ones last. For completion.
    [[nodiscard]] QList<VariableUse> known() const;
    // Error: UnresolvedVariable that names the first one and its place.
    [[nodiscard]] Result<QString> resolve(const QString &text, const Clock &clock, Random &random) const;
    // For display: what can be resolved is, the rest stays; dynamic ones stay, secrets are bullets.
    [[nodiscard]] QString preview(const QString &text) const;
    // Values in this text that must not be shown: from answers, the environment of the program and .env.
    [[nodiscard]] QStringList secrets(const QString &text) const;

private:
    struct Definition
    {
        QString value;
        VariableScope scope = VariableScope::Environment;
        QString source;
    };
    struct Found
    {
        QString value;
        VariableScope scope = VariableScope::None;
        QString source;
        bool isSecret = false;
        // Values that a user wrote may hold variables; what came from elsewhere is text.
        [[nodiscard]] bool isTemplate() const { return scope != VariableScope::Response && scope != VariableScope::Process; }
    };
    // nullopt: a dynamic one. Error: UnresolvedVariable.
    [[nodiscard]] std::optional<Result<Found>> find(const QString &name) const;
    [[nodiscard]] Result<Found> fromProcess(const QString &expression) const;
    [[nodiscard]] Result<QString> resolveDeep(const QString &text, const Clock &clock, Random &random, int depth) const;
    [[nodiscard]] QString replaceKnown(const QString &text, int depth, bool &hasSecret) const;
    void collectSecrets(const QString &text, int depth, QStringList &list) const;

    QMap<QString, Definition> m_values;
    std::shared_ptr<const NamedResponses> m_responses;
    QString m_folder;
    QString m_root;
};

// The mask of a secret in a preview: the same length for all.
[[nodiscard]] QString secretBullets();

// environments.json: {"schema": "realmscope.environments/1", "environments": {"Staging": {"baseUrl": "…"}, …},
// "shared": {…}}; also http-client.env.json of JetBrains ({"dev": {...}}).
struct Environments
{
    QMap<QString, QString> shared;
    QMap<QString, QMap<QString, QString>> named;

    [[nodiscard]] static Result<Environments> load(const QString &path); // a missing file is empty
    // In the shape of the file that is there, or of the one that its name says; members that are not known here are kept.
    [[nodiscard]] Result<void> save(const QString &path) const;
    [[nodiscard]] Variables variables(const QString &environment) const; // shared, overlaid by the named one
};

} // namespace realmscope
