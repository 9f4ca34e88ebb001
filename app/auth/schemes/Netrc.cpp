// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/schemes/Netrc.h"

#include "app/auth/schemes/CredentialText.h"
#include "app/auth/schemes/OneShotFlow.h"
#include "app/auth/schemes/Schemes.h"

#include <QtCore/QDir>
#include <QtCore/QFile>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

struct NetrcWord
{
    QByteArray text;
    int line = 0;
    bool isQuoted = false;
};

Error netrcError(int line, const QString &what)
{
    return {ErrorCode::Parse, u"the netrc file has a mistake in line %1: %2"_s.arg(line).arg(what), {},
            u"An entry reads: machine HOST login NAME password SECRET."_s};
}

bool isSpace(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

class NetrcReader
{
public:
    explicit NetrcReader(QByteArrayView text) : m_text(text) {}

    // nullopt at the end.
    Result<std::optional<NetrcWord>> next()
    {
        skipSpace();
        if (m_at >= m_text.size())
            return std::optional<NetrcWord>();
        NetrcWord word{{}, m_line, m_text.at(m_at) == '"'};
        if (!word.isQuoted) {
            while (m_at < m_text.size() && !isSpace(m_text.at(m_at)))
                word.text += m_text.at(m_at++);
            return std::optional(word);
        }
        for (++m_at; m_at < m_text.size() && m_text.at(m_at) != '\n'; ++m_at) {
            const char c = m_text.at(m_at);
            if (c == '"') {
                ++m_at;
                return std::optional(word);
            }
            if (c == '\\' && m_at + 1 < m_text.size()) {
                const char escaped = m_text.at(++m_at);
                word.text += escaped == 'n' ? '\n' : escaped == 'r' ? '\r' : escaped == 't' ? '\t' : escaped;
            } else {
                word.text += c;
            }
        }
        return netrcError(word.line, u"a quote is not closed"_s);
    }

    // A macro goes up to the next empty line.
    void skipMacro()
    {
        const qsizetype unix = m_text.indexOf("\n\n", m_at), windows = m_text.indexOf("\n\r\n", m_at);
        const qsizetype end = unix < 0 ? windows : windows < 0 ? unix : std::min(unix, windows);
        const qsizetype to = end < 0 ? m_text.size() : end + 1;
        m_line += int(std::ranges::count(m_text.sliced(m_at, to - m_at), '\n'));
        m_at = to;
    }

private:
    void skipSpace()
    {
        while (m_at < m_text.size()) {
            const char c = m_text.at(m_at);
            if (c == '#') { // wherever a word would begin, as curl has it
                while (m_at < m_text.size() && m_text.at(m_at) != '\n')
                    ++m_at;
                continue;
            }
            if (!isSpace(c)) {
                m_isLineStart = false;
                return;
            }
            if (c == '\n') {
                ++m_line;
                m_isLineStart = true;
            }
            ++m_at;
        }
    }

    QByteArrayView m_text;
    qsizetype m_at = 0;
    int m_line = 1;
    bool m_isLineStart = true;
};

} // namespace

Result<QList<NetrcEntry>> parseNetrc(QByteArrayView text)
{
    QList<NetrcEntry> entries;
    NetrcReader reader(text);
    for (;;) {
        const Result<std::optional<NetrcWord>> read = reader.next();
        if (!read)
            return read.error();
        if (!read->has_value())
            return entries;
        const NetrcWord &word = **read;
        const QByteArray keyword = word.isQuoted ? QByteArray() : word.text.toLower();
        if (keyword == "default") {
            entries.append({{}, {}, {}, word.line});
            continue;
        }
        if (keyword != "machine" && keyword != "login" && keyword != "password" && keyword != "account" && keyword != "macdef")
            return netrcError(word.line, u"\"%1\" is not a word that may stand here"_s.arg(
                                             // what stands in the wrong place may be a password
                                             word.text.size() > 3 ? QString::fromUtf8(word.text.left(2)) + u"…"_s : u"…"_s));
        const Result<std::optional<NetrcWord>> value = reader.next();
        if (!value)
            return value.error();
        if (!value->has_value())
            return netrcError(word.line, u"nothing stands after \"%1\""_s.arg(QString::fromLatin1(keyword)));
        if (keyword == "macdef") {
            reader.skipMacro();
            continue;
        }
        if (keyword == "machine") {
            entries.append({QString::fromUtf8((*value)->text), {}, {}, word.line});
            continue;
        }
        if (keyword == "account")
            continue;
        if (entries.isEmpty())
            return netrcError(word.line, u"\"%1\" stands before the first machine"_s.arg(QString::fromLatin1(keyword)));
        if (keyword == "login")
            entries.last().login = QString::fromUtf8((*value)->text);
        else
            entries.last().password = Secret((*value)->text);
    }
}

std::optional<NetrcEntry> findNetrcEntry(const QList<NetrcEntry> &entries, const QString &host, const QString &login)
{
    const auto found = std::ranges::find_if(entries, [&](const NetrcEntry &entry) {
        return (entry.machine.isEmpty() || entry.machine.compare(host, Qt::CaseInsensitive) == 0) && (login.isEmpty() || entry.login == login);
    });
    return found == entries.end() ? std::nullopt : std::optional<NetrcEntry>(*found);
}

