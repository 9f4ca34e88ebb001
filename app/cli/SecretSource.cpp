// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/SecretSource.h"

#include <QtCore/QFile>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

Result<std::optional<Secret>> toSecret(QByteArray bytes, const QString &where)
{
    QByteArrayView view = bytes;
    if (view.endsWith('\n'))
        view.chop(1);
    if (view.endsWith('\r'))
        view.chop(1);
    if (view.isEmpty())
        return invalidInput(u"%1 holds no secret"_s.arg(where), u"Write the secret there, followed by a line end at most."_s);
    const Secret secret(view);
    bytes.fill('\0');
    return std::optional(secret);
}

} // namespace

std::vector<OptionSpec> secretOptions()
{
    return {{"secret-stdin", 0, nullptr, "read the secret from standard input"},
            {"secret-file", 0, "FILE", "read the secret from a file"},
            {"secret-env", 0, "NAME", "read the secret from an environment variable"},
            {"secret-field", 0, "FIELD", "which field it is for, when the scheme has several secrets"}};
}

bool namesSecretSource(const ParsedLine &line, const QString &which)
{
    return line.has(which + u"-stdin"_s) || line.has(which + u"-file"_s) || line.has(which + u"-env"_s);
}

Result<std::optional<Secret>> readSecret(const ParsedLine &line, const CliStreams &streams, const QString &which)
{
    const QString fromStdin = which + u"-stdin"_s;
    const QString fromFile = which + u"-file"_s;
    const QString fromEnv = which + u"-env"_s;
    const int sources = int(line.has(fromStdin)) + int(line.has(fromFile)) + int(line.has(fromEnv));
    if (sources == 0)
        return std::optional<Secret>();
    if (sources > 1)
        return invalidInput(u"there are several sources of the secret"_s, u"Use one of --%1, --%2 and --%3."_s.arg(fromStdin, fromFile, fromEnv));
    if (line.has(fromStdin)) {
        for (auto it = line.options.cbegin(); it != line.options.cend(); ++it) {
            if (it.key() != fromStdin && it.key().endsWith("-stdin"_L1))
                return invalidInput(u"standard input can't be both: --%1 and --%2"_s.arg(fromStdin, it.key()), u"Read one of them from a file."_s);
        }
        return toSecret(streams.readStandardInput(), u"standard input"_s);
    }
    if (line.has(fromEnv)) {
        const QByteArray name = line.value(fromEnv).toUtf8();
        if (!qEnvironmentVariableIsSet(name.constData()))
            return invalidInput(u"the environment variable %1 is not set"_s.arg(QString::fromUtf8(name)), u"Set and export it."_s);
        return toSecret(qgetenv(name.constData()), u"the environment variable %1"_s.arg(QString::fromUtf8(name)));
    }
    const QString path = line.value(fromFile);
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return Error{ErrorCode::FileUnreadable, u"the file with the secret can't be read: %1"_s.arg(path), file.errorString(),
                     u"Check its path and permissions."_s};
    return toSecret(file.readAll(), path);
}

} // namespace realmscope
