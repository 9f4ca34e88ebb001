// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/CookieJar.h"

#include <map>
#include <memory>
#include <utility>

namespace realmscope {

class Clock;

// The cookie jars of a person: one for each environment of each workspace, each in a file of its own (private state,
// not part of the workspace; mode 0600, JSON "realmscope.cookies/1").
class CookieStore
{
public:
    // folder: where the files are; made when the first is written. The clock is borrowed.
    CookieStore(QString folder, const Clock &clock);

    // Read from its file at the first call; later calls give the same jar. What is wrong with the file, takeProblem() tells:
    // a damaged one is kept under the name FILE.bad and the jar holds what could be read of it; one that can't be read
    // now, or that a newer version wrote, stays as it is, and nothing is saved over it.
    [[nodiscard]] std::shared_ptr<CookieJar> jar(const QString &workspace, const QString &environment);
    // Of the last file that had one; told once.
    [[nodiscard]] std::optional<Error> takeProblem() { return std::exchange(m_problem, std::nullopt); }

    // Writes the jars that have changed. The first error; the others are written all the same.
    Result<void> save();

    // Session cookies end with the program unless this is on for their jar; the file remembers it.
    void setKeepsSessionCookies(const QString &workspace, const QString &environment, bool keeps);
    [[nodiscard]] bool keepsSessionCookies(const QString &workspace, const QString &environment);

    [[nodiscard]] QString path(const QString &workspace, const QString &environment) const;

private:
    struct Entry
    {
        std::shared_ptr<CookieJar> jar;
        QString workspace;
        QString environment;
        quint64 savedRevision = 0;
        bool mayWrite = true;
        bool keepsSession = false;
        bool isChanged = false; // besides the jar
    };
    Entry &entry(const QString &workspace, const QString &environment);
    void read(const QString &path, Entry &entry);

    QString m_folder;
    const Clock &m_clock;
    std::map<QString, Entry> m_entries; // by path
    std::optional<Error> m_problem;
};

} // namespace realmscope
