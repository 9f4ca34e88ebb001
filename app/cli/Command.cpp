// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/Command.h"

#include <QtCore/QJsonDocument>
#include <QtCore/QPointer>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

// One line whatever a server or a file name put into a message.
QString oneLine(QString text)
{
    for (QChar &c : text) {
        if (c.unicode() < 0x20 || c.unicode() == 0x7f || (c.unicode() >= 0x80 && c.unicode() < 0xa0))
            c = u' ';
    }
    return text.simplified();
}

} // namespace

QString errorLine(const Error &error)
{
    QString line = "realmscope-cli: "_L1 + error.message;
    if (!error.detail.isEmpty())
        line += " ("_L1 + error.detail + u')';
    if (!error.action.isEmpty())
        line += ": "_L1 + error.action;
    return oneLine(line) + u'\n';
}

void Command::print(const QJsonObject &json)
{
    m_streams.out(QJsonDocument(json).toJson(m_streams.outIsTerminal ? QJsonDocument::Indented : QJsonDocument::Compact)
                  + (m_streams.outIsTerminal ? "" : "\n"));
}

void Command::warn(const QString &text) { m_streams.err((oneLine("realmscope-cli: warning: "_L1 + text) + u'\n').toUtf8()); }
void Command::note(const QString &text) { m_streams.err((oneLine("realmscope-cli: note: "_L1 + text) + u'\n').toUtf8()); }
void Command::complain(const Error &error) { m_streams.err(errorLine(error).toUtf8()); }

void Command::fail(const Error &error, int status)
{
    complain(error);
    finish(status);
}

void Command::fail(const QString &message, const QString &action, int status)
{
    fail(Error{ErrorCode::InvalidInput, message, {}, action}, status);
}

void Command::finish(int status)
{
    if (m_storing > 0) {
        m_status = status;
        return;
    }
    if (!m_done)
        return;
    if (m_streams.onInterrupt)
        m_streams.onInterrupt({});
    std::exchange(m_done, {})(status);
    deleteLater();
}

void Command::attend(CliSession &session, const QString &profilesPath)
{
    connect(&session.runner(), &Runner::browserWanted, this, [this](Run *run, const BrowserTask &task) { showBrowserTask(*run, task); });
    connect(&session.runner(), &Runner::fieldsRenewed, this,
            [this, &session, profilesPath](const QString &profileId, const QMap<QString, Secret> &secrets) {
                storeRenewed(session, profilesPath, profileId, secrets);
            });
}

void Command::showBrowserTask(Run &run, const BrowserTask &task)
{
    m_streams.err(u"Open this page in a browser; %1:\n  %2\n"_s.arg(oneLine(task.why), task.url.toString(QUrl::FullyEncoded)).toUtf8());
    if (!task.userCode.isEmpty())
        m_streams.err(u"The code is %1\n"_s.arg(oneLine(task.userCode)).toUtf8());
    if (task.isListening)
        return;
    if (!m_streams.askSecret) {
        complain({ErrorCode::AuthFailed, u"nobody can be asked for the URL that the browser will be sent to"_s, {},
                  u"Use a redirect URI on this computer, such as http://127.0.0.1/callback."_s});
        run.cancel();
        return;
    }
    const QPointer<Run> waiting(&run);
    QMetaObject::invokeMethod(this, [this, waiting] {
        const Result<Secret> pasted = m_streams.askSecret(u"Paste the URL that the browser was sent to (not shown): "_s);
        if (!waiting)
            return;
        if (pasted)
            waiting->pasteBrowserUrl(pasted->revealText());
        else
            waiting->cancel();
    }, Qt::QueuedConnection);
}

void Command::storeRenewed(CliSession &session, const QString &profilesPath, const QString &profileId, const QMap<QString, Secret> &secrets)
{
    if (profileId.isEmpty() || profilesPath.isEmpty())
        return;
    const auto store = std::make_shared<ProfileStore>(profilesPath);
    const CredentialProfile *profile = store->load() ? store->findById(profileId) : nullptr;
    if (!profile)
        return;
    const QMap<QString, Secret> ours = withoutReferences(secrets, *profile);
    if (ours.size() < secrets.size())
        warn(u"the server replaced a secret of %1 that is kept elsewhere (%2): put the new one there"_s.arg(profile->name, profile->references.first().toString()));
    if (ours.isEmpty())
        return;
    ++m_storing;
    storeProfileSecrets(*profile, ours, session.stores(), this, [this, store](const Result<CredentialProfile> &stored) {
        --m_storing;
        Result<void> saved = stored ? store->put(*stored) : stored.error();
        if (saved)
            saved = store->save();
        if (!saved)
            warn(u"the new refresh token could not be stored, so the next run has to log in again: %1"_s.arg(saved.error().message));
        if (m_storing == 0 && m_status)
            finish(*m_status);
    });
}

} // namespace realmscope