namespace {

QString netrcPath(const FieldValues &values)
{
    const QString written = values.text(u"file"_s);
    if (written.isEmpty())
        return QDir::homePath() +
#ifdef Q_OS_WIN
            u"/_netrc"_s;
#else
            u"/.netrc"_s;
#endif
    return written == "~"_L1 || written.startsWith("~/"_L1) ? QDir::homePath() + written.mid(1) : written;
}

// What the work off the window's thread takes and leaves.
struct NetrcWork
{
    QString path;
    std::optional<Result<QList<NetrcEntry>>> entries;
    bool isOpenToOthers = false;

    void read()
    {
        constexpr qint64 most = 1024 * 1024;
        QFile file(path);
        if (!file.open(QIODevice::ReadOnly)) {
            entries = Error{ErrorCode::FileUnreadable, u"the netrc file can't be read: %1"_s.arg(path), file.errorString(),
                            u"Choose another file in the credential profile, or make this one."_s};
            return;
        }
        isOpenToOthers = file.permissions() & (QFileDevice::ReadGroup | QFileDevice::ReadOther);
        const QByteArray text = file.read(most + 1);
        if (text.size() > most)
            entries = Error{ErrorCode::LimitExceeded, u"the netrc file is larger than 1 MB: %1"_s.arg(path), {}, u"Choose another file."_s};
        else
            entries = parseNetrc(text);
    }
};

// Reads the file, then does what the scheme for a user name and a password does.
class NetrcFlow final : public AuthFlow
{
public:
    explicit NetrcFlow(AuthContext context) : m_context(std::move(context)) {}

    Step next(const Exchange *last) override
    {
        if (m_inner)
            return m_inner->next(last);
        if (last) // sent without a credential
            return DoneStep{last->response.status == (m_context.proxy ? 407 : 401) ? m_whyNot : QString(), true};
        if (!m_work) {
            m_work = std::make_shared<NetrcWork>();
            m_work->path = netrcPath(m_context.values);
            WorkStep step;
            step.work = [work = m_work] { work->read(); };
            return step;
        }
        return begin();
    }

private:
    Step begin()
    {
        if (!*m_work->entries)
            return FailedStep{m_work->entries->error()};
        const QString host = m_context.peerHost();
        const QString login = m_context.values.text(u"username"_s);
        const std::optional<NetrcEntry> entry = findNetrcEntry(**m_work->entries, host, login);
        if (!entry) {
            m_whyNot = login.isEmpty() ? u"%1 has no entry for %2, so no credential was sent"_s.arg(m_work->path, host)
                                       : u"%1 has no entry for %2 with the login %3, so no credential was sent"_s.arg(m_work->path, host, login);
            SendStep step;
            step.request = m_context.request;
            step.label = m_whyNot;
            return step;
        }
        m_context.values.setText(u"username"_s, entry->login);
        m_context.values.setSecret(u"password"_s, entry->password);
        m_scheme = m_context.values.text(u"answer"_s) == "any"_L1 ? makeAnyScheme() : makeBasicScheme();
        m_inner = m_scheme->start(m_context);
        Step step = m_inner->next(nullptr);
        if (auto *send = std::get_if<SendStep>(&step))
            send->label = u"user name and password of %1, line %2 (%3)%4"_s.arg(m_work->path).arg(entry->line).arg(
                entry->machine.isEmpty() ? u"default"_s : u"machine "_s + entry->machine,
                m_work->isOpenToOthers ? u"; other users of this computer can read that file"_s : QString());
        return step;
    }

    AuthContext m_context;
    std::shared_ptr<NetrcWork> m_work;
    std::unique_ptr<AuthScheme> m_scheme;
    std::unique_ptr<AuthFlow> m_inner;
    QString m_whyNot;
};

class NetrcScheme final : public AuthScheme
{
public:
    QString id() const override { return u"netrc"_s; }
    QString whenItFails() const override
    {
        return u"Entries are matched by host alone; the first that fits counts, default last. The trace says which line was taken."_s;
    }
    QString title() const override { return u"netrc file"_s; }
    QString summary() const override { return u"Takes user name and password for the host out of a netrc file at each Send, and sends them as Basic or as the server asks."_s; }
    QString safety() const override { return u"The password stands readable in a file of yours; it is read only because this profile says so."_s; }
    QStringList sources() const override { return {u"GNU inetutils manual, The .netrc file"_s, u"RFC 7617"_s, u"RFC 7616"_s}; }
    QList<SchemeField> fields() const override
    {
        return {{.id = u"file"_s, .label = u"File"_s, .help = u"Empty: .netrc in your home folder."_s, .placeholder = u"~/.netrc"_s},
                {.id = u"username"_s, .label = u"Login"_s, .help = u"Empty: the first entry for the host."_s},
                {.id = u"answer"_s, .label = u"Sent as"_s, .kind = FieldKind::Choice, .defaultValue = u"basic"_s,
                 .choices = {{u"basic"_s, u"Basic, at once"_s}, {u"any"_s, u"What the server asks for"_s}}},
                charsetField()};
    }
    QList<QByteArray> credentialHeaders(const FieldValues &) const override { return {"authorization"_ba}; }
    std::unique_ptr<AuthFlow> start(AuthContext context) const override
    {
        if (const Result<void> valid = validate(context.values); !valid)
            return std::make_unique<OneShotFlow>(valid.error());
        return std::make_unique<NetrcFlow>(std::move(context));
    }
};

} // namespace

std::unique_ptr<AuthScheme> makeNetrcScheme() { return std::make_unique<NetrcScheme>(); }

} // namespace realmscope
