// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/Command.h"
#include "app/cli/Outcome.h"
#include "app/cli/Target.h"
#include "app/diagnosis/Diagnoser.h"
#include "app/diagnosis/Report.h"

#include <QtCore/QDateTime>
#include <QtCore/QJsonDocument>
#include <QtCore/QSaveFile>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

class WhyCommand final : public Command
{
public:
    WhyCommand(const CliStreams &streams, std::function<void(int)> done) : Command(streams, std::move(done)), m_session(streams) {}

    void start(const ParsedLine &line) override
    {
        m_line = line;
        if (!readOptions())
            return;
        const Result<Target> target = readTarget(line, streams(), m_session);
        if (!target) {
            fail(target.error(), target.error().code == ErrorCode::InvalidInput ? ExitStatus::Usage : ExitStatus::Failed);
            return;
        }
        m_target = *target;
        const Redactor redactor = redactorFor(target->job);
        for (const QString &warning : target->warnings)
            warn(redactor.text(warning));
        if (line.has(u"log"_s))
            warn(u"--log is not supported yet: the server log is not looked at"_s);
        resolveTarget(*target, m_session, this, [this](const Result<RunJob> &job) {
            if (job)
                run(*job);
            else
                fail(job.error());
        });
    }

private:
    bool readOptions()
    {
        const QString probe = m_line.has(u"probe"_s) ? m_line.value(u"probe"_s) : u"safe"_s;
        if (probe != "safe"_L1 && probe != "none"_L1) {
            fail(u"--probe can't be \"%1\""_s.arg(probe), u"Use none or safe."_s, ExitStatus::Usage);
            return false;
        }
        m_options.probes = probe == "safe"_L1;
        m_options.garbage = m_line.has(u"garbage"_s);
        if (m_line.has(u"max-probes"_s)) {
            bool ok = false;
            m_options.maxProbes = m_line.value(u"max-probes"_s).toInt(&ok);
            if (!ok || m_options.maxProbes < 0 || m_options.maxProbes > 50) {
                fail(u"--max-probes can't be \"%1\""_s.arg(m_line.value(u"max-probes"_s)), u"Use a number from 0 to 50."_s, ExitStatus::Usage);
                return false;
            }
        }
        if (m_line.has(u"now"_s)) {
            const QDateTime now = QDateTime::fromString(m_line.value(u"now"_s), Qt::ISODateWithMs);
            if (!now.isValid()) {
                fail(u"--now can't be \"%1\""_s.arg(m_line.value(u"now"_s)), u"Write it as 2026-11-24T12:00:00Z."_s, ExitStatus::Usage);
                return false;
            }
            m_nowMs = now.toMSecsSinceEpoch();
        }
        const QString report = m_line.value(u"report"_s);
        if (!report.isEmpty() && !report.endsWith(".md"_L1) && !report.endsWith(".html"_L1) && !report.endsWith(".json"_L1)) {
            fail(u"the report's kind is not known: %1"_s.arg(report), u"Let its name end with .md, .html or .json."_s, ExitStatus::Usage);
            return false;
        }
        return true;
    }

    void run(const RunJob &job)
    {
        m_redactor = redactorFor(job);
        DiagnosisContext context;
        context.nowMs = m_nowMs.value_or(m_session.clock().nowMs());
        if (job.credential)
            context.profile = job.credential->profile;
        context.settings = job.spec.settings;
        attend(m_session, m_target.profilesPath);
        m_investigation = std::make_unique<Investigation>(m_session.runner(), job, context, m_options);
        connect(m_investigation.get(), &Investigation::finished, this, [this] { show(); });
        if (streams().onInterrupt)
            streams().onInterrupt([this] { m_investigation->cancel(); });
        m_investigation->start();
    }

    void show()
    {
        const Trace &trace = m_investigation->trace();
        const Diagnosis &diagnosis = m_investigation->diagnosis();
        m_redactor.learnFrom(trace);
        if (m_line.has(u"json"_s))
            print(diagnosisToJson(trace, diagnosis, m_redactor, m_line.has(u"reveal"_s)));
        else
            print(explainText(trace, diagnosis, m_redactor));
        if (const std::optional<Error> failure = failureOf(trace)) {
            Error shown = *failure;
            shown.message = m_redactor.text(shown.message);
            shown.detail = m_redactor.text(shown.detail);
            complain(shown);
        }
        if (m_line.has(u"report"_s)) {
            if (const Result<void> written = writeReport(m_line.value(u"report"_s), trace, diagnosis); !written) {
                fail(written.error());
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

    // Sanitised always: a report is made to be passed on.
    Result<void> writeReport(const QString &path, const Trace &trace, const Diagnosis &diagnosis) const
    {
        QByteArray bytes;
        if (path.endsWith(".json"_L1)) {
            bytes = QJsonDocument(diagnosisToJson(trace, diagnosis, m_redactor)).toJson();
        } else {
            const QString markdown = reportMarkdown(trace, diagnosis, m_redactor);
            bytes = path.endsWith(".md"_L1)
                ? markdown.toUtf8()
                : ("<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>Realmscope report</title>\n"
                   "<pre style=\"white-space: pre-wrap\">\n"_L1 + markdown.toHtmlEscaped() + "</pre>\n</html>\n"_L1).toUtf8();
        }
        QSaveFile file(path);
        if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit())
            return Error{ErrorCode::FileUnwritable, u"the report can't be written: %1"_s.arg(path), file.errorString(),
                         u"Choose another folder, or check its permissions."_s};
        return {};
    }

    ParsedLine m_line;
    Target m_target;
    CliSession m_session;
    InvestigationOptions m_options;
    std::optional<qint64> m_nowMs;
    Redactor m_redactor;
    std::unique_ptr<Investigation> m_investigation;
};

std::vector<OptionSpec> whyOptions()
{
    std::vector<OptionSpec> list = targetOptions();
    list.insert(list.begin(),
                {{"json", 0, nullptr, "as JSON (realmscope.diagnosis/1)"},
                 {"probe", 0, "none|safe", "extra requests that tell causes apart (default: safe)"},
                 {"max-probes", 0, "N", "at most so many extra requests (default: 6)"},
                 {"garbage", 0, nullptr, "allow one request with a made-up credential"},
                 {"report", 0, "FILE", "write a sanitised report: .md, .html or .json"},
                 {"log", 0, "FILE", "server log to correlate (not supported yet)"},
                 {"now", 0, "RFC3339", "take this for the local clock"},
                 {"reveal", 0, nullptr, "do not mask secrets in the output"}});
    return list;
}

} // namespace

CommandEntry whyCommand()
{
    return {"why", "runs a request and explains why it was refused", "[OPTIONS] curl … | URL | FILE.http[#NAME]",
            "Runs a request, diagnoses the outcome and explains it. Extra requests are safe ones (GET, HEAD, OPTIONS) to the\n"
            "same origin, at most six. After the word curl, everything is read as curl reads it.",
            whyOptions,
            [](const CliStreams &streams, std::function<void(int)> done) -> Command * { return new WhyCommand(streams, std::move(done)); }};
}

} // namespace realmscope
