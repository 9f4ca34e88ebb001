// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/base/Encoding.h"
#include "app/cli/Command.h"
#include "app/cli/Outcome.h"
#include "app/cli/Target.h"
#include "app/diagnosis/Diagnoser.h"
#include "app/diagnosis/Report.h"

#include <QtCore/QJsonDocument>
#include <QtCore/QSaveFile>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr qint64 chunkSize = 8 * 1024 * 1024; // of a body, masked at once

class SendCommand final : public Command
{
public:
    SendCommand(const CliStreams &streams, std::function<void(int)> done) : Command(streams, std::move(done)), m_session(streams) {}

    void start(const ParsedLine &line) override
    {
        m_line = line;
        m_session.takeVaultOptions(line);
        const Result<Target> target = readTarget(line, streams(), m_session);
        if (!target) {
            fail(target.error(), target.error().code == ErrorCode::InvalidInput ? ExitStatus::Usage : ExitStatus::Failed);
            return;
        }
        m_target = *target;
        m_redactor = redactorFor(target->job);
        for (const QString &warning : target->warnings)
            warn(m_redactor.text(warning));
        for (const QString &text : target->notes)
            note(m_redactor.text(text));
        resolveTarget(*target, m_session, this, [this](const Result<RunJob> &job) {
            if (job)
                run(*job);
            else
                fail(job.error());
        });
    }

private:
    void run(const RunJob &job)
    {
        m_job = job;
        m_redactor = redactorFor(job);
        attend(m_session, m_target.profilesPath);
        m_run.reset(m_session.runner().start(job));
        connect(m_run.get(), &Run::finished, this, [this](const Trace &trace) { show(trace); });
        if (streams().onInterrupt)
            streams().onInterrupt([this] { m_run->cancel(); });
    }

    void show(const Trace &trace)
    {
        m_redactor.learnFrom(trace);
        const bool reveal = m_line.has(u"reveal"_s);
        DiagnosisContext context;
        context.nowMs = m_session.clock().nowMs();
        if (m_job.credential)
            context.profile = m_job.credential->profile;
        context.settings = m_job.spec.settings;
        const Diagnosis diagnosis = diagnose(trace, context);

        const Exchange *final = trace.final();
        if (m_line.has(u"json"_s))
            print(traceToJson(trace, m_redactor, reveal));
        else if (final && final->hasResponse() && !(m_line.has(u"body"_s) && trace.error && final->role != ExchangeRole::Final))
            showFinal(trace, *final, reveal); // the body of a leg of the login is not what was asked for
        if (const std::optional<Error> failure = failureOf(trace)) {
            Error shown = *failure;
            shown.message = m_redactor.text(shown.message);
            shown.detail = m_redactor.text(shown.detail);
            complain(shown);
        } else if (final && final->error) {
            complain(*final->error); // the answer is not whole
        }
        if (m_line.has(u"save-har"_s)) {
            if (const Result<void> saved = saveHar(m_line.value(u"save-har"_s), trace, reveal); !saved) {
                fail(saved.error());
                return;
            }
        }
        const Result<QString> kept = writeCookieJar(m_target, m_session.clock().nowMs());
        if (!kept) {
            fail(kept.error());
            return;
        }
        if (!kept->isEmpty())
            warn(*kept);
        finish(exitStatusFor(trace, diagnosis));
    }

    void showFinal(const Trace &trace, const Exchange &final, bool reveal)
    {
        const Response &response = final.response;
        if (!m_line.has(u"body"_s)) {
            // What happened on the way: nothing is hidden, and a script that reads the output is not disturbed.
            if (trace.exchanges.size() > 1) {
                for (const Exchange &exchange : trace.exchanges)
                    note(u"%1: %2 %3 → %4"_s.arg(exchangeRoleId(exchange.role), displayText(exchange.request.method),
                                                QString::fromUtf8(m_redactor.url(exchange.request.url.toString().toUtf8())),
                                                exchange.hasResponse() ? QString::number(exchange.response.status) : u"no answer"_s));
            }
            for (const Exchange &exchange : trace.exchanges) {
                for (const Decision &decision : exchange.decisions) {
                    if (decision.kind == DecisionKind::CredentialWithheld || decision.kind == DecisionKind::ChallengeNotAnswered
                        || decision.kind == DecisionKind::Retried || decision.kind == DecisionKind::MethodChanged)
                        note(m_redactor.text(decision.text));
                }
            }
            for (const Anomaly &anomaly : final.anomalies)
                note(u"the answer is not as it should be: %1"_s.arg(m_redactor.text(anomaly.text)));
            print(head(response, reveal));
        }
        showBody(response, reveal);
    }

