// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/credentials/SecretReference.h"

#include "app/base/Encoding.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QProcess>
#include <QtCore/QRegularExpression>
#include <QtCore/QTimer>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr qint64 largestText = 1024 * 1024;
constexpr int commandLimitMs = 60'000;

struct KindName
{
    SecretReference::Kind kind;
    QLatin1StringView prefix;
};
constexpr KindName kindNames[] = {{SecretReference::Kind::Environment, "env:"_L1},
                                  {SecretReference::Kind::File, "file:"_L1},
                                  {SecretReference::Kind::Command, "command:"_L1}};

Error notThere(const QString &message, const QString &action) { return {ErrorCode::SecretNotFound, message, {}, action}; }

QByteArrayView withoutLineEnds(QByteArrayView text)
{
    while (text.endsWith('\n') || text.endsWith('\r'))
        text.chop(1);
    return text;
}

Result<Secret> member(QByteArrayView text, const QString &path)
{
    QJsonParseError problem;
    QJsonValue value;
    const QJsonDocument document = QJsonDocument::fromJson(text.toByteArray(), &problem);
    if (document.isNull())
        return notThere(u"what came is no JSON, so it has no member %1"_s.arg(path), u"Leave out #%1, or name a line by its number."_s.arg(path));
    value = document.isArray() ? QJsonValue(document.array()) : QJsonValue(document.object());
    for (const QString &name : path.split(u'.')) {
        bool isIndex = false;
        const int index = name.toInt(&isIndex);
        value = value.isArray() && isIndex ? value.toArray().at(index) : value.toObject().value(name);
    }
    if (value.isDouble())
        return Secret::fromString(value.toVariant().toString());
    if (!value.isString() || value.toString().isEmpty())
        return notThere(u"the JSON that came has no text at %1"_s.arg(path), u"Look at the names of its members; dots go deeper."_s);
    return Secret::fromString(value.toString());
}

void fetchFile(const SecretReference &reference, const QString &folder, const FetchedText &callback)
{
    QString path = reference.what;
    if (path.startsWith("~/"_L1))
        path = QDir::homePath() + path.sliced(1);
    path = QDir(folder).absoluteFilePath(path);
    // A pipe or a device would wait for somebody.
    if (!QFileInfo(path).isFile()) {
        callback(notThere(u"there is no file %1"_s.arg(path), u"Check the path; a relative one begins where the profiles are kept."_s));
        return;
    }
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        callback(Error{ErrorCode::SecretNotFound, u"the file can't be read: %1"_s.arg(path), file.errorString(), u"Check its permissions."_s});
        return;
    }
    if (file.size() > largestText) {
        callback(Error{ErrorCode::SecretStoreFailed, u"the file is too large for a secret: %1"_s.arg(path), {}, u"Name another file."_s});
        return;
    }
    QByteArray bytes = file.readAll();
    const Secret secret{QByteArrayView(bytes)};
    bytes.fill('\0');
    callback(secret);
}

// Runs a command to its end and lives as long.
class CommandFetch : public QObject
{
public:
    CommandFetch(const QString &command, QObject *context, FetchedText callback)
        : QObject(context), m_command(command), m_callback(std::move(callback))
    {
        QStringList words = QProcess::splitCommand(command);
        m_program = words.takeFirst();
        m_process.setStandardInputFile(QProcess::nullDevice());
        m_process.setWorkingDirectory(QDir::homePath());
        connect(&m_process, &QProcess::readyReadStandardOutput, this, [this] {
            if (m_process.bytesAvailable() > largestText)
                fail(u"%1 gives too much for a secret"_s.arg(m_program), u"Let it print the secret alone."_s);
        });
        connect(&m_process, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
            if (error == QProcess::FailedToStart)
                done(notThere(u"the command can't be started: %1"_s.arg(m_program), u"Install it, or check its name and PATH."_s));
        });
        connect(&m_process, &QProcess::finished, this, &CommandFetch::finished);
        QTimer::singleShot(commandLimitMs, this, [this] {
            fail(u"%1 did not end within %2 s"_s.arg(m_program).arg(commandLimitMs / 1000), u"Run it in a terminal: does it wait for an answer?"_s);
        });
        m_process.start(m_program, words, QIODevice::ReadOnly);
    }
    ~CommandFetch() override
    {
        m_process.disconnect(this);
        if (m_process.state() != QProcess::NotRunning) {
            m_process.kill();
            m_process.waitForFinished(1000);
        }
    }

