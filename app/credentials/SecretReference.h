// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/base/Result.h"
#include "app/base/Secret.h"

#include <QtCore/QObject>

#include <functional>

namespace realmscope {

// A secret that is kept somewhere else and fetched when it is needed. A profile holds this in place of the secret.
struct SecretReference
{
    enum class Kind { Environment, File, Command };
    Kind kind = Kind::Environment;
    QString what; // name of the variable; path, "~/" is the home; program of the PATH or by its whole path, and arguments; "…" keeps words together
    QString part; // of what comes: a line ("1"), or a member of JSON ("SecretAccessKey", "data.password"); empty: all of it

    // "env:NAME", "file:PATH", "command:PROGRAM ARGUMENT…", each with "#PART" at its end or without. Error: InvalidInput.
    [[nodiscard]] static Result<SecretReference> parse(const QString &text);
    [[nodiscard]] QString toString() const;
    bool operator==(const SecretReference &) const = default;
};

// The part of what was fetched, without the line ends at its end, as a shell's $(…) gives it. Errors: SecretNotFound when it
// is empty, no such line or member; nothing of the text is in them.
[[nodiscard]] Result<Secret> partOfSecret(QByteArrayView text, const QString &part);

// Fetches what a reference points to (before its part is taken): at most 1 MiB, and a command gets 60 seconds, no input and
// no shell, and runs in the home folder. A file is relative to `folder`. The callback runs once, later or at once, and not after `context` is gone.
// Errors: SecretNotFound (no such variable, file or program), SecretStoreFailed (a command that fails: its first line of
// standard error; too much; too slow).
using FetchedText = std::function<void(const Result<Secret> &)>;
void fetchReference(const SecretReference &reference, const QString &folder, QObject *context, FetchedText callback);

} // namespace realmscope