    // With --reveal it holds secrets, so that nobody else may read it.
    Result<void> saveHar(const QString &path, const Trace &trace, bool reveal) const
    {
        const QByteArray bytes = QJsonDocument(traceToHar(trace, m_redactor, reveal)).toJson();
        QSaveFile file(path);
        const bool isOpen = file.open(QIODevice::WriteOnly);
        if (isOpen && reveal)
            file.setPermissions(QFile::ReadOwner | QFile::WriteOwner);
        if (!isOpen || file.write(bytes) != bytes.size() || !file.commit())
            return Error{ErrorCode::FileUnwritable, u"the recording can't be written: %1"_s.arg(path), file.errorString(),
                         u"Choose another folder, or check its permissions."_s};
        return {};
    }

    QString head(const Response &response, bool reveal) const
    {
        const bool colour = streams().colour;
        const auto paint = [&](const char *code, const QString &text) {
            return colour ? QString::fromLatin1(code) + text + u"\033[0m"_s : text;
        };
        const char *statusColour = response.status < 300 ? "\033[1;32m" : response.status < 400 ? "\033[1;36m" : "\033[1;31m";
        QString text = displayText(response.versionText) + u' '
            + paint(statusColour, u"%1 %2"_s.arg(QString::number(response.status), displayText(response.reason)).trimmed()) + u'\n';
        for (const HeaderField &field : response.headers) {
            const QByteArray value = reveal ? field.value : m_redactor.headerValue(field.name, field.value);
            text += paint("\033[2m", displayText(field.name) + u':') + u' ' + displayText(value) + u'\n';
        }
        return text + u'\n';
    }

    void showBody(const Response &response, bool reveal)
    {
        const qint64 size = response.body.size();
        const QByteArray head = response.body.read(0, chunkSize);
        const bool isText = !head.contains('\0') && isValidUtf8(size > chunkSize ? head.left(chunkSize - 8) : head);
        if (streams().outIsTerminal && !isText) {
            print(u"(%1 bytes of %2; send them into a file: send --body … > FILE)\n"_s.arg(size).arg(
                response.mediaType().isEmpty() ? u"unknown type"_s : displayText(response.mediaType())));
            return;
        }
        bool masked = false;
        for (qint64 at = 0; at < size; at += chunkSize) {
            QByteArray chunk = at == 0 ? head : response.body.read(at, chunkSize);
            if (!reveal && isText) {
                const QByteArray shown = m_redactor.text(chunk);
                masked = masked || shown != chunk;
                chunk = shown;
            }
            // A terminal obeys control characters; a server does not get to use them.
            if (streams().outIsTerminal)
                chunk = displayText(chunk.replace("\r\n", "\n")).toUtf8();
            streams().out(chunk);
        }
        if (streams().outIsTerminal && size > 0 && !head.endsWith('\n'))
            streams().out("\n");
        if (masked && m_line.has(u"body"_s))
            note(u"secrets in the body are masked; --reveal shows them"_s);
    }

    ParsedLine m_line;
    Target m_target;
    CliSession m_session;
    RunJob m_job;
    Redactor m_redactor;
    std::unique_ptr<Run> m_run;
};

std::vector<OptionSpec> sendOptions()
{
    std::vector<OptionSpec> list = targetOptions();
    list.insert(list.begin(), {{"body", 0, nullptr, "only the body"},
                               {"json", 0, nullptr, "the whole trace as JSON (realmscope.trace/1)"},
                               {"save-har", 0, "FILE", "also write the exchanges as an HTTP Archive"},
                               {"reveal", 0, nullptr, "do not mask secrets"}});
    return list;
}

} // namespace

CommandEntry sendCommand()
{
    return {"send", "runs one request; prints status, headers and body", "[OPTIONS] curl … | URL | FILE.http[#NAME]",
            "Runs one request and prints the status line, the headers and the body of the final answer. After the word curl,\n"
            "everything is read as curl reads it; what is not understood is named in a warning.",
            sendOptions,
            [](const CliStreams &streams, std::function<void(int)> done) -> Command * { return new SendCommand(streams, std::move(done)); }};
}

} // namespace realmscope