private:
    void finished(int status, QProcess::ExitStatus how)
    {
        QByteArray out = m_process.readAllStandardOutput();
        if (how == QProcess::NormalExit && status == 0) {
            const Secret secret{QByteArrayView(out)};
            out.fill('\0');
            done(secret);
            return;
        }
        const QByteArray said = m_process.readAllStandardError().trimmed();
        const QString first = displayText(said.left(said.indexOf('\n') < 0 ? said.size() : said.indexOf('\n')).left(200));
        done(Error{ErrorCode::SecretStoreFailed,
                   how == QProcess::NormalExit ? u"%1 ended with status %2"_s.arg(m_program).arg(status) + (first.isEmpty() ? QString() : u": "_s + first)
                                               : u"%1 was ended by a signal"_s.arg(m_program),
                   {}, u"Run it in a terminal to see what it says: %1"_s.arg(m_command)});
    }
    void fail(const QString &message, const QString &action) { done(Error{ErrorCode::SecretStoreFailed, message, {}, action}); }
    void done(const Result<Secret> &result)
    {
        if (!m_callback)
            return;
        deleteLater();
        std::exchange(m_callback, nullptr)(result);
    }

    QString m_command;
    QString m_program;
    QProcess m_process;
    FetchedText m_callback;
};

} // namespace

Result<SecretReference> SecretReference::parse(const QString &text)
{
    SecretReference reference;
    for (const auto &[kind, prefix] : kindNames) {
        if (!text.startsWith(prefix))
            continue;
        static const QRegularExpression part(u"#([A-Za-z0-9_.-]*)$"_s);
        reference.kind = kind;
        reference.what = text.sliced(prefix.size());
        if (const QRegularExpressionMatch match = part.match(reference.what); match.hasMatch()) {
            reference.part = match.captured(1);
            reference.what.truncate(match.capturedStart());
        }
        reference.what = reference.what.trimmed();
        if (reference.what.isEmpty() || reference.what.contains(QChar(u'\0')) || reference.what.contains(u'\n'))
            return invalidInput(u"the reference \"%1\" names nothing"_s.arg(text), u"Write env:NAME, file:PATH or command:PROGRAM ARGUMENTS."_s);
        static const QRegularExpression name(u"^[A-Za-z_][A-Za-z0-9_]*$"_s);
        if (kind == Kind::Environment && !name.match(reference.what).hasMatch())
            return invalidInput(u"\"%1\" is no name of an environment variable"_s.arg(reference.what), u"Letters, digits and _ alone, without the dollar: env:API_TOKEN."_s);
        if (kind != Kind::Command)
            return reference;
        const QString program = QProcess::splitCommand(reference.what).value(0);
        if (program.isEmpty())
            return invalidInput(u"the reference \"%1\" names no program"_s.arg(text), u"Write command:PROGRAM ARGUMENTS, for example command:pass show api/alice."_s);
        // A program of the folder changes with it, and nobody would be asked again.
        if (program.contains(u'/') && !program.startsWith(u'/'))
            return invalidInput(u"the program %1 is relative to a folder"_s.arg(program), u"Name a program of the PATH, or write its whole path."_s);
        return reference;
    }
    return invalidInput(u"\"%1\" is no reference to a secret"_s.arg(text), u"Write env:NAME, file:PATH or command:PROGRAM ARGUMENTS."_s);
}

QString SecretReference::toString() const
{
    for (const auto &[known, prefix] : kindNames) {
        if (known != kind)
            continue;
        // A # that belongs to the name would be taken for a part.
        const bool needsMark = !part.isEmpty() || what.contains(u'#');
        return prefix + what + (needsMark ? u"#"_s + part : QString());
    }
    return {};
}

Result<Secret> partOfSecret(QByteArrayView text, const QString &part)
{
    text = withoutLineEnds(text);
    if (text.isEmpty())
        return notThere(u"nothing came"_s, u"Check that the secret is there."_s);
    if (part.isEmpty())
        return Secret(text);
    bool isLine = false;
    const int number = part.toInt(&isLine);
    if (!isLine)
        return member(text, part);
    qsizetype from = 0;
    for (int line = 1; line < number && from >= 0; ++line) {
        const qsizetype end = text.indexOf('\n', from);
        from = end < 0 ? -1 : end + 1;
    }
    if (number < 1 || from < 0)
        return notThere(u"what came has no line %1"_s.arg(part), u"Lines are counted from 1."_s);
    const qsizetype end = text.indexOf('\n', from);
    const QByteArrayView line = withoutLineEnds(text.sliced(from, (end < 0 ? text.size() : end) - from));
    if (line.isEmpty())
        return notThere(u"line %1 of what came is empty"_s.arg(part), u"Name another line."_s);
    return Secret(line);
}

void fetchReference(const SecretReference &reference, const QString &folder, QObject *context, FetchedText callback)
{
    switch (reference.kind) {
    case SecretReference::Kind::Environment:
        if (!qEnvironmentVariableIsSet(reference.what.toUtf8().constData()))
            callback(notThere(u"the environment variable %1 is not set"_s.arg(reference.what), u"Set it before Realmscope is started."_s));
        else
            callback(Secret(qgetenv(reference.what.toUtf8().constData())));
        return;
    case SecretReference::Kind::File:
        fetchFile(reference, folder, callback);
        return;
    case SecretReference::Kind::Command:
        new CommandFetch(reference.what, context, std::move(callback)); // owned by context, goes by itself
        return;
    }
}

} // namespace realmscope
