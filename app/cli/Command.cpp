// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/Command.h"

#include <QtCore/QJsonDocument>

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
    if (!m_done)
        return;
    if (m_streams.onInterrupt)
        m_streams.onInterrupt({});
    std::exchange(m_done, {})(status);
    deleteLater();
}

} // namespace realmscope
